"""A small padlock on everything that is locked one by one: why it cannot be clicked is seen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop.canvas.layers.layer import Look, in_pixels
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.style import brush
from desktop.document.lookup import items_of
from model_backend.document import Box, Page, Relation, Table

SIDE = 13.0


def paint_locks(painter: QPainter, page: Page, look: Look) -> None:
    """The padlocks of what is shown, at its upper right corner."""
    locked = look.visibility.locked_ids - look.hidden_ids
    if not locked:
        return
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for item in items_of(page, locked).values():
            if not isinstance(item, Relation):
                box: Box = table_bounds(item) if isinstance(item, Table) else item.box.normalized()
                corner = to_screen.map(QPointF(box.x1, box.y0))
                _paint_lock(painter, corner, look)


def _paint_lock(painter: QPainter, corner: QPointF, look: Look) -> None:
    tab = QRectF(corner.x() - SIDE / 2, corner.y() - SIDE / 2, SIDE, SIDE)
    painter.setPen(look.pen("#ffffff", 1.0))
    painter.setBrush(brush("#374151"))
    painter.drawRoundedRect(tab, 3.0, 3.0)
    painter.setPen(look.pen("#ffffff", 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(QRectF(tab.center().x() - 2.2, tab.top() + 2.2, 4.4, 5.0), 0, 180 * 16)
    painter.setBrush(brush("#ffffff"))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRect(QRectF(tab.center().x() - 3.4, tab.center().y() - 0.8, 6.8, 5.0))
