"""Edits of words: adding, correcting, marking illegible, and a new recognition of a region."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from desktop.document.edits.parts import (
    begun,
    following,
    put,
    retyped,
    take_out,
    with_changed_words,
    words_by_id,
)
from desktop.errors import UserError
from model_backend.document import Box, Page, Word


def add_word(page: Page, text: str, box: Box) -> Page:
    """A word that no recogniser found."""
    return begun(put(page, Word(page.next_id, text, box.normalized())))


def set_word_text(page: Page, word_id: int, text: str) -> Page:
    """Another text for a word; entities whose text is that of their words follow."""
    word = page.word(word_id)
    if word is None:
        raise UserError("This word is no longer on the page. Select it again and retry.")
    if word.text == text:
        return page
    return begun(with_changed_words(page, [retyped(word, text)]))


def set_illegible(page: Page, word_ids: Iterable[int], is_illegible: bool) -> Page:
    """Words nobody can read, or can after all."""
    words = words_by_id(page, word_ids)
    changed = [word for word in words if word.is_illegible != is_illegible]
    if not changed:
        return page
    return begun(put(page, *(replace(word, is_illegible=is_illegible) for word in changed)))


def replace_words(page: Page, words: Sequence[Word], box: Box | None) -> Page:
    """The words of a region (None: the whole page) read again."""
    old = [word.id for word in page.words if box is None or word.box.overlap(box) >= _MOSTLY]
    return exchange_words(page, old, words)


def exchange_words(page: Page, word_ids: Iterable[int], words: Sequence[Word]) -> Page:
    """Other words in place of these.

    The new words get ids of this page. An entity keeps its other words and takes the new ones that
    lie where its old ones lay; one that is left without words keeps its text and box, since a
    person may have made it.
    """
    old = {word.id: word for word in words_by_id(page, word_ids)}
    new = tuple(replace(word, id=page.next_id + index) for index, word in enumerate(words))
    if not old and not new:
        return page
    after = put(take_out(page, old.keys()), *new)
    entities = [entity for entity in page.entities if not old.keys().isdisjoint(entity.word_ids)]
    results = []
    for entity in entities:
        before = words_by_id(page, entity.word_ids)
        heirs = _taken_over(before, old, new)
        results.append(following(entity, before, heirs) if heirs else replace(entity, word_ids=()))
    return begun(put(after, *results))


_MOSTLY = 0.5


def _taken_over(
    words: Sequence[Word], old: dict[int, Word], new: Sequence[Word]
) -> tuple[Word, ...]:
    """The entity's words with each old one replaced by the new ones in its place, each once."""
    result: dict[int, Word] = {}
    for word in words:
        heirs = _heirs(word, new) if word.id in old else (word,)
        result.update((heir.id, heir) for heir in heirs)
    return tuple(result.values())


def _heirs(old: Word, new: Sequence[Word]) -> tuple[Word, ...]:
    return tuple(
        word
        for word in new
        if word.box.overlap(old.box) >= _MOSTLY or old.box.overlap(word.box) >= _MOSTLY
    )
