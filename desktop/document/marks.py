"""What people remark on, as one list: unsure annotations, doubtful and illegible words, notes."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.document.order import annotations_in_order, words_in_order
from model_backend.document import Annotation, Page, Word

UNSURE, DOUBTFUL, ILLEGIBLE, NOTED = "unsure", "doubtful", "illegible", "noted"
MARKS = (UNSURE, DOUBTFUL, ILLEGIBLE, NOTED)
COUNTS = {name: f"{name}_count" for name in MARKS}
"""The count on the page's row that says whether there is any."""


@dataclass(frozen=True)
class Marked:
    """A thing of a page with what was remarked; `item_id` 0 is the page itself."""

    page_id: int
    item_id: int
    marks: tuple[str, ...]
    note: str = ""


def marked_on(page: Page, wanted: tuple[str, ...] = MARKS) -> tuple[Marked, ...]:
    """What has any of these marks: the page's note, annotations, words, each in reading order.

    The order is asked for only where there is something to put in it: that of very many words
    takes seconds.
    """
    own = (NOTED,) if page.note else ()
    found = [Marked(page.id, 0, own, page.note)]
    if any(item.is_unsure or item.note for item in page.annotations):
        found += [
            Marked(page.id, item.id, _marks(item), item.note) for item in annotations_in_order(page)
        ]
    if any(word.is_illegible or word.needs_look for word in page.words):
        found += [Marked(page.id, word.id, _word_marks(word)) for word in words_in_order(page)]
    return tuple(one for one in found if set(one.marks) & set(wanted))


def is_marked(item: Word | Annotation) -> bool:
    """Whether a thing has any mark."""
    return bool(_word_marks(item) if isinstance(item, Word) else _marks(item))


def _marks(item: Annotation) -> tuple[str, ...]:
    named = ((UNSURE, item.is_unsure), (NOTED, bool(item.note)))
    return tuple(name for name, is_so in named if is_so)


def _word_marks(word: Word) -> tuple[str, ...]:
    if word.is_illegible:
        return (ILLEGIBLE,)
    return (DOUBTFUL,) if word.needs_look else ()


def next_marked(page: Page, after_id: int | None, wanted: tuple[str, ...]) -> Marked | None:
    """The thing with such a mark that comes after this one; None behind the last of the page."""
    row = [one for one in marked_on(page, wanted) if one.item_id]
    ids = [one.item_id for one in row]
    start = ids.index(after_id) + 1 if after_id in ids else 0
    return row[start] if start < len(row) else None
