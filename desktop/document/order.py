"""Reading order of a page in hand, worked out once for each value: keys walk it step by step.

An edit that leaves everything where it is leaves the order as it is, too.
"""

from __future__ import annotations

from collections import OrderedDict

from desktop.document.lookup import Item, annotation_of, by_id
from model_backend import reading_order
from model_backend.document import COLLECTIONS, Annotation, Entity, Page, Relation, Word
from model_backend.lookup import changed_ids

KEPT = 4
"""Values of each kind that are remembered; they share almost everything."""
WORDS = ("words",)
EVERYTHING = tuple(COLLECTIONS)
FEW_BOXES = 800
"""The order of so many things is worked out before a person could see it missing."""


class _Known:
    """Orders by the very collections of a page they were made of: comparing those would cost as
    much as making them anew.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        self._names = names
        self._orders: OrderedDict[tuple[int, ...], tuple[Page, tuple[int, ...]]] = OrderedDict()

    def _key(self, page: Page) -> tuple[int, ...]:
        return tuple(id(getattr(page, name)) for name in self._names)

    def order(self, page: Page) -> tuple[int, ...] | None:
        """The ids in order; None where it is not known. Pages are kept, so no id of a collection
        is ever that of something else.
        """
        key = self._key(page)
        if key in self._orders:
            self._orders.move_to_end(key)
            return self._orders[key][1]
        for before, ids in reversed(self._orders.values()):
            if before.id == page.id and self._is_alike(before, page):
                return self.keep(page, ids)
        return None

    def _is_alike(self, before: Page, page: Page) -> bool:
        """Whether the same things lie in the same places on both."""
        return all(
            _has_same_places(getattr(before, name), getattr(page, name)) for name in self._names
        )

    def keep(self, page: Page, ids: tuple[int, ...]) -> tuple[int, ...]:
        """Remember the order of a page."""
        self._orders[self._key(page)] = page, ids
        if len(self._orders) > KEPT:
            self._orders.popitem(last=False)
        return ids

    def latest(self, page: Page) -> tuple[Page | None, tuple[int, ...]]:
        """The last value of this page whose order is known, with that order."""
        orders = (known for known in reversed(self._orders.values()) if known[0].id == page.id)
        return next(orders, (None, ()))


_words, _annotations = _Known(WORDS), _Known(EVERYTHING)


def _has_same_places(before: tuple[Item, ...], after: tuple[Item, ...]) -> bool:
    return all(
        (old := by_id(before, item_id)) is not None
        and (new := by_id(after, item_id)) is not None
        and _place(old) == _place(new)
        for item_id in changed_ids(before, after)
    )


def _place(item: Item) -> tuple[object, ...]:
    """All that the reading order asks of a thing."""
    if isinstance(item, Relation):
        return item.from_id, item.to_id
    if isinstance(item, Entity):
        return item.box, item.word_ids
    return item.box, getattr(item, "rotation", 0)


def words_in_order(page: Page) -> tuple[Word, ...]:
    """The words of a page in reading order."""
    ids = _words.order(page)
    if ids is None:
        ordered = reading_order.reading_order(page.words)
        _words.keep(page, tuple(word.id for word in ordered))
        return ordered
    words = {word.id: word for word in page.words}
    return tuple(words[word_id] for word_id in ids)


def annotations_in_order(page: Page) -> tuple[Annotation, ...]:
    """The annotations of a page in reading order; a relation follows the entity it begins at."""
    ids = annotation_ids_in_order(page)
    items = {item.id: item for item in page.annotations}
    return tuple(items[item_id] for item_id in ids)


def annotation_ids_in_order(page: Page) -> tuple[int, ...]:
    """The ids of the annotations of a page in reading order: the very same tuple as long as an edit
    leaves that as it is.
    """
    ids = _annotations.order(page)
    if ids is None:
        ordered = reading_order.annotations_in_order(page)
        ids = _annotations.keep(page, tuple(item.id for item in ordered))
    return ids


def is_order_at_hand(page: Page) -> bool:
    """Whether the order of the annotations is known, or found in no time."""
    count = len(page.words) + len(page.annotations)
    return count <= FEW_BOXES or _annotations.order(page) is not None


def likely_order(page: Page) -> tuple[int, ...]:
    """The ids of the annotations as they were ordered before the last edits, new ones last: good
    enough until there is time for the true order.
    """
    before, order = _annotations.latest(page)
    if before is None:
        return tuple(item.id for item in page.annotations)
    changed = changed_ids(before.annotations, page.annotations)
    there = {item_id for item_id in changed if annotation_of(page, item_id)}
    known = {item_id for item_id in changed if annotation_of(before, item_id)}
    if there == known:
        return order
    gone = known - there
    return (*(item_id for item_id in order if item_id not in gone), *sorted(there - known))
