"""Which label belongs to which value: links between the labelled segments of a form."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model_backend.document import Box

QUESTION, ANSWER, HEADER = "question", "answer", "header"
FARTHEST = 25.0
"""Label and value stand no farther apart than this (in text heights, weighed by direction)."""


@dataclass(frozen=True)
class Field:
    """A labelled segment: what links are made of."""

    label: str
    box: Box
    height: float
    """Of its text, in page units."""
    ends_with_colon: bool = False


@dataclass(frozen=True)
class Link:
    """From one field to another, as indices, with how well they fit (0..1)."""

    start: int
    end: int
    score: float


def links_of(fields: Sequence[Field], page_height: float) -> list[Link]:
    """Links from questions to answers and from headers to questions.

    Each answer takes the nearest fitting question and each question the nearest header above it.
    """
    answers = [
        Link(start, end, 1 / (1 + distance / 8))
        for start, end, distance in _nearest(fields, QUESTION, ANSWER, _question_distance)
        if distance <= FARTHEST
    ]
    groups = [
        Link(
            start,
            end,
            1 / (1 + math.exp(-_header_evidence(fields[start], fields[end], page_height))),
        )
        for start, end, _distance in _nearest(fields, HEADER, QUESTION, _header_distance)
        if _header_evidence(fields[start], fields[end], page_height) > -0.6
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
    """How far the answer is from the question; infinite where it cannot belong to it.

    To the right is nearer than below; to the left (a tick before its text) is the farthest.
    """
    label, value = question.box, answer.box
    height = max(1e-9, (question.height + answer.height) / 2)
    across = min(label.y1, value.y1) - max(label.y0, value.y0)
    along = min(label.x1, value.x1) - max(label.x0, value.x0)
    if across > 0.4 * min(question.height, answer.height):
        if value.x0 >= label.x1 - height:
            return 0.5 * max(0.0, (value.x0 - label.x1) / height)
        is_before = value.x1 <= label.x0 + height
        return 6.0 + 2.0 * (label.x0 - value.x1) / height if is_before else math.inf
    if along > 0 and value.y0 >= label.center[1]:
        gap = max(0.0, (value.y0 - label.y1) / height)
        return 1.0 + gap + 2.0 * question.ends_with_colon
    return math.inf


def _header_distance(header: Field, question: Field) -> float:
    """How far the question is below the header; infinite where it cannot belong to it."""
    gap = (question.box.y0 - header.box.y1) / max(1e-9, (header.height + question.height) / 2)
    if gap < -0.5 or question.box.x1 < header.box.x0:
        return math.inf
    return max(0.0, gap)


def _header_evidence(header: Field, question: Field, page_height: float) -> float:
    """Evidence that the question belongs to the group under this header."""
    height = max(1e-9, (header.height + question.height) / 2)
    gap = (question.box.y0 - header.box.y1) / height
    indent = (question.box.x0 - header.box.x0) / height
    evidence = 0.5 - 0.7 * (gap >= 3) - 0.5 * (gap >= 8) - 0.5 * (gap >= 12)
    evidence += 0.9 * header.ends_with_colon
    evidence -= 1.3 * (header.box.center[1] < 0.2 * page_height)  # the title of the page
    return evidence - 1.0 * (indent < -1) - 0.8 * (indent > 6)
