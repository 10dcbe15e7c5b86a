"""Rotated boxes: drawn side first, resized in their own frame, turned by a knob."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import handle_at, resized
from desktop.canvas.layers.layer import Look, path_of
from desktop.canvas.layers.turning import turn_knob
from desktop.canvas.lookup import Item
from desktop.canvas.style import brush, label_color
from desktop.canvas.tools.polygons import shape_gesture
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.edits.placing import region_turned
from desktop.document.rotated_box import (
    RotatedBox,
    box_on_side,
    rotated_box_of,
    with_rotated_box,
)
from model_backend.document import Page, Point, Region
from model_backend.labels import REGION
from model_backend.translation import mark

SMALLEST_PX = 3.0
STEP_DEGREES = 15.0
"""Shift keeps angles to multiples of this."""


class ResizeRotated(Gesture):
    """A grip of a rotated box follows the pointer; the side or corner across stays."""

    def __init__(
        self, work: Workspace, start: Pointer, region: Region, box: RotatedBox, *, handle: str
    ) -> None:
        super().__init__(work, start)
        self.cursor = _cursor(handle, box.degrees)
        self._region, self._box, self._handle = region, box, handle

    def depends_on(self) -> tuple[Item, ...]:
        """The region."""
        return (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """The region is shown by the gesture."""
        return () if self.is_click else (self._region.id,)

    def resized(self) -> Region:
        """The region with its new rectangle; as it was while that would have no area."""
        if self.is_click:
            return self._region
        start, end = self._box.in_frame(self.start.point), self._box.in_frame(self.last.point)
        frame = resized(self._box.frame, self._handle, end[0] - start[0], end[1] - start[1])
        if min(frame.width, frame.height) < self.last.pixel:
            return self._region
        return with_rotated_box(self._region, self._box.with_frame(frame))

    def release(self, pointer: Pointer) -> bool:
        """One edit gives the region its new rectangle."""
        self.move(pointer)
        region = self.resized()
        self.work.apply(mark("Resize"), lambda page: edits.replace(page, region))
        return True

    def previews(self) -> Mapping[int, Item]:
        """The region with its new rectangle."""
        return {} if self.is_click else {self._region.id: self.resized()}


class Turn(Gesture):
    """The knob beside a region turns it about its middle; Shift keeps to steps of 15 degrees."""

    cursor = Qt.CursorShape.ClosedHandCursor

    def __init__(self, work: Workspace, start: Pointer, region: Region) -> None:
        super().__init__(work, start)
        self._region = region
        box = rotated_box_of(region)
        self._center = box.center if box is not None else region.box.center
        self._before = box.degrees if box is not None else 0.0

    def depends_on(self) -> tuple[Item, ...]:
        """The region."""
        return (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """The region is shown by the gesture."""
        return () if self.is_click else (self._region.id,)

    def degrees(self) -> float:
        """How far it is turned, clockwise."""
        turn = _angle(self._center, self.last.point) - _angle(self._center, self.start.point)
        if self.last.shift:
            wanted = round((self._before + turn) / STEP_DEGREES) * STEP_DEGREES
            turn = wanted - self._before
        return (turn + 180.0) % 360.0 - 180.0

    def turned(self) -> Region:
        """The region turned."""
        if self.is_click or not self.degrees():
            return self._region
        return region_turned(self._region, self._center, self.degrees())

    def release(self, pointer: Pointer) -> bool:
        """One edit turns the region."""
        self.move(pointer)
        region = self.turned()
        self.work.apply(mark("Turn region"), lambda page: edits.replace(page, region))
        return True

    def previews(self) -> Mapping[int, Item]:
        """The region turned."""
        return {} if self.is_click else {self._region.id: self.turned()}


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
        angle = round(_angle(self.start.point, point) / STEP_DEGREES) * STEP_DEGREES
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
        region = _selected_region(self.work)
        own = region_gesture(self.work, pointer, region, has_turn=True) if region else None
        return own or RotatedOutline(self.work, pointer)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The shape of what a press would do."""
        region = _selected_region(self.work)
        own = region_gesture(self.work, pointer, region, has_turn=True) if region else None
        return self.cursor if own is None or own.cursor is None else own.cursor


def region_gesture(
    work: Workspace, pointer: Pointer, region: Region, *, has_turn: bool
) -> Gesture | None:
    """The gesture for the knob, a grip, a vertex or a side of a region that is no plain box or
    mask; for those only the knob's.
    """
    box = rotated_box_of(region)
    if (has_turn or box is not None) and _is_on_knob(region, pointer):
        return Turn(work, pointer, region)
    if box is not None and not pointer.alt:
        handle = handle_at(box.frame, box.in_frame(pointer.point), pointer.reach)
        return ResizeRotated(work, pointer, region, box, handle=handle) if handle else None
    if region.polygons and region.mask is None:
        return shape_gesture(work, pointer, region)
    return None


def _is_on_knob(region: Region, pointer: Pointer) -> bool:
    knob, _foot = turn_knob(region, pointer.pixel)
    return math.dist(knob, pointer.point) <= pointer.reach * 1.2


def _selected_region(work: Workspace) -> Region | None:
    items = work.selected() if len(work.ids) == 1 else []
    return items[0] if items and isinstance(items[0], Region) else None


def _angle(center: Point, point: Point) -> float:
    return math.degrees(math.atan2(point[1] - center[1], point[0] - center[0]))


CURSORS = (
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
)
"""Cursors for ways at 0, 45, 90 and 135 degrees from upwards, clockwise."""
WAYS = {"n": 0, "ne": 45, "e": 90, "se": 135, "s": 180, "sw": 225, "w": 270, "nw": 315}


def _cursor(handle: str, degrees: float) -> Qt.CursorShape:
    return CURSORS[round((WAYS[handle] + degrees) / 45) % 4]
