"""The loss of U-Net: cross-entropy of pixels, weighted so that borders between objects count.

Ronneberger et al. 2015, section 3, equations 1 and 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from torch import Tensor
from torch.nn import functional

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]
    Integers = NDArray[np.int64]

BORDER_WEIGHT, BORDER_PX = 10.0, 5.0
"""w0 and sigma (in pixels)."""


def pixel_weights(
    objects: Integers,
    classes: Integers,
    *,
    border_weight: float = BORDER_WEIGHT,
    border_px: float = BORDER_PX,
) -> Numbers:
    """w(x) = w_c(x) + w0 exp(-(d1(x) + d2(x))^2 / (2 sigma^2)), (H, W).

    `objects` (H, W) has the number of the object that each pixel belongs to, 0 for the background;
    `classes` (H, W) its class. d1 and d2 are the distances to the nearest and the second nearest
    object, so only the background between two objects gets more than its class's weight.
    """
    weights = class_weights(classes)
    numbers = [number for number in np.unique(objects) if number]
    if len(numbers) < 2:
        return weights
    first = np.full(objects.shape, np.inf)
    second = first.copy()
    for number in numbers:  # one map at a time: a page may have hundreds of objects
        distance = ndimage.distance_transform_edt(objects != number)
        second = np.minimum(second, np.maximum(first, distance))
        first = np.minimum(first, distance)
    between = border_weight * np.exp(-((first + second) ** 2) / (2 * border_px**2))
    return (weights + np.where(objects == 0, between, 0.0)).astype(np.float32)


def class_weights(classes: Integers) -> Numbers:
    """w_c(x), (H, W): all classes of the picture weigh the same, and their mean is 1."""
    found, places, counts = np.unique(classes, return_inverse=True, return_counts=True)
    weights = classes.size / (len(found) * counts)
    return np.asarray(weights[places].reshape(classes.shape), dtype=np.float32)


def weighted_cross_entropy(logits: Tensor, classes: Tensor, weights: Tensor) -> Tensor:
    """The mean over pixels of -w(x) log p of the right class, a number.

    logits (B, C, H, W), classes (B, H, W), weights (B, H, W); divided by the sum of the weights, so
    that pictures with many borders do not learn faster.
    """
    losses = functional.cross_entropy(logits, classes, reduction="none")  # (B, H, W)
    return (losses * weights).sum() / weights.sum()
