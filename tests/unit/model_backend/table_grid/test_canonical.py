"""Canonical tables: each assumption on an example, the algebra on any table."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from table_strategies import tables, word_in, words_in

from model_backend import table_grid as grid
from model_backend.document import Band, Box, Span, Table, Word
from model_backend.quality.canonical import canonical


def table_of(*rows: str, **changes: object) -> tuple[Table, tuple[Word, ...]]:
    """A table with 20 x 10 cells, and the words of a drawing: texts between bars, blank is none."""
    texts = [[text.strip() for text in row.split("|")] for row in rows]
    width, height = len(texts[0]), len(texts)
    plain = Table(
        1,
        Box(0, 0, 20.0 * width, 10.0 * height),
        tuple(Band(10.0 * row, 10.0 * row + 10) for row in range(height)),
        tuple(Band(20.0 * column, 20.0 * column + 20) for column in range(width)),
    )
    words = tuple(
        Word(10 + width * row + column, text, Box(x + 2, y + 2, x + 18, y + 8))
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
        if text
        for x, y in [(20.0 * column, 10.0 * row)]
    )
    return replace(plain, **changes), words  # type: ignore[arg-type]


def test_heading_over_blank_cells_takes_them() -> None:
    table, words = table_of("    | a ", "Name|   ", "x   | 1 ", header_rows=2)
    assert canonical(table, words).spans == (Span(0, 2, 0, 1), Span(0, 2, 1, 2))


def test_header_cells_over_the_same_columns_are_one() -> None:
    table, words = table_of("Name|Price", "    |  USD", "x|1", header_rows=2)
    assert canonical(table, words).spans == (Span(0, 2, 0, 1), Span(0, 2, 1, 2))


def test_heading_of_several_columns_stays_above_its_columns() -> None:
    table, words = table_of("Name|Both|", "|a|b", "x|1|2", header_rows=2, spans=(Span(0, 1, 1, 3),))
    assert canonical(table, words).spans == (Span(0, 1, 1, 3), Span(0, 2, 0, 1))


def test_blank_merged_cell_of_the_header_is_divided() -> None:
    table, words = table_of("||c", "x|1|2", header_rows=1, spans=(Span(0, 1, 0, 2),))
    assert canonical(table, words).spans == ()


def test_header_is_found_below_a_heading_of_several_columns() -> None:
    table, words = table_of("|Both|", "n|a|b", "x|1|2", "y|3|4", spans=(Span(0, 1, 1, 3),))
    after = canonical(table, words)
    assert (after.header_rows, after.spans) == (2, (Span(0, 1, 1, 3), Span(0, 2, 0, 1)))


def test_row_with_its_first_cell_alone_heads_what_follows() -> None:
    table, words = table_of("a|1", "Group|", "b|2", "Note|")
    assert canonical(table, words).projected_rows == (1,)


def test_blank_first_cell_belongs_to_the_name_above() -> None:
    table, words = table_of("Anna|1", "|2", "Bert|3", "|")
    assert canonical(table, words).spans == (Span(0, 2, 0, 1),)


def test_numbers_in_the_first_column_name_no_rows() -> None:
    table, words = table_of("1990|1", "|2", "1991|3")
    assert canonical(table, words) == table


def test_canonical_table_without_faults_stays_as_it_is() -> None:
    table, words = table_of("Name|a|b", "x|1|2", "y|3|4", header_rows=1)
    assert canonical(table, words) is table or canonical(table, words) == table


@given(st.data())
def test_canonical_table_is_valid_and_its_own_canonical_table(data: st.DataObject) -> None:
    table = data.draw(tables())
    words = data.draw(words_in(table))
    after = canonical(table, words)
    assert grid.problems(after) == ()
    assert canonical(after, words) == after
    assert (after.box, after.rows, after.columns) == (table.box, table.rows, table.columns)


@given(st.data())
def test_words_anywhere_do_not_unsettle_a_canonical_table(data: st.DataObject) -> None:
    table = data.draw(tables())
    places = st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from("a1"))
    words = []
    for number, (x, y, text) in enumerate(data.draw(st.lists(places, max_size=12)), 1):
        width, height = table.box.width / 7, table.box.height / 7
        left, top = table.box.x0 + table.box.width * x / 9, table.box.y0 + table.box.height * y / 9
        box = Box(left - width / 2, top - height / 2, left + width / 2, top + height / 2)
        words.append(replace(word_in(table, box, number), text=text))
    after = canonical(table, words)
    assert grid.problems(after) == ()
    assert canonical(after, words) == after
