"""Where pages to learn masks from come from: generated ones, or a COCO data set's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from model_backend import formats
from model_backend.document import Page
from model_backend.errors import UserError
from model_backend.sources.images import FORMATS
from model_backend.synthesis.families import Family
from model_backend.synthesis.generator import Order, Submit, make
from model_backend.synthesis.mask_page import LABELS
from model_backend.training.mask_pages import MaskPages, joined, kept, opened

PART = 50
"""Pages that are made in one go: an interruption loses no more."""
NOISES = ("none", "light", "medium", "medium", "heavy", "light")
"""The noise of a page to learn from, by its number."""


def generated(
    seed: int,
    count: int,
    folder: Path,
    submit: Submit,
    *,
    on_page: Callable[[int], None] = lambda done: None,
) -> MaskPages:
    """Generated pages 0 to `count` of a seed, in a folder that may hold some of them already."""
    parts = [(start, min(count, start + PART)) for start in range(0, count, PART)]
    folders = [folder / f"{seed}-{start}-{stop}" for start, stop in parts]
    waiting = [
        submit(make_part, seed, start, stop, place)
        for (start, stop), place in zip(parts, folders, strict=True)
    ]
    for (_start, stop), future in zip(parts, waiting, strict=True):
        future.result()
        on_page(stop)
    made = [opened(place) for place in folders]
    return joined([part for part in made if part is not None], folder)


def of_dataset(path: Path, folder: Path) -> MaskPages:
    """The pages of a COCO data set; UserError where none of them has one of the labels."""
    made = opened(folder)
    if made is None:
        made = kept(_read(path), LABELS, folder)
    if not made.places:
        raise UserError(
            "{file} has none of the labels that are learnt: {labels}.",
            file=str(path),
            labels=", ".join(LABELS),
        )
    return made


def _read(path: Path) -> Iterator[tuple[str, Image.Image, Page]]:
    """Pages with their pictures; one that cannot be read stops it all: it would be missed."""
    for item in formats.read("coco", path):
        if isinstance(item, UserError):
            raise item
        if item.image is None:
            raise UserError("{file} has no picture. Add it, or leave the page out.", file=item.name)
        with Image.open(item.image, formats=FORMATS) as picture:
            yield item.name.replace("/", "-"), picture.convert("RGB"), item.page


def make_part(seed: int, start: int, stop: int, folder: Path) -> None:
    """Make a part of a set, unless it is there."""
    if opened(folder) is None:
        kept(_pages(seed, start, stop), LABELS, folder)


def _pages(seed: int, start: int, stop: int) -> Iterator[tuple[str, Image.Image, Page]]:
    for number in range(start, stop):
        order = Order("masks", seed, noise=NOISES[number % len(NOISES)], family=Family.TRAINING)
        made = make(order, number)
        yield made.name, made.picture, made.page
