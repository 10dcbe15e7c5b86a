"""A table of 100 x 50 cells under the hand, in the whole application: CPU time of each step.

python tests/benchmarks/table_canvas.py [--json FILE]

Every cell has a word; the panel of cells is open beside the page. Goals stand beside.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hands.application_window import ApplicationWindow, need_display, use_home
from PIL import Image
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.store.store import Store
from model_backend import table_grid
from model_backend.document import (
    Box,
    Document,
    Page,
    PageGeometry,
    PageStatus,
    Point,
    Span,
    Table,
    Word,
)

WIDTH, HEIGHT = 2550, 3300
ROWS, COLUMNS = 100, 50
ROUNDS = 31
GOALS = {"drag a row edge": 2.0, "drag a column edge": 2.0, "drag from the ruler": 2.0,
         "hold H, hover": 2.0, "choose cells": 4.0}  # fmt: skip
"""Milliseconds of CPU time for one step."""


def page_of_cells() -> Page:
    """A page with the table, a word in every cell."""
    wide, high = 48.0, 31.0
    box = Box(60, 60, 60 + COLUMNS * wide, 60 + ROWS * high)
    table = table_grid.empty_table(ROWS * COLUMNS + 1, box)
    table = table_grid.split_rows(table, [60 + high * row for row in range(1, ROWS)])
    table = table_grid.split_columns(table, [60 + wide * column for column in range(1, COLUMNS)])
    table = table_grid.set_header_rows(table, 2)
    words = tuple(
        Word(index + 1, str(index % 977), Box(x + 8, y + 7, x + wide - 8, y + high - 7))
        for index in range(ROWS * COLUMNS)
        for x, y in [(60 + wide * (index % COLUMNS), 60 + high * (index // COLUMNS))]
    )
    geometry = PageGeometry("benchmark", WIDTH, HEIGHT)
    return Page(
        0, 0, 0, WIDTH, HEIGHT, "px", geometry,
        status=PageStatus.IN_PROGRESS, words=words, tables=(table,), next_id=len(words) + 2,
    )  # fmt: skip


def make_project(folder: Path) -> Path:
    """A project of that page over white paper."""
    picture = folder / "table.png"
    Image.new("L", (WIDTH, HEIGHT), 250).save(picture)
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    with Store.create(folder / "Table.proofdesk") as store:
        document = Document(0, picture.name, sha256, "image/png", 1)
        store.add_document(picture, document, [page_of_cells()], read=True)
        return store.folder


class Hand:
    """Mouse events at points of the table's page."""

    def __init__(self, window: ApplicationWindow) -> None:
        self.window, self.canvas = window, window.canvas

    @property
    def table(self) -> Table:
        """The table as it is now."""
        return self.window.page.tables[0]

    def send(self, kind: QEvent.Type, point: Point, keys: Qt.KeyboardModifier, held: bool) -> None:
        """One event of the left button."""
        place, viewport = self.canvas.page_place(QPointF(*point)), self.canvas.viewport()
        none, left = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        button = none if kind is QEvent.Type.MouseMove else left
        where = QPointF(viewport.mapToGlobal(place.toPoint()))
        event = QMouseEvent(kind, place, where, button, left if held else none, keys)
        QApplication.sendEvent(viewport, event)

    def drag_steps(
        self, start: Point, step: Point, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> float:
        """Press at a point, move to and fro: the cost of a step; the gesture is given up."""
        self.send(QEvent.Type.MouseButtonPress, start, keys, True)
        places = iter(
            [(start[0] + step[0] * (20 + i % 12), start[1] + step[1] * (20 + i % 12))
             for i in range(2 * ROUNDS)]
        )  # fmt: skip

        def move() -> None:
            self.send(QEvent.Type.MouseMove, next(places), keys, True)

        move()
        settle()
        cost = cpu_ms(move)
        QTest.keyClick(self.canvas, Qt.Key.Key_Escape)
        self.send(QEvent.Type.MouseButtonRelease, start, keys, False)
        settle()
        return cost


def cpu_ms(act: Callable[[], None], rounds: int = ROUNDS) -> float:
    """CPU milliseconds of one call, painting included; the median of the rounds."""
    times = []
    for _round in range(rounds):
        start = time.process_time()
        act()
        settle()
        times.append((time.process_time() - start) * 1000)
    return sorted(times)[len(times) // 2] - IDLE[0]


IDLE = [0.0]
"""What a frame costs in which nothing happens: waiting is not free of cost."""


def settle() -> None:
    """Let the frame be painted."""
    for _wait in range(3):
        QApplication.processEvents()
        time.sleep(0.008)
    QApplication.processEvents()


def measure(window: ApplicationWindow) -> dict[str, float]:
    """Each gesture on the table, in milliseconds of CPU time a step."""
    hand, alt = Hand(window), Qt.KeyboardModifier.AltModifier
    window.application.window.docks["cells"].raise_()
    IDLE[0] = cpu_ms(lambda: None)
    table = hand.table
    figures = {}
    window.selection.clear()
    settle()
    figures["select the table"] = cpu_ms(lambda: window.selection.select((table.id,)), 1)
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    inside = (columns[10] + 20, rows[40] + 15)
    window.selection.select((table.id,))
    figures["(paint the selected table)"] = cpu_ms(lambda: window.canvas.canvas.refresh())
    figures["drag a row edge"] = hand.drag_steps((inside[0], rows[40]), (0.0, 0.9))
    figures["drag a column edge"] = hand.drag_steps((columns[10], inside[1]), (1.3, 0.0), alt)
    beside = (table.box.x0 - 6.0 / window.canvas.scale_now, inside[1])
    figures["drag from the ruler"] = hand.drag_steps(beside, (9.0, 0.0))
    window.selection.select((table.id,))
    figures["choose cells"] = hand.drag_steps(inside, (9.0, 9.0))
    QTest.keyPress(window.canvas, Qt.Key.Key_H)
    spots = iter([(inside[0], inside[1] + index) for index in range(2 * ROUNDS)])
    none = Qt.KeyboardModifier.NoModifier
    figures["hold H, hover"] = cpu_ms(
        lambda: hand.send(QEvent.Type.MouseMove, next(spots), none, False)
    )
    QTest.keyRelease(window.canvas, Qt.Key.Key_H)
    window.selection.select((table.id,), Span(10, 30, 5, 20))
    settle()
    figures["merge 20 x 15 cells (saved)"] = cpu_ms(window.canvas.merge_cells, 1)
    figures["join 20 rows (saved)"] = cpu_ms(window.canvas.join_rows, 1)
    return figures


def main() -> None:
    """Print the figures beside their goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    need_display()
    with tempfile.TemporaryDirectory() as name:
        use_home(Path(name))
        window = ApplicationWindow(make_project(Path(name)))
        figures = measure(window)
        window.close()
    print(f"A table of {ROWS} x {COLUMNS} cells, a word in each; CPU ms a step, painting included")
    for step, value in figures.items():
        goal = GOALS.get(step)
        said = (
            "" if goal is None else f"   goal {goal:.0f}" + ("" if value <= goal else "   MISSED")
        )
        print(f"{step:30}{value:8.2f}{said}")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
