"""From profiles and merges to tables: what was said is what comes out, and it is always valid."""

from __future__ import annotations

import numpy as np
import pytest

from model_backend.document import Band, Box, Span, Table, Word
from model_backend.predictors.grid_decoding import table_of
from model_backend.predictors.grid_program import GridSaid
from model_backend.predictors.grid_raster import Raster, raster_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid import problems
from model_backend.table_grid.frame import bands_of, column_edges
from model_backend.table_grid.runs import Rule
from model_backend.training.grid_lessons import truth_of

BOX = Box(20, 20, 170, 80)
ROWS, COLUMNS = (20.0, 35.0, 50.0, 65.0, 80.0), (20.0, 70.0, 120.0, 170.0)


def _word(number: int, row: int, column: int, text: str = "words") -> Word:
    x, y = COLUMNS[column] + 6, ROWS[row] + 3
    return Word(number, text, Box(x, y, x + 25, y + 9))


WORDS = [_word(1 + row * 3 + column, row, column) for row in range(4) for column in range(3)]


def _table(**changes: object) -> Table:
    given = {"header_rows": 1, "spans": (), "projected_rows": ()} | changes
    return Table(1, BOX, bands_of(ROWS), bands_of(COLUMNS), **given)  # type: ignore[arg-type]


def _said(table: Table, words: list[Word] = WORDS) -> tuple[GridSaid, Raster]:
    raster = raster_of(BOX, words, Rulings(), margin=(2, 4))
    return GridSaid(*truth_of(table, words, raster)), raster


@pytest.mark.parametrize(
    "table",
    [
        _table(),
        _table(header_rows=0),
        _table(header_rows=2, spans=(Span(0, 1, 0, 2), Span(0, 2, 2, 3))),
        _table(spans=(Span(2, 3, 1, 3), Span(2, 4, 0, 1))),
        _table(header_rows=2, spans=(Span(0, 1, 1, 3),)),
    ],
)
def test_what_is_said_comes_out(table: Table) -> None:
    words = [
        word
        for word in WORDS
        if not any(
            s.row0 <= (word.id - 1) // 3 < s.row1
            and s.column0 <= (word.id - 1) % 3 < s.column1
            and ((word.id - 1) // 3, (word.id - 1) % 3) != (s.row0, s.column0)
            for s in table.spans
        )
    ]
    found = table_of(*_said(table, words), words)
    assert found is not None
    assert problems(found) == ()
    assert (len(found.rows), len(found.columns)) == (4, 3)
    assert (found.header_rows, found.spans) == (table.header_rows, table.spans)
    assert found.box.iou(table.box) > 0.85
    for edge, true in zip(column_edges(found)[1:-1], COLUMNS[1:-1], strict=True):
        assert abs(edge - true) < 16  # anywhere in the white


def test_projected_rows_come_out() -> None:
    words = [word for word in WORDS if word.id not in (8, 9)]
    found = table_of(*_said(_table(projected_rows=(2,)), words), words)
    assert found is not None
    assert found.projected_rows == (2,)


def test_nothing_inside_is_no_table() -> None:
    said, raster = _said(_table())
    said.rows[1] = 0.1
    assert table_of(said, raster, WORDS) is None


def test_rows_and_columns_without_words_are_left_away() -> None:
    words = [word for word in WORDS if (word.id - 1) % 3 != 1 and (word.id - 1) // 3 != 2]
    found = table_of(*_said(_table(), words), words)
    assert found is not None
    assert (len(found.rows), len(found.columns)) == (3, 2)
    assert problems(found) == ()


def test_a_word_over_an_edge_merges_the_cells_it_lies_in() -> None:
    words = [*WORDS[3:], Word(1, "a heading over two", Box(26, 23, 100, 32))]
    said, raster = _said(_table(), WORDS)
    found = table_of(said, raster, words)
    assert found is not None
    assert found.spans == (Span(0, 1, 0, 2),)


def test_an_edge_lies_on_the_ruling_in_its_white() -> None:
    rulings = Rulings((), (Rule(60.0, 20, 80),))
    raster = raster_of(BOX, WORDS, rulings, margin=(2, 4))
    found = table_of(GridSaid(*truth_of(_table(), WORDS, raster)), raster, WORDS)
    assert found is not None
    assert column_edges(found)[1] == pytest.approx(60.0, abs=0.5 * raster.step)


def test_whatever_is_said_tables_are_valid() -> None:
    random = np.random.default_rng(3)
    raster = raster_of(BOX, WORDS, Rulings(), margin=(2, 4))
    height, width = raster.channels.shape[1:]
    for _ in range(60):
        said = GridSaid(
            random.random((4, height), np.float32),
            random.random((2, width), np.float32),
            random.random((2, height // 2, width // 2), np.float32),
        )
        found = table_of(said, raster, WORDS)
        assert found is not None
        assert problems(found) == ()
        assert all(isinstance(band, Band) and band.score is not None for band in found.rows)
