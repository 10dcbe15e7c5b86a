"""What is proposed for an area: grids of several makers, and mixtures of the network's."""

from __future__ import annotations

from dataclasses import replace

from model_backend.document import Box, Table, Word
from model_backend.predictors.grid_program import GridSaid
from model_backend.predictors.grid_raster import raster_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_scoring import COLUMNS, DRAWN, NETWORK, ROWS, Evidence
from model_backend.predictors.tables_grids import drawn_candidates, network_candidates
from model_backend.table_grid import delete_column_edge, delete_row_edge, empty_table, problems
from model_backend.table_grid.frame import bands_of
from model_backend.table_grid.runs import Rule
from model_backend.training.grid_lessons import truth_of

BOX = Box(0, 0, 150, 60)
ROW_EDGES, COLUMN_EDGES = (0.0, 15.0, 30.0, 45.0, 60.0), (0.0, 50.0, 100.0, 150.0)
TRUE = replace(empty_table(1, BOX), rows=bands_of(ROW_EDGES), columns=bands_of(COLUMN_EDGES))
WORDS = tuple(
    Word(1 + row * 3 + column, "1,234", Box(x + 5, y + 3, x + 25, y + 12))
    for row, y in enumerate(ROW_EDGES[:-1])
    for column, x in enumerate(COLUMN_EDGES[:-1])
)


def _known(table: Table, rulings: Rulings | None = None) -> Evidence:
    raster = raster_of(BOX, WORDS, rulings or Rulings())
    said = GridSaid(*truth_of(table, WORDS, raster))
    return Evidence(WORDS, WORDS, rulings or Rulings(), raster, said)


def test_the_networks_rows_and_columns_are_also_tried_with_those_that_were_read() -> None:
    read = delete_row_edge(delete_column_edge(TRUE, 1), 2)
    found = {
        candidate.maker: candidate.table for candidate in network_candidates(_known(TRUE), read)
    }
    assert set(found) == {NETWORK, ROWS, COLUMNS}
    sizes = {maker: (len(table.rows), len(table.columns)) for maker, table in found.items()}
    assert sizes[NETWORK] == (4, 3)
    assert sizes[ROWS] == (4, len(read.columns))
    assert sizes[COLUMNS] == (4, 3)
    assert all(problems(table) == () for table in found.values())


def test_a_network_that_sees_one_cell_proposes_nothing() -> None:
    known = _known(replace(TRUE, rows=bands_of((0.0, 60.0)), columns=bands_of((0.0, 150.0))))
    assert network_candidates(known, TRUE) == []


def test_rulings_that_draw_the_whole_table_are_a_proposal() -> None:
    rulings = Rulings(
        tuple(Rule(at, 0, 150) for at in ROW_EDGES), tuple(Rule(at, 0, 60) for at in COLUMN_EDGES)
    )
    (found,) = drawn_candidates(BOX, WORDS, rulings)
    assert found.maker == DRAWN
    assert (len(found.table.rows), len(found.table.columns)) == (4, 3)
    assert drawn_candidates(BOX, WORDS, Rulings(rulings.across)) == []
    assert drawn_candidates(Box(0, 0, 500, 600), WORDS, rulings) == []
