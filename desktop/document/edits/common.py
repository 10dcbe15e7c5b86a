"""Edits that work on words and annotations of every kind."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from desktop.document.edits import placing
from desktop.document.edits.entities import without_words
from desktop.document.edits.parts import (
    Item,
    begun,
    items_of,
    known,
    put,
    take_out,
    touched,
    with_changed_words,
    words_by_id,
)
from desktop.errors import UserError
from model_backend.document import (
    HUMAN,
    Annotation,
    Box,
    Entity,
    Page,
    Region,
    Relation,
    Status,
    Table,
    Word,
)


def replace(page: Page, item: Annotation) -> Page:
    """Another value for the annotation with the same id; what a model proposed is now corrected."""
    old = known(page, item.id)
    if type(old) is not type(item):
        raise ValueError(f"{item.id} is a {type(old).__name__}, not a {type(item).__name__}")
    return page if old == item else begun(put(page, touched(item)))


def set_label(page: Page, ids: Iterable[int], label: str) -> Page:
    """Another label for entities and regions; other kinds have none."""
    changed = [
        touched(dataclasses.replace(item, label=label))
        for item in items_of(page, ids)
        if isinstance(item, Entity | Region) and item.label != label
    ]
    return begun(put(page, *changed)) if changed else page


def move(page: Page, ids: Iterable[int], dx: float, dy: float) -> Page:
    """Words and annotations shifted; an entity takes its words along, a relation has no place."""
    items = [item for item in items_of(page, ids) if not isinstance(item, Relation)]
    if not items or (dx, dy) == (0, 0):
        return page
    along = [word_id for item in items if isinstance(item, Entity) for word_id in item.word_ids]
    words = {item.id: item for item in items if isinstance(item, Word)}
    words.update((word.id, word) for word in words_by_id(page, along))
    after = with_changed_words(page, [_moved_word(word, dx, dy) for word in words.values()])
    shifted = [placing.moved(item, dx, dy) for item in items if not isinstance(item, Word)]
    return begun(put(after, *(touched(item) for item in shifted)))


def _moved_word(word: Word, dx: float, dy: float) -> Word:
    return dataclasses.replace(word, box=word.box.moved(dx, dy))


def resize(page: Page, item_id: int, box: Box) -> Page:
    """Another box for a word or annotation: polygons, masks, rows and columns are fitted to it."""
    item, box = known(page, item_id), box.normalized()
    if isinstance(item, Relation) or item.box == box:
        return page
    if box.width <= 0 or box.height <= 0:
        raise UserError("The box is empty. Make it wider and higher.")
    new = placing.fitted(item, box)
    if isinstance(new, Word):
        return begun(with_changed_words(page, [new]))
    return begun(put(page, touched(new)))


def delete(page: Page, ids: Iterable[int]) -> Page:
    """Words and annotations taken out, with relations to them and entities left without words."""
    gone = {item.id for item in items_of(page, ids)}
    if not gone:
        return page
    words = {word.id for word in page.words if word.id in gone}
    return begun(take_out(without_words(take_out(page, gone - words), words), words))


def accept(page: Page, ids: Iterable[int]) -> Page:
    """Proposals taken as they are."""
    accepted = [
        dataclasses.replace(item, status=Status.ACCEPTED)
        for item in items_of(page, ids)
        if not isinstance(item, Word) and item.status == Status.PROPOSED
    ]
    return begun(put(page, *accepted)) if accepted else page


def accept_rest(page: Page) -> Page:
    """All proposals that are still open taken as they are, the page's class too."""
    return accept_page_class(accept(page, [item.id for item in page.annotations]))


def accept_page_class(page: Page) -> Page:
    """What a model said about the kind of page taken as it is."""
    known = page.page_class
    if known is None or known.status != Status.PROPOSED:
        return page
    accepted = dataclasses.replace(known, status=Status.ACCEPTED)
    return begun(dataclasses.replace(page, page_class=accepted))


def paste(page: Page, items: Sequence[Item], dx: float, dy: float) -> Page:
    """Copies with new ids, shifted; references to what is not copied along are dropped."""
    new_ids = {item.id: page.next_id + index for index, item in enumerate(items)}
    copies = [_copied(placing.moved(item, dx, dy), new_ids) for item in items]
    found = [item for item in copies if item is not None]
    return begun(put(page, *found)) if found else page


def _copied(item: Item, new_ids: dict[int, int]) -> Item | None:
    own = new_ids[item.id]
    if isinstance(item, Word):
        return dataclasses.replace(item, id=own, source_data="")
    if isinstance(item, Relation):
        if item.from_id not in new_ids or item.to_id not in new_ids:
            return None
        ends = (new_ids[item.from_id], new_ids[item.to_id])
        item = dataclasses.replace(item, from_id=ends[0], to_id=ends[1])
    if isinstance(item, Table):
        item = dataclasses.replace(item, continues=0)  # a part is continued by one table only
    if isinstance(item, Entity):
        words = tuple(new_ids[word_id] for word_id in item.word_ids if word_id in new_ids)
        item = dataclasses.replace(item, word_ids=words)
    return dataclasses.replace(
        item, id=own, score=None, status=Status.ACCEPTED, source=HUMAN, source_data=""
    )
