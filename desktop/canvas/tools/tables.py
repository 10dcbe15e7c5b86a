"""What the pointer means on the selected table: its ruler, its edges, its cells."""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.canvas.layers.table_grips import Edge
from desktop.canvas.ruler import CORNER, LEFT, TOP, band_of, is_near, ruler_of, tick_at, zone_at
from desktop.canvas.table_actions import edges_of_axis, whole
from desktop.canvas.tools.table_cells import RULER_CURSORS, CellRange, cell_under, ruler_gesture
from desktop.canvas.tools.table_edges import (
    EDGE_PX,
    OUTER_PX,
    AddEdge,
    MoveEdge,
    cursor_of,
    cut_at,
    edge_at,
)
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from model_backend import table_grid
from model_backend.document import Point, Span, Table
from model_backend.translation import _, mark

RULER_TEXTS = {
    CORNER: mark("Drag moves the table, a click chooses all its cells."),
    LEFT: mark("Click chooses rows, Shift more of them; drag into the table: a column edge."),
    TOP: mark("Click chooses columns, Shift more of them; drag into the table: a row edge."),
}


def table_gesture(work: Workspace, pointer: Pointer) -> Gesture | None:
    """The gesture for a press on or in the selected table."""
    table = work.table()
    if table is None:
        return None
    point = table_grid.to_frame(table, pointer.point)
    if pointer.held and _takes_cut(table, point, pointer):
        return AddEdge(work, pointer, table, is_row=pointer.held == "h")
    zone, edge = _under(work, table, point, pointer.pixel)
    if edge is not None:
        return MoveEdge(work, pointer, table, edge)
    if zone:
        return ruler_gesture(work, pointer, table, zone)
    return CellRange(work, pointer, table) if table.box.contains(point) else None


def is_on_ruler(work: Workspace, pointer: Pointer) -> bool:
    """Whether the pointer is on the selected table's ruler."""
    table = work.table()
    if table is None:
        return False
    zone, edge = _under(work, table, table_grid.to_frame(table, pointer.point), pointer.pixel)
    return bool(zone) and edge is None


def _takes_cut(table: Table, point: Point, pointer: Pointer) -> bool:
    """Whether a click with H or V held adds an edge: in the table and beside it, where it adds a
    row or column beyond the outline.
    """
    (x, y), box, reach = point, table.box, EDGE_PX * pointer.pixel
    if pointer.held == "h":
        return box.x0 - reach <= x <= box.x1 + reach
    return box.y0 - reach <= y <= box.y1 + reach


def _under(work: Workspace, table: Table, point: Point, pixel: float) -> tuple[str, Edge | None]:
    """The part of the ruler under a point of the frame, and the edge; the ruler lies on top."""
    ruler = ruler_of(table, work.scene.live.grips.seen, pixel)
    zone = zone_at(table, ruler, point)
    if zone in (LEFT, TOP):
        is_row = zone == LEFT
        index = tick_at(edges_of_axis(table, is_row=is_row), point[is_row], pixel)
        if index is not None:
            return zone, Edge(is_row=is_row, index=index)
        return zone, _outline_at(table, point, pixel)
    return zone, None if zone else edge_at(table, point, pixel)


def _outline_at(table: Table, point: Point, pixel: float) -> Edge | None:
    """The table's side next to the ruler, gripped from the ruler only quite near."""
    if 0 <= table.box.x0 - point[0] <= OUTER_PX * pixel:
        return Edge(is_row=False, index=0)
    if 0 <= table.box.y0 - point[1] <= OUTER_PX * pixel:
        return Edge(is_row=True, index=0)
    return None


def table_hover(work: Workspace, pointer: Pointer) -> Qt.CursorShape | None:
    """The pointer's shape over the selected table; what is under it lights up."""
    table = work.table()
    grips = work.scene.live.grips
    before = grips.hovered, grips.cut, grips.band, grips.is_ruler_near
    grips.hovered = grips.cut = grips.band = None
    shape = None if table is None else _light_up(work, table, pointer)
    if (grips.hovered, grips.cut, grips.band, grips.is_ruler_near) != before:
        work.scene.refresh()
    return shape


def _light_up(work: Workspace, table: Table, pointer: Pointer) -> Qt.CursorShape | None:
    grips, point = work.scene.live.grips, table_grid.to_frame(table, pointer.point)
    ruler = ruler_of(table, grips.seen, pointer.pixel)
    grips.is_ruler_near = is_near(table, ruler, point, pointer.pixel)
    if pointer.held:
        if not _takes_cut(table, point, pointer):
            return None
        grips.cut = cut_at(work, table, pointer, is_row=pointer.held == "h")
        return Qt.CursorShape.CrossCursor
    zone, edge = _under(work, table, point, pointer.pixel)
    _hint(work, zone)
    if edge is not None:
        grips.hovered = edge
        return cursor_of(edge, table)
    if zone:
        if zone != CORNER:
            grips.band = (zone == LEFT, band_of(table, point, is_row=zone == LEFT))
        return RULER_CURSORS.get(zone, Qt.CursorShape.ArrowCursor)
    return Qt.CursorShape.CrossCursor if table.box.contains(point) else None


def _hint(work: Workspace, zone: str) -> None:
    """Tell what the ruler does, once each time the pointer comes to a part of it."""
    grips = work.scene.live.grips
    if zone and zone != grips.zone:
        work.say(_(RULER_TEXTS[zone]))
    grips.zone = zone


def take_cells_under(work: Workspace, pointer: Pointer) -> None:
    """A menu is about what is under the pointer: choose that edge, row, column or cell of the
    selected table, unless it is among what is chosen already.
    """
    table = work.table()
    if table is None:
        return
    point = table_grid.to_frame(table, pointer.point)
    zone, edge = _under(work, table, point, pointer.pixel)
    work.choose_edge(edge)
    if edge is not None or not (zone in (LEFT, TOP) or table.box.contains(point)):
        return
    row, column = cell_under(table, pointer.point)
    if zone:
        is_row = zone == LEFT
        if not _holds_band(table, work.cells, row if is_row else column, is_row=is_row):
            ruler_gesture(work, pointer, table, zone)
    elif not _holds(work.cells, row, column):
        CellRange(work, pointer, table)


def _holds(cells: Span | None, row: int, column: int) -> bool:
    return (
        cells is not None
        and cells.row0 <= row < cells.row1
        and cells.column0 <= column < cells.column1
    )


def _holds_band(table: Table, cells: Span | None, band: int, *, is_row: bool) -> bool:
    """Whether the whole row or column is chosen."""
    if cells is None:
        return False
    everything = whole(table)
    if is_row:
        is_whole = (cells.column0, cells.column1) == (0, everything.column1)
        return is_whole and cells.row0 <= band < cells.row1
    is_whole = (cells.row0, cells.row1) == (0, everything.row1)
    return is_whole and cells.column0 <= band < cells.column1
