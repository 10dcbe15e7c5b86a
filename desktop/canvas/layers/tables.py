"""Tables: the grid, with merged cells open; header and projected rows by a tint, a rule and a
letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from desktop.canvas.layers.layer import Look, in_pixels, rect_of, saved, shown, transform_of
from desktop.canvas.layers.table_doubts import paint_doubts
from desktop.canvas.style import annotation_color, brush, font, is_proposed, on_white
from model_backend import table_grid
from model_backend.document import (
    Box,
    Page,
    PageStatus,
    Span,
    Table,
    bounding_box,
    transform_point,
)
from model_backend.table_grid.doubt import DoubtfulPart, doubtful_parts
from model_backend.translation import _

HEADER_SIGN, PROJECTED_SIGN = "H", "P"
SIGNS_FROM_PX = 9.0
MARGIN_PX = 40.0
"""Signs and scores stand beside a table."""


@dataclass(frozen=True)
class Grid:
    """A table as it is drawn; everything but `bounds` is in the table's own frame."""

    table: Table
    to_page: QTransform
    bounds: Box
    lines: list[QLineF]
    header: QRectF | None
    projected: tuple[QRectF, ...]
    signs: tuple[tuple[str, QRectF], ...]
    doubts: tuple[DoubtfulPart, ...] = ()


class TableLayer:
    """All tables of the page."""

    def __init__(self) -> None:
        self.grids: dict[int, Grid] = {}
        self._page_before = 0

    def update(self, page: Page, look: Look) -> list[Box]:
        """Hold the page's tables; unchanged ones keep their lines."""
        old, self._page_before = self.grids, page.number
        self.grids = {}
        is_done = page.status in (PageStatus.DONE, PageStatus.ACCEPTED)
        for table in shown(page.tables, look.hidden_ids):
            known = old.get(table.id)
            doubts = () if is_done else doubtful_parts(table)
            same = known is not None and known.table == table and known.doubts == doubts
            self.grids[table.id] = known if same and known else made_grid(table, doubts)
        ids = [
            key for key in old.keys() | self.grids.keys() if old.get(key) is not self.grids.get(key)
        ]
        return [side[key].bounds for key in ids for side in (old, self.grids) if key in side]

    def paint(self, painter: QPainter, exposed: Box, look: Look) -> None:
        """Grids that are in view."""
        for grid in self.grids.values():
            if grid.bounds.grown(MARGIN_PX * look.pixel).intersects(exposed):
                paint_grid(painter, grid, look)
                if grid.table.continues:
                    _paint_part(painter, grid, look, self._page_before)


def table_bounds(table: Table) -> Box:
    """The box around a table on the page."""
    affine = table_grid.frame_to_page(table)
    return bounding_box(transform_point(affine, corner) for corner in table.box.corners)


def made_grid(table: Table, doubts: tuple[DoubtfulPart, ...] = ()) -> Grid:
    """A table's lines, tints and signs, and what its model doubted, prepared for painting."""
    edges = table_grid.row_edges(table)
    left, right = table.box.x0, table.box.x1

    def row_rect(row: int) -> QRectF:
        return QRectF(left, edges[row], right - left, edges[row + 1] - edges[row])

    header = None
    if table.header_rows:
        header = QRectF(left, edges[0], right - left, edges[table.header_rows] - edges[0])
    projected = tuple(row_rect(row) for row in table.projected_rows)
    signs = [(HEADER_SIGN, row_rect(row)) for row in range(table.header_rows)]
    signs += [(PROJECTED_SIGN, rect) for rect in projected]
    to_page = transform_of(table_grid.frame_to_page(table))
    lines = inner_lines(table)
    return Grid(table, to_page, table_bounds(table), lines, header, projected, tuple(signs), doubts)


def inner_lines(table: Table) -> list[QLineF]:
    """The borders between cells in the table's frame, each as long as no merged cell stops it."""
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    merged = [
        *table.spans,
        *(Span(row, row + 1, 0, len(table.columns)) for row in table.projected_rows),
    ]
    stops: dict[tuple[bool, int], list[tuple[int, int]]] = {}
    for span in merged:
        for row in range(span.row0 + 1, span.row1):
            stops.setdefault((True, row), []).append((span.column0, span.column1))
        for column in range(span.column0 + 1, span.column1):
            stops.setdefault((False, column), []).append((span.row0, span.row1))
    across = (
        (row, _runs(stops.get((True, row), ()), len(columns) - 1)) for row in range(len(rows))
    )
    down = ((at, _runs(stops.get((False, at), ()), len(rows) - 1)) for at in range(len(columns)))
    lines = [
        QLineF(columns[start], rows[row], columns[end], rows[row])
        for row, runs in islice(across, 1, len(rows) - 1)
        for start, end in runs
    ]
    lines += [
        QLineF(columns[column], rows[start], columns[column], rows[end])
        for column, runs in islice(down, 1, len(columns) - 1)
        for start, end in runs
    ]
    return lines


def _runs(stops: Sequence[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """The parts of 0..count that no stop covers."""
    if not stops:
        return [(0, count)]
    runs, at = [], 0
    for start, end in sorted(stops):
        if start > at:
            runs.append((at, start))
        at = max(at, end)
    if at < count:
        runs.append((at, count))
    return runs


def paint_grid(painter: QPainter, grid: Grid, look: Look, *, strength: float = 1.0) -> None:
    """One table; dashed while it is only proposed."""
    name, proposed = annotation_color(look.schema, grid.table), is_proposed(grid.table)
    with saved(painter):
        painter.setTransform(grid.to_page, True)
        if grid.header is not None:
            painter.fillRect(grid.header, brush(name, 38))
        for rect in grid.projected:
            painter.fillRect(rect, brush("#b45309", 34))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pale = on_white(name, int(150 * strength))
        painter.setPen(look.pen(pale, 1.0, is_dashed=proposed))
        painter.drawLines(grid.lines)
        strong = on_white(name, int(230 * strength))
        painter.setPen(look.pen(strong, 2.0, is_dashed=proposed))
        painter.drawRect(rect_of(grid.table.box))
        if grid.header is not None:
            painter.setPen(look.pen(strong, 2.6))
            painter.drawLine(grid.header.bottomLeft(), grid.header.bottomRight())
    _paint_signs(painter, grid, look, name)
    paint_doubts(painter, grid.doubts, grid.to_page, look)


def _paint_part(painter: QPainter, grid: Grid, look: Look, page_before: int) -> None:
    """Below a table that goes on with one of the page before, which page that is."""
    corner = grid.to_page.map(QPointF(grid.table.box.x0, grid.table.box.y1))
    with in_pixels(painter) as to_screen:
        text = f"↑ {_('continued from page {number}').format(number=page_before)}"
        painter.setFont(font(9, is_bold=True))
        place = to_screen.map(corner)
        tab = painter.fontMetrics().boundingRect(text).adjusted(0, 0, 8, 3)
        rect = QRectF(place.x(), place.y() + 2, tab.width(), tab.height())
        painter.fillRect(rect, brush(annotation_color(look.schema, grid.table)))
        painter.setPen(look.pen("#ffffff"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def _paint_signs(painter: QPainter, grid: Grid, look: Look, name: str) -> None:
    with in_pixels(painter) as to_screen:
        painter.setFont(font(9, is_bold=True))
        for sign, rect in grid.signs:
            if rect.height() * look.scale < SIGNS_FROM_PX:
                continue
            place = to_screen.map(grid.to_page.map(QPointF(rect.left(), rect.center().y())))
            tab = QRectF(place.x() - 13, place.y() - 5.5, 11, 11)
            ink = name if sign == HEADER_SIGN else "#b45309"
            painter.fillRect(tab, brush(ink))
            painter.setPen(look.pen("#ffffff"))
            painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, sign)
