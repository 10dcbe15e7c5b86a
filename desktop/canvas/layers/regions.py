"""Regions: boxes, polygons and masks in their label's colour, with its name; dashed or hatched
while proposed.
"""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPainterPath

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

MASK_BYTES = 96 * 1024 * 1024
MASK_ALPHA, MASK_PROPOSED_ALPHA = 120, 70
NAMES_FROM_PX = 28.0


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
    points = [point for polygon in region.polygons for point in polygon]
    box = region.box.normalized()
    for x, y in points:
        box = Box(min(box.x0, x), min(box.y0, y), max(box.x1, x), max(box.y1, y))
    return box


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
        self._images: OrderedDict[tuple[Mask, str, int], QImage] = OrderedDict()
        self._bytes = 0

    def image(self, mask: Mask, name: str, alpha: int) -> QImage | None:
        """The mask in a colour; None for one that is not possible."""
        key = (mask, name, alpha)
        if key in self._images:
            self._images.move_to_end(key)
            return self._images[key]
        made = tinted(mask, name, alpha)
        if made is not None:
            self._images[key] = made
            self._bytes += made.sizeInBytes()
            while self._bytes > MASK_BYTES and len(self._images) > 1:
                self._bytes -= self._images.popitem(last=False)[1].sizeInBytes()
        return made


def tinted(mask: Mask, name: str, alpha: int) -> QImage | None:
    """A mask's pixels in one translucent colour, the rest clear; None when its run lengths do not
    fit.
    """
    import numpy as np

    from model_backend import masks

    try:
        bitmap = masks.decode(mask.counts, mask.width, mask.height)
    except (ValueError, UserError):
        return None
    ink = color(name, alpha)
    share = alpha / 255
    red, green, blue = (round(part * share) for part in (ink.red(), ink.green(), ink.blue()))
    word = (alpha << 24) | (red << 16) | (green << 8) | blue
    pixels = bitmap.astype(np.uint32) * np.uint32(word)
    view = np.ascontiguousarray(pixels).tobytes()
    made = QImage(
        view, mask.width, mask.height, mask.width * 4, QImage.Format.Format_ARGB32_Premultiplied
    )
    return made.copy()


def paint_region(painter: QPainter, region: Region, look: Look, masks: MaskImages) -> None:
    """One region; what is only proposed is dashed and paler."""
    name, proposed = annotation_color(look.schema, region), is_proposed(region)
    with saved(painter):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if region.mask is not None:
            _paint_mask(painter, region.mask, name, masks, is_proposed=proposed)
            painter.setPen(look.pen(name, 1.0, alpha=200 if proposed else 90, is_dashed=proposed))
            painter.drawRect(rect_of(region.box))
        elif region.polygons:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(look.pen(name, 2.0, is_dashed=proposed))
            painter.setBrush(brush(name, 20 if proposed else 42))
            painter.drawPath(outline_of(region))
        else:
            painter.setPen(look.pen(name, 2.0, is_dashed=proposed))
            painter.setBrush(brush(name, 14 if proposed else 30))
            painter.drawRect(rect_of(region.box))
    if region.box.width * look.scale >= NAMES_FROM_PX:
        _paint_name(painter, region, look)


def outline_of(region: Region) -> QPainterPath:
    """The outline of a region's polygons, filled as their union; of its box where it has none."""
    path = path_of(region.polygons or (region.box.corners,))
    path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _paint_mask(
    painter: QPainter, mask: Mask, name: str, masks: MaskImages, *, is_proposed: bool
) -> None:
    image = masks.image(mask, name, MASK_PROPOSED_ALPHA if is_proposed else MASK_ALPHA)
    if image is None:
        return
    with saved(painter):
        painter.setTransform(transform_of(mask.to_page), True)
        painter.drawImage(QRectF(0, 0, mask.width, mask.height), image)


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
