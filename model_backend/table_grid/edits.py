"""Operations on a table's grid: each takes a valid table and returns a valid one.

Rows and columns are told apart by an axis internally (`"rows"`, `"columns"`), so that both share
one algorithm. An operation that makes no sense raises ValueError and changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from model_backend.document import Band, Box, Span, Table
from model_backend.table_grid.frame import (
    bands_of,
    column_edges,
    is_full_body_row,
    is_overlap,
    is_upright,
    row_edges,
    to_page,
)

SMALLEST_BAND = 1.0
"""A dragged edge stops this far from its neighbour, in page units."""
THINNEST_BAND = 0.01
"""No operation makes a row or column thinner: rounding would swallow it when the table is moved."""


def empty_table(table_id: int, box: Box) -> Table:
    """A table of one cell."""
    if not (_is_finite(box) and box.width > 0 and box.height > 0):
        raise ValueError(f"a table needs an outline with an area, not {box}")
    return Table(table_id, box, (Band(box.y0, box.y1),), (Band(box.x0, box.x1),))


def add_row_edge(table: Table, v: float) -> Table:
    """Split the row at v (frame coordinates); a merged, header or projected row stays that."""
    index = _place_of_edge(row_edges(table), v)
    return _resplit(table, rows=_inserted(row_edges(table), index, v), row_map=_split_map(index))


def add_column_edge(table: Table, u: float) -> Table:
    """Split the column at u (frame coordinates); a merged cell stays merged."""
    index = _place_of_edge(column_edges(table), u)
    edges = _inserted(column_edges(table), index, u)
    return _resplit(table, columns=edges, column_map=_split_map(index))


def move_row_edge(table: Table, index: int, v: float) -> Table:
    """Move edge `index` (0 and n are the outline) to v, but never past its neighbours."""
    edges = _with_moved_edge(row_edges(table), index, v)
    box = replace(table.box, y0=edges[0], y1=edges[-1])
    return _anchored(table, box, rows=bands_of(edges, table.rows))


def move_column_edge(table: Table, index: int, u: float) -> Table:
    """Move edge `index` (0 and n are the outline) to u, but never past its neighbours."""
    edges = _with_moved_edge(column_edges(table), index, u)
    box = replace(table.box, x0=edges[0], x1=edges[-1])
    return _anchored(table, box, columns=bands_of(edges, table.columns))


def delete_row_edge(table: Table, index: int) -> Table:
    """Join the rows on both sides of an inner edge; one joined with a header row is header."""
    edges = _without_edge(row_edges(table), index)
    both_projected = {index - 1, index} <= set(table.projected_rows)
    kept = tuple(
        row for row in table.projected_rows if both_projected or row not in (index - 1, index)
    )
    return _resplit(replace(table, projected_rows=kept), rows=edges, row_map=_join_map(index))


def delete_column_edge(table: Table, index: int) -> Table:
    """Join the columns on both sides of an inner edge."""
    edges = _without_edge(column_edges(table), index)
    return _resplit(table, columns=edges, column_map=_join_map(index))


def delete_row(table: Table, row: int) -> Table:
    """Take a row out: an outer one leaves the table, an inner one's room goes to the row above."""
    edges = _without_band(row_edges(table), row)
    changed = _resplit(table, rows=edges, row_map=_delete_map(row))
    box = replace(changed.box, y0=edges[0], y1=edges[-1])
    return _anchored(changed, box)


def delete_column(table: Table, column: int) -> Table:
    """Take a column out: an outer one leaves the table, an inner one's room goes to its left."""
    edges = _without_band(column_edges(table), column)
    changed = _resplit(table, columns=edges, column_map=_delete_map(column))
    box = replace(changed.box, x0=edges[0], x1=edges[-1])
    return _anchored(changed, box)


def extend_rows(table: Table, v: float) -> Table:
    """Another row outside the table, from its upper or lower side to v (frame coordinates)."""
    edges, first = _extended(row_edges(table), v)
    changed = _resplit(table, rows=edges, row_map=_shift_map(first))
    return _anchored(changed, replace(table.box, y0=edges[0], y1=edges[-1]))


def extend_columns(table: Table, u: float) -> Table:
    """Another column outside the table, from its left or right side to u (frame coordinates)."""
    edges, first = _extended(column_edges(table), u)
    changed = _resplit(table, columns=edges, column_map=_shift_map(first))
    return _anchored(changed, replace(table.box, x0=edges[0], x1=edges[-1]))


def merge_cells(table: Table, span: Span) -> Table:
    """Merge grid cells and every merged cell they touch; a whole body row becomes projected."""
    rows, columns = len(table.rows), len(table.columns)
    if not (0 <= span.row0 < span.row1 <= rows and 0 <= span.column0 < span.column1 <= columns):
        raise ValueError(f"the table has no cells {span}")
    if span.row1 - span.row0 == 1 and span.row0 in table.projected_rows:
        return table
    spans = _united([*table.spans, span])
    merged = next(item for item in spans if is_overlap(item, span))
    if merged.row0 < table.header_rows < merged.row1:
        raise ValueError("header cells cannot be merged with cells below the header")
    if any(merged.row0 <= row < merged.row1 for row in table.projected_rows):
        raise ValueError("a projected row cannot be merged with other rows")
    return _with_kinds(table, spans, table.header_rows, table.projected_rows)


def split_cell(table: Table, row: int, column: int) -> Table:
    """Undo the merging of the cell there; a projected row becomes an ordinary one."""
    if not (0 <= row < len(table.rows) and 0 <= column < len(table.columns)):
        raise ValueError(f"the table has no cell in row {row}, column {column}")
    here = Span(row, row + 1, column, column + 1)
    return replace(
        table,
        spans=tuple(span for span in table.spans if not is_overlap(span, here)),
        projected_rows=tuple(item for item in table.projected_rows if item != row),
    )


def set_header_rows(table: Table, count: int) -> Table:
    """Make the first `count` rows the header; merged cells are cut where it ends now."""
    if not 0 <= count <= len(table.rows):
        raise ValueError(f"a header of {count} rows does not fit a table of {len(table.rows)}")
    width = len(table.columns)
    swallowed = [Span(row, row + 1, 0, width) for row in table.projected_rows if row < count]
    kept = [row for row in table.projected_rows if row >= count]
    return _with_kinds(table, [*table.spans, *swallowed], count, kept)


def toggle_projected(table: Table, row: int) -> Table:
    """Make a row below the header a projected row header, or an ordinary row again."""
    if not table.header_rows <= row < len(table.rows):
        raise ValueError(f"row {row} is in the header or not in the table")
    projected = set(table.projected_rows) ^ {row}
    if row in projected:
        return _with_kinds(table, table.spans, table.header_rows, projected)
    return replace(table, projected_rows=tuple(sorted(projected)))


def resize(table: Table, box: Box) -> Table:
    """Give the table another outline (frame coordinates); rows and columns stretch with it."""
    empty_table(table.id, box)
    old = table.box
    return _anchored(
        table,
        box,
        rows=_stretched(table.rows, Band(old.y0, old.y1), Band(box.y0, box.y1)),
        columns=_stretched(table.columns, Band(old.x0, old.x1), Band(box.x0, box.x1)),
    )


def _stretched(bands: Sequence[Band], old: Band, new: Band) -> tuple[Band, ...]:
    def at(value: float) -> float:
        share = (value - old.start) / old.size
        return min(max(new.start + share * new.size, new.start), new.end)

    result = tuple(replace(band, start=at(band.start), end=at(band.end)) for band in bands)
    if any(band.size < THINNEST_BAND for band in result):
        raise ValueError("the outline is too small for so many rows or columns")
    return result


def moved(table: Table, dx: float, dy: float) -> Table:
    """The table shifted on the page."""
    if not (math.isfinite(dx) and math.isfinite(dy)):
        raise ValueError("a table cannot be moved by something that is no number")
    return replace(
        table,
        box=table.box.moved(dx, dy),
        rows=_shifted(table.rows, dy),
        columns=_shifted(table.columns, dx),
    )


def _is_finite(box: Box) -> bool:
    return all(math.isfinite(value) for value in (box.x0, box.y0, box.x1, box.y1))


def _shifted(bands: Iterable[Band], distance: float) -> tuple[Band, ...]:
    return tuple(
        replace(band, start=band.start + distance, end=band.end + distance) for band in bands
    )


def _anchored(
    table: Table,
    box: Box,
    *,
    rows: tuple[Band, ...] | None = None,
    columns: tuple[Band, ...] | None = None,
) -> Table:
    """The table with another outline and bands, given in the frame it has had until now.

    The frame turns about the outline's centre: a turned table is shifted so that everything stays
    where it is on the page.
    """
    changed = replace(table, box=box, rows=rows or table.rows, columns=columns or table.columns)
    if is_upright(table):
        return changed
    (x, y), (to_x, to_y) = box.center, to_page(table, box.center)
    return moved(changed, to_x - x, to_y - y)


def _place_of_edge(edges: Sequence[float], value: float) -> int:
    """The index of the band that an edge at `value` splits."""
    for index in range(len(edges) - 1):
        if edges[index] + THINNEST_BAND <= value <= edges[index + 1] - THINNEST_BAND:
            return index
    raise ValueError(f"there is nothing to split at {value}")


def _inserted(edges: Sequence[float], band: int, value: float) -> tuple[float, ...]:
    return (*edges[: band + 1], value, *edges[band + 1 :])


def _without_edge(edges: Sequence[float], index: int) -> tuple[float, ...]:
    if not 0 < index < len(edges) - 1:
        raise ValueError(f"edge {index} is not between two bands")
    return (*edges[:index], *edges[index + 1 :])


def _without_band(edges: Sequence[float], band: int) -> tuple[float, ...]:
    if not 0 <= band < len(edges) - 1:
        raise ValueError(f"there is no row or column {band}")
    if len(edges) == 2:
        raise ValueError("the last row or column cannot be deleted: delete the table")
    gone = band + 1 if band == len(edges) - 2 else band
    return (*edges[:gone], *edges[gone + 1 :])


def _extended(edges: Sequence[float], value: float) -> tuple[tuple[float, ...], int]:
    """The edges with one outside of them, and the index of the first band that was there before."""
    if math.isfinite(value) and value <= edges[0] - THINNEST_BAND:
        return (value, *edges), 1
    if math.isfinite(value) and value >= edges[-1] + THINNEST_BAND:
        return (*edges, value), 0
    raise ValueError(f"{value} is not outside the table")


def _with_moved_edge(edges: Sequence[float], index: int, value: float) -> tuple[float, ...]:
    if not 0 <= index < len(edges) or not math.isfinite(value):
        raise ValueError(f"edge {index} cannot be moved to {value}")
    low = edges[index - 1] if index > 0 else -math.inf
    high = edges[index + 1] if index < len(edges) - 1 else math.inf
    room = min(SMALLEST_BAND, *_sizes_beside(edges, index))
    return (*edges[:index], min(max(value, low + room), high - room), *edges[index + 1 :])


def _sizes_beside(edges: Sequence[float], index: int) -> Iterator[float]:
    """The bands on both sides: one that is already thinner than the smallest may stay so."""
    if index > 0:
        yield edges[index] - edges[index - 1]
    if index < len(edges) - 1:
        yield edges[index + 1] - edges[index]


_Map = Callable[[int, int], tuple[int, int]]
"""Where a half-open range of rows or columns is after the grid changed; empty when it is gone."""


def _split_map(index: int) -> _Map:
    return lambda start, end: (start + (start > index), end + (end > index))


def _join_map(edge: int) -> _Map:
    return lambda start, end: (start - (start >= edge), end - (end > edge))


def _delete_map(index: int) -> _Map:
    return lambda start, end: (start - (start > index), end - (end > index))


def _shift_map(by: int) -> _Map:
    return lambda start, end: (start + by, end + by)


def _same(start: int, end: int) -> tuple[int, int]:
    return start, end


def _resplit(
    table: Table,
    *,
    rows: Sequence[float] | None = None,
    columns: Sequence[float] | None = None,
    row_map: _Map = _same,
    column_map: _Map = _same,
) -> Table:
    """The table with other edges, its spans, header and projected rows carried over."""
    changed = replace(
        table,
        rows=table.rows if rows is None else bands_of(rows, table.rows),
        columns=table.columns if columns is None else bands_of(columns, table.columns),
        spans=(),
        projected_rows=(),
        header_rows=0,
    )
    spans = [
        Span(*row_map(span.row0, span.row1), *column_map(span.column0, span.column1), span.score)
        for span in table.spans
    ]
    header_rows = row_map(0, table.header_rows)[1] if table.header_rows else 0
    projected = {row for old in table.projected_rows for row in range(*row_map(old, old + 1))}
    return _with_kinds(changed, spans, header_rows, projected)


def _with_kinds(
    table: Table, spans: Iterable[Span], header_rows: int, projected_rows: Iterable[int]
) -> Table:
    """The table with these merged cells, cut at the header's end and at projected rows, and united
    where they overlap; a whole merged row of the body is a projected row.
    """
    projected = {row for row in projected_rows if row >= header_rows}
    pieces = [piece for span in spans for piece in _cut(span, header_rows, projected)]
    united = _united(pieces)
    width = len(table.columns)
    full = {span.row0 for span in united if is_full_body_row(span, header_rows, width)}
    kept = (
        span
        for span in united
        if (span.row1 - span.row0) * (span.column1 - span.column0) > 1
        and not is_full_body_row(span, header_rows, width)
    )
    full = full if width > 1 else set()
    return replace(
        table,
        spans=tuple(sorted(kept)),
        header_rows=header_rows,
        projected_rows=tuple(sorted(projected | full)),
    )


def _cut(span: Span, header_rows: int, projected: set[int]) -> Iterator[Span]:
    """The parts of a span above and below the header's end and projected rows."""
    if span.column0 >= span.column1:
        return
    start = span.row0
    for row in range(span.row0, span.row1):
        if row in projected:
            if start < row:
                yield replace(span, row0=start, row1=row)
            start = row + 1
        elif row == header_rows and start < row:
            yield replace(span, row0=start, row1=row)
            start = row
    if start < span.row1:
        yield replace(span, row0=start)


def _united(spans: Sequence[Span]) -> list[Span]:
    """Disjoint spans that cover all of these: overlapping ones are joined until none overlap."""
    result: list[Span] = []
    for item in spans:
        span = item
        while touching := [other for other in result if is_overlap(span, other)]:
            result = [other for other in result if other not in touching]
            parts = [span, *touching]
            span = Span(
                min(part.row0 for part in parts),
                max(part.row1 for part in parts),
                min(part.column0 for part in parts),
                max(part.column1 for part in parts),
            )
        result.append(span)
    return result
