"""Tables of digital pages: areas from PyMuPDF's layout analysis, grids from its finder and our own.

For each area two grids are made (rulings and white columns between the words; PyMuPDF's fused
finder with the words in its cells) and the one that looks better by itself is proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from model_backend.document import (
    Affine,
    Box,
    Proposals,
    Span,
    Status,
    Table,
    bounding_box,
    compose,
    transform_point,
)
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.ruling_lines import Rulings, drawn_rulings
from model_backend.predictors.table_areas import snapped, trimmed
from model_backend.predictors.table_choice import best_of
from model_backend.sources.values import shown_from_file
from model_backend.table_grid import empty_table, merge_cells
from model_backend.table_grid.frame import bands_of
from model_backend.table_grid.proposal import grid_of

if TYPE_CHECKING:
    import pymupdf

MARGIN = 1.0
"""Layout boxes are grown by this (points): they cut the rulings at the border off."""
REACH = 8.0
"""A table's outer rulings are at most this far (points) from its text."""
SAME_AREA = 0.6
"""Grids whose outlines overlap by this belong to one area."""


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


@dataclass(frozen=True)
class Findings:
    """What PyMuPDF says about a page, in page units: areas of tables, grids, ruling lines."""

    areas: tuple[Box, ...]
    grids: tuple[Table, ...]
    rulings: Rulings


def tables_of(given: PredictorInput) -> tuple[Table, ...]:
    """The tables of a PDF page, ids from 1."""
    found = findings(given)
    tables: list[Table] = []
    for area in found.areas:
        own = own_grid(given, area, found.rulings)
        grids = [own, *(grid for grid in found.grids if grid.box.iou(own.box) >= SAME_AREA)]
        table = best_of(grids, given.page.words)
        if table is not None:
            tables.append(replace(table, id=len(tables) + 1, source="layout"))
    return tuple(tables)


def findings(given: PredictorInput) -> Findings:
    """PyMuPDF's layout analysis, its finder's grids and the page's drawings."""
    from model_backend.sources import pdf

    with pdf.damaged(given.path, given.page.number):
        page = pdf.open_pdf(given.path, given.password).page(given.page.number)
        to_page = _to_page(given, page)
        with _upright(page):
            page.get_layout(return_raw=True)
            areas = tuple(_on_page(box, to_page) for box in _layout_boxes(page))
            grids = _finder_grids(page, to_page) if areas else ()
            return Findings(areas, grids, drawn_rulings(page.get_drawings(), to_page))


def _to_page(given: PredictorInput, page: pymupdf.Page) -> Affine:
    """From the file's page without its own rotation to the page as shown."""
    geometry, shown = given.page.geometry, given.page
    turned: Affine = tuple(float(value) for value in page.rotation_matrix)  # type: ignore[assignment]
    return compose(
        turned, shown_from_file(geometry.width, geometry.height, shown.rotation, shown.skew)
    )


@contextmanager
def _upright(page: pymupdf.Page) -> Iterator[None]:
    """The page without its rotation for a while: the layout analysis mistakes turned pages."""
    rotation = page.rotation
    if rotation:
        page.set_rotation(0)
    try:
        yield
    finally:
        if rotation:
            page.set_rotation(rotation)


def _layout_boxes(page: pymupdf.Page) -> list[Box]:
    """The boxes of what the layout analysis calls tables."""
    found: list[dict[str, Any]] = page.layout_information or []
    return [
        Box(*(float(value) for value in item["group_bbox"]))
        for item in found
        if item["class_name"] == "table"
    ]


def _finder_grids(page: pymupdf.Page, to_page: Affine) -> tuple[Table, ...]:
    """The grids of PyMuPDF's finder fused with its layout analysis, those that are regular."""
    found = page.find_tables(union=True).tables
    grids = (
        grid_from_cells([_on_page(Box(*cell), to_page) for cell in table.cells if cell])
        for table in found
    )
    return tuple(grid for grid in grids if grid is not None)


def grid_from_cells(cells: Sequence[Box]) -> Table | None:
    """The grid that a table's cells make, merged ones included; None where they make none."""
    columns = _apart(value for cell in cells for value in (cell.x0, cell.x1))
    rows = _apart(value for cell in cells for value in (cell.y0, cell.y1))
    if len(columns) < 2 or len(rows) < 2:
        return None
    outline = Box(columns[0], rows[0], columns[-1], rows[-1])
    table = replace(
        empty_table(1, outline),
        rows=bands_of(rows),
        columns=bands_of(columns),
        status=Status.PROPOSED,
    )
    for cell in cells:
        row, column = _nearest(rows, cell.y0), _nearest(columns, cell.x0)
        span = Span(row, _nearest(rows, cell.y1), column, _nearest(columns, cell.x1))
        if (span.row1 - span.row0) * (span.column1 - span.column0) > 1:
            table = merge_cells(table, span)
    return table


def _apart(values: Iterable[float]) -> list[float]:
    """The values in order, those within a point of one another taken for one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 1:
            kept.append(value)
    return kept


def _nearest(edges: Sequence[float], value: float) -> int:
    return min(range(len(edges)), key=lambda index: abs(edges[index] - value))


def own_grid(given: PredictorInput, area: Box, rulings: Rulings) -> Table:
    """The grid that rulings and white columns give for an area."""
    box = trimmed(area.grown(MARGIN), given.page.words, rulings)
    box = snapped(box, rulings, REACH)
    near = rulings.near(box, 3 * MARGIN)
    outline = replace(empty_table(1, box), status=Status.PROPOSED)
    return grid_of(outline, given.page.words, across=near.across, down=near.down)


def _on_page(box: Box, to_page: Affine) -> Box:
    return bounding_box(transform_point(to_page, corner) for corner in box.corners)
