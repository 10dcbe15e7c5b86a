"""What a selected table shows beside its grid: tabs for rows and columns, the chosen cells, the
chosen edge.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop.canvas.layers.layer import Look, in_pixels, rect_of, saved, transform_of
from desktop.canvas.style import brush, font
from model_backend import table_grid
from model_backend.document import Box, Span, Table

TAB_PX = 15.0
"""Thickness of the strips of tabs on the left and above a selected table, in screen pixels."""


@dataclass(frozen=True)
class Edge:
    """A row's or a column's border; 0 and the last are the outline's."""

    is_row: bool
    index: int


@dataclass
class TableGrips:
    """What is chosen and pointed at in the selected table."""

    cells: Span | None = None
    edge: Edge | None = None
    hovered: Edge | None = None
    cut: tuple[bool, float] | None = None
    """Where a click would cut a row (or else a column) while H (or V) is held."""


def paint_table_grips(painter: QPainter, table: Table, grips: TableGrips, look: Look) -> None:
    """Cells, edges, tabs: in this order."""
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
            is_row, at = grips.cut
            painter.setPen(look.pen(look.theme.accent, 2.0, is_dashed=True))
            painter.drawLine(line_across(table, at, is_row=is_row))
        _paint_tabs(painter, table, grips, look)


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


def _paint_tabs(painter: QPainter, table: Table, grips: TableGrips, look: Look) -> None:
    thickness, box, cells = TAB_PX * look.pixel, table.box, grips.cells
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    tabs = [
        (
            QRectF(box.x0 - thickness, low, thickness, high - low),
            cells is not None and cells.row0 <= row < cells.row1,
            _row_sign(table, row),
        )
        for row, (low, high) in enumerate(zip(rows, rows[1:], strict=False))
    ]
    tabs += [
        (
            QRectF(low, box.y0 - thickness, high - low, thickness),
            cells is not None and cells.column0 <= column < cells.column1,
            "",
        )
        for column, (low, high) in enumerate(zip(columns, columns[1:], strict=False))
    ]
    for rect, is_chosen, _sign in tabs:
        line = "#ffffff" if is_chosen else look.theme.accent
        painter.setPen(look.pen(line, 1.0, alpha=150))
        painter.setBrush(brush(look.theme.accent) if is_chosen else brush("#eef4ff", 235))
        painter.drawRect(rect)
    corner = QRectF(box.x0 - thickness, box.y0 - thickness, thickness, thickness)
    painter.setBrush(brush(look.theme.accent))
    painter.drawRect(corner)
    _paint_letters(painter, tabs, look)


def _row_sign(table: Table, row: int) -> str:
    if row < table.header_rows:
        return "H"
    return "P" if row in table.projected_rows else ""


def _paint_letters(painter: QPainter, tabs: list[tuple[QRectF, bool, str]], look: Look) -> None:
    with in_pixels(painter) as to_screen:
        painter.setFont(font(9, is_bold=True))
        for rect, is_chosen, sign in tabs:
            if sign and rect.height() * look.scale >= 8:
                place = to_screen.map(rect.center())
                painter.setPen(look.pen("#ffffff" if is_chosen else look.theme.accent))
                letter = QRectF(place.x() - 7, place.y() - 7, 14, 14)
                painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, sign)
