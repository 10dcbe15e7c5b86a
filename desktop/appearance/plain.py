"""Text from data where Qt would take it for markup, or where it could hide what it says."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QTextDocument

LONGEST = 1000
"""Characters of a name, a tip or a line that are shown; nobody reads more of one."""
MOST_TYPED = 20_000
"""A longer text is not edited in a field: laying it out would hold the window up."""
_BREAKS = dict.fromkeys((0x2028, 0x2029, 0xFDD0, 0xFDD1), "\n")
"""What a field's document has for the end of a line."""
_MARKUP = re.compile(r"[<&](?=[^\s\u200b])")
_HIDING = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def cut(text: str, longest: int = LONGEST) -> str:
    """The beginning of a text that is too long to be shown."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def visible(text: str, longest: int = LONGEST) -> str:
    """A name or a line with what would turn its letters around, or not be seen, as its number."""
    return _HIDING.sub(_number, cut(text, longest))


def title(text: str) -> str:
    """The same on one line."""
    return visible(" ".join(text.split()), 200)


def tip(text: str) -> str:
    """For a tool tip, which Qt would show as HTML where it looks like that."""
    return _MARKUP.sub("\\g<0>\u200b", visible(text))


def typed(document: QTextDocument, given: str, shown: str) -> str:
    """What stands in a field now: to the letter what was given, where it is `shown` as it was at
    first (a field has no room for some letters).
    """
    return given if document.toPlainText() == shown else document.toRawText().translate(_BREAKS)


def _number(found: re.Match[str]) -> str:
    letter = found[0]
    is_control = unicodedata.category(letter) == "Cc"
    return f"\\x{ord(letter):02x}" if is_control else f"\\u{ord(letter):04x}"
