"""Runs of words on a line, the white columns between them, and ruling lines: what a grid is read
from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from model_backend.document import Box, union_of
from model_backend.reading_order import lines_of

SPACE = 0.6
"""A gap wider than this many text heights ends a run of words."""

_NUMBER = re.compile(
    r"[$€£¥₩<>~≈±+*†‡(\[\-–—−]*\s*\d[\d.,:/'\s\-–−]*\s*(?:[KMB]n?|[%)\]*†‡a-d]{0,3})"  # noqa: RUF001
    r"|[-–—−*.…(]+[)]?|\(x\)|n\.?/?a\.?|na|nil|x+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Run:
    """Words that stand together on one line."""

    box: Box
    text: str


@dataclass(frozen=True)
class Rule:
    """A ruling line: where it is, and from where to where it reaches along its direction."""

    at: float
    start: float
    end: float

    def covers(self, start: float, end: float, share: float) -> bool:
        """Whether it reaches over at least this share of an interval."""
        return min(self.end, end) - max(self.start, start) >= share * (end - start)


Line = list[Run]


_LEADER = re.compile(r"[.\u2026\u00b7_]+")
_BULLET = re.compile(r"[\u2022\u25cf\u25aa\u25e6\u2023\u00b7\uf0b7o*-]|[$€£¥₩]")


def lines_of_words(words: Sequence[Run]) -> list[Line]:
    """The words line by line, top to bottom, each left to right; leaders cling to their label,
    bullets and currency signs to what follows.
    """
    return [
        _clung([words[index] for index in line]) for line in lines_of([word.box for word in words])
    ]


def _clung(line: Line) -> Line:
    result: Line = []
    for word in line:
        before = result[-1] if result else None
        near = before is not None and word.box.x0 - before.box.x1 < 3 * word.box.height
        if before and near and (_LEADER.fullmatch(word.text) or _BULLET.fullmatch(before.text)):
            result[-1] = Run(before.box.union(word.box), f"{before.text} {word.text}")
        else:
            result.append(word)
    return result


def text_height(words: Iterable[Run]) -> float:
    """The typical height of words; 1 where there are none."""
    heights = [word.box.height for word in words]
    return (median(heights) if heights else 1.0) or 1.0


def space_width(lines: Iterable[Line], height: float) -> float:
    """The usual gap between words of prose; a third of the text height where there are too few."""
    gaps = [
        after.box.x0 - before.box.x1
        for line in lines
        for before, after in pairwise(line)
        if not is_number(before.text) and not is_number(after.text)
    ]
    spaces = [gap for gap in gaps if 0 < gap < SPACE * height]
    return median(spaces) if len(spaces) >= 5 else height / 3


def joined(line: Line, gap: float, walls: Sequence[float] = ()) -> Line:
    """The runs of a line: words nearer than `gap`, not divided by a vertical ruling."""
    result: Line = []
    for word in line:
        if result and word.box.x0 - result[-1].box.x1 <= gap:
            before = result[-1]
            if not any(before.box.center[0] < wall < word.box.center[0] for wall in walls):
                result[-1] = Run(before.box.union(word.box), f"{before.text} {word.text}")
                continue
        result.append(word)
    return result


def is_number(text: str) -> bool:
    """Whether a text is a number, a percentage, a dash or another sign that stands for one."""
    return bool(_NUMBER.fullmatch(text.strip()))


def white_columns(
    lines: Sequence[Line], height: float, walls: Sequence[float] = ()
) -> list[tuple[float, float]]:
    """The x-intervals that divide the words of most lines into columns, left to right.

    They are looked for on the lines with many runs; an interval stays when more lines keep it white
    between two words than run across it. The more lines agree, the narrower it may be.
    """
    body = _telling_lines(lines, [joined(line, SPACE * height, walls) for line in lines])
    whites = _whites(body, allowed=int(0.06 * len(body)))
    return [
        white
        for white in whites
        if (votes := _votes(white, lines, height))[0] >= max(1, votes[1])
        and white[1] - white[0] >= _least_width(votes[0]) * height
    ]


def _telling_lines(lines: Sequence[Line], runs: Sequence[Line]) -> list[Line]:
    """The lines with many runs; those with numbers alone where there are enough of them."""
    numeric = [
        index for index, line in enumerate(runs) if any(is_number(run.text) for run in line[1:])
    ]
    several = [index for index, line in enumerate(runs) if len(line) > 1]
    chosen = numeric if len(numeric) >= max(3, 0.4 * len(several)) else several
    counts = sorted(len(runs[index]) for index in chosen)
    if not counts:
        return []
    enough = max(2, 0.6 * counts[int(0.8 * (len(counts) - 1))])
    return [lines[index] for index in chosen if len(runs[index]) >= enough]


def _least_width(lines: int) -> float:
    """The least width of a white column in text heights, when so many lines keep it."""
    return SPACE if lines <= 3 else 0.4 if lines <= 6 else 0.2


def _whites(lines: Sequence[Line], *, allowed: int) -> list[tuple[float, float]]:
    """The inner x-intervals that words of at most `allowed` lines enter."""
    events = sorted(
        event for line in lines for word in line for event in ((word.box.x0, 1), (word.box.x1, -1))
    )
    whites = []
    depth = 0
    for (place, change), (following, _) in pairwise(events):
        depth += change
        if depth <= allowed and following > place:
            whites.append((place, following))
    merged: list[tuple[float, float]] = []
    for white in whites:
        if merged and merged[-1][1] == white[0]:
            merged[-1] = (merged[-1][0], white[1])
        else:
            merged.append(white)
    first, last = (events[0][0], events[-1][0]) if events else (0.0, 0.0)
    return [white for white in merged if white[0] > first and white[1] < last]


def _votes(white: tuple[float, float], lines: Sequence[Line], height: float) -> tuple[int, int]:
    """How many lines keep the interval white between two words, and how many run across it.

    A gap no wider than a space between words of prose counts as running across.
    """
    middle = (white[0] + white[1]) / 2
    kept = crossed = 0
    for line in lines:
        if any(word.box.x0 < middle < word.box.x1 for word in line):
            crossed += 1
        elif line[0].box.x1 <= middle <= line[-1].box.x0:
            before = max((word for word in line if word.box.x1 <= middle), key=lambda w: w.box.x1)
            after = min((word for word in line if word.box.x0 >= middle), key=lambda w: w.box.x0)
            is_prose = not is_number(before.text) and not is_number(after.text)
            if is_prose and after.box.x0 - before.box.x1 < SPACE * height:
                crossed += 1
            else:
                kept += 1
    return kept, crossed


def outline_of(runs: Iterable[Run]) -> Box:
    """The box around runs; ValueError when there are none."""
    return union_of(run.box for run in runs)
