"""What all edits are made of: putting values in, taking them out, what a person's touch means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from desktop.errors import UserError
from model_backend.document import (
    COLLECTIONS,
    HUMAN,
    Annotation,
    Box,
    Entity,
    Page,
    PageStatus,
    Status,
    Word,
    collection_of,
    union_of,
)

Item = Word | Annotation
AnyItem = TypeVar("AnyItem", bound=Item)


def put(page: Page, *items: Item) -> Page:
    """The page with these values added, or in place of those with the same ids."""
    changed: dict[str, dict[int, Item]] = {}
    for item in items:
        changed.setdefault(collection_of(item), {})[item.id] = item
    fields: dict[str, Any] = {
        name: _merged(getattr(page, name), values) for name, values in changed.items()
    }
    past = max((item.id + 1 for item in items), default=page.next_id)
    return replace(page, **fields, next_id=max(page.next_id, past))


def _merged(old: tuple[Item, ...], changed: dict[int, Item]) -> tuple[Item, ...]:
    kept = list(old)
    for place, item in enumerate(old):
        if item.id in changed:
            kept[place] = changed.pop(item.id)
    if changed:
        kept.extend(changed.values())
        kept.sort(key=lambda item: item.id)
    return tuple(kept)


def take_out(page: Page, ids: Collection[int]) -> Page:
    """The page without these values and relations that name them; entities keep word ids."""
    fields: dict[str, Any] = {}
    for name in COLLECTIONS:
        old = getattr(page, name)
        kept = tuple(item for item in old if item.id not in ids)
        if len(kept) != len(old):
            fields[name] = kept
    relations = tuple(
        relation
        for relation in fields.get("relations", page.relations)
        if relation.from_id not in ids and relation.to_id not in ids
    )
    return replace(page, **{**fields, "relations": relations})


def items_of(page: Page, ids: Iterable[int]) -> tuple[Item, ...]:
    """The words and annotations with these ids, in the page's order, as far as they exist."""
    wanted = set(ids)
    return tuple(item for item in (*page.words, *page.annotations) if item.id in wanted)


def known(page: Page, item_id: int) -> Item:
    """The word or annotation with that id, or one clear line that it is gone."""
    item = page.word(item_id) or page.annotation(item_id)
    if item is None:
        raise UserError("This is no longer on the page. Select it again and retry.")
    return item


def known_entity(page: Page, entity_id: int) -> Entity:
    """The entity with that id, or one clear line that it is gone."""
    item = known(page, entity_id)
    if not isinstance(item, Entity):
        raise UserError("Only an entity can be used here. Select an entity and retry.")
    return item


def touched(item: AnyItem) -> AnyItem:
    """The value after a person changed it: what did not come from a person is now corrected."""
    if isinstance(item, Word):
        return item
    status = Status.ACCEPTED if item.source == HUMAN else Status.CORRECTED
    return replace(item, status=status)


def retyped(word: Word, text: str) -> Word:
    """The word with the text a person gave it: nothing is left of the recogniser's doubt."""
    return replace(word, text=text, confidence=None, is_doubtful=False)


def followed(item: Entity) -> Entity:
    """An entity that changed with its words: a proposal stays open, anything else was corrected."""
    return item if item.status == Status.PROPOSED else touched(item)


def begun(page: Page) -> Page:
    """The page after a person worked on it."""
    if page.status in (PageStatus.NEW, PageStatus.PROPOSED):
        return replace(page, status=PageStatus.IN_PROGRESS)
    return page


def words_by_id(page: Page, word_ids: Iterable[int]) -> tuple[Word, ...]:
    """The words in the order of the ids; words that are gone are left out."""
    word_ids = tuple(word_ids)
    wanted = frozenset(word_ids)
    by_id = {word.id: word for word in page.words if word.id in wanted}
    return tuple(by_id[word_id] for word_id in word_ids if word_id in by_id)


def joined(words: Sequence[Word]) -> str:
    """The text of words that follow each other."""
    return " ".join(word.text for word in words if word.text)


def is_joined(text: str, words: Sequence[Word]) -> bool:
    """Whether the text is that of the words, on however many lines, and so should follow them."""
    return text.split() == joined(words).split()


def respaced(text: str, parts: Sequence[str]) -> str:
    """Other parts between the spaces and line breaks of a text; one space where they are not as
    many.
    """
    new = [part for part in parts if part]
    gaps = re.findall(r"\s+", text.strip())
    if len(gaps) + 1 != len(new) or any(len(part.split()) != 1 for part in new):
        return " ".join(new)
    return "".join(part + gap for part, gap in zip(new, [*gaps, ""], strict=True))


def is_around(box: Box, words: Sequence[Word]) -> bool:
    """Whether the box is the one around the words, and so should follow them."""
    return bool(words) and box == union_of(word.box for word in words)


def following(entity: Entity, old: Sequence[Word], new: Sequence[Word]) -> Entity:
    """The entity with other words: text and box follow where they were those of the old words."""
    follows = is_joined(entity.text, old)
    text = respaced(entity.text, [word.text for word in new]) if follows else entity.text
    box = union_of(word.box for word in new) if new and is_around(entity.box, old) else entity.box
    return replace(entity, word_ids=tuple(word.id for word in new), text=text, box=box)


def with_changed_words(page: Page, changed: Iterable[Word]) -> Page:
    """The page with words in place of those with the same ids; the entities made of them follow."""
    words = {word.id: word for word in changed}
    after = put(page, *words.values())
    concerned = frozenset(words)
    entities = [item for item in page.entities if not concerned.isdisjoint(item.word_ids)]
    results = []
    for entity in entities:
        new = following(
            entity, words_by_id(page, entity.word_ids), words_by_id(after, entity.word_ids)
        )
        if (new.text, new.box) != (entity.text, entity.box):
            results.append(followed(replace(new, word_ids=entity.word_ids)))
    return put(after, *results)
