"""What all layers share: how they are told the page, how they paint, helpers in screen pixels."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF, QTransform

from desktop.canvas.style import LIGHT, Theme, pen
from desktop.document.visibility import Visibility
from model_backend.document import Affine, Box, Page, Point
from model_backend.labels import LabelSchema


@dataclass(frozen=True)
class Look:
    """How to paint: colours, labels, what is seen, how many screen pixels a page unit has.

    `hidden_ids` are what `visibility` leaves out of the page on show; links of `hidden_ends` go
    with them.
    """

    theme: Theme = LIGHT
    schema: LabelSchema | None = None
    scale: float = 1.0
    dpr: float = 1.0
    visibility: Visibility = field(default_factory=Visibility)
    hidden_ids: frozenset[int] = frozenset()
    hidden_ends: frozenset[int] = frozenset()
    has_strong_words: bool = False
    signs: dict[str, str] = field(default_factory=dict)

    @property
    def hidden_kinds(self) -> frozenset[str]:
        """The layers that are not shown."""
        return self.visibility.hidden

    @property
    def pixel(self) -> float:
        """One screen pixel in page units."""
        return 1.0 / self.scale

    def pen(
        self, name: str, width: float = 1.0, *, alpha: int = 255, is_dashed: bool = False
    ) -> QPen:
        """A pen as wide on every screen: Qt counts a cosmetic pen in the device's own pixels.

        Whole widths stay whole, so that upright lines are crisp.
        """
        wide = width * self.dpr
        if width == round(width):
            wide = max(1.0, float(round(wide)))
        return pen(name, wide, alpha=alpha, is_dashed=is_dashed)


class Layer(Protocol):
    """One kind of thing on the page."""

    def update(self, page: Page, look: Look) -> list[Box]:
        """Become equal to the page; the boxes in which something changed."""

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Paint what lies in the exposed box."""


class HasId(Protocol):
    """What is known by an id."""

    @property
    def id(self) -> int:
        """Unique in its page."""


Item = TypeVar("Item", bound=HasId)


def shown(items: tuple[Item, ...], hidden: frozenset[int]) -> tuple[Item, ...]:
    """The items that are not hidden; the very same tuple where none is."""
    if not hidden:
        return items
    return tuple(item for item in items if item.id not in hidden)


def rect_of(box: Box) -> QRectF:
    """A box for Qt, its corners in order."""
    ordered = box if box.x0 <= box.x1 and box.y0 <= box.y1 else box.normalized()
    return QRectF(ordered.x0, ordered.y0, ordered.width, ordered.height)


def rects_of(boxes: Iterable[Box]) -> list[QRectF]:
    """Many boxes for Qt."""
    return [
        QRectF(box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0)
        if box.x0 <= box.x1 and box.y0 <= box.y1
        else rect_of(box)
        for box in boxes
    ]


def box_of(rect: QRectF) -> Box:
    """A rectangle of Qt's as a box."""
    return Box(rect.left(), rect.top(), rect.right(), rect.bottom())


def polygon_of(points: Sequence[Point]) -> QPolygonF:
    """Points for Qt."""
    return QPolygonF([QPointF(x, y) for x, y in points])


def path_of(polygons: Sequence[Sequence[Point]], *, is_closed: bool = True) -> QPainterPath:
    """Outlines as one path, filled as their union."""
    path = QPainterPath()
    for polygon in polygons:
        path.addPolygon(polygon_of(polygon))
        if is_closed:
            path.closeSubpath()
    return path


def transform_of(affine: Affine) -> QTransform:
    """A transform for Qt."""
    return QTransform(*affine)


@contextmanager
def saved(painter: QPainter) -> Iterator[None]:
    """The painter's state as it was, afterwards."""
    painter.save()
    try:
        yield
    finally:
        painter.restore()


@contextmanager
def in_pixels(painter: QPainter) -> Iterator[QTransform]:
    """Paint in screen pixels; yields the transform from the page to the screen."""
    to_screen = painter.worldTransform()
    painter.save()
    painter.resetTransform()
    try:
        yield to_screen
    finally:
        painter.restore()
