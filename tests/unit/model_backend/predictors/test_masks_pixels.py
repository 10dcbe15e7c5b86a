"""The network of masks that comes along: it finds what was drawn, and leaves text to the words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model_backend import registry
from model_backend.document import IDENTITY, Box, Word
from model_backend.predictors.masks_pixels import (
    LABELS,
    PROGRAM,
    MasksPixels,
    Shape,
    is_blank,
    is_text,
    words_of,
)
from model_backend.predictors.predictor import PredictorInput
from model_backend.training.mask_figures import Tally, measured_pages

PAGES = 6


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[PredictorInput, PredictorInput]]:
    """Pages whose type faces, stamps and hands training never saw: with their truth, and bare."""
    folder = tmp_path_factory.mktemp("pages")
    made = list(measured_pages("light", PAGES, folder))
    return [(one, replace(one, page=replace(one.page, regions=()))) for one in made]


def test_stamps_and_hands_are_found_and_tables_left_to_others(
    pages: list[tuple[PredictorInput, PredictorInput]],
) -> None:
    predictor, tally = registry.create(registry.default(registry.MASKS)), Tally()
    for truth, bare in pages:
        (said,) = predictor([bare])
        assert "table" not in {region.label for region in said.regions}
        tally.add(truth.page, said)
    dice = tally.dice()
    assert (dice["stamp"] or 0) > 0.7
    assert (dice["handwriting"] or 0) > 0.6


def test_all_labels_can_be_asked_for(
    pages: list[tuple[PredictorInput, PredictorInput]],
) -> None:
    predictor = MasksPixels(PROGRAM)
    assert predictor.labels == LABELS
    said = predictor([bare for _truth, bare in pages])
    assert "table" in {region.label for one in said for region in one.regions}


def shape(label: str) -> Shape:
    return Shape(label, np.ones((20, 40), bool), 10, 10, 0.9)


def test_what_words_explain_is_text() -> None:
    words = words_of([Word(1, "Total", Box(12, 11, 48, 29))], IDENTITY, 100.0)
    assert is_text(shape("handwriting"), words)
    beside = words_of([Word(1, "Total", Box(40, 11, 78, 29))], IDENTITY, 100.0)
    assert not is_text(shape("handwriting"), beside)


def test_check_box_that_is_read_as_a_letter_is_none_of_a_word() -> None:
    read = words_of([Word(1, "O", Box(10, 10, 50, 30))], IDENTITY, 100.0)
    assert not is_text(shape("check box"), read)
    figure = words_of([Word(1, "3", Box(10, 10, 50, 30))], IDENTITY, 100.0)
    assert is_text(shape("check box"), figure)
    word = words_of([Word(1, "Order", Box(10, 10, 110, 30))], IDENTITY, 100.0)
    assert is_text(shape("check box"), word)


def test_a_word_as_high_as_a_drawing_explains_nothing() -> None:
    assert words_of([Word(1, "|", Box(0, 0, 80, 60))], IDENTITY, 100.0) == []


def test_specks_are_no_figure() -> None:
    ink = np.zeros((60, 80), bool)
    ink[12:14, 12:14] = True
    assert is_blank(shape("figure"), ink)
    ink[10:30, 10:12] = True
    assert not is_blank(shape("figure"), ink)
