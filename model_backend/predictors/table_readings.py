"""Other grids for a table whose outline is known: what else its words and rulings could mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from model_backend.document import Table, Word
from model_backend.predictors.table_choice import quality
from model_backend.table_grid import column_edges, words_of_cells
from model_backend.table_grid.again import bare, with_old_structure
from model_backend.table_grid.frame import bands_of, box_to_frame
from model_backend.table_grid.proposal import grid_of, text_inside
from model_backend.table_grid.runs import Rule
from model_backend.translation import mark

LINES_AND_GAPS = mark("lines and white gaps")
GAPS = mark("white gaps alone")
LINES = mark("ruling lines alone")
RULED_ROWS = mark("rows by ruling lines")
EACH_LINE = mark("a row for each line of text")
FEWER_COLUMNS = mark("without the narrowest gap between columns")
AS_IT_WAS = mark("as it was")
FEWEST = 2
"""Rows and columns of a grid."""
COVERED = 0.5
"""The least share of the table that a ruling runs over."""


@dataclass(frozen=True)
class Reading:
    """A grid, and in words what it goes by."""

    name: str
    table: Table


def readings(
    table: Table, words: Sequence[Word], across: Sequence[Rule], down: Sequence[Rule]
) -> list[Reading]:
    """The table as it is, then other grids in its outline, those first that look best.

    Words in page units, rulings in the table's frame. No two put the same words into the same
    cells. What was said about the table stays: its id, label, source and notes.
    """
    found = [Reading(AS_IT_WAS, table)]
    made = [
        (-quality(grid, words), number, Reading(name, grid))
        for number, (name, grid) in enumerate(_grids(table, words, across, down))
        if min(len(grid.rows), len(grid.columns)) >= FEWEST
    ]
    known = {_cells(table, words)}
    for _quality, _number, reading in sorted(made, key=lambda one: one[:2]):
        cells = _cells(reading.table, words)
        if cells not in known:
            known.add(cells)
            found.append(reading)
    return found


def _grids(
    table: Table, words: Sequence[Word], across: Sequence[Rule], down: Sequence[Rule]
) -> Iterator[tuple[str, Table]]:
    outline = bare(table)
    first = grid_of(outline, words, across=across, down=down)
    yield LINES_AND_GAPS, first
    yield GAPS, grid_of(outline, words, across=(), down=())
    yield LINES, grid_of(outline, (), across=across, down=down)
    floors = [rule.at for rule in across if rule.covers(table.box.x0, table.box.x1, COVERED)]
    yield RULED_ROWS, _with_rows(first, floors, words)
    yield EACH_LINE, _with_rows(first, _between_lines(outline, words), words)
    fewer = first
    for _time in range(2):
        fewer = _without_narrowest(fewer, words)
        yield FEWER_COLUMNS, fewer


def _with_rows(grid: Table, edges: Sequence[float], words: Sequence[Word]) -> Table:
    """The grid with other rows, its structure where that still fits."""
    box = grid.box
    inner = sorted({edge for edge in edges if box.y0 < edge < box.y1})
    plain = replace(
        grid, rows=bands_of((box.y0, *inner, box.y1)), spans=(), header_rows=0, projected_rows=()
    )
    return with_old_structure(grid, plain, words)


def _between_lines(outline: Table, words: Sequence[Word]) -> list[float]:
    """The middles between lines of text that lie under one another."""
    lines, _across = text_inside(outline, words, ())
    extents = sorted(
        (min(run.box.y0 for run in line), max(run.box.y1 for run in line)) for line in lines
    )
    return [(above[1] + below[0]) / 2 for above, below in pairwise(extents)]


def _without_narrowest(grid: Table, words: Sequence[Word]) -> Table:
    """The grid without the column edge that has the least white beside it."""
    edges = column_edges(grid)
    if len(edges) <= FEWEST + 1:
        return grid
    boxes = [
        box_to_frame(grid, word.box)
        for span, found in words_of_cells(grid, words).items()
        if span.column1 - span.column0 == 1
        for word in found
    ]

    def white(edge: float) -> float:
        before = [box.x1 for box in boxes if box.center[0] < edge]
        after = [box.x0 for box in boxes if box.center[0] >= edge]
        return min(after, default=grid.box.x1) - max(before, default=grid.box.x0)

    least = min(edges[1:-1], key=white)
    kept = [edge for edge in edges if edge != least]
    plain = replace(grid, columns=bands_of(kept), spans=(), header_rows=0, projected_rows=())
    return with_old_structure(grid, plain, words)


def _cells(table: Table, words: Sequence[Word]) -> frozenset[frozenset[int]]:
    """The words of each cell, by which a grid is known; how many rows and columns there are is
    told by the numbers below 0.
    """
    inside = words_of_cells(table, words)
    filled = {frozenset(word.id for word in found) for found in inside.values() if found}
    return frozenset({*filled, frozenset({-len(table.rows), -1000 - len(table.columns)})})
