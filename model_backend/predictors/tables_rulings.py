"""Tables of scans: ruling lines in the picture, white columns between words, areas from both.

The page is levelled first: its skew is read from the words, the picture and the words are turned
back, tables are found upright and turned again with the page (they keep the skew as `rotation`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from model_backend.document import (
    Box,
    Proposals,
    Status,
    Table,
    Word,
    inverse,
    rotation_about,
    transform_point,
)
from model_backend.predictors.drawn_tables import drawn_grid, is_filled, is_form, is_undivided
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.ruling_lines import Rulings, pictured_rulings, slope_of_rulings
from model_backend.predictors.table_areas import free_areas, is_single, snapped, trimmed
from model_backend.predictors.table_choice import LEAST_SCORE, best_of, crowded_share, quality
from model_backend.predictors.table_lattice import (
    Lattice,
    lattices_of,
    regular_parts,
    without_titles,
)
from model_backend.reading_order import slope_of
from model_backend.table_grid import empty_table, transformed
from model_backend.table_grid.proposal import grid_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

DPI = 150.0
LEAST_SKEW = 0.25
"""Degrees; less is left as it is, so that tables of good scans stay upright."""
LEAST_ERROR = 0.04
"""Degrees; if rulings say that the words' skew is wrong by more, they are believed."""
UNSURE = 0.8
"""What is found without a layout analysis scores this much lower."""

REACH = 0.4
"""Lines that miss each other by this share of the text's height cross."""
FORM_BOXES = 6
"""A lattice with so many cells that is no table is a form's boxes: no table is looked for in it."""
CROWDED = 0.1
"""Where more cells hold several numbers, the lines drawn are not those of all rows and columns."""
BAR = 2.5
"""A box lower than so many text heights is a bar or a field."""


@dataclass(frozen=True)
class TablesRulings:
    """Proposes tables on any page, from its picture and its words."""

    name: str = "rulings"
    task: str = "tables"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page, ids from 1 in each."""
        return [Proposals(self.name, tables=tables_of(given)) for given in pages]


def create() -> TablesRulings:
    """The predictor."""
    return TablesRulings()


def tables_of(given: PredictorInput) -> tuple[Table, ...]:
    """The tables of a page, upright or turned as the page's text is."""
    level = level_of(given)
    grids = level_grids(level.words, level.rulings, given.page.box, level.text_height)
    return turned_back(grids, level, given.page.box, "rulings")


def turned_back(grids: Sequence[Table], level: Level, page: Box, source: str) -> tuple[Table, ...]:
    """The grids of a level page as they lie on the page, ids from 1."""
    turn = rotation_about(page.center, level.degrees)
    tables = grids if not level.degrees else [transformed(grid, turn) for grid in grids]
    return tuple(replace(table, id=number, source=source) for number, table in enumerate(tables, 1))


@dataclass(frozen=True)
class Level:
    """A page turned back by the degrees of its skew: its words, its picture, the rulings, and how
    high words are (page units).
    """

    degrees: float
    words: tuple[Word, ...]
    picture: Pixels
    rulings: Rulings
    text_height: float


def level_of(given: PredictorInput) -> Level:
    """The page turned back by its skew, which words tell, and rulings more exactly."""
    degrees = math.degrees(math.atan(slope_of([word.box for word in given.page.words])))
    level = levelled(given, degrees if abs(degrees) >= LEAST_SKEW else 0.0)
    if level.degrees:
        slope = slope_of_rulings(level.picture, given.to_page(DPI), level.rulings)
        if abs(math.atan(slope)) > math.radians(LEAST_ERROR):
            level = levelled(given, level.degrees + math.degrees(math.atan(slope)))
    return level


def levelled(given: PredictorInput, degrees: float) -> Level:
    """The page turned back by these degrees."""
    words = tuple(_levelled(word, degrees, given.page.box) for word in given.page.words)
    picture = _turned_back(given.picture(DPI), degrees)
    rulings = pictured_rulings(picture, given.to_page(DPI), [word.box for word in words])
    scale = given.page.width / picture.shape[1]
    height = median([word.box.height for word in words]) if words else 0.1 * DPI * scale
    return Level(degrees, words, picture, rulings, height)


def level_grids(
    words: Sequence[Word], rulings: Rulings, page: Box, text_height: float
) -> list[Table]:
    """The grids of a levelled page: of lattices first, then of aligned lines outside of them."""
    lattices = lattices_of(rulings, REACH * text_height)
    parts = [part for lattice in lattices for part in regular_parts(lattice)]
    drawn = [lattice_grid(part, words, rulings, text_height) for part in parts]
    boxed = [lattice.box for lattice in lattices if is_boxes(lattice, text_height)]
    taken = boxed + [grid.box for grid in drawn if grid]
    areas = free_areas(words, taken, rulings, text_height)
    free = [grid_in(area, words, rulings, text_height) for area in areas]
    grids = [grid for grid in drawn + free if grid is not None]
    return sorted(grids, key=lambda grid: (grid.box.y0, grid.box.x0))


def is_boxes(lattice: Lattice, text_height: float) -> bool:
    """Whether a lattice is a form's boxes or a bar, not just a frame around text."""
    return len(lattice.spans) >= FORM_BOXES or lattice.box.height < BAR * text_height


def lattice_grid(
    lattice: Lattice, words: Sequence[Word], rulings: Rulings, text_height: float
) -> Table | None:
    """The scored grid of a lattice, as drawn or divided further by its text; None for forms."""
    lattice = without_titles(lattice, lambda row: is_single(words, row, text_height))
    near = rulings.near(lattice.box, 0.5 * text_height)
    outline = replace(empty_table(1, lattice.box), status=Status.PROPOSED)
    drawn = drawn_grid(lattice, outline, words, near)
    if not is_filled(drawn, words):
        return None
    read = grid_of(outline, words, across=near.across, down=near.down)
    best = chosen_grid(drawn, read, words)
    if best is None or is_form(best, words):
        return None
    return replace(best, score=round(UNSURE * (best.score or 0.0), 3))


def chosen_grid(drawn: Table, read: Table, words: Sequence[Word]) -> Table | None:
    """The grid as drawn, however empty, unless its rows hold several lines or numbers each."""
    if is_undivided(drawn, words):
        return best_of([read], words)
    if crowded_share(drawn, words) > CROWDED:
        return best_of([drawn, read], words)
    return replace(drawn, score=max(quality(drawn, words, is_drawn=True), LEAST_SCORE))


def grid_of_outline(given: PredictorInput, outline: Box) -> Table:
    """The grid inside an outline that is known, from the picture's rulings and the page's words."""
    words = given.page.words
    height = median([word.box.height for word in words]) if words else 0.0
    rulings = pictured_rulings(
        given.picture(DPI), given.to_page(DPI), [word.box for word in words]
    ).near(outline, 0.5 * height)
    table = replace(empty_table(1, outline), status=Status.PROPOSED, source="rulings")
    return grid_of(table, words, across=rulings.across, down=rulings.down)


def grid_in(area: Box, words: Sequence[Word], rulings: Rulings, text_height: float) -> Table | None:
    """The scored grid of an area of a levelled page; None where it does not look like a table."""
    box = snapped(trimmed(area, words, rulings), rulings, 0.8 * text_height)
    near = rulings.near(box, 0.5 * text_height)
    outline = replace(empty_table(1, box), status=Status.PROPOSED)
    best = best_of([grid_of(outline, words, across=near.across, down=near.down)], words)
    return best and replace(best, score=round(UNSURE * (best.score or 0.0), 3))


def _levelled(word: Word, degrees: float, page: Box) -> Word:
    """The word where it would stand on a level page; its sides are kept."""
    if not degrees:
        return word
    center = transform_point(inverse(rotation_about(page.center, degrees)), word.box.center)
    dx, dy = center[0] - word.box.center[0], center[1] - word.box.center[1]
    return replace(word, box=word.box.moved(dx, dy))


def _turned_back(picture: Pixels, degrees: float) -> Pixels:
    """The picture of the level page, white where nothing was."""
    if not degrees:
        return picture
    import numpy as np
    from PIL import Image

    turned = Image.fromarray(picture).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(turned)
