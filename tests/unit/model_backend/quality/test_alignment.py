"""Alignment of texts and words: the best there is, and the words that belong to each cell."""

from __future__ import annotations

from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Box, Word
from model_backend.quality.alignment import (
    GAP,
    MATCH,
    MISMATCH,
    align,
    score,
    text_difference,
    words_of_texts,
)

texts = st.text("abc", max_size=9)


def best_score(first: str, second: str) -> int:
    """Every alignment tried."""

    @lru_cache(None)
    def best(i: int, j: int) -> int:
        if not i or not j:
            return GAP * (i + j)
        same = MATCH if first[i - 1] == second[j - 1] else MISMATCH
        return max(best(i - 1, j - 1) + same, best(i - 1, j) + GAP, best(i, j - 1) + GAP)

    return best(len(first), len(second))


@given(texts, texts)
def test_alignment_is_the_best_there_is_and_holds_each_place_once(one: str, other: str) -> None:
    pairs = align(one, other)
    assert [i for i, _ in pairs if i is not None] == list(range(len(one)))
    assert [j for _, j in pairs if j is not None] == list(range(len(other)))
    assert score(one, other, pairs) == best_score(one, other)


def words_of(*parts: str) -> list[Word]:
    return [Word(n, part, Box(n, 0, n + 1, 1)) for n, part in enumerate(parts, 1)]


def test_words_go_to_the_cells_that_say_them() -> None:
    words = words_of("Net", "in-", "come", "(page", "3)", "12", "13")
    found = words_of_texts(["Net income", "12", "", "13"], words)
    assert [[word.text for word in its] for its in found] == [
        ["Net", "in-", "come"],
        ["12"],
        [],
        ["13"],
    ]


def test_texts_too_long_to_compare_are_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        align("a" * 9000, "b" * 9000)


def test_text_difference_counts_characters_not_spaces() -> None:
    assert text_difference([("a b", "ab"), ("", "")]) == 0
    assert text_difference([("abcd", "abxd")]) == pytest.approx(0.25)
    assert text_difference([]) == 0
