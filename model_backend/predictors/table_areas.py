"""Where the tables of a page are: ruled boxes and blocks of aligned lines; and their trimming."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from model_backend.document import Box, Word, union_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid.runs import (
    SPACE,
    Line,
    Run,
    is_number,
    joined,
    lines_of_words,
    text_height,
    white_columns,
)

_NOTE = re.compile(r"(notes?|sources?|exhibit reads)\b|[*†‡]|\d ?[A-Z]|see\b|\(?[a-z1-9]\)? ", re.I)
_CAPTION = re.compile(r"(table|exhibit|figure|tabelle|tableau|표)\s*[\dA-Z<]", re.I)  # noqa: RUF001


def runs_in(words: Iterable[Word], box: Box) -> list[Run]:
    """The words of which at least half lies in a box."""
    return [
        Run(word.box, word.text.strip())
        for word in words
        if word.text.strip() and word.box.overlap(box) >= 0.5
    ]


def trimmed(area: Box, words: Sequence[Word], rulings: Rulings) -> Box:
    """The area without a caption above the topmost full ruling and notes below the table."""
    inside = runs_in(words, area)
    lines, height = lines_of_words(inside), text_height(inside)
    if len(lines) < 3:
        return area
    runs = [joined(line, height) for line in lines]
    full = sorted(
        rule.at
        for rule in rulings.near(area, 1.5 * height).across
        if rule.covers(area.x0, area.x1, 0.9)
    )
    top, bottom = _top(area, runs, full), _bottom(area, runs, full)
    return Box(area.x0, top, area.x1, bottom) if bottom - top > height else area


def _top(area: Box, lines: Sequence[Line], full: Sequence[float]) -> float:
    """Below the caption: lines of one run, with the first full ruling under them."""
    single = _leading_single(lines)
    if not 0 < single < len(lines):
        return area.y0
    first, body = _middle(lines[0]), _middle(lines[single])
    between = [at for at in full if first < at < body]
    if between and not any(at <= first for at in full):
        return between[0] - 1
    last_caption = max(
        (index for index in range(single) if _CAPTION.match(lines[index][0].text)), default=None
    )
    if last_caption is None or between or full:
        return area.y0
    return max(run.box.y1 for run in lines[last_caption])


def _bottom(area: Box, lines: Sequence[Line], full: Sequence[float]) -> float:
    """Above the notes: lines of one run under the last full ruling, or that begin like notes."""
    single = _leading_single(lines[::-1])
    if not 0 < single < len(lines):
        return area.y1
    body, last = _middle(lines[-1 - single]), _middle(lines[-1])
    between = [at for at in full if body < at < last]
    if between and not any(at >= last for at in full):
        return between[-1] + 1
    for line in lines[len(lines) - single :]:
        if _NOTE.match(line[0].text) and line[0].box.width > 0.3 * area.width:
            return line[0].box.y0 - 0.5
    return area.y1


def _leading_single(lines: Sequence[Line]) -> int:
    count = 0
    while count < len(lines) and len(lines[count]) == 1:
        count += 1
    return count


def _middle(line: Line) -> float:
    return sum(run.box.center[1] for run in line) / len(line)


def snapped(area: Box, rulings: Rulings, reach: float) -> Box:
    """The area with its sides moved out to the table's outer rulings, where those are near."""
    near = rulings.near(area, reach)
    across = [rule.at for rule in near.across if rule.covers(area.x0, area.x1, 0.9)]
    down = [rule.at for rule in near.down if rule.covers(area.y0, area.y1, 0.9)]
    return Box(
        min([area.x0, *down]),
        min([area.y0, *across]),
        max([area.x1, *down]),
        max([area.y1, *across]),
    )


def found_areas(words: Sequence[Word], rulings: Rulings, page: Box) -> list[Box]:
    """The areas of tables on a page about which nothing is known but words and rulings."""
    ruled = ruled_areas(words, rulings, page)
    free = [word for word in words if not any(word.box.overlap(area) > 0.5 for area in ruled)]
    return sorted(ruled + aligned_areas(free), key=lambda box: (box.y0, box.x0))


def ruled_areas(words: Sequence[Word], rulings: Rulings, page: Box) -> list[Box]:
    """The boxes around rulings that cross or touch one another and hold words in several cells."""
    inside = runs_in(words, page)
    near = 0.6 * text_height(inside)
    groups: list[tuple[Box, int, int]] = []
    lines = [(Box(r.start, r.at, r.end, r.at), 1, 0) for r in rulings.across]
    lines += [(Box(r.at, r.start, r.at, r.end), 0, 1) for r in rulings.down]
    for box, across, down in lines:
        touching = [group for group in groups if group[0].grown(near).intersects(box)]
        groups = [group for group in groups if group not in touching]
        groups.append(
            (
                union_of([box, *(group[0] for group in touching)]),
                across + sum(group[1] for group in touching),
                down + sum(group[2] for group in touching),
            )
        )
    return [
        box
        for box, across, down in groups
        if across >= 3 and down >= 2 and (across >= 4 or down >= 3)
        if box.area < 0.95 * page.area and box.height > 3 * near and len(runs_in(words, box)) >= 4
    ]


def aligned_areas(words: Sequence[Word]) -> list[Box]:
    """Blocks of at least three neighbouring lines whose runs stand in two or more columns."""
    runs = [Run(word.box, word.text.strip()) for word in words if word.text.strip()]
    height = text_height(runs)
    lines = lines_of_words(runs)
    areas = []
    for block in _blocks(lines, height):
        block = _trimmed_block(block, height)
        if len(block) >= 3 and _is_tabular(block, height):
            areas.append(union_of(run.box for line in block for run in line).grown(0.2 * height))
    return areas


def _blocks(lines: Sequence[Line], height: float) -> list[list[Line]]:
    """Runs of lines without wide gaps, parted where prose stands between them."""
    blocks: list[list[Line]] = [[]]
    for line in lines:
        above = blocks[-1][-1] if blocks[-1] else None
        if above and _top_of(line) - _bottom_of(above) > 2.2 * height:
            blocks.append([])
        blocks[-1].append(line)
    return [part for block in blocks for part in _without_prose(block, height)]


def _without_prose(block: Sequence[Line], height: float) -> list[list[Line]]:
    """The parts of a block between two or more successive lines of running text."""
    is_prose = [_is_prose(line, height) for line in block]
    parts: list[list[Line]] = [[]]
    for index, line in enumerate(block):
        beside = is_prose[max(0, index - 1) : index] + is_prose[index + 1 : index + 2]
        if is_prose[index] and any(beside):
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if part]


def _is_prose(line: Line, height: float) -> bool:
    """Whether a line is one long run of words."""
    found = joined(line, SPACE * height)
    return len(found) == 1 and len(line) >= 7 and not is_number(found[0].text)


def _trimmed_block(block: Sequence[Line], height: float) -> list[Line]:
    """Without single runs at the top and at the bottom."""
    counts = [len(joined(line, 1.5 * height)) for line in block]
    many = [index for index, count in enumerate(counts) if count > 1]
    return list(block[many[0] : many[-1] + 1]) if many else []


def _is_tabular(block: Sequence[Line], height: float) -> bool:
    """Whether most lines have runs in the same columns, with numbers or many columns."""
    whites = [white for white in white_columns(block, height) if white[1] - white[0] > 0.8 * height]
    if not whites:
        return False
    rows = [joined(line, 0.8 * height) for line in block]
    shared = sum(
        any(any(a.box.x1 <= mid <= b.box.x0 for a, b in pairwise(row)) for mid in _middles(whites))
        for row in rows
    )
    numbers = sum(any(is_number(run.text) for run in row[1:]) for row in rows)
    return shared >= 0.6 * len(rows) and (numbers >= 0.4 * len(rows) or len(whites) >= 2)


def _middles(whites: Sequence[tuple[float, float]]) -> list[float]:
    return [(left + right) / 2 for left, right in whites]


def _top_of(line: Line) -> float:
    return min(run.box.y0 for run in line)


def _bottom_of(line: Line) -> float:
    return max(run.box.y1 for run in line)
