"""Words to word pieces in plain Python: the application that runs a model needs no more library.

WordPiece, longest match first: Wu et al. 2016, "Google's Neural Machine Translation System";
normalisation as in Devlin et al. 2019 (lower case, no accents, punctuation and ideographs apart).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

UNKNOWN, START, END, PADDING = "[UNK]", "[CLS]", "[SEP]", "[PAD]"
GOES_ON = "##"
LONGEST_WORD = 100
"""A longer word has no pieces that mean anything."""
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip


@dataclass(frozen=True)
class FormPieces:
    """A vocabulary in which each piece has a number; pieces that go on begin with ##. Where none
    does, pieces are characters, Hangul's being whole syllables.
    """

    numbers: Mapping[str, int]
    _known: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def start(self) -> int:
        """What stands before the first word of a page."""
        return self.numbers[START]

    @property
    def end(self) -> int:
        """What stands after the last."""
        return self.numbers[END]

    @property
    def unknown(self) -> int:
        """What stands for a word that has no pieces."""
        return self.numbers[UNKNOWN]

    @property
    def padding(self) -> int:
        """What fills up a batch."""
        return self.numbers[PADDING]

    @cached_property
    def are_characters(self) -> bool:
        """Whether no piece goes on another."""
        return not any(piece.startswith(GOES_ON) for piece in self.numbers)

    def of(self, word: str) -> tuple[int, ...]:
        """The numbers of a word's pieces; of a word without any, the unknown one."""
        if word not in self._known:
            found = [piece for part in self._parts(word) for piece in self._pieces(part)]
            self._known[word] = tuple(found) or (self.unknown,)
        return self._known[word]

    def _parts(self, word: str) -> Iterator[str]:
        return _characters(word) if self.are_characters else _parts(word)

    def _pieces(self, part: str) -> list[int]:
        found: list[int] = []
        start = 0
        while start < len(part):
            head = GOES_ON if start else ""
            ends = range(len(part), start, -1)
            end = next((end for end in ends if head + part[start:end] in self.numbers), None)
            if end is None or len(part) > LONGEST_WORD:
                return [self.unknown]
            found.append(self.numbers[head + part[start:end]])
            start = end
        return found


def pieces_of_vocabulary(text: str) -> FormPieces:
    """The pieces of a vocabulary file, one on each line."""
    lines = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    return FormPieces({piece: number for number, piece in enumerate(lines)})


def _characters(word: str) -> Iterator[str]:
    """The word's characters, in lower case without accents."""
    yield from "".join(unicodedata.normalize("NFC", _plain(word)).split())


def _plain(word: str) -> str:
    """In lower case without accents, Hangul in its letters."""
    plain = unicodedata.normalize("NFD", _clean(word).lower())
    return "".join(letter for letter in plain if unicodedata.category(letter) != "Mn")


def _parts(word: str) -> Iterator[str]:
    """The word in lower case without accents, cut at blanks and around punctuation."""
    kept = _plain(word)
    spaced = "".join(f" {letter} " if _stands_alone(letter) else letter for letter in kept)
    yield from spaced.split()


def _clean(word: str) -> str:
    """Without control letters; any white space is a blank."""
    letters = (" " if letter.isspace() else letter for letter in word)
    return "".join(
        letter
        for letter in letters
        if letter not in "\0\ufffd" and unicodedata.category(letter)[0] != "C"
    )


def _stands_alone(letter: str) -> bool:
    code = ord(letter)
    is_ascii_sign = letter.isascii() and letter.isprintable() and not letter.isalnum()
    return (
        (is_ascii_sign and letter != " ")
        or unicodedata.category(letter)[0] == "P"
        or any(low <= code <= high for low, high in IDEOGRAPHS)
    )
