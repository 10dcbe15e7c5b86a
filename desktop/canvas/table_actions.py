"""What can be done to a table and its chosen cells by a menu or a key; pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop.canvas.geometry import Gap, snapped, white_gaps
from desktop.canvas.table_words import TableWords
from model_backend import table_grid
from model_backend.document import Span, Table
from model_backend.table_grid.frame import is_overlap

Place = tuple[int, int]
"""Row and column of a grid cell."""

THINNEST_PX = 3.0
"""A dragged edge leaves its neighbours so many screen pixels, where they had them."""

CELLS, SEVERAL, MERGED, ROWS, COLUMNS, EDGE = (
    "cells",
    "several cells",
    "merged cell",
    "several rows",
    "several columns",
    "edge",
)
"""What may be chosen in a table: what a menu offers depends on it."""


def whole(table: Table) -> Span:
    """All cells of a table."""
    return Span(0, len(table.rows), 0, len(table.columns))


def edges_of_axis(table: Table, *, is_row: bool) -> tuple[float, ...]:
    """The row or the column edges."""
    return table_grid.row_edges(table) if is_row else table_grid.column_edges(table)


def beside_edge(edges: Sequence[float], index: int) -> Gap:
    """Between which places an edge can lie: its neighbours, or anywhere beyond the outline."""
    low = edges[index - 1] if index > 0 else float("-inf")
    return low, edges[index + 1] if index < len(edges) - 1 else float("inf")


def with_edge_moved(table: Table, index: int, value: float, pixel: float, *, is_row: bool) -> Table:
    """The table with an edge there, a little apart from its neighbours."""
    edges, thin = edges_of_axis(table, is_row=is_row), THINNEST_PX * pixel
    low, high = beside_edge(edges, index)
    here = edges[index]
    value = max(value, low + min(thin, (here - low) / 2)) if index > 0 else value
    if index < len(edges) - 1:
        value = min(value, high - min(thin, (high - here) / 2))
    move = table_grid.move_row_edge if is_row else table_grid.move_column_edge
    return move(table, index, value)


def fitting(table: Table, cells: Span | None) -> frozenset[str]:
    """What is chosen in a table, for the menus."""
    if cells is None:
        return frozenset()
    rows, columns = cells.row1 - cells.row0, cells.column1 - cells.column0
    met = {CELLS}
    merged = list(_merged_in(table, cells))
    if rows * columns > 1 and merged != [cells]:
        met.add(SEVERAL)
    if merged:
        met.add(MERGED)
    if rows > 1:
        met.add(ROWS)
    if columns > 1:
        met.add(COLUMNS)
    return frozenset(met)


def _merged_in(table: Table, cells: Span) -> Iterator[Span]:
    width = len(table.columns)
    merged = [*table.spans, *(Span(row, row + 1, 0, width) for row in table.projected_rows)]
    return (span for span in merged if is_overlap(span, cells))


def row_added(table: Table, cells: Span | None, words: TableWords) -> Table:
    """The last chosen row cut in two, in a white gap near its middle where there is one."""
    edges = table_grid.row_edges(table)
    row = (cells or whole(table)).row1 - 1
    gaps = words.gaps(is_row=True)
    return table_grid.add_row_edge(table, _cut(edges[row], edges[row + 1], gaps))


def column_added(table: Table, cells: Span | None, words: TableWords) -> Table:
    """The last chosen column cut in two, in a white gap near its middle where there is one."""
    edges = table_grid.column_edges(table)
    column = (cells or whole(table)).column1 - 1
    gaps = words.gaps(is_row=False)
    return table_grid.add_column_edge(table, _cut(edges[column], edges[column + 1], gaps))


def _cut(low: float, high: float, gaps: Sequence[Gap]) -> float:
    value = snapped((low + high) / 2, _inner(low, high, gaps), (high - low) / 2)
    return value if low < value < high else (low + high) / 2


def _inner(low: float, high: float, gaps: Sequence[Gap]) -> list[Gap]:
    """The white between two words of a band: not that at its sides."""
    inner = [(max(start, low), min(end, high)) for start, end in gaps if start < high and end > low]
    return [gap for gap in inner if gap[0] > low and gap[1] < high]


def rows_split(table: Table, cells: Span, words: TableWords) -> Table:
    """Each chosen row cut between its lines of text; in two halves where it has one line."""
    edges = table_grid.row_edges(table)
    cuts = []
    for row in range(cells.row0, cells.row1):
        low, high = edges[row], edges[row + 1]
        gaps = _inner(low, high, _gaps_between(words, low, high, is_row=True))
        cuts += [(start + end) / 2 for start, end in gaps] or [(low + high) / 2]
    return table_grid.split_rows(table, cuts)


def columns_split(table: Table, cells: Span, words: TableWords) -> Table:
    """Each chosen column cut in its widest white gap from top to bottom; else in two halves."""
    edges = table_grid.column_edges(table)
    cuts = []
    for column in range(cells.column0, cells.column1):
        low, high = edges[column], edges[column + 1]
        gaps = _inner(low, high, _gaps_between(words, low, high, is_row=False))
        widest = max(gaps, key=lambda gap: gap[1] - gap[0], default=(low, high))
        cuts.append((widest[0] + widest[1]) / 2)
    return table_grid.split_columns(table, cuts)


def _gaps_between(words: TableWords, low: float, high: float, *, is_row: bool) -> list[Gap]:
    parts = words.placement.intervals(is_row=is_row)
    return list(white_gaps([part for part in parts if part[0] < high and part[1] > low], low, high))


def rows_joined(table: Table, cells: Span) -> Table:
    """The chosen rows made one."""
    return table_grid.join_rows(table, cells.row0, cells.row1)


def columns_joined(table: Table, cells: Span) -> Table:
    """The chosen columns made one."""
    return table_grid.join_columns(table, cells.column0, cells.column1)


def rows_deleted(table: Table, cells: Span) -> Table:
    """The table without the chosen rows."""
    return table_grid.delete_rows(table, cells.row0, cells.row1)


def columns_deleted(table: Table, cells: Span) -> Table:
    """The table without the chosen columns."""
    return table_grid.delete_columns(table, cells.column0, cells.column1)


def edge_deleted(table: Table, index: int, *, is_row: bool) -> Table:
    """The two rows or columns beside an edge joined."""
    delete = table_grid.delete_row_edge if is_row else table_grid.delete_column_edge
    return delete(table, index)


def cell_split(table: Table, cells: Span) -> Table:
    """Every merged cell among the chosen ones made single cells again."""
    for span in list(_merged_in(table, cells)):
        table = table_grid.split_cell(table, span.row0, span.column0)
    return table


def header_toggled(table: Table, cells: Span | None) -> Table:
    """Header rows down to the last chosen row; where that is so already, only to above the first
    chosen one.
    """
    chosen = cells or Span(0, 1, 0, 1)
    count = chosen.row1 if chosen.row1 != table.header_rows else chosen.row0
    return table_grid.set_header_rows(table, count)


def projected_toggled(table: Table, cells: Span) -> Table:
    """The chosen rows made projected row headers, or ordinary rows again."""
    for row in range(cells.row0, cells.row1):
        table = table_grid.toggle_projected(table, row)
    return table


def clipped(table: Table, cells: Span | None) -> Span | None:
    """The chosen cells as far as the table still has them."""
    if cells is None:
        return None
    row1, column1 = min(cells.row1, len(table.rows)), min(cells.column1, len(table.columns))
    if cells.row0 >= row1 or cells.column0 >= column1:
        return None
    return Span(cells.row0, row1, cells.column0, column1)


def is_in(cells: Span, place: Place) -> bool:
    """Whether a grid cell is among these."""
    return cells.row0 <= place[0] < cells.row1 and cells.column0 <= place[1] < cells.column1


def between(
    table: Table, first: Place, last: Place, *, is_rows: bool = False, is_columns: bool = False
) -> Span:
    """The cells from one grid cell to another, or their whole rows or columns; none is cut."""
    everything = whole(table)
    rows = sorted((first[0], last[0])) if not is_columns else (0, everything.row1 - 1)
    columns = sorted((first[1], last[1])) if not is_rows else (0, everything.column1 - 1)
    span = Span(rows[0], rows[1] + 1, columns[0], columns[1] + 1)
    return table_grid.grown_to_cells(table, span)


def neighbour(table: Table, place: Place, way: Place) -> Place:
    """The grid cell beyond the cell that covers this place; the same at the table's side."""
    span = table_grid.cell_at(table, *place).span
    row, column = place
    if way[0]:
        row = span.row1 if way[0] > 0 else span.row0 - 1
    if way[1]:
        column = span.column1 if way[1] > 0 else span.column0 - 1
    return (row, column) if is_in(whole(table), (row, column)) else place


def furthest(table: Table, place: Place, way: Place) -> Place:
    """The last grid cell that way."""
    row = place[0] if not way[0] else (len(table.rows) - 1 if way[0] > 0 else 0)
    column = place[1] if not way[1] else (len(table.columns) - 1 if way[1] > 0 else 0)
    return row, column


def lengthened(table: Table, anchor: Place, lead: Place, way: Place) -> Place:
    """The next place that way at which the range from the anchor is another one."""
    before, place = between(table, anchor, lead), lead
    while True:
        following = (place[0] + way[0], place[1] + way[1])
        if not is_in(whole(table), following):
            return place
        place = following
        if between(table, anchor, place) != before:
            return place
