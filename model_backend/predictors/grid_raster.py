"""A table's area as the grid network sees it: a coarse raster of its words and rulings.

A cell of the raster is a third of a letter's size, so that generated and real tables, digital pages
and scans look alike. No pixels of the page come in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Box, Word
from model_backend.predictors.ruling_lines import Rulings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

CHANNELS = (
    *("words", "digits", "lower case", "starts", "ends", "across", "down"),
    *("outline", "valid"),
)
"""What is drawn: the cores of words, their share of digits, words that begin in lower case, where
white ends and begins beside words (the wider, the darker), rulings, the outline that is looked at,
and where the raster has an end."""
FINE = 3.0
"""Cells of the raster to a letter's size."""
MOST = 360
"""Cells of the raster along a side; larger areas are looked at more coarsely."""
MARGIN = (2.0, 3.0)
"""Room around an outline that is looked at, too, at its sides and above and below, in letters'
sizes."""
CORE = 0.25
"""The share of a word's height that is left away above and below: lines of text stay apart."""
WIDE = 2.0
"""A gap of so many letters' sizes is as wide as any."""
LETTER = 0.5
"""How wide the average letter is, in sizes."""


@dataclass(frozen=True)
class Raster:
    """Channels (C, H, W) of an area; cell (i, j) begins at (x0 + j step, y0 + i step)."""

    channels: Numbers
    area: Box
    step: float

    def places(self, values: Sequence[float], *, is_row: bool) -> Numbers:
        """Page coordinates in cells."""
        start = self.area.y0 if is_row else self.area.x0
        return (np.asarray(values, np.float32) - start) / self.step


def letter_size(words: Sequence[Word]) -> float:
    """The size of letters, from how wide words are: heights of boxes differ from source to source.

    The median height where there are no words of several letters; 1 where there is no word.
    """
    heights = [word.box.height for word in words if word.box.height > 0]
    if not heights:
        return 1.0
    height = median(heights)
    widths = [word.box.width / len(word.text) for word in words if len(word.text) > 1]
    size = median(widths) / LETTER if widths else height
    return min(max(size, 0.6 * height), 1.6 * height)


def raster_of(
    outline: Box,
    words: Sequence[Word],
    rulings: Rulings,
    *,
    margin: tuple[float, float] = MARGIN,
) -> Raster:
    """The raster of an outline and what is around it; all in the table's frame.

    `margin` is that room, in letters' sizes.
    """
    legible = [word for word in words if word.text.strip()]
    inside = [word for word in legible if word.box.overlap(outline) >= 0.5]
    size = letter_size(inside or legible)
    area = Box(
        outline.x0 - margin[0] * size,
        outline.y0 - margin[1] * size,
        outline.x1 + margin[0] * size,
        outline.y1 + margin[1] * size,
    )
    step = max(size / FINE, area.width / MOST, area.height / MOST, 1e-6)
    shape = (_even(area.height / step), _even(area.width / step))
    near = [word for word in legible if word.box.intersects(area)]
    channels = np.zeros((len(CHANNELS), *shape), np.float32)
    channels[:5] = _of_words(near, area, step, shape, size)
    channels[5:7] = _of_rulings(rulings.near(area, 0.0), area, step, shape)
    channels[7] = _painted([outline], area, step, shape)
    channels[8] = 1.0
    return Raster(channels, area, step)


def _even(length: float) -> int:
    return max(8, 2 * math.ceil(length / 2))


def _of_words(
    words: Sequence[Word], area: Box, step: float, shape: tuple[int, int], size: float
) -> Numbers:
    if not words:
        return np.zeros((5, *shape), np.float32)
    boxes = np.array([(w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words], np.float32)
    before, after = gaps(boxes)
    boxes = (boxes - np.array([area.x0, area.y0] * 2, np.float32)) / step
    core = CORE * (boxes[:, 3] - boxes[:, 1])
    down = _cover(boxes[:, 1] + core, boxes[:, 3] - core, shape[0])  # (N, H)
    across = _cover(boxes[:, 0], boxes[:, 2], shape[1])  # (N, W)
    first = _cover(boxes[:, 0] - 0.5, boxes[:, 0] + 0.5, shape[1])
    last = _cover(boxes[:, 2] - 0.5, boxes[:, 2] + 0.5, shape[1])
    digits = np.array([_digits(word.text) for word in words], np.float32)
    lower = np.array([word.text.strip()[0].islower() for word in words], np.float32)
    wide = np.float32(WIDE * size)
    parts = (
        (np.ones_like(digits), across),
        (digits, across),
        (lower, across),
        (np.clip(before / wide, 0, 1), first),
        (np.clip(after / wide, 0, 1), last),
    )
    drawn = [(down * value[:, None]).T @ where for value, where in parts]
    return np.clip(np.stack(drawn), 0.0, 1.0)


def gaps(boxes: Numbers) -> tuple[Numbers, Numbers]:
    """The white before and after each of N boxes (N, 4) on its line; very much at a line's ends."""
    x0, y0, x1, y1 = boxes.T
    common = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)  # (N, N)
    is_beside = common > 0.5 * np.minimum((y1 - y0)[:, None], y1 - y0)
    middle = (x0 + x1) / 2
    is_before = is_beside & (middle[None, :] < middle[:, None])
    far = np.float32(1e6)
    nearest = np.where(is_before, x0[:, None] - x1[None, :], far).min(axis=1)
    following = np.where(is_before.T, x0[None, :] - x1[:, None], far).min(axis=1)
    return np.maximum(nearest, 0.0), np.maximum(following, 0.0)


def _of_rulings(rulings: Rulings, area: Box, step: float, shape: tuple[int, int]) -> Numbers:
    half = 0.5 * step
    across = [Box(rule.start, rule.at - half, rule.end, rule.at + half) for rule in rulings.across]
    down = [Box(rule.at - half, rule.start, rule.at + half, rule.end) for rule in rulings.down]
    return np.stack([_painted(boxes, area, step, shape) for boxes in (across, down)])


def _painted(boxes: Sequence[Box], area: Box, step: float, shape: tuple[int, int]) -> Numbers:
    """The share of each cell that boxes cover."""
    if not boxes:
        return np.zeros(shape, np.float32)
    sides = np.array([(b.x0, b.y0, b.x1, b.y1) for b in boxes], np.float32)
    sides = (sides - np.array([area.x0, area.y0] * 2, np.float32)) / step
    down = _cover(sides[:, 1], sides[:, 3], shape[0])
    shares: Numbers = np.clip(down.T @ _cover(sides[:, 0], sides[:, 2], shape[1]), 0.0, 1.0)
    return shares


def _cover(starts: Numbers, ends: Numbers, count: int) -> Numbers:
    """How much of each of `count` cells N intervals cover (N, count)."""
    cells = np.arange(count, dtype=np.float32)
    cover = np.minimum(ends[:, None], cells + 1) - np.maximum(starts[:, None], cells)
    shares: Numbers = np.clip(cover, 0.0, 1.0)
    return shares


def _digits(text: str) -> float:
    letters = [character for character in text if not character.isspace()]
    return sum(character.isdigit() for character in letters) / len(letters)


def batch_of(rasters: Sequence[Raster]) -> Numbers:
    """Rasters of several areas (B, C, H, W), each at the top left of its own."""
    height = max(raster.channels.shape[1] for raster in rasters)
    width = max(raster.channels.shape[2] for raster in rasters)
    batch = np.zeros((len(rasters), len(CHANNELS), height, width), np.float32)
    for number, raster in enumerate(rasters):
        _, own_height, own_width = raster.channels.shape
        batch[number, :, :own_height, :own_width] = raster.channels
    return batch
