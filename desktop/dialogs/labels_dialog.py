"""The editor of the label schema: names, kinds, colours and digits."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QColorDialog,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QToolButton,
    QWidget,
)

from desktop.appearance.icons import icon, swatch
from desktop.dialogs.frame import Frame, choice, quiet
from model_backend.labels import ENTITY, REGION, Label, LabelSchema
from model_backend.translation import _, mark

KINDS = ((ENTITY, mark("Entity")), (REGION, mark("Region")))
COLOR, NAME, KIND, KEY = range(4)


class LabelsDialog(Frame):
    """A table with one row a label; `schema` is what was made of it."""

    def __init__(self, schema: LabelSchema, parent: QWidget | None = None) -> None:
        super().__init__(_("Labels"), _("Use these labels"), parent)
        self.add_cancel()
        self.schema = schema
        self._others = tuple(label for label in schema.labels if label.kind not in dict(KINDS))
        self.table = self._make_table()
        self.body.addWidget(
            quiet(_("Digits choose a label while labelling. Removing one keeps what carries it."))
        )
        self.body.addWidget(self.table)
        self.body.addLayout(self._make_buttons())
        self.resize(620, 560)
        for label in schema.labels:
            if label not in self._others:
                self._add_row(label)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        table.setAccessibleName(_("Labels"))
        table.setHorizontalHeaderLabels([_("Colour"), _("Name"), _("For"), _("Key")])
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(38)
        table.setTabKeyNavigation(False)  # Tab goes on to the buttons
        table.setShowGrid(False)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.horizontalHeader().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((COLOR, 64), (KIND, 120), (KEY, 72)):
            table.setColumnWidth(column, width)
        return table

    def _make_buttons(self) -> QHBoxLayout:
        self.add_button = QPushButton(icon("plus"), _("Add a label"))
        self.remove_button = QPushButton(icon("minus"), _("Remove"))
        self.up_button = QPushButton(icon("up"), _("Up"))
        self.down_button = QPushButton(icon("down"), _("Down"))
        self.add_button.clicked.connect(self.add)
        self.remove_button.clicked.connect(self.remove)
        self.up_button.clicked.connect(self._move_up)
        self.down_button.clicked.connect(self._move_down)
        row = QHBoxLayout()
        for button in (self.add_button, self.remove_button, self.up_button, self.down_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _add_row(self, label: Label, row: int | None = None) -> None:
        row = self.table.rowCount() if row is None else row
        self.table.insertRow(row)
        name = QLineEdit(label.name)
        name.setAccessibleName(_("Name"))
        name.setFrame(False)
        kind = choice(KINDS, label.kind)
        key = choice([("", "–"), *((digit, digit) for digit in "123456789")], label.key)
        kind.setAccessibleName(_("For"))
        key.setAccessibleName(_("Key"))
        self.table.setCellWidget(row, COLOR, _ColorButton(label.color))
        self.table.setCellWidget(row, NAME, name)
        self.table.setCellWidget(row, KIND, kind)
        self.table.setCellWidget(row, KEY, key)

    def label_at(self, row: int) -> Label:
        """The label of this row as it stands in the table."""
        color, name = self.table.cellWidget(row, COLOR), self.table.cellWidget(row, NAME)
        kind, key = self.table.cellWidget(row, KIND), self.table.cellWidget(row, KEY)
        assert isinstance(color, _ColorButton)
        assert isinstance(name, QLineEdit)
        assert isinstance(kind, QComboBox)
        assert isinstance(key, QComboBox)
        return Label(name.text().strip(), color.color, key.currentData(), kind.currentData())

    def add(self) -> None:
        """A new row at the end, in a spare colour and with a spare key."""
        kind = self.label_at(self._row()).kind if self.table.rowCount() else ENTITY
        schema = self._entered().with_missing([("\0", kind)])
        self._add_row(replace(schema.labels[-1], name=""))
        row = self.table.rowCount() - 1
        self.table.selectRow(row)
        field = self.table.cellWidget(row, NAME)
        if field is not None:
            field.setFocus()

    def remove(self) -> None:
        """Take the row of the cursor out."""
        if self.table.rowCount():
            self.table.removeRow(self._row())

    def _row(self) -> int:
        row = self.table.currentRow()
        return row if row >= 0 else self.table.rowCount() - 1

    def _move_up(self) -> None:
        self._move(-1)

    def _move_down(self) -> None:
        self._move(1)

    def _move(self, step: int) -> None:
        row = self._row()
        if 0 <= row + step < self.table.rowCount():
            label = self.label_at(row)
            self.table.removeRow(row)
            self._add_row(label, row + step)
            self.table.selectRow(row + step)

    def _entered(self) -> LabelSchema:
        rows = range(self.table.rowCount())
        return LabelSchema((*(self.label_at(row) for row in rows), *self._others))

    def accept(self) -> None:
        """Take the labels unless something is wrong with them."""
        schema = self._entered()
        problem = _problem_of(schema)
        self.show_problem(problem)
        if not problem:
            self.schema = schema
            super().accept()


def _problem_of(schema: LabelSchema) -> str:
    names: set[tuple[str, str]] = set()
    keys: set[tuple[str, str]] = set()
    for label in schema.labels:
        if not label.name:
            return _("A label has no name. Type one, or remove its row.")
        if (label.name, label.kind) in names:
            return _("The label {name} is there twice. Rename one.").format(name=label.name)
        if label.key and (label.key, label.kind) in keys:
            return _("The key {key} is given twice. Choose another for {name}.").format(
                key=label.key, name=label.name
            )
        names.add((label.name, label.kind))
        keys.add((label.key, label.kind))
    return ""


class _ColorButton(QToolButton):
    """Shows a colour, and lets one choose another."""

    def __init__(self, color: str) -> None:
        super().__init__()
        self.color = color
        self.setToolTip(_("Choose the colour"))
        self.setAccessibleName(_("Colour"))
        self._show()
        self.clicked.connect(self._choose)

    def _show(self) -> None:
        self.setIcon(swatch(self.color, 22))
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def _choose(self) -> None:
        chosen = QColorDialog.getColor(QColor(self.color), self.window())
        if chosen.isValid():
            self.color = chosen.name()
            self._show()
