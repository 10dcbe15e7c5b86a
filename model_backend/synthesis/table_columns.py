"""Kinds of columns: what their values are, how they stand, and how wide their text may be set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from model_backend.synthesis import mask_words
from model_backend.synthesis.families import between, chosen, happens

LEFT, CENTRE, RIGHT, POINT = "left", "centre", "right", "point"
"""How values stand in their column; "point" has the decimal points one below the other."""
Value = Callable[[np.random.Generator], str]
MOST_LINES = 9
"""Of a cell; the rest of a longer text is left away."""
SHORT = ("Yes", "No", "A", "B", "C", "+", "++", "NS", "***", "<0.001", "x")


@dataclass(frozen=True)
class Column:
    """How a column's values are made and how they stand; text is set in lines of at most `letters`
    (0: never divided).
    """

    value: Value
    align: str
    empty: float = 0.0
    letters: int = 0

    def lines(self, text: str) -> tuple[str, ...]:
        """The lines of a cell's text, in which "\n" begins a new one."""
        made: list[str] = []
        for part in text.split("\n") if text else ():
            is_long = self.letters and len(part) > self.letters
            made += wrap(part, self.letters, break_long_words=False) if is_long else [part]
        return tuple(made[:MOST_LINES])


def stub(random: np.random.Generator, letters: int = 0) -> Column:
    """The first column: what the rows are about."""
    most = int(random.integers(2, 6)) if not letters else max(3, int(letters / 2.5))
    cased = chosen(random, CASES)

    def some_words(chance: np.random.Generator) -> str:
        return _marked(cased(mask_words.words(chance, int(chance.integers(1, most)))), chance)

    kinds: tuple[Value, ...] = (some_words, some_words, some_words)
    if not letters:
        kinds = (*kinds, mask_words.name, mask_words.date, _index)
    return Column(chosen(random, kinds), LEFT, letters=letters)


def column(random: np.random.Generator) -> Column:
    """A column of short values of any kind."""
    if happens(random, 0.75):
        return numeric(random)
    empty = _empty(random)
    if happens(random, 0.4):
        return Column(mask_words.date, chosen(random, (LEFT, CENTRE)), empty)
    if happens(random, 0.4):
        return Column(_short, CENTRE, empty)
    most = int(random.integers(2, 5))
    return Column(
        lambda chance: mask_words.words(chance, int(chance.integers(1, most))), LEFT, empty
    )


def numeric(random: np.random.Generator) -> Column:
    """A column of numbers."""
    style, empty = random.random(), _empty(random)
    if style < 0.4:
        places = int(random.integers(1, 4))
        size = 10.0 ** int(random.integers(0, 4))
        return Column(lambda chance: f"{chance.normal(size, size):,.{places}f}", POINT, empty)
    if style < 0.5:
        return Column(_money, RIGHT, empty)
    if style < 0.65:
        return Column(_whole_of(random), RIGHT, empty)
    if style < 0.85:
        return Column(mask_words.number, chosen(random, (RIGHT, RIGHT, CENTRE, LEFT)), empty)
    return Column(_paired_of(random), CENTRE, empty)


def text(random: np.random.Generator, letters: int) -> Column:
    """A column of phrases and sentences, set in lines."""
    most = int(letters * between(random, 0.3, 1.1)) + 2
    is_listed, cased = happens(random, 0.2), chosen(random, CASES)
    between_parts = chosen(random, ("\n", "\n\n")) if happens(random, 0.2) else ""

    def phrases(chance: np.random.Generator) -> str:
        count = int(chance.integers(1, 4)) if between_parts else 1
        return between_parts.join(phrase(chance) for _ in range(count))

    def phrase(chance: np.random.Generator) -> str:
        made = cased(mask_words.words(chance, int(chance.integers(1, most))))
        if is_listed and happens(chance, 0.5):
            made = f"{chosen(chance, ('•', '-', '1.', 'a)'))} {made}"
        ends = chosen(chance, (".", "", "", ";"))
        return _with_commas(made, chance) + ends

    return Column(phrases, LEFT, _empty(random) / 2, letters)


def index(random: np.random.Generator) -> Column:
    """A narrow first column of numbers or marks."""
    return Column(chosen(random, (_index, _short, lambda c: str(int(c.integers(1, 100))))), LEFT)


def _empty(random: np.random.Generator) -> float:
    return between(random, 0.0, 0.6) if happens(random, 0.45) else 0.0


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _title(text: str) -> str:
    return " ".join(map(_capital, text.split()))


CASES: tuple[Callable[[str], str], ...] = (_capital, _capital, _capital, _title, str)
"""How words begin: those of most columns as sentences do, of others all, or none, in upper case."""


def _marked(text: str, random: np.random.Generator) -> str:
    """A row's name, sometimes with a part in brackets, a colon or a mark of a note."""
    form = random.random()
    if form < 0.06:
        return f"{text} ({mask_words.words(random, 1)})"
    if form < 0.1:
        return f"{text} {int(random.integers(1, 9))}/"
    return f"{text}, {chosen(random, ('total', 'net', 'all ages', '%'))}" if form < 0.14 else text


def _with_commas(text: str, random: np.random.Generator) -> str:
    """Running words with a comma or a number here and there."""
    parts = text.split()
    for place in range(1, len(parts)):
        form = random.random()
        if form < 0.08:
            parts[place - 1] += ","
        elif form < 0.12:
            parts[place] = chosen(random, ("2", "10", "1998", "3.5", "(b)", "$400", "15%"))
        elif form < 0.17:
            parts[place] = _capital(parts[place])
    return " ".join(parts)


def _whole_of(random: np.random.Generator) -> Value:
    """Whole numbers of about one size, a few negative or in brackets."""
    size = 10.0 ** between(random, 0.5, 6.5)
    odd = between(random, 0.0, 0.1)

    def whole(chance: np.random.Generator) -> str:
        made = f"{int(abs(chance.normal(size, size))):,}"
        return chosen(chance, (f"({made})", f"-{made}", "--")) if happens(chance, odd) else made

    return whole


def _paired_of(random: np.random.Generator) -> Value:
    """Values with their spread, in one form, some with wide white between the two."""
    form = int(random.integers(5))

    def paired(chance: np.random.Generator) -> str:
        first, second = abs(chance.normal(20, 10)), abs(chance.normal(3, 2))
        return (
            f"{first:.1f} ({second:.1f})",
            f"{first:.2f} ± {second:.2f}",
            f"{first:.0f}-{first + second:.0f}",
            f"{first:.1f}  ({second:.1f})",
            f"{first:.0f}   -   {first + second:.0f}",
        )[form]

    return paired


def _money(random: np.random.Generator) -> str:
    """An amount, its sign apart."""
    return f"$ {abs(random.normal(0, 4000)):,.2f}"


def _short(random: np.random.Generator) -> str:
    return chosen(random, SHORT)


def _index(random: np.random.Generator) -> str:
    return f"{chosen(random, 'ABCDR')}-{int(random.integers(1, 400)):03d}"
