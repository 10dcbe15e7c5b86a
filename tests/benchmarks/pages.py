"""How fast pages appear, and what the window pays: against PyMuPDF in a thread, in the same run.

Run: python tests/benchmarks/pages.py
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from desktop.canvas.view import CanvasView
from desktop.document.open_document import OpenDocument
from desktop.document.selection import Selection
from desktop.jobs import work
from desktop.jobs.page_images import PageImages
from desktop.jobs.runner import Runner
from desktop.store.store import Store
from model_backend.document import Page
from model_backend.service import Workers

PAGES = 1000
MAKE_PDF = """
import sys, pymupdf
with pymupdf.open() as document:
    for number in range(int(sys.argv[2])):
        page = document.new_page(width=612, height=792)
        for line in range(15):
            page.insert_text((72, 60 + 45 * line), f"Page {number}, line {line}: " + "words " * 12)
    document.save(sys.argv[1])
"""


HEAVY_PDF = """
import math, sys, pymupdf
with pymupdf.open() as document:
    for number in range(int(sys.argv[2])):
        page = document.new_page(width=612, height=792)
        shape = page.new_shape()
        for step in range(12000):
            angle = step * (number + 1) / 50
            shape.draw_circle((306 + 250 * math.cos(angle), 396 + 250 * math.sin(angle)), 9)
        shape.finish(color=(0, 0, 0), width=0.3)
        shape.commit()
    document.save(sys.argv[1])
"""
HEAVY_PAGES = 6


class Heartbeat:
    """How long the window's thread did not come back to its event loop: ms, and ms of its CPU time.

    On a busy machine the first also counts what other programs did; the second does not.
    """

    def __init__(self) -> None:
        self._gaps: list[tuple[float, float]] = []
        self._last = (0.0, 0.0)
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, interval=1)
        self._timer.timeout.connect(self._beat)

    def _beat(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self._gaps.append((1000 * (now[0] - self._last[0]), 1000 * (now[1] - self._last[1])))
        self._last = now

    def during(self, step: Callable[[], object]) -> tuple[float, float]:
        """The longest gaps while the step runs its own event loop."""
        self._gaps.clear()
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start()
        step()
        self._timer.stop()
        self._beat()
        return max(gap for gap, _cpu in self._gaps), max(cpu for _gap, cpu in self._gaps)


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> float:
    """Run the event loop until the condition holds; milliseconds it took."""
    started = time.perf_counter()
    loop, ticker = QEventLoop(), QTimer(interval=1)
    ticker.timeout.connect(lambda: condition() and loop.quit())
    QTimer.singleShot(int(seconds * 1000), loop, loop.quit)
    ticker.start()
    if not condition():
        loop.exec()
    ticker.stop()
    assert condition()
    return (time.perf_counter() - started) * 1000


class Shown:
    """A canvas on a project, and whether it shows the right picture of its page."""

    def __init__(self, folder: Path, workers: Workers) -> None:
        self.document = OpenDocument(Store.open(folder))
        self.runner = Runner(workers)
        self.images = PageImages(self.document, self.runner)
        self.selection = Selection()
        self.view = CanvasView()
        self.view.resize(1200, 900)
        self.view.show()
        self.view.set_document(self.document, self.selection, self.images)
        self.ids = self.document.store.page_ids()

    def turn_to(self, index: int) -> float:
        """Turn to a page and wait for its picture; milliseconds."""
        page = self.document.page(self.ids[index])
        started = time.perf_counter()
        self.selection.set_page(page.id)
        self.view.viewport().repaint()
        scale = self.view.transform().m11()
        wait_until(lambda: self.has(page, scale))
        self.view.viewport().repaint()
        return (time.perf_counter() - started) * 1000

    def has(self, page: Page, scale: float) -> bool:
        """Whether the right picture is there."""
        found = self.images.picture(page, scale)
        return found is not None and found.scale >= scale

    def prefetch(self, *indices: int) -> None:
        """Have neighbours rendered, as the window does after each page turn."""
        scale = self.view.transform().m11()
        pages = [self.document.page(self.ids[index]) for index in indices]
        self.images.prefetch([page.id for page in pages])
        wait_until(lambda: all(self.has(page, scale) for page in pages))

    def close(self) -> None:
        """Let go of everything."""
        self.view.set_document(None, self.selection, self.images)
        self.view.close()
        self.runner.close()
        self.document.close()


def gap_with_a_thread(heartbeat: Heartbeat, path: Path) -> tuple[float, float]:
    """The window's longest gap while PyMuPDF renders in a thread of the same process."""
    import pymupdf

    def render() -> None:
        with pymupdf.open(path) as document:
            for page in document:
                page.get_pixmap(dpi=150)

    def step() -> None:
        thread = threading.Thread(target=render)
        thread.start()
        wait_until(lambda: not thread.is_alive())

    return heartbeat.during(step)


def make(code: str, path: Path, pages: int) -> Path:
    """Have a process of its own write a PDF: the window's process never imports PyMuPDF."""
    subprocess.run([sys.executable, "-c", code, str(path), str(pages)], check=True)
    return path


def imported(path: Path, workers: Workers) -> Path:
    """A project with this file."""
    project = path.with_suffix(".proofdesk")
    with Store.create(project) as store:
        started = time.perf_counter()
        outcome = work.run(work.ImportFiles(work.StoreTarget(store), [path], ocr="never"), workers)
        seconds = time.perf_counter() - started
        print(f"import of {outcome.result.pages} pages: {seconds:.1f} s")
    return project


def measure_turns(shown: Shown) -> None:
    """First page, neighbours, anywhere."""
    print(f"first page of {PAGES} after opening: {shown.turn_to(0):.0f} ms (promised: 300)")
    cold = [shown.turn_to(index) for index in range(500, 520)]
    turns = []
    for index in range(1, 21):
        shown.prefetch(index)
        turns.append(shown.turn_to(index))
    print(f"page turn to a neighbour: median {median(turns):.1f}, worst {max(turns):.1f} ms (50)")
    print(f"page turn to anywhere else: median {median(cold):.0f} ms")


def measure_memory(shown: Shown) -> None:
    """Twelve pages of 300 dpi in hand."""
    heartbeat, before = Heartbeat(), psutil.Process().memory_info().rss / 1e6

    def twelve() -> None:
        for page_id in shown.ids[:12]:
            page = shown.document.page(page_id)
            wait_until(lambda page=page: shown.has(page, 300 / 72))

    gap, cpu = heartbeat.during(twelve)
    kept = sum(image.sizeInBytes() for image in shown.images._kept._images.values()) / 1e6
    memory = psutil.Process().memory_info().rss / 1e6
    print(f"memory with {kept:.0f} MB of pictures: {memory:.0f} MB (700), before {before:.0f} MB")
    print(f"longest gap while pages of 300 dpi arrive: {gap:.1f} ms, {cpu:.1f} ms of CPU (16)")


def measure_gaps(shown: Shown, path: Path) -> None:
    """The window's thread while pages that take long are rendered."""
    heartbeat = Heartbeat()

    def render() -> None:
        for page_id in shown.ids:
            page = shown.document.page(page_id)
            wait_until(lambda page=page: shown.has(page, 150 / 72))

    gap, cpu = heartbeat.during(render)
    print(f"longest gap while slow pages render: {gap:.1f} ms, {cpu:.1f} ms of CPU (16)")
    thread, _cpu = gap_with_a_thread(heartbeat, path)
    print(f"the same by PyMuPDF in a thread: {thread:.0f} ms, {thread / gap:.0f} times as long")


def measure(folder: Path) -> None:
    """All figures, each beside the promise it has to keep."""
    workers = Workers()
    workers.warm_up(["view"])
    many = imported(make(MAKE_PDF, folder / "many.pdf", PAGES), workers)
    slow = make(HEAVY_PDF, folder / "slow.pdf", HEAVY_PAGES)
    shown = Shown(many, workers)
    measure_turns(shown)
    measure_memory(shown)
    shown.close()
    shown = Shown(imported(slow, workers), workers)
    measure_gaps(shown, slow)
    shown.close()
    workers.close()


if __name__ == "__main__":
    application = QApplication([])
    with tempfile.TemporaryDirectory() as temporary:
        measure(Path(temporary))
