"""Grids as their ruling lines draw them, their headers, and whether they are tables or forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from model_backend.document import Span, Table, Word
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_lattice import Lattice
from model_backend.reading_order import lines_of
from model_backend.table_grid import (
    box_to_frame,
    cell_text,
    merge_cells,
    row_edges,
    set_header_rows,
    words_of_cells,
)
from model_backend.table_grid.frame import bands_of
from model_backend.table_grid.row_groups import PlacedLine, header_lines, layout_of
from model_backend.table_grid.runs import Run, lines_of_words, text_height

LABEL = re.compile(r"[^:：]{1,40}\w\s*[:：](\s|$)")  # noqa: RUF001 - the wide colon of Korean forms
"""A text that begins with the label of a field."""
_YEAR = re.compile(r"\b(18|19|20)\d\d([-/]\d\d(\d\d)?)?\b(?!\.)")
MOST_LABELS = 0.3
"""Where more of the filled cells have a label with a colon, it is a form in boxes."""
UNDIVIDED = 4
"""So many lines of text in one row of a lattice, most of all lines, are rows of their own."""


def drawn_grid(lattice: Lattice, outline: Table, words: Sequence[Word], rulings: Rulings) -> Table:
    """The outline with the lattice's rows, columns and merged cells, and the header it has."""
    table = replace(
        outline,
        box=lattice.box,
        rows=bands_of(list(lattice.rows)),
        columns=bands_of(list(lattice.columns)),
    )
    for span in lattice.spans:
        if (span.row1 - span.row0) * (span.column1 - span.column0) > 1:
            table = merge_cells(table, span)
    return set_header_rows(table, header_rows(table, words, rulings))


def header_rows(table: Table, words: Sequence[Word], rulings: Rulings) -> int:
    """How many of a drawn grid's first rows are its header, going by the text in them."""
    inside = [
        Run(box_to_frame(table, word.box), word.text.strip())
        for found in words_of_cells(table, words).values()
        for word in found
        if word.text.strip()
    ]
    if not inside:
        return 0
    lines = lines_of_words(inside)
    separators = [band.start for band in table.columns[1:]]
    layout = layout_of(table.box, lines, text_height(inside), separators, rulings.across)
    count = header_lines(layout)
    if count in (0, len(layout.lines)):
        return 0
    head, body = layout.lines[:count], layout.lines[count:]
    if _is_like(head, body):
        return 0
    end = max(item.run.box.center[1] for item in head[-1])
    rows = sum(edge < end for edge in row_edges(table)[:-1])
    return _past_tall_cells(table.spans, rows)


def _is_like(head: Sequence[PlacedLine], body: Sequence[PlacedLine]) -> bool:
    """Whether a header is none: where the body has digits, half of its cells have some too."""
    digits = {item.first for line in body for item in line if _has_digit(item.run.text)}
    above = [item.run.text for line in head for item in line if item.first in digits]
    return bool(above) and 2 * sum(map(_has_digit, above)) >= len(above)


def _has_digit(text: str) -> bool:
    """Whether there are digits that are not just a year's."""
    return any(character.isdigit() for character in _YEAR.sub("", text))


def _past_tall_cells(spans: Sequence[Span], rows: int) -> int:
    """The header's end moved below the merged cells that it would cut."""
    for span in sorted(spans, key=lambda span: span.row0):
        if span.row0 < rows < span.row1:
            rows = span.row1
    return rows


def is_filled(table: Table, words: Sequence[Word]) -> bool:
    """Whether at least four cells, in two rows and in two columns, have words."""
    spans = [span for span, found in words_of_cells(table, words).items() if found]
    rows, columns = {span.row0 for span in spans}, {span.column0 for span in spans}
    return len(spans) >= 4 and len(rows) > 1 and len(columns) > 1


def is_form(table: Table, words: Sequence[Word]) -> bool:
    """Whether the cells are fields, with labels that end in colons."""
    texts = [cell_text(found) for found in words_of_cells(table, words).values() if found]
    return sum(bool(LABEL.match(text)) for text in texts) > MOST_LABELS * len(texts)


def is_undivided(table: Table, words: Sequence[Word]) -> bool:
    """Whether most lines of text lie in one row: its own rows are not drawn."""
    boxes = [box_to_frame(table, word.box) for word in words]
    inside = [box for box in boxes if box.overlap(table.box) >= 0.5]
    places = [
        sum(inside[index].center[1] for index in line) / len(line) for line in lines_of(inside)
    ]
    most = max(sum(band.start <= at < band.end for at in places) for band in table.rows)
    return most >= UNDIVIDED and 2 * most > len(places)
