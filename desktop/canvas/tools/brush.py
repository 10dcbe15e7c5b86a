"""The brush and the eraser: strokes on a mask region, its holes and parts kept; one edit for each
stroke.
"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from desktop.canvas.hits import hits
from desktop.canvas.layers.layer import Look
from desktop.canvas.style import brush
from desktop.canvas.tools.painting import Paint
from desktop.canvas.tools.tool import BRACKETS, Gesture, Pointer, Tool
from desktop.canvas.workspace import Workspace
from model_backend.document import Box, Point, Region, bounding_box
from model_backend.translation import _, mark

SMALLEST_PX, LARGEST_PX, STEP = 1.0, 400.0, 1.25
RING_PX = 4.0


class BrushTool(Tool):
    """Paint a mask: the selected region's where it has one, else a new one (always with Alt)."""

    name = "brush"
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Paint; [ and ] change the size, Alt begins another region.")
    is_eraser: ClassVar[bool] = False

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self._point: Point | None = None
        self._changed: Box | None = None

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A stroke on the selected mask or on a new one."""
        region = None if pointer.alt else self.selected_region()
        if region is not None and region.mask is None:
            region = None
        return Paint(self.work, pointer, region, is_eraser=False)

    def move(self, pointer: Pointer) -> None:
        """The ring follows."""
        super().move(pointer)
        self._follow(pointer)

    def changed_box(self) -> Box | None:
        """The ring where it was and where it is, and the last piece of the stroke."""
        if isinstance(self.gesture, Paint) and self._changed is not None:
            return self._changed.union(self.gesture.changed_box()).grown(4 * self.work.pixel)
        return self._changed

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The ring follows."""
        self._follow(pointer)
        return self.cursor

    def wants_key(self, key: int) -> bool:
        """[ and ] are the brush's."""
        return key in BRACKETS

    def key(self, key: int) -> bool:
        """[ and ] change the brush's size."""
        return key in BRACKETS and self.adjust(BRACKETS[Qt.Key(key)])

    def adjust(self, step: int) -> bool:
        """A larger or smaller brush."""
        wide = self.work.brush_px * STEP**step
        self.work.brush_px = min(max(wide, SMALLEST_PX), LARGEST_PX)
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

    def selected_region(self) -> Region | None:
        """The one selected region."""
        items = self.work.selected() if len(self.work.ids) == 1 else []
        return items[0] if items and isinstance(items[0], Region) else None

    def _follow(self, pointer: Pointer) -> None:
        radius = (self.work.brush_px / 2 + RING_PX) * pointer.pixel
        ends = [pointer.point] if self._point is None else [self._point, pointer.point]
        self._changed = bounding_box(ends).grown(radius)
        self._point = pointer.point
        if self.gesture is None:
            self.work.scene.refresh(self._changed)


class EraserTool(BrushTool):
    """Take paint away; what is erased altogether is deleted."""

    name = "eraser"
    hint = mark("Erase from masks, boxes and polygons; [ and ] change the size.")
    is_eraser: ClassVar[bool] = True

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A stroke on the selected region, or on the one under the pointer."""
        region = self.selected_region() or _region_at(self.work, pointer)
        if region is None:
            self.work.say(_("There is no region here."))
            return None
        self.work.select((region.id,))
        return Paint(self.work, pointer, region, is_eraser=True)


def _region_at(work: Workspace, pointer: Pointer) -> Region | None:
    found = hits(work.scene, pointer.point)
    return next((item for item in found if isinstance(item, Region)), None)
