"""Keys as people know them."""

from __future__ import annotations

from collections.abc import Sequence

_KEY_NAMES = {
    "Return": "Enter",
    "PgDown": "PgDn",
    "Ins": "Insert",
    "Del": "Delete",
}
_HIDDEN_KEYS = (
    "Enter",
    "Alt+Enter",
    "Shift+Enter",
    "Ctrl+Enter",
    "Ctrl+Shift+Enter",
    "Backtab",
    "Ctrl+=",
)
"""Second spellings of a key that people know by one name."""


def key_text(keys: Sequence[str]) -> str:
    """Keys as they are shown: joined, in the names people know."""
    shown = []
    for number, key in enumerate(keys):
        if number == 0 or key not in _HIDDEN_KEYS:
            *modifiers, last = key.split("+") if not key.endswith("+") else [key[:-2], "+"]
            shown.append("+".join((*filter(None, modifiers), _KEY_NAMES.get(last, last))))
    return ", ".join(shown)
