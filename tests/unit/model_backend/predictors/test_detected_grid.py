"""Boxes that a structure model found become one valid table, each part with its score."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from model_backend import table_grid
from model_backend.document import Box, Span, Status, Table
from model_backend.labels import TABLE_CLASSES
from model_backend.predictors.detected_grid import Part, grid_of_parts, least_scores

TABLE, COLUMN, ROW, COLUMN_HEADER, PROJECTED, SPANNING = TABLE_CLASSES
USUAL = least_scores(())


def row(start: float, end: float, score: float = 0.95) -> Part:
    return Part(ROW, Box(0, start, 300, end), score)


def column(start: float, end: float, score: float = 0.9) -> Part:
    return Part(COLUMN, Box(start, 0, end, 100), score)


ROWS = [row(0, 20), row(20, 40), row(40, 60), row(60, 80), row(80, 100)]
COLUMNS = [column(0, 100), column(100, 200), column(200, 300)]
WORDS = [Box(x + 10, y + 5, x + 60, y + 15) for x in (0, 100, 200) for y in (0, 20, 40, 60, 80)]


def made(*more: Part, parts: list[Part] | None = None, words: list[Box] | None = None) -> Table:
    found = grid_of_parts(
        [*(ROWS + COLUMNS if parts is None else parts), *more],
        WORDS if words is None else words,
        USUAL,
    )
    assert found is not None
    assert table_grid.problems(found) == ()
    return found


def test_rows_and_columns_make_a_grid_with_their_scores() -> None:
    table = made(Part(TABLE, Box(-2, -2, 302, 102), 0.99))
    assert table.box == Box(0, 0, 300, 100)
    assert table_grid.row_edges(table) == (0, 20, 40, 60, 80, 100)
    assert [band.score for band in table.rows] == [0.95] * 5
    assert [band.score for band in table.columns] == [0.9] * 3
    assert (table.score, table.status) == (0.9, Status.PROPOSED)


def test_table_is_no_surer_than_its_weakest_part() -> None:
    parts = [replace(ROWS[0], score=0.41), *ROWS[1:], *COLUMNS]
    assert made(parts=parts).score == 0.41
    assert made(Part(TABLE, Box(0, 0, 300, 100), 0.35)).score == 0.9, "no table: below its least"
    assert made(Part(TABLE, Box(0, 0, 300, 100), 0.55)).score == 0.55


def test_row_of_the_same_words_as_a_surer_one_is_left_out() -> None:
    table = made(row(22, 41, 0.6), row(18, 62, 0.7), row(0, 100, 0.5))
    assert [band.score for band in table.rows] == [0.95] * 5


def test_surer_row_of_two_lines_wins_over_both() -> None:
    parts = [row(0, 20), row(20, 60, 0.99), row(20, 40, 0.5), row(40, 60, 0.5), row(60, 100)]
    table = made(parts=[*parts, *COLUMNS])
    assert table_grid.row_edges(table) == (0, 20, 60, 100)


def test_row_without_words_stays_where_nothing_else_is() -> None:
    words = [word for word in WORDS if not 40 <= word.y0 < 60]
    assert len(made(words=words).rows) == 5
    assert len(made(row(43, 59, 0.7), words=words).rows) == 5
    assert len(made(words=[]).rows) == 5, "a page without words has tables too"


def test_doubtful_rows_stay_and_hopeless_ones_go() -> None:
    parts = [row(0, 20), row(20, 40, 0.35), row(40, 60, 0.2), *COLUMNS]
    words = [word for word in WORDS if word.y0 < 60]
    assert [band.score for band in made(parts=parts, words=words).rows] == [0.95, 0.35]
    least = least_scores(((ROW, 0.9),))
    found = grid_of_parts(parts, words, least)
    assert found is not None
    assert len(found.rows) == 1
    assert least(SPANNING) == 0.5


def test_edges_go_into_the_white_between_words() -> None:
    words = [Box(10, 2, 60, 17), Box(10, 25, 60, 38), Box(110, 2, 190, 18), Box(205, 25, 290, 38)]
    parts = [row(0, 12), row(14, 40), column(0, 95), column(95, 180), column(180, 300)]
    table = made(parts=parts, words=words)
    edges = table_grid.row_edges(table)
    assert 18 <= edges[1] <= 25
    columns = table_grid.column_edges(table)
    assert columns[1] == 95
    assert 190 <= columns[2] <= 205


def test_outline_holds_the_words_that_reach_out_of_it() -> None:
    words = [*WORDS, Box(250, 85, 312, 104)]
    assert made(words=words).box == Box(0, 0, 312, 104)


def test_header_is_whole_rows_from_the_top() -> None:
    assert made(Part(COLUMN_HEADER, Box(0, 0, 300, 33), 0.9)).header_rows == 2
    assert made(Part(COLUMN_HEADER, Box(0, 19, 300, 41), 0.9)).header_rows == 2
    assert made(Part(COLUMN_HEADER, Box(0, 0, 300, 20), 0.4)).header_rows == 0
    assert made(Part(COLUMN_HEADER, Box(0, 80, 300, 100), 0.9)).header_rows == 0


def test_merged_cells_fit_rows_and_columns_and_keep_their_scores() -> None:
    header = Part(COLUMN_HEADER, Box(0, 0, 300, 40), 0.9)
    table = made(
        header,
        Part(SPANNING, Box(104, 2, 295, 17), 0.8),
        Part(SPANNING, Box(3, 1, 98, 38), 0.7),
        Part(SPANNING, Box(3, 1, 199, 19), 0.6),
        Part(SPANNING, Box(3, 61, 99, 79), 0.9),
    )
    assert table.spans == (Span(0, 1, 1, 3), Span(0, 2, 0, 1))
    assert [span.score for span in table.spans] == [0.8, 0.7]


def test_merged_cell_over_the_end_of_the_header_keeps_to_its_larger_side() -> None:
    header = Part(COLUMN_HEADER, Box(0, 0, 300, 40), 0.9)
    assert made(header, Part(SPANNING, Box(0, 20, 100, 80), 0.8)).spans == (Span(2, 4, 0, 1),)
    assert made(header, Part(SPANNING, Box(0, 0, 100, 60), 0.8)).spans == (Span(0, 2, 0, 1),)


def test_projected_row_is_a_row_of_the_body_as_sure_as_both() -> None:
    header = Part(COLUMN_HEADER, Box(0, 0, 300, 20), 0.9)
    table = made(
        header,
        Part(PROJECTED, Box(0, 40, 300, 60), 0.55),
        Part(PROJECTED, Box(0, 0, 300, 20), 0.9),
        Part(SPANNING, Box(2, 81, 298, 99), 0.8),
    )
    assert table.projected_rows == (2, 4)
    assert table.spans == ()
    assert [band.score for band in table.rows] == [0.95, 0.95, 0.55, 0.95, 0.8]


def test_what_has_no_rows_or_no_columns_is_no_table() -> None:
    assert grid_of_parts(ROWS, WORDS, USUAL) is None
    assert grid_of_parts(COLUMNS, WORDS, USUAL) is None
    assert grid_of_parts([], [], USUAL) is None


def test_parts_outside_the_surest_table_are_left_out() -> None:
    other = [Part(TABLE, Box(0, 0, 300, 100), 0.99), Part(TABLE, Box(0, 200, 300, 300), 0.6)]
    table = made(*other, row(200, 220), row(220, 300), words=[*WORDS, Box(5, 205, 50, 215)])
    assert table.box == Box(0, 0, 300, 100)


sides = st.floats(0, 200, width=16)
places = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h), sides, sides, sides, st.floats(0, 60, width=16)
)
parts_found = st.builds(Part, st.sampled_from(TABLE_CLASSES), places, st.floats(0, 1))


@given(st.lists(parts_found, max_size=25), st.lists(places, max_size=12))
def test_whatever_a_model_says_the_table_is_valid(parts: list[Part], words: list[Box]) -> None:
    table = grid_of_parts(parts, words, USUAL)
    if table is not None:
        assert table_grid.problems(table) == ()
        assert all(band.score is not None for band in (*table.rows, *table.columns))
        assert all(span.score is not None for span in table.spans)
