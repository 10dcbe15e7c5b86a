"""TEDS against the published code's values, by hand, and on degenerate tables."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Span
from model_backend.metrics.grits import GridCell
from model_backend.metrics.html_tree import TableTree, tree_of_cells, tree_of_html
from model_backend.metrics.teds import Teds, levenshtein, teds, teds_of_html


def html(*rows: str) -> str:
    return f"<html><body><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></body></html>"


def tree(text: str) -> TableTree:
    found = tree_of_html(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("key", "is_structure_only", "ignored"),
    [("teds", False, ()), ("teds_structure_only", True, ()), ("teds_ignore_b", False, ("b",))],
)
def test_published_values_are_met(
    shared_data: Path, key: str, is_structure_only: bool, ignored: tuple[str, ...]
) -> None:
    folder = shared_data / "pubtabnet"
    golden = json.loads((folder / "teds_golden.json").read_text())[key]
    truth = json.loads((folder / "src" / "sample_gt.json").read_text())
    predicted = json.loads((folder / "src" / "sample_pred.json").read_text())
    found = {
        name: teds_of_html(
            truth[name]["html"],
            predicted[name],
            is_structure_only=is_structure_only,
            ignored=ignored,
        )
        for name in golden
    }
    assert len(found) == 20
    assert found == pytest.approx(golden, abs=1e-6)


def test_changed_text_costs_its_share_of_one_cell() -> None:
    truth, predicted = html("<td>abcd</td><td>x</td>"), html("<td>abxd</td><td>x</td>")
    assert teds_of_html(truth, predicted) == pytest.approx(1 - 0.25 / 3)
    assert teds_of_html(truth, predicted, is_structure_only=True) == 1


def test_lost_row_and_other_span_cost_their_elements() -> None:
    two, one = html("<td>a</td>", "<td>b</td>"), html("<td>a</td>")
    assert teds_of_html(two, one) == pytest.approx(1 - 2 / 4)
    assert teds_of_html(two, one, is_structure_only=True) == pytest.approx(1 - 2 / 4)
    assert teds_of_html(html("<td colspan=2>a</td>"), one) == pytest.approx(1 - 1 / 2)


def test_inline_tags_are_tokens_and_count_as_elements() -> None:
    bold, plain = html("<td><b>a</b></td>"), html("<td>a</td>")
    assert tree(bold).size == 3
    assert teds_of_html(bold, plain) == pytest.approx(1 - (2 / 3) / 3)
    assert teds_of_html(bold, plain, ignored=("b",)) == 1


def test_texts_without_a_table_score_nothing() -> None:
    assert teds_of_html("<p>no table</p>", html("<td>a</td>")) == 0
    assert teds_of_html("", "") == 0
    assert teds_of_html("<table></table>", "<table></table>") == 1
    assert teds_of_html("<table></table>", html("<td>a</td>")) == 0


def test_open_elements_and_broken_spans_are_read_as_browsers_do() -> None:
    loose = "<table><tr><td>a<td>b<tr><td colspan='x'>c<br>d</table>"
    strict = html("<td>a</td><td>b</td>", "<td>c<br/>d</td>")
    assert teds_of_html(loose, strict) == 1
    nested = html("<td>a<table><tr><td>b</td></tr></table>c</td>")
    assert tree(nested).size == 5
    assert "".join(tree(nested).root.children[0].children[0].content) == (
        "a<table><tr><td>b</td></tr></table>c"
    )
    assert teds_of_html("</td></table><table><tr><td>a", html("<td>a</td>")) == 1


def test_grid_and_its_html_are_the_same_tree() -> None:
    cells = [
        GridCell(Span(0, 1, 0, 2), "head"),
        GridCell(Span(1, 2, 0, 1), "a"),
        GridCell(Span(1, 2, 1, 2), "b"),
    ]
    written = (
        '<table><thead><tr><td colspan="2">head</td></tr></thead>'
        "<tbody><tr><td>a</td><td>b</td></tr></tbody></table>"
    )
    assert tree_of_cells(cells, header_rows=1) == tree(written)
    assert tree_of_cells([]).size == 0
    assert teds(tree_of_cells([]), tree_of_cells([])) == 1


def test_summary_is_the_mean_and_reset_forgets() -> None:
    metric = Teds()
    assert metric.summary() == {}
    one = tree(html("<td>ab</td>"))
    metric.update(one, one)
    metric.update(one, None)
    metric.update(one, tree(html("<td>ac</td>")))
    summary = metric.summary()
    assert summary["teds"] == pytest.approx((1 + 0 + 0.75) / 3)
    assert summary["teds_structure"] == pytest.approx(2 / 3)
    metric.reset()
    assert metric.summary() == {}


def plain_levenshtein(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


@given(st.text("abc", max_size=80), st.text("abc", max_size=80))
def test_levenshtein_is_the_least_number_of_edits(one: str, other: str) -> None:
    assert levenshtein(one, other) == plain_levenshtein(one, other)


def test_unknown_declarations_are_passed_over() -> None:
    assert teds_of_html("<table><tr><td>a<![x[y]]>b", html("<td>ab</td>")) > 0


@given(st.text("<>/tdrabe h=\"1'&;colspan!-[]", max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    found = tree_of_html("<table><tr><td>" + text)
    assert found is not None
    assert found.size >= 2
