"""Values of a page by id: collections are ordered by id, so nothing is searched through. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from model_backend.document import Annotation, Entity, Page, Region, Relation, Table, Word
from model_backend.lookup import by_id

__all__ = ["AnyItem", "Item", "annotation_of", "by_id", "item_of", "items_of"]

Item = Word | Entity | Relation | Table | Region
AnyItem = TypeVar("AnyItem", bound=Item)

MANY = 400
"""More ids than this are found faster by going through everything once."""


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
