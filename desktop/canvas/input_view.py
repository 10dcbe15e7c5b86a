"""Mouse and keys on the page: pans, and hands everything else to the tool in use."""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.edge_scroll import EdgeScroll
from desktop.canvas.hits import hits
from desktop.canvas.navigation import WHEEL_STEP
from desktop.canvas.page_view import PageView
from desktop.canvas.tools.tool import Pointer
from desktop.guards import guarded
from model_backend.document import Point

HELD_KEYS = {Qt.Key.Key_H: "h", Qt.Key.Key_V: "v"}
"""Keys that mean something while they are held with a click; tapped, they are the window's."""

TAP_SECONDS = 0.5
"""A key held for longer was meant as a gesture that was given up: it does nothing."""
REPEAT_SECONDS = 0.1
"""A key that is down again so soon was never let go: X11 repeats held keys by such pairs, and Qt
does not always mark them.
"""

PALETTE_CHANGES = (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange)


@guarded
class InputView(PageView):
    """The page in view under the pointer; `tapped` tells of H and V released without a click."""

    tapped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._space = False
        self._held, self._held_used = "", False
        self._held_since, self._let_go = 0.0, ("", 0.0)
        self._pan_from: QPoint | None = None
        self._pan_button = Qt.MouseButton.NoButton
        self._dragged = (QPointF(), Qt.KeyboardModifier.NoModifier)
        self._wheel_turn = 0
        super().__init__(parent)
        self.edge_scroll = EdgeScroll(self._scroll_drag, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The middle button or Space pans; the left one is the tool's."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if event.button() is Qt.MouseButton.MiddleButton or (is_left and self._space):
            self._pan_from, self._pan_button = event.position().toPoint(), event.button()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() is Qt.MouseButton.RightButton:
            self._take_under(self.page_point(event.position()))
        elif is_left and self.work.page is not None:
            self._held_used = bool(self._held)
            self.tool.press(self._pointer(event))
            self._show_cursor()
            self.canvas.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, drag or hover."""
        if self._pan_from is not None:
            place = event.position().toPoint()
            way, self._pan_from = self._pan_from - place, place
            self.scroll_by(way.x(), way.y())
        elif self.work.page is not None:
            pointer = self._pointer(event)
            is_held = bool(event.buttons() & Qt.MouseButton.LeftButton)
            if self.tool.gesture is not None or is_held:
                self.tool.move(pointer)
                self.canvas.refresh(self.tool.changed_box())
                self._follow_drag(event, is_held=is_held)
            else:
                self._set_cursor(self.tool.hover(pointer))

    def _follow_drag(self, event: QMouseEvent, *, is_held: bool) -> None:
        """A drag near the border scrolls, whatever tool it belongs to."""
        gesture = self.tool.gesture
        if is_held and gesture is not None and not gesture.is_click:
            self._dragged = event.position(), event.modifiers()
            self.edge_scroll.follow(event.position(), self.viewport().size())
        else:
            self.edge_scroll.stop()

    def _scroll_drag(self, dx: float, dy: float) -> None:
        """One step of it: what is dragged goes along."""
        if self.tool.gesture is None:
            self.edge_scroll.stop()
            return
        self.scroll_by(dx, dy)
        self.tool.move(self._pointer_at(*self._dragged))
        self.canvas.refresh()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The tool's, where it makes use of whole notches; else it scrolls or zooms."""
        if self.work.page is not None and not event.modifiers():
            self._wheel_turn += event.angleDelta().y()
            notches = int(self._wheel_turn / WHEEL_STEP)
            if self.tool.wants_wheel(self._pointer_at(event.position(), event.modifiers())):
                self._wheel_turn -= round(notches * WHEEL_STEP)
                if notches:
                    self.tool.adjust(notches)
                event.accept()
                return
        self._wheel_turn = 0
        super().wheelEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a pan or of a gesture, whichever its button began."""
        self.edge_scroll.stop()
        if self._pan_from is not None and event.button() is self._pan_button:
            self._pan_from = None
            self._show_cursor()
        elif event.button() is Qt.MouseButton.LeftButton and self.work.page is not None:
            self.tool.release(self._pointer(event))
            self._show_cursor()
            self.canvas.refresh()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The tool's, or like a press."""
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self._held:
            self.mousePressEvent(event)  # two cuts in quick succession
        elif (
            is_left and self.work.page is not None and self.tool.double_click(self._pointer(event))
        ):
            self.canvas.refresh()
        elif not (is_left and self.double_clicked(self.page_point(event.position()))):
            self.mousePressEvent(event)

    def double_clicked(self, point: tuple[float, float]) -> bool:
        """A double click that the tool did not use; True when something came of it."""
        return False

    def event(self, event: QEvent) -> bool:
        """Keys that are the canvas's own are kept from the window's shortcuts."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.wants_key(event):
                event.accept()
                return True
        elif event.type() in PALETTE_CHANGES:
            self.restyle()
        elif event.type() is QEvent.Type.DevicePixelRatioChange:
            self.scale_changed(self.scale_now)
        return bool(super().event(event))

    def wants_key(self, event: QKeyEvent) -> bool:
        """Whether a key is for the canvas before it is for the window."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        if key in HELD_KEYS or key == Qt.Key.Key_Space or self.tool.wants_key(key):
            return True
        if key == Qt.Key.Key_Escape:
            return True
        busy_keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)
        return key in busy_keys and self.tool.is_busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The tool's keys first; Space pans, H and V are held, Escape goes back one step."""
        key = event.key()
        is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if is_plain and self.tool.key(key):
            if self.tool.is_over:
                self.set_tool("select")
            self.canvas.refresh()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif key in HELD_KEYS and not event.modifiers():
            if not event.isAutoRepeat():
                self._hold(HELD_KEYS[Qt.Key(key)])
        elif key == Qt.Key.Key_Escape:
            self.escape()
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """H and V that no click made use of were taps."""
        if event.isAutoRepeat():
            return
        key = event.key()
        if key == Qt.Key.Key_Space:
            self._space = False
            self._show_cursor()
        elif key in HELD_KEYS and self._held == HELD_KEYS[Qt.Key(key)]:
            self._let_it_go()
        else:
            event.ignore()

    def _hold(self, name: str) -> None:
        last, when = self._let_go
        self._held = name
        if name == last and monotonic() - when < REPEAT_SECONDS:
            return
        self._held_used, self._held_since = False, monotonic()

    def _let_it_go(self) -> None:
        name, self._held = self._held, ""
        self._let_go = name, monotonic()
        if not self._held_used and monotonic() - self._held_since < TAP_SECONDS:
            self.tapped.emit(name)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys released elsewhere are released here too."""
        self._space, self._held = False, ""
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.canvas.live.hovered = None
        self.canvas.live.grips.is_ruler_near = False
        self.canvas.refresh()
        super().leaveEvent(event)

    def escape(self) -> None:
        """Cancel the gesture; else go back to selecting; else select nothing."""
        if self.tool.cancel():
            self.canvas.refresh()
        elif self.tool.name != "select":
            self.set_tool("select")
        else:
            self.work.select(())

    def _take_under(self, point: Point) -> None:
        """A menu is about what is under the pointer: select it, unless it is selected already."""
        self.tool.cancel()
        found = [item.id for item in hits(self.canvas, point)]
        if found and not set(found) & set(self.work.ids):
            self.work.select(found[:1])

    def _pointer(self, event: QMouseEvent) -> Pointer:
        return self._pointer_at(event.position(), event.modifiers())

    def _pointer_at(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> Pointer:
        return Pointer(
            self.page_point(place),
            1.0 / self.scale_now,
            shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier),
            control=bool(modifiers & Qt.KeyboardModifier.ControlModifier),
            alt=bool(modifiers & Qt.KeyboardModifier.AltModifier),
            held=self._held,
        )

    def _show_cursor(self) -> None:
        if self._space:
            self._set_cursor(Qt.CursorShape.OpenHandCursor)
        elif self.tool.gesture is not None and self.tool.gesture.cursor is not None:
            self._set_cursor(self.tool.gesture.cursor)
        else:
            self._set_cursor(self.tool.cursor)

    def _set_cursor(self, shape: Qt.CursorShape) -> None:
        if self._space and self._pan_from is None:
            shape = Qt.CursorShape.OpenHandCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)
