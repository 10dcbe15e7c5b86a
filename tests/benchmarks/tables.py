"""Quality of table proposals beside PyMuPDF's own finder, in one run.

    python -m tests.benchmarks.tables shared/data/icdar2013/competition-dataset-us [--scans] [--ocr]
    python -m tests.benchmarks.tables --crops shared/data/pubtables_format_icdar2013c

The first measures, on PDFs with ICDAR-2013's `-str.xml` beside them: tables found (boxes of the
filled cells overlap by half), cells right (same text in the same rows and columns), the
competition's adjacency F1 (mean of the pages that have or were given a table) and GriTS. PyMuPDF's
finder is measured as it comes (with its own text), with our words in its cells, and in its
strongest setting (`union=True`) with our words. `--scans` measures the scan predictor on the pages
as pictures of 150 dpi with the words of the text layer, `--ocr` with tesseract's words.
The second measures the grid alone: given the table's crop and its words. ICDAR-2013 knows no
projected rows: there a projected row counts as a cell of its first column.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from model_backend import sources, table_grid
from model_backend.document import Box, Page, PageGeometry, Span, Table, Word, union_of, with_words
from model_backend.formats.icdar2013 import read_tables
from model_backend.metrics.adjacency import Adjacency, comparable
from model_backend.metrics.grits import GridCell, grits
from model_backend.predictors import tables_auto, tables_layout, tables_rulings
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.reading_order import lines_of

Cells = list[GridCell]
DPI = 150


@dataclass
class Measured:
    """The sums of one method over all pages."""

    true: int = 0
    proposed: int = 0
    found: int = 0
    right: int = 0
    true_cells: int = 0
    proposed_cells: int = 0
    exact: int = 0
    seconds: float = 0.0
    pages: int = 0
    adjacency: Adjacency = field(default_factory=Adjacency)
    topology: list[float] = field(default_factory=list)
    content: list[float] = field(default_factory=list)

    def update(self, truth: Sequence[Cells], proposed: Sequence[Cells], seconds: float) -> None:
        """Count one page."""
        self.seconds, self.pages = self.seconds + seconds, self.pages + 1
        pairs = matched(truth, proposed)
        self.true, self.proposed = self.true + len(truth), self.proposed + len(proposed)
        self.found += len(pairs)
        self.proposed_cells += sum(len(filled(cells)) for cells in proposed)
        for index, cells in enumerate(truth):
            other = proposed[pairs[index]] if index in pairs else []
            right = len(filled(cells) & filled(other))
            self.right, self.true_cells = self.right + right, self.true_cells + len(filled(cells))
            self.exact += right == len(filled(cells)) == len(filled(other))
            self.topology.append(grits(cells, other, "topology").f)
            self.content.append(grits(cells, other, "content").f)
        if truth or proposed:
            self.adjacency.update(truth, proposed)

    def summary(self) -> dict[str, float]:
        """The figures of a line of the report."""
        return {
            "found recall": self.found / max(self.true, 1),
            "found precision": self.found / max(self.proposed, 1),
            "cells recall": self.right / max(self.true_cells, 1),
            "cells precision": self.right / max(self.proposed_cells, 1),
            "exact tables": self.exact,
            "adjacency F1": self.adjacency.summary().get("f", 0.0),
            "GriTS top": sum(self.topology) / max(len(self.topology), 1),
            "GriTS con": sum(self.content) / max(len(self.content), 1),
            "s/page": self.seconds / max(self.pages, 1),
        }


def filled(cells: Iterable[GridCell]) -> set[tuple[Span, str]]:
    """Place and comparable text of the cells that have text."""
    return {(cell.span, text) for cell in cells if (text := comparable(cell.text))}


def matched(truth: Sequence[Cells], proposed: Sequence[Cells]) -> dict[int, int]:
    """Pairs of true and proposed tables whose filled cells' boxes overlap by half, best first."""
    overlaps = sorted(
        (
            (_outline(true).iou(_outline(other)), i, j)
            for i, true in enumerate(truth)
            for j, other in enumerate(proposed)
        ),
        reverse=True,
    )
    pairs: dict[int, int] = {}
    for overlap, i, j in overlaps:
        if overlap >= 0.5 and i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs


def _outline(cells: Cells) -> Box:
    boxes = [cell.box for cell in cells if cell.box is not None and cell.text.strip()]
    return union_of(boxes) if boxes else Box(0, 0, 0, 0)


def cells_of(table: Table, words: Sequence[Word]) -> Cells:
    """A proposed table's cells as ICDAR-2013 would write them."""
    inside = table_grid.words_of_cells(table, words)
    return [
        GridCell(
            replace(cell.span, column1=1) if cell.is_projected_row_header else cell.span,
            table_grid.cell_text(inside[cell.span]),
            table_grid.box_to_page(table, cell.box),
        )
        for cell in table_grid.cells(table)
    ]


def finder_cells(found: Any, words: Sequence[Word] | None) -> Cells:  # noqa: ANN401 - PyMuPDF's Table
    """The cells of a table of PyMuPDF's finder, with its own text or with our words."""
    texts = None if words is not None else found.extract()
    cells = [
        (Box(*cell), texts[i][j] if texts else _words_in(Box(*cell), words or ()))
        for i, row in enumerate(found.rows)
        for j, cell in enumerate(row.cells)
        if cell
    ]
    columns = _apart(x for box, _ in cells for x in (box.x0, box.x1))
    rows = _apart(y for box, _ in cells for y in (box.y0, box.y1))
    return [GridCell(_span(box, rows, columns), text or "", box) for box, text in cells]


def _apart(values: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > 1:
            kept.append(value)
    return kept


def _span(box: Box, rows: Sequence[float], columns: Sequence[float]) -> Span:
    def nearest(edges: Sequence[float], value: float) -> int:
        return min(range(len(edges)), key=lambda index: abs(edges[index] - value))

    row, column = nearest(rows, box.y0), nearest(columns, box.x0)
    return Span(
        row,
        max(row + 1, nearest(rows, box.y1)),
        column,
        max(column + 1, nearest(columns, box.x1)),
    )


def _words_in(box: Box, words: Iterable[Word]) -> str:
    inside = [word for word in words if box.contains(word.box.center)]
    lines = lines_of([word.box for word in inside])
    return " ".join(inside[index].text for line in lines for index in line)


Method = Callable[[Path, Page], list[Cells]]


def finder(*, own_text: bool, **settings: bool) -> Method:
    """PyMuPDF's finder as a method."""

    def method(path: Path, page: Page) -> list[Cells]:
        import pymupdf

        with pymupdf.open(path) as document:
            found = document[page.number].find_tables(**settings).tables
            return [finder_cells(table, None if own_text else page.words) for table in found]

    return method


def predictor(made: Predictor) -> Method:
    """One of our predictors as a method."""

    def method(path: Path, page: Page) -> list[Cells]:
        proposals = made([PredictorInput(path, page)])[0]
        return [cells_of(table, page.words) for table in proposals.tables]

    return method


def scanned(folder: Path, *, with_ocr: bool) -> Method:
    """The scan predictor on the page as a picture, its proposals back in the page's units."""

    def method(path: Path, page: Page) -> list[Cells]:
        picture = folder / f"{path.stem}-{page.number}.png"
        scale = DPI / 72
        image = sources.render_image(path, page.number, scale=scale)
        image.save(picture, dpi=(DPI, DPI))
        read = sources.read_page(picture, 0, ocr="always" if with_ocr else "never")
        scaled = tuple(replace(w, box=w.box.scaled(scale, scale)) for w in page.words)
        words = read.words if with_ocr else scaled
        scan = _page(read.geometry, read.width, read.height, "px", words)
        tables = tables_rulings.create()([PredictorInput(picture, scan)])[0].tables
        back = 1 / scale
        found = [cells_of(table, words) for table in tables]
        return [
            [replace(c, box=c.box and c.box.scaled(back, back)) for c in cells] for cells in found
        ]

    return method


def _page(
    geometry: PageGeometry, width: float, height: float, unit: str, words: tuple[Word, ...]
) -> Page:
    page = Page(1, 1, 0, width, height, unit, geometry, is_scan=unit == "px")
    return with_words(page, words)


def pages_of(path: Path) -> Iterator[tuple[Page, list[Cells]]]:
    """The pages of a PDF with their true tables."""
    info = sources.inspect(path)
    heights = [geometry.height for geometry in info.page_sizes]
    truth = read_tables(path.with_name(f"{path.stem}-str.xml"), heights)
    for number in range(len(heights)):
        read = sources.read_page(path, number, ocr="never")
        page = _page(read.geometry, read.width, read.height, read.unit, read.words)
        true = [list(table.cells) for table in truth if table.page == number]
        yield replace(page, number=number, is_scan=read.is_scan), true


def measure_pdfs(folder: Path, methods: dict[str, Method]) -> dict[str, dict[str, float]]:
    """The figures of every method over the PDFs of a folder."""
    measured: dict[str, Measured] = defaultdict(Measured)
    for path in sorted(folder.glob("*.pdf")):
        if not path.with_name(f"{path.stem}-str.xml").exists():
            continue
        for page, truth in pages_of(path):
            for name, method in methods.items():
                start = time.process_time()
                found = [cells for cells in method(path, page) if cells]
                measured[name].update(truth, found, time.process_time() - start)
    return {name: value.summary() for name, value in measured.items()}


def measure_crops(folder: Path) -> dict[str, dict[str, float]]:
    """Grids from the crop of a table and its words, against PubTables-1M's own objects."""
    sums: dict[str, list[float]] = defaultdict(list)
    for path in sorted(folder.glob("*Structure*/test/*.xml")):
        words, objects = _crop(folder, path)
        truth = table_grid.from_objects(1, objects, words)
        outline = next((box for name, box in objects if name == "table"), None)
        if truth is None or outline is None:
            continue
        grid = propose(folder, path, words, outline)
        sums["rows right"].append(len(grid.rows) == len(truth.rows))
        sums["columns right"].append(len(grid.columns) == len(truth.columns))
        sums["header right"].append(grid.header_rows == truth.header_rows)
        cells, true = (list(table_cells(table, words)) for table in (grid, truth))
        sums["exact grid"].append(filled(cells) == filled(true))
        sums["cells recall"].append(len(filled(cells) & filled(true)) / max(len(filled(true)), 1))
        sums["GriTS top"].append(grits(true, cells, "topology").f)
        sums["GriTS con"].append(grits(true, cells, "content").f)
    summary = {key: sum(values) / len(values) for key, values in sums.items()}
    return {"rulings on crops": {**summary, "tables": len(sums["exact grid"])}}


def table_cells(table: Table, words: Sequence[Word]) -> Iterator[GridCell]:
    """The cells of a table with their text."""
    inside = table_grid.words_of_cells(table, words)
    for cell in table_grid.cells(table):
        yield GridCell(cell.span, table_grid.cell_text(inside[cell.span]), cell.box)


def propose(folder: Path, path: Path, words: tuple[Word, ...], outline: Box) -> Table:
    """The grid of the scan predictor, given the outline."""
    picture = next(folder.glob(f"*Structure*/images/{path.stem}.jpg"))
    read = sources.read_page(picture, 0, ocr="never")
    page = _page(read.geometry, read.width, read.height, "px", words)
    return tables_rulings.grid_of_outline(PredictorInput(picture, page), outline)


def _crop(folder: Path, path: Path) -> tuple[tuple[Word, ...], list[tuple[str, Box]]]:
    keys = ("xmin", "ymin", "xmax", "ymax")
    objects = [
        (
            item.findtext("name", ""),
            Box(*(float(item.findtext(f"bndbox/{key}", "0")) for key in keys)),
        )
        for item in ElementTree.parse(path).iter("object")
    ]
    data = json.loads(next(folder.glob(f"*Words*/{path.stem}_words.json")).read_text())
    words = tuple(Word(i, item["text"], Box(*item["bbox"])) for i, item in enumerate(data, 1))
    return words, objects


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scans", action="store_true", help="also the pages as pictures")
    parser.add_argument("--ocr", action="store_true", help="also the pages as pictures with OCR")
    parser.add_argument("--crops", action="store_true", help="grids alone, PubTables-1M format")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.crops:
        report = measure_crops(chosen.folder)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            report = measure_pdfs(chosen.folder, _methods(chosen, Path(scratch)))
    if chosen.json:
        print(json.dumps(report))
        return
    for name, figures in report.items():
        line = "  ".join(f"{key} {value:.3f}" for key, value in figures.items())
        print(f"{name:32s} {line}")


def _methods(chosen: argparse.Namespace, scratch: Path) -> dict[str, Method]:
    methods = {
        "PyMuPDF find_tables()": finder(own_text=True),
        "PyMuPDF with our words": finder(own_text=False),
        "PyMuPDF union, our words": finder(own_text=False, union=True),
        "ours: layout": predictor(tables_layout.create()),
        "ours: auto": predictor(tables_auto.create()),
    }
    if chosen.scans:
        methods["ours: rulings, pictures"] = scanned(scratch, with_ocr=False)
    if chosen.ocr:
        methods["ours: rulings, pictures, OCR"] = scanned(scratch, with_ocr=True)
    return methods


if __name__ == "__main__":
    main()
