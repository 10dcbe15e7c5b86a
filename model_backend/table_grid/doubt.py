"""Rows, columns and merged cells of a table that its model was not sure of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from model_backend.document import DOUBT, Band, Box, Span, Status, Table
from model_backend.table_grid.frame import column_edges, row_edges

ROW, COLUMN, MERGED_CELL = "row", "column", "merged cell"


@dataclass(frozen=True)
class DoubtfulPart:
    """A row, a column or a merged cell: its number from 1 (of a merged cell that of its first
    row), its box in the table's frame, its score.
    """

    kind: str
    number: int
    box: Box
    score: float


def doubtful_parts(table: Table) -> tuple[DoubtfulPart, ...]:
    """What a model scored below `DOUBT`: rows, columns, merged cells; none of a table that a
    person accepted as it is.
    """
    return () if table.status is Status.ACCEPTED else tuple(_parts(table))


def _parts(table: Table) -> Iterator[DoubtfulPart]:
    rows, columns, box = row_edges(table), column_edges(table), table.box
    for number, (edges, row) in enumerate(zip(pairwise(rows), table.rows, strict=True), 1):
        place = Box(box.x0, edges[0], box.x1, edges[1])
        yield from _if_doubtful(ROW, number, place, row)
    for number, (edges, column) in enumerate(zip(pairwise(columns), table.columns, strict=True), 1):
        place = Box(edges[0], box.y0, edges[1], box.y1)
        yield from _if_doubtful(COLUMN, number, place, column)
    for span in table.spans:
        place = Box(columns[span.column0], rows[span.row0], columns[span.column1], rows[span.row1])
        yield from _if_doubtful(MERGED_CELL, span.row0 + 1, place, span)


def _if_doubtful(kind: str, number: int, box: Box, part: Band | Span) -> Iterator[DoubtfulPart]:
    if part.score is not None and part.score < DOUBT:
        yield DoubtfulPart(kind, number, box, part.score)
