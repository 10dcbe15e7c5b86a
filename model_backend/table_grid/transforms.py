"""A table after the page was turned, deskewed, scaled or sheared."""

from __future__ import annotations

import math
from dataclasses import replace

from model_backend.document import Affine, Box, Point, Table, transform_point
from model_backend.table_grid.edits import THINNEST_BAND, moved
from model_backend.table_grid.frame import frame_to_page, is_upright, to_page


def transformed(table: Table, affine: Affine) -> Table:
    """The table after the page was turned, deskewed, scaled or sheared.

    ValueError for a mirror, and where nothing would be left of a row or column.
    The frame's transform A R(rotation) Sh(shear) is decomposed anew into a turn, a shear and a
    scale, so an upright table turned by 90 degrees stays exact: only its centre and `rotation`
    change.
    """
    a, b, c, d, _, _ = frame_to_page(table)
    ta, tb, tc, td, _, _ = affine
    p, q, r, s = ta * a + tc * b, tb * a + td * b, ta * c + tc * d, tb * c + td * d
    if p * s - q * r <= 0:
        raise ValueError("a table cannot be mirrored or flattened")
    width = _exact(math.hypot(p, q))
    height = _exact((p * s - q * r) / math.hypot(p, q))
    shear = _exact(-(p * r + q * s) / (math.hypot(p, q) * height))
    rotation = _exact(math.degrees(math.atan2(q, p)) % 360) % 360
    center = transform_point(affine, table.box.center)
    result = _placed(table, center, (width, height), rotation=rotation, shear=shear)
    if any(band.size < THINNEST_BAND / 2 for band in result.rows + result.columns):
        raise ValueError("the table would be too small for its rows and columns")
    return result


def in_frame_of(frame: Table, table: Table) -> Table:
    """A table whose outline, rows and columns are given in the frame of another one with the same
    turn and shear: a frame turns about the middle of its outline.
    """
    if is_upright(frame):
        return table
    (x, y), (to_x, to_y) = table.box.center, to_page(frame, table.box.center)
    return moved(table, to_x - x, to_y - y)


def _placed(
    table: Table, center: Point, scale: tuple[float, float], *, rotation: float, shear: float
) -> Table:
    (x, y), (to_x, to_y) = table.box.center, center

    def across(value: float) -> float:
        return (value - x) * scale[0] + to_x

    def down(value: float) -> float:
        return (value - y) * scale[1] + to_y

    box = table.box
    return replace(
        table,
        box=Box(across(box.x0), down(box.y0), across(box.x1), down(box.y1)),
        rows=tuple(
            replace(band, start=down(band.start), end=down(band.end)) for band in table.rows
        ),
        columns=tuple(
            replace(band, start=across(band.start), end=across(band.end)) for band in table.columns
        ),
        rotation=rotation,
        shear=shear,
    )


def _exact(value: float) -> float:
    """The whole number where the value is one but for rounding: quarter turns stay exact."""
    return float(round(value)) if abs(value - round(value)) < 1e-9 else value
