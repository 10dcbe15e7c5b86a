"""Words and annotations in the order a person reads them, on skewed scans too.

Boxes are levelled first (the skew is estimated from chains of neighbours). Then the page is cut
into strips at full-width white gaps; neighbouring strips that share a gutter between two blocks of
running text are read column by column, everything else line by line: so the label and the value of
a form stay together, and so do the cells of a table's row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from model_backend.document import (
    Annotation,
    Box,
    Entity,
    Page,
    Relation,
    Table,
    Word,
    bounding_box,
    rotation_about,
    transform_point,
    union_of,
)

MOST_SKEW = 0.12
"""The steepest slope that is taken for skew (7 degrees); beyond it the page is read as it is."""
FEWEST_CHAINS = 2
"""Fewer lines of words tell nothing about the skew of a page."""
WIDEST_SPACE = 1.6
"""Words of one line this many heights apart still belong to one run of text."""
NARROWEST_GUTTER = 0.8
"""A gap between columns of running text is at least this many heights wide."""


def reading_order(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words in reading order."""
    return tuple(words[index] for index in order_of_boxes([word.box for word in words]))


def annotations_in_order(page: Page) -> tuple[Annotation, ...]:
    """All annotations in reading order; a relation follows the entity it begins at.

    An annotation stands where its first word stands, one without words where its box would.
    """
    items = [item for item in page.annotations if not isinstance(item, Relation)]
    words = {word.id: word.box for word in page.words}
    line = median(box.height for box in words.values()) if words else None
    anchors = {item.id: _anchor(item, words, line) for item in items}
    order = order_of_boxes([anchors[item.id] for item in items])
    ranks = {items[index].id: rank for rank, index in enumerate(order)}

    def key(item: Annotation) -> tuple[int, int, int, int]:
        if isinstance(item, Relation):
            last = len(ranks)
            return (ranks.get(item.from_id, last), 1, ranks.get(item.to_id, last), item.id)
        return (ranks[item.id], 0, 0, item.id)

    return tuple(sorted(page.annotations, key=key))


def _anchor(item: Annotation, words: Mapping[int, Box], line: float | None) -> Box:
    """What places an annotation: an entity's first word, else the height of its first line."""
    if isinstance(item, Entity):
        first = item.word_ids[0] if item.word_ids else None
        return item.box if first is None else words.get(first, item.box)
    if isinstance(item, Table):
        turn = rotation_about(item.box.center, item.rotation)
        box = bounding_box(transform_point(turn, corner) for corner in item.box.corners)
    else:
        assert not isinstance(item, Relation)
        box = item.box
    return Box(box.x0, box.y0, box.x1, min(box.y1, box.y0 + (line or box.height)))


def order_of_boxes(boxes: Sequence[Box]) -> list[int]:
    """The indices of text boxes in reading order."""
    return list(_order(tuple(boxes)))


@lru_cache(maxsize=8)
def _order(boxes: tuple[Box, ...]) -> tuple[int, ...]:
    """Most edits leave all boxes where they are: their order is known then."""
    if not boxes:
        return ()
    level = levelled(boxes)
    height = median(box.height for box in level)
    return tuple(_ordered(level, list(range(len(level))), height))


def lines_of(boxes: Sequence[Box]) -> list[list[int]]:
    """The indices of text boxes grouped into lines, top to bottom, each left to right."""
    return _lines(levelled(boxes), range(len(boxes)))


def levelled(boxes: Sequence[Box]) -> list[Box]:
    """The boxes with the skew of their lines taken away: centres sheared, sizes kept."""
    slope = slope_of(boxes)
    if not slope:
        return list(boxes)
    return [box.moved(slope * box.center[1], -slope * box.center[0]) for box in boxes]


def slope_of(boxes: Sequence[Box]) -> float:
    """How far lines sink per unit to the right; 0 where nothing tells.

    The weighted median of the slopes of chains of neighbouring words, long chains counting most.
    """
    chains = _chains(boxes)
    if len(chains) < FEWEST_CHAINS:
        return 0.0
    measured = sorted(_slope_and_weight(boxes, chain) for chain in chains)
    total = sum(weight for _, weight in measured)
    passed = 0.0
    for slope, weight in measured:
        passed += weight
        if passed >= total / 2 > 0:
            return slope if abs(slope) <= MOST_SKEW else 0.0
    return 0.0


def _chains(boxes: Sequence[Box]) -> list[list[int]]:
    """Runs of words of which each is the nearest right neighbour of the one before."""
    following = _right_neighbours(boxes)
    preceded = set(following.values())
    chains = []
    for start in range(len(boxes)):
        if start in following and start not in preceded:
            chain = [start]
            while chain[-1] in following:
                chain.append(following[chain[-1]])
            chains.append(chain)
    return chains


def _right_neighbours(boxes: Sequence[Box]) -> dict[int, int]:
    """The word to the right of each word on its line, each taken once, where it is near."""
    places = [_Place(box.x0, box.x1, box.center[1], box.height) for box in boxes]
    shelf = max(median(place.height for place in places), 1.0) if places else 1.0
    shelves: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for index, place in enumerate(places):
        shelves[int(place.middle // shelf)].append((place.x0, index))
    for shelved in shelves.values():
        shelved.sort()
    found: dict[int, int] = {}
    taken: set[int] = set()
    for index in sorted(range(len(places)), key=lambda index: places[index].x0):
        number = int(places[index].middle // shelf)
        near = [
            other
            for beside in (number - 1, number, number + 1)
            if beside in shelves
            and (other := _nearest(places, index, shelves[beside], taken)) is not None
        ]
        if near:
            found[index] = min(near, key=lambda other: places[other].x0)
            taken.add(found[index])
    return found


class _Place(NamedTuple):
    """What of a box says where it is on its line: asked for often, so worked out once."""

    x0: float
    x1: float
    middle: float
    height: float


def _nearest(
    places: Sequence[_Place], index: int, shelved: Sequence[tuple[float, int]], taken: set[int]
) -> int | None:
    """The nearest word on a shelf to the right of a word, at about its height and not far away."""
    _x0, right, middle, height = places[index]
    end = right + 3 * height
    for at in range(bisect_left(shelved, (right - height / 2, -1)), len(shelved)):
        left, other = shelved[at]
        if left > end:
            return None
        if other in taken or other == index:
            continue
        beside = places[other]
        if abs(beside.middle - middle) < 0.7 * min(height, beside.height):
            return other
    return None


def _slope_and_weight(boxes: Sequence[Box], chain: Sequence[int]) -> tuple[float, float]:
    """Least-squares slope of a chain's centres, and the square spread that it rests on."""
    centers = [boxes[index].center for index in chain]
    x = sum(center[0] for center in centers) / len(centers)
    y = sum(center[1] for center in centers) / len(centers)
    spread = sum((center[0] - x) ** 2 for center in centers)
    if spread <= 0:
        return 0.0, 0.0
    return sum((cx - x) * (cy - y) for cx, cy in centers) / spread, spread


def _lines(boxes: Sequence[Box], indices: Iterable[int]) -> list[list[int]]:
    """Lines of level boxes: a word joins a line when half of the smaller one's height is shared."""
    lines: list[tuple[float, float, list[int]]] = []
    for index in sorted(indices, key=lambda index: boxes[index].center[1]):
        box = boxes[index]
        place = _line_for(box, lines)
        if place is None:
            lines.append((box.y0, box.y1, [index]))
        else:
            top, bottom, members = lines[place]
            count = len(members)
            members.append(index)
            lines[place] = (
                (top * count + box.y0) / (count + 1),
                (bottom * count + box.y1) / (count + 1),
                members,
            )
    lines.sort(key=lambda line: line[0] + line[1])
    return [sorted(members, key=lambda index: boxes[index].x0) for _, _, members in lines]


def _line_for(box: Box, lines: Sequence[tuple[float, float, list[int]]]) -> int | None:
    best, most = None, 0.5
    for place in range(len(lines) - 1, max(-1, len(lines) - 5), -1):
        top, bottom, _ = lines[place]
        least = min(box.height, bottom - top)
        shared = min(box.y1, bottom) - max(box.y0, top)
        if least > 0 and shared / least > most:
            best, most = place, shared / least
    return best


def _ordered(boxes: Sequence[Box], indices: list[int], height: float) -> list[int]:
    """Strips with a gutter in common are read column by column, all others line by line."""
    strips = _strips(boxes, indices)
    gaps = [_gaps(boxes, strip, height) for strip in strips]
    result: list[int] = []
    start = 0
    while start < len(strips):
        end, gutter = _run_with_gutter(boxes, strips, gaps, start, height)
        members = [index for strip in strips[start:end] for index in strip]
        if gutter is None:
            result += [index for line in _lines(boxes, members) for index in line]
        else:
            for side in _sides(boxes, members, gutter):
                result += _ordered(boxes, side, height)
        start = end
    return result


def _strips(boxes: Sequence[Box], indices: Iterable[int]) -> list[list[int]]:
    """The groups between full-width white gaps, top to bottom."""
    strips: list[list[int]] = []
    bottom = float("-inf")
    for index in sorted(indices, key=lambda index: boxes[index].y0):
        box = boxes[index]
        if box.y0 >= bottom - 0.25 * box.height or not strips:
            strips.append([])
        strips[-1].append(index)
        bottom = max(bottom, box.y1)
    return strips


def _run_with_gutter(
    boxes: Sequence[Box],
    strips: Sequence[list[int]],
    gaps: Sequence[list[tuple[float, float]]],
    start: int,
    height: float,
) -> tuple[int, float | None]:
    """The longest run of strips from `start` that are columns of running text, and their gutter's
    middle; where there is none, the one strip.
    """
    if not any(len(line) >= 3 and _has_run(boxes, line) for line in _lines(boxes, strips[start])):
        return start + 1, None
    common, end = gaps[start], start + 1
    while end < len(strips) and (shared := _shared(common, gaps[end], height)):
        common, end = shared, end + 1
    members = [index for strip in strips[start:end] for index in strip]
    for left, right in common:
        if right < float("inf") and left > float("-inf"):
            gutter = (left + right) / 2
            if _is_column_text(boxes, members, gutter):
                return end, gutter
    return start + 1, None


def _has_run(boxes: Sequence[Box], line: Sequence[int]) -> bool:
    """Whether a line has three words that follow one another as in running text."""
    return any(_is_unbroken(boxes, line[place : place + 3]) for place in range(len(line) - 2))


def _gaps(boxes: Sequence[Box], strip: Iterable[int], height: float) -> list[tuple[float, float]]:
    """The white x-intervals of a strip, the endless ones beside it included."""
    gaps = []
    right = float("-inf")
    for box in sorted((boxes[index] for index in strip), key=lambda box: box.x0):
        if box.x0 - right > NARROWEST_GUTTER * height:
            gaps.append((right, box.x0))
        right = max(right, box.x1)
    return [*gaps, (right, float("inf"))]


def _shared(
    gaps: Sequence[tuple[float, float]], others: Sequence[tuple[float, float]], height: float
) -> list[tuple[float, float]]:
    """What two ordered lists of intervals have in common, less what is too narrow."""
    result = []
    one = other = 0
    while one < len(gaps) and other < len(others):
        left = max(gaps[one][0], others[other][0])
        right = min(gaps[one][1], others[other][1])
        if right - left > NARROWEST_GUTTER * height:
            result.append((left, right))
        if gaps[one][1] < others[other][1]:
            one += 1
        else:
            other += 1
    return result


def _sides(
    boxes: Sequence[Box], members: Iterable[int], gutter: float
) -> tuple[list[int], list[int]]:
    left: list[int] = []
    right: list[int] = []
    for index in members:
        (left if boxes[index].center[0] < gutter else right).append(index)
    return left, right


def _is_column_text(boxes: Sequence[Box], members: Sequence[int], gutter: float) -> bool:
    """Whether both sides of a gutter are running text."""
    return all(_is_running_text(boxes, side) for side in _sides(boxes, members, gutter))


def _is_running_text(boxes: Sequence[Box], side: Sequence[int]) -> bool:
    """At least three lines, most of them filled and without wide gaps."""
    if len(side) < 9:
        return False
    lines = _lines(boxes, side)
    width = union_of(boxes[index] for index in side).width
    filled = sum(
        1
        for line in lines
        if len(line) >= 3
        and boxes[line[-1]].x1 - boxes[line[0]].x0 > 0.55 * width
        and _is_unbroken(boxes, line)
    )
    return len(lines) >= 3 and filled >= 0.5 * len(lines)


def _is_unbroken(boxes: Sequence[Box], line: Sequence[int]) -> bool:
    """Whether a line is one run of words, without the wide gaps between a table's cells."""
    return all(
        boxes[right].x0 - boxes[left].x1 < WIDEST_SPACE * boxes[left].height
        for left, right in pairwise(line)
    )
