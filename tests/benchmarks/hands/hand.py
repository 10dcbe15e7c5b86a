"""A hand that works in the real window and counts what it does: keys, clicks, drags."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hands.application_window import ApplicationWindow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from model_backend.document import Point

Modifier = Qt.KeyboardModifier
PLAIN = Modifier.NoModifier


class Hand(ApplicationWindow):
    """Each method is one gesture, sent as Qt events to the window."""

    def __init__(self, project: Path) -> None:
        super().__init__(project)
        self.counts: Counter[str] = Counter()

    @property
    def gestures(self) -> int:
        """Key presses, clicks and drags so far."""
        return self.counts.total()

    def place(self, point: Point) -> QPoint:
        """Where a point of the page is in the view; the hand scrolls there if it must."""
        viewport = self.canvas.viewport()
        place = self.canvas.page_place(QPointF(*point)).toPoint()
        if not viewport.rect().adjusted(4, 4, -4, -4).contains(place):
            self.counts["scroll"] += 1
            self.canvas.centerOn(*point)
            self.process()
            place = self.canvas.page_place(QPointF(*point)).toPoint()
            assert viewport.rect().contains(place), "outside the view"
        return place

    def press(self, key: Qt.Key, held: Modifier = PLAIN) -> None:
        """One key, alone or with Shift, Control or Alt."""
        self.counts["key"] += 1
        self.key(key, held)
        self.process()

    def click(self, point: Point, held: Modifier = PLAIN) -> None:
        """One click."""
        self.counts["click"] += 1
        place = self.place(point)
        QTest.mouseMove(self.canvas.viewport(), place)
        QTest.mouseClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, held, place)
        self.process()

    def click_holding(self, key: Qt.Key, points: list[Point]) -> None:
        """Clicks while a letter is held down: one key and the clicks."""
        self.counts["key"] += 1
        QTest.keyPress(self.canvas, key)
        for point in points:
            self.click(point)
        QTest.keyRelease(self.canvas, key)
        self.process()

    def drag(self, start: Point, end: Point, held: Modifier = PLAIN) -> None:
        """One drag."""
        self.counts["drag"] += 1
        view, left = self.canvas.viewport(), Qt.MouseButton.LeftButton
        first, last = self.place(start), self.place(end)
        first = self.place(start)
        QTest.mouseMove(view, first)
        QTest.mousePress(view, left, held, first)
        for share in (0.3, 0.7, 1.0):
            way = QPointF(last - first) * share
            self._held_move(first + way.toPoint(), held)
        QTest.mouseRelease(view, left, held, last)
        self.process()

    def _held_move(self, place: QPoint, held: Modifier) -> None:
        """A move with the button down; QTest's own knows no modifiers."""
        from PySide6.QtCore import QEvent
        from PySide6.QtGui import QMouseEvent
        from PySide6.QtWidgets import QApplication

        viewport, left = self.canvas.viewport(), Qt.MouseButton.LeftButton
        where = QPointF(viewport.mapToGlobal(place))
        kind, none = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
        event = QMouseEvent(kind, QPointF(place), where, none, left, held)
        QApplication.sendEvent(viewport, event)

    def prelabel(self) -> None:
        """Have all pages pre-labelled, with one key, and wait for the proposals."""
        self.press(Qt.Key.Key_B, Modifier.ControlModifier)
        self.wait_until(self.application.is_calm)

    def turn_to(self, page_id: int) -> None:
        """Show another page; not counted, as both starts do it."""
        self.selection.set_page(page_id)
        self.wait_until(self.application.is_calm)
        self.canvas.setFocus()
        self.canvas.fit_page()
        self.process()
