"""Completion of tables (PubTables-1M, section 3.2): boxes of rows and columns from the cells that
have one.

Marked-up tables place the text of cells, not rows, columns or blank cells. A row reaches from the
top of the highest to the bottom of the lowest text in it, a column likewise; only cells that lie in
one row count for rows, as only those of one column do for columns. Bands between which no text
tells the border share what lies between their neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from model_backend.document import Band, Span, Table, union_of
from model_backend.metrics.grits import GridCell
from model_backend.table_grid import problems
from model_backend.table_grid.frame import bands_of, is_full_body_row

LEAST = 1e-3
"""A band thinner than this is none."""


def completed(table_id: int, cells: Sequence[GridCell], *, overlap: float = 1.0) -> Table | None:
    """The table with touching rows and columns; merged cells kept, no header.

    None where no cell has a box, where cells overlap in the grid, or where neighbouring rows or
    columns overlap by more than `overlap`, as the reference rejects them.
    """
    placed = [cell for cell in cells if cell.box is not None]
    if not placed:
        return None
    outline = union_of(cell.box for cell in placed if cell.box is not None)
    rows = _bands(
        [(c.span.row0, c.span.row1, c.box.y0, c.box.y1) for c in placed if c.box],
        max(cell.span.row1 for cell in cells),
        Band(outline.y0, outline.y1),
        overlap,
    )
    columns = _bands(
        [(c.span.column0, c.span.column1, c.box.x0, c.box.x1) for c in placed if c.box],
        max(cell.span.column1 for cell in cells),
        Band(outline.x0, outline.x1),
        overlap,
    )
    if rows is None or columns is None:
        return None
    table = Table(table_id, outline, rows, columns)
    return _with_merged(table, [cell.span for cell in cells])


def _bands(
    extents: Sequence[tuple[int, int, float, float]], count: int, whole: Band, overlap: float
) -> tuple[Band, ...] | None:
    """The touching bands of rows or columns: (first, past the last, start, end) of each cell."""
    known: list[Band | None] = []
    for index in range(count):
        own = [
            (start, end) for low, high, start, end in extents if (low, high) == (index, index + 1)
        ]
        band = Band(min(a for a, _ in own), max(b for _, b in own)) if own else None
        known.append(band)
    present = [band for band in known if band is not None]
    if not present or any(a.end - b.start > overlap for a, b in pairwise(present)):
        return None
    middles = [(a.end + b.start) / 2 for a, b in pairwise(_filled(known, whole))]
    edges = (whole.start, *middles, whole.end)
    return None if any(b - a < LEAST for a, b in pairwise(edges)) else bands_of(edges)


def _filled(known: Sequence[Band | None], whole: Band) -> list[Band]:
    """The bands, with even shares of the gap for those that no text tells."""
    result: list[Band] = []
    for index, band in enumerate(known):
        if band is None:
            start = result[-1].end if result else whole.start
            told = ((place, b) for place, b in enumerate(known[index:], index) if b is not None)
            place, after = next(told, (len(known), Band(whole.end, whole.end)))
            band = Band(start, start + (after.start - start) / (place - index))
        result.append(band)
    return result


def _with_merged(table: Table, spans: Sequence[Span]) -> Table | None:
    """The table with its merged cells; a whole merged row is a projected row header."""
    merged = {s for s in spans if (s.row1 - s.row0) * (s.column1 - s.column0) > 1}
    whole = {span for span in merged if is_full_body_row(span, 0, len(table.columns))}
    projected = tuple(sorted(span.row0 for span in whole))
    result = replace(table, spans=tuple(sorted(merged - whole)), projected_rows=projected)
    return None if problems(result) else result
