"""The choice among proposed grids: what is looked at, and which one comes first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_backend.document import Box, Table, Word
from model_backend.predictors.grid_program import GridSaid
from model_backend.predictors.grid_raster import raster_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_scoring import (
    FEATURES,
    FINDER,
    NETWORK,
    READ,
    Candidate,
    Evidence,
    features,
    logistic,
    ranked,
    weights_of,
)
from model_backend.table_grid import delete_column_edge, delete_row_edge, merge_cells
from model_backend.table_grid.edits import Span, empty_table
from model_backend.table_grid.frame import bands_of
from model_backend.table_grid.runs import Rule
from model_backend.training.grid_lessons import truth_of

BOX = Box(0, 0, 150, 60)
EDGES = ((0.0, 15.0, 30.0, 45.0, 60.0), (0.0, 50.0, 100.0, 150.0))
WORDS = tuple(
    Word(
        1 + row * 3 + column,
        "1,234",
        Box(50 * column + 5, 15 * row + 3, 50 * column + 25, 15 * row + 12),
    )
    for row in range(4)
    for column in range(3)
)
RIGHT = replace(empty_table(1, BOX), rows=bands_of(EDGES[0]), columns=bands_of(EDGES[1]))
COARSE = delete_row_edge(RIGHT, 2)


def _known(table: Table = RIGHT, rulings: Rulings | None = None) -> Evidence:
    rulings = rulings or Rulings()
    raster = raster_of(BOX, WORDS, rulings, margin=(2, 4))
    said = GridSaid(*(np.abs(part - 0.1) for part in truth_of(table, WORDS, raster)))
    return Evidence(WORDS, WORDS, rulings, raster, said)


def _features(table: Table, *others: Candidate, rulings: Rulings | None = None) -> dict[str, float]:
    own = Candidate(table, READ)
    return features(own, [own, *others], _known(rulings=rulings))


def test_all_features_have_a_name_and_a_size() -> None:
    found = _features(RIGHT, Candidate(COARSE, FINDER), Candidate(RIGHT, NETWORK))
    assert set(found) == set(FEATURES)
    assert all(0 <= value <= 2 for value in found.values())


def test_likeness_is_that_of_the_words_that_edges_part() -> None:
    network, finder = Candidate(RIGHT, NETWORK), Candidate(COARSE, FINDER)
    moved = replace(RIGHT, columns=bands_of((0.0, 30.0, 99.0, 150.0)))  # in the same white
    assert _features(moved, network)["columns like network"] == 1.0
    assert _features(RIGHT, network, finder)["rows like network"] == 1.0
    assert _features(COARSE, network)["rows like network"] == pytest.approx(4 / 5)
    assert _features(RIGHT, network, finder)["rows like others"] == pytest.approx(4 / 5)
    alone = _features(RIGHT)
    assert alone["rows like others"] == alone["rows like network"] == 0.5


def test_the_network_is_asked_about_every_edge() -> None:
    wrong = replace(RIGHT, rows=bands_of((0.0, 7.0, 30.0, 45.0, 60.0)))
    right, other = _features(RIGHT), _features(wrong)
    assert right["weakest row"] == pytest.approx(0.9)
    assert other["weakest row"] == pytest.approx(0.1)
    assert other["rows"] < right["rows"]
    assert _features(empty_table(1, BOX))["rows"] == 0.5


def test_rulings_that_are_no_edges_count_against_a_grid() -> None:
    rulings = Rulings((Rule(30.0, 0, 150),), (Rule(50.0, 0, 60),))
    assert _features(RIGHT, rulings=rulings)["ruled"] == 1.0
    assert _features(COARSE, rulings=rulings)["ruled"] == 0.5
    assert _features(delete_column_edge(COARSE, 1), rulings=rulings)["ruled"] == 0.0


def test_the_grid_of_the_greatest_score_comes_first_and_none_comes_twice() -> None:
    candidates = [Candidate(COARSE, READ), Candidate(RIGHT, FINDER), Candidate(RIGHT, NETWORK)]
    found = ranked(candidates, _known(), {"rows like network": 3.0, "one": -1.0})
    assert [len(table.rows) for table in found] == [4, 3]
    assert found[0].score == pytest.approx(logistic(2.0), abs=1e-3)
    merged = Candidate(merge_cells(RIGHT, Span(0, 1, 0, 2)), READ)
    assert len(ranked([*candidates, merged], _known(), {})) == 3


def test_weights_are_those_of_a_file() -> None:
    assert weights_of('{"rows": 1, "one": -0.5}') == {"rows": 1.0, "one": -0.5}
    assert weights_of("") == {}
