"""One table for Qt's views: its cells with the text of the words in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from desktop.appearance.plain import tip
from desktop.guards import guarded
from desktop.panels.texts import one_line
from model_backend import table_grid
from model_backend.document import Span, Table, Word
from model_backend.translation import mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

Index = QModelIndex | QPersistentModelIndex
HEADER_TINT, PROJECTED_TINT = QColor(99, 102, 241, 46), QColor(217, 119, 6, 46)
"""Header cells and projected row headers; they are bold and slanted, too."""


@guarded
class CellModel(QAbstractTableModel):
    """The grid of one table; what cells say is looked up only once a view asks."""

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.table: Table | None = None
        self._words: Sequence[Word] = ()
        self._merged: dict[tuple[int, int], Span] = {}

    def show(self, table: Table | None, words: Sequence[Word]) -> bool:
        """Make the grid equal to this table of a page with these words; whether its cells are the
        ones shown before, with other texts at most.
        """
        is_same_grid = _grid_of(table) == _grid_of(self.table)
        if not is_same_grid:
            self.beginResetModel()
        self.table, self._words = table, words
        self._merged = table_grid.merged_cells(table) if table else {}
        self.__dict__.pop("_inside", None)
        if not is_same_grid:
            self.endResetModel()
        elif table is not None:
            last = self.index(len(table.rows) - 1, len(table.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, len(table.rows) - 1)
        return is_same_grid

    @cached_property
    def _inside(self) -> Mapping[Span, Sequence[Word]]:
        return table_grid.words_of_cells(self.table, self._words) if self.table else {}

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Rows of the table."""
        return len(self.table.rows) if self.table and not (parent and parent.isValid()) else 0

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Columns of the table."""
        return len(self.table.columns) if self.table and not (parent and parent.isValid()) else 0

    def span_at(self, row: int, column: int) -> Span:
        """The cell over a place of the grid."""
        return self._merged.get((row, column)) or Span(row, row + 1, column, column + 1)

    def spans(self) -> tuple[Span, ...]:
        """The cells that cover more than one place of the grid."""
        merged = dict.fromkeys(self._merged.values())
        return tuple(s for s in merged if (s.row1 - s.row0) * (s.column1 - s.column0) > 1)

    def data(
        self, index: Index, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | QFont | QColor | None:
        """A cell's text; headers are bold, projected row headers slanted, both tinted."""
        table = self.table
        if table is None:
            return None
        row = index.row()
        is_header, is_projected = row < table.header_rows, row in table.projected_rows
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            text = table_grid.cell_text(self._inside.get(self.span_at(row, index.column()), ()))
            return one_line(text) if role == Qt.ItemDataRole.DisplayRole else text
        if role == Qt.ItemDataRole.ToolTipRole:
            text = table_grid.cell_text(self._inside.get(self.span_at(row, index.column()), ()))
            return tip(text) or None
        if role == Qt.ItemDataRole.FontRole and (is_header or is_projected):
            font = QFont()
            font.setBold(is_header)
            font.setItalic(is_projected)
            return font
        if role == Qt.ItemDataRole.BackgroundRole and (is_header or is_projected):
            return HEADER_TINT if is_header else PROJECTED_TINT
        return None

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> str | None:
        """Numbers from 1; H marks a header row, P a projected row header."""
        if role != Qt.ItemDataRole.DisplayRole or self.table is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return str(section + 1)
        sign = "H" if section < self.table.header_rows else ""
        sign = "P" if section in self.table.projected_rows else sign
        return f"{section + 1} {sign}".strip()

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Every cell can be edited: an empty one gets a word."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def setData(  # noqa: N802 - Qt's name
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Give the words of a cell another text; an empty cell a word."""
        table = self.table
        if role != Qt.ItemDataRole.EditRole or table is None:
            return False
        from desktop.document import edits

        span, text = self.span_at(index.row(), index.column()), str(value)
        if text == self.data(index, Qt.ItemDataRole.EditRole):
            return False
        table_id = table.id
        return self._editor.change(
            mark("Edit the text of a cell"),
            lambda page: edits.set_text_of_cell(page, table_id, span, text),
        )


def _grid_of(table: Table | None) -> object:
    """What makes the cells of a table, without their places on the page."""
    if table is None:
        return None
    return (
        table.id,
        len(table.rows),
        len(table.columns),
        table.spans,
        table.projected_rows,
        table.header_rows,
    )
