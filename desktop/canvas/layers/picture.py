"""The page itself: its picture, as sharp as there is one; paper with a line of text until then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from desktop.canvas.layers.layer import Look, in_pixels, rect_of, saved
from desktop.canvas.style import color, font
from model_backend.document import Box, Page
from model_backend.translation import _

SQUARES_FROM_PX = 4.0
"""From this many screen pixels to one of the picture's on, its pixels are shown as squares."""


class PagePicture(Protocol):
    """A picture of a page, `scale` pixels to the page unit."""

    @property
    def image(self) -> QImage:
        """The pixels."""

    @property
    def scale(self) -> float:
        """Pixels a page unit."""


class Images(Protocol):
    """Where pictures come from; every question is answered at once with the best there is."""

    def picture(self, page: Page, scale: float) -> PagePicture | None:
        """The best picture at hand; the right one is asked for."""

    def tiles(self, page: Page, scale: float, box: Box) -> Sequence[tuple[Box, QImage]]:
        """Sharper parts of the box, as far as there are any."""

    def problem(self, page_id: int) -> str:
        """Why there is no picture."""


class PictureLayer:
    """Shadow, paper and picture."""

    def __init__(self) -> None:
        self.images: Images | None = None
        self.with_keys: Callable[[str], str] = str
        """Makes a text name the keys that are in use."""
        self._page: Page | None = None

    def update(self, page: Page, look: Look) -> list[Box]:
        """Show this page; another turn or skew is another picture."""
        old, self._page = self._page, page
        if old is None or seen_as(old) != seen_as(page):
            return [page.box.grown(24 * look.pixel)]
        return []

    def clear(self) -> None:
        """Show nothing."""
        self._page = None

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Paint the part that is exposed."""
        page = self._page
        if page is None:
            return
        paper = rect_of(page.box)
        _paint_paper(painter, paper, look)
        picture = self.images.picture(page, look.scale * look.dpr) if self.images else None
        if picture is None:
            self._paint_note(painter, paper, page, look)
            return
        _paint_image(painter, page, picture, look)
        if picture.scale < 0.95 * look.scale * look.dpr and self.images is not None:
            visible = exposed.intersection(page.box)
            for box, image in self.images.tiles(page, look.scale * look.dpr, visible):
                painter.drawImage(rect_of(box), image)
        if look.theme.veil:
            painter.fillRect(paper, QColor(0, 0, 0, look.theme.veil))

    def _paint_note(self, painter: QPainter, paper: QRectF, page: Page, look: Look) -> None:
        problem = self.images.problem(page.id) if self.images else ""
        with in_pixels(painter) as to_screen:
            painter.setFont(font(14))
            painter.setPen(color("#a3203a" if problem else "#6b7280"))
            place = to_screen.mapRect(paper).adjusted(16, 16, -16, -16)
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(
                place, flags, self.with_keys(problem) or _("The page is being drawn …")
            )


def seen_as(page: Page) -> tuple[object, ...]:
    """What the picture of a page depends on, and with it where everything on the page lies."""
    return page.id, page.rotation, page.skew, page.width, page.height


def _paint_paper(painter: QPainter, paper: QRectF, look: Look) -> None:
    with saved(painter):
        painter.setPen(Qt.PenStyle.NoPen)
        for step in (6, 4, 2):
            grown = step * look.pixel
            shade = QColor(0, 0, 0, look.theme.shadow // 3)
            painter.setBrush(shade)
            painter.drawRoundedRect(
                paper.adjusted(-grown, -grown / 2, grown, grown * 1.5), grown, grown
            )
        painter.fillRect(paper, Qt.GlobalColor.white)


def _paint_image(painter: QPainter, page: Page, picture: PagePicture, look: Look) -> None:
    """Scans show their pixels when they are large; other pages wait unsharp for their tiles."""
    with saved(painter):
        is_smooth = page.unit != "px" or look.scale / picture.scale < SQUARES_FROM_PX
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, is_smooth)
        painter.drawImage(rect_of(page.box), picture.image)
