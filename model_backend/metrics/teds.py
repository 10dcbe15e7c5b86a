"""TEDS, tree edit distance based similarity of tables (Zhong et al., 2020, "Image-based table
recognition: data, model, and evaluation", section 5).

TEDS(a, b) = 1 - distance(a, b) / max(|a|, |b|): the tree edit distance of the two tables as HTML,
with cost 1 to insert or to delete an element, and to change its tag, colspan or rowspan; changing
a cell's content costs the Levenshtein distance of its tokens (characters and inline tags) over the
longer length. |a| counts the elements beneath `table`, those inside of cells included. Structure
only: contents are not compared. The distance is APTED's (Pawlik and Augsten, 2016).
"""

from __future__ import annotations

from collections.abc import Sequence

from apted import APTED, Config

from model_backend.metrics.html_tree import CELL, TableNode, TableTree, tree_of_html


def teds(truth: TableTree, predicted: TableTree, *, is_structure_only: bool = False) -> float:
    """TEDS of one predicted table, 0..1; two tables without any element agree fully."""
    size = max(truth.size, predicted.size)
    if size == 0 or truth.root == predicted.root:
        return 1.0
    costs = _Costs(is_structure_only=is_structure_only)
    distance = APTED(predicted.root, truth.root, costs).compute_edit_distance()
    return 1.0 - float(distance) / size


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


class _Costs(Config):  # type: ignore[misc]  # apted has no types
    """What an edit costs."""

    valuecls = float

    def __init__(self, *, is_structure_only: bool) -> None:
        self.is_structure_only = is_structure_only
        self._known: dict[tuple[int, int], float] = {}

    def rename(self, one: TableNode, other: TableNode) -> float:
        """The cost of turning one element into another; asked for more than once a pair."""
        key = (id(one), id(other))
        if key not in self._known:
            self._known[key] = self._change(one, other)
        return self._known[key]

    def _change(self, one: TableNode, other: TableNode) -> float:
        if (one.tag, one.columns, one.rows) != (other.tag, other.columns, other.rows):
            return 1.0
        if one.tag != CELL or self.is_structure_only or one.content == other.content:
            return 0.0
        longer = max(len(one.content), len(other.content))
        return levenshtein(one.content, other.content) / longer


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
