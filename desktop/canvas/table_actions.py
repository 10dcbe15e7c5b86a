"""What can be done to a table and its chosen cells by a menu or a key; pure functions, no Qt."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.canvas.geometry import Gap, snapped
from model_backend import table_grid
from model_backend.document import Span, Table


def whole(table: Table) -> Span:
    """All cells of a table."""
    return Span(0, len(table.rows), 0, len(table.columns))


def row_added(table: Table, cells: Span | None, gaps: Sequence[Gap]) -> Table:
    """The last chosen row cut in two, in a white gap near its middle where there is one."""
    edges = table_grid.row_edges(table)
    row = (cells or whole(table)).row1 - 1
    return table_grid.add_row_edge(table, _cut(edges[row], edges[row + 1], gaps))


def column_added(table: Table, cells: Span | None, gaps: Sequence[Gap]) -> Table:
    """The last chosen column cut in two, in a white gap near its middle where there is one."""
    edges = table_grid.column_edges(table)
    column = (cells or whole(table)).column1 - 1
    return table_grid.add_column_edge(table, _cut(edges[column], edges[column + 1], gaps))


def _cut(low: float, high: float, gaps: Sequence[Gap]) -> float:
    inner = [(max(start, low), min(end, high)) for start, end in gaps if start < high and end > low]
    free = [gap for gap in inner if gap[0] > low and gap[1] < high]
    value = snapped((low + high) / 2, free, (high - low) / 2)
    return value if low < value < high else (low + high) / 2


def rows_deleted(table: Table, cells: Span) -> Table:
    """The table without the chosen rows."""
    for row in reversed(range(cells.row0, cells.row1)):
        table = table_grid.delete_row(table, row)
    return table


def columns_deleted(table: Table, cells: Span) -> Table:
    """The table without the chosen columns."""
    for column in reversed(range(cells.column0, cells.column1)):
        table = table_grid.delete_column(table, column)
    return table


def edge_deleted(table: Table, index: int, *, is_row: bool) -> Table:
    """The two rows or columns beside an edge joined."""
    delete = table_grid.delete_row_edge if is_row else table_grid.delete_column_edge
    return delete(table, index)


def cell_split(table: Table, cells: Span) -> Table:
    """Every merged cell among the chosen ones made single cells again."""
    for row in range(cells.row0, cells.row1):
        for column in range(cells.column0, cells.column1):
            span = table_grid.cell_at(table, row, column).span
            if (span.row1 - span.row0) * (span.column1 - span.column0) > 1:
                table = table_grid.split_cell(table, row, column)
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
