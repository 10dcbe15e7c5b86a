"""The edit distance of two ordered trees (Zhang and Shasha, 1989), a row of its tables at a time.

Inserting or deleting a node costs 1, changing one into another 0 to 1. With such costs the least
cost along a row is a running minimum, which numpy takes; trees of tables are shallow and wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
_WORD = 64
_CHUNK = 1 << 20
"""Pairs of texts that are compared at once."""


class Node(Protocol):
    """A node of an ordered tree."""

    @property
    def children(self) -> Sequence[Any]:
        """The nodes beneath, from left to right."""


_Node = TypeVar("_Node", bound=Node)


@dataclass(frozen=True)
class Ordered:
    """A tree in postorder: `first` is the leftmost leaf beneath each node, `roots` the nodes that
    begin a table of their own (with a left sibling, or the root) and have children."""

    first: Whole
    roots: tuple[int, ...]

    @property
    def leaves(self) -> NDArray[np.bool_]:
        """Which nodes have no children."""
        found: NDArray[np.bool_] = self.first == np.arange(len(self.first))
        return found


def in_postorder(root: _Node) -> tuple[list[_Node], Ordered]:
    """The nodes, children first, and where each one's begin."""
    nodes: list[_Node] = []
    first: list[int] = []
    roots: list[int] = []

    def visit(node: _Node, *, is_first: bool) -> None:
        start = len(nodes)
        for place, child in enumerate(node.children):
            visit(child, is_first=place == 0)
        nodes.append(node)
        first.append(start)
        if node.children and not is_first:
            roots.append(len(nodes) - 1)

    visit(root, is_first=False)
    return nodes, Ordered(np.array(first, np.int64), tuple(roots))


def tree_distance(one: Ordered, other: Ordered, change: Floats) -> float:
    """The least cost to make one tree of the other; `change` (nodes of one, nodes of the other) is
    what it costs to change a node into another, 0..1."""
    distances = _of_leaves(one, other, change)
    for root in one.roots:
        for other_root in other.roots:
            _fill(one, other, change, distances, root, other_root)
    return float(distances[-1, -1])


def _of_leaves(one: Ordered, other: Ordered, change: Floats) -> Floats:
    """Distances of subtrees of which one is a leaf: all but one node of the other go, and that one
    is changed."""
    found = np.zeros_like(change)
    columns = np.flatnonzero(other.leaves)
    for node, start in enumerate(one.first):
        found[node, columns] = node - start + change[start : node + 1, columns].min(0)
    rows = np.flatnonzero(one.leaves)
    for node, start in enumerate(other.first):
        found[rows, node] = node - start + change[rows, start : node + 1].min(1)
    return found


def _fill(
    one: Ordered, other: Ordered, change: Floats, distances: Floats, root: int, other_root: int
) -> None:
    """The distances of all subtrees on the leftmost paths of two nodes."""
    top, left = int(one.first[root]), int(other.first[other_root])
    width = other_root - left + 1
    steps = np.arange(width + 1, dtype=np.float64)
    before = other.first[left : other_root + 1] - left  # (width): the forest left of each subtree
    on_path = before == 0
    forests = np.empty((root - top + 2, width + 1))
    forests[0] = steps
    for row, node in enumerate(range(top, root + 1), 1):
        start = int(one.first[node]) - top
        beside = forests[start][before] + distances[node, left : other_root + 1]
        if start == 0:
            changed = forests[row - 1, :-1] + change[node, left : other_root + 1]
            beside = np.where(on_path, changed, beside)
        least = forests[row]
        least[0] = row
        np.minimum(forests[row - 1, 1:] + 1.0, beside, out=least[1:])
        least -= steps
        np.minimum.accumulate(least, out=least)
        least += steps
        if start == 0:
            distances[node, left : other_root + 1][on_path] = least[1:][on_path]


def text_distances(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> Whole:
    """Levenshtein distances (texts of one, texts of the other) of token lists, 64 tokens at most
    on the side of `one`.

    Myers' bit vectors (1999) in Hyyrö's form (2001), of all pairs at once.
    """
    places = {token: n for n, token in enumerate({token for text in other for token in text})}
    masks = np.zeros((len(one), len(places) + 1), np.uint64)  # the last: past the end of a text
    for row, text in enumerate(one):
        for bit, token in enumerate(text):
            if token in places:
                masks[row, places[token]] |= np.uint64(1 << bit)
    longest = max(map(len, other), default=0)
    tokens = np.full((len(other), longest), len(places), np.int64)
    for row, text in enumerate(other):
        tokens[row, : len(text)] = [places[token] for token in text]
    lengths = np.array([len(text) for text in other], np.int64)
    found = np.empty((len(one), len(other)), np.int64)
    step = max(1, _CHUNK // max(len(other), 1))
    for start in range(0, len(one), step):
        part = slice(start, start + step)
        sizes = np.array([len(text) for text in one[part]], np.int64)
        found[part] = _distances(masks[part], sizes, tokens, lengths)
    return found


def _distances(masks: NDArray[np.uint64], sizes: Whole, tokens: Whole, lengths: Whole) -> Whole:
    """Distances of the texts whose tokens' bits are `masks` (texts, tokens) and those of `tokens`
    (texts, places); a text of no tokens is as far as the other is long."""
    shape = (len(masks), len(tokens))
    one = np.uint64(1)
    last = (one << np.maximum(sizes - 1, 0).astype(np.uint64))[:, None]
    up, down = np.full(shape, ~np.uint64(0)), np.zeros(shape, np.uint64)
    distance = np.repeat(sizes[:, None], shape[1], 1)
    for place in range(tokens.shape[1]):
        equal = masks[:, tokens[:, place]]
        diagonal = (((equal & up) + up) ^ up) | equal | down
        right_up, right_down = down | ~(diagonal | up), diagonal & up
        is_inside = lengths > place
        distance += ((right_up & last) != 0) & is_inside
        distance -= ((right_down & last) != 0) & is_inside
        right_up, right_down = right_up << one | one, right_down << one
        up, down = right_down | ~(diagonal | right_up), diagonal & right_up
    distance[sizes == 0] = lengths
    return distance
