"""What can be done to the selected table and its chosen cells by a menu or a key."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QCursor, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas import table_actions
from desktop.canvas.layers.table_grips import Edge, span_box
from desktop.canvas.table_actions import edges_of_axis
from desktop.canvas.table_words import misplaced_text
from desktop.canvas.text_view import TextView
from desktop.canvas.tools.tables import take_cells_under
from desktop.canvas.tools.tool import Pointer
from model_backend import table_grid
from model_backend.document import Page, Point, Span, Table
from model_backend.table_grid import Misplaced
from model_backend.translation import _, mark

WAYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""The step among rows and columns of each arrow, in a table that is not turned."""


class TableView(TextView):
    """The page in view with the actions of its tables."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moved.connect(self._show_ruler)

    def add_row(self) -> None:
        """Cut the last chosen row of the selected table in two."""
        cells, words = self.work.cells, self.work.table_words
        self.change_table(
            mark("Add row"), lambda table: table_actions.row_added(table, cells, words(table))
        )

    def add_column(self) -> None:
        """Cut the last chosen column of the selected table in two."""
        cells, words = self.work.cells, self.work.table_words
        self.change_table(
            mark("Add column"), lambda table: table_actions.column_added(table, cells, words(table))
        )

    def split_rows(self) -> None:
        """Cut each chosen row between its lines of text."""
        words = self.work.table_words
        self.change_cells(
            mark("Split rows"),
            lambda table, cells: table_actions.rows_split(table, cells, words(table)),
        )

    def split_columns(self) -> None:
        """Cut each chosen column in its widest white gap."""
        words = self.work.table_words
        self.change_cells(
            mark("Split columns"),
            lambda table, cells: table_actions.columns_split(table, cells, words(table)),
        )

    def join_rows(self) -> None:
        """Make one row of the chosen ones."""
        self.change_cells(mark("Join rows"), table_actions.rows_joined)

    def join_columns(self) -> None:
        """Make one column of the chosen ones."""
        self.change_cells(mark("Join columns"), table_actions.columns_joined)

    def delete_rows(self) -> None:
        """Delete the chosen rows."""
        self.change_cells(mark("Delete rows"), table_actions.rows_deleted)

    def delete_columns(self) -> None:
        """Delete the chosen columns."""
        self.change_cells(mark("Delete columns"), table_actions.columns_deleted)

    def merge_cells(self) -> None:
        """Make one cell of the chosen ones."""
        self.change_cells(mark("Merge cells"), table_grid.merge_cells)

    def split_cell(self) -> None:
        """Make single cells of the chosen merged ones."""
        self.change_cells(mark("Split cell"), table_actions.cell_split)

    def toggle_header(self) -> None:
        """Header rows down to the last chosen row, or not."""
        cells = self.work.cells
        self.change_table(
            mark("Change header rows"), lambda table: table_actions.header_toggled(table, cells)
        )

    def toggle_projected(self) -> None:
        """Make the chosen rows projected row headers, or ordinary rows again."""
        self.change_cells(mark("Change projected rows"), table_actions.projected_toggled)

    def delete_edge(self) -> None:
        """Delete the chosen edge: the rows or columns beside it become one."""
        edge = self.work.edge
        if edge is None:
            return
        text = mark("Delete row edge") if edge.is_row else mark("Delete column edge")
        self.change_table(
            text, lambda table: table_actions.edge_deleted(table, edge.index, is_row=edge.is_row)
        )
        self.work.choose_edge(None)

    def delete_in_table(self) -> bool:
        """Delete the chosen edge, or the rows or columns that are chosen whole; False where nothing
        of a table is chosen. Single cells cannot be deleted: it is said what can.
        """
        table, cells = self.work.table(), self.work.cells
        if table is None or (self.work.edge is None and cells is None):
            return False
        everything = table_actions.whole(table)
        if self.work.edge is not None:
            self.delete_edge()
        elif cells == everything:
            return False
        elif cells is not None and (cells.column0, cells.column1) == (0, everything.column1):
            self.delete_rows()
        elif cells is not None and (cells.row0, cells.row1) == (0, everything.row1):
            self.delete_columns()
        else:
            self.work.say(
                _(
                    "Whole rows or columns can be deleted: choose them on the ruler. "
                    "Esc and Delete delete the table."
                )
            )
        return True

    def change_table(self, text: str, change: Callable[[Table], Table]) -> None:
        """Make one edit of the selected table; its chosen cells stay chosen."""
        cells = self.work.cells
        table = self.work.apply_to_table(text, change)
        if table is not None:
            kept = table_actions.clipped(table, cells)
            kept = table_grid.grown_to_cells(table, kept) if kept else None
            self.work.select((table.id,), kept)

    def change_cells(self, text: str, change: Callable[[Table, Span], Table]) -> None:
        """Make one edit of the selected table's chosen cells; say so where none are."""
        cells = self.work.cells
        if cells is None:
            self.work.say(_("Choose cells of a table first: drag inside the selected table."))
            return
        chosen = cells
        self.change_table(text, lambda table: change(table, chosen))

    def nudge_edge(self, dx: float, dy: float) -> None:
        """Move the chosen edge of the selected table, as the arrow points on the page."""
        table, edge = self.work.table(), self.work.edge
        if table is None or edge is None:
            return
        x0, y0 = table_grid.to_frame(table, (0.0, 0.0))
        x1, y1 = table_grid.to_frame(table, (dx, dy))
        by = float(round(y1 - y0 if edge.is_row else x1 - x0, 6))
        if abs(by) < max(abs(dx), abs(dy)) / 2:
            return
        chosen = edge

        def change(table: Table) -> Table:
            value = edges_of_axis(table, is_row=chosen.is_row)[chosen.index] + by
            move = table_grid.move_row_edge if chosen.is_row else table_grid.move_column_edge
            return move(table, chosen.index, value)

        text = mark("Move row edge") if edge.is_row else mark("Move column edge")
        self.change_table(text, change)
        self.work.choose_edge(edge)

    def table_key(self, event: QKeyEvent) -> bool:
        """An arrow among the chosen cells: to the next one, with Shift more of them, with Ctrl to
        the table's side. False where no cell is chosen.
        """
        modifiers, table = event.modifiers(), self.work.table()
        way = WAYS.get(Qt.Key(event.key()))
        if way is None or table is None or modifiers & Qt.KeyboardModifier.AltModifier:
            return False
        anchor, lead = self.work.anchor, self.work.lead
        if anchor is None or lead is None or self.work.edge is not None:
            return False
        way = turned_way(way, table.rotation)
        is_far = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if not modifiers & Qt.KeyboardModifier.ShiftModifier:
            step = table_actions.furthest if is_far else table_actions.neighbour
            anchor = lead = step(table, lead, way)
        elif is_far:
            lead = table_actions.furthest(table, lead, way)
        else:
            lead = table_actions.lengthened(table, anchor, lead, way)
        cells = table_actions.between(table, anchor, lead)
        self.work.choose_cells(table, cells, anchor, lead)
        single = table_grid.cell_at(table, *lead).span
        self.show_box(table_grid.box_to_page(table, span_box(table, single)))
        return True

    def wants_key(self, event: QKeyEvent) -> bool:
        """Arrows among chosen cells are the canvas's own, with Ctrl, too."""
        if event.key() in WAYS and self.work.cells is not None:
            return not event.modifiers() & Qt.KeyboardModifier.AltModifier
        return super().wants_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """H and V show at once where a click would cut."""
        super().keyPressEvent(event)
        self._hover_again()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Without H and V no cut is shown any more."""
        super().keyReleaseEvent(event)
        self._hover_again()

    def _hover_again(self) -> None:
        """What is under the pointer means something else with another key held."""
        is_idle = self.tool.gesture is None and self.work.table() is not None
        if is_idle and self.viewport().underMouse():
            place = QPointF(self.viewport().mapFromGlobal(QCursor.pos()))
            self.tool.hover(self._pointer_at(place, QGuiApplication.keyboardModifiers()))
        elif self.canvas.live.grips.cut is not None and not self._held:
            self.canvas.live.grips.cut = None
            self.canvas.refresh()

    def escape(self) -> None:
        """One step back: a gesture, then a chosen edge, then chosen cells, then the rest."""
        table, is_idle = self.work.table(), self.tool.gesture is None and self.tool.name == "select"
        if table is not None and is_idle and self.work.edge is not None:
            self.work.choose_edge(None)
        elif table is not None and is_idle and self.work.cells is not None:
            self.work.select((table.id,))
        else:
            super().escape()

    def fitting(self) -> frozenset[str]:
        """What is selected, and chosen in a table: the menu offers what can be done with that."""
        kinds = frozenset(type(item).__name__.lower() for item in self.work.selected())
        table, edge = self.work.table(), self.work.edge
        if table is None:
            return kinds
        met = kinds | table_actions.fitting(table, self.work.cells)
        return met | {table_actions.EDGE} if edge is not None and _is_inner(table, edge) else met

    def _take_under(self, point: Point) -> None:
        super()._take_under(point)
        take_cells_under(self.work, Pointer(point, 1.0 / self.scale_now))

    def _show_ruler(self) -> None:
        """The ruler stays in view when the page is moved."""
        if self.work.table() is not None:
            self.canvas.refresh()

    def _show(self, page: Page | None) -> None:
        super()._show(page)
        self._show_wrong_words()

    def _selection_changed(self) -> None:
        super()._selection_changed()
        self._show_wrong_words()

    def _show_wrong_words(self) -> None:
        """Words of the selected table that lie in two cells or in none; counted when it is new."""
        grips, table = self.canvas.live.grips, self.work.table()
        found = self.work.table_words(table).placement.misplaced if table else Misplaced()
        if found != grips.wrong:
            grips.wrong = found
            text = misplaced_text(found)
            if text and self.tool.gesture is None:
                self.work.say(text)


def turned_way(way: tuple[int, int], rotation: float) -> tuple[int, int]:
    """The step among rows and columns that goes as the arrow points, in a table that is turned."""
    row, column = way
    for _quarter in range(round(rotation / 90) % 4):
        row, column = -column, row
    return row, column


def _is_inner(table: Table, edge: Edge) -> bool:
    return 0 < edge.index < len(edges_of_axis(table, is_row=edge.is_row)) - 1
