"""Checks of tables: the quality control of PubTables-1M (Smock, Pesala, Abraham 2022), table by
table.

The paper rejects tables; here each fault is told with its place. Texts are looked at only where the
page has words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from model_backend.document import Box, Page, Region, Span, Table, Word
from model_backend.formats.pubtables_write import FORMAT, grid_digest
from model_backend.formats.source_data import unpack
from model_backend.labels import TABLE_CLASSES
from model_backend.quality.canonical import canonical
from model_backend.quality.findings import Finding, finding, shown
from model_backend.reading_order import lines_of
from model_backend.table_grid import (
    box_to_frame,
    cell_text,
    cells,
    column_edges,
    core_of,
    misplaced,
    objects,
    words_of_cells,
)
from model_backend.table_grid.frame import is_upright

BAND_ROOM = 1.0
"""Page units by which neighbouring rows or columns may overlap, as in the reference's script."""
COVERED = 0.9
"""The share of their words that cells have to cover on average."""
HALF = 0.58
"""A word of which each cell has less than so much is cut in half: in the tables of ICDAR 2013 that
people marked up, whose edges cut words here and there, no edge does.
"""
MOST_OBJECTS = 100
MOST_HEADER_ROWS = 5
GAP = 2.0
"""Texts of a line further apart than so many text heights are texts of their own."""
_CURRENCY = re.compile(r"^[$¢€£¥₩]$")
_DOTS = re.compile(r"(?:\.\s*){4,}")
TABLE, COLUMN, ROW, COLUMN_HEADER = TABLE_CLASSES[:4]
Inside = Mapping[Span, Sequence[Word]]
"""The words of each cell."""


def check(page: Page, name: str) -> Iterator[Finding]:
    """What is wrong with the tables of a page, and with boxes that should make one."""
    yield from _loose_findings(page, name)
    words = [word for word in page.words if word.text.strip()]
    for table in page.tables:
        yield from _object_findings(table, _objects_of(table), name)
        yield from _header_findings(table, name)
        if words:
            inside = words_of_cells(table, words)
            yield from _cover_findings(table, words, inside, name)
            yield from _text_findings(table, words, inside, name)
            yield from _cell_text_findings(table, inside, name)


def parts(page: Page) -> tuple[Region, ...]:
    """The regions of a page that are parts of a table: rows, columns and cells."""
    found = [region for region in page.regions if region.label in TABLE_CLASSES]
    return tuple(found) if any(region.label != TABLE for region in found) else ()


def _loose_findings(page: Page, name: str) -> Iterator[Finding]:
    """Rows, columns and cells that stayed regions, because they make no grid."""
    found = parts(page)
    if not found:
        return
    ids = tuple(region.id for region in found)
    yield finding("grid-contradicts", name, *ids)
    boxes = [(region.label, region.box) for region in found]
    yield from _overlap_findings(boxes, name, ids)
    rows = sorted((box for label, box in boxes if label == ROW), key=lambda box: box.center[1])
    headers = [box for label, box in boxes if label == COLUMN_HEADER]
    if headers and _has_gap(rows, headers):
        yield finding("header-gap", name, *ids)


def _has_gap(rows: Sequence[Box], headers: Sequence[Box]) -> bool:
    """Whether the rows of a header are not the first ones."""
    inside = [any(header.contains(row.center) for header in headers) for row in rows]
    return inside != sorted(inside, reverse=True)


def _objects_of(table: Table) -> list[tuple[str, Box]]:
    """The boxes as the file had them while the grid is unchanged, else those of the grid."""
    source = unpack(table.source_data, FORMAT)
    if source.get("grid") == grid_digest(table):
        return [(raw[0], Box(*raw[1:5]).normalized()) for raw in source["objects"]]
    return list(objects(table))


def _object_findings(
    table: Table, boxes: Sequence[tuple[str, Box]], name: str
) -> Iterator[Finding]:
    if is_upright(table):
        yield from _overlap_findings(boxes, name, (table.id,))
    if len(boxes) > MOST_OBJECTS:
        yield finding("too-many-objects", name, table.id, count=len(boxes))


def _overlap_findings(
    boxes: Sequence[tuple[str, Box]], name: str, ids: tuple[int, ...]
) -> Iterator[Finding]:
    rows = sorted((box.y0, box.y1) for label, box in boxes if label == ROW)
    columns = sorted((box.x0, box.x1) for label, box in boxes if label == COLUMN)
    if count := _overlaps(rows):
        yield finding("rows-overlap", name, *ids, count=count)
    if count := _overlaps(columns):
        yield finding("columns-overlap", name, *ids, count=count)


def _overlaps(bands: Sequence[tuple[float, float]]) -> int:
    return sum(above[1] - below[0] > BAND_ROOM for above, below in pairwise(bands))


def _header_findings(table: Table, name: str) -> Iterator[Finding]:
    if table.header_rows > MOST_HEADER_ROWS:
        yield finding("header-too-high", name, table.id, count=table.header_rows)
    if table.projected_rows and table.projected_rows[-1] == len(table.rows) - 1:
        yield finding("projected-row-last", name, table.id)


def _cover_findings(
    table: Table, words: Sequence[Word], inside: Inside, name: str
) -> Iterator[Finding]:
    """Words that lie in two cells or beside them, and how well all are covered on average."""
    wrong, boxes = misplaced(table, words), [cell.box for cell in cells(table)]
    for rule, halved_rule, found in (
        ("word-in-two-cells", "word-halved", wrong.in_two),
        ("word-outside-cells", "word-half-outside", wrong.in_none),
    ):
        halved = [word for word in found if _is_halved(core_of(table, word), word.text, boxes)]
        others = [word for word in found if word not in halved]
        for name_of_rule, its in ((halved_rule, halved), (rule, others)):
            if its:
                ids, text = (word.id for word in its), shown(its[0].text)
                yield finding(name_of_rule, name, table.id, *ids, count=len(its), text=text)
    own = [(cell.box, inside[cell.span]) for cell in cells(table)]
    mean = _mean_cover(table, own)
    if mean < COVERED:
        yield finding("words-covered-badly", name, table.id, share=f"{mean:.1%}")


def _is_halved(core: Box, text: str, cell_boxes: Iterable[Box]) -> bool:
    """Whether nobody could say whose a word is; lines of dots and dashes may be cut."""
    best = max(core.overlap(box) for box in cell_boxes)
    return 1 - HALF <= best < HALF and any(letter.isalnum() for letter in text)


def _mean_cover(table: Table, own: Sequence[tuple[Box, Sequence[Word]]]) -> float:
    """How much of its words a cell covers on average: of whole words, as the reference counts."""
    shares = [
        box_to_frame(table, word.box.normalized()).overlap(box)
        for box, found in own
        for word in found
    ]
    return sum(shares) / len(shares) if shares else 1.0


def _text_findings(
    table: Table, words: Sequence[Word], inside: Inside, name: str
) -> Iterator[Finding]:
    filled = [span for span, found in inside.items() if found]
    for row in _bare_rows(table, filled):
        yield finding("row-empty", name, table.id, number=row + 1)
    for column in _bare_columns(table, filled):
        yield finding("column-empty", name, table.id, number=column + 1)
    for span in filled:
        if span.row0 in table.projected_rows and _is_divided(table, inside[span]):
            yield finding("projected-row-filled", name, table.id, number=span.row0 + 1)
    header = [span for span in table.spans if span.row1 <= table.header_rows]
    after = canonical(table, words) if table.header_rows else table
    if header != [span for span in after.spans if span.row1 <= table.header_rows]:
        yield finding("header-over-segmented", name, table.id)


def _cell_text_findings(table: Table, inside: Inside, name: str) -> Iterator[Finding]:
    """What the reference's scripts look for in the texts of cells."""
    texts = {span: cell_text(found).strip() for span, found in inside.items()}
    if header := [_row_texts(texts, row) for row in range(table.header_rows)]:
        for row in range(table.header_rows, len(table.rows)):
            said = _row_texts(texts, row)
            if len({text for text in said if text}) > 1 and said in header:
                yield finding("header-repeated", name, table.id, number=row + 1)
    for rule, pattern in (("currency-alone", _CURRENCY), ("dots-left", _DOTS)):
        if found := [span for span, text in texts.items() if pattern.search(text)]:
            ids = [word.id for span in found for word in inside[span]]
            yield finding(rule, name, table.id, *ids, count=len(found))


def _row_texts(texts: Mapping[Span, str], row: int) -> list[str]:
    return [text for span, text in sorted(texts.items()) if span.row0 <= row < span.row1]


def empty_rows(table: Table, words: Sequence[Word]) -> tuple[int, ...]:
    """The rows in which no cell has a word."""
    return _bare_rows(table, _filled(table, words))


def empty_columns(table: Table, words: Sequence[Word]) -> tuple[int, ...]:
    """The columns in which no cell has a word."""
    return _bare_columns(table, _filled(table, words))


def _filled(table: Table, words: Sequence[Word]) -> list[Span]:
    return [span for span, found in words_of_cells(table, words).items() if found]


def _bare_rows(table: Table, filled: Iterable[Span]) -> tuple[int, ...]:
    rows = {row for span in filled for row in range(span.row0, span.row1)}
    return tuple(row for row in range(len(table.rows)) if row not in rows)


def _bare_columns(table: Table, filled: Iterable[Span]) -> tuple[int, ...]:
    columns = {column for span in filled for column in range(span.column0, span.column1)}
    return tuple(column for column in range(len(table.columns)) if column not in columns)


def _is_divided(table: Table, words: Sequence[Word]) -> bool:
    """Whether a line of words has texts far apart that begin in different columns."""
    boxes = [box_to_frame(table, word.box) for word in words]
    edges = column_edges(table)
    for line in lines_of(boxes):
        for before, after in pairwise(boxes[index] for index in line):
            is_far = after.x0 - before.x1 > GAP * max(before.height, after.height)
            if is_far and _column(edges, before.x1) != _column(edges, after.x0):
                return True
    return False


def _column(edges: Sequence[float], x: float) -> int:
    return sum(edge <= x for edge in edges)
