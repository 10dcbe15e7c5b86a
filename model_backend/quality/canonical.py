"""Canonicalisation of tables: Algorithm 1 of PubTables-1M (Smock, Pesala, Abraham 2022), on our
grid.

Marked-up tables divide cells that are one to a reader. The algorithm merges what is divided, under
these assumptions:

1. Where no header is given and a cell of the first row spans columns, the header ends with the
   first row that has a cell for each column. A header that is given is believed.
2. Headings stand over what they head: a filled header cell takes the blank cells above it, then
   those below it; header cells over the same columns are one.
3. A merged cell of the header without words says nothing: it is divided again.
4. A row of the body with words in its first column alone is a projected row header, unless no
   filled row follows that it could head.
5. Where the first column names rows (most of its letters and digits are letters), a blank first
   cell belongs to the filled one above it, as long as its row has other words.

Only cells are merged or divided: rows, columns and the outline stay, so which grid cells have words
never changes, and a canonical table is its own canonical table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from model_backend.document import Span, Table, Word
from model_backend.table_grid import cell_text, words_of_cells

Place = tuple[int, int]


def canonical(table: Table, words: Sequence[Word]) -> Table:
    """The table in canonical form; `words` are the page's."""
    grid = _Grid.of(table, words)
    result = _with_header(table)
    result = _with_canonical_header(result, grid)
    result = _with_projected_rows(result, grid)
    return _with_row_names(result, grid)


@dataclass(frozen=True)
class _Grid:
    """The texts of the grid cells that have words."""

    texts: dict[Place, str]

    @classmethod
    def of(cls, table: Table, words: Sequence[Word]) -> _Grid:
        plain = replace(table, spans=(), projected_rows=(), header_rows=0)
        legible = [word for word in words if word.text.strip()]
        found = words_of_cells(plain, legible).items()
        return cls({(s.row0, s.column0): cell_text(inside) for s, inside in found if inside})

    def is_blank(self, span: Span) -> bool:
        """Whether a cell has no words."""
        return not any(place in self.texts for place in _places(span))

    def columns(self, row: int) -> set[int]:
        """The columns in which a row has words."""
        return {column for at, column in self.texts if at == row}


def _places(span: Span) -> Iterable[Place]:
    return (
        (row, column)
        for row in range(span.row0, span.row1)
        for column in range(span.column0, span.column1)
    )


def _size(span: Span) -> int:
    return (span.row1 - span.row0) * (span.column1 - span.column0)


def _with_header(table: Table) -> Table:
    """Assumption 1."""
    wide = [span for span in table.spans if span.column1 - span.column0 > 1]
    if table.header_rows or not any(span.row0 == 0 for span in wide):
        return table
    wide_rows = {row for span in wide for row in range(span.row0, span.row1)}
    end = next((row + 1 for row in range(len(table.rows)) if row not in wide_rows), 0)
    crossed = any(span.row0 < end < span.row1 for span in table.spans)
    if not end or end == len(table.rows) or crossed or min(table.projected_rows, default=end) < end:
        return table
    return replace(table, header_rows=end)


def _with_canonical_header(table: Table, grid: _Grid) -> Table:
    """Assumptions 2 and 3."""
    inside = [span for span in table.spans if span.row1 <= table.header_rows]
    spans = {place: span for span in inside for place in _places(span)}
    filled = {
        spans.get((row, column), Span(row, row + 1, column, column + 1))
        for row in range(table.header_rows)
        for column in range(len(table.columns))
    }
    header = _Header([span for span in sorted(filled) if not grid.is_blank(span)])
    header.spread(-1, table.header_rows)
    header.spread(1, table.header_rows)
    merged = [span for span in header.joined() if _size(span) > 1]
    rest = [span for span in table.spans if span.row0 >= table.header_rows]
    return replace(table, spans=tuple(sorted(merged + rest)))


class _Header:
    """The filled cells of a header; every other grid cell is blank."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = list(spans)
        self._taken = {place for span in spans for place in _places(span)}

    def spread(self, step: int, rows: int) -> None:
        """Let every cell take the blank cells above (-1) or below (1) it."""
        for index, cell in enumerate(self._spans):
            span = cell
            while self._is_free(strip := _beside(span, step), rows):
                self._taken.update(_places(strip))
                span = _joined(span, strip)
            self._spans[index] = span

    def _is_free(self, strip: Span, rows: int) -> bool:
        return 0 <= strip.row0 < rows and self._taken.isdisjoint(_places(strip))

    def joined(self) -> list[Span]:
        """The cells, those over the same columns and one below the other made one."""
        result: dict[tuple[int, int, int], Span] = {}
        for cell in sorted(self._spans):
            above = result.pop((cell.row0, cell.column0, cell.column1), None)
            span = _joined(above, cell) if above else cell
            result[(span.row1, span.column0, span.column1)] = span
        return list(result.values())


def _beside(span: Span, step: int) -> Span:
    row = span.row0 - 1 if step < 0 else span.row1
    return replace(span, row0=row, row1=row + 1)


def _joined(one: Span, other: Span) -> Span:
    return replace(one, row0=min(one.row0, other.row0), row1=max(one.row1, other.row1))


def _with_projected_rows(table: Table, grid: _Grid) -> Table:
    """Assumption 4."""
    if len(table.columns) < 2:
        return table
    projected = set(table.projected_rows)
    is_headed = False
    for row in reversed(range(table.header_rows, len(table.rows))):
        columns = grid.columns(row)
        if columns == {0} and not _is_in_tall(table, row):
            projected |= {row} if is_headed else set()
        elif columns and row not in table.projected_rows:
            is_headed = True
    spans = tuple(span for span in table.spans if span.row0 not in projected)
    return replace(table, spans=spans, projected_rows=tuple(sorted(projected)))


def _is_in_tall(table: Table, row: int) -> bool:
    """Whether a merged cell of several rows reaches into the row."""
    return any(span.row0 <= row < span.row1 and span.row1 - span.row0 > 1 for span in table.spans)


def _with_row_names(table: Table, grid: _Grid) -> Table:
    """Assumption 5."""
    body = range(table.header_rows, len(table.rows))
    names = "".join(grid.texts.get((row, 0), "") for row in body)
    if len(table.columns) < 2 or not _is_alphabetic(names):
        return table
    spans = {span.row0: span for span in table.spans if span.column0 == 0}
    covered = {row for span in spans.values() for row in range(span.row0, span.row1)}
    name: Span | None = None
    for row in body:
        cell = spans.get(row, Span(row, row + 1, 0, 1))
        if row in table.projected_rows or cell.column1 > 1:
            name = None
        elif row in spans or (row not in covered and (row, 0) in grid.texts):
            name = None if grid.is_blank(cell) else cell
        elif row not in covered:
            name = _grown(name, row, grid, spans)
    kept = [span for span in table.spans if span.column0 > 0]
    return replace(table, spans=tuple(sorted([*kept, *spans.values()])))


def _grown(name: Span | None, row: int, grid: _Grid, spans: dict[int, Span]) -> Span | None:
    """The name's cell with one more row, where that row is a row without a name."""
    if name is None or name.row1 != row or not grid.columns(row):
        return None
    spans[name.row0] = replace(name, row1=row + 1)
    return spans[name.row0]


def _is_alphabetic(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return 2 * letters > sum(character.isalnum() for character in text)
