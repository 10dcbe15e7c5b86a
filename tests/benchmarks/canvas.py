"""A page of many labelled boxes: this application's window against labelme's, in one run.

Run: python tests/benchmarks/canvas.py [--shapes 500 5000 20000] [--json FILE] [--labelme PYTHON]

Both are whole applications in a real window (under Xvfb where there is no display), with the same
picture, the same boxes and the same events. Ours saves each edit to its project, labelme to its
file. labelme is installed from PyPI into an environment of its own; it has no words, texts or
links, so what is done to these is compared with ours at the smallest number of boxes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from hands import gestures
from hands.application_window import ApplicationWindow, need_display, use_home
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from desktop.store.store import Store
from model_backend.document import (
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Relation,
    Word,
)

HERE = Path(__file__).resolve().parent
LABELME = "labelme==6.3.1"
BLANK_PAGES = 6
"""Pages before the one that is measured, so that its picture is not rendered ahead."""
GOALS = {
    "load": (20_000, 150.0),
    "hover, 100 %": (5_000, 2.0),
    "select, 100 %": (5_000, 2.0),
    "pan step": (5_000, 4.0),
    "drag step": (20_000, 2.0),
    "zoom step": (20_000, 30.0),
    "undo": (20_000, 20.0),
}
"""Milliseconds of CPU time that are wanted, and at how many boxes."""


def draw_page(path: Path, *, is_blank: bool = False) -> None:
    """A grey page of 2550 x 3300 pixels with something like print on it."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(1)
    pixels = np.full((int(gestures.HEIGHT), int(gestures.WIDTH)), 255, np.uint8)
    for y in range(100, 3200, 40):
        for x in range(100, 2400, 22):
            if not is_blank and random.random() < 0.8:
                pixels[y : y + 18, x : x + 14] = random.integers(0, 120)
    Image.fromarray(pixels).save(path)


def page_of(boxes: list[gestures.Box]) -> Page:
    """Every box a word and an entity of that word; every eighth links to the next."""
    count = len(boxes)
    words = tuple(Word(i + 1, "word", Box(*box), confidence=0.9) for i, box in enumerate(boxes))
    entities = tuple(
        Entity(count + i + 1, gestures.LABELS[i % 4], (i + 1,), "word", Box(*box))
        for i, box in enumerate(boxes)
    )
    links = tuple(
        Relation(2 * count + i + 1, count + i + 1, count + i + 2) for i in range(0, count - 1, 8)
    )
    geometry = PageGeometry("benchmark", gestures.WIDTH, gestures.HEIGHT)
    return Page(
        0, 0, 0, gestures.WIDTH, gestures.HEIGHT, "px", geometry,
        status=PageStatus.IN_PROGRESS, words=words, entities=entities, relations=links,
        next_id=3 * count + 1,
    )  # fmt: skip


def make_project(folder: Path, picture: Path, boxes: list[gestures.Box]) -> Path:
    """A project with some blank pages and, as its last, the page of the benchmark."""
    with Store.create(folder / "Benchmark.proofdesk") as store:
        for number in range(BLANK_PAGES):
            blank = folder / f"blank{number}.png"
            draw_page(blank, is_blank=True)
            blank.write_bytes(blank.read_bytes() + bytes([number]))
            _add(store, blank, page_of([]))
        _add(store, picture, page_of(boxes))
        return store.folder


def _add(store: Store, picture: Path, page: Page) -> None:
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    store.add_document(
        picture, Document(0, picture.name, sha256, "image/png", 1), [page], read=True
    )


class OurWindow(ApplicationWindow):
    """The application, driven by the same events as any window."""

    def __init__(self, project: Path, count: int) -> None:
        super().__init__(project)
        self.count = count

    def load(self) -> None:
        self.canvas.setFocus()
        self.key(Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)

    def is_loaded(self) -> bool:
        return len(self.page.entities) == self.count and self.application.is_calm()

    def place_of(self, box: gestures.Box) -> gestures.Place:
        place = self.canvas.page_place(QPointF(*Box(*box).center))
        return place.x(), place.y()

    def whole_page(self) -> None:
        self.canvas.fit_page()

    def actual_size(self, box: gestures.Box) -> None:
        self.canvas.actual_size()
        self.canvas.centerOn(*Box(*box).center)

    def _send(
        self, kind: QEvent.Type, place: gestures.Place, button: Qt.MouseButton, held: bool
    ) -> None:
        viewport, point = self.canvas.viewport(), QPointF(*place)
        buttons = Qt.MouseButton.LeftButton if held else Qt.MouseButton.NoButton
        keys = Qt.KeyboardModifier.NoModifier
        event = QMouseEvent(kind, point, viewport.mapToGlobal(point), button, buttons, keys)
        QApplication.sendEvent(viewport, event)

    def press(self, place: gestures.Place) -> None:
        self._send(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, held=False)
        self._send(QEvent.Type.MouseButtonPress, place, Qt.MouseButton.LeftButton, held=True)

    def move(self, place: gestures.Place, *, is_held: bool) -> None:
        self._send(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, held=is_held)

    def release(self, place: gestures.Place) -> None:
        self._send(QEvent.Type.MouseButtonRelease, place, Qt.MouseButton.LeftButton, held=False)

    def wheel(self, place: gestures.Place, notches: int, *, with_control: bool) -> None:
        viewport, where = self.canvas.viewport(), QPointF(*place)
        control, plain = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
        event = QWheelEvent(
            where,
            viewport.mapToGlobal(where),
            QPoint(0, 120 * notches),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            control if with_control else plain,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(viewport, event)

    def undo(self) -> None:
        self.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)

    def selected(self) -> list[int]:
        first = self.page.entities[0].id
        return [item_id - first for item_id in self.selection.ids]

    def corner(self, index: int) -> gestures.Place:
        box = self.page.entities[index].box
        return box.x0, box.y0


def children_ms() -> float:
    """CPU milliseconds that our worker processes have used."""
    total = 0.0
    for child in psutil.Process().children(recursive=True):
        times = child.cpu_times()
        total += 1000 * (times.user + times.system)
    return total


def own_figures(window: OurWindow, boxes: list[gestures.Box]) -> dict[str, float]:
    """What both can do, then texts and links, which only ours has."""
    before = children_ms()
    figures = gestures.measure(window, boxes)
    figures["load, other processes"] = children_ms() - before
    index = len(boxes) // 2
    box = boxes[index]
    window.actual_size(box)
    gestures.settle(window)
    items = window.page.entities

    def walk() -> None:
        window.key(Qt.Key.Key_Tab)

    def link() -> None:
        start, end = window.place_of(boxes[index]), window.place_of(boxes[index + 2])
        window.press(start)
        window.move(end, is_held=True)
        window.release(end)

    window.press(window.place_of(box))
    window.release(window.place_of(box))
    figures["next in reading order"] = gestures.cpu_ms(window, walk)
    window.key(Qt.Key.Key_L)
    linked = len(window.page.relations)
    start = time.process_time()
    link()
    gestures.settle(window)
    figures["link two, saved"] = (time.process_time() - start) * 1000
    assert len(window.page.relations) == linked + 1, "nothing was linked"
    window.key(Qt.Key.Key_V)
    window.selection.select((items[index].id,))
    gestures.settle(window)
    start = time.process_time()
    window.key(Qt.Key.Key_1 if items[index].label != "question" else Qt.Key.Key_2)
    gestures.settle(window)
    figures["relabel, saved"] = (time.process_time() - start) * 1000
    assert window.page.entities[index].label != items[index].label, "the label is the old one"
    start = time.process_time()
    window.bench.checks.refresh()
    figures["checks, when nobody waits"] = (time.process_time() - start) * 1000
    return figures


def labelme_python(folder: Path) -> Path | None:
    """The Python of an environment with labelme; None, with the reason, where it does not come."""
    python = folder / "bin" / "python"
    if python.exists():
        return python
    print(f"installing {LABELME} into {folder}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    command = [str(python), "-m", "pip", "install", "--quiet", LABELME]
    made = subprocess.run(command, capture_output=True, text=True)
    if made.returncode:
        shutil.rmtree(folder)
        print(f"without labelme, which cannot be installed: {made.stderr[-300:]}", file=sys.stderr)
        return None
    return python


def labelme_figures(python: Path, picture: Path, count: int, home: Path) -> dict[str, float]:
    """labelme's figures, measured in its own process."""
    script = str(HERE / "hands" / "labelme_window.py")
    environment = {**os.environ, "HOME": str(home), "QT_LOGGING_RULES": "*=false"}
    environment.pop("PYTHONPATH", None)
    answer = subprocess.run(
        [str(python), script, str(picture), str(count)],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    if answer.returncode:
        raise SystemExit(f"labelme failed: {answer.stderr[-2000:]}")
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def our_figures(picture: Path, count: int) -> dict[str, float]:
    """Our figures, measured in a process of its own, like the other's."""
    command = [sys.executable, __file__, "--measure", str(picture), "--shapes", str(count)]
    answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def measure_here(picture: Path, count: int) -> None:
    """Measure our window in this process and print the figures."""
    boxes = gestures.boxes_of(count)
    with tempfile.TemporaryDirectory() as folder:
        use_home(Path(folder))
        project = make_project(Path(folder), picture, boxes)
        window = OurWindow(project, count)
        try:
            print(json.dumps(own_figures(window, boxes)))
        finally:
            window.close()


def print_table(count: int, ours: dict[str, float], theirs: dict[str, float],
                smallest: dict[str, float]) -> None:  # fmt: skip
    """The figures side by side, with what is wanted and how they grew."""
    print(f"\n{count:,} boxes; milliseconds of CPU time of the window's process")
    print(f"{'':26}{'ours':>9}{'labelme':>10}{'labelme / ours':>16}{'growth':>9}   wanted")
    for name, value in ours.items():
        other = theirs.get(name)
        beside = f"{other:10.1f}{other / value:15.1f}x" if other is not None else f"{'':26}"
        growth = f"{value / smallest[name]:8.1f}x"
        boxes, limit = GOALS.get(name, (0, 0.0))
        wanted = f"   at most {limit:g}" if boxes == count else ""
        print(f"{name:26}{value:9.2f}{beside}{growth}{wanted}")


def run(counts: list[int], python: Path | None) -> dict[str, dict[str, dict[str, float]]]:
    """Both, for each number of boxes."""
    results: dict[str, dict[str, dict[str, float]]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in counts:
            place = folder / str(count)
            place.mkdir()
            picture = place / "page.png"
            draw_page(picture)
            theirs = labelme_figures(python, picture, count, place) if python else {}
            results[str(count)] = {"ours": our_figures(picture, count), "labelme": theirs}
            figures, first = results[str(count)], results[str(counts[0])]["ours"]
            print_table(count, figures["ours"], theirs, first)
    return results


def main() -> None:
    """Print the figures side by side."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shapes", type=int, nargs="+", default=[500, 5_000, 20_000])
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--labelme", type=Path, help="a Python that has labelme")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    need_display()
    if chosen.measure:
        measure_here(chosen.measure, chosen.shapes[0])
        return
    cache = Path(tempfile.gettempdir()) / "proofdesk-benchmarks" / LABELME.replace("==", "-")
    results = run(chosen.shapes, chosen.labelme or labelme_python(cache))
    if chosen.json:
        chosen.json.write_text(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
