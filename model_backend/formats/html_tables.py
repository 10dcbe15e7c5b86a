"""Tables as HTML: header rows in thead with th, merged cells with rowspan and colspan.

A projected row is a td across all columns. `<html><body><table>` is what TEDS reads.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from model_backend.formats.table_files import TableWriter, TextCell, TextTable
from model_backend.formats.values import WriteOptions
from model_backend.quality import read_back_tables

_HEAD = '<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"/><title>{title}</title></head>\n'


class HtmlFile:
    """One HTML file a table."""

    suffix = ".html"

    def save(self, path: Path, table: TextTable) -> str:
        """Write and check."""
        text = _HEAD.format(title=escape(path.stem)) + _body(table)
        path.write_bytes(text.encode())
        read_back_tables.check_html(path, table)
        return ""


def _body(table: TextTable) -> str:
    rows = [
        "<tr>" + "".join(_cell(cell) for cell in line if cell) + "</tr>" for line in table.lines()
    ]
    head, body = rows[: table.header_rows], rows[table.header_rows :]
    parts = ["<body>", "<table>"]
    parts += ["<thead>", *head, "</thead>"] if head else []
    parts += ["<tbody>", *body, "</tbody>"] if body else []
    return "\n".join([*parts, "</table>", "</body>", "</html>", ""])


def _cell(cell: TextCell) -> str:
    name = "th" if cell.is_header else "td"
    spans = f' rowspan="{cell.rows}"' * (cell.rows > 1) + f' colspan="{cell.columns}"' * (
        cell.columns > 1
    )
    return f"<{name}{spans}>{escape(cell.text).replace(chr(13), '&#13;')}</{name}>"


class Writer(TableWriter):
    """Writes tables/NAME_table_N.html."""

    def __init__(self, folder: Path, _options: WriteOptions) -> None:
        super().__init__(folder, HtmlFile())
