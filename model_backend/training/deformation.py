"""Elastic deformation of pictures and their masks alike: what few annotated pages teach most by.

Ronneberger et al. 2015, section 3.1: random displacements on a coarse 3 x 3 grid, from a Gaussian
of 10 pixels, interpolated bicubically for each pixel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import ndimage

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

GRID, DEVIATION_PX = 3, 10.0
CUBIC: Literal[3] = 3
NEAREST: Literal[0] = 0
"""Orders of interpolation."""


def random_displacements(
    generator: np.random.Generator, *, grid: int = GRID, deviation_px: float = DEVIATION_PX
) -> Numbers:
    """Displacements (2, grid, grid), down and to the right, in pixels."""
    return generator.normal(0.0, deviation_px, (2, grid, grid))


def displacement_field(coarse: Numbers, height: int, width: int) -> Numbers:
    """Displacements (2, height, width) of each pixel, through those of the grid (2, G, G), whose
    outer points lie on the corners and edges.
    """
    steps = coarse.shape[1] - 1
    rows, columns = np.linspace(0, steps, height), np.linspace(0, steps, width)
    places = np.meshgrid(rows, columns, indexing="ij")
    return np.stack(
        [ndimage.map_coordinates(part, places, order=CUBIC, mode="nearest") for part in coarse]
    )


def deformed(picture: NDArray[Any], field: Numbers) -> NDArray[Any]:
    """The picture (H, W) or (H, W, C) with each pixel taken from where the field (2, H, W) points,
    bicubic, of the same type; mirrored beyond the borders.
    """
    if picture.ndim == 2:
        return _resampled(picture, field, CUBIC)
    return np.stack(
        [_resampled(picture[..., n], field, CUBIC) for n in range(picture.shape[-1])], axis=-1
    )


def deformed_classes(classes: NDArray[Any], field: Numbers) -> NDArray[Any]:
    """Numbers of classes or objects (H, W), moved by the same field; none is invented between."""
    return _resampled(classes, field, NEAREST)


def _resampled(picture: NDArray[Any], field: Numbers, order: Literal[0, 3]) -> NDArray[Any]:
    places = np.indices(picture.shape) + field
    exact = picture.astype(np.float64)
    found = ndimage.map_coordinates(exact, places, order=order, mode="mirror")
    if np.issubdtype(picture.dtype, np.integer):
        limits = np.iinfo(picture.dtype)
        found = np.clip(np.rint(found), limits.min, limits.max)
    return np.asarray(found.astype(picture.dtype))
