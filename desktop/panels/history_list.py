"""What was done in the project, newest first: by whom, when; double-click shows where."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QVBoxLayout, QWidget

from desktop.appearance.plain import tip
from desktop.guards import guarded
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor
    from desktop.store.records import Revision

Index = QModelIndex | QPersistentModelIndex
SLICE = 200
PRECISION = 20
"""Rows that are asked how wide the column of names and times is: all are alike."""


@guarded
class HistoryModel(QAbstractTableModel):
    """The record of revisions, read in slices as one scrolls down."""

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._revisions: list[Revision] = []
        self._has_more = False
        editor.document.history_changed.connect(self._take_new)
        self._fill()

    def _fill(self) -> None:
        self.beginResetModel()
        self._revisions = list(self._editor.document.store.revisions(limit=SLICE))
        self._has_more = len(self._revisions) == SLICE
        self.endResetModel()

    def _take_new(self) -> None:
        newest = self._revisions[0].id if self._revisions else 0
        found = self._editor.document.store.revisions(limit=8)
        new = [revision for revision in found if revision.id > newest]
        if len(new) == len(found) and self._revisions:
            self._fill()
        elif new:
            self.beginInsertRows(QModelIndex(), 0, len(new) - 1)
            self._revisions[:0] = new
            self.endInsertRows()

    def revision(self, row: int) -> Revision:
        """The revision of this row."""
        return self._revisions[row]

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Revisions read so far."""
        return 0 if parent is not None and parent.isValid() else len(self._revisions)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """What, and by whom and when."""
        return 2

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        """Whether there is older record; a list may be laid out once more after its project."""
        store = self._editor.document.store
        return self._has_more and not parent.isValid() and not store.is_closed

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        """Read the next slice."""
        oldest = self._revisions[-1].id
        older = self._editor.document.store.revisions(oldest, SLICE)
        self._has_more = len(older) == SLICE
        first = len(self._revisions)
        if older:
            self.beginInsertRows(QModelIndex(), first, first + len(older) - 1)
            self._revisions.extend(older)
            self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Texts."""
        revision = self._revisions[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _when(revision) if index.column() else _what(revision)
        if role == Qt.ItemDataRole.ToolTipRole:
            moment = datetime.fromtimestamp(revision.at / 1000)
            return tip(f"{_what(revision)}\n{revision.who}, {moment:%Y-%m-%d %H:%M:%S}")
        return None


def _what(revision: Revision) -> str:
    patterns = {"undo": _("Undone: {what}"), "redo": _("Redone: {what}")}
    return patterns.get(revision.kind, "{what}").format(what=_(revision.text))


def _when(revision: Revision) -> str:
    moment = datetime.fromtimestamp(revision.at / 1000)
    is_today = moment.date() == datetime.now().date()
    return f"{moment:%H:%M}" if is_today else f"{moment:%Y-%m-%d}"


class HistoryList(QWidget):
    """The record as a list."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.model = HistoryModel(editor, self)
        self.view = QTreeView(self)
        self.view.setModel(self.model)
        self.view.setRootIsDecorated(False)
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setAccessibleName(_("History"))
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(PRECISION)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 4, 6, 6)
        layout.addWidget(self.view)
        self.view.doubleClicked.connect(self._show_place)

    def _show_place(self, index: QModelIndex) -> None:
        revision = self.model.revision(index.row())
        for change in self._editor.document.store.changes_of(revision.of or revision.id):
            page_id = getattr(change, "page_id", None)
            if page_id:
                self._editor.selection.set_page(page_id)
                return
