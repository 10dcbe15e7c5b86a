"""Gestures inside a selected table: edges that snap to white gaps, ranges of cells, tabs of rows
and columns.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import Gap, band_at, near_index, snapped, white_gaps
from desktop.canvas.hits import hits, words_in
from desktop.canvas.layers.layer import Look, saved, transform_of
from desktop.canvas.layers.table_grips import TAB_PX, Edge, line_across
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.lookup import Item
from desktop.canvas.tools.placing import Move
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from model_backend import table_grid
from model_backend.document import Point, Span, Table
from model_backend.translation import _, mark

EDGE_PX, SNAP_PX, THINNEST_PX = 5.0, 9.0, 3.0
CORE = 0.15
"""Words count for white gaps without this share of their height above and below: lines of a scan
overlap a little.
"""


def edges_of_axis(table: Table, *, is_row: bool) -> tuple[float, ...]:
    """The row or the column edges."""
    return table_grid.row_edges(table) if is_row else table_grid.column_edges(table)


def gaps_of(work: Workspace, table: Table, *, is_row: bool) -> tuple[Gap, ...]:
    """The white gaps between the words of a table along one axis, in its frame."""
    boxes = [
        table_grid.box_to_frame(table, word.box)
        for word in words_in(work.scene, table_bounds(table))
        if word.text.strip()
    ]
    inside = [box for box in boxes if table.box.contains(box.center)]
    if is_row:
        parts = [(box.y0 + CORE * box.height, box.y1 - CORE * box.height) for box in inside]
        return white_gaps(parts, table.box.y0, table.box.y1)
    return white_gaps([(box.x0, box.x1) for box in inside], table.box.x0, table.box.x1)


def cut_at(table: Table, gaps: tuple[Gap, ...], pointer: Pointer, *, is_row: bool) -> float:
    """Where an edge under the pointer is in the frame: in a near white gap, except with Alt."""
    x, y = table_grid.to_frame(table, pointer.point)
    value = y if is_row else x
    return value if pointer.alt else snapped(value, gaps, SNAP_PX * pointer.pixel)


def edge_at(table: Table, point: Point, pixel: float) -> Edge | None:
    """The edge under a point of the frame, unless it is inside a merged cell."""
    x, y = point
    if not table.box.grown(EDGE_PX * pixel).contains(point):
        return None
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    row, column = near_index(rows, y, EDGE_PX * pixel), near_index(columns, x, EDGE_PX * pixel)
    if row is not None and (column is None or abs(rows[row] - y) <= abs(columns[column] - x)):
        at = band_at(columns, x)
        if row in (0, len(rows) - 1) or _is_border(table, (row - 1, at), (row, at)):
            return Edge(is_row=True, index=row)
    if column is not None:
        at = band_at(rows, y)
        if column in (0, len(columns) - 1) or _is_border(table, (at, column - 1), (at, column)):
            return Edge(is_row=False, index=column)
    return None


def _is_border(table: Table, first: tuple[int, int], second: tuple[int, int]) -> bool:
    return table_grid.cell_at(table, *first).span != table_grid.cell_at(table, *second).span


class MoveEdge(Gesture):
    """An edge follows the pointer and snaps to white gaps (not with Alt); a click chooses it."""

    def __init__(self, work: Workspace, start: Pointer, table: Table, edge: Edge) -> None:
        super().__init__(work, start)
        self.cursor = Qt.CursorShape.SplitVCursor if edge.is_row else Qt.CursorShape.SplitHCursor
        self._table, self._edge = table, edge
        self._gaps = gaps_of(work, table, is_row=edge.is_row)
        work.choose_edge(edge)

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def lifted(self) -> tuple[int, ...]:
        """The table is shown by the gesture."""
        return () if self.is_click else (self._table.id,)

    def changed(self) -> Table:
        """The table with the edge where the pointer is, or without it beyond a neighbour."""
        if self.is_click:
            return self._table
        value = self._value()
        try:
            return self._joined(value) or self._moved(value)
        except ValueError:
            return self._table

    def release(self, pointer: Pointer) -> bool:
        """One edit moves the edge."""
        self.move(pointer)
        table = self.changed()
        if table != self._table:
            is_gone = self._joined(self._value()) is not None
            self.work.apply(_title(self._edge, is_gone), lambda page: edits.replace(page, table))
            self.work.choose_edge(None if is_gone else self._edge)
        return True

    def previews(self) -> Mapping[int, Item]:
        """The table with the moved edge."""
        return {} if self.is_click else {self._table.id: self.changed()}

    def _value(self) -> float:
        return cut_at(self._table, self._gaps, self.last, is_row=self._edge.is_row)

    def _joined(self, value: float) -> Table | None:
        """The table without the edge, where it was dragged onto or over a neighbour."""
        edges, index = edges_of_axis(self._table, is_row=self._edge.is_row), self._edge.index
        if not 0 < index < len(edges) - 1:
            return None
        if edges[index - 1] < value < edges[index + 1]:
            return None
        delete = table_grid.delete_row_edge if self._edge.is_row else table_grid.delete_column_edge
        return delete(self._table, index)

    def _moved(self, value: float) -> Table:
        edges, index = edges_of_axis(self._table, is_row=self._edge.is_row), self._edge.index
        thin = THINNEST_PX * self.last.pixel
        if index > 0:
            value = max(value, edges[index - 1] + min(thin, (edges[index] - edges[index - 1]) / 2))
        if index < len(edges) - 1:
            value = min(value, edges[index + 1] - min(thin, (edges[index + 1] - edges[index]) / 2))
        move = table_grid.move_row_edge if self._edge.is_row else table_grid.move_column_edge
        return move(self._table, index, value)


def _title(edge: Edge, is_gone: bool) -> str:
    if is_gone:
        return mark("Delete row edge") if edge.is_row else mark("Delete column edge")
    return mark("Move row edge") if edge.is_row else mark("Move column edge")


class AddEdge(Gesture):
    """A click with H or V held cuts a row or a column; the new edge is shown while the button is
    down.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, work: Workspace, start: Pointer, table: Table, *, is_row: bool) -> None:
        super().__init__(work, start)
        self._table, self._is_row = table, is_row
        self._gaps = gaps_of(work, table, is_row=is_row)

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def release(self, pointer: Pointer) -> bool:
        """One edit adds the edge."""
        self.move(pointer)
        add = table_grid.add_row_edge if self._is_row else table_grid.add_column_edge
        text = mark("Add row") if self._is_row else mark("Add column")
        try:
            table = add(self._table, self._value())
        except ValueError:
            self.work.say(_("There is no room for another edge here."))
            return True
        self.work.apply(text, lambda page: edits.replace(page, table))
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The edge to be."""
        with saved(painter):
            painter.setTransform(transform_of(table_grid.frame_to_page(self._table)), True)
            painter.setPen(look.pen(look.theme.accent, 2.0, is_dashed=True))
            painter.drawLine(line_across(self._table, self._value(), is_row=self._is_row))

    def _value(self) -> float:
        return cut_at(self._table, self._gaps, self.last, is_row=self._is_row)


class CellRange(Gesture):
    """A drag inside the selected table chooses cells; a second click on a chosen cell goes on to
    what lies under it.
    """

    def __init__(self, work: Workspace, start: Pointer, table: Table, *, axis: str = "") -> None:
        super().__init__(work, start)
        self._table, self._axis = table, axis
        self._before = work.cells
        cells = self._before
        first = _cell_under(table, start.point)
        self._anchor = (cells.row0, cells.column0) if start.shift and cells else first
        work.choose_edge(None)
        if not (self._before == self._span() and not axis):
            work.select((table.id,), self._span())

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def move(self, pointer: Pointer) -> None:
        """Choose the cells up to here."""
        super().move(pointer)
        span = self._span()
        if span != self.work.cells and not self.is_click:
            self.work.select((self._table.id,), span)

    def release(self, pointer: Pointer) -> bool:
        """The range stays; a second click on the same cell selects the next thing under the
        pointer.
        """
        self.move(pointer)
        if self.is_click and not self._axis and self._before == self._span() and not pointer.shift:
            below = [item.id for item in hits(self.work.scene, pointer.point)]
            others = [item_id for item_id in below if item_id != self._table.id]
            if others:
                self.work.select((others[0],))
        return True

    def _span(self) -> Span:
        row, column = _cell_under(self._table, self.last.point)
        rows, columns = len(self._table.rows), len(self._table.columns)
        first_row, first_column = self._anchor
        span = Span(
            0 if self._axis == "column" else min(row, first_row),
            rows if self._axis == "column" else max(row, first_row) + 1,
            0 if self._axis == "row" else min(column, first_column),
            columns if self._axis == "row" else max(column, first_column) + 1,
        )
        return grown_to_cells(self._table, span)


def grown_to_cells(table: Table, span: Span) -> Span:
    """The smallest range that holds this one and cuts no merged cell."""
    width = len(table.columns)
    merged = [*table.spans, *(Span(row, row + 1, 0, width) for row in table.projected_rows)]
    touched = [
        part
        for part in merged
        if part.row0 < span.row1
        and span.row0 < part.row1
        and part.column0 < span.column1
        and span.column0 < part.column1
    ]
    parts = [span, *touched]
    grown = Span(
        min(part.row0 for part in parts),
        max(part.row1 for part in parts),
        min(part.column0 for part in parts),
        max(part.column1 for part in parts),
    )
    return grown if grown == span else grown_to_cells(table, grown)


def _cell_under(table: Table, point: Point) -> tuple[int, int]:
    x, y = table_grid.to_frame(table, point)
    return band_at(table_grid.row_edges(table), y), band_at(table_grid.column_edges(table), x)


def table_gesture(work: Workspace, pointer: Pointer) -> Gesture | None:
    """The gesture for a press on or in the selected table."""
    table = work.table()
    if table is None:
        return None
    point = table_grid.to_frame(table, pointer.point)
    if table.box.contains(point):
        if pointer.held in ("h", "v"):
            return AddEdge(work, pointer, table, is_row=pointer.held == "h")
        edge = edge_at(table, point, pointer.pixel)
        return MoveEdge(work, pointer, table, edge) if edge else CellRange(work, pointer, table)
    edge = edge_at(table, point, pointer.pixel)
    if edge is not None:
        return MoveEdge(work, pointer, table, edge)
    return _tab_gesture(work, pointer, table, point)


def _tab_gesture(work: Workspace, pointer: Pointer, table: Table, point: Point) -> Gesture | None:
    box, reach = table.box, TAB_PX * pointer.pixel
    is_left = box.x0 - reach <= point[0] < box.x0
    is_above = box.y0 - reach <= point[1] < box.y0
    if is_left and is_above:
        return Move(work, pointer)
    if is_left and box.y0 <= point[1] <= box.y1:
        return CellRange(work, pointer, table, axis="row")
    if is_above and box.x0 <= point[0] <= box.x1:
        return CellRange(work, pointer, table, axis="column")
    return None


def table_hover(work: Workspace, pointer: Pointer) -> Qt.CursorShape | None:
    """The pointer's shape over the selected table; the edge under it lights up."""
    table = work.table()
    grips = work.scene.live.grips
    before = grips.hovered, grips.cut
    grips.hovered = grips.cut = None
    shape = None
    if table is not None:
        point = table_grid.to_frame(table, pointer.point)
        edge = edge_at(table, point, pointer.pixel)
        if edge is not None and not pointer.held:
            grips.hovered = edge
            shape = Qt.CursorShape.SplitVCursor if edge.is_row else Qt.CursorShape.SplitHCursor
        elif table.box.contains(point):
            if pointer.held:
                is_row = pointer.held == "h"
                gaps = gaps_of(work, table, is_row=is_row)
                grips.cut = (is_row, cut_at(table, gaps, pointer, is_row=is_row))
            shape = Qt.CursorShape.CrossCursor
        elif _is_corner_tab(table, point, pointer.pixel):
            shape = Qt.CursorShape.SizeAllCursor
    if (grips.hovered, grips.cut) != before:
        work.scene.refresh()
    return shape


def _is_corner_tab(table: Table, point: Point, pixel: float) -> bool:
    reach = TAB_PX * pixel
    return -reach <= point[0] - table.box.x0 < 0 and -reach <= point[1] - table.box.y0 < 0
