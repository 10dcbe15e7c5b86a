"""What the form network reads of a page: pieces, places in text heights, and what the rules say.

Lengths are in heights of the page's usual text, so that a form is the same at any resolution and
in any type size.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Page, Word
from model_backend.predictors.form_labels import LABELS, label_scores
from model_backend.predictors.form_links import Field, links_of
from model_backend.predictors.form_pieces import FormPieces
from model_backend.predictors.form_segments import segments_of
from model_backend.predictors.form_text import (
    CHECK_BOXES,
    COLONS,
    Segment,
    is_tick,
    share_of_digits,
)
from model_backend.reading_order import reading_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model_backend.predictors.form_labels import Scores

    Numbers = NDArray[np.float32]
    Integers = NDArray[np.int64]

Order = Callable[[Sequence[Word]], Sequence[Word]]
"""Puts words into the order in which they are read."""
MOST_PIECES = 4
"""Of one word: the rest of a long number says nothing more."""
LEAST_SHARE = 0.01
"""A label's share is no less, so that its logarithm is a number."""
SEEN, SIGNS = 9, 20
"""Numbers that are told of each word beside its pieces and its place: the first are to be seen of
it, the others are what the rules say."""
NO_WORD, UNTOLD = -1, -2
"""Instead of the number of a word: there is none, or nobody says which."""
INPUTS = ("ids", "word_of", "mask", "first", "boxes", "size", "signs", "follows", "belongs")
"""What the network takes, in its order."""


@dataclass(frozen=True)
class FormReading:
    """A page of W words in reading order and T pieces, as the network reads it."""

    words: tuple[Word, ...]
    ids: Integers
    """(T,) pieces, with the one that begins and the one that ends a page."""
    word_of: Integers
    """(T,) the word of each piece; W for those two."""
    first: Integers
    """(W,) the first piece of each word."""
    boxes: Numbers
    """(W, 4) in text heights."""
    size: Numbers
    """(2,) width and height of the page in text heights."""
    signs: Numbers
    """(W, SIGNS) what is to be seen of a word, and what the rules make of it."""
    follows: Integers
    """(W,) the next word of the same segment as the rules have it; NO_WORD after the last."""
    belongs: Integers
    """(W,) where a segment begins, the first word of the one that the rules link it to."""


def reading_of(page: Page, pieces: FormPieces, in_order: Order = reading_order) -> FormReading:
    """The page as the network reads it; words without text are left out."""
    words = tuple(in_order([word for word in page.words if word.text.strip()]))
    cut = [pieces.of(word.text)[:MOST_PIECES] for word in words]
    ids = [pieces.start, *(piece for part in cut for piece in part), pieces.end]
    of_words = [number for number, part in enumerate(cut) for _piece in part]
    starts = np.cumsum([1, *(len(part) for part in cut)])[: len(words)]
    height = _text_height(words)
    edges = [(box.x0, box.y0, box.x1, box.y1) for box in (word.box.normalized() for word in words)]
    rules = _rules(page, words)
    return FormReading(
        words,
        np.array(ids, np.int64),
        np.array([len(words), *of_words, len(words)], np.int64),
        np.asarray(starts, np.int64),
        np.array(edges, np.float32).reshape(-1, 4) / np.float32(height),
        np.array([page.width, page.height], np.float32) / np.float32(height),
        np.concatenate([_looks(words, height), rules.signs], axis=1),
        rules.follows,
        rules.belongs,
    )


def _text_height(words: Sequence[Word]) -> float:
    heights = [abs(word.box.height) for word in words]
    return max(1e-3, statistics.median(heights)) if heights else 1.0


@dataclass(frozen=True)
class _Rules:
    """What the rules say of W words: signs (W, SIGNS - SEEN), followers and parents (W,)."""

    signs: Numbers
    follows: Integers
    belongs: Integers


def _rules(page: Page, words: Sequence[Word]) -> _Rules:
    segments = segments_of(page)
    scores = label_scores(page, segments)
    numbers = {word.id: number for number, word in enumerate(words)}
    placed = [
        sorted(numbers[word.id] for word in segment.words if word.id in numbers)
        for segment in segments
    ]
    made = _Rules(
        np.zeros((len(words), SIGNS - SEEN), np.float32),
        np.full(len(words), UNTOLD, np.int64),
        np.full(len(words), UNTOLD, np.int64),
    )
    for segment, shares, members in zip(segments, scores, placed, strict=True):
        for place, member in enumerate(members):
            made.signs[member] = _said(segment, shares, place, len(members))
        made.follows[members] = [*members[1:], NO_WORD]
        made.belongs[members[0]] = NO_WORD
    for link in links_of(_fields(segments, scores), page.height):
        made.belongs[placed[link.end][0]] = placed[link.start][0]
    return made


def _fields(segments: Sequence[Segment], scores: Sequence[Scores]) -> list[Field]:
    labels = [LABELS[max(range(len(LABELS)), key=shares.__getitem__)] for shares in scores]
    return [
        Field(
            label,
            segment.box,
            segment.height,
            ends_with_colon=segment.text.endswith(COLONS),
            is_tick=is_tick(segment.text),
            cell=segment.cell,
        )
        for label, segment in zip(labels, segments, strict=True)
    ]


def _looks(words: Sequence[Word], height: float) -> Numbers:
    """(W, SEEN)"""
    return np.array([_look(word, height) for word in words], np.float32).reshape(-1, SEEN)


def _look(word: Word, height: float) -> tuple[float, ...]:
    """What a word looks like: letters, signs, size."""
    text = word.text.strip()
    ratio = max(1e-3, abs(word.box.height)) / height
    return (
        float(text.isupper()),
        float(text[:1].isupper()),
        share_of_digits(text),
        float(text.endswith(COLONS)),
        float(text[-1:] in ".;,"),
        float(text[:1] in "(["),
        float(bool(set(text) & CHECK_BOXES)),
        float(not any(letter.isalnum() for letter in text)),
        float(np.clip(np.log(ratio), -1.0, 1.0)),
    )


def _said(segment: Segment, scores: Scores, place: int, count: int) -> tuple[float, ...]:
    """What the rules say of a word by its segment."""
    cell = segment.cell
    return (
        1.0,
        *(float(np.log(max(LEAST_SHARE, share))) + 1.4 for share in scores),
        segment.score,
        float(place == 0),
        float(place == count - 1),
        float(np.log(count)) / 2,
        float(cell is not None and cell.is_head),
        float(cell is not None and not cell.is_head),
    )


def without_rules(reading: FormReading) -> FormReading:
    """The reading as if there were no rules."""
    signs = reading.signs.copy()
    signs[:, SEEN:] = 0
    nothing = np.full_like(reading.follows, UNTOLD)
    return replace(reading, signs=signs, follows=nothing, belongs=nothing)


def without_words(reading: FormReading, is_lost: NDArray[np.bool_], unknown: int) -> FormReading:
    """The reading with the texts of some words (W,) unknown; they are still seen."""
    lost = np.pad(is_lost, (0, 1))[reading.word_of]
    return replace(reading, ids=np.where(lost, unknown, reading.ids))


def batch_of(readings: Sequence[FormReading], padding: int) -> Mapping[str, NDArray[np.generic]]:
    """Readings of B pages as the arrays that the network takes, filled up to the longest."""
    pieces = max(len(reading.ids) for reading in readings)
    words = max(1, *(len(reading.words) for reading in readings))
    count = len(readings)
    made: dict[str, NDArray[np.generic]] = {
        "ids": np.full((count, pieces), padding, np.int64),
        "word_of": np.full((count, pieces), words, np.int64),
        "mask": np.zeros((count, pieces), np.int64),
        "first": np.zeros((count, words), np.int64),
        "boxes": np.zeros((count, words, 4), np.float32),
        "size": np.ones((count, 2), np.float32),
        "signs": np.zeros((count, words, SIGNS), np.float32),
        "follows": np.full((count, words), UNTOLD, np.int64),
        "belongs": np.full((count, words), UNTOLD, np.int64),
    }
    for row, reading in enumerate(readings):
        own, there = len(reading.words), len(reading.ids)
        made["ids"][row, :there] = reading.ids
        made["word_of"][row, :there] = np.where(reading.word_of == own, words, reading.word_of)
        made["mask"][row, :there] = 1
        made["first"][row, :own] = reading.first
        made["boxes"][row, :own] = reading.boxes
        made["size"][row] = reading.size
        made["signs"][row, :own] = reading.signs
        made["follows"][row, :own] = reading.follows
        made["belongs"][row, :own] = reading.belongs
    return made
