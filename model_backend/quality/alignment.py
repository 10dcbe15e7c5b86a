"""Alignment of marked-up cell text with the words of a page (PubTables-1M, section 3.1):
Needleman-Wunsch over characters.

Texts of cells carry no places, words of a page carry no cells; both say the same characters in
nearly the same order. Spaces are left out: the two sides divide words differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from model_backend.document import Word
from model_backend.metrics.teds import levenshtein

MATCH, MISMATCH, GAP = 2, -3, -2
"""Scores: two gaps cost less than writing one character for another, so text is never bent."""
MOST_CELLS = 64_000_000
"""Pairs of characters that are compared at most: as many bytes are kept."""
_DIAGONAL, _UP, _LEFT = 0, 1, 2

Pairs = list[tuple[int | None, int | None]]


def align(first: str, second: str) -> Pairs:
    """The places of both texts in pairs, in order, each place once; None opposite a gap.

    ValueError where the texts are too long to be compared.
    """
    if (len(first) + 1) * (len(second) + 1) > MOST_CELLS:
        raise ValueError(f"texts of {len(first)} and {len(second)} characters are too long")
    steps = _steps(first, second)
    row, column = len(first), len(second)
    pairs: Pairs = []
    while row or column:
        step = steps[row][column]
        row, column = row - (step != _LEFT), column - (step != _UP)
        pairs.append((row if step != _LEFT else None, column if step != _UP else None))
    return pairs[::-1]


def _steps(first: str, second: str) -> list[bytes]:
    """The step that leads best to each pair of places, row by row.

    Going left depends on the same row; as every gap costs the same, it is a running maximum.
    """
    import numpy as np

    codes = np.array([ord(character) for character in second], dtype=np.int32)
    slope = np.arange(len(second) + 1, dtype=np.int64) * GAP
    scores = slope.copy()
    steps = [bytes([_LEFT]) * (len(second) + 1)]
    for number, character in enumerate(first, 1):
        diagonal = scores[:-1] + np.where(codes == ord(character), MATCH, MISMATCH)
        up = scores[1:] + GAP
        best = np.concatenate(([number * GAP], np.maximum(diagonal, up)))
        kinds = np.concatenate(([_UP], np.where(diagonal >= up, _DIAGONAL, _UP)))
        scores = np.maximum.accumulate(best - slope) + slope
        kinds[scores > best] = _LEFT
        steps.append(kinds.astype(np.uint8).tobytes())
    return steps


def score(first: str, second: str, pairs: Pairs) -> int:
    """What an alignment is worth."""
    return sum(
        GAP if i is None or j is None else MATCH if first[i] == second[j] else MISMATCH
        for i, j in pairs
    )


def words_of_texts(texts: Sequence[str], words: Sequence[Word]) -> tuple[tuple[Word, ...], ...]:
    """The words that each text is made of: texts and words in the order they are read.

    A word goes to the text that has at least half of its characters, where there is one.
    """
    text_of = [number for number, text in enumerate(texts) for _ in _solid(text)]
    word_of = [number for number, word in enumerate(words) for _ in _solid(word.text)]
    one, other = "".join(map(_solid, texts)), "".join(_solid(word.text) for word in words)
    votes: list[Counter[int]] = [Counter() for _ in words]
    for i, j in align(one, other):
        if i is not None and j is not None and one[i] == other[j]:
            votes[word_of[j]][text_of[i]] += 1
    found: list[list[Word]] = [[] for _ in texts]
    for word, counted in zip(words, votes, strict=True):
        for number, count in counted.most_common(1):
            if 2 * count >= len(_solid(word.text)):
                found[number].append(word)
    return tuple(map(tuple, found))


def _solid(text: str) -> str:
    return "".join(text.split())


def text_difference(pairs: Sequence[tuple[str, str]]) -> float:
    """The mean normalised edit distance of PubTables-1M over pairs of texts: 0 alike, at most 1.

    D = sum of 2 x distance / sum of both lengths; spaces do not count.
    """
    solid = [(_solid(one), _solid(other)) for one, other in pairs]
    length = sum(len(one) + len(other) for one, other in solid)
    distance = sum(levenshtein(one, other) for one, other in solid)
    return 2 * distance / length if length else 0.0
