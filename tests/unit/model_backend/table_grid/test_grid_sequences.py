"""Ten thousand random sequences of grid edits: not one leaves a table that contradicts itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from math import isfinite
from random import Random

import pytest

from model_backend import table_grid as grid
from model_backend.document import Box, Span, Table, Word

SEQUENCES, STEPS, PARTS = 10_000, 12, 4
PAGE = 1000.0

Operation = Callable[[Table, Random], Table]


def _cut(random: Random, first: float, last: float) -> float:
    """Somewhere along a side, now and then beyond it."""
    return random.uniform(first - 0.1 * (last - first), last + 0.1 * (last - first))


def _row(random: Random, table: Table) -> int:
    return random.randint(0, len(table.rows))


def _column(random: Random, table: Table) -> int:
    return random.randint(0, len(table.columns))


def _range(random: Random, size: int) -> tuple[int, int]:
    start = random.randrange(size)
    return start, random.randint(start + 1, size)


def _box(random: Random) -> Box:
    x, y = random.uniform(0, PAGE), random.uniform(0, PAGE)
    return Box(x, y, x + random.uniform(2, 600), y + random.uniform(2, 600))


OPERATIONS: dict[str, Operation] = {
    "add_row_edge": lambda t, r: grid.add_row_edge(t, _cut(r, t.box.y0, t.box.y1)),
    "add_column_edge": lambda t, r: grid.add_column_edge(t, _cut(r, t.box.x0, t.box.x1)),
    "move_row_edge": lambda t, r: grid.move_row_edge(t, _row(r, t), _cut(r, t.box.y0, t.box.y1)),
    "move_column_edge": lambda t, r: grid.move_column_edge(
        t, _column(r, t), _cut(r, t.box.x0, t.box.x1)
    ),
    "delete_row_edge": lambda t, r: grid.delete_row_edge(t, _row(r, t)),
    "delete_column_edge": lambda t, r: grid.delete_column_edge(t, _column(r, t)),
    "delete_row": lambda t, r: grid.delete_row(t, _row(r, t)),
    "delete_column": lambda t, r: grid.delete_column(t, _column(r, t)),
    "delete_rows": lambda t, r: grid.delete_rows(t, *_range(r, len(t.rows))),
    "delete_columns": lambda t, r: grid.delete_columns(t, *_range(r, len(t.columns))),
    "join_rows": lambda t, r: grid.join_rows(t, *_range(r, len(t.rows))),
    "join_columns": lambda t, r: grid.join_columns(t, *_range(r, len(t.columns))),
    "split_rows": lambda t, r: grid.split_rows(
        t, [_cut(r, t.box.y0, t.box.y1) for _edge in range(r.randint(0, 3))]
    ),
    "split_columns": lambda t, r: grid.split_columns(
        t, [_cut(r, t.box.x0, t.box.x1) for _edge in range(r.randint(0, 3))]
    ),
    "extend_rows": lambda t, r: grid.extend_rows(t, _cut(r, t.box.y0, t.box.y1)),
    "extend_columns": lambda t, r: grid.extend_columns(t, _cut(r, t.box.x0, t.box.x1)),
    "merge_cells": lambda t, r: grid.merge_cells(
        t, Span(*_range(r, len(t.rows)), *_range(r, len(t.columns)))
    ),
    "split_cell": lambda t, r: grid.split_cell(t, _row(r, t), _column(r, t)),
    "set_header_rows": lambda t, r: grid.set_header_rows(t, _row(r, t)),
    "toggle_projected": lambda t, r: grid.toggle_projected(t, _row(r, t)),
    "resize": lambda t, r: grid.resize(t, _box(r)),
    "moved": lambda t, r: grid.moved(t, r.uniform(-99, 99), r.uniform(-99, 99)),
}
"""Every edit of a grid, with arguments as wild as a hand's."""

SHAPES = ("add_row_edge", "add_column_edge")


def assert_valid(table: Table) -> None:
    """What a table promises, said here again without the module's own checks."""
    for bands, first, last in (
        (table.rows, table.box.y0, table.box.y1),
        (table.columns, table.box.x0, table.box.x1),
    ):
        assert bands
        assert all(isfinite(band.start) and band.start < band.end for band in bands)
        assert all(one.end <= other.start for one, other in pairwise(bands))
        assert first <= bands[0].start
        assert bands[-1].end <= last
    rows, columns = len(table.rows), len(table.columns)
    assert 0 <= table.header_rows <= rows
    assert list(table.projected_rows) == sorted(set(table.projected_rows))
    assert all(table.header_rows <= row < rows for row in table.projected_rows)
    covered = Counter(
        (row, column)
        for span in table.spans
        for row in range(span.row0, span.row1)
        for column in range(span.column0, span.column1)
    )
    assert not covered or max(covered.values()) == 1, "spans overlap"
    for span in table.spans:
        assert 0 <= span.row0 < span.row1 <= rows
        assert 0 <= span.column0 < span.column1 <= columns
        assert (span.row1 - span.row0) * (span.column1 - span.column0) >= 2
        assert not span.row0 < table.header_rows < span.row1, "a span crosses the header's edge"


def assert_cells_tile(table: Table) -> None:
    """The cells cover each place of the grid once, and the six classes can be derived."""
    places = Counter(
        (row, column)
        for cell in grid.cells(table)
        for row in range(cell.span.row0, cell.span.row1)
        for column in range(cell.span.column0, cell.span.column1)
    )
    assert set(places.values()) == {1}
    assert len(places) == len(table.rows) * len(table.columns)
    word = Word(1, "w", Box(*grid.to_page(table, table.box.center) * 2).grown(1.0))
    names = Counter(name for name, _box in grid.objects(table, (word,)))
    assert names["table"] == 1
    assert names["table row"] == len(table.rows)
    assert names["table column"] == len(table.columns)


def start(random: Random) -> Table:
    """A table of some rows and columns."""
    table = grid.empty_table(1, _box(random))
    for _step in range(random.randint(0, 9)):
        table = attempted(table, random, random.choice(SHAPES), Counter())
    return table


def attempted(table: Table, random: Random, name: str, done: Counter[str]) -> Table:
    """The table after the edit, or as it was where the edit refuses its arguments."""
    try:
        table = OPERATIONS[name](table, random)
    except ValueError:
        return table
    done[name] += 1
    return table


@pytest.mark.parametrize("part", range(PARTS))
def test_random_sequences_of_edits_never_leave_an_invalid_table(part: int) -> None:
    done: Counter[str] = Counter()
    for seed in range(part, SEQUENCES, PARTS):
        random = Random(seed)
        table = start(random)
        for _step in range(STEPS):
            name = random.choice(tuple(OPERATIONS))
            after = attempted(table, random, name, done)
            try:
                assert_valid(after)
            except AssertionError as error:
                raise AssertionError(f"seed {seed}: {name} of {table} made {after}") from error
            table = after
        assert_cells_tile(table)
    assert min(done[name] for name in OPERATIONS) > 100, "an edit was hardly ever tried"


def test_every_edit_of_the_module_is_tried() -> None:
    others = {
        "box_to_frame", "box_to_page", "cell_at", "cell_text", "cells", "column_edges", "core_of",
        "empty_table", "frame_to_page", "from_objects", "grown_to_cells", "merged_cells",
        "misplaced", "objects", "problems",
        "propose_grid", "row_edges", "to_frame", "to_page", "transformed", "words_of_cells",
    }  # fmt: skip
    functions = {name for name in grid.__all__ if name[0].islower()}
    assert functions - others == set(OPERATIONS)
