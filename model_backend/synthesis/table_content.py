"""What a table says: columns of kinds of values, a header tree, body rows, projected rows."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from model_backend.document import Span
from model_backend.synthesis import mask_words, table_columns
from model_backend.synthesis.families import between, chosen, happens
from model_backend.synthesis.table_columns import Column

UNITS = (
    "(%)",
    "(mg)",
    "(USD)",
    "n",
    "(n = 24)",
    "(cm)",
    "(SD)",
    "p",
    "2019",
    "2020",
    "2021",
    "1998",
)
TOTALS = ("Total", "Sum", "Grand total", "All", "Balance due")
NOTHING = ("", "", "-", "n/a", "...", "--")
"""What stands where there is no value."""


@dataclass(frozen=True)
class Placed:
    """One cell's text, in lines, over a range of the grid."""

    span: Span
    lines: tuple[str, ...]


@dataclass
class Content:
    """A whole table as text; `spans` are its merged cells, projected rows not among them."""

    columns: tuple[Column, ...]
    header_rows: int
    row_count: int
    cells: list[Placed] = field(default_factory=list)
    projected_rows: list[int] = field(default_factory=list)
    total_rows: list[int] = field(default_factory=list)
    indented_rows: list[int] = field(default_factory=list)
    wide_rows: list[int] = field(default_factory=list)
    """Rows with more white below them."""

    @property
    def head_rows(self) -> set[int]:
        """Rows in the header's type: header, projected rows, totals."""
        return {*range(self.header_rows), *self.projected_rows, *self.total_rows}

    @property
    def spans(self) -> tuple[Span, ...]:
        """Merged cells."""
        return tuple(
            sorted(
                cell.span
                for cell in self.cells
                if (cell.span.row1 - cell.span.row0) * (cell.span.column1 - cell.span.column0) > 1
                and cell.span.row0 not in self.projected_rows
            )
        )


@dataclass(frozen=True)
class Habits:
    """How often odd things happen in a table's body."""

    wraps: float = 0.0
    """Another line in a cell of short text."""
    projects: float = 0.0
    widens: float = 0.0
    groups: float = 0.0
    """The first cell left blank below another."""
    joins: float = 0.0
    """A text over several columns in place of values."""


def content(
    random: np.random.Generator, most_columns: int, most_rows: int, *, can_wrap: bool = True
) -> Content:
    """A table of at most so many columns and body rows."""
    columns = _columns(random, most_columns, can_wrap=can_wrap)
    header_rows = int(random.choice([0, 1, 2, 3, 4], p=[0.06, 0.54, 0.28, 0.09, 0.03]))
    if len(columns) < 4:
        header_rows = min(header_rows, 1)
    most = max(3, most_rows - header_rows + 1)
    rows = int(random.integers(2, most)) if happens(random, 0.5) else int(most * 0.7)
    made = Content(columns, header_rows, header_rows)
    _head(made, random)
    _body(made, rows, random, _habits(random, can_wrap=can_wrap))
    return made


def _columns(random: np.random.Generator, most: int, *, can_wrap: bool) -> tuple[Column, ...]:
    """Of a table of any kind, of statistics, or of text."""
    kind = random.random() if can_wrap else 0.0
    if kind < 0.4:
        count = _count(random, most)
        return (
            table_columns.stub(random),
            *(table_columns.column(random) for _ in range(count - 1)),
        )
    if kind < 0.7:
        count = _count(random, most)
        letters = int(random.integers(14, 45)) if happens(random, 0.7) else 0
        value, is_alike = table_columns.numeric(random), happens(random, 0.6)
        rest = [value if is_alike else table_columns.numeric(random) for _ in range(count - 1)]
        return (table_columns.stub(random, letters), *rest)
    count = int(random.integers(2, max(3, min(6, most) + 1)))
    room = max(8, int(most * 11 / count))
    return (_first(random, room), *(_of_text(random, room) for _ in range(count - 1)))


def _count(random: np.random.Generator, most: int) -> int:
    """Of columns: of two draws the greater."""
    return int(random.integers(2, max(3, most + 1), 2).max())


def _first(random: np.random.Generator, room: int) -> Column:
    if happens(random, 0.3):
        return table_columns.index(random)
    return table_columns.stub(random, int(room * between(random, 0.6, 1.2)))


def _of_text(random: np.random.Generator, room: int) -> Column:
    if happens(random, 0.7):
        return table_columns.text(random, int(room * between(random, 0.6, 1.5)))
    return table_columns.column(random)


def _habits(random: np.random.Generator, *, can_wrap: bool) -> Habits:
    return Habits(
        wraps=0.25 if can_wrap and happens(random, 0.2) else 0.0,
        projects=0.2 if happens(random, 0.3) else 0.0,
        widens=chosen(random, (0.1, 0.2, 0.3)) if happens(random, 0.25) else 0.0,
        groups=0.6 if happens(random, 0.1) else 0.0,
        joins=0.1 if happens(random, 0.12) else 0.0,
    )


def _head(made: Content, random: np.random.Generator) -> None:
    """The header's cells: the last row names each column, the rows above head groups of them."""
    last, count = made.header_rows - 1, len(made.columns)
    if last < 0:
        return
    most = int(random.choice([1, 2, 4], p=[0.5, 0.3, 0.2]))
    starts = 1 if last and happens(random, 0.85) else 0
    if starts:
        is_tall = happens(random, 0.5)
        lines = _heading(random, most) if happens(random, 0.85) or not is_tall else ()
        place = Span(0, last + 1, 0, 1) if is_tall else Span(last, last + 1, 0, 1)
        made.cells.append(Placed(place, lines))
    groups = [(column, column + 1) for column in range(starts, count)]
    for row in range(last, -1, -1):
        if row < last:
            groups = _joined(groups, random, is_top=row == 0)
        for first, end in groups:
            is_lonely = row < last and end - first == 1 and happens(random, 0.5)
            is_blank = is_lonely or (row == last and first == 0 and happens(random, 0.15))
            lines = () if is_blank else _heading(random, most)
            made.cells.append(Placed(Span(row, row + 1, first, end), lines))


def _joined(
    groups: list[tuple[int, int]], random: np.random.Generator, *, is_top: bool
) -> list[tuple[int, int]]:
    """Neighbouring groups brought under common headings, the topmost sometimes over all."""
    result: list[tuple[int, int]] = []
    size = len(groups) if is_top and happens(random, 0.2) else int(random.integers(2, 5))
    first = 1 if not is_top and len(groups) > size and happens(random, 0.2) else 0
    result += groups[:first]
    for index in range(first, len(groups), size):
        part = groups[index : index + size]
        result.append((part[0][0], part[-1][1]))
    return result


def _body(made: Content, rows: int, random: np.random.Generator, habits: Habits) -> None:
    """Body rows, with projected rows and totals between them."""
    can_project = habits.projects > 0 and rows > 4
    ends_in_total = happens(random, 0.25)
    for index in range(rows):
        row = made.row_count
        made.row_count += 1
        if happens(random, habits.widens):
            made.wide_rows.append(row)
        is_free = index < rows - 1 and row - 1 not in made.projected_rows
        if can_project and is_free and (index == 0 or happens(random, habits.projects)):
            made.projected_rows.append(row)
            span = Span(row, row + 1, 0, len(made.columns))
            text = mask_words.words(random, int(random.integers(1, 6))).capitalize()
            lines: tuple[str, ...] = (text + chosen(random, ("", "", ":")),)
            if happens(random, 0.12):
                lines = (text, mask_words.words(random, int(random.integers(1, 4))))
            made.cells.append(Placed(span, lines))
            continue
        if ends_in_total and index == rows - 1:
            made.total_rows.append(row)
        _row(made, row, random, habits)


def _row(made: Content, row: int, random: np.random.Generator, habits: Habits) -> None:
    if happens(random, 0.5):
        made.indented_rows.append(row)
    is_total, count = row in made.total_rows, len(made.columns)
    is_joined = count > 2 and not is_total and happens(random, habits.joins)
    texts = [
        _value(made, row, number, random, habits) for number in range(1 if is_joined else count)
    ]
    if not is_joined and not any(texts):
        texts[0] = made.columns[0].value(random)
    for number, (column, text) in enumerate(zip(made.columns, texts, strict=False)):
        lines = list(column.lines(text))
        is_text = column.align in (table_columns.LEFT, table_columns.CENTRE)
        is_text = is_text and column.value is not mask_words.number
        while text and is_text and len(lines) < 4 and happens(random, habits.wraps):
            lines.append(mask_words.words(random, int(random.integers(1, 4))))
        made.cells.append(Placed(Span(row, row + 1, number, number + 1), tuple(lines)))
    if is_joined:
        text = mask_words.words(random, int(random.integers(1, 5)))
        made.cells.append(Placed(Span(row, row + 1, 1, count), (text,)))


def _value(
    made: Content, row: int, number: int, random: np.random.Generator, habits: Habits
) -> str:
    """What stands in a cell of the body."""
    column = made.columns[number]
    if number == 0 and row in made.total_rows:
        return chosen(random, TOTALS)
    if number == 0 and row > made.header_rows and happens(random, habits.groups):
        return ""
    if number and happens(random, column.empty):
        return chosen(random, NOTHING)
    return column.value(random)


def _heading(random: np.random.Generator, most: int) -> tuple[str, ...]:
    """One to `most` lines."""
    count = int(random.integers(1, most + 1)) if most > 1 or happens(random, 0.9) else 2
    lines = [mask_words.words(random, int(random.integers(1, 3))) for _ in range(count)]
    if happens(random, 0.3):
        lines[-1] = chosen(random, UNITS)
    elif happens(random, 0.4):
        lines[0] = chosen(random, mask_words.LABELS)
    if happens(random, 0.5):
        return (lines[0][0].upper() + lines[0][1:], *lines[1:])
    return tuple(line[0].upper() + line[1:] for line in lines)
