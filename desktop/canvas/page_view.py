"""The page in view: keeps the scene equal to the document and the selection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.canvas.layers.picture import seen_as
from desktop.canvas.navigation import NavigationView
from desktop.canvas.style import theme_for
from desktop.canvas.tools import TOOLS
from desktop.canvas.tools.tool import Tool
from desktop.canvas.workspace import Workspace
from model_backend.document import Page
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.canvas.ruled import RulingSource
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.page_images import PageImages


class PageView(NavigationView):
    """Shows the page that the selection names, as the document has it now, with a tool on it."""

    tool_changed = Signal(str)
    message = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Page"))
        self.work = Workspace(self.canvas, self)
        self.work.said.connect(self.message)
        self.tool: Tool = TOOLS["select"](self.work)
        self.canvas.live.preview = self.tool
        self.restyle()

    def set_document(
        self, document: OpenDocument | None, selection: Selection, images: PageImages | None
    ) -> None:
        """Show this document's pages as the selection chooses them."""
        self._disconnect()
        self.work.document, self.work.selection = document, selection
        self.canvas.picture.images = images
        selection.changed.connect(self._selection_changed)
        selection.page_changed.connect(self._turn_page)
        selection.visibility_changed.connect(self._show_visibility)
        if images is not None:
            images.image_ready.connect(self._image_ready)
        if document is not None:
            document.page_changed.connect(self._page_changed)
            document.schema_changed.connect(self._schema_changed)
            self._schema_changed()
        self._show_visibility()
        self._turn_page()

    def let_go(self) -> None:
        """Show nothing any more: the project closes, even in the middle of a gesture."""
        self.tool.cancel()
        self._disconnect()
        self.work.document = self.work.selection = None
        self.canvas.picture.images = None
        self.canvas.show_page(None)

    def set_rulings(self, rulings: RulingSource | None) -> None:
        """Who finds the ruling lines of a page on which tables are drawn."""
        self.work.rulings = rulings
        self._ask_for_rulings()

    def _ask_for_rulings(self) -> None:
        page = self.work.page
        if self.tool.name == "table" and page is not None and self.work.rulings is not None:
            self.work.rulings.ask(page)

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
        self.canvas.try_again()
        self.canvas.live.has_grips = self.tool.has_grips
        self.canvas.live.has_turn = self.tool.has_turn
        self.canvas.set_strong_words(name == "entity")
        self.viewport().setCursor(self.tool.cursor)
        self.canvas.refresh()
        self._ask_for_rulings()
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

    def restyle(self) -> None:
        """Take the colours of the application's palette."""
        self.canvas.set_look(replace(self.canvas.look, theme=theme_for(self.palette())))
        self.resetCachedContent()  # also of the view's rim, which the scene's rounded edges miss
        self.viewport().update()

    def _disconnect(self) -> None:
        document, selection = self.work.document, self.work.selection
        images = self.canvas.picture.images
        if selection is not None:
            selection.changed.disconnect(self._selection_changed)
            selection.page_changed.disconnect(self._turn_page)
            selection.visibility_changed.disconnect(self._show_visibility)
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
        before = self.canvas.page
        if before is not None and page is not None and seen_as(before) != seen_as(page):
            self.tool.cancel()  # it was begun where things no longer lie
        self.canvas.show_page(page)
        self.tool.page_changed(page)
        self.canvas.live.grips.cells = self.work.cells
        if page is not None:
            self.show_area(page.box)
        self._ask_for_rulings()

    def _selection_changed(self) -> None:
        live = self.canvas.live
        if self.work.ids != live.selected:
            live.grips.edge = live.grips.hovered = None
        live.select(self.work.ids)
        live.grips.cells = self.work.cells
        self.canvas.refresh()

    def _show_visibility(self) -> None:
        """Show what is to be seen; what is hidden now is in no hand any more."""
        selection = self.work.selection
        if selection is not None:
            self.tool.cancel()
            self.canvas.live.hovered = None
            self.canvas.set_look(replace(self.canvas.look, visibility=selection.visibility))

    def _schema_changed(self) -> None:
        self.canvas.set_schema(self.work.schema)

    def _image_ready(self, page_id: int) -> None:
        if self.work.page is not None and self.work.page.id == page_id:
            self.canvas.repaint_page()

    def page_place(self, point: QPointF) -> QPointF:
        """Where a point of the page is in the view."""
        return self.viewportTransform().map(point)
