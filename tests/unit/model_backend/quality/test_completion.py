"""Completion: rows and columns from the cells that have a box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Band, Box, Span
from model_backend.metrics.grits import GridCell
from model_backend.quality.completion import completed
from model_backend.table_grid import problems


def cell(row: int, column: int, box: Box | None, *, rows: int = 1, columns: int = 1) -> GridCell:
    return GridCell(Span(row, row + rows, column, column + columns), "x", box)


def test_neighbours_share_the_gap_between_their_texts() -> None:
    table = completed(
        7,
        [
            cell(0, 0, Box(0, 0, 10, 8)),
            cell(1, 0, Box(0, 12, 12, 20)),
            cell(1, 1, Box(20, 12, 30, 20)),
        ],
    )
    assert table is not None
    assert (table.id, table.box) == (7, Box(0, 0, 30, 20))
    assert table.rows == (Band(0, 10), Band(10, 20))
    assert table.columns == (Band(0, 16), Band(16, 30))


def test_blank_row_takes_what_lies_between_its_neighbours() -> None:
    table = completed(
        1, [cell(0, 0, Box(0, 0, 10, 10)), cell(1, 0, None), cell(2, 0, Box(0, 20, 10, 30))]
    )
    assert table is not None
    assert [band.center for band in table.rows] == [5, 15, 25]


def test_merged_cells_do_not_tell_borders_and_are_kept() -> None:
    table = completed(
        1,
        [
            cell(0, 0, Box(0, 0, 30, 8), columns=2),
            cell(1, 0, Box(0, 12, 10, 20), rows=2),
            cell(1, 1, Box(20, 12, 30, 20)),
            cell(2, 1, Box(20, 22, 30, 30)),
        ],
    )
    assert table is not None
    assert (table.projected_rows, table.spans) == ((0,), (Span(1, 3, 0, 1),))
    assert table.columns == (Band(0, 15), Band(15, 30))


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [cell(0, 0, None)],
        [cell(0, 0, Box(0, 0, 10, 12)), cell(1, 0, Box(0, 9, 10, 20))],
        [cell(0, 0, Box(0, 0, 10, 8), columns=2), cell(0, 1, Box(5, 0, 10, 8), rows=2)],
    ],
)
def test_cells_that_make_no_table_are_refused(cells: list[GridCell]) -> None:
    assert completed(1, cells) is None


@given(st.data())
def test_completed_table_is_valid_and_holds_every_text(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 5))
    boxes = {
        (row, column): Box(20.0 * column + 1, 10.0 * row + 1, 20.0 * column + 15, 10.0 * row + 8)
        for row in range(rows)
        for column in range(columns)
        if data.draw(st.booleans())
    }
    cells = [
        cell(row, column, boxes.get((row, column)))
        for row in range(rows)
        for column in range(columns)
    ]
    table = completed(1, cells)
    if not boxes:
        assert table is None
        return
    if table is None:  # blank rows at the border have no room
        told = {row for row, _ in boxes}, {column for _, column in boxes}
        assert {0, rows - 1} - told[0] or {0, columns - 1} - told[1]
        return
    assert problems(table) == ()
    for (row, column), box in boxes.items():
        band, across = table.rows[row], table.columns[column]
        assert box.overlap(Box(across.start, band.start, across.end, band.end)) == pytest.approx(1)
