"""Key lists of published checkpoints, kept as data."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "data" / "checkpoints"


def published_keys(name: str) -> set[str]:
    lines = (FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return {key for line in lines if line and line[0] != "#" for key in _expanded(line)}


def _expanded(pattern: str) -> list[str]:
    parts = re.split(r"\{([^}]*)\}", pattern)
    choices = [[part] if i % 2 == 0 else _choices(part) for i, part in enumerate(parts)]
    return ["".join(chosen) for chosen in itertools.product(*choices)]


def _choices(part: str) -> list[str]:
    if found := re.fullmatch(r"(\d+)\.\.(\d+)", part):
        return [str(number) for number in range(int(found[1]), int(found[2]) + 1)]
    return part.split(",")
