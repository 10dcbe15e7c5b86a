"""The tools that draw outlines: tables, box regions and polygon regions."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import box_between
from desktop.canvas.hits import words_in
from desktop.canvas.layers.layer import Look, path_of, polygon_of, rect_of
from desktop.canvas.layers.tables import made_grid, paint_grid
from desktop.canvas.ruled import ruled_grid, same_table, settled
from desktop.canvas.style import brush, label_color
from desktop.canvas.tools.placing import grip_cursor, grip_gesture
from desktop.canvas.tools.polygons import chosen_corner, drop_chosen
from desktop.canvas.tools.tables import table_gesture, table_hover
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from model_backend.document import Box, Page, Point, Polygon, Table, bounding_box
from model_backend.labels import REGION
from model_backend.translation import _, mark

SMALLEST_PX, SMALLEST_TABLE_PX = 3.0, 12.0
SETTLE_PX = 8.0
"""An outline settles on rulings that are so near on the screen."""
MOST_PREVIEWED_WORDS = 250
"""With more words in the outline the grid is proposed only on release."""


class Outline(Gesture):
    """A box from corner to corner: press, drag, release; or click, move, click."""

    cursor = Qt.CursorShape.CrossCursor
    smallest_px = SMALLEST_PX

    def box(self) -> Box:
        """The box so far."""
        return box_between(self.start.point, self.last.point)

    def release(self, pointer: Pointer) -> bool:
        """A click only sets the first corner; then the next one ends it."""
        self.move(pointer)
        if self.is_click:
            return False
        box = self.box()
        if min(box.width, box.height) >= self.smallest_px * pointer.pixel:
            self.make(box)
        return True

    def make(self, box: Box) -> None:
        """Make the one edit."""

    def _select(self, ids: tuple[int, ...] | None) -> None:
        if ids:
            self.work.select(ids)


class RegionOutline(Outline):
    """Makes a region with the current label."""

    def make(self, box: Box) -> None:
        """Add the region and select it."""
        label = self.work.label(REGION)
        text = mark("Add region")
        self._select(self.work.apply(text, lambda page: edits.add_region(page, label, box)))

    def paint(self, painter: QPainter, look: Look) -> None:
        """The box to be."""
        name = label_color(look.schema, self.work.label(REGION), REGION)
        painter.setPen(look.pen(name, 1.8))
        painter.setBrush(brush(name, 36))
        painter.drawRect(rect_of(self.box()))


class TableOutline(Outline):
    """Makes a table: its grid is proposed from the words inside, and shown while the outline is
    drawn.
    """

    smallest_px = SMALLEST_TABLE_PX

    def make(self, box: Box) -> None:
        """Add the table and select it; a second one in the same place is a mistake."""
        there = same_table(self.work.page, box) if self.work.page else None
        if there is not None:
            self.work.say(_("There is a table here already. It is selected now."))
            self.work.select((there.id,))
            return

        def change(page: Page) -> Page:
            return edits.add_table(page, self._grid(page.next_id, box))

        self._select(self.work.apply(mark("Add table"), change))

    def paint(self, painter: QPainter, look: Look) -> None:
        """The grid to be."""
        table = self._proposed()
        if table is not None:
            paint_grid(painter, made_grid(table), look)
            return
        painter.setPen(look.pen(look.theme.accent, 1.8, is_dashed=True))
        painter.setBrush(brush(look.theme.accent, 20))
        painter.drawRect(rect_of(self.box()))

    def _proposed(self) -> Table | None:
        box = self.box()
        words = words_in(self.work.scene, box)
        is_small = min(box.width, box.height) < SMALLEST_TABLE_PX * self.last.pixel
        if is_small or not words or len(words) > MOST_PREVIEWED_WORDS:
            return None
        return self._grid(1, box)

    def _grid(self, table_id: int, box: Box) -> Table:
        """The grid by rulings and words; with Alt the outline is kept as it was drawn."""
        reach = (1.0 if self.last.alt else SETTLE_PX) * self.last.pixel
        outline = settled(box, self.work.page_rulings, reach)
        words = words_in(self.work.scene, outline)
        return ruled_grid(table_id, outline, words, self.work.page_rulings, reach)


class BoxTool(Tool):
    """Draw regions as boxes."""

    name = "box"
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Drag from corner to corner, or click two corners.")

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A new box, always."""
        return RegionOutline(self.work, pointer)


class TableTool(Tool):
    """Draw tables; the selected one is edited in place."""

    name = "table"
    has_grips = True
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Draw the table's outline. In a table: drag edges, hold H or V and click to cut.")

    def begin(self, pointer: Pointer) -> Gesture | None:
        """The selected table's own gestures first, else a new outline."""
        return table_gesture(self.work, pointer) or TableOutline(self.work, pointer)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """Edges of the selected table light up."""
        return table_hover(self.work, pointer) or self.cursor


class PolygonTool(Tool):
    """Draw regions corner by corner: clicks set corners, Enter or a double click closes."""

    name = "polygon"
    has_grips = True
    cursor = Qt.CursorShape.CrossCursor
    hint = mark("Click corner by corner; Enter or a double click closes, Backspace takes one back.")

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self._corners: list[Point] = []
        self._point: Point | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a polygon has been begun."""
        return bool(self._corners) or super().is_busy

    def begin(self, pointer: Pointer) -> Gesture | None:
        """Corners of the selected polygon can be dragged; else a press sets one of a new one."""
        own = None if self._corners else grip_gesture(self.work, pointer)
        if own is not None:
            return own
        if len(self._corners) >= 3 and _is_near(self._corners[0], pointer):
            self._close()
            return None
        if not (self._corners and _is_near(self._corners[-1], pointer, 2.0)):
            self._corners.append(pointer.point)
        self._point = pointer.point
        self.work.scene.refresh()
        return None

    def move(self, pointer: Pointer) -> None:
        """The line to the pointer follows."""
        super().move(pointer)
        self._point = pointer.point
        self.work.scene.refresh()

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """The line to the pointer follows; grips of a selected polygon show as such."""
        if self._corners:
            self._point = pointer.point
            self.work.scene.refresh()
            return self.cursor
        return grip_cursor(self.work, pointer) or self.cursor

    def double_click(self, pointer: Pointer) -> bool:
        """The first click of the two has set the last corner: close."""
        if not self._corners:
            return False
        self._close()
        return True

    def wants_key(self, key: int) -> bool:
        """Backspace is the tool's while a corner of the selected polygon is chosen."""
        return key == Qt.Key.Key_Backspace and chosen_corner(self.work) is not None

    def key(self, key: int) -> bool:
        """Enter closes, Backspace takes the last corner back, or the chosen one of a polygon."""
        if not self._corners:
            return key == Qt.Key.Key_Backspace and drop_chosen(self.work)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
            return True
        if key == Qt.Key.Key_Backspace:
            self._corners.pop()
            self.work.scene.refresh()
            return True
        return False

    def cancel(self) -> bool:
        """Drop the corners."""
        had_one = bool(self._corners)
        self._corners = []
        return super().cancel() or had_one

    def page_changed(self, page: Page | None) -> None:
        """Corners stay while the page does."""
        super().page_changed(page)
        if page is None:
            self._corners = []

    def paint(self, painter: QPainter, look: Look) -> None:
        """The corners so far and the line to the pointer."""
        super().paint(painter, look)
        if not self._corners or self._point is None:
            return
        name = label_color(look.schema, self.work.label(REGION), REGION)
        line = [*self._corners, self._point]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(look.pen(name, 1.0, alpha=0))
        painter.setBrush(brush(name, 36))
        painter.drawPath(path_of([line]))
        painter.setPen(look.pen(name, 1.8))
        painter.drawPolyline(polygon_of(line))
        painter.setBrush(brush("#ffffff"))
        size = 3.5 * look.pixel
        for x, y in self._corners:
            painter.drawEllipse(rect_of(Box(x - size, y - size, x + size, y + size)))

    def _close(self) -> None:
        corners: Polygon = tuple(self._corners)
        self._corners = []
        self.work.scene.refresh()
        if len(set(corners)) < 3:
            self.work.say(_("A polygon needs three corners."))
            return
        label, box = self.work.label(REGION), bounding_box(corners)

        def change(page: Page) -> Page:
            return edits.add_region(page, label, box, polygons=(corners,))

        ids = self.work.apply(mark("Add region"), change)
        if ids:
            self.work.select(ids)


def _is_near(corner: Point, pointer: Pointer, reach_px: float = 8.0) -> bool:
    reach = reach_px * pointer.pixel
    return abs(corner[0] - pointer.point[0]) <= reach and abs(corner[1] - pointer.point[1]) <= reach
