"""Undo and redo, and edits of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import edits
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import Entity, Page, Region, Word
from model_backend.labels import TABLE_CLASSES
from model_backend.reading_order import reading_order
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor


class EditActions(QObject):
    """What the Edit menu does besides what the canvas does itself."""

    said = Signal(str)
    label_wanted = Signal()

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._changed: list[int] = []
        editor.document.page_changed.connect(self._changed.append)

    def undo(self) -> None:
        """Take the last edit back, and show where it was."""
        if self._editor.document.undo_text:
            self._changed.clear()
            self.said.emit(_("Undone: {what}").format(what=_(self._editor.document.undo())))
            self._show_changed()

    def redo(self) -> None:
        """Do what was undone again, and show where it is."""
        if self._editor.document.redo_text:
            self._changed.clear()
            self.said.emit(_("Redone: {what}").format(what=_(self._editor.document.redo())))
            self._show_changed()

    def _show_changed(self) -> None:
        if self._changed and self._editor.selection.page_id not in self._changed:
            self._editor.selection.set_page(self._changed[0])

    def choose_label(self) -> None:
        """Open the list of labels."""
        self.label_wanted.emit()

    def toggle_illegible(self) -> None:
        """Mark the selected words, also those of entities, illegible, or legible again."""
        words = self._words()
        ids = tuple(word.id for word in words)
        is_illegible = not all(word.is_illegible for word in words)
        if ids:
            self._editor.change(
                mark("Mark words illegible"),
                lambda page: edits.set_illegible(page, ids, is_illegible=is_illegible),
            )

    def _words(self) -> tuple[Word, ...]:
        page = self._editor.page
        if page is None:
            return ()
        ids = {thing.id for thing in self._editor.selected if isinstance(thing, Word)}
        for thing in self._editor.selected:
            if isinstance(thing, Entity):
                ids.update(thing.word_ids)
        return tuple(word for word in page.words if word.id in ids)

    def group(self) -> None:
        """Make one entity of the selected words and entities; it has all their links."""
        words = tuple(word.id for word in reading_order(self._words()))
        ids = [thing.id for thing in self._editor.selected if isinstance(thing, Entity)]
        if not words and len(ids) < 2:
            raise UserError("Select words or entities that have words, then join them.")
        label = self._first_label()

        def change(page: Page) -> Page:
            if ids:
                return edits.join_entities(page, ids, words)
            return edits.add_entity(page, label, words)

        page = self._editor.page
        made = ids[0] if ids else (page.next_id if page else 0)
        if self._editor.change(mark("Join into one entity"), change):
            self._editor.selection.select((made,))

    def _first_label(self) -> str:
        labels = self._editor.document.schema.of_kind("entity")
        return labels[0].name if labels else "other"

    def ungroup(self) -> None:
        """Make an entity of each word of the selected entities; all of them are selected then."""
        page = self._editor.page
        chosen = [thing for thing in self._editor.selected if isinstance(thing, Entity)]
        ids = [entity.id for entity in chosen if len(entity.word_ids) > 1]
        if page is None or not ids:
            self.said.emit(_("Select an entity of several words to split it."))
            return

        def change(page: Page) -> Page:
            for entity_id in ids:
                page = edits.split_entity(page, entity_id)
            return page

        first_new = page.next_id
        if self._editor.change(mark("Split an entity into its words"), change):
            page = self._editor.page
            new = [e.id for e in page.entities if e.id >= first_new] if page else []
            self._editor.selection.select((*(entity.id for entity in chosen), *new))

    def make_grid(self) -> None:
        """Make one table of selected regions of PubTables-1M's classes."""
        page = self._editor.page
        regions = [
            thing
            for thing in self._editor.selected
            if isinstance(thing, Region) and thing.label in TABLE_CLASSES
        ]
        if page is None or not regions:
            raise UserError("Select the regions of one table (rows, columns, cells), then retry.")
        objects = [(region.label, region.box) for region in regions]
        table = table_grid.from_objects(page.next_id, objects, page.words)
        if table is None:
            raise UserError("These regions do not make a grid. Correct rows and columns, retry.")
        ids = tuple(region.id for region in regions)
        self._editor.change(
            mark("Make a grid of regions"),
            lambda page: edits.add_table(edits.delete(page, ids), table),
        )
        self._editor.selection.select((table.id,))
