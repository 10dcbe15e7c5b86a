"""A table's own frame, its edges, and what makes it valid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations, pairwise

from model_backend.document import (
    Affine,
    Band,
    Box,
    Point,
    Span,
    Table,
    bounding_box,
    compose,
    inverse,
    rotation_about,
    transform_point,
)


def frame_to_page(table: Table) -> Affine:
    """The transform from the frame to the page: the shear, then the turn about the centre."""
    shear = (1.0, 0.0, -table.shear, 1.0, table.shear * table.box.center[1], 0.0)
    return compose(shear, rotation_about(table.box.center, table.rotation))


def to_page(table: Table, point: Point) -> Point:
    """A point of the table's frame in page units."""
    return transform_point(frame_to_page(table), point)


def to_frame(table: Table, point: Point) -> Point:
    """A point of the page in the table's frame."""
    return transform_point(inverse(frame_to_page(table)), point)


def is_upright(table: Table) -> bool:
    """Whether the table's frame is the page itself."""
    return table.rotation % 360 == 0 and table.shear == 0


def box_to_page(table: Table, box: Box) -> Box:
    """The page's box around a box of the frame."""
    if is_upright(table):
        return box
    return bounding_box(to_page(table, corner) for corner in box.corners)


def box_to_frame(table: Table, box: Box) -> Box:
    """A word's box in the frame: its centre moves, its sides are kept (exchanged on quarter turns).

    The box around the four turned corners would be too large for a skewed table.
    """
    if is_upright(table):
        return box
    x, y = to_frame(table, box.center)
    width, height = box.width, box.height
    if abs(math.sin(math.radians(table.rotation))) > math.sqrt(0.5):
        width, height = height, width
    return Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def row_edges(table: Table) -> tuple[float, ...]:
    """The n + 1 edges of the rows, outline included; the middle where bands have a gap."""
    return _edges(table.rows, table.box.y0, table.box.y1)


def column_edges(table: Table) -> tuple[float, ...]:
    """The n + 1 edges of the columns, outline included; the middle where bands have a gap."""
    return _edges(table.columns, table.box.x0, table.box.x1)


def _edges(bands: Sequence[Band], first: float, last: float) -> tuple[float, ...]:
    middles = (
        above.end if above.end == below.start else (above.end + below.start) / 2
        for above, below in pairwise(bands)
    )
    return (first, *middles, last)


def bands_of(edges: Sequence[float], known: Sequence[Band] = ()) -> tuple[Band, ...]:
    """The touching bands between neighbouring edges; those that are `known` keep their scores."""
    if not any(band.score is not None for band in known):
        return tuple(Band(start, end) for start, end in pairwise(edges))
    scores = {(band.start, band.end): band.score for band in known}
    return tuple(Band(*ends, score=scores.get(ends)) for ends in pairwise(edges))


def is_overlap(one: Span, other: Span) -> bool:
    """Whether two spans have a grid cell in common."""
    return (
        one.row0 < other.row1
        and other.row0 < one.row1
        and one.column0 < other.column1
        and other.column0 < one.column1
    )


def problems(table: Table) -> tuple[str, ...]:
    """What is wrong with a table's values, one sentence each; empty for a valid table."""
    return (
        *_band_problems("row", table.rows, table.box.y0, table.box.y1),
        *_band_problems("column", table.columns, table.box.x0, table.box.x1),
        *_span_problems(table),
        *_row_kind_problems(table),
    )


def _band_problems(name: str, bands: Sequence[Band], first: float, last: float) -> Iterator[str]:
    if not bands:
        yield f"there is no {name}"
        return
    if not all(math.isfinite(value) for band in bands for value in (band.start, band.end)):
        yield f"a {name} has a coordinate that is no number"
    if any(not band.start < band.end for band in bands):
        yield f"a {name} has no size"
    if any(above.end > below.start for above, below in pairwise(bands)):
        yield f"{name}s overlap or are not in order"
    if bands[0].start < first or bands[-1].end > last:
        yield f"a {name} is outside the table"


def _span_problems(table: Table) -> Iterator[str]:
    rows, columns = len(table.rows), len(table.columns)
    for span in table.spans:
        if not (0 <= span.row0 < span.row1 <= rows and 0 <= span.column0 < span.column1 <= columns):
            yield f"{span} is out of range"
        if (span.row1 - span.row0) * (span.column1 - span.column0) < 2:
            yield f"{span} covers fewer than two cells"
        if span.row0 < table.header_rows < span.row1:
            yield f"{span} crosses the header's boundary"
        if any(span.row0 <= row < span.row1 for row in table.projected_rows):
            yield f"{span} is in a projected row"
        if is_full_body_row(span, table.header_rows, columns):
            yield f"{span} is a projected row"
    if any(is_overlap(one, other) for one, other in combinations(table.spans, 2)):
        yield "spans overlap"
    if list(table.spans) != sorted(table.spans):
        yield "spans are not in order"


def is_full_body_row(span: Span, header_rows: int, columns: int) -> bool:
    """Whether a span merges one whole row of the body: PubTables-1M's projected row header."""
    return (
        span.row0 >= header_rows
        and span.row1 - span.row0 == 1
        and span.column0 == 0
        and span.column1 == columns
    )


def _row_kind_problems(table: Table) -> Iterator[str]:
    if not 0 <= table.header_rows <= len(table.rows):
        yield "the header has more rows than the table, or fewer than none"
    if list(table.projected_rows) != sorted(set(table.projected_rows)):
        yield "projected rows are doubled or not in order"
    if any(not table.header_rows <= row < len(table.rows) for row in table.projected_rows):
        yield "a projected row is in the header or out of range"
