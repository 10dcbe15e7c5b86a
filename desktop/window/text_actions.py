"""Texts of the whole project: find and replace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.canvas.view import CanvasView
    from desktop.window.workbench import Workbench


class TextActions(QObject):
    """What is done to many texts, or many proposals, at once."""

    said = Signal(str)

    def __init__(
        self, bench: Workbench, canvas: CanvasView, window: QWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._bench, self._canvas, self._window = bench, canvas, window

    def find_replace(self) -> None:
        """Ask what to look for, show what would change, replace what is ticked."""
        from desktop.dialogs.replace_dialog import ReplaceDialog

        bench = self._bench
        self._canvas.commit_text()
        dialog = ReplaceDialog(bench.document, bench.selection, bench.runner, self._window)
        dialog.exec()
        if dialog.said:
            self.said.emit(dialog.said)

    def accept_above(self) -> None:
        """Ask for a score, say how many proposals reach it, accept those."""
        from desktop.dialogs.accept_dialog import AcceptDialog

        bench = self._bench
        dialog = AcceptDialog(bench.document, bench.selection.page_id, self._window)
        dialog.exec()
        if dialog.said:
            self.said.emit(dialog.said)
