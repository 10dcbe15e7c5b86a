"""A table's text set in rows and columns, with or without rulings, and its exact grid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from model_backend.document import Box, Point, Span
from model_backend.synthesis.families import (
    Family,
    between,
    chosen,
    faces_of,
    happens,
    is_typed,
)
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import Colour
from model_backend.synthesis.table_columns import CENTRE, LEFT, POINT, RIGHT
from model_backend.synthesis.table_content import Content, Placed, content

RULINGS = (
    *("grid", "grid", "rows", "three", "three", "three", "none", "none", "banded", "outer"),
    *("columns", "head", "rows and outer"),
)
"""Which lines a table has: all, below each row, the three of books, none, grey bands, a frame."""
GROUPED = ("three", "none", "head")
"""Tables with short lines under headings over several columns."""


PADS = ((0.0, 0.3), (0.0, 0.6), (0.0, 1.2), (0.5, 2.5), (0.8, 4.0), (2.0, 8.0))
"""White above and below the lines of a cell, in points: often none, so that rows are as near to one
another as the lines of one cell."""


@dataclass(frozen=True)
class Style:
    """How a table looks; lengths in points, `leading` in shares of the size."""

    ruling: str
    body: Pen
    head: Pen
    pad_x: float
    pad_y: float
    leading: float
    line: float
    shade: Colour | None
    head_align: str
    vertical: float
    """Where lines stand in taller cells: 0 at the top, 0.5 in the middle, 1 at the bottom."""
    head_vertical: float
    """The same in the header."""
    indent: float = 0.0
    """Of some rows' first cells."""
    hang: float = 0.0
    """Of a first cell's further lines."""
    has_leaders: bool = False
    """Dots from the first cell's text to the next column."""


@dataclass(frozen=True)
class Layout:
    """Edges of columns and rows, in points."""

    columns: tuple[float, ...]
    rows: tuple[float, ...]


def style_of(family: Family, random: np.random.Generator) -> Style:
    """Some look of a table."""
    face, size = chosen(random, faces_of(family)), between(random, 6.0, 11.0)
    if is_typed(face) and happens(random, 0.6):
        face = chosen(random, faces_of(family))
    body = Pen(face, size, stretch=between(random, 0.9, 1.05))
    head = replace(body, weight=0.35 if happens(random, 0.5) else 0.0)
    ruling = chosen(random, RULINGS)
    is_shaded = ruling == "banded" or happens(random, 0.15)
    level = between(random, 0.8, 0.95)
    return Style(
        ruling=ruling,
        body=body,
        head=head,
        pad_x=between(random, 2.5, 12.0) if happens(random, 0.75) else between(random, 1.5, 2.5),
        pad_y=between(random, *chosen(random, PADS)),
        leading=between(random, 1.05, 1.35),
        line=between(random, 0.4, 1.2),
        shade=(level, level, min(1.0, level + 0.04)) if is_shaded else None,
        head_align=chosen(random, (LEFT, CENTRE, CENTRE)),
        vertical=chosen(random, (0.0, 0.0, 0.5, 0.5, 1.0)),
        head_vertical=chosen(random, (0.0, 0.5, 0.5, 1.0, 1.0, 1.0)),
        indent=between(random, 5, 12) if happens(random, 0.25) else 0.0,
        hang=between(random, 3, 10) if happens(random, 0.4) else 0.0,
        has_leaders=ruling in ("none", "three", "head") and happens(random, 0.15),
    )


def draw_table(
    paper: Paper, room: Box, family: Family, random: np.random.Generator, style: Style | None = None
) -> Box | None:
    """Draw a table at the top of the room and say so (`paper.tables`); its box, None where even a
    small one has no room.
    """
    style = style or style_of(family, random)
    row_height = style.body.size * style.leading + 2 * style.pad_y
    most_rows = int(min(60, room.height / row_height))
    most_columns = max(2, min(13, int(room.width / (style.body.size * 4))))
    for _attempt in range(6):
        if most_rows < 3:
            return None
        made = content(random, most_columns, most_rows)
        layout = _layout(made, style, room, random)
        if layout.columns[-1] <= room.x1 + 0.5 and layout.rows[-1] <= room.y1 + 0.5:
            return _drawn(paper, made, style, layout)
        most_rows = int(most_rows * 0.8)
        most_columns = max(2, most_columns - 1)
    return None


def _layout(made: Content, style: Style, room: Box, random: np.random.Generator) -> Layout:
    widths = _widths(made, style)
    spare = room.width - sum(widths)
    if spare > 0 and happens(random, 0.6):
        share = between(random, 0.2, 1.0) if happens(random, 0.5) else 1.0
        widths = widths + spare * share / len(widths)
    elif spare > 0:
        widths = widths + min(spare / len(widths), between(random, 0, 30))
    left = room.x0 + (room.width - min(room.width, float(sum(widths)))) * chosen(random, (0.0, 0.5))
    heights = _heights(made, style, random)
    return Layout(
        (left, *(left + np.cumsum(widths)).tolist()),
        (room.y0, *(room.y0 + np.cumsum(heights)).tolist()),
    )


def _widths(made: Content, style: Style) -> np.ndarray:
    """The least widths of columns that hold every text."""
    widths = np.zeros(len(made.columns))
    by_size = sorted(made.cells, key=lambda cell: cell.span.column1 - cell.span.column0)
    for cell in by_size:
        if cell.span.row0 in made.projected_rows:
            continue
        pen = _pen(cell.span.row0, made, style)
        need = max((pen.width(line) for line in cell.lines), default=0.0) + 2 * style.pad_x
        if cell.span.column0 == 0 and cell.span.row0 not in made.head_rows:
            need += style.indent + (style.hang if len(cell.lines) > 1 else 0.0)
        columns = slice(cell.span.column0, cell.span.column1)
        lack = need - widths[columns].sum()
        if lack > 0:
            widths[columns] += lack / (cell.span.column1 - cell.span.column0)
    for number, column in enumerate(made.columns):
        if column.align == POINT:
            before, after = _point_parts(made, style, number)
            widths[number] = max(widths[number], before + after + 2 * style.pad_x)
    return np.maximum(widths, 12.0)


def _heights(made: Content, style: Style, random: np.random.Generator) -> np.ndarray:
    heights = np.zeros(made.row_count)
    leading = style.body.size * style.leading
    for cell in made.cells:
        rows = cell.span.row1 - cell.span.row0
        need = (len(cell.lines) or 1) * leading + 2 * style.pad_y
        lack = need - heights[cell.span.row0 : cell.span.row1].sum()
        if lack > 0:
            heights[cell.span.row0 : cell.span.row1] += lack / rows
    for row in made.wide_rows:
        heights[row] += leading * between(random, 0.2, 1.1)
    if happens(random, 0.15):
        heights *= random.uniform(1.0, 1.35, made.row_count)
    return heights


def _drawn(paper: Paper, made: Content, style: Style, layout: Layout) -> Box:
    rows, columns = layout.rows, layout.columns
    if style.ruling == "none" and style.shade is None:  # nothing shows where the padding ends
        rows = (rows[0] + style.pad_y, *rows[1:-1], rows[-1] - style.pad_y)
        columns = (columns[0] + style.pad_x, *columns[1:-1], columns[-1] - style.pad_x)
    box = Box(columns[0], rows[0], columns[-1], rows[-1])
    _shade(paper, made, style, layout)
    for cell in made.cells:
        _set(paper, cell, made, style, layout)
    for start, end, width in _lines(made, style, layout):
        paper.line(start, end, width=width)
    paper.table(
        box,
        rows,
        columns,
        spans=made.spans,
        header_rows=made.header_rows,
        projected_rows=tuple(made.projected_rows),
    )
    return box


def _set(paper: Paper, cell: Placed, made: Content, style: Style, layout: Layout) -> None:
    """Write a cell's lines."""
    span, pen = cell.span, _pen(cell.span.row0, made, style)
    x0, x1 = layout.columns[span.column0] + style.pad_x, layout.columns[span.column1] - style.pad_x
    top, bottom = layout.rows[span.row0], layout.rows[span.row1]
    leading = style.body.size * style.leading
    spare = bottom - top - 2 * style.pad_y - len(cell.lines) * leading
    vertical = style.head_vertical if span.row0 < made.header_rows else style.vertical
    y = top + style.pad_y + spare * vertical + (leading + 0.62 * style.body.size) / 2
    align = made.columns[span.column0].align
    if span.row0 < made.header_rows:
        align = style.head_align if span.column0 or span.column1 > 1 else LEFT
    elif span.row0 in made.projected_rows:
        align = LEFT
    is_stub = span.column0 == 0 and span.row0 not in made.head_rows
    if is_stub and span.row0 in made.indented_rows:
        x0 += style.indent
    for line in cell.lines:
        _set_line(paper, line, Room(x0, x1, y, align), pen, _point_parts(made, style, span.column0))
        if is_stub and style.has_leaders and line == cell.lines[-1]:
            _lead(paper, x0 + pen.width(line + " "), x1, y, pen)
        y += leading
        if is_stub and line is cell.lines[0]:
            x0 += style.hang


@dataclass(frozen=True)
class Room:
    """Where a line of a cell may stand: its left, right and base line, and how it stands there."""

    left: float
    right: float
    base: float
    align: str


def _set_line(paper: Paper, line: str, room: Room, pen: Pen, parts: tuple[float, float]) -> None:
    """Write one line of a cell; `parts` are the widest before and after its column's points."""
    width = pen.width(line)
    if room.align == RIGHT and line.startswith("$ "):  # the sign stands at the other side
        paper.text((room.left, room.base), "$", pen)
        line = line[2:]
        paper.text((room.right - pen.width(line), room.base), line, pen)
        return
    middle = (room.left + room.right) / 2
    x = {LEFT: room.left, CENTRE: middle - width / 2, RIGHT: room.right - width}.get(room.align)
    if x is None:
        before, after = parts
        x = middle + (before - after) / 2 - pen.width(line.split(".")[0])
    paper.text((x, room.base), line, pen)


def _lead(paper: Paper, start: float, end: float, base: float, pen: Pen) -> None:
    count = int((end - start) / pen.width("."))
    if count > 2:
        paper.text((start, base), "." * count, pen)


def _point_parts(made: Content, style: Style, number: int) -> tuple[float, float]:
    """The widest parts before and after the decimal points of a column."""
    before = after = 0.0
    for cell in made.cells:
        if (
            cell.span.column0 == number
            and cell.span.row0 >= made.header_rows
            and cell.span.row0 not in made.projected_rows
        ):
            for line in cell.lines:
                whole, own = style.head.width(line), style.head.width(line.split(".")[0])
                before, after = max(before, own), max(after, whole - own)
    return before, after


def _pen(row: int, made: Content, style: Style) -> Pen:
    return style.head if row in made.head_rows else style.body


def _shade(paper: Paper, made: Content, style: Style, layout: Layout) -> None:
    if style.shade is None:
        return
    x0, x1 = layout.columns[0], layout.columns[-1]
    if made.header_rows and (style.ruling != "banded" or made.header_rows % 2 == 0):
        box = Box(x0, layout.rows[0], x1, layout.rows[made.header_rows])
        paper.rule(box, width=0, fill=style.shade)
    if style.ruling == "banded":
        for row in range(made.header_rows + 1, made.row_count, 2):
            box = Box(x0, layout.rows[row], x1, layout.rows[row + 1])
            paper.rule(box, width=0, fill=style.shade)


def _lines(made: Content, style: Style, layout: Layout) -> Iterator[tuple[Point, Point, float]]:
    """The rulings of the style, none of them through a merged cell."""
    ruling = style.ruling
    last, width = made.row_count, style.line
    across = {
        "grid": range(last + 1),
        "rows": range(last + 1),
        "rows and outer": range(last + 1),
        "three": (0, made.header_rows, last),
        "outer": (0, made.header_rows, last),
        "columns": (0, made.header_rows, last),
        "head": (made.header_rows,),
        "banded": (0, last) if made.row_count % 2 else (),
    }.get(ruling, ())
    for row in sorted(set(across)):
        if row or ruling != "head":
            thick = width * 1.8 if ruling == "three" and row in (0, last) else width
            yield from _across(made, layout, row, thick)
    if ruling in GROUPED:
        yield from _under_groups(made, layout, style)
    down = {"grid": range(len(made.columns) + 1), "columns": range(1, len(made.columns))}.get(
        ruling, (0, len(made.columns)) if "outer" in ruling else ()
    )
    for column in down:
        yield from _down(made, layout, column, width)


def _across(
    made: Content, layout: Layout, row: int, width: float
) -> Iterator[tuple[Point, Point, float]]:
    crossing = [span for span in made.spans if span.row0 < row < span.row1]
    free = [
        not any(span.column0 <= column < span.column1 for span in crossing)
        for column in range(len(made.columns))
    ]
    for first, end in _stretches(free):
        y = layout.rows[row]
        yield (layout.columns[first], y), (layout.columns[end], y), width


def _down(
    made: Content, layout: Layout, column: int, width: float
) -> Iterator[tuple[Point, Point, float]]:
    whole = [Span(row, row + 1, 0, len(made.columns)) for row in made.projected_rows]
    crossing = [span for span in (*made.spans, *whole) if span.column0 < column < span.column1]
    free = [
        not any(span.row0 <= row < span.row1 for span in crossing) for row in range(made.row_count)
    ]
    for first, end in _stretches(free):
        x = layout.columns[column]
        yield (x, layout.rows[first]), (x, layout.rows[end]), width


def _under_groups(
    made: Content, layout: Layout, style: Style
) -> Iterator[tuple[Point, Point, float]]:
    """Short lines under headings over several columns."""
    for span in made.spans:
        if span.row1 < made.header_rows and span.column1 - span.column0 > 1:
            y = layout.rows[span.row1]
            x0, x1 = layout.columns[span.column0] + 3, layout.columns[span.column1] - 3
            yield (x0, y), (x1, y), style.line


def _stretches(free: list[bool]) -> Iterator[tuple[int, int]]:
    """Half-open ranges of neighbours that are free."""
    start = None
    for index, is_free in enumerate([*free, False]):
        if is_free and start is None:
            start = index
        elif not is_free and start is not None:
            yield start, index
            start = None
