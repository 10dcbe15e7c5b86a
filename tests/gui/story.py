"""The main job, as a person does it, in the real application with a real mouse and real keys.

Not collected by itself: test_story.py runs it in a real window under an X server of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.application import Application, make_application
from desktop.canvas.view import CanvasView
from desktop.dialogs.export_dialog import ExportDialog
from model_backend import table_grid
from model_backend.document import Box, Page, PageStatus, Point, Word, union_of

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "form.png"
Start = Callable[..., Application]


class Hand:
    """A person at the keyboard and the mouse of one open project."""

    def __init__(self, qtbot: QtBot, application: Application) -> None:
        assert application.bench is not None
        assert application.window.project_view is not None
        self.qtbot, self.application = qtbot, application
        self.bench = application.bench
        self.canvas: CanvasView = application.window.project_view.canvas
        self.canvas.setFocus()

    @property
    def page(self) -> Page:
        page = self.bench.editor.page
        assert page is not None
        return page

    def press(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        QTest.keyClick(self.canvas, key, held)

    def place(self, point: Point) -> QPoint:
        place = self.canvas.page_place(QPointF(*point)).toPoint()
        assert self.canvas.viewport().rect().contains(place), "outside the view"
        return place

    def drag(self, start: Point, end: Point) -> None:
        view, left = self.canvas.viewport(), Qt.MouseButton.LeftButton
        QTest.mousePress(view, left, pos=self.place(start))
        for step in (0.3, 0.7, 1.0):
            point = (
                start[0] + (end[0] - start[0]) * step,
                start[1] + (end[1] - start[1]) * step,
            )
            QTest.mouseMove(view, self.place(point))
        QTest.mouseRelease(view, left, pos=self.place(end))

    def sweep(self, box: Box) -> None:
        inside = box.grown(-1.0)
        self.drag((inside.x0, inside.y0), (inside.x1, inside.y1))

    def zoom(self, box: Box) -> None:
        self.canvas.zoom_to(box)
        self.qtbot.wait(20)

    def words(self, *texts: str) -> Box:
        """Where these neighbouring words stand."""
        found: list[Word] = [word for word in self.page.words if word.text in texts]
        return union_of(word.box for word in found)


@pytest.fixture
def start(qtbot: QtBot) -> Iterator[Start]:
    """Starts the application, as often as wanted; nothing is left of it afterwards."""
    started: list[Application] = []

    def begin(*arguments: str) -> Application:
        _qt, application = make_application(arguments)
        started.append(application)
        with qtbot.waitSignal(application.window.first_shown, timeout=20_000):
            application.window.show()
        application.window.activateWindow()
        qtbot.waitUntil(application.window.isActiveWindow, timeout=20_000)
        qtbot.waitUntil(lambda: application.bench is not None, timeout=20_000)
        qtbot.waitUntil(lambda: not application.bench.is_busy, timeout=90_000)
        return application

    yield begin
    for application in started:
        application.window.close()
        application.window.deleteLater()


def label_two_entities(hand: Hand) -> None:
    """Sweep over a question and its answer, and link them."""
    question, answer = hand.words("Department:"), hand.words("Field", "Service", "North")
    hand.zoom(question.union(answer).grown(60))
    hand.press(Qt.Key.Key_E)
    hand.press(Qt.Key.Key_1)
    hand.sweep(question)
    (first,) = hand.page.entities
    assert (first.label, first.text) == ("question", "Department:")
    hand.bench.selection.clear()
    hand.press(Qt.Key.Key_2)
    hand.sweep(answer)
    second = hand.page.entities[-1]
    assert (second.label, second.text) == ("answer", "Field Service North")
    hand.press(Qt.Key.Key_L)
    hand.drag(first.box.center, second.box.center)
    (link,) = hand.page.relations
    assert (link.from_id, link.to_id) == (first.id, second.id)


def correct_a_table(hand: Hand) -> None:
    """Draw the outline of the table of expenses, and merge two cells of its last row."""
    top, total = hand.words("Receipt"), hand.words("Total")
    outline = Box(165, top.y0 - 15, hand.page.width - 155, total.y1 + 25)
    hand.zoom(outline)
    hand.press(Qt.Key.Key_C)
    hand.drag((outline.x0, outline.y0), (outline.x1, outline.y1))
    (table,) = hand.page.tables
    assert len(table.rows) >= 4
    assert len(table.columns) >= 3
    assert hand.bench.selection.ids == (table.id,)
    hand.press(Qt.Key.Key_V)
    bottom = len(table.rows) - 1
    cells = [table_grid.cell_at(table, bottom, column) for column in (0, 1)]
    merged_before = len(table.spans)
    places = [table_grid.to_page(table, cell.box.center) for cell in cells]
    hand.drag(places[0], places[1])
    chosen = hand.bench.selection.cells
    assert chosen is not None
    assert (chosen.row0, chosen.column0, chosen.column1) == (bottom, 0, 2)
    hand.press(Qt.Key.Key_M)
    (table,) = hand.page.tables
    assert len(table.spans) == merged_before + 1
    assert chosen in table.spans


def paint_a_mask(hand: Hand) -> None:
    """Paint over the signature at the foot of the form."""
    place = hand.words("Signature:")
    hand.zoom(place.grown(150))
    hand.press(Qt.Key.Key_B)
    hand.press(Qt.Key.Key_2)
    x, y = place.center
    hand.drag((x, y), (x + 90, y + 10))
    (region,) = hand.page.regions
    assert region.label == "signature"
    assert region.mask is not None
    hand.press(Qt.Key.Key_Escape)


def export_as(folder: Path) -> Callable[[], None]:
    """Fills the export dialog in as soon as it is there."""

    def fill() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, ExportDialog)
        dialog.format.setCurrentIndex(dialog.format.findData("funsd"))
        dialog.folder.setText(str(folder))
        assert dialog.accept_button.isEnabled()
        dialog.accept()

    return fill


def test_story_of_a_scan(qtbot: QtBot, start: Start, tmp_path: Path) -> None:
    assert QGuiApplication.platformName() == os.environ["QT_QPA_PLATFORM"]
    application = start(str(SAMPLE))
    hand = Hand(qtbot, application)
    empty = hand.page
    assert len(empty.words) > 50

    label_two_entities(hand)
    correct_a_table(hand)
    paint_a_mask(hand)
    labelled = hand.page

    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    while hand.bench.document.undo_text:
        hand.press(Qt.Key.Key_Z, control)
    undone = hand.page
    assert undone.annotations == ()
    assert undone.status is PageStatus.NEW
    application.window.close()
    assert application.bench is None

    application = start()
    hand = Hand(qtbot, application)
    assert hand.page == undone
    while hand.bench.document.redo_text:
        hand.press(Qt.Key.Key_Z, control, shift)
    assert hand.page == labelled

    hand.press(Qt.Key.Key_Return, control)
    assert hand.page.status is PageStatus.DONE
    out = tmp_path / "out"
    QTimer.singleShot(0, export_as(out))
    hand.press(Qt.Key.Key_E, control, shift)
    qtbot.waitUntil(lambda: out.is_dir() and not hand.bench.is_busy, timeout=60_000)
    (written,) = out.rglob("*.json")
    form = json.loads(written.read_text())["form"]
    linked = {entry["text"]: entry["linking"] for entry in form}
    assert set(linked) == {"Department:", "Field Service North"}
    assert len(linked["Department:"]) == 1
