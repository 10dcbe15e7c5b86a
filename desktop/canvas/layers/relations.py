"""Relations: thin arrows between entities; the links of the selection are painted again, strongly,
by the live layer.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from desktop.canvas.geometry import curve_points, link_curve
from desktop.canvas.layers.layer import Look, polygon_of, saved
from desktop.canvas.style import LINK_ALPHA, brush, is_proposed, label_color
from model_backend.document import Box, Entity, Page, Point, Relation, bounding_box, union_of
from model_backend.labels import ENTITY
from model_backend.lookup import by_id, changed_ids

HEADS_FROM_SCALE = 0.45
RUN = 64
"""Links that are looked through together."""
MOST_IN_ONE = 200
"""More links of a colour are not read one by one any more: they need not be one path."""
SHORT_PX = 12.0
"""Of a crowd of links, those this short are drawn straight: nobody sees the bend."""
FEW_LINKS = 40
"""More links than this in view are painted fainter, up to half as strong."""


@dataclass(frozen=True)
class Link:
    """A relation as it is drawn."""

    relation: Relation
    ends: tuple[Box, Box]
    label: str
    curve: tuple[Point, ...]
    bounds: Box

    @cached_property
    def points(self) -> tuple[Point, ...]:
        """Points along the curve, worked out for links that are looked at closely."""
        return curve_points(self.curve)

    @cached_property
    def path(self) -> QPainterPath:
        """The curve for Qt."""
        return curve_path(self.curve)

    @property
    def line(self) -> QLineF:
        """From end to end: all there is to be seen of a link that is a few pixels long."""
        start, end = self.curve[0], self.curve[-1]
        return QLineF(*start, *end)


class RelationLayer:
    """All relations whose two entities are there."""

    def __init__(self) -> None:
        self.links: dict[int, Link] = {}
        self._shown: _Shown | None = None
        self._of_end: dict[int, list[int]] = {}
        self._runs: list[tuple[Box, tuple[Link, ...]]] | None = None

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's relations; unchanged ones keep their curve."""
        before, self._shown = self._shown, _Shown.of(page, look)
        if before is None:
            before = _Shown()
        concerned = self._shown.links_changed(before)
        if self._shown.relations is not before.relations:
            self._of_end = _by_end(page.relations)
        for end in self._shown.ends_changed(before):
            concerned.update(self._of_end.get(end, ()))
        return self._renew(page, look, concerned) if concerned else []

    def _renew(self, page: Page, look: Look, concerned: set[int]) -> list[Box]:
        """Draw these links as they are now; where something changed, as boxes."""
        fresh = {key: link for key in concerned if (link := _link(page, look, key)) is not None}
        old = {key: self.links[key] for key in concerned if key in self.links}
        kept = {key for key, link in fresh.items() if link == old.get(key)}
        if fresh.keys() - kept or old.keys() - kept:
            there = {**{k: v for k, v in self.links.items() if k not in old}, **fresh}
            self.links = {one.id: there[one.id] for one in page.relations if one.id in there}
            self._runs = None
        return [link.bounds for side in (old, fresh) for k, link in side.items() if k not in kept]

    def within(self, box: Box) -> Iterator[Link]:
        """The links whose bounds meet the box: runs of neighbours first, then one by one."""
        if self._runs is None:
            links = tuple(self.links.values())
            parts = (links[start : start + RUN] for start in range(0, len(links), RUN))
            self._runs = [(union_of(link.bounds for link in part), part) for part in parts]
        for bounds, part in self._runs:
            if bounds.intersects(box):
                yield from (link for link in part if link.bounds.intersects(box))

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Faint curves: where there are many, only those of the selection should speak."""
        links = list(self.within(exposed))
        crowd = max(1.0, len(links) / FEW_LINKS)
        paint_links(painter, links, look, alpha=round(LINK_ALPHA / min(crowd, 2.0)), width=1.2)


@dataclass(frozen=True)
class _Shown:
    """What links were drawn from."""

    relations: tuple[Relation, ...] = ()
    entities: tuple[Entity, ...] = ()
    hidden_ids: frozenset[int] = frozenset()
    hidden_ends: frozenset[int] = frozenset()

    @classmethod
    def of(cls, page: Page, look: Look) -> _Shown:
        """What this page's links are drawn from."""
        return cls(page.relations, page.entities, look.hidden_ids, look.hidden_ends)

    def links_changed(self, before: _Shown) -> set[int]:
        """The links that changed themselves."""
        hidden = self.hidden_ids ^ before.hidden_ids
        return {*changed_ids(before.relations, self.relations), *hidden}

    def ends_changed(self, before: _Shown) -> set[int]:
        """The entities that changed, or are hidden or seen now."""
        hidden = self.hidden_ends ^ before.hidden_ends
        return {*changed_ids(before.entities, self.entities), *hidden}


def _by_end(relations: Iterable[Relation]) -> dict[int, list[int]]:
    """The links at each entity."""
    found: dict[int, list[int]] = defaultdict(list)
    for relation in relations:
        found[relation.from_id].append(relation.id)
        found[relation.to_id].append(relation.id)
    return found


def _link(page: Page, look: Look, relation_id: int) -> Link | None:
    """How a relation is drawn; None where it is gone or an end of it is not seen."""
    relation = by_id(page.relations, relation_id)
    if relation is None or relation_id in look.hidden_ids:
        return None
    start, end = by_id(page.entities, relation.from_id), by_id(page.entities, relation.to_id)
    if start is None or end is None or not look.hidden_ends.isdisjoint((start.id, end.id)):
        return None
    return made_link(relation, start.box, end.box, start.label)


def made_link(relation: Relation, start: Box, end: Box, label: str) -> Link:
    """The curve for a relation between two boxes."""
    curve = link_curve(start.normalized(), end.normalized())
    return Link(relation, (start, end), label, curve, bounding_box(curve).grown(8.0))


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
            line = look.pen(name, width, alpha=alpha, is_dashed=proposed)
            if len(members) > MOST_IN_ONE:
                members = _without_short(painter, members, look, line)
            for part in _runs(members):
                _paint_group(painter, part, look, name, line, width)


def _without_short(painter: QPainter, links: Sequence[Link], look: Look, line: QPen) -> list[Link]:
    """Draw the links that are hardly longer than a dot in one go; the others."""
    most = SHORT_PX * look.pixel
    short: list[Link] = []
    rest: list[Link] = []
    for link in links:
        (x0, y0), (x1, y1) = link.curve[0], link.curve[-1]
        (short if abs(x1 - x0) + abs(y1 - y0) <= most else rest).append(link)
    painter.setPen(line)
    painter.drawLines([link.line for link in short])
    return rest


def _runs(links: Sequence[Link]) -> Iterator[Sequence[Link]]:
    """All in one, or where they are very many each for itself, which is faster."""
    size = max(len(links), 1) if len(links) <= MOST_IN_ONE else 1
    for start in range(0, len(links), size):
        yield links[start : start + size]


def _paint_group(
    painter: QPainter, links: Sequence[Link], look: Look, name: str, line: QPen, width: float
) -> None:
    curves = QPainterPath()
    for link in links:
        curves.addPath(link.path)
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
