"""The page sorter that comes with Proofdesk: what it reads, what it says, what it leaves unsaid."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model_backend import registry
from model_backend.document import Box, Page, PageGeometry, Status, Word
from model_backend.document_json import from_json
from model_backend.errors import UserError
from model_backend.networks import PAGE_KINDS, PROGRAMS
from model_backend.predictors.page_class_features import BUCKETS, LAYOUT, layout_of, words_of
from model_backend.predictors.page_class_words import (
    LEAST_SCORE,
    LEAST_WORDS,
    PROGRAM,
    PageClassWords,
)
from model_backend.synthesis import forms
from model_backend.synthesis.families import Family
from model_backend.training.page_class_pages import page_of


def page(*texts: str, height: float = 10.0) -> Page:
    words = tuple(
        Word(n, text, Box(20.0 + 60 * (n % 5), 20.0 * (n // 5 + 1), 70.0 + 60 * (n % 5),
                          20.0 * (n // 5 + 1) + height))
        for n, text in enumerate(texts, 1)
    )  # fmt: skip
    return Page(1, 1, 0, 400, 600, "px", PageGeometry("drawn", 400, 600), words=words)


def test_it_can_be_chosen_and_is_small() -> None:
    assert PageClassWords().name in registry.names(registry.PAGE_CLASS)
    assert registry.default(registry.PAGE_CLASS) == registry.NONE  # wrong too often on real forms
    assert PROGRAM.stat().st_size < 2_000_000
    assert PROGRAM.with_suffix(".md").is_file()
    assert set(forms.KINDS.values()) <= set(PAGE_KINDS)
    assert PAGE_KINDS in next(item for item in PROGRAMS if item.outputs == ("kinds",)).usual_labels


def test_pages_that_training_never_saw_are_told_apart() -> None:
    said: list[bool] = []
    silent = 0
    for number in range(60):
        drawn = page_of(1_000_009, number, Family.HELD_OUT)
        if drawn.page_class is None or drawn.page_class.label not in PAGE_KINDS:
            continue
        found = PageClassWords().read(replace(drawn, page_class=None)).page_class
        silent += found is None
        if found is not None:
            assert found.status is Status.PROPOSED
            assert LEAST_SCORE <= (found.score or 0) <= 1
            said.append(found.label == drawn.page_class.label)
    assert len(said) > 2 * silent
    assert sum(said) / len(said) > 0.8


def test_a_page_that_is_like_nothing_known_is_left_alone() -> None:
    few = page(*["invoice"] * (LEAST_WORDS - 1))
    assert PageClassWords().read(few).page_class is None
    strange = page(*(f"zq{n}x" for n in range(40)))
    assert PageClassWords().read(strange).page_class is None
    chances = PageClassWords().chances(strange)
    assert set(chances) == set(PAGE_KINDS)
    assert sum(chances.values()) == pytest.approx(1.0, abs=1e-4)


RIGHT = {
    "form": {"expense report", "claim"},
    "korean_form": {"application"},
    "letter": {"letter"},
    "report": {"report", "scientific report"},
}
"""What may be said of the samples."""


def test_nothing_wrong_is_said_of_the_samples() -> None:
    samples = Path(__file__).parents[4] / "resources" / "samples"
    spoken_of = set()
    for name, right in RIGHT.items():
        for told in json.loads((samples / f"{name}.json").read_text(encoding="utf-8"))["pages"]:
            found = PageClassWords().read(from_json(Page, told)).page_class
            if found is not None:
                assert found.label in right
                spoken_of.add(name)
    assert "form" in spoken_of


def test_words_count_by_what_they_say_not_by_case_digits_or_signs() -> None:
    one, other = (
        words_of(page("Invoice", "No.", "1234")),
        words_of(page("INVOICE:", "(no)", "9876")),
    )
    assert one.shape == (BUCKETS,)
    assert np.allclose(one, other)
    assert np.linalg.norm(one) == pytest.approx(1.0, abs=1e-5)
    assert not words_of(page()).any()
    assert not np.allclose(words_of(page("청구서")), words_of(page("신청서")))
    layout = layout_of(page("Name:", "Jane", "Total", "$5"))
    assert layout.shape == (LAYOUT,)
    assert np.isfinite(layout).all()
    assert not layout_of(page()).any()


def test_title_and_top_count_once_more() -> None:
    words = [Word(n, "word", Box(20, 400 + 12.0 * n, 60, 410 + 12.0 * n)) for n in range(1, 9)]
    quiet = replace(page(), words=(*words, Word(20, "invoice", Box(20, 550, 60, 560))))
    loud = replace(page(), words=(*words, Word(20, "invoice", Box(20, 20, 90, 50))))
    assert np.count_nonzero(words_of(loud)) == np.count_nonzero(words_of(quiet)) + 2


def test_another_program_is_refused(tmp_path: Path) -> None:
    other = PROGRAM.with_name("masks.onnx")
    with pytest.raises(UserError, match="page classes"):
        PageClassWords(other).chances(page("a", "b"))


def test_it_runs_without_torch() -> None:
    code = (
        "import sys; from model_backend.document import *;"
        "from model_backend.predictors.page_class_words import PageClassWords;"
        "words = tuple(Word(n, 'invoice', Box(9, 9 * n, 50, 9 * n + 8)) for n in range(1, 12));"
        "page = Page(1, 1, 0, 300, 400, 'px', PageGeometry('x', 300, 400), words=words);"
        "print(len(PageClassWords().chances(page)));"
        "print([n for n in ('torch', 'scipy', 'onnx') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(len(PAGE_KINDS)), "[]"]
