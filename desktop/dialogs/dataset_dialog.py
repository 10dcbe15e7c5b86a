"""Choose a data set to import: its format and where it lies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.dialogs.formats import IMPORTED_FORMATS
from desktop.dialogs.frame import Frame, choice, quiet
from model_backend.translation import _


class DatasetDialog(Frame):
    """Format and folder (or file)."""

    def __init__(self, folder: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Import a data set"), _("Import"), parent)
        self.add_cancel()
        self.format = choice(IMPORTED_FORMATS, "funsd")
        self.path = QLineEdit()
        self.path.setAccessibleName(_("Where"))
        self._folder = folder
        self.set_least_width(560)
        folder_button, file_button = QPushButton(_("Folder...")), QPushButton(_("File..."))
        folder_button.clicked.connect(self._choose_folder)
        file_button.clicked.connect(self._choose_file)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        for button in (folder_button, file_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.form.add(_("Format"), self.format)
        self.form.add(_("Where"), row)
        self.form.addRow(
            "", quiet(_("Images and annotations are copied; the data set stays untouched."))
        )

    @property
    def chosen(self) -> tuple[str, Path]:
        """The format's name and the path."""
        return self.format.currentData(), Path(self.path.text().strip()).expanduser()

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Data set"), self._folder)
        if chosen:
            self.path.setText(chosen)

    def _choose_file(self) -> None:
        chosen, _filter = QFileDialog.getOpenFileName(
            self, _("Data set"), self._folder, _("Annotations (*.json)")
        )
        if chosen:
            self.path.setText(chosen)

    def accept(self) -> None:
        """Go, if there is something there."""
        path = self.chosen[1]
        if not self.path.text().strip() or not path.exists():
            self.show_problem(_("There is nothing at this place. Choose a folder or a file."))
            return
        super().accept()
