"""The tables of a form as segments: the cells of a known grid, and rows that are plainly a table.

Column heads ask and the cells under them answer. A grid of labels and values beside each other
(the usual Korean form) is no such table and left to the signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, pairwise

from model_backend import table_grid
from model_backend.document import Box, Page, Span, Table, Word
from model_backend.predictors.form_text import (
    COLONS,
    LABEL_WORD,
    Segment,
    TableCell,
    is_number,
    segment_of,
    unspaced,
)
from model_backend.reading_order import lines_of

Row = Sequence[Segment]
LEAST_HEADS = 3
LEAST_ROWS = 2
"""So many heads and so many rows under them make rows of words plainly a table."""
TOTAL = re.compile(r"(?i)(sub-?|grand )?totals?\b|(합|소|총)?계\b")
"""What begins the label of a row of sums: no value of its column, but a label in its own right."""
ROW_GAP = 3.0
"""Rows of a table stand no farther apart than this, in text heights."""


def segments_of_grids(page: Page, words: Sequence[Word]) -> list[Segment]:
    """One segment for each cell with words of the page's tables that have column heads."""
    segments: list[Segment] = []
    free = list(words)
    for number, table in enumerate(page.tables):
        cells = {
            span: found for span, found in table_grid.words_of_cells(table, free).items() if found
        }
        if _is_under_heads(table, cells):
            segments += [_of_cell(number, table, span, found) for span, found in cells.items()]
            taken = {word.id for found in cells.values() for word in found}
            free = [word for word in free if word.id not in taken]
    return segments


def _of_cell(number: int, table: Table, span: Span, words: Sequence[Word]) -> Segment:
    is_head = span.row1 <= table.header_rows
    is_label = TOTAL.match(unspaced(table_grid.cell_text(words)))
    cell = None if is_label else TableCell(number, (span.column0, span.column1), is_head)
    lines = lines_of([word.box for word in words])
    return segment_of([[words[index] for index in line] for line in lines], cell=cell)


def _is_under_heads(table: Table, cells: Mapping[Span, Sequence[Word]]) -> bool:
    """Whether the first rows are heads: no values among them and few labels under them."""
    heads: list[str] = []
    body: list[str] = []
    for span, words in cells.items():
        texts = heads if span.row1 <= table.header_rows else body
        texts.append(table_grid.cell_text(words))
    labels = sum(_is_label(text) for text in body)
    return bool(heads) and not any(map(is_number, heads)) and 3 * labels <= len(body)


def _is_label(text: str) -> bool:
    return text.endswith(COLONS) or bool(LABEL_WORD.search(unspaced(text)))


def marked(rows: Sequence[Row], first_number: int = 0) -> list[list[Segment]]:
    """The same rows from top to bottom, with what stands in plain tables marked as their cells."""
    ordered = sorted(rows, key=_middle)
    done: list[list[Segment]] = []
    number = first_number
    while len(done) < len(ordered):
        top = ordered[len(done)]
        body = _body(ordered, len(done)) if _could_be_heads(top) else []
        if len(body) < LEAST_ROWS:
            done.append(list(top))
            continue
        done.append([_placed(part, number, column, True) for column, part in enumerate(top)])
        done += [[_placed(part, number, i, False) for i, part in row.items()] for row in body]
        number += 1
    return done


def _placed(part: Segment, table: int, column: int, is_head: bool) -> Segment:
    return replace(part, cell=TableCell(table, (column, column + 1), is_head))


def _could_be_heads(row: Row) -> bool:
    has_value = any(is_number(part.text) or _has_colon(part) for part in row)
    return len(row) >= LEAST_HEADS and not has_value


def _body(rows: Sequence[Row], top: int) -> list[dict[int, Segment]]:
    """The rows under the heads by column, as far as they keep to the columns.

    None where the first of them do not share a column of numbers: then it is a form's own rows.
    """
    heads = [part.box for part in rows[top]]
    body: list[dict[int, Segment]] = []
    for above, row in pairwise(islice(rows, top, None)):
        cells = _under(heads, row) if _gap(above, row) <= ROW_GAP else None
        if cells is None:
            break
        body.append(cells)
        if len(body) == LEAST_ROWS and not _share_numbers(body):
            break
    return body if _share_numbers(body[:LEAST_ROWS]) else []


def _share_numbers(rows: Sequence[Mapping[int, Segment]]) -> bool:
    """Whether there is a column with a number in each of the rows."""
    columns = [{i for i, cell in row.items() if is_number(cell.text)} for row in rows]
    return bool(columns) and bool(set.intersection(*columns))


def _under(heads: Sequence[Box], row: Row) -> dict[int, Segment] | None:
    """The cells of a row by column; None where it has other columns than these heads."""
    columns: dict[int, list[Segment]] = {}
    for part in row:
        if _has_colon(part) or sum(_apart(head, part.box) <= 0 for head in heads) > 1:
            return None
        column = min(range(len(heads)), key=lambda i: _apart(heads[i], part.box))
        columns.setdefault(column, []).append(part)
    if len(columns) < 2:
        return None
    return {column: _united(parts) for column, parts in columns.items()}


def _united(parts: Sequence[Segment]) -> Segment:
    """One segment of the parts of a line that share a cell."""
    if len(parts) == 1:
        return parts[0]
    return segment_of(
        [[word for part in parts for word in part.words]], min(part.score for part in parts)
    )


def _has_colon(part: Segment) -> bool:
    return part.text.endswith(COLONS)


def _apart(head: Box, box: Box) -> float:
    """The gap between two boxes across the page; negative where they overlap."""
    return max(head.x0, box.x0) - min(head.x1, box.x1)


def _middle(row: Row) -> float:
    return sum(part.box.center[1] for part in row) / len(row)


def _gap(above: Row, below: Row) -> float:
    """From the middle of one row to that of the next, less the text itself, in text heights."""
    height = max(part.height for part in (*above, *below))
    return (_middle(below) - _middle(above)) / height - 1
