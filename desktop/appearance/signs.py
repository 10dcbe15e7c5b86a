"""How a page's status and an annotation's status are shown: a word, a colour and a shape."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from desktop.appearance.colors import Colors
from model_backend.document import PageStatus, Status
from model_backend.translation import mark

PAGE_STATUS_TEXTS = {
    PageStatus.NEW: mark("New"),
    PageStatus.PROPOSED: mark("Proposed"),
    PageStatus.IN_PROGRESS: mark("In progress"),
    PageStatus.DONE: mark("Done"),
    PageStatus.ACCEPTED: mark("Accepted"),
    PageStatus.RETURNED: mark("Returned"),
}
STATUS_TEXTS = {
    Status.PROPOSED: mark("Proposed"),
    Status.ACCEPTED: mark("Accepted"),
    Status.CORRECTED: mark("Corrected"),
}


STATUS_SIGNS = {Status.PROPOSED: "?", Status.ACCEPTED: "✓", Status.CORRECTED: "✎"}
"""What stands for an annotation's status where there is no room for a word."""
UNSURE_SIGN, NOTE_SIGN = "!", "*"
"""What stands for unsure, and for a note."""


def page_status_color(status: PageStatus, colors: Colors) -> str:
    """The colour of a page's status."""
    return {
        PageStatus.NEW: colors.quiet,
        PageStatus.PROPOSED: colors.accent,
        PageStatus.IN_PROGRESS: colors.warning,
        PageStatus.DONE: colors.good,
        PageStatus.ACCEPTED: colors.good,
        PageStatus.RETURNED: colors.bad,
    }[status]


def draw_page_status(painter: QPainter, box: QRectF, status: PageStatus, colors: Colors) -> None:
    """The sign of a page's status: ring, dashed, half, full, full with a tick or with a bar."""
    color = QColor(page_status_color(status, colors))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(color, 1.6)
    if status is PageStatus.PROPOSED:
        pen.setDashPattern([1.6, 1.4])
    painter.setPen(pen)
    is_full = status in (PageStatus.DONE, PageStatus.ACCEPTED, PageStatus.RETURNED)
    painter.setBrush(color if is_full else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box)
    _draw_inside(painter, box, status, color, QColor(colors.base))
    painter.restore()


def _draw_inside(
    painter: QPainter, box: QRectF, status: PageStatus, color: QColor, paper: QColor
) -> None:
    center, reach = box.center(), box.width() / 2
    if status is PageStatus.IN_PROGRESS:
        painter.setBrush(color)
        painter.drawPie(box, 90 * 16, 180 * 16)
    elif status is PageStatus.ACCEPTED:
        painter.setPen(QPen(paper, 1.7))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        tick = [(-0.5, 0.05), (-0.12, 0.42), (0.5, -0.38)]
        painter.drawPolyline(QPolygonF([center + QPointF(x * reach, y * reach) for x, y in tick]))
    elif status is PageStatus.RETURNED:
        painter.setPen(QPen(paper, 1.9))
        painter.drawLine(center - QPointF(reach * 0.5, 0), center + QPointF(reach * 0.5, 0))
