"""GriTS against an exact search of the most similar substructures, on tables small enough for it,
and its texts against a plain common subsequence."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Span
from model_backend.metrics.common_subsequence import (
    common_length,
    similarities,
    text_similarity,
)
from model_backend.metrics.grits import GridCell, grits, matching_blocks

Texts = list[list[str]]


def grid(texts: Texts) -> list[GridCell]:
    return [
        GridCell(Span(row, row + 1, column, column + 1), text)
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
    ]


def pairs_of(count: int, other: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All ways to align two sequences, the longest last."""
    return [
        (one, two)
        for size in range(min(count, other) + 1)
        for one in combinations(range(count), size)
        for two in combinations(range(other), size)
    ]


def exact(truth: Texts, predicted: Texts) -> float:
    """GriTS_Con with the true most similar substructures: every choice of rows and columns."""
    rewards = np.array(
        [[[[text_similarity(a, b) for b in q] for q in predicted] for a in p] for p in truth]
    )
    best = max(
        rewards[np.array(rows)[:, None], columns, np.array(others)[:, None], other_columns].sum()
        for rows, others in pairs_of(len(truth), len(predicted))
        for columns, other_columns in pairs_of(len(truth[0]), len(predicted[0]))
        if rows and columns
    )
    sizes = len(truth) * len(truth[0]) + len(predicted) * len(predicted[0])
    return float(2 * best / sizes)


@st.composite
def tables(draw: st.DrawFn) -> Texts:
    rows, columns = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    text = st.text("ab", max_size=3)
    return [[draw(text) for _ in range(columns)] for _ in range(rows)]


@given(tables(), tables())
def test_the_approximation_never_exceeds_the_exact_value(truth: Texts, predicted: Texts) -> None:
    found, best = grits(grid(truth), grid(predicted), "content").f, exact(truth, predicted)
    assert 0 <= found <= best + 1e-12
    assert best <= 1 + 1e-12


NUMBERED = [[f"{row}{column}" for column in "abc"] for row in "1234"]


@pytest.mark.parametrize("rows", list(combinations(range(4), 3)))
@pytest.mark.parametrize("columns", list(combinations(range(3), 2)))
def test_lost_rows_and_columns_reach_the_exact_value(
    rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    part = [[NUMBERED[row][column] for column in columns] for row in rows]
    score = grits(grid(NUMBERED), grid(part), "content")
    assert score.f == pytest.approx(exact(NUMBERED, part))
    assert (score.precision, score.recall) == (1, 6 / 12)


def plain_common_length(one: str, other: str) -> int:
    @cache
    def length(i: int, j: int) -> int:
        if i == len(one) or j == len(other):
            return 0
        if one[i] == other[j]:
            return 1 + length(i + 1, j + 1)
        return max(length(i + 1, j), length(i, j + 1))

    return length(0, 0)


@given(st.text("abc", max_size=70), st.text("abcd", max_size=70))
def test_common_length_is_that_of_the_plain_table(one: str, other: str) -> None:
    assert common_length(one, other) == plain_common_length(one, other)


@given(
    st.lists(st.one_of(st.text("abé한", max_size=8), st.text("ab", min_size=60, max_size=70))),
    st.lists(st.text("abé한c", max_size=80)),
)
def test_all_pairs_at_once_are_the_pairs_one_by_one(ones: list[str], others: list[str]) -> None:
    found = similarities(ones, others)
    assert found.shape == (len(ones), len(others))
    expected = np.array([[text_similarity(a, b) for b in others] for a in ones])
    assert found == pytest.approx(expected.reshape(found.shape))


def test_true_subsequence_is_longer_than_the_matching_blocks() -> None:
    # the longest block "bcd" leaves nothing in common before or after it
    one, other = "abcdxaxx", "xaxbcd"
    assert common_length("axbycz", "abc") == 3
    assert text_similarity(one, other) >= matching_blocks(one, other)
    assert text_similarity("xay", "axyzay") == matching_blocks("xay", "axyzay") == 2 * 3 / 9
    assert text_similarity("abab", "bbaa") == 2 * 2 / 8
    assert text_similarity("", "") == 1
    assert text_similarity("", "a") == 0
    both = [GridCell(Span(0, 1, 0, 1), text) for text in ("qabxcd", "abcdqab")]
    paper, released = (
        grits(both[:1], both[1:], "content", is_reference=choice).f for choice in (False, True)
    )
    assert paper == pytest.approx(2 * 4 / 13)
    assert released == pytest.approx(2 * 3 / 13)
