"""The selected table's inner grips: its chosen cells, the edge under the pointer, the chosen edge,
a cut to be, and words that lie in two cells or in none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygonF, QTransform

from desktop.canvas.geometry import Gap
from desktop.canvas.layers.layer import Look, in_pixels, rect_of, saved, transform_of
from desktop.canvas.style import brush, color, font
from model_backend import table_grid
from model_backend.document import Box, Span, Table, Word
from model_backend.table_grid import Misplaced

MARK_PX = 11.0
"""The sign beside a word that lies wrong, in screen pixels."""
MARKS_FROM_PX = 7.0
"""Lower words than this on the screen get no sign and no hatching: neither could be seen."""
SNAPPED = "#0f9d58"
"""An edge that lies in white: with arrow heads at its ends, so not by its colour alone."""


@dataclass(frozen=True)
class Edge:
    """A row's or a column's border; 0 and the last are the outline's."""

    is_row: bool
    index: int


@dataclass(frozen=True)
class Cut:
    """An edge to be: where it would lie, the white gap it was pulled to, the words it would put
    wrong; beyond the outline it makes another row or column there.
    """

    is_row: bool
    at: float
    gap: Gap | None = None
    wrong: tuple[Word, ...] = ()


@dataclass
class TableGrips:
    """What is chosen and pointed at in the selected table."""

    cells: Span | None = None
    anchor: tuple[int, int] | None = None
    """The grid cell from which a range of cells was begun."""
    lead: tuple[int, int] | None = None
    """The grid cell up to which it was drawn."""
    edge: Edge | None = None
    hovered: Edge | None = None
    cut: Cut | None = None
    """Where a click would cut while H or V is held."""
    band: tuple[bool, int] | None = None
    """The row (or else column) of the ruler under the pointer."""
    zone: str = ""
    """The part of the ruler under the pointer."""
    is_ruler_near: bool = False
    """Whether the pointer is on the ruler or almost."""
    wrong: Misplaced = field(default_factory=Misplaced)
    seen: Box | None = None
    """The part of the page in view when the ruler was last painted."""


def paint_table_grips(
    painter: QPainter, table: Table, grips: TableGrips, look: Look, *, is_moving: bool = False
) -> None:
    """Words that lie wrong, cells, edges: in this order. A table that is `is_moving` under a
    gesture has its words shown by that.
    """
    if not is_moving:
        paint_wrong_words(painter, grips.wrong.words, look)
    with saved(painter):
        painter.setTransform(transform_of(table_grid.frame_to_page(table)), True)
        if grips.cells is not None and is_within(table, grips.cells):
            painter.setPen(look.pen(look.theme.accent, 2.0))
            painter.setBrush(brush(look.theme.accent, 48))
            painter.drawRect(rect_of(span_box(table, grips.cells)))
        for edge, width in ((grips.hovered, 3.0), (grips.edge, 4.0)):
            if edge is not None:
                _paint_edge(painter, table, edge, look.pen(look.theme.accent, width))
    if grips.cut is not None:
        paint_cut(painter, table, grips.cut, look)


def line_across(table: Table, at: float, *, is_row: bool) -> QLineF:
    """A line through the whole table, in its frame."""
    box = table.box
    return QLineF(box.x0, at, box.x1, at) if is_row else QLineF(at, box.y0, at, box.y1)


def is_within(table: Table, span: Span) -> bool:
    """Whether the table has all these cells (it may have changed since they were chosen)."""
    return span.row1 <= len(table.rows) and span.column1 <= len(table.columns)


def span_box(table: Table, span: Span) -> Box:
    """The box around a range of cells, in the table's frame."""
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    return Box(columns[span.column0], rows[span.row0], columns[span.column1], rows[span.row1])


def _paint_edge(painter: QPainter, table: Table, edge: Edge, line: QPen) -> None:
    edges = table_grid.row_edges(table) if edge.is_row else table_grid.column_edges(table)
    if edge.index >= len(edges):
        return
    painter.setPen(line)
    painter.drawLine(line_across(table, edges[edge.index], is_row=edge.is_row))


def paint_cut(painter: QPainter, table: Table, cut: Cut, look: Look) -> None:
    """An edge in hand: in white it is a whole green line with arrow heads in a tinted gap, else a
    dashed one; the words that it puts wrong are marked.
    """
    to_page = transform_of(table_grid.frame_to_page(table))
    line = line_across(table, cut.at, is_row=cut.is_row)
    with saved(painter):
        painter.setTransform(to_page, True)
        beyond = _beyond(table, cut)
        if beyond is not None:
            painter.setPen(look.pen(look.theme.accent, 1.0, is_dashed=True))
            painter.setBrush(brush(look.theme.accent, 30))
            painter.drawRect(beyond)
        if cut.gap is not None:
            painter.fillRect(_gap_rect(table, cut.gap, is_row=cut.is_row), brush(SNAPPED, 44))
        is_snapped = cut.gap is not None
        painter.setPen(look.pen("#ffffff", 4.0, alpha=150))
        painter.drawLine(line)
        name = SNAPPED if is_snapped else look.theme.accent
        painter.setPen(look.pen(name, 2.0, is_dashed=not is_snapped))
        painter.drawLine(line)
    if cut.gap is not None:
        _paint_heads(painter, to_page, line)
    paint_wrong_words(painter, cut.wrong, look)


def _beyond(table: Table, cut: Cut) -> QRectF | None:
    """The row or column that an edge outside the table would add."""
    box = table.box
    low, high = (box.y0, box.y1) if cut.is_row else (box.x0, box.x1)
    if low <= cut.at <= high:
        return None
    start, end = (cut.at, low) if cut.at < low else (high, cut.at)
    return _gap_rect(table, (start, end), is_row=cut.is_row)


def _gap_rect(table: Table, gap: Gap, *, is_row: bool) -> QRectF:
    low, high = gap
    if is_row:
        return QRectF(table.box.x0, low, table.box.width, high - low)
    return QRectF(low, table.box.y0, high - low, table.box.height)


def _paint_heads(painter: QPainter, to_page: QTransform, line: QLineF) -> None:
    """A triangle at each end of an edge that has snapped, pointing into the table."""
    with in_pixels(painter) as to_screen:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(SNAPPED))
        on_screen = (to_page * to_screen).map(line)
        if on_screen.length() < 1:
            return
        along = on_screen.unitVector()
        dx, dy = along.dx(), along.dy()
        for place, way in ((on_screen.p1(), 1.0), (on_screen.p2(), -1.0)):
            tip = QPointF(place.x() + 9 * way * dx, place.y() + 9 * way * dy)
            corners = [
                QPointF(place.x() - side * dy, place.y() + side * dx) for side in (5.5, -5.5)
            ]
            painter.drawPolygon(QPolygonF([tip, *corners]))


def paint_wrong_words(painter: QPainter, words: Iterable[Word], look: Look) -> None:
    """Words that lie in two cells or in none: hatched, outlined, and with a sign."""
    rects = [rect_of(word.box) for word in words]
    if not rects:
        return
    with in_pixels(painter) as to_screen:
        places = [to_screen.mapRect(rect).adjusted(-2, -2, 2, 2) for rect in rects]
        painter.setPen(look.pen(look.theme.doubt, 2.0))
        painter.setBrush(brush(look.theme.doubt, 40))
        painter.drawRects(places)
        marked = [place for place in places if place.height() >= MARKS_FROM_PX + 4]
        if not marked:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color(look.theme.doubt, 150), Qt.BrushStyle.BDiagPattern))
        painter.drawRects(marked)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(9, is_bold=True))
        for place in marked:
            _paint_mark(painter, place.topRight(), look)


def _paint_mark(painter: QPainter, at: QPointF, look: Look) -> None:
    disc = QRectF(at.x() - MARK_PX / 2, at.y() - MARK_PX / 2, MARK_PX, MARK_PX)
    painter.setPen(look.pen("#ffffff", 1.0))
    painter.setBrush(brush(look.theme.doubt))
    painter.drawEllipse(disc)
    painter.setPen(color("#ffffff"))
    painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, "!")
