"""What only a person can say about a model that is about to be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from desktop.dialogs.frame import Frame, choice, quiet
from desktop.dialogs.model_texts import TASK_TEXTS
from desktop.panels.forms import PlainLabel
from model_backend.checkpoints import adding
from model_backend.checkpoints.adding import Answers
from model_backend.errors import UserError
from model_backend.networks import network
from model_backend.translation import _

if TYPE_CHECKING:
    from model_backend.checkpoints.recognizing import Found


class AddModelDialog(Frame):
    """Name, task, labels and licence, as far as the files tell; `answers` is what was said."""

    def __init__(self, found: Found, parent: QWidget | None = None) -> None:
        super().__init__(_("Add a model"), _("Add"), parent)
        self.add_cancel()
        self.set_least_width(560)
        self.answers = Answers()
        self._found = found
        self.name = QLineEdit(adding.default_name(found))
        self.labels = QPlainTextEdit("\n".join(found.labels))
        self.labels.setTabChangesFocus(True)
        self.labels.setFixedHeight(132)
        self.licence = QLineEdit(found.licence)
        self.licence.setPlaceholderText(_("not stated in its files"))
        self.link = QCheckBox(_("Leave the files where they are"))
        self.task: QComboBox = choice(
            [(task, TASK_TEXTS[task]) for task in found.tasks], found.task
        )
        self._fill()

    def _fill(self) -> None:
        found = self._found
        size = f"{found.size / 1e6:.1f} MB"
        self.form.add(_("Found"), PlainLabel(f"{network(found.network).title}, {size}"))
        self.form.add(_("Name"), self.name)
        self.form.add(_("Task"), self.task)
        self.form.add(_("Labels"), self.labels)
        told = (
            _("{count}, in the order of its outputs, one a line.")
            if found.labels
            else _("Its files do not name them. Type {count}, in the order of its outputs,"
                   " one a line.")
        )  # fmt: skip
        self.form.addRow("", quiet(told.format(count=found.classes)))
        self.form.add(_("Licence"), self.licence)
        self.form.addRow("", self.link)
        self.form.addRow(
            "",
            quiet(
                _("Else they are copied. Either way they are refused once a byte of them changes.")
            ),
        )
        for field, name in (
            (self.name, _("Name")),
            (self.task, _("Task")),
            (self.labels, _("Labels")),
            (self.licence, _("Licence")),
        ):
            field.setAccessibleName(name)
        if not found.labels:
            self.labels.setFocus()

    def accept(self) -> None:
        """Take what was typed unless something is wrong with it."""
        lines = (line.strip() for line in self.labels.toPlainText().splitlines())
        answers = Answers(
            name=self.name.text().strip(),
            labels=tuple(line for line in lines if line),
            task=str(self.task.currentData()),
            licence=self.licence.text().strip(),
            is_linked=self.link.isChecked(),
        )
        try:
            adding.record_of(self._found, answers)
        except UserError as error:
            self.show_problem(str(error))
            return
        self.answers = answers
        super().accept()
