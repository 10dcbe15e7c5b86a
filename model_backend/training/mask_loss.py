"""The loss of U-Net: cross-entropy of pixels, weighted so that borders between objects count.

Ronneberger et al. 2015, section 3, equations 1 and 2.
"""

from __future__ import annotations

from collections.abc import Iterable
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
REACH = 7.0
"""Sigmas beyond which a border weighs nothing (less than 1e-9)."""


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
    windows = ndimage.find_objects(objects.astype(np.int64, copy=False))
    found = (
        (objects[window] == number, window[0].start, window[1].start)
        for number, window in enumerate(windows, start=1)
        if window is not None
    )
    between = border_weights(found, objects.shape, weight=border_weight, sigma_px=border_px)
    return (weights + np.where(objects == 0, between, 0.0)).astype(np.float32)


def border_weights(
    objects: Iterable[tuple[NDArray[np.bool_], int, int]],
    shape: tuple[int, ...],
    *,
    weight: float = BORDER_WEIGHT,
    sigma_px: float = BORDER_PX,
) -> Numbers:
    """w0 exp(-(d1(x) + d2(x))^2 / (2 sigma^2)), (H, W), of objects: bitmaps with top and left.

    A page may have hundreds of objects: each is looked at only as far as it weighs anything.
    """
    reach = round(REACH * sigma_px)
    first = np.full(shape, np.inf, np.float32)
    second = first.copy()
    for bitmap, top, left in objects:
        wide = ndimage.distance_transform_edt(~np.pad(bitmap, reach)).astype(np.float32)
        y0, x0 = top - reach, left - reach
        own = wide[max(0, -y0) : shape[0] - y0, max(0, -x0) : shape[1] - x0]
        window = np.s_[
            max(0, y0) : max(0, y0) + own.shape[0], max(0, x0) : max(0, x0) + own.shape[1]
        ]
        second[window] = np.minimum(second[window], np.maximum(first[window], own))
        first[window] = np.minimum(first[window], own)
    between: Numbers = weight * np.exp(-((first + second) ** 2) / np.float32(2 * sigma_px**2))
    return between


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
