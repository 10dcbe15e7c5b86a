"""Tables with their texts, one file a table: what HTML, OTSL, CSV and XLSX have in common.

None of them holds boxes; texts are those of the words in the cells. A character that XML forbids
leaves as U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from model_backend import table_grid
from model_backend.document import Page, Span, Table
from model_backend.formats.losses import losses
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.values import ExportPage, Written
from model_backend.translation import _

if TYPE_CHECKING:
    from model_backend.formats.whole_tables import Part

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
    """Writes tables/NAME_table_N.SUFFIX for every table of the pages; pictures are not needed.

    A table over several pages is one file, named after its first part.
    """

    def __init__(self, folder: Path, kind: TableFile) -> None:
        from model_backend.formats.whole_tables import WholeTables

        self.folder, self.kind = folder / "tables", kind
        self.written = Written()
        self._names = SafeNames()
        self._tables = WholeTables(self.written.problems)

    def write(self, item: ExportPage) -> None:
        """Add the tables of a page; those that may go on are held until the next one."""
        self.written.counts["pages"] += bool(item.page.tables)
        self.written.lost.update(losses(item.page, self.kind.suffix[1:]))
        for parts in self._tables.add(item):
            self._save(parts)

    def _save(self, parts: Sequence[Part]) -> None:
        from model_backend.formats.whole_tables import joined

        name = parts[0].name
        stem = self._names.stem(name)
        if stem != name:
            self.written.renamed.append((name, stem))
        self.folder.mkdir(exist_ok=True)
        texts, mismatch = joined(parts)
        problem = self.kind.save(self.folder / f"{stem}{self.kind.suffix}", texts)
        for said in filter(None, (mismatch, problem)):
            text = _("{name}: {problem}")
            self.written.problems.append(text.format(name=stem, problem=said))
        words = sum(part.words for part in parts)
        self.written.counts.update(tables=1, cells=len(texts.cells), words=words)
        if len(parts) > 1:
            self.written.counts.update(whole_tables=1)

    def close(self) -> None:
        """Write what waited for a part on a next page; every table is checked as it is written."""
        for parts in self._tables.rest():
            self._save(parts)

    def abandon(self) -> None:
        """Nothing is open between pages."""
