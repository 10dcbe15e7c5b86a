"""Tables with their texts, one file a table: what HTML, OTSL, CSV and XLSX have in common.

None of them holds boxes; texts are those of the words in the cells. A character that XML forbids
leaves as U+FFFD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from model_backend import table_grid
from model_backend.document import Page, Span, Table
from model_backend.formats.losses import losses
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.values import ExportPage, Written
from model_backend.translation import _

FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""
_FORMULA = re.compile(r"'*[=+\-@\t\r\n]")


@dataclass(frozen=True)
class TextCell:
    """One cell of a table on its way out; a merged cell stands once, at its first row and
    column."""

    span: Span
    text: str
    is_header: bool = False
    is_projected: bool = False

    @property
    def rows(self) -> int:
        """How many rows it covers."""
        return self.span.row1 - self.span.row0

    @property
    def columns(self) -> int:
        """How many columns it covers."""
        return self.span.column1 - self.span.column0


@dataclass(frozen=True)
class TextTable:
    """The cells of a table, row-major, with the size of its grid."""

    rows: int
    columns: int
    header_rows: int
    cells: tuple[TextCell, ...]

    def lines(self) -> list[list[TextCell | None]]:
        """The grid row by row: each cell at its first place, None where another one covers."""
        grid: list[list[TextCell | None]] = [[None] * self.columns for _ in range(self.rows)]
        for cell in self.cells:
            grid[cell.span.row0][cell.span.column0] = cell
        return grid


def text_table(table: Table, page: Page) -> tuple[TextTable, int]:
    """The table with its texts, and the number of words in it."""
    words = table_grid.words_of_cells(table, page.words)
    cells = tuple(
        TextCell(
            cell.span,
            FORBIDDEN.sub("\ufffd", table_grid.cell_text(words[cell.span])),
            cell.is_column_header,
            cell.is_projected_row_header,
        )
        for cell in table_grid.cells(table)
    )
    size = (len(table.rows), len(table.columns))
    return TextTable(*size, table.header_rows, cells), sum(map(len, words.values()))


def is_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet would compute this text instead of showing it."""
    return bool(_FORMULA.match(text))


class TableFile(Protocol):
    """How one format keeps one table."""

    suffix: str

    def save(self, path: Path, table: TextTable) -> str:
        """Write the file and read it back; a sentence about what did not fit, or nothing."""


class TableWriter:
    """Writes tables/NAME_table_N.SUFFIX for every table of the pages; pictures are not needed."""

    def __init__(self, folder: Path, kind: TableFile) -> None:
        self.folder, self.kind = folder / "tables", kind
        self.written = Written()
        self._names = SafeNames()

    def write(self, item: ExportPage) -> None:
        """Add the tables of a page."""
        page = item.page
        for number, table in enumerate(page.tables):
            self._save(f"{item.name}_table_{number}", table, page)
        self.written.counts["pages"] += bool(page.tables)
        self.written.lost.update(losses(page, self.kind.suffix[1:]))

    def _save(self, name: str, table: Table, page: Page) -> None:
        stem = self._names.stem(name)
        if stem != name:
            self.written.renamed.append((name, stem))
        self.folder.mkdir(exist_ok=True)
        texts, words = text_table(table, page)
        problem = self.kind.save(self.folder / f"{stem}{self.kind.suffix}", texts)
        if problem:
            text = _("{name}: {problem}")
            self.written.problems.append(text.format(name=stem, problem=problem))
        self.written.counts.update(tables=1, cells=len(texts.cells), words=words)

    def close(self) -> None:
        """Every table was checked as it was written."""

    def abandon(self) -> None:
        """Nothing is open between pages."""
