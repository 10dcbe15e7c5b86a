"""Words: a quiet tint where the text is; doubtful ones underlined, illegible ones struck out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.canvas.chunks import Chunks
from desktop.canvas.layers.layer import Look, rects_of
from desktop.canvas.style import brush
from model_backend.document import Box, Page, Word

LINES_FROM_PX, OUTLINES_FROM_PX = 4.0, 15.0


@dataclass(frozen=True)
class _Drawn:
    rects: list[QRectF]
    doubtful: list[QLineF]
    struck: list[QLineF]
    height: float


class WordLayer:
    """All words of the page."""

    def __init__(self) -> None:
        self.chunks: Chunks[Word] = Chunks()

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's words."""
        return self.chunks.update(page.words, look.hidden_ids)

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Tints first, signs over them."""
        for chunk in self.chunks.within(exposed):
            if chunk.drawn is None:
                chunk.drawn = _drawn(chunk.items)
            _paint(painter, chunk.drawn, look)


def _drawn(words: Sequence[Word]) -> _Drawn:
    heights = sorted([abs(word.box.y1 - word.box.y0) for word in words])
    illegible = [word for word in words if word.is_illegible]
    legible = [word for word in words if not word.is_illegible] if illegible else words
    return _Drawn(
        rects_of([word.box for word in legible]),
        [_line(word.box, 1.0) for word in words if word.needs_look],
        [_line(word.box, 0.5) for word in illegible],
        heights[len(heights) // 2],
    )


def _line(box: Box, at: float) -> QLineF:
    y = box.y0 + box.height * at
    return QLineF(box.x0, y, box.x1, y)


def _paint(painter: QPainter, drawn: _Drawn, look: Look) -> None:
    height = drawn.height * look.scale
    theme = look.theme
    if look.has_strong_words and height >= LINES_FROM_PX:
        painter.setPen(look.pen(theme.word, 1.0, alpha=110))
        painter.setBrush(brush(theme.word, 26))
    elif height >= OUTLINES_FROM_PX:
        painter.setPen(look.pen(theme.word, 1.0, alpha=44))
        painter.setBrush(brush(theme.word, 12))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(theme.word, 18))
    painter.drawRects(drawn.rects)
    if height < LINES_FROM_PX:
        return
    if drawn.doubtful:
        dotted = look.pen(theme.doubt, 2.0, is_dashed=True)
        painter.setPen(dotted)
        painter.drawLines(drawn.doubtful)
    if drawn.struck:
        painter.setPen(look.pen(theme.illegible, 2.0))
        painter.drawLines(drawn.struck)
