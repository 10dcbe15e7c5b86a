"""ANLS by hand, after the paper's formula."""

from __future__ import annotations

import pytest

from model_backend.metrics.anls import Anls, similarity


@pytest.mark.parametrize(
    ("truth", "predicted", "expected"),
    [
        ("Coca Cola", "coca cola", 1.0),
        ("coca cola", "coca cole", 1 - 1 / 9),
        ("coca cola", "cocacola", 1 - 1 / 9),
        ("abcd", "abxy", 0.0),  # half is too much
        ("abcde", "abcxy", 1 - 2 / 5),
        ("abc", "xyz", 0.0),
        ("", "", 1.0),
        ("a", "", 0.0),
        (" 42 ", "42", 1.0),
    ],
)
def test_similarity_is_one_less_the_share_of_edits(
    truth: str, predicted: str, expected: float
) -> None:
    assert similarity(truth, predicted) == pytest.approx(expected)
    assert similarity(predicted, truth) == pytest.approx(expected)


def test_threshold_decides_what_counts_at_all() -> None:
    assert similarity("abcd", "abxy", threshold=0.6) == pytest.approx(0.5)
    assert similarity("abcde", "abcxy", threshold=0.3) == 0


def test_best_true_answer_counts_and_questions_are_averaged() -> None:
    metric = Anls()
    assert metric.summary() == {"anls": None}
    metric.update(["twelve", "12"], "12")
    metric.update(["June 5"], "June 6")
    metric.update(["yes"], "no")
    assert metric.summary()["anls"] == pytest.approx((1 + 5 / 6 + 0) / 3)
    metric.reset()
    assert metric.summary() == {"anls": None}


def test_question_without_an_answer_wants_none() -> None:
    metric = Anls()
    metric.update([], "")
    metric.update([], "something")
    assert metric.summary() == {"anls": 0.5}
