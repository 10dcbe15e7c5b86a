"""Relations: thin arrows between entities; the links of the selection are painted again, strongly,
by the live layer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from desktop.canvas.geometry import curve_points, link_curve
from desktop.canvas.layers.layer import Look, polygon_of, saved
from desktop.canvas.style import LINK_ALPHA, brush, is_proposed, label_color
from model_backend.document import Box, Page, Point, Relation, bounding_box
from model_backend.labels import ENTITY

HEADS_FROM_SCALE = 0.45
MOST_IN_ONE = 200
"""More links of a colour are not read one by one any more: they need not be one path."""
FEW_LINKS = 40
"""More links than this in view are painted fainter, up to half as strong."""


@dataclass(frozen=True)
class Link:
    """A relation as it is drawn."""

    relation: Relation
    ends: tuple[Box, Box]
    label: str
    curve: tuple[Point, ...]
    points: tuple[Point, ...]
    bounds: Box


class RelationLayer:
    """All relations whose two entities are there."""

    def __init__(self) -> None:
        self.links: dict[int, Link] = {}

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's relations; unchanged ones keep their curve."""
        old = self.links
        self.links = _links(page, look, old) if page.relations else {}
        ids = [
            key for key in old.keys() | self.links.keys() if old.get(key) is not self.links.get(key)
        ]
        return [side[key].bounds for key in ids for side in (old, self.links) if key in side]

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Faint curves: where there are many, only those of the selection should speak."""
        links = [link for link in self.links.values() if link.bounds.intersects(exposed)]
        crowd = max(1.0, len(links) / FEW_LINKS)
        paint_links(painter, links, look, alpha=round(LINK_ALPHA / min(crowd, 2.0)), width=1.2)


def _links(page: Page, look: Look, old: dict[int, Link]) -> dict[int, Link]:
    ends = look.hidden_ends
    entities = {entity.id: entity for entity in page.entities if entity.id not in ends}
    links = {}
    for relation in page.relations:
        start, end = entities.get(relation.from_id), entities.get(relation.to_id)
        if relation.id in look.hidden_ids or start is None or end is None:
            continue
        known = old.get(relation.id)
        if (
            known is not None
            and known.relation == relation
            and known.ends == (start.box, end.box)
            and known.label == start.label
        ):
            links[relation.id] = known
        else:
            links[relation.id] = made_link(relation, start.box, end.box, start.label)
    return links


def made_link(relation: Relation, start: Box, end: Box, label: str) -> Link:
    """The curve for a relation between two boxes."""
    curve = link_curve(start.normalized(), end.normalized())
    points = curve_points(curve)
    return Link(relation, (start, end), label, curve, points, bounding_box(points).grown(8.0))


def paint_links(
    painter: QPainter, links: Iterable[Link], look: Look, *, alpha: int, width: float
) -> None:
    """Curves with a dot where they leave and a head where they arrive.

    Those of one colour are one path: where faint ones run together they stay faint.
    """
    groups: dict[tuple[str, bool], list[Link]] = defaultdict(list)
    for link in links:
        name = label_color(look.schema, link.label, ENTITY)
        groups[name, is_proposed(link.relation)].append(link)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for (name, proposed), members in groups.items():
            for part in _runs(members):
                line = look.pen(name, width, alpha=alpha, is_dashed=proposed)
                _paint_group(painter, part, look, name, line, width)


def _runs(links: Sequence[Link]) -> Iterator[Sequence[Link]]:
    """All in one, or where they are very many each for itself, which is faster."""
    size = len(links) if len(links) <= MOST_IN_ONE else 1
    for start in range(0, len(links), size):
        yield links[start : start + size]


def _paint_group(
    painter: QPainter, links: Sequence[Link], look: Look, name: str, line: QPen, width: float
) -> None:
    curves = QPainterPath()
    for link in links:
        curves.addPath(curve_path(link.curve))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(line)
    painter.drawPath(curves)
    if look.scale < HEADS_FROM_SCALE:
        return
    ends = QPainterPath()
    ends.setFillRule(Qt.FillRule.WindingFill)
    for link in links:
        add_ends(ends, link.points, width * look.pixel)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(name, line.color().alpha()))
    painter.drawPath(ends)


def curve_path(curve: Sequence[Point]) -> QPainterPath:
    """A cubic curve for Qt."""
    a, b, c, d = (QPointF(x, y) for x, y in curve)
    path = QPainterPath(a)
    path.cubicTo(b, c, d)
    return path


def paint_ends(
    painter: QPainter,
    points: Sequence[Point],
    name: str,
    look: Look,
    width: float,
    alpha: int = 255,
) -> None:
    """A dot at the beginning and an arrow head at the end of a line that is so many pixels wide."""
    ends = QPainterPath()
    ends.setFillRule(Qt.FillRule.WindingFill)
    add_ends(ends, points, width * look.pixel)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(brush(name, alpha))
    painter.drawPath(ends)


def add_ends(path: QPainterPath, points: Sequence[Point], size: float) -> None:
    """Add the dot and the head of a line that is `size` page units wide."""
    start, end = points[0], points[-1]
    path.addEllipse(QPointF(*start), 2.0 * size, 2.0 * size)
    far = (point for point in reversed(points[:-1]) if math.dist(point, end) > 4 * size)
    before = next(far, start)
    angle = math.atan2(end[1] - before[1], end[0] - before[0])
    length, spread = 7.5 * size, 0.42
    wings = [
        (end[0] - length * math.cos(angle + side), end[1] - length * math.sin(angle + side))
        for side in (spread, -spread)
    ]
    path.addPolygon(polygon_of([end, *wings, end]))
