"""The project that is open: the one place where values change, and where everybody hears of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.document import edits
from desktop.document.continuation import whole
from desktop.document.history import History
from desktop.errors import UserError
from desktop.store.records import (
    Change,
    Edit,
    PageChange,
    Proposal,
    Revision,
    RevisionKind,
    SchemaChange,
)
from desktop.store.versions import gold_pages
from model_backend.document import Document, Page, Proposals
from model_backend.labels import LabelSchema
from model_backend.translation import mark

if TYPE_CHECKING:
    from desktop.store.store import Store

_KEPT_PAGES = 64


class OpenDocument(QObject):
    """Values in memory, equal to the store's: it is written first, then memory, then signals."""

    page_changed = Signal(int)
    pages_added = Signal()
    schema_changed = Signal()
    history_changed = Signal()
    many_changes_begin = Signal()

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.store = store
        self._schema = store.schema()
        self._pages: OrderedDict[int, Page] = OrderedDict()
        self._history = History(store)
        self._gold = gold_pages(store.folder)
        self._open_gold: set[int] = set()
        self.keeping: Future[Path] | None = None
        """A copy of how it is now, which a change of many pages must not get into."""

    @property
    def schema(self) -> LabelSchema:
        """The labels of the project."""
        return self._schema

    @property
    def undo_text(self) -> str:
        """The English text of the edit that would be undone; empty when there is none."""
        return self._history.undo_text

    @property
    def redo_text(self) -> str:
        """The English text of the edit that would be redone; empty when there is none."""
        return self._history.redo_text

    @property
    def is_being_kept(self) -> bool:
        """Whether a change of many pages has to wait."""
        return self.keeping is not None and not self.keeping.done()

    def page(self, page_id: int) -> Page:
        """The current value of a page."""
        page = self._pages.get(page_id)
        if page is None:
            page = self.store.page(page_id)
            self._keep(page)
        else:
            self._pages.move_to_end(page_id)
        return page

    def _keep(self, page: Page) -> None:
        self._pages[page.id] = page
        self._pages.move_to_end(page.id)
        if len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)

    def apply(self, text: str, *pages: Page) -> None:
        """Make one undoable step of these new values; a step that changes nothing is none.

        Where a table goes, the one on the next page that went on with it begins anew.
        """
        after = whole(self.store, self.page, pages)
        changes = [PageChange(self.page(page.id), page) for page in after]
        self._write(Edit(text, tuple(changes)), RevisionKind.EDIT)

    def go_on(self, text: str, *pages: Page) -> None:
        """Like `apply`, but undone together with the last step where that was called the same: the
        presses of a held key are one step.
        """
        changes = [PageChange(self.page(page.id), page) for page in pages]
        head = self.store.head
        is_same = head is not None and (head.kind, head.text) == (RevisionKind.EDIT, text)
        self._write(Edit(text, tuple(changes)), RevisionKind.EDIT, head if is_same else None)

    def apply_schema(self, text: str, schema: LabelSchema, *pages: Page) -> None:
        """Make one undoable step of new labels, with the pages that change with them."""
        changes: list[Change] = [SchemaChange(self._schema, schema)]
        changes += [PageChange(self.page(page.id), page) for page in pages]
        self._write(Edit(text, tuple(changes)), RevisionKind.EDIT)

    def undo(self) -> str:
        """Take back the last step; its English text, empty when there was none."""
        found = self._history.undone(self.page, self._schema)
        return self._step(found, RevisionKind.UNDO)

    def redo(self) -> str:
        """Make the step again that was undone last; its English text, empty when there was none."""
        found = self._history.redone(self.page, self._schema)
        return self._step(found, RevisionKind.REDO)

    def _step(self, found: tuple[Edit, Revision] | None, kind: RevisionKind) -> str:
        if found is None:
            return ""
        edit, revision = found
        self._write(edit, kind, revision)
        return edit.text

    def is_gold(self, page_id: int) -> bool:
        """Whether models are measured with the page, and nobody said that it may change."""
        return page_id in self._gold and page_id not in self._open_gold

    def open_gold(self, page_id: int) -> None:
        """Let the page change from now on."""
        self._open_gold.add(page_id)

    def _write(self, edit: Edit, kind: RevisionKind, of: Revision | None = None) -> None:
        for change in edit.changes:
            if isinstance(change, PageChange) and self.is_gold(change.after.id):
                raise UserError(
                    "This page is gold: models are measured with it. Page > Change this gold page"
                    " lets you."
                )
        if self.store.apply(edit.text, edit.changes, kind=kind, of=of) is not None:
            self._take(edit.changes)

    def _take(self, changes: Sequence[Change]) -> None:
        """What the store now holds becomes the current value, and everybody hears of it."""
        changed = [change for change in changes if change.before != change.after]
        for change in changed:
            if isinstance(change, PageChange):
                self._keep(change.after)
            else:
                self._schema = change.after
        for change in changed:
            if isinstance(change, PageChange):
                self.page_changed.emit(change.after.id)
            else:
                self.schema_changed.emit()
        self.history_changed.emit()

    def bring_proposals(self, page_id: int, proposals: Sequence[Proposals]) -> None:
        """Merge what models say about a page; it is kept unchanged beside what becomes of it."""
        before = page = self.page(page_id)
        earlier = self.store.proposals(page_id)
        said: tuple[Proposal, ...] = ()
        for one in proposals:
            page, new = edits.merge_proposals(page, one, (*earlier, *said))
            said += new
        change = PageChange(before, page)
        written = self.store.apply(
            mark("New proposals"), [change], kind=RevisionKind.JOB, proposals={page_id: said}
        )
        if written is not None:
            self._take([change])

    def bring_labels(self, labels: Iterable[tuple[str, str]]) -> None:
        """Take labels (name, kind) that an import brings: a revision, but no undo step."""
        change = SchemaChange(self._schema, self._schema.with_missing(labels))
        self._write(Edit(mark("New labels"), (change,)), RevisionKind.JOB)

    def add_document(
        self, path: Path | None, document: Document, pages: Sequence[Page], *, read: bool = False
    ) -> tuple[Document, tuple[int, ...]]:
        """Copy a file into the project and add its pages."""
        added = self.store.add_document(path, document, pages, read=read)
        self.pages_added.emit()
        return added

    def take_restored(self) -> None:
        """A part of a project's copy came into the store: read anew what is in memory of it."""
        before, self._schema = self._schema, self.store.schema()
        self.pages_added.emit()
        if before != self._schema:
            self.schema_changed.emit()
        self.history_changed.emit()

    def restore_page(self, page: Page) -> None:
        """Bring a page of a backup back: an undoable step, but over a damaged page no edit can."""
        text = mark("Restore a page from a backup")
        try:
            now = self.page(page.id)
            is_damaged = page.id in self.store.damaged
        except UserError:
            now, is_damaged = page, True
        page = replace(page, document_id=now.document_id, next_id=max(now.next_id, page.next_id))
        if not is_damaged:
            self.apply(text, page)
            return
        self.store.put_back(text, page)
        self._keep(page)
        self.page_changed.emit(page.id)
        self.history_changed.emit()

    def set_read(self, page_id: int, change: Callable[[Page], Page], problem: str = "") -> None:
        """Put onto the current page what reading it found, or why it could not be read."""
        page = change(self.page(page_id))
        self.store.set_read(page, problem)
        self._keep(page)
        self.page_changed.emit(page.id)

    def close(self) -> None:
        """Let go of the project."""
        self._pages.clear()
        self.store.close()
