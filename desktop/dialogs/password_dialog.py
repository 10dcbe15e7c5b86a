"""Asks for the password of a protected document; nothing keeps what is typed here."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.dialogs.frame import Frame, quiet
from model_backend.translation import _

TRIES = 3
"""How often a password is asked for before the document is left as it is."""


class PasswordDialog(Frame):
    """One field; `password` is what was typed."""

    def __init__(self, name: str, try_number: int, parent: QWidget | None = None) -> None:
        super().__init__(_("Password"), _("Open"), parent)
        self.add_cancel()
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(_("Password"))
        self.set_least_width(440)
        question = _("{file} is protected. Its password is not stored.").format(file=name)
        self.form.addRow(quiet(question))
        self.form.add(_("Password"), self.field)
        if try_number > 1:
            self.show_problem(
                _("That was not it. Try {number} of {count}.").format(
                    number=try_number, count=TRIES
                )
            )
        self.field.setFocus()

    @property
    def password(self) -> str:
        """What was typed."""
        return self.field.text()
