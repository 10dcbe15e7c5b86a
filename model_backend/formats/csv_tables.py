"""Tables as CSV: UTF-8 with a byte order mark, as spreadsheets expect it, lines end in CR LF.

A merged cell's text stands at its first place, the others stay empty. A text that a spreadsheet
would take for a formula (= + - @, tab or line break first) gets an apostrophe in front; so does one
that has apostrophes before such a character: taking one away always gives the text.
"""

from __future__ import annotations

import csv
from pathlib import Path

from model_backend.formats.table_files import TableWriter, TextCell, TextTable, is_like_a_formula
from model_backend.formats.values import WriteOptions
from model_backend.quality import read_back_tables


class CsvFile:
    """One CSV file a table."""

    suffix = ".csv"

    def save(self, path: Path, table: TextTable) -> str:
        """Write and check."""
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file, quoting=csv.QUOTE_ALL)
            rows.writerows([_text(cell) for cell in line] for line in table.lines())
        read_back_tables.check_csv(path, table)
        return ""


def _text(cell: TextCell | None) -> str:
    text = cell.text if cell else ""
    return f"'{text}" if is_like_a_formula(text) else text


class Writer(TableWriter):
    """Writes tables/NAME_table_N.csv."""

    def __init__(self, folder: Path, _options: WriteOptions) -> None:
        super().__init__(folder, CsvFile())
