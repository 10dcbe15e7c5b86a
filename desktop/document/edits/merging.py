"""What a model proposes, merged: never touches, brings back or doubles what a person decided."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from desktop.document.edits.parts import joined, put, take_out
from desktop.document.edits.placing import turned_box, turned_size, turning
from desktop.store.records import Proposal
from model_backend.document import (
    Annotation,
    Box,
    Entity,
    Page,
    PageClass,
    PageStatus,
    Proposals,
    Region,
    Relation,
    Status,
    Table,
    rotation_about,
    union_of,
)

SAME = 0.5
"""From this overlap (Jaccard of words, or IoU of boxes) two annotations are the same."""

Placed = Entity | Table | Region


def merge_proposals(
    page: Page, proposals: Proposals, earlier: Sequence[Proposal]
) -> tuple[Page, tuple[Proposal, ...]]:
    """The page with what a model says, and what is to be kept of it unchanged.

    Each annotation takes the place of the open proposal that it repeats. One that repeats something
    a person accepted, corrected or deleted is left out. Open proposals of the same model that it no
    longer makes are withdrawn.
    """
    merger = _Merger(page, proposals.model, earlier, proposals.page_class)
    placed: tuple[Placed, ...] = (*proposals.entities, *proposals.tables, *proposals.regions)
    for annotation in placed:
        merger.place(replace(annotation, score=_number(annotation.score)))
    for relation in proposals.relations:
        merger.relate(replace(relation, score=_number(relation.score)))
    return merger.result()


def _number(score: float | None) -> float | None:
    """A score that is no number says nothing, and no comparison would ever find it again."""
    return score if score is not None and math.isfinite(score) else None


@dataclass(frozen=True)
class _Known:
    """Something said or drawn before: what it looked like, and its id on the page."""

    annotation_id: int
    value: Placed
    box: Box


@dataclass
class _Merger:
    """One merge in progress."""

    page: Page
    model: str
    earlier: Sequence[Proposal]
    page_class: PageClass | None = None
    added: dict[int, Annotation] = field(default_factory=dict)
    said: list[Proposal] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)
    """Where the model's own ids went: an id of the page, or absent for what was left out."""
    next_id: int = 0

    def __post_init__(self) -> None:
        self.next_id = self.page.next_id
        self.already_said = set(self.earlier)
        self.now = {item.id: item for item in self.page.annotations}
        self.open = _open_ids(self.page)
        self.known = _Nearby(_known_values(self.page, self.earlier))
        self.linked = _linked(self.page, self.earlier)
        self.words = {word.id: word for word in self.page.words}
        self.free_words = set(self.words).difference(
            *(entity.word_ids for entity in self.page.entities if entity.id not in self.open)
        )

    def place(self, annotation: Placed) -> None:
        """Update the open proposal that this repeats, leave it out, or add it."""
        value = self._own(annotation)
        own = self._place_of(annotation, value)
        if own is None:
            return
        if own in self.now and own not in self.open:
            self.ids[annotation.id] = own
        elif value is not None:
            self.ids[annotation.id] = own
            self._keep(replace(value, id=own), replace(annotation, id=own))

    def _place_of(self, annotation: Placed, value: Placed | None) -> int | None:
        """The id it repeats or a new one; None where a person deleted it."""
        alike = self.known.same_as(annotation)
        if value is not None and value.box != annotation.box:
            alike += self.known.same_as(value)
        for known in alike:
            if known.annotation_id not in self.open:
                return known.annotation_id if known.annotation_id in self.now else None
            if known.annotation_id not in self.added:
                return known.annotation_id
        return self.next_id

    def _own(self, annotation: Placed) -> Placed | None:
        """The annotation without words that are gone or that a person gave to another entity."""
        value = replace(annotation, status=Status.PROPOSED, source=self.model)
        if not isinstance(value, Entity) or self.free_words.issuperset(value.word_ids):
            return value
        words = tuple(self.words[i] for i in value.word_ids if i in self.free_words)
        if not words:
            return None
        ids = tuple(word.id for word in words)
        box = union_of(word.box for word in words)
        return replace(value, word_ids=ids, text=joined(words), box=box)

    def _keep(self, value: Annotation, said: Annotation) -> None:
        self.added[value.id] = value
        page = self.page
        proposal = Proposal(self.model, value.id, said, rotation=page.rotation, skew=page.skew)
        if proposal not in self.already_said:
            self.said.append(proposal)
        self.next_id = max(self.next_id, value.id + 1)

    def relate(self, relation: Relation) -> None:
        """Add a relation unless its ends were left out, or it is there, or it was deleted."""
        ends = (self.ids.get(relation.from_id), self.ids.get(relation.to_id))
        if ends[0] is None or ends[1] is None or ends[0] == ends[1]:
            return
        own = self.linked.get(frozenset((ends[0], ends[1])))
        if own is not None and (own not in self.open or own in self.added):
            return
        value = replace(
            relation,
            id=self.next_id if own is None else own,
            from_id=ends[0],
            to_id=ends[1],
            status=Status.PROPOSED,
            source=self.model,
        )
        self.linked[frozenset((ends[0], ends[1]))] = value.id
        self._keep(value, value)

    def result(self) -> tuple[Page, tuple[Proposal, ...]]:
        """The page with everything in it, and the new proposals as the model made them."""
        withdrawn = {
            item.id
            for item in self.page.annotations
            if item.id in self.open and item.source == self.model and item.id not in self.added
        }
        page = put(take_out(self.page, withdrawn - self._named()), *self.added.values())
        page = self._with_class(page)
        if page.status == PageStatus.NEW and (self.added or page.page_class):
            page = replace(page, status=PageStatus.PROPOSED)
        return page, tuple(self.said)

    def _with_class(self, page: Page) -> Page:
        """The page's class as the model says, where no person has said it."""
        known = page.page_class
        if self.page_class is None or (known and known.status != Status.PROPOSED):
            return page
        said = replace(
            self.page_class,
            score=_number(self.page_class.score),
            status=Status.PROPOSED,
            source=self.model,
            proposed=self.page_class.label,
        )
        return replace(page, page_class=said)

    def _named(self) -> set[int]:
        """Entities that relations which stay refer to; a proposal goes only after them."""
        return {
            end
            for item in (*self.added.values(), *self.page.relations)
            if isinstance(item, Relation) and item.source != self.model
            for end in (item.from_id, item.to_id)
        }


def _open_ids(page: Page) -> set[int]:
    """Proposals that nobody has decided on; an entity that a person linked is decided, and what a
    person marked or wrote a note on stays for them.
    """
    held = {
        end
        for relation in page.relations
        if relation.status != Status.PROPOSED
        for end in (relation.from_id, relation.to_id)
    }
    return {
        item.id
        for item in page.annotations
        if item.status == Status.PROPOSED
        and item.id not in held
        and not (item.is_unsure or item.note)
    }


def _linked(page: Page, earlier: Sequence[Proposal]) -> dict[frozenset[int], int]:
    """The relation between two entities, on the page or (else) proposed before and deleted."""
    said = (item.annotation for item in earlier if not item.is_withdrawn)
    relations = [item for item in said if isinstance(item, Relation)]
    return {
        frozenset((relation.from_id, relation.to_id)): relation.id
        for relation in (*relations, *page.relations)
    }


def _known_values(page: Page, earlier: Iterable[Proposal]) -> Iterable[_Known]:
    placed: tuple[Placed, ...] = (*page.entities, *page.tables, *page.regions)
    for item in placed:
        yield _Known(item.id, item, _box_on_page(item))
    for proposal in earlier:
        said = proposal.annotation
        if not proposal.is_withdrawn and not isinstance(said, Relation):
            box = _box_as_turned_now(said, proposal, page)
            yield _Known(proposal.annotation_id, said, box)


def _box_on_page(item: Placed) -> Box:
    """Its box on the page, to a quarter turn: a table's own lies in its frame, which may be turned
    with the page.
    """
    if isinstance(item, Table) and round(item.rotation / 90) % 2:
        return turned_box(item.box, rotation_about(item.box.center, 90), 90)
    return item.box


def _box_as_turned_now(said: Placed, proposal: Proposal, page: Page) -> Box:
    """Where it lies since the page was turned or deskewed after it was said."""
    quarters, skew = (page.rotation - proposal.rotation) % 360, page.skew - proposal.skew
    width, height = turned_size(page, -quarters)
    then, box = replace(page, width=width, height=height), _box_on_page(said)
    for frame, degrees in ((then, quarters), (page, skew)):
        if degrees:
            box = turned_box(box, turning(frame, degrees), degrees)
    return box


class _Nearby:
    """Known annotations by place: with an IoU of a half each centre lies in the other box."""

    def __init__(self, known: Iterable[_Known]) -> None:
        self._strips: dict[int, list[_Known]] = {}
        self._of_word: dict[int, list[_Known]] = {}
        for item in known:
            for strip in _strips(item.box):
                self._strips.setdefault(strip, []).append(item)
            for word_id in getattr(item.value, "word_ids", ()):
                self._of_word.setdefault(word_id, []).append(item)

    def same_as(self, value: Placed) -> list[_Known]:
        """Everything that is the same, most alike first; what is decided before what is open."""
        found = []
        box = _box_on_page(value)
        for known in self._candidates(value):
            likeness = _likeness(known, value, box)
            if likeness >= SAME:
                found.append((likeness, _has_same_label(known.value, value), known))
        found.sort(key=lambda entry: entry[:2], reverse=True)
        return [known for _, _, known in found]

    def _candidates(self, value: Placed) -> list[_Known]:
        x, y = value.box.center
        near = [
            known for known in self._strips.get(int(y // _STRIP), ()) if known.box.contains((x, y))
        ]
        of_words = (
            known
            for word_id in getattr(value, "word_ids", ())
            for known in self._of_word.get(word_id, ())
        )
        return list({id(known): known for known in (*near, *of_words)}.values())


_STRIP = 64.0
_MOST_STRIPS = 4096


def _strips(box: Box) -> range:
    first, last = int(box.y0 // _STRIP), int(box.y1 // _STRIP)
    return range(first, min(last, first + _MOST_STRIPS) + 1)


def _likeness(known: _Known, value: Placed, box: Box) -> float:
    """Intersection over union of boxes, or of words where that is more; 0 for different kinds."""
    one = known.value
    if type(one) is not type(value):
        return 0.0
    boxes = known.box.iou(box)
    if not isinstance(one, Entity) or not isinstance(value, Entity):
        return boxes
    first, second = set(one.word_ids), set(value.word_ids)
    union = len(first | second)
    return max(boxes, len(first & second) / union) if union else boxes


def _has_same_label(one: Placed, other: Placed) -> bool:
    return getattr(one, "label", "") == getattr(other, "label", "")
