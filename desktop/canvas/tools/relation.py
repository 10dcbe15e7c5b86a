"""The tool for relations: drag, or click and click, from one entity to another; several at once
from a selection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import curve_points, link_curve
from desktop.canvas.hits import entity_at
from desktop.canvas.layers.layer import Look, rect_of
from desktop.canvas.layers.relations import curve_path, paint_ends
from desktop.canvas.style import annotation_color, brush
from desktop.canvas.tools.link_hints import LETTERS, Hint, codes, nearest_first, paint_hints
from desktop.canvas.tools.select import hover
from desktop.canvas.tools.tool import Pointer, Tool
from desktop.canvas.workspace import Workspace
from desktop.document import edits
from desktop.document.order import annotations_in_order
from model_backend.document import Box, Entity, Page, Point, Status
from model_backend.translation import _, mark

LEAVE = "l"


class RelationTool(Tool):
    """Link entities; those selected beforehand are all linked to the one that is clicked."""

    name = "relation"
    cursor = Qt.CursorShape.PointingHandCursor
    hint = mark("Type the letters of an entity, or drag or click from one to another. L: done.")

    def __init__(self, work: Workspace) -> None:
        super().__init__(work)
        self._sources = tuple(item.id for item in work.selected() if isinstance(item, Entity))
        self._pressed: Pointer | None = None
        self._point: Point | None = None
        self._typed: str | None = ""
        """The letters typed so far; None from the first click on: the mouse needs no letters."""

    @property
    def is_busy(self) -> bool:
        """Whether a link has been begun."""
        return bool(self._sources) if self._typed is None else bool(self._typed)

    def wants_key(self, key: int) -> bool:
        """Letters point at entities until the mouse is used."""
        return self._typed is not None and _letter(key) != ""

    def key(self, key: int) -> bool:
        """A letter leads to the entity that has it, L away from here."""
        if self._typed is None:
            return False
        letter = _letter(key)
        if letter == LEAVE:
            self.is_over = True
        elif letter:
            self._type(self._typed + letter)
        elif key == Qt.Key.Key_Backspace and self._typed:
            self._typed = self._typed[:-1]
        else:
            return False
        return True

    def hints(self) -> list[Hint]:
        """The letters of each entity that can be linked, or with nothing selected be begun with."""
        page = self.work.page
        if page is None:
            return []
        sources = self._chosen()
        ids = {item.id for item in sources}
        order = [item for item in annotations_in_order(page) if isinstance(item, Entity)]
        hidden = self.work.scene.look.hidden_ids
        others = [item for item in order if item.id not in ids and item.id not in hidden]
        ordered = nearest_first(others, [item.box for item in sources])
        linked = _linked_to_all(page, ids)
        named = zip(ordered, codes(len(ordered)), strict=False)
        return [Hint(item, code, item.id in linked) for item, code in named]

    def _chosen(self) -> list[Entity]:
        return [item for item in self.work.selected() if isinstance(item, Entity)]

    def _type(self, typed: str) -> None:
        hints = self.hints()
        found = next((hint.entity for hint in hints if hint.code == typed), None)
        if found is not None:
            self._typed = ""
            self._take(found)
        elif any(hint.code.startswith(typed) for hint in hints):
            self._typed = typed
        else:
            self.work.say(_("No entity has these letters."))
            self._typed = ""

    def _take(self, target: Entity) -> None:
        """Link what is selected to it, or no longer; with nothing selected, begin with it."""
        sources = [item.id for item in self._chosen()]
        if not sources:
            self.work.select((target.id,))
            return

        def change(page: Page) -> Page:
            return edits.toggle_links(page, sources, target.id)

        self.work.apply(mark("Link entities"), change)

    def press(self, pointer: Pointer) -> None:
        """The first entity begins a link; with a link begun, the release ends it."""
        if self._typed is not None:
            self._sources = tuple(item.id for item in self._chosen())
            self._typed = None
        self._point = pointer.point
        entity = entity_at(self.work.scene, pointer.point)
        self._pressed = pointer if entity is not None else None
        if entity is None:
            self.cancel()
            self.work.select(())
        elif pointer.control:
            self._sources = tuple(dict.fromkeys((*self._sources, entity.id)))
            self._pressed = None
            self.work.select(self._sources)
        elif not self._sources:
            self._sources = (entity.id,)
            self.work.select(self._sources)
        self.work.scene.refresh()

    def move(self, pointer: Pointer) -> None:
        """The arrow follows; a drag onto another entity begins where it was pressed, whatever was
        selected beforehand.
        """
        self._point = pointer.point
        if self._pressed is not None:
            begun = entity_at(self.work.scene, self._pressed.point)
            over = entity_at(self.work.scene, pointer.point)
            if begun is not None and over is not None and over.id != begun.id:
                self._sources = (begun.id,)
        if self._sources:
            hover(self, entity_at(self.work.scene, pointer.point))
            self.work.scene.refresh()

    def release(self, pointer: Pointer) -> None:
        """Over another entity the link is made; after a click on the first one it waits for the
        second.
        """
        pressed, self._pressed = self._pressed, None
        target = entity_at(self.work.scene, pointer.point)
        if pressed is None:
            return
        if target is None:
            self.work.say(_("A link goes from one entity to another."))
            self.cancel()
        elif self._sources != (target.id,):
            self._link(target, pointer)
        self.work.scene.refresh()

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """Show which entity a click would take."""
        self._point = pointer.point
        entity = entity_at(self.work.scene, pointer.point)
        hover(self, entity)
        if self._sources and self._typed is None:
            self.work.scene.refresh()
        return self.cursor if entity is not None else Qt.CursorShape.ArrowCursor

    def cancel(self) -> bool:
        """Forget the link that was begun."""
        if self._typed is not None:
            had_letters, self._typed = bool(self._typed), ""
            return had_letters
        had_one, self._sources, self._pressed = bool(self._sources), (), None
        self.work.scene.refresh()
        return had_one

    def page_changed(self, page: Page | None) -> None:
        """Entities that are gone begin no link."""
        kept = () if page is None else tuple(entity.id for entity in self._entities())
        self._sources = kept

    def paint(self, painter: QPainter, look: Look) -> None:
        """An arrow from each first entity to the pointer, or to the entity under it; letters while
        the mouse is not used.
        """
        if self._typed is not None:
            paint_hints(painter, self.hints(), self._typed, look)
            return
        if self._point is None:
            return
        target = entity_at(self.work.scene, self._point)
        end = target.box if target is not None else Box(*self._point, *self._point)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for entity in self._entities():
            if target is not None and entity.id == target.id:
                continue
            name = annotation_color(look.schema, entity)
            curve = link_curve(entity.box.normalized(), end.normalized())
            painter.setBrush(brush(name, 0))
            painter.setPen(look.pen(name, 2.2))
            painter.drawPath(curve_path(curve))
            paint_ends(painter, curve_points(curve), name, look, 2.2)
        if target is not None:
            painter.setPen(look.pen(look.theme.accent, 2.0))
            painter.setBrush(brush(look.theme.accent, 30))
            painter.drawRect(rect_of(target.box))

    def _entities(self) -> list[Entity]:
        page = self.work.page
        return [item for item in page.entities if item.id in self._sources] if page else []

    def _link(self, target: Entity, pointer: Pointer) -> None:
        sources = [item for item in self._sources if item != target.id]

        def change(page: Page) -> Page:
            for source in sources:
                page = edits.link(page, from_id=source, to_id=target.id)
            return page

        text = mark("Link entities")
        made = self.work.apply(text, change)
        if made is None:
            self.work.say(_("These are linked already."))
        if pointer.shift:
            return
        self._sources = ()
        self.work.select(made or (target.id,))


def _letter(key: int) -> str:
    """The letter of a key that means something while letters are shown."""
    name = chr(key).lower() if Qt.Key.Key_A <= key <= Qt.Key.Key_Z else ""
    return name if name in LETTERS or name == LEAVE else ""


def _linked_to_all(page: Page, from_ids: Collection[int]) -> set[int]:
    """The entities to which each of these is linked already."""
    targets: dict[int, set[int]] = defaultdict(set)
    for link in page.relations:
        if link.from_id in from_ids and link.status != Status.PROPOSED:
            targets[link.to_id].add(link.from_id)
    return {to_id for to_id, starts in targets.items() if len(starts) == len(from_ids)}
