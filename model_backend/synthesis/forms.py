"""Draws forms: applications, invoices, fax covers, orders, memos, reports, claims, questionnaires.

The truth is FUNSD's: headers, questions, answers and others, questions linked to their answers.
What real forms are like was learnt by looking and measured (`tests/benchmarks/synthesis.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Page, PageClass
from model_backend.synthesis import (
    form_choices,
    form_fields,
    form_margins,
    form_prose,
    form_tables,
)
from model_backend.synthesis.form_language import language
from model_backend.synthesis.form_sheet import Column, Form
from model_backend.synthesis.form_style import style
from model_backend.synthesis.paper import LETTER, Paper
from model_backend.synthesis.sheet import A4

if TYPE_CHECKING:
    from PIL.Image import Image

    from model_backend.synthesis.generator import Order

Block = Callable[[Form, Column], None]
BLOCKS: dict[str, Block] = {
    "rows": form_fields.rows,
    "stacked": form_fields.stacked,
    "boxed": form_fields.boxed,
    "list": form_fields.listing,
    "amounts": form_fields.amounts,
    "signatures": form_fields.signatures,
    "options": form_choices.options,
    "questions": form_choices.questions,
    "sentence": form_choices.sentence,
    "table": form_tables.table,
    "comments": form_prose.comments,
    "note": form_prose.note,
    "stamp": form_margins.stamp,
    "aside": form_prose.aside,
}
USUAL = {
    "rows": 10.0, "stacked": 2.5, "boxed": 3.0, "list": 2.2, "amounts": 2.0, "signatures": 1.5,
    "options": 2.5, "questions": 1.1, "sentence": 1.8, "table": 1.8, "comments": 4.5, "note": 2.5,
    "stamp": 0.5, "aside": 5.0,
}  # fmt: skip
"""How often each block comes, where a recipe says nothing else."""
KOREAN_BOXED = 3.0
"""How much more of Korean forms is a grid of boxes."""
SECTION = 0.28
"""Chance of a section's header before a block."""
SIZES = (*(LETTER,) * 10, A4, A4, (612.0, 936.0), (620.0, 760.0))


@dataclass(frozen=True)
class Recipe:
    """A kind of form: its topics, and the blocks that it has more or less often than usual."""

    topics: tuple[str, ...]
    blocks: dict[str, float]
    letterhead: float = 0.4
    weight: float = 1.0


RECIPES = {
    "application": Recipe(("person", "address", "company"), {"boxed": 5, "options": 4, "table": 2}),
    "invoice": Recipe(
        ("company", "order", "address"), {"table": 4.5, "amounts": 4, "questions": 0},
        letterhead=0.8,
    ),
    "fax": Recipe(
        ("fax", "fax", "company"), {"note": 5, "comments": 5, "table": 0.3, "amounts": 0.3},
        letterhead=0.7,
    ),
    "order": Recipe(("order", "company", "project"), {"table": 4, "boxed": 5}, weight=1.2),
    "memo": Recipe(("project", "fax"), {"comments": 6, "list": 3, "note": 3, "table": 1.5}),
    "report": Recipe(("project", "company", "order"), {"amounts": 3}, weight=3.0),
    "laboratory": Recipe(("laboratory", "laboratory", "project"), {"table": 3.5, "amounts": 4}),
    "expense": Recipe(("expense", "person"), {"table": 3.5, "amounts": 4}),
    "claim": Recipe(("claim", "person", "address"), {"boxed": 6, "options": 4, "questions": 2}),
    "questionnaire": Recipe(("survey", "person"), {"questions": 10, "options": 6, "table": 1}),
}  # fmt: skip


KINDS = {
    **{name: name for name in RECIPES},
    "fax": "fax cover",
    "laboratory": "laboratory report",
    "expense": "expense report",
}
"""What people call each kind of form."""


def class_of(recipe: str) -> PageClass:
    """The page class of a form of that recipe."""
    return PageClass(KINDS[recipe])


def draw(order: Order, random: Random) -> tuple[Image, Page]:
    """A clean form and its truth in pixels."""
    form, name = filled(order, random)
    picture, page = form.paper.printed(order.dpi)
    return picture, replace(page, page_class=class_of(name))


def filled(order: Order, random: Random) -> tuple[Form, str]:
    """A form with all that is on it, and its kind; for whoever needs no picture, much faster."""
    names = tuple(RECIPES)
    name = random.choices(names, tuple(recipe.weight for recipe in RECIPES.values()))[0]
    size = A4 if order.language == "ko" else random.choice(SIZES)
    wanted = random.lognormvariate(3.72, 0.62)
    form = Form(
        Paper(size=size),
        style(order.language, random, min(2.2, max(0.6, wanted / 42))),
        language(order.language),
        random,
        RECIPES[name].topics,
        chance=np.random.default_rng(random.getrandbits(64)),
    )
    fill(form, name, wanted)
    return form, name


def fill(form: Form, name: str, wanted: float) -> None:
    """Fill the paper with a form of that recipe, of so many entities where there is room."""
    random, size = form.random, form.paper.size
    width, height = size
    left = random.uniform(0.04, 0.12) * width
    top = random.triangular(0.03, 0.14, 0.05) * height
    bottom = height - random.uniform(50, 110)
    page = Column(left, width - random.uniform(0.05, 0.13) * width, top, bottom)
    recipe = RECIPES[name]
    form_margins.top_lines(form, page)
    page.y += form.style.small.size * 1.5
    if form.happens(recipe.letterhead):
        form_margins.letterhead(form, page)
    if form.happens(0.93):
        form_margins.title(form, page, name)
    blocks = {**USUAL, **recipe.blocks}
    if form.language.name == "ko":
        blocks["boxed"] *= KOREAN_BOXED
    while form.count < wanted and page.room > form.style.leading * 3:
        _strip(form, page, blocks)
    form_margins.bottom_lines(form, page, size)


def _strip(form: Form, page: Column, blocks: dict[str, float]) -> None:
    """One strip of the page: a block across it, or columns side by side."""
    if form.happens(SECTION):
        form_prose.section(form, page)
    else:
        form.owner = form.owner if form.happens(0.6) else None
    if form.happens(0.16) and page.room > 120:
        parts = page.split(2, form.random.uniform(14, 30))
        depth = page.y + min(page.room, form.random.uniform(90, 260))
        for part in parts:
            part.bottom = depth
            for _block in range(form.random.randint(1, 2)):
                if part.room > form.style.leading * 4:
                    _block_of(form, blocks)(form, part)
        page.y = max(part.y for part in parts)
    else:
        _block_of(form, blocks)(form, page)
    page.y += form.style.leading * form.random.triangular(0.0, 1.6, 0.1) * form.style.spread


def _block_of(form: Form, blocks: dict[str, float]) -> Block:
    return BLOCKS[form.random.choices(tuple(blocks), tuple(blocks.values()))[0]]
