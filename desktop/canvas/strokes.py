"""Strokes of the brush made into pixels of a mask; what was painted before is copied pixel by
pixel, never resampled.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from desktop.canvas.layers.layer import polygon_of
from desktop.document import edits
from model_backend.document import (
    Affine,
    Box,
    Mask,
    Page,
    Point,
    bounding_box,
    compose,
    inverse,
    transform_point,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MOST_PIXELS = 50_000_000


class NotPossible(Exception):
    """The mask would have too many pixels."""


@dataclass(frozen=True)
class Stroke:
    """Where the brush went, in page units, and how wide it was."""

    points: Sequence[Point]
    width: float
    is_eraser: bool = False


def painted(page: Page, mask: Mask | None, stroke: Stroke) -> Mask | None:
    """The mask after the stroke, cropped to its ink; None when no ink is left. A new one where
    there was none.
    """
    import numpy as np

    from model_backend import masks

    to_page = mask.to_page if mask is not None else edits.new_raster(page)
    x0, y0, x1, y1 = _extent(page, mask, stroke, to_page)
    width, height = x1 - x0, y1 - y0
    if width <= 0 or height <= 0:
        return mask
    if width * height > MOST_PIXELS:
        raise NotPossible
    placed = compose((1.0, 0.0, 0.0, 1.0, float(x0), float(y0)), to_page)
    bitmap = np.zeros((height, width), dtype=bool, order="F")  # as run lengths go
    if mask is not None:
        ink = masks.decode(mask.counts, mask.width, mask.height)
        bitmap[-y0 : mask.height - y0, -x0 : mask.width - x0] = ink
    left, top, right, bottom = _window(stroke, inverse(placed), width, height)
    if right > left and bottom > top:
        line = _drawn(stroke, left, top, right - left, bottom - top, inverse(placed))
        part = bitmap[top:bottom, left:right]
        part[:] = part & ~line if stroke.is_eraser else part | line
    return masks.mask_from_bitmap(bitmap, placed) if bitmap.any() else None


def _window(
    stroke: Stroke, from_page: Affine, width: int, height: int
) -> tuple[int, int, int, int]:
    """The pixels that the stroke can reach: left, top, right, bottom."""
    reach = _around(bounding_box(stroke.points).grown(stroke.width / 2), from_page)
    return (
        max(0, math.floor(reach.x0) - 1),
        max(0, math.floor(reach.y0) - 1),
        min(width, math.ceil(reach.x1) + 1),
        min(height, math.ceil(reach.y1) + 1),
    )


def _extent(
    page: Page, mask: Mask | None, stroke: Stroke, to_page: Affine
) -> tuple[int, int, int, int]:
    """Pixels of the old mask's raster that the new one covers: the old one whole, and the stroke on
    the page.
    """
    reach = bounding_box(stroke.points).grown(stroke.width / 2).intersection(page.box)
    old = (0, 0, mask.width, mask.height) if mask is not None else None
    if reach.width <= 0 or reach.height <= 0 or (stroke.is_eraser and old is not None):
        return old or (0, 0, 0, 0)
    box = _around(reach, inverse(to_page))
    new = (math.floor(box.x0), math.floor(box.y0), math.ceil(box.x1), math.ceil(box.y1))
    if old is None:
        return new
    return (min(0, new[0]), min(0, new[1]), max(old[2], new[2]), max(old[3], new[3]))


def _around(box: Box, affine: Affine) -> Box:
    return bounding_box(transform_point(affine, corner) for corner in box.corners)


def _drawn(
    stroke: Stroke, left: int, top: int, width: int, height: int, from_page: Affine
) -> NDArray[np.bool_]:
    """The stroke's pixels in a window of the raster."""
    import numpy as np

    image = QImage(width, height, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setTransform(QTransform(*from_page) * QTransform.fromTranslate(-left, -top))
    draw_line(painter, stroke.points, QPen(QColor(255, 255, 255), stroke.width))
    painter.end()
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8)
    line: NDArray[np.bool_] = pixels.reshape(height, image.bytesPerLine())[:, :width] > 127
    return line


def draw_line(painter: QPainter, points: Sequence[Point], pen: QPen) -> None:
    """A stroke with round ends and turns; a dot where it has but one point."""
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if len(points) == 1:
        painter.drawPoint(QPointF(*points[0]))
    else:
        painter.drawPolyline(polygon_of(points))
