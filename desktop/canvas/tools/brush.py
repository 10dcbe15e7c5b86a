"""The brush and the eraser: strokes on a mask region, its holes and parts kept; one edit for each
stroke.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop.canvas.geometry import simplified
from desktop.canvas.hits import hits
from desktop.canvas.layers.layer import Look, polygon_of
from desktop.canvas.lookup import Item
from desktop.canvas.strokes import NotPossible, Stroke, painted
from desktop.canvas.style import brush, color, label_color
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from model_backend import masks
from model_backend.document import Mask, Page, Point, Region
from model_backend.labels import REGION
from model_backend.translation import _, mark

SMALLEST_PX, LARGEST_PX, STEP = 1.0, 400.0, 1.25


class BrushTool(Tool):
    """Paint a mask: the selected region's where it has one, else a new one (always with Alt)."""

    name = "brush"
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Paint; [ and ] change the size, Alt begins another region.")
    is_eraser: ClassVar[bool] = False

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self._point: Point | None = None

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A stroke on the selected mask or on a new one."""
        region = None if pointer.alt else self.selected_mask()
        return Paint(self.work, pointer, region, is_eraser=False)

    def move(self, pointer: Pointer) -> None:
        """The ring follows."""
        super().move(pointer)
        self._follow(pointer)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The ring follows."""
        self._follow(pointer)
        return self.cursor

    def key(self, key: int) -> bool:
        """[ and ] change the brush's size."""
        if key not in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            return False
        factor = STEP if key == Qt.Key.Key_BracketRight else 1 / STEP
        self.work.brush_px = min(max(self.work.brush_px * factor, SMALLEST_PX), LARGEST_PX)
        self.work.scene.refresh()
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The stroke, and a ring as wide as the brush."""
        super().paint(painter, look)
        if self._point is None:
            return
        radius = self.work.brush_px / 2 * look.pixel
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(brush("#ffffff", 0))
        for line in (look.pen("#ffffff", 3.0, alpha=200), look.pen(look.theme.accent, 1.4)):
            painter.setPen(line)
            painter.drawEllipse(QPointF(*self._point), radius, radius)

    def selected_mask(self) -> Region | None:
        """The one selected region, where it has a mask."""
        items = self.work.selected() if len(self.work.ids) == 1 else []
        item = items[0] if items else None
        return item if isinstance(item, Region) and item.mask is not None else None

    def _follow(self, pointer: Pointer) -> None:
        self._point = pointer.point
        self.work.scene.refresh()


class EraserTool(BrushTool):
    """Take paint away; what is erased altogether is deleted."""

    name = "eraser"
    hint = mark("Erase paint; [ and ] change the size.")
    is_eraser: ClassVar[bool] = True

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A stroke on the selected mask, or on the one under the pointer."""
        region = self.selected_mask() or _mask_at(self.work, pointer)
        if region is None:
            self.work.say(_("There is no painted region here."))
            return None
        self.work.select((region.id,))
        return Paint(self.work, pointer, region, is_eraser=True)


class Paint(Gesture):
    """One stroke: shown as a line, made into pixels when released."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(
        self, work: Workspace, start: Pointer, region: Region | None, *, is_eraser: bool
    ) -> None:
        super().__init__(work, start)
        self._region, self._is_eraser = region, is_eraser
        self._points: list[Point] = [start.point]
        self._width = work.brush_px * start.pixel

    def depends_on(self) -> tuple[Item, ...]:
        """The region that is painted on."""
        return () if self._region is None else (self._region,)

    def move(self, pointer: Pointer) -> None:
        """The stroke grows."""
        super().move(pointer)
        if pointer.point != self._points[-1]:
            self._points.append(pointer.point)

    def release(self, pointer: Pointer) -> bool:
        """One edit with the stroke's pixels."""
        self.move(pointer)
        page = self.work.page
        if page is None:
            return True
        points = simplified(self._points, pointer.pixel / 2)
        stroke = Stroke(points, self._width, is_eraser=self._is_eraser)
        before = self._region.mask if self._region is not None else None
        try:
            mask = painted(page, before, stroke)
        except NotPossible:
            self.work.say(_("This region is too large to be painted on."))
            return True
        if self._region is None:
            self._add(mask)
        else:
            self._change(self._region, mask)
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The stroke as a line of the brush's width."""
        label = self._region.label if self._region is not None else self.work.label(REGION)
        name = "#ffffff" if self._is_eraser else label_color(look.schema, label, REGION)
        ink = QPen(color(name, 150), self._width)
        ink.setCapStyle(Qt.PenCapStyle.RoundCap)
        ink.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(ink)
        if len(self._points) == 1:
            painter.drawPoint(QPointF(*self._points[0]))
        else:
            painter.drawPolyline(polygon_of(self._points))

    def _add(self, mask: Mask | None) -> None:
        if mask is None:
            return
        label, box = self.work.label(REGION), masks.bounding_box_of(mask)

        def change(page: Page) -> Page:
            return edits.add_region(page, label, box, mask=mask)

        ids = self.work.apply(mark("Paint region"), change)
        if ids:
            self.work.select(ids)

    def _change(self, region: Region, mask: Mask | None) -> None:
        text = mark("Erase") if self._is_eraser else mark("Paint region")
        if mask is None:
            self.work.apply(text, lambda page: edits.delete(page, [region.id]))
        elif mask != region.mask:
            changed = replace(region, mask=mask, box=masks.bounding_box_of(mask))
            self.work.apply(text, lambda page: edits.replace(page, changed))


def _mask_at(work: Workspace, pointer: Pointer) -> Region | None:
    found = hits(work.scene, pointer.point)
    return next(
        (item for item in found if isinstance(item, Region) and item.mask is not None), None
    )
