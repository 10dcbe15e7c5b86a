"""Tables of digital pages: areas from PyMuPDF's layout analysis, grids from its finder and our own.

For each area several grids are made (rulings and white columns of the words; PyMuPDF's fused
finder) and the one that looks best by itself is proposed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from model_backend.document import (
    Affine,
    Box,
    Proposals,
    Status,
    Table,
    bounding_box,
    transform_point,
)
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.ruling_lines import Rulings, drawn_rulings
from model_backend.predictors.table_areas import trimmed
from model_backend.predictors.table_choice import best_of
from model_backend.sources.values import shown_from_file
from model_backend.table_grid import empty_table
from model_backend.table_grid.proposal import grid_of

if TYPE_CHECKING:
    import pymupdf

MARGIN = 1.0
"""Layout boxes are grown by this (points): they cut the rulings at the border off."""


@dataclass(frozen=True)
class TablesLayout:
    """Proposes tables on digital pages."""

    name: str = "layout"
    task: str = "tables"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; none on pages that are no PDF pages."""
        return [
            Proposals(self.name, tables=tables_of(given) if given.page.unit == "pt" else ())
            for given in pages
        ]


def create() -> TablesLayout:
    """The predictor."""
    return TablesLayout()


def tables_of(given: PredictorInput) -> tuple[Table, ...]:
    """The tables of a PDF page, ids from 1."""
    from model_backend.sources import pdf

    page = pdf.open_pdf(given.path, given.password).page(given.page.number)
    geometry = given.page.geometry
    to_page = shown_from_file(geometry.width, geometry.height, given.page.rotation, given.page.skew)
    rulings = drawn_rulings(page.get_drawings(), to_page)
    areas = [_on_page(box, to_page) for box in layout_boxes(page)]
    tables: list[Table] = []
    for area in areas:
        table = best_of([own_grid(given, area, rulings)], given.page.words)
        if table is not None:
            tables.append(replace(table, id=len(tables) + 1, source="layout"))
    return tuple(tables)


def layout_boxes(page: pymupdf.Page) -> list[Box]:
    """The boxes that PyMuPDF's layout analysis calls tables, in the page's own units."""
    page.get_layout()
    found: list[Any] = page.layout_information or []
    return [Box(*(float(value) for value in item[:4])) for item in found if item[4] == "table"]


def own_grid(given: PredictorInput, area: Box, rulings: Rulings) -> Table:
    """The grid that rulings and white columns give for an area."""
    box = trimmed(area.grown(MARGIN), given.page.words, rulings)
    near = rulings.near(box, 3 * MARGIN)
    outline = replace(empty_table(1, box), status=Status.PROPOSED)
    return grid_of(outline, given.page.words, across=near.across, down=near.down)


def _on_page(box: Box, to_page: Affine) -> Box:
    return bounding_box(transform_point(to_page, corner) for corner in box.corners)
