"""What is in hand: the selection with its handles and links, what the pointer is over, the running
gesture.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath

from desktop.canvas.geometry import Corner, corner_marks, edges_of, handle_points, is_small
from desktop.canvas.layers.entities import paint_sign
from desktop.canvas.layers.layer import (
    Look,
    in_pixels,
    path_of,
    polygon_of,
    rect_of,
    saved,
    transform_of,
)
from desktop.canvas.layers.regions import MaskImages, outline_of, paint_region
from desktop.canvas.layers.relations import Link, made_link, paint_links
from desktop.canvas.layers.table_grips import TableGrips, paint_table_grips
from desktop.canvas.layers.table_ruler import paint_ruler
from desktop.canvas.layers.tables import made_grid, paint_grid
from desktop.canvas.layers.turning import paint_turn_knob
from desktop.canvas.style import HANDLE_PX, MOST_LIT, REACH_PX, annotation_color, brush, is_proposed
from desktop.document.lookup import Item, item_of, items_of
from desktop.document.rotated_box import rotated_box_of
from model_backend import table_grid
from model_backend.document import Box, Entity, Page, Polygon, Region, Relation, Table, Word
from model_backend.table_grid.doubt import doubtful_parts

HANDLES_FROM_PX = 22.0
"""Sides shorter than this on the screen get no grip in their middle."""
MOST_KNOBS = 150
"""More corners than this are only dots: knobs would hide the outline."""
KNOB_ROOM_PX = 14.0
"""How far apart corners must be on the screen, on average, to have knobs."""
DOT_PX = 3.0
MARK_PX = 6.0
"""The arms of the angles at the corners of small things."""
MOST_PREVIEWS = 60
"""More selected things than this are dragged as outlines only."""


class Preview(Protocol):
    """What the running gesture or tool shows."""

    def previews(self) -> Mapping[int, Item]:
        """Values that replace the page's own while the gesture runs."""

    @property
    def hides_selection(self) -> bool:
        """Whether the outline and the grips of the selection would hide it."""

    def paint(self, painter: QPainter, look: Look) -> None:
        """Whatever else is to be seen."""


class LiveLayer:
    """The foreground: painted over the cached picture at every frame."""

    def __init__(self, masks: MaskImages) -> None:
        self.selected: tuple[int, ...] = ()
        self.hovered: int | None = None
        self.grips = TableGrips()
        self.preview: Preview | None = None
        self.has_grips = True
        self.has_turn = False
        self.corner: Corner | None = None
        self._masks = masks
        self._items: dict[int, Item] | None = None
        self._crowd: list[QRectF] | None = None
        self._relations: tuple[tuple[object, frozenset[int]], list[Relation]] | None = None

    def forget(self) -> None:
        """The page or the selection changed: look things up again."""
        self._items = self._crowd = self._relations = None

    def select(self, ids: Sequence[int]) -> None:
        """Show these as selected."""
        self.selected = tuple(ids)
        self.corner = None
        self.forget()

    def paint(self, painter: QPainter, page: Page, look: Look) -> None:
        """Selection, links, hover, gesture: in this order."""
        previews = self.preview.previews() if self.preview else {}
        items = {**self._found(page), **previews}
        for item_id in previews:
            self._paint_item(painter, items[item_id], look)
        paint_links(painter, self._links(page, items), look, alpha=255, width=2.0)
        self._paint_hover(painter, page, look)
        if self.preview is None or not self.preview.hides_selection:
            self._paint_selection(painter, items, previews, look)
        if self.preview is not None:
            self.preview.paint(painter, look)

    def _paint_selection(
        self, painter: QPainter, items: dict[int, Item], previews: Mapping[int, Item], look: Look
    ) -> None:
        if len(items) > MOST_LIT:
            self._paint_crowd(painter, items, look)
        else:
            _paint_outlines(painter, list(items.values()), look)
        if len(self.selected) == 1 and items and self.has_grips:
            item_id, item = next(iter(items.items()))
            self._paint_grips(painter, item, look, is_moving=item_id in previews)

    def _found(self, page: Page) -> dict[int, Item]:
        if self._items is None:
            self._items = items_of(page, self.selected)
        return self._items

    def _links(self, page: Page, items: Mapping[int, Item]) -> list[Link]:
        """The links of these things: which ones they are is looked for once a selection."""
        if not items or not page.relations:
            return []
        made_of = (page.relations, frozenset(items))
        if self._relations is None or self._relations[0] != made_of:
            self._relations = made_of, _relations_of(page, items)
        relations = self._relations[1]
        wanted = {end for relation in relations for end in (relation.from_id, relation.to_id)}
        ends = {**items_of(page, wanted), **items}
        entities = {key: item for key, item in ends.items() if isinstance(item, Entity)}
        return [
            made_link(
                relation,
                entities[relation.from_id].box,
                entities[relation.to_id].box,
                entities[relation.from_id].label,
            )
            for relation in relations
            if relation.from_id in entities and relation.to_id in entities
        ]

    def _paint_crowd(self, painter: QPainter, items: Mapping[int, Item], look: Look) -> None:
        """Very many selected things are only tinted."""
        if self._crowd is None:
            boxes = [item.box for item in items.values() if not isinstance(item, Relation)]
            self._crowd = [rect_of(box) for box in boxes]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(look.theme.accent, 90))
        painter.drawRects(self._crowd)

    def _paint_item(self, painter: QPainter, item: Item, look: Look) -> None:
        if isinstance(item, Table):
            paint_grid(painter, made_grid(item, doubtful_parts(item)), look)
        elif isinstance(item, Region):
            paint_region(painter, item, look, self._masks)
        elif isinstance(item, Entity):
            name = annotation_color(look.schema, item)
            painter.setPen(look.pen(name, 1.0, is_dashed=is_proposed(item)))
            painter.setBrush(brush(name, 40))
            painter.drawRect(rect_of(item.box))

    def _paint_hover(self, painter: QPainter, page: Page, look: Look) -> None:
        if self.hovered is None or self.hovered in self.selected:
            return
        item = item_of(page, self.hovered)
        if item is None or isinstance(item, Relation):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(look.pen(look.theme.accent, 1.6, alpha=170))
        painter.drawPath(outline(item))
        if isinstance(item, Entity):
            with in_pixels(painter) as to_screen:
                paint_sign(painter, item, look, to_screen)

    def _paint_grips(self, painter: QPainter, item: Item, look: Look, *, is_moving: bool) -> None:
        if isinstance(item, Table):
            paint_table_grips(painter, item, self.grips, look, is_moving=is_moving)
            paint_ruler(painter, item, self.grips, look)
        elif isinstance(item, Region):
            self._paint_region_grips(painter, item, look)
        elif not isinstance(item, Relation):
            _paint_box_grips(painter, item.box.normalized(), look)

    def _paint_region_grips(self, painter: QPainter, region: Region, look: Look) -> None:
        turned = rotated_box_of(region)
        if turned is not None:
            with saved(painter):
                painter.setTransform(transform_of(turned.to_page), True)
                _paint_box_grips(painter, turned.frame, look)
        elif region.polygons and region.mask is None:
            paint_corners(painter, region.polygons, look)
            if self.corner is not None and self.corner.polygon < len(region.polygons):
                polygon = region.polygons[self.corner.polygon]
                chosen = polygon[self.corner.vertex : self.corner.vertex + 1]
                _paint_knobs(painter, chosen, look, is_round=True, fill=look.theme.accent)
        else:
            _paint_box_grips(painter, region.box.normalized(), look)
        if self.has_turn or turned is not None:
            paint_turn_knob(painter, region, look)


def _paint_box_grips(painter: QPainter, box: Box, look: Look) -> None:
    """Grips on the box; outside of one that they would hide only angles at its corners."""
    if not is_small(box, REACH_PX * look.pixel):
        _paint_knobs(painter, _grips_of(box, look), look)
        return
    marks = [polygon_of(mark) for mark in corner_marks(box, MARK_PX * look.pixel)]
    with saved(painter):
        for line in (look.pen("#ffffff", 4.0, alpha=210), look.pen(look.theme.accent, 2.0)):
            painter.setPen(line)
            for mark in marks:
                painter.drawPolyline(mark)


def _grips_of(box: Box, look: Look) -> list[tuple[float, float]]:
    wide, tall = box.width * look.scale, box.height * look.scale
    return [
        point
        for name, point in handle_points(box).items()
        if len(name) == 2 or (wide >= HANDLES_FROM_PX if name in "ns" else tall >= HANDLES_FROM_PX)
    ]


def outline(item: Item) -> QPainterPath:
    """What the selection is drawn along."""
    if isinstance(item, Table):
        return transform_of(table_grid.frame_to_page(item)).map(path_of((item.box.corners,)))
    if isinstance(item, Region):
        return outline_of(item)
    path = QPainterPath()
    if not isinstance(item, Relation):
        path.addRect(rect_of(item.box))
    return path


def _paint_outlines(painter: QPainter, items: list[Item], look: Look) -> None:
    """A white rim under the line, so that a selection is seen on any picture."""
    if not items:
        return
    rects = [rect_of(item.box) for item in items if isinstance(item, Word | Entity)]
    shaped = [item for item in items if isinstance(item, Table | Region)]
    paths = [outline(item) for item in shaped if not _is_detailed(item)]
    with saved(painter):
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for line in (look.pen("#ffffff", 4.0), look.pen(look.theme.accent, 2.0)):
            painter.setPen(line)
            painter.drawRects(rects)
            for path in paths:
                painter.drawPath(path)
        painter.setPen(look.pen(look.theme.accent, 1.0))  # a rim would hide what has many corners
        for item in shaped:
            if _is_detailed(item):
                painter.drawPath(outline(item))


def _is_detailed(item: Table | Region) -> bool:
    return isinstance(item, Region) and sum(map(len, item.polygons)) > MOST_KNOBS


def _paint_knobs(
    painter: QPainter,
    points: Sequence[tuple[float, float]],
    look: Look,
    *,
    is_round: bool = False,
    fill: str = "#ffffff",
) -> None:
    """Grips of a fixed size on the screen."""
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.pen(look.theme.accent, 1.5))
        painter.setBrush(brush(fill))
        for x, y in points:
            place = to_screen.map(QPointF(x, y))
            knob = QRectF(
                place.x() - HANDLE_PX / 2, place.y() - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX
            )
            painter.drawEllipse(knob) if is_round else painter.drawRoundedRect(knob, 1.5, 1.5)


def paint_corners(painter: QPainter, polygons: Sequence[Polygon], look: Look) -> None:
    """Round grips on the corners of polygons; dots where they would hide the outline."""
    points = [point for polygon in polygons for point in polygon]
    sides = (math.dist(*side) for polygon in polygons for side in edges_of(polygon))
    if len(points) > MOST_KNOBS or sum(sides) * look.scale < KNOB_ROOM_PX * len(points):
        _paint_dots(painter, points, look)
    else:
        _paint_knobs(painter, points, look, is_round=True)


def _paint_dots(painter: QPainter, points: Sequence[tuple[float, float]], look: Look) -> None:
    """Where very many corners are."""
    with in_pixels(painter) as to_screen:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(look.theme.accent))
        places = [to_screen.map(QPointF(x, y)) for x, y in points]
        half = DOT_PX / 2
        painter.drawRects([QRectF(at.x() - half, at.y() - half, DOT_PX, DOT_PX) for at in places])


def _relations_of(page: Page, ids: Container[int]) -> list[Relation]:
    """The links with an end among these, or that are among them themselves."""
    return [
        one for one in page.relations if one.id in ids or one.from_id in ids or one.to_id in ids
    ]
