"""Independent readers of exported tables: HTML, OTSL, CSV and workbooks, each placed in a grid as
its users place it."""

from __future__ import annotations

import csv
import re
import zipfile
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from model_backend.quality.read_back import fail

if TYPE_CHECKING:
    from model_backend.formats.table_files import TextTable

Placed = dict[tuple[int, int], tuple[int, int, str]]
"""Cells by first row and column: rows and columns that they cover, and their text."""


def _expected(table: TextTable) -> Placed:
    return {
        (cell.span.row0, cell.span.column0): (
            cell.span.row1 - cell.span.row0,
            cell.span.column1 - cell.span.column0,
            cell.text,
        )
        for cell in table.cells
    }


def _compare(file: Path, found: Placed, wanted: Placed) -> None:
    if found == wanted:
        return
    places = [place for place in {**wanted, **found} if found.get(place) != wanted.get(place)]
    fail(file, f"cell in row {places[0][0] + 1}, column {places[0][1] + 1}")


class _HtmlTable(HTMLParser):
    """Places the cells of one table as browsers do: each in the first free place of its row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.cells: Placed = {}
        self.headers: set[tuple[int, int]] = set()
        self.open: list[str] = []
        self.is_balanced = True
        self.rows = 0
        self.head_rows = 0
        self._taken: set[tuple[int, int]] = set()
        self._place: tuple[int, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A row or a cell begins."""
        self.open.append(tag)
        if tag == "tr":
            self.rows += 1
            self.head_rows += "thead" in self.open
        if tag in ("td", "th"):
            self._begin_cell(tag, dict(attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Nothing is in such an element: it says how the text is encoded."""

    def _begin_cell(self, tag: str, attributes: dict[str, str | None]) -> None:
        row, column = self.rows - 1, 0
        while (row, column) in self._taken:
            column += 1
        height, width = (int(attributes.get(key) or 1) for key in ("rowspan", "colspan"))
        covered = {(row + y, column + x) for y in range(height) for x in range(width)}
        self.is_balanced = self.is_balanced and not covered & self._taken
        self._taken |= covered
        self._place = (row, column)
        self.cells[row, column] = (height, width, "")
        if tag == "th":
            self.headers |= covered

    def handle_data(self, data: str) -> None:
        """Text of the open cell."""
        if self._place is not None:
            height, width, text = self.cells[self._place]
            self.cells[self._place] = (height, width, text + data)

    def handle_endtag(self, tag: str) -> None:
        """The innermost element must be the one that ends."""
        self.is_balanced = self.is_balanced and bool(self.open) and self.open.pop() == tag
        if tag in ("td", "th"):
            self._place = None


def check_html(file: Path, table: TextTable) -> None:
    """Parse the HTML and compare cells, spans, header and size."""
    parser = _HtmlTable()
    parser.feed(file.read_bytes().decode("utf-8"))
    parser.close()
    if not parser.is_balanced or parser.open:
        fail(file, "elements")
    _compare(file, parser.cells, _expected(table))
    header = {(row, column) for row in range(table.header_rows) for column in range(table.columns)}
    if (parser.rows, parser.head_rows) != (table.rows, table.header_rows):
        fail(file, "number of rows")
    if parser.headers != header:
        fail(file, "header")


_TOKEN = re.compile(r"<(ched|srow|fcel|ecel|lcel|ucel|xcel|nl)>([^<]*)")


def check_otsl(file: Path, table: TextTable) -> None:
    """Read the tokens row by row, join continued cells, and compare."""
    text = file.read_bytes().decode("utf-8")
    found = _TOKEN.findall(text)
    if _TOKEN.sub("", text).split() != ["<otsl>", "</otsl>"]:
        fail(file, "tokens")
    rows: list[list[tuple[str, str]]] = [[]]
    for token, content in found:
        if token == "nl":
            rows.append([])
        else:
            rows[-1].append((token, unescape(content)))
    if rows.pop() or [len(row) for row in rows] != [table.columns] * table.rows:
        fail(file, "rows")
    _compare(file, _joined([[token for token, _ in row] for row in rows], rows), _expected(table))
    headers = sum(
        all(_leads_to(rows, y, x, "ched") for x in range(len(rows[y]))) for y in range(len(rows))
    )
    if headers != table.header_rows:
        fail(file, "header")


def _joined(tokens: list[list[str]], rows: list[list[tuple[str, str]]]) -> Placed:
    cells: Placed = {}
    for y, row in enumerate(rows):
        for x, (token, text) in enumerate(row):
            if token in ("lcel", "ucel", "xcel"):
                continue
            width, height = 1, 1
            while x + width < len(row) and tokens[y][x + width] == "lcel":
                width += 1
            while y + height < len(rows) and tokens[y + height][x] == "ucel":
                height += 1
            cells[y, x] = (height, width, text)
    return cells


def _leads_to(rows: list[list[tuple[str, str]]], y: int, x: int, kind: str) -> bool:
    """Whether the cell that covers a place is of this kind."""
    while (token := rows[y][x][0]) in ("lcel", "ucel", "xcel"):
        y, x = (y - (token != "lcel"), x - (token != "ucel"))
        if min(x, y) < 0:
            return False
    return token == kind


def check_csv(file: Path, table: TextTable) -> None:
    """Read the rows as spreadsheets do: no field may begin like a formula."""
    wanted = [[""] * table.columns for _ in range(table.rows)]
    for (row, column), (_, _, text) in _expected(table).items():
        wanted[row][column] = text
    csv.field_size_limit(2**31 - 1)  # the parser's own limit is for files of strangers
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    if any(field[:1] in tuple("=+-@\t\r\n") for row in rows for field in row if field):
        fail(file, "formula")
    found = [[re.sub(r"^'('*[=+\-@\t\r\n])", r"\1", field) for field in row] for row in rows]
    if found != wanted:
        fail(file, "fields")


_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")


def check_xlsx(file: Path, table: TextTable, *, longest: int) -> None:
    """Read the parts of the workbook: only texts, where they belong, merged as they should be."""
    with zipfile.ZipFile(file) as book:
        sheet = fromstring(book.read("xl/worksheets/sheet1.xml"), forbid_dtd=True)
        has_texts = "xl/sharedStrings.xml" in book.namelist()
        texts = _texts(book.read("xl/sharedStrings.xml")) if has_texts else []
    merged = {}
    for item in sheet.iter(f"{_SHEET}mergeCell"):
        first, _, last = str(item.get("ref")).partition(":")
        (y0, x0), (y1, x1) = _place(first), _place(last)
        merged[y0, x0] = (y1 - y0 + 1, x1 - x0 + 1)
    found = dict.fromkeys(_expected(table), "")
    for cell in sheet.iter(f"{_SHEET}c"):
        value = cell.findtext(f"{_SHEET}v")
        if value is None:
            continue
        if cell.get("t") != "s" or cell.find(f"{_SHEET}f") is not None:
            fail(file, "a cell is not a text")
        found[_place(str(cell.get("r")))] = texts[int(value)]
    placed = {place: (*merged.pop(place, (1, 1)), text) for place, text in found.items()}
    wanted = {place: (y, x, text[:longest]) for place, (y, x, text) in _expected(table).items()}
    if merged:
        fail(file, "merged cells")
    _compare(file, placed, wanted)


def _texts(data: bytes) -> list[str]:
    root: Element = fromstring(data, forbid_dtd=True)
    return [
        _ESCAPED.sub(
            lambda match: chr(int(match[1], 16)),
            "".join(part.text or "" for part in item.iter(f"{_SHEET}t")),
        )
        for item in root.iter(f"{_SHEET}si")
    ]


def _place(reference: str) -> tuple[int, int]:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        return -1, -1
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
