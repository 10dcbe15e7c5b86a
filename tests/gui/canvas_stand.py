"""A canvas with a real project behind it, and hands for it: real events at points of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.canvas.view import CanvasView
from desktop.document.open_document import OpenDocument
from desktop.document.selection import Selection
from desktop.store.store import Store
from model_backend.document import (
    Box,
    Document,
    Page,
    PageGeometry,
    Point,
    Word,
    with_words,
)

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton
WIDTH, HEIGHT = 600.0, 400.0


@dataclass(frozen=True)
class Picture:
    """A picture as PageImages gives it."""

    image: QImage
    scale: float


class WhiteImages(QObject):
    """Pictures of blank paper, at once."""

    image_ready = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.color = QColor("white")
        self.trouble = ""
        self.asked: list[float] = []
        self.tiled: list[Box] = []

    def picture(self, page: Page, scale: float) -> Picture | None:
        self.asked.append(scale)
        if self.trouble:
            return None
        image = QImage(int(page.width), int(page.height), QImage.Format.Format_RGB32)
        image.fill(self.color)
        return Picture(image, 1.0)

    def tiles(self, page: Page, scale: float, box: Box) -> list[tuple[Box, QImage]]:
        self.tiled.append(box)
        return []

    def problem(self, page_id: int) -> str:
        return self.trouble


def grid_words() -> tuple[Word, ...]:
    """Four rows of three words: columns at 40, 200, 360, 80 wide; rows at 50, 90, ... 20 high."""
    places = [(row, column) for row in range(4) for column in range(3)]
    return tuple(
        Word(
            index + 1,
            f"R{row}c{column}",
            Box(40 + 160 * column, 50 + 40 * row, 120 + 160 * column, 70 + 40 * row),
            confidence=0.9,
        )
        for index, (row, column) in enumerate(places)
    )


def blank_page(words: tuple[Word, ...] = ()) -> Page:
    geometry = PageGeometry("test", WIDTH, HEIGHT)
    return with_words(Page(0, 0, 0, WIDTH, HEIGHT, "px", geometry), words)


class Stand:
    """A canvas at work on a project of two pages with words."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.store = Store.create(folder / "test.proofdesk")
        self.document = OpenDocument(self.store)
        self.images = WhiteImages()
        pages = [blank_page(grid_words()), replace(blank_page(grid_words()), number=1)]
        name = hashlib.sha256(b"a").hexdigest()
        about = Document(0, "a.png", name, "image/png", 2)
        _kept, ids = self.document.add_document(None, about, pages, read=True)
        self.page_ids = tuple(ids)
        self.selection = Selection()
        self.view = CanvasView()
        qtbot.addWidget(self.view)
        self.view.resize(700, 500)
        self.said: list[str] = []
        self.view.message.connect(self.said.append)
        self.view.set_document(self.document, self.selection, self.images)
        self.selection.set_page(self.page_ids[0])
        self.view.show()
        self.view.setFocus()
        qtbot.waitExposed(self.view)
        self.applied: list[int] = []
        self.document.page_changed.connect(self.applied.append)

    @property
    def page(self) -> Page:
        return self.document.page(self.selection.page_id)

    def put(self, page: Page) -> None:
        """Another value for the page, as an edit from elsewhere."""
        self.document.apply("Set up", page)
        self.applied.clear()

    def place(self, point: Point) -> QPoint:
        return self.view.viewportTransform().map(QPointF(*point)).toPoint()

    def press(
        self, point: Point, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        self._send(QEvent.Type.MouseButtonPress, point, keys, button, button)

    def move(
        self, point: Point, keys: Qt.KeyboardModifier = NONE, held: Qt.MouseButton = LEFT
    ) -> None:
        self._send(QEvent.Type.MouseMove, point, keys, Qt.MouseButton.NoButton, held)

    def release(
        self, point: Point, keys: Qt.KeyboardModifier = NONE, button: Qt.MouseButton = LEFT
    ) -> None:
        none = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseButtonRelease, point, keys, button, none)

    def click(self, point: Point, keys: Qt.KeyboardModifier = NONE) -> None:
        self.press(point, keys)
        self.release(point, keys)

    def double_click(self, point: Point) -> None:
        self.click(point)
        self._send(QEvent.Type.MouseButtonDblClick, point, NONE, LEFT, LEFT)
        self.release(point)

    def hover(self, point: Point) -> None:
        self.move(point, held=Qt.MouseButton.NoButton)

    def drag(self, *points: Point, keys: Qt.KeyboardModifier = NONE) -> None:
        """Press at the first point, move through the others (and half-way), release at the last."""
        self.press(points[0], keys)
        for start, end in zip(points, points[1:], strict=False):
            self.move(((start[0] + end[0]) / 2, (start[1] + end[1]) / 2), keys)
            self.move(end, keys)
            QApplication.processEvents()
        self.release(points[-1], keys)

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.view, key, keys)

    def type(self, text: str) -> None:
        assert self.view.editor is not None
        QTest.keyClicks(self.view.editor, text)

    def color(self, point: Point) -> QColor:
        """The colour on the screen at a point of the page."""
        QApplication.processEvents()
        image = self.view.viewport().grab().toImage()
        return image.pixelColor(self.place(point))

    def _send(
        self,
        kind: QEvent.Type,
        point: Point,
        keys: Qt.KeyboardModifier,
        button: Qt.MouseButton,
        held: Qt.MouseButton,
    ) -> None:
        place = QPointF(self.view.viewportTransform().map(QPointF(*point)))
        viewport = self.view.viewport()
        event = QMouseEvent(
            kind, place, QPointF(viewport.mapToGlobal(place.toPoint())), button, held, keys
        )
        QApplication.sendEvent(viewport, event)


@pytest.fixture
def stand(qtbot: QtBot, tmp_path: Path) -> Iterator[Stand]:
    made = Stand(qtbot, tmp_path)
    yield made
    made.view.set_document(None, made.selection, None)
    made.document.close()
