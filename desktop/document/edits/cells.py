"""The text of a table's cell, which is that of the words in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.document.edits.parts import (
    begun,
    followed,
    following,
    put,
    take_out,
    with_changed_words,
    words_by_id,
)
from desktop.errors import UserError
from model_backend.document import Entity, Page, Word, union_of


def set_cell_text(page: Page, word_ids: Sequence[int], text: str) -> Page:
    """Another text for all words of a cell, which are given in reading order.

    As many parts as before: each word takes its own and keeps its place. Otherwise the first word
    takes the whole text and the box around all of them, and the other words go.
    """
    words = words_by_id(page, word_ids)
    if not words or len(words) != len(word_ids):
        raise UserError("The words of this cell have changed. Select the cell again and retry.")
    parts = text.split()
    if [part for word in words for part in word.text.split()] == parts:
        return page
    changed = _each_its_own(words, parts)
    if changed is None:
        return begun(_as_one(page, words, " ".join(parts)))
    return begun(with_changed_words(page, changed))


def _each_its_own(words: Sequence[Word], parts: Sequence[str]) -> list[Word] | None:
    """The words with another text, where the parts are as many; an emptied cell keeps its words."""
    if not parts:
        return [replace(word, text="") for word in words]
    counts = [len(word.text.split()) for word in words]
    if not any(counts):
        counts = [1] * len(words)
    if sum(counts) != len(parts):
        return None
    starts = [sum(counts[:index]) for index in range(len(counts))]
    taken = [parts[start : start + count] for start, count in zip(starts, counts, strict=True)]
    return [
        replace(word, text=" ".join(own))
        for word, own in zip(words, taken, strict=True)
        if own != word.text.split()
    ]


def _as_one(page: Page, words: Sequence[Word], text: str) -> Page:
    """The page with one word in place of these; it belongs to the entity that the first of them
    belonged to, else to the first that had any of them.
    """
    one = replace(words[0], text=text, box=union_of(word.box.normalized() for word in words))
    old = {word.id for word in words}
    after = put(take_out(page, old - {one.id}), one)
    sharers = [entity for entity in page.entities if not old.isdisjoint(entity.word_ids)]
    sharers.sort(key=lambda entity: one.id not in entity.word_ids)
    heirs = [
        _with_one(page, entity, old, (one,) if index == 0 else ())
        for index, entity in enumerate(sharers)
    ]
    return put(after, *heirs)


def _with_one(page: Page, entity: Entity, old: set[int], one: tuple[Word, ...]) -> Entity:
    """The entity with the joined word where its first old one was; one left without words keeps
    its text and box.
    """
    before = words_by_id(page, entity.word_ids)
    first = next(index for index, word in enumerate(before) if word.id in old)
    rest = [word for word in before[first:] if word.id not in old]
    after = (*before[:first], *one, *rest)
    if not after:
        return replace(entity, word_ids=())
    return followed(following(entity, before, after))
