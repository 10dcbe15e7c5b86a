"""A grid proposed again, in whole or in one direction, that keeps what a person made of the old
one as far as it still makes sense.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from model_backend.document import Span, Table, Word
from model_backend.table_grid.cells import words_of_cells
from model_backend.table_grid.edits import merge_cells, set_header_rows, toggle_projected
from model_backend.table_grid.frame import (
    bands_of,
    box_to_frame,
    column_edges,
    is_overlap,
    row_edges,
)
from model_backend.table_grid.headers import header_spans
from model_backend.table_grid.proposal import columns_of, grid_of, text_inside
from model_backend.table_grid.row_groups import layout_of
from model_backend.table_grid.runs import Rule, text_height


def propose_again(
    table: Table, words: Sequence[Word], *, across: Sequence[Rule] = (), down: Sequence[Rule] = ()
) -> Table:
    """Rows and columns anew, as for a drawn outline; `across` and `down` are the horizontal and the
    vertical ruling lines inside it. Words in page units, rulings in the table's frame.

    Header, merged cells and projected rows stay where their edges are still edges: where between an
    old edge and a new one there is no word. Otherwise what is proposed holds.
    """
    fresh = grid_of(bare(table), words, across=across, down=down)
    return with_old_structure(table, fresh, words)


def propose_rows_again(
    table: Table, words: Sequence[Word], *, across: Sequence[Rule] = ()
) -> Table:
    """The rows anew, in the columns that are there (see `propose_again`)."""
    inner = column_edges(table)[1:-1]
    fresh = grid_of(bare(table), words, across=across, down=(), separators=inner)
    fresh = replace(fresh, columns=table.columns) if len(inner) + 1 == len(fresh.columns) else fresh
    return with_old_structure(table, fresh, words)


def propose_columns_again(
    table: Table, words: Sequence[Word], *, across: Sequence[Rule] = (), down: Sequence[Rule] = ()
) -> Table:
    """The columns anew, in the rows that are there (see `propose_again`); headings over several of
    the new columns are merged.
    """
    box = table.box
    columns = bands_of([box.x0, *columns_of(table, words, down), box.x1])
    plain = replace(bare(table), rows=table.rows, columns=columns)
    fresh = structured(
        plain, table.header_rows, table.projected_rows, _headings(table, plain, words, across)
    )
    return with_old_structure(table, fresh, words)


def bare(table: Table) -> Table:
    """The outline of a table: one cell."""
    box = table.box
    return replace(
        table,
        rows=bands_of((box.y0, box.y1)),
        columns=bands_of((box.x0, box.x1)),
        spans=(),
        header_rows=0,
        projected_rows=(),
    )


def structured(
    table: Table, header_rows: int, projected: Iterable[int], spans: Iterable[Span]
) -> Table:
    """A plain grid with header, projected rows and merged cells; what does not fit, or overlaps
    what came before, is left out.
    """
    table = set_header_rows(table, min(header_rows, len(table.rows)))
    for row in sorted(set(projected)):
        if table.header_rows <= row < len(table.rows) and row not in table.projected_rows:
            table = toggle_projected(table, row)
    for span in spans:
        if not any(is_overlap(span, other) for other in table.spans) and _fits(table, span):
            table = merge_cells(table, span)
    return table


def _fits(table: Table, span: Span) -> bool:
    is_inside = span.row1 <= len(table.rows) and span.column1 <= len(table.columns)
    is_whole = not span.row0 < table.header_rows < span.row1
    rows = range(span.row0, span.row1)
    return is_inside and is_whole and not any(row in rows for row in table.projected_rows)


def _headings(
    table: Table, fresh: Table, words: Sequence[Word], across: Sequence[Rule]
) -> list[Span]:
    """The merged headings over new columns, in header rows that all have words."""
    lines, rules = text_inside(fresh, words, across)
    if not lines or not table.header_rows:
        return []
    height = text_height(run for line in lines for run in line)
    layout = layout_of(table.box, lines, height, column_edges(fresh)[1:-1], rules)
    edges = row_edges(table)
    rows: list[list[int]] = [[] for _row in range(table.header_rows)]
    for number, line in enumerate(layout.lines):
        row = bisect_left(edges, line[0].run.box.center[1]) - 1
        if 0 <= row < table.header_rows:
            rows[row].append(number)
    return header_spans(layout, rows) if all(rows) else []


@dataclass(frozen=True)
class _Places:
    """The middles of words along one axis, by which edges are known again."""

    middles: tuple[float, ...]

    def index_of(self, edge: float, edges: Sequence[float]) -> int | None:
        """The index of the nearest of `edges` with the same words on both of its sides."""
        rank = bisect_left(self.middles, edge)
        same = [n for n, other in enumerate(edges) if bisect_left(self.middles, other) == rank]
        return min(same, key=lambda n: abs(edges[n] - edge), default=None)


def with_old_structure(old: Table, fresh: Table, words: Sequence[Word]) -> Table:
    """A new grid with the header, merged cells and projected rows of an old one, where their edges
    are still edges; elsewhere with its own.
    """
    rows, columns = _row_map(old, fresh, words), _column_map(old, fresh, words)
    spans = [span for one in old.spans if (span := _mapped(one, rows, columns)) is not None]
    header = rows[old.header_rows] if old.header_rows else fresh.header_rows
    projected = {
        start
        for row in old.projected_rows
        if (start := rows[row]) is not None and rows[row + 1] == start + 1
    }
    plain = replace(fresh, spans=(), header_rows=0, projected_rows=())
    return structured(
        plain,
        fresh.header_rows if header is None else header,
        {*projected, *fresh.projected_rows},
        [*spans, *fresh.spans],
    )


def _row_map(old: Table, fresh: Table, words: Sequence[Word]) -> list[int | None]:
    places = _Places(tuple(sorted(box_to_frame(old, word.box).center[1] for word in words)))
    return [places.index_of(edge, row_edges(fresh)) for edge in row_edges(old)]


def _column_map(old: Table, fresh: Table, words: Sequence[Word]) -> list[int | None]:
    """Headings over several columns say nothing about the edges between these."""
    single = [
        word
        for span, found in words_of_cells(old, words).items()
        if span.column1 - span.column0 == 1
        for word in found
    ]
    places = _Places(tuple(sorted(box_to_frame(old, word.box).center[0] for word in single)))
    return [places.index_of(edge, column_edges(fresh)) for edge in column_edges(old)]


def _mapped(span: Span, rows: Sequence[int | None], columns: Sequence[int | None]) -> Span | None:
    """A merged cell in the new grid; None where a side of it is gone, or it is a single cell."""
    row0, row1 = rows[span.row0], rows[span.row1]
    column0, column1 = columns[span.column0], columns[span.column1]
    if row0 is None or row1 is None or column0 is None or column1 is None:
        return None
    is_merged = (row1 - row0) * (column1 - column0) > 1 and row1 > row0 and column1 > column0
    return Span(row0, row1, column0, column1) if is_merged else None
