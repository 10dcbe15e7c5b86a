"""Gestures on the selection: move, resize, sweep up with a rubber band."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import box_between, handle_at, resized
from desktop.canvas.hits import within
from desktop.canvas.layers.layer import Look, rect_of, saved
from desktop.canvas.layers.live import MOST_PREVIEWS
from desktop.canvas.style import MOST_LIT, brush
from desktop.canvas.tools.polygons import light_up
from desktop.canvas.tools.rotating import region_gesture
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.edits.placing import fitted, moved
from desktop.document.lookup import Item
from model_backend.document import Box, Entity, Region, Relation, Word
from model_backend.translation import mark

RESIZE_CURSORS = {
    "n": Qt.CursorShape.SizeVerCursor,
    "s": Qt.CursorShape.SizeVerCursor,
    "e": Qt.CursorShape.SizeHorCursor,
    "w": Qt.CursorShape.SizeHorCursor,
    "nw": Qt.CursorShape.SizeFDiagCursor,
    "se": Qt.CursorShape.SizeFDiagCursor,
    "ne": Qt.CursorShape.SizeBDiagCursor,
    "sw": Qt.CursorShape.SizeBDiagCursor,
}


class Move(Gesture):
    """The selection follows the pointer; Shift keeps to one direction. A mere click calls
    `on_click`.
    """

    cursor = Qt.CursorShape.SizeAllCursor

    def __init__(
        self, work: Workspace, start: Pointer, on_click: Callable[[], None] | None = None
    ) -> None:
        super().__init__(work, start)
        self._items = [item for item in work.selected() if not isinstance(item, Relation)]
        self._on_click = on_click

    def depends_on(self) -> tuple[Item, ...]:
        """All that is moved."""
        return tuple(self._items)

    def lifted(self) -> tuple[int, ...]:
        """Few things are lifted off the page; many are dragged as outlines."""
        if self.is_click or not self._has_previews():
            return ()
        return tuple(item.id for item in self._items)

    def shift(self) -> tuple[float, float]:
        """How far the selection is from where it was."""
        if self.is_click:
            return 0.0, 0.0
        dx = self.last.point[0] - self.start.point[0]
        dy = self.last.point[1] - self.start.point[1]
        if not self.last.shift:
            return dx, dy
        return (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)

    def release(self, pointer: Pointer) -> bool:
        """One edit moves all."""
        self.move(pointer)
        dx, dy = self.shift()
        ids = [item.id for item in self._items]
        if (dx, dy) != (0.0, 0.0):
            self.work.apply(mark("Move"), lambda page: edits.move(page, ids, dx=dx, dy=dy))
        elif self.is_click and self._on_click is not None:
            self._on_click()
        return True

    def previews(self) -> Mapping[int, Item]:
        """The moved values."""
        if self.is_click or not self._has_previews():
            return {}
        dx, dy = self.shift()
        return {item.id: moved(item, dx, dy) for item in self._items}

    def paint(self, painter: QPainter, look: Look) -> None:
        """Outlines, where there are too many values to make anew at every frame."""
        if self._has_previews() or self.is_click:
            return
        with saved(painter):
            painter.translate(*self.shift())
            painter.setPen(look.pen(look.theme.accent, 1.0))
            painter.setBrush(brush(look.theme.accent, 40))
            painter.drawRects(
                [rect_of(item.box) for item in self._items if not isinstance(item, Relation)]
            )

    def _has_previews(self) -> bool:
        return len(self._items) <= MOST_PREVIEWS


class Resize(Gesture):
    """A grip follows the pointer."""

    def __init__(self, work: Workspace, start: Pointer, item: Item, *, handle: str) -> None:
        super().__init__(work, start)
        self.cursor = RESIZE_CURSORS[handle]
        self._item, self._handle = item, handle

    def depends_on(self) -> tuple[Item, ...]:
        """What is resized."""
        return (self._item,)

    def lifted(self) -> tuple[int, ...]:
        """What is resized is shown by the gesture."""
        return () if self.is_click else (self._item.id,)

    def box(self) -> Box | None:
        """The new box; None while it would have no area."""
        if isinstance(self._item, Relation) or self.is_click:
            return None
        dx = self.last.point[0] - self.start.point[0]
        dy = self.last.point[1] - self.start.point[1]
        box = resized(self._item.box.normalized(), self._handle, dx, dy)
        return box if min(box.width, box.height) >= self.last.pixel else None

    def release(self, pointer: Pointer) -> bool:
        """One edit gives the item its new box."""
        self.move(pointer)
        box = self.box()
        if box is not None:
            self.work.apply(mark("Resize"), lambda page: edits.resize(page, self._item.id, box))
        return True

    def previews(self) -> Mapping[int, Item]:
        """The item in its new box."""
        if self.is_click:
            return {}
        box = self.box()
        return {self._item.id: self._item if box is None else fitted(self._item, box)}


class RubberBand(Gesture):
    """A frame drawn over empty paper selects what lies in it; a click on empty paper clears."""

    def __init__(
        self, work: Workspace, start: Pointer, on_click: Callable[[], None] | None = None
    ) -> None:
        super().__init__(work, start)
        self._before = work.ids if start.control or start.shift else ()
        self._on_click = on_click

    def release(self, pointer: Pointer) -> bool:
        """Select."""
        self.move(pointer)
        if self.is_click:
            self._on_click() if self._on_click is not None else self.work.select(self._before)
            return True
        found = [item.id for item in within(self.work.scene, self._band())]
        self.work.select(tuple(dict.fromkeys((*self._before, *found))))
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The frame, with what it holds."""
        if self.is_click:
            return
        painter.setPen(look.pen(look.theme.accent, 1.6))
        painter.setBrush(brush(look.theme.accent, 40))
        found = within(self.work.scene, self._band())[:MOST_LIT]
        painter.drawRects([rect_of(item.box) for item in found if not isinstance(item, Relation)])
        painter.setPen(look.pen(look.theme.accent, 1.0, is_dashed=True))
        painter.setBrush(brush(look.theme.accent, 18))
        painter.drawRect(rect_of(self._band()))

    def _band(self) -> Box:
        return box_between(self.start.point, self.last.point)


def grip_gesture(work: Workspace, pointer: Pointer) -> Gesture | None:
    """The gesture for a grip, vertex or side of the one selected thing."""
    items = work.selected() if len(work.ids) == 1 else []
    if not items:
        return None
    item = items[0]
    if isinstance(item, Region):
        own = region_gesture(work, pointer, item, has_turn=work.scene.live.has_turn)
        if own is not None or (item.polygons and item.mask is None):
            return own
    if isinstance(item, Word | Entity | Region):
        handle = handle_at(item.box.normalized(), pointer.point, pointer.reach)
        return Resize(work, pointer, item, handle=handle) if handle else None
    return None


def grip_cursor(work: Workspace, pointer: Pointer) -> Qt.CursorShape | None:
    """The pointer's shape over a grip; the corner of a polygon under it lights up."""
    light_up(work, pointer)
    gesture = grip_gesture(work, pointer)
    if gesture is None:
        return None
    return gesture.cursor or Qt.CursorShape.CrossCursor
