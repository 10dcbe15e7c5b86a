"""From a page to segments: runs of words, cells of tables, lines joined to blocks.

The evidence for joining two lines is argued by hand (see `form_text`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from model_backend.document import Page, Word
from model_backend.predictors.form_lines import certainty, levelled, runs_of
from model_backend.predictors.form_tables import marked, segments_of_grids
from model_backend.predictors.form_text import (
    CLEAR,
    COLONS,
    SLIGHT,
    STRONG,
    Segment,
    is_written,
    says_something,
    segment_of,
)

GOES_ON = re.compile(r"(?i)(\b(of|the|to|for|and|a|by|or|in|with|on|at|is)|[-,&/])$")
"""What a line ends with that goes on in the next one."""
ITEM = re.compile(r"^(\d{1,2}|[A-Za-z])[.)]\s")
"""How an item of a list begins."""
FAR_OFF = 3.0
"""The gap to the next line, in text heights, where none is near."""


def segments_of(page: Page) -> tuple[Segment, ...]:
    """Segments of the words that say something, from top to bottom; no word is in two.

    The segments of a skewed scan are level, so that what stands beside what can be told.
    """
    written = [word for word in page.words if is_written(word.text)]
    level = {word.id: word for word in levelled(written, page.width / 2)}
    cells = [_with_words(cell, level) for cell in segments_of_grids(page, written)]
    taken = {word.id for segment in cells for word in segment.words}
    lines = marked(
        runs_of([word for word in level.values() if word.id not in taken]), len(page.tables)
    )
    runs = [run for line in lines for run in line]
    cells += [run for run in runs if run.cell is not None]
    blocks = _joined([run for run in runs if run.cell is None])
    telling = (each for each in (*cells, *blocks) if says_something(each.text))
    return tuple(sorted(telling, key=_place))


def _with_words(segment: Segment, words: Mapping[int, Word]) -> Segment:
    lines = [[words[word.id] for word in line] for line in segment.lines]
    return segment_of(lines, segment.score, segment.cell)


def _place(segment: Segment) -> tuple[float, float]:
    return segment.box.y0, segment.box.x0


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Segments that continue on the next line become one."""
    ordered = sorted(segments, key=_place)
    stack = _Stack(ordered)
    continued: dict[int, int] = {}
    taken: set[int] = set()
    certain = [segment.score for segment in ordered]
    for upper, lower in stack.pairs:
        call = _join_evidence(stack, upper, lower)
        for index in (upper, lower):
            certain[index] = min(certain[index], certainty([call]))
        if call > 0 and lower not in taken:
            continued[upper] = lower
            taken.add(lower)
    heads = [index for index in range(len(ordered)) if index not in taken]
    return [_chained(ordered, certain, _chain(continued, head)) for head in heads]


def _chain(continued: dict[int, int], head: int) -> list[int]:
    chain = [head]
    while chain[-1] in continued:
        chain.append(continued[chain[-1]])
    return chain


def _chained(
    segments: Sequence[Segment], certain: Sequence[float], chain: Sequence[int]
) -> Segment:
    lines = [line for index in chain for line in segments[index].lines]
    return segment_of(lines, min(certain[index] for index in chain))


class _Stack:
    """Which segment stands under which: the pairs that could be lines of one text."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = segments
        self.pairs = _stacked(segments)
        self.above: dict[int, list[int]] = {}
        for upper, lower in self.pairs:
            self.above.setdefault(lower, []).append(upper)
        self._below = dict(self.pairs)
        self._has_neighbour = _beside(segments)

    def gap(self, upper: int, lower: int) -> float:
        """The gap between two lines in heights of their text."""
        a, b = self.segments[upper], self.segments[lower]
        return 2 * (b.box.y0 - a.box.y1) / (a.height + b.height)

    def gap_above(self, index: int) -> float:
        """The gap to the line above; FAR_OFF where none is."""
        return min((self.gap(upper, index) for upper in self.above.get(index, ())), default=FAR_OFF)

    def gap_below(self, index: int) -> float:
        """The gap to the line below; FAR_OFF where none is."""
        return self.gap(index, self._below[index]) if index in self._below else FAR_OFF

    def has_neighbour(self, index: int) -> bool:
        """Whether another segment stands on the same line."""
        return self._has_neighbour[index]


def _stacked(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Pairs (upper, lower): each segment and the nearest one below it in its columns.

    The segments are sorted from top to bottom.
    """
    pairs = []
    for i, upper in enumerate(segments):
        for j in range(i + 1, len(segments)):
            lower = segments[j].box
            if lower.y0 > upper.box.y1 + 1.5 * upper.height:
                break
            is_below = lower.y0 >= upper.box.center[1]
            if is_below and min(upper.box.x1, lower.x1) > max(upper.box.x0, lower.x0):
                pairs.append((i, j))
                break
    return pairs


def _beside(segments: Sequence[Segment]) -> list[bool]:
    """For each segment (sorted from top to bottom) whether another stands on its line."""
    found = [False] * len(segments)
    for i, one in enumerate(segments):
        for j in range(i + 1, len(segments)):
            other = segments[j]
            if other.box.y0 > one.box.y1:
                break
            common = min(one.box.y1, other.box.y1) - other.box.y0
            if common > 0.5 * min(one.height, other.height):
                found[i] = found[j] = True
    return found


def _join_evidence(stack: _Stack, i: int, j: int) -> float:
    """Evidence that segment j is the next line of segment i; more than 0 means that it is."""
    a, b = stack.segments[i], stack.segments[j]
    return (
        -CLEAR  # most lines of a form are fields of their own
        + _gap_evidence(stack, i, j)
        + _shape_evidence(a, b)
        + _text_evidence(a.text, b.text)
        - CLEAR * (len(stack.above[j]) > 1)  # one line under two: a row under a row
        - SLIGHT * stack.has_neighbour(i)  # so are lines with something beside them
        - CLEAR * stack.has_neighbour(j)
    )


def _gap_evidence(stack: _Stack, i: int, j: int) -> float:
    """What the gap says: the lines of a text are close, and closer than what is around them.

    Single spacing leaves about half a text height between tight boxes, one and a half spacing
    a whole one, as fields have it.
    """
    gap = stack.gap(i, j)
    room = min(stack.gap_above(i), stack.gap_below(j)) - gap
    return CLEAR * (room > 0.5) - CLEAR * (gap >= 0.75) - STRONG * (gap >= 1.25)


def _shape_evidence(a: Segment, b: Segment) -> float:
    """What alignment and length say: lines of a text are flush or centred, and long ones go on."""
    height = (a.height + b.height) / 2
    is_flush = abs(a.box.x0 - b.box.x0) < 0.5 * height
    is_centred = abs(a.box.center[0] - b.box.center[0]) < 0.5 * height
    evidence = SLIGHT * is_flush  # fields are flush too
    evidence += CLEAR * (is_centred and not is_flush)
    evidence -= CLEAR * (not is_flush and not is_centred)
    evidence -= STRONG * (max(a.height, b.height) > 1.4 * min(a.height, b.height))  # another font
    return evidence + CLEAR * (a.box.width > 15 * height) + CLEAR * (a.box.width > 30 * height)


def _text_evidence(a: str, b: str) -> float:
    """What punctuation and words say: after a colon something new begins, after "of the" not."""
    evidence = STRONG * b[0].islower() + SLIGHT * (b[0] == "(") + STRONG * bool(GOES_ON.search(a))
    return evidence - STRONG * a.endswith(COLONS) - STRONG * bool(ITEM.match(b))
