"""The ruler of the selected table: numbered strips along its left and upper side, with a tick at
every edge and a letter at header and projected rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from desktop.canvas.layers.layer import Look, box_of, in_pixels, saved, transform_of
from desktop.canvas.layers.table_grips import TableGrips
from desktop.canvas.ruler import Ruler, ruler_of
from desktop.canvas.style import brush, font
from model_backend import table_grid
from model_backend.document import Span, Table

NUMBERS_FROM_PX = 11.0
"""Rows lower than this on the screen are not numbered."""
DIGIT_PX = 6.0


NOT, PARTLY, WHOLLY = 0, 1, 2
"""How much of a row or column is chosen."""


@dataclass(frozen=True)
class _Band:
    """A row's or a column's part of the ruler, in the table's frame."""

    rect: QRectF
    sign: str
    chosen: int
    is_hovered: bool
    room_px: float


def seen_of(painter: QPainter) -> QRectF:
    """The part of the page that the painter's device shows."""
    back, _is_invertible = painter.worldTransform().inverted()
    return back.mapRect(QRectF(painter.viewport()))


def paint_ruler(painter: QPainter, table: Table, grips: TableGrips, look: Look) -> None:
    """Both strips and the corner; where they are is what the pointer finds later."""
    seen = seen_of(painter)
    grips.seen = box_of(seen)
    ruler = ruler_of(table, grips.seen, look.pixel)
    to_page = transform_of(table_grid.frame_to_page(table))
    bands = [*_rows(table, ruler, grips, look), *_columns(table, ruler, grips, look)]
    bands = [band for band in bands if to_page.mapRect(band.rect).intersects(seen)]
    with saved(painter):
        painter.setTransform(to_page, True)
        _paint_bands(painter, bands, look)
        (x0, x1), (y0, y1) = ruler.left, ruler.top
        painter.setPen(look.pen("#ffffff", 1.0, alpha=150))
        painter.setBrush(brush(look.theme.accent))
        painter.drawRect(QRectF(x0, y0, x1 - x0, y1 - y0))
    _paint_signs(painter, bands, to_page, look)


def _rows(table: Table, ruler: Ruler, grips: TableGrips, look: Look) -> list[_Band]:
    (x0, x1), top = ruler.left, ruler.top[1]
    cells = grips.cells or Span(0, 0, 0, 0)
    share = WHOLLY if (cells.column0, cells.column1) == (0, len(table.columns)) else PARTLY
    edges = _clipped(table_grid.row_edges(table), top)
    return [
        _Band(
            QRectF(x0, low, x1 - x0, high - low),
            _row_sign(table, row),
            share if cells.row0 <= row < cells.row1 else NOT,
            grips.band == (True, row),
            (high - low) * look.scale,
        )
        for row, (low, high) in enumerate(pairwise(edges))
        if high > low
    ]


def _columns(table: Table, ruler: Ruler, grips: TableGrips, look: Look) -> list[_Band]:
    (y0, y1), left = ruler.top, ruler.left[1]
    cells = grips.cells or Span(0, 0, 0, 0)
    share = WHOLLY if (cells.row0, cells.row1) == (0, len(table.rows)) else PARTLY
    edges = _clipped(table_grid.column_edges(table), left)
    return [
        _Band(
            QRectF(low, y0, high - low, y1 - y0),
            str(column + 1),
            share if cells.column0 <= column < cells.column1 else NOT,
            grips.band == (False, column),
            (high - low) * look.scale,
        )
        for column, (low, high) in enumerate(pairwise(edges))
        if high > low
    ]


def _clipped(edges: Sequence[float], first: float) -> list[float]:
    """The edges, those before the ruler's corner at it."""
    return [max(edge, first) for edge in edges]


def _row_sign(table: Table, row: int) -> str:
    if row < table.header_rows:
        return "H"
    return "P" if row in table.projected_rows else str(row + 1)


def _paint_bands(painter: QPainter, bands: Sequence[_Band], look: Look) -> None:
    painter.setPen(look.pen(look.theme.accent, 1.0, alpha=190))
    painter.setBrush(brush(look.theme.field, 238))
    painter.drawRects([band.rect for band in bands])
    painter.setBrush(brush(look.theme.accent, 90))
    painter.drawRects([band.rect for band in bands if band.chosen == PARTLY])
    painter.drawRects([b.rect for b in bands if b.is_hovered and b.chosen != WHOLLY])
    painter.setPen(look.pen("#ffffff", 1.0, alpha=170))
    painter.setBrush(brush(look.theme.accent))
    painter.drawRects([band.rect for band in bands if band.chosen == WHOLLY])


def _paint_signs(
    painter: QPainter, bands: Sequence[_Band], to_page: QTransform, look: Look
) -> None:
    with in_pixels(painter) as to_screen:
        whole = to_page * to_screen
        for band in bands:
            is_letter = not band.sign.isdigit()
            if band.room_px < (
                8.0 if is_letter else max(NUMBERS_FROM_PX, DIGIT_PX * len(band.sign))
            ):
                continue
            painter.setFont(font(9 if len(band.sign) < 3 else 8, is_bold=True))
            place: QPointF = whole.map(band.rect.center())
            name = "#ffffff" if band.chosen == WHOLLY else look.theme.text
            painter.setPen(look.pen(name))
            letter = QRectF(place.x() - 12, place.y() - 7, 24, 14)
            painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, band.sign)
