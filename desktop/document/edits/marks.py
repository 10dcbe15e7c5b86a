"""Edits that only remark on something: unsure, doubtful, a note; no status changes by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from desktop.document.edits.parts import begun, items_of, known, put, words_by_id
from desktop.errors import UserError
from model_backend.document import Page, Word


def set_unsure(page: Page, ids: Iterable[int], is_unsure: bool) -> Page:
    """Annotations somebody should look at once more, or that are settled."""
    changed = [
        replace(item, is_unsure=is_unsure)
        for item in items_of(page, ids)
        if not isinstance(item, Word) and item.is_unsure != is_unsure
    ]
    return begun(put(page, *changed)) if changed else page


def set_doubtful(page: Page, word_ids: Iterable[int], is_doubtful: bool) -> Page:
    """Words whose text may be wrong; taking the doubt away is a person's reading, which has no
    recogniser's confidence any more.
    """
    words = words_by_id(page, word_ids)
    if is_doubtful:
        changed = [replace(word, is_doubtful=True) for word in words if not word.is_doubtful]
    else:
        changed = [_confirmed(word) for word in words if word.needs_look or word.is_doubtful]
    return begun(put(page, *changed)) if changed else page


def _confirmed(word: Word) -> Word:
    return replace(word, is_doubtful=False, confidence=None)


def set_annotation_note(page: Page, annotation_id: int, note: str) -> Page:
    """What a person wants to say about an annotation."""
    item = known(page, annotation_id)
    if isinstance(item, Word):
        raise UserError("A word has no note. Select the entity it belongs to and retry.")
    return page if item.note == note else begun(put(page, replace(item, note=note)))
