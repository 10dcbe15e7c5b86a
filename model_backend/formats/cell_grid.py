"""A table's grid from its cells' places and boxes, where formats give cells instead of rows and
columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from model_backend import table_grid
from model_backend.document import IMPORTED, Band, Box, Span, Table

MOST_BANDS = 2000


@dataclass(frozen=True)
class GivenCell:
    """A cell as a file gives it: place, box (None for a blank one), kind."""

    span: Span
    box: Box | None = None
    is_header: bool = False
    is_projected: bool = False


def grid_of_cells(
    table_id: int, cells: Sequence[GivenCell], outline: Box | None = None
) -> Table | None:
    """The table, or None where places overlap or boxes contradict the order of rows or columns."""
    boxes = [cell.box for cell in cells if cell.box is not None]
    rows = max((cell.span.row1 for cell in cells), default=0)
    columns = max((cell.span.column1 for cell in cells), default=0)
    if not boxes or not 0 < rows <= MOST_BANDS or not 0 < columns <= MOST_BANDS:
        return None
    if rows * columns > MOST_BANDS * 50 or _overlap([cell.span for cell in cells]):
        return None
    box = _union(boxes) if outline is None else outline.normalized().union(_union(boxes))
    across = [(c.span.column0, c.span.column1, c.box.x0, c.box.x1) for c in cells if c.box]
    down = [(c.span.row0, c.span.row1, c.box.y0, c.box.y1) for c in cells if c.box]
    column_bands = _bands(across, columns, box.x0, box.x1)
    row_bands = _bands(down, rows, box.y0, box.y1)
    if column_bands is None or row_bands is None:
        return None
    if not (_is_in_place(across, column_bands) and _is_in_place(down, row_bands)):
        return None
    header_rows = _header_rows(cells, rows)
    projected = _projected_rows(cells, header_rows, columns)
    table = Table(
        id=table_id,
        box=box,
        rows=row_bands,
        columns=column_bands,
        spans=_spans(cells, projected),
        header_rows=header_rows,
        projected_rows=projected,
        source=IMPORTED,
    )
    return None if table_grid.problems(table) else table


def _union(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


def _overlap(spans: Sequence[Span]) -> bool:
    taken: set[tuple[int, int]] = set()
    for span in spans:
        for row in range(span.row0, span.row1):
            for column in range(span.column0, span.column1):
                if (row, column) in taken:
                    return True
                taken.add((row, column))
    return False


def _bands(
    parts: Sequence[tuple[int, int, float, float]], count: int, first: float, last: float
) -> tuple[Band, ...] | None:
    """Bands that touch: each edge in the middle between what ends there and what begins there,
    evenly between its neighbours where nothing does."""
    edges: list[float | None] = [first, *[None] * (count - 1), last]
    ends: dict[int, float] = {}
    starts: dict[int, float] = {}
    for begin, end, low, high in parts:
        starts[begin] = min(low, starts.get(begin, low))
        ends[end] = max(high, ends.get(end, high))
    for index in range(1, count):
        near = [side[index] for side in (ends, starts) if index in side]
        edges[index] = sum(near) / len(near) if near else None
    known = [(index, edge) for index, edge in enumerate(edges) if edge is not None]
    full = [known[0][1]]
    for (index, edge), (following, next_edge) in pairwise(known):
        step = (next_edge - edge) / (following - index)
        full += [edge + step * n for n in range(1, following - index)] + [next_edge]
    if any(low >= high for low, high in pairwise(full)):
        return None
    return tuple(Band(low, high) for low, high in pairwise(full))


def _is_in_place(parts: Sequence[tuple[int, int, float, float]], bands: Sequence[Band]) -> bool:
    """Whether the middle of every box lies in the rows or columns of its cell."""
    return all(
        bands[begin].start <= (low + high) / 2 <= bands[end - 1].end
        for begin, end, low, high in parts
    )


def _spans(cells: Sequence[GivenCell], projected: Sequence[int]) -> tuple[Span, ...]:
    spans = (cell.span for cell in cells if cell.span.row0 not in projected)
    return tuple(sorted(s for s in spans if (s.row1 - s.row0) * (s.column1 - s.column0) > 1))


def _header_rows(cells: Sequence[GivenCell], rows: int) -> int:
    """Rows from the top in which every cell is a header; merged cells end with them."""
    plain = [cell for cell in cells if not cell.is_header]
    count = min((cell.span.row0 for cell in plain), default=rows)
    while any(c.span.row0 < count < c.span.row1 for c in cells):
        count -= 1
    headers = {row for c in cells if c.is_header for row in range(c.span.row0, c.span.row1)}
    while count and count - 1 not in headers:
        count -= 1
    return count


def _projected_rows(cells: Sequence[GivenCell], header_rows: int, columns: int) -> tuple[int, ...]:
    """Rows that one cell fills: said to be such, or merged across the whole body."""
    return tuple(
        sorted(
            cell.span.row0
            for cell in cells
            if cell.span.row0 >= header_rows
            and cell.span.row1 - cell.span.row0 == 1
            and (cell.is_projected or columns > 1)
            and (cell.span.column0, cell.span.column1) == (0, columns)
        )
    )
