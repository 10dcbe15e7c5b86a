"""The rows of a column header, and the cells that are merged in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from model_backend.document import Span
from model_backend.table_grid.row_groups import Layout, Placed, PlacedLine, covered_columns

ASIDE = 0.35
"""A heading may stand this far (of a column's width) from the middle of the columns it heads."""


@dataclass
class HeaderRow:
    """One row of a header: the lines it is made of, and where its headings lie."""

    first_line: int
    last_line: int
    headings: list[Placed]


def header_breaks(layout: Layout, count: int) -> list[bool]:
    """For each header line but the last: whether the next one belongs to a further header row.

    It does where a heading over several columns has two or more headings below it, and at rulings.
    """
    lines = layout.lines[:count]
    breaks = [layout.full[index] is not None for index in range(max(count - 1, 0))]
    for index, line in enumerate(lines):
        for heading in line:
            reach = _ruled_range(layout, heading) or (heading.first, heading.last)
            below = _first_divided(layout, lines, index, heading, reach)
            if below is not None and reach[1] - reach[0] > 1 and _is_lower(layout, index, below):
                breaks[below - 1] = True
    return breaks


def _is_lower(layout: Layout, above: int, below: int) -> bool:
    """Whether a line is really below another, not beside it with a small shift."""
    tops = [min(item.run.box.y0 for item in layout.lines[line]) for line in (above, below)]
    return tops[1] - tops[0] > 0.5 * layout.height


def _first_divided(
    layout: Layout,
    lines: Sequence[PlacedLine],
    index: int,
    heading: Placed,
    reach: tuple[int, int],
) -> int | None:
    """The first line below from which on the columns of a heading have headings of their own."""
    columns: set[int] = set()
    divided = None
    for place in range(len(lines) - 1, index, -1):
        inside = [item for item in lines[place] if reach[0] <= item.first and item.last <= reach[1]]
        if any(item.last - item.first > 1 for item in inside):
            break
        if len(inside) == 1 and _is_continued(layout, heading, inside[0], reach):
            break
        columns |= {item.first for item in inside}
        if columns:
            divided = place
    return divided if len(columns) > 1 else None


def _is_continued(layout: Layout, heading: Placed, other: Placed, reach: tuple[int, int]) -> bool:
    """Whether a run alone below a heading is the heading's next line."""
    (x, top), bottom = heading.run.box.center, other.run.box.center[1]
    if any(top < rule.at < bottom and rule.start <= x <= rule.end for rule in layout.across):
        return False
    is_below = abs(x - other.run.box.center[0]) < layout.height
    return is_below or _ruled_range(layout, other) == reach


def _ruled_range(layout: Layout, heading: Placed) -> tuple[int, int] | None:
    """The columns over which a ruling shortly below a heading reaches, if not over all."""
    box = heading.run.box
    near = [
        rule
        for rule in layout.across
        if box.center[1] < rule.at < box.y1 + 1.5 * box.height
        and rule.start <= box.center[0] <= rule.end
    ]
    for rule in sorted(near, key=lambda rule: rule.at):
        held = [
            index
            for index, (start, end) in enumerate(layout.columns)
            if min(rule.end, end) - max(rule.start, start) > 0.5 * (end - start)
        ]
        is_partial = 0 < len(held) < len(layout.columns)
        if is_partial and held[0] <= heading.first and heading.last <= held[-1] + 1:
            return held[0], held[-1] + 1
    return None


def header_spans(layout: Layout, rows: Sequence[Sequence[int]]) -> list[Span]:
    """The merged cells of a header, its rows given as lists of line numbers."""
    taken: list[set[int]] = []
    spans: list[Span] = []
    for number, row in enumerate(rows):
        headings = [item for line in row for item in layout.lines[line]]
        covered = {column for item in headings for column in range(item.first, item.last)}
        reaches = _reaches(layout, headings, covered) if number + 1 < len(rows) else _own(headings)
        spans += [Span(number, number + 1, *reach) for reach in reaches if reach[1] - reach[0] > 1]
        taken.append(covered | {column for reach in reaches for column in range(*reach)})
    return spans + _tall(layout, rows, taken, spans) + _beside_rules(layout, rows, spans)


def _beside_rules(
    layout: Layout, rows: Sequence[Sequence[int]], spans: Sequence[Span]
) -> list[Span]:
    """Headings that run on where the ruling below the row leaves their column out."""
    wide = {(span.row0, column) for span in spans for column in range(span.column0, span.column1)}
    result = []
    for number, (above, below) in enumerate(pairwise(rows)):
        top = max(item.run.box.center[1] for item in layout.lines[above[-1]])
        bottom = min(item.run.box.center[1] for item in layout.lines[below[0]])
        between = [rule for rule in layout.across if top < rule.at < bottom]
        for column, (start, end) in enumerate(layout.columns):
            is_ruled = any(rule.covers(start, end, 0.3) for rule in between)
            if between and not is_ruled and not {(number, column), (number + 1, column)} & wide:
                result.append(Span(number, number + 2, column, column + 1))
    return result


def _own(headings: Sequence[Placed]) -> list[tuple[int, int]]:
    return _disjoint([(item.first, item.last) for item in headings])


def _reaches(
    layout: Layout, headings: Sequence[Placed], covered: set[int]
) -> list[tuple[int, int]]:
    """The columns that each heading of an upper header row stands over."""
    reaches = []
    blank = set(range(1, len(layout.columns))) - covered
    for heading in headings:
        ruled = _ruled_range(layout, heading)
        aside = ASIDE if len(headings) > 1 else 1.0
        reach = ruled or _centred(layout, heading, blank, aside)
        blank -= set(range(*reach))
        reaches.append(reach)
    return _disjoint(reaches)


def _disjoint(reaches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The reaches, those that overlap united (two lines of one heading)."""
    result: list[tuple[int, int]] = []
    for reach in sorted(reaches):
        if result and reach[0] < result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], reach[1]))
        else:
            result.append(reach)
    return result


def _centred(
    layout: Layout, heading: Placed, blank: set[int], most_aside: float
) -> tuple[int, int]:
    """The widest range of blank columns around a heading that it stands in the middle of."""
    left, right = heading.first, heading.last
    while left - 1 in blank:
        left -= 1
    while right in blank:
        right += 1
    middle = heading.run.box.center[0]
    extents = column_extents(layout)
    best, widest = (heading.first, heading.last), 0.0
    for first in range(left, heading.first + 1):
        for last in range(heading.last, right + 1):
            start, end = extents[first][0], extents[last - 1][1]
            aside = abs((start + end) / 2 - middle)
            if aside <= most_aside * (end - start) / (last - first) and end - start > widest:
                best, widest = (first, last), end - start
    return best


def column_extents(layout: Layout) -> list[tuple[float, float]]:
    """From where to where the words of each column reach."""
    extents = []
    for index, column in enumerate(layout.columns):
        boxes = [
            item.run.box
            for line in layout.lines
            for item in line
            if item.first == index and item.last == index + 1
        ]
        start = min((box.x0 for box in boxes), default=column[0])
        extents.append((start, max((box.x1 for box in boxes), default=column[1])))
    return extents


def _tall(
    layout: Layout,
    rows: Sequence[Sequence[int]],
    taken: Sequence[set[int]],
    spans: Sequence[Span],
) -> list[Span]:
    """Headings of one column that take the blank header rows above and below them."""
    result = []
    wide = {(span.row0, column) for span in spans for column in range(span.column0, span.column1)}
    for column in range(len(layout.columns)):
        filled = [row for row in range(len(rows)) if column in taken[row]]
        start = 0
        for place, row in enumerate(filled):
            following = filled[place + 1] if place + 1 < len(filled) else len(rows)
            is_last = place + 1 == len(filled)
            if (row, column) in wide:
                start = row + 1
                continue
            end = following if is_last else row + 1
            if end - start > 1:
                result.append(Span(start, end, column, column + 1))
            start = row + 1
    return result


def projected(rows: Sequence[Sequence[int]], layout: Layout, first: int) -> list[int]:
    """The rows from `first` on that have one run of words, which begins in the first column."""
    found = []
    for number, row in enumerate(rows[first:], first):
        columns = covered_columns([item for line in row for item in layout.lines[line]])
        is_alone = all(len(layout.lines[line]) == 1 for line in row)
        starts = all(layout.lines[line][0].first == 0 for line in row)
        if is_alone and starts and len(layout.columns) > 1 and columns:
            found.append(number)
    return found
