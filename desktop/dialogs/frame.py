"""What all dialogs share: one layout, one row of buttons, choices from tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QSizePolicy,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from desktop.guards import guarded
from desktop.panels.forms import FactForm, PlainLabel
from model_backend.translation import _


@guarded
class Frame(QDialog):
    """A dialog with a form, an error line, and buttons."""

    def __init__(self, title: str, accept_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.form = FactForm()
        self.form.setVerticalSpacing(10)
        self.problem = PlainLabel()
        self.problem.setProperty("bad", "true")
        self.problem.hide()
        self.buttons = QDialogButtonBox()
        self.accept_button = self.buttons.addButton(
            accept_text, QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.accept_button.setDefault(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.body.addLayout(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(self.body)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def exec(self) -> int:
        """Ask, and go once whoever called has read the answers."""
        try:
            return super().exec()
        finally:
            self.deleteLater()

    def set_least_width(self, width: int) -> None:
        """At least so wide; wider where texts need it, which a minimum width would not allow."""
        self.body.addItem(
            QSpacerItem(width, 0, QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        )

    def add_cancel(self) -> None:
        """Offer to leave without doing anything."""
        cancel = self.buttons.addButton(_("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setAutoDefault(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter goes on, wherever it is pressed; a button that has focus has taken it already."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept_button.click()
        else:
            super().keyPressEvent(event)

    def resize_within(self, width: int, height: int) -> None:
        """As large as this, as far as the screen has room."""
        room = self.screen().availableSize()
        self.resize(min(width, room.width() - 20), min(height, room.height() - 60))

    def show_problem(self, text: str) -> None:
        """Say in the dialog what is wrong; nothing hides the line."""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))


def choice(options: Sequence[tuple[Any, str]], value: Any) -> QComboBox:  # noqa: ANN401 - any data
    """A box to choose one of (value, text) from; the texts are shown translated."""
    box = QComboBox()
    for data, text in options:
        box.addItem(_(text), data)
    index = next((number for number, (data, _text) in enumerate(options) if data == value), 0)
    box.setCurrentIndex(index)
    return box


def agreed(title: str, question: str, parent: QWidget) -> bool:
    """Whether the answer to a question is yes; its text may come from data and is never markup."""
    yes, no = QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No
    box = QMessageBox(QMessageBox.Icon.Question, title, "", yes | no, parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setDefaultButton(no)
    answer = box.exec()
    box.deleteLater()
    return answer == yes


def quiet(text: str) -> PlainLabel:
    """A line of explanation."""
    label = PlainLabel(text)
    label.setProperty("quiet", "true")
    return label
