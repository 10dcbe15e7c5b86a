"""Dice, IoU and average precision: hand-computed values, with empty and degenerate input."""

from __future__ import annotations

import numpy as np
import pytest

from model_backend import masks
from model_backend.document import Box
from model_backend.metrics.dice import Dice, dice
from model_backend.metrics.mean_average_precision import Detection, MeanAveragePrecision

LEFT = np.array([[1, 1, 0, 0]], dtype=bool)
MIDDLE = np.array([[0, 1, 1, 0]], dtype=bool)
NOTHING = np.zeros((1, 4), dtype=bool)


def test_dice_of_two_masks_is_the_formula() -> None:
    assert dice(LEFT, MIDDLE, smooth=0) == 0.5
    assert dice(LEFT, MIDDLE) == pytest.approx(3 / 5)
    assert dice(LEFT, LEFT) == 1
    assert dice(NOTHING, NOTHING) == dice(NOTHING, NOTHING, smooth=0) == 1
    assert dice(NOTHING, LEFT, smooth=0) == 0


def test_dice_refuses_raw_outputs_and_other_shapes() -> None:
    with pytest.raises(ValueError, match="threshold"):
        dice(LEFT, np.array([[0.2, 1.7, 0, 0]]))
    with pytest.raises(ValueError, match="shapes"):
        dice(LEFT, LEFT.T)


def test_dice_is_a_mean_over_masks_and_resets() -> None:
    metric = Dice(smooth=0)
    assert metric.summary()["dice"] == metric.summary()["iou"] == 1
    metric.update(LEFT, LEFT)
    metric.update(LEFT, MIDDLE)
    assert metric.summary() == {
        "dice": 0.75,
        "iou": pytest.approx((1 + 1 / 3) / 2),
        "dice_of_pixels": 0.75,
        "masks": 2,
    }
    metric.reset()
    assert metric.summary()["masks"] == 0


def test_average_precision_of_half_the_boxes() -> None:
    metric = MeanAveragePrecision()
    truth = [Detection("stamp", Box(0, 0, 10, 10)), Detection("stamp", Box(50, 50, 60, 60))]
    metric.update(truth, [Detection("stamp", Box(0, 0, 10, 10), 0.9)])
    # recall reaches 0.5 at precision 1: 51 of the 101 recall levels
    assert metric.summary()["ap"] == pytest.approx(51 / 101)
    metric.reset()
    metric.update(truth, truth)
    assert metric.summary() == {"ap": 1, "ap50": 1, "ap75": 1, "labels": {"stamp": 1}}


def test_average_precision_ranks_by_score() -> None:
    truth = [Detection("a", Box(0, 0, 10, 10))]
    wrong = Box(30, 30, 40, 40)
    for right_score, wrong_score, expected in ((0.9, 0.1, 1.0), (0.1, 0.9, 0.5)):
        metric = MeanAveragePrecision()
        metric.update(
            truth,
            [Detection("a", Box(0, 0, 10, 10), right_score), Detection("a", wrong, wrong_score)],
        )
        assert metric.summary()["ap50"] == pytest.approx(expected)


def test_average_precision_of_a_loose_box_counts_at_half() -> None:
    metric = MeanAveragePrecision()
    metric.update([Detection("a", Box(0, 0, 10, 10))], [Detection("a", Box(0, 0, 10, 6.2))])
    found = metric.summary()
    assert found["ap50"] == pytest.approx(1)
    assert found["ap75"] == 0
    assert found["ap"] == pytest.approx(0.3)  # 0.50, 0.55 and 0.60 of ten thresholds


def test_average_precision_of_masks_sees_holes() -> None:
    ring = np.ones((10, 10), dtype=bool)
    ring[1:9, 1:9] = False

    def of(bitmap: np.ndarray) -> Detection:
        return Detection("a", Box(0, 0, 10, 10), 1.0, masks.encode(bitmap), (10, 10))

    for masks_too, expected in ((True, 0.0), (False, 1.0)):
        metric = MeanAveragePrecision(masks=masks_too)
        metric.update([of(ring)], [of(np.ones((10, 10)))])
        assert metric.summary()["ap50"] == pytest.approx(expected)


def test_average_precision_without_truth_or_predictions() -> None:
    metric = MeanAveragePrecision()
    assert metric.summary()["ap"] == -1
    metric.update([], [Detection("a", Box(0, 0, 1, 1))])
    assert metric.summary() == {"ap": -1, "ap50": -1, "ap75": -1, "labels": {}}
    metric.update([Detection("a", Box(0, 0, 5, 5))], [])
    assert metric.summary()["ap"] == 0
