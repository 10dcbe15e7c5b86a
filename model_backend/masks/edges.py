"""Outlines of masks: on pixel edges, holes as rings of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model_backend.document import Mask, Polygon, transform_point
from model_backend.masks.runs import decode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]


def contours(mask: Mask) -> tuple[Polygon, ...]:
    """Outlines on pixel edges in page units: outer ones clockwise, holes the other way round.

    Pixels that touch only at a corner belong to separate outlines. Filled with the even-odd (or
    winding) rule the outlines give the mask back.
    """
    bitmap = decode(mask.counts, mask.width, mask.height)
    xs, ys, across, along = _corners(bitmap)
    return tuple(
        tuple(transform_point(mask.to_page, (xs[index], ys[index])) for index in ring)
        for ring in _rings(bitmap, xs, ys, across, along)
    )


def _corners(bitmap: Bitmap) -> tuple[list[int], list[int], list[int], list[int]]:
    """Corners of the outlines: x, y, and for each its partner along the row and along the column.

    In every row of the lattice the corners alternate between beginning and ending an edge, and so
    in every column. A point where two pixels touch diagonally is two corners; `order` says which
    of them each edge meets.
    """
    import numpy as np

    padded = np.pad(bitmap, 1)
    upper_left, upper_right = padded[:-1, :-1], padded[:-1, 1:]
    lower_left, lower_right = padded[1:, :-1], padded[1:, 1:]
    is_saddle = (upper_left == lower_right) & (upper_right == lower_left)
    is_saddle &= upper_left != upper_right
    is_corner = upper_left ^ upper_right ^ lower_left ^ lower_right
    ys, xs = np.nonzero(is_corner | is_saddle)
    repeats = 1 + is_saddle[ys, xs]
    second = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    ys, xs = np.repeat(ys, repeats), np.repeat(xs, repeats)
    order = np.where(upper_left[ys, xs] | (np.repeat(repeats, repeats) == 1), second, 1 - second)
    by_column = np.lexsort((order, ys, xs))
    across = np.arange(len(xs)) ^ 1  # nonzero() is in row order already: partners are 2k, 2k + 1
    along = np.empty_like(across)
    along[by_column] = by_column[across]
    return xs.tolist(), ys.tolist(), across.tolist(), along.tolist()


def _rings(
    bitmap: Bitmap, xs: list[int], ys: list[int], across: list[int], along: list[int]
) -> list[list[int]]:
    """Closed chains of corners; each begins at its topmost, leftmost corner."""
    is_done = bytearray(len(xs))
    rings = []
    for start in range(len(xs)):
        if is_done[start]:
            continue
        ring, current = [], start
        while not is_done[current]:
            partner = across[current]
            is_done[current] = is_done[partner] = 1
            ring += [current, partner]
            current = along[partner]
        is_outer = ys[start] < bitmap.shape[0] and bitmap[ys[start], xs[start]]
        rings.append(ring if is_outer else [ring[0], *reversed(ring[1:])])
    return rings
