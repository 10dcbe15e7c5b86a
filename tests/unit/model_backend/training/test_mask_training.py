"""U-Net's weighted loss and elastic deformation, against hand-computed figures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from model_backend.training.deformation import (
    deformed,
    deformed_classes,
    displacement_field,
    random_displacements,
)
from model_backend.training.mask_loss import (
    class_weights,
    pixel_weights,
    weighted_cross_entropy,
)


def test_border_between_two_objects_counts_most() -> None:
    objects = np.zeros((1, 9), np.int64)
    objects[0, :2], objects[0, 6:8] = 1, 2
    classes = (objects > 0).astype(np.int64)
    weights = pixel_weights(objects, classes)[0]
    background, foreground = 9 / (2 * 5), 9 / (2 * 4)
    assert weights[[0, 1, 6, 7]] == pytest.approx(foreground)
    # pixel 3 is 2 from the first and 3 from the second object, pixel 8 is 1 and 7 from them
    assert weights[3] == pytest.approx(background + 10 * np.exp(-(5**2) / 50))
    assert weights[8] == pytest.approx(background + 10 * np.exp(-(8**2) / 50))
    wide = pixel_weights(objects, classes, border_weight=1.0, border_px=2.0)[0]
    assert wide[3] == pytest.approx(background + np.exp(-25 / 8))


@pytest.mark.parametrize("count", [0, 1])
def test_no_border_without_two_objects(count: int) -> None:
    objects = np.zeros((4, 4), np.int64)
    objects[:count, 0] = 1
    classes = (objects > 0).astype(np.int64)
    assert np.array_equal(pixel_weights(objects, classes), class_weights(classes))
    assert class_weights(classes).mean() == pytest.approx(1.0)


def test_loss_is_the_weighted_mean() -> None:
    logits = torch.tensor([[[[0.0, 2.0]], [[0.0, 0.0]]]])  # (1, 2, 1, 2)
    classes = torch.tensor([[[0, 1]]])
    weights = torch.tensor([[[1.0, 3.0]]])
    right = np.log(2.0)
    wrong = np.log(1 + np.exp(2.0))
    said = weighted_cross_entropy(logits, classes, weights).item()
    assert said == pytest.approx((right + 3 * wrong) / 4, rel=1e-6)


def test_field_goes_through_the_grid() -> None:
    coarse = random_displacements(np.random.default_rng(1))
    field = displacement_field(coarse, 41, 61)
    assert field.shape == (2, 41, 61)
    assert field[:, ::20, ::30] == pytest.approx(coarse)
    many = random_displacements(np.random.default_rng(2), grid=200)
    assert many.std() == pytest.approx(10, rel=0.02)


def test_picture_and_classes_move_alike() -> None:
    generator = np.random.default_rng(3)
    picture = generator.integers(0, 256, (20, 30, 3), dtype=np.uint8)
    classes = generator.integers(0, 4, (20, 30))
    still = np.zeros((2, 20, 30))
    assert np.array_equal(deformed(picture, still), picture)
    assert np.array_equal(deformed_classes(classes, still), classes)
    still[0], still[1] = 2.0, -3.0  # taken from two rows below, three columns to the left
    moved, labels = deformed(picture, still), deformed_classes(classes, still)
    assert moved.dtype == np.uint8
    assert np.array_equal(moved[:18, 3:], picture[2:, :-3])
    assert np.array_equal(labels[:18, 3:], classes[2:, :-3])
    field = displacement_field(random_displacements(generator), 20, 30)
    assert set(np.unique(deformed_classes(classes, field))) <= set(range(4))
