"""The window: menus, bars, docks, the page in the middle; empty until a project is shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QToolBar,
    QWidget,
)

from desktop.appearance.icons import application_icon, refresh_icons
from desktop.appearance.plain import title
from desktop.appearance.theme import apply_theme, colors_of
from desktop.guards import guarded
from desktop.panels.messages import Messages
from desktop.window.action_set import ActionSet
from desktop.window.actions import CONTEXT_MENU, FITTING, MAIN_TOOLBAR, TOOL_BAR, VIEW
from desktop.window.file_actions import FileActions
from desktop.window.filter_bar import FilterBar
from desktop.window.key_maps import KeyBook
from desktop.window.label_bar import LabelBar
from desktop.window.parts import LAYOUT_VERSION, Parts
from desktop.window.start_page import StartPage
from desktop.window.status_line import StatusLine
from desktop.window.view_actions import ViewActions
from model_backend.translation import _

if TYPE_CHECKING:
    from desktop.dialogs.keys_overlay import KeysOverlay
    from desktop.settings.settings import Settings
    from desktop.window.project_view import ProjectView


@guarded
class MainWindow(QMainWindow):
    """The shell. What belongs to a project is put into it by `show_project`."""

    first_shown = Signal()
    closing = Signal()

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.project_view: ProjectView | None = None
        self._overlay: KeysOverlay | None = None
        self._is_shown_once = False
        self.setWindowTitle("Proofdesk")
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.key_book = KeyBook(settings, parent=self)
        self.actions_table = ActionSet(self.key_book, self)
        self.files = FileActions(self, settings)
        self.view_actions = ViewActions(self)
        self.actions_table.set_targets({"files": self.files, "view": self.view_actions})
        self.status = StatusLine(self.key_book.in_use, self)
        self.setStatusBar(self.status)
        self.messages = Messages(self)
        self.menus = self.actions_table.build_menus(self.menuBar())
        self.main_bar = self._make_main_bar()
        self._make_center()
        self.parts = Parts(self, self.menus[VIEW])
        self.docks = self.parts.docks
        self.docks["messages"].setWidget(self.messages)
        self._arrange()
        self._connect()

    def _make_main_bar(self) -> QToolBar:
        bar = QToolBar(_("Main"), self)
        bar.setObjectName("main")
        bar.setMovable(False)
        self.actions_table.fill_toolbar(bar, MAIN_TOOLBAR)
        self.addToolBar(bar)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        return bar

    def _make_center(self) -> None:
        actions = self.actions_table.by_id
        self.start_page = StartPage(
            [actions["open"], actions["open_folder"], actions["open_sample"]], self.settings
        )
        self.tool_bar = QToolBar(_("Tools"))
        self.tool_bar.setObjectName("tools")
        self.tool_bar.setOrientation(Qt.Orientation.Vertical)
        self.actions_table.fill_toolbar(self.tool_bar, TOOL_BAR)
        self.label_bar = LabelBar()
        self.filter_bar = FilterBar(actions["clear_filter"])
        self.center = QStackedWidget()
        self.waiting = QWidget()
        self.center.addWidget(self.waiting)
        self.center.addWidget(self.start_page)
        middle = QWidget()
        grid = QGridLayout(middle)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.tool_bar, 0, 0, 3, 1)
        grid.addWidget(self.label_bar, 0, 1)
        grid.addWidget(self.filter_bar, 1, 1)
        grid.addWidget(self.center, 2, 1)
        grid.setRowStretch(2, 1)
        grid.setColumnStretch(1, 1)
        self.setCentralWidget(middle)

    def _arrange(self) -> None:
        """In the place it had the last time."""
        self.resize(1280, 800)
        self._show_parts(is_shown=False)
        geometry = self.settings.value("window_geometry")
        if geometry:
            self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))

    def _connect(self) -> None:
        self.actions_table.failed.connect(self.complain)
        self.files.said.connect(self.note)
        self.status.messages_wanted.connect(self.view_actions.toggle_messages)
        self.docks["messages"].visibilityChanged.connect(self.status.list_shown)
        self.messages.job_failed.connect(self._tell_failure)
        self.start_page.project_chosen.connect(self.files.project_wanted)
        self.start_page.setting_chosen.connect(self.files.setting_changed)
        self.label_bar.label_chosen.connect(self._choose_label)

    def _show_parts(self, *, is_shown: bool) -> None:
        for part in (self.tool_bar, self.label_bar, self.main_bar):
            part.setVisible(is_shown)
        self.filter_bar.hide()
        self.parts.show(is_shown=is_shown)

    def show_start(self) -> None:
        """Show the ways in."""
        self.start_page.show_recent(self.settings.value("recent_projects"))
        self.center.setCurrentWidget(self.start_page)
        self.start_page.take_focus()

    def show_center(self, canvas: QWidget | None) -> None:
        """Show the page, or the ways in where a project is still empty."""
        if canvas is None:
            self.start_page.show_recent(())
        if canvas is not None and self.center.indexOf(canvas) < 0:
            return  # a job that was stopped tells of a project that is closed already
        is_new = self.center.currentWidget() is not canvas
        self.center.setCurrentWidget(canvas or self.start_page)
        if canvas is not None and is_new:
            canvas.setFocus()  # from the first page on keys mean the page

    def show_project(self, view: ProjectView) -> None:
        """Put a project into the window."""
        self.project_view = view
        self.start_page.show_problem("")
        self.center.addWidget(view.canvas)
        view.refresh()
        for name, panel in view.panels.items():
            self._put(name, panel)
        size = self.size()
        self._show_parts(is_shown=True)
        self.parts.lay_out(self.settings.value("window_state"))
        self.resize(size)  # parts stood one below the other until they shared their places
        self.actions_table.set_targets(view.targets)
        self.setWindowTitle(f"{title(view.title)} – Proofdesk")
        view.canvas.setFocus()

    def _put(self, name: str, panel: QWidget) -> None:
        """Have a part show this, and nothing stay of what it showed before."""
        before = self.docks[name].widget()
        self.docks[name].setWidget(panel)
        if before is not None:
            before.deleteLater()

    def drop_project(self) -> None:
        """Take the project out of the window; the start page comes."""
        view, self.project_view = self.project_view, None
        if view is None:
            return
        self.remember_layout()
        self.actions_table.drop_targets(tuple(view.targets))
        self.actions_table.detach()
        self.actions_table.set_state(frozenset())
        for name in view.panels:
            self._put(name, QWidget())
        self.center.removeWidget(view.canvas)
        view.leave()
        self._show_parts(is_shown=False)
        self.status.clear_project()
        self.setWindowTitle("Proofdesk")

    def remember_layout(self) -> None:
        """Remember where everything stands."""
        self.settings.set("window_geometry", self.saveGeometry().toBase64().toStdString())
        if self.main_bar.isVisible():
            state = self.saveState(LAYOUT_VERSION).toBase64().toStdString()
            self.settings.set("window_state", state)

    def complain(self, text: str) -> None:
        """Say on the line and in the list what went wrong."""
        shown = self.key_book.in_use(text)
        self.messages.add(shown)
        self.status.say(text, is_problem=True)
        if self.project_view is None:
            self.start_page.show_problem(shown)

    def _tell_failure(self, text: str) -> None:
        self.status.say(text, is_problem=True)

    def note(self, text: str) -> None:
        """Say on the line and in the list what happened."""
        self.messages.add(self.key_book.in_use(text), is_problem=False)
        self.status.say(text)

    def keys_overlay(self) -> KeysOverlay:
        """The keys in use over the window, made when they are first asked for."""
        if self._overlay is None:
            from desktop.dialogs.keys_overlay import KeysOverlay

            self._overlay = KeysOverlay(self.actions_table.by_id["change_keys"], self)
        self._overlay.set_rows(self.actions_table.key_rows())
        return self._overlay

    def use_theme(self) -> None:
        """Show everything in the chosen theme."""
        from PySide6.QtWidgets import QApplication

        application = QApplication.instance()
        assert isinstance(application, QApplication)
        apply_theme(application, self.settings.value("theme"))
        self.actions_table.refresh_icons()
        refresh_icons(self)
        if self.project_view is not None:
            self.project_view.set_colors(colors_of(self.settings.value("theme")))

    def context_menu(self) -> QMenu:
        """What can be done now with what is selected; the menu is gone when it closes."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)  # also where it is hidden, not closed
        chosen = self.project_view.canvas.fitting() if self.project_view else frozenset()
        for action_id in CONTEXT_MENU:
            made = self.actions_table.by_id.get(action_id)
            if made is None:
                menu.addSeparator()
            elif made.isEnabled() and _fits(action_id, chosen):
                menu.addAction(made)
        return menu

    def _choose_label(self, name: str) -> None:
        if self.project_view is not None:
            self.project_view.tools.choose_label(name)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Tell once that the window is there: everything heavy waits for it."""
        super().paintEvent(event)
        if not self._is_shown_once:
            self._is_shown_once = True
            QTimer.singleShot(0, self.first_shown.emit)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Files and folders are welcome."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.start_page.set_over(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """They went on."""
        self.start_page.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Take in what was dropped."""
        self.start_page.set_over(False)
        urls = event.mimeData().urls()
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        event.acceptProposedAction()
        if paths:
            self.files.take_in(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Everything is saved already; remember the layout."""
        self.remember_layout()
        self.closing.emit()
        super().closeEvent(event)


def _fits(action_id: str, chosen: frozenset[str]) -> bool:
    """Whether an action is for what is chosen."""
    wanted = FITTING.get(action_id)
    return wanted is None or not chosen.isdisjoint(wanted)
