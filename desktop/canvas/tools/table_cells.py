"""Gestures that choose cells of the selected table: on the cells and on the ruler, from which new
edges are dragged, too.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.hits import hits
from desktop.canvas.layers.layer import Look
from desktop.canvas.layers.table_grips import Cut, paint_cut
from desktop.canvas.ruler import CORNER, LEFT, band_of, ruler_of
from desktop.canvas.table_actions import Place, between, whole
from desktop.canvas.tools.placing import Move
from desktop.canvas.tools.table_edges import add_edge, box_of_new, cut_at, tell_of_cut
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document.lookup import Item
from model_backend import table_grid
from model_backend.document import Box, Point, Span, Table

CELLS, ROWS, COLUMNS = "", "row", "column"
"""What a range is made of: single cells, whole rows, whole columns."""


def cell_under(table: Table, point: Point) -> Place:
    """Row and column of the cell under a point of the page, or of the one nearest to it."""
    inner = table_grid.to_frame(table, point)
    return band_of(table, inner, is_row=True), band_of(table, inner, is_row=False)


class CellRange(Gesture):
    """A drag inside the selected table chooses cells, with Shift from where the range was begun; a
    second click on a chosen cell goes on to what lies under it.
    """

    def __init__(self, work: Workspace, start: Pointer, table: Table, *, axis: str = CELLS) -> None:
        super().__init__(work, start)
        self._table, self._axis = table, axis
        self._before = work.cells
        is_longer = (start.shift or start.control) and self._before is not None
        self._anchor = (work.anchor if is_longer else None) or cell_under(table, start.point)
        work.choose_edge(None)
        if not (self._before == self._span() and not axis):
            self._choose()

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def move(self, pointer: Pointer) -> None:
        """Choose the cells up to here."""
        super().move(pointer)
        if self._span() != self.work.cells and not self.is_click:
            self._choose()

    def release(self, pointer: Pointer) -> bool:
        """The range stays; a second click on the same cell selects the next thing under the
        pointer.
        """
        self.move(pointer)
        is_again = self._before == self._span() and not (pointer.shift or pointer.control)
        if self.is_click and not self._axis and is_again:
            below = [item.id for item in hits(self.work.scene, pointer.point)]
            others = [item_id for item_id in below if item_id != self._table.id]
            if others:
                self.work.select((others[0],))
        return True

    def _choose(self) -> None:
        lead = cell_under(self._table, self.last.point)
        self.work.choose_cells(self._table, self._span(), self._anchor, lead)

    def _span(self) -> Span:
        return between(
            self._table,
            self._anchor,
            cell_under(self._table, self.last.point),
            is_rows=self._axis == ROWS,
            is_columns=self._axis == COLUMNS,
        )


class RulerDrag(CellRange):
    """A press on the ruler chooses a row or column, a drag along it several; a drag from it into
    the table makes an edge: a column's from the left, a row's from above.
    """

    def __init__(self, work: Workspace, start: Pointer, table: Table, zone: str) -> None:
        self._is_row_edge = zone != LEFT
        self._told = ""
        self._cut: Cut | None = None
        self._cut_before: Cut | None = None
        self._cells_before = work.cells
        super().__init__(work, start, table, axis=ROWS if zone == LEFT else COLUMNS)

    def move(self, pointer: Pointer) -> None:
        """Along the ruler rows or columns are chosen; within the table an edge is shown."""
        self.last = pointer
        self._cut_before, self._cut = self._cut, self._cut_here()
        if self._cut is None:
            if self._cut_before is not None or not self.is_click:
                self._choose()
            return
        if self._cut_before is None:
            self.work.select((self._table.id,), self._cells_before)
        self._told = tell_of_cut(self.work, self._table, self._cut, self._told)

    def changed_box(self) -> Box | None:
        """Where the edge was and where it is; anywhere while rows or columns are chosen."""
        if self._cut is None or self._cut_before is None:
            return None
        return box_of_new(self._table, self._cut_before, self._cut, self.last.pixel)

    def release(self, pointer: Pointer) -> bool:
        """One edit adds the edge; else the rows or columns stay chosen."""
        self.move(pointer)
        if self._cut is not None:
            add_edge(self.work, self._table, self._cut)
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The edge to be."""
        if self._cut is not None:
            paint_cut(painter, self._table, self._cut, look)

    def _cut_here(self) -> Cut | None:
        """The edge that would be made now; None while the pointer is on the ruler or before it."""
        if self.is_click:
            return None
        x, y = table_grid.to_frame(self._table, self.last.point)
        ruler = ruler_of(self._table, self.work.scene.live.grips.seen, self.last.pixel)
        value, first = (y, ruler.top[1]) if self._is_row_edge else (x, ruler.left[1])
        if value < first + 2 * self.last.pixel:
            return None
        return cut_at(self.work, self._table, self.last, is_row=self._is_row_edge)


def ruler_gesture(work: Workspace, pointer: Pointer, table: Table, zone: str) -> Gesture:
    """The gesture for a press on the ruler; its corner moves the table, clicked it chooses all."""
    if zone == CORNER:
        return Move(work, pointer, lambda: work.select((table.id,), whole(table)))
    return RulerDrag(work, pointer, table, zone)


RULER_CURSORS = {CORNER: Qt.CursorShape.SizeAllCursor}
"""The pointer's shape on the ruler; an arrow elsewhere."""
