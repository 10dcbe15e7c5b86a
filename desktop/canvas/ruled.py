"""Tables drawn over ruling lines: the outline settles on them, the grid takes those inside; no
Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from model_backend import table_grid
from model_backend.document import Box, Page, Table, Word
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid.proposal import grid_of
from model_backend.table_grid.slant import (
    reading_turn,
    rules_in_frame,
    turned_frame,
    words_inside,
)

ENOUGH = 0.5
"""Share of a side that a ruling must cover for the outline to settle on it."""
SAME_TABLE = 0.8


class RulingSource(Protocol):
    """Who knows the rulings of a page."""

    def ask(self, page: Page) -> None:
        """Have them found."""

    def of(self, page: Page) -> Rulings:
        """Those that are known by now."""


def settled(box: Box, rulings: Rulings, reach: float) -> Box:
    """The box with each side on the nearest ruling within reach that covers much of it."""
    across = [r.at for r in rulings.across if r.covers(box.x0, box.x1, ENOUGH)]
    down = [r.at for r in rulings.down if r.covers(box.y0, box.y1, ENOUGH)]
    made = Box(
        _near(down, box.x0, reach),
        _near(across, box.y0, reach),
        _near(down, box.x1, reach),
        _near(across, box.y1, reach),
    )
    return made if made.width > 2 * reach and made.height > 2 * reach else box


def _near(values: Sequence[float], value: float, reach: float) -> float:
    near = [other for other in values if abs(other - value) <= reach]
    return min(near, key=lambda other: abs(other - value)) if near else value


def ruled_grid(
    table_id: int, outline: Box, words: Sequence[Word], rulings: Rulings, reach: float
) -> Table:
    """The grid that rulings inside the outline and the white between the words suggest; rulings
    within half of the reach of its sides are the sides. Where the words are read sideways, its
    frame is turned.
    """
    inside = rulings.near(outline.grown(-reach / 2), 0.0)
    empty = table_grid.empty_table(table_id, outline)
    turn = reading_turn(words_inside(empty, words))
    frame = turned_frame(empty, round(turn / 90))
    across, down = rules_in_frame(frame, inside.across, inside.down)
    return grid_of(frame, words, across=across, down=down)


def same_table(page: Page, box: Box) -> Table | None:
    """The table that lies where this outline was drawn."""
    near = [table for table in page.tables if _bounds(table).iou(box) > SAME_TABLE]
    return max(near, key=lambda table: _bounds(table).iou(box), default=None)


def _bounds(table: Table) -> Box:
    return table_grid.box_to_page(table, table.box)
