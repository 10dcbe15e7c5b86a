"""Letters on entities, so that one can be pointed at by typing: nearest first, short first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from desktop.canvas.layers.layer import Look, in_pixels
from desktop.canvas.style import brush, color, font
from model_backend.document import Box, Entity

LETTERS = "asdfghjkqwertyuiopzxcvbnm"
"""In the order of fingers; l is left out, it leaves the tool."""
FONT_PX, TALL_PX, PAD_PX = 12, 16.0, 4.0
LETTER_PX = 9.0
BACKWARDS = 1.4
"""How much farther what lies to the left or above counts: answers stand right or below."""
PAPER, INK = "#ffe27a", "#1c1c1c"
CELL_PX = 48.0


def codes(count: int) -> list[str]:
    """As many codes, the short ones first; none is the beginning of another."""
    size = len(LETTERS)
    if count <= size:
        return list(LETTERS[:count])
    firsts = min(math.ceil((count - size) / (size - 1)), size)
    short = list(LETTERS[: size - firsts])
    long = [first + second for first in LETTERS[size - firsts :] for second in LETTERS]
    return (short + long)[:count]


def nearest_first(entities: Iterable[Entity], origins: Sequence[Box]) -> list[Entity]:
    """The entities by their distance from the nearest origin; as they are without one."""
    if not origins:
        return list(entities)
    starts = [origin.normalized() for origin in origins]
    return sorted(entities, key=lambda item: min(_away(item.box, start) for start in starts))


def _away(box: Box, origin: Box) -> float:
    own = box.normalized()
    aside = max(own.x0 - origin.x1, 0.0) + BACKWARDS * max(origin.x0 - own.x1, 0.0)
    along = max(own.y0 - origin.y1, 0.0) + BACKWARDS * max(origin.y0 - own.y1, 0.0)
    return math.hypot(aside, along)


@dataclass(frozen=True)
class Hint:
    """The letters of an entity; `is_linked` where typing them takes links away."""

    entity: Entity
    code: str
    is_linked: bool = False


def paint_hints(painter: QPainter, hints: Sequence[Hint], typed: str, look: Look) -> None:
    """A tag at each entity, as large at every zoom; those that the typed letters rule out pale."""
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FONT_PX, is_bold=True))
        places = places_of(hints, to_screen)
        for hint in reversed(hints):
            _paint_tag(painter, hint, places[hint.entity.id], typed, look)


def _paint_tag(painter: QPainter, hint: Hint, place: QRectF, typed: str, look: Look) -> None:
    is_possible = hint.code.startswith(typed)
    painter.setOpacity(1.0 if is_possible else 0.35)
    paper, ink = (look.theme.accent, "#ffffff") if hint.is_linked else (PAPER, INK)
    painter.setPen(look.pen("#ffffff" if hint.is_linked else INK, 1.0))
    painter.setBrush(brush(paper))
    painter.drawRoundedRect(place, 3.0, 3.0)
    rest = hint.code[len(typed) :] if is_possible else hint.code
    painter.setPen(color(ink))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _shown(hint, rest))
    painter.setOpacity(1.0)


def _shown(hint: Hint, letters: str) -> str:
    """Capitals, with a minus where the link would be taken away."""
    return f"−{letters.upper()}" if hint.is_linked else letters.upper()


def places_of(hints: Sequence[Hint], to_screen: QTransform) -> Mapping[int, QRectF]:
    """Where each tag stands on the screen: beside its entity, where no nearer one's tag is."""
    taken: dict[tuple[int, int], list[QRectF]] = {}
    places = {}
    for hint in hints:
        box = hint.entity.box.normalized()
        corners = QRectF(QPointF(box.x0, box.y0), QPointF(box.x1, box.y1))
        options = _options(to_screen.mapRect(corners), len(_shown(hint, hint.code)))
        free = next((place for place in options if not _is_taken(place, taken)), options[0])
        for cell in _cells(free):
            taken.setdefault(cell, []).append(free)
        places[hint.entity.id] = free
    return places


def _options(box: QRectF, letters: int) -> list[QRectF]:
    wide = LETTER_PX * letters + 2 * PAD_PX
    middle = box.center().y() - TALL_PX / 2
    corners = (
        (box.left() - 0.85 * wide, middle),
        (box.right() - 0.2 * wide, middle),
        (box.left() - wide, middle),
        (box.center().x() - wide / 2, middle),
        (box.left(), box.top() - TALL_PX),
        (box.left(), box.bottom()),
        (box.right(), middle),
    )
    return [QRectF(x, y, wide, TALL_PX) for x, y in corners]


def _is_taken(place: QRectF, taken: Mapping[tuple[int, int], Sequence[QRectF]]) -> bool:
    return any(place.intersects(other) for cell in _cells(place) for other in taken.get(cell, ()))


def _cells(place: QRectF) -> list[tuple[int, int]]:
    columns = range(int(place.left() // CELL_PX), int(place.right() // CELL_PX) + 1)
    rows = range(int(place.top() // CELL_PX), int(place.bottom() // CELL_PX) + 1)
    return [(column, row) for column in columns for row in rows]
