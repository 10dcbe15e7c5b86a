"""What is learnt of one page: its reading, with the right class, next word and parent of words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from model_backend import formats
from model_backend.document import Box, Page, Word
from model_backend.errors import UserError
from model_backend.predictors.form_labels import LABELS
from model_backend.predictors.form_pieces import FormPieces
from model_backend.predictors.form_reading import NO_WORD, FormReading, reading_of
from model_backend.synthesis import forms
from model_backend.synthesis.generator import ENGLISH, Order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

FORMAT = "funsd"
MISREAD = 0.02
"""The share of words that are misread on the average page."""
TIGHTEST, LOOSEST = -0.12, 0.25
"""How far people draw boxes around words beyond their ink, in heights; less than none, too, as the
blanks of typewriters are wider than those of our faces."""
STRETCH = 0.12
"""How much wider or narrower letters are than ours: the deviation of the logarithm."""
SLOPE = 0.006
"""How much lines of a scan fall or rise: the deviation, of every other page."""
LOOKALIKES = {
    "0": "O",
    "O": "0",
    "1": "l",
    "l": "1",
    "I": "l",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
    "e": "c",
    "c": "e",
    "a": "o",
    "o": "a",
    "m": "rn",
    "n": "ri",
    "h": "b",
    "i": "j",
    "t": "f",
    ":": ".",
    ".": ",",
    "-": "_",
    "/": "1",
    "g": "q",
    "u": "v",
    "E": "F",
    "D": "O",
    "G": "C",
}
"""What recognisers take letters for."""


@dataclass(frozen=True)
class Lesson:
    """A reading with its truth: classes (W,), following (W,; NO_WORD: none), `begins` (W,) where an
    entity begins, and links (child, parent) between the words that begin theirs.
    """

    reading: FormReading
    classes: Integers
    following: Integers
    begins: NDArray[np.bool_]
    links: tuple[tuple[int, int], ...]


def lesson_of(page: Page, pieces: FormPieces) -> Lesson:
    """The page with what is to be learnt of it; words of no entity are of the last class."""
    reading = reading_of(page, pieces)
    numbers = {word.id: number for number, word in enumerate(reading.words)}
    classes = np.full(len(numbers), len(LABELS) - 1, np.int64)
    following = np.full(len(numbers), NO_WORD, np.int64)
    begins = np.zeros(len(numbers), np.bool_)
    begun: dict[int, int] = {}
    for entity in page.entities:
        members = sorted(numbers[word_id] for word_id in entity.word_ids if word_id in numbers)
        if members and entity.label in LABELS:
            begun[entity.id] = members[0]
            begins[members[0]] = True
            classes[members] = LABELS.index(entity.label)
            for one, other in pairwise(members):
                following[one] = other
    links = [
        (begun[link.to_id], begun[link.from_id])
        for link in page.relations
        if link.from_id in begun and link.to_id in begun and link.from_id != link.to_id
    ]
    return Lesson(reading, classes, following, begins, tuple(links))


def shortened(lesson: Lesson, most: int) -> Lesson:
    """The lesson with only the first words, of so many pieces: a long page holds up all others."""
    reading = lesson.reading
    if len(reading.ids) <= most:
        return lesson
    words = int((reading.first < most).sum()) - 1
    pieces = int(reading.first[words])
    kept = replace(
        reading,
        words=reading.words[:words],
        ids=np.append(reading.ids[:pieces], reading.ids[-1]),
        word_of=np.array([words, *reading.word_of[1:pieces], words], np.int64),
        first=reading.first[:words],
        boxes=reading.boxes[:words],
        signs=reading.signs[:words],
        follows=_within(reading.follows[:words], words),
        belongs=_within(reading.belongs[:words], words),
    )
    return Lesson(
        kept,
        lesson.classes[:words],
        _within(lesson.following[:words], words),
        lesson.begins[:words],
        tuple(link for link in lesson.links if max(link) < words),
    )


def _within(numbers: Integers, words: int) -> Integers:
    return np.where(numbers < words, numbers, NO_WORD)


def generated_lesson(seed: int, number: int, pieces: FormPieces, language: str = ENGLISH) -> Lesson:
    """One of the lessons of a seed: a form that is drawn without its picture, and worn."""
    random = Random(f"{seed} {number}")
    form, _kind = forms.filled(Order("forms", seed, language), random)
    return lesson_of(worn(form.paper.truth(), random), pieces)


def lessons_of_set(folder: Path, pieces: FormPieces) -> list[Lesson]:
    """The lessons of a FUNSD data set's forms; UserError where one cannot be read or none is
    labelled.
    """
    pages = [
        formats.read_member(FORMAT, folder, member).page
        for member in formats.members(FORMAT, folder)
    ]
    found = [lesson_of(page, pieces) for page in pages if page.entities]
    if not found:
        raise UserError("{folder} has no labelled form to learn from.", folder=str(folder))
    return found


def worn(page: Page, random: Random) -> Page:
    """The page with words as recognisers read them and boxes as people draw them, of letters that
    are wider or narrower, and askew.
    """
    share = random.random() * 2 * MISREAD
    loose = random.uniform(TIGHTEST, LOOSEST)
    stretch = random.lognormvariate(0.0, STRETCH)
    slope = random.gauss(0.0, SLOPE) if random.random() < 0.5 else 0.0
    wide = replace(page, width=page.width * stretch)
    words = [
        _turned(_stretched(_loosened(word, loose, random), stretch), slope, wide)
        for word in page.words
    ]
    return replace(
        wide,
        words=tuple(
            replace(word, text=_misread(word.text, random)) if random.random() < share else word
            for word in words
        ),
    )


def _loosened(word: Word, loose: float, random: Random) -> Word:
    box = word.box
    aside = min(loose * box.height * random.uniform(0.4, 1.0), LOOSEST * box.width)
    above, below = (max(0.0, loose) * box.height * random.uniform(0.4, 1.0) for _side in range(2))
    aside = max(aside, -0.2 * box.width)
    return replace(word, box=Box(box.x0 - aside, box.y0 - above, box.x1 + aside, box.y1 + below))


def _stretched(word: Word, stretch: float) -> Word:
    box = word.box
    return replace(word, box=Box(box.x0 * stretch, box.y0, box.x1 * stretch, box.y1))


def _turned(word: Word, slope: float, page: Page) -> Word:
    x, y = word.box.center
    moved = word.box.moved(-slope * (y - page.height / 2), slope * (x - page.width / 2))
    return replace(word, box=moved)


def _misread(text: str, random: Random) -> str:
    """The text with one letter taken for another, or lost."""
    place = random.randrange(len(text))
    seen = LOOKALIKES.get(text[place], "" if len(text) > 1 else text)
    return text[:place] + seen + text[place + 1 :]


def truth_of(lessons: Sequence[Lesson], width: int) -> dict[str, NDArray[np.generic]]:
    """The truth of B lessons, for words up to `width`: classes and following (B, W; -1: no word),
    begins (B, W) and parents (B, W, W + 1), of which each row sums to 1 where an entity begins.
    """
    count = len(lessons)
    made: dict[str, NDArray[np.generic]] = {
        "classes": np.full((count, width), -1, np.int64),
        "following": np.full((count, width), -1, np.int64),
        "begins": np.zeros((count, width), np.bool_),
        "parents": np.zeros((count, width, width + 1), np.float32),
    }
    for row, lesson in enumerate(lessons):
        own = len(lesson.classes)
        made["classes"][row, :own] = lesson.classes
        made["following"][row, :own] = np.where(lesson.following < 0, width, lesson.following)
        made["begins"][row, :own] = lesson.begins
        parents = np.zeros((width, width + 1), np.float32)
        for child, parent in lesson.links:
            parents[child, parent] = 1.0
        parents[: len(lesson.begins), width] = lesson.begins & (
            parents[: len(lesson.begins)].sum(1) == 0
        )
        made["parents"][row] = parents / np.maximum(1.0, parents.sum(axis=1, keepdims=True))
    return made
