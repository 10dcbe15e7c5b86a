"""Labelling by keys: a cursor walks the words, a run of them grows, a digit makes it an entity."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from desktop.canvas.layers.layer import box_of
from desktop.canvas.layers.tables import table_bounds
from desktop.canvas.table_view import TableView
from desktop.canvas.word_cursor import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    extended,
    in_order,
    loose_words,
    stepped,
)
from desktop.document import edits
from desktop.document.order import annotations_in_order, words_in_order
from desktop.guards import guarded
from model_backend.document import Annotation, Box, Entity, Page, Relation, Table, Word, union_of
from model_backend.labels import ENTITY
from model_backend.translation import mark

WAYS = {
    Qt.Key.Key_Left: LEFT,
    Qt.Key.Key_Right: RIGHT,
    Qt.Key.Key_Up: UP,
    Qt.Key.Key_Down: DOWN,
}


@guarded
class WordView(TableView):
    """The page in view with a cursor on its words: the word that was selected last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cursor: int | None = None
        self._run: tuple[int, ...] = ()
        self._is_labelling = False
        """Whether words are being labelled by keys: then arrows walk on from an entity, and Tab
        also stops at words that belong to nothing yet.
        """
        self._is_walking = False
        """Whether Tab came last: then, too, arrows walk on, and move nothing by accident."""

    def selected_words(self) -> tuple[int, ...]:
        """The selected words, where nothing else is selected."""
        items = self.work.selected()
        return tuple(item.id for item in items) if all(isinstance(i, Word) for i in items) else ()

    def label_words(self, name: str) -> None:
        """Make an entity of the selected words, or give the one that they are another label."""
        page, chosen = self.work.page, self.selected_words()
        if page is None or not chosen:
            return
        ids = in_order(page, chosen)
        same = next((item for item in page.entities if set(item.word_ids) == set(ids)), None)
        if same is None:
            text = mark("Add entity")
            made = self.work.apply(text, lambda page: edits.add_entity(page, name, ids))
        else:
            known, made = same.id, (same.id,)
            self.work.apply(mark("Change label"), lambda page: edits.set_label(page, [known], name))
        if made:
            self._is_labelling, self._cursor = True, ids[-1]
            self.work.select(made)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """The mouse takes over from the keys."""
        self._is_labelling = self._is_walking = False
        super().mousePressEvent(event)

    def word_key(self, event: QKeyEvent) -> bool:
        """An arrow that moves the cursor, or with Shift lengthens what is chosen; False where it is
        for something else.
        """
        page, way = self.work.page, WAYS.get(Qt.Key(event.key()))
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        shift = Qt.KeyboardModifier.ShiftModifier
        if page is None or way is None or self.tool.is_busy or held & ~shift:
            return False
        items = self.work.selected()
        entity = items[0] if len(items) == 1 and isinstance(items[0], Entity) else None
        by_keys = self._is_labelling or self._is_walking
        if entity is not None and entity.word_ids and (held or by_keys):
            self._from_entity(page, entity, way, is_longer=bool(held))
            return True
        if not page.words or not all(isinstance(item, Word) for item in items):
            return False
        self._from_words(page, way, is_longer=bool(held))
        return True

    def _from_words(self, page: Page, way: str, *, is_longer: bool) -> None:
        chosen = self.selected_words()
        if is_longer and chosen:
            self._select_words(extended(page, chosen, way))
            return
        cursor = chosen[-1] if chosen else self._start(page)
        is_new = not chosen and self._cursor != cursor
        following = cursor if is_new else stepped(page, cursor, way)
        self._select_words(() if following is None else (following,))

    def _start(self, page: Page) -> int | None:
        """Where the cursor was, else the first word in view."""
        if self._cursor is not None and page.word(self._cursor) is not None:
            return self._cursor
        seen = box_of(self.mapToScene(self.viewport().rect()).boundingRect())
        order = words_in_order(page)
        return next((word.id for word in order if seen.contains(word.box.center)), None)

    def _from_entity(self, page: Page, entity: Entity, way: str, *, is_longer: bool) -> None:
        if not is_longer:
            following = stepped(page, entity.word_ids[-1], way)
            self._select_words(() if following is None else (following,))
            return
        run = self._run if set(self._run) == set(entity.word_ids) else entity.word_ids
        self._run = extended(page, run, way)
        ids = in_order(page, self._run)
        entity_id = entity.id
        self.work.apply(
            mark("Change words"), lambda page: edits.set_entity_words(page, entity_id, ids)
        )
        self._bring_into_view(self._run[-1])

    def _select_words(self, ids: Sequence[int]) -> None:
        if not ids:
            return
        self._is_labelling, self._cursor = True, ids[-1]
        self.work.select(ids)
        self._bring_into_view(ids[-1])

    def _bring_into_view(self, word_id: int) -> None:
        word = self.work.item(word_id)
        if isinstance(word, Word):
            self.show_box(word.box.normalized())

    def walk(self, page: Page, free: Collection[int], step: int) -> None:
        """Go on to the next of these annotations in reading order (back for -1), round and round.

        While words are labelled by keys, or where there is no annotation yet, words that belong to
        nothing are stops too.
        """
        self._is_walking = True
        if not self.work.ids:
            self._is_labelling = False
        wanted = set(free)
        annotations = [item for item in annotations_in_order(page) if item.id in wanted]
        is_begun = bool(annotations) and not self._is_labelling
        row = list(annotations) if is_begun else _with_loose_words(page, annotations)
        if not row:
            return
        ids = [item.id for item in row]
        here = [place for place in map(self._place_in(page, ids), self.work.ids) if place >= 0]
        first = 0 if step > 0 else len(row) - 1
        item = row[(here[-1] + step) % len(row) if here else first]
        if isinstance(item, Word):
            self._select_words((item.id,))
        else:
            self.work.select((item.id,))
            self.show_box(shown_box(item))

    def _place_in(self, page: Page, ids: list[int]) -> Callable[[int], int]:
        """Where a selected thing stands in the row; a word where its entity does."""
        owners = {word_id: entity.id for entity in page.entities for word_id in entity.word_ids}
        places = {item_id: place for place, item_id in enumerate(ids)}
        return lambda item_id: places.get(item_id, places.get(owners.get(item_id, -1), -1))

    def show_selection(self) -> None:
        """Bring what is selected into view, scrolling the least."""
        items = [item for item in self.work.selected() if not isinstance(item, Relation)]
        if items:
            self.show_box(union_of(shown_box(item) for item in items))

    def labels_words(self, kind: str) -> bool:
        """Whether a label of this kind makes an entity of what is selected."""
        return kind == ENTITY and bool(self.selected_words())


def shown_box(item: Word | Annotation) -> Box:
    """What of a thing is brought into view; a link is nowhere."""
    if isinstance(item, Table):
        return table_bounds(item)
    return Box(0, 0, 0, 0) if isinstance(item, Relation) else item.box.normalized()


def _with_loose_words(page: Page, row: Sequence[Annotation]) -> list[Word | Annotation]:
    """Annotations and loose words in one order: an entity stands where its first word stands."""
    places = {word.id: place for place, word in enumerate(words_in_order(page))}
    keyed: list[tuple[float, int, Word | Annotation]] = []
    last = -1.0
    for number, item in enumerate(row):
        first = item.word_ids[0] if isinstance(item, Entity) and item.word_ids else None
        last = max(last, float(places.get(first, last))) if first is not None else last
        keyed.append((last, number, item))
    keyed += [(float(places[word.id]), -1, word) for word in loose_words(page)]
    return [item for _place, _number, item in sorted(keyed, key=lambda entry: entry[:2])]
