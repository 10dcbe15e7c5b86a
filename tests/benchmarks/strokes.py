"""Painting on a page of 300 dpi in a real window: CPU time of a step of the brush, of its end, and
of showing a page with 200 masks.

python tests/benchmarks/strokes.py        (needs a display; the offscreen one will do)
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.canvas.view import CanvasView
from desktop.document.open_document import OpenDocument
from desktop.document.selection import Selection
from desktop.jobs.page_images import PageImages, PagePicture
from desktop.store.store import Store
from model_backend import masks
from model_backend.document import Document, Page, PageGeometry, Region

SIZE = (2550, 3300)
STEPS = 300


class Paper:
    """One blank picture for the page."""

    class _Signal:
        def connect(self, _slot: object) -> None:
            """Nothing arrives later."""

        disconnect = connect

    image_ready = _Signal()

    def __init__(self) -> None:
        self._image = QImage(*SIZE, QImage.Format.Format_RGB32)
        self._image.fill(Qt.GlobalColor.white)

    def picture(self, _page: Page, _scale: float) -> PagePicture:
        """The picture."""
        return PagePicture(self._image, 1.0)

    def tiles(self, *_: object) -> list[object]:
        """Nothing is sharper."""
        return []

    def problem(self, _page_id: int) -> str:
        """There is none."""
        return ""


def full_page_mask() -> NDArray[np.bool_]:
    """Lines and blots over the whole page, with holes."""
    y, x = np.mgrid[: SIZE[1], : SIZE[0]]
    bitmap: NDArray[np.bool_] = (np.sin(x / 31) + np.sin(y / 43)) > 0.2
    return bitmap


def opened(folder: Path, regions: tuple[Region, ...]) -> tuple[CanvasView, OpenDocument, float]:
    """A window with the page, and the milliseconds of turning to it."""
    geometry = PageGeometry("bench", *SIZE)
    page = Page(0, 0, 0, *SIZE, "px", geometry, regions=regions, next_id=len(regions) + 1)
    with Store.create(folder / "bench.proofdesk") as store:
        _kept, (page_id,) = store.add_document(
            None, Document(0, "a", "0" * 64, "", 1), [page], read=True
        )
    document = OpenDocument(Store.open(folder / "bench.proofdesk"))
    view, selection = CanvasView(), Selection()
    view.resize(1400, 900)
    view.set_document(document, selection, cast(PageImages, Paper()))
    view.show()
    QTest.qWaitForWindowExposed(view)
    QApplication.processEvents()
    return view, document, spent(partial(selection.set_page, page_id))


def spent(work: Callable[[], object]) -> float:
    """CPU milliseconds of a call and of the painting that follows."""
    start = time.process_time()
    work()
    QApplication.processEvents()
    return 1000 * (time.process_time() - start)


def stroke(view: CanvasView, tool: str) -> tuple[list[float], float]:
    """A long stroke over the window: milliseconds of each step and of the release."""
    view.set_tool(tool)
    view.set_brush_size(40)
    QApplication.processEvents()
    port = view.viewport()
    places = [
        QPoint(100 + step * 4 % 1100, 120 + int(300 * (1 + np.sin(step / 20))))
        for step in range(STEPS)
    ]
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=places[0])
    QApplication.processEvents()
    times = [spent(partial(_move, port, place)) for place in places]
    release = spent(lambda: QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=places[-1]))
    return times, release


def _move(port: QWidget, place: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    spot = QPointF(place)
    event = QMouseEvent(
        QEvent.Type.MouseMove, spot, spot, none, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(port, event)


def main() -> None:
    """Print the figures."""
    application = QApplication(sys.argv)
    whole = masks.mask_from_bitmap(full_page_mask())
    box = masks.bounding_box_of(whole)
    with tempfile.TemporaryDirectory() as folder:
        one = (Region(1, "stamp", box, mask=whole),)
        view, document, _turned = opened(Path(folder), one)
        selection = view.work.selection
        assert selection is not None
        for zoom in ("page", "width", "full"):
            {"page": view.fit_page, "width": view.fit_width, "full": view.actual_size}[zoom]()
            for tool in ("brush", "eraser"):
                selection.select((1,))
                times, release = stroke(view, tool)
                late = statistics.median(times[-50:])
                print(
                    f"{tool:6} at {zoom:5}: step median {statistics.median(times):5.2f} ms, last 50"
                    f" {late:5.2f}, most {max(times):6.2f}; release {release:6.1f} ms"
                )
        view.close()
        document.close()
    with tempfile.TemporaryDirectory() as folder:
        bitmap = full_page_mask()[:300, :500]
        small = masks.mask_from_bitmap(bitmap)
        many = []
        for index in range(200):
            to_page = (1.0, 0.0, 0.0, 1.0, 10.0 + index % 5 * 505, 10.0 + index // 5 * 80)
            mask = replace(small, to_page=to_page)
            many.append(Region(index + 1, "stamp", masks.bounding_box_of(mask), mask=mask))
        view, document, first = opened(Path(folder), tuple(many))
        again = min(spent(view.canvas.repaint_page) for _repeat in range(5))
        print(f"200 masks: turned to {first:.1f} ms, painted again {again:.1f} ms")
        view.close()
        document.close()
    del application


if __name__ == "__main__":
    main()
