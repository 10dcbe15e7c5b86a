"""Training of the page sorter: pages with their kinds, learning, stopping, going on, its card."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from model_backend.errors import Cancelled
from model_backend.networks import PAGE_KINDS
from model_backend.predictors.page_class_words import PageClassWords
from model_backend.synthesis.families import Family
from model_backend.training.page_class_pages import Pages, page_of, pages
from model_backend.training.train_page_class import Wish, figures_of, train_page_class


def at_once(function: Callable[..., Any], *arguments: object) -> Future[Any]:
    """Work that is done where it is asked for."""
    done: Future[Any] = Future()
    done.set_result(function(*arguments))
    return done


@pytest.fixture
def wish(tmp_path: Path) -> Wish:
    return Wish(tmp_path / "out", tmp_path / "work", pages=60, steps=60, measured=24, device="cpu")


def test_pages_depend_on_their_number_alone_and_have_a_kind() -> None:
    some = pages(5, 30, Family.TRAINING, at_once)
    again = pages(5, 30, Family.TRAINING, at_once)
    assert np.array_equal(some.words, again.words)
    assert 20 <= len(some.kinds) <= 30
    assert len(set(some.kinds.tolist())) > 4
    assert page_of(5, 3, Family.TRAINING) == page_of(5, 3, Family.TRAINING)


def test_pages_are_kept(tmp_path: Path) -> None:
    some = Pages(np.ones((2, 3), np.float32), np.zeros((2, 2), np.float32), np.array([1, 2]))
    some.save(tmp_path / "a" / "pages.npz")
    kept = Pages.load(tmp_path / "a" / "pages.npz")
    assert np.array_equal(kept.words, some.words)
    assert kept.kinds.tolist() == [1, 2]


def test_what_was_trained_is_a_program_with_a_card_and_says_kinds(wish: Wish) -> None:
    losses: list[float] = []
    wish = replace(wish, steps=200)
    found = train_page_class(wish, at_once, on_note=lambda note: losses.append(note.loss))
    assert losses[-1] < 0.8 * losses[0]
    text = (wish.out / "page_class.md").read_text(encoding="utf-8")
    assert wish.command in text
    assert f"{found.figures['held-out pages']['right']:.3f}" in text
    read = [PageClassWords(found.program).chances(page_of(5, n, Family.TRAINING)) for n in range(5)]
    assert all(set(chances) == set(PAGE_KINDS) for chances in read)


def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(
    wish: Wish, tmp_path: Path
) -> None:
    whole = train_page_class(replace(wish, out=tmp_path / "w", work=tmp_path / "ww"), at_once)
    steps: list[int] = []

    def is_cancelled() -> bool:
        steps.append(1)
        return len(steps) == 10

    with pytest.raises(Cancelled):
        train_page_class(wish, at_once, is_cancelled=is_cancelled)
    with pytest.raises(Cancelled):
        train_page_class(wish, at_once, resume=True, is_cancelled=lambda: True)
    found = train_page_class(wish, at_once, resume=True)
    page = page_of(5, 1, Family.TRAINING)
    told = PageClassWords(found.program).chances(page)
    wanted = PageClassWords(whole.program).chances(page)
    assert told == pytest.approx(wanted, abs=1e-4)


def test_figures_are_those_counted_by_hand() -> None:
    logits = np.log(np.array([[0.9, 0.1], [0.45, 0.55], [0.2, 0.8], [0.7, 0.3]]))
    found = figures_of(logits, np.array([0, 1, 0, 0]), 1.0)
    assert found["right"] == 0.75
    assert found["said"] == 0.75
    assert found["right of those"] == pytest.approx(2 / 3)
