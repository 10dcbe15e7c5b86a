"""Values by id in collections that are ordered by id: nothing is searched through. No Qt."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import compress, count
from operator import attrgetter, is_not
from typing import Generic, Protocol, TypeVar


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


def changed_values(
    before: Sequence[AnyItem], after: Sequence[AnyItem]
) -> tuple[Sequence[AnyItem], Sequence[AnyItem]]:
    """What is in one collection only, and what in the other; a few that are in both may be in both
    answers.

    Unchanged values are shared between two values of a page: only what differs is looked at.
    """
    if before is after:
        return (), ()
    start = _shared(before, after)
    room = min(len(before), len(after)) - start
    end = min(room, _shared(before[::-1], after[::-1]))
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if len(old) != len(new):
        return old, new
    differs = tuple(map(is_not, old, new))
    return tuple(compress(old, differs)), tuple(compress(new, differs))


def changed_ids(before: Sequence[AnyItem], after: Sequence[AnyItem]) -> frozenset[int]:
    """The ids whose value is another one, or is in one of the two collections only."""
    old, new = changed_values(before, after)
    values = {item.id: item for item in old}
    others = {item.id: item for item in new}
    ids = values.keys() | others.keys()
    return frozenset(key for key in ids if values.get(key) is not others.get(key))


def _shared(before: Sequence[AnyItem], after: Sequence[AnyItem]) -> int:
    """How many values both begin with."""
    differs = compress(count(), map(is_not, before, after))
    return next(differs, min(len(before), len(after)))


class Tally(Generic[AnyItem]):
    """How many values of a collection are so, counted on from the collection asked for before."""

    def __init__(self, count: Callable[[Sequence[AnyItem]], int]) -> None:
        self._count = count
        self._known: tuple[Sequence[AnyItem], int] = ((), 0)

    def of(self, items: Sequence[AnyItem]) -> int:
        """How many of these."""
        before, count = self._known
        old, new = changed_values(before, items)
        if len(old) + len(new) < len(items):
            count += self._count(new) - self._count(old)
        else:
            count = self._count(items)
        self._known = items, count
        return count
