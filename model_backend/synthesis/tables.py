"""Pages with tables of all kinds, captions and text around them, and the exact grid of each."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Box, Page, PageClass
from model_backend.quality.canonical import canonical
from model_backend.synthesis import mask_blocks as blocks
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.mask_blocks import Block
from model_backend.synthesis.mask_page import Collage, new_collage
from model_backend.synthesis.paper import Paper

if TYPE_CHECKING:
    from PIL.Image import Image

    from model_backend.synthesis.generator import Order

SIZES = ((595.0, 842.0), (612.0, 792.0), (842.0, 595.0))
AROUND: tuple[Block, ...] = (blocks.paragraph, blocks.paragraph, blocks.heading, blocks.bullets)
TRIES = 20
KIND = "scientific report"


def draw(order: Order, random: Random) -> tuple[Image, Page]:
    """A clean page with at least one table, and its truth, in pixels."""
    chance = np.random.default_rng(random.getrandbits(64))
    paper = filled(Family(order.family), chance)
    picture, truth = paper.printed(order.dpi, is_colour=happens(chance, 0.5))
    grids = tuple(canonical(table, truth.words) for table in truth.tables)  # as PubTables-1M's are
    return picture, replace(truth, tables=grids, page_class=PageClass(KIND))


def filled(family: Family, random: np.random.Generator) -> Paper:
    """A sheet with at least one table and what else stands on such pages, not printed yet."""
    for _try in range(TRIES):
        page = _page(family, random)
        if page.paper.tables:
            break
    return page.paper


def _page(family: Family, random: np.random.Generator) -> Collage:
    size = chosen(random, SIZES)
    page = new_collage(size, family, random)
    page.is_by_hand = False
    margin = between(random, 30, 75)
    columns = 2 if happens(random, 0.3) and size[0] < size[1] else 1
    width = (size[0] - 2 * margin - 18 * (columns - 1)) / columns
    for column in range(columns):
        x = margin + column * (width + 18)
        _fill(page, Box(x, margin, x + width, size[1] - margin))
    return page


def _fill(page: Collage, room: Box) -> None:
    """Tables and text, from the top down."""
    random, y = page.random, room.y0
    while y < room.y1 - 30:
        block = _table if happens(random, 0.5) else chosen(random, AROUND)
        y += block(page, blocks.replace_top(room, y)) or 8


def _table(page: Collage, room: Box) -> float:
    """A table of any width and height."""
    width = room.width * (between(page.random, 0.4, 1.0) if happens(page.random, 0.4) else 1.0)
    return blocks.table(page, replace(room, x1=room.x0 + width), most=room.height, often=0.7)
