"""The edit distance of trees against APTED's own program, on trees of any shape."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest
from apted import APTED, Config
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_backend.document import Span
from model_backend.metrics.grits import GridCell
from model_backend.metrics.html_tree import CELL, TableNode, TableTree, tree_of_cells
from model_backend.metrics.teds import levenshtein, teds
from model_backend.metrics.tree_distance import text_distances


class Costs(Config):  # type: ignore[misc]  # apted has no types
    """TEDS' costs, from its definition."""

    valuecls = float

    def __init__(self, *, is_structure_only: bool) -> None:
        self.is_structure_only = is_structure_only

    def rename(self, one: Any, other: Any) -> float:  # noqa: ANN401 - apted's nodes
        if (one.tag, one.columns, one.rows) != (other.tag, other.columns, other.rows):
            return 1.0
        if one.tag != CELL or self.is_structure_only or one.content == other.content:
            return 0.0
        longer = max(len(one.content), len(other.content))
        return levenshtein(one.content, other.content) / longer


cells = st.builds(
    TableNode,
    st.just(CELL),
    st.integers(0, 2),
    st.just(0),
    st.lists(st.sampled_from("ab"), max_size=4),
)
nodes = st.recursive(
    cells,
    lambda inner: st.builds(
        TableNode, st.sampled_from(["tr", "tbody"]), st.just(0), st.just(0), st.just([]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)  # fmt: skip


def tree_of(children: list[TableNode]) -> TableTree:
    def size(node: TableNode) -> int:
        return sum(1 + size(child) for child in node.children)

    root = TableNode("table", children=children)
    return TableTree(root, size(root))


trees = st.lists(nodes, max_size=3).map(tree_of)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(trees, trees, st.booleans())
def test_distance_is_that_of_apted(
    one: TableTree, other: TableTree, is_structure_only: bool
) -> None:
    costs = Costs(is_structure_only=is_structure_only)
    distance = float(APTED(other.root, one.root, costs).compute_edit_distance())
    size = max(one.size, other.size, 1)
    found = teds(one, other, is_structure_only=is_structure_only)
    assert found == pytest.approx(1 - distance / size, abs=1e-9)


texts = st.lists(st.text("abc", max_size=64), max_size=5)


@settings(max_examples=100, deadline=None)
@given(texts, st.lists(st.text("abcd", max_size=90), max_size=5))
def test_distances_of_many_texts_are_those_of_each_pair(one: list[str], other: list[str]) -> None:
    found = text_distances(one, other)
    expected = [[levenshtein(a, b) for b in other] for a in one]
    assert np.array_equal(found, np.array(expected).reshape(found.shape))


def test_large_tables_that_differ_take_a_moment() -> None:
    def grid(start: int, rows: int) -> TableTree:
        spans = [Span(r, r + 1, c, c + 1) for r in range(rows) for c in range(20)]
        texts = (str((start + n) * 7919 % 99991) for n in range(len(spans)))
        return tree_of_cells(list(map(GridCell, spans, texts)), header_rows=2)

    before = time.process_time()
    assert 0 < teds(grid(0, 40), grid(400, 41)) < 1
    assert time.process_time() - before < 4  # apted's program takes 9 to 27 seconds
