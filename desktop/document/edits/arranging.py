"""Edits that put several things in line: one edge moved by a key, aligned, distributed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from enum import StrEnum

from desktop.document.edits.common import move, replace, resize
from desktop.document.edits.parts import items_of, known
from desktop.document.rotated_box import (
    OPPOSITE,
    faced_edge,
    rotated_box_of,
    with_moved_edge,
    with_rotated_box,
)
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import (
    Box,
    Entity,
    Page,
    Region,
    Relation,
    Table,
    bounding_box,
    union_of,
)

LEAST_MOVE = 1e-9
"""Nearer than this is in place: sums are not exact."""

Placed = Entity | Table | Region


class Side(StrEnum):
    """What is brought into line."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"
    CENTER = "center"
    MIDDLE = "middle"


def arrangeable(page: Page, ids: Iterable[int]) -> tuple[Placed, ...]:
    """What can be aligned: regions, tables, entities without words. Words lie where they are."""
    return tuple(
        item
        for item in items_of(page, ids)
        if isinstance(item, Region | Table) or (isinstance(item, Entity) and not item.word_ids)
    )


def outline_box(item: Placed) -> Box:
    """The box around what is seen of an annotation, turned tables and polygons too."""
    if isinstance(item, Table):
        return bounding_box(table_grid.to_page(item, corner) for corner in item.box.corners)
    if isinstance(item, Region) and item.polygons:
        return bounding_box(point for polygon in item.polygons for point in polygon)
    return item.box.normalized()


def align(page: Page, ids: Iterable[int], side: Side) -> Page:
    """All things moved so that one of their sides, or their middles, lie on one line.

    The line is the outermost of these sides, the middle that of all together.
    """
    items = _several(page, ids, 2)
    around = union_of(outline_box(item) for item in items)
    for item in items:
        dx, dy = _way_to(outline_box(item), around, side)
        if math.hypot(dx, dy) > LEAST_MOVE:
            page = move(page, [item.id], dx=dx, dy=dy)
    return page


def distribute(page: Page, ids: Iterable[int], *, is_across: bool) -> Page:
    """Equal gaps between all things, across or down; the outer two stay where they are."""
    items = _several(page, ids, 3)
    first, last = ("x0", "x1") if is_across else ("y0", "y1")
    boxes = {item.id: outline_box(item) for item in items}
    place = 0 if is_across else 1
    row = sorted(items, key=lambda item: boxes[item.id].center[place])
    start, end = getattr(boxes[row[0].id], first), getattr(boxes[row[-1].id], last)
    sizes = [getattr(boxes[item.id], last) - getattr(boxes[item.id], first) for item in row]
    gap = (end - start - sum(sizes)) / (len(row) - 1)
    at = start
    for item, size in zip(row, sizes, strict=True):
        by = at - getattr(boxes[item.id], first)
        if item is not row[-1] and abs(by) > LEAST_MOVE:
            page = move(page, [item.id], dx=by if is_across else 0.0, dy=0.0 if is_across else by)
        at += size + gap
    return page


def move_edge(page: Page, item_id: int, dx: float, dy: float, *, is_far: bool = False) -> Page:
    """One edge moved along (dx, dy): the one that faces that way, or with `is_far` the one across.

    Turned boxes and tables keep their angle, of a table only the outermost edge moves. An edge
    does not pass the one across.
    """
    item = known(page, item_id)
    if isinstance(item, Relation):
        return page
    turned = rotated_box_of(item) if isinstance(item, Region) else None
    degrees = item.rotation if isinstance(item, Table) else turned.degrees if turned else 0.0
    edge = faced_edge(dx, dy, degrees)
    by = math.hypot(dx, dy)
    if is_far:
        edge, by = OPPOSITE[edge], -by
    if isinstance(item, Table):
        return replace(page, _with_outer_edge(item, edge, by))
    box = with_moved_edge(turned.frame if turned else item.box.normalized(), edge, by)
    if min(box.width, box.height) <= 0:
        return page
    if turned is not None and isinstance(item, Region):
        return replace(page, with_rotated_box(item, turned.with_frame(box)))
    return resize(page, item_id, box)


def _with_outer_edge(table: Table, edge: str, by: float) -> Table:
    box = with_moved_edge(table.box, edge, by)
    if edge in "ns":
        index = 0 if edge == "n" else len(table.rows)
        return table_grid.move_row_edge(table, index, box.y0 if edge == "n" else box.y1)
    index = 0 if edge == "w" else len(table.columns)
    return table_grid.move_column_edge(table, index, box.x0 if edge == "w" else box.x1)


def _several(page: Page, ids: Iterable[int], least: int) -> Sequence[Placed]:
    items = arrangeable(page, ids)
    if len(items) < least:
        if least == 2:
            raise UserError("Select two or more regions or tables first.")
        raise UserError("Select three or more regions or tables first.")
    return items


def _way_to(box: Box, around: Box, side: Side) -> tuple[float, float]:
    (x, y), (middle_x, middle_y) = box.center, around.center
    ways = {
        Side.LEFT: (around.x0 - box.x0, 0.0),
        Side.RIGHT: (around.x1 - box.x1, 0.0),
        Side.CENTER: (middle_x - x, 0.0),
        Side.TOP: (0.0, around.y0 - box.y0),
        Side.BOTTOM: (0.0, around.y1 - box.y1),
        Side.MIDDLE: (0.0, middle_y - y),
    }
    return ways[side]
