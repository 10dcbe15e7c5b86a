"""How good a predictor of masks is on pages made of what training never saw: Dice by class."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Page, Proposals, Region
from model_backend.predictors.masks_pixels import LABELS
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.synthesis.families import Family
from model_backend.synthesis.generator import Order, make
from model_backend.training.mask_pages import shapes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]

SEED = 20_260
"""Of the pages that are measured with."""
NOISES = ("light", "medium", "heavy")
MEAN = "mean"


def measured_pages(noise: str, count: int, folder: Path) -> Iterator[PredictorInput]:
    """Pages of the held-out family, with their truth, as files."""
    order = Order("masks", SEED, noise=noise, family=Family.HELD_OUT)
    for number in range(count):
        made = make(order, number)
        path = folder / f"{made.name}-{noise}.png"
        made.picture.save(path, compress_level=1)
        yield PredictorInput(path, made.page)


def dice_by_label(
    predictor: Predictor, count: int, noises: Sequence[str] = NOISES
) -> dict[str, dict[str, float | None]]:
    """Dice of all pixels of each label, and their mean, at each level of noise, on `count` pages
    of each.

    2 |X and Y| / (|X| + |Y|) over the pixels of all pages together; None for a label that neither
    the truth nor the predictor has.
    """
    found = {}
    with tempfile.TemporaryDirectory(prefix="proofdesk-") as folder:
        for noise in noises:
            tally = Tally()
            for given in measured_pages(noise, count, Path(folder)):
                bare = replace(given.page, regions=())
                said = predictor([replace(given, page=bare)])[0]
                tally.add(given.page, said)
                given.path.unlink()
            found[noise] = tally.dice()
    return found


class Tally:
    """Counts pixels of labels: in the truth, as predicted, in both."""

    def __init__(self, labels: Sequence[str] = LABELS) -> None:
        self.labels = labels
        self.counts = np.zeros((len(labels), 3), np.int64)

    def add(self, truth: Page, said: Proposals) -> None:
        """Count one page."""
        height, width = round(truth.height), round(truth.width)
        for number, label in enumerate(self.labels):
            right = painted(truth.regions, label, height, width)
            guess = painted(said.regions, label, height, width)
            self.counts[number] += (int((right & guess).sum()), int(right.sum()), int(guess.sum()))

    def dice(self) -> dict[str, float | None]:
        """Dice of each label, and the mean of those there are."""
        values: dict[str, float | None] = {}
        for label, (both, right, guess) in zip(self.labels, self.counts.tolist(), strict=True):
            values[label] = 2 * both / (right + guess) if right + guess else None
        known = [value for value in values.values() if value is not None]
        values[MEAN] = sum(known) / len(known) if known else None
        return values


def painted(regions: Sequence[Region], label: str, height: int, width: int) -> Bitmap:
    """The pixels of a page's regions of one label."""
    found = np.zeros((height, width), bool)
    for _number, bitmap, top, left in shapes(regions, (label,), height, width):
        found[top : top + bitmap.shape[0], left : left + bitmap.shape[1]] |= bitmap
    return found


def share_of_words(page: Page, said: Proposals, labels: Sequence[str]) -> tuple[float, float]:
    """The area of words that regions of these labels cover, and that of all words (page units)."""
    height, width = round(page.height), round(page.width)
    covered = np.zeros((height, width), bool)
    for label in labels:
        covered |= painted(said.regions, label, height, width)
    inside = every = 0.0
    for word in page.words:
        box = word.box
        rows, columns = (
            slice(int(a), math.ceil(b)) for a, b in ((box.y0, box.y1), (box.x0, box.x1))
        )
        part = covered[rows, columns]
        every += box.area
        inside += box.area * (float(part.mean()) if part.size else 0.0)
    return inside, every
