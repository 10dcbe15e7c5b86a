"""Several rows or columns at once, rows beyond the outline, and words that lie in two cells."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_strategies import tables, words_in

from model_backend import table_grid as grid
from model_backend.document import Box, Span, Table, Word


def plain(rows: int, columns: int) -> Table:
    table = grid.empty_table(1, Box(0, 0, 100.0 * columns, 40.0 * rows))
    table = grid.split_rows(table, [40.0 * row for row in range(1, rows)])
    return grid.split_columns(table, [100.0 * column for column in range(1, columns)])


def test_rows_and_columns_are_joined_into_one() -> None:
    table = grid.merge_cells(plain(5, 4), Span(3, 5, 0, 2))
    joined = grid.join_rows(table, 1, 4)
    assert grid.row_edges(joined) == (0, 40, 160, 200)
    assert joined.spans == (Span(1, 3, 0, 2),)
    assert grid.column_edges(grid.join_columns(table, 0, 4)) == (0, 400)
    assert grid.join_columns(table, 0, 4).box == table.box


@pytest.mark.parametrize("bands", [(1, 2), (0, 6), (3, 2), (-1, 2)])
def test_bands_that_cannot_be_joined_are_refused(bands: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="join"):
        grid.join_rows(plain(5, 4), *bands)


def test_rows_are_deleted_together_but_never_all() -> None:
    table = grid.set_header_rows(plain(5, 2), 2)
    assert grid.delete_rows(table, 1, 3).header_rows == 1
    assert len(grid.delete_columns(table, 0, 1).columns) == 1
    with pytest.raises(ValueError, match="last"):
        grid.delete_rows(table, 0, 5)


def test_a_row_beyond_the_outline_extends_the_table() -> None:
    table = grid.set_header_rows(plain(2, 2), 1)
    below = grid.extend_rows(table, 100)
    assert (grid.row_edges(below), below.header_rows) == ((0, 40, 80, 100), 1)
    above = grid.extend_rows(table, -20)
    assert (grid.row_edges(above), above.header_rows) == ((-20, 0, 40, 80), 2)
    assert grid.column_edges(grid.extend_columns(table, -50)) == (-50, 0, 100, 200)
    with pytest.raises(ValueError, match="outside"):
        grid.extend_rows(table, 60)


@given(tables(), st.floats(1, 200), st.booleans(), st.booleans())
def test_extending_leaves_all_other_edges_where_they_are_on_the_page(
    table: Table, distance: float, is_row: bool, is_before: bool
) -> None:
    edges = grid.row_edges(table) if is_row else grid.column_edges(table)
    value = edges[0] - distance if is_before else edges[-1] + distance
    extended = (grid.extend_rows if is_row else grid.extend_columns)(table, value)
    assert grid.problems(extended) == ()
    after = grid.row_edges(extended) if is_row else grid.column_edges(extended)
    rest = after[1:] if is_before else after[:-1]
    for old, new in zip(edges, rest, strict=True):
        first = (table.box.x0, old) if is_row else (old, table.box.y0)
        second = (extended.box.x0, new) if is_row else (new, extended.box.y0)
        assert grid.to_page(extended, second) == pytest.approx(grid.to_page(table, first), abs=1e-3)


def words_on(*boxes: Box) -> tuple[Word, ...]:
    return tuple(Word(index, f"w{index}", box) for index, box in enumerate(boxes, 1))


def ids(words: tuple[Word, ...]) -> list[int]:
    return [word.id for word in words]


def test_words_in_two_cells_and_in_none_are_told_apart() -> None:
    words = words_on(
        Box(10, 10, 60, 30),  # well inside
        Box(70, 10, 130, 30),  # over a column edge
        Box(10, 30, 60, 50),  # over a row edge
        Box(170, 50, 230, 70),  # half outside
        Box(500, 500, 520, 510),  # not the table's
        Box(10, 38, 60, 58),  # only the room above reaches over the edge
    )
    found = grid.misplaced(plain(2, 2), words)
    assert (ids(found.in_two), ids(found.in_none)) == ([2, 3], [4])
    merged = grid.merge_cells(plain(2, 2), Span(0, 1, 0, 2))
    assert ids(grid.misplaced(grid.set_header_rows(merged, 1), words).in_two) == [3]


@given(st.data())
def test_a_moved_edge_is_judged_as_the_table_with_it_would_be(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    is_row = data.draw(st.booleans())
    edges = grid.row_edges(table) if is_row else grid.column_edges(table)
    index = data.draw(st.integers(1, len(edges) - 1))
    wanted = data.draw(st.floats(-50, 50).map(lambda far: edges[index] + far))
    if index == len(edges) - 1:
        table = replace(table, rotation=0.0, shear=0.0)  # the frame stays when the outline moves
    moved = (grid.move_row_edge if is_row else grid.move_column_edge)(table, index, wanted)
    value = (grid.row_edges(moved) if is_row else grid.column_edges(moved))[index]
    quick = grid.Placement(table, _nudged(words)).with_edge_at(index, value, is_row=is_row)
    assert quick == grid.misplaced(moved, _nudged(words))


def _nudged(words: tuple[Word, ...]) -> tuple[Word, ...]:
    return tuple(replace(word, box=word.box.moved(0.37, 0.41)) for word in words)


@given(st.data())
def test_an_added_edge_is_judged_as_the_table_with_it_would_be(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    is_row = data.draw(st.booleans())
    edges = grid.row_edges(table) if is_row else grid.column_edges(table)
    value = edges[0] + data.draw(st.floats(0, 1)) * (edges[-1] - edges[0])
    try:
        added = (grid.add_row_edge if is_row else grid.add_column_edge)(table, value)
    except ValueError:
        return
    quick = grid.Placement(table, words).with_edge_added(value, is_row=is_row)
    assert quick == grid.misplaced(added, words)


def test_words_of_merged_cells_leave_the_gaps_open() -> None:
    table = grid.merge_cells(grid.set_header_rows(plain(3, 2), 1), Span(0, 1, 0, 2))
    words = words_on(Box(20, 10, 180, 30), Box(10, 50, 60, 70), Box(120, 50, 180, 70))
    placement = grid.Placement(table, words)
    assert placement.intervals(is_row=False) == [(10, 60), (120, 180)]
    assert placement.intervals(is_row=False, edge=1) == [(10, 60), (120, 180)]
    assert len(placement.intervals(is_row=False, edge=0)) == 3
    assert len(placement.intervals(is_row=True)) == 3
