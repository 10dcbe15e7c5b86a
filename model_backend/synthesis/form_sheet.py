"""A form being filled in: writes labels and values, makes entities of them and links them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np

from model_backend.document import Box, Point, Word, union_of
from model_backend.synthesis import hands
from model_backend.synthesis.faces import face
from model_backend.synthesis.form_language import Field, Language
from model_backend.synthesis.form_style import Style
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import BLACK

LINE = 1.25
"""From one line of a text to the next, in sizes."""
HAND_LINE = 1.6
WORDY = ("sentence", "phrase", "persons", "product")
"""Kinds of values that people cut short where there is no room."""
TRIES = 4


@dataclass(frozen=True)
class Written:
    """An entity that was written: its id and the box around its words."""

    id: int
    box: Box


@dataclass
class Column:
    """A strip of the page that is filled from the top; `y` is the top of what comes next."""

    left: float
    right: float
    y: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def room(self) -> float:
        """How much is left of it."""
        return self.bottom - self.y

    def split(self, count: int, gap: float) -> list[Column]:
        """Columns side by side in what is left."""
        step = (self.width + gap) / count
        starts = (self.left + step * index for index in range(count))
        return [Column(start, start + step - gap, self.y, self.bottom) for start in starts]


@dataclass
class Form:
    """One form: its paper, style and language; `owner` is the section's header, where questions
    are linked to it."""

    paper: Paper
    style: Style
    language: Language
    random: Random
    topics: Sequence[str]
    owner: int | None = None
    asked: int = 0
    chance: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def happens(self, chance: float) -> bool:
        """Whether something of this chance happens this time."""
        return self.random.random() < chance

    @property
    def count(self) -> int:
        """How many entities the form has."""
        return len(self.paper.entities)

    def field(self) -> Field:
        """Something of the form's topics to ask for."""
        return self.language.field(self.random, self.random.choice(self.topics))

    # labels

    def label(self, text: str, *, is_short: bool = False) -> str:
        """A label as this form sets it: case, colon, number."""
        style = self.style
        if style.case == "upper":
            text = text.upper()
        elif style.case == "sentence":
            first, *others = text.split(" ")
            text = " ".join([first, *map(_lowered, others)])
        if style.numbering and not is_short:
            self.asked += 1
            text = f"{_number(style.numbering, self.asked)} {text}"
        if self.random.random() < style.colon and not text.endswith(("?", ".", ":", ")")):
            text += " :" if style.is_colon_apart else ":"
        return text

    def ask(self, at: Point, lines: Sequence[str], pen: Pen | None = None) -> Written:
        """Write a question; linked from the section's header where this form does so."""
        made = self.write("question", at, lines, pen or self.style.label)
        if self.owner is not None:
            self.paper.link(self.owner, made.id)
        return made

    # values

    def is_answered(self) -> bool:
        """Whether this question gets an answer."""
        return self.happens(self.style.answered)

    def value(self, kind: str, width: float, lines: int = 1) -> list[str]:
        """A value in at most so many lines of that width; nothing where none fits."""
        fitting: list[list[str]] = []
        found: list[str] = []
        for _try in range(TRIES):
            found = self.lines(self._text(kind, lines), width, self.style.value)
            if len(found) <= lines and all(self.width(line) <= width for line in found):
                fitting.append(found)
            if len(fitting) == 2 or (fitting and self.happens(0.4)):
                break
        if fitting:
            return max(fitting, key=lambda made: len(" ".join(made)))
        cut = found[:lines] if kind in WORDY else []
        return [line for line in cut if self.width(line) <= width]

    def _text(self, kind: str, lines: int) -> str:
        text = self._plain(kind, lines)
        return text.upper() if self.style.shouts else text

    def _plain(self, kind: str, lines: int) -> str:
        if kind == "sentence" and lines > 1:
            return self.language.paragraph(self.random, self.random.randint(1, lines + 1))
        return self.language.write(kind, self.random)

    def width(self, text: str) -> float:
        """How wide a value comes out."""
        hand = self.style.hand
        return self.style.value.width(text) if hand is None else self.hand_width(text, hand)

    def hand_width(self, text: str, hand: hands.Hand) -> float:
        """How wide a value comes out by hand, about."""
        wide = 5.0 if hand.is_upper else 4.2
        return len(text) * self.style.value.size * (wide * hand.stretch + 0.9 + hand.spacing) / 6

    def answer(self, questions: Sequence[int], at: Point, lines: Sequence[str]) -> Written | None:
        """Write the answer to questions, typed or by hand."""
        if not lines:
            return None
        style = self.style
        if style.hand is not None and hands_can(lines):
            made = self.by_hand("answer", at, lines, style.hand)
        else:
            jitter = self.random.uniform(-0.4, 0.4) if style.lift else 0.0
            lifted = (at[0], at[1] - style.lift + jitter)
            made = self.write("answer", lifted, lines, style.value)
        if made is not None:
            for question in questions:
                self.paper.link(question, made.id)
        return made

    # writing

    def lines(self, text: str, width: float, pen: Pen) -> list[str]:
        """The text in lines of at most that width (a longer word has a line of its own)."""
        found = [""]
        for word in writable(text, pen).split():
            longer = f"{found[-1]} {word}".strip()
            if found[-1] and pen.width(longer) > width:
                found.append(word)
            else:
                found[-1] = longer
        return [line for line in found if line]

    def write(
        self, label: str, at: Point, lines: Sequence[str], pen: Pen, leading: float = 0.0
    ) -> Written:
        """Write lines from a point of the first base line; one entity of them."""
        ids: list[int] = []
        first = len(self.paper.words)
        for index, line in enumerate(lines):
            y = at[1] + index * (leading or pen.size * LINE)
            ids.extend(self.paper.text((at[0], y), writable(line, pen), pen))
        box = union_of(word.box for word in self.paper.words[first:])
        return Written(self.paper.entity(label, tuple(ids)), box)

    def by_hand(
        self, label: str, at: Point, lines: Sequence[str], hand: hands.Hand
    ) -> Written | None:
        """Write lines by hand; one entity of them."""
        size = self.style.value.size * self.random.uniform(0.75, 1.1)
        words = []
        for index, line in enumerate(lines):
            x, y = at[0], at[1] + index * self.style.value.size * HAND_LINE
            right = at[0] + self.hand_width(line, hand) * 1.1
            for text in line.split():
                drawn = len(self.paper.operators)
                box = hands.write(self.paper, (x, y), text, size, hand, self.chance)
                if box.x1 > right or not self.paper.holds(box):
                    del self.paper.operators[drawn:]
                    break
                words.append(Word(self.paper.new_id(), text, box))
                x = box.x1 + size * self.random.uniform(0.25, 0.6)
        if not words:
            return None
        self.paper.words.extend(words)
        made = self.paper.entity(label, tuple(word.id for word in words))
        return Written(made, union_of(word.box for word in words))

    def underline(self, left: float, right: float, y: float) -> None:
        """What a value stands on, between two places of a row."""
        style = self.style
        if right - left < 4:
            return
        if style.rule == "line":
            self.paper.line((left, y + 2), (right, y + 2), width=style.rule_width)
        elif style.rule == "dash":
            self.paper.line((left, y + 2), (right, y + 2), width=style.rule_width, dash="1.5 2")
        elif style.rule == "box":
            self.paper.rule(Box(left, y - style.value.size - 1, right, y + 3), width=0.5)

    def shaded(self, box: Box, width: float) -> None:
        """A cell's outline, shaded where the form shades."""
        grey = self.style.shade
        fill = None if grey >= 1 else (grey, grey, grey)
        self.paper.rule(box, width=width, fill=fill, color=BLACK)


def hands_can(lines: Sequence[str]) -> bool:
    """Whether hands know all these letters."""
    from model_backend.synthesis.letterforms import FORMS

    return all(letter in FORMS or letter == " " for line in lines for letter in line)


def bold(pen: Pen) -> Pen:
    """The same, heavier, in faces without a bold of their own."""
    return replace(pen, weight=pen.size * 0.03)


def writable(text: str, pen: Pen) -> str:
    """The text without the letters that the face lacks."""
    used = face(pen.face)
    return text if used.has(text) else "".join(letter for letter in text if used.has(letter))


def _lowered(word: str) -> str:
    return word if word.isupper() else word.lower()


def _number(style: str, count: int) -> str:
    if style == "A.":
        return f"{chr(ord('A') + (count - 1) % 26)}."
    return style.replace("1", str(count))
