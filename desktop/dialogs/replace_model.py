"""The texts that would change, each with a tick."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop.appearance.plain import cut, tip
from desktop.document.searching import Found
from desktop.guards import guarded
from model_backend.translation import _, mark

Index = QModelIndex | QPersistentModelIndex
TEXT, AFTER, PAGE = range(3)
HEADS = (mark("Now"), mark("Then"), mark("Page"))
MOST = 20_000
"""More lines than this nobody looks through; the rest is found when these are replaced."""


@guarded
class ReplaceModel(QAbstractTableModel):
    """Rows arrive while the search goes on; all are ticked until somebody unticks them."""

    def __init__(self, page_name: Callable[[int], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._page_name = page_name
        self.rows: list[Found] = []
        self._unticked: set[int] = set()

    def clear(self) -> None:
        """Begin anew."""
        self.beginResetModel()
        self.rows, self._unticked = [], set()
        self.endResetModel()

    def add(self, found: Sequence[Found]) -> None:
        """More was found."""
        found = found[: MOST - len(self.rows)]
        if found:
            count = len(self.rows)
            self.beginInsertRows(QModelIndex(), count, count + len(found) - 1)
            self.rows += found
            self.endInsertRows()

    @property
    def is_full(self) -> bool:
        """Whether no more lines are taken."""
        return len(self.rows) >= MOST

    @property
    def ticked(self) -> list[Found]:
        """What is to be replaced."""
        return [one for row, one in enumerate(self.rows) if row not in self._unticked]

    def tick_all(self, *, is_on: bool) -> None:
        """Tick everything, or nothing."""
        self._unticked = set() if is_on else set(range(len(self.rows)))
        if self.rows:
            last = self.index(len(self.rows) - 1, 0)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.CheckStateRole])

    def toggle(self, rows: Sequence[int]) -> None:
        """Tick these where any of them is not ticked, else untick them."""
        if any(row in self._unticked for row in rows):
            self._unticked.difference_update(rows)
        else:
            self._unticked.update(rows)
        for row in rows:
            index = self.index(row, TEXT)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.CheckStateRole])

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many texts were found so far."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Now, then, page."""
        return len(HEADS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """The names of the columns."""
        is_head = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _(HEADS[section]) if is_head else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """The first column can be ticked."""
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == TEXT else flags

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | Qt.CheckState | None:
        """Texts on one line each, and the tick."""
        one = self.rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == TEXT:
            is_off = index.row() in self._unticked
            return Qt.CheckState.Unchecked if is_off else Qt.CheckState.Checked
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if index.column() == PAGE:
            return self._page_name(one.page_id)
        text = one.before if index.column() == TEXT else one.after
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(text)
        return cut(text).replace("\n", " ⏎ ") or _("(no text)")

    def setData(  # noqa: N802 - Qt's name
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Tick or untick one."""
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.toggle([index.row()])
        return True
