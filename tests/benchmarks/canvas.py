"""20,000 labelled boxes: the canvas against one QGraphicsItem a box, CPU milliseconds in one run.

Run: python tests/benchmarks/canvas.py [--boxes 20000]
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QImage, QMouseEvent, QPen, QPixmap
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
)

from desktop.canvas.view import CanvasView
from desktop.document.selection import Selection
from model_backend.document import Box, Entity, Page, PageGeometry, Word
from model_backend.labels import DEFAULT_SCHEMA

WIDTH, HEIGHT, COLUMNS = 2550.0, 3300.0, 100
VIEW = (1200, 900)
ROUNDS = 15


@dataclass(frozen=True)
class Picture:
    """A picture as PageImages gives it."""

    image: QImage
    scale: float


class Images(QObject):
    """One picture of a page at 300 dpi and its halves."""

    image_ready = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        whole = QImage(int(WIDTH), int(HEIGHT), QImage.Format.Format_RGB32)
        whole.fill(QColor("white"))
        smooth = Qt.TransformationMode.SmoothTransformation
        self._levels = [
            Picture(whole.scaledToWidth(int(WIDTH / step), smooth), 1 / step) for step in (4, 2, 1)
        ]

    def picture(self, page: Page, scale: float) -> Picture:
        return next((level for level in self._levels if level.scale >= scale), self._levels[-1])

    def tiles(self, page: Page, scale: float, box: Box) -> list[tuple[Box, QImage]]:
        return []

    def problem(self, page_id: int) -> str:
        return ""


class Document(QObject):
    """A document of one page in memory: the store has its own benchmark."""

    page_changed = Signal(int)
    schema_changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page, self.schema = page, DEFAULT_SCHEMA

    def page(self, page_id: int) -> Page:
        return self._page

    def apply(self, text: str, page: Page) -> None:
        self._page = page
        self.page_changed.emit(page.id)


def boxes_of(count: int) -> list[Box]:
    """A grid of boxes over the page."""
    rows = (count + COLUMNS - 1) // COLUMNS
    wide, tall = WIDTH / COLUMNS, HEIGHT / rows
    return [
        Box(
            (index % COLUMNS) * wide + 2,
            (index // COLUMNS) * tall + 2,
            (index % COLUMNS + 1) * wide - 2,
            (index // COLUMNS + 1) * tall - 2,
        )
        for index in range(count)
    ]


def page_of(boxes: list[Box]) -> Page:
    """Every box a word and an entity of that word."""
    count = len(boxes)
    words = tuple(Word(i + 1, "word", box, confidence=0.9) for i, box in enumerate(boxes))
    labels = ("question", "answer", "header", "other")
    entities = tuple(
        Entity(count + i + 1, labels[i % 4], (i + 1,), "word", box) for i, box in enumerate(boxes)
    )
    geometry = PageGeometry("benchmark", WIDTH, HEIGHT)
    return Page(
        1, 1, 0, WIDTH, HEIGHT, "px", geometry,
        words=words, entities=entities, next_id=2 * count + 1,
    )  # fmt: skip


def cpu_ms(act: Callable[[], None], rounds: int = ROUNDS) -> float:
    """CPU milliseconds of the process for one call, painting included; the median of the rounds."""
    times = []
    for _round in range(rounds):
        start = time.process_time()
        act()
        settle()
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[len(times) // 2]


def settle() -> None:
    """Let the frame be painted: Qt waits a few milliseconds before it paints."""
    for _wait in range(3):
        QApplication.processEvents()
        time.sleep(0.008)
    QApplication.processEvents()


def send(view: QGraphicsView, kind: QEvent.Type, place: QPointF, held: Qt.MouseButton) -> None:
    """A mouse event at a place of the view."""
    viewport = view.viewport()
    button = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    where = viewport.mapToGlobal(place)
    QApplication.sendEvent(viewport, QMouseEvent(kind, place, where, button, held, keys))


class Canvas:
    """The canvas of this application."""

    name = "canvas"

    def __init__(self, page: Page) -> None:
        self.selection = Selection()
        self.document = Document(page)
        self.images = Images()
        self.view = CanvasView()
        self.view.resize(*VIEW)
        self.view.set_document(self.document, self.selection, self.images)  # type: ignore[arg-type]
        self.view.show()
        QApplication.processEvents()

    def build(self) -> None:
        self.selection.set_page(1)

    def forget(self) -> None:
        self.selection.set_page(0)

    def place_of(self, box: Box) -> QPointF:
        return self.view.viewportTransform().map(QPointF(*box.center))

    def zoom(self, factor: float) -> None:
        self.view.zoom_at(factor, QPointF(VIEW[0] / 2, VIEW[1] / 2))


class LabelledBox(QGraphicsRectItem):
    """One box, one item, with its label as a child that keeps its size."""

    def __init__(self, rect: QRectF) -> None:
        super().__init__(rect)
        pen = QPen(QColor("#2f6fde"), 1.4)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setBrush(QBrush(QColor(47, 111, 222, 34)))
        self.setFlags(
            QGraphicsItem.GraphicsItemFlag.ItemIsSelectable
            | QGraphicsItem.GraphicsItemFlag.ItemIsMovable
        )
        label = QGraphicsSimpleTextItem("Q", self)
        label.setPos(rect.topLeft())
        label.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations)


class OneItemEach:
    """What most annotation tools do."""

    name = "one item each"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.scene = QGraphicsScene(0, 0, WIDTH, HEIGHT)
        self.view = QGraphicsView(self.scene)
        self.view.resize(*VIEW)
        self.picture = QPixmap.fromImage(Images().picture(page, 1.0).image)
        self.view.show()
        QApplication.processEvents()

    def build(self) -> None:
        self.scene.addPixmap(self.picture)
        for item in self.page.entities:
            box = item.box
            self.scene.addItem(LabelledBox(QRectF(box.x0, box.y0, box.width, box.height)))
        self.view.fitInView(0, 0, WIDTH, HEIGHT, Qt.AspectRatioMode.KeepAspectRatio)

    def forget(self) -> None:
        self.scene.clear()

    def place_of(self, box: Box) -> QPointF:
        return QPointF(self.view.mapFromScene(QPointF(*box.center)))

    def zoom(self, factor: float) -> None:
        self.view.scale(factor, factor)


def measure(kind: type[Canvas] | type[OneItemEach], page: Page) -> dict[str, float]:
    """Build, select, drag frame, zoom frame, and one edit of one box."""
    made = kind(page)
    figures = {}

    def built() -> None:
        made.build()

    figures["build and first frame"] = cpu_ms(built, 1)
    boxes = [item.box for item in page.entities]
    turn = iter(range(10**6))

    def select() -> None:
        place = made.place_of(boxes[(next(turn) * 997) % len(boxes)])
        send(made.view, QEvent.Type.MouseButtonPress, place, Qt.MouseButton.LeftButton)
        send(made.view, QEvent.Type.MouseButtonRelease, place, Qt.MouseButton.NoButton)

    figures["select"] = cpu_ms(select)
    start = made.place_of(boxes[len(boxes) // 2 + COLUMNS // 2])
    send(made.view, QEvent.Type.MouseButtonPress, start, Qt.MouseButton.LeftButton)

    def drag() -> None:
        step = next(turn) % 100
        send(
            made.view,
            QEvent.Type.MouseMove,
            start + QPointF(step, step / 2),
            Qt.MouseButton.LeftButton,
        )

    drag()
    settle()
    figures["drag frame"] = cpu_ms(drag)
    figures["release (one edit)"] = cpu_ms(
        lambda: send(made.view, QEvent.Type.MouseButtonRelease, start, Qt.MouseButton.NoButton),
        1,
    )
    factors = iter([1.1] * ROUNDS + [1 / 1.1] * ROUNDS)
    figures["zoom frame"] = cpu_ms(lambda: made.zoom(next(factors)), 2 * ROUNDS)
    made.forget()
    made.view.deleteLater()
    QApplication.processEvents()
    return figures


def main() -> None:
    """Print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--boxes", type=int, default=20_000)
    count = parser.parse_args().boxes
    application = QApplication.instance() or QApplication([])
    page = page_of(boxes_of(count))
    ours, theirs = measure(Canvas, page), measure(OneItemEach, page)
    print(
        f"{count:,} words and {count:,} entities on the canvas, {count:,} items beside it; CPU ms"
    )
    for name, value in ours.items():
        other = theirs[name]
        print(
            f"{name:24} canvas {value:8.1f}   one item each {other:8.1f}   x {other / value:6.1f}"
        )
    del application


if __name__ == "__main__":
    main()
