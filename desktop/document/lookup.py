"""Values of a page by id: collections are ordered by id, so nothing is searched through. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import compress, count
from operator import attrgetter, is_not
from typing import Protocol, TypeVar

from model_backend.document import Annotation, Entity, Page, Region, Relation, Table, Word

Item = Word | Entity | Relation | Table | Region

MANY = 400
"""More ids than this are found faster by going through everything once."""


class HasId(Protocol):
    """What is known by an id."""

    @property
    def id(self) -> int:
        """Unique in its page."""


AnyItem = TypeVar("AnyItem", bound=HasId)
_key = attrgetter("id")


def by_id(items: Sequence[AnyItem], item_id: int) -> AnyItem | None:
    """The value with this id in a collection ordered by id."""
    place = bisect_left(items, item_id, key=_key)
    return items[place] if place < len(items) and items[place].id == item_id else None


def item_of(page: Page, item_id: int) -> Item | None:
    """The word or annotation with this id."""
    return (
        by_id(page.entities, item_id)
        or by_id(page.words, item_id)
        or by_id(page.relations, item_id)
        or by_id(page.tables, item_id)
        or by_id(page.regions, item_id)
    )


def annotation_of(page: Page, item_id: int) -> Annotation | None:
    """The annotation with this id."""
    item = item_of(page, item_id)
    return None if isinstance(item, Word) else item


def items_of(page: Page, ids: Iterable[int]) -> dict[int, Item]:
    """The words and annotations with these ids, in this order; those that are gone left out."""
    wanted = list(ids)
    if len(wanted) > MANY:
        chosen = set(wanted)
        everything: tuple[Item, ...] = (*page.annotations, *page.words)
        found = {item.id: item for item in everything if item.id in chosen}
        return {item_id: found[item_id] for item_id in wanted if item_id in found}
    items = ((item_id, item_of(page, item_id)) for item_id in wanted)
    return {item_id: item for item_id, item in items if item is not None}


def changed_ids(before: Sequence[AnyItem], after: Sequence[AnyItem]) -> frozenset[int]:
    """The ids whose value is another one, or is in one of the two collections only.

    Unchanged values are shared between two values of a page: only what differs is looked at.
    """
    if before is after:
        return frozenset()
    start = _shared(before, after)
    room = min(len(before), len(after)) - start
    end = min(room, _shared(before[::-1], after[::-1]))
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) == len(new):
        differs = tuple(map(is_not, old, new))
        old, new = tuple(compress(old, differs)), tuple(compress(new, differs))
    values = {item.id: item for item in old}
    others = {item.id: item for item in new}
    ids = values.keys() | others.keys()
    return frozenset(key for key in ids if values.get(key) is not others.get(key))


def _shared(before: Sequence[AnyItem], after: Sequence[AnyItem]) -> int:
    """How many values both begin with."""
    differs = compress(count(), map(is_not, before, after))
    return next(differs, min(len(before), len(after)))
