"""One stroke of the brush or the eraser: shown as it will be, made into pixels when released."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QTransform

from desktop.canvas.geometry import simplified
from desktop.canvas.layers.layer import Look, in_pixels
from desktop.canvas.layers.regions import MASK_ALPHA, outline_of
from desktop.canvas.strokes import NotPossible, Stroke, draw_line, painted
from desktop.canvas.style import brush, color, label_color
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend import masks
from model_backend.document import Box, Mask, Page, Point, Region, bounding_box
from model_backend.errors import UserError
from model_backend.labels import REGION
from model_backend.translation import _, mark


class Paint(Gesture):
    """One stroke on a region, or on none yet; a box or a polygon becomes a mask where it is
    touched.
    """

    cursor = Qt.CursorShape.CrossCursor
    hides_selection = True

    def __init__(
        self, work: Workspace, start: Pointer, region: Region | None, *, is_eraser: bool
    ) -> None:
        super().__init__(work, start)
        self._region, self._is_eraser = region, is_eraser
        self._points: list[Point] = [start.point]
        self._width = work.brush_px * start.pixel
        self._picture = StrokePicture()

    def depends_on(self) -> tuple[Item, ...]:
        """The region that is painted on."""
        return () if self._region is None else (self._region,)

    def lifted(self) -> tuple[int, ...]:
        """The region is shown with the stroke in it."""
        return () if self._region is None else (self._region.id,)

    def move(self, pointer: Pointer) -> None:
        """The stroke grows."""
        super().move(pointer)
        if pointer.point != self._points[-1]:
            self._points.append(pointer.point)

    def changed_box(self) -> Box:
        """What the last move added."""
        return bounding_box(self._points[-2:]).grown(self._width / 2)

    def release(self, pointer: Pointer) -> bool:
        """One edit with the stroke's pixels."""
        self.move(pointer)
        page = self.work.page
        if page is None:
            return True
        points = simplified(self._points, pointer.pixel / 2)
        stroke = Stroke(points, self._width, is_eraser=self._is_eraser)
        try:
            before = edits.mask_of(page, self._region) if self._region is not None else None
            mask = painted(page, before, stroke)
        except NotPossible:
            self.work.say(_("This region is too large to be painted on."))
            return True
        except UserError as error:
            self.work.say(str(error))
            return True
        if self._region is None:
            self._add(mask)
        elif mask != before:
            self._change(self._region, mask)
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The region as it is with the stroke."""
        label = self._region.label if self._region is not None else self.work.label(REGION)
        name = label_color(look.schema, label, REGION)
        pen = QPen(color(name, 0 if self._is_eraser else MASK_ALPHA), self._width)

        def below(inner: QPainter) -> None:
            if self._region is not None:
                self._paint_region(inner, self._region, name)

        self._picture.paint(painter, look, self._points, pen, below)

    def _paint_region(self, painter: QPainter, region: Region, name: str) -> None:
        if region.mask is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(brush(name, MASK_ALPHA))
            painter.drawPath(outline_of(region))
            return
        scale = abs(painter.worldTransform().m11())
        self.work.scene.regions.masks.draw(painter, region.mask, name, MASK_ALPHA, scale)

    def _add(self, mask: Mask | None) -> None:
        if mask is None:
            return
        label, box = self.work.label(REGION), masks.bounding_box_of(mask)

        def change(page: Page) -> Page:
            return edits.add_region(page, label, box, mask=mask)

        ids = self.work.apply(mark("Paint region"), change)
        if ids:
            self.work.select(ids)

    def _change(self, region: Region, mask: Mask | None) -> None:
        text = mark("Erase") if self._is_eraser else mark("Paint region")
        if mask is None:
            self.work.apply(text, lambda page: edits.delete(page, [region.id]))
            return
        changed = edits.with_mask(region, mask)
        done = self.work.apply(text, lambda page: edits.replace(page, changed))
        if done is not None and region.mask is None:
            self.work.say(_("The outline is a mask of pixels now; undo brings the outline back."))


class StrokePicture:
    """A region and a stroke over it in the pixels of the screen: each step adds only its own line,
    so that long strokes cost no more than short ones.
    """

    def __init__(self) -> None:
        self._image = QImage()
        self._to_screen = QTransform()
        self._count = 0

    def paint(
        self,
        painter: QPainter,
        look: Look,
        points: list[Point],
        pen: QPen,
        below: Callable[[QPainter], None],
    ) -> None:
        """Paint what is `below` with the stroke in it; a clear pen takes away."""
        to_screen = painter.worldTransform() * QTransform.fromScale(look.dpr, look.dpr)
        size = painter.window().size() * look.dpr
        if self._image.size() != size or self._to_screen != to_screen:
            self._begin(size, to_screen, below)
        if self._count < len(points):
            self._add(points[max(0, self._count - 1) :], pen)
            self._count = len(points)
        self._image.setDevicePixelRatio(look.dpr)
        with in_pixels(painter):
            painter.drawImage(QPointF(0, 0), self._image)

    def _begin(self, size: QSize, to_screen: QTransform, below: Callable[[QPainter], None]) -> None:
        self._image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(0)
        self._to_screen, self._count = to_screen, 0
        painter = QPainter(self._image)
        painter.setTransform(to_screen)
        below(painter)
        painter.end()

    def _add(self, points: list[Point], pen: QPen) -> None:
        self._image.setDevicePixelRatio(1.0)
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setTransform(self._to_screen)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        draw_line(painter, points, pen)
        painter.end()
