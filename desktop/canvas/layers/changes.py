"""Differences from an earlier version, over the page: each has a colour and a sign, what is gone is
dashed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QTransform

from desktop.canvas.geometry import curve_points, link_curve
from desktop.canvas.layers.layer import Look, in_pixels, path_of, rect_of, saved, transform_of
from desktop.canvas.layers.regions import outline_of
from desktop.canvas.layers.relations import curve_path, paint_ends
from desktop.canvas.style import CHANGE_COLORS, brush, font
from desktop.document.changes import SIGNS, Change, ChangeKind
from model_backend import table_grid
from model_backend.document import Annotation, Entity, Page, Point, Region, Relation, Table

GRID_KINDS = (ChangeKind.EDGES, ChangeKind.SPANS, ChangeKind.HEADER)
TAB_PX, TAB_FONT = 15.0, 10
FAINT = 26


class ChangeLayer:
    """All differences of the page in view; the one looked at is filled."""

    def __init__(self) -> None:
        self.changes: tuple[Change, ...] = ()
        self.current: Change | None = None
        self.is_on = False

    def paint(self, painter: QPainter, page: Page, look: Look) -> None:
        """Outlines first, signs over them."""
        if not self.changes:
            return
        entities = {entity.id: entity for entity in page.entities}
        gone = [change.before for change in self.changes if change.now is None]
        entities |= {item.id: item for item in gone if isinstance(item, Entity)}
        for change in self.changes:
            with saved(painter):
                _paint_change(painter, change, entities, look, is_current=change == self.current)
        with in_pixels(painter) as to_screen:
            _paint_signs(painter, self.changes, self.current, entities, to_screen)


def _pen(look: Look, kind: ChangeKind, *, is_gone: bool, is_current: bool) -> QPen:
    return look.pen(CHANGE_COLORS[kind], 3.0 if is_current else 2.0, is_dashed=is_gone)


def _paint_change(
    painter: QPainter,
    change: Change,
    entities: dict[int, Entity],
    look: Look,
    *,
    is_current: bool,
) -> None:
    """What it was, dashed, and what it is."""
    kind = change.kind
    filling = brush(CHANGE_COLORS[kind], FAINT * 2 if is_current else FAINT)
    if isinstance(change.item, Relation):
        _paint_links(painter, change, entities, look, is_current=is_current)
        return
    if kind in GRID_KINDS and isinstance(change.before, Table) and isinstance(change.now, Table):
        _paint_grids(painter, change.before, change.now, look, is_current=is_current)
        return
    has_ghost = kind in (ChangeKind.MOVED, ChangeKind.OUTLINE, ChangeKind.WORDS)
    if change.before is not None and (has_ghost or change.now is None):
        painter.setPen(_pen(look, kind, is_gone=True, is_current=is_current))
        painter.setBrush(filling if change.now is None else Qt.BrushStyle.NoBrush)
        painter.drawPath(_outline(change.before))
    if change.now is not None:
        painter.setPen(_pen(look, kind, is_gone=False, is_current=is_current))
        painter.setBrush(filling)
        painter.drawPath(_outline(change.now))
    if kind is ChangeKind.MOVED and change.before is not None and change.now is not None:
        points = [_middle(change.before), _middle(change.now)]
        painter.drawLine(QPointF(*points[0]), QPointF(*points[1]))
        paint_ends(painter, points, CHANGE_COLORS[kind], look, 2.0)


def _outline(item: Annotation) -> QPainterPath:
    if isinstance(item, Table):
        return transform_of(table_grid.frame_to_page(item)).map(path_of((item.box.corners,)))
    if isinstance(item, Region):
        return outline_of(item)
    path = QPainterPath()
    if not isinstance(item, Relation):
        path.addRect(rect_of(item.box))
    return path


def _middle(item: Annotation) -> Point:
    center = _outline(item).boundingRect().center()
    return center.x(), center.y()


def _paint_links(
    painter: QPainter,
    change: Change,
    entities: dict[int, Entity],
    look: Look,
    *,
    is_current: bool,
) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for item, is_gone in ((change.before, True), (change.now, False)):
        curve = _curve(item, entities)
        if not curve or (is_gone and change.kind not in (ChangeKind.REMOVED, ChangeKind.ENDS)):
            continue
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(look, change.kind, is_gone=is_gone, is_current=is_current))
        painter.drawPath(curve_path(curve))
        paint_ends(painter, curve_points(curve), CHANGE_COLORS[change.kind], look, 2.0)


def _curve(item: Annotation | None, entities: dict[int, Entity]) -> Sequence[Point]:
    if not isinstance(item, Relation):
        return ()
    start, end = entities.get(item.from_id), entities.get(item.to_id)
    if start is None or end is None:
        return ()
    return link_curve(start.box.normalized(), end.box.normalized())


def _paint_grids(
    painter: QPainter, before: Table, now: Table, look: Look, *, is_current: bool
) -> None:
    """Lines that are gone are dashed in the colour of what is gone, new ones whole."""
    width = 3.0 if is_current else 2.0
    old, new = _cells(before), _cells(now)
    for table, cells, kind in (
        (before, old - new, ChangeKind.REMOVED),
        (now, new - old, ChangeKind.ADDED),
    ):
        painter.save()
        painter.setTransform(transform_of(table_grid.frame_to_page(table)), True)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_gone = kind is ChangeKind.REMOVED
        painter.setPen(look.pen(CHANGE_COLORS[kind], width, is_dashed=is_gone))
        painter.drawRects([QRectF(*cell) for cell in sorted(cells)])
        if before.header_rows != now.header_rows and table.header_rows:
            y = table_grid.row_edges(table)[table.header_rows]
            painter.setPen(look.pen(CHANGE_COLORS[kind], 2 * width, is_dashed=is_gone))
            painter.drawLine(QPointF(table.box.x0, y), QPointF(table.box.x1, y))
        painter.restore()


def _cells(table: Table) -> set[tuple[float, float, float, float]]:
    rects = (rect_of(cell.box) for cell in table_grid.cells(table))
    return {
        (round(r.x(), 1), round(r.y(), 1), round(r.width(), 1), round(r.height(), 1)) for r in rects
    }


def _paint_signs(
    painter: QPainter,
    changes: Sequence[Change],
    current: Change | None,
    entities: dict[int, Entity],
    to_screen: QTransform,
) -> None:
    """A tab with the sign at the upper right corner, one beside the other."""
    metrics = QFontMetricsF(font(TAB_FONT, is_bold=True))
    painter.setFont(font(TAB_FONT, is_bold=True))
    taken: Counter[int] = Counter()
    for change in changes:
        corner = to_screen.map(_corner(change.item, entities))
        text = sign_text(change)
        wide = max(TAB_PX, metrics.horizontalAdvance(text) + 8)
        left = corner.x() + taken[change.item.id]
        taken[change.item.id] += round(wide) + 1
        tab = QRectF(left, corner.y() - TAB_PX, wide, TAB_PX)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(brush(CHANGE_COLORS[change.kind]))
        painter.drawRect(tab)
        painter.setPen(QPen(brush("#ffffff"), 1))
        painter.drawText(tab, Qt.AlignmentFlag.AlignCenter, text)
        if change == current:
            painter.setPen(QPen(brush("#111111"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(tab.adjusted(-2, -2, 2, 2))


def sign_text(change: Change) -> str:
    """The sign; of another label also which it was."""
    sign = SIGNS[change.kind]
    if change.kind is ChangeKind.LABEL:
        return f"{sign} {getattr(change.before, 'label', '')}"
    return sign


def _corner(item: Annotation, entities: dict[int, Entity]) -> QPointF:
    if isinstance(item, Relation):
        curve = _curve(item, entities)
        points = curve_points(curve) if curve else ()
        return QPointF(*points[len(points) // 2]) if points else QPointF()
    return _outline(item).boundingRect().topRight()
