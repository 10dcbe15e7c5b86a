"""Where words and annotations lie: moved, fitted to another box, or turned with the page."""

from __future__ import annotations

from dataclasses import replace

from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import (
    Affine,
    Box,
    Entity,
    Page,
    Polygon,
    Region,
    Relation,
    Table,
    Word,
    compose,
    rotation_about,
    transform_point,
)

Item = Word | Entity | Relation | Table | Region


def moved(item: Item, dx: float, dy: float) -> Item:
    """The value shifted by (dx, dy); a relation has no place of its own."""
    if isinstance(item, Relation):
        return item
    if isinstance(item, Table):
        return table_grid.moved(item, dx, dy)
    if isinstance(item, Region):
        return _transformed_region(item, item.box.moved(dx, dy), (1.0, 0.0, 0.0, 1.0, dx, dy))
    return replace(item, box=item.box.moved(dx, dy))


def fitted(item: Item, box: Box) -> Item:
    """The value made to fill another box: polygons, masks, rows and columns in proportion."""
    if isinstance(item, Relation):
        return item
    if isinstance(item, Table):
        return _fitted_table(item, box)
    if isinstance(item, Region):
        return _transformed_region(item, box, _fitting(item.box, box))
    return replace(item, box=box)


def _fitting(old: Box, new: Box) -> Affine:
    sx = new.width / old.width if old.width else 1.0
    sy = new.height / old.height if old.height else 1.0
    return (sx, 0.0, 0.0, sy, new.x0 - sx * old.x0, new.y0 - sy * old.y0)


def _transformed_region(region: Region, box: Box, affine: Affine) -> Region:
    polygons = tuple(_transformed_polygon(polygon, affine) for polygon in region.polygons)
    mask = region.mask and replace(region.mask, to_page=compose(region.mask.to_page, affine))
    return replace(region, box=box, polygons=polygons, mask=mask)


def _transformed_polygon(polygon: Polygon, affine: Affine) -> Polygon:
    return tuple(transform_point(affine, point) for point in polygon)


def _fitted_table(table: Table, box: Box) -> Table:
    try:
        return table_grid.resize(table, box)
    except ValueError:
        raise UserError(
            "The table is too small for its rows and columns. Make it larger."
        ) from None


def turning(page: Page, degrees: float) -> Affine:
    """The transform of the page's coordinates when its picture turns clockwise about its centre."""
    width, height = turned_size(page, degrees)
    turn = rotation_about((0.0, 0.0), degrees)
    x, y = transform_point(turn, (page.width / 2, page.height / 2))
    return (*turn[:4], width / 2 - x, height / 2 - y)


def turned_size(page: Page, degrees: float) -> tuple[float, float]:
    """Width and height of the page after the turn: exchanged by a quarter turn, else unchanged."""
    return (page.height, page.width) if degrees % 180 == 90 else (page.width, page.height)


def turned(item: Item, affine: Affine, degrees: float) -> Item:
    """The value after its page turned: quarter turns are exact, others keep a box's size.

    A table's grid stays as it is in its own frame, which turns with the page.
    """
    if isinstance(item, Relation):
        return item
    if isinstance(item, Table):
        return _turned_table(item, affine, degrees)
    box = turned_box(item.box, affine, degrees)
    if isinstance(item, Region):
        return _transformed_region(item, box, affine)
    return replace(item, box=box)


def turned_box(box: Box, affine: Affine, degrees: float) -> Box:
    """The box after a turn: exact for quarter turns, else the same size about its centre."""
    if degrees % 90 == 0:
        first = transform_point(affine, (box.x0, box.y0))
        second = transform_point(affine, (box.x1, box.y1))
        left, right = sorted((first[0], second[0]))
        top, bottom = sorted((first[1], second[1]))
        return Box(left, top, right, bottom)
    x, y = box.center
    new_x, new_y = transform_point(affine, (x, y))
    return box.moved(new_x - x, new_y - y)


def _turned_table(table: Table, affine: Affine, degrees: float) -> Table:
    x, y = table.box.center
    new_x, new_y = transform_point(affine, (x, y))
    # Rounded, so that turning back leads to exactly zero again.
    rotation = round(table.rotation + degrees, 9) % 360
    return replace(table_grid.moved(table, new_x - x, new_y - y), rotation=rotation)
