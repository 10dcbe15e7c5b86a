"""How alike texts are: the longest common subsequence of two texts, of many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bits = npt.NDArray[np.uint64]
WORD_BITS = 64
MOST_PAIRS = 1 << 20
"""Pairs that are held at one time."""


def common_length(one: str, other: str) -> int:
    """Length of the longest common subsequence (not of substrings, not difflib's blocks).

    Hyyrö's bit vectors (2004): a row of the table is one whole number, its zeros are counted.
    """
    places: dict[str, int] = {}
    for i, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << i
    every = (1 << len(one)) - 1
    row = every
    for character in other:
        matches = row & places.get(character, 0)
        row = ((row + matches) | (row - matches)) & every
    return len(one) - row.bit_count()


def text_similarity(one: str, other: str) -> float:
    """2 |longest common subsequence| / (|a| + |b|); 1 for two blanks."""
    length = len(one) + len(other)
    return 2 * common_length(one, other) / length if length else 1.0


def similarities(ones: Sequence[str], others: Sequence[str]) -> Floats:
    """`text_similarity` of every pair, those of texts up to 64 characters all at once."""
    result = np.empty((len(ones), len(others)))
    short = [i for i, text in enumerate(ones) if len(text) <= WORD_BITS]
    step = max(1, MOST_PAIRS // max(1, len(others)))
    for start in range(0, len(short), step):
        part = short[start : start + step]
        result[part] = _at_once([ones[i] for i in part], others)
    for i, text in enumerate(ones):
        if len(text) > WORD_BITS:
            result[i] = [text_similarity(text, other) for other in others]
    return result


def _at_once(ones: Sequence[str], others: Sequence[str]) -> Floats:
    """The same for texts `ones` that fit one machine word each."""
    if not others:
        return np.empty((len(ones), 0))
    numbers: dict[str, int] = {}
    for character in "".join(ones):
        numbers.setdefault(character, len(numbers) + 1)  # 0 stands for "in none of them"
    places = np.zeros((len(numbers) + 1, len(ones)), dtype=np.uint64)
    for i, text in enumerate(ones):
        for at, character in enumerate(text):
            places[numbers[character], i] |= np.uint64(1 << at)
    lengths = np.array([len(text) for text in ones])[:, None]
    other_lengths = np.array([len(text) for text in others])
    used = np.array([(1 << len(text)) - 1 for text in ones], dtype=np.uint64)[:, None]
    zeros = lengths - np.bitwise_count(_rows(places, numbers, others) & used).astype(np.int64)
    total = lengths + other_lengths
    return np.where(total > 0, 2 * zeros / np.maximum(total, 1), 1.0)


def _rows(places: Bits, numbers: dict[str, int], others: Sequence[str]) -> Bits:
    """The last row of the table of each pair; texts are read longest first, so that the rest of a
    step is never more than those that still have a character."""
    order = sorted(range(len(others)), key=lambda i: -len(others[i]))
    rows = np.full((len(others), places.shape[1]), np.iinfo(np.uint64).max, dtype=np.uint64)
    for at in range(len(others[order[0]])):
        letters = []
        for i in order:
            if len(others[i]) <= at:
                break
            letters.append(numbers.get(others[i][at], 0))
        row = rows[: len(letters)]
        matches = row & places[letters]
        rows[: len(letters)] = (row + matches) | (row - matches)
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    return rows[back].T
