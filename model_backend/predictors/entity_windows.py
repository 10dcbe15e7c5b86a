"""A page as the windows of tokens that an entity network reads, and its say about each word.

LayoutLM's code truncates coordinates to thousandths of the page; what then lies outside 0..1000 is
clamped and counted. A page of more tokens than the network reads at once is read in windows that
overlap; of two that hold a token, the one in which it stands more centrally speaks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Box, Page, Word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

Box1000 = tuple[int, int, int, int]
OVERLAP = 4
"""Neighbouring windows share the fourth part of their tokens."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of a page: `ids[i]` is the piece, `words[i]` the index of its word."""

    ids: tuple[int, ...]
    words: tuple[int, ...]


def tokens_of(pieces: Sequence[Sequence[int]]) -> Tokens:
    """All pieces in one row, from those of each word."""
    pairs = [(piece, index) for index, word in enumerate(pieces) for piece in word]
    return Tokens(tuple(piece for piece, _ in pairs), tuple(index for _, index in pairs))


def boxes_1000(words: Sequence[Word], page: Page) -> tuple[list[Box1000], int]:
    """The words' boxes in thousandths of the page as it lies now, truncated, then clamped; and how
    many had to be clamped.
    """
    raw = [_thousandths(word.box.normalized(), page) for word in words]
    clamped = [_clamped(box) for box in raw]
    return clamped, sum(one != other for one, other in zip(raw, clamped, strict=True))


def _thousandths(box: Box, page: Page) -> Box1000:
    width, height = max(page.width, 1e-9), max(page.height, 1e-9)
    return (
        int(1000 * (box.x0 / width)),
        int(1000 * (box.y0 / height)),
        int(1000 * (box.x1 / width)),
        int(1000 * (box.y1 / height)),
    )


def _clamped(box: Box1000) -> Box1000:
    x0, y0, x1, y1 = (min(1000, max(0, value)) for value in box)
    return (x0, y0, x1, y1)


def windows(count: int, capacity: int) -> list[tuple[int, int]]:
    """Half-open ranges that cover `count` tokens, at most `capacity` each; all but a single one
    are full.
    """
    if count <= capacity:
        return [(0, count)] if count else []
    stride = max(1, capacity - capacity // OVERLAP)
    starts = [*range(0, count - capacity, stride), count - capacity]
    return [(start, start + capacity) for start in starts]


def speakers(count: int, ranges: Sequence[tuple[int, int]]) -> list[int]:
    """For each token the window in which it stands most centrally; the page's own ends are no
    edges.
    """
    best = [-1.0] * count
    chosen = [0] * count
    for number, (start, end) in enumerate(ranges):
        for token in range(start, end):
            before = token - start if start else float("inf")
            after = end - 1 - token if end < count else float("inf")
            if (central := min(before, after)) > best[token]:
                best[token], chosen[token] = central, number
    return chosen


def merged(
    tokens: Tokens, word_count: int, ranges: Sequence[tuple[int, int]], said: Sequence[Numbers]
) -> Numbers:
    """Logits of each word (words, labels): those of its first piece, as the papers' code has it.

    `said[i]` are the logits (tokens of window i, labels) without its special tokens.
    """
    chosen = speakers(len(tokens.ids), ranges)
    first = {word: token for token, word in reversed(list(enumerate(tokens.words)))}
    labels = said[0].shape[1]
    found = np.zeros((word_count, labels), np.float32)
    for word, token in first.items():
        window = chosen[token]
        found[word] = said[window][token - ranges[window][0]]
    return found
