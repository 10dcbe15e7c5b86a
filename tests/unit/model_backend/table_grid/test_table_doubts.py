"""What a model said of a table's parts stays with them until a person changes them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from model_backend import table_grid as grid
from model_backend.document import Band, Box, Span, Status, Table, rotation_about
from model_backend.document_json import from_json, to_json
from model_backend.table_grid.doubt import COLUMN, MERGED_CELL, ROW, doubtful_parts

TABLE = Table(
    1,
    Box(0, 0, 100, 90),
    (Band(0, 30, 0.9), Band(30, 60, 0.4), Band(60, 90, 0.8)),
    (Band(0, 50, 0.55), Band(50, 100, 0.95)),
    spans=(Span(0, 1, 0, 2, 0.3),),
    header_rows=1,
    status=Status.PROPOSED,
)


def rows(table: Table) -> list[float | None]:
    return [band.score for band in table.rows]


def columns(table: Table) -> list[float | None]:
    return [band.score for band in table.columns]


def test_doubtful_parts_are_named_with_their_place() -> None:
    found = doubtful_parts(TABLE)
    assert [(part.kind, part.number, part.score) for part in found] == [
        (ROW, 2, 0.4),
        (COLUMN, 1, 0.55),
        (MERGED_CELL, 1, 0.3),
    ]
    assert [part.box for part in found] == [
        Box(0, 30, 100, 60),
        Box(0, 0, 50, 90),
        Box(0, 0, 100, 30),
    ]
    assert doubtful_parts(replace(TABLE, status=Status.ACCEPTED)) == ()
    assert doubtful_parts(replace(TABLE, status=Status.CORRECTED)) == found


def test_edit_settles_what_it_touches_and_nothing_else() -> None:
    assert rows(grid.move_row_edge(TABLE, 1, 25)) == [None, None, 0.8]
    assert columns(grid.move_row_edge(TABLE, 1, 25)) == [0.55, 0.95]
    assert rows(grid.add_row_edge(TABLE, 75)) == [0.9, 0.4, None, None]
    assert rows(grid.delete_row_edge(TABLE, 1)) == [None, 0.8]
    assert rows(grid.delete_row(TABLE, 2)) == [0.9, 0.4]
    assert rows(grid.set_header_rows(TABLE, 2)) == [0.9, 0.4, 0.8]
    assert grid.merge_cells(TABLE, Span(1, 2, 0, 1)).spans[0].score == 0.3
    assert grid.split_cell(TABLE, 0, 0).spans == ()
    assert doubtful_parts(grid.move_row_edge(TABLE, 1, 25))[0].kind == COLUMN


@given(st.floats(-500, 500), st.floats(-500, 500), st.sampled_from([0.0, 90.0, 180.0, 2.5]))
def test_moving_turning_and_resizing_keep_all_scores(dx: float, dy: float, turn: float) -> None:
    moved = grid.transformed(grid.moved(TABLE, dx, dy), rotation_about((40, 40), turn))
    resized = grid.resize(moved, moved.box.grown(10))
    for table in (moved, resized):
        assert rows(table) == rows(TABLE)
        assert columns(table) == columns(TABLE)
        assert [span.score for span in table.spans] == [0.3]


def test_scores_are_written_and_read_back_and_old_values_have_none() -> None:
    data = to_json(TABLE)
    again = from_json(Table, data)
    assert rows(again) == rows(TABLE)
    assert again.spans[0].score == 0.3
    assert to_json(Band(1, 2)) == {"start": 1, "end": 2}
    old = from_json(Band, {"start": 1, "end": 2})
    assert old.score is None
    assert old == Band(1, 2, 0.5), "a score makes no other band"
