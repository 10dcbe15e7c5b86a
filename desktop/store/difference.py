"""What one edit changed on a page: before and after of each value, turned round for undo."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, get_type_hints

from model_backend.document import COLLECTIONS, Annotation, Page, Word
from model_backend.document_json import from_json
from model_backend.lookup import changed_ids

Item = Word | Annotation

FIELDS = (
    "width",
    "height",
    "unit",
    "geometry",
    "rotation",
    "skew",
    "status",
    "is_scan",
    "note",
    "source_data",
    "accepted_warnings",
    "page_class",
)
"""Fields of a page that edits change. `next_id` is none of them: ids are never used twice."""

_FRAME = {"width", "height", "rotation", "skew"}


@dataclass(frozen=True)
class FieldChange:
    """One field of a page before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ItemChange:
    """One word or annotation before and after; None where it was not there."""

    collection: str
    before: Item | None
    after: Item | None

    @property
    def id(self) -> int:
        """The id of the word or annotation."""
        item = self.after or self.before
        return item.id if item else 0


@dataclass(frozen=True)
class Difference:
    """Everything that differs between two values of one page."""

    page_id: int
    fields: tuple[FieldChange, ...] = ()
    items: tuple[ItemChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.fields or self.items)

    def inverted(self) -> Difference:
        """The difference that leads back."""
        return Difference(
            self.page_id,
            tuple(FieldChange(item.name, item.after, item.before) for item in self.fields),
            tuple(ItemChange(item.collection, item.after, item.before) for item in self.items),
        )


def difference(before: Page, after: Page) -> Difference:
    """What leads from one value of a page to the other."""
    if before.id != after.id:
        raise ValueError(f"page {before.id} cannot become page {after.id}")
    fields = tuple(
        FieldChange(name, getattr(before, name), getattr(after, name))
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    )
    is_turned = any(item.name in _FRAME for item in fields)
    items = tuple(
        change
        for name in COLLECTIONS
        for change in _item_changes(name, getattr(before, name), getattr(after, name), is_turned)
    )
    return Difference(before.id, fields, items)


def _item_changes(
    collection: str, before: tuple[Item, ...], after: tuple[Item, ...], is_turned: bool
) -> Iterable[ItemChange]:
    """What differs; of a turned page everything, since even what looks the same was turned."""
    if before is after and not is_turned:
        return
    changed = None if is_turned else changed_ids(before, after)
    old = {item.id: item for item in before if changed is None or item.id in changed}
    for item in after:
        if changed is not None and item.id not in changed:
            continue
        previous = old.pop(item.id, None)
        if is_turned or previous != item:
            yield ItemChange(collection, previous, item)
    for gone in old.values():
        yield ItemChange(collection, gone, None)


def to_data(change: Difference) -> dict[str, Any]:
    """The difference as lists of values, ready for JSON."""
    return {
        "fields": [[item.name, item.before, item.after] for item in change.fields],
        "items": [[item.collection, item.before, item.after] for item in change.items],
    }


def from_data(page_id: int, data: dict[str, Any]) -> Difference:
    """The difference that `to_data` wrote."""
    fields = tuple(
        FieldChange(name, from_json(_TYPES[name], before), from_json(_TYPES[name], after))
        for name, before, after in data["fields"]
    )
    items = tuple(
        ItemChange(name, _item(name, before), _item(name, after))
        for name, before, after in data["items"]
    )
    return Difference(page_id, fields, items)


_TYPES: dict[str, Any] = {
    name: kind for name, kind in get_type_hints(Page).items() if name in FIELDS
}


def _item(collection: str, data: dict[str, Any] | None) -> Item | None:
    return None if data is None else from_json(COLLECTIONS[collection], data)
