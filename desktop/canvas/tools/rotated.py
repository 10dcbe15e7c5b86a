"""The tool that draws rotated boxes: one side first, then how wide."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from desktop.canvas.layers.layer import Look, path_of
from desktop.canvas.style import brush, label_color
from desktop.canvas.tools.placing import grip_cursor, grip_gesture
from desktop.canvas.tools.rotating import STEP_DEGREES, angle_of
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.rotated_box import RotatedBox, box_on_side
from model_backend.document import Page, Point, Region
from model_backend.labels import REGION
from model_backend.translation import mark

SMALLEST_PX = 3.0


class RotatedOutline(Gesture):
    """One side by a drag or two clicks, then the width by a click."""

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, work: Workspace, start: Pointer) -> None:
        super().__init__(work, start)
        self._end: Point | None = None

    def box(self) -> RotatedBox | None:
        """The rectangle to be; None while it is but a side."""
        if self._end is None:
            return None
        return box_on_side(self.start.point, self._end, self.last.point)

    def side_end(self) -> Point:
        """Where the first side ends; Shift keeps it to steps of 15 degrees."""
        if self._end is not None:
            return self._end
        (x, y), point = self.start.point, self.last.point
        if not self.last.shift:
            return point
        length = math.dist(self.start.point, point)
        angle = round(angle_of(self.start.point, point) / STEP_DEGREES) * STEP_DEGREES
        way = math.radians(angle)
        return x + length * math.cos(way), y + length * math.sin(way)

    def release(self, pointer: Pointer) -> bool:
        """The first side is drawn, then the rectangle made."""
        self.move(pointer)
        if self._end is None:
            if not self.is_click:
                self._end = self.side_end()
            return False
        box = self.box()
        if box is None or box.height < SMALLEST_PX * pointer.pixel:
            return False
        self._make(box)
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The side, then the rectangle."""
        name = label_color(look.schema, self.work.label(REGION), REGION)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.pen(name, 1.8))
        painter.setBrush(brush(name, 36))
        box = self.box()
        if box is None:
            painter.drawLine(QPointF(*self.start.point), QPointF(*self.side_end()))
        else:
            painter.drawPath(path_of((box.corners,)))

    def _make(self, box: RotatedBox) -> None:
        label, corners = self.work.label(REGION), box.corners

        def change(page: Page) -> Page:
            region = edits.with_polygons(Region(page.next_id, label, page.box), (corners,))
            return edits.add_region(page, label, region.box, polygons=(corners,))

        ids = self.work.apply(mark("Add rotated box"), change)
        if ids:
            self.work.select(ids)


class RotatedTool(Tool):
    """Draw rotated boxes; with it every selected region has a knob that turns it."""

    name = "rotated"
    has_grips = True
    has_turn = True
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Drag one side, then click how wide; the round knob turns what is selected.")

    def begin(self, pointer: Pointer) -> Gesture | None:
        """The selected region's grips and knob first, else a new box."""
        return grip_gesture(self.work, pointer) or RotatedOutline(self.work, pointer)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The shape of what a press would do."""
        return grip_cursor(self.work, pointer) or self.cursor
