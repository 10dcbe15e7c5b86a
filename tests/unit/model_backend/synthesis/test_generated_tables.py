"""Pages with tables: grids are valid and canonical, and every word lies in its cell."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from model_backend import table_grid
from model_backend.document import Box
from model_backend.quality import table_checks
from model_backend.quality.canonical import canonical
from model_backend.synthesis.families import Family
from model_backend.synthesis.generator import Order, make
from model_backend.synthesis.paper import Paper
from model_backend.synthesis.table_columns import Column
from model_backend.synthesis.table_content import content
from model_backend.synthesis.table_drawing import RULINGS, draw_table
from model_backend.synthesis.tables import draw

ABOUT_TEXT = {"dots-left", "currency-alone", "header-repeated"}
"""What the checks say about the words, which real tables have too."""
ORDER = Order("tables", seed=2, noise="none")


@pytest.mark.parametrize("number", range(12))
def test_grids_are_without_findings_and_canonical(number: int) -> None:
    made = make(ORDER, number)
    assert made.page.tables
    findings = [item for item in table_checks.check(made.page, "x") if item.rule not in ABOUT_TEXT]
    assert findings == []
    for table in made.page.tables:
        assert canonical(table, made.page.words) == table


def test_words_of_a_table_lie_in_one_cell() -> None:
    for number in range(6):
        page = make(ORDER, number).page
        for table in page.tables:
            cells = [cell.box for cell in table_grid.cells(table)]
            inside = [word.box for word in page.words if table.box.contains(word.box.center)]
            assert inside
            for box in inside:
                assert max(box.overlap(cell) for cell in cells) > 0.9


def test_there_are_tables_of_all_kinds() -> None:
    random = np.random.default_rng(1)
    made = [content(random, 8, 20) for _ in range(150)]
    assert {item.header_rows for item in made} == {0, 1, 2, 3, 4}
    assert any(item.projected_rows for item in made)
    assert any(len(cell.lines) > 1 for item in made for cell in item.cells)
    assert any(not cell.lines for item in made for cell in item.cells)
    assert any(span.row1 - span.row0 > 1 for item in made for span in item.spans)
    assert any(span.column1 - span.column0 > 1 for item in made for span in item.spans)
    assert {column.align for item in made for column in item.columns} == {
        "left",
        "centre",
        "right",
        "point",
    }
    body = [cell for item in made for cell in item.cells if cell.span.row0 >= item.header_rows]
    assert max(len(cell.lines) for cell in body) > 4
    assert any(cell.span.column0 == 0 and not cell.lines for cell in body)
    assert any(item.wide_rows for item in made)
    assert any(1 == cell.span.column0 < cell.span.column1 - 1 for cell in body)
    assert len(set(RULINGS)) >= 8


def test_no_row_of_the_body_is_blank() -> None:
    random = np.random.default_rng(4)
    for _ in range(60):
        made = content(random, 8, 20)
        filled = {cell.span.row0 for cell in made.cells if any(cell.lines)}
        assert filled >= set(range(made.header_rows, made.row_count))


def test_a_long_text_is_set_in_lines_of_its_column() -> None:
    column = Column(lambda random: "", "left", letters=12)
    assert column.lines("one two three four five") == ("one two", "three four", "five")
    assert column.lines("short") == ("short",)
    assert column.lines("") == ()
    assert column.lines("one\n\ntwo three four") == ("one", "", "two three", "four")


def test_same_random_state_gives_same_page() -> None:
    (one, first), (other, second) = (draw(ORDER, Random(3)) for _ in range(2))
    assert one.tobytes() == other.tobytes()
    assert first == second


def test_no_room_no_table() -> None:
    paper, random = Paper(), np.random.default_rng(0)
    assert draw_table(paper, Box(0, 0, 200, 20), Family.TRAINING, random) is None
    assert paper.tables == []
    assert paper.operators == []
