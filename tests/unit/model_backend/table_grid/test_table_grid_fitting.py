"""Grids proposed again, fitted to another page, turned and slanted: always valid, keeping what
makes sense.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from table_strategies import tables, upright_tables, words_in

from model_backend import table_grid as grid
from model_backend.document import Box, Span, Table, Word, rotation_about, transform_point
from model_backend.table_grid.again import (
    propose_again,
    propose_columns_again,
    propose_rows_again,
)
from model_backend.table_grid.fitting import fit_grid
from model_backend.table_grid.runs import Rule
from model_backend.table_grid.slant import fit_slant, reading_turn, rules_in_frame, turned_frame
from model_backend.table_grid.whites import around_words, edges_in_white

Texts = list[list[str]]
HEADER = ["Name", "First", "Second", "Third"]
ROWS: Texts = [[name, "10", "200", "3,000"] for name in ("alpha", "beta", "gamma", "delta")]
SIZE = 10.0


def words_of(texts: Texts, x: float = 60, y: float = 100, *, pitch: float = 100) -> list[Word]:
    """Words of 10 units' height in columns `pitch` apart, lines 20 apart."""
    return [
        Word(1 + row * 10 + column, text, Box(left, top, left + 6 * len(text), top + SIZE))
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
        for left, top in [(x + pitch * column, y + 20 * row)]
        if text
    ]


def table_of(words: list[Word], **fields: object) -> Table:
    outline = Box(50, 95, 450, 95 + 20 * 5)
    return replace(grid.propose_grid(1, outline, words), **fields)  # type: ignore[arg-type]


WORDS = words_of([HEADER, *ROWS])
TABLE = table_of(WORDS)


def places(table: Table, words: list[Word]) -> dict[int, Span]:
    return {word.id: span for span, found in grid.words_of_cells(table, words).items()
            for word in found}  # fmt: skip


def test_the_table_of_these_tests_is_what_it_should_be() -> None:
    assert (len(TABLE.rows), len(TABLE.columns), TABLE.header_rows) == (5, 4, 1)


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_whatever_is_proposed_again_is_a_valid_table(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    rules = [Rule(value, table.box.x0, table.box.x1) for value in (table.box.center[1],)]
    for made in (
        propose_again(table, words, across=rules, down=rules),
        propose_rows_again(table, words, across=rules),
        propose_columns_again(table, words, across=rules, down=rules),
        edges_in_white(table, words),
        fit_slant(table, words),
        turned_frame(table, 1),
    ):
        assert not grid.problems(made)


@settings(deadline=None)
@given(st.data())
def test_whatever_is_fitted_is_a_valid_table_with_as_many_columns(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    other = data.draw(words_in(data.draw(tables())))
    made = fit_grid(table, words, [*words, *(replace(w, id=w.id + 1000) for w in other)])
    if made is not None:
        assert not grid.problems(made)
        assert len(made.columns) == len(table.columns)
        assert (made.rotation, made.shear) == (table.rotation, table.shear)


def test_only_rows_leave_the_columns_and_only_columns_the_rows() -> None:
    rough = grid.add_column_edge(grid.add_row_edge(TABLE, TABLE.box.y0 + 3), TABLE.box.x1 - 5)
    rows, columns = propose_rows_again(rough, WORDS), propose_columns_again(rough, WORDS)
    assert (rows.columns, len(rows.rows)) == (rough.columns, 5)
    assert (columns.rows, len(columns.columns)) == (rough.rows, 4)
    assert propose_again(rough, WORDS) == TABLE


def test_merged_cells_and_header_stay_where_their_edges_are_still_edges() -> None:
    made = grid.merge_cells(grid.set_header_rows(TABLE, 2), Span(2, 4, 0, 1))
    again = propose_again(grid.add_row_edge(made, made.box.y1 - 4), WORDS)
    assert again == made


def test_merged_cell_whose_side_is_gone_is_dropped() -> None:
    cut = grid.add_row_edge(TABLE, 125 + 5)  # through the words of the second row
    made = grid.merge_cells(cut, Span(2, 4, 1, 2))
    assert propose_again(made, WORDS).spans == ()


def test_heading_over_new_columns_is_merged() -> None:
    texts = [["Name", "Both of them", "", "Third"], ["", "First", "Second", ""], *ROWS]
    words = words_of(texts)
    outline = Box(50, 95, 450, 95 + 20 * len(texts))
    table = grid.propose_grid(1, outline, words)
    joined = grid.delete_column_edge(table, 2)
    again = propose_columns_again(joined, words)
    assert len(again.columns) == 4
    assert Span(0, 1, 1, 3) in again.spans or Span(0, 1, 1, 3) not in table.spans


def test_fitted_grid_slides_to_the_other_page_and_knows_the_header_again() -> None:
    other_rows = [[name, "7", "81", "9,100"] for name in ("epsilon", "zeta", "eta")]
    other = words_of([HEADER, *other_rows], x=82, y=240, pitch=103)
    prose = Word(900, "A line of text that reaches over all the columns", Box(82, 60, 430, 70))
    made = fit_grid(TABLE, WORDS, [prose, *other])
    assert made is not None
    assert (len(made.rows), len(made.columns), made.header_rows) == (4, 4, 1)
    assert places(made, other) == {
        word.id: Span(row, row + 1, column, column + 1)
        for word in other
        for row, column in [((word.id - 1) // 10, (word.id - 1) % 10)]
    }
    assert not made.box.contains(prose.box.center)
    assert made.box.y0 == pytest.approx(235, abs=1)


def test_fitted_grid_takes_merged_headings_along_and_has_none_where_none_stand() -> None:
    header = [["Name", "Amounts", "", ""], ["", "First", "Second", "Third"]]
    words = words_of([*header, *ROWS])
    table = grid.propose_grid(1, Box(50, 95, 450, 215), words)
    table = grid.merge_cells(grid.set_header_rows(table, 2), Span(0, 1, 1, 4))
    table = grid.merge_cells(table, Span(0, 2, 0, 1))
    again = fit_grid(table, words, words_of([*header, *ROWS[:3]], x=70, y=300))
    assert again is not None
    assert (again.spans, again.header_rows) == (table.spans, 2)
    bare = fit_grid(table, words, words_of(ROWS, x=50, y=30))
    assert bare is not None
    assert (len(bare.rows), bare.header_rows, bare.spans) == (4, 0, ())


def test_nothing_is_fitted_to_a_page_of_prose() -> None:
    prose = [
        Word(n, "word after word after word", Box(40, 20 * n, 500, 20 * n + 10))
        for n in range(1, 20)
    ]
    assert fit_grid(TABLE, WORDS, prose) is None
    assert fit_grid(TABLE, WORDS, []) is None


@given(upright_tables(), st.integers(0, 3))
def test_turned_frame_keeps_every_line_on_the_page(table: Table, turns: int) -> None:
    def lines(one: Table) -> list[tuple[float, ...]]:
        boxes = [grid.box_to_page(one, cell.box) for cell in grid.cells(one)]
        return sorted(
            tuple(round(value, 3) for value in (box.x0, box.y0, box.x1, box.y1)) for box in boxes
        )

    turned = turned_frame(table, turns)
    assert turned.rotation == 90 * turns
    for one, other in zip(lines(turned), lines(table), strict=True):
        assert one == pytest.approx(other, abs=0.01)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rulings_turn_with_the_frame(turn: int) -> None:
    turned = turned_frame(TABLE, turn // 90)
    middle = grid.row_edges(TABLE)[2]
    wall = grid.column_edges(TABLE)[1]
    box = TABLE.box
    across, down = rules_in_frame(
        turned, [Rule(middle, box.x0, box.x1)], [Rule(wall, box.y0, box.y1)]
    )
    rows, columns = grid.row_edges(turned), grid.column_edges(turned)
    assert min(abs(edge - across[0].at) for edge in rows) < 1e-6
    assert min(abs(edge - down[0].at) for edge in columns) < 1e-6
    assert (across[0].start, across[0].end) == pytest.approx((turned.box.x0, turned.box.x1))


def turned_words(words: list[Word], degrees: float) -> list[Word]:
    """The words after the page was turned about a point; sides change with quarter turns."""
    affine = rotation_about((250, 250), degrees)
    turned = []
    for word in words:
        x, y = transform_point(affine, word.box.center)
        width, height = word.box.width, word.box.height
        if round(degrees / 90) % 2:
            width, height = height, width
        box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        turned.append(replace(word, box=box))
    return turned


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_of_a_turned_outline_make_the_grid_they_make_upright(turn: int) -> None:
    words = turned_words(WORDS, turn)
    affine = rotation_about((250, 250), turn)
    x, y = transform_point(affine, TABLE.box.center)
    dx, dy = x - TABLE.box.center[0], y - TABLE.box.center[1]
    made = grid.propose_grid(1, TABLE.box.moved(dx, dy), words, rotation=turn)
    assert places(made, words) == places(TABLE, WORDS)
    assert made.header_rows == TABLE.header_rows
    inside = grid.words_of_cells(made, words)
    assert grid.cell_text(inside[Span(1, 2, 0, 1)]) == "alpha"
    assert reading_turn(words) == (turn if turn != 180 else 0)


@pytest.mark.parametrize("degrees", [-2.0, 1.25, 3.0])
def test_slanted_words_turn_the_table(degrees: float) -> None:
    words = turned_words(WORDS, degrees)
    x, y = transform_point(rotation_about((250, 250), degrees), TABLE.box.center)
    table = grid.moved(TABLE, x - TABLE.box.center[0], y - TABLE.box.center[1])
    made = fit_slant(table, words)
    assert (made.rotation + 180) % 360 - 180 == pytest.approx(degrees, abs=0.4)
    assert places(made, words) == places(TABLE, WORDS)
    assert fit_slant(TABLE, WORDS) == TABLE


def test_columns_that_lean_shear_the_table() -> None:
    words = [
        replace(word, box=word.box.moved(-0.06 * (word.box.center[1] - 145), 0)) for word in WORDS
    ]
    tall = [replace(w, id=w.id + 100 * n, box=w.box.moved(-0.06 * 100 * n, 100 * n))
            for n in range(4) for w in words]  # fmt: skip
    table = grid.resize(TABLE, Box(30, 95, 450, 500))
    made = fit_slant(table, tall)
    assert made.shear == pytest.approx(0.06, abs=0.02)
    assert not grid.problems(made)


def test_edges_move_into_the_white_and_outlines_out_to_their_words() -> None:
    cut = grid.move_column_edge(TABLE, 1, 82)
    assert places(edges_in_white(cut, WORDS), WORDS) == places(TABLE, WORDS)
    narrow = grid.move_column_edge(TABLE, 0, 70)
    wide = around_words(narrow, [WORDS[0]])
    assert wide.box.x0 == WORDS[0].box.x0
    assert grid.column_edges(wide)[1:] == grid.column_edges(narrow)[1:]
