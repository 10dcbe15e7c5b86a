"""A page's boxes in runs of neighbours: culling, hit testing and rebuilding touch only the runs
concerned. No Qt.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar

from model_backend.document import Box, Point
from model_backend.lookup import changed_ids

CHUNK_IDS = 256


class Boxed(Protocol):
    """What has an id and a box."""

    @property
    def id(self) -> int:
        """Unique in its page."""

    @property
    def box(self) -> Box:
        """Outline in page units."""


Item = TypeVar("Item", bound=Boxed)


@dataclass
class Chunk(Generic[Item]):
    """Consecutive ids with the box around them; `drawn` is what a layer prepared for painting."""

    items: tuple[Item, ...]
    bounds: Box
    drawn: Any = field(default=None)


class Chunks(Generic[Item]):
    """Boxed values in order of id, cut so that an edit leaves all other runs as they are."""

    def __init__(self) -> None:
        self._chunks: dict[int, Chunk[Item]] = {}
        self._items: tuple[Item, ...] = ()
        self._hidden: frozenset[int] = frozenset()

    def __iter__(self) -> Iterator[Chunk[Item]]:
        return iter(self._chunks.values())

    def __len__(self) -> int:
        return len(self._items)

    def update(self, items: tuple[Item, ...], hidden: frozenset[int] = frozenset()) -> list[Box]:
        """Hold these values, but for the hidden ones; where something changed, as boxes."""
        if items is self._items and hidden == self._hidden:
            return []
        changed: list[Box] = []
        fresh: dict[int, Chunk[Item]] = {}
        thinned = {item_id // CHUNK_IDS for item_id in hidden}
        for key, whole in _parts(items):
            part = whole
            if key in thinned:
                part = tuple(item for item in whole if item.id not in hidden)
            if not part:
                continue
            old = self._chunks.get(key)
            if old is not None and old.items == part:
                fresh[key] = old
                continue
            fresh[key] = Chunk(part, _bounds(part))
            changed += _difference(old.items, part) if old else [fresh[key].bounds]
        for key in self._chunks.keys() - fresh.keys():
            changed.append(self._chunks[key].bounds)
        self._chunks, self._items, self._hidden = fresh, items, hidden
        return changed

    def within(self, box: Box) -> Iterator[Chunk[Item]]:
        """The runs that may have something in the box."""
        return (chunk for chunk in self._chunks.values() if chunk.bounds.intersects(box))

    def touching(self, box: Box) -> list[Item]:
        """The values whose box touches this one."""
        found: list[Item] = []
        for chunk in self.within(box):
            if _is_around(box, chunk.bounds):
                found += chunk.items
            else:
                found += [item for item in chunk.items if item.box.intersects(box)]
        return found

    def centred_in(self, box: Box) -> list[Item]:
        """The values whose middle is in the box."""
        found: list[Item] = []
        for chunk in self.within(box):
            if _is_around(box, chunk.bounds):
                found += chunk.items
            else:
                found += [item for item in chunk.items if box.contains(item.box.center)]
        return found

    def at(self, point: Point, reach: float = 0.0) -> list[Item]:
        """The values under the point, within reach."""
        return self.touching(Box(*point, *point).grown(reach))


def _is_around(box: Box, inner: Box) -> bool:
    return box.x0 <= inner.x0 and box.y0 <= inner.y0 and box.x1 >= inner.x1 and box.y1 >= inner.y1


def _parts(items: tuple[Item, ...]) -> Iterator[tuple[int, tuple[Item, ...]]]:
    start, key_of = 0, attrgetter("id")
    while start < len(items):
        key = items[start].id // CHUNK_IDS
        stop = bisect_left(items, (key + 1) * CHUNK_IDS, lo=start, key=key_of)
        yield key, items[start:stop]
        start = stop


def _bounds(items: Sequence[Boxed]) -> Box:
    xs: list[float] = []
    ys: list[float] = []
    for item in items:
        box = item.box
        xs += (box.x0, box.x1)
        ys += (box.y0, box.y1)
    return Box(min(xs), min(ys), max(xs), max(ys))


def _difference(before: Sequence[Item], after: Sequence[Item]) -> list[Box]:
    changed = changed_ids(before, after)
    old = {item.id: item for item in before if item.id in changed}
    new = {item.id: item for item in after if item.id in changed}
    ids = [key for key in changed if old.get(key) != new.get(key)]
    return [side[key].box for key in ids for side in (old, new) if key in side]
