"""Tables as workbooks: every cell a text, merged cells merged, header rows bold and kept in view.

Nothing is a formula, a number, a date or a link. A cell holds 32,767 characters: longer texts are
cut and named.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from model_backend.formats.table_files import TableWriter, TextCell, TextTable, is_like_a_formula
from model_backend.formats.values import WriteOptions
from model_backend.quality import read_back_tables
from model_backend.translation import counted, mark

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

LONGEST_TEXT = 32_767
_MADE = datetime(2000, 1, 1)  # the same pages give the same file


class XlsxFile:
    """One workbook with one sheet a table."""

    suffix = ".xlsx"

    def save(self, path: Path, table: TextTable) -> str:
        """Write and check."""
        from xlsxwriter import Workbook

        book = Workbook(str(path))
        book.set_properties({"created": _MADE})
        formats = _Formats(book)
        sheet = book.add_worksheet("Table")
        sheet.freeze_panes(table.header_rows, 0)
        for cell in table.cells:
            span, look = cell.span, formats.of(cell)
            if cell.rows * cell.columns > 1:
                last = (span.row1 - 1, span.column1 - 1)
                sheet.merge_range(span.row0, span.column0, *last, "", look)
            text = cell.text[:LONGEST_TEXT]
            if text:
                sheet.write_string(span.row0, span.column0, text, look)
        _close(book)
        read_back_tables.check_xlsx(path, table, longest=LONGEST_TEXT)
        cut = sum(len(cell.text) > LONGEST_TEXT for cell in table.cells)
        return (
            counted(mark("{count} cells have more text than a sheet can hold"), cut) if cut else ""
        )


def _close(book: Workbook) -> None:
    """A disk that is full, say, is told as what it is."""
    from xlsxwriter.exceptions import FileCreateError

    try:
        book.close()
    except FileCreateError as error:
        raise next((one for one in error.args if isinstance(one, OSError)), error) from error


class _Formats:
    """The looks of cells, made once for a workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[bool, bool], Format] = {}

    def of(self, cell: TextCell) -> Format:
        """Bold for headers; texts like formulas stay texts also when they are edited."""
        key = (cell.is_header or cell.is_projected, is_like_a_formula(cell.text))
        if key not in self._made:
            look = {"bold": key[0], "quote_prefix": key[1], "num_format": "@", "text_wrap": True}
            self._made[key] = self._book.add_format({**look, "valign": "top"})
        return self._made[key]


class Writer(TableWriter):
    """Writes tables/NAME_table_N.xlsx."""

    def __init__(self, folder: Path, _options: WriteOptions) -> None:
        super().__init__(folder, XlsxFile())
