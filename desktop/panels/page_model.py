"""The pages of a project as a list model: ids at once, the rest only for rows that are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)

from desktop.appearance.plain import tip
from desktop.appearance.signs import PAGE_STATUS_TEXTS
from desktop.guards import guarded
from model_backend.document import PageStatus
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from desktop.document.open_document import OpenDocument
    from desktop.jobs.page_images import PageImages
    from desktop.store.records import PageSummary

SUMMARY, THUMBNAIL, PLACE = (
    Qt.ItemDataRole.UserRole,
    Qt.ItemDataRole.UserRole + 1,
    Qt.ItemDataRole.UserRole + 2,
)
"""Roles: the page's summary, its small picture (None until there is one), its place in the file."""
PROBLEM = Qt.ItemDataRole.UserRole + 3
"""What is wrong with the page; empty where all is well."""
NOT_SAVED = mark("Damaged: it is not what was saved")
SLICE = 200
Index = QModelIndex | QPersistentModelIndex


@guarded
class PageModel(QAbstractListModel):
    """One row a page; summaries are read in slices by key: 100,000 pages cost no more than 200."""

    def __init__(
        self, document: OpenDocument, images: PageImages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._images = images
        self._statuses: tuple[PageStatus, ...] | None = None
        self._ids: tuple[int, ...] = ()
        self._rows: dict[int, int] = {}
        self._summaries: dict[int, PageSummary] = {}
        self._page_counts: dict[int, int] = {}
        document.page_changed.connect(self._refresh)
        document.pages_added.connect(self.reload)
        images.thumbnail_ready.connect(self._redraw)
        self._begin()

    def _begin(self) -> None:
        """A large project shows its first pages at once and lists the others right after."""
        first = self._document.store.summaries(limit=SLICE)
        self._summaries.update({summary.id: summary for summary in first})
        self._take(tuple(summary.id for summary in first))
        if len(first) == SLICE:
            QTimer.singleShot(0, self, self.reload)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many pages are listed."""
        return 0 if parent is not None and parent.isValid() else len(self._ids)

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> PageSummary | QImage | str | None:
        """The row's text, summary or small picture."""
        if not index.isValid():
            return None
        page_id = self._ids[index.row()]
        if role == THUMBNAIL:
            return self._images.thumbnail(page_id)
        if role == PLACE:
            return self._place(page_id, index.row())
        if role == PROBLEM:
            found = self._summary(page_id, index.row())
            return self.problem(found) if found else ""
        if role in (SUMMARY, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            summary = self._summary(page_id, index.row())
            if role == SUMMARY or summary is None:
                return summary
            line = "\n".join(filter(None, (_line(summary), self.problem(summary))))
            return tip(line) if role == Qt.ItemDataRole.ToolTipRole else line
        return None

    def problem(self, summary: PageSummary) -> str:
        """What is wrong with a page, its most important word first; empty where all is well."""
        return _(NOT_SAVED) if summary.id in self._document.store.damaged else summary.problem

    def page_id(self, row: int) -> int | None:
        """The page of this row."""
        return self._ids[row] if 0 <= row < len(self._ids) else None

    def row_of(self, page_id: int) -> int | None:
        """The row of this page; None where the list leaves it out."""
        return self._rows.get(page_id)

    def place_of(self, page_id: int) -> int:
        """The page's place in the list, from 1; 0 where the list leaves it out."""
        return self._rows.get(page_id, -1) + 1

    def show_only(self, statuses: tuple[PageStatus, ...] | None) -> None:
        """List only pages of these statuses (None: all)."""
        self._statuses = statuses
        self.reload()

    def reload(self) -> None:
        """Read which pages there are; pages added at the end leave the others as they are."""
        ids = tuple(self._document.store.page_ids(self._statuses))
        old = len(self._ids)
        if ids[:old] == self._ids and old:
            if len(ids) > old:
                self.beginInsertRows(QModelIndex(), old, len(ids) - 1)
                self._take(ids)
                self.endInsertRows()
            return
        self.beginResetModel()
        self._summaries.clear()
        self._take(ids)
        self.endResetModel()

    def _take(self, ids: tuple[int, ...]) -> None:
        self._ids = ids
        self._rows = {page_id: row for row, page_id in enumerate(ids)}

    def _summary(self, page_id: int, row: int) -> PageSummary | None:
        if page_id not in self._summaries:
            first = self._ids[max(0, row - SLICE // 4)]
            found = self._document.store.summaries(after_id=first - 1, limit=SLICE)
            self._summaries.update({summary.id: summary for summary in found})
        if page_id not in self._summaries:
            self._summaries[page_id] = self._document.store.summary(page_id)
        return self._summaries.get(page_id)

    def _place(self, page_id: int, row: int) -> str:
        """The page's place in a document of several pages; nothing where it is the only one."""
        summary = self._summary(page_id, row)
        if summary is None:
            return ""
        number = summary.document_id
        if number not in self._page_counts:
            self._page_counts[number] = self._document.store.document(number).page_count
        count = self._page_counts[number]
        text = _("Page {number} of {count}").format(number=summary.number + 1, count=count)
        return text if count > 1 else ""

    def _refresh(self, page_id: int) -> None:
        row = self._rows.get(page_id)
        if row is not None and self._summaries.pop(page_id, None) is not None:
            self._summaries[page_id] = self._document.store.summary(page_id)
        self._redraw(page_id)

    def _redraw(self, page_id: int) -> None:
        row = self._rows.get(page_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))


def is_partly_done(summary: PageSummary) -> bool:
    """Whether proposals were passed over when the page was marked done."""
    return bool(summary.proposed) and summary.status in (PageStatus.DONE, PageStatus.ACCEPTED)


def status_text(summary: PageSummary) -> str:
    """The page's status, with what was passed over when it was marked done."""
    status = _(PAGE_STATUS_TEXTS[PageStatus(summary.status)])
    if not is_partly_done(summary):
        return status
    return _("{status}, {count} not accepted").format(status=status, count=summary.proposed)


def _line(summary: PageSummary) -> str:
    status = status_text(summary)
    return _("{name}, page {number}: {status}").format(
        name=summary.document_name, number=summary.number + 1, status=status
    )
