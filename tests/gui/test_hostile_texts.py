"""Names, labels, words and notes of any kind are shown as they are: never as HTML, never as markup,
never so long that a window is.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6 import QtGui
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QEvent, QModelIndex, Qt, QTimer
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QMessageBox,
    QToolTip,
    QWidget,
)
from pytestqt.qtbot import QtBot
from window_project import make_page

from desktop.application import Application
from desktop.document import edits
from desktop.store.store import Store
from desktop.window.workbench import Workbench
from model_backend.document import Document, Page
from model_backend.labels import Label, LabelSchema

HTML = "<b>bold</b><img src='file:///etc/passwd'><h1>big</h1>&amp;"
BIDI = "invoice\u202egnp.exe\u2066\u2069"
LINES = "one\ntwo\r\nthree\x00\x07\u2028four"
LONG = "W" * 1_000_000
TEXTS = {"html": HTML, "bidi": BIDI, "lines": LINES, "long": LONG}
WIDEST = 4000
"""Pixels that no window may be wider than, whatever is in it."""


def hostile_page(number: int, text: str) -> Page:
    page = make_page(number)
    words = tuple(replace(word, text=text) for word in page.words)
    entities = tuple(replace(one, text=text, label=text[:200]) for one in page.entities)
    regions = tuple(replace(one, label=text[:200]) for one in page.regions)
    return replace(page, words=words, entities=entities, regions=regions)


@pytest.fixture(params=TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


@pytest.fixture
def hostile(application: Application, tmp_path: Path, text: str) -> Iterator[Workbench]:
    """A project whose every text is hostile."""
    picture = tmp_path / "picture.png"
    Image.new("L", (60, 80), 255).save(picture)
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    name = f"{text[:120]}.png".replace("\x00", "")
    with Store.create(tmp_path / "Hostile.proofdesk") as store:
        document = Document(0, name, sha256, "image/png", 3)
        pages = [hostile_page(number, text) for number in range(3)]
        store.add_document(picture, document, pages, read=True)
        folder = store.folder
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    labels = (Label(text[:200], "#2f5fd0"), *bench.document.schema.labels)
    bench.document.apply_schema("Labels", LabelSchema(labels))
    page = bench.editor.page
    assert page is not None
    bench.document.apply("Note", edits.set_note(page, text[:10_000]))
    yield bench
    application.leave_project()


def looks_rich(text: str) -> bool:
    return bool(QtGui.Qt.mightBeRichText(text))


def widgets() -> list[QWidget]:
    return QApplication.allWidgets()


def check_widgets() -> None:
    """No label, tool tip or title takes text for markup, and nothing is wider than a screen."""
    for widget in widgets():
        tip = widget.toolTip()
        assert not looks_rich(tip), f"{type(widget).__name__} has a rich tool tip: {tip[:80]!r}"
        assert len(tip) < 3000, f"{type(widget).__name__} has a tool tip of {len(tip)} characters"
        if isinstance(widget, QLabel) and not widget.pixmap():
            is_plain = widget.textFormat() is Qt.TextFormat.PlainText
            assert is_plain or not looks_rich(widget.text()), widget.text()[:80]
        if isinstance(widget, QMessageBox):
            assert widget.textFormat() is Qt.TextFormat.PlainText
        if widget.isWindow():
            assert "\n" not in widget.windowTitle()
            assert len(widget.windowTitle()) < 400
        if widget.isVisible():
            assert widget.width() < WIDEST, f"{type(widget).__name__} is {widget.width()} wide"


def check_models() -> None:
    """Nor do lists: Qt draws items as plain text, but tips and combo boxes are looked at."""
    for view in widgets():
        if isinstance(view, QAbstractItemView) and view.model() is not None:
            for index in indexes(view.model()):
                tip = index.data(Qt.ItemDataRole.ToolTipRole)
                assert not (isinstance(tip, str) and looks_rich(tip)), tip[:80]
                shown = index.data(Qt.ItemDataRole.DisplayRole)
                if isinstance(shown, str):
                    assert len(shown) <= 20_000, f"{len(shown)} characters in {type(view).__name__}"
        if isinstance(view, QComboBox):
            assert view.width() < WIDEST


def indexes(model: QAbstractItemModel, most: int = 40) -> Iterator[QModelIndex]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
    for row in range(min(model.rowCount(), most)):
        for column in range(columns):
            yield model.index(row, column)


def check_tips(view: QAbstractItemView) -> None:
    """The tip that is really shown for an item."""
    for index in indexes(view.model(), 3):
        place = view.visualRect(index).center()
        event = QHelpEvent(QEvent.Type.ToolTip, place, view.mapToGlobal(place))
        QApplication.sendEvent(view.viewport(), event)
        assert not looks_rich(QToolTip.text())
    QToolTip.hideText()


@pytest.mark.timeout(240)
@pytest.mark.qt_log_ignore("does not support raise", extend=True)  # tool tips, on no real screen
def test_hostile_texts_are_shown_as_plain_text_in_every_part(
    qtbot: QtBot, application: Application, hostile: Workbench, text: str
) -> None:
    window = application.window
    for name, dock in window.docks.items():
        if name != "messages":
            window.parts.turn_to(name)
        QApplication.processEvents()
        for view in dock.findChildren(QAbstractItemView):
            check_tips(view)
    for chosen in ((7,), (1,), (12,), (11,), (7, 8, 12), ()):
        hostile.selection.select(chosen)
        QApplication.processEvents()
        check_widgets()
        check_models()
    window.complain(text)
    window.note(text)
    window.status.say(text, is_problem=True)
    QApplication.processEvents()
    check_widgets()
    check_models()
    assert window.width() < WIDEST


DIALOGS = (
    "edit_labels", "find_replace", "accept_above", "export", "backups", "recognize", "unlock",
    "deskew", "models", "settings",
)  # fmt: skip


@pytest.mark.timeout(240)
def test_hostile_texts_are_plain_in_the_dialogs(
    qtbot: QtBot, application: Application, hostile: Workbench
) -> None:
    seen: list[str] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            seen.append(type(dialog).__name__)
            check_widgets()
            check_models()
            dialog.reject()

    hostile.selection.select((7,))
    for name in DIALOGS:
        QTimer.singleShot(50, look)
        application.window.actions_table.by_id[name].trigger()
    assert len(seen) >= 8, seen


@pytest.mark.timeout(120)
def test_names_of_projects_and_files_are_plain(
    qtbot: QtBot, application: Application, tmp_path: Path
) -> None:
    name = "<b>x</b>\u202egpj.exe & more"
    folder = tmp_path / f"{name.replace('/', '|')}.proofdesk"
    Store.create(folder).close()
    application.open_project(str(folder))
    check_widgets()
    assert "\u202e" not in application.window.windowTitle()
    application.leave_project()
    check_widgets()
    application.window.complain(f"{folder} <i>is bad</i>")
    check_widgets()


def test_no_source_makes_rich_text() -> None:
    """Markup has no place in the window: what is written is shown."""
    root = Path(__file__).resolve().parents[2] / "desktop"
    found = [
        f"{path.relative_to(root)}: {line.strip()}"
        for path in sorted(root.rglob("*.py"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"RichText|setHtml|<b>|<br|QTextBrowser|setOpenExternalLinks", line)
    ]
    assert found == []
