"""Two versions of a page: a page against itself, and single changes, by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from model_backend.document import (
    Band,
    Box,
    Entity,
    Page,
    PageGeometry,
    Region,
    Relation,
    Span,
    Table,
    Word,
)
from model_backend.metrics.agreement import Agreement, Difference, DifferenceKind, differences

WORDS = tuple(Word(i, f"w{i}", Box(20.0 * i, 0, 20.0 * i + 15, 10)) for i in range(1, 7))
PAGE = Page(
    id=1,
    document_id=1,
    number=0,
    width=200,
    height=200,
    unit="px",
    geometry=PageGeometry("test", 200, 200),
    words=WORDS,
    entities=(
        Entity(10, "question", (1, 2), "w1 w2", Box(20, 0, 55, 10)),
        Entity(11, "answer", (3,), "w3", Box(60, 0, 75, 10)),
    ),
    relations=(Relation(12, 10, 11),),
    tables=(
        Table(
            13,
            Box(0, 50, 100, 90),
            (Band(50, 70), Band(70, 90)),
            (Band(0, 50), Band(50, 100)),
            spans=(Span(0, 1, 0, 2),),
        ),
    ),
    regions=(Region(14, "stamp", Box(100, 100, 150, 150)),),
    next_id=20,
)


def undefined(values: dict[str, Any]) -> set[float]:
    """All figures of nested results that are shares."""
    counts = ("truth", "predicted", "count", "masks", "detection_limit", "confusion")
    found: set[float] = set()
    for name, value in values.items():
        if isinstance(value, dict) and name != "confusion":
            found |= undefined(value)
        elif value is not None and (name not in counts or name == "masks" and value == 1):
            found.add(value)
    return found


def test_page_agrees_with_itself_in_all_that_is_defined() -> None:
    metric = Agreement()
    metric.update(PAGE, PAGE)
    summary = metric.summary()
    assert undefined(summary) == {1.0}
    assert summary["word_labels"]["kappa"] == 1
    assert summary["objects"]["ap_medium"] == 1
    assert summary["masks"]["ap_small"] is None
    assert differences(PAGE, PAGE) == ()
    metric.reset()
    assert undefined(metric.summary()) == set()


def test_empty_pages_have_no_figures() -> None:
    blank = replace(PAGE, words=(), entities=(), relations=(), tables=(), regions=())
    metric = Agreement()
    metric.update(blank, blank)
    assert undefined(metric.summary()) == set()
    assert differences(blank, blank) == ()
    assert {item.kind for item in differences(PAGE, blank)} == {DifferenceKind.ONLY_FIRST}
    assert {item.kind for item in differences(blank, PAGE)} == {DifferenceKind.ONLY_SECOND}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"entities": (replace(PAGE.entities[0], label="header"), PAGE.entities[1])},
            Difference(DifferenceKind.LABEL, 10, 10),
        ),
        (
            {"entities": (replace(PAGE.entities[0], word_ids=(1,)), PAGE.entities[1])},
            Difference(DifferenceKind.WORDS, 10, 10),
        ),
        ({"relations": ()}, Difference(DifferenceKind.ONLY_FIRST, 12, None)),
        (
            {"relations": (Relation(12, 10, 11), Relation(15, 11, 10))},
            Difference(DifferenceKind.ONLY_SECOND, None, 15),
        ),
        (
            {"tables": (replace(PAGE.tables[0], spans=()),)},
            Difference(DifferenceKind.CELLS, 13, 13),
        ),
        (
            {"regions": (replace(PAGE.regions[0], id=17, label="seal"),)},
            Difference(DifferenceKind.LABEL, 14, 17),
        ),
        (
            {"regions": (replace(PAGE.regions[0], box=Box(100, 100, 150, 151)),)},
            Difference(DifferenceKind.OUTLINE, 14, 14),
        ),
    ],
)
def test_one_change_is_the_one_difference(change: dict[str, Any], expected: Difference) -> None:
    assert differences(PAGE, replace(PAGE, **change)) == (expected,)


def test_labels_of_words_have_kappa() -> None:
    other = replace(PAGE, entities=(PAGE.entities[0],), relations=())
    metric = Agreement(has_teds=False)
    metric.update(PAGE, other)
    found = metric.summary()["word_labels"]
    assert found["accuracy"] == pytest.approx(5 / 6)
    # by chance: q 2 x 2, a 1 x 0, O 3 x 4, of 36
    assert found["kappa"] == pytest.approx((5 / 6 - 16 / 36) / (1 - 16 / 36))
    assert "teds" not in metric.summary()["tables"]
