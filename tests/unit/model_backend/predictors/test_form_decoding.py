"""Entities and links from numbers that were written by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from model_backend.predictors.form_decoding import (
    Chain,
    chains_of,
    log_shares,
    parents_of,
)
from model_backend.predictors.form_labels import LABELS
from model_backend.predictors.form_program import Said, between

Numbers = NDArray[np.float32]
SURE, UNLIKELY = np.log(0.9), np.log(0.1)


def classes(*labels: str) -> Numbers:
    made = np.full((len(labels), len(LABELS)), UNLIKELY / 3, np.float32)
    for word, label in enumerate(labels):
        made[word, LABELS.index(label)] = 2.0
    return log_shares(made)


def following(words: int, followers: dict[int, int], sure: float = 5.0) -> Numbers:
    made = np.zeros((words, words + 1), np.float32)
    for word in range(words):
        made[word, followers.get(word, words)] = sure
    return log_shares(made)


def words_of(chains: list[Chain]) -> list[tuple[int, ...]]:
    return [chain.words for chain in chains]


def test_words_that_point_to_the_next_are_one_entity_across_others() -> None:
    found = chains_of(
        classes("question", "answer", "question", "answer"), following(4, {0: 2, 1: 3})
    )
    assert [(chain.words, chain.label) for chain in found] == [
        ((0, 2), "question"),
        ((1, 3), "answer"),
    ]


def test_word_that_two_claim_goes_to_the_surer() -> None:
    said = following(3, {})
    said[0, 2], said[0, 3] = np.log(0.6), np.log(0.4)
    said[1, 2], said[1, 3] = np.log(0.8), np.log(0.2)
    assert words_of(chains_of(classes("other", "other", "other"), said)) == [(0,), (1, 2)]


def test_no_word_is_followed_by_an_earlier_one_or_itself() -> None:
    said = following(2, {1: 0, 0: 0})
    assert words_of(chains_of(classes("answer", "answer"), said)) in ([(0,), (1,)], [(0, 1)])
    assert all(
        list(chain.words) == sorted(chain.words)
        for chain in chains_of(classes("answer", "answer"), said)
    )


def test_words_together_decide_their_label() -> None:
    said = classes("question", "question", "answer")
    (found,) = chains_of(said, following(3, {0: 1, 1: 2}))
    assert found.label == "question"


def test_shares_are_the_words_mean_chance_and_the_least_sure_border() -> None:
    made = np.log(np.array([[0.8, 0.1, 0.05, 0.05], [0.5, 0.3, 0.1, 0.1]], np.float32))
    borders = np.log(np.array([[0.01, 0.7, 0.29], [0.01, 0.09, 0.9]], np.float32))
    (found,) = chains_of(made, borders)
    assert found.words == (0, 1)
    assert found.label_share == pytest.approx((0.8 * 0.5) ** 0.5, abs=1e-5)
    assert found.border == pytest.approx(np.log(0.7), abs=1e-5)


def test_page_without_words_has_no_entities() -> None:
    nothing = np.zeros((0, len(LABELS)), np.float32)
    assert chains_of(nothing, np.zeros((0, 1), np.float32)) == []


def chains(*labels: str) -> list[Chain]:
    return [Chain((number,), label, 1.0) for number, label in enumerate(labels)]


def test_answer_belongs_to_the_likeliest_question() -> None:
    scores = np.full((3, 4), -5.0, np.float32)
    scores[2, 0], scores[2, 1] = 3.0, 1.0
    (found,) = parents_of(chains("question", "question", "answer"), scores)
    assert (found.start, found.end) == (0, 2)
    assert found.score == pytest.approx(1 / (1 + np.exp(-2) + np.exp(-8)), abs=1e-4)


def test_answer_in_a_table_belongs_to_two() -> None:
    scores = np.full((3, 4), -5.0, np.float32)
    scores[2, 0] = scores[2, 1] = 3.0
    found = parents_of(chains("question", "question", "answer"), scores)
    assert [(link.start, link.end) for link in found] == [(0, 2), (1, 2)]


def test_nothing_is_linked_where_none_is_likeliest_or_labels_do_not_belong() -> None:
    scores = np.full((2, 3), -5.0, np.float32)
    scores[1, 0], scores[1, 2] = 1.0, 4.0
    assert parents_of(chains("question", "answer"), scores) == []
    scores[1, 0] = 9.0
    assert parents_of(chains("answer", "answer"), scores) == []
    assert len(parents_of(chains("header", "question"), scores)) == 1


def test_only_first_words_of_entities_are_parents() -> None:
    scores = np.full((3, 4), -5.0, np.float32)
    scores[2, 1] = 9.0  # the second word of the question
    scores[2, 0] = 1.0
    both = [Chain((0, 1), "question", 1.0), Chain((2,), "answer", 1.0)]
    (found,) = parents_of(both, scores)
    assert (found.start, found.end) == (0, 1)


def test_rules_have_a_vote_on_links() -> None:
    scores = np.full((2, 3), -5.0, np.float32)
    scores[1, 0], scores[1, 2] = 1.0, 3.0
    both = chains("question", "answer")
    assert parents_of(both, scores) == []
    assert len(parents_of(both, scores, [(0, 1)])) == 1
    scores[1, 2] = 9.0
    assert parents_of(both, scores, [(0, 1)]) == []
    assert parents_of([], np.zeros((0, 1), np.float32)) == []


def test_two_programs_together_say_what_both_find_likely() -> None:
    sure, unsure = classes("question", "answer"), log_shares(np.zeros((2, len(LABELS)), np.float32))
    follow = following(2, {0: 1})
    parents = np.array([[0.0, 2.0, 0.0], [4.0, 0.0, 0.0]], np.float32)
    found = between(Said(sure, follow, parents), Said(unsure, follow, parents * 0))
    assert np.exp(found.classes).sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert found.classes.argmax(axis=1).tolist() == sure.argmax(axis=1).tolist()
    assert found.classes.max() < sure.max()
    assert np.allclose(found.following, follow, atol=1e-5)
    assert np.allclose(found.parents, parents / 2)
