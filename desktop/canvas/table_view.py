"""What can be done to the selected table and its chosen cells by a menu or a key."""

from __future__ import annotations

from collections.abc import Callable

from desktop.canvas import table_actions
from desktop.canvas.text_view import TextView
from desktop.canvas.tools.tables import edges_of_axis, gaps_of
from model_backend import table_grid
from model_backend.document import Span, Table
from model_backend.translation import _, mark


class TableView(TextView):
    """The page in view with the actions of its tables."""

    def add_row(self) -> None:
        """Cut the last chosen row of the selected table in two."""
        cells = self.work.cells

        def change(table: Table) -> Table:
            gaps = gaps_of(self.work, table, is_row=True)
            return table_actions.row_added(table, cells, gaps)

        self.change_table(mark("Add row"), change)

    def add_column(self) -> None:
        """Cut the last chosen column of the selected table in two."""
        cells = self.work.cells

        def change(table: Table) -> Table:
            gaps = gaps_of(self.work, table, is_row=False)
            return table_actions.column_added(table, cells, gaps)

        self.change_table(mark("Add column"), change)

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

    def change_table(self, text: str, change: Callable[[Table], Table]) -> None:
        """Make one edit of the selected table; its chosen cells stay chosen."""
        cells = self.work.cells
        table = self.work.apply_to_table(text, change)
        if table is not None:
            self.work.select((table.id,), table_actions.clipped(table, cells))

    def change_cells(self, text: str, change: Callable[[Table, Span], Table]) -> None:
        """Make one edit of the selected table's chosen cells; say so where none are."""
        cells = self.work.cells
        if cells is None:
            self.work.say(_("Choose cells of a table first: drag inside the selected table."))
            return
        chosen = cells
        self.change_table(text, lambda table: change(table, chosen))

    def nudge_edge(self, dx: float, dy: float) -> None:
        """Move the chosen edge of the selected table."""
        edge = self.work.edge
        by = 0.0 if edge is None else (dy if edge.is_row else dx)
        if edge is None or not by:
            return
        chosen = edge

        def change(table: Table) -> Table:
            value = edges_of_axis(table, is_row=chosen.is_row)[chosen.index] + by
            move = table_grid.move_row_edge if chosen.is_row else table_grid.move_column_edge
            return move(table, chosen.index, value)

        text = mark("Move row edge") if edge.is_row else mark("Move column edge")
        self.change_table(text, change)
        self.work.choose_edge(edge)
