"""The log and the records of crashes, to be read and copied."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtGui import QFontDatabase, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QComboBox, QDialogButtonBox, QPlainTextEdit, QWidget

from desktop.dialogs.frame import Frame, quiet
from model_backend.translation import _, mark

EMPTY = mark("Nothing was written yet: only mistakes of Proofdesk are, and it made none.")
MOST_BYTES = 200_000
"""The end of a file that is shown."""


class LogDialog(Frame):
    """One of the files at a time."""

    def __init__(
        self,
        files: Sequence[Path],
        open_folder: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Log and crash records"), _("Close"), parent)
        self.files = QComboBox()
        self.files.setAccessibleName(_("File"))
        for path in files:
            self.files.addItem(path.name, path)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(_("Text of the file"))
        self.body.addWidget(self.files)
        self.body.addWidget(self.text, 1)
        self.body.addWidget(
            quiet(_("These files hold no words, names or pictures of your documents."))
        )
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.copy_button = self.buttons.addButton(_("Copy"), role)
        self.folder_button = self.buttons.addButton(_("Open the log folder"), role)
        for button in (self.copy_button, self.folder_button):
            button.setAutoDefault(False)
        self.copy_button.clicked.connect(self._copy)
        self.folder_button.clicked.connect(open_folder)
        self.files.currentIndexChanged.connect(self._show)
        self.resize_within(760, 520)
        self._show()

    def _show(self) -> None:
        """The end of the chosen file, which is what happened last."""
        path = self.files.currentData()
        self.text.setPlainText((_end_of(path) if path else "") or _(EMPTY))
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())


def _end_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - MOST_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError as error:
        return str(error)
