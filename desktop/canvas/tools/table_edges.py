"""Gestures on the edges of the selected table: they move, are added, snap to white gaps, and show
which words they would put wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import Gap, Snap, band_at, near_index
from desktop.canvas.hits import words_in
from desktop.canvas.layers.layer import Look
from desktop.canvas.layers.table_grips import Cut, Edge, paint_cut, paint_wrong_words
from desktop.canvas.layers.tables import MARGIN_PX
from desktop.canvas.table_actions import beside_edge, edges_of_axis, with_edge_moved
from desktop.canvas.table_words import TableWords, misplaced_text
from desktop.canvas.tools.tool import Gesture, Pointer
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend import table_grid
from model_backend.document import Box, Point, Table, Word, union_of
from model_backend.table_grid import Misplaced
from model_backend.translation import _, mark

EDGE_PX, OUTER_PX = 5.0, 3.0
"""So near an edge is gripped, and outside the table, where the ruler is, less."""


def words_around(work: Workspace, table: Table) -> TableWords:
    """The table with all words that its outline may come to hold: those of the page."""
    page = work.page
    if page is None:
        return work.table_words(table)
    corners = [table_grid.to_frame(table, corner) for corner in page.box.corners]
    xs, ys = zip(*corners, strict=True)
    reach = Box(min(xs), min(ys), max(xs), max(ys)).union(table.box)
    return TableWords(table, words_in(work.scene, page.box), reach)


def edge_at(table: Table, point: Point, pixel: float) -> Edge | None:
    """The edge under a point of the frame, unless it is inside a merged cell."""
    x, y = point
    if not table.box.grown(EDGE_PX * pixel).contains(point):
        return None
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    row, column = _edge_near(rows, y, pixel), _edge_near(columns, x, pixel)
    if row is not None and (column is None or abs(rows[row] - y) <= abs(columns[column] - x)):
        at = band_at(columns, x)
        if row in (0, len(rows) - 1) or _is_border(table, (row - 1, at), (row, at)):
            return Edge(is_row=True, index=row)
    if column is not None:
        at = band_at(rows, y)
        if column in (0, len(columns) - 1) or _is_border(table, (at, column - 1), (at, column)):
            return Edge(is_row=False, index=column)
    return None


def _edge_near(edges: Sequence[float], value: float, pixel: float) -> int | None:
    """The edge near a place; the middle half of a thin row or column stays for choosing cells."""
    index = near_index(edges, value, EDGE_PX * pixel)
    if index is None or not edges[0] < value < edges[-1]:
        return index
    band = band_at(edges, value)
    room = (edges[band + 1] - edges[band]) / 4
    return index if abs(edges[index] - value) <= room else None


def _is_border(table: Table, first: tuple[int, int], second: tuple[int, int]) -> bool:
    return table_grid.cell_at(table, *first).span != table_grid.cell_at(table, *second).span


def cursor_of(edge: Edge, table: Table) -> Qt.CursorShape:
    """The pointer's shape on an edge, as the table lies on the page."""
    is_upright = abs((table.rotation + 45) % 180 - 45) <= 45
    across = edge.is_row == is_upright
    return Qt.CursorShape.SplitVCursor if across else Qt.CursorShape.SplitHCursor


@dataclass(frozen=True)
class _Moved:
    """For a place of the pointer: the table and its edge as they would be, the words put wrong."""

    pointer: Pointer
    table: Table
    cut: Cut
    wrong: Misplaced
    has_edge: bool


class MoveEdge(Gesture):
    """An edge follows the pointer and snaps to white gaps (not with Alt); a click chooses it."""

    def __init__(self, work: Workspace, start: Pointer, table: Table, edge: Edge) -> None:
        super().__init__(work, start)
        self.cursor = cursor_of(edge, table)
        self._table, self._edge = table, edge
        self._edges = edges_of_axis(table, is_row=edge.is_row)
        self._is_inner = 0 < edge.index < len(self._edges) - 1
        self._words = work.table_words(table) if self._is_inner else words_around(work, table)
        self._made: _Moved | None = None
        self._changed: Box | None = None
        self._told = misplaced_text(self._words.placement.misplaced)
        work.choose_edge(edge)

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def lifted(self) -> tuple[int, ...]:
        """The table is shown by the gesture."""
        return () if self.is_click else (self._table.id,)

    def move(self, pointer: Pointer) -> None:
        """Say how many words lie wrong where that has changed."""
        before = None if self.is_click else self._make()
        super().move(pointer)
        self._changed = None
        if not self.is_click:
            after = self._make()
            self._told = tell(self.work, after.wrong, self._told)
            self._changed = self._between(before, after) if before is not None else None

    def changed_box(self) -> Box | None:
        """The rows or columns beside an inner edge, white around it, words that lie in another way
        now; anywhere while the outline moves or an edge goes.
        """
        return self._changed

    def _between(self, before: _Moved, after: _Moved) -> Box | None:
        cuts, pixel = (before.cut, after.cut), self.last.pixel
        was, now = ({word.id: word for word in one.wrong.words} for one in (before, after))
        both = {**was, **now}
        words = [both[word_id] for word_id in was.keys() ^ now.keys()]
        if before.table == after.table:
            return box_of_cuts(self._table, cuts, words, pixel)
        edges, index = self._edges, self._edge.index
        if not (self._is_inner and before.has_edge and after.has_edge):
            return None
        return box_of_cuts(
            self._table, cuts, words, pixel, beside=(edges[index - 1], edges[index + 1])
        )

    def changed(self) -> Table:
        """The table with the edge where the pointer is, or without it beyond a neighbour."""
        return self._table if self.is_click else self._make().table

    def release(self, pointer: Pointer) -> bool:
        """One edit moves the edge."""
        self.move(pointer)
        table = self.changed()
        if table != self._table:
            is_gone = not self._make().has_edge
            self.work.apply(_title(self._edge, is_gone), lambda page: edits.replace(page, table))
            self.work.choose_edge(None if is_gone else self._edge)
        return True

    def previews(self) -> Mapping[int, Item]:
        """The table with the moved edge."""
        return {} if self.is_click else {self._table.id: self.changed()}

    def paint(self, painter: QPainter, look: Look) -> None:
        """The gap that the edge has snapped to, and the words that now lie wrong."""
        if self.is_click:
            return
        made = self._make()
        if made.has_edge:
            paint_cut(painter, self._table, made.cut, look)
        paint_wrong_words(painter, made.wrong.words, look)

    def _make(self) -> _Moved:
        """The table and its edge for where the pointer is, made once for each place."""
        if self._made is None or self._made.pointer != self.last:
            snap = self._snap()
            try:
                table = self._joined(snap.value) or self._moved(snap.value)
            except ValueError:
                table = self._table
            cut = Cut(self._edge.is_row, snap.value, snap.gap)
            has_edge = len(edges_of_axis(table, is_row=cut.is_row)) == len(self._edges)
            self._made = _Moved(self.last, table, cut, self._misplaced(snap.value), has_edge)
        return self._made

    def _snap(self) -> Snap:
        x, y = table_grid.to_frame(self._table, self.last.point)
        value = y if self._edge.is_row else x
        if self.last.alt:
            return Snap(value)
        edge = self._edge
        return self._words.snap(value, self.last.pixel, is_row=edge.is_row, edge=edge.index)

    def _misplaced(self, value: float) -> Misplaced:
        low, high = beside_edge(self._edges, self._edge.index)
        value, is_row = min(max(value, low), high), self._edge.is_row
        return self._words.placement.with_edge_at(self._edge.index, value, is_row=is_row)

    def _joined(self, value: float) -> Table | None:
        """The table without the edge, where it was dragged onto or over a neighbour."""
        edges, index = self._edges, self._edge.index
        if not self._is_inner or edges[index - 1] < value < edges[index + 1]:
            return None
        delete = table_grid.delete_row_edge if self._edge.is_row else table_grid.delete_column_edge
        return delete(self._table, index)

    def _moved(self, value: float) -> Table:
        edge = self._edge
        return with_edge_moved(self._table, edge.index, value, self.last.pixel, is_row=edge.is_row)


def box_of_cuts(
    table: Table,
    cuts: Sequence[Cut],
    words: Iterable[Word],
    pixel: float,
    beside: Gap | None = None,
) -> Box:
    """What of the page is painted anew for edges in hand: their lines with ruler and arrow heads,
    white around them and what is beside, these words with their signs.
    """
    bands = [(cut.at, cut.at) for cut in cuts] + [cut.gap for cut in cuts if cut.gap is not None]
    bands += [beside] if beside is not None else []
    low, high = min(start for start, _end in bands), max(end for _start, end in bands)
    box = table.box
    strip = Box(box.x0, low, box.x1, high) if cuts[0].is_row else Box(low, box.y0, high, box.y1)
    boxes = (table_grid.box_to_page(table, strip), *(word.box.normalized() for word in words))
    return union_of(boxes).grown(MARGIN_PX * pixel)


def tell(work: Workspace, found: Misplaced, told: str) -> str:
    """Say how many words lie wrong, where it is something else than what was told last."""
    text = misplaced_text(found)
    if text != told:
        work.say(text or _("Every word lies in one cell."))
    return text


def _title(edge: Edge, is_gone: bool) -> str:
    if is_gone:
        return mark("Delete row edge") if edge.is_row else mark("Delete column edge")
    return mark("Move row edge") if edge.is_row else mark("Move column edge")


def cut_at(work: Workspace, table: Table, pointer: Pointer, *, is_row: bool) -> Cut:
    """The edge that would be added where the pointer is: in a near white gap, except with Alt;
    beyond the outline it adds a row or column there.
    """
    words = work.table_words(table)
    x, y = table_grid.to_frame(table, pointer.point)
    value = y if is_row else x
    low, high = (table.box.y0, table.box.y1) if is_row else (table.box.x0, table.box.x1)
    if pointer.alt or not low < value < high:
        snap = Snap(value)
    else:
        snap = words.snap(value, pointer.pixel, is_row=is_row)
    before = words.placement.misplaced.words
    after = words.placement.with_edge_added(snap.value, is_row=is_row)
    new = tuple(word for word in after.words if word not in before)
    return Cut(is_row, snap.value, snap.gap, new)


class AddEdge(Gesture):
    """A click with H or V held, or a drag from the ruler, cuts a row or a column; the new edge is
    shown while the button is down.
    """

    cursor = Qt.CursorShape.CrossCursor

    def __init__(self, work: Workspace, start: Pointer, table: Table, *, is_row: bool) -> None:
        super().__init__(work, start)
        self._table, self._is_row = table, is_row
        self._told = misplaced_text(work.table_words(table).placement.misplaced)
        self._cut = cut_at(work, table, start, is_row=is_row)
        self._before = self._cut

    def depends_on(self) -> tuple[Item, ...]:
        """The table."""
        return (self._table,)

    def move(self, pointer: Pointer) -> None:
        """Say how many words the edge would cut."""
        super().move(pointer)
        self._before = self._cut
        self._cut = cut_at(self.work, self._table, pointer, is_row=self._is_row)
        self._told = tell_of_cut(self.work, self._table, self._cut, self._told)

    def changed_box(self) -> Box | None:
        """Where the edge was and where it is."""
        return box_of_new(self._table, self._before, self._cut, self.last.pixel)

    def release(self, pointer: Pointer) -> bool:
        """One edit adds the edge."""
        self.move(pointer)
        add_edge(self.work, self._table, self._cut)
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The edge to be."""
        paint_cut(painter, self._table, self._cut, look)


def tell_of_cut(work: Workspace, table: Table, cut: Cut, told: str) -> str:
    """Say how many words an edge to be would put wrong, where that is something new."""
    placement = work.table_words(table).placement
    return tell(work, placement.with_edge_added(cut.at, is_row=cut.is_row), told)


def box_of_new(table: Table, before: Cut, after: Cut, pixel: float) -> Box | None:
    """Where an edge to be was and is; None (anywhere) beyond the table, where it adds a row or
    column.
    """
    low, high = (table.box.y0, table.box.y1) if after.is_row else (table.box.x0, table.box.x1)
    if not all(low <= cut.at <= high for cut in (before, after)):
        return None
    return box_of_cuts(table, (before, after), (*before.wrong, *after.wrong), pixel)


def add_edge(work: Workspace, table: Table, cut: Cut) -> None:
    """Make one edit of an edge to be."""
    text = mark("Add row") if cut.is_row else mark("Add column")
    box = table.box
    low, high = (box.y0, box.y1) if cut.is_row else (box.x0, box.x1)
    if low <= cut.at <= high:
        add = table_grid.add_row_edge if cut.is_row else table_grid.add_column_edge
    else:
        add = table_grid.extend_rows if cut.is_row else table_grid.extend_columns
    try:
        changed = add(table, cut.at)
    except ValueError:
        work.say(_("There is no room for another edge here."))
        return
    work.apply(text, lambda page: edits.replace(page, changed))
