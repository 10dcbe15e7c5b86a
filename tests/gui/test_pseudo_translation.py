"""With every text 40 % longer, nothing that matters is cut: the window, its parts, all dialogs."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.appearance.theme import apply_theme
from desktop.application import Application
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from model_backend import translation

LONGER, WORD = 0.4, 9
SLACK = 2
"""Pixels by which a style may round."""


class Pseudo(gettext.NullTranslations):
    """Every text longer by two fifths, of letters that are easily told from forgotten ones."""

    def gettext(self, message: str) -> str:
        plain = sum(len(part) for part in message.split("{"))
        more = "ẋ" * max(1, round(plain * LONGER))
        words = [more[at : at + WORD] for at in range(0, len(more), WORD)]
        return " ".join([message, *words]) if len(words) > 1 else f"{message}{more}"


@pytest.fixture(scope="module")
def wordy(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    """The application in a language of long words, with a project open."""
    folder = tmp_path_factory.mktemp("pseudo")
    patch = pytest.MonkeyPatch()
    patch.setattr(translation, "_catalogue", Pseudo())
    apply_theme(qapp, "light")
    application = Application(Settings(SettingsFile(folder / "settings.json")))
    application.window.show()
    application.window.resize(1280, 800)
    application.window.show_start()
    yield application
    application.window.close()
    application.window.deleteLater()
    qapp.processEvents()
    patch.undo()


def cut_texts(root: QWidget) -> list[str]:
    """What is shown smaller than its text needs."""
    for _round in range(5):  # texts that change while it is laid out ask for another layout
        QApplication.sendPostedEvents()
        QApplication.processEvents()
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue  # behind a tab, or in a part that can be scrolled to
        text, needed = text_and_need(widget)
        if text and not needed(widget):
            found.append(
                f"{type(widget).__name__} {text!r} {widget.size().toTuple()}"
                f" of {widget.sizeHint().toTuple()}"
            )
    return found


def text_and_need(widget: QWidget) -> tuple[str, Callable[[QWidget], bool]]:
    if isinstance(widget, QToolButton) and not widget.text():
        return "", has_room
    if isinstance(widget, QAbstractButton):
        icon_only = isinstance(widget, QToolButton) and widget.toolButtonStyle() in (
            Qt.ToolButtonStyle.ToolButtonIconOnly,
        )
        return ("" if icon_only else widget.text()), has_room
    if isinstance(widget, QLabel):
        return widget.text(), label_has_room
    if isinstance(widget, QComboBox):
        return widget.currentText(), combo_has_room
    return "", has_room


def has_room(widget: QWidget) -> bool:
    need = widget.sizeHint()
    return widget.width() + SLACK >= need.width() and widget.height() + SLACK >= need.height()


def label_has_room(widget: QWidget) -> bool:
    assert isinstance(widget, QLabel)
    if widget.wordWrap():
        return widget.height() + SLACK >= widget.heightForWidth(widget.width())
    return widget.width() + SLACK >= widget.sizeHint().width()


def combo_has_room(widget: QWidget) -> bool:
    """A box of choices shows at least most of its text; the list it opens shows all of it."""
    assert isinstance(widget, QComboBox)
    return widget.width() >= min(widget.minimumSizeHint().width(), 120)


def test_start_page_has_room(wordy: Application) -> None:
    assert "ẋ" in wordy.window.start_page.buttons[0].text()
    assert cut_texts(wordy.window) == []


def test_window_and_its_parts_have_room(wordy: Application, tmp_path: Path) -> None:
    window = wordy.window
    wordy.open_project(str(make_project(tmp_path / "Test.proofdesk")))
    assert wordy.bench is not None
    cut = {}
    try:
        for name in window.docks:
            for ids in ((), (7,), (11,), (12,)):
                wordy.bench.selection.select(ids)
                window.docks[name].show()
                window.docks[name].raise_()
                if found := cut_texts(window):
                    cut[name, ids] = found
    finally:
        wordy.leave_project()
    assert list(cut.items()) == []


def dialogs(wordy: Application) -> dict[str, Callable[[], QDialog]]:
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

    window, settings = wordy.window, wordy.settings
    bench = wordy.bench
    assert bench is not None
    return {
        "about": lambda: AboutDialog(window),
        "backups": lambda: BackupsDialog(bench.document.store.folder, bench.document, window),
        "dataset": lambda: DatasetDialog("", window),
        "export": lambda: ExportDialog(bench.document.store, bench.runner, {}, window),
        "keys": lambda: KeysDialog(window.key_book, settings.choices("key_map"), window),
        "labels": lambda: LabelsDialog(bench.document.schema, window),
        "accept": lambda: AcceptDialog(bench.document, bench.selection.page_id, window),
        "models": lambda: ModelsDialog(bench.runner, settings, window),
        "replace": lambda: ReplaceDialog(bench.document, bench.selection, bench.runner, window),
        "password": lambda: PasswordDialog("report.pdf", 2, window),
        "settings": lambda: SettingsDialog(settings, window),
    }


def test_dialogs_have_room(wordy: Application, qtbot: QtBot, tmp_path: Path) -> None:
    wordy.open_project(str(make_project(tmp_path / "Test.proofdesk")))
    cut = {}
    try:
        for name, make in dialogs(wordy).items():
            dialog = make()
            qtbot.addWidget(dialog)
            dialog.show()
            qtbot.waitExposed(dialog)
            if found := cut_texts(dialog):
                cut[name] = found
            dialog.reject()
    finally:
        wordy.leave_project()
    assert list(cut.items()) == []


def test_overlay_of_keys_has_room(wordy: Application, qtbot: QtBot) -> None:
    overlay = wordy.window.keys_overlay()
    overlay.open()
    try:
        assert cut_texts(overlay) == []
    finally:
        overlay.close_overlay()
