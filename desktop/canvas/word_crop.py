"""The picture of a word, large, over the field in which its text is corrected."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.layers.layer import rect_of
from desktop.canvas.layers.picture import Images
from desktop.canvas.style import Theme, brush, color, font, pen
from desktop.guards import guarded
from model_backend.document import Box, Page

TALL_PX = 40.0
"""How tall a line of the page is shown, at least as tall as it is on the page."""
AROUND, ASIDE = 0.45, 2.5
"""How much of the page is seen above and beside the word, in its own heights."""
LINE_PX, GAP_PX, EDGE_PX = 21, 4, 4
SMALLEST_PX = 320.0
SHARP = 0.95


@guarded
class WordCrop(QWidget):
    """A part of the page, magnified, with a line of text below it."""

    def __init__(self, parent: QWidget, images: Images | None, theme: Theme) -> None:
        super().__init__(parent)
        self._images, self._theme = images, theme
        self._page: Page | None = None
        self._box, self._scale = Box(0, 0, 1, 1), 1.0
        self._parts: tuple[str, ...] = ()
        self._lines: tuple[str, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def show_word(
        self, page: Page, box: Box, lines: int, page_scale: float, parts: tuple[str, ...]
    ) -> None:
        """Show this part of the page, as many lines of text high, with these parts of a caption."""
        self._page, self._box, self._parts = page, box, parts
        line = max(box.height / max(lines, 1), 1e-3)
        self._scale = max(TALL_PX / line, 1.3 * page_scale)
        self.setAccessibleDescription("   ".join(parts))

    def put_over(self, field: QRect, room: QRect) -> None:
        """Lie over the field, under it where there is no room, never over it."""
        height = self._box.height * (1 + 2 * AROUND)
        self._break_caption(room.width() - 8.0)
        caption = max((_wide(line) for line in self._lines), default=0.0)
        least = min(max(SMALLEST_PX, caption), room.width() - 8.0)
        wide = min(max((self._box.width + 2 * ASIDE * self._box.height) * self._scale, least),
                   room.width() - 8.0)  # fmt: skip
        wanted = max(self._box.width + 0.6 * self._box.height, 1e-3)
        self._scale = min(self._scale, (wide - 2 * EDGE_PX) / wanted, 0.4 * room.height() / height)
        tall = height * self._scale + self._foot + 2 * EDGE_PX
        above = field.top() - GAP_PX - tall
        y = above if above >= room.top() else field.bottom() + GAP_PX
        x = min(max(field.center().x() - wide / 2, 4.0), max(room.width() - wide - 4.0, 4.0))
        self.setGeometry(round(x), round(y), round(wide), round(tall))
        self.update()

    @property
    def _foot(self) -> float:
        return LINE_PX * len(self._lines)

    def _break_caption(self, room: float) -> None:
        """The caption on one line where it fits, else each part on its own."""
        whole = "   ".join(self._parts)
        self._lines = (whole,) if _wide(whole) <= room else self._parts
        if not whole:
            self._lines = ()

    def fit(self) -> None:
        """Show the place as large as the widget, where a layout has placed it."""
        wide = (self.width() - 2 * EDGE_PX) / max(self._box.width + 2 * self._box.height, 1e-3)
        self._break_caption(self.width())
        tall = (self.height() - self._foot - 2 * EDGE_PX) / (self._box.height * (1 + 2 * AROUND))
        self._scale = min(self._scale, wide, tall)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, picture, the word framed, the caption."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setPen(pen(self._theme.accent, 2.0))
        painter.setBrush(brush(self._theme.field))
        painter.drawRoundedRect(frame, 4, 4)
        hole = frame.adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -max(self._foot, EDGE_PX))
        painter.save()
        painter.setClipRect(hole)
        self._paint_page(painter, hole)
        painter.restore()
        painter.setPen(color(self._theme.text))
        painter.setFont(font(12))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        below = QRectF(hole.left() + 4, hole.bottom(), hole.width() - 8, LINE_PX)
        for line in self._lines:
            painter.drawText(below, flags, line)
            below.translate(0, LINE_PX)
        painter.end()

    def _paint_page(self, painter: QPainter, hole: QRectF) -> None:
        """The page in the hole, the word in its middle."""
        if self._page is None:
            return
        middle = self._box.center
        painter.fillRect(hole, Qt.GlobalColor.white)
        painter.translate(hole.center())
        painter.scale(self._scale, self._scale)
        painter.translate(-middle[0], -middle[1])
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_picture(painter, hole)
        painter.setPen(pen(self._theme.accent, 1.5 * self.devicePixelRatioF()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(rect_of(self._box.grown(0.06 * self._box.height)))

    def _paint_picture(self, painter: QPainter, hole: QRectF) -> None:
        page, images = self._page, self._images
        if page is None or images is None:
            return
        wanted = self._scale * self.devicePixelRatioF()
        shown = images.picture(page, wanted)
        if shown is not None:
            painter.drawImage(rect_of(page.box), shown.image)
        if shown is None or shown.scale < SHARP * wanted:
            x, y = self._box.center
            half = (hole.width() / 2 / self._scale, hole.height() / 2 / self._scale)
            seen = Box(x - half[0], y - half[1], x + half[0], y + half[1])
            for box, image in images.tiles(page, wanted, seen.intersection(page.box)):
                painter.drawImage(rect_of(box), image)


def _wide(text: str) -> float:
    """How much room a line of the caption takes."""
    return QFontMetricsF(font(12)).horizontalAdvance(text) + 24
