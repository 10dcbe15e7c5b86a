"""A grid for an outline: from the words inside, and ruling lines where they are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from model_backend.document import Box, Table, Word
from model_backend.table_grid.cells import is_inside, words_of_cells
from model_backend.table_grid.edits import (
    delete_row_edge,
    empty_table,
    merge_cells,
    set_header_rows,
    toggle_projected,
)
from model_backend.table_grid.frame import bands_of, box_to_frame
from model_backend.table_grid.headers import header_breaks, header_spans, projected
from model_backend.table_grid.row_groups import Layout, body_breaks, header_lines, layout_of
from model_backend.table_grid.runs import (
    SPACE,
    Line,
    Rule,
    Run,
    is_number,
    lines_of_words,
    text_height,
    white_columns,
)

_DRAWN_RULE = re.compile(r"[-_=\u2014\u2500]{5,}")
"""A ruling made of characters."""


def propose_grid(
    table_id: int,
    box: Box,
    words: Sequence[Word],
    *,
    rotation: float = 0.0,
    row_lines: Sequence[float] = (),
    column_lines: Sequence[float] = (),
) -> Table:
    """The grid that white gaps between the words suggest; given ruling lines are edges.

    `box` and the lines are in the table's frame, words in page units.
    """
    outline = replace(empty_table(table_id, box), rotation=rotation % 360)
    return grid_of(
        outline,
        words,
        across=[Rule(at, box.x0, box.x1) for at in row_lines],
        down=[Rule(at, box.y0, box.y1) for at in column_lines],
    )


def grid_of(
    outline: Table,
    words: Sequence[Word],
    *,
    across: Sequence[Rule],
    down: Sequence[Rule],
    separators: Sequence[float] | None = None,
) -> Table:
    """The grid inside an outline, with ruling lines that may reach over a part of it only.

    `across` are the horizontal rulings, `down` the vertical ones, in the table's frame; where
    `separators`, the inner edges of the columns, are given, only the rows are looked for.
    """
    box = outline.box
    lines, across = text_inside(outline, words, across)
    walls = _walls(box, down) if separators is None else list(separators)
    if not lines:
        floors = [rule.at for rule in across if rule.covers(box.x0, box.x1, 0.5)]
        return _with_edges(outline, floors, walls)
    height = text_height(run for line in lines for run in line)
    if separators is None:
        separators = column_separators(box, lines, height, walls)
    layout = layout_of(box, lines, height, separators, across)
    table = with_rows(outline, layout, header_lines(layout))
    return _without_slivers(table, words, height)


def columns_of(outline: Table, words: Sequence[Word], down: Sequence[Rule]) -> list[float]:
    """The inner edges between columns that the words and the vertical rulings suggest."""
    lines, _across = text_inside(outline, words, ())
    walls = _walls(outline.box, down)
    if not lines:
        return _apart(walls, outline.box.x0, outline.box.x1)
    height = text_height(run for line in lines for run in line)
    return column_separators(outline.box, lines, height, walls)


def _walls(box: Box, down: Sequence[Rule]) -> list[float]:
    return [rule.at for rule in down if rule.covers(box.y0, box.y1, 0.5)]


def text_inside(
    outline: Table, words: Sequence[Word], across: Sequence[Rule]
) -> tuple[list[Line], list[Rule]]:
    """The words inside an outline line by line, in its frame, and the rulings with those that are
    made of characters.
    """
    placed = [
        Run(place, word.text.strip())
        for word in words
        if _is_visible(word.text)
        and is_inside(place := box_to_frame(outline, word.box), outline.box)
    ]
    drawn = [run.box for run in placed if _DRAWN_RULE.fullmatch(run.text)]
    inside = [run for run in placed if not _DRAWN_RULE.fullmatch(run.text)]
    rules = [*across, *(Rule(box.center[1], box.x0, box.x1) for box in drawn)]
    return (lines_of_words(inside) if inside else []), rules


def _is_visible(text: str) -> bool:
    return any(character.isprintable() and not character.isspace() for character in text)


def column_separators(
    box: Box, lines: Sequence[Line], height: float, walls: Sequence[float]
) -> list[float]:
    """The inner edges between columns: vertical rulings, and white columns away from them."""
    edges = _apart(walls, box.x0, box.x1)
    for left, right in white_columns(lines, height, edges):
        if not any(left - 1 <= wall <= right + 1 for wall in edges):
            edges.append((left + right) / 2)
    return _without_sparse_columns(box, _apart(edges, box.x0, box.x1), lines, height)


def _apart(values: Iterable[float], first: float, last: float) -> list[float]:
    """The values in order, without those next to one another or to the ends."""
    kept: list[float] = []
    for value in sorted(values):
        if value - (kept[-1] if kept else first) > 2 and last - value > 2:
            kept.append(value)
    return kept


def _without_sparse_columns(
    box: Box, separators: Sequence[float], lines: Sequence[Line], height: float
) -> list[float]:
    """Columns with hardly any words are joined with the neighbour that the words are nearer to."""
    kept = list(separators)
    index = 0
    while kept and index <= len(kept):
        edges = [box.x0, *kept, box.x1]
        if not _is_sparse(lines, edges[index], edges[index + 1], height):
            index += 1
        elif index == 0 or (
            index < len(kept) and _is_nearer_right(lines, edges[index], edges[index + 1])
        ):
            kept.pop(index)
        else:
            kept.pop(index - 1)
            index -= 1
    return kept


def _is_sparse(lines: Sequence[Line], start: float, end: float, height: float) -> bool:
    """Whether a column has numbers, or words that stand apart from their neighbours, on few lines
    only.
    """
    count = 0
    for line in lines:
        inside = [word for word in line if start <= word.box.center[0] < end]
        if inside:
            is_number_inside = any(is_number(word.text) for word in inside)
            count += is_number_inside or _stands_apart(line, inside, SPACE * height)
    return count <= 0.12 * len(lines)


def _stands_apart(line: Line, inside: Line, gap: float) -> bool:
    """Whether some words of a line have wide gaps, or nothing, on both sides."""
    before = [word.box.x1 for word in line if word.box.x0 < inside[0].box.x0]
    after = [word.box.x0 for word in line if word.box.x0 > inside[-1].box.x0]
    is_free_left = not before or inside[0].box.x0 - max(before) > gap
    return is_free_left and (not after or min(after) - inside[-1].box.x1 > gap)


def _is_nearer_right(lines: Sequence[Line], start: float, end: float) -> bool:
    """Whether the words of a column are nearer to those on their right than on their left."""
    left = right = float("inf")
    for line in lines:
        for word in line:
            if start <= word.box.center[0] < end:
                before = [other.box.x1 for other in line if other.box.center[0] < start]
                after = [other.box.x0 for other in line if other.box.center[0] >= end]
                left = min([left, *(word.box.x0 - place for place in before)])
                right = min([right, *(place - word.box.x1 for place in after)])
    return right < left


def _with_edges(outline: Table, rows: Iterable[float], columns: Iterable[float]) -> Table:
    box = outline.box
    return replace(
        outline,
        rows=bands_of([box.y0, *_apart(rows, box.y0, box.y1), box.y1]),
        columns=bands_of([box.x0, *_apart(columns, box.x0, box.x1), box.x1]),
    )


def with_rows(outline: Table, layout: Layout, count: int) -> Table:
    """The table with the rows of a layout whose first `count` lines are the header: with its
    projected rows and merged headings.
    """
    breaks = header_breaks(layout, count)
    if 0 < count < len(layout.lines):
        breaks.append(True)
    breaks += body_breaks(layout, count)
    rows = _row_lines(breaks)
    box = layout.box
    edges = [box.y0, *_row_edges(layout, rows), box.y1]
    columns = [box.x0, *(end for _start, end in layout.columns)]
    table = replace(outline, rows=bands_of(edges), columns=bands_of(columns))
    header_rows = sum(row[0] < count for row in rows)
    table = set_header_rows(table, header_rows)
    for span in header_spans(layout, rows[:header_rows]):
        table = merge_cells(table, span)
    for row in projected(rows, layout, header_rows):
        table = toggle_projected(table, row)
    return table


def _without_slivers(table: Table, words: Sequence[Word], height: float) -> Table:
    """The table without rows that are too low for text and have none."""
    filled = {
        row
        for span, found in words_of_cells(table, words).items()
        if found
        for row in range(span.row0, span.row1)
    }
    for row in reversed(range(len(table.rows))):
        if row not in filled and table.rows[row].size < 0.6 * height and len(table.rows) > 1:
            table = delete_row_edge(table, row if row else 1)
    return table


def _row_lines(breaks: Sequence[bool]) -> list[list[int]]:
    """The numbers of the lines of each row."""
    rows = [[0]]
    for line, is_break in enumerate(breaks, 1):
        if is_break:
            rows.append([])
        rows[-1].append(line)
    return rows


def _row_edges(layout: Layout, rows: Sequence[Sequence[int]]) -> list[float]:
    """Between rows: the ruling there, else the middle of the white; edges never cross."""
    edges: list[float] = []
    for above, below in pairwise(rows):
        rule = layout.full[above[-1]]
        bottom = max(item.run.box.y1 for item in layout.lines[above[-1]])
        top = min(item.run.box.y0 for item in layout.lines[below[0]])
        lowest = (edges[-1] if edges else layout.box.y0) + 0.01
        edges.append(min(max(rule or (bottom + top) / 2, lowest), layout.box.y1 - 0.01 * len(rows)))
    return edges
