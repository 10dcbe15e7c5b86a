"""Bugs on their way to the person: one line and one dialog, made when nothing else is under way."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from desktop import bugs, logs
from desktop.bugs import Bug
from desktop.errors import known_error
from desktop.jobs.hub import Hub
from model_backend.traces import name_of
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.dialogs.bug_dialog import BugDialog
    from desktop.window.main_window import MainWindow


class BugReports(QObject):
    """Takes bugs from any thread and any paint event; shows them from the window's event loop."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._hub = Hub(self)
        self._dialog: BugDialog | None = None
        self._shown: dict[str, Bug] = {}
        """What the dialog tells of; nothing, once a person has closed it."""
        self._closed: set[str] = set()
        """Bugs whose dialog was closed: they are counted in the log, not shown again."""
        bugs.watch(self.tell)

    def tell(self, bug: Bug) -> None:
        """Show it as soon as the event loop has its turn; from any thread."""
        self._hub.post(lambda: self._show(bug))

    def _show(self, bug: Bug) -> None:
        if bug.count == 1:
            text = _("A mistake inside Proofdesk (number {id}). Your edits are saved; go on.")
            self._window.complain(text.format(id=bug.id))
        if bug.id not in self._closed:
            self._shown[bug.id] = bug
            self._open_dialog().tell(bug)

    def _open_dialog(self) -> BugDialog:
        if self._dialog is None:
            from desktop.dialogs.bug_dialog import BugDialog

            dialog = self._dialog = BugDialog(_head(), open_folder, self._front())
            dialog.finished.connect(self._close)
            dialog.destroyed.connect(self._forget)
            at_work = QApplication.activeWindow()
            dialog.show()
            if at_work is not None:
                at_work.activateWindow()  # keys go on meaning the work where the system moved them
        return self._dialog

    def _front(self) -> QWidget:
        """What a dialog must belong to for its buttons to be reached."""
        return QApplication.activeModalWidget() or self._window

    def _close(self) -> None:
        self._closed.update(self._shown)
        self._shown.clear()
        if self._dialog is not None:
            self._dialog.destroyed.disconnect(self._forget)
        self._dialog = None

    def _forget(self) -> None:
        """It went, maybe together with the dialog that it stood in front of: then it comes back."""
        if self._shown:
            self._dialog = None
            self._hub.post(self._show_again)

    def _show_again(self) -> None:
        for bug in self._shown.values():
            self._open_dialog().tell(bug)

    def tell_log_trouble(self, error: OSError) -> None:
        """The log cannot be written: one line; from any thread."""
        self._hub.post(lambda: self._window.complain(log_trouble(error)))

    def close(self) -> None:
        """Show nothing more."""
        bugs.unwatch(self.tell)
        self._shown.clear()
        self._hub.close()


def open_folder() -> None:
    """Have the system show the folder of the logs."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(logs.folder())))


def log_trouble(error: OSError) -> str:
    """The line for a log that cannot be written."""
    why = known_error(error, logs.folder())
    text = _("No log is written: {why} Everything else works.")
    return text.format(why=why or name_of(error))


def crash_text() -> str:
    """The line for a record that was found at the start."""
    return _(
        "Proofdesk ended unexpectedly the last time. Every edit was saved. Help > Log and crash"
        " records shows where it happened."
    )


def _head() -> str:
    from desktop.dialogs.about_dialog import own_version

    now = datetime.now(UTC).isoformat(sep=" ", timespec="seconds")
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    return (
        f"Proofdesk {own_version()}, Python {platform.python_version()}, Qt {qVersion()}\n"
        f"{system}\n{now}"
    )
