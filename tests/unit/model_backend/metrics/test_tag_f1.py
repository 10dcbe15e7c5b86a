"""Entities of tags against seqeval, on generated sequences and on real forms."""

from __future__ import annotations

import json
import random
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend import formats
from model_backend.document import Box, Entity, Page, PageGeometry, Word
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.tag_f1 import TagF1, spans_of, tags_of

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    seqeval = pytest.importorskip("seqeval.metrics.v1")
    scheme = pytest.importorskip("seqeval.scheme")

LABELS = ("question", "answer", "header")
tags = st.sampled_from(["O", *(f"{p}-{label}" for p in "BI" for label in LABELS)])


def asked(truth: list[list[str]], predicted: list[list[str]]) -> tuple[float, float, float]:
    """seqeval's own figures."""
    precision, recall, f1, _support = seqeval.precision_recall_fscore_support(
        truth, predicted, average="micro", scheme=scheme.IOB2, zero_division=0
    )
    return float(precision), float(recall), float(f1)


def measured(truth: list[list[str]], predicted: list[list[str]]) -> tuple[float, float, float]:
    metric = TagF1()
    for wanted, said in zip(truth, predicted, strict=True):
        metric.update(wanted, said)
    found = metric.summary()
    return found["precision"] or 0.0, found["recall"] or 0.0, found["f1"] or 0.0


@given(st.lists(st.lists(st.tuples(tags, tags), min_size=1, max_size=12), min_size=1, max_size=4))
def test_figures_are_seqeval_s_on_any_tags(pages: list[list[tuple[str, str]]]) -> None:
    truth, said = ([[pair[side] for pair in page] for page in pages] for side in (0, 1))
    if any(tag != "O" for page in truth for tag in page):  # without any seqeval warns and gives 0
        assert measured(truth, said) == pytest.approx(asked(truth, said), abs=1e-6)


def test_spans_are_strict() -> None:
    assert list(spans_of(["I-a", "B-a", "I-a", "I-b", "B-a", "B-a", "O", "I-a"])) == [
        ("a", 1, 3),
        ("a", 4, 5),
        ("a", 5, 6),
    ]
    assert list(spans_of([])) == []


def test_sequences_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="1 tags compared with 2"):
        TagF1().update(["O"], ["O", "O"])


def test_nothing_has_no_figure_and_reset_forgets() -> None:
    metric = TagF1()
    metric.update(["O"], ["O"])
    assert metric.summary()["f1"] is None
    metric.update(["B-a"], ["O"])
    assert metric.summary()["f1"] == metric.summary()["recall"] == 0
    metric.reset()
    assert metric.summary()["f1"] is None


def mistaken(tags_: list[str], make: random.Random) -> list[str]:
    """Tags with mistakes of all kinds, still in IOB2."""
    said = [
        make.choice(["O", "B-question", "B-answer"]) if make.random() < 0.1 else t for t in tags_
    ]
    for i, tag in enumerate(said):
        before = said[i - 1][2:] if i and said[i - 1] != "O" else ""
        if tag.startswith("I-") and tag[2:] != before:
            said[i] = "B-" + tag[2:]
    return said


def page_of(tags_: list[str]) -> Page:
    """A page whose words have these tags."""
    words = tuple(Word(i + 1, "w", Box(12.0 * i, 0, 12.0 * i + 10, 10)) for i in range(len(tags_)))
    entities = tuple(
        Entity(1000 + i, label, tuple(range(start + 1, end + 1)), "", Box(0, 0, 1, 1))
        for i, (label, start, end) in enumerate(spans_of(tags_))
    )
    return Page(
        1, 1, 0, 100, 100, "px", PageGeometry("x", 100, 100), words=words, entities=entities
    )


def test_figures_on_real_forms_are_seqeval_s_by_tags_and_by_entities(shared_data: Path) -> None:
    folder = shared_data / "funsd" / "training_data"
    make = random.Random(7)
    truth = []
    for member in formats.members("funsd", folder)[:30]:
        page = formats.read_member("funsd", folder, member).page
        truth.append(tags_of(page))
        fields = sum(
            entity.label != "other"
            and any(word.text.strip() for word in page.words if word.id in entity.word_ids)
            for entity in page.entities
        )
        assert len(list(spans_of(truth[-1]))) == fields
    said = [mistaken(page, make) for page in truth]
    expected = asked(truth, said)
    assert 0.5 < expected[2] < 0.95
    assert measured(truth, said) == pytest.approx(expected, abs=1e-6)
    metric = EntityF1()
    for wanted, found in zip(truth, said, strict=True):
        metric.update(page_of(wanted), page_of(found))
    summary = metric.summary()
    figures = (summary["precision"], summary["recall"], summary["f1"])
    assert figures == pytest.approx(expected, abs=1e-6)
    assert json.loads(json.dumps(summary)) == summary
