"""Tables over several pages as one: their parts are held until the page after the last of them.

The parts' columns are matched with those of the part that has the most: in order where they are as
many, else by where they lie in the table's width; columns without a counterpart are blank. A header
that a part repeats is kept once; one that says something else stays, as ordinary rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from model_backend import table_grid
from model_backend.document import Page, Span, Table
from model_backend.formats.table_files import TextCell, TextTable, text_table
from model_backend.formats.values import ExportPage
from model_backend.translation import _

Key = tuple[object, ...]


@dataclass(frozen=True)
class Part:
    """A table of one page with its texts; `middles` are those of its columns, as shares of its
    width."""

    name: str
    page_number: int
    texts: TextTable
    words: int
    middles: tuple[float, ...]


@dataclass
class WholeTables:
    """Parts that may still go on: those of the last page of one document."""

    problems: list[str] = field(default_factory=list)
    _key: Key = ()
    _number: int = -1
    _open: dict[int, list[Part]] = field(default_factory=dict)

    def add(self, item: ExportPage) -> Iterator[list[Part]]:
        """Take the tables of a page; the tables that are complete now, each with its parts."""
        page, key = item.page, _document_of(item)
        is_next = (key, page.number) == (self._key, self._number + 1)
        before = self._open if is_next else {}
        after: dict[int, list[Part]] = {}
        for number, table in enumerate(page.tables):
            part = _part(f"{item.name}_table_{number}", table, page)
            parts = before.pop(table.continues, []) if table.continues else []
            if table.continues and page.number and not parts:
                text = _("{name}: the part on the page before was not exported")
                self.problems.append(text.format(name=part.name))
            after[table.id] = [*parts, part]
        done = list((before if is_next else self._open).values())
        self._key, self._number, self._open = key, page.number, after
        yield from done

    def rest(self) -> Iterator[list[Part]]:
        """The tables of the last page."""
        done, self._open = list(self._open.values()), {}
        yield from done


def _document_of(item: ExportPage) -> Key:
    """By which pages of one document are known: the PDF they lie in, else the document."""
    pdf = getattr(item.picture, "pdf", None)
    document = item.document
    return (pdf,) if pdf else (document.id, document.sha256, document.name)


def _part(name: str, table: Table, page: Page) -> Part:
    texts, words = text_table(table, page)
    edges = table_grid.column_edges(table)
    width = edges[-1] - edges[0]
    middles = [
        ((low + high) / 2 - edges[0]) / width for low, high in zip(edges, edges[1:], strict=False)
    ]
    return Part(name, page.number, texts, words, tuple(middles))


def joined(parts: Sequence[Part]) -> tuple[TextTable, str]:
    """One table of its parts in order, and a sentence about what did not match, or nothing."""
    if len(parts) == 1:
        return parts[0].texts, ""
    widest = max(parts, key=lambda part: part.texts.columns)
    first, cells, problems = _spread(parts[0], widest), list[TextCell](), dict[str, None]()
    row = 0
    for part in parts:
        texts = _spread(part, widest)
        dropped = 0 if part is parts[0] else _repeated(first, texts)
        if part is not parts[0] and texts.header_rows > dropped:
            text = _("the header on page {page} differs and stays as ordinary rows")
            problems[text.format(page=part.page_number + 1)] = None
        if texts is not part.texts:
            text = _("the part on page {page} has {own} columns, not {most}")
            gaps = {"page": part.page_number + 1, "own": part.texts.columns}
            problems[text.format(most=widest.texts.columns, **gaps)] = None
        cells += [_moved(cell, row - dropped, row == 0) for cell in texts.cells
                  if cell.span.row0 >= dropped]  # fmt: skip
        row += texts.rows - dropped
    table = TextTable(row, widest.texts.columns, first.header_rows, tuple(cells))
    return table, "; ".join(problems)


def _moved(cell: TextCell, by: int, is_first: bool) -> TextCell:
    span = replace(cell.span, row0=cell.span.row0 + by, row1=cell.span.row1 + by)
    return replace(cell, span=span, is_header=cell.is_header and is_first)


def _repeated(first: TextTable, texts: TextTable) -> int:
    """How many header rows say just what the first part's say."""
    same = texts.header_rows == first.header_rows and _head(first) == _head(texts)
    return texts.header_rows if same and texts.header_rows < texts.rows else 0


def _head(table: TextTable) -> list[tuple[Span, str]]:
    return [
        (cell.span, " ".join(cell.text.casefold().split()))
        for cell in table.cells
        if cell.is_header
    ]


def _spread(part: Part, widest: Part) -> TextTable:
    """The table of a part over as many columns as the widest one has."""
    texts, count = part.texts, widest.texts.columns
    if texts.columns == count:
        return texts
    places = matched(part.middles, widest.middles)
    cells = []
    for cell in texts.cells:
        span = cell.span
        start, end = places[span.column0], places[span.column1 - 1] + 1
        start, end = (0, count) if cell.is_projected else (start, end)
        cells.append(replace(cell, span=replace(span, column0=start, column1=end)))
    taken = {
        (row, column)
        for cell in cells
        for row in range(cell.span.row0, cell.span.row1)
        for column in range(cell.span.column0, cell.span.column1)
    }
    blank = (
        TextCell(Span(row, row + 1, column, column + 1), "", row < texts.header_rows)
        for row in range(texts.rows)
        for column in range(count)
        if (row, column) not in taken
    )
    ordered = sorted([*cells, *blank], key=lambda cell: (cell.span.row0, cell.span.column0))
    return TextTable(texts.rows, count, texts.header_rows, tuple(ordered))


def matched(few: Sequence[float], many: Sequence[float]) -> tuple[int, ...]:
    """For each of a few places the nearest of many, in order, none taken twice (dynamic
    programming); ValueError where there are not as many.
    """
    if len(few) > len(many):
        raise ValueError(f"{len(few)} columns do not fit into {len(many)}")

    @cache
    def best(index: int, start: int) -> tuple[float, tuple[int, ...]]:
        if index == len(few):
            return 0.0, ()
        last = len(many) - (len(few) - index)
        found = []
        for place in range(start, last + 1):
            cost, rest = best(index + 1, place + 1)
            found.append((cost + abs(few[index] - many[place]), (place, *rest)))
        return min(found)

    return best(0, 0)[1]
