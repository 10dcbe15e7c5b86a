"""What can be done to the selected table and its chosen cells by a menu or a key."""

from __future__ import annotations

from collections.abc import Callable

from desktop.canvas import table_actions
from desktop.canvas.table_actions import edges_of_axis
from desktop.canvas.table_input import TableInput
from model_backend import table_grid
from model_backend.document import Span, Table
from model_backend.translation import _, mark


class TableView(TableInput):
    """The page in view with the actions of its tables."""

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
        self._regroup(
            mark("Split rows"),
            lambda table, cells: table_actions.rows_split(table, cells, words(table)),
        )

    def split_columns(self) -> None:
        """Cut each chosen column in its widest white gap."""
        words = self.work.table_words
        self._regroup(
            mark("Split columns"),
            lambda table, cells: table_actions.columns_split(table, cells, words(table)),
        )

    def join_rows(self) -> None:
        """Make one row of the chosen ones."""
        self._regroup(mark("Join rows"), table_actions.rows_joined)

    def join_columns(self) -> None:
        """Make one column of the chosen ones."""
        self._regroup(mark("Join columns"), table_actions.columns_joined)

    def _regroup(self, text: str, change: Callable[[Table, Span], Table]) -> None:
        """Make fewer or more rows or columns of the chosen ones: what they became is chosen."""
        before, cells = self.work.table(), self.work.cells
        self.change_cells(text, change)
        after = self.work.table()
        if before is not None and after is not None and cells is not None:
            rows = cells.row1 + len(after.rows) - len(before.rows)
            columns = cells.column1 + len(after.columns) - len(before.columns)
            became = Span(cells.row0, rows, cells.column0, columns)
            self.work.select((after.id,), table_grid.grown_to_cells(after, became))

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
