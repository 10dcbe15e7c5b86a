"""Tables as OTSL: one token for each grid cell, with the text after it, as DocTags has them.

`ched` begins a cell of the header, `srow` a projected row, `fcel` a cell with text, `ecel` one
without; `lcel`, `ucel` and `xcel` continue the cell to the left, above, or both; `nl` ends a row.
`&`, `<` and `>` in texts are escaped as in XML.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from model_backend.formats.table_files import TableWriter, TextCell, TextTable
from model_backend.formats.values import WriteOptions
from model_backend.quality import read_back_tables


class OtslFile:
    """One file of tokens a table."""

    suffix = ".otsl"

    def save(self, path: Path, table: TextTable) -> str:
        """Write and check."""
        rows = ["".join(row) + "<nl>" for row in _tokens(table)]
        path.write_bytes("\n".join(["<otsl>", *rows, "</otsl>", ""]).encode())
        read_back_tables.check_otsl(path, table)
        return ""


def _tokens(table: TextTable) -> list[list[str]]:
    grid = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        span = cell.span
        for row in range(span.row0, span.row1):
            for column in range(span.column0, span.column1):
                grid[row][column] = _continued(row > span.row0, column > span.column0)
        grid[span.row0][span.column0] = _first(cell)
    return grid


def _continued(is_below: bool, is_right: bool) -> str:
    return "<xcel>" if is_below and is_right else "<ucel>" if is_below else "<lcel>"


def _first(cell: TextCell) -> str:
    text = escape(cell.text, quote=False).replace("\r", "&#13;")
    if cell.is_header:
        return f"<ched>{text}"
    if cell.is_projected:
        return f"<srow>{text}"
    return f"<fcel>{text}" if text else "<ecel>"


class Writer(TableWriter):
    """Writes tables/NAME_table_N.otsl."""

    def __init__(self, folder: Path, _options: WriteOptions) -> None:
        super().__init__(folder, OtslFile())
