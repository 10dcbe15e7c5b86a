"""The list of what is on the page, grouped by kind; its selection and the canvas's are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from desktop.panels.annotation_model import AnnotationModel
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor


class AnnotationList(QWidget):
    """Everything on the page in view; several can be selected, both ways."""

    menu_wanted = Signal(QPoint)
    edit_wanted = Signal()

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._is_following = False
        self.model = AnnotationModel(self)
        self.proposed_only = QCheckBox(_("Only what is proposed"), self)
        self.view = self._make_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 6, 6)
        layout.setSpacing(6)
        layout.addWidget(self.proposed_only)
        layout.addWidget(self.view)
        self.proposed_only.toggled.connect(self.refresh)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        editor.selection.changed.connect(self._follow)
        editor.selection.page_changed.connect(self.refresh)
        editor.selection.visibility_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        editor.document.schema_changed.connect(self.refresh)
        self.refresh()

    def _make_view(self) -> QTreeView:
        view = QTreeView(self)
        view.setModel(self.model)
        view.setHeaderHidden(True)
        view.setUniformRowHeights(True)
        view.setIndentation(10)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setAccessibleName(_("Annotations"))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._ask_for_menu)
        view.doubleClicked.connect(self._ask_for_edit)
        header = view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(40)
        return view

    def refresh(self) -> None:
        """Make the list equal to the page in view."""
        self._is_following = True
        self.model.show(
            self._editor.page,
            self._editor.document.schema,
            self._editor.selection.visibility,
            is_proposed_only=self.proposed_only.isChecked(),
        )
        self.view.expandAll()
        self._is_following = False
        self._follow()

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()

    def _follow(self) -> None:
        if self._is_following:
            return
        self._is_following = True
        rows = QItemSelection()
        indexes = [self.model.index_of(number) for number in self._editor.selection.ids]
        listed = [index for index in indexes if index.isValid()]
        for index in listed:
            rows.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.view.selectionModel().select(rows, flags.ClearAndSelect | flags.Rows)
        if listed:
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

    def _ask_for_menu(self, point: QPoint) -> None:
        if self.view.indexAt(point).isValid():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))

    def _ask_for_edit(self, index: QModelIndex) -> None:
        if self.model.annotation(index) is not None:
            self.edit_wanted.emit()
