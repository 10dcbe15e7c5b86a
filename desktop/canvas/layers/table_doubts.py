"""Rows, columns and merged cells that a model was not sure of: dotted, with the score beside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from desktop.canvas.layers.layer import Look, in_pixels, rect_of, saved
from desktop.canvas.style import brush, font
from model_backend.document import Point
from model_backend.table_grid.doubt import COLUMN, ROW, DoubtfulPart

SCORES_FROM_PX = 10.0
"""Lower rows than this on the screen get no score beside them: it would hide its neighbours'."""
INSET_PX = 2.0


def paint_doubts(
    painter: QPainter, doubts: Sequence[DoubtfulPart], to_page: QTransform, look: Look
) -> None:
    """Each part dotted just inside its edges; its score in per cent right of a row, below a column
    (the ruler lies on the other sides), in the corner of a merged cell.
    """
    if not doubts:
        return
    with saved(painter):
        painter.setTransform(to_page, True)
        dotted = look.pen(look.theme.doubt, 2.0)
        dotted.setStyle(Qt.PenStyle.DotLine)
        painter.setPen(dotted)
        painter.setBrush(brush(look.theme.doubt, 16))
        inset = INSET_PX * look.pixel
        for part in doubts:
            painter.drawRect(rect_of(part.box).adjusted(inset, inset, -inset, -inset))
    with in_pixels(painter) as to_screen:
        painter.setFont(font(8, is_bold=True))
        for part in doubts:
            if min(part.box.height, part.box.width) * look.scale >= SCORES_FROM_PX:
                place = to_screen.map(to_page.map(QPointF(*_anchor(part))))
                _paint_score(painter, part, place, look)


def _anchor(part: DoubtfulPart) -> Point:
    """Where the score is written, in the table's frame."""
    box = part.box
    if part.kind == ROW:
        return (box.x1, box.center[1])
    return (box.center[0], box.y1) if part.kind == COLUMN else (box.x1, box.y0)


def _paint_score(painter: QPainter, part: DoubtfulPart, place: QPointF, look: Look) -> None:
    text = f"{part.score:.0%}"
    tab = QRectF(painter.fontMetrics().boundingRect(text).adjusted(0, 0, 6, 1))
    if part.kind == ROW:
        tab.moveTopLeft(place + QPointF(3, -tab.height() / 2))
    elif part.kind == COLUMN:
        tab.moveTopLeft(place + QPointF(-tab.width() / 2, 3))
    else:
        tab.moveTopLeft(place + QPointF(-tab.width() - 3, 3))
    painter.fillRect(tab, brush(look.theme.doubt))
    painter.setPen(look.pen("#ffffff"))
    painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, text)
