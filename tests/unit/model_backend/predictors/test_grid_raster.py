"""What the grid network sees of a table: words, the white beside them, rulings, coarsely."""

from __future__ import annotations

import numpy as np
import pytest

from model_backend.document import Box, Word
from model_backend.predictors.grid_raster import (
    CHANNELS,
    MOST,
    batch_of,
    gaps,
    letter_size,
    raster_of,
)
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid.runs import Rule

OUTLINE = Box(0, 0, 120, 60)
WORDS = [
    Word(1, "Total", Box(6, 6, 30, 15)),
    Word(2, "1234", Box(72, 6, 96, 15)),
    Word(3, "and", Box(6, 36, 21, 45)),
]
NUMBER = {name: number for number, name in enumerate(CHANNELS)}


def _channel(name: str, words: list[Word] = WORDS, rulings: Rulings | None = None) -> np.ndarray:
    raster = raster_of(OUTLINE, words, rulings or Rulings(), margin=(0, 0))
    return raster.channels[NUMBER[name]]


def test_words_are_drawn_where_they_are_without_their_upper_and_lower_parts() -> None:
    raster = raster_of(OUTLINE, WORDS, Rulings(), margin=(0, 0))
    drawn = raster.channels[0]
    rows, columns = np.nonzero(drawn)
    step = raster.step
    assert rows.min() * step >= 6 - step + 0.25 * 9 - 1e-3
    assert rows.max() * step <= 45 - 0.25 * 9 + 1e-3
    assert columns.min() * step == pytest.approx(6, abs=step)
    assert columns.max() * step == pytest.approx(96, abs=step)
    core = 0.5 * 9 / step
    assert drawn.sum() == pytest.approx((24 + 24 + 15) / step * core, rel=1e-3)


def test_digits_and_lower_case_are_drawn_of_the_words_that_have_them() -> None:
    words, digits, lower = (_channel(name) for name in ("words", "digits", "lower case"))
    half = words.shape[1] // 2
    assert digits[:, :half].sum() == 0
    assert digits[:, half:].sum() == pytest.approx(words[:, half:].sum())
    middle = words.shape[0] // 2
    assert lower[:middle].sum() == 0
    assert lower[middle:].sum() == pytest.approx(words[middle:].sum())


def test_the_white_beside_words_is_darker_the_wider_it_is() -> None:
    near = [WORDS[0], Word(2, "sum", Box(33, 6, 48, 15)), Word(3, "9", Box(90, 6, 96, 15))]
    starts = _channel("starts", near)
    columns = starts.sum(axis=0)
    places = [int(at / (120 / starts.shape[1])) for at in (6, 33, 90)]
    first, second, third = (columns[place - 1 : place + 2].sum() for place in places)
    assert second < 0.3 * first
    assert third == pytest.approx(first, rel=0.01)


def test_gaps_are_those_of_the_same_line() -> None:
    boxes = np.array([[0, 0, 10, 10], [14, 1, 20, 11], [12, 20, 30, 30]], np.float32)
    before, after = gaps(boxes)
    assert before[1] == after[0] == 4
    assert before[0] > 1e5
    assert before[2] > 1e5


def test_rulings_are_drawn_in_their_direction() -> None:
    rulings = Rulings((Rule(30, 0, 120),), (Rule(60, 0, 60),))
    across, down = (_channel(name, rulings=rulings) for name in ("across", "down"))
    assert across.sum() == pytest.approx(across.shape[1], rel=0.05)
    assert (across.sum(axis=1) > 0).sum() <= 2
    assert (down.sum(axis=0) > 0).sum() <= 2


def test_the_size_of_letters_does_not_follow_the_height_of_boxes() -> None:
    tall = [Word(w.id, w.text, Box(w.box.x0, w.box.y0 - 2, w.box.x1, w.box.y1 + 2)) for w in WORDS]
    assert letter_size(WORDS) == pytest.approx(letter_size(tall), rel=0.15)
    assert letter_size([]) == 1.0


def test_scale_of_the_page_makes_no_difference() -> None:
    large = [Word(w.id, w.text, w.box.scaled(4, 4)) for w in WORDS]
    one = raster_of(OUTLINE, WORDS, Rulings(), margin=(1, 2))
    other = raster_of(OUTLINE.scaled(4, 4), large, Rulings(), margin=(1, 2))
    assert np.allclose(one.channels, other.channels, atol=1e-3)


def test_large_areas_are_looked_at_more_coarsely() -> None:
    raster = raster_of(Box(0, 0, 20_000, 300), WORDS, Rulings(), margin=(0, 0))
    assert raster.channels.shape[2] <= MOST + 2


def test_an_area_without_words_is_white() -> None:
    raster = raster_of(OUTLINE, [], Rulings(), margin=(0, 0))
    assert raster.channels[:7].sum() == 0
    assert raster.channels[-1].all()


def test_rasters_of_different_sizes_make_a_batch_that_says_where_they_end() -> None:
    one = raster_of(OUTLINE, WORDS, Rulings(), margin=(0, 0))
    other = raster_of(Box(0, 0, 60, 100), WORDS, Rulings(), margin=(0, 0))
    batch = batch_of([one, other])
    assert batch.shape[0] == 2
    for number, raster in enumerate((one, other)):
        assert batch[number, -1].sum() == raster.channels[0].size
