"""Where words and annotations lie: moved, fitted to another box, or turned with the page."""

from __future__ import annotations

import math
from dataclasses import replace

from desktop.document.rotated_box import RotatedBox, rotated_box_of, with_rotated_box
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import (
    Affine,
    Box,
    Entity,
    Page,
    Point,
    Polygon,
    Region,
    Relation,
    Table,
    Word,
    bounding_box,
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
    """The value made to fill another box: polygons, masks, rows and columns in proportion.

    A rotated box keeps its angles: its sides grow as they would, its middle is the new one.
    """
    if isinstance(item, Relation):
        return item
    if isinstance(item, Table):
        return _fitted_table(item, box)
    if isinstance(item, Region):
        turned_box = rotated_box_of(item)
        if turned_box is not None and turned_box.degrees % 90:
            return with_rotated_box(item, _fitted_rotated(turned_box, _fitting(item.box, box)))
        return _transformed_region(item, box, _fitting(item.box, box))
    return replace(item, box=box)


def _fitted_rotated(old: RotatedBox, affine: Affine) -> RotatedBox:
    a, b, _c, d = (transform_point(affine, corner) for corner in old.corners)
    center = transform_point(affine, old.center)
    return replace(old, center=center, width=math.dist(a, b), height=math.dist(a, d))


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
        after = _transformed_region(item, box, affine)
        is_exact = degrees % 90 == 0 or not _is_around_outline(item)
        return after if is_exact else _with_box_around(after)
    return replace(item, box=box)


def region_turned(region: Region, center: Point, degrees: float) -> Region:
    """A region turned clockwise about a point of the page; a plain box becomes a polygon."""
    if region.mask is None and not region.polygons:
        region = replace(region, polygons=(region.box.normalized().corners,))
    affine = rotation_about(center, degrees)
    return _with_box_around(_transformed_region(region, region.box, affine))


def _is_around_outline(region: Region) -> bool:
    """Whether the region's box is the one around its polygons or its ink."""
    if region.mask is None and not region.polygons:
        return False
    box, around = region.box, _with_box_around(region).box
    pairs = zip(
        (box.x0, box.y0, box.x1, box.y1), (around.x0, around.y0, around.x1, around.y1), strict=True
    )
    return all(math.isclose(*pair, abs_tol=1e-6) for pair in pairs)


def _with_box_around(region: Region) -> Region:
    from model_backend import masks

    if region.mask is None:
        points = [point for polygon in region.polygons for point in polygon]
        return replace(region, box=bounding_box(points))
    try:
        return replace(region, box=masks.bounding_box_of(region.mask))
    except ValueError:  # an empty mask, or one of a damaged file: its box is all there is
        return region


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
