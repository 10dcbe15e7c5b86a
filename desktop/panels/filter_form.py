"""Which annotations are looked at: by label, by status, by the model's score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from desktop.appearance.icons import swatch
from desktop.appearance.signs import STATUS_TEXTS
from desktop.document.visibility import TABLE_LABEL, Filter, labels_on
from desktop.panels.forms import PlainLabel
from model_backend.document import Page, Status
from model_backend.labels import LabelSchema
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.panels.editor import Editor

NAME = Qt.ItemDataRole.UserRole
LIST_ROWS, ICON_PX = 5, 14
OTHER_COLOR = "#6b7280"


class FilterForm(QWidget):
    """The filter of the canvas, the lists and the walk from one annotation to the next."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.labels = QListWidget(self)
        self.labels.setIconSize(QSize(ICON_PX, ICON_PX))
        self.labels.setAccessibleName(_("Labels that are looked at"))
        self.statuses = {status: QCheckBox(_(text), self) for status, text in STATUS_TEXTS.items()}
        self.lowest = _percent(_("Lowest score that is looked at"), 0)
        self.highest = _percent(_("Highest score that is looked at"), 100)
        self.clear_button = QPushButton(_("Look at everything"), self)
        self._shown: tuple[tuple[str, str], ...] = ()
        self._lay_out()
        self.labels.itemChanged.connect(self._take)
        for box in self.statuses.values():
            box.toggled.connect(self._take)
        for field in (self.lowest, self.highest):
            field.valueChanged.connect(self._take)
        self.clear_button.clicked.connect(self.clear)

    def _lay_out(self) -> None:
        title = PlainLabel(_("Filter"))
        title.setProperty("head", "true")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(title)
        layout.addWidget(self.labels)
        for box in self.statuses.values():
            layout.addWidget(box)
        row = QHBoxLayout()
        name, dash = PlainLabel(_("Score")), PlainLabel("–")
        for label in (name, dash):
            label.setWordWrap(False)
        for part in (name, self.lowest, dash, self.highest):
            row.addWidget(part)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self.clear_button)

    def refresh(self) -> None:
        """Make the fields equal to the filter in use; the labels to those there can be."""
        chosen = self._editor.selection.visibility.filter
        fields = (self.labels, *self.statuses.values(), self.lowest, self.highest)
        for field in fields:
            field.blockSignals(True)
        self._list_labels(chosen)
        for status, box in self.statuses.items():
            box.setChecked(status in chosen.statuses)
        self.lowest.setValue(round(chosen.lowest * 100))
        self.highest.setValue(round(chosen.highest * 100))
        for field in fields:
            field.blockSignals(False)
        self.clear_button.setEnabled(chosen.is_on)

    def _list_labels(self, chosen: Filter) -> None:
        known = labels_and_colors(self._editor.document.schema, self._editor.page)
        if known != self._shown:
            self._shown = known
            self.labels.clear()
            for name, color in known:
                item = QListWidgetItem(swatch(color), name, self.labels)
                item.setData(NAME, name)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            rows = min(max(len(known), 2), LIST_ROWS)
            height = max(self.labels.sizeHintForRow(0), self.fontMetrics().height() + 6)
            self.labels.setFixedHeight(rows * height + 6)
        for row in range(self.labels.count()):
            item = self.labels.item(row)
            is_chosen = item.data(NAME) in chosen.labels
            item.setCheckState(Qt.CheckState.Checked if is_chosen else Qt.CheckState.Unchecked)

    def _take(self) -> None:
        items = [self.labels.item(row) for row in range(self.labels.count())]
        labels = frozenset(
            item.data(NAME) for item in items if item.checkState() is Qt.CheckState.Checked
        )
        statuses = frozenset(status for status, box in self.statuses.items() if box.isChecked())
        low, high = sorted((self.lowest.value(), self.highest.value()))
        self._use(Filter(labels, statuses, low / 100, high / 100))

    def clear(self) -> None:
        """Look at everything again."""
        self._use(Filter())

    def _use(self, chosen: Filter) -> None:
        selection = self._editor.selection
        selection.set_visibility(replace(selection.visibility, filter=chosen))


def labels_and_colors(schema: LabelSchema, page: Page | None) -> tuple[tuple[str, str], ...]:
    """The labels a filter can name, each once: those of the project, then others on the page."""
    known = {label.name: label.color for label in schema.labels}
    known.setdefault(TABLE_LABEL, OTHER_COLOR)
    others = [name for name in labels_on(page) if name not in known] if page else []
    return (*known.items(), *((name, OTHER_COLOR) for name in others))


def filter_text(chosen: Filter) -> str:
    """The filter in words: what is looked at."""
    parts: Sequence[str] = (
        ", ".join(sorted(chosen.labels)),
        ", ".join(_(STATUS_TEXTS[status]) for status in Status if status in chosen.statuses),
        _score_text(chosen),
    )
    return " · ".join(part for part in parts if part)


def _score_text(chosen: Filter) -> str:
    if (chosen.lowest, chosen.highest) == (0.0, 1.0):
        return ""
    text = _("score {low} to {high}")
    return text.format(low=f"{chosen.lowest:.0%}", high=f"{chosen.highest:.0%}")


def _percent(name: str, value: int) -> QSpinBox:
    field = QSpinBox()
    field.setRange(0, 100)
    field.setSingleStep(5)
    field.setSuffix(" %")
    field.setValue(value)
    field.setAccessibleName(name)
    return field
