"""Entities: outlines in the label's colour, dashed while only proposed, with the label's sign where
there is room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QTransform

from desktop.appearance.signs import NOTE_SIGN, UNSURE_SIGN
from desktop.canvas.chunks import Chunks
from desktop.canvas.layers.layer import Look, in_pixels, rects_of
from desktop.canvas.style import (
    FILL_ALPHA,
    PROPOSED_ALPHA,
    brush,
    color,
    font,
    is_proposed,
    label_color,
)
from model_backend.document import Box, Entity, Page, Status
from model_backend.labels import ENTITY

OUTLINES_FROM_PX, SIGNS_FROM_PX, BOLD_OUTLINES_FROM_PX, FULL_SIGNS_FROM_PX = 4.0, 11.0, 16.0, 22.0
MOST_SIGNS = 600
FINE_OUTLINES_TO = 1500
"""More boxes than this in view get the fastest pen: at that size nobody sees the difference."""

Group = tuple[str, bool]


@dataclass(frozen=True)
class _Drawn:
    groups: dict[Group, list[QRectF]]
    height: float


class EntityLayer:
    """All entities of the page."""

    def __init__(self) -> None:
        self.chunks: Chunks[Entity] = Chunks()

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's entities."""
        return self.chunks.update(page.entities, look.hidden_ids)

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Boxes first, then the labels' signs over them."""
        chunks = list(self.chunks.within(exposed))
        count = sum(len(chunk.items) for chunk in chunks)
        for chunk in chunks:
            if chunk.drawn is None:
                chunk.drawn = _drawn(chunk.items)
            _paint(painter, chunk.drawn, look, is_fine=count <= FINE_OUTLINES_TO)
        if count <= MOST_SIGNS:
            inside = [item for chunk in chunks for item in chunk.items]
            _paint_signs(painter, [item for item in inside if item.box.intersects(exposed)], look)


def _drawn(entities: Sequence[Entity]) -> _Drawn:
    groups: dict[Group, list[Box]] = defaultdict(list)
    for entity in entities:
        groups[entity.label, entity.status is Status.PROPOSED].append(entity.box)
    heights = sorted([abs(entity.box.y1 - entity.box.y0) for entity in entities])
    rects = {group: rects_of(boxes) for group, boxes in groups.items()}
    return _Drawn(rects, heights[len(heights) // 2])


def _paint(painter: QPainter, drawn: _Drawn, look: Look, *, is_fine: bool) -> None:
    height_px = drawn.height * look.scale
    has_outline, is_small = height_px >= OUTLINES_FROM_PX, height_px < BOLD_OUTLINES_FROM_PX
    for (label, proposed), rects in drawn.groups.items():
        name = label_color(look.schema, label, ENTITY)
        thin = QPen(color(name), 0.0)
        if has_outline:
            fine = _outline_pen(look, name, is_bold=proposed and not is_small, is_dashed=proposed)
            painter.setPen(fine if is_fine else thin)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(name, PROPOSED_ALPHA if proposed else FILL_ALPHA))
        painter.drawRects(rects)


def _outline_pen(look: Look, name: str, *, is_bold: bool, is_dashed: bool) -> QPen:
    """What waits for a person is louder than what is done, as long as it leaves text legible."""
    return look.pen(name, 2.0 if is_bold else 1.0, is_dashed=is_dashed)


def _paint_signs(painter: QPainter, entities: Sequence[Entity], look: Look) -> None:
    tall = [item for item in entities if abs(item.box.height) * look.scale >= SIGNS_FROM_PX]
    if not tall:
        return
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for entity in tall:
            paint_sign(painter, entity, look, to_screen)


def paint_sign(painter: QPainter, entity: Entity, look: Look, to_screen: QTransform) -> None:
    """The label's letters on a small tab at the upper left corner; hollow and with '?' while
    proposed, with '!' where unsure and '*' with a note. Where lines are small the tab is, too, and
    sits on the corner: text stays legible.
    """
    proposed = is_proposed(entity)
    name = label_color(look.schema, entity.label, ENTITY)
    letters = look.signs.get(entity.label, entity.label[:1].upper() or "-")
    marks = (UNSURE_SIGN if entity.is_unsure else "") + (NOTE_SIGN if entity.note else "")
    text = f"{letters}?{marks}" if proposed else f"{letters}{marks}"
    corner = to_screen.map(QPointF(entity.box.x0, entity.box.y0))
    is_small = abs(entity.box.height) * look.scale < FULL_SIGNS_FROM_PX
    if is_small:
        tab = QRectF(corner.x() - 6.0, corner.y() - 6.0, 3.0 + 5.0 * len(text), 8.0)
    else:
        tab = QRectF(corner.x() - 0.5, corner.y() - 10.5, 6.0 + 6.0 * len(text), 11.0)
    painter.setFont(font(7 if is_small else 9, is_bold=True))
    painter.setPen(look.pen(name, 1.0))
    painter.setBrush(brush("#ffffff", 235) if proposed else brush(name))
    painter.drawRoundedRect(tab, 2.0, 2.0)
    painter.setPen(look.pen(name if proposed else "#ffffff"))
    painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, text)
