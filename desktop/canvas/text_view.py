"""Editing text on the page: opens the field over a word, an entity or a cell, commits it, goes on
to the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QWidget

from desktop.appearance.plain import MOST_TYPED
from desktop.canvas.editor import TextEditor
from desktop.canvas.hits import hits
from desktop.canvas.input_view import InputView
from desktop.canvas.layers.layer import rect_of
from desktop.canvas.texts import TextTarget, cell_target, next_target, point_target, target_of
from desktop.canvas.word_crop import WordCrop
from desktop.canvas.word_walk import (
    VERDICT_TEXTS,
    WordWalk,
    caption,
    verdict_change,
    walk_doubtful,
    walk_from,
)
from desktop.guards import guarded
from model_backend import table_grid
from model_backend.document import Box, Entity, Page, Point, Table, Word
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from desktop.document.selection import Selection
    from desktop.jobs.page_images import PageImages


CROP_ROOM_PX = 110.0
"""Room for the picture over the field."""
READABLE_PX = 15.0
"""Lines that are smaller than this on the screen are shown larger while their text is edited."""


@guarded
class TextView(InputView):
    """The page in view with at most one text field open over it."""

    walk_ended = Signal()
    """The last word of a walk was looked at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: TextEditor | None = None
        self._target: TextTarget | None = None
        self._crop: WordCrop | None = None
        self._walk: WordWalk | None = None
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

    def walk_words(self) -> None:
        """Correct the words of what is selected one after the other, else all of the page."""
        page = self.work.page
        if page is None:
            return
        items = [item for item in self.work.selected() if isinstance(item, Word | Entity)]
        walk = walk_from(page, items)
        if walk is not None:
            self.begin_walk(page, walk)
        elif items:
            self._open(target_of(items[0]))
        else:
            self.work.say(_("This page has no words yet."))

    def walk_doubtful(self) -> bool:
        """Correct the words of the page that are in doubt; False where there is none."""
        page = self.work.page
        walk = walk_doubtful(page) if page is not None else None
        if page is None or walk is None:
            return False
        self.begin_walk(page, walk)
        return True

    def begin_walk(self, page: Page, walk: WordWalk) -> None:
        """Correct these words one after the other."""
        word = page.word(walk.word_id)
        if word is not None:
            self._open(target_of(word), walk)
            self.work.select((word.id,))

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

    def _open(self, target: TextTarget, walk: WordWalk | None = None) -> None:
        self.commit_text()
        if len(target.text) > MOST_TYPED:
            self.work.say(_("This text is too long to be edited here."))
            return
        theme, is_walk = self.canvas.look.theme, walk is not None
        editor = TextEditor(self.viewport(), target.text, theme, is_walk=is_walk)
        editor.committed.connect(self._commit)
        editor.cancelled.connect(self._close)
        self._editor, self._target, self._walk = editor, target, walk
        box, room = target.box, CROP_ROOM_PX * self.work.pixel
        self.show_box(Box(box.x0, box.y0 - room, box.x1, box.y1))
        self.show_box(box)
        self._crop = _made_crop(self, target, walk)
        self._place_editor()
        editor.show()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_editor(self) -> None:
        if self._editor is None or self._target is None:
            return
        self._editor.put_over(self.view_rect(rect_of(self._target.box)))
        if self._crop is not None:
            self._crop.put_over(self._editor.geometry(), self.viewport().rect())

    def view_rect(self, rect: QRectF) -> QRectF:
        """Where a rectangle of the page is in the view."""
        return self.viewportTransform().mapRect(rect)

    def _commit(self, text: str, go_on: int) -> None:
        target, walk = self._target, self._walk
        verdict = self._editor.verdict if self._editor is not None else ""
        self._close()
        if target is None:
            return
        if walk is not None:
            self._commit_word(walk, text, verdict)
            self._walk_on(walk, go_on)
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

    def _commit_word(self, walk: WordWalk, text: str, verdict: str) -> None:
        """One edit of what was typed and what was said of the word."""
        word = self.work.item(walk.word_id)
        if isinstance(word, Word):
            title = mark("Edit text") if text != word.text else VERDICT_TEXTS.get(verdict, "")
            change = verdict_change(word.id, text, verdict)
            self.work.apply(title or mark("Edit text"), change)

    def _walk_on(self, walk: WordWalk, go_on: int) -> None:
        page = self.work.page
        following = walk.step(page, go_on) if go_on and page is not None else None
        if page is not None and following is not None:
            self.begin_walk(page, following)
        elif go_on:
            if walk.back_to:
                self.work.select(walk.back_to)
            self.walk_ended.emit()

    def _close(self) -> None:
        editor, self._editor, self._target = self._editor, None, None
        crop, self._crop, self._walk = self._crop, None, None
        if crop is not None:
            crop.hide()
            crop.deleteLater()
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
        if self._crop is not None:
            self._crop.update()
        target = self._target
        if self._editor is None or target is None or target.item_id is None:
            return
        if self.work.item(target.item_id) is None:
            self._editor.cancel()

    def _image_ready(self, page_id: int) -> None:
        super()._image_ready(page_id)
        if self._crop is not None:
            self._crop.update()


def _made_crop(view: TextView, target: TextTarget, walk: WordWalk | None) -> WordCrop | None:
    """The picture over the field: in a walk, and wherever the page shows its text too small."""
    page, lines = view.work.page, target.text.count("\n") + 1
    is_small = target.box.height / lines * view.scale_now < READABLE_PX
    if page is None or not (walk or is_small):
        return None
    crop = WordCrop(view.viewport(), view.canvas.picture.images, view.canvas.look.theme)
    parts = caption(page, walk) if walk else ()
    crop.show_word(page, target.box, lines, view.scale_now, parts)
    crop.show()
    return crop
