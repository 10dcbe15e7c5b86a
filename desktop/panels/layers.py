"""What is seen of the page: each layer shown, dimmed, hidden or locked; below it the filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import put_icon
from desktop.document.visibility import LAYERS, Showing
from desktop.panels.filter_form import FilterForm
from desktop.panels.forms import PlainLabel, make_narrow
from desktop.panels.texts import GROUP_TEXTS
from model_backend.translation import _, mark

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

LAYER_TEXTS = {"words": mark("Words"), **GROUP_TEXTS}
SHOWING_TEXTS = {
    Showing.SHOWN: mark("Shown"),
    Showing.DIMMED: mark("Dimmed"),
    Showing.HIDDEN: mark("Hidden"),
}


class Layers(QScrollArea):
    """One row a layer, and the filter; what is chosen counts at once."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.filter_form = FilterForm(editor)
        self.rows = {layer: _LayerRow(layer, editor, self) for layer in LAYERS}
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(self._laid_out())
        selection = editor.selection
        selection.visibility_changed.connect(self.refresh)
        selection.page_changed.connect(self.refresh)
        editor.document.page_changed.connect(self._refresh_page)
        editor.document.schema_changed.connect(self.refresh)
        self.refresh()

    def _laid_out(self) -> QWidget:
        inside = QWidget()
        inside.setProperty("clear", "true")
        column = QVBoxLayout(inside)
        column.setContentsMargins(10, 6, 8, 8)
        column.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(0, 1)
        for number, row in enumerate(self.rows.values()):
            for place, part in enumerate((row.name, row.showing, row.lock)):
                grid.addWidget(part, number, place)
        column.addLayout(grid)
        column.addWidget(self.filter_form)
        column.addStretch(1)
        return inside

    def show_filter(self) -> None:
        """Bring the filter into view, with the keyboard on it."""
        self.ensureWidgetVisible(self.filter_form)
        self.filter_form.labels.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self) -> None:
        """Make the rows and the filter equal to what is seen."""
        for row in self.rows.values():
            row.refresh()
        self.filter_form.refresh()

    def _refresh_page(self, page_id: int) -> None:
        if page_id == self._editor.selection.page_id:
            self.refresh()


class _LayerRow:
    """The controls of one layer."""

    def __init__(self, layer: str, editor: Editor, parent: QWidget) -> None:
        self._layer, self._editor = layer, editor
        self._title = _(LAYER_TEXTS[layer])
        self.name = PlainLabel(self._title, parent)
        make_narrow(self.name)
        self.showing = QComboBox(parent)
        for showing, text in SHOWING_TEXTS.items():
            self.showing.addItem(_(text), showing)
        how = _("How this layer is shown: {layer}").format(layer=self._title)
        self.showing.setAccessibleName(how)
        self.name.setBuddy(self.showing)
        self.lock = QToolButton(parent)
        self.lock.setCheckable(True)
        self.lock.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.showing.activated.connect(self._show)
        self.lock.toggled.connect(self._lock)

    def refresh(self) -> None:
        """Show how the layer is, and how much there is on it."""
        visibility, page = self._editor.selection.visibility, self._editor.page
        count = len(getattr(page, self._layer)) if page else 0
        self.name.setText(f"{self._title}  {count}" if count else self._title)
        self.showing.setCurrentIndex(self.showing.findData(visibility.showing(self._layer)))
        is_locked = self._layer in visibility.locked
        self.lock.blockSignals(True)
        self.lock.setChecked(is_locked)
        self.lock.blockSignals(False)
        put_icon(self.lock, "lock" if is_locked else "unlock")
        text = _("Unlock this layer: {layer}") if is_locked else _("Lock this layer: {layer}")
        self.lock.setToolTip(text.format(layer=self._title))
        self.lock.setAccessibleName(text.format(layer=self._title))

    def _show(self) -> None:
        selection = self._editor.selection
        showing = Showing(self.showing.currentData())
        selection.set_visibility(selection.visibility.with_showing(self._layer, showing))

    def _lock(self, is_locked: bool) -> None:
        selection = self._editor.selection
        selection.set_visibility(selection.visibility.with_lock(self._layer, is_locked=is_locked))
