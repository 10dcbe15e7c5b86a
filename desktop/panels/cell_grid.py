"""The cells of the selected table as a grid; one selection with the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLabel,
    QStackedLayout,
    QTableView,
    QWidget,
)

from desktop.guards import guarded
from desktop.panels.cell_model import CellModel
from model_backend import table_grid
from model_backend.document import Page, Span, Table, Word
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

MEAN_WIDTH, LEAST_WIDTH, MOST_WIDTH, HEIGHT = 84.0, 44, 240, 26
"""Columns are as wide as on the page in proportion, in these bounds (screen pixels)."""
Trigger = QAbstractItemView.EditTrigger
FLAGS = QItemSelectionModel.SelectionFlag


@guarded
class CellTable(QTableView):
    """The grid itself: Enter edits and goes down, Tab goes on, Escape goes to the page."""

    left = Signal()
    deletion_wanted = Signal()

    def __init__(self, model: QAbstractItemModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setAccessibleName(_("Cells"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ContiguousSelection)
        self.setEditTriggers(Trigger.DoubleClicked | Trigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.horizontalHeader().setMinimumSectionSize(24)
        self.verticalHeader().setDefaultSectionSize(HEIGHT)

    def event(self, event: QEvent) -> bool:
        """F2 edits here while the grid has the focus, not on the page."""
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_F2
            and not event.modifiers()
        ):
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Keys that mean something else here than to Qt."""
        key = event.key()
        if self.state() == QAbstractItemView.State.EditingState:
            super().keyPressEvent(event)  # what the field had no use for, such as its own Enter
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.currentIndex().isValid():
                self.edit(self.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        elif key == Qt.Key.Key_Delete and not event.modifiers():
            self.deletion_wanted.emit()
        else:
            super().keyPressEvent(event)

    def closeEditor(  # noqa: N802 - Qt's name
        self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint
    ) -> None:
        """After Enter the cell below is the current one."""
        super().closeEditor(editor, hint)
        if hint == QAbstractItemDelegate.EndEditHint.SubmitModelCache:
            here = self.currentIndex()
            height = self.rowSpan(here.row(), here.column())
            below = here.siblingAtRow(here.row() + height)
            if below.isValid():
                self.setCurrentIndex(below)


class CellGrid(QWidget):
    """Shows the one selected table; which cells are selected is the same here and on the canvas."""

    menu_wanted = Signal(QPoint)

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._is_following = False
        self._words_shown: tuple[Word, ...] = ()
        self.model = CellModel(editor, self)
        self.view = CellTable(self.model, self)
        self.hint = QLabel(_("Select a table to see its cells."), self)
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("quiet", "true")
        self.hint.setWordWrap(True)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self.hint)
        self._layout.addWidget(self.view)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.customContextMenuRequested.connect(self._ask_for_menu)
        editor.selection.changed.connect(self.refresh)
        editor.selection.page_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        self.refresh()

    def refresh(self) -> None:
        """Make the grid equal to the selected table."""
        page = self._editor.page
        chosen = self._editor.selected_annotations if self._editor.selection.ids else ()
        table = chosen[0] if len(chosen) == 1 and isinstance(chosen[0], Table) else None
        words = page.words if page else ()
        if table != self.model.table or (table and words is not self._words_shown):
            self._show(table, page)
        if not self._is_following:
            self._follow()

    def _show(self, table: Table | None, page: Page | None) -> None:
        was_following, self._is_following = self._is_following, True
        self._words_shown = page.words if page else ()
        before = self.model.table
        is_same_grid = self.model.show(table, self._words_shown)
        if not is_same_grid:
            self._show_spans()
            if table and (before is None or len(before.columns) != len(table.columns)):
                self._size_columns(table)
        self._layout.setCurrentWidget(self.view if table else self.hint)
        self._is_following = was_following

    def _show_spans(self) -> None:
        self.view.clearSpans()
        for span in self.model.spans():
            size = (span.row1 - span.row0, span.column1 - span.column0)
            self.view.setSpan(span.row0, span.column0, *size)

    def _size_columns(self, table: Table) -> None:
        edges = table_grid.column_edges(table)
        scale = MEAN_WIDTH * len(table.columns) / (edges[-1] - edges[0])
        for column, (start, end) in enumerate(zip(edges, edges[1:], strict=False)):
            width = min(max(round((end - start) * scale), LEAST_WIDTH), MOST_WIDTH)
            self.view.setColumnWidth(column, width)

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()

    def _follow(self) -> None:
        span, table = self._editor.selection.cells, self.model.table
        self._is_following = True
        chosen = QItemSelection()
        if span is not None and table is not None:
            first = self.model.index(span.row0, span.column0)
            last = self.model.index(
                min(span.row1, len(table.rows)) - 1, min(span.column1, len(table.columns)) - 1
            )
            chosen.select(first, last)
            self.view.selectionModel().setCurrentIndex(first, FLAGS.NoUpdate)
            self.view.scrollTo(first)
        self.view.selectionModel().select(chosen, FLAGS.ClearAndSelect)
        self._is_following = False

    def _choose(self) -> None:
        table, selection = self.model.table, self.view.selectionModel().selection()
        ranges = [selection.at(place) for place in range(selection.count())]
        if self._is_following or not ranges or table is None:
            return
        span = Span(
            min(one.top() for one in ranges),
            max(one.bottom() for one in ranges) + 1,
            min(one.left() for one in ranges),
            max(one.right() for one in ranges) + 1,
        )
        self._is_following = True
        cells = table_grid.grown_to_cells(table, span)
        self._editor.selection.select((table.id,), cells=cells)
        self._is_following = False

    def _ask_for_menu(self, place: QPoint) -> None:
        self.menu_wanted.emit(self.view.viewport().mapToGlobal(place))
