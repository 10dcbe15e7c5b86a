"""TEDS, tree edit distance based similarity of tables (Zhong et al., 2020, "Image-based table
recognition: data, model, and evaluation", section 5).

TEDS(a, b) = 1 - distance(a, b) / max(|a|, |b|): the tree edit distance of the two tables as HTML,
with cost 1 to insert or to delete an element, and to change its tag, colspan or rowspan; changing
a cell's content costs the Levenshtein distance of its tokens (characters and inline tags) over the
longer length. |a| counts the elements beneath `table`, those inside of cells included. Structure
only: contents are not compared.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from model_backend.metrics.html_tree import CELL, TableNode, TableTree, tree_of_html
from model_backend.metrics.tree_distance import (
    Floats,
    in_postorder,
    text_distances,
    tree_distance,
)

MOST_AT_ONCE = 64
"""Longer contents are compared pair by pair."""


def teds(truth: TableTree, predicted: TableTree, *, is_structure_only: bool = False) -> float:
    """TEDS of one predicted table, 0..1; two tables without any element agree fully."""
    size = max(truth.size, predicted.size)
    if size == 0 or truth.root == predicted.root:
        return 1.0
    nodes, ordered = in_postorder(predicted.root)
    true_nodes, true_ordered = in_postorder(truth.root)
    change = _changes(nodes, true_nodes, is_structure_only=is_structure_only)
    return 1.0 - tree_distance(ordered, true_ordered, change) / size


def teds_of_html(
    truth: str, predicted: str, *, is_structure_only: bool = False, ignored: Sequence[str] = ()
) -> float:
    """TEDS of the first tables of two HTML texts; 0 where either has no table."""
    trees = [tree_of_html(text, ignored=ignored) for text in (truth, predicted)]
    if trees[0] is None or trees[1] is None:
        return 0.0
    return teds(trees[0], trees[1], is_structure_only=is_structure_only)


class Teds:
    """Mean TEDS over tables, of structure with content and of structure only."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all tables."""
        self._sums = (0.0, 0.0)
        self._count = 0

    def update(self, truth: TableTree | None, predicted: TableTree | None) -> None:
        """Count one table; None is a table that is not there, and scores 0."""
        self._count += 1
        if truth is not None and predicted is not None:
            structure = teds(truth, predicted, is_structure_only=True)
            self._sums = (self._sums[0] + teds(truth, predicted), self._sums[1] + structure)

    def ratios(self) -> dict[str, tuple[float, float]]:
        """Each figure of the summary as a sum over tables and their count."""
        names = ("teds", "teds_structure")
        return {name: (total, self._count) for name, total in zip(names, self._sums, strict=True)}

    def summary(self) -> dict[str, float]:
        """Both means; nothing before the first table."""
        return {name: total / count for name, (total, count) in self.ratios().items() if count}


def _changes(
    nodes: Sequence[TableNode], others: Sequence[TableNode], *, is_structure_only: bool
) -> Floats:
    """What it costs to change each node into each other one: (nodes, others), 0..1."""
    kinds: dict[tuple[str, int, int], int] = {}
    one, other = (
        np.array([kinds.setdefault((n.tag, n.columns, n.rows), len(kinds)) for n in side])
        for side in (nodes, others)
    )
    change: Floats = (one[:, None] != other[None, :]).astype(np.float64)
    if is_structure_only:
        return change
    cells = [[n for n, node in enumerate(side) if node.tag == CELL] for side in (nodes, others)]
    texts = [[nodes[n].content for n in cells[0]], [others[n].content for n in cells[1]]]
    if all(texts):
        block = np.ix_(*cells)
        change[block] = np.maximum(change[block], _content_shares(*texts))
    return change


def _content_shares(texts: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> Floats:
    """Levenshtein distances over the longer lengths; equal contents are compared once."""
    (one, places), (other, other_places) = _distinct(texts), _distinct(others)
    short = [n for n, text in enumerate(one) if len(text) <= MOST_AT_ONCE]
    found = np.zeros((len(one), len(other)))
    found[short] = text_distances([one[n] for n in short], other)
    for n in set(range(len(one))).difference(short):
        found[n] = [levenshtein(one[n], text) for text in other]
    lengths = (np.array([len(text) for text in side]) for side in (one, other))
    longer: Floats = np.maximum.outer(*lengths)
    shares: Floats = found / np.maximum(longer, 1)
    return shares[np.ix_(places, other_places)]


def _distinct(texts: Sequence[Sequence[str]]) -> tuple[list[tuple[str, ...]], list[int]]:
    """The texts without repetitions, and where each one stands among them."""
    known: dict[tuple[str, ...], int] = {}
    places = [known.setdefault(tuple(text), len(known)) for text in texts]
    return list(known), places


def levenshtein(one: Sequence[str], other: Sequence[str]) -> int:
    """How many tokens to insert, delete or replace to make one of the other.

    Myers' bit vectors (1999) in Hyyrö's form (2001): a column of the table is one whole number.
    """
    if not one:
        return len(other)
    places: dict[str, int] = {}
    for i, token in enumerate(one):
        places[token] = places.get(token, 0) | 1 << i
    every, last = (1 << len(one)) - 1, 1 << len(one) - 1
    up, down, distance = every, 0, len(one)
    for token in other:
        equal = places.get(token, 0)
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right_up = down | ~(diagonal | up) & every
        right_down = diagonal & up
        distance += bool(right_up & last) - bool(right_down & last)
        right_up, right_down = (right_up << 1 | 1) & every, right_down << 1 & every
        up = right_down | ~(diagonal | right_up) & every
        down = diagonal & right_up
    return distance
