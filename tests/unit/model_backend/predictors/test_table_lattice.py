"""Lattices of crossing rulings: their cells, which of them are tables, and the grids they draw."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_backend import table_grid
from model_backend.document import Box, Span, Word
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_lattice import (
    MOST_EDGES,
    Lattice,
    lattice_of,
    lattices_of,
    regular_parts,
    without_titles,
)
from model_backend.predictors.tables_rulings import level_grids
from model_backend.table_grid.runs import Rule

PAGE = Box(0, 0, 600, 800)
ROWS, COLUMNS = (100.0, 120.0, 140.0, 160.0, 180.0), (50.0, 150.0, 250.0, 350.0)


def lattice(rulings: Rulings) -> Lattice:
    (found,) = lattices_of(rulings, 4)
    return found


def ruled(rows: tuple[float, ...] = ROWS, columns: tuple[float, ...] = COLUMNS) -> Rulings:
    return Rulings(
        tuple(Rule(y, columns[0], columns[-1]) for y in rows),
        tuple(Rule(x, rows[0], rows[-1]) for x in columns),
    )


def words_in(spans: dict[tuple[int, int], str], rows: tuple[float, ...] = ROWS) -> list[Word]:
    words: list[Word] = []
    for (row, column), text in spans.items():
        x, y = COLUMNS[column] + 5, rows[row] + 5
        for part in text.split():
            words.append(Word(len(words) + 1, part, Box(x, y, x + 6 * len(part), y + 10)))
            x += 6 * len(part) + 4
    return words


def every_cell(text: str = "text") -> dict[tuple[int, int], str]:
    return {(row, column): f"{text}{row}" for row in range(4) for column in range(3)}


def test_crossing_lines_make_cells() -> None:
    found = lattice(ruled())
    assert (found.rows, found.columns) == (ROWS, COLUMNS)
    assert len(found.spans) == 12
    assert found.is_closed
    assert found.regularity == 1


def test_cells_without_a_line_between_are_merged() -> None:
    rulings = ruled()
    inner = (Rule(150, 100, 160), *(rule for rule in rulings.down if rule.at != 150))
    found = lattice(replace(rulings, down=inner))
    assert Span(3, 4, 0, 2) in found.spans
    assert len(found.spans) == 11


def test_lines_may_be_broken_and_miss_one_another_a_little() -> None:
    rulings = ruled()
    gaps = (160, 260, 160, 260, 160)
    broken = [Rule(y.at + 1, 52, gap) for y, gap in zip(rulings.across, gaps, strict=True)]
    broken += [Rule(y.at - 1, gap + 10, 347) for y, gap in zip(rulings.across, gaps, strict=True)]
    found = lattice(replace(rulings, across=tuple(broken)))
    assert len(found.spans) == 12
    assert found.rows == pytest.approx(ROWS, abs=1)


def test_row_lines_without_sides_make_a_table_of_full_width() -> None:
    rulings = ruled()
    found = lattice(replace(rulings, down=rulings.down[1:-1]))
    assert found.columns == COLUMNS
    assert found.is_closed
    assert len(found.spans) == 12


def test_lines_that_do_not_cross_make_no_lattice() -> None:
    across = tuple(Rule(y, 50, 350) for y in ROWS)
    assert lattices_of(Rulings(across=across), 4) == []
    assert lattices_of(Rulings(across, (Rule(400, 100, 180),)), 4) == []


def test_single_boxes_and_bars_are_no_tables() -> None:
    for rulings in (ruled(ROWS[:2]), ruled(ROWS, COLUMNS[:2]), ruled(ROWS[:2], COLUMNS[:2])):
        assert regular_parts(lattice(rulings)) == []


def test_hatching_is_no_lattice() -> None:
    many = tuple(100.0 + 6 * index for index in range(MOST_EDGES + 2))
    assert lattice_of(ruled(many), 2) is None


def test_table_among_the_boxes_of_a_form_is_found_by_its_like_rows() -> None:
    rulings = ruled((60.0, *ROWS, 220.0))
    inner = tuple(Rule(x, 100, 180) for x in COLUMNS[1:-1])
    fields = tuple(Rule(x, 60, 100) for x in (80.0, 110.0, 190.0, 210.0, 290.0, 310.0))
    rulings = replace(rulings, down=(rulings.down[0], *inner, *fields, rulings.down[-1]))
    whole = lattice(rulings)
    (part,) = regular_parts(whole)
    assert whole.regularity < 0.5
    assert (part.rows, part.columns) == (ROWS, COLUMNS)


def test_open_strokes_that_touch_a_line_change_nothing() -> None:
    rulings = ruled()
    stroke = (Rule(130, 350, 372), Rule(131, 35, 50))
    assert lattice(replace(rulings, across=rulings.across + stroke)).rows == ROWS


def test_titles_and_notes_inside_the_frame_are_cut_off() -> None:
    rulings = ruled((80.0, *ROWS, 230.0))
    inner = tuple(Rule(x, 100, 180) for x in COLUMNS[1:-1])
    framed = lattice(replace(rulings, down=(rulings.down[0], *inner, rulings.down[-1])))
    assert without_titles(framed, lambda row: True).box == Box(50, 100, 350, 180)
    assert without_titles(framed, lambda row: row.y0 < 100).box == Box(50, 100, 350, 230)
    assert without_titles(framed, lambda row: False) == framed


def test_drawn_grid_has_its_header_and_empty_rows() -> None:
    words = words_in({(0, 0): "Item", (0, 1): "Count", (0, 2): "Price", (1, 0): "Paper"})
    (table,) = level_grids(words, ruled(), PAGE, 10)
    assert (len(table.rows), len(table.columns), table.header_rows) == (4, 3, 1)
    assert table.score is not None
    assert 0 < table.score < 0.5
    assert table_grid.problems(table) == ()


def test_blank_rows_below_the_headings_are_no_header() -> None:
    texts = {(0, 0): "Item", (0, 1): "Count", (0, 2): "Price", (3, 0): "Total", (3, 2): "9.00"}
    (table,) = level_grids(words_in(texts), ruled(), PAGE, 10)
    assert (len(table.rows), table.header_rows) == (4, 1)


def test_first_row_like_the_others_is_no_header() -> None:
    years = {(0, column): text for column, text in enumerate(("Town", "2019", "2020"))}
    (headed,) = level_grids(words_in(every_cell("7.") | years), ruled(), PAGE, 10)
    (plain,) = level_grids(words_in(every_cell("no. 7-")), ruled(), PAGE, 10)
    assert (headed.header_rows, plain.header_rows) == (1, 0)


def test_boxes_with_labels_and_colons_are_a_form() -> None:
    assert len(level_grids(words_in(every_cell()), ruled(), PAGE, 10)) == 1
    labelled = {place: f"Name{text}: X" for place, text in every_cell().items()}
    assert level_grids(words_in(labelled), ruled(), PAGE, 10) == []


def test_few_filled_cells_make_no_table() -> None:
    words = words_in({(0, 0): "Item", (0, 1): "Count", (0, 2): "Price"})
    assert level_grids(words, ruled(), PAGE, 10) == []


def test_rows_that_are_not_drawn_are_read_from_the_text() -> None:
    rows = (100.0, 120.0, 220.0)
    words = words_in({(0, 0): "Item", (0, 1): "Count", (0, 2): "Price"}, rows)
    for line in range(5):
        for column, text in enumerate(("paper", f"{line}2", f"{line}.50")):
            x, y = COLUMNS[column] + 5, 125 + 18 * line
            words.append(Word(90 + 10 * line + column, text, Box(x, y, x + 30, y + 10)))
    (table,) = level_grids(words, ruled(rows), PAGE, 10)
    assert (len(table.rows), len(table.columns), table.header_rows) == (6, 3, 1)
