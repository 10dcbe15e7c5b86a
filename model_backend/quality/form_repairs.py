"""Repairs of forms that follow from what stands where: links and texts of entities."""

from __future__ import annotations

from dataclasses import replace

from model_backend.document import Box, Entity, Page, Relation
from model_backend.formats.text_layout import joined
from model_backend.quality.funsd_checks import ANSWER, QUESTION, is_against_labels
from model_backend.quality.repair_parts import Ids, corrected, mapped

NEAR = 3.0
"""A question asks an answer on its line, or below it by so many times the question's height."""


def turn_links(page: Page, ids: Ids) -> Page:
    """Links that go against the labels of their ends, turned round where that is right; a link
    that is there already is not made twice."""
    labels = {entity.id: entity.label.lower() for entity in page.entities}
    pairs = {(link.from_id, link.to_id) for link in page.relations}
    kept = []
    for link in page.relations:
        start, end = labels.get(link.from_id, ""), labels.get(link.to_id, "")
        is_wrong = link.id in ids and is_against_labels(start, end)
        if not is_wrong or is_against_labels(end, start):
            kept.append(link)
        elif (link.to_id, link.from_id) not in pairs:
            kept.append(replace(link, from_id=link.to_id, to_id=link.from_id))
    return page if tuple(kept) == page.relations else replace(page, relations=tuple(kept))


def ask_answers(page: Page, ids: Ids) -> Page:
    """Answers linked with the question before them on their line, else the one above; only where
    nothing else stands between the two and the question has no answer yet."""
    for answer in page.entities:
        if answer.id in ids and answer.label.lower() == ANSWER:
            question = _question_of(answer, page)
            if question is not None:
                link = Relation(page.next_id, question.id, answer.id)
                page = replace(page, relations=(*page.relations, link), next_id=link.id + 1)
    return page


def _question_of(answer: Entity, page: Page) -> Entity | None:
    busy = {link.from_id for link in page.relations}
    free = [
        item for item in page.entities if item.label.lower() == QUESTION and item.id not in busy
    ]
    for is_before in (_is_left_of, _is_above):
        near = [item for item in free if is_before(item.box, answer.box)]
        near.sort(key=lambda item: answer.box.x0 - item.box.x1 + answer.box.y0 - item.box.y1)
        if near and not _between(near[0].box, answer.box, page, {near[0].id, answer.id}):
            return near[0]
    return None


def _is_left_of(box: Box, other: Box) -> bool:
    common = min(box.y1, other.y1) - max(box.y0, other.y0)
    return box.x1 <= other.x0 + 1 and common >= 0.5 * min(box.height, other.height)


def _is_above(box: Box, other: Box) -> bool:
    common = min(box.x1, other.x1) - max(box.x0, other.x0)
    gap = other.y0 - box.y1
    return -1 <= gap <= NEAR * box.height and common >= 0.5 * min(box.width, other.width)


def _between(box: Box, other: Box, page: Page, own: set[int]) -> bool:
    """Whether another entity lies in the room between two."""
    room = Box(
        min(box.x1, other.x0), min(box.y1, other.y0), max(box.x1, other.x0), max(box.y1, other.y0)
    )
    if room.width < room.height:
        room = replace(room, x0=max(box.x0, other.x0), x1=min(box.x1, other.x1))
    else:
        room = replace(room, y0=max(box.y0, other.y0), y1=min(box.y1, other.y1))
    others = (item for item in page.entities if item.id not in own)
    return any(item.box.normalized().overlap(room.normalized()) > 0 or
               room.normalized().overlap(item.box.normalized()) > 0 for item in others)  # fmt: skip


def take_words_text(page: Page, ids: Ids) -> Page:
    """Entities that say what their words say."""
    words = {word.id: word.text for word in page.words}

    def said(entity: Entity) -> Entity:
        text = joined([words.get(word_id, "") for word_id in entity.word_ids])
        is_same = entity.text.split() == text.split()
        return entity if is_same or not text else corrected(replace(entity, text=text))

    return mapped(page, "entities", ids, said)
