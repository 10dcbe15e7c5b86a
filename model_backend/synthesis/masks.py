"""Pages with stamps, signatures, handwriting, check boxes, figures, logos and tables, and exactly
where each is: ink as the shape that it covers, printed things as the box around their ink.
"""

from __future__ import annotations

import math
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model_backend import masks
from model_backend.document import Box, Mask, Page, PageClass, PageGeometry, Region, Word
from model_backend.synthesis import press
from model_backend.synthesis.families import Family, between
from model_backend.synthesis.mask_ink import Printed, laid_over, printed
from model_backend.synthesis.mask_layouts import laid_out
from model_backend.synthesis.mask_page import CHECK_BOX, FIGURE, LABELS, LOGO, TABLE, Collage
from model_backend.synthesis.mask_photos import photo
from model_backend.synthesis.sheet import ENGINE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model_backend.synthesis.generator import Order

    Pixels = NDArray[np.uint8]

COARSEST, FINEST = 0.68, 1.1
"""Of the resolution that is asked for: files claim little, and often wrongly."""
LEAST_PIXELS = 12
FROM_BELOW = (TABLE, FIGURE, LOGO, CHECK_BOX)
"""Printed things, those first that others may lie in."""


def draw(order: Order, random: Random) -> tuple[Image.Image, Page]:
    """A clean page and its truth, in pixels."""
    chance = np.random.default_rng(random.getrandbits(64))
    dpi = order.dpi * between(chance, COARSEST, FINEST)
    page, kind = laid_out(Family(order.family), chance)
    pixels = np.array(page.paper.picture(dpi, is_colour=True))
    boxes = _printed_places(page, pixels, dpi)
    inks = [(ink.label, printed(ink, dpi, chance)) for ink in page.inks]
    for _label, ink in inks:
        laid_over(pixels, ink)
    regions = [*_box_regions(boxes), *_ink_regions(inks, *pixels.shape[:2])]
    numbered = tuple(
        Region(number, label, box, polygons=(box.corners,) if mask is None else (), mask=mask)
        for number, (label, box, mask) in enumerate(regions, start=1)
    )
    scale = dpi / press.POINTS_PER_INCH
    words = tuple(
        replace(word, id=number, box=word.box.scaled(scale, scale))
        for number, word in enumerate(page.paper.words, start=len(numbered) + 1)
    )
    return Image.fromarray(pixels), _truth(pixels, numbered, words, kind)


def _truth(pixels: Pixels, regions: tuple[Region, ...], words: tuple[Word, ...], kind: str) -> Page:
    height, width = map(float, pixels.shape[:2])
    return Page(
        id=1,
        document_id=1,
        number=0,
        width=width,
        height=height,
        unit="px",
        geometry=PageGeometry(ENGINE, width, height),
        words=words,
        regions=regions,
        next_id=len(regions) + len(words) + 1,
        page_class=PageClass(kind),
    )


def _printed_places(page: Collage, pixels: Pixels, dpi: float) -> list[tuple[str, Box]]:
    """Put photographs in, and trim what is printed to its ink; in pixels."""
    scale = dpi / press.POINTS_PER_INCH
    for item in page.photos:
        x0, y0, x1, y1 = _whole(item.box.scaled(scale, scale), *pixels.shape[:2])
        own = np.random.default_rng(item.seed)
        pixels[y0:y1, x0:x1] = photo(y1 - y0, x1 - x0, page.family, own)
    found = []
    for label, box in page.places:
        x0, y0, x1, y1 = _whole(box.scaled(scale, scale).grown(1.5), *pixels.shape[:2])
        ink = pixels[y0:y1, x0:x1].min(axis=2) < 235
        rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
        if len(rows) > 2 and len(columns) > 2:
            left, right = x0 + int(columns[0]), x0 + int(columns[-1]) + 1
            top, bottom = y0 + int(rows[0]), y0 + int(rows[-1]) + 1
            found.append((label, Box(float(left), float(top), float(right), float(bottom))))
    return sorted(found, key=lambda item: FROM_BELOW.index(item[0]))


def _whole(box: Box, height: int, width: int) -> tuple[int, int, int, int]:
    return (
        max(0, math.floor(box.x0)),
        max(0, math.floor(box.y0)),
        min(width, math.ceil(box.x1)),
        min(height, math.ceil(box.y1)),
    )


def _box_regions(boxes: list[tuple[str, Box]]) -> list[tuple[str, Box, None]]:
    return [(label, box, None) for label, box in boxes]


def _ink_regions(
    inks: list[tuple[str, Printed]], height: int, width: int
) -> list[tuple[str, Box, Mask]]:
    """The shapes of inks as far as they are on the page, stamps last."""
    found = []
    for label, ink in sorted(inks, key=lambda item: -LABELS.index(item[0])):
        y0, x0 = max(0, ink.top), max(0, ink.left)
        shape = ink.shape[y0 - ink.top : height - ink.top, x0 - ink.left : width - ink.left]
        if shape.sum() < LEAST_PIXELS:
            continue
        mask = masks.mask_from_bitmap(shape, (1.0, 0.0, 0.0, 1.0, float(x0), float(y0)))
        found.append((label, masks.bounding_box_of(mask), mask))
    return found
