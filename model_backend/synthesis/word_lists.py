"""How lists of words are written down: as one text, set apart by bars."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The words of such a text."""
    return tuple(text.split("|"))
