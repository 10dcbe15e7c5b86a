"""Expected calibration error and temperature, against hand-computed figures."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_backend.document import Box, Entity, Page, PageClass, PageGeometry, Region, Word
from model_backend.metrics.calibration import (
    Calibration,
    calibration_error,
    fitted_temperature,
    judged,
    negative_log_likelihood,
)


def test_error_is_the_weighted_gap_of_each_tenth() -> None:
    scores = [0.95, 0.91, 1.0, 0.35, 0.31]
    right = [True, False, True, False, True]
    last = abs(2 / 3 - (0.95 + 0.91 + 1.0) / 3) * 3 / 5
    fourth = abs(1 / 2 - 0.33) * 2 / 5
    assert calibration_error(scores, right) == pytest.approx(last + fourth)
    assert calibration_error([], []) == 0
    assert calibration_error([1.0, 1.0], [True, True]) == 0
    assert calibration_error([0.9] * 10, [True] * 9 + [False]) == pytest.approx(0)


def a_page() -> Page:
    words = tuple(Word(n, f"w{n}", Box(n * 10, 0, n * 10 + 8, 8)) for n in range(1, 7))
    geometry = PageGeometry("test", 100, 100)
    return Page(1, 1, 0, width=100, height=100, unit="px", geometry=geometry, words=words)


def entity(number: int, label: str, *words: int, score: float | None = None) -> Entity:
    box = Box(words[0] * 10, 0, words[-1] * 10 + 8, 8)
    return Entity(id=number, label=label, word_ids=words, text="", box=box, score=score)


def test_proposals_are_right_once_and_by_label_and_words() -> None:
    truth = replace(
        a_page(),
        entities=(entity(1, "question", 1, 2), entity(2, "answer", 3)),
        regions=(Region(id=3, label="stamp", box=Box(0, 0, 10, 10)),),
        page_class=PageClass("letter"),
    )
    said = replace(
        a_page(),
        entities=(
            entity(1, "QUESTION", 1, 2, score=0.9),
            entity(2, "question", 1, score=0.95),  # half of the words, and surer: it is the one
            entity(3, "question", 3, score=0.8),  # the wrong label
            entity(4, "answer", 3, 4, score=0.7),
            entity(5, "answer", 6),  # says nothing of how sure it is
        ),
        regions=(
            Region(id=6, label="stamp", box=Box(0, 0, 10, 9), score=0.6),
            Region(id=7, label="figure", box=Box(0, 0, 10, 10), score=0.5),
        ),
        page_class=PageClass("letter", score=0.4),
    )
    assert judged(truth, said) == [
        (0.95, True), (0.9, False), (0.8, False), (0.7, True), (0.6, True), (0.5, False),
        (0.4, True),
    ]  # fmt: skip
    measure = Calibration()
    assert measure.summary() == {}
    measure.update(truth, said)
    found = measure.summary()
    assert found["proposals"] == 7
    assert found["right"] == pytest.approx(4 / 7)
    assert found["ece"] == pytest.approx((2 * abs(0.5 - 0.925) + 0.8 + 0.3 + 0.4 + 0.5 + 0.6) / 7)
    assert {low: item["count"] for low, item in found["bins"].items()} == {
        "0.4": 1, "0.5": 1, "0.6": 1, "0.7": 1, "0.8": 1, "0.9": 2
    }  # fmt: skip
    measure.reset()
    assert measure.summary() == {}


def test_temperature_is_the_one_the_labels_were_drawn_with() -> None:
    generator = np.random.default_rng(4)
    logits = generator.normal(0, 2, (20_000, 3))
    true = np.exp(logits / 2.5)
    true /= true.sum(axis=1, keepdims=True)
    classes = (generator.random((20_000, 1)) > true.cumsum(axis=1)).sum(axis=1)
    found = fitted_temperature(logits, classes)
    assert found == pytest.approx(2.5, rel=0.05)
    losses = [
        negative_log_likelihood(logits, classes, t) for t in (found * 0.9, found, found * 1.1)
    ]
    assert losses[1] < min(losses[0], losses[2])


def test_likelihood_is_hand_computed() -> None:
    logits, classes = np.array([[0.0, np.log(3.0)], [0.0, 0.0]]), np.array([1, 0])
    right = (-np.log(3 / 4) - np.log(1 / 2)) / 2
    assert negative_log_likelihood(logits, classes, 1.0) == pytest.approx(right)


def test_model_that_is_always_right_gets_as_cold_as_is_looked_at() -> None:
    logits = np.array([[0.0, 1.0]] * 30)
    assert fitted_temperature(logits, np.ones(30, int)) == pytest.approx(0.05, rel=0.01)
