"""Gestures on rotated boxes: resize in their own frame, turn by the knob."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt

from desktop.canvas.geometry import handle_at, resized
from desktop.canvas.layers.turning import turn_knob
from desktop.canvas.tools.polygons import shape_gesture
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.edits.placing import region_turned
from desktop.document.lookup import Item
from desktop.document.rotated_box import (
    RotatedBox,
    rotated_box_of,
    with_rotated_box,
)
from model_backend.document import Point, Region
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
        turn = angle_of(self._center, self.last.point) - angle_of(self._center, self.start.point)
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


def angle_of(center: Point, point: Point) -> float:
    """The way from one point to another, in degrees clockwise from rightwards."""
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
