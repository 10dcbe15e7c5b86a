"""A region with fewer corners, shown before it is taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.layers.layer import Look
from desktop.canvas.layers.live import paint_corners
from desktop.canvas.layers.regions import outline_of
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend.document import Region
from model_backend.masks import Simplification
from model_backend.translation import mark

SHARE_STEPS = 200
"""Places of the slider from the fewest corners to all of them."""


class Simplify(Gesture):
    """Shows the region with as many corners as are wanted, until it is taken or left."""

    hides_selection = True

    def __init__(self, work: Workspace, region: Region, on_end: Callable[[], None]) -> None:
        super().__init__(work, Pointer(region.box.center, work.pixel))
        self._region, self._on_end = region, on_end
        outline = region.polygons or (region.box.normalized().corners,)
        self.simplification = Simplification(outline, region.mask)
        self._shown = region
        self.count = 0
        self.set_count(self.simplification.good_count())

    @property
    def corners(self) -> int:
        """How many corners it has now."""
        return self.simplification.corners(self.count)

    @property
    def iou(self) -> float:
        """How much of it is as it was: intersection over union."""
        return self.simplification.iou(self.count)

    @property
    def place(self) -> int:
        """The slider's place for the count of now."""
        least, most = max(1, self.simplification.least), self.simplification.most
        places = range(SHARE_STEPS + 1)
        return min(places, key=lambda place: abs(_count_at(place, least, most) - self.count))

    def set_place(self, place: int) -> None:
        """The count for a place of the slider: few corners are told apart best."""
        least, most = max(1, self.simplification.least), self.simplification.most
        self.set_count(_count_at(place, least, most))

    def set_count(self, count: int) -> None:
        """Show it with so many corners."""
        self.count = count
        self._shown = edits.with_polygons(self._region, self.simplification.polygons(count))
        self.work.scene.refresh()

    def take(self) -> None:
        """One edit makes it so."""
        shown = self._shown
        self.work.apply(mark("Simplify outline"), lambda page: edits.replace(page, shown))

    def depends_on(self) -> tuple[Item, ...]:
        """The region."""
        return (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """The region is shown as it would be."""
        return (self._region.id,)

    def release(self, pointer: Pointer) -> bool:
        """A click on the page changes nothing: it goes on."""
        return False

    def dropped(self) -> None:
        """It was left, or the region is no longer what it was."""
        self._on_end()

    def previews(self) -> Mapping[int, Item]:
        """The region as it would be."""
        return {self._region.id: self._shown}

    def paint(self, painter: QPainter, look: Look) -> None:
        """The new outline as a thin line with its corners."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.pen(look.theme.accent, 1.0))
        painter.drawPath(outline_of(self._shown))
        paint_corners(painter, self._shown.polygons, look)


def _count_at(place: int, least: int, most: int) -> int:
    count: float = least * (most / least) ** (place / SHARE_STEPS)
    return round(count)
