"""From words to segments: runs of words on a line, split at gaps and labels, joined to blocks."""

from __future__ import annotations

import math
import re
import statistics
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Word, union_of

FAR = 2.5
"""A wider gap than this (in text heights) always ends a segment."""
COLONS = (":", "：")
LAST_OF_LABEL = re.compile(
    r"(?i)^(date|name|no\.?|number|address|code|title|phone|fax|type|by|to|from|total|amount|signature|city|state"
    r"|zip|brand|subject|성명|이름|주소|일자|번호|전화|날짜|금액|서명)$"
)
"""Words that a label often ends with, where no colon says so."""
GOES_ON = re.compile(r"(?i)(\b(of|the|to|for|and|a|by|or|in|with|on|at|is)|[-,&/])$")
"""What a line ends with that goes on in the next one."""
JOIN = -0.9
"""Where evidence for joining two lines begins; the gap between them only takes away."""
CHECK_BOXES = frozenset("☐☑☒□■▢○●✓✔")


@dataclass(frozen=True)
class Segment:
    """Words that belong together, line by line; all on one line until lines are joined."""

    lines: tuple[tuple[Word, ...], ...]
    box: Box
    height: float
    """Of its text, in page units."""
    score: float = 1.0
    """How sure its borders are, 0..1: that of the closest call among them."""

    @property
    def words(self) -> tuple[Word, ...]:
        """Its words in reading order."""
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """The words joined by blanks."""
        return " ".join(word.text for word in self.words)


def segment_of(lines: Iterable[Sequence[Word]], score: float = 1.0) -> Segment:
    """The segment of these lines."""
    kept = tuple(tuple(line) for line in lines)
    boxes = [word.box for line in kept for word in line]
    height = max(1e-3, statistics.median(box.height for box in boxes))
    return Segment(kept, union_of(boxes), height, score)


def segments_of(words: Sequence[Word]) -> tuple[Segment, ...]:
    """Segments of the words that have text, in no particular order; each word is in exactly one."""
    written = [word for word in words if word.text.strip()]
    if not written:
        return ()
    lines = _lines(written)
    spacing = _Spacing(lines)
    runs = [part for line in lines for part in _parts(line, spacing)]
    return tuple(_joined(runs))


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
    return b.center[0] > a.center[0] and b.x0 > a.x0 and common > 0.45 * min(a.height, b.height)


class _Spacing:
    """What is usual on a page: the height of its text, the gaps of a line, where columns begin."""

    def __init__(self, lines: Sequence[Sequence[Word]]) -> None:
        heights = [word.box.height for line in lines for word in line]
        self.height = max(1e-3, statistics.median(heights))
        wide = 1.2 * self.height
        self.starts = sorted(
            [line[0].box.x0 for line in lines]
            + [
                word.box.x0
                for line in lines
                for before, word in zip(line, line[1:], strict=False)
                if word.box.x0 - before.box.x1 > wide
            ]
        )

    def usual_gap(self, gaps: Sequence[float], index: int) -> float:
        """The median of a line's other gaps between words, page units."""
        others = [gap for i, gap in enumerate(gaps) if i != index and gap < 1.2 * self.height]
        return statistics.median(others) if others else 0.35 * self.height

    def begins_column(self, x: float) -> bool:
        """Whether three or more other runs begin at this x."""
        reach = 0.35 * self.height
        return bisect_left(self.starts, x + reach) - bisect_left(self.starts, x - reach) >= 3


def _parts(line: Sequence[Word], spacing: _Spacing) -> list[Segment]:
    """The line cut where a label ends, a box to tick begins, or a gap is wide for the line."""
    calls = _calls(line, spacing)
    cuts = [0, *(index for index, call in enumerate(calls, start=1) if call > 0), len(line)]
    return [
        segment_of([line[start:end]], _certainty(calls[max(0, start - 1) : end]))
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]


def _calls(line: Sequence[Word], spacing: _Spacing) -> list[float]:
    """Between each word and the next: evidence that a new segment begins."""
    pairs = list(zip(line, line[1:], strict=False))
    gaps = [word.box.x0 - before.box.x1 for before, word in pairs]
    calls = []
    for index, (before, word) in enumerate(pairs):
        height = max(0.9 * spacing.height, (before.box.height + word.box.height) / 2)
        gap, excess = gaps[index] / height, (gaps[index] - spacing.usual_gap(gaps, index)) / height
        calls.append(FAR if gap > FAR else _cut_evidence(before, word, gap, excess, spacing))
    return calls


def _certainty(calls: Iterable[float]) -> float:
    """The logistic function of the evidence, either way, at its weakest; 1 where none is needed."""
    return min((1 / (1 + math.exp(-abs(call))) for call in calls), default=1.0)


def _cut_evidence(before: Word, word: Word, gap: float, excess: float, spacing: _Spacing) -> float:
    """Evidence that a new segment begins with `word`; more than 0 means that it does."""
    a, b = before.text, word.text
    ratio = word.box.height / max(1e-9, before.box.height)
    height = max(before.box.height, word.box.height)
    evidence = -3.3 + _step(gap, ((0.7, 1.0), (0.9, 0.5), (1.1, 0.5), (1.5, 1.0)))
    evidence += _step(excess, ((0.2, 0.7), (0.4, 0.7), (0.7, 0.5)))
    evidence += 4.0 * (a.endswith(COLONS) and not _is_time(a, b))
    evidence += 4.0 * (b[0] in CHECK_BOXES) + 2.0 * (a[-1] in CHECK_BOXES)
    evidence += 0.9 * spacing.begins_column(word.box.x0)
    evidence += 1.0 * (_is_upper(a) and not _is_upper(b) and not b[0].isdigit())
    evidence += 0.7 * b[0].isdigit()
    evidence += 1.0 * bool(LAST_OF_LABEL.search(a))
    evidence += 0.8 * (abs(before.box.y1 - word.box.y1) > 0.3 * height)
    evidence += 0.6 * (ratio > 1.35 or ratio < 0.74)
    evidence -= 1.5 * b[0].islower() + 1.5 * (a[-1] in ".,;?")
    return evidence


def _step(value: float, steps: Sequence[tuple[float, float]]) -> float:
    """The sum of the weights whose threshold the value has passed."""
    return sum(weight for threshold, weight in steps if value >= threshold)


def _is_time(a: str, b: str) -> bool:
    return bool(re.fullmatch(r"\d{1,2}:", a)) and b[:1].isdigit()


def _is_upper(text: str) -> bool:
    return text.isupper()


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Segments that continue on the next line become one."""
    ordered = sorted(segments, key=lambda segment: (segment.box.y0, segment.box.x0))
    stack = _Stack(ordered)
    continued: dict[int, int] = {}
    taken: set[int] = set()
    certain = [segment.score for segment in ordered]
    for upper, lower in stack.pairs:
        call = _join_evidence(stack, upper, lower)
        for index in (upper, lower):
            certain[index] = min(certain[index], _certainty([call]))
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
        """The gap to the line above; 3 where none is near."""
        return min((self.gap(upper, index) for upper in self.above.get(index, ())), default=3.0)

    def gap_below(self, index: int) -> float:
        """The gap to the line below; 3 where none is near."""
        return self.gap(index, self._below[index]) if index in self._below else 3.0

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
    gap = stack.gap(i, j)
    room = min(stack.gap_above(i), stack.gap_below(j)) - gap
    evidence = JOIN - _step(gap, ((0.0, 0.5), (0.2, 0.6), (0.4, 1.3), (0.8, 0.8)))
    evidence += 0.4 * (stack.gap_above(i) > gap + 0.3) + 0.4 * (stack.gap_below(j) > gap + 0.3)
    evidence += 0.5 * (room > 0.8) - 0.7 * (len(stack.above[j]) > 1)
    has_side = (stack.has_neighbour(i), stack.has_neighbour(j))
    evidence -= 0.6 * has_side[0] + 0.9 * has_side[1] + 0.4 * all(has_side)
    return evidence + _shape_evidence(a, b) + _text_evidence(a.text, b.text)


def _shape_evidence(a: Segment, b: Segment) -> float:
    """What alignment and length say: centred or left-aligned, and long, lines go on."""
    height = (a.height + b.height) / 2
    is_left = abs(a.box.x0 - b.box.x0) < 0.7 * height
    is_centered = abs(a.box.center[0] - b.box.center[0]) < 0.7 * height
    evidence = 1.2 * (is_centered and not is_left) + 0.6 * is_left
    evidence -= 1.5 * (max(a.height, b.height) > 1.4 * min(a.height, b.height))  # another font
    return evidence + _step(a.box.width / height, ((10, 0.5), (18, 0.9)))


def _text_evidence(a: str, b: str) -> float:
    """What punctuation and words say: after a colon something new begins, after "of the" not."""
    evidence = -1.9 * a.endswith(COLONS) - 0.7 * b.endswith(COLONS)
    evidence += 1.7 * b[0].islower() + 0.9 * (b[0] in "(")
    return evidence + 1.6 * bool(GOES_ON.search(a))
