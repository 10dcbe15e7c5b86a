"""Regions: boxes, polygons and masks in their label's colour, with its name; dashed or hatched
while proposed.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath

from desktop.canvas.layers.layer import (
    Look,
    in_pixels,
    path_of,
    rect_of,
    saved,
    shown,
    transform_of,
)
from desktop.canvas.style import annotation_color, brush, color, font, is_proposed
from model_backend.document import Box, Mask, Page, Region
from model_backend.errors import UserError
from model_backend.masks.outlines import rings_of, signed_area

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASK_BYTES = 96 * 1024 * 1024
MASK_ALPHA, MASK_PROPOSED_ALPHA = 120, 70
NAMES_FROM_PX = 28.0
FINE_CORNERS = 150
"""Outlines with more corners than this are drawn thinner: they would hide what is in them."""
LARGEST_STEP = 5
"""Small masks are shown by coarser pictures: at most 2**5 pixels to one, each way."""


class RegionLayer:
    """All regions of the page, the largest first so that small ones stay visible."""

    def __init__(self) -> None:
        self.regions: tuple[Region, ...] = ()
        self._items: tuple[Region, ...] = ()
        self.masks = MaskImages()

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's regions."""
        items = shown(page.regions, look.hidden_ids)
        if items is self._items:
            return []
        old = {region.id: region for region in self._items}
        new = {region.id: region for region in items}
        self._items = items
        self.regions = tuple(sorted(items, key=lambda region: -region.box.area))
        ids = [key for key in old.keys() | new.keys() if old.get(key) != new.get(key)]
        return [drawn_bounds(side[key], look) for key in ids for side in (old, new) if key in side]

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Regions that are in view."""
        for region in self.regions:
            if drawn_bounds(region, look).grown(20 * look.pixel).intersects(exposed):
                paint_region(painter, region, look, self.masks)


def region_bounds(region: Region) -> Box:
    """The box around a region, also where its polygons leave its own box."""
    box = region.box.normalized()
    points = [point for polygon in region.polygons for point in polygon]
    if not points:
        return box
    xs, ys = zip(*points, strict=True)
    return Box(min(box.x0, *xs), min(box.y0, *ys), max(box.x1, *xs), max(box.y1, *ys))


def drawn_bounds(region: Region, look: Look) -> Box:
    """The box around a region and its name, which may be wider than the region."""
    box, left = region_bounds(region), region.box.normalized().x0
    return Box(box.x0, box.y0, max(box.x1, left + name_width(name_of(region)) * look.pixel), box.y1)


def name_of(region: Region) -> str:
    """What stands over a region."""
    return f"{region.label} ?" if is_proposed(region) else region.label


@lru_cache(maxsize=256)
def name_width(text: str) -> float:
    """How wide a region's name is, in screen pixels."""
    return QFontMetricsF(font(10, is_bold=True)).horizontalAdvance(text) + 8


class MaskImages:
    """Masks as tinted pictures, the least recently painted ones forgotten first."""

    def __init__(self) -> None:
        self._images: OrderedDict[tuple[Mask, str, int, int], QImage] = OrderedDict()
        self._bytes = 0

    def draw(self, painter: QPainter, mask: Mask, name: str, alpha: int, scale: float) -> None:
        """Paint a mask in a colour where it lies; `scale` is the screen's pixels a page unit."""
        a, b, c, d, _e, _f = mask.to_page
        pixel = abs(a * d - b * c) ** 0.5
        step = step_for(scale * pixel)
        image = self.image(mask, name, alpha, step)
        if image is None:
            return
        # the last pixels of a coarser picture may reach farther than the mask
        part = QRectF(0, 0, mask.width / step, mask.height / step)
        with saved(painter):
            painter.setTransform(transform_of(mask.to_page), True)
            is_smaller = scale * pixel < 1
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smaller)
            painter.drawImage(QRectF(0, 0, mask.width, mask.height), image, part)

    def image(self, mask: Mask, name: str, alpha: int, step: int = 1) -> QImage | None:
        """The mask in a colour, one pixel for `step` x `step`; None for one that is not
        possible.
        """
        key = (mask, name, alpha, step)
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        made = tinted(mask, name, alpha, step)
        if made is not None:
            self._images[key] = made
            self._bytes += made.sizeInBytes()
            while self._bytes > MASK_BYTES and len(self._images) > 1:
                self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()
        return made


def step_for(scale: float) -> int:
    """How many pixels of a mask, each way, are one of its picture, where the screen shows one of
    them with so many of its own.
    """
    return 1 << max(0, min(LARGEST_STEP, int(-math.log2(max(scale, 1e-9)))))


def tinted(mask: Mask, name: str, alpha: int, step: int = 1) -> QImage | None:
    """A mask in one translucent colour, the rest clear; None when its run lengths do not
    fit, or no memory is left for it.

    With a `step` each pixel is as strong as its share of `step` x `step` pixels of the mask.
    """
    import numpy as np

    from model_backend import masks

    try:
        bitmap = masks.decode(mask.counts, mask.width, mask.height)
    except (ValueError, UserError):
        return None
    ink = color(name, alpha)
    height, width = -(-mask.height // step), -(-mask.width // step)
    made = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    if made.isNull():
        return None  # there is no memory for it
    # written in place: copies of a whole page take longer than finding its pixels
    pixels = np.frombuffer(made.bits(), dtype=np.uint32).reshape(height, width)
    if step == 1:
        np.multiply(bitmap, _tints(ink, 1)[1], out=pixels)
    else:
        np.take(_tints(ink, step * step), _counted(bitmap, step), out=pixels, mode="clip")
    return made


def _tints(ink: QColor, most: int) -> NDArray[np.uint32]:
    """The colour for every count of pixels up to the most, its channels multiplied with alpha."""
    import numpy as np

    shares = np.arange(most + 1) / most * (ink.alpha() / 255)
    alpha, red, green, blue = (
        np.round(shares * part).astype(np.uint32)
        for part in (255, ink.red(), ink.green(), ink.blue())
    )
    tints: NDArray[np.uint32] = np.bitwise_or.reduce([alpha << 24, red << 16, green << 8, blue])
    return tints


def _counted(bitmap: NDArray[np.bool_], step: int) -> NDArray[np.uint16]:
    """How many pixels are set in each square of `step` x `step`."""
    import numpy as np

    height, width = bitmap.shape
    padded = np.pad(bitmap, ((0, -height % step), (0, -width % step))).view(np.uint8)
    # whole rows and columns are added: summing over axes is ten times slower
    columns = padded[:, ::step].astype(np.uint16)
    for at in range(1, step):
        columns += padded[:, at::step]
    counts = columns[::step].copy()
    for at in range(1, step):
        counts += columns[at::step]
    return counts


def paint_region(painter: QPainter, region: Region, look: Look, masks: MaskImages) -> None:
    """One region; what is only proposed is dashed and paler."""
    name, proposed = annotation_color(look.schema, region), is_proposed(region)
    with saved(painter):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if region.mask is not None:
            alpha = MASK_PROPOSED_ALPHA if proposed else MASK_ALPHA
            masks.draw(painter, region.mask, name, alpha, look.scale * look.dpr)
            painter.setPen(look.pen(name, 1.0, alpha=200 if proposed else 90, is_dashed=proposed))
            painter.drawRect(rect_of(region.box))
        elif region.polygons:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            is_fine = sum(map(len, region.polygons)) > FINE_CORNERS
            painter.setPen(look.pen(name, 1.0 if is_fine else 2.0, is_dashed=proposed))
            painter.setBrush(brush(name, 20 if proposed else 42))
            painter.drawPath(outline_of(region))
        else:
            painter.setPen(look.pen(name, 2.0, is_dashed=proposed))
            painter.setBrush(brush(name, 14 if proposed else 30))
            painter.drawRect(rect_of(region.box))
    if region.box.width * look.scale >= NAMES_FROM_PX:
        _paint_name(painter, region, look)


def outline_of(region: Region) -> QPainterPath:
    """The outline of a region's polygons, filled as their union, holes open; of its box where it
    has none.
    """
    if len(region.polygons) < 2:
        path = path_of(rings_of((region.polygons or (region.box.corners,))[0]))
        path.setFillRule(Qt.FillRule.OddEvenFill)
        return path
    # rings that go the same way round make a union by the winding rule
    polygons = [one if signed_area(one) >= 0 else one[::-1] for one in region.polygons]
    path = path_of([ring for polygon in polygons for ring in rings_of(polygon)])
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _paint_name(painter: QPainter, region: Region, look: Look) -> None:
    name, proposed = annotation_color(look.schema, region), is_proposed(region)
    text = name_of(region)
    with in_pixels(painter) as to_screen:
        painter.setFont(font(10, is_bold=True))
        corner = to_screen.map(QPointF(region.box.x0, region.box.y0))
        tab = QRectF(corner.x() - 0.5, corner.y() - 14, name_width(text), 14)
        painter.setPen(look.pen(name))
        painter.setBrush(brush("#ffffff", 235) if proposed else brush(name))
        painter.drawRect(tab)
        painter.setPen(look.pen(name if proposed else "#ffffff"))
        painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, text)
