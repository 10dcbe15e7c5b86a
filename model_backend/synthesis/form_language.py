"""The words of forms in one language, given out at random."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from types import ModuleType
from typing import Any

from model_backend.synthesis import (
    prose_english,
    values_english,
    values_korean,
    words_english,
    words_korean,
)
from model_backend.synthesis.word_lists import listed

COMPOSED = 0.35
"""Share of English labels that are put together from parts instead of taken from the lists."""


@dataclass(frozen=True)
class Field:
    """What a form asks for: its label and the kind of value that answers it."""

    label: str
    kind: str


@dataclass(frozen=True)
class Language:
    """A language's lists, and its way to write values."""

    name: str
    topics: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, str]
    titles: Mapping[str, str]
    lists: Mapping[str, Sequence[str]]
    write: Callable[[str, Random], str]
    patterns: Mapping[str, str]

    def field(self, random: Random, topic: str) -> Field:
        """A label of the topic, with a hint in brackets now and then."""
        if self.patterns and random.random() < COMPOSED:
            return self._composed(random)
        kinds = self.topics[topic]
        kind = random.choices(tuple(kinds), tuple(_weight(*item) for item in kinds.items()))[0]
        label = random.choice(listed(kinds[kind]))
        if random.random() < 0.06:
            label += f"/{random.choice(listed(kinds[random.choice(tuple(kinds))]))}"
        if random.random() < 0.15:
            label += f" {self.one(random, 'hints')}"
        return Field(label, kind)

    def _composed(self, random: Random) -> Field:
        if random.random() < 0.5:
            kind = random.choice(tuple(words_english.NOUNS))
            noun = random.choice(listed(words_english.NOUNS[kind]))
            return Field(f"{random.choice(words_english.MODIFIERS)} {noun}", kind)
        kind = random.choice(tuple(self.patterns))
        thing = random.choice(words_english.THINGS)
        return Field(random.choice(listed(self.patterns[kind])).format(thing), kind)

    def row(self, random: Random) -> str:
        """The head of a row."""
        text = self.one(random, "rows")
        chance = random.random()
        if self.patterns and chance < 0.2:
            return f"{text} {random.choice(words_english.THINGS)}"
        if self.patterns and chance < 0.3:
            return f"{random.choice(words_english.MODIFIERS)} {text}"
        return f"{text} {self.one(random, 'hints')}" if chance > 0.94 else text

    def column(self, random: Random) -> Field:
        """The head of a column."""
        kinds = tuple(self.columns)
        kind = random.choices(kinds, [WORDY.get(kind, 1.0) for kind in kinds])[0]
        return Field(random.choice(listed(self.columns[kind])), kind)

    def title(self, random: Random, recipe: str) -> str:
        """What a form of that kind is called."""
        return random.choice(listed(self.titles[recipe]))

    def section(self, random: Random) -> str:
        """The header of a section, of one list's words or of two."""
        text = self.one(random, "sections")
        chance = random.random()
        if chance < 0.12:
            return f"{text} / {self.one(random, 'sections')}"
        if chance < 0.22:
            return f"{text} - {self.one(random, 'sections')}"
        if chance < 0.32:
            return f"{text} {self.one(random, 'hints')}"
        if chance < 0.4:
            return f"{text} {self.one(random, 'subtitles')}"
        return text

    def one(self, random: Random, name: str) -> str:
        """One of a list of `LISTS`."""
        return random.choice(self.lists[name])

    def choices(self, random: Random) -> tuple[str, ...]:
        """The options of a question."""
        return tuple(self.one(random, "choices").split(","))

    def question(self, random: Random) -> str:
        """A question that is a whole sentence."""
        thing = self.one(random, "things")
        verb = random.choice(("used", "treated", "inspected", "visited", "covered", "refused"))
        text = self.one(random, "questions")
        return text.format(thing=thing if self.name == "ko" else thing.lower(), verb=verb)

    def paragraph(self, random: Random, sentences: int) -> str:
        """Running text."""
        return " ".join(self.write("sentence", random) for _ in range(sentences))


WORDY = {
    "phrase": 2.0, "person": 1.6, "product": 1.6, "company": 1.4, "address": 2.0, "date": 1.4,
    "sentence": 1.6,
}  # fmt: skip
"""Kinds of values that are asked for more often than they have labels."""
LISTS = {
    "hints": "HINTS",
    "subtitles": "SUBTITLES",
    "sections": "SECTIONS",
    "choices": "CHOICES",
    "asks": "ASKS",
    "questions": "QUESTIONS",
    "notes": "NOTES",
    "stamps": "STAMPS",
    "rows": "ROWS",
    "things": "THINGS",
    "form words": "FORM_WORDS",
    "page words": "PAGE_WORDS",
}


def _weight(kind: str, labels: str) -> float:
    return float(len(labels) ** 0.7 * WORDY.get(kind, 1.0))


@cache
def language(name: str) -> Language:
    """The language of that name ("en", "ko")."""
    if name == "ko":
        return _language(name, (words_korean,), values_korean.value, {})
    modules = (words_english, prose_english)
    return _language(name, modules, values_english.value, words_english.PATTERNS)


def _language(
    name: str,
    modules: Sequence[ModuleType],
    write: Callable[[str, Random], str],
    patterns: Mapping[str, str],
) -> Language:
    found: dict[str, Any] = {}
    for module in modules:
        found.update(vars(module))
    lists = {key: found[constant] for key, constant in LISTS.items()}
    return Language(
        name, found["TOPICS"], found["COLUMNS"], found["TITLES"], lists, write, patterns
    )
