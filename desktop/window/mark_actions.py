"""What people remark on: unsure, doubtful, notes; and the ways to what was remarked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import edits
from desktop.document.marks import COUNTS, DOUBTFUL, UNSURE, next_marked
from model_backend.document import Annotation, Page, Word
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.canvas.view import CanvasView
    from desktop.window.workbench import Workbench

WALKED = (UNSURE, DOUBTFUL)


class MarkActions(QObject):
    """Marks, notes, and correcting words one after the other."""

    said = Signal(str)
    note_wanted = Signal()

    def __init__(self, bench: Workbench, canvas: CanvasView, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._canvas = bench, canvas
        canvas.walk_ended.connect(self._tell_end)

    def toggle_unsure(self) -> None:
        """Mark what is selected: annotations unsure, words doubtful; or take the mark back."""
        things = self._bench.editor.selected
        words = tuple(thing.id for thing in things if isinstance(thing, Word))
        others = tuple(thing.id for thing in things if not isinstance(thing, Word))
        is_on = not all(map(_is_marked, things))

        def change(page: Page) -> Page:
            page = edits.set_unsure(page, others, is_unsure=is_on)
            return edits.set_doubtful(page, words, is_doubtful=is_on)

        if self._bench.editor.change(mark("Mark unsure"), change):
            text = _("Marked unsure.") if is_on else _("No longer marked unsure.")
            self.said.emit(text)

    def edit_note(self) -> None:
        """Write a note on the selected annotation, on the page where nothing is selected."""
        things = self._bench.editor.selected
        if len(things) == 1 and isinstance(things[0], Word):
            page, word_id = self._bench.editor.page, things[0].id
            owners = [e.id for e in page.entities if word_id in e.word_ids] if page else []
            if not owners:
                self.said.emit(_("A word has no note: make an entity of it first."))
                return
            self._bench.selection.select(owners[:1])
        self.note_wanted.emit()

    def next_marked(self) -> None:
        """Select the next unsure annotation or doubtful word, on this page or a later one."""
        page, ids = self._bench.editor.page, self._bench.selection.ids
        if page is None:
            return
        found = next_marked(page, ids[-1] if ids else None, WALKED)
        if found is None:
            names = [COUNTS[name] for name in WALKED]
            pages = self._bench.document.store.marks.pages
            after = pages(names, after=page.id) or pages(names, after=0)
            if after:
                self._bench.selection.set_page(after[0])
                found = next_marked(self._bench.document.page(after[0]), None, WALKED)
        if found is None:
            self.said.emit(_("Nothing is unsure or doubtful in this project."))
        else:
            self._bench.selection.select((found.item_id,))
            self._canvas.show_selection()

    def walk_words(self) -> None:
        """Correct the words of the selection, else of the page, one after the other."""
        self._canvas.setFocus()
        self._canvas.walk_words()

    def walk_doubtful(self) -> None:
        """Correct the words that are in doubt, on this page or the next that has any."""
        self._canvas.setFocus()
        if self._canvas.walk_doubtful():
            return
        here = self._bench.selection.page_id
        pages = self._bench.document.store.marks.pages
        names = [COUNTS[DOUBTFUL]]
        found = pages(names, after=here) or pages(names, after=0)
        if found:
            self._bench.selection.set_page(found[0])
            self._canvas.walk_doubtful()
        else:
            self.said.emit(_("No word of this project is in doubt."))

    def _tell_end(self) -> None:
        totals = self._bench.document.store.marks.totals()
        left = totals[COUNTS[DOUBTFUL]]
        if left:
            text = _("That was the last word. Shift+F2: {count} doubtful words in the project.")
            self.said.emit(text.format(count=left))
        else:
            self.said.emit(_("That was the last word."))


def _is_marked(thing: Word | Annotation) -> bool:
    return thing.needs_look if isinstance(thing, Word) else thing.is_unsure
