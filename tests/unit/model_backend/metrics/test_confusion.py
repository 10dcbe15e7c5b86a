"""Accuracy and kappa by hand, with empty and degenerate input."""

from __future__ import annotations

import pytest

from model_backend.metrics.confusion import Confusion


def counted(pairs: dict[tuple[str, str], int]) -> Confusion:
    metric = Confusion()
    for (truth, predicted), times in pairs.items():
        for _ in range(times):
            metric.update(truth, predicted)
    return metric


def test_kappa_is_the_agreement_beyond_chance() -> None:
    # 35 of 50 agree; by chance (25 * 30 + 25 * 20) / 2500 = 0.5
    found = counted({("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15})
    summary = found.summary()
    assert summary["accuracy"] == 0.7
    assert summary["kappa"] == pytest.approx((0.7 - 0.5) / (1 - 0.5))
    assert summary["confusion"] == {"no": {"no": 15, "yes": 10}, "yes": {"no": 5, "yes": 20}}
    assert summary["count"] == 50


def test_full_agreement_and_full_contradiction() -> None:
    assert counted({("a", "a"): 3, ("b", "b"): 3}).summary()["kappa"] == 1
    assert counted({("a", "b"): 3, ("b", "a"): 3}).summary()["kappa"] == -1
    assert counted({("a", "b"): 3}).summary()["kappa"] == 0


def test_one_label_has_no_kappa_and_nothing_no_accuracy() -> None:
    found = counted({("a", "a"): 4})
    assert (found.summary()["accuracy"], found.summary()["kappa"]) == (1, None)
    found.reset()
    assert found.summary() == {"accuracy": None, "kappa": None, "count": 0, "confusion": {}}
