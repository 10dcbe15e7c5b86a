"""Outlines with fewer corners: any number of them, from one ranking of all corners.

Source: M. Visvalingam and J. D. Whyatt, "Line generalisation by repeated elimination of points",
The Cartographic Journal 30 (1993): the corner that spans the smallest triangle goes first.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from model_backend.document import (
    IDENTITY,
    Affine,
    Mask,
    Point,
    Polygon,
    bounding_box,
    inverse,
    transform_point,
)
from model_backend.masks.outlines import Part, bridged, parts_of_mask, parts_of_polygons
from model_backend.masks.rasters import bitmap_on, parts_to_bitmap, polygons_to_bitmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]

COMPARED_PX = 640
"""The longer side of the raster on which a simplified outline is compared with the exact one."""
MOST_CORNERS = 100_000
MOST_COMPARED = 4_000_000
GOOD_IOU = 0.95
GOLDEN = (5**0.5 - 1) / 2
LEAST_CORNERS = 3


class Simplification:
    """The outlines of a mask or of polygons (page units) with as many corners as are wanted.

    Every part and every hole keeps at least three: none is filled or lost. Of a mask all corners
    are those of its outline half-way between ink and paper, which runs straight along slants.
    ValueError for more than 100,000 corners, or an empty mask.
    """

    def __init__(self, polygons: Sequence[Polygon], mask: Mask | None = None) -> None:
        self._polygons, self._mask = polygons, mask
        self._parts: tuple[Part, ...] = (
            parts_of_polygons(polygons) if mask is None else _smooth_parts(mask)
        )
        if not 0 < sum(len(ring) for part in self._parts for ring in part) <= MOST_CORNERS:
            raise ValueError("there are no corners, or too many of them")
        weights = [[_weights(ring) for ring in part] for part in self._parts]
        self._ranks = _ranks(weights)
        self.most = sum(len(ring) for part in weights for ring in part)
        """Corners of the exact outline."""
        self.least = sum(min(len(ring), LEAST_CORNERS) for part in weights for ring in part)
        """The fewest corners possible."""

    def polygons(self, count: int) -> tuple[Polygon, ...]:
        """The outline with so many corners, those of bridges not counted."""
        return tuple(bridged(part) for part in self._kept(count))

    def corners(self, count: int) -> int:
        """How many corners that outline has: no more than there are, and at least three a ring."""
        return min(max(count, self.least), self.most)

    def iou(self, count: int) -> float:
        """Intersection over union of that outline with the exact one, 0..1."""
        other = parts_to_bitmap(self._kept(count), *self._raster)  # bridges enclose nothing
        union = int((self._exact | other).sum())
        return 1.0 if not union else int((self._exact & other).sum()) / union

    def good_count(self, iou: float = GOOD_IOU) -> int:
        """The fewest corners with which the outline is as good as this."""
        counts = range(self.least, self.most + 1)
        return counts[min(bisect_left(counts, iou, key=self.iou), len(counts) - 1)]

    def _kept(self, count: int) -> list[Part]:
        most = self.corners(count)
        return [
            tuple(
                tuple(point for point, rank in zip(ring, own, strict=True) if rank < most)
                for ring, own in zip(part, ranks, strict=True)
            )
            for part, ranks in zip(self._parts, self._ranks, strict=True)
        ]

    @cached_property
    def _raster(self) -> tuple[int, int, Affine]:
        """A mask's own pixels where there are not too many, else a raster around it all."""
        if self._mask is not None and self._mask.width * self._mask.height <= MOST_COMPARED:
            return self._mask.width, self._mask.height, inverse(self._mask.to_page)
        box = bounding_box(point for part in self._parts for ring in part for point in ring)
        scale = COMPARED_PX / max(box.width, box.height, 1e-6)
        return (
            math.ceil(box.width * scale) + 2,
            math.ceil(box.height * scale) + 2,
            (scale, 0.0, 0.0, scale, 1 - box.x0 * scale, 1 - box.y0 * scale),
        )

    @cached_property
    def _exact(self) -> Bitmap:
        if self._mask is not None:
            return bitmap_on(self._mask, *self._raster)
        return polygons_to_bitmap(self._polygons, *self._raster)


def _smooth_parts(mask: Mask) -> tuple[Part, ...]:
    return tuple(
        tuple(
            tuple(transform_point(mask.to_page, point) for point in _half_way(ring))
            for ring in part
        )
        for part in parts_of_mask(replace(mask, to_page=IDENTITY))
    )


def _half_way(ring: Polygon) -> Polygon:
    """A ring on pixel edges led past its corners, half a pixel before and behind each: the same
    pixels lie inside, and stairs are straight.
    """
    points: list[Point] = []
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], *ring[:1]), strict=True):
        length = abs(x1 - x0) + abs(y1 - y0)
        dx, dy = (x1 - x0) / length / 2, (y1 - y0) / length / 2
        points.append((x0 + dx, y0 + dy))
        if length > 1:
            points.append((x1 - dx, y1 - dy))
    return tuple(points)


def _weights(ring: Polygon) -> list[float]:
    """For each corner the largest triangle that had to go before it; infinite for the last three.

    A corner never weighs less than one that went before it.
    """
    size = len(ring)
    before, after = [(i - 1) % size for i in range(size)], [(i + 1) % size for i in range(size)]
    areas = [_triangle(ring[before[i]], ring[i], ring[after[i]]) for i in range(size)]
    heap = [(area, i) for i, area in enumerate(areas)]
    heapq.heapify(heap)
    weights, left, largest = [math.inf] * size, size, 0.0
    while left > LEAST_CORNERS:
        area, i = heapq.heappop(heap)
        if area != areas[i]:
            continue  # an older entry: the triangle has changed since
        largest = max(largest, area)
        weights[i], areas[i] = largest, -1.0
        left -= 1
        a, b = before[i], after[i]
        after[a], before[b] = b, a
        for j in (a, b):
            areas[j] = _triangle(ring[before[j]], ring[j], ring[after[j]])
            heapq.heappush(heap, (areas[j], j))
    return weights


def _ranks(weights: list[list[list[float]]]) -> list[list[list[int]]]:
    """The place of every corner among all, the heaviest first.

    The steps of a pixel outline all weigh the same: those are spread evenly along it.
    """
    keys = [
        (-weight, index * GOLDEN % 1.0, (part, ring, index))
        for part, rings in enumerate(weights)
        for ring, own in enumerate(rings)
        for index, weight in enumerate(own)
    ]
    ranks = [[[0] * len(ring) for ring in part] for part in weights]
    for rank, (_weight, _spread, (part, ring, index)) in enumerate(sorted(keys)):
        ranks[part][ring][index] = rank
    return ranks


def _triangle(a: Point, b: Point, c: Point) -> float:
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2
