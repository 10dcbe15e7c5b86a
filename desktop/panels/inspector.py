"""The inspector: properties of what is selected, of the page when nothing is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from desktop.panels.page_form import PageForm
from desktop.panels.selection_form import SelectionForm
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor


class Inspector(QScrollArea):
    """Follows the selection and the page."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.page_form = PageForm(editor)
        self.selection_form = SelectionForm(editor)
        self._empty = QWidget()
        self._forms = (self._empty, self.page_form, self.selection_form)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(12, 8, 12, 8)
        for form in self._forms:
            layout.addWidget(form)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setAccessibleName(_("Inspector"))
        editor.selection.changed.connect(self.refresh)
        editor.selection.page_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        editor.document.schema_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Make the forms equal to what is selected."""
        page, things = self._editor.page, self._editor.selected
        self.selection_form.show_things(things)
        if page is None:
            self._show(self._empty)
        elif things:
            self._show(self.selection_form)
        else:
            self.page_form.show_page(page)
            self._show(self.page_form)

    def _show(self, shown: QWidget) -> None:
        for form in self._forms:
            form.setVisible(form is shown)

    def choose_label(self) -> None:
        """Open the list of labels of what is selected."""
        label = self.selection_form.label
        if self._editor.selected and label.isVisible():
            label.setFocus()
            label.showPopup()

    def write_note(self) -> None:
        """Go to the note of what is selected, of the page when nothing is."""
        form = self.selection_form if self._editor.selected else self.page_form
        if form.note.isVisible():
            form.note.setFocus()
            self.ensureWidgetVisible(form.note)

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()
