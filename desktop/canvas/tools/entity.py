"""The tool for entities: sweep over words; a click takes one word, a frame without words makes a
box entity.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from desktop.canvas.geometry import box_between
from desktop.canvas.hits import entity_at, words_at, words_in
from desktop.canvas.layers.layer import Look, rect_of
from desktop.canvas.style import MOST_LIT, brush, label_color
from desktop.canvas.tools.select import hover
from desktop.canvas.tools.tool import Gesture, Pointer, Tool
from desktop.document import edits
from desktop.document.lookup import Item
from model_backend.document import Box, Entity, Page, Word
from model_backend.labels import ENTITY
from model_backend.reading_order import reading_order
from model_backend.translation import mark

SMALLEST_PX = 6.0


class EntityTool(Tool):
    """Make entities of words."""

    name = "entity"
    cursor = Qt.CursorShape.IBeamCursor
    hint = mark("Sweep over words to make an entity; Shift adds words to it, Alt takes them out.")

    def begin(self, pointer: Pointer) -> Gesture | None:
        """A sweep, always."""
        return Sweep(self.work, pointer)

    def hover(self, pointer: Pointer) -> Qt.CursorShape:
        """Show which word or entity a click would take."""
        words = words_at(self.work.scene, pointer.point)
        entity = entity_at(self.work.scene, pointer.point)
        hover(self, entity or (words[0] if words else None))
        return self.cursor


class Sweep(Gesture):
    """The words in the frame between press and pointer, in reading order, become an entity when
    released.
    """

    cursor = Qt.CursorShape.IBeamCursor

    def box(self) -> Box:
        """The frame that is swept."""
        return box_between(self.start.point, self.last.point)

    def words(self) -> tuple[Word, ...]:
        """The words swept over, in reading order."""
        return reading_order(words_in(self.work.scene, self.box()))

    def depends_on(self) -> tuple[Item, ...]:
        """Nothing: words are looked up when they are needed."""
        return ()

    def release(self, pointer: Pointer) -> bool:
        """One edit makes the entity, or changes the words of the selected one."""
        self.move(pointer)
        words = self.words()
        entity = self._selected()
        if entity is not None and words and (pointer.shift or pointer.alt):
            self._change_words(entity, words)
        elif self.is_click:
            self._click(words)
        elif words:
            self._add([word.id for word in words])
        else:
            self._add_box()
        return True

    def paint(self, painter: QPainter, look: Look) -> None:
        """The words as they would become an entity."""
        name = label_color(look.schema, self.work.label(ENTITY), ENTITY)
        words = words_in(self.work.scene, self.box())
        painter.setPen(look.pen(name, 1.6))
        painter.setBrush(brush(name, 70))
        painter.drawRects([rect_of(word.box) for word in words[:MOST_LIT]])
        if not self.is_click:
            painter.setPen(look.pen(name, 1.0, alpha=180, is_dashed=True))
            painter.setBrush(brush(name, 0 if words else 24))
            painter.drawRect(rect_of(self.box()))

    def _selected(self) -> Entity | None:
        items = self.work.selected() if len(self.work.ids) == 1 else []
        return items[0] if items and isinstance(items[0], Entity) else None

    def _change_words(self, entity: Entity, words: tuple[Word, ...]) -> None:
        swept = {word.id for word in words}
        kept = set(entity.word_ids) - swept if self.last.alt else set(entity.word_ids) | swept
        page = self.work.page
        members = [word for word in page.words if word.id in kept] if page else []
        ids = [word.id for word in reading_order(members)]
        if ids:
            self.work.apply(
                mark("Change words"), lambda page: edits.set_entity_words(page, entity.id, ids)
            )

    def _click(self, words: tuple[Word, ...]) -> None:
        entity = entity_at(self.work.scene, self.last.point)
        if entity is not None:
            self.work.select((entity.id,))
        elif words:
            self._add([min(words, key=lambda word: word.box.area).id])
        else:
            self.work.select(())

    def _add(self, word_ids: list[int]) -> None:
        label = self.work.label(ENTITY)
        self._select_new(
            self.work.apply(
                mark("Add entity"), lambda page: edits.add_entity(page, label, word_ids)
            )
        )

    def _add_box(self) -> None:
        box, label = self.box(), self.work.label(ENTITY)
        if min(box.width, box.height) < SMALLEST_PX * self.last.pixel:
            return

        def change(page: Page) -> Page:
            return edits.add_entity_box(page, label, box)

        self._select_new(self.work.apply(mark("Add entity"), change))

    def _select_new(self, ids: tuple[int, ...] | None) -> None:
        if ids:
            self.work.select(ids)
