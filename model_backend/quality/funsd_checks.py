"""Checks of forms: entities, their words and their links, as FUNSD's readers expect them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import chain, takewhile
from typing import Any

from model_backend.document import Entity, Page, Word
from model_backend.formats.funsd_form import FORMAT
from model_backend.formats.source_data import unpack
from model_backend.quality.findings import Finding, finding, shown

ROOM = 1.0
"""Pixels by which a word may reach out of its entity's box: boxes are rounded."""
QUESTION, ANSWER, HEADER = "question", "answer", "header"
ASKERS = (QUESTION, HEADER)
_AGAINST = {ANSWER: (QUESTION, HEADER), QUESTION: (HEADER,)}
"""Links that go the wrong way round: from the class of the key to one of these."""


def raw_of(entity: Entity) -> dict[str, Any]:
    """What the file said of an entity; empty where it came from elsewhere."""
    raw: dict[str, Any] = unpack(entity.source_data, FORMAT).get("raw", {})
    return raw


def name_of(entity: Entity) -> Any:  # noqa: ANN401 - FUNSD ids are numbers or texts
    """The id that a person finds in the file, else the page's own."""
    return raw_of(entity).get("id", entity.id)


def check(page: Page, name: str) -> Iterator[Finding]:
    """What is wrong with entities, words of entities and links."""
    words = {word.id: word for word in page.words}
    yield from _link_findings(page, name)
    asked = _asked(page)
    for entity in page.entities:
        found = [words[word_id] for word_id in entity.word_ids if word_id in words]
        yield from _word_findings(entity, found, name)
        yield from _text_findings(entity, found, name)
        if entity.label.lower() == ANSWER and entity.id not in asked:
            text = shown(entity.text)
            yield finding("answer-not-asked", name, entity.id, id=name_of(entity), text=text)


def is_against_labels(start: str, end: str) -> bool:
    """Whether a link from a class to another contradicts what FUNSD's links mean."""
    return end in _AGAINST.get(start, ())


def _asked(page: Page) -> set[int]:
    """The entities that a question or a header is linked with, in either direction."""
    labels = {entity.id: entity.label.lower() for entity in page.entities}
    pairs = [(link.from_id, link.to_id) for link in page.relations]
    both = chain(pairs, ((end, start) for start, end in pairs))
    return {end for start, end in both if labels.get(start) in ASKERS and start != end}


def _link_findings(page: Page, name: str) -> Iterator[Finding]:
    entities = {entity.id: entity for entity in page.entities}
    counts: Counter[tuple[int, int]] = Counter()
    for link in page.relations:
        ends = (link.from_id, link.to_id)
        counts[ends] += 1
        shown_ends = [name_of(entities[end]) if end in entities else end for end in ends]
        if not entities.keys() >= set(ends):
            start, end = shown_ends
            yield finding("link-to-nothing", name, link.id, start=start, end=end)
        elif ends[0] == ends[1]:
            yield finding("link-to-itself", name, link.id, ends[0], id=shown_ends[0])
        elif is_against_labels(*(entities[end].label.lower() for end in ends)):
            labels = {"label": entities[ends[0]].label, "other": entities[ends[1]].label}
            start, end = shown_ends
            yield finding("link-against-labels", name, link.id, start=start, end=end, **labels)
        if counts[ends] == 2:
            start, end = shown_ends
            yield finding("link-doubled", name, link.id, start=start, end=end, count=2)
    yield from _raw_link_findings(page, name)


def _raw_link_findings(page: Page, name: str) -> Iterator[Finding]:
    """Links as the file has them: reading drops what leads to nothing and joins what is doubled."""
    known = {name_of(entity) for entity in page.entities}
    told: set[tuple[Any, Any]] = set()
    for entity in page.entities:
        counts = Counter(tuple(pair) for pair in raw_of(entity).get("linking", ()))
        for (start, end), count in counts.items():
            if not {start, end} <= known and not _was_deleted(page, (start, end)):
                yield finding("link-to-nothing", name, entity.id, start=start, end=end)
            allowed = 2 if start == end else 1  # a self link stands twice: once for each end
            if count > allowed and (start, end) not in told:
                told.add((start, end))
                yield finding("link-doubled", name, entity.id, start=start, end=end, count=count)


def _was_deleted(page: Page, pair: tuple[Any, Any]) -> bool:
    """Whether the file had both ends: then a person deleted one, and writing drops the link."""
    ids = unpack(page.source_data, FORMAT).get("ids", 0)
    if isinstance(ids, int):
        return all(isinstance(end, int) and 0 <= end < ids for end in pair)
    return all(end in ids for end in pair)


def _word_findings(entity: Entity, words: list[Word], name: str) -> Iterator[Finding]:
    if not words:
        text = shown(entity.text)
        yield finding("entity-without-words", name, entity.id, id=name_of(entity), text=text)
    room = entity.box.normalized().grown(ROOM)
    for word in words:
        box = word.box.normalized()
        if box.intersection(room) != box:
            text = shown(word.text)
            yield finding(
                "word-outside-entity", name, entity.id, word.id, text=text, id=name_of(entity)
            )


def _text_findings(entity: Entity, words: list[Word], name: str) -> Iterator[Finding]:
    own = name_of(entity)
    blank = tuple(word.id for word in words if not word.text.strip())
    if not entity.text.strip():
        yield finding("entity-text-empty", name, entity.id, id=own)
    if blank:
        yield finding("word-text-empty", name, entity.id, *blank, count=len(blank), id=own)
    joined = " ".join(word.text for word in words)
    if words and entity.text.split() != joined.split():
        one, other = _from_difference(entity.text.split(), joined.split())
        yield finding("text-differs", name, entity.id, id=own, text=one, words=other)


def _from_difference(one: list[str], other: list[str]) -> tuple[str, str]:
    """Both texts from the word before the first that differs."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    start = max(same - 1, 0)
    head = "… " if start else ""
    return shown(head + " ".join(one[start:])), shown(head + " ".join(other[start:]))
