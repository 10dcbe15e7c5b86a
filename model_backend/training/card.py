"""The card of a model that comes with Proofdesk: what made it, and figures of each training."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Figures = Mapping[str, Mapping[str, float | None]]
"""Rows of figures by name, the figures of a row by theirs."""


@dataclass(frozen=True)
class Trained:
    """What came of a training: the program, its size in bytes, the figures on its card."""

    program: Path
    bytes: int
    figures: Figures


def append(
    card: Path, heading: str, lines: Sequence[str], figures: Figures, *, about: str = ""
) -> None:
    """Add a training to a card; a new one begins with its name and what it is about."""
    begun = f"# {card.stem}\n\n{about.strip()}"
    before = card.read_text(encoding="utf-8") if card.exists() else begun
    parts = [before.rstrip(), f"## {heading}", "\n".join(lines), "\n".join(table(figures))]
    card.parent.mkdir(parents=True, exist_ok=True)
    beside = card.with_name(card.name + ".part")
    beside.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")
    os.replace(beside, card)


def table(figures: Figures) -> list[str]:
    """Lines of a Markdown table; what is not defined is a dash."""
    if not figures:
        return []
    names = list(dict.fromkeys(name for row in figures.values() for name in row))
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for name, row in figures.items():
        cells = (row.get(column) for column in names)
        shown = ("-" if value is None else f"{value:.3f}" for value in cells)
        lines.append(f"| {name} | {' | '.join(shown)} |")
    return lines
