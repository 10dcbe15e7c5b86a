"""Keys, clicks and signs on the selected table: cells are walked, cuts and wrong words shown."""

from __future__ import annotations

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
from desktop.guards import guarded
from model_backend import table_grid
from model_backend.document import Page, Point, Table
from model_backend.table_grid import Misplaced

WAYS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""The step among rows and columns of each arrow, in a table that is not turned."""


@guarded
class TableInput(TextView):
    """The page in view under hands that work on the selected table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moved.connect(self._show_ruler)

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
