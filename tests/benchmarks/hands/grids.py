"""Turns whatever tables a page has into the true ones, with the cheapest gestures there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hands.hand import Hand
from PySide6.QtCore import Qt

from desktop.canvas.hits import hits
from desktop.canvas.tools.table_edges import edge_at
from model_backend import table_grid
from model_backend.document import Box, Page, Point, Span, Table, Word, union_of
from model_backend.metrics.adjacency import comparable
from model_backend.metrics.grits import GridCell, grits

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
ROUNDS = 12
MARGIN = 2.0
"""So far outside its words a table's outline is drawn, in points."""


def grid_cells(table: Table, words: Sequence[Word]) -> list[GridCell]:
    """The table's cells as ICDAR-2013 counts them: it knows no projected rows, a title that goes
    across a row stands in the row's first cell.
    """
    inside = table_grid.words_of_cells(table, words)
    made = []
    for cell in table_grid.cells(table):
        span, text = cell.span, table_grid.cell_text(inside[cell.span])
        if cell.is_projected_row_header:
            others = range(1, len(table.columns))
            made += [GridCell(replace(span, column0=n, column1=n + 1), "") for n in others]
            span = replace(span, column1=1)
        made.append(GridCell(span, text))
    return sorted(made, key=lambda cell: cell.span)


def with_titles(table: Table, words: Sequence[Word]) -> Table | None:
    """The true table, its rows with one text for all columns marked; None where its words do not
    lie in its cells as the data set says they do.
    """
    said = {
        Span(**cell["span"]): comparable(cell["text"])
        for cell in json.loads(table.source_data)["region"]["cells"]
    }
    for row in range(len(table.rows)):
        texts = {span for span, text in said.items() if text and span.row0 == row}
        if texts == {Span(row, row + 1, 0, 1)} and not _agrees(table, words, said, row):
            table = table_grid.toggle_projected(table, row)
    is_so = all(_agrees(table, words, said, row) for row in range(len(table.rows)))
    return table if is_so else None


def _agrees(table: Table, words: Sequence[Word], said: dict[Span, str], row: int) -> bool:
    made = {
        cell.span: comparable(cell.text)
        for cell in grid_cells(table, words)
        if cell.span.row0 == row and comparable(cell.text)
    }
    return made == {span: text for span, text in said.items() if span.row0 == row and text}


def likeness(truth: Table, table: Table, words: Sequence[Word]) -> float:
    """The smaller of GriTS_Top and GriTS_Con: 1.0 where spans and texts are all equal."""
    true, made = grid_cells(truth, words), grid_cells(table, words)
    return min(grits(true, made, kind).f for kind in ("topology", "content"))


def words_of(table: Table, words: Sequence[Word]) -> list[Word]:
    """The words in the table's cells."""
    inside = table_grid.words_of_cells(table, words)
    return [word for members in inside.values() for word in members]


@dataclass(frozen=True)
class Gap:
    """Where an edge may be, so that the same words are on its sides as in the truth: between their
    middles; a hand puts it into the white between them.
    """

    first: float
    last: float
    middle: float

    def holds(self, value: float) -> bool:
        """Whether an edge here is right."""
        return self.first < value < self.last


class Axis:
    """The rows, or the columns, of a true table: where their edges may be."""

    def __init__(self, truth: Table, words: Sequence[Word], *, is_row: bool) -> None:
        self.is_row = is_row
        self._edges = edges_of(truth, is_row=is_row)
        self._cells = [
            (cell.span, [self._part(word.box) for word in members])
            for cell in table_grid.cells(truth)
            if (members := table_grid.words_of_cells(truth, words)[cell.span])
        ]
        self.gaps = [self._gap(index) for index in range(1, len(self._edges) - 1)]

    def _part(self, box: Box) -> tuple[float, float]:
        return (box.y0, box.y1) if self.is_row else (box.x0, box.x1)

    def _gap(self, index: int) -> Gap:
        before: list[tuple[float, float]] = []
        after: list[tuple[float, float]] = []
        for span, parts in self._cells:
            start, end = (span.row0, span.row1) if self.is_row else (span.column0, span.column1)
            if end <= index:
                before += parts
            elif start >= index:
                after += parts
        edge = self._edges[index]
        low = max((last for _first, last in before), default=self._edges[index - 1])
        high = min((first for first, _last in after), default=self._edges[index + 1])
        first = max((sum(part) / 2 for part in before), default=low)
        last = min((sum(part) / 2 for part in after), default=high)
        return Gap(first, last, (low + high) / 2 if low < high else edge)


def edges_of(table: Table, *, is_row: bool) -> tuple[float, ...]:
    """The row or the column edges."""
    return table_grid.row_edges(table) if is_row else table_grid.column_edges(table)


class TableWork:
    """One page's work: each true table is found or drawn, then its grid is corrected."""

    def __init__(self, hand: Hand, truth: Page, drawn: dict[int, int]) -> None:
        self.hand, self.truth = hand, truth
        self.words = hand.page.words
        self.drawn = drawn
        """What each true table costs to draw and correct, once it was done: known to the planner
        where it must choose between mending a table and drawing it anew.
        """

    def do(self) -> None:
        """Correct the page in view until it is the truth."""
        pairs = self._pairs()
        for table in self.truth.tables:
            self._correct(table, pairs.get(table.id))
        spare = set(self._ids()) - {made for made in self._pairs().values() if made}
        for number, table_id in enumerate(sorted(spare)):
            if not number and self.hand.canvas.tool_name != "select":
                self.hand.press(Qt.Key.Key_V)
            self._take(table_id, CONTROL if number else Qt.KeyboardModifier.NoModifier)
        if spare:
            self.hand.press(Qt.Key.Key_Delete)
        if any(item.status == "proposed" for item in self.hand.page.annotations):
            self.hand.press(Qt.Key.Key_Return, SHIFT)

    def likeness(self) -> float:
        """How like the true tables those of the page are: the worst of them, 1.0 when all equal."""
        pairs = self._pairs()
        values = [
            likeness(table, self._table(pairs[table.id]), self.words) if table.id in pairs else 0.0
            for table in self.truth.tables
        ]
        return min(values) if len(self._ids()) == len(self.truth.tables) else 0.0

    def _ids(self) -> list[int]:
        return [table.id for table in self.hand.page.tables]

    def _table(self, table_id: int) -> Table:
        return next(table for table in self.hand.page.tables if table.id == table_id)

    def _pairs(self) -> dict[int, int]:
        """For each true table the one on the page that is meant to be it."""
        overlaps = sorted(
            (
                (true.box.iou(made.box), true.id, made.id)
                for true in self.truth.tables
                for made in self.hand.page.tables
            ),
            reverse=True,
        )
        pairs: dict[int, int] = {}
        for overlap, true_id, made_id in overlaps:
            if overlap > 0.3 and true_id not in pairs and made_id not in pairs.values():
                pairs[true_id] = made_id
        return pairs

    def _correct(self, truth: Table, table_id: int | None) -> None:
        if table_id is not None and likeness(truth, self._table(table_id), self.words) == 1.0:
            return
        before = self.hand.gestures
        if table_id is None:
            table_id = self._draw(truth)
            self._finish(truth, table_id)
            self.drawn.setdefault(truth.id, self.hand.gestures - before)
            return
        self._select(table_id)
        redrawing = self.drawn.get(truth.id, 99) + 2
        if self._estimate(truth, self._table(table_id)) > redrawing:
            self.hand.press(Qt.Key.Key_Delete)
            table_id = self._draw(truth)
        self._finish(truth, table_id)

    def _estimate(self, truth: Table, table: Table) -> int:
        """Gestures to mend a table, without doing it: edges, then cells that differ."""
        wanted = self._outline(truth)
        sides = zip(
            (table.box.x0, table.box.y0, table.box.x1, table.box.y1),
            (wanted.x0, wanted.y0, wanted.x1, wanted.y1),
            strict=True,
        )
        cost = sum(abs(side - other) > 4 * MARGIN for side, other in sides)
        for is_row in (True, False):
            gaps = Axis(truth, self.words, is_row=is_row).gaps
            homes = [self._home(gaps, edge) for edge in edges_of(table, is_row=is_row)[1:-1]]
            found = {home for home in homes if home is not None}
            cost += max(len(homes) - len(found), len(gaps) - len(found))
        spans = {cell.span for cell in grid_cells(truth, self.words) if _is_large(cell.span)}
        return cost + 2 * len(spans ^ set(table.spans))

    def _finish(self, truth: Table, table_id: int) -> None:
        """Correct the selected table, step by step."""
        if likeness(truth, self._table(table_id), self.words) == 1.0:
            return
        self.hand.press(Qt.Key.Key_G, CONTROL)
        for _round in range(ROUNDS):
            before = self._table(table_id)
            if likeness(truth, before, self.words) == 1.0:
                return
            self._step(truth, table_id)
            if self._table(table_id) == before:
                break
        made = self._table(table_id)
        assert likeness(truth, made, self.words) == 1.0, (
            f"table {truth.id} was not reached: {replace(made, source_data='')} is not "
            f"{replace(truth, source_data='')}"
        )

    def _draw(self, truth: Table) -> int:
        """Draw the outline around the table's words; the application proposes the grid."""
        if self.hand.canvas.tool_name != "table":
            self.hand.press(Qt.Key.Key_C)
        known: list[object] = []
        self.hand.bench.rulings.when_known(self.hand.page, known.append)
        self.hand.wait_until(lambda: bool(known))  # a person is slower than the ruling lines
        before = set(self._ids())
        box = self._outline(truth)
        self.hand.drag((box.x0, box.y0), (box.x1, box.y1))
        self.hand.wait_until(self.hand.application.is_calm)
        (made,) = set(self._ids()) - before
        return made

    def _outline(self, truth: Table) -> Box:
        return union_of(word.box for word in words_of(truth, self.words)).grown(MARGIN)

    def _select(self, table_id: int) -> None:
        if self.hand.selection.ids == (table_id,):
            return
        if self.hand.canvas.tool_name != "select":
            self.hand.press(Qt.Key.Key_V)
        self._take(table_id, Qt.KeyboardModifier.NoModifier)
        assert self.hand.selection.ids == (table_id,), "another thing was selected"

    def _take(self, table_id: int, held: Qt.KeyboardModifier) -> None:
        scene, table = self.hand.canvas.canvas, self._table(table_id)
        for point in _points_of(table):
            found = hits(scene, point)
            if found and found[0].id == table_id:
                self.hand.click(point, held)
                return
        raise AssertionError("no place to take the table")

    def _step(self, truth: Table, table_id: int) -> None:
        """Mend the outline, else the rows, else the columns, else the merged cells."""
        if self._mend_outline(truth, table_id):
            return
        for is_row in (True, False):
            axis = Axis(truth, self.words, is_row=is_row)
            if self._mend_axis(axis, table_id):
                return
        self._mend_cells(truth, table_id)

    def _mend_outline(self, truth: Table, table_id: int) -> bool:
        """Bring in the words that are outside, take out the rows and columns that are too much."""
        table, wanted = self._table(table_id), self._outline(truth)
        mine = {word.id for word in words_of(truth, self.words)}
        foreign = [word for word in words_of(table, self.words) if word.id not in mine]
        for is_row in (True, False):
            edges = edges_of(table, is_row=is_row)
            low, high = (wanted.y0, wanted.y1) if is_row else (wanted.x0, wanted.x1)
            core = MARGIN + 0.5
            for index, value, is_outside in (
                (0, low, edges[0] > low + core),
                (len(edges) - 1, high, edges[-1] < high - core),
            ):
                if is_outside:
                    return self._move_edge(table_id, index, value, is_row=is_row)
            band = self._foreign_bands(edges, foreign, low, high, is_row=is_row)
            if band is not None:
                return self._drop_bands(table_id, *band, is_row=is_row)
            for index, value in ((0, low), (len(edges) - 1, high)):
                beyond = [
                    word
                    for word in foreign
                    if (_middle(word, is_row=is_row) - value) * (1 if index else -1) > 0
                ]
                if beyond:
                    return self._move_edge(table_id, index, value, is_row=is_row)
        return False

    def _foreign_bands(
        self, edges: Sequence[float], foreign: Sequence[Word], low: float, high: float, *,
        is_row: bool,
    ) -> tuple[int, int] | None:  # fmt: skip
        """Outer rows or columns that lie wholly outside the wanted outline."""
        if not foreign:
            return None
        first = sum(1 for edge in edges[1:] if edge <= low + MARGIN + 0.5)
        if first:
            return 0, first
        last = sum(1 for edge in edges[:-1] if edge >= high - MARGIN - 0.5)
        return (len(edges) - 1 - last, len(edges) - 1) if last else None

    def _drop_bands(self, table_id: int, start: int, end: int, *, is_row: bool) -> bool:
        """Select the rows or columns by a cell of each, then Ctrl+Delete."""
        table = self._table(table_id)
        rows, columns = len(table.rows), len(table.columns)
        span = Span(start, end, 0, 1) if is_row else Span(0, 1, start, end)
        assert (end - start) < (rows if is_row else columns)
        self._choose_cells(table, span)
        held = CONTROL if is_row else CONTROL | SHIFT
        self.hand.press(Qt.Key.Key_Delete, held)
        return self._table(table_id) != table

    def _mend_axis(self, axis: Axis, table_id: int) -> bool:
        """Move what is near, delete what is too much, add what is missing: one round of them."""
        table = self._table(table_id)
        edges = list(edges_of(table, is_row=axis.is_row))[1:-1]
        homes = [self._home(axis.gaps, edge) for edge in edges]
        kept: dict[int, int] = {}
        for place, home in enumerate(homes):
            if home is not None and home not in kept:
                kept[home] = place
        spare = [place for place in range(len(edges)) if place not in kept.values()]
        missing = [number for number in range(len(axis.gaps)) if number not in kept]
        for number in missing:
            for place in spare:
                if self._is_beside(edges, place, axis.gaps[number]):
                    target = axis.gaps[number].middle
                    return self._move_edge(table_id, place + 1, target, is_row=axis.is_row)
        if spare:
            place = spare[0]
            every = [edges_of(table, is_row=axis.is_row)[0], *edges]
            return self._move_edge(table_id, place + 1, every[place] - 0.5, is_row=axis.is_row)
        if missing:
            return self._add_edges(table_id, [axis.gaps[n].middle for n in missing], axis)
        return False

    def _home(self, gaps: Sequence[Gap], edge: float) -> int | None:
        return next((number for number, gap in enumerate(gaps) if gap.holds(edge)), None)

    def _is_beside(self, edges: Sequence[float], place: int, gap: Gap) -> bool:
        """Whether the edge can slide to the gap without meeting another edge."""
        first, last = sorted((edges[place], gap.middle))
        return not any(first < edge < last for i, edge in enumerate(edges) if i != place)

    def _move_edge(self, table_id: int, index: int, value: float, *, is_row: bool) -> bool:
        """Drag an edge; onto its neighbour it goes. With Alt where it would snap elsewhere."""
        table = self._table(table_id)
        pixel = 1 / self.hand.canvas.scale_now
        for along in _middles(table, is_row=not is_row):
            edge = edges_of(table, is_row=is_row)[index]
            start = (along, edge) if is_row else (edge, along)
            end = (along, value) if is_row else (value, along)
            found = edge_at(table, start, pixel)
            if found is None or (found.is_row, found.index) != (is_row, index):
                continue
            self.hand.drag(table_grid.to_page(table, start), table_grid.to_page(table, end), ALT)
            return self._table(table_id) != table
        return self._split_across(table_id, index, is_row=is_row)

    def _split_across(self, table_id: int, index: int, *, is_row: bool) -> bool:
        """An edge that merged cells hide everywhere: split one of them."""
        table = self._table(table_id)
        for span in table.spans:
            start, end = (span.row0, span.row1) if is_row else (span.column0, span.column1)
            if start < index < end:
                return self._split(table_id, span)
        return False

    def _add_edges(self, table_id: int, values: Sequence[float], axis: Axis) -> bool:
        table = self._table(table_id)
        box = table.box
        inside = [value for value in values if _inside(box, value, is_row=axis.is_row)]
        if not inside:
            return False
        x, y = box.x0 + 0.37 * box.width, box.y0 + 0.37 * box.height
        places = [(x, value) if axis.is_row else (value, y) for value in inside]
        points = [table_grid.to_page(table, place) for place in places]
        self.hand.click_holding(Qt.Key.Key_H if axis.is_row else Qt.Key.Key_V, points)
        return self._table(table_id) != table

    def _mend_cells(self, truth: Table, table_id: int) -> None:
        """Split what is merged too far, merge what is not merged yet."""
        wanted = {cell.span for cell in grid_cells(truth, self.words) if _is_large(cell.span)}
        for span in self._table(table_id).spans:
            if span not in wanted:
                self._split(table_id, span)
        self._mend_titles(truth, table_id)
        for span in sorted(wanted - set(self._table(table_id).spans)):
            self._merge(table_id, span)

    def _mend_titles(self, truth: Table, table_id: int) -> None:
        """Mark the rows whose one text goes across all columns, unmark those where none does."""
        true = [cell for cell in grid_cells(truth, self.words) if cell.text]
        for row in range(len(truth.rows)):
            table = self._table(table_id)
            made = [cell for cell in grid_cells(table, self.words) if cell.text]
            if [c for c in true if c.span.row0 == row] != [c for c in made if c.span.row0 == row]:
                is_title = row in table.projected_rows
                if is_title != (row in truth.projected_rows):
                    self._choose_cells(table, Span(row, row + 1, 0, 1))
                    self.hand.press(Qt.Key.Key_P, SHIFT)

    def _merge(self, table_id: int, span: Span) -> None:
        table = self._table(table_id)
        if span.row0 < table.header_rows < span.row1:
            self._choose_cells(table, Span(span.row1 - 1, span.row1, 0, 1))
            self.hand.press(Qt.Key.Key_H, SHIFT)
            table = self._table(table_id)
        self._choose_cells(table, span)
        self.hand.press(Qt.Key.Key_M)
        assert span in self._table(table_id).spans, f"{span} was not merged"

    def _split(self, table_id: int, span: Span) -> bool:
        table = self._table(table_id)
        self._choose_cells(table, span)
        self.hand.press(Qt.Key.Key_M, ALT)
        return self._table(table_id) != table

    def _choose_cells(self, table: Table, span: Span) -> None:
        """A click on the one cell, or a drag from the first to the last."""
        if self.hand.selection.cells == span:
            return
        first = table_grid.cell_at(table, span.row0, span.column0)
        last = table_grid.cell_at(table, span.row1 - 1, span.column1 - 1)
        start, end = (table_grid.to_page(table, cell.box.center) for cell in (first, last))
        if first.span == last.span:
            self.hand.click(start)
        else:
            self.hand.drag(start, end)


def _points_of(table: Table) -> Iterator[Point]:
    """Points of a table where there may be nothing else: on its outline, then in its cells."""
    box = table.box
    for share in (0.5, 0.25, 0.75, 0.1, 0.9):
        yield table_grid.to_page(table, (box.x0 + share * box.width, box.y0))
        yield table_grid.to_page(table, (box.x0, box.y0 + share * box.height))
    for cell in table_grid.cells(table):
        yield table_grid.to_page(table, cell.box.center)


def _middles(table: Table, *, is_row: bool) -> Iterable[float]:
    """The middles of the rows or of the columns, in the table's frame."""
    edges = edges_of(table, is_row=is_row)
    return [(first + last) / 2 for first, last in zip(edges, edges[1:], strict=False)]


def _middle(word: Word, *, is_row: bool) -> float:
    return word.box.center[1] if is_row else word.box.center[0]


def _inside(box: Box, value: float, *, is_row: bool) -> bool:
    return box.y0 < value < box.y1 if is_row else box.x0 < value < box.x1


def _is_large(span: Span) -> bool:
    return (span.row1 - span.row0) * (span.column1 - span.column0) > 1
