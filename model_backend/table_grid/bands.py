"""Operations on several rows or columns of a table at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from model_backend.document import Table
from model_backend.table_grid.edits import (
    add_column_edge,
    add_row_edge,
    delete_column,
    delete_column_edge,
    delete_row,
    delete_row_edge,
)

_Change = Callable[[Table, int], Table]


def join_rows(table: Table, start: int, end: int) -> Table:
    """One row of the rows start to end (half-open); ValueError for fewer than two."""
    return _joined(table, range(start, end), len(table.rows), delete_row_edge)


def join_columns(table: Table, start: int, end: int) -> Table:
    """One column of the columns start to end (half-open); ValueError for fewer than two."""
    return _joined(table, range(start, end), len(table.columns), delete_column_edge)


def delete_rows(table: Table, start: int, end: int) -> Table:
    """The table without the rows start to end (half-open); ValueError where none would be left."""
    return _without(table, range(start, end), len(table.rows), delete_row)


def delete_columns(table: Table, start: int, end: int) -> Table:
    """The table without the columns start to end (half-open); ValueError where none would stay."""
    return _without(table, range(start, end), len(table.columns), delete_column)


def split_rows(table: Table, cuts: Iterable[float]) -> Table:
    """The rows cut at all of these (frame coordinates); ValueError where one does not fit."""
    for cut in cuts:
        table = add_row_edge(table, cut)
    return table


def split_columns(table: Table, cuts: Iterable[float]) -> Table:
    """The columns cut at all of these (frame coordinates); ValueError where one does not fit."""
    for cut in cuts:
        table = add_column_edge(table, cut)
    return table


def _joined(table: Table, bands: range, count: int, delete_edge: _Change) -> Table:
    if len(bands) < 2 or bands.start < 0 or bands.stop > count:
        raise ValueError(f"the table has no rows or columns {bands} to join")
    for edge in reversed(bands[1:]):
        table = delete_edge(table, edge)
    return table


def _without(table: Table, bands: range, count: int, delete: _Change) -> Table:
    if not bands or bands.start < 0 or bands.stop > count:
        raise ValueError(f"the table has no rows or columns {bands}")
    for band in reversed(bands):
        table = delete(table, band)
    return table
