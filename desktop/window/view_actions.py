"""What is shown: zoom to the selection, hide, panes, keys, about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from desktop import crashes, logs
from desktop.window.parts import first_in

if TYPE_CHECKING:
    from desktop.window.main_window import MainWindow


class ViewActions(QObject):
    """What the View and Help menus do."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def show_keys(self) -> None:
        """Show or hide the keys over the window."""
        overlay = self._window.keys_overlay()
        if overlay.isVisible():
            overlay.close_overlay()
        else:
            overlay.open()

    def change_keys(self) -> None:
        """Choose a key map and change single keys."""
        from desktop.dialogs.keys_dialog import KeysDialog

        maps = self._window.settings.choices("key_map")
        KeysDialog(self._window.key_book, maps, self._window).exec()

    def toggle_messages(self) -> None:
        """Show or hide the list of jobs and messages."""
        dock = self._window.docks["messages"]
        dock.setVisible(not dock.isVisible())

    def toggle_full_screen(self) -> None:
        """The whole screen, or a window again."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_logs(self) -> None:
        """The log of the window, of the command line, and what crashes left."""
        from desktop.dialogs.log_dialog import LogDialog
        from desktop.window.bug_reports import open_folder

        files = [*logs.files(), *crashes.records(logs.folder())]
        LogDialog(files, open_folder, self._window).exec()

    def open_log_folder(self) -> None:
        """Have the system show the folder of the logs."""
        from desktop.window.bug_reports import open_folder

        open_folder()

    def about(self) -> None:
        """What this is."""
        from desktop.dialogs.about_dialog import AboutDialog

        AboutDialog(self._window).exec()

    def next_pane(self) -> None:
        """Give the keyboard to the next part of the window."""
        view, window = self._window.project_view, self._window
        if view is None:
            return
        parts: list[QWidget] = [*window.parts.seen()]
        parts.insert(1 if window.docks["pages"] in parts else 0, view.canvas)
        focus = window.focusWidget()
        here = (n for n, part in enumerate(parts) if focus and _holds(part, focus))
        place = next(here, -1)
        for part in (*parts[place + 1 :], *parts[: place + 1]):
            target = part if part is view.canvas else first_in(part)
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def zoom_to_selection(self) -> None:
        """Make what is selected as large as can be."""
        view = self._window.project_view
        if view:
            view.canvas.zoom_to_selection()


def _holds(part: QWidget, focus: QWidget) -> bool:
    return part is focus or part.isAncestorOf(focus)
