"""What tables are called in lists, and what a trial of a model says of them."""

from __future__ import annotations

from dataclasses import replace

from desktop.panels.texts import size_text
from model_backend import table_grid
from model_backend.document import Box, Proposals
from model_backend.predictors.self_test import summary_of
from model_backend.predictors.tables_model import NO_GRID
from model_backend.translation import counted


def test_one_row_and_one_column_are_no_rows_and_columns() -> None:
    table = table_grid.propose_grid(1, Box(0, 0, 100, 100), ())
    assert size_text(table) == "1 row, 1 column"
    assert size_text(table_grid.add_row_edge(table, 50.0)) == "2 rows, 1 column"


def test_notes_of_a_trial_are_parted_from_its_counts() -> None:
    table = table_grid.propose_grid(1, Box(0, 0, 100, 100), ())
    notes = (counted(NO_GRID, 1),)
    said = Proposals("model", tables=(table, replace(table, id=2)), notes=notes)
    assert summary_of(said) == (
        "tables: 2; 1 table has no rows and columns: only its place was found"
    )
