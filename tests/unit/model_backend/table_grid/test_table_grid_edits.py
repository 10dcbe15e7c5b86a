"""Operations on a table's grid: always valid, and each does what its name says."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_strategies import OPERATIONS, attempted, tables

from model_backend import table_grid as grid
from model_backend.document import Band, Box, Span, Table, rotation_about, transform_point

BOX = Box(100, 50, 400, 250)


def plain(rows: int, columns: int, box: Box = BOX) -> Table:
    """A grid of equal cells."""
    table = grid.empty_table(1, box)
    for row in range(1, rows):
        table = grid.add_row_edge(table, box.y0 + box.height * row / rows)
    for column in range(1, columns):
        table = grid.add_column_edge(table, box.x0 + box.width * column / columns)
    return table


@given(st.data())
def test_any_sequence_of_operations_gives_valid_tables(data: st.DataObject) -> None:
    table = data.draw(tables())
    assert grid.problems(table) == ()
    for name in data.draw(st.lists(st.sampled_from(sorted(OPERATIONS)), min_size=1, max_size=6)):
        table = attempted(data.draw, table, name)
        assert grid.problems(table) == (), name


@given(tables())
def test_cells_tile_the_table_and_cover_each_grid_cell_once(table: Table) -> None:
    found = grid.cells(table)
    assert sum(cell.box.area for cell in found) == pytest.approx(table.box.area)
    covered = [
        (row, column)
        for cell in found
        for row in range(cell.span.row0, cell.span.row1)
        for column in range(cell.span.column0, cell.span.column1)
    ]
    assert len(covered) == len(set(covered)) == len(table.rows) * len(table.columns)
    assert all(grid.cell_at(table, *place) in found for place in covered)


@given(tables(), st.floats(0.01, 0.99))
def test_added_edge_deleted_again_leaves_the_grid_as_it_was(table: Table, share: float) -> None:
    v = table.box.y0 + share * table.box.height
    try:
        added = grid.add_row_edge(table, v)
    except ValueError:
        return
    edges = grid.row_edges(added)
    assert len(added.rows) == len(table.rows) + 1
    assert v in edges
    index = edges.index(v)
    back = grid.delete_row_edge(added, index)
    assert (back.header_rows, back.projected_rows) == (table.header_rows, table.projected_rows)
    assert back.spans == table.spans
    assert grid.row_edges(back) == grid.row_edges(table)


@given(tables(), st.floats(0.01, 0.99))
def test_added_column_edge_deleted_again_leaves_the_grid_as_it_was(
    table: Table, share: float
) -> None:
    u = table.box.x0 + share * table.box.width
    try:
        added = grid.add_column_edge(table, u)
    except ValueError:
        return
    back = grid.delete_column_edge(added, grid.column_edges(added).index(u))
    assert grid.column_edges(back) == grid.column_edges(table)
    assert (back.spans, back.projected_rows) == (table.spans, table.projected_rows)


@given(tables(), st.data())
def test_resizing_and_moving_edges_leaves_the_others_where_they_are_on_the_page(
    table: Table, data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(table.rows)))
    changed = grid.move_row_edge(table, index, data.draw(st.floats(-100, 1200)))
    edges, after = grid.row_edges(table), grid.row_edges(changed)
    for place, (old, new) in enumerate(zip(edges, after, strict=True)):
        if place != index:
            expected = grid.to_page(table, (table.box.x0, old))
            assert grid.to_page(changed, (changed.box.x0, new)) == pytest.approx(expected, abs=1e-3)


@given(tables(), st.tuples(st.floats(-500, 500), st.floats(-500, 500)))
def test_frame_and_page_are_inverse(table: Table, point: tuple[float, float]) -> None:
    back = grid.to_frame(table, grid.to_page(table, point))
    assert back == pytest.approx(point, abs=1e-6)


@given(tables(), st.floats(-180, 180), st.floats(1, 4), st.floats(-0.3, 0.3))
def test_transformed_table_lies_where_the_transform_puts_it(
    table: Table, degrees: float, scale: float, skew: float
) -> None:
    a, b, c, d, e, f = rotation_about((300.0, 200.0), degrees)
    affine = (a * scale, b * scale, c + skew * a, d + skew * b, e, f)
    changed = grid.transformed(table, affine)
    assert grid.problems(changed) == ()
    for cell, after in zip(grid.cells(table), grid.cells(changed), strict=True):
        for corner, moved in zip(cell.box.corners, after.box.corners, strict=True):
            expected = transform_point(affine, grid.to_page(table, corner))
            assert grid.to_page(changed, moved) == pytest.approx(expected, abs=1e-4)


def test_quarter_turns_keep_an_upright_table_exact() -> None:
    table = plain(4, 4)
    turned = table
    for _ in range(4):
        turned = grid.transformed(turned, (0.0, 1.0, -1.0, 0.0, 500.0, 0.0))
    assert turned.rotation == 0
    assert turned == table
    once = grid.transformed(table, (0.0, 1.0, -1.0, 0.0, 500.0, 0.0))
    assert (once.rotation, once.shear, once.box.width, once.box.height) == (90, 0, 300, 200)


def test_mirror_and_flat_transforms_are_refused() -> None:
    for affine in ((-1.0, 0.0, 0.0, 1.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0, 0.0, 0.0)):
        with pytest.raises(ValueError, match="mirrored"):
            grid.transformed(plain(2, 2), affine)


def test_splitting_a_merged_cell_s_row_lets_it_grow() -> None:
    table = grid.merge_cells(plain(3, 3), Span(0, 2, 0, 2))
    assert grid.add_row_edge(table, 60).spans == (Span(0, 3, 0, 2),)
    assert grid.add_row_edge(table, 200).spans == (Span(0, 2, 0, 2),)
    assert grid.add_column_edge(table, 110).spans == (Span(0, 2, 0, 3),)


def test_joining_rows_unites_the_merged_cells_that_then_overlap() -> None:
    table = grid.merge_cells(plain(2, 4), Span(0, 1, 0, 2))
    table = grid.merge_cells(table, Span(1, 2, 1, 3))
    assert grid.delete_row_edge(table, 1).spans == (Span(0, 1, 0, 3),)


def test_deleting_rows_shrinks_header_spans_and_projected_rows() -> None:
    table = grid.set_header_rows(grid.merge_cells(plain(5, 3), Span(0, 2, 0, 1)), 2)
    table = grid.toggle_projected(table, 3)
    without_first = grid.delete_row(table, 0)
    assert (without_first.header_rows, without_first.spans) == (1, ())
    assert without_first.projected_rows == (2,)
    assert without_first.box.y0 == pytest.approx(90)
    assert grid.delete_row(table, 3).projected_rows == ()


def test_inner_deleted_row_gives_its_room_to_the_row_above() -> None:
    table = grid.delete_row(plain(4, 2), 2)
    assert grid.row_edges(table) == (50, 100, 200, 250)
    assert grid.row_edges(grid.delete_row(plain(4, 2), 3)) == (50, 100, 150, 200)


def test_header_end_cuts_merged_cells_and_swallows_projected_rows() -> None:
    table = grid.toggle_projected(grid.merge_cells(plain(4, 3), Span(1, 3, 0, 1)), 0)
    headed = grid.set_header_rows(table, 2)
    assert headed.spans == (Span(0, 1, 0, 3),)
    assert headed.projected_rows == ()
    assert grid.set_header_rows(headed, 0).projected_rows == (0,)


def test_whole_merged_body_row_is_a_projected_row() -> None:
    table = grid.merge_cells(plain(3, 3), Span(1, 2, 0, 3))
    assert (table.spans, table.projected_rows) == ((), (1,))
    assert grid.split_cell(table, 1, 2).projected_rows == ()
    headed = grid.merge_cells(grid.set_header_rows(plain(3, 3), 2), Span(1, 2, 0, 3))
    assert headed.spans == (Span(1, 2, 0, 3),)


def test_merging_takes_in_the_merged_cells_it_touches() -> None:
    table = grid.merge_cells(plain(4, 4), Span(0, 2, 0, 2))
    assert grid.merge_cells(table, Span(1, 3, 1, 3)).spans == (Span(0, 3, 0, 3),)


def test_merging_across_the_header_or_a_projected_row_is_refused() -> None:
    headed = grid.set_header_rows(plain(4, 3), 1)
    with pytest.raises(ValueError, match="header"):
        grid.merge_cells(headed, Span(0, 2, 0, 1))
    projected = grid.toggle_projected(headed, 2)
    with pytest.raises(ValueError, match="projected"):
        grid.merge_cells(projected, Span(1, 4, 0, 1))
    assert grid.merge_cells(projected, Span(2, 3, 0, 2)) == projected


def test_toggling_a_projected_row_twice_keeps_other_merged_cells() -> None:
    table = grid.merge_cells(plain(5, 3), Span(0, 2, 0, 1))
    once = grid.toggle_projected(table, 3)
    assert once.projected_rows == (3,)
    assert grid.toggle_projected(once, 3) == table


def test_dragged_edge_stops_before_its_neighbour() -> None:
    table = plain(4, 2)
    assert grid.row_edges(grid.move_row_edge(table, 1, 500))[1] == 149
    assert grid.row_edges(grid.move_row_edge(table, 0, -30))[0] == -30
    assert grid.column_edges(grid.move_column_edge(table, 2, 0))[2] == 251


def test_gaps_between_bands_have_their_edge_in_the_middle() -> None:
    table = replace(plain(1, 1), rows=(Band(50, 100), Band(120, 250)))
    assert grid.problems(table) == ()
    assert grid.row_edges(table) == (50, 110, 250)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("add_row_edge", (50,)),
        ("add_row_edge", (math.nan,)),
        ("add_column_edge", (1000,)),
        ("move_row_edge", (5, 10)),
        ("move_column_edge", (1, math.inf)),
        ("delete_row_edge", (0,)),
        ("delete_column_edge", (2,)),
        ("delete_row", (2,)),
        ("delete_column", (-1,)),
        ("merge_cells", (Span(0, 3, 0, 1),)),
        ("merge_cells", (Span(1, 1, 0, 1),)),
        ("split_cell", (2, 0)),
        ("set_header_rows", (3,)),
        ("toggle_projected", (2,)),
        ("resize", (Box(0, 0, 0, 10),)),
        ("resize", (Box(0, 0, math.inf, 10),)),
        ("moved", (math.nan, 0)),
        ("cell_at", (0, 2)),
    ],
)
def test_arguments_that_make_no_sense_are_refused(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(ValueError, match="."):
        getattr(grid, name)(plain(2, 2), *arguments)


def test_last_row_and_column_cannot_be_deleted() -> None:
    table = grid.empty_table(1, BOX)
    for delete in (grid.delete_row, grid.delete_column):
        with pytest.raises(ValueError, match="last"):
            delete(table, 0)


def test_problems_name_every_fault() -> None:
    table = plain(3, 3)
    faulty = {
        "crosses the header": replace(table, header_rows=1, spans=(Span(0, 2, 0, 1),)),
        "fewer than two": replace(table, spans=(Span(0, 1, 0, 1),)),
        "out of range": replace(table, spans=(Span(2, 4, 0, 1),)),
        "spans overlap": replace(table, spans=(Span(0, 2, 0, 2), Span(1, 3, 1, 3))),
        "in a projected row": replace(table, projected_rows=(1,), spans=(Span(0, 2, 0, 1),)),
        "is a projected row": replace(table, spans=(Span(1, 2, 0, 3),)),
        "in the header or out": replace(table, header_rows=2, projected_rows=(1,)),
        "more rows than": replace(table, header_rows=4),
        "overlap or are not": replace(table, rows=(Band(50, 100), Band(90, 250))),
        "outside the table": replace(table, rows=(Band(40, 100),)),
        "no size": replace(table, columns=(Band(100, 100),)),
        "there is no": replace(table, columns=()),
        "no number": replace(table, columns=(Band(math.nan, 100),)),
    }
    for text, wrong in faulty.items():
        assert any(text in problem for problem in grid.problems(wrong)), text
