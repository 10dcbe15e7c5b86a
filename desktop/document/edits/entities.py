"""Edits of entities and of the relations between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from desktop.document.edits.parts import (
    begun,
    followed,
    following,
    is_joined,
    joined,
    known,
    known_entity,
    put,
    retyped,
    take_out,
    touched,
    with_changed_words,
    words_by_id,
)
from desktop.document.edits.words import set_word_text
from desktop.errors import UserError
from model_backend.document import Box, Entity, Page, Relation, Status, Word, union_of


def add_entity(page: Page, label: str, word_ids: Sequence[int]) -> Page:
    """A labelled set of words, taken from other entities that had them; its id is `next_id`."""
    words = words_by_id(page, dict.fromkeys(word_ids))
    if not words:
        raise UserError("An entity needs at least one word. Sweep over words and retry.")
    ids = tuple(word.id for word in words)
    box = union_of(word.box for word in words)
    entity = Entity(page.next_id, label, ids, joined(words), box)
    return begun(put(without_words(page, ids), entity))


def add_entity_box(page: Page, label: str, box: Box, text: str = "") -> Page:
    """An entity without words: a box with a text."""
    return begun(put(page, Entity(page.next_id, label, (), text, box.normalized())))


def set_entity_words(page: Page, entity_id: int, word_ids: Sequence[int]) -> Page:
    """Other words for an entity: its box follows them, its text where it was that of the old."""
    entity = known_entity(page, entity_id)
    new = words_by_id(page, dict.fromkeys(word_ids))
    ids = tuple(word.id for word in new)
    if ids == entity.word_ids:
        return page
    if not new:
        raise UserError("An entity needs at least one word. Delete it instead.")
    result = following(entity, words_by_id(page, entity.word_ids), new)
    result = replace(result, box=union_of(word.box for word in new))
    added = set(ids) - set(entity.word_ids)
    return begun(put(without_words(page, added), touched(result)))


def without_words(page: Page, word_ids: Collection[int]) -> Page:
    """The page where no entity has these words; one that loses its last goes, with relations."""
    lost = set(word_ids)
    losers = [entity for entity in page.entities if not lost.isdisjoint(entity.word_ids)]
    kept, gone = [], set()
    for entity in losers:
        rest = tuple(word_id for word_id in entity.word_ids if word_id not in lost)
        old = words_by_id(page, entity.word_ids)
        if rest:
            kept.append(followed(following(entity, old, words_by_id(page, rest))))
        else:
            gone.add(entity.id)
    return put(take_out(page, gone), *kept) if losers else page


def set_text(page: Page, item_id: int, text: str) -> Page:
    """Another text for an entity or a word.

    Where an entity's text is that of its words and the new one has as many parts as there are
    words, each word takes its part: a correction reaches what models are trained on.
    """
    item = known(page, item_id)
    if isinstance(item, Word):
        return set_word_text(page, item_id, text)
    if not isinstance(item, Entity):
        raise UserError("Only words and entities have a text. Select one and retry.")
    if item.text == text:
        return page
    words = words_by_id(page, item.word_ids)
    after = (
        with_changed_words(page, _parts_of(text, words)) if is_joined(item.text, words) else page
    )
    return begun(put(after, touched(replace(item, text=text))))


def _parts_of(text: str, words: Sequence[Word]) -> list[Word]:
    parts = text.split()
    if len(parts) != len(words) or any(not word.text or " " in word.text for word in words):
        return []
    pairs = zip(words, parts, strict=True)
    return [retyped(word, part) for word, part in pairs if word.text != part]


def link(page: Page, from_id: int, to_id: int) -> Page:
    """A relation between entities; one that is there already is accepted, or turned round."""
    known_entity(page, from_id)
    known_entity(page, to_id)
    if from_id == to_id:
        raise UserError("A link needs two different entities. Drag from one to another.")
    same = _relation(page, from_id, to_id)
    if same is not None:
        return _accepted(page, same)
    turned = _relation(page, to_id, from_id)
    if turned is not None:
        return begun(put(page, touched(replace(turned, from_id=from_id, to_id=to_id))))
    return begun(put(page, Relation(page.next_id, from_id, to_id)))


def _accepted(page: Page, relation: Relation) -> Page:
    if relation.status != Status.PROPOSED:
        return page
    return begun(put(page, replace(relation, status=Status.ACCEPTED)))


def unlink(page: Page, from_id: int, to_id: int) -> Page:
    """The relation from one entity to another taken away."""
    relation = _relation(page, from_id, to_id)
    return page if relation is None else begun(take_out(page, {relation.id}))


def _relation(page: Page, from_id: int, to_id: int) -> Relation | None:
    ends = (from_id, to_id)
    return next((item for item in page.relations if (item.from_id, item.to_id) == ends), None)


def toggle_links(page: Page, from_ids: Sequence[int], to_id: int) -> Page:
    """Links from all of these to one entity; where all are there already, none of them."""
    sources = [from_id for from_id in dict.fromkeys(from_ids) if from_id != to_id]
    if not sources:
        raise UserError("A link needs two different entities. Drag from one to another.")
    if all(_is_linked(page, source, to_id) for source in sources):
        for source in sources:
            page = unlink(page, source, to_id)
        return page
    for source in sources:
        page = link(page, source, to_id)
    return page


def _is_linked(page: Page, from_id: int, to_id: int) -> bool:
    relation = _relation(page, from_id, to_id)
    return relation is not None and relation.status != Status.PROPOSED


def join_entities(page: Page, ids: Sequence[int], word_ids: Sequence[int]) -> Page:
    """One entity of several and of further words, the first of them; the links of the others are
    its links now.
    """
    entities = [known_entity(page, entity_id) for entity_id in dict.fromkeys(ids)]
    first, rest = entities[0], entities[1:]
    gone = {entity.id for entity in rest}
    after = put(take_out(page, gone), *_moved_links(page, first.id, gone))
    if word_ids:
        return set_entity_words(after, first.id, word_ids)
    text = "\n".join(entity.text for entity in entities if entity.text)
    box = union_of(entity.box.normalized() for entity in entities)
    return begun(put(after, touched(replace(first, text=text, box=box)))) if rest else page


def _moved_links(page: Page, heir: int, gone: Collection[int]) -> list[Relation]:
    """The links of entities that go, as the heir's own: each once, none to itself."""
    known_ends = {(item.from_id, item.to_id) for item in page.relations}
    moved = []
    for item in page.relations:
        from_id = heir if item.from_id in gone else item.from_id
        to_id = heir if item.to_id in gone else item.to_id
        ends = (from_id, to_id)
        if ends != (item.from_id, item.to_id) and from_id != to_id and ends not in known_ends:
            known_ends.add(ends)
            moved.append(replace(item, from_id=from_id, to_id=to_id))
    return moved


def split_entity(page: Page, entity_id: int) -> Page:
    """An entity of each of its words; the first is the old one and keeps its links."""
    entity = known_entity(page, entity_id)
    if len(entity.word_ids) < 2:
        return page
    page = set_entity_words(page, entity.id, entity.word_ids[:1])
    for word_id in entity.word_ids[1:]:
        page = add_entity(page, entity.label, (word_id,))
    return page
