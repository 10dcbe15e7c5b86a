"""Pages to learn masks from, kept as plain arrays in a folder: made once, cut from many times."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_backend import masks
from model_backend.document import Box, Page, Region, bounding_box
from model_backend.training.mask_loss import border_weights

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Bitmap = NDArray[np.bool_]
    Pixels = NDArray[np.uint8]

RED_GREEN_BLUE, CLASS, BORDER = slice(0, 3), 3, 4
"""Channels of a kept page (H, W, 5)."""
BORDER_UNIT = 0.05
"""What one level of the border channel weighs."""
INDEX = "index.json"


@dataclass(frozen=True)
class Place:
    """Where something is to be seen: the number of its class and its box in pixels."""

    page: int
    class_number: int
    box: Box


@dataclass(frozen=True)
class MaskPages:
    """A folder of kept pages."""

    folder: Path
    names: tuple[str, ...]
    places: tuple[Place, ...]

    def pixels(self, number: int) -> Pixels:
        """A page's channels (H, W, 5), read where they are looked at."""
        found: Pixels = np.load(self.folder / self.names[number], mmap_mode="r")
        return found


def kept(
    pages: Iterable[tuple[str, Image, Page]], labels: Sequence[str], folder: Path
) -> MaskPages:
    """Pages written to a folder; those that are there already are not written again."""
    folder.mkdir(parents=True, exist_ok=True)
    names, places = [], []
    for number, (name, picture, page) in enumerate(pages):
        file = f"{name}.npy"
        channels = channels_of(picture, page, labels)
        _save(folder / file, channels)
        names.append(file)
        places += [
            Place(number, 1 + labels.index(region.label), region.box)
            for region in page.regions
            if region.label in labels
        ]
    made = MaskPages(folder, tuple(names), tuple(places))
    _write_index(made)
    return made


def opened(folder: Path) -> MaskPages | None:
    """What was kept in a folder; None where that never came to its end."""
    try:
        data = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    places = tuple(Place(page, number, Box(*sides)) for page, number, sides in data["places"])
    return MaskPages(folder, tuple(data["names"]), places)


def joined(parts: Sequence[MaskPages], folder: Path) -> MaskPages:
    """Pages that were kept in parts of one folder, as one."""
    names: list[str] = []
    places: list[Place] = []
    for part in parts:
        below = part.folder.relative_to(folder)
        places += [
            Place(place.page + len(names), place.class_number, place.box) for place in part.places
        ]
        names += [str(below / name) for name in part.names]
    made = MaskPages(folder, tuple(names), tuple(places))
    _write_index(made)
    return made


def channels_of(picture: Image, page: Page, labels: Sequence[str]) -> Pixels:
    """Colours, the number of each pixel's class (0: none) and the weights of borders, (H, W, 5)."""
    pixels = np.asarray(picture.convert("RGB"))
    height, width = pixels.shape[:2]
    found = np.zeros((height, width, 5), np.uint8)
    found[..., RED_GREEN_BLUE] = pixels
    seen = list(shapes(page.regions, labels, height, width))
    for number, bitmap, top, left in seen:
        found[top : top + bitmap.shape[0], left : left + bitmap.shape[1], CLASS][bitmap] = number
    objects = [(bitmap, top, left) for _number, bitmap, top, left in seen]
    between = border_weights(objects, (height, width))
    between[found[..., CLASS] > 0] = 0
    found[..., BORDER] = np.rint(between / BORDER_UNIT).clip(0, 255)
    return found


def shapes(
    regions: Sequence[Region], labels: Sequence[str], height: int, width: int
) -> Iterator[tuple[int, Bitmap, int, int]]:
    """Class numbers of regions and their pixels, with top and left; later ones lie above."""
    for region in regions:
        if region.label not in labels:
            continue
        outlines = region.polygons or (region.box.corners,)
        around = region.box if region.mask else bounding_box(p for line in outlines for p in line)
        x0, y0 = max(0, int(around.x0) - 1), max(0, int(around.y0) - 1)
        x1, y1 = min(width, int(around.x1) + 2), min(height, int(around.y1) + 2)
        if x1 <= x0 or y1 <= y0:
            continue
        moved = (1.0, 0.0, 0.0, 1.0, float(-x0), float(-y0))
        if region.mask is not None:
            bitmap = masks.bitmap_on(region.mask, x1 - x0, y1 - y0, moved)
        else:
            bitmap = masks.polygons_to_bitmap(outlines, x1 - x0, y1 - y0, moved)
        yield 1 + labels.index(region.label), bitmap, y0, x0


def _save(path: Path, channels: Pixels) -> None:
    beside = path.with_suffix(".part")
    with beside.open("wb") as file:
        np.save(file, channels)
    os.replace(beside, path)


def _write_index(made: MaskPages) -> None:
    data = {
        "names": made.names,
        "places": [
            (
                place.page,
                place.class_number,
                (place.box.x0, place.box.y0, place.box.x1, place.box.y1),
            )
            for place in made.places
        ],
    }
    path = made.folder / INDEX
    beside = path.with_suffix(".part")
    beside.write_text(json.dumps(data), encoding="utf-8")
    os.replace(beside, path)
