"""The knob that turns a region: where it is, and how it looks."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from desktop.canvas.layers.layer import Look, in_pixels
from desktop.canvas.style import HANDLE_PX, brush
from desktop.document.rotated_box import rotated_box_of
from model_backend.document import Point, Region, transform_point

KNOB_PX = 26.0
"""How far the knob is from the region's upper side."""


def turn_knob(region: Region, pixel: float) -> tuple[Point, Point]:
    """The knob, and the middle of the side it stands on."""
    turned = rotated_box_of(region)
    box = turned.frame if turned is not None else region.box.normalized()
    foot = ((box.x0 + box.x1) / 2, box.y0)
    knob = (foot[0], foot[1] - KNOB_PX * pixel)
    if turned is None:
        return knob, foot
    return transform_point(turned.to_page, knob), transform_point(turned.to_page, foot)


def paint_turn_knob(painter: QPainter, region: Region, look: Look) -> None:
    """A round knob on a stalk."""
    knob, foot = turn_knob(region, look.pixel)
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top, bottom = to_screen.map(QPointF(*knob)), to_screen.map(QPointF(*foot))
        for line in (look.pen("#ffffff", 4.0, alpha=210), look.pen(look.theme.accent, 1.5)):
            painter.setPen(line)
            painter.drawLine(top, bottom)
        painter.setBrush(brush("#ffffff"))
        radius = HANDLE_PX / 2 + 1
        painter.drawEllipse(top, radius, radius)
        painter.setPen(look.pen(look.theme.accent, 1.5))
        painter.drawArc(
            int(top.x() - radius / 2), int(top.y() - radius / 2), int(radius), int(radius), 0, 4320
        )
