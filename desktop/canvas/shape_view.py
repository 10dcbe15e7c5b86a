"""What menus and keys do to where things lie and how they are outlined: nudge, align, distribute,
simplify, paint.
"""

from __future__ import annotations

from time import monotonic

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.input_view import REPEAT_SECONDS
from desktop.canvas.simplify_bar import SimplifyBar
from desktop.canvas.tools.brush import BrushTool
from desktop.canvas.tools.simplifying import Simplify
from desktop.canvas.word_view import WordView
from desktop.document import edits
from desktop.document.edits.arranging import Side
from desktop.guards import guarded
from model_backend.document import Page, Region, Relation
from model_backend.translation import _, mark

ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
"""For each arrow key its direction."""

FAR = 10.0
BURST_SECONDS = 0.7
"""Presses that follow each other sooner are one step to undo."""
REPEATS_TO_FASTER, FASTEST = 12, 8
"""A held key moves one unit farther at a time after so many repeats, up to so many units."""


class Burst:
    """Presses of arrow keys in quick succession."""

    def __init__(self) -> None:
        self._what: object = None
        self._at, self._repeats = 0.0, 0

    def press(self, what: object) -> bool:
        """A press does this to these things; whether it goes on with the press before."""
        now = monotonic()
        goes_on = what == self._what and now - self._at < BURST_SECONDS
        is_held = goes_on and now - self._at < REPEAT_SECONDS
        self._repeats = self._repeats + 1 if is_held else 0
        self._what, self._at = what, now
        return goes_on

    @property
    def reach(self) -> int:
        """How many units a press moves: more while the key is held for long."""
        return min(1 + self._repeats // REPEATS_TO_FASTER, FASTEST)


@guarded
class ShapeView(WordView):
    """The page in view with the actions on places and outlines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._burst = Burst()
        self.simplify_bar: SimplifyBar | None = None

    def nudge(self, dx: float, dy: float, *, is_edge: bool = False, is_far: bool = False) -> None:
        """Move the selection by so much; or of the one selected thing only the edge that faces
        that way, with `is_far` the one across.
        """
        items = [item for item in self.work.selected() if not isinstance(item, Relation)]
        if not items:
            return
        ids = [item.id for item in items]
        if self.work.edge is not None and not is_edge and self.work.table() is not None:
            self.nudge_edge(dx, dy)
        elif not is_edge:
            self.work.apply(mark("Move"), lambda page: edits.move(page, ids, dx=dx, dy=dy))
        elif len(ids) == 1:
            self.work.apply(
                mark("Resize"),
                lambda page: edits.move_edge(page, ids[0], dx=dx, dy=dy, is_far=is_far),
            )

    def wants_key(self, event: QKeyEvent) -> bool:
        """Arrows are the canvas's own while something is selected."""
        page = self.work.page
        if event.key() in ARROWS and self.work.cells is not None:
            return super().wants_key(event)
        if event.key() in ARROWS and (self.work.ids or (page is not None and page.words)):
            return not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        return super().wants_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows walk cells or words, or move the selection: by one, by ten with Shift, one edge
        with Alt. Held, they become faster, and all of it is one step to undo.
        """
        if event.key() in ARROWS and (self.table_key(event) or self.word_key(event)):
            return
        has_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if event.key() not in ARROWS or not self.work.ids or has_control:
            super().keyPressEvent(event)
            return
        dx, dy = ARROWS[Qt.Key(event.key())]
        has_shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        is_edge = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        page = self.work.page
        what = (page.id if page else 0, self.work.ids, self.work.edge, is_edge, has_shift)
        self.work.go_on(is_on=self._burst.press(what))
        reach = FAR if has_shift and not is_edge else float(self._burst.reach)
        self.nudge(dx * reach, dy * reach, is_edge=is_edge, is_far=is_edge and has_shift)
        self.work.go_on(is_on=False)

    def adjust_tool(self, step: int) -> None:
        """A larger or smaller brush, or whatever else the tool has to adjust."""
        if not self.tool.adjust(step):
            BrushTool(self.work).adjust(step)

    def align(self, side: str) -> None:
        """Bring the selected regions and tables into line at one side, or at their middles."""
        ids = self.work.ids
        self.work.apply(mark("Align"), lambda page: edits.align(page, ids, Side(side)))

    def distribute(self, way: str) -> None:
        """Equal gaps between the selected regions and tables, "across" or "down"."""
        ids, is_across = self.work.ids, way == "across"
        self.work.apply(
            mark("Distribute"), lambda page: edits.distribute(page, ids, is_across=is_across)
        )

    def make_mask(self) -> None:
        """Make pixels of the selected boxes and polygons, to be painted on."""
        ids = [item.id for item in self.work.selected() if isinstance(item, Region)]
        if not ids:
            self.work.say(_("Select a region first."))
            return

        def change(page: Page) -> Page:
            for region_id in ids:
                page = edits.make_mask(page, region_id)
            return page

        self.work.apply(mark("Turn into a mask"), change)

    def simplify(self) -> None:
        """Show the selected polygon or mask with fewer corners, to be taken or left."""
        items = self.work.selected() if len(self.work.ids) == 1 else []
        region = items[0] if items else None
        if not isinstance(region, Region):
            self.work.say(_("Select one region first."))
            return
        self.set_tool("select")
        try:
            gesture = Simplify(self.work, region, self._end_simplifying)
        except ValueError:
            self.work.say(_("This outline has too many corners to be simplified."))
            return
        self.tool.take_up(gesture)
        self.simplify_bar = SimplifyBar(self.viewport(), gesture)
        self.simplify_bar.taken.connect(self._take_simplified)
        self.simplify_bar.left.connect(self._leave_simplified)
        self.simplify_bar.show()
        self.simplify_bar.put()
        self.simplify_bar.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_simplified(self) -> None:
        gesture = self.tool.gesture
        self.tool.cancel()
        if isinstance(gesture, Simplify):
            gesture.take()

    def _leave_simplified(self) -> None:
        self.tool.cancel()
        self.canvas.refresh()

    def _end_simplifying(self) -> None:
        bar, self.simplify_bar = self.simplify_bar, None
        if bar is not None:
            bar.hide()
            bar.deleteLater()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What floats over the page stays at its bottom."""
        super().resizeEvent(event)
        if self.simplify_bar is not None:
            self.simplify_bar.put()

    def _selection_changed(self) -> None:
        if isinstance(self.tool.gesture, Simplify):
            self.tool.cancel()
        super()._selection_changed()
