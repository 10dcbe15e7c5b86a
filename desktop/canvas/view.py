"""The canvas: the page in view with its tools, and everything a menu or a key can do to what is
selected.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.shape_view import ShapeView
from desktop.canvas.tools.brush import LARGEST_PX, SMALLEST_PX
from desktop.document import edits
from desktop.document.changes import Change
from desktop.document.lookup import Item
from model_backend.document import Box, Entity, Page, Region, Relation, Table, Word
from model_backend.labels import ENTITY, REGION
from model_backend.translation import mark

PASTE_SHIFT_PX = 14.0
REGION_TOOLS = ("box", "rotated", "polygon", "brush", "eraser", "wand")


class CanvasView(ShapeView):
    """One page, its annotations, and what can be done with them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._copied: tuple[Item, ...] = ()
        self._copied_from = 0

    @property
    def brush_size(self) -> float:
        """The brush's width in screen pixels."""
        return self.work.brush_px

    def set_brush_size(self, px: float) -> None:
        """Paint this wide, in screen pixels."""
        self.work.brush_px = min(max(float(px), SMALLEST_PX), LARGEST_PX)
        self.canvas.refresh()

    def set_label(self, name: str, kind: str = "") -> None:
        """Give what is selected this label; new entities or regions get it from now on."""
        kind = kind or self.label_kind()
        if self.work.schema.label(name, kind) is None:
            return
        self.work.labels[kind] = name
        if self.labels_words(kind):
            self.label_words(name)
            return
        wanted = Entity if kind == ENTITY else Region
        ids = [item.id for item in self.work.selected() if isinstance(item, wanted)]
        if ids:
            self.work.apply(mark("Change label"), lambda page: edits.set_label(page, ids, name))
        self.canvas.refresh()

    def current_label(self, kind: str) -> str:
        """The label that new entities or regions get."""
        return self.work.label(kind)

    def label_kind(self) -> str:
        """Which labels a digit means now: those of the selection, else those of the tool."""
        for item in self.work.selected():
            if isinstance(item, Entity | Region):
                return ENTITY if isinstance(item, Entity) else REGION
        return REGION if self.tool.name in REGION_TOOLS else ENTITY

    def set_hidden(self, kinds: Iterable[str] = (), ids: Iterable[int] = ()) -> None:
        """Hide these layers ("words", "entities", "relations", "tables", "regions") and these
        single things.
        """
        selection = self.work.selection
        if selection is not None:
            hidden, hidden_ids = frozenset(kinds), frozenset(ids)
            selection.set_visibility(
                replace(selection.visibility, hidden=hidden, hidden_ids=hidden_ids)
            )

    def set_changes(
        self, changes: tuple[Change, ...], current: Change | None, *, is_on: bool
    ) -> None:
        """Show these differences over the page, one of them as the one looked at; meanwhile all
        else is dimmed.
        """
        layer = self.canvas.changes
        is_new = current is not None and current != layer.current
        layer.changes, layer.current = changes, current
        if is_on != layer.is_on:
            layer.is_on = is_on
            self.canvas.repaint_page()
        self.canvas.refresh()
        if is_new and current is not None:
            box = _around(_ends_of(self.work.page, current.item))
            if box is not None:
                self.show_box(box)

    @property
    def hidden(self) -> tuple[frozenset[str], frozenset[int]]:
        """The hidden layers and the single things hidden."""
        return self.canvas.look.hidden_kinds, self.canvas.look.visibility.hidden_ids

    def zoom_to_selection(self) -> None:
        """Bring the selection near; of a link, both its ends."""
        items = self.work.selected()
        ends = {end for item in items if isinstance(item, Relation) for end in _ends(item)}
        found = [self.work.item(end) for end in ends]
        box = _around([*items, *(item for item in found if item is not None)])
        if box is not None:
            self.zoom_to(box)

    def delete_selection(self) -> None:
        """Delete what is chosen of a table, else everything that is selected."""
        if self.delete_in_table():
            return
        if self.work.ids:
            ids = self.work.ids
            text = mark("Delete")
            if self.work.apply(text, lambda page: edits.delete(page, ids)) is not None:
                self.work.select(())

    def copy(self) -> None:
        """Remember the selection, with the links inside it; its text goes to the clipboard."""
        items, page = self.work.selected(), self.work.page
        if not items or page is None:
            return
        ids = {item.id for item in items}
        links = [link for link in page.relations if {link.from_id, link.to_id} <= ids]
        self._copied = tuple(dict.fromkeys((*items, *links)))
        self._copied_from = page.id
        text = "\n".join(item.text for item in items if isinstance(item, Word | Entity))
        if text:
            QGuiApplication.clipboard().setText(text)

    def paste(self) -> None:
        """Add copies of what was copied: beside the originals, or in place on another page."""
        page = self.work.page
        if page is None or not self._copied:
            return
        shift = PASTE_SHIFT_PX * self.work.pixel if page.id == self._copied_from else 0.0
        items = self._copied
        text = mark("Paste")
        ids = self.work.apply(text, lambda page: edits.paste(page, items, dx=shift, dy=shift))
        if ids:
            self.work.select(ids)

    def duplicate(self) -> None:
        """Copies of the selection beside it."""
        self.copy()
        self.paste()

    def select_all(self) -> None:
        """Select every annotation that is shown and not locked."""
        page = self.work.page
        if page is not None:
            self.work.select(self._walkable(page))

    def _walkable(self, page: Page) -> list[int]:
        """The annotations that can be selected one after the other; links are not stopped at."""
        free = self.canvas.look.visibility.selectable(page)
        return [item.id for item in free if not isinstance(item, Relation)]

    def select_next(self, step: int = 1) -> None:
        """Go on to the next thing in reading order (back for -1), round and round."""
        page = self.work.page
        if page is not None:
            self.walk(page, self._walkable(page), step)


def _ends_of(page: Page | None, item: Item) -> list[Item]:
    """The thing itself; of a link, its ends as far as they are there."""
    if not isinstance(item, Relation) or page is None:
        return [item]
    return [entity for entity in page.entities if entity.id in _ends(item)]


def _ends(link: Relation) -> tuple[int, int]:
    return link.from_id, link.to_id


def _around(items: Iterable[Item]) -> Box | None:
    boxes = [
        table_bounds(item) if isinstance(item, Table) else item.box.normalized()
        for item in items
        if not isinstance(item, Relation)
    ]
    if not boxes:
        return None
    around = boxes[0]
    for box in boxes[1:]:
        around = around.union(box)
    return around
