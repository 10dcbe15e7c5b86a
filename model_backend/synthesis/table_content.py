"""What a table says: columns of kinds of values, a header tree, body rows, projected rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from model_backend.document import Span
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import between, chosen, happens

LEFT, CENTRE, RIGHT, POINT = "left", "centre", "right", "point"
"""How values stand in their column; "point" has the decimal points one below the other."""
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


@dataclass(frozen=True)
class Placed:
    """One cell's text, in lines, over a range of the grid."""

    span: Span
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """How a column's values are made and how they stand."""

    value: Callable[[np.random.Generator], str]
    align: str
    empty: float = 0.0


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


def content(
    random: np.random.Generator, most_columns: int, most_rows: int, *, can_wrap: bool = True
) -> Content:
    """A table of at most so many columns and body rows."""
    count = int(random.integers(2, max(3, most_columns + 1)))
    columns = (_stub(random), *(_column(random) for _ in range(count - 1)))
    header_rows = int(random.choice([0, 1, 2, 3, 4], p=[0.06, 0.54, 0.28, 0.09, 0.03]))
    if count < 4:
        header_rows = min(header_rows, 1)
    rows = int(random.integers(2, max(3, most_rows - header_rows + 1)))
    made = Content(columns, header_rows, header_rows)
    _head(made, random)
    _body(made, rows, random, 0.25 if can_wrap and happens(random, 0.35) else 0.0)
    return made


def _head(made: Content, random: np.random.Generator) -> None:
    """The header's cells: the last row names each column, the rows above head groups of them."""
    last, count = made.header_rows - 1, len(made.columns)
    if last < 0:
        return
    starts = 1 if last and happens(random, 0.85) else 0
    if starts:
        is_tall = happens(random, 0.5)
        lines = _heading(random) if happens(random, 0.85) or not is_tall else ()
        place = Span(0, last + 1, 0, 1) if is_tall else Span(last, last + 1, 0, 1)
        made.cells.append(Placed(place, lines))
    groups = [(column, column + 1) for column in range(starts, count)]
    for row in range(last, -1, -1):
        if row < last:
            groups = _joined(groups, random)
        for first, end in groups:
            is_blank = row == last and first == 0 and happens(random, 0.15)
            lines = () if is_blank else _heading(random)
            made.cells.append(Placed(Span(row, row + 1, first, end), lines))


def _joined(groups: list[tuple[int, int]], random: np.random.Generator) -> list[tuple[int, int]]:
    """Neighbouring groups brought under common headings."""
    result: list[tuple[int, int]] = []
    size = int(random.integers(2, 4))
    for index in range(0, len(groups), size):
        part = groups[index : index + size]
        result.append((part[0][0], part[-1][1]))
    return result


def _body(made: Content, rows: int, random: np.random.Generator, wraps: float) -> None:
    """Body rows, with projected rows and totals between them."""
    can_project = happens(random, 0.3) and rows > 4
    ends_in_total = happens(random, 0.25)
    for index in range(rows):
        row = made.row_count
        made.row_count += 1
        is_free = index < rows - 1 and row - 1 not in made.projected_rows
        if can_project and is_free and (index == 0 or happens(random, 0.2)):
            made.projected_rows.append(row)
            span = Span(row, row + 1, 0, len(made.columns))
            text = mask_words.words(random, int(random.integers(1, 5))).capitalize()
            made.cells.append(Placed(span, (text,)))
            continue
        if ends_in_total and index == rows - 1:
            made.total_rows.append(row)
        _row(made, row, random, wraps)


def _row(made: Content, row: int, random: np.random.Generator, wraps: float) -> None:
    if happens(random, 0.5):
        made.indented_rows.append(row)
    is_total = row in made.total_rows
    for number, column in enumerate(made.columns):
        text = column.value(random)
        if is_total and number == 0:
            text = chosen(random, ("Total", "Sum", "Grand total", "All", "Balance due"))
        if happens(random, 0.0 if number == 0 else column.empty):
            text = chosen(random, ("", "", "-", "n/a"))
        lines = [text] if text else []
        is_text = column.align in (LEFT, CENTRE) and column.value is not mask_words.number
        while text and is_text and len(lines) < 4 and happens(random, wraps):
            lines.append(mask_words.words(random, int(random.integers(1, 4))))
        made.cells.append(Placed(Span(row, row + 1, number, number + 1), tuple(lines)))


def _heading(random: np.random.Generator) -> tuple[str, ...]:
    count = 1 if happens(random, 0.8) else 2
    lines = [mask_words.words(random, int(random.integers(1, 3))) for _ in range(count)]
    if happens(random, 0.3):
        lines[-1] = chosen(random, UNITS)
    elif happens(random, 0.4):
        lines[0] = chosen(random, mask_words.LABELS)
    return tuple(line[0].upper() + line[1:] for line in lines)


def _stub(random: np.random.Generator) -> Column:
    """The first column: what the rows are about."""
    most = int(random.integers(2, 6))

    def some_words(chance: np.random.Generator) -> str:
        text = mask_words.words(chance, int(chance.integers(1, most)))
        return text[0].upper() + text[1:]

    kinds = (some_words, some_words, some_words, mask_words.name, mask_words.date, _index)
    return Column(chosen(random, kinds), LEFT)


def _column(random: np.random.Generator) -> Column:
    style, empty = random.random(), between(random, 0.0, 0.35) if happens(random, 0.35) else 0.0
    if style < 0.3:
        places = int(random.integers(1, 4))
        size = 10.0 ** int(random.integers(0, 4))
        return Column(lambda chance: f"{chance.normal(size, size):,.{places}f}", POINT, empty)
    if style < 0.38:
        return Column(_money, RIGHT, empty)
    if style < 0.55:
        return Column(mask_words.number, chosen(random, (RIGHT, RIGHT, CENTRE)), empty)
    if style < 0.65:
        return Column(_paired, CENTRE, empty)
    if style < 0.75:
        return Column(mask_words.date, chosen(random, (LEFT, CENTRE)), empty)
    if style < 0.85:
        return Column(_short, CENTRE, empty)
    most = int(random.integers(2, 5))
    return Column(
        lambda chance: mask_words.words(chance, int(chance.integers(1, most))), LEFT, empty
    )


def _paired(random: np.random.Generator) -> str:
    """A value with its spread."""
    first, second = abs(random.normal(20, 10)), abs(random.normal(3, 2))
    form = int(random.integers(3))
    return (
        f"{first:.1f} ({second:.1f})",
        f"{first:.2f} ± {second:.2f}",
        f"{first:.0f}-{first + second:.0f}",
    )[form]


def _money(random: np.random.Generator) -> str:
    """An amount, its sign apart."""
    return f"$ {abs(random.normal(0, 4000)):,.2f}"


def _short(random: np.random.Generator) -> str:
    return chosen(random, ("Yes", "No", "A", "B", "C", "+", "++", "NS", "***", "<0.001", "x"))


def _index(random: np.random.Generator) -> str:
    return f"{chosen(random, 'ABCDR')}-{int(random.integers(1, 400)):03d}"
