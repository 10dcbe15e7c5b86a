"""Masks by a network that was added (U-Net): connected regions of pixels of one label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model_backend import masks
from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.document import Affine, Page, Proposals, Region, Status, compose
from model_backend.installed import InstalledModel
from model_backend.predictors.batches import in_batches, weight_bytes
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.tagged_words import probabilities
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from model_backend.models.unet import UNet
    from model_backend.predictors.calibrating import Evidence

    Numbers = NDArray[np.float32]
    Pixels = NDArray[np.uint8]

BATCH = 4
DPI = 100.0
LEAST_SIDE = 0.08
"""Inches: regions of less than a square of this side are specks, which nobody would mark."""
DRAWN_PIXELS = 20_000
"""Of a page, for calibrating."""
LUMA = (0.299, 0.587, 0.114)
"""Grey of red, green and blue (ITU-R 601)."""


@dataclass(frozen=True)
class MasksModel:
    """Proposes regions with masks."""

    model: InstalledModel
    network: UNet
    task: str = "masks"

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.name

    @property
    def loaded(self) -> tuple[UNet]:
        """What the loader of its network gave."""
        return (self.network,)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Its network."""
        return (self.network,)

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return weight_bytes(self.network)

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self._read(given) for given in pages]

    def logits(self, given: PredictorInput) -> tuple[Numbers, list[str]]:
        """Logits (classes, H, W) of the pixels of a page's picture, and what there is to say."""
        from model_backend.models.tiles import tiling_of, whole

        picture = as_seen(given.color_picture(DPI), self.network.config.channels)
        notes: list[str] = []

        def run(tiles: Sequence[Numbers]) -> list[Numbers]:
            said, told = in_batches(tiles, BATCH, self._said)
            notes.extend(told)
            return said

        return whole(picture, tiling_of(self.network.config), run), notes

    def evidence(self, given: PredictorInput, truth: Page) -> Evidence:
        """Logits (N, classes) of pixels drawn from the page, and the numbers of their classes."""
        logits = with_background(self.logits(given)[0])  # (labels + 1, H, W)
        right = true_classes(truth, self.model.labels, *logits.shape[1:]).ravel()  # (H W,)
        generator = np.random.default_rng(0)
        drawn = generator.choice(right.size, min(right.size, DRAWN_PIXELS), replace=False)
        return logits.reshape(len(logits), -1).T[drawn], right[drawn]

    def _said(self, tiles: Sequence[Numbers]) -> list[Numbers]:
        import torch

        device = next(self.network.parameters()).device
        with torch.inference_mode():
            given = torch.from_numpy(np.stack(tiles)).to(device)  # (B, channels, S, S)
            said = self.network(given).float().cpu().numpy()  # (B, classes, S', S')
        return list(said)

    def _read(self, given: PredictorInput) -> Proposals:
        logits, notes = self.logits(given)
        if not np.isfinite(logits).all():
            notes.append(_(NO_NUMBERS))
            return Proposals(self.name, notes=tuple(notes))
        chances = label_chances(logits, self.model.temperature)
        least = (LEAST_SIDE * given.true_dpi(DPI)) ** 2
        regions = self._regions(chances, given.to_page(DPI), least)
        return Proposals(self.name, regions=tuple(regions), notes=tuple(notes))

    def _regions(self, chances: Numbers, to_page: Affine, least: float) -> Iterator[Region]:
        number = 0
        for class_number, score, bitmap, (top, left) in connected(chances, least):
            label = self.model.labels[class_number]
            if score < self.model.threshold(label):
                continue
            number += 1
            place = compose((1.0, 0.0, 0.0, 1.0, left, top), to_page)
            mask = masks.mask_from_bitmap(bitmap, place)
            yield Region(
                id=number,
                label=label,
                box=masks.bounding_box_of(mask),
                mask=mask,
                score=round(score, 4),
                status=Status.PROPOSED,
                source=self.name,
            )


def as_seen(picture: Pixels, channels: int) -> Numbers:
    """A picture (H, W, 3; red, green, blue) as the network sees it: (channels, H, W), 0..1; grey
    where it has one channel.
    """
    bright = picture.astype(np.float32) / 255  # (H, W, 3)
    if channels == 1:
        grey = bright @ np.array(LUMA, np.float32)  # (H, W)
        return grey[None].astype(np.float32)
    return np.ascontiguousarray(bright.transpose(2, 0, 1))


def label_chances(logits: Numbers, temperature: float) -> Numbers:
    """Probabilities (labels + 1, H, W) of logits (classes, H, W), the first for the background.

    One class alone is a label against the rest (sigmoid); of several the first is background.
    """
    last = np.moveaxis(with_background(logits), 0, -1)  # (H, W, labels + 1)
    return np.moveaxis(probabilities(last, temperature), -1, 0)


def with_background(logits: Numbers) -> Numbers:
    """Logits (labels + 1, H, W) of logits (classes, H, W): softmax over the background's zero and
    one logit is the same as that one's sigmoid.
    """
    if logits.shape[0] > 1:
        return logits
    return np.concatenate([np.zeros_like(logits), logits])


def true_classes(page: Page, labels: Sequence[str], height: int, width: int) -> NDArray[np.int64]:
    """Numbers of labels (H, W), 0 for the background, of a page drawn in so many pixels."""
    scale = (width / page.width, 0.0, 0.0, height / page.height, 0.0, 0.0)
    found = np.zeros((height, width), np.int64)
    for region in page.regions:
        if region.label in labels:
            own = _true_pixels(region, scale, height, width)
            found[own] = 1 + labels.index(region.label)
    return found


def _true_pixels(region: Region, scale: Affine, height: int, width: int) -> NDArray[np.bool_]:
    if region.mask is not None:
        return masks.bitmap_on(region.mask, width, height, scale)
    outlines = region.polygons or (region.box.corners,)
    moved = [tuple((x * scale[0], y * scale[3]) for x, y in outline) for outline in outlines]
    return masks.polygons_to_bitmap(moved, width, height)


def connected(
    chances: Numbers, least: float
) -> Iterator[tuple[int, float, NDArray[np.bool_], tuple[int, int]]]:
    """Connected pixels (also across corners) whose likeliest class is the same label: its number,
    their mean probability, their bitmap, and its top and left; of at least so many pixels.
    """
    from scipy import ndimage

    best = chances.argmax(axis=0)  # (H, W)
    for label in range(1, len(chances)):
        numbers, _count = ndimage.label(best == label, structure=np.ones((3, 3)))
        for number, (rows, columns) in enumerate(ndimage.find_objects(numbers), start=1):
            bitmap = numbers[rows, columns] == number
            if bitmap.sum() >= least:
                score = float(chances[label][rows, columns][bitmap].mean())
                yield label - 1, score, bitmap, (rows.start, columns.start)


def create(model: InstalledModel) -> MasksModel:
    """The predictor of an added model, its weights loaded; UserError where they do not fit."""
    from model_backend.models.unet import load

    return MasksModel(model, load(checkpoint_of(model), model))
