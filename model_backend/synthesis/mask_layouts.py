"""Layouts: which blocks a page is likely to have, in how many columns, and what is put over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model_backend.document import Box
from model_backend.synthesis import mask_blocks as blocks
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.hands import hand_of
from model_backend.synthesis.mask_blocks import Block
from model_backend.synthesis.mask_page import Collage, new_collage

SIZES = (
    (595.0, 842.0),
    (595.0, 842.0),
    (612.0, 792.0),
    (612.0, 792.0),
    (420.0, 595.0),
    (842.0, 595.0),
)


@dataclass(frozen=True)
class Layout:
    """`blocks` with their weights fill the columns from the top; `head` comes first, `foot` last.
    `stamps` and `notes` are how many to expect over all.
    """

    name: str
    blocks: tuple[tuple[Block, float], ...]
    columns: tuple[float, ...] = (1.0,)
    """Shares of the width."""
    head: tuple[Block, ...] = ()
    foot: tuple[Block, ...] = ()
    stamps: float = 0.4
    notes: float = 0.3
    margin: float = 50.0
    gap: float = 16.0
    fill: float = 1.0
    """How much of a column is filled at most."""


_FORM: tuple[tuple[Block, float], ...] = (
    (blocks.fields, 5),
    (blocks.choices, 3),
    (blocks.heading, 2),
    (blocks.table, 1),
    (blocks.paragraph, 1),
    (blocks.signing, 1),
    (blocks.note, 0.7),
    (blocks.oddment, 1),
    (blocks.figure, 0.4),
)
_TEXT: tuple[tuple[Block, float], ...] = (
    (blocks.paragraph, 6),
    (blocks.heading, 2),
    (blocks.figure, 3),
    (blocks.table, 1.5),
    (blocks.bullets, 1),
)
LAYOUTS: dict[Family, tuple[Layout, ...]] = {
    Family.TRAINING: (
        Layout("form", _FORM, head=(blocks.letterhead, blocks.heading), foot=(blocks.signing,)),
        Layout("form", _FORM, head=(blocks.heading,), stamps=0.7),
        Layout("form", _FORM, (0.5, 0.5), head=(blocks.letterhead,), margin=36),
        Layout(
            "letter",
            (
                (blocks.paragraph, 5),
                (blocks.fields, 0.6),
                (blocks.bullets, 0.5),
                (blocks.note, 0.3),
            ),
            head=(blocks.letterhead,),
            foot=(blocks.signing,),
            stamps=0.8,
            fill=0.8,
        ),
        Layout(
            "invoice",
            ((blocks.fields, 1), (blocks.table, 3), (blocks.paragraph, 0.7), (blocks.oddment, 1)),
            head=(blocks.letterhead, blocks.heading, blocks.fields),
            foot=(blocks.signing,),
            stamps=0.9,
            fill=0.85,
        ),
        Layout("scientific report", _TEXT, (0.5, 0.5), margin=40, stamps=0.1, notes=0.1),
        Layout("scientific report", _TEXT, margin=70, stamps=0.1, notes=0.15),
        Layout(
            "memo",
            ((blocks.paragraph, 4), (blocks.note, 1.5), (blocks.fields, 1), (blocks.oddment, 0.5)),
            head=(blocks.heading, blocks.fields),
            stamps=0.7,
            notes=0.8,
            fill=0.7,
        ),
        Layout(
            "handwritten",
            ((blocks.note, 5), (blocks.fields, 0.4), (blocks.paragraph, 0.3)),
            notes=0.5,
        ),
        Layout(
            "specification",
            ((blocks.table, 4), (blocks.heading, 1), (blocks.paragraph, 1), (blocks.figure, 1)),
        ),
        Layout(
            "questionnaire",
            ((blocks.choices, 5), (blocks.paragraph, 2), (blocks.heading, 1), (blocks.fields, 1.5)),
        ),
        Layout(
            "advertisement",
            (
                (blocks.figure, 3),
                (blocks.oddment, 1),
                (blocks.paragraph, 2),
                (blocks.heading, 2),
                (blocks.letterhead, 1),
            ),
            stamps=0.2,
        ),
        Layout("form", ((blocks.table, 2), *_FORM), margin=28, stamps=0.5, notes=0.6),
    ),
    Family.HELD_OUT: (
        Layout(
            "form",
            _FORM,
            (0.62, 0.38),
            head=(blocks.heading, blocks.letterhead),
            foot=(blocks.signing,),
        ),
        Layout("form", ((blocks.oddment, 2), *_FORM), (0.34, 0.33, 0.33), margin=30, stamps=0.8),
        Layout(
            "letter",
            ((blocks.paragraph, 4), (blocks.table, 1)),
            head=(blocks.letterhead, blocks.fields),
            foot=(blocks.signing, blocks.letterhead),
            margin=85,
            stamps=1.0,
            fill=0.7,
        ),
        Layout(
            "invoice",
            ((blocks.table, 3), (blocks.choices, 1), (blocks.fields, 1)),
            head=(blocks.heading, blocks.letterhead),
            foot=(blocks.note, blocks.signing),
            stamps=1.0,
            fill=0.8,
        ),
        Layout("scientific report", _TEXT, (0.34, 0.33, 0.33), margin=34, gap=12, stamps=0.1),
        Layout("news article", _TEXT, (0.3, 0.7), margin=45, stamps=0.2),
        Layout(
            "questionnaire",
            ((blocks.choices, 4), (blocks.note, 1), (blocks.table, 1)),
            (0.5, 0.5),
            margin=48,
        ),
    ),
}


def laid_out(family: Family, random: np.random.Generator) -> tuple[Collage, str]:
    """A page of one of the family's layouts, and the kind of document it is."""
    layout = chosen(random, LAYOUTS[family])
    size = chosen(random, SIZES)
    page = new_collage(size, family, random)
    margin = layout.margin * between(random, 0.7, 1.2)
    room = Box(margin, margin * between(random, 0.6, 1.1), size[0] - margin, size[1] - margin * 0.8)
    top = room.y0
    for block in layout.head:
        if happens(random, 0.9):
            top += block(page, blocks.replace_top(room, top))
    bottom = _columns(page, layout, blocks.replace_top(room, top))
    for block in layout.foot:
        if happens(random, 0.8) and bottom < room.y1 - 40:
            bottom += block(page, blocks.replace_top(room, bottom))
    _running_lines(page, room)
    _over(page, layout)
    return page, layout.name


def _columns(page: Collage, layout: Layout, room: Box) -> float:
    """Fill the columns; the lowest place reached."""
    random, lowest = page.random, room.y0
    kinds = [block for block, _weight in layout.blocks]
    weights = np.array([weight for _block, weight in layout.blocks]) / sum(
        weight for _block, weight in layout.blocks
    )
    x = room.x0
    for share in layout.columns:
        width = room.width * share - (layout.gap if len(layout.columns) > 1 else 0)
        end = room.y0 + room.height * layout.fill * between(random, 0.55, 1.0)
        y = room.y0
        while y < end - 20:
            block = kinds[int(random.choice(len(kinds), p=weights))]
            used = block(page, Box(x, y, x + width, end))
            y += used or 6
            if happens(random, 0.1):
                y += between(random, 5, 40)
        lowest = max(lowest, y)
        x += room.width * share
    return lowest


def _running_lines(page: Collage, room: Box) -> None:
    """A page number, a form's number, a border around all."""
    random = page.random
    if happens(random, 0.5):
        page.paper.text(
            (between(random, room.x0, room.x1 - 30), room.y1 + 14),
            str(int(random.integers(1, 400))),
            page.body,
        )
    if happens(random, 0.4):
        text = f"{chosen(random, mask_words.FIRMS)} {mask_words.number(random)}"
        page.paper.text((room.x0, max(9.0, room.y0 - 8)), text, page.body)
    if happens(random, 0.12):
        page.paper.rule(room.grown(7), width=between(random, 0.5, 2.5))


def _over(page: Collage, layout: Layout) -> None:
    """Stamps and notes anywhere, also over what is printed."""
    random, (width, height) = page.random, page.paper.size
    for _stamp in range(int(random.poisson(layout.stamps))):
        page.stamp((between(random, 60, width - 60), between(random, 50, height - 60)))
    for _note in range(int(random.poisson(layout.notes))):
        at = (between(random, 15, width * 0.7), between(random, 25, height - 25))
        text = chosen(random, (mask_words.value, mask_words.date, mask_words.name))(random)
        page.write(at, text[:22], between(random, 8, 18), hand_of(page.family, random))
    if happens(random, 0.08):
        page.sign(
            (between(random, 40, width * 0.7), between(random, 60, height - 40)),
            between(random, 12, 26),
        )
