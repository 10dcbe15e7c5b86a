"""The keyboard's way through proposals: accept, move on, next doubtful, done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import edits, review
from desktop.document.order import annotations_in_order
from model_backend.document import Annotation, PageStatus, Relation, Status, Word
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.canvas.view import CanvasView
    from desktop.window.check_actions import CheckActions
    from desktop.window.page_actions import PageActions
    from desktop.window.workbench import Workbench


class ReviewActions(QObject):
    """What the Review menu does."""

    said = Signal(str)

    def __init__(
        self,
        bench: Workbench,
        canvas: CanvasView,
        pages: PageActions,
        problems: CheckActions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bench, self._canvas, self._pages = bench, canvas, pages
        self._problems = problems

    def accept_or_edit(self) -> None:
        """Accept what is selected and go on; edit the text of what is accepted already."""
        editor = self._bench.editor
        proposed = [t for t in editor.selected_annotations if t.status is Status.PROPOSED]
        if not proposed or self._bench.selection.cells is not None:
            is_words = all(isinstance(thing, Word) for thing in editor.selected)
            (self._canvas.walk_words if is_words else self._canvas.edit_text)()
            return
        ids = [thing.id for thing in proposed]
        upcoming = self._proposed_after(ids[-1])
        if editor.change(mark("Accept"), lambda page: edits.accept(page, ids)):
            self._select(upcoming)

    def _order(self) -> tuple[Annotation, ...]:
        """What can be walked to, in reading order: what is shown, passes the filter, is free."""
        page, free = self._bench.editor.page, self._free()
        return tuple(item for item in annotations_in_order(page) if item.id in free) if page else ()

    def _free(self) -> set[int]:
        """What can be selected on the page in view."""
        page, visibility = self._bench.editor.page, self._bench.selection.visibility
        return {item.id for item in visibility.selectable(page)} if page else set()

    def _proposed_after(self, annotation_id: int) -> int | None:
        order = self._order()
        place = next((n for n, item in enumerate(order) if item.id == annotation_id), -1)
        rest = [*order[place + 1 :], *order[: max(place, 0)]]
        return next((item.id for item in rest if item.status is Status.PROPOSED), None)

    def _select(self, annotation_id: int | None) -> None:
        if annotation_id is not None:
            self._bench.selection.select((annotation_id,))
            self._canvas.show_selection()
        else:
            self.said.emit(_("Nothing is left to check on this page. Ctrl+Enter: done."))

    def accept_rest(self) -> None:
        """Accept everything that is still proposed on the page, but for what nobody sees now."""
        ids = [item.id for item in self._order() if item.status is Status.PROPOSED]
        text = mark("Accept the rest of the page")
        if self._bench.editor.change(text, lambda page: edits.accept(page, ids)):
            self.said.emit(_("{count} accepted").format(count=len(ids)))

    def _proposed_count(self) -> int:
        page = self._bench.editor.page
        return sum(item.status is Status.PROPOSED for item in page.annotations) if page else 0

    def edit_text(self) -> None:
        """Edit the text of what is selected; say how to select where nothing is."""
        if self._bench.selection.ids:
            self._canvas.edit_text()
        else:
            self.said.emit(_("Select what to edit first: click it or press Tab."))

    def delete(self) -> None:
        """Delete or reject what is selected and go on from its place, as accepting does."""
        chosen = self._bench.editor.selected_annotations
        upcoming = self._after_deleting(chosen) if chosen else []
        before = self._bench.editor.page
        self._canvas.delete_selection()
        page = self._bench.editor.page
        if not chosen or page is None or before is None or page == before:
            return
        left = {item.id for item in page.annotations}
        if chosen[0].id in left:
            return  # an edge of a table went, not the table
        found = next((number for number in upcoming if number in left), None)
        if found is not None or chosen[-1].status is Status.PROPOSED:
            self._select(found)

    def _after_deleting(self, chosen: tuple[Annotation, ...]) -> list[int]:
        """What may be selected next: proposals after a proposal, else what can be walked to."""
        order = self._order()
        gone = {item.id for item in chosen}
        places = [n for n, item in enumerate(order) if item.id in gone]
        last = places[-1] if places else -1
        rest = [*order[last + 1 :], *order[: max(last, 0)]]
        is_review = any(item.status is Status.PROPOSED for item in chosen)
        return [
            item.id
            for item in rest
            if item.id not in gone
            and (item.status is Status.PROPOSED if is_review else not isinstance(item, Relation))
        ]

    def next_item(self) -> None:
        """Select the next annotation in reading order."""
        self._canvas.select_next(1)

    def previous_item(self) -> None:
        """Select the annotation before, in reading order."""
        self._canvas.select_next(-1)

    def next_doubtful(self) -> None:
        """Select the next doubtful annotation, on this page or a later one."""
        page = self._bench.editor.page
        ids = self._bench.selection.ids
        if page is None:
            return
        found = review.next_doubtful(page, ids[-1] if ids else None, self._free())
        if found is None:
            page_id = self._doubtful_page(page.id)
            if page_id is not None and page_id != page.id:
                self._bench.selection.set_page(page_id)
            page = self._bench.editor.page
            found = review.next_doubtful(page, None, self._free()) if page and page_id else None
            if found is None and page_id is not None:
                self.said.emit(_("What is doubtful here is hidden, locked or left out."))
                return
        if found is None:
            self.said.emit(_("Nothing doubtful is left in this project."))
        else:
            self._bench.selection.select((found.id,))
            self._canvas.show_selection()

    def _doubtful_page(self, page_id: int) -> int | None:
        """The next page with proposals, going round past the last one."""
        store = self._bench.document.store
        for start, end in ((page_id, None), (0, page_id)):
            after = start
            while summaries := store.summaries(after_id=after, limit=500):
                for summary in summaries:
                    if summary.proposed and (end is None or summary.id <= end):
                        return summary.id
                after = summaries[-1].id
                if end is not None and after > end:
                    break
        return None

    def mark_done(self) -> None:
        """Mark the page done and show the next one."""
        self._finish(PageStatus.DONE)

    def accept_page(self) -> None:
        """Mark the page accepted and show the next one."""
        self._finish(PageStatus.ACCEPTED)

    def _finish(self, status: PageStatus) -> None:
        """Set the status, show the next page, and say what will not be exported."""
        if self._problems.show_error():
            return
        count = self._proposed_count()
        if not self._set_status(status):
            return
        self._pages.next_page()
        if count == 1:
            self.said.emit(_("Done. 1 proposal was not accepted and will not be exported."))
        elif count:
            text = _("Done. {count} proposals were not accepted and will not be exported.")
            self.said.emit(text.format(count=count))

    def return_page(self) -> None:
        """Give the page back to be worked on again."""
        self._set_status(PageStatus.RETURNED)

    def _set_status(self, status: PageStatus) -> bool:
        return self._bench.editor.change(
            mark("Set the page's status"), lambda page: edits.set_page_status(page, status)
        )
