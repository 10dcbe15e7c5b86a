"""What the form reader's parts share: runs of words, strengths of evidence, tests of their text."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Word, union_of

SLIGHT, CLEAR, STRONG, DECISIVE = 0.5, 1.0, 2.0, 4.0
"""The strengths of evidence: each outweighs one of the kind before it, decisive two strong ones.

They are steps of a log odds scale. Which sign has which strength was argued by hand, from what
forms look like; no number was fitted to a data set (see `entities_rules`).
"""
COLONS = (":", "：")
TICKED = frozenset("☑☒✓✔")
CHECK_BOXES = TICKED | frozenset("☐□■▢○●")
RULINGS = frozenset("|¦[]_\\")
"""What a recogniser makes of ruling lines and the frames of fields."""
BLANK_IN_HANGUL = re.compile(r"(?<=[가-힣]) (?=[가-힣])")


@dataclass(frozen=True)
class TableCell:
    """Where a segment stands in a table: the table's number, its columns (from, to), its kind."""

    table: int
    columns: tuple[int, int]
    is_head: bool

    def is_under(self, head: TableCell) -> bool:
        """Whether that head is over this cell."""
        shared = min(self.columns[1], head.columns[1]) > max(self.columns[0], head.columns[0])
        return head.is_head and not self.is_head and head.table == self.table and shared


@dataclass(frozen=True)
class Segment:
    """Words that belong together, line by line; all on one line until lines are joined."""

    lines: tuple[tuple[Word, ...], ...]
    box: Box
    height: float
    """Of its text, in page units."""
    score: float = 1.0
    """How sure its borders are, 0..1: that of the closest call among them."""
    cell: TableCell | None = None

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words in reading order."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)


def segment_of(
    lines: Iterable[Sequence[Word]], score: float = 1.0, cell: TableCell | None = None
) -> Segment:
    """The segment of these lines."""
    kept = tuple(tuple(line) for line in lines)
    boxes = [word.box for line in kept for word in line]
    # Of two words the lower is surer: the taller one may have swallowed a ruling line.
    height = max(1e-3, statistics.median_low(box.height for box in boxes))
    return Segment(kept, union_of(boxes), height, score, cell)


def is_written(text: str) -> bool:
    """Whether there is more than blanks and ruling lines."""
    return any(letter not in RULINGS and not letter.isspace() for letter in text)


def says_something(text: str) -> bool:
    """Whether there is a letter, a digit or a box to tick: the rest is ornament and noise."""
    return any(letter.isalnum() or letter in CHECK_BOXES for letter in text)


def share_of_digits(text: str) -> float:
    """How many of the letters and digits are digits."""
    digits = sum(letter.isdigit() for letter in text)
    return digits / max(1, digits + sum(letter.isalpha() for letter in text))


def is_number(text: str) -> bool:
    """Whether it is mostly digits: a number, an amount, a date."""
    return share_of_digits(text) > 0.5


def is_tick(text: str) -> bool:
    """Whether it is a mark in a box and nothing else."""
    return bool(text) and set(text) <= TICKED


def unspaced(text: str) -> str:
    """The text with Hangul set tight: labels are often spaced out to fill their cell."""
    return BLANK_IN_HANGUL.sub("", text)


_WORDS = (
    r"name|date|no|number|address|title|phone|telephone|fax|e-?mail|type|amount|total|quantity"
    r"|price|signature|signed|city|state|zip|country|company|department|account|code|subject"
)
_KOREAN_WORDS = (
    r"성명|이름|주소|일자|날짜|번호|전화|연락처|금액|서명|소속|직위|직업|부서|생년월일|은행|신청인"
    r"|제목|비고|수량|단가|구분"
)
LABEL_WORD = re.compile(rf"(?i)\b({_WORDS})\b|\b(by|to|from)$|{_KOREAN_WORDS}")
"""What is asked for on any form, in the two languages of the project."""
LAST_OF_LABEL = re.compile(rf"(?i)^({_WORDS}|by|to|from)\.?$|({_KOREAN_WORDS})$")
"""Words that a label often ends with, where no colon says so."""
