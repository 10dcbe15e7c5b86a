"""Which words are corrected one after the other, and how far that has come; no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desktop.document import edits
from desktop.document.order import words_in_order
from model_backend.document import Entity, Page, Word
from model_backend.translation import _, mark

RIGHT, ILLEGIBLE, DOUBTFUL = "right", "illegible", "doubtful"
"""What can be said of a word besides its text."""
VERDICT_TEXTS = {
    RIGHT: mark("Confirm a word"),
    ILLEGIBLE: mark("Mark words illegible"),
    DOUBTFUL: mark("Mark words doubtful"),
}


@dataclass(frozen=True)
class WordWalk:
    """Words in the order of looking at them; `back_to` is selected again at the end."""

    word_ids: tuple[int, ...]
    place: int = 0
    back_to: tuple[int, ...] = ()

    @property
    def word_id(self) -> int:
        """The word that is looked at."""
        return self.word_ids[self.place]

    def step(self, page: Page, by: int) -> WordWalk | None:
        """Further on or back, past words that are gone; None beyond either end."""
        place = self.place + by
        while 0 <= place < len(self.word_ids):
            if page.word(self.word_ids[place]) is not None:
                return replace(self, place=place)
            place += 1 if by > 0 else -1
        return None


def walk_from(page: Page, chosen: Sequence[Word | Entity]) -> WordWalk | None:
    """The words of what is chosen; of all the page from a single word on, or from the beginning."""
    order = [word.id for word in words_in_order(page)]
    own = [word_id for item in chosen for word_id in _words_of(item)]
    wanted = set(own)
    back_to = tuple(item.id for item in chosen)
    if len(wanted) > 1 or any(isinstance(item, Entity) for item in chosen):
        ids = tuple(word_id for word_id in order if word_id in wanted)
        return WordWalk(ids, back_to=back_to) if ids else None
    place = order.index(own[0]) if own and own[0] in order else 0
    return WordWalk(tuple(order), place) if order else None


def walk_doubtful(page: Page) -> WordWalk | None:
    """The words somebody should look at: first those marked, then by the recogniser's doubt."""
    doubtful = [word for word in words_in_order(page) if word.needs_look]
    doubtful.sort(key=lambda word: (not word.is_doubtful, word.confidence or 0.0))
    return WordWalk(tuple(word.id for word in doubtful)) if doubtful else None


def _words_of(item: Word | Entity) -> tuple[int, ...]:
    return (item.id,) if isinstance(item, Word) else item.word_ids


def caption(page: Page, walk: WordWalk) -> tuple[str, str]:
    """How far the walk has come and how the word was read; what keys do."""
    word = page.word(walk.word_id)
    parts = [_("{place} of {count}").format(place=walk.place + 1, count=len(walk.word_ids))]
    if word is not None and word.is_doubtful:
        parts.append(_("doubtful"))
    if word is not None and word.is_illegible:
        parts.append(_("illegible"))
    if word is not None and word.confidence is not None:
        parts.append(_("read with {score}").format(score=f"{word.confidence:.0%}"))
    keys = _("Enter: right · Tab: next · Alt+I: illegible · Alt+Y: doubtful · Esc: stop")
    return "   ".join(parts), keys


def verdict_change(word_id: int, text: str, verdict: str) -> Callable[[Page], Page]:
    """The text of a word, and what a person said of it."""

    def changed(page: Page) -> Page:
        old = page.word(word_id)
        page = edits.set_word_text(page, word_id, text)
        if verdict == ILLEGIBLE:
            return edits.set_illegible(page, [word_id], is_illegible=True)
        if old is not None and old.text != text:  # what was typed was read
            page = edits.set_illegible(page, [word_id], is_illegible=False)
        if verdict == RIGHT:
            return edits.set_doubtful(page, [word_id], is_doubtful=False)
        return edits.set_doubtful(page, [word_id], is_doubtful=True) if verdict else page

    return changed
