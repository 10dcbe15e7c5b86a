"""Which words of a table lie in one cell, in two or in none, also while one of its edges moves."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from model_backend.document import Box, Span, Table, Word
from model_backend.table_grid.cells import grid_range, merged_cells
from model_backend.table_grid.frame import box_to_frame, column_edges, row_edges

COVERED = 0.9
"""The share of a word that its cell has to cover."""
CORE = 0.2
"""Share of a word's height above and below that may lie in the next row: lines of a table that is
set tightly overlap in the room for letters that reach high or low.
"""
INSIDE = 0.1
"""A word with less of it in the table is not the table's: crops show what is around, too."""

TWO, NONE = "two", "none"


@dataclass(frozen=True)
class Misplaced:
    """The words that lie in more than one cell, and those that lie only partly in the table."""

    in_two: tuple[Word, ...] = ()
    in_none: tuple[Word, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        """All of them."""
        return self.in_two + self.in_none


@dataclass(frozen=True)
class Placed:
    """A word of the table with its core in the table's frame."""

    word: Word
    core: Box


def misplaced(table: Table, words: Iterable[Word]) -> Misplaced:
    """The words that lie in two cells of the table or in none."""
    return Placement(table, words).misplaced


def core_of(table: Table, word: Word) -> Box:
    """A word in the frame, without the room for letters that reach high or low."""
    box = box_to_frame(table, word.box.normalized())
    return Box(box.x0, box.y0 + CORE * box.height, box.x1, box.y1 - CORE * box.height)


class Placement:
    """A table with its words, asked again and again while one edge moves: only the words between
    its old and its new place are looked at.
    """

    def __init__(self, table: Table, words: Iterable[Word], reach: Box | None = None) -> None:
        """`reach`, in the frame, holds the words that the table may come to have."""
        self.table = table
        self.rows, self.columns = row_edges(table), column_edges(table)
        self._merged = merged_cells(table)
        reach = reach or table.box
        self.placed = [
            Placed(word, core)
            for word, core in ((word, core_of(table, word)) for word in words)
            if core.x0 < reach.x1 and core.x1 > reach.x0 and core.y0 < reach.y1
            and core.y1 > reach.y0 and word.text.strip()
        ]  # fmt: skip

    @cached_property
    def misplaced(self) -> Misplaced:
        """The words that lie in two cells or in none as the table is."""
        return self._sorted(self._verdicts)

    @cached_property
    def _verdicts(self) -> dict[int, tuple[Word, str]]:
        return self._judged(self.placed, self.rows, self.columns)

    def with_edge_at(self, index: int, value: float, *, is_row: bool) -> Misplaced:
        """The same with one edge moved (frame coordinates)."""
        edges = self.rows if is_row else self.columns
        moved = (*edges[:index], value, *edges[index + 1 :])
        low, high = min(value, edges[index]), max(value, edges[index])
        touched = self._touching(low, high, is_row=is_row)
        rows, columns = (moved, self.columns) if is_row else (self.rows, moved)
        box = Box(columns[0], rows[0], columns[-1], rows[-1])
        return self._changed(touched, self._judged(touched, rows, columns, box))

    def with_edge_added(self, value: float, *, is_row: bool) -> Misplaced:
        """The same with one more edge; merged cells are not cut by it."""
        edges = self.rows if is_row else self.columns
        touched = self._touching(value, value, is_row=is_row)
        if not edges[0] < value < edges[-1]:
            return self.misplaced
        cut = [one for one in touched if self._is_cut(one.core, value, is_row=is_row)]
        return self._changed(cut, {one.word.id: (one.word, TWO) for one in cut})

    def _is_cut(self, core: Box, value: float, *, is_row: bool) -> bool:
        low, high = (core.y0, core.y1) if is_row else (core.x0, core.x1)
        if min(value - low, high - value) <= (1 - COVERED) * (high - low):
            return False
        x, y = core.center
        row, column = grid_range(self.rows, y, y)[0], grid_range(self.columns, x, x)[0]
        if not is_row and row in self.table.projected_rows:
            return False
        return not any(
            span.row0 <= row < span.row1 and span.column0 <= column < span.column1
            for span in self.table.spans
        )

    def intervals(self, *, is_row: bool, edge: int | None = None) -> list[tuple[float, float]]:
        """What the words cover along one axis, but for those in merged cells: in cells across this
        edge, or in any cell of several bands where no edge is named.
        """
        found = []
        for one in self.placed:
            core = one.core
            low, high = (core.y0, core.y1) if is_row else (core.x0, core.x1)
            if self.table.box.contains(core.center) and not self._is_over(core, is_row, edge):
                found.append((low, high))
        return found

    def _is_over(self, core: Box, is_row: bool, edge: int | None) -> bool:
        if not self._merged:
            return False
        x, y = core.center
        place = (grid_range(self.rows, y, y)[0], grid_range(self.columns, x, x)[0])
        span = self._merged.get(place)
        if span is None:
            return False
        first, last = (span.row0, span.row1) if is_row else (span.column0, span.column1)
        return last - first > 1 if edge is None else first < edge < last

    @cached_property
    def _by_row(self) -> tuple[list[float], list[Placed], float]:
        return _by_start((one.core.y0, one.core.y1, one) for one in self.placed)

    @cached_property
    def _by_column(self) -> tuple[list[float], list[Placed], float]:
        return _by_start((one.core.x0, one.core.x1, one) for one in self.placed)

    def _touching(self, low: float, high: float, *, is_row: bool) -> list[Placed]:
        starts, placed, longest = self._by_row if is_row else self._by_column
        near = placed[bisect_left(starts, low - longest) : bisect_right(starts, high)]
        return [one for one in near if (one.core.y1 if is_row else one.core.x1) >= low]

    def _changed(self, asked: Iterable[Placed], said: dict[int, tuple[Word, str]]) -> Misplaced:
        verdicts = dict(self._verdicts)
        for one in asked:
            verdicts.pop(one.word.id, None)
        return self._sorted({**verdicts, **said})

    def _sorted(self, verdicts: dict[int, tuple[Word, str]]) -> Misplaced:
        found = [verdicts[key] for key in sorted(verdicts)]
        return Misplaced(
            tuple(word for word, verdict in found if verdict == TWO),
            tuple(word for word, verdict in found if verdict == NONE),
        )

    def _judged(
        self,
        placed: Iterable[Placed],
        rows: Sequence[float],
        columns: Sequence[float],
        box: Box | None = None,
    ) -> dict[int, tuple[Word, str]]:
        outline, verdicts = box or self.table.box, {}
        for one in placed:
            core = one.core
            row0, row1 = grid_range(rows, core.y0, core.y1)
            column0, column1 = grid_range(columns, core.x0, core.x1)
            if _is_within(core, outline):
                if row0 == row1 and column0 == column1:
                    continue
                if not self._merged and (row1 - row0) + (column1 - column0) == 1:
                    if _is_cut(core, rows[row1] if row1 > row0 else None, columns[column1]):
                        verdicts[one.word.id] = (one.word, TWO)
                    continue
            verdict = self._verdict(core, rows, columns, outline)
            if verdict:
                verdicts[one.word.id] = (one.word, verdict)
        return verdicts

    def _verdict(
        self, core: Box, rows: Sequence[float], columns: Sequence[float], outline: Box
    ) -> str:
        share = core.overlap(outline)
        if share < INSIDE:
            return ""
        areas: dict[Span, float] = defaultdict(float)
        row0, row1 = grid_range(rows, core.y0, core.y1)
        column0, column1 = grid_range(columns, core.x0, core.x1)
        for row in range(row0, row1 + 1):
            for column in range(column0, column1 + 1):
                cell = Box(columns[column], rows[row], columns[column + 1], rows[row + 1])
                span = self._merged.get((row, column), Span(row, row + 1, column, column + 1))
                areas[span] += core.intersection(cell).area
        if max(areas.values()) >= COVERED * core.area:
            return ""
        return TWO if share >= COVERED else NONE


def _is_cut(core: Box, row: float | None, column: float) -> bool:
    """Whether one edge, a row's or else a column's, leaves no cell enough of a word."""
    if row is not None:
        return max(row - core.y0, core.y1 - row) < COVERED * (core.y1 - core.y0)
    return max(column - core.x0, core.x1 - column) < COVERED * (core.x1 - core.x0)


def _is_within(core: Box, box: Box) -> bool:
    return box.x0 <= core.x0 and core.x1 <= box.x1 and box.y0 <= core.y0 and core.y1 <= box.y1


def _by_start(
    found: Iterable[tuple[float, float, Placed]],
) -> tuple[list[float], list[Placed], float]:
    """Starts and words in order of their starts, and the longest word."""
    ordered = sorted(found, key=lambda item: item[0])
    longest = max((end - start for start, end, _ in ordered), default=0.0)
    return [item[0] for item in ordered], [item[2] for item in ordered], longest
