"""Tiles to learn masks from: each class as often, each time a little different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model_backend.training.deformation import deformed_classes, displacement_field
from model_backend.training.deformation import random_displacements as random_displacements
from model_backend.training.mask_pages import (
    BORDER,
    BORDER_UNIT,
    CLASS,
    RED_GREEN_BLUE,
    MaskPages,
    Place,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]
    Integers = NDArray[np.int64]
    Pixels = NDArray[np.uint8]

ANYWHERE = 0.25
"""The share of tiles that are cut where nothing need be."""
ELASTIC, ELASTIC_PX = 0.25, 5.0
"""The share of tiles that are bent, and by how much."""
SMALLEST, LARGEST = 0.8, 1.25
"""By how much a tile is seen larger or smaller than it is."""


@dataclass(frozen=True)
class Tile:
    """Colours (H, W, 3; 0..1), numbers of classes and weights of borders (H, W)."""

    picture: Numbers
    classes: Integers
    borders: Numbers


class Tiles:
    """Cuts tiles of one side from pages; the same seed and number give the same tile."""

    def __init__(self, pages: MaskPages, side: int, seed: int) -> None:
        self.pages, self.side, self.seed = pages, side, seed
        self.places: dict[int, list[Place]] = {}
        for place in pages.places:
            self.places.setdefault(place.class_number, []).append(place)

    def tile(self, number: int) -> Tile:
        """Tile number `number`."""
        random = np.random.default_rng((self.seed, number))
        scale = float(np.exp(random.uniform(np.log(SMALLEST), np.log(LARGEST))))
        side = round(self.side / scale)
        pixels = self._cut(side, random)
        picture, classes, borders = _resized(pixels, self.side)
        if random.random() < ELASTIC:
            picture, classes = _bent(picture, classes, random)
        weights = borders.astype(np.float32) * np.float32(BORDER_UNIT)
        return Tile(
            _lit(picture, random), classes.astype(np.int64), np.where(classes == 0, weights, 0)
        )

    def _cut(self, side: int, random: np.random.Generator) -> Pixels:
        """A square with something of a class that is drawn first, or from anywhere on any page."""
        if random.random() < ANYWHERE or not self.places:
            page = self.pages.pixels(int(random.integers(len(self.pages.names))))
            height, width = page.shape[:2]
            middle = (random.uniform(0, width), random.uniform(0, height))
        else:
            known = sorted(self.places)
            own = self.places[known[int(random.integers(len(known)))]]
            place = own[int(random.integers(len(own)))]
            page = self.pages.pixels(place.page)
            box = place.box
            middle = (random.uniform(box.x0, box.x1), random.uniform(box.y0, box.y1))
        left = int(middle[0] - side * random.uniform(0.15, 0.85))
        top = int(middle[1] - side * random.uniform(0.15, 0.85))
        return _square(page, top, left, side)


def _square(page: Pixels, top: int, left: int, side: int) -> Pixels:
    """A square of the page, moved until it lies on it; mirrored where the page is too small."""
    height, width = page.shape[:2]
    top = max(0, min(top, height - side))
    left = max(0, min(left, width - side))
    part = np.array(page[top : top + side, left : left + side])
    lacks = [(0, side - part.shape[0]), (0, side - part.shape[1]), (0, 0)]
    return np.pad(part, lacks, mode="symmetric") if part.shape[:2] != (side, side) else part


def _resized(pixels: Pixels, side: int) -> tuple[Pixels, Pixels, Pixels]:
    colours = Image.fromarray(np.ascontiguousarray(pixels[..., RED_GREEN_BLUE]))
    parts = [Image.fromarray(np.ascontiguousarray(pixels[..., n])) for n in (CLASS, BORDER)]
    size = (side, side)
    classes, borders = (part.resize(size, Image.Resampling.NEAREST) for part in parts)
    return (
        np.asarray(colours.resize(size, Image.Resampling.BILINEAR)),
        np.asarray(classes),
        np.asarray(borders),
    )


def _bent(picture: Pixels, classes: Pixels, random: np.random.Generator) -> tuple[Pixels, Pixels]:
    """Both bent by the same elastic deformation."""
    from scipy import ndimage

    field = displacement_field(
        random_displacements(random, deviation_px=ELASTIC_PX), *classes.shape
    )
    places = np.indices(classes.shape) + field
    colours = np.stack(
        [
            ndimage.map_coordinates(picture[..., n], places, order=1, mode="mirror")
            for n in range(3)
        ],
        axis=-1,
    )
    return colours, deformed_classes(classes, field)


def _lit(picture: Pixels, random: np.random.Generator) -> Numbers:
    """Brighter, darker, with less contrast, in grey or other colours."""
    values = picture.astype(np.float32) / 255
    if random.random() < 0.35:
        values = np.repeat(values.mean(axis=2, keepdims=True), 3, axis=2)
    elif random.random() < 0.3:
        values = values[..., random.permutation(3)]
    if random.random() < 0.5:
        values = values ** np.float32(random.uniform(0.6, 1.6))
    low, high = random.uniform(0.0, 0.15), random.uniform(0.8, 1.0)
    found: Numbers = (low + (high - low) * values).astype(np.float32)
    return found
