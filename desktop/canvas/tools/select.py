"""The tool for selecting, moving and shaping; a click takes the smallest thing, another click the
next one under it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt

from desktop.canvas.hits import hits
from desktop.canvas.scene import SIGN_PX
from desktop.canvas.tools.placing import Move, RubberBand, grip_cursor, grip_gesture
from desktop.canvas.tools.polygons import chosen_corner, drop_chosen
from desktop.canvas.tools.tables import is_on_ruler, table_gesture, table_hover
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.document.lookup import Item
from model_backend.document import Entity, Region, Relation, Table
from model_backend.translation import mark


class SelectTool(Tool):
    """Select, move, resize, shape."""

    name = "select"
    has_grips = True
    hint = mark("Click to select, click again for what lies under it; drag to move or to frame.")

    def begin(self, pointer: Pointer) -> Gesture | None:
        """What the press is meant for: a grip, the selected table, something under the pointer, or
        a frame.
        """
        if pointer.control and not is_on_ruler(self.work, pointer):
            return self._with_control(pointer)
        own = grip_gesture(self.work, pointer) or table_gesture(self.work, pointer)
        if own is not None:
            return own
        found = hits(self.work.scene, pointer.point)
        if not found:
            return RubberBand(self.work, pointer)
        if any(item.id in self.work.ids for item in found):
            return Move(self.work, pointer, lambda: self._next_of(found))
        top = found[0]
        if isinstance(top, Entity | Region) and not pointer.shift:
            self.work.select((top.id,))
            return Move(self.work, pointer)
        return RubberBand(self.work, pointer, lambda: self.work.select((top.id,)))

    def wants_key(self, key: int) -> bool:
        """Backspace is the tool's while a corner of a polygon is chosen."""
        return key == Qt.Key.Key_Backspace and chosen_corner(self.work) is not None

    def key(self, key: int) -> bool:
        """Backspace takes the corner under the pointer away."""
        return key == Qt.Key.Key_Backspace and drop_chosen(self.work)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """Show what a click would take."""
        shape = grip_cursor(self.work, pointer) or table_hover(self.work, pointer)
        found = [] if shape is not None else hits(self.work.scene, pointer.point)
        hover(self, found[0] if found else None, is_all=True)
        if shape is not None:
            return shape
        is_selected = any(item.id in self.work.ids for item in found)
        return Qt.CursorShape.SizeAllCursor if is_selected else self.cursor

    def _with_control(self, pointer: Pointer) -> Gesture:
        found = hits(self.work.scene, pointer.point)
        if not found:
            return RubberBand(self.work, pointer)
        return RubberBand(self.work, pointer, lambda: self.work.toggle(found[0].id))

    def _next_of(self, found: list[Item]) -> None:
        """Select the next thing under the pointer; of several selected ones, the one clicked."""
        selected = [index for index, item in enumerate(found) if item.id in self.work.ids]
        if len(self.work.ids) > 1:
            self.work.select((found[selected[0]].id,))
        else:
            self.work.select((found[(selected[0] + 1) % len(found)].id,))


def hover(tool: Tool, item: Item | None, *, is_all: bool = False) -> None:
    """Light up what is under the pointer; `is_all`: nothing else is to be painted again."""
    scene = tool.work.scene
    is_outline = item is not None and not isinstance(item, Relation | Table)
    hovered = item.id if item is not None and is_outline else None
    before = scene.live.hovered
    if hovered == before:
        return
    scene.live.hovered = hovered
    if not is_all:
        scene.refresh()
        return
    for item_id in (before, hovered):
        known = tool.work.item(item_id) if item_id is not None else None
        if known is not None and not isinstance(known, Relation | Table):
            scene.refresh(known.box.normalized().grown(SIGN_PX * scene.look.pixel))
