"""Tables of any page by the network that comes with Proofdesk (resources/models/tables.onnx).

Areas come from the layout analysis on digital pages, from rulings and aligned lines on scans. For
each area several grids are proposed (white gaps and rulings, rulings alone, PyMuPDF's finder, the
network) and the one that a function learnt on generated tables expects most of is taken. Runs in
onnxruntime, without torch; `training.train_tables` makes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model_backend.document import Box, Proposals, Status, Table, Word
from model_backend.predictors import tables_layout, tables_rulings
from model_backend.predictors.drawn_tables import drawn_grid, is_filled
from model_backend.predictors.grid_decoding import structured, table_of
from model_backend.predictors.grid_program import PROGRAM, GridProgram, grid_program
from model_backend.predictors.grid_raster import letter_size, raster_of
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.ruling_lines import Rulings, pictured_rulings
from model_backend.predictors.table_lattice import lattices_of
from model_backend.predictors.table_scoring import (
    COLUMNS,
    DRAWN,
    FINDER,
    NETWORK,
    READ,
    ROWS,
    Candidate,
    Evidence,
    ranked,
    weights_of,
)
from model_backend.predictors.tables_auto import is_digital
from model_backend.table_grid import column_edges, empty_table
from model_backend.table_grid.proposal import grid_of
from model_backend.translation import _

NAME = "grids"
LEAST_SCORE = 0.3
"""What is expected to be worse is no table."""
SAME_AREA = 0.6
"""Grids whose outlines overlap by this belong to one area."""


@dataclass(frozen=True)
class TablesGrids:
    """Proposes tables on any page."""

    program: Path = PROGRAM
    name: str = NAME
    task: str = "tables"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page, ids from 1 in each."""
        return [self._read(given) for given in pages]

    def _read(self, given: PredictorInput) -> Proposals:
        program = grid_program(self.program)
        try:
            tables = _digital(given, program) if is_digital(given.page) else _scan(given, program)
        except FloatingPointError:
            return Proposals(self.name, notes=(_(NO_NUMBERS),))
        return Proposals(self.name, tables=tables)


def create() -> TablesGrids:
    """The predictor, for the registry."""
    return TablesGrids()


def _digital(given: PredictorInput, program: GridProgram) -> tuple[Table, ...]:
    found = tables_layout.findings(given)
    best = []
    for area in found.areas:
        grids = area_grids(given, area, found, program)
        best += [grid for grid in grids[:1] if (grid.score or 0.0) >= LEAST_SCORE]
    return tuple(replace(t, id=number, source=NAME) for number, t in enumerate(best, 1))


def area_grids(
    given: PredictorInput, area: Box, found: tables_layout.Findings, program: GridProgram
) -> list[Table]:
    """The grids of an area of a digital page, the best first."""
    candidates, known = area_candidates(given, area, found, program)
    return ranked(candidates, known, weights_of(program.choice))


def area_candidates(
    given: PredictorInput, area: Box, found: tables_layout.Findings, program: GridProgram
) -> tuple[list[Candidate], Evidence]:
    """All grids for an area of a digital page, and what is known of it."""
    own = tables_layout.own_grid(given, area, found.rulings)
    known = evidence(own.box, given.page.words, found.rulings, program)
    candidates = [Candidate(own, READ)]
    candidates += [
        Candidate(grid, FINDER) for grid in found.grids if grid.box.iou(own.box) >= SAME_AREA
    ]
    candidates += drawn_candidates(own.box, given.page.words, found.rulings)
    return candidates + network_candidates(known, own), known


def evidence(
    outline: Box, words: Sequence[Word], rulings: Rulings, program: GridProgram
) -> Evidence:
    """What is known of an outline of a level page; FloatingPointError where the network gives no
    numbers.
    """
    raster = raster_of(outline, words, rulings)
    said = program(raster)
    if not all(np.isfinite(part).all() for part in (said.rows, said.columns, said.merges)):
        raise FloatingPointError
    around = tuple(word for word in words if word.text.strip() and word.box.intersects(raster.area))
    inside = tuple(word for word in around if word.box.overlap(outline) >= 0.5)
    return Evidence(inside, around, rulings.near(raster.area, 0.0), raster, said)


def network_candidates(known: Evidence, read: Table) -> list[Candidate]:
    """The network's grid, and its rows or columns together with those that were read."""
    table = table_of(known.said, known.raster, known.around)
    if table is None or len(table.rows) < 2 or len(table.columns) < 2:
        return []
    box = Box(read.box.x0, table.box.y0, read.box.x1, table.box.y1)
    own_rows = replace(read, box=box, rows=table.rows, spans=(), projected_rows=(), header_rows=0)
    across, down = known.rulings.across, known.rulings.down
    edges = [edge for edge in column_edges(table)[1:-1] if read.box.x0 < edge < read.box.x1]
    own_columns = grid_of(
        replace(empty_table(1, read.box), status=Status.PROPOSED),
        known.words,
        across=across,
        down=down,
        separators=edges,
    )
    return [
        Candidate(table, NETWORK),
        Candidate(structured(own_rows, known.said, known.raster, known.around), ROWS),
        Candidate(own_columns, COLUMNS),
    ]


def drawn_candidates(outline: Box, words: Sequence[Word], rulings: Rulings) -> list[Candidate]:
    """The grids that rulings alone draw in an area."""
    size = letter_size(words)
    empty = replace(empty_table(1, outline), status=Status.PROPOSED)
    found = []
    for lattice in lattices_of(rulings.near(outline, 0.5 * size), 0.4 * size):
        if lattice.box.iou(outline) >= SAME_AREA and lattice.is_closed:
            grid = drawn_grid(lattice, empty, words, rulings)
            found += [Candidate(grid, DRAWN)] if is_filled(grid, words) else []
    return found


def _scan(given: PredictorInput, program: GridProgram) -> tuple[Table, ...]:
    """The tables of a picture: where rulings and gaps tell, the best grid of each."""
    level = tables_rulings.level_of(given)
    found = tables_rulings.level_grids(
        level.words, level.rulings, given.page.box, level.text_height
    )
    best = []
    for grid in found:
        known = evidence(grid.box, level.words, level.rulings, program)
        candidates = [
            Candidate(grid, READ),
            *drawn_candidates(grid.box, level.words, level.rulings),
            *network_candidates(known, grid),
        ]
        grids = ranked(candidates, known, weights_of(program.choice))
        best += [grid for grid in grids[:1] if (grid.score or 0.0) >= LEAST_SCORE]
    return tables_rulings.turned_back(best, level, given.page.box, NAME)


def grid_of_outline(given: PredictorInput, outline: Box, program: Path = PROGRAM) -> Table:
    """The grid inside an outline that is known, on a level page."""
    network, words = grid_program(program), given.page.words
    read = tables_rulings.grid_of_outline(given, outline)
    to_page = given.to_page(tables_rulings.DPI)
    picture = given.picture(tables_rulings.DPI)
    rulings = pictured_rulings(picture, to_page, [word.box for word in words])
    known = evidence(outline, words, rulings, network)
    candidates = [
        Candidate(read, READ),
        *drawn_candidates(outline, words, rulings),
        *network_candidates(known, read),
    ]
    return replace(ranked(candidates, known, weights_of(network.choice))[0], source=NAME)
