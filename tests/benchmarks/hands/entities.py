"""Turns whatever entities and links a page has into the true ones, with the cheapest gestures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hands.hand import Hand
from PySide6.QtCore import Qt

from desktop.canvas.geometry import curve_points, link_curve
from desktop.canvas.hits import entity_at, hits, words_in
from model_backend.document import Box, Entity, Page, Point, Relation, Word, bounding_box
from model_backend.labels import ENTITY
from model_backend.reading_order import lines_of

SHIFT, CONTROL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
SMALLEST_PX = 6.0
"""A sweep is at least this long on the screen, so that it is no click."""

Words = frozenset[int]


@dataclass(frozen=True)
class Wanted:
    """A true entity: its label and its words."""

    label: str
    words: Words


def wanted_of(page: Page) -> tuple[list[Wanted], set[tuple[Words, Words]]]:
    """The true entities and links of a page; both without what has no words."""
    words = {item.id: frozenset(item.word_ids) for item in page.entities}
    entities = [Wanted(item.label, words[item.id]) for item in page.entities if words[item.id]]
    links = {(words[link.from_id], words[link.to_id]) for link in page.relations}
    return entities, {(one, other) for one, other in links if one and other and one != other}


class FormWork:
    """One page's work: entities first, then links, then whatever is too much."""

    def __init__(self, hand: Hand, truth: Page) -> None:
        self.hand = hand
        self.entities, self.links = wanted_of(truth)
        self.words = {word.id: word for word in hand.page.words}

    def do(self) -> None:
        """Correct the page in view until it is the truth."""
        self._make_entities()
        self._make_links()
        self._take_away()
        if any(item.status == "proposed" for item in self.hand.page.annotations):
            self.hand.press(Qt.Key.Key_Return, SHIFT)

    def _existing(self) -> dict[Words, Entity]:
        return {frozenset(item.word_ids): item for item in self.hand.page.entities}

    def _make_entities(self) -> None:
        existing = self._existing()
        missing = [
            wanted
            for wanted in self.entities
            if wanted.words not in existing or existing[wanted.words].label != wanted.label
        ]
        if not missing:
            return
        covered = [wanted for wanted in missing if self._sweeps(wanted.words) is None]
        for wanted in covered:
            self._choose_words(wanted)
        if len(covered) == len(missing):
            return
        missing = [wanted for wanted in missing if wanted not in covered]
        if self.hand.canvas.tool_name != "entity":
            self.hand.press(Qt.Key.Key_E)
        first = self.hand.canvas.current_label(ENTITY)
        labels = sorted({item.label for item in missing}, key=lambda name: (name != first, name))
        for label in labels:
            for wanted in missing:
                if wanted.label == label:
                    self._make(wanted)

    def _make(self, wanted: Wanted) -> None:
        """Sweep its words; or, where that is cheaper, mend one that is nearly it."""
        sweeps = self._sweeps(wanted.words)
        mended = self._cheapest_to_mend(wanted)
        assert sweeps is not None
        if mended is not None and mended[0] < len(sweeps):
            self._mend(mended[1], wanted)
        else:
            self._sweep(sweeps[0])
            for box in sweeps[1:]:
                self._sweep(box, SHIFT)
        made = self._existing().get(wanted.words)
        assert made is not None, f"{wanted} was not made"
        if made.label != wanted.label:
            self.hand.press(_key_of(self.hand, wanted.label))
        assert self._existing()[wanted.words].label == wanted.label, "the label is another"

    def _cheapest_to_mend(self, wanted: Wanted) -> tuple[int, Entity] | None:
        """What an entity of the right label would cost: a click, then sweeps to add and take."""
        choices = []
        for item in self.hand.page.entities:
            words = frozenset(item.word_ids)
            if item.label == wanted.label and words & wanted.words and self._handle(item):
                more = self._sweeps(wanted.words - words)
                less = self._sweeps(words - wanted.words)
                if more is not None and less is not None:
                    choices.append((1 + len(more) + len(less), item))
        return min(choices, key=lambda choice: choice[0], default=None)

    def _mend(self, item: Entity, wanted: Wanted) -> None:
        handle = self._handle(item)
        assert handle is not None
        self.hand.click(handle)
        words = frozenset(item.word_ids)
        for box in self._sweeps(wanted.words - words) or ():
            self._sweep(box, SHIFT)
        for box in self._sweeps(words - wanted.words) or ():
            self._sweep(box, ALT)

    def _choose_words(self, wanted: Wanted) -> None:
        """Words that others cover: click until each is the selected one, then give the label."""
        if self.hand.canvas.tool_name != "select":
            self.hand.press(Qt.Key.Key_V)
        covered = [word_id for word_id in wanted.words if not self._sweeps([word_id])]
        first = covered[0]
        self._reach(self.words[first])
        for word_id in wanted.words - {first}:
            self.hand.click(self.words[word_id].box.center, CONTROL)
        assert set(self.hand.selection.ids) == wanted.words, "other words were selected"
        self.hand.press(_key_of(self.hand, wanted.label))

    def _reach(self, word: Word) -> None:
        """Click on a word until it is the selected one; what lies over it is in the way."""
        right = {(item.label, item.words) for item in self.entities}
        for share in (0.1, 0.3, 0.5, 0.7, 0.9):
            for _click in range(3):
                box, before = word.box, self.hand.selection.ids
                self.hand.click((box.x0 + share * box.width, box.center[1]))
                if self.hand.selection.ids == (word.id,):
                    return
                if self.hand.selection.ids == before:
                    break
            item = self.hand.page.annotation(next(iter(self.hand.selection.ids), 0))
            if isinstance(item, Entity) and (item.label, frozenset(item.word_ids)) not in right:
                self.hand.press(Qt.Key.Key_Delete)
        raise AssertionError(f"{word} cannot be reached")

    def _sweep(self, box: Box, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.hand.drag((box.x0, box.y0), (box.x1, box.y1), held)

    def _sweeps(self, words: Collection[int]) -> list[Box] | None:
        """Frames that touch these words and no others, few of them; None where a word is covered
        by others.
        """
        if not words:
            return []
        members = [self.words[word_id] for word_id in words]
        whole = self._pure(members)
        if whole is not None:
            return [whole]
        runs = [run for line in self._lines(members) for run in self._runs(line)]
        boxes: list[Box] = []
        start = 0
        for end in range(1, len(runs) + 1):
            block = [word for run in runs[start : end + 1] for word in run]
            if end == len(runs) or self._pure(block) is None:
                box = self._pure([word for run in runs[start:end] for word in run])
                if box is None:
                    return None
                boxes.append(box)
                start = end
        return boxes

    def _lines(self, members: Sequence[Word]) -> list[list[Word]]:
        indices = lines_of([word.box for word in members])
        return [[members[index] for index in line] for line in indices]

    def _runs(self, line: Sequence[Word]) -> Iterable[list[Word]]:
        """Parts of a line that can be swept alone."""
        run: list[Word] = []
        for word in sorted(line, key=lambda word: word.box.x0):
            if run and self._pure([*run, word]) is None:
                yield run
                run = []
            run.append(word)
        yield run

    def _pure(self, members: Sequence[Word]) -> Box | None:
        """A frame that touches exactly these words, if there is one that a hand would draw."""
        ids = {word.id for word in members}
        middle = bounding_box(word.box.center for word in members)
        least = SMALLEST_PX / self.hand.canvas.scale_now
        tries = (_long_enough(middle, least), *_inside(members), *_short(members, least))
        for box in tries:
            if (
                max(box.width, box.height) >= least
                and {word.id for word in words_in(self.hand.canvas.canvas, box)} == ids
            ):
                return box
        return None

    def _handle(self, item: Entity) -> Point | None:
        """A point where a click takes this entity."""
        scene = self.hand.canvas.canvas
        middles = [self.words[word_id].box.center for word_id in item.word_ids]
        box, shares = item.box, (0.1, 0.3, 0.5, 0.7, 0.9)
        others = [
            (box.x0 + along * box.width, box.y0 + down * box.height)
            for along in shares
            for down in shares
        ]
        for point in (box.center, *middles, *others):
            if (found := entity_at(scene, point)) is not None and found.id == item.id:
                return point
        return None

    def _make_links(self) -> None:
        """Drag from one to the other."""
        made = {(link.from_id, link.to_id) for link in self.hand.page.relations}
        by_words = self._existing()
        pairs = [(by_words[one], by_words[other]) for one, other in self.links]
        missing = [pair for pair in pairs if (pair[0].id, pair[1].id) not in made]
        if not missing:
            return
        self.hand.press(Qt.Key.Key_Escape)
        self.hand.press(Qt.Key.Key_L)
        for one, other in sorted(missing, key=lambda pair: (pair[0].id, pair[1].id)):
            start, end = self._handle(one), self._handle(other)
            assert start is not None, f"no place to take {one}"
            assert end is not None, f"no place to take {other}"
            self.hand.drag(start, end)
            ends = {(link.from_id, link.to_id) for link in self.hand.page.relations}
            assert (one.id, other.id) in ends, "nothing was linked"

    def _take_away(self) -> None:
        """Select whatever is too much, and delete it at once."""
        wanted = {(item.label, item.words) for item in self.entities}
        page = self.hand.page
        spare = [
            item for item in page.entities if (item.label, frozenset(item.word_ids)) not in wanted
        ]
        words = {item.id: frozenset(item.word_ids) for item in page.entities}
        gone = {item.id for item in spare}
        links = [
            link
            for link in page.relations
            if (words[link.from_id], words[link.to_id]) not in self.links
            and not {link.from_id, link.to_id} & gone
        ]
        if not spare and not links:
            return
        self.hand.press(Qt.Key.Key_V)
        if self.hand.selection.ids:
            self.hand.press(Qt.Key.Key_Escape)  # its grips would be in the way
        things: list[Entity | Relation] = [*spare, *links]
        points = {item.id: self._place_of(item) for item in things}
        free = [item for item in things if points[item.id] is not None]
        for number, item in enumerate(free):
            point = points[item.id]
            assert point is not None
            self.hand.click(point, CONTROL if number else Qt.KeyboardModifier.NoModifier)
        made = set(self.hand.selection.ids)
        taken = {item.id for item in free}
        assert made == taken, f"taken: {[page.annotation(item_id) for item_id in made ^ taken]}"
        if free:
            self.hand.press(Qt.Key.Key_Delete)
        for item in things:
            if points[item.id] is None:
                self._take_from_below(item)

    def _place_of(self, item: Entity | Relation) -> Point | None:
        """Where a click takes it at once."""
        return self._on_link(item) if isinstance(item, Relation) else self._handle(item)

    def _take_from_below(self, item: Entity | Relation) -> None:
        """What others cover everywhere: click until it is reached, and delete it."""
        scene = self.hand.canvas.canvas
        depths = [
            (depth, point)
            for point in self._points_on(item)
            for depth, found in enumerate(hits(scene, point))
            if found.id == item.id
        ]
        for _depth, point in sorted(depths)[:9]:
            for _click in range(6):
                self.hand.click(point)
                if self.hand.selection.ids == (item.id,):
                    self.hand.press(Qt.Key.Key_Delete)
                    return
        raise AssertionError(f"{item} cannot be reached")

    def _points_on(self, item: Entity | Relation) -> list[Point]:
        if isinstance(item, Entity):
            return [item.box.center]
        ends = [self.hand.page.annotation(end) for end in (item.from_id, item.to_id)]
        boxes = [end.box.normalized() for end in ends if isinstance(end, Entity)]
        return list(curve_points(link_curve(boxes[0], boxes[1]), 64))

    def _on_link(self, link: Relation) -> Point | None:
        scene, points = self.hand.canvas.canvas, self._points_on(link)
        ordered = sorted(range(len(points)), key=lambda place: abs(place - len(points) // 2))
        pixel = 1 / self.hand.canvas.scale_now
        for place in ordered:
            x, y = points[place]
            around = [(x + dx * pixel, y + dy * pixel) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]
            if all((found := hits(scene, near)) and found[0].id == link.id for near in around):
                return points[place]
        return None


def _long_enough(box: Box, least: float) -> Box:
    """The frame made wider where it would be a click."""
    more = max(0.0, least - box.width) / 2
    return Box(box.x0 - more, box.y0, box.x1 + more, box.y1)


def _inside(members: Sequence[Word]) -> Iterable[Box]:
    """Other frames that a hand may try: flatter, and from a side."""
    tops, bottoms = [w.box.y0 for w in members], [w.box.y1 for w in members]
    left, right = min(w.box.x0 for w in members), max(w.box.x1 for w in members)
    for share in (0.25, 0.5, 0.75):
        tall = min(bottoms) - min(tops)
        first, last = min(tops) + share * tall, max(bottoms) - (1 - share) * tall
        yield Box(left + 1, min(first, last), right - 1, max(first, last) + 0.1)


def _short(members: Sequence[Word], least: float) -> Iterable[Box]:
    """Short strokes on a word alone, where others crowd it."""
    if len(members) > 1:
        return
    box = members[0].box
    for down in (0.5, 0.25, 0.75, 0.1, 0.9):
        for along in (0.5, 0.25, 0.75, 0.05, 0.95):
            x, y = box.x0 + along * box.width, box.y0 + down * box.height
            yield Box(x - least / 2, y, x + least / 2, y)
            yield Box(x, y - least / 2, x, y + least / 2)
            yield Box(x, y, x + least, y)
            yield Box(x, y, x, y + least)


def _key_of(hand: Hand, label: str) -> Qt.Key:
    found = hand.bench.document.schema.label(label, ENTITY)
    assert found is not None
    return Qt.Key(ord(found.key))
