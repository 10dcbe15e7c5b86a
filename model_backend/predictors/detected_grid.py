"""One valid table from the boxes that a structure model found: standard library only.

The ideas are those of PubTables-1M's own inference (microsoft/table-transformer, src/postprocess.py
and src/inference.py): least scores by class, suppression of rows and columns by the words they
share, a header made of whole rows from the top, merged cells fitted to rows and columns. Edges are
moved into the white between words, and every row, column and merged cell keeps its score.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from model_backend.document import Band, Box, Span, Status, Table, union_of
from model_backend.labels import TABLE_CLASSES
from model_backend.table_grid.frame import is_full_body_row, is_overlap

TABLE, COLUMN, ROW, COLUMN_HEADER, PROJECTED_ROW_HEADER, SPANNING_CELL = TABLE_CLASSES
LEAST_BAND = 0.3
"""A row or column that scores less is not kept; those between this and certain are shown as
doubtful, as one that is missing is harder to see than one too many."""
HALF = 0.5
THINNEST = 0.5
"""Page units: thinner rows and columns are none."""


@dataclass(frozen=True)
class Part:
    """A box that a model found: one of the six classes, in the frame of the table."""

    label: str
    box: Box
    score: float


def least_scores(thresholds: Sequence[tuple[str, float]]) -> Callable[[str], float]:
    """The least score of a class: what was set for the model, else 0.3 for rows and columns, 0.5
    for all others.
    """
    given = dict(thresholds)
    usual = {ROW: LEAST_BAND, COLUMN: LEAST_BAND}
    return lambda label: given.get(label, usual.get(label, HALF))


def grid_of_parts(
    parts: Sequence[Part], words: Sequence[Box], least: Callable[[str], float]
) -> Table | None:
    """The table (id 1, proposed) that these parts make, with words in the same frame; None where
    there are no rows or no columns. Its score is that of its weakest part.
    """
    known = [part for part in parts if part.score >= least(part.label) and part.box.area > 0]
    whole = max(_of(known, TABLE), key=lambda part: part.score, default=None)
    if whole is not None:
        known = [part for part in known if part.box.overlap(whole.box) >= HALF]
        words = [word for word in words if word.overlap(whole.box) >= HALF]
    rows, columns = _bands(known, ROW, words), _bands(known, COLUMN, words)
    if not rows or not columns:
        return None
    box = _outline(rows, columns, words)
    down = _touching(rows, Band(box.y0, box.y1), [Band(word.y0, word.y1) for word in words])
    across = _touching(columns, Band(box.x0, box.x1), [Band(word.x0, word.x1) for word in words])
    grid = Table(1, box, down, across, status=Status.PROPOSED)
    table = _with_merged(_with_header(grid, known), known)
    return replace(table, score=_weakest(table, [] if whole is None else [whole.score]))


def _of(parts: Sequence[Part], *labels: str) -> list[Part]:
    """The parts of these classes, the surest first."""
    return sorted((part for part in parts if part.label in labels), key=lambda part: -part.score)


def _bands(parts: Sequence[Part], label: str, words: Sequence[Box]) -> list[Band]:
    """Rows or columns in order, without those whose words, or whose place, surer ones have."""
    is_row = label == ROW
    kept: list[Band] = []
    taken: set[int] = set()
    texts = [_interval(word, is_row=is_row) for word in words]
    for part in _of(parts, label):
        band = replace(_interval(part.box, is_row=is_row), score=part.score)
        own = {number for number, text in enumerate(texts) if _share(text, band) >= HALF}
        if own:
            is_double = len(own & taken) >= HALF * len(own)
        else:
            is_double = any(_common(band, other) >= HALF * band.size for other in kept)
        if not is_double and all(_are_apart(band, other) for other in kept):
            kept.append(band)
            taken |= own
    return sorted(kept, key=lambda band: band.center)


def _interval(box: Box, *, is_row: bool) -> Band:
    return Band(box.y0, box.y1) if is_row else Band(box.x0, box.x1)


def _common(one: Band, other: Band) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def _share(text: Band, band: Band) -> float:
    """How much of a word's extent lies in a band."""
    return _common(text, band) / text.size if text.size > 0 else float(_has(band, text.start))


def _has(band: Band, value: float) -> bool:
    return band.start <= value <= band.end


def _are_apart(one: Band, other: Band) -> bool:
    """Whether neither's middle lies in the other and an edge between them is possible."""
    is_within = _has(one, other.center) or _has(other, one.center)
    return not is_within and abs(one.center - other.center) > 2 * THINNEST


def _outline(rows: Sequence[Band], columns: Sequence[Band], words: Sequence[Box]) -> Box:
    """The columns' width and the rows' height, and what reaches out of the words inside."""
    box = Box(
        min(band.start for band in columns),
        min(band.start for band in rows),
        max(band.end for band in columns),
        max(band.end for band in rows),
    )
    return union_of([box, *(word for word in words if box.contains(word.center))])


def _touching(bands: Sequence[Band], whole: Band, words: Sequence[Band]) -> tuple[Band, ...]:
    """The bands, each from one edge to the next, edges in the white between words."""
    inner = [_edge(above, below, words) for above, below in pairwise(bands)]
    edges = [whole.start, *inner, whole.end]
    return tuple(
        Band(start, end, band.score)
        for (start, end), band in zip(pairwise(edges), bands, strict=True)
    )


def _edge(above: Band, below: Band, words: Sequence[Band]) -> float:
    """Between two bands where the fewest words are cut, as near to the model's edge as can be."""
    low, high = above.center + THINNEST / 2, below.center - THINNEST / 2
    natural = min(max((above.end + below.start) / 2, low), high)
    near = [word for word in words if word.start < high and low < word.end]
    if not any(word.start < natural < word.end for word in near):
        return natural
    ends = sorted({place for word in near for place in (word.start, word.end)})
    middles = [(one + other) / 2 for one, other in pairwise(ends)]
    places = [natural, *(place for place in (*ends, *middles) if low <= place <= high)]
    return min(
        places,
        key=lambda place: (
            sum(word.start < place < word.end for word in near),
            abs(place - natural),
        ),
    )


def _with_header(grid: Table, parts: Sequence[Part]) -> Table:
    """The rows at least half of which header boxes cover, from the top as far as they go on."""
    covered = [
        number
        for part in _of(parts, COLUMN_HEADER)[:1]
        for number in _covered(grid.rows, Band(part.box.y0, part.box.y1))
    ]
    if not covered or covered[0] > len(grid.rows) // 2:
        return grid
    return replace(grid, header_rows=covered[-1] + 1)


def _covered(bands: Sequence[Band], interval: Band) -> list[int]:
    """The numbers of the bands at least half of which lies in an interval."""
    return [
        number for number, band in enumerate(bands) if _common(band, interval) >= HALF * band.size
    ]


def _with_merged(grid: Table, parts: Sequence[Part]) -> Table:
    """The grid with the merged cells and projected rows that fit it, the surest first."""
    spans: list[Span] = []
    projected: dict[int, float] = {}
    for part in _of(parts, SPANNING_CELL, PROJECTED_ROW_HEADER):
        for span in _fitted(grid, part):
            taken = [*spans, *(_row_span(grid, row) for row in projected)]
            if any(is_overlap(span, other) for other in taken):
                continue
            if is_full_body_row(span, grid.header_rows, len(grid.columns)):
                projected[span.row0] = part.score
            else:
                spans.append(span)
    rows = tuple(
        replace(band, score=min(band.score or 0.0, projected.get(number, 1.0)))
        for number, band in enumerate(grid.rows)
    )
    return replace(
        grid, rows=rows, spans=tuple(sorted(spans)), projected_rows=tuple(sorted(projected))
    )


def _row_span(grid: Table, row: int) -> Span:
    return Span(row, row + 1, 0, len(grid.columns))


def _fitted(grid: Table, part: Part) -> Iterator[Span]:
    """The cells that a merged cell covers: of header or body, whichever has more of its rows; a
    projected row is a whole row of the body.
    """
    rows = _covered(grid.rows, Band(part.box.y0, part.box.y1))
    head = [row for row in rows if row < grid.header_rows]
    body = [row for row in rows if row >= grid.header_rows]
    rows = head if len(head) > len(body) else body
    if part.label == PROJECTED_ROW_HEADER:
        if len(rows) == 1 and rows == body and len(grid.columns) > 1:
            yield _row_span(grid, rows[0])
        return
    columns = _covered(grid.columns, Band(part.box.x0, part.box.x1))
    if rows and columns and len(rows) * len(columns) > 1:
        yield Span(rows[0], rows[-1] + 1, columns[0], columns[-1] + 1, part.score)


def _weakest(table: Table, scores: Sequence[float]) -> float:
    """The least score of a table and its parts."""
    parts: tuple[Band | Span, ...] = (*table.rows, *table.columns, *table.spans)
    return min([*scores, *(part.score for part in parts if part.score is not None)])
