"""Checks of ICDAR-2013 tables against the words of their PDF files: what cells say, and where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from model_backend import sources
from model_backend.document import Word
from model_backend.errors import UserError
from model_backend.formats import safe_xml
from model_backend.formats.icdar2013 import TrueTable, read_tables
from model_backend.metrics.grits import GridCell
from model_backend.quality.alignment import text_difference, words_of_texts
from model_backend.quality.completion import completed
from model_backend.quality.findings import Finding, finding
from model_backend.reading_order import reading_order
from model_backend.table_grid import cell_text

ENDING = "-str.xml"
MOST_DIFFERENCE = 0.05
"""The mean normalised edit distance above which PubTables-1M rejects a table."""
ROOM = 1.0
"""PDF points by which a word may reach out of its cell's box: they are whole numbers."""


def check_file(path: Path) -> Iterator[Finding]:
    """The findings of one `-str.xml` file, or of all in a folder."""
    files = sorted(path.glob(f"*{ENDING}")) if path.is_dir() else [path]
    if not files:
        raise UserError(
            "The folder {folder} holds no tables of ICDAR-2013 (files that end in -str.xml)."
            " Choose another one.",
            folder=path,
        )
    for file in files:
        name = file.name.removesuffix(ENDING)
        try:
            yield from _findings(file, name)
        except UserError as error:
            yield finding("unreadable", name, reason=error)


def _findings(file: Path, name: str) -> Iterator[Finding]:
    document = _document_of(file, name)
    heights = [size.height for size in sources.inspect(document).page_sizes]
    words: dict[int, tuple[Word, ...]] = {}
    yield from _place_findings(file, name)
    for number, table in enumerate(read_tables(file, heights), 1):
        own = f"{name}, table {number}"
        for problem in table.problems:
            yield finding("cell-faulty", own, reason=problem)
        if completed(1, table.cells) is None:
            yield finding("cells-make-no-grid", own)
        if 0 <= table.page < len(heights):
            if table.page not in words:
                words[table.page] = sources.read_page(document, table.page, ocr="never").words
            yield from _text_findings(table, words[table.page], own)


def _place_findings(file: Path, name: str) -> Iterator[Finding]:
    """Cells that begin before the first row or column; reading counts from the first there is."""
    for number, table in enumerate(safe_xml.load(file).findall("./table"), 1):
        for cell in table.iter("cell"):
            places = {key: cell.get(key, "") for key in ("start-row", "start-col")}
            for key, value in places.items():
                if value.startswith("-"):
                    reason = f"cell {cell.get('id')} has {key} {value}"
                    yield finding("cell-faulty", f"{name}, table {number}", reason=reason)


def _document_of(file: Path, name: str) -> Path:
    """The PDF file: an alternative annotation "b" belongs to the document "a"."""
    for stem in (name, f"{name[:-1]}a"):
        document = file.with_name(f"{stem}.pdf")
        if document.is_file():
            return document
    raise UserError("The PDF file {name} is missing. Put it beside the tables.", name=f"{name}.pdf")


def _text_findings(table: TrueTable, words: Sequence[Word], name: str) -> Iterator[Finding]:
    pairs = [(cell.text, text) for cell, text in _texts(table.cells, words)]
    difference = text_difference(pairs)
    if difference > MOST_DIFFERENCE:
        yield finding("cell-text-differs", name, share=f"{difference:.0%}")


def _texts(cells: Sequence[GridCell], words: Sequence[Word]) -> Iterator[tuple[GridCell, str]]:
    """Each cell with what the page says in its box; where it has none, with what is like it."""
    taken: set[int] = set()
    loose = [cell for cell in cells if cell.box is None]
    for cell in cells:
        if cell.box is not None:
            box = cell.box.grown(ROOM)
            inside = [word for word in words if word.box.overlap(box) >= 0.5]
            taken.update(word.id for word in inside)
            yield cell, cell_text(reading_order(inside))
    if loose:
        rest = reading_order([word for word in words if word.id not in taken])
        found = words_of_texts([cell.text for cell in loose], rest)
        yield from zip(loose, map(cell_text, found), strict=True)
