"""The page in view: keeps the scene equal to the document and the selection, hands mouse and keys
to the tool.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.hits import hits
from desktop.canvas.navigation import NavigationView
from desktop.canvas.style import theme_for
from desktop.canvas.tools import TOOLS
from desktop.canvas.tools.tool import Pointer, Tool
from desktop.canvas.workspace import Workspace
from model_backend.document import Page, Point
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.page_images import PageImages

HELD_KEYS = {Qt.Key.Key_H: "h", Qt.Key.Key_V: "v"}
"""Keys that mean something while they are held with a click; tapped, they are the window's
(`tapped`).
"""


class PageView(NavigationView):
    """Shows a page and turns events into a tool's calls; `tapped` tells of H and V released without
    a click.
    """

    tool_changed = Signal(str)
    message = Signal(str)
    tapped = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._space = False
        self._held = ""
        self._held_used = False
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Page"))
        self.work = Workspace(self.canvas, self)
        self.work.said.connect(self.message)
        self.tool: Tool = TOOLS["select"](self.work)
        self.canvas.live.preview = self.tool
        self._restyle()

    def set_document(
        self, document: OpenDocument | None, selection: Selection, images: PageImages | None
    ) -> None:
        """Show this document's pages as the selection chooses them."""
        self._disconnect()
        self.work.document, self.work.selection = document, selection
        self.canvas.picture.images = images
        selection.changed.connect(self._selection_changed)
        selection.page_changed.connect(self._turn_page)
        if images is not None:
            images.image_ready.connect(self._image_ready)
        if document is not None:
            document.page_changed.connect(self._page_changed)
            document.schema_changed.connect(self._schema_changed)
            self._schema_changed()
        self._turn_page()

    @property
    def tool_name(self) -> str:
        """The tool in use."""
        return self.tool.name

    def set_tool(self, name: str) -> None:
        """Use this tool from now on."""
        self.tool.cancel()
        self.canvas.live.hovered = None
        self.tool = TOOLS[name](self.work)
        self.canvas.live.preview = self.tool
        self.canvas.live.has_grips = self.tool.has_grips
        self.canvas.set_strong_words(name == "entity")
        self.viewport().setCursor(self.tool.cursor)
        self.canvas.refresh()
        self.tool_changed.emit(name)
        self.message.emit(_(self.tool.hint))

    @property
    def full_scale(self) -> float:
        """100 %: a picture's pixel on one of the screen's, a point on a 72nd of an inch."""
        page = self.canvas.page
        if page is not None and page.unit != "px":
            return self.logicalDpiX() / 72.0
        return 1.0 / self.devicePixelRatioF()

    def scale_changed(self, scale: float) -> None:
        """Layers choose their detail by the scale."""
        dpr = self.devicePixelRatioF()
        self.canvas.set_look(replace(self.canvas.look, scale=scale, dpr=dpr))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The middle button or Space pans; the left one is the tool's."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if event.button() is Qt.MouseButton.MiddleButton or (is_left and self._space):
            self.start_pan(event.position().toPoint())
        elif event.button() is Qt.MouseButton.RightButton:
            self._take_under(self.page_point(event.position()))
        elif is_left and self.work.page is not None:
            self._held_used = bool(self._held)
            self.tool.press(self._pointer(event))
            self._show_cursor()
            self.canvas.refresh()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, drag or hover."""
        if self.is_panning:
            super().mouseMoveEvent(event)
        elif self.work.page is not None:
            pointer = self._pointer(event)
            if self.tool.gesture is not None or event.buttons() & Qt.MouseButton.LeftButton:
                self.tool.move(pointer)
                self.canvas.refresh()
            else:
                self._set_cursor(self.tool.hover(pointer))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The end of a pan or of a gesture."""
        if self.is_panning:
            self.stop_pan()
            self._show_cursor()
        elif event.button() is Qt.MouseButton.LeftButton and self.work.page is not None:
            self.tool.release(self._pointer(event))
            self._show_cursor()
            self.canvas.refresh()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The tool's, or like a press."""
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and self.work.page is not None and self.tool.double_click(self._pointer(event)):
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
        elif event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._restyle()
        return bool(super().event(event))

    def wants_key(self, event: QKeyEvent) -> bool:
        """Whether a key is for the canvas before it is for the window."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        if key in HELD_KEYS or key == Qt.Key.Key_Space:
            return True
        if key == Qt.Key.Key_Escape:
            return True
        busy_keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace)
        return key in busy_keys and self.tool.is_busy

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The tool's keys first; Space pans, H and V are held, Escape goes back one step."""
        key = event.key()
        if self.tool.key(key):
            self.canvas.refresh()
        elif key == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif key in HELD_KEYS and not event.modifiers():
            if not event.isAutoRepeat():
                self._held, self._held_used = HELD_KEYS[Qt.Key(key)], False
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
            name, self._held = self._held, ""
            if not self._held_used:
                self.tapped.emit(name)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Keys released elsewhere are released here too."""
        self._space, self._held = False, ""
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the pointer any more."""
        self.canvas.live.hovered = None
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
        modifiers = event.modifiers()
        return Pointer(
            self.page_point(event.position()),
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
        if self._space and not self.is_panning:
            shape = Qt.CursorShape.OpenHandCursor
        if self.viewport().cursor().shape() is not shape:
            self.viewport().setCursor(shape)

    def _restyle(self) -> None:
        self.canvas.set_look(replace(self.canvas.look, theme=theme_for(self.palette())))

    def _disconnect(self) -> None:
        document, selection = self.work.document, self.work.selection
        images = self.canvas.picture.images
        if selection is not None:
            selection.changed.disconnect(self._selection_changed)
            selection.page_changed.disconnect(self._turn_page)
        if document is not None:
            document.page_changed.disconnect(self._page_changed)
            document.schema_changed.disconnect(self._schema_changed)
        if images is not None:
            images.image_ready.disconnect(self._image_ready)  # type: ignore[attr-defined]

    def _turn_page(self, page_id: int | None = None) -> None:
        """Show the page the selection names."""
        self.tool.cancel()
        document, selection = self.work.document, self.work.selection
        chosen = selection.page_id if selection is not None else None
        page = document.page(chosen) if document is not None and chosen else None
        self._show(page)
        self._selection_changed()

    def _page_changed(self, page_id: int) -> None:
        """The page in view has a new value."""
        document, page = self.work.document, self.work.page
        if document is not None and page is not None and page.id == page_id:
            self._show(document.page(page_id))

    def _show(self, page: Page | None) -> None:
        self.canvas.show_page(page)
        self.tool.page_changed(page)
        self.canvas.live.grips.cells = self.work.cells
        if page is not None:
            self.show_area(page.box)

    def _selection_changed(self) -> None:
        live = self.canvas.live
        if self.work.ids != live.selected:
            live.grips.edge = live.grips.hovered = None
        live.select(self.work.ids)
        live.grips.cells = self.work.cells
        self.canvas.refresh()

    def _schema_changed(self) -> None:
        self.canvas.set_schema(self.work.schema)

    def _image_ready(self, page_id: int) -> None:
        if self.work.page is not None and self.work.page.id == page_id:
            self.canvas.repaint_page()

    def page_place(self, point: QPointF) -> QPointF:
        """Where a point of the page is in the view."""
        return self.viewportTransform().map(point)
