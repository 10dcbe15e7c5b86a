"""PubTables-1M's six classes of boxes from a grid, and a grid from such boxes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from model_backend.document import Band, Box, Span, Table, Word, union_of
from model_backend.labels import TABLE_CLASSES
from model_backend.table_grid.cells import Cell, cells, words_of_cells
from model_backend.table_grid.frame import box_to_page, column_edges, problems, row_edges

TABLE, COLUMN, ROW, COLUMN_HEADER, PROJECTED_ROW_HEADER, SPANNING_CELL = TABLE_CLASSES
LabelledBox = tuple[str, Box]


def objects(
    table: Table, words: Sequence[Word] = (), *, tight: bool = False
) -> tuple[LabelledBox, ...]:
    """The boxes of the six classes in page coordinates, in PubTables-1M's order of writing.

    Rows span the table's width, columns its height, neighbours touch; with `tight` each box lies on
    its text (where it has any). Where words are given, merged cells without text are left out.
    """
    placed = tuple(_grid_objects(table, words))
    if not tight:
        return tuple((label, box_to_page(table, box)) for label, box, _ in placed)
    return tuple(
        (label, union_of(word.box for word in inside) if inside else box_to_page(table, box))
        for label, box, inside in placed
    )


def _grid_objects(
    table: Table, words: Sequence[Word]
) -> Iterator[tuple[str, Box, tuple[Word, ...]]]:
    """Label, box in the frame and words of each object."""
    inside = words_of_cells(table, [word for word in words if word.text.strip()])
    yield TABLE, table.box, tuple(word for cell in inside.values() for word in cell)
    for cell in cells(table):
        label = _label_of(cell)
        if label and (inside[cell.span] or not words or cell.is_projected_row_header):
            yield label, cell.box, inside[cell.span]
    yield from _band_objects(table, inside)


def _label_of(cell: Cell) -> str:
    """The class of a merged cell; none for a plain grid cell."""
    span = cell.span
    if cell.is_projected_row_header:
        return PROJECTED_ROW_HEADER
    is_merged = (span.row1 - span.row0) * (span.column1 - span.column0) > 1
    return SPANNING_CELL if is_merged else ""


def _band_objects(
    table: Table, inside: dict[Span, tuple[Word, ...]]
) -> Iterator[tuple[str, Box, tuple[Word, ...]]]:
    """Column header, rows and columns; a band's words are those of the cells in it alone."""
    rows, columns, box = row_edges(table), column_edges(table), table.box

    def within(span: Span) -> tuple[Word, ...]:
        return tuple(
            word for cell, found in inside.items() if _is_part(cell, span) for word in found
        )

    if table.header_rows:
        header = Span(0, table.header_rows, 0, len(table.columns))
        yield COLUMN_HEADER, Box(box.x0, box.y0, box.x1, rows[table.header_rows]), within(header)
    for index, (start, end) in enumerate(pairwise(rows)):
        row = Span(index, index + 1, 0, len(table.columns))
        yield ROW, Box(box.x0, start, box.x1, end), within(row)
    for index, (start, end) in enumerate(pairwise(columns)):
        column = Span(0, len(table.rows), index, index + 1)
        yield COLUMN, Box(start, box.y0, end, box.y1), within(column)


def _is_part(cell: Span, span: Span) -> bool:
    return (
        span.row0 <= cell.row0
        and cell.row1 <= span.row1
        and span.column0 <= cell.column0
        and cell.column1 <= span.column1
    )


def from_objects(
    table_id: int, objects: Sequence[LabelledBox], words: Sequence[Word] = ()
) -> Table | None:
    """The upright grid that such boxes describe, or None where they contradict one another.

    As in the reference's post-processing the outline is the columns' width and the rows' height.

    Contradictions: no rows or columns, more than one table, bands that overlap by half, a header
    that does not begin at the top, projected headers of several rows, merged cells that overlap or
    cross the header's end. Small overlaps between bands are cut in the white between `words`.
    """
    boxes = {label: [box for name, box in objects if name == label] for label in TABLE_CLASSES}
    if not boxes[ROW] or not boxes[COLUMN] or len(boxes[TABLE]) > 1:
        return None
    across, down = union_of(boxes[COLUMN]), union_of(boxes[ROW])
    outline = Box(across.x0, down.y0, across.x1, down.y1)
    rows = _bands(
        [Band(box.y0, box.y1) for box in boxes[ROW]],
        [Band(word.box.y0, word.box.y1) for word in words],
    )
    columns = _bands(
        [Band(box.x0, box.x1) for box in boxes[COLUMN]],
        [Band(word.box.x0, word.box.x1) for word in words],
    )
    if rows is None or columns is None:
        return None
    grid = Table(table_id, outline, rows, columns)
    return _with_merged(grid, boxes)


def _bands(bands: Iterable[Band], words: Sequence[Band]) -> tuple[Band, ...] | None:
    """The bands in order and without overlaps; None where they do not fit."""
    ordered = sorted(bands, key=lambda band: band.center)
    if any(band.size <= 0 for band in ordered):
        return None
    result: list[Band] = []
    for band in ordered:
        if result and band.start < result[-1].end:
            overlap = Band(band.start, result[-1].end)
            if overlap.size > 0.5 * min(band.size, result[-1].size):
                return None
            cut = _white(overlap, words)
            result[-1], band = Band(result[-1].start, cut), Band(cut, band.end)
        result.append(band)
    return tuple(result)


def _white(overlap: Band, words: Sequence[Band]) -> float:
    """Where to cut an overlap: where the fewest words are cut, in the middle if that is one."""
    near = [word for word in words if word.start < overlap.end and overlap.start < word.end]
    places = [
        overlap.center,
        *(place for word in near for place in (word.start, word.end)),
    ]
    inside = [place for place in places if overlap.start <= place <= overlap.end]
    return min(inside, key=lambda place: sum(word.start < place < word.end for word in near))


def _with_merged(grid: Table, boxes: dict[str, list[Box]]) -> Table | None:
    """The grid with header, projected rows and merged cells; None where they clash."""
    rows, columns = row_edges(grid), column_edges(grid)
    header_rows = _header_rows(rows, boxes[COLUMN_HEADER])
    if header_rows is None:
        return None
    projected: set[int] = set()
    for box in boxes[PROJECTED_ROW_HEADER]:
        covered = _covered(rows, box.y0, box.y1)
        if len(covered) != 1 or covered[0] < header_rows:
            return None
        projected.add(covered[0])
    spans: set[Span] = set()
    for box in boxes[SPANNING_CELL]:
        down, across = _covered(rows, box.y0, box.y1), _covered(columns, box.x0, box.x1)
        if not down or not across:
            return None
        span = Span(down[0], down[-1] + 1, across[0], across[-1] + 1)
        if span.row1 - span.row0 == 1 and (
            span.row0 in projected or span.column1 - span.column0 == 1
        ):
            continue
        spans.add(span)
    return _assembled(grid, spans, header_rows, projected)


def _assembled(
    grid: Table, spans: set[Span], header_rows: int, projected: set[int]
) -> Table | None:
    width = len(grid.columns)
    whole = {
        span
        for span in spans
        if span.row0 >= header_rows
        and (span.row1 - span.row0, span.column1 - span.column0) == (1, width)
    }
    table = Table(
        grid.id,
        grid.box,
        grid.rows,
        grid.columns,
        spans=tuple(sorted(spans - whole)),
        header_rows=header_rows,
        projected_rows=tuple(sorted(projected | {span.row0 for span in whole})),
    )
    return None if problems(table) else table


def _header_rows(rows: Sequence[float], headers: Iterable[Box]) -> int | None:
    """How many rows the header boxes cover; None unless they are the topmost ones."""
    covered = {row for box in headers for row in _covered(rows, box.y0, box.y1)}
    return len(covered) if covered == set(range(len(covered))) else None


def _covered(edges: Sequence[float], start: float, end: float) -> list[int]:
    """The bands at least half of which lies in an interval."""
    return [
        index
        for index, (low, high) in enumerate(pairwise(edges))
        if min(high, end) - max(low, start) >= 0.5 * (high - low)
    ]
