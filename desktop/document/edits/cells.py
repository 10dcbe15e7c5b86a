"""The text of a table's cell, which is that of the words in it: what becomes of their boxes when it
is typed anew.

Words that are still in the text stay as they are. As many words as before take the new ones, each
its own. Where a run of words on one line becomes more or fewer, the new ones share its box by their
letters. A word that is new lies in the white after the one before it, or shares that one's box.
Words that are no longer in the text go; an emptied cell keeps its words, without text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from desktop.document.edits.parts import (
    begun,
    followed,
    following,
    known,
    put,
    take_out,
    with_changed_words,
    words_by_id,
)
from desktop.document.edits.words import add_word
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import Box, Entity, Page, Span, Table, Word, union_of

NEW = 0
"""The id of a word that has none yet."""
MARGIN_ACROSS, MARGIN_ALONG = 0.15, 0.08
"""What a new word leaves free of an empty cell, as shares of its height and width."""
SPACE = 0.6
"""The width of a space, in letters."""


def set_text_of_cell(page: Page, table_id: int, span: Span, text: str) -> Page:
    """Another text for a cell of a table; a cell without words gets one."""
    table = known(page, table_id)
    if not isinstance(table, Table):
        raise UserError("This is no longer a table. Select it again and retry.")
    words = words_of_cell(page, table, span)
    if not words:
        return add_word(page, text.strip(), room_of(table, span)) if text.strip() else page
    box = table_grid.box_to_page(table, _cell_box(table, span))
    return set_cell_text(page, [word.id for word in words], text, rotation=table.rotation, room=box)


def words_of_cell(page: Page, table: Table, span: Span) -> tuple[Word, ...]:
    """The words of one cell, in reading order."""
    around = table_grid.box_to_page(table, _cell_box(table, span))
    near = [word for word in page.words if word.box.normalized().intersects(around)]
    return table_grid.words_of_cells(table, near).get(span, ())


def room_of(table: Table, span: Span) -> Box:
    """Where a new word of an empty cell lies on the page."""
    box = _cell_box(table, span)
    along, across = MARGIN_ALONG * box.width, MARGIN_ACROSS * box.height
    inner = Box(box.x0 + along, box.y0 + across, box.x1 - along, box.y1 - across)
    return table_grid.box_to_page(table, inner)


def _cell_box(table: Table, span: Span) -> Box:
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    return Box(columns[span.column0], rows[span.row0], columns[span.column1], rows[span.row1])


def set_cell_text(
    page: Page,
    word_ids: Sequence[int],
    text: str,
    *,
    rotation: float = 0.0,
    room: Box | None = None,
) -> Page:
    """Another text for all words of a cell, which are given in reading order.

    `rotation` is that of the table, in degrees; `room` the cell's box on the page, in which a new
    last word may lie.
    """
    words = words_by_id(page, word_ids)
    if not words or len(words) != len(word_ids):
        raise UserError("The words of this cell have changed. Select the cell again and retry.")
    parts = text.split()
    if [part for word in words for part in word.text.split()] == parts:
        return page
    changed = _each_its_own(words, parts)
    if changed is not None:
        return begun(with_changed_words(page, changed))
    if any(len(word.text.split()) != 1 for word in words):
        return begun(_exchanged(page, [_Stretch(words, (_as_one(words, parts),))]))
    return begun(_exchanged(page, _stretches(words, parts, _Line(round(rotation / 90) % 4, room))))


def _each_its_own(words: Sequence[Word], parts: Sequence[str]) -> list[Word] | None:
    """The words with another text, where the parts are as many; an emptied cell keeps its words."""
    if not parts:
        return [replace(word, text="") for word in words]
    counts = [len(word.text.split()) for word in words]
    if not any(counts):
        counts = [1] * len(words)
    if sum(counts) != len(parts):
        return None
    starts = [sum(counts[:index]) for index in range(len(counts))]
    taken = [parts[start : start + count] for start, count in zip(starts, counts, strict=True)]
    return [
        replace(word, text=" ".join(own))
        for word, own in zip(words, taken, strict=True)
        if own != word.text.split()
    ]


@dataclass(frozen=True)
class _Stretch:
    """Words that follow each other, and what comes in their place, with ids as far as they go."""

    old: Sequence[Word]
    new: Sequence[Word]


@dataclass(frozen=True)
class _Line:
    """The way the text of a cell runs, in quarter turns clockwise, and the cell's box."""

    turns: int
    room: Box | None

    def shared(self, box: Box, parts: Sequence[str]) -> list[Box]:
        """The box cut along the text for these words, by their letters."""
        sizes = [max(1, len(part)) for part in parts]
        total = sum(sizes) + SPACE * (len(sizes) - 1)
        at, shares = 0.0, []
        for size in sizes:
            shares.append((at / total, (at + size) / total))
            at += size + SPACE
        return [self._piece(box, start, end) for start, end in shares]

    def _piece(self, box: Box, start: float, end: float) -> Box:
        if self.turns >= 2:
            start, end = 1 - end, 1 - start
        if self.turns % 2:
            return replace(box, y0=box.y0 + start * box.height, y1=box.y0 + end * box.height)
        return replace(box, x0=box.x0 + start * box.width, x1=box.x0 + end * box.width)

    def is_one(self, words: Sequence[Word]) -> bool:
        """Whether the words stand on one line."""
        spans = [self._across(word.box.normalized()) for word in words]
        low, high = max(span[0] for span in spans), min(span[1] for span in spans)
        return high - low > 0.3 * min(end - start for start, end in spans)

    def _across(self, box: Box) -> tuple[float, float]:
        return (box.x0, box.x1) if self.turns % 2 else (box.y0, box.y1)

    def after(self, word: Word, following: Word | None, parts: Sequence[str]) -> Box | None:
        """The white behind a word in which these fit, up to the next word or the cell's side."""
        box, letters = word.box.normalized(), max(1, len(word.text))
        if following is not None and not self.is_one((word, following)):
            return None
        stop = following.box.normalized() if following is not None else self.room
        if stop is None:
            return None
        length = box.height if self.turns % 2 else box.width
        letter = length / letters
        wanted = letter * (sum(map(len, parts)) + SPACE * (len(parts) - 1))
        side = {0: ("x1", "x0", 1), 1: ("y1", "y0", 1), 2: ("x0", "x1", -1), 3: ("y0", "y1", -1)}
        leave, reach, way = side[self.turns]
        first = getattr(box, leave) + way * SPACE * letter
        last = getattr(stop, reach if following is not None else leave)
        last -= way * SPACE * letter
        if way * (last - first) < wanted / 2:
            return None
        end = first + way * min(way * (last - first), wanted)
        fields = ("y0", "y1") if self.turns % 2 else ("x0", "x1")
        return replace(box, **dict(zip(fields, sorted((first, end)), strict=True)))


def _stretches(words: Sequence[Word], parts: Sequence[str], line: _Line) -> list[_Stretch]:
    """What changes from the words to the parts, run by run."""
    matcher = SequenceMatcher(a=[word.text for word in words], b=list(parts), autojunk=False)
    found = []
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        old, new = words[start:end], parts[first:last]
        if old:
            found.append(_Stretch(old, _replaced(old, new, line)))
        elif start > 0:
            found.append(_inserted(words, start, new, line))
        else:
            own = [*new, words[0].text]
            found.append(_Stretch(words[:1], _replaced(words[:1], own, line)))
    return found


def _inserted(words: Sequence[Word], place: int, parts: Sequence[str], line: _Line) -> _Stretch:
    before = words[place - 1]
    following = words[place] if place < len(words) else None
    white = line.after(before, following, parts)
    if white is None:
        return _Stretch((before,), _replaced((before,), [before.text, *parts], line))
    boxes = line.shared(white, parts)
    new = [replace(_made(before), text=p, box=b) for p, b in zip(parts, boxes, strict=True)]
    return _Stretch((before,), (before, *new))


def _replaced(old: Sequence[Word], parts: Sequence[str], line: _Line) -> tuple[Word, ...]:
    """Words for the parts in place of the old ones."""
    if len(old) == len(parts):
        return tuple(replace(word, text=part) for word, part in zip(old, parts, strict=True))
    if not parts:
        return ()
    if not line.is_one(old):
        return (_as_one(old, parts),)
    boxes = line.shared(union_of(word.box.normalized() for word in old), parts)
    bases = [*old, *(_made(old[-1]) for _part in parts[len(old) :])]
    return tuple(
        replace(base, text=part, box=box)
        for base, part, box in zip(bases, parts, boxes, strict=False)
    )


def _as_one(words: Sequence[Word], parts: Sequence[str]) -> Word:
    """The first word with the whole text and the box around all."""
    box = union_of(word.box.normalized() for word in words)
    return replace(words[0], text=" ".join(parts), box=box)


def _made(like: Word) -> Word:
    return Word(NEW, "", like.box)


def _exchanged(page: Page, stretches: Sequence[_Stretch]) -> Page:
    """The page with other words; each entity keeps those that stay, and a new word belongs to the
    entity of the word before it.
    """
    next_id, old_ids, words, heirs = page.next_id, set[int](), list[Word](), dict[int, list[int]]()
    for stretch in stretches:
        old_ids |= {word.id for word in stretch.old}
        last = stretch.old[0].id
        for new in stretch.new:
            word = new
            if new.id == NEW:
                word, next_id = replace(new, id=next_id), next_id + 1
                heirs.setdefault(last, []).append(word.id)
            else:
                last = new.id
            words.append(word)
    gone = old_ids - {word.id for word in words}
    after = put(take_out(page, gone), *words)
    touched = [entity for entity in page.entities if not old_ids.isdisjoint(entity.word_ids)]
    return put(after, *(_with_words(page, after, item, gone, heirs) for item in touched))


def _with_words(
    page: Page, after: Page, entity: Entity, gone: set[int], heirs: dict[int, list[int]]
) -> Entity:
    """The entity without the words that are gone and with those that came; one left without words
    keeps its text and box.
    """
    ids = [
        own
        for word_id in entity.word_ids
        for own in (word_id, *heirs.get(word_id, ()))
        if own not in gone
    ]
    words = words_by_id(after, ids)
    if not words:
        return replace(entity, word_ids=())
    return followed(following(entity, words_by_id(page, entity.word_ids), words))
