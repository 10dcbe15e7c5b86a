"""Entity and relation F1: hand-computed values, with empty and degenerate input."""

from __future__ import annotations

from dataclasses import replace

import pytest

from model_backend.document import Box, Entity, Page, PageGeometry, Relation, Word
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.metrics.same_words import same_words
from model_backend.metrics.tally import Tally


def page(
    entities: dict[int, tuple[str, tuple[int, ...]]], links: tuple[tuple[int, int], ...] = ()
) -> Page:
    """Six words in a row (the sixth is blank); entities by id."""
    words = tuple(
        Word(i, "" if i == 6 else f"w{i}", Box(20.0 * i, 0, 20.0 * i + 15, 10)) for i in range(1, 7)
    )
    return Page(
        id=1,
        document_id=1,
        number=0,
        width=200,
        height=50,
        unit="px",
        geometry=PageGeometry("test", 200, 50),
        words=words,
        entities=tuple(
            Entity(key, label, ids, "", Box(0, 0, 1, 1)) for key, (label, ids) in entities.items()
        ),
        relations=tuple(Relation(50 + i, a, b) for i, (a, b) in enumerate(links)),
    )


TRUTH = page(
    {10: ("question", (1, 2)), 11: ("answer", (3,)), 12: ("other", (4, 5)), 13: ("answer", (6,))},
    ((10, 11),),
)


def test_entity_counts_when_label_and_words_agree() -> None:
    metric = EntityF1()
    said = page({1: ("question", (2, 1)), 2: ("question", (3,)), 3: ("other", (4,))})
    metric.update(TRUTH, said)
    found = metric.summary()
    # without "other": 2 true (the blank word's entity is left out), 2 said, 1 hit
    assert (found["precision"], found["recall"], found["f1"]) == (0.5, 0.5, 0.5)
    assert found["f1_all_labels"] == pytest.approx(2 * 1 / (3 + 3))
    assert found["labels"]["answer"]["recall"] == 0
    assert found["labels"]["answer"]["precision"] == 0
    # words of fields: true q1 q2 a3, said q1 q2 q3
    assert found["words"]["f1"] == pytest.approx(2 * 2 / 6)


def test_perfect_and_empty_pages() -> None:
    metric = EntityF1()
    metric.update(TRUTH, TRUTH)
    assert metric.summary()["f1"] == metric.summary()["words"]["f1"] == 1
    metric.reset()
    assert metric.summary()["f1"] is metric.summary()["words"]["f1"] is None
    metric.update(TRUTH, page({}))
    assert (metric.summary()["precision"], metric.summary()["recall"]) == (0, 0)
    assert metric.summary()["f1"] == 0
    metric.reset()
    metric.update(page({}), TRUTH)
    assert (metric.summary()["precision"], metric.summary()["f1"]) == (0, 0)


def test_entities_without_words_agree_by_box() -> None:
    drawn = page({1: ("header", ())})
    metric = EntityF1()
    metric.update(drawn, drawn)
    moved = replace(drawn.entities[0], box=Box(5, 5, 6, 6))
    metric.update(drawn, replace(drawn, entities=(moved,)))
    assert metric.summary()["f1"] == 0.5


def test_words_are_matched_by_place_once_each() -> None:
    truth = [Word(1, "a", Box(0, 0, 10, 10)), Word(2, "b", Box(20, 0, 30, 10))]
    said = [
        Word(7, "x", Box(20, 0, 31, 10)),
        Word(8, "y", Box(21, 0, 30, 10)),
        Word(9, "z", Box(0, 0, 4, 10)),
        Word(5, "", Box(0, 0, 10, 10)),
    ]
    assert same_words(truth, said) == {5: 1, 7: 2}
    doubled = [Word(1, "a", Box(0, 0, 1, 1)), Word(2, "b", Box(0, 0, 1, 1))]
    assert same_words(doubled, doubled) == {1: 1, 2: 2}
    assert same_words([], said) == {}


def test_links_count_by_their_ends_and_direction() -> None:
    metric = RelationF1()
    same = page({1: ("question", (1, 2)), 2: ("answer", (3,))}, ((1, 2), (1, 2), (1, 1), (1, 99)))
    metric.update(TRUTH, same)
    assert metric.summary()["f1"] == 1
    metric.update(TRUTH, page({1: ("question", (1, 2)), 2: ("answer", (3,))}, ((2, 1),)))
    found = metric.summary()
    assert found["f1"] == 0.5
    assert found["kinds"]["answer -> question"]["recall"] == 0
    assert found["kinds"]["question -> answer"]["recall"] == 0.5


def test_links_between_other_entities_do_not_count() -> None:
    metric = RelationF1()
    metric.update(TRUTH, page({1: ("question", (1,)), 2: ("answer", (3,))}, ((1, 2),)))
    assert metric.summary()["f1"] == 0
    metric.reset()
    assert metric.summary()["f1"] is None


def test_tally_of_nothing_has_no_figure() -> None:
    assert Tally().summary()["f1"] is None
    assert Tally(truth=2).summary() == {
        "precision": 0,
        "recall": 0,
        "f1": 0,
        "truth": 2,
        "predicted": 0,
    }
