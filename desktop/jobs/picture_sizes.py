"""At which scales pages are rendered: halves of the finest picture, and tiles beyond it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from model_backend.document import Box, Page

FINEST_DPI = 300.0
MOST_PIXELS = 50_000_000
TILE = 512
"""Side of a tile in pixels."""
SMALLEST = 64
"""Pixels of the longer side below which no smaller step is made."""


def finest_scale(page: Page) -> float:
    """Pixels a page unit of the largest whole picture: 300 dpi or the scan's own."""
    native = FINEST_DPI / 72 if page.unit == "pt" else 1.0
    return min(native, math.sqrt(MOST_PIXELS / max(page.width * page.height, 1.0)))


def step_scale(page: Page, scale: float) -> float:
    """The coarsest step of the page's pyramid that is as fine as `scale`, else the finest."""
    step, longest = finest_scale(page), max(page.width, page.height)
    while step / 2 >= scale and step / 2 * longest >= SMALLEST:
        step /= 2
    return step


def needs_tiles(page: Page, scale: float) -> bool:
    """Whether tiles show more than the largest whole picture does."""
    finest = finest_scale(page)
    return scale > finest * 1.01 and (page.unit == "pt" or finest < 1.0)


def tile_scale(page: Page, scale: float) -> float:
    """The scale tiles are made at: few kinds, so that zooming finds what is there."""
    finest = finest_scale(page)
    doubled = finest * 2.0 ** math.ceil(math.log2(max(scale / finest, 1.0)) - 1e-6)
    return doubled if page.unit == "pt" else min(doubled, 1.0)


def tile_boxes(page: Page, scale: float, box: Box) -> Iterator[tuple[int, int, Box]]:
    """(column, row, box) of the tiles at this tile scale that `box` touches, in page units."""
    side = TILE / scale
    shown = box.intersection(page.box)
    if shown.width <= 0 or shown.height <= 0:
        return
    for row in range(int(shown.y0 // side), math.ceil(shown.y1 / side)):
        for column in range(int(shown.x0 // side), math.ceil(shown.x1 / side)):
            tile = Box(column * side, row * side, (column + 1) * side, (row + 1) * side)
            yield column, row, tile.intersection(page.box)
