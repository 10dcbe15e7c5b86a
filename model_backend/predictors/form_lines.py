"""From words to runs: lines of words, cut where a label ends or a gap is wide.

The evidence for a cut is argued by hand (see `form_text`): each sign has the strength that a person
would give it on any form.
"""

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from model_backend.document import Word
from model_backend.predictors.form_text import (
    CHECK_BOXES,
    CLEAR,
    COLONS,
    DECISIVE,
    LAST_OF_LABEL,
    SLIGHT,
    STRONG,
    TICKED,
    Segment,
    segment_of,
)

FAR = 2.5
"""A wider gap than this (in text heights) always ends a run: no blank is set so wide."""
BLANK = 0.3
"""A narrow blank between words, in text heights."""
LONG, MANY = 15.0, 5
"""Lines of so many text heights, and so many of them, show the skew of a scan."""
AMOUNT = re.compile(r"\D{0,2}\d[\d,]*[.,]\d+\W*$")
WIDE = 1.5
"""No blank is wider, in text heights: a typewriter's letters are narrow in their wide places, which
adds to its blanks."""


def runs_of(words: Sequence[Word]) -> list[list[Segment]]:
    """The runs of each line, from left to right; the lines in no particular order."""
    lines = _lines(words)
    if not lines:
        return []
    spacing = _Spacing(lines)
    return [_parts(line, spacing) for line in lines]


def levelled(words: Sequence[Word], middle: float) -> list[Word]:
    """The words of a skewed scan moved up or down to level lines; the `middle` stays."""
    slope = _slope(_lines(words))
    return [
        replace(word, box=word.box.moved(0.0, slope * (middle - word.box.center[0])))
        for word in words
    ]


def _slope(lines: Sequence[Sequence[Word]]) -> float:
    """How much the lines fall to the right: the median of the long ones; 0 where few are long."""
    slopes = []
    for line in lines:
        (x0, y0), (x1, y1) = line[0].box.center, line[-1].box.center
        if x1 - x0 > LONG * line[0].box.height:
            slopes.append((y1 - y0) / (x1 - x0))
    return statistics.median(slopes) if len(slopes) >= MANY else 0.0


def certainty(calls: Iterable[float]) -> float:
    """The logistic function of the evidence, either way, at its weakest; 1 where none is needed."""
    return min((1 / (1 + math.exp(-abs(call))) for call in calls), default=1.0)


def _lines(words: Sequence[Word]) -> list[list[Word]]:
    """Chains of words, each linked with the nearest one to its right; follows skewed lines."""
    following = _right_neighbours(words)
    begun = {word.id for word in following.values()}
    by_id = {word.id: word for word in words}
    lines = []
    for word in words:
        if word.id in begun:
            continue
        line = [word]
        while line[-1].id in following:
            line.append(by_id[following[line[-1].id].id])
        lines.append(line)
    return lines


def _right_neighbours(words: Sequence[Word]) -> dict[int, Word]:
    """For each word the next on its line, where that one has no nearer word on its left."""
    ordered = sorted(words, key=lambda word: word.box.center[1])
    middles = [word.box.center[1] for word in ordered]
    tallest = max((word.box.height for word in words), default=0.0)
    nearest: dict[int, tuple[float, Word, Word]] = {}
    for word in ordered:
        reach = min(tallest, 3 * word.box.height)
        start = bisect_left(middles, word.box.center[1] - reach)
        stop = bisect_left(middles, word.box.center[1] + reach)
        right = min(
            (other for other in ordered[start:stop] if _is_right_of(other, word)),
            key=lambda other: (other.box.x0, other.id),
            default=None,
        )
        if right is not None:
            gap = right.box.x0 - word.box.x1
            if right.id not in nearest or gap < nearest[right.id][0]:
                nearest[right.id] = (gap, word, right)
    return {word.id: right for _gap, word, right in nearest.values()}


def _is_right_of(other: Word, word: Word) -> bool:
    a, b = word.box, other.box
    common = min(a.y1, b.y1) - max(a.y0, b.y0)
    return b.center[0] > a.center[0] and b.x0 > a.x0 and common > 0.5 * min(a.height, b.height)


class _Spacing:
    """What is usual on a page: the height of its text, its blanks, where columns begin."""

    def __init__(self, lines: Sequence[Sequence[Word]]) -> None:
        heights = [word.box.height for line in lines for word in line]
        self.height = max(1e-3, statistics.median(heights))
        gaps = [
            (word.box.x0 - before.box.x1, word.box.x0)
            for line in lines
            for before, word in pairwise(line)
        ]
        self.blank = self._blank([gap for gap, _x in gaps], BLANK * self.height)
        begun = [x for gap, x in gaps if gap > WIDE * self.height]
        self.starts = sorted([line[0].box.x0 for line in lines] + begun)

    def _blank(self, gaps: Sequence[float], default: float) -> float:
        """The median of the gaps that could be blanks, page units; at least a narrow one."""
        blanks = [gap for gap in gaps if gap < WIDE * self.height]
        return max(BLANK * self.height, statistics.median(blanks)) if blanks else default

    def usual_gap(self, gaps: Sequence[float], index: int) -> float:
        """The usual blank of a line without the gap asked about; the page's where it has none."""
        return self._blank([gap for i, gap in enumerate(gaps) if i != index], self.blank)

    def begins_column(self, x: float) -> bool:
        """Whether three or more runs begin at this x, to the width of a blank."""
        reach = BLANK * self.height
        return bisect_left(self.starts, x + reach) - bisect_left(self.starts, x - reach) >= 3


def _parts(line: Sequence[Word], spacing: _Spacing) -> list[Segment]:
    """The line cut where a label ends, a box to tick begins, or a gap is wide for the line."""
    calls = _calls(line, spacing)
    cuts = [0, *(index for index, call in enumerate(calls, start=1) if call > 0), len(line)]
    return [
        segment_of([line[start:end]], certainty(calls[max(0, start - 1) : end]))
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]


def _calls(line: Sequence[Word], spacing: _Spacing) -> list[float]:
    """Between each word and the next: evidence that a new run begins."""
    gaps = [word.box.x0 - before.box.x1 for before, word in pairwise(line)]
    return [
        _gap_evidence(before, word, spacing, spacing.usual_gap(gaps, index))
        + _text_evidence(before.text, word.text)
        + SLIGHT * _is_other_hand(before, word)
        for index, (before, word) in enumerate(pairwise(line))
    ]


def _gap_evidence(before: Word, word: Word, spacing: _Spacing, usual: float) -> float:
    """What the gap says; neighbours on a line belong together where nothing speaks against it.

    A gap is judged by the height of the text and by the other gaps of the line: a typewriter's
    blanks are wide, and wide on the whole line.
    """
    gap = word.box.x0 - before.box.x1
    height = max(spacing.height, (before.box.height + word.box.height) / 2)
    if gap > FAR * height:
        return 2 * DECISIVE  # whatever the text says
    evidence = -STRONG
    evidence += CLEAR * (gap >= height) + CLEAR * (gap >= WIDE * height)
    evidence += CLEAR * (gap >= 2 * usual) + SLIGHT * (gap >= 3 * usual)
    return evidence + CLEAR * (gap >= 2 * usual and spacing.begins_column(word.box.x0))


def _text_evidence(a: str, b: str) -> float:
    """What two words beside each other say about a border between them."""
    evidence = DECISIVE * (a.endswith(COLONS) and not _is_time(a, b))
    evidence += DECISIVE * (b[0] in CHECK_BOXES or a in TICKED)  # "☐ Yes ☐ No"; ticks are answers
    evidence -= STRONG * (a in CHECK_BOXES - TICKED)
    evidence += CLEAR * bool(LAST_OF_LABEL.search(a))  # "Name John"
    evidence += CLEAR * (a.isupper() and not b.isupper() and b[0].isalpha())  # "NAME John"
    evidence += CLEAR * (a[-1].isalpha() and b[0].isdigit())  # "Amount 12"
    evidence += STRONG * bool(AMOUNT.match(a) and AMOUNT.match(b))  # no number is written so
    return evidence - CLEAR * b[0].islower() - CLEAR * (a[-1] in ",;&-")  # these go on


def _is_time(a: str, b: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}:", a)) and b[:1].isdigit()


def _is_other_hand(before: Word, word: Word) -> bool:
    """Whether the size changes by more than the letters' own shapes make it: what is filled in is
    not set like what is printed.
    """
    small, large = sorted((before.box.height, word.box.height))
    has_letters = before.text.isalnum() and word.text.isalnum()
    return has_letters and large > 1.6 * small
