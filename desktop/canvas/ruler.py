"""The ruler along the left and the upper side of the selected table: where it lies and what of it
is under the pointer; no Qt.

It stands outside the table; where the table's side is out of view, it stays at the view's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop.canvas.geometry import Gap, band_at, near_index
from model_backend import table_grid
from model_backend.document import Box, Point, Table

RULER_PX = 14.0
"""Its thickness, in screen pixels."""
NEAR_PX = 24.0
"""So near to the pointer it is seen clearly; else it lets through what it covers: a caption."""
TICK_PX = 3.0
"""So near to a tick of the ruler its edge is gripped, in screen pixels."""
TICKS_FROM_PX = 14.0
"""Edges of thinner rows and columns cannot be gripped on the ruler: nothing else could be then."""

CORNER, LEFT, TOP = "corner", "left", "top"


@dataclass(frozen=True)
class Ruler:
    """Where its two strips lie in the table's frame: `left` along x, `top` along y."""

    left: Gap
    top: Gap


def ruler_of(table: Table, seen: Box | None, pixel: float) -> Ruler:
    """The ruler of a table of which this part of the page is in view."""
    thick, box = RULER_PX * pixel, table.box
    x, y = box.x0, box.y0
    if seen is not None:
        corners = [table_grid.to_frame(table, corner) for corner in seen.corners]
        low_x, low_y = (sorted(values)[1] for values in zip(*corners, strict=True))
        x = min(max(x, low_x + thick), max(box.x0, box.x1 - thick))
        y = min(max(y, low_y + thick), max(box.y0, box.y1 - thick))
    return Ruler((x - thick, x), (y - thick, y))


def zone_at(table: Table, ruler: Ruler, point: Point) -> str:
    """Which part of the ruler a point of the frame is on; nothing beside it."""
    x, y = point
    is_left, is_top = _is_in(x, ruler.left), _is_in(y, ruler.top)
    if is_left and is_top:
        return CORNER
    if is_left and ruler.top[1] <= y <= table.box.y1:
        return LEFT
    return TOP if is_top and ruler.left[1] <= x <= table.box.x1 else ""


def _is_in(value: float, gap: Gap) -> bool:
    return gap[0] <= value < gap[1]


def is_near(table: Table, ruler: Ruler, point: Point, pixel: float) -> bool:
    """Whether a point of the frame is on the ruler or almost."""
    (x, y), reach = point, NEAR_PX * pixel
    whole = Box(ruler.left[0], ruler.top[0], table.box.x1, table.box.y1).grown(reach)
    is_beside = x <= ruler.left[1] + reach or y <= ruler.top[1] + reach
    return whole.contains(point) and is_beside


def tick_at(edges: Sequence[float], value: float, pixel: float) -> int | None:
    """The edge whose tick is under a place along the ruler."""
    index = near_index(edges, value, TICK_PX * pixel)
    if index is None:
        return None
    beside = edges[max(0, index - 1) : index + 2]
    thinnest = min(high - low for low, high in zip(beside, beside[1:], strict=False))
    return index if thinnest >= TICKS_FROM_PX * pixel else None


def band_of(table: Table, point: Point, *, is_row: bool) -> int:
    """The row or column at the height or width of a point of the frame."""
    edges = table_grid.row_edges(table) if is_row else table_grid.column_edges(table)
    return band_at(edges, point[1] if is_row else point[0])
