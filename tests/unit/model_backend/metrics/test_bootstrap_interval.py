"""Intervals by drawing documents again."""

from __future__ import annotations

import pytest

from model_backend.metrics.bootstrap import intervals


def test_equal_documents_have_an_interval_without_width() -> None:
    assert intervals([[(1, 2)], [(1, 2)], [(2, 4)]]) == [[0.5, 0.5]]


def test_same_seed_gives_the_same_interval_around_the_figure() -> None:
    documents = [[(float(i % 2), 1.0), (float(i), 50.0)] for i in range(50)]
    first, second = intervals(documents, seed=3), intervals(documents, seed=3)
    assert first == second != intervals(documents, seed=4)
    interval = first[0]
    assert interval is not None
    # 50 throws of a coin: 0.5 give or take 1.96 x 0.0707
    assert interval == pytest.approx([0.36, 0.64], abs=0.025)


def test_figures_of_fewer_than_two_documents_have_none() -> None:
    assert intervals([]) == []
    assert intervals([[(1, 1)]]) == [None]
    assert intervals([[(1, 1), (0, 0)], [(0, 0), (0, 0)]]) == [None, None]
    assert intervals([[(1, 1)], [(0, 0)], [(1, 1)]]) == [[1, 1]]
