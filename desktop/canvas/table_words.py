"""The words of the selected table: the white gaps that edges snap to, and words that lie in two
cells or in none; no Qt.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.canvas.geometry import Gap, Snap, snap, white_gaps
from model_backend import table_grid
from model_backend.document import Box, Table, Word
from model_backend.table_grid import Misplaced
from model_backend.translation import _

SNAP_PX = 9.0


class TableWords:
    """A table with its words, kept while an edge of it is in hand."""

    def __init__(self, table: Table, words: Sequence[Word], reach: Box | None = None) -> None:
        self.table = table
        self.placement = table_grid.Placement(table, words, reach)
        self._reach = reach or table.box
        self._gaps: dict[tuple[bool, int | None], tuple[Gap, ...]] = {}

    def gaps(self, *, is_row: bool, edge: int | None = None) -> tuple[Gap, ...]:
        """The white along one axis for this edge, or for a new one; words of merged cells that the
        edge does not cut do not count.
        """
        key = (is_row, edge)
        if key not in self._gaps:
            box = self._reach
            start, end = (box.y0, box.y1) if is_row else (box.x0, box.x1)
            parts = self.placement.intervals(is_row=is_row, edge=edge)
            self._gaps[key] = white_gaps(parts, start, end)
        return self._gaps[key]

    def snap(self, value: float, pixel: float, *, is_row: bool, edge: int | None = None) -> Snap:
        """Where an edge near this value of the frame comes to lie."""
        return snap(value, self.gaps(is_row=is_row, edge=edge), SNAP_PX * pixel)


def misplaced_text(found: Misplaced) -> str:
    """How many words lie wrong, in words; empty where none does."""
    parts = []
    if found.in_two:
        parts.append(_("words in two cells: {count}").format(count=len(found.in_two)))
    if found.in_none:
        parts.append(_("words half in the table: {count}").format(count=len(found.in_none)))
    return ", ".join(parts)
