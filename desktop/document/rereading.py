"""Two readings of the same place, word beside word, and what a person takes of the new one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from desktop.document import edits
from model_backend.document import Box, Page, Word, union_of
from model_backend.reading_order import order_of_boxes

MOSTLY = 0.5


@dataclass(frozen=True)
class Reading:
    """The words that were there and those that are read now, in one place; either may be none."""

    old: tuple[Word, ...]
    new: tuple[Word, ...]

    @property
    def box(self) -> Box:
        """Where that is."""
        return union_of(word.box.normalized() for word in (*self.old, *self.new))

    @property
    def before(self) -> str:
        """The text as it is."""
        return " ".join(word.text for word in self.old)

    @property
    def after(self) -> str:
        """The text that was read now."""
        return " ".join(word.text for word in self.new)

    @property
    def is_better(self) -> bool:
        """Whether the new text may be taken unasked: read surely, and not over what a person
        typed.
        """
        if not self.new or any(word.needs_look for word in self.new):
            return False
        return not self.old or any(word.confidence is not None for word in self.old)


def readings(page: Page, box: Box | None, words: Sequence[Word]) -> tuple[Reading, ...]:
    """What differs between the words of a page (in a box) and what was read there now."""
    old = [word for word in page.words if box is None or word.box.overlap(box) >= MOSTLY]
    found = [Reading(tuple(one), tuple(two)) for one, two in _groups(old, words)]
    differing = [one for one in found if one.before != one.after]
    order = order_of_boxes([one.box for one in differing])
    return tuple(differing[index] for index in order)


def _groups(old: Sequence[Word], new: Sequence[Word]) -> list[tuple[list[Word], list[Word]]]:
    """Words that lie on one another, over any number of steps."""
    parents = list(range(len(old) + len(new)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for first, second in _overlapping(old, new):
        parents[root(first)] = root(second + len(old))
    groups: dict[int, tuple[list[Word], list[Word]]] = {}
    for place, word in enumerate((*old, *new)):
        pair = groups.setdefault(root(place), ([], []))
        pair[0 if place < len(old) else 1].append(word)
    return [(_in_order(one), _in_order(two)) for one, two in groups.values()]


def _overlapping(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """The places of an old and a new word that lie mostly on one another."""
    tall = max((word.box.height for word in (*old, *new)), default=0.0) or 1.0
    shelves: dict[int, list[int]] = defaultdict(list)
    for second, two in enumerate(new):
        shelves[int(two.box.center[1] // tall)].append(second)
    for first, one in enumerate(old):
        shelf = int(one.box.center[1] // tall)
        for second in (place for near in (-1, 0, 1) for place in shelves.get(shelf + near, ())):
            two = new[second]
            if one.box.overlap(two.box) >= MOSTLY or two.box.overlap(one.box) >= MOSTLY:
                yield first, second


def _in_order(words: list[Word]) -> list[Word]:
    return [words[index] for index in order_of_boxes([word.box for word in words])]


def taken(page: Page, chosen: Iterable[Reading]) -> Page:
    """The page with these new readings in place of the old ones."""
    readings = tuple(chosen)
    old = [word.id for one in readings for word in one.old]
    new = [word for one in readings for word in one.new]
    return edits.exchange_words(page, old, new)
