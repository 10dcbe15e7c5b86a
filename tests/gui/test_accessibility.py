"""Every control has a name for screen readers and is reached by keyboard, in all of the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QScrollArea,
    QTabBar,
    QToolBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.dialogs.about_dialog import AboutDialog
from desktop.dialogs.accept_dialog import AcceptDialog
from desktop.dialogs.backups_dialog import BackupsDialog
from desktop.dialogs.dataset_dialog import DatasetDialog
from desktop.dialogs.export_dialog import ExportDialog
from desktop.dialogs.keys_dialog import KeysDialog
from desktop.dialogs.labels_dialog import LabelsDialog
from desktop.dialogs.models_dialog import ModelsDialog
from desktop.dialogs.password_dialog import PasswordDialog
from desktop.dialogs.replace_dialog import ReplaceDialog
from desktop.dialogs.settings_dialog import SettingsDialog
from desktop.window.actions import ACTIONS
from desktop.window.parts import first_in
from desktop.window.workbench import Workbench

CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QAbstractSpinBox, QAbstractItemView)
MOST_STEPS = 120


def controls(root: QWidget) -> Iterator[QWidget]:
    """What a person can work with, but not the parts that such things are made of."""
    for widget in root.findChildren(QWidget):
        is_control = isinstance(widget, CONTROLS) or (
            isinstance(widget, QAbstractScrollArea) and not isinstance(widget, QScrollArea)
        )
        if is_control and widget.isVisible() and not is_part(widget):
            yield widget


def is_part(widget: QWidget) -> bool:
    parent = widget.parentWidget()
    if isinstance(widget, QHeaderView) or widget.objectName().startswith("qt_"):
        return True
    while parent is not None:
        if isinstance(
            parent, QComboBox | QAbstractSpinBox | QTabBar | QLineEdit | QAbstractItemView
        ):
            return True
        parent = parent.parentWidget()
    return False


def name_of(widget: QWidget) -> str:
    """What a screen reader says."""
    interface = QAccessible.queryAccessibleInterface(widget)
    name = interface.text(QAccessible.Text.Name) if interface is not None else ""
    return name.strip() or widget.accessibleName() or widget.toolTip()


def nameless(root: QWidget) -> list[str]:
    return [
        f"{type(widget).__name__} {widget.objectName()} in {type(widget.parentWidget()).__name__}"
        for widget in controls(root)
        if not name_of(widget)
    ]


def without_keyboard(root: QWidget) -> list[str]:
    """Enabled controls that Tab does not stop at; those of toolbars are in the menus as well."""
    return [
        f"{type(widget).__name__} {name_of(widget)!r}"
        for widget in controls(root)
        if widget.isEnabled()
        and not isinstance(widget.parentWidget(), QToolBar)
        and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


def not_walked_to(dialog: QWidget) -> list[str]:
    """Enabled controls that pressing Tab again and again does not come to."""
    first = first_in(dialog)
    assert first is not None
    first.setFocus(Qt.FocusReason.TabFocusReason)
    seen = {first}
    for _step in range(MOST_STEPS):
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Tab)
        seen.add(dialog.focusWidget())
    return [
        f"{type(widget).__name__} {name_of(widget)!r}"
        for widget in controls(dialog)
        if widget.isEnabled() and widget not in seen
    ]


def test_every_action_is_in_a_menu(application: Application, bench: Workbench) -> None:
    window = application.window
    listed = [action for menu in window.menus.values() for action in menu.actions()]
    for action in ACTIONS:
        made = window.actions_table.by_id[action.id]
        assert made in listed, action.id
        assert made.text(), action.id
    assert all(isinstance(menu, QMenu) for menu in window.menus.values())


def test_controls_of_the_window_have_names_and_are_reached(
    application: Application, bench: Workbench
) -> None:
    window = application.window
    problems = {}
    for name in window.docks:
        for ids in ((), (7,), (10,), (11,), (12,), (1,)):
            bench.selection.select(ids)
            window.docks[name].show()
            window.docks[name].raise_()
            QApplication.processEvents()
            if found := (nameless(window), without_keyboard(window)):
                problems[name, ids] = found
    assert {key: found for key, found in problems.items() if any(found)} == {}


def test_start_page_is_worked_by_keyboard(application: Application, qtbot: QtBot) -> None:
    window = application.window
    window.show_start()
    window.activateWindow()
    page = window.start_page
    qtbot.waitUntil(page.buttons[0].hasFocus, timeout=5000)
    assert nameless(window) == []
    assert without_keyboard(window) == []
    tabs = [bar for bar in window.findChildren(QTabBar) if bar.isVisible()]
    assert not [bar for bar in tabs if window.rect().intersects(bar.geometry())]
    seen = [window.focusWidget()]
    for _step in range(4):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        seen.append(window.focusWidget())
    assert seen == [*page.buttons, *page.choices.values()]


def dialogs(application: Application, bench: Workbench) -> dict[str, Callable[[], QDialog]]:
    window, settings, runner = application.window, application.settings, bench.runner
    document, selection = bench.document, bench.selection
    return {
        "about": lambda: AboutDialog(window),
        "accept": lambda: AcceptDialog(document, selection.page_id, window),
        "backups": lambda: BackupsDialog(document.store.folder, document, window),
        "dataset": lambda: DatasetDialog("", window),
        "export": lambda: ExportDialog(document.store, runner, {}, window),
        "keys": lambda: KeysDialog(window.key_book, settings.choices("key_map"), window),
        "labels": lambda: LabelsDialog(document.schema, window),
        "models": lambda: ModelsDialog(runner, settings, window),
        "password": lambda: PasswordDialog("report.pdf", 2, window),
        "replace": lambda: ReplaceDialog(document, selection, runner, window),
        "settings": lambda: SettingsDialog(settings, window),
    }


def test_controls_of_dialogs_have_names_and_are_reached(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    problems = {}
    for name, make in dialogs(application, bench).items():
        dialog = make()
        qtbot.addWidget(dialog)
        dialog.show()
        qtbot.waitExposed(dialog)
        dialog.activateWindow()
        qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
        problems[name] = (nameless(dialog), without_keyboard(dialog), not_walked_to(dialog))
        dialog.reject()
    assert {name: found for name, found in problems.items() if any(found)} == {}
