"""From what the grid network says of a raster to a valid table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Band, Box, Span, Status, Table, Word
from model_backend.predictors.grid_raster import Raster
from model_backend.table_grid import empty_table
from model_backend.table_grid.frame import is_full_body_row, is_overlap
from model_backend.table_grid.placement import core_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from model_backend.predictors.grid_program import GridSaid

    Numbers = NDArray[np.float32]
    Places = NDArray[np.float64]

LIKELY = 0.5
"""A chance from which on something is taken to be so."""
RULED = 0.2
"""Where a ruling runs over this share of an area it is an edge, be it drawn on two cells."""
BETWEEN, INSIDE, HEADER, PROJECTED = range(4)
ACROSS, DOWN = range(2)
CUT = 0.15
"""A word that reaches beyond an edge by so many of its heights on both sides is cut by it."""


@dataclass(frozen=True)
class Edge:
    """An inner edge between rows or columns, in cells of the raster, and how sure it is."""

    at: float
    score: float


def table_of(said: GridSaid, raster: Raster, words: Sequence[Word]) -> Table | None:
    """The table that was said, upright, in the raster's frame; None where there is none."""
    text = raster.channels[0]
    rows = _edges(said.rows, text.sum(axis=1), raster.channels[5].mean(axis=1))
    columns = _edges(said.columns, text.sum(axis=0), raster.channels[6].mean(axis=0))
    if rows is None or columns is None:
        return None
    area, step = raster.area, raster.step
    row_bands = _bands([Edge(area.y0 + edge.at * step, edge.score) for edge in rows])
    column_bands = _bands([Edge(area.x0 + edge.at * step, edge.score) for edge in columns])
    box = Box(column_bands[0].start, row_bands[0].start, column_bands[-1].end, row_bands[-1].end)
    table = replace(
        empty_table(1, box), rows=row_bands, columns=column_bands, status=Status.PROPOSED
    )
    return structured(_without_blanks(table, words), said, raster, words)


def _edges(profile: Numbers, text: Numbers, ruled: Numbers) -> list[Edge] | None:
    """The outer and the inner edges along one axis; None where nothing is inside."""
    inside = np.flatnonzero(profile[INSIDE] > LIKELY)
    if not inside.size:
        return None
    first, last = int(inside[0]), int(inside[-1]) + 1
    inner = [
        _placed(profile[BETWEEN], text, ruled, start, end)
        for start, end in _runs(profile[BETWEEN] > LIKELY)
        if first < (start + end) / 2 < last
    ]
    return [Edge(first, 1.0), *(e for e in inner if first < e.at < last), Edge(last, 1.0)]


def _runs(is_set: NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of neighbours that are set."""
    change = np.flatnonzero(np.diff(np.concatenate([[0], is_set.astype(np.int8), [0]])))
    return pairwise_of([int(place) for place in change])


def pairwise_of(values: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The values two by two."""
    return zip(values[::2], values[1::2], strict=True)


def _placed(chances: Numbers, text: Numbers, ruled: Numbers, start: int, end: int) -> Edge:
    """An edge in a run: at the longest ruling, else in the middle of where there is least text."""
    score = float(chances[start:end].max())
    line = start + int(ruled[start:end].argmax())
    if ruled[line] > RULED:
        near = slice(max(start, line - 1), min(end, line + 2))
        places = np.arange(near.start, near.stop) + 0.5
        return Edge(float((places * ruled[near]).sum() / ruled[near].sum()), score)
    white = text[start:end]
    free = np.flatnonzero(white <= white.min() + 1e-3)
    weights = chances[start:end][free]
    return Edge(start + 0.5 + float((free * weights).sum() / weights.sum()), score)


def _bands(edges: Sequence[Edge]) -> tuple[Band, ...]:
    """Rows or columns, each as sure as the less sure of its edges."""
    return tuple(
        Band(one.at, other.at, round(min(one.score, other.score), 3))
        for one, other in pairwise(edges)
    )


def _without_blanks(table: Table, words: Sequence[Word]) -> Table:
    """The table without rows and columns in which no word is."""
    centers = [word.box.center for word in words if table.box.contains(word.box.center)]
    rows = _filled(table.rows, [y for _x, y in centers])
    columns = _filled(table.columns, [x for x, _y in centers])
    box = Box(columns[0].start, rows[0].start, columns[-1].end, rows[-1].end)
    return replace(table, box=box, rows=rows, columns=columns)


def _filled(bands: Sequence[Band], places: Sequence[float]) -> tuple[Band, ...]:
    """The bands that hold a place; what lies between two of them is shared by both."""
    kept = [band for band in bands if any(band.start <= at < band.end for at in places)]
    if not kept:
        return tuple(bands[:1])
    result = [kept[0]]
    for band in kept[1:]:
        middle = (result[-1].end + band.start) / 2
        result[-1] = replace(result[-1], end=middle)
        result.append(replace(band, start=middle))
    return tuple(result)


def structured(table: Table, said: GridSaid, raster: Raster, words: Sequence[Word]) -> Table:
    """The table's rows and columns, with header, projected rows and merged cells as was said."""
    places = raster.places([*(b.start for b in table.rows), table.box.y1], is_row=True)
    means = [
        said.rows[:, _cells(*ends, said.rows.shape[1])].mean(axis=1) for ends in pairwise(places)
    ]
    header = next((n for n, mean in enumerate(means) if mean[HEADER] <= LIKELY), len(means))
    projected = {
        n for n, mean in enumerate(means) if n >= header and mean[PROJECTED] > LIKELY
    } if len(table.columns) > 1 else set()  # fmt: skip
    links = _links(table, said, raster, words)
    spans = []
    for span in _groups(links, header, projected, (len(table.rows), len(table.columns))):
        if is_full_body_row(span, header, len(table.columns)):
            projected.add(span.row0)
        else:
            spans.append(span)
    return replace(
        table,
        header_rows=header,
        projected_rows=tuple(sorted(projected)),
        spans=tuple(sorted(spans)),
    )


Place = tuple[int, int]


def _links(
    table: Table, said: GridSaid, raster: Raster, words: Sequence[Word]
) -> list[tuple[Place, Place]]:
    """Neighbouring cells that are one: as said, or because a word lies in both."""
    rows = raster.places([*(b.start for b in table.rows), table.box.y1], is_row=True) / 2
    columns = raster.places([*(b.start for b in table.columns), table.box.x1], is_row=False) / 2
    height, width = said.merges.shape[1:]
    cut = _cut_places(table, words)
    links: list[tuple[Place, Place]] = []
    for row in range(len(table.rows)):
        for column in range(1, len(table.columns)):
            here = _cells(rows[row], rows[row + 1], height), _around(columns, column, width)
            if (row, column) in cut or said.merges[ACROSS][here].mean() > LIKELY:
                links.append(((row, column - 1), (row, column)))
    for row in range(1, len(table.rows)):
        for column in range(len(table.columns)):
            here = _around(rows, row, height), _cells(columns[column], columns[column + 1], width)
            if said.merges[DOWN][here].mean() > LIKELY:
                links.append(((row - 1, column), (row, column)))
    return links


def _cells(start: float, end: float, count: int) -> slice:
    """The cells of an interval, one at least, of so many."""
    first = min(max(0, round(float(start))), count - 1)
    return slice(first, max(first + 1, round(float(end))))


def _around(edges: Places, number: int, count: int) -> slice:
    """From the middle of the band before an edge to that of the band after it."""
    before, at, after = edges[number - 1 : number + 2]
    return _cells((before + at) / 2, (at + after) / 2, count)


def _cut_places(table: Table, words: Sequence[Word]) -> set[Place]:
    """(row, edge between columns) where a word runs over the edge."""
    found = set()
    for word in words:
        core = core_of(table, word)
        x, y = core.center
        if not table.box.contains((x, y)):
            continue
        reach = CUT * word.box.height
        row = next(n for n, band in enumerate(table.rows) if y <= band.end)
        for number, band in enumerate(table.columns[1:], 1):
            if core.x0 + reach < band.start < core.x1 - reach:
                found.add((row, number))
    return found


def _groups(
    links: Sequence[tuple[Place, Place]], header: int, projected: set[int], size: Place
) -> list[Span]:
    """The rectangles around cells that hang together; none over the header's end, none in a
    projected row, none that overlap.
    """
    spans = {
        (row, column): Span(row, row + 1, column, column + 1)
        for row in range(size[0])
        for column in range(size[1])
    }
    for one, other in links:
        if {one[0], other[0]} & projected or (one[0] < header) != (other[0] < header):
            continue
        joined = _joined(spans[one], spans[other])
        while True:
            more = joined
            for span in set(spans.values()):
                if is_overlap(span, joined):
                    more = _joined(more, span)
            if more == joined:
                break
            joined = more
        if any(joined.row0 <= row < joined.row1 for row in projected):
            continue
        for row in range(joined.row0, joined.row1):
            for column in range(joined.column0, joined.column1):
                spans[row, column] = joined
    return [
        span
        for span in set(spans.values())
        if (span.row1 - span.row0) * (span.column1 - span.column0) > 1
    ]


def _joined(one: Span, other: Span) -> Span:
    return Span(
        min(one.row0, other.row0),
        max(one.row1, other.row1),
        min(one.column0, other.column0),
        max(one.column1, other.column1),
    )
