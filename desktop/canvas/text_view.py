"""Editing text on the page: opens the field over a word, an entity or a cell, commits it, goes on
to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.editor import TextEditor
from desktop.canvas.hits import hits
from desktop.canvas.input_view import InputView
from desktop.canvas.layers.layer import rect_of
from desktop.canvas.texts import TextTarget, cell_target, next_target, point_target, target_of
from model_backend import table_grid
from model_backend.document import Entity, Page, Point, Table, Word
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.page_images import PageImages


class TextView(InputView):
    """The page in view with at most one text field open over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: TextEditor | None = None
        self._target: TextTarget | None = None
        self.moved.connect(self._place_editor)

    @property
    def editor(self) -> TextEditor | None:
        """The text field, while one is open."""
        return self._editor

    def set_document(
        self, document: OpenDocument | None, selection: Selection, images: PageImages | None
    ) -> None:
        """Show this document; what is being typed is kept first."""
        self.commit_text()
        super().set_document(document, selection, images)

    def set_tool(self, name: str) -> None:
        """Another tool; what is being typed is kept first."""
        self.commit_text()
        super().set_tool(name)

    def edit_text(self, item_id: int | None = None) -> None:
        """Edit the text of this word or entity, else of the selected one or of the chosen cell."""
        page = self.work.page
        if page is None:
            return
        target = self._target_for(page, item_id)
        if target is None:
            self.work.say(_("Select a word, an entity or a cell to edit its text."))
        else:
            self._open(target)

    def commit_text(self) -> None:
        """Keep what is being typed."""
        if self._editor is not None:
            self._editor.commit()

    def hideEvent(self, event: QHideEvent) -> None:
        """The project is closed or the window goes: what is being typed is kept first."""
        if not event.spontaneous():
            self.commit_text()
        super().hideEvent(event)

    def double_clicked(self, point: Point) -> bool:
        """Edit the text under the pointer: in the selected table and where only words lie, that of
        a cell; else an entity's or a word's.
        """
        page, table = self.work.page, self.work.table()
        if page is None or self.tool.name not in ("select", "entity", "table"):
            return False
        found = [item for item in hits(self.canvas, point) if isinstance(item, Entity | Word)]
        if table is None and found and isinstance(found[0], Word):
            table = self._table_around(point)
        if table is not None and table.box.contains(table_grid.to_frame(table, point)):
            self._edit_cell(point_target(page, table, point))
            return True
        if not found:
            return False
        self.tool.cancel()
        self.work.select((found[0].id,))
        self._open(target_of(found[0]))
        return True

    def _edit_cell(self, target: TextTarget) -> None:
        self.tool.cancel()
        if target.cell is not None:
            self.work.select((target.cell.table_id,), target.cell.span)
        self._open(target)

    def _table_around(self, point: Point) -> Table | None:
        """The smallest table shown under a point."""
        look, page = self.canvas.look, self.work.page
        if page is None or "tables" in look.hidden_kinds:
            return None
        around = [
            table
            for table in page.tables
            if table.id not in look.hidden_ids
            and not look.visibility.is_locked(table)
            and table.box.contains(table_grid.to_frame(table, point))
        ]
        return min(around, key=lambda table: table.box.area, default=None)

    def _target_for(self, page: Page, item_id: int | None) -> TextTarget | None:
        if item_id is None and self.work.table() is not None:
            table, cells = self.work.table(), self.work.cells
            return cell_target(page, table, cells) if table and cells else None
        chosen = [item_id] if item_id is not None else list(self.work.ids)
        items = [self.work.item(one) for one in chosen]
        texts = [item for item in items if isinstance(item, Word | Entity)]
        return target_of(texts[0]) if texts else None

    def _open(self, target: TextTarget) -> None:
        self.commit_text()
        editor = TextEditor(self.viewport(), target.text, self.canvas.look.theme)
        editor.committed.connect(self._commit)
        editor.cancelled.connect(self._close)
        self._editor, self._target = editor, target
        self.show_box(target.box)
        self._place_editor()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_editor(self) -> None:
        if self._editor is not None and self._target is not None:
            self._editor.put_over(self.view_rect(rect_of(self._target.box)))

    def view_rect(self, rect: QRectF) -> QRectF:
        """Where a rectangle of the page is in the view."""
        return self.viewportTransform().mapRect(rect)

    def _commit(self, text: str, go_on: int) -> None:
        target = self._target
        self._close()
        if target is None:
            return
        if text != target.text:
            self.work.apply(target.title, target.change(text))
        page = self.work.page
        following = next_target(page, target, go_on) if go_on and page is not None else None
        if following is not None:
            if following.cell is not None:
                self.work.select((following.cell.table_id,), following.cell.span)
            elif following.item_id is not None:
                self.work.select((following.item_id,))
            self._open(following)

    def _close(self) -> None:
        editor, self._editor, self._target = self._editor, None, None
        if editor is None:
            return
        has_focus = editor.hasFocus()
        editor.hide()
        editor.deleteLater()
        if has_focus:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _turn_page(self, page_id: int | None = None) -> None:
        self.commit_text()
        super()._turn_page(page_id)

    def _show(self, page: Page | None) -> None:
        super()._show(page)
        target = self._target
        if self._editor is None or target is None or target.item_id is None:
            return
        if self.work.item(target.item_id) is None:
            self._editor.cancel()
