"""The words that keys choose: a cursor that walks, and a run of words that grows from it; no Qt.

A chosen run is a tuple of word ids: the first is where it began, the last is the cursor.
"""

from __future__ import annotations

from collections.abc import Sequence

from desktop.document.lookup import by_id
from desktop.document.order import words_in_order
from model_backend import table_grid
from model_backend.document import Box, Page, Word, union_of

LEFT, RIGHT, UP, DOWN = "left", "right", "up", "down"
FAR_IN_LINE = 1.6
"""Words of one line this many heights apart still belong to one run of text."""
SIDEWAYS = 0.5
"""How much a step sideways costs against one down: the next line is nearer than a far column."""


def stepped(page: Page, word_id: int | None, way: str) -> int | None:
    """The word a step away from the cursor; the first or last of the page without one."""
    order = words_in_order(page)
    word = by_id(page.words, word_id) if word_id is not None else None
    if not order:
        return None
    if word is None:
        return order[-1 if way in (LEFT, UP) else 0].id
    if way in (LEFT, RIGHT):
        place = order.index(word) + (1 if way == RIGHT else -1)
        return order[place].id if 0 <= place < len(order) else word.id
    found = _over_or_under(page.words, word.box.normalized(), is_down=way == DOWN)
    return found.id if found else word.id


def extended(page: Page, chosen: Sequence[int], way: str) -> tuple[int, ...]:
    """The chosen run with the next word or line in this direction, or without its last one where
    the direction leads back to where it began.
    """
    words = [word for word in (by_id(page.words, word_id) for word_id in chosen) if word]
    if not words:
        return tuple(chosen)
    ids = tuple(word.id for word in words)
    order = {word.id: place for place, word in enumerate(words_in_order(page))}
    is_forward = way in (RIGHT, DOWN)
    ahead = order[ids[-1]] - order[ids[0]]
    leads_back = ahead < 0 if is_forward else ahead > 0
    if way in (LEFT, RIGHT):
        if leads_back:
            return ids[:-1]
        following = stepped(page, ids[-1], way)
        return ids if following is None or following in ids else (*ids, following)
    last = _line_of(words, words[-1].box)
    if leads_back and len(last) < len(words):
        gone = {word.id for word in last}
        return tuple(word_id for word_id in ids if word_id not in gone)
    return (*ids, *_next_line(page, words, is_down=is_forward))


def _next_line(page: Page, words: Sequence[Word], *, is_down: bool) -> tuple[int, ...]:
    """The run of words over or under the chosen ones."""
    edge = max if is_down else min
    outermost = edge(words, key=lambda word: word.box.center[1])
    line = _line_of(words, outermost.box)
    reach = union_of(word.box.normalized() for word in line)
    first = _over_or_under(page.words, reach, is_down=is_down)
    if first is None:
        return ()
    row = sorted(_line_of(page.words, first.box), key=lambda word: word.box.x0)
    run = _run(row, first, reach)
    chosen = {word.id for word in words}
    ids = [word.id for word in run if word.id not in chosen]
    return tuple(ids if is_down else reversed(ids))


def _run(row: Sequence[Word], first: Word, reach: Box) -> list[Word]:
    """The words of a row under a reach, with those that follow them at small gaps."""
    under = [n for n, word in enumerate(row) if reach.x0 <= word.box.center[0] <= reach.x1]
    places = [*under, row.index(first)]
    start, end = min(places), max(places)
    while start > 0 and _are_near(row[start - 1], row[start]):
        start -= 1
    while end + 1 < len(row) and _are_near(row[end], row[end + 1]):
        end += 1
    return list(row[start : end + 1])


def _are_near(left: Word, right: Word) -> bool:
    height = min(left.box.normalized().height, right.box.normalized().height)
    return right.box.x0 - left.box.x1 < FAR_IN_LINE * height


def _line_of(words: Sequence[Word], box: Box) -> list[Word]:
    """The words whose middle is at the height of a box, or the other way round."""
    own = box.normalized()
    return [word for word in words if _is_level(word.box.normalized(), own)]


def _is_level(one: Box, other: Box) -> bool:
    return one.y0 < other.center[1] < one.y1 or other.y0 < one.center[1] < other.y1


def _over_or_under(words: Sequence[Word], box: Box, *, is_down: bool) -> Word | None:
    """The word nearest over or under a box, those in its column first."""
    sign = 1.0 if is_down else -1.0
    best, least = None, float("inf")
    for word in words:
        own = word.box.normalized()
        away = sign * (own.center[1] - box.center[1])
        if away <= 0 or _is_level(own, box):
            continue
        aside = max(own.x0 - box.x1, box.x0 - own.x1, 0.0)
        off = abs(own.center[0] - box.center[0]) * 1e-3
        cost = away + SIDEWAYS * aside + off
        if cost < least:
            best, least = word, cost
    return best


def loose_words(page: Page) -> tuple[Word, ...]:
    """The words that belong to no entity and lie in no table, in reading order."""
    taken = {word_id for entity in page.entities for word_id in entity.word_ids}
    for table in page.tables:
        for words in table_grid.words_of_cells(table, page.words).values():
            taken.update(word.id for word in words)
    return tuple(word for word in words_in_order(page) if word.id not in taken)


def in_order(page: Page, ids: Sequence[int]) -> tuple[int, ...]:
    """These words in reading order."""
    wanted = set(ids)
    return tuple(word.id for word in words_in_order(page) if word.id in wanted)
