"""Two models on the same pages: figures by hand, intervals of the difference, what changed."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from model_backend.document import Box, Entity, Page, PageGeometry, Word
from model_backend.metrics.bootstrap import intervals, paired_intervals
from model_backend.metrics.model_comparison import ModelComparison, verdict
from model_backend.networks import ENTITIES

WORDS = 6


def page(labels: str) -> Page:
    """A page of six words; each letter labels one (q, a; a point: none)."""
    words = tuple(Word(n + 1, f"w{n}", Box(20 * n, 0, 20 * n + 15, 10)) for n in range(WORDS))
    entities = tuple(
        Entity(10 + n, {"q": "question", "a": "answer"}[letter], (n + 1,), "", words[n].box)
        for n, letter in enumerate(labels)
        if letter != "."
    )
    geometry = PageGeometry("drawn", 200, 50)
    return Page(1, 1, 0, 200, 50, "px", geometry, words=words, entities=entities)


def test_figures_are_those_of_each_model_and_their_difference() -> None:
    found = ModelComparison(ENTITIES)
    found.add("one", "page 1", page("qaqaqa"), page("qaqaq."), page("qaqaqa"))
    found.add("two", "page 2", page("qa...."), page("qq...."), page("qa...."))
    told = found.result()
    main = told["figures"]["entities.f1"]
    assert main["old"] == pytest.approx(2 * (5 + 1) / (8 + 7))
    assert main["new"] == 1.0
    assert main["difference"] == pytest.approx(main["new"] - main["old"])
    low, high = main["interval"]
    assert 0 < low <= main["difference"] <= high
    assert (told["verdict"], told["main"]) == ("better", "entities.f1")
    assert told["labels"]["answer"] == {"old": pytest.approx(2 * 2 / (4 + 2)), "new": 1.0}
    assert [(one["name"], one["new"]) for one in told["changed"]] == [
        ("page 2", 1.0),
        ("page 1", 1.0),
    ]
    assert (told["pages"], told["documents"]) == (2, 2)


def test_the_same_model_twice_makes_no_difference() -> None:
    found = ModelComparison(ENTITIES)
    for number in range(4):
        truth = page("qaqaqa")
        found.add(str(number), str(number), truth, page("qaq..."), page("qaq..."))
    told = found.result()
    assert told["verdict"] == "alike"
    assert told["changed"] == []
    assert all(one["difference"] in (0.0, None) for one in told["figures"].values())


def test_one_document_tells_nothing_of_others() -> None:
    found = ModelComparison(ENTITIES)
    found.add("one", "page", page("qaqaqa"), page("......"), page("qaqaqa"))
    told = found.result()
    assert told["figures"]["entities.f1"]["interval"] is None
    assert told["verdict"] == "alike"
    assert ModelComparison(ENTITIES).result()["pages"] == 0


def test_paired_intervals_are_narrower_than_those_of_each() -> None:
    """Documents differ far more than models do on the same one: pairing takes that out."""
    chance = Random(3)
    old = [[(chance.uniform(2, 9), 10.0)] for _document in range(40)]
    new = [[(parts[0][0] + 0.5, 10.0)] for parts in old]
    ((low, high),) = paired_intervals(old, new)
    assert (low, high) == (pytest.approx(0.05), pytest.approx(0.05))
    ((alone_low, alone_high),) = intervals(new)
    assert alone_high - alone_low > 0.1
    assert paired_intervals([], []) == []


@pytest.mark.parametrize(
    ("edges", "said"),
    [([0.01, 0.2], "better"), ([-0.2, -0.01], "worse"), ([-0.1, 0.1], "alike"), (None, "alike")],
)
def test_verdict_needs_the_whole_interval(edges: list[float] | None, said: str) -> None:
    assert verdict({"interval": edges}) == said


def test_pages_without_the_figure_do_not_count_against_a_model() -> None:
    found = ModelComparison(ENTITIES)
    bare = replace(page("......"), words=())
    found.add("one", "empty", bare, bare, bare)
    found.add("two", "full", page("qaqaqa"), page("qaqaqa"), page("qaqaqa"))
    told = found.result()
    assert told["figures"]["entities.f1"]["new"] == 1.0
    assert {one["name"]: one["new"] for one in told["worst"]}["empty"] is None
