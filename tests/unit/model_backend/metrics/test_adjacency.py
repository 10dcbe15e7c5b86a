"""Adjacency relations by hand, and on degenerate pages."""

from __future__ import annotations

import pytest

from model_backend.document import Span
from model_backend.metrics.adjacency import Adjacency, adjacency, comparable, relations
from model_backend.metrics.grits import GridCell


def cell(row: int, column: int, text: str, *, rows: int = 1, columns: int = 1) -> GridCell:
    return GridCell(Span(row, row + rows, column, column + columns), text)


SQUARE = [cell(0, 0, "a"), cell(0, 1, "b"), cell(1, 0, "c"), cell(1, 1, "d")]


def test_square_has_two_relations_to_the_right_and_two_below() -> None:
    assert sorted(relations(SQUARE)) == [
        ("a", "b", "right", 0),
        ("a", "c", "below", 0),
        ("b", "d", "below", 0),
        ("c", "d", "right", 0),
    ]


def test_blank_cells_are_passed_and_counted() -> None:
    cells = [cell(0, 0, "a"), cell(0, 1, " "), cell(0, 3, "b")]
    assert list(relations(cells)) == [("a", "b", "right", 2)]


def test_merged_cell_is_related_once_to_each_neighbour() -> None:
    cells = [
        cell(0, 0, "head", columns=2),
        cell(1, 0, "x"),
        cell(1, 1, "y"),
        cell(0, 2, "z", rows=2),
    ]
    assert sorted(relations(cells)) == [
        ("head", "x", "below", 0),
        ("head", "y", "below", 0),
        ("head", "z", "right", 0),
        ("x", "y", "right", 0),
        ("y", "z", "right", 0),
    ]


def test_wrong_text_costs_the_relations_it_takes_part_in() -> None:
    score = adjacency([SQUARE], [[*SQUARE[:3], cell(1, 1, "x")]])
    assert (score.precision, score.recall, score.f) == (0.5, 0.5, 0.5)


def test_degenerate_pages_have_defined_scores() -> None:
    assert adjacency([], []).f == 1
    missed = adjacency([SQUARE], [])
    assert (missed.f, missed.precision, missed.recall) == (0, 1, 0)
    invented = adjacency([], [SQUARE])
    assert (invented.f, invented.precision, invented.recall) == (0, 0, 1)
    lone = [cell(0, 0, "alone")]
    assert adjacency([lone], [lone]).f == 1


def test_texts_are_compared_without_white_space_and_kinds_of_dashes() -> None:
    assert comparable("of\ufb01ce\u00a01\u20132 \u22125") == "office1-2-5"


def test_summary_is_the_mean_of_the_pages() -> None:
    metric = Adjacency()
    assert metric.summary() == {}
    metric.update([SQUARE], [SQUARE])
    metric.update([SQUARE], [])
    assert metric.summary() == {"f": 0.5, "precision": 1.0, "recall": 0.5}
    metric.reset()
    assert metric.summary() == {}


@pytest.mark.parametrize("offset", [1, 5])
def test_place_in_the_grid_does_not_matter(offset: int) -> None:
    moved = [
        cell(item.span.row0 + offset, item.span.column0 + offset, item.text) for item in SQUARE
    ]
    assert adjacency([SQUARE], [moved]).f == 1
