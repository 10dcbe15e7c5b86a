"""The ruler of the selected table: numbered strips along its left and upper side, with a tick at
every edge and a letter at header and projected rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QTransform

from desktop.canvas.geometry import Gap
from desktop.canvas.layers.layer import Look, box_of, in_pixels, saved, transform_of
from desktop.canvas.layers.table_grips import TableGrips
from desktop.canvas.ruler import ruler_of
from desktop.canvas.style import brush, font, on_white
from model_backend import table_grid
from model_backend.document import Span, Table

NUMBERS_FROM_PX, LETTERS_FROM_PX = 11.0, 8.0
"""Rows and columns smaller than this on the screen have no sign."""
DIGIT_PX = 6.0
FAINT = 80
"""How strong lines and signs of the ruler are while the pointer is not near it, of 255; it has no
ground then, so that a caption below it can be read.
"""


@dataclass(frozen=True)
class _Strip:
    """The ruler of the rows or of the columns, in the table's frame: its edges, and where it lies
    across them; `chosen` is a range of them, of whole rows or columns where it `is_whole`;
    `in_view` is the part that can be seen.
    """

    is_row: bool
    edges: Sequence[float]
    across: Gap
    chosen: tuple[int, int]
    is_whole: bool
    is_near: bool
    hovered: int | None
    in_view: Gap

    def rect(self, start: float, end: float) -> QRectF:
        """From one place along the strip to another."""
        low, high = self.across
        if self.is_row:
            return QRectF(low, start, high - low, end - start)
        return QRectF(start, low, end - start, high - low)

    def ticks(self, first: int, last: int) -> list[QLineF]:
        """A line across the strip at each of these edges."""
        (low, high), (start, end) = self.across, self.in_view
        places = [at for at in self.edges[first:last] if start <= at <= end]
        if self.is_row:
            return [QLineF(low, at, high, at) for at in places]
        return [QLineF(at, low, at, high) for at in places]


def seen_of(painter: QPainter) -> QRectF:
    """The part of the page that the painter's device shows."""
    back, _is_invertible = painter.worldTransform().inverted()
    return back.mapRect(QRectF(painter.viewport()))


def paint_ruler(painter: QPainter, table: Table, grips: TableGrips, look: Look) -> None:
    """Both strips and the corner; where they are is what the pointer finds later."""
    grips.seen = box_of(seen_of(painter))
    ruler = ruler_of(table, grips.seen, look.pixel)
    strips = _strips(table, grips, ruler.left, ruler.top)
    to_page = transform_of(table_grid.frame_to_page(table))
    with saved(painter):
        painter.setTransform(to_page, True)
        for strip in strips:
            _paint_strip(painter, strip, look)
        (x0, x1), (y0, y1) = ruler.left, ruler.top
        painter.setPen(look.pen("#ffffff", 1.0))
        painter.setBrush(brush(look.theme.accent, 255 if grips.is_ruler_near else FAINT))
        painter.drawRect(QRectF(x0, y0, x1 - x0, y1 - y0))
    _paint_signs(painter, table, strips, to_page, look)


def _strips(table: Table, grips: TableGrips, left: Gap, top: Gap) -> tuple[_Strip, _Strip]:
    cells, seen = grips.cells or Span(0, 0, 0, 0), grips.seen or table.box
    xs, ys = zip(*(table_grid.to_frame(table, corner) for corner in seen.corners), strict=True)
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    band = grips.band
    return (
        _Strip(
            True,
            [max(edge, top[1]) for edge in rows],
            left,
            (cells.row0, min(cells.row1, len(rows) - 1)),
            (cells.column0, cells.column1) == (0, len(table.columns)),
            grips.is_ruler_near,
            band[1] if band and band[0] and band[1] < len(table.rows) else None,
            (min(ys), max(ys)),
        ),
        _Strip(
            False,
            [max(edge, left[1]) for edge in columns],
            top,
            (cells.column0, min(cells.column1, len(columns) - 1)),
            (cells.row0, cells.row1) == (0, len(table.rows)),
            grips.is_ruler_near,
            band[1] if band and not band[0] and band[1] < len(table.columns) else None,
            (min(xs), max(xs)),
        ),
    )


def _paint_strip(painter: QPainter, strip: _Strip, look: Look) -> None:
    """Ground, what is chosen and pointed at, ticks, border: in this order."""
    accent, edges = look.theme.accent, strip.edges
    whole = strip.rect(edges[0], edges[-1])
    if strip.is_near:
        painter.fillRect(whole, brush(look.theme.field))
    first, last = strip.chosen
    is_strong = strip.is_whole and strip.is_near
    if last > first:
        alpha = 255 if is_strong else 90
        painter.fillRect(strip.rect(edges[first], edges[last]), brush(accent, alpha))
    if strip.hovered is not None and not (is_strong and first <= strip.hovered < last):
        at = strip.hovered
        painter.fillRect(strip.rect(edges[at], edges[at + 1]), brush(accent, 90))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(look.pen(on_white(accent, 190 if strip.is_near else FAINT), 1.0))
    painter.drawLines(strip.ticks(1, len(edges) - 1))
    painter.drawRect(whole)
    if is_strong:
        painter.setPen(look.pen("#ffffff", 1.0))
        painter.drawLines(strip.ticks(first + 1, last))


def _paint_signs(
    painter: QPainter, table: Table, strips: Sequence[_Strip], to_page: QTransform, look: Look
) -> None:
    text = look.theme.text if strips[0].is_near else on_white(look.theme.accent, 2 * FAINT)
    with in_pixels(painter) as to_screen:
        on_screen = to_page * to_screen
        for strip in strips:
            first, last = strip.chosen
            for index, sign, rect in _signs(table, strip, look):
                is_chosen = strip.is_whole and strip.is_near and first <= index < last
                place = on_screen.map(rect.center())
                painter.setFont(font(9 if len(sign) < 3 else 8, is_bold=True))
                painter.setPen(look.pen("#ffffff" if is_chosen else text))
                letter = QRectF(place.x() - 12, place.y() - 7, 24, 14)
                painter.drawText(letter, Qt.AlignmentFlag.AlignCenter, sign)


def _signs(table: Table, strip: _Strip, look: Look) -> Iterator[tuple[int, str, QRectF]]:
    """The signs for which there is room, in the part that is in view."""
    start, end = strip.in_view
    for index, (low, high) in enumerate(pairwise(strip.edges)):
        room = (high - low) * look.scale
        if room < LETTERS_FROM_PX or high < start or low > end:
            continue
        sign = _row_sign(table, index) if strip.is_row else str(index + 1)
        if not sign.isdigit():
            if not strip.is_near:
                continue  # the grid's own signs are seen through it
        elif room < max(NUMBERS_FROM_PX, DIGIT_PX * len(sign)):
            continue
        yield index, sign, strip.rect(low, high)


def _row_sign(table: Table, row: int) -> str:
    if row < table.header_rows:
        return "H"
    return "P" if row in table.projected_rows else str(row + 1)
