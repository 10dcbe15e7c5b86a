"""A table cut out of its page, upright: the geometry of PubTables-1M's structure pictures."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from model_backend import table_grid
from model_backend.document import (
    Affine,
    Box,
    Page,
    Table,
    Word,
    bounding_box,
    compose,
    inverse,
    transform_point,
)
from model_backend.labels import DETECTION_CLASSES

if TYPE_CHECKING:
    from PIL.Image import Image

PADDING = 30.0
"""Points around a table."""
SHEET = 792.0
"""Points of the longest side of a page that is known in pixels only: a letter sheet."""
WORD_OVERLAP = 0.75
"""A word belongs to a crop when so much of it lies inside."""


@dataclass(frozen=True)
class TableCrop:
    """A table in the pixels of its own picture, which is `width` x `height`.

    `to_page` maps the crop's pixels to those of the page's picture.
    """

    table: Table
    words: tuple[Word, ...]
    width: int
    height: int
    to_page: Affine

    def picture(self, page_picture: Image) -> Image:
        """The crop's pixels: taken as they are for quarter turns, interpolated for others."""
        from PIL import Image

        a, b, c, d, e, f = self.to_page
        is_quarter = {abs(a), abs(b)} == {0.0, 1.0}
        kind = Image.Resampling.NEAREST if is_quarter else Image.Resampling.BICUBIC
        return page_picture.transform(
            (self.width, self.height),
            Image.Transform.AFFINE,
            (a, c, e, b, d, f),
            resample=kind,
            fillcolor="white",
        )


def outline_label(table: Table) -> str:
    """The class of a whole table: rotated when it is turned by about a quarter or a half."""
    upright, rotated = DETECTION_CLASSES
    return rotated if round(table.rotation / 90) % 4 else upright


def padding_px(page: Page, scaled: Page) -> float:
    """The padding in pixels of the scaled page."""
    longest = max(page.width, page.height) if page.unit == "pt" else SHEET
    return PADDING * max(scaled.width, scaled.height) / longest


def is_on_page(page: Page, table: Table) -> bool:
    """Whether any of the table lies on the page."""
    return bool(table.box.intersection(_page_in_frame(page, table)).area)


def _page_in_frame(page: Page, table: Table) -> Box:
    from_page = inverse(table_grid.frame_to_page(table))
    return bounding_box(transform_point(from_page, corner) for corner in page.box.corners)


def crop_of(page: Page, table: Table, padding: float) -> TableCrop | None:
    """The table's crop from a page in pixels; None where nothing of it is on the page."""
    to_page = table_grid.frame_to_page(table)
    from_page = inverse(to_page)
    wanted = table.box.grown(padding).intersection(_page_in_frame(page, table))
    if not is_on_page(page, table):
        return None
    box = _on_pixels(wanted, to_page, from_page, page)
    origin: Affine = (1.0, 0.0, 0.0, 1.0, box.x0, box.y0)
    upright = table_grid.moved(replace(table, rotation=0.0, shear=0.0), -box.x0, -box.y0)
    room = Box(0.0, 0.0, box.width, box.height)
    into = compose(from_page, inverse(origin))
    words = (_upright(word, into, table.rotation) for word in page.words)
    return TableCrop(
        table=upright,
        words=tuple(_inside(words, room)),
        width=round(box.width),
        height=round(box.height),
        to_page=compose(origin, to_page),
    )


def _on_pixels(box: Box, to_page: Affine, from_page: Affine, page: Page) -> Box:
    """The box made whole pixels: of the page for quarter turns (nothing is resampled), else its
    own."""
    a, b, c, d, _, _ = to_page
    if {abs(a), abs(b)} != {0.0, 1.0} or {abs(c), abs(d)} != {0.0, 1.0}:
        return _whole(box)
    on_page = bounding_box(transform_point(to_page, corner) for corner in box.corners)
    whole = _whole(on_page).intersection(_whole(page.box))
    return bounding_box(transform_point(from_page, corner) for corner in whole.corners)


def _whole(box: Box) -> Box:
    return Box(
        float(math.floor(box.x0)),
        float(math.floor(box.y0)),
        float(math.ceil(box.x1)),
        float(math.ceil(box.y1)),
    )


def _upright(word: Word, into: Affine, rotation: float) -> Word:
    """The word turned with its table: about its centre, width and height changed by quarter
    turns."""
    x, y = transform_point(into, word.box.center)
    width, height = word.box.width, word.box.height
    if round(rotation / 90) % 2:
        width, height = height, width
    return replace(word, box=Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2))


def _inside(words: Iterable[Word], room: Box) -> Iterable[Word]:
    """The words that lie in the crop by three quarters, cut at its border; blank ones are none."""
    for word in words:
        if word.text.strip() and word.box.overlap(room) >= WORD_OVERLAP:
            yield replace(word, box=word.box.intersection(room))
