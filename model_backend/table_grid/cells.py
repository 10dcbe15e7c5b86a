"""The cells of a table and the words in them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Span, Table, Word
from model_backend.reading_order import lines_of
from model_backend.table_grid.frame import box_to_frame, column_edges, is_overlap, row_edges


@dataclass(frozen=True)
class Cell:
    """One cell as a person sees it: a grid cell, a merged cell or a whole projected row.

    `box` is in the table's frame and reaches from edge to edge.
    """

    span: Span
    box: Box
    is_column_header: bool
    is_projected_row_header: bool


def cells(table: Table) -> tuple[Cell, ...]:
    """All cells, row-major; a merged cell stands once, where its first grid cell is."""
    rows, columns = row_edges(table), column_edges(table)
    return tuple(_cell(table, span, rows, columns) for span in cell_spans(table))


def cell_at(table: Table, row: int, column: int) -> Cell:
    """The cell that covers a grid cell; ValueError when the grid has no such cell."""
    if not (0 <= row < len(table.rows) and 0 <= column < len(table.columns)):
        raise ValueError(f"the table has no cell in row {row}, column {column}")
    return _cell(table, _span_at(table, row, column), row_edges(table), column_edges(table))


def cell_spans(table: Table) -> tuple[Span, ...]:
    """The span of every cell, row-major."""
    merged = merged_cells(table)
    spans = (
        merged.get((row, column), Span(row, row + 1, column, column + 1))
        for row in range(len(table.rows))
        for column in range(len(table.columns))
    )
    return tuple(dict.fromkeys(spans))


def grown_to_cells(table: Table, span: Span) -> Span:
    """The smallest range that holds this one and cuts no merged cell."""
    width = len(table.columns)
    merged = [*table.spans, *(Span(row, row + 1, 0, width) for row in table.projected_rows)]
    parts = [span, *(other for other in merged if is_overlap(other, span))]
    grown = Span(
        min(part.row0 for part in parts),
        max(part.row1 for part in parts),
        min(part.column0 for part in parts),
        max(part.column1 for part in parts),
    )
    return grown if grown == span else grown_to_cells(table, grown)


HALF = 0.5


def words_of_cells(
    table: Table, words: Iterable[Word], *, least: float = HALF
) -> dict[Span, tuple[Word, ...]]:
    """The words of every cell (each cell has its entry), in reading order.

    A word belongs to the cell it overlaps most; one with less than `least` of it in the table to
    none.
    """
    found: dict[Span, list[tuple[Word, Box]]] = defaultdict(list)
    rows, columns, merged = row_edges(table), column_edges(table), merged_cells(table)
    for word in words:
        box = box_to_frame(table, word.box)
        if is_inside(box, table.box, least):
            found[_best_span(box, rows, columns, merged)].append((word, box))
    return {span: _in_order(found.get(span, ())) for span in cell_spans(table)}


def is_inside(box: Box, outline: Box, least: float = HALF) -> bool:
    """Whether at least that share of a box (its middle, where it has no area) lies in the
    outline.
    """
    is_across = outline.x0 <= box.x0 <= box.x1 <= outline.x1
    if is_across and outline.y0 <= box.y0 <= box.y1 <= outline.y1:
        return True  # as nearly every word does: shares take ten times as long
    return box.overlap(outline) >= least if box.area > 0 else outline.contains(box.center)


def cell_text(words: Iterable[Word]) -> str:
    """The text of a cell's words."""
    return " ".join(word.text for word in words if word.text.strip())


def _in_order(placed: Sequence[tuple[Word, Box]]) -> tuple[Word, ...]:
    if len(placed) < 2:
        return tuple(word for word, _ in placed)
    lines = lines_of([box for _, box in placed])
    return tuple(placed[index][0] for line in lines for index in line)


def merged_cells(table: Table) -> dict[tuple[int, int], Span]:
    """The merged cell over each grid cell that has one, projected rows among them."""
    width = len(table.columns)
    spans = (*table.spans, *(Span(row, row + 1, 0, width) for row in table.projected_rows))
    return {
        (row, column): span
        for span in spans
        for row in range(span.row0, span.row1)
        for column in range(span.column0, span.column1)
    }


def _span_at(table: Table, row: int, column: int) -> Span:
    if row in table.projected_rows:
        return Span(row, row + 1, 0, len(table.columns))
    for span in table.spans:
        if span.row0 <= row < span.row1 and span.column0 <= column < span.column1:
            return span
    return Span(row, row + 1, column, column + 1)


def _cell(table: Table, span: Span, rows: Sequence[float], columns: Sequence[float]) -> Cell:
    box = Box(columns[span.column0], rows[span.row0], columns[span.column1], rows[span.row1])
    is_projected = span.row1 - span.row0 == 1 and span.row0 in table.projected_rows
    return Cell(span, box, span.row1 <= table.header_rows, is_projected)


def _best_span(
    box: Box, rows: Sequence[float], columns: Sequence[float], merged: dict[tuple[int, int], Span]
) -> Span:
    overlaps: dict[Span, float] = defaultdict(float)
    row0, row1 = grid_range(rows, box.y0, box.y1)
    column0, column1 = grid_range(columns, box.x0, box.x1)
    if row0 == row1 and column0 == column1:
        return merged.get((row0, column0)) or Span(row0, row0 + 1, column0, column0 + 1)
    for row in range(row0, row1 + 1):
        for column in range(column0, column1 + 1):
            span = merged.get((row, column), Span(row, row + 1, column, column + 1))
            grid_cell = Box(columns[column], rows[row], columns[column + 1], rows[row + 1])
            overlaps[span] += box.intersection(grid_cell).area
    return max(overlaps, key=lambda span: overlaps[span])


def grid_range(edges: Sequence[float], start: float, end: float) -> tuple[int, int]:
    """The first and the last of the bands that an interval touches; the nearest one outside."""
    last = len(edges) - 2
    low = min(max(bisect_right(edges, start) - 1, 0), last)
    return low, min(max(bisect_left(edges, end) - 1, low), last)
