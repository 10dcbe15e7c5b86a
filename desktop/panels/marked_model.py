"""Everything that is marked in the project as a list that grows as it is scrolled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.appearance.plain import tip
from desktop.document.lookup import items_of
from desktop.document.marks import (
    COUNTS,
    DOUBTFUL,
    ILLEGIBLE,
    NOTED,
    UNSURE,
    Marked,
    is_marked,
    marked_on,
)
from desktop.guards import guarded
from desktop.panels.texts import KIND_TEXTS, name_of, one_line
from model_backend.lookup import changed_ids
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument
    from model_backend.document import Page

Index = QModelIndex | QPersistentModelIndex
MARK_TEXTS = {
    UNSURE: mark("unsure"),
    DOUBTFUL: mark("doubtful"),
    ILLEGIBLE: mark("illegible"),
    NOTED: mark("note"),
}
PAGES_AT_ONCE = 20


@guarded
class MarkedModel(QAbstractListModel):
    """The marked things of the pages read so far, in the order of the pages."""

    def __init__(self, document: OpenDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._wanted: tuple[str, ...] = ()
        self._rows: list[_Line] = []
        self._last, self._has_more = 0, False
        self._looked_at: Page | None = None
        """The page that changed last, as it is now."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The marks that are listed; none before anybody looks."""
        return self._wanted

    def show(self, wanted: tuple[str, ...]) -> None:
        """Begin anew with the things that have any of these marks."""
        self.beginResetModel()
        self._wanted, self._rows, self._last, self._has_more = wanted, [], 0, bool(wanted)
        self._rows = self._more()
        self.endResetModel()

    def _more(self) -> list[_Line]:
        """The things of the next pages that have any."""
        names = [COUNTS[name] for name in self._wanted]
        marks = self._document.store.marks
        pages = marks.pages(names, after=self._last, limit=PAGES_AT_ONCE) if names else ()
        self._has_more = len(pages) == PAGES_AT_ONCE
        if pages:
            self._last = pages[-1]
        return [line for page_id in pages for line in self._lines(page_id)]

    def _lines(self, page_id: int) -> list[_Line]:
        """The lines of a page, with their texts: they are painted when the page is not at hand."""
        page = self._document.page(page_id)
        document = self._document.store.document(page.document_id)
        where = _("{name}, page {number} of {count}").format(
            name=document.name, number=page.number + 1, count=document.page_count
        )
        return [_line(one, page, where) for one in marked_on(page, self._wanted)]

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether there may be marked pages after those read so far; a list may be laid out once
        more after its project.
        """
        return self._has_more and not self._document.store.is_closed

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        """Read the next marked pages."""
        more = self._more()
        if more:
            count = len(self._rows)
            self.beginInsertRows(QModelIndex(), count, count + len(more) - 1)
            self._rows += more
            self.endInsertRows()

    def page_changed(self, page_id: int) -> None:
        """One page has another value: its rows are made anew."""
        if self._has_more and page_id > self._last:
            return
        page = self._document.page(page_id)
        earlier, self._looked_at = self._looked_at, page
        places = [n for n, line in enumerate(self._rows) if line.marked.page_id == page_id]
        if not places and earlier is not None and not _may_list(earlier, page):
            return
        found = self._lines(page_id)
        if [self._rows[n] for n in places] == found:
            return
        before = sum(line.marked.page_id < page_id for line in self._rows)
        if places:
            self.beginRemoveRows(QModelIndex(), places[0], places[-1])
            del self._rows[places[0] : places[-1] + 1]
            self.endRemoveRows()
        if found:
            self.beginInsertRows(QModelIndex(), before, before + len(found) - 1)
            self._rows[before:before] = found
            self.endInsertRows()
        self._last = max(self._last, page_id)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many things are listed so far."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def marked(self, index: Index) -> Marked | None:
        """The thing at this index."""
        return self._rows[index.row()].marked if index.isValid() else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """What it is with its marks, its note, where it is: a line each."""
        if not index.isValid():
            return None
        line = self._rows[index.row()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(line.whole)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return line.whole
        return line.text if role == Qt.ItemDataRole.DisplayRole else None


def _may_list(before: Page, page: Page) -> bool:
    """Whether a page that had nothing to list may have something now."""
    if before.id != page.id or before.note != page.note:
        return True
    changed = changed_ids(before.words, page.words) | changed_ids(
        before.annotations, page.annotations
    )
    return any(map(is_marked, items_of(page, changed).values()))


@dataclass(frozen=True)
class _Line:
    """A thing with its texts: as listed, and whole."""

    marked: Marked
    text: str
    whole: str


def _line(one: Marked, page: Page, where: str) -> _Line:
    marks = ", ".join(_(MARK_TEXTS[name]) for name in one.marks)
    head = f"{_title(one, page)} – {marks}"
    text, whole = (
        "\n".join(filter(None, (head, note, where))) for note in (one_line(one.note), one.note)
    )
    return _Line(one, text, whole)


def _title(one: Marked, page: Page) -> str:
    if not one.item_id:
        return _("Page")
    item = page.word(one.item_id) or page.annotation(one.item_id)
    return f"{_(KIND_TEXTS[type(item)])}: {one_line(name_of(item, page), 40)}" if item else ""
