"""Rotated boxes: regions whose one polygon is a rectangle. Nothing else is kept of them, so every
store, format and edit of polygons has them too. No Qt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from model_backend.document import (
    Affine,
    Box,
    Point,
    Polygon,
    Region,
    inverse,
    rotation_about,
    transform_point,
)

MOST_SKEW = 0.02
"""How far corners may be from a rectangle's, as a share of its shorter side: files round them."""


@dataclass(frozen=True)
class RotatedBox:
    """A rectangle in its own frame, turned clockwise by `degrees` about its centre."""

    center: Point
    width: float
    height: float
    degrees: float = 0.0

    @property
    def frame(self) -> Box:
        """The rectangle before it is turned."""
        x, y = self.center
        return Box(x - self.width / 2, y - self.height / 2, x + self.width / 2, y + self.height / 2)

    @property
    def to_page(self) -> Affine:
        """From the frame to the page."""
        return rotation_about(self.center, self.degrees)

    @property
    def corners(self) -> Polygon:
        """The four corners on the page, clockwise from the frame's top left."""
        return tuple(transform_point(self.to_page, corner) for corner in self.frame.corners)

    def in_frame(self, point: Point) -> Point:
        """A point of the page in the frame."""
        return transform_point(inverse(self.to_page), point)

    def with_frame(self, frame: Box) -> RotatedBox:
        """Another rectangle in the same frame: what did not move there does not move on the
        page.
        """
        center = transform_point(self.to_page, frame.center)
        return replace(self, center=center, width=frame.width, height=frame.height)

    def turned(self, degrees: float) -> RotatedBox:
        """Turned further clockwise about its centre."""
        return replace(self, degrees=(self.degrees + degrees) % 360)


def rotated_box_of(region: Region) -> RotatedBox | None:
    """The rectangle that the region's outline is; None where it is none, or painted."""
    if region.mask is not None or len(region.polygons) != 1 or len(region.polygons[0]) != 4:
        return None
    a, b, c, d = region.polygons[0]
    if (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) < 0:
        b, d = d, b  # the other way round
    center = ((a[0] + b[0] + c[0] + d[0]) / 4, (a[1] + b[1] + c[1] + d[1]) / 4)
    width = (math.dist(a, b) + math.dist(d, c)) / 2
    height = (math.dist(b, c) + math.dist(a, d)) / 2
    angle = math.degrees(math.atan2(b[1] - a[1] + c[1] - d[1], b[0] - a[0] + c[0] - d[0]))
    found = RotatedBox(center, width, height, angle % 360)
    room = MOST_SKEW * min(width, height)
    pairs = zip((a, b, c, d), found.corners, strict=True)
    return found if room > 0 and all(math.dist(*pair) <= room for pair in pairs) else None


def with_rotated_box(region: Region, box: RotatedBox) -> Region:
    """The region with this rectangle as its outline."""
    corners = box.corners
    xs, ys = [x for x, _y in corners], [y for _x, y in corners]
    return replace(region, polygons=(corners,), box=Box(min(xs), min(ys), max(xs), max(ys)))


def box_on_side(start: Point, end: Point, point: Point) -> RotatedBox:
    """The rectangle with one side from start to end that reaches as far as the point."""
    length = max(math.dist(start, end), 1e-9)
    along = ((end[0] - start[0]) / length, (end[1] - start[1]) / length)
    across = (-along[1], along[0])
    depth = (point[0] - start[0]) * across[0] + (point[1] - start[1]) * across[1]
    center = (
        (start[0] + end[0] + depth * across[0]) / 2,
        (start[1] + end[1] + depth * across[1]) / 2,
    )
    degrees = math.degrees(math.atan2(along[1], along[0])) % 360
    return RotatedBox(center, length, abs(depth), degrees)


def faced_edge(dx: float, dy: float, degrees: float) -> str:
    """The edge ("n", "e", "s", "w" of a frame turned clockwise) that faces a way on the page."""
    x, y = transform_point(rotation_about((0.0, 0.0), -degrees), (dx, dy))
    if abs(x) >= abs(y):
        return "e" if x > 0 else "w"
    return "s" if y > 0 else "n"


OPPOSITE = {"n": "s", "s": "n", "e": "w", "w": "e"}
"""For each edge the one across."""


def with_moved_edge(box: Box, edge: str, by: float) -> Box:
    """The box with one edge moved outwards by so much."""
    return Box(
        box.x0 - (by if edge == "w" else 0.0),
        box.y0 - (by if edge == "n" else 0.0),
        box.x1 + (by if edge == "e" else 0.0),
        box.y1 + (by if edge == "s" else 0.0),
    )
