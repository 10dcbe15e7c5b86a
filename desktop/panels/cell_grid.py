"""The cells of the selected table as a grid; one selection with the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QLabel, QStackedLayout, QTableView, QWidget

from desktop.panels.texts import one_line
from model_backend import table_grid
from model_backend.document import Page, Span, Table, Word
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

Index = QModelIndex | QPersistentModelIndex


class CellModel(QAbstractTableModel):
    """The grid of one table with the text of its words."""

    def __init__(self, editor: Editor, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.table: Table | None = None
        self._cells: dict[tuple[int, int], table_grid.Cell] = {}
        self._words: dict[Span, tuple[Word, ...]] = {}

    def show(self, table: Table | None, page: Page | None) -> None:
        """Make the grid equal to this table of this page."""
        self.beginResetModel()
        self.table = table
        cells = table_grid.cells(table) if table else ()
        self._cells = {(cell.span.row0, cell.span.column0): cell for cell in cells}
        words = page.words if page else ()
        self._words = table_grid.words_of_cells(table, words) if table else {}
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Rows of the table."""
        return len(self.table.rows) if self.table and not (parent and parent.isValid()) else 0

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """Columns of the table."""
        return len(self.table.columns) if self.table and not (parent and parent.isValid()) else 0

    def words_at(self, row: int, column: int) -> tuple[Word, ...]:
        """The words of the cell that begins at this place of the grid."""
        cell = self._cells.get((row, column))
        return self._words.get(cell.span, ()) if cell else ()

    def spans(self) -> tuple[Span, ...]:
        """The cells that cover more than one place of the grid."""
        spans = [cell.span for cell in self._cells.values()]
        return tuple(s for s in spans if (s.row1 - s.row0) * (s.column1 - s.column0) > 1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | QFont | None:
        """A cell's text; headers are bold."""
        cell = self._cells.get((index.row(), index.column()))
        if cell is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            text = table_grid.cell_text(self.words_at(index.row(), index.column()))
            return one_line(text) if role == Qt.ItemDataRole.DisplayRole else text
        if role == Qt.ItemDataRole.FontRole:
            font = QFont()
            font.setBold(cell.is_column_header or cell.is_projected_row_header)
            return font
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
        """Cells with words can be edited."""
        flags = super().flags(index)
        words = self.words_at(index.row(), index.column())
        return flags | Qt.ItemFlag.ItemIsEditable if words else flags

    def setData(  # noqa: N802 - Qt's name
        self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Give the cell's words another text."""
        words = self.words_at(index.row(), index.column())
        if role != Qt.ItemDataRole.EditRole or not words:
            return False
        from desktop.document import edits

        ids = [word.id for word in words]
        return self._editor.change(
            mark("Edit the text of a cell"),
            lambda page: edits.set_cell_text(page, ids, str(value)),
        )


class CellGrid(QWidget):
    """Shows the one selected table; which cells are selected is the same here and on the canvas."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._is_following = False
        self.model = CellModel(editor, self)
        self.view = QTableView(self)
        self.view.setModel(self.model)
        self.view.setAccessibleName(_("Cells"))
        self.view.horizontalHeader().setDefaultSectionSize(76)
        self.view.verticalHeader().setDefaultSectionSize(26)
        self.hint = QLabel(_("Select a table to see its cells."), self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("quiet", "true")
        self.hint.setWordWrap(True)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.hint)
        self._layout.addWidget(self.view)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        editor.selection.changed.connect(self.refresh)
        editor.selection.page_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        self.refresh()

    def refresh(self) -> None:
        """Make the grid equal to the selected table."""
        page = self._editor.page
        chosen = self._editor.selected_annotations
        table = chosen[0] if len(chosen) == 1 and isinstance(chosen[0], Table) else None
        if table != self.model.table or (page and page.words is not self._words_shown):
            self._show(table, page)
        if not self._is_following:
            self._follow()

    _words_shown: tuple[Word, ...] = ()

    def _show(self, table: Table | None, page: Page | None) -> None:
        was_following, self._is_following = self._is_following, True
        self._words_shown = page.words if page else ()
        self.model.show(table, page)
        self.view.clearSpans()
        for span in self.model.spans():
            size = (span.row1 - span.row0, span.column1 - span.column0)
            self.view.setSpan(span.row0, span.column0, *size)
        self._layout.setCurrentWidget(self.view if table else self.hint)
        self._is_following = was_following

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()

    def _follow(self) -> None:
        span = self._editor.selection.cells
        self._is_following = True
        flags = QItemSelectionModel.SelectionFlag
        rows = QItemSelection()
        if span is not None and self.model.table is not None:
            first = self.model.index(span.row0, span.column0)
            last = self.model.index(span.row1 - 1, span.column1 - 1)
            rows.select(first, last)
            self.view.scrollTo(first)
        self.view.selectionModel().select(rows, flags.ClearAndSelect)
        self._is_following = False

    def _choose(self) -> None:
        chosen = self.view.selectionModel().selectedIndexes()
        if self._is_following or not chosen or self.model.table is None:
            return
        rows, columns = ([i.row() for i in chosen], [i.column() for i in chosen])
        span = Span(min(rows), max(rows) + 1, min(columns), max(columns) + 1)
        self._is_following = True
        self._editor.selection.select((self.model.table.id,), cells=span)
        self._is_following = False
