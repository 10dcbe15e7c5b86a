"""Which label belongs to which value: links between the labelled segments of a form."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model_backend.document import Box, Entity, Page
from model_backend.predictors.form_text import COLONS, TableCell, is_tick

QUESTION, ANSWER, HEADER = "question", "answer", "header"
BESIDE, BELOW, BEFORE = 0.5, 1.0, 2.0
"""What a text height of distance costs: a value may stand far to the right of its label, less far
below it, and hardly to the left; only a tick stands before its text as well as after it."""
FARTHEST = 20.0
"""The highest cost of a link; on one line nothing is too far: dots and rules lead the eye."""
HALF = 10.0
"""A link of this cost is half as sure as one that costs nothing."""
POINTS_RIGHT = 2.0
"""What it costs to look below a label that ends with a colon: its value should be beside it."""
GROUP_REACH = 12.0
"""A heading stands over some six rows, so many text heights."""
TITLE_ZONE = 0.2
"""The part of a page that titles stand in: they head the page and no group of fields."""


@dataclass(frozen=True)
class Field:
    """A labelled segment: what links are made of."""

    label: str
    box: Box
    height: float
    """Of its text, in page units."""
    ends_with_colon: bool = False
    is_tick: bool = False
    cell: TableCell | None = None


@dataclass(frozen=True)
class Link:
    """From one field to another, as indices, with how well they fit (0..1)."""

    start: int
    end: int
    score: float


def fields_of(entities: Sequence[Entity], page: Page) -> list[Field]:
    """What links are made of, of entities with words."""
    heights = {word.id: word.box.height for word in page.words}
    return [
        Field(
            entity.label,
            entity.box,
            statistics.median(heights[word_id] for word_id in entity.word_ids),
            ends_with_colon=entity.text.endswith(COLONS),
            is_tick=is_tick(entity.text),
        )
        for entity in entities
    ]


def links_of(fields: Sequence[Field], page_height: float) -> list[Link]:
    """Links from questions to answers and from headers to questions.

    Each answer takes the nearest fitting question and each question the nearest header above it.
    """
    answers = [
        Link(start, end, 1 / (1 + distance / HALF))
        for start, end, distance in _nearest(fields, QUESTION, ANSWER, _question_distance)
        if distance <= FARTHEST
    ]
    groups = [
        Link(start, end, 1 / (1 + distance / HALF))
        for start, end, distance in _nearest(fields, HEADER, QUESTION, _header_distance)
        if distance <= GROUP_REACH and not _is_title(fields[start], page_height)
    ]
    return answers + groups


def _nearest(
    fields: Sequence[Field],
    start_label: str,
    end_label: str,
    distance: Callable[[Field, Field], float],
) -> list[tuple[int, int, float]]:
    """For each field of one label the nearest of the other: (start, end, distance)."""
    starts = [i for i, field in enumerate(fields) if field.label == start_label]
    found = []
    for end, field in enumerate(fields):
        if field.label == end_label:
            near = min(((distance(fields[i], field), i) for i in starts), default=(math.inf, -1))
            if math.isfinite(near[0]):
                found.append((near[1], end, near[0]))
    return found


def _question_distance(question: Field, answer: Field) -> float:
    """How far the answer is from the question; infinite where it cannot belong to it."""
    if question.cell is not None or answer.cell is not None:
        return _column_distance(question, answer)
    label, value = question.box, answer.box
    height = max(1e-9, (question.height + answer.height) / 2)
    across = min(label.y1, value.y1) - max(label.y0, value.y0)
    along = min(label.x1, value.x1) - max(label.x0, value.x0)
    if across > 0.5 * min(question.height, answer.height):
        if value.x0 >= label.x1 - height:
            return min(FARTHEST, BESIDE * max(0.0, (value.x0 - label.x1) / height))
        gap = max(0.0, (label.x0 - value.x1) / height)
        if value.x1 > label.x0 + height:
            return math.inf
        return BESIDE * gap if answer.is_tick else BEFORE * (1 + gap)
    if along > 0 and value.y0 >= label.center[1]:
        gap = max(0.0, (value.y0 - label.y1) / height)
        return BELOW * (1 + gap) + POINTS_RIGHT * question.ends_with_colon
    return math.inf


def _column_distance(question: Field, answer: Field) -> float:
    """0 to 1: the cells under a column head are all its own, under two heads the lower one's."""
    if question.cell is None or answer.cell is None or not answer.cell.is_under(question.cell):
        return math.inf
    below = max(0.0, answer.box.y0 - question.box.y1)
    return below / (below + max(1e-9, question.height))


def _header_distance(header: Field, question: Field) -> float:
    """How far the question is below the header; infinite where it cannot belong to it.

    What a heading heads is under it or indented, never to its left.
    """
    height = max(1e-9, (header.height + question.height) / 2)
    gap = (question.box.y0 - header.box.y1) / height
    if gap < -0.5 or question.box.x0 < header.box.x0 - height:
        return math.inf
    return max(0.0, gap)


def _is_title(header: Field, page_height: float) -> bool:
    return header.box.center[1] < TITLE_ZONE * page_height
