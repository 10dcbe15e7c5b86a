"""Asking for the passwords of protected documents: three tries, kept in memory only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from desktop.dialogs.password_dialog import TRIES, PasswordDialog
from desktop.errors import explain
from model_backend import sources
from model_backend.document import Document
from model_backend.errors import PasswordNeeded
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.window.main_window import MainWindow
    from desktop.window.workbench import Workbench


class PasswordActions(QObject):
    """Answers an import that met a protected file, and a page that cannot be drawn without."""

    def __init__(self, bench: Workbench, window: MainWindow, parent: QObject) -> None:
        super().__init__(parent)
        self._bench, self._window = bench, window
        self._tries: dict[Path, int] = {}
        bench.locked.connect(self.ask_for_file)

    def ask_for_file(self, path: Path) -> None:
        """Ask, and import the file with what was typed."""
        number = self._tries.get(path, 0) + 1
        self._tries[path] = number
        password = self._typed(path.name, number) if number <= TRIES else ""
        if password:
            self._bench.import_files([path], password)
        else:
            self._tries.pop(path)
            self._window.complain(
                _("{file} stays closed: its password was not given.").format(file=path.name)
            )

    def unlock(self) -> None:
        """Ask for the password of the document in view, and draw its pages with what was typed."""
        page = self._bench.editor.page
        if page is None:
            return
        document = self._bench.document.store.document(page.document_id)
        if self._bench.images.is_locked(page.id):
            self._try(document, 1)
        else:
            self._window.status.say(_("{file} is not locked.").format(file=document.name))

    def _try(self, document: Document, number: int) -> None:
        password = self._typed(document.name, number) if number <= TRIES else ""
        if not password:
            return
        path = self._bench.document.store.document_path(document)
        future = self._bench.runner.workers.submit(
            "view", sources.inspect, path, password=password, timeout=30.0
        )

        def opened(_info: sources.SourceInfo) -> None:
            self._opened(document, password)

        def failed(error: BaseException) -> None:
            if isinstance(error, PasswordNeeded):
                self._try(document, number + 1)
            else:
                self._window.complain(explain(error))

        self._bench.runner.call(future, opened, failed)

    def _opened(self, document: Document, password: str) -> None:
        self._bench.passwords.keep(document.sha256, password)
        for page_id in self._bench.document.store.page_ids_of(document.id):
            self._bench.images.forget(page_id)
            self._bench.images.image_ready.emit(page_id)
            self._bench.images.thumbnail_ready.emit(page_id)
        self._bench.go_on()

    def _typed(self, name: str, number: int) -> str:
        dialog = PasswordDialog(name, number, self._window)
        is_accepted = dialog.exec() == QDialog.DialogCode.Accepted
        return dialog.password if is_accepted else ""
