"""Hypothesis strategies for tables: random sequences of every operation on a random outline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from model_backend import table_grid as grid
from model_backend.document import Box, Span, Table, Word

coordinates = st.floats(0, 1000, allow_nan=False, width=32)
sizes = st.floats(20, 600, width=32)
fractions = st.floats(-0.2, 1.2)
boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), coordinates, coordinates, sizes, sizes
)

Draw = st.DrawFn


def cuts(start: float) -> st.SearchStrategy[list[float]]:
    """Places of edges not far from a table's side."""
    return st.lists(st.floats(0, 300).map(lambda far: start + far), max_size=4)


def _along(first: float, last: float, fraction: float) -> float:
    return first + (last - first) * fraction


def _range(draw: Draw, size: int) -> tuple[int, int]:
    start = draw(st.integers(0, size - 1))
    return start, draw(st.integers(start + 1, size))


OPERATIONS: dict[str, Callable[[Draw, Table], Table]] = {
    "add_row_edge": lambda draw, table: grid.add_row_edge(
        table, _along(table.box.y0, table.box.y1, draw(fractions))
    ),
    "add_column_edge": lambda draw, table: grid.add_column_edge(
        table, _along(table.box.x0, table.box.x1, draw(fractions))
    ),
    "move_row_edge": lambda draw, table: grid.move_row_edge(
        table, draw(st.integers(0, len(table.rows))), draw(coordinates)
    ),
    "move_column_edge": lambda draw, table: grid.move_column_edge(
        table, draw(st.integers(0, len(table.columns))), draw(coordinates)
    ),
    "delete_row_edge": lambda draw, table: grid.delete_row_edge(
        table, draw(st.integers(0, len(table.rows)))
    ),
    "delete_column_edge": lambda draw, table: grid.delete_column_edge(
        table, draw(st.integers(0, len(table.columns)))
    ),
    "delete_row": lambda draw, table: grid.delete_row(table, draw(st.integers(0, len(table.rows)))),
    "delete_column": lambda draw, table: grid.delete_column(
        table, draw(st.integers(0, len(table.columns)))
    ),
    "merge_cells": lambda draw, table: grid.merge_cells(
        table, Span(*_range(draw, len(table.rows)), *_range(draw, len(table.columns)))
    ),
    "split_cell": lambda draw, table: grid.split_cell(
        table,
        draw(st.integers(0, len(table.rows) - 1)),
        draw(st.integers(0, len(table.columns) - 1)),
    ),
    "set_header_rows": lambda draw, table: grid.set_header_rows(
        table, draw(st.integers(0, len(table.rows)))
    ),
    "toggle_projected": lambda draw, table: grid.toggle_projected(
        table, draw(st.integers(0, len(table.rows) - 1))
    ),
    "extend_rows": lambda draw, table: grid.extend_rows(table, draw(coordinates)),
    "extend_columns": lambda draw, table: grid.extend_columns(table, draw(coordinates)),
    "join_rows": lambda draw, table: grid.join_rows(table, *_range(draw, len(table.rows))),
    "join_columns": lambda draw, table: grid.join_columns(table, *_range(draw, len(table.columns))),
    "delete_rows": lambda draw, table: grid.delete_rows(table, *_range(draw, len(table.rows))),
    "delete_columns": lambda draw, table: grid.delete_columns(
        table, *_range(draw, len(table.columns))
    ),
    "split_rows": lambda draw, table: grid.split_rows(table, draw(cuts(table.box.y0))),
    "split_columns": lambda draw, table: grid.split_columns(table, draw(cuts(table.box.x0))),
    "resize": lambda draw, table: grid.resize(table, draw(boxes)),
    "moved": lambda draw, table: grid.moved(table, draw(coordinates), draw(coordinates)),
}


@st.composite
def upright_tables(draw: Draw) -> Table:
    """A valid table in the page's own frame: some rows and columns, then random operations."""
    table = grid.empty_table(1, draw(boxes))
    for name in draw(st.lists(st.sampled_from(["add_row_edge", "add_column_edge"]), max_size=9)):
        table = attempted(draw, table, name)
    for name in draw(st.lists(st.sampled_from(sorted(OPERATIONS)), max_size=9)):
        table = attempted(draw, table, name)
    return table


@st.composite
def tables(draw: Draw) -> Table:
    """A valid table that may be turned and sheared."""
    turns = st.one_of(st.just(0.0), st.sampled_from([90.0, 180.0, 270.0]), st.floats(-8, 8))
    shears = st.one_of(st.just(0.0), st.floats(-0.1, 0.1))
    return replace(draw(upright_tables()), rotation=draw(turns), shear=draw(shears))


@st.composite
def words_in(draw: Draw, table: Table) -> tuple[Word, ...]:
    """Words in some of the table's cells, well inside them."""
    chosen = [cell for cell in grid.cells(table) if draw(st.booleans())]
    return tuple(word_in(table, cell.box, number) for number, cell in enumerate(chosen, 1))


def word_in(table: Table, box: Box, number: int) -> Word:
    """A word in the middle of a box of the frame, placed on the page."""
    x, y = grid.to_page(table, box.center)
    width, height = box.width / 4, box.height / 4
    if round(table.rotation) % 180 == 90:
        width, height = height, width
    return Word(number, f"w{number}", Box(x - width, y - height, x + width, y + height))


def attempted(draw: Draw, table: Table, name: str) -> Table:
    """The table after an operation, or as it was where the operation refuses its arguments."""
    try:
        return OPERATIONS[name](draw, table)
    except ValueError:
        return table
