"""The list of what is on the page, grouped by kind; its selection and the canvas's are one."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop.document.order import annotation_ids_in_order, is_order_at_hand, likely_order
from desktop.guards import guarded
from desktop.panels.annotation_model import AnnotationModel
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

ROOM_PX, STATE_TEXT = 6, "! ? 100 %"
SOON = 200
"""Milliseconds without a change after which many things are put in their true order."""
SHARE, PER_THING_MS = 10, 0.012
"""An order that takes long to find is left alone for so many times that long."""


class AnnotationList(QWidget):
    """Everything on the page in view; several can be selected, both ways."""

    menu_wanted = Signal(QPoint)
    edit_wanted = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._is_following = False
        self._timer = QTimer(self, singleShot=True)
        self.model = AnnotationModel(self)
        self.proposed_only = QCheckBox(_("Only what is proposed"), self)
        self.view = self._make_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.proposed_only)
        layout.addWidget(self.view)
        self._connect()
        self.refresh()

    def _connect(self) -> None:
        editor = self._editor
        self._timer.timeout.connect(self._put_in_order)
        self.proposed_only.toggled.connect(self.refresh)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        editor.selection.changed.connect(self._follow)
        editor.selection.page_changed.connect(self.refresh)
        editor.selection.visibility_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        editor.document.schema_changed.connect(self.refresh)

    def _make_view(self) -> AnnotationTable:
        view = AnnotationTable(self.model, self)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._ask_for_menu)
        view.doubleClicked.connect(self._ask_for_edit)
        view.clicked.connect(self._toggle_group)
        return view

    def refresh(self) -> None:
        """Make the list equal to the page in view; the order of very many things comes later."""
        page, order = self._editor.page, tuple[int, ...]()
        self._timer.stop()
        if page is not None and is_order_at_hand(page):
            order = annotation_ids_in_order(page)
        elif page is not None:
            order = likely_order(page)
            self._timer.start(max(SOON, int(SHARE * PER_THING_MS * len(page.annotations))))
        self._is_following = True
        self.model.show(
            page,
            order,
            self._editor.document.schema,
            self._editor.selection.visibility,
            is_proposed_only=self.proposed_only.isChecked(),
        )
        self._is_following = False
        self._follow()

    def _put_in_order(self) -> None:
        """Nobody waits for anything: find the true order."""
        page = self._editor.page
        if page is None:
            return
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._timer.start()  # what is held by the mouse must not stand still
            return
        annotation_ids_in_order(page)
        self.refresh()

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()

    def _follow(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        indexes = (self.model.index_of(number) for number in self._editor.selection.ids)
        listed = [index for index in indexes if index.isValid()]
        self.view.select_rows([index.row() for index in listed])
        if listed and listed[-1].row() != self.view.currentIndex().row():
            flags = QItemSelectionModel.SelectionFlag
            self.view.selectionModel().setCurrentIndex(listed[-1], flags.NoUpdate)
            self.view.scrollTo(listed[-1])
        self._is_following = False

    def _choose(self) -> None:
        if self._is_following:
            return
        chosen = [
            item
            for index in self.view.selectionModel().selectedRows()
            if (item := self.model.annotation(index)) is not None
        ]
        self._is_following = True
        self._editor.selection.select(tuple(item.id for item in chosen))
        self._is_following = False

    def _toggle_group(self, index: QModelIndex) -> None:
        name = self.model.group(index)
        if name:
            self.model.close_group(name, is_closed=not self.model.is_closed(name))

    def _ask_for_menu(self, point: QPoint) -> None:
        if self.view.indexAt(point).isValid():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))

    def _ask_for_edit(self, index: QModelIndex) -> None:
        if self.model.annotation(index) is not None:
            self.edit_wanted.emit()


@guarded
class AnnotationTable(QTableView):
    """A table, as a tree would look at every row to lay them out; Left and Right close and open
    groups all the same.
    """

    def __init__(self, model: AnnotationModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._annotations = model
        self.setModel(model)
        self.setObjectName("annotations")
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setAccessibleName(_("Annotations"))
        self.verticalHeader().hide()
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + ROOM_PX)
        columns.hide()
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        columns.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        columns.resizeSection(1, self.fontMetrics().horizontalAdvance(STATE_TEXT) + 2 * ROOM_PX)

    def select_rows(self, rows: list[int]) -> None:
        """Select exactly these rows: neighbours in one go."""
        model, selection = self._annotations, QItemSelection()
        ordered = sorted(rows)
        starts = ordered[:1] + [b for a, b in pairwise(ordered) if b != a + 1]
        ends = [a for a, b in pairwise(ordered) if b != a + 1] + ordered[-1:]
        for start, end in zip(starts, ends, strict=True):
            selection.select(model.index(start, 0), model.index(end, 1))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Left closes a group or goes to its heading; Right opens it."""
        index = self.currentIndex()
        keys = {Qt.Key.Key_Left: True, Qt.Key.Key_Right: False}
        if event.modifiers() or event.key() not in keys or not index.isValid():
            super().keyPressEvent(event)
            return
        is_left = keys[Qt.Key(event.key())]
        name = self._annotations.group(index)
        if name:
            self._annotations.close_group(name, is_closed=is_left)
        elif is_left:
            self.setCurrentIndex(self._annotations.group_of(index))
