"""What predictors of tables reach on ICDAR-2013's PDFs, beside PyMuPDF's finder in the same run.

    python tests/benchmarks/quality_tables.py DIR [--most N] [--crops DIR] [--json]

Part of `quality.py --tables DIR`. Digital pages first: the default predictor, the network, the
rules, PyMuPDF's finder (its strongest setting, our words in its cells), and camelot and pdfplumber
where the environment has them. Then the first N pages that have tables (`--most`) as pictures of
150 dpi with tesseract's words. With `--crops` the grid alone, given a table's box and its words, on
PubTables-1M's format.

Adjacency F1 is the competition's, the mean of pages that have or were given a table; GriTS counts a
table that was not found as 0; a table is exact where all filled cells have the right place and
text; AP is that of the outlines of the filled cells. Seconds are of the processor, a page.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tables import Cells, _crop, _outline, _page, filled, finder_cells, matched, pages_of

from model_backend import registry, sources, table_grid
from model_backend.document import Box, Page, Span, Table, Word
from model_backend.metrics.adjacency import Adjacency
from model_backend.metrics.grits import ASPECTS, GridCell, grid_cells, grits
from model_backend.metrics.mean_average_precision import Detection, MeanAveragePrecision
from model_backend.predictors import grid_program, tables_grids, tables_rulings
from model_backend.predictors.predictor import Predictor, PredictorInput

DPI = 150
NETWORK, RULES = tables_grids.NAME, "auto"
Scored = tuple[Cells, float]
"""The cells of a proposed table and its score."""
Method = Callable[[Path, Page], list[Scored]]


@dataclass
class Figures:
    """The sums of one method over all pages."""

    seconds: list[float] = field(default_factory=list)
    exact: list[bool] = field(default_factory=list)
    aspects: dict[str, list[float]] = field(default_factory=dict)
    adjacency: Adjacency = field(default_factory=Adjacency)
    found: MeanAveragePrecision = field(default_factory=MeanAveragePrecision)

    def update(self, truth: Sequence[Cells], said: Sequence[Scored], seconds: float) -> None:
        """Count one page."""
        self.seconds.append(seconds)
        proposed = [cells for cells, _score in said if any(cell.text for cell in cells)]
        pairs = matched(truth, proposed)
        for index, cells in enumerate(truth):
            other = proposed[pairs[index]] if index in pairs else []
            self.exact.append(filled(cells) == filled(other))
            for aspect in ASPECTS:
                known, given = (
                    [cell for cell in part if cell.box is not None or aspect != "location"]
                    for part in (cells, other)
                )
                self.aspects.setdefault(aspect, []).append(grits(known, given, aspect).f)
        if truth or proposed:
            self.adjacency.update(truth, proposed)
        self.found.update(
            [Detection("table", _outline(cells)) for cells in truth],
            [
                Detection("table", _outline(cells), score)
                for cells, score in said
                if _outline(cells).area
            ],
        )

    def summary(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "pages": len(self.seconds),
            "tables": len(self.exact),
            "adjacency_f1": self.adjacency.summary().get("f"),
            "exact_grids": statistics.fmean(self.exact) if self.exact else None,
            **{f"grits_{name}": statistics.fmean(each) for name, each in self.aspects.items()},
            "ap50": self.found.summary().get("ap50"),
            "seconds_a_page": statistics.fmean(self.seconds) if self.seconds else None,
        }


def cells_of(table: Table, words: Sequence[Word]) -> Cells:
    """A proposed table's cells as ICDAR-2013 writes them: a projected row is a cell of the first
    column.
    """
    projected = set(table.projected_rows)
    return [
        replace(cell, span=replace(cell.span, column1=1))
        if cell.span.row0 in projected and cell.span.column0 == 0
        else cell
        for cell in grid_cells(table, words)
    ]


def of_predictor(predictor: Predictor) -> Method:
    """One of our predictors."""

    def method(path: Path, page: Page) -> list[Scored]:
        said = predictor([PredictorInput(path, page)])[0]
        return [(cells_of(table, page.words), table.score or 0.0) for table in said.tables]

    return method


def of_finder(path: Path, page: Page) -> list[Scored]:
    """PyMuPDF's finder in its strongest setting, with our words in its cells."""
    import pymupdf

    with pymupdf.open(path) as document:
        found = document[page.number].find_tables(union=True).tables
        return [(finder_cells(table, page.words), 1.0) for table in found]


def of_pdfplumber(path: Path, page: Page) -> list[Scored]:
    """pdfplumber's tables."""
    with importlib.import_module("pdfplumber").open(path) as document:
        found = document.pages[page.number].find_tables()
        return [(finder_cells(table, page.words), 1.0) for table in found]


def of_camelot(path: Path, page: Page) -> list[Scored]:
    """camelot's tables; its coordinates have the origin at the bottom."""
    found = importlib.import_module("camelot").read_pdf(
        str(path), pages=str(page.number + 1), flavor="hybrid"
    )
    return [(list(_camelot_cells(table, page)), 1.0) for table in found]


def _camelot_cells(table: Any, page: Page) -> Iterator[GridCell]:  # noqa: ANN401 - camelot's Table
    for row, cells in enumerate(table.cells):
        for column, cell in enumerate(cells):
            box = Box(cell.x1, page.height - cell.y2, cell.x2, page.height - cell.y1)
            yield GridCell(Span(row, row + 1, column, column + 1), cell.text, box)


def digital(folder: Path, *, most: int | None = None) -> dict[str, Any]:
    """Every method on the pages of PDFs."""
    methods: dict[str, Method] = {
        f"{name}, digital": of_predictor(registry.create(name)) for name in our_names()
    }
    methods["PyMuPDF's finder, digital"] = of_finder
    for name, method in (("pdfplumber", of_pdfplumber), ("camelot", of_camelot)):
        if importlib.util.find_spec(name) is not None:
            methods[f"{name}, digital"] = method
    return measured(_pages(folder, most=most, is_any=True), methods)


def our_names() -> list[str]:
    """The default predictor, the network and the rules, each once."""
    known = registry.names(registry.TABLES)
    wanted = (registry.default(registry.TABLES), NETWORK, RULES)
    return [name for name in dict.fromkeys(wanted) if name in known]


def _pages(
    folder: Path, *, most: int | None, is_any: bool
) -> Iterator[tuple[Path, Page, list[Cells]]]:
    count = 0
    for path in sorted(folder.rglob("*.pdf")):
        if not path.with_name(f"{path.stem}-str.xml").exists():
            continue
        for page, truth in pages_of(path):
            if (truth or is_any) and (most is None or count < most):
                count += 1
                yield path, page, truth


def measured(
    pages: Iterator[tuple[Path, Page, list[Cells]]], methods: dict[str, Method]
) -> dict[str, Any]:
    """The figures of methods over pages."""
    figures = {name: Figures() for name in methods}
    for path, page, truth in pages:
        for name, method in methods.items():
            start = time.process_time()
            said = method(path, page)
            figures[name].update(truth, said, time.process_time() - start)
    return {name: told.summary() for name, told in figures.items()}


def rasterised(folder: Path, most: int) -> dict[str, Any]:
    """Our predictors on pages as pictures, with tesseract's words; the picture and the words are
    made once for all, so that seconds are those of the predictors.
    """
    with tempfile.TemporaryDirectory() as scratch:
        pages = (
            _as_picture(Path(scratch), path, page, truth)
            for path, page, truth in _pages(folder, most=most, is_any=False)
        )
        return measured(
            pages,
            {
                f"{name}, rasterised, tesseract's words": of_predictor(registry.create(name))
                for name in our_names()
            },
        )


def _as_picture(
    scratch: Path, path: Path, page: Page, truth: list[Cells]
) -> tuple[Path, Page, list[Cells]]:
    """The page as a picture that tesseract read, and its truth in pixels."""
    picture, scale = scratch / f"{path.stem}-{page.number}.png", DPI / 72
    sources.render_image(path, page.number, scale=scale).save(picture, dpi=(DPI, DPI))
    read = sources.read_page(picture, 0, ocr="always")
    scan = _page(read.geometry, read.width, read.height, "px", read.words)
    scaled = [[replace(c, box=c.box and c.box.scaled(scale, scale)) for c in t] for t in truth]
    return picture, scan, scaled


def crops(folder: Path) -> dict[str, Any]:
    """The grid alone, given the table's box and its words: the rules and the network's choice."""
    methods: dict[str, Callable[[PredictorInput, Box], Table]] = {
        "rules, given the box": tables_rulings.grid_of_outline,
    }
    if grid_program.PROGRAM.is_file():  # none comes with Proofdesk yet
        methods["network, given the box"] = tables_grids.grid_of_outline
    figures: dict[str, dict[str, list[float]]] = {name: {} for name in methods}
    for path in sorted(folder.glob("*Structure*/test/*.xml")):
        words, objects = _crop(folder, path)
        truth = table_grid.from_objects(1, objects, words)
        outline = next((box for name, box in objects if name == "table"), None)
        if truth is None or outline is None:
            continue
        picture = next(folder.glob(f"*Structure*/images/{path.stem}.jpg"))
        read = sources.read_page(picture, 0, ocr="never")
        page = _page(read.geometry, read.width, read.height, "px", words)
        for name, method in methods.items():
            grid = method(PredictorInput(picture, page), outline)
            _count(figures[name], truth, grid, words)
    return {
        name: {"tables": len(told["exact_grids"])}
        | {what: statistics.fmean(values) for what, values in told.items()}
        for name, told in figures.items()
        if told
    }


def _count(told: dict[str, list[float]], truth: Table, grid: Table, words: Sequence[Word]) -> None:
    true, found = grid_cells(truth, words), grid_cells(grid, words)
    told.setdefault("exact_grids", []).append(filled(true) == filled(found))
    told.setdefault("rows_right", []).append(len(truth.rows) == len(grid.rows))
    told.setdefault("columns_right", []).append(len(truth.columns) == len(grid.columns))
    told.setdefault("header_right", []).append(truth.header_rows == grid.header_rows)
    for aspect in ASPECTS:
        told.setdefault(f"grits_{aspect}", []).append(grits(true, found, aspect).f)


def tables(folder: Path, most: int) -> dict[str, Any]:
    """All figures of a folder of ICDAR-2013."""
    return digital(folder) | (rasterised(folder, most) if most else {})


def shown(found: dict[str, Any]) -> Iterator[str]:
    """One line a method."""
    for name, told in found.items():
        figures = ", ".join(
            f"{what.replace('_', ' ')} {value:.3f}"
            for what, value in told.items()
            if isinstance(value, float)
        )
        yield f"{name} ({told['tables']} tables): {figures}"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path, nargs="?", help="PDFs with -str.xml beside them")
    parser.add_argument("--most", type=int, default=0, help="pages that tesseract reads")
    parser.add_argument("--crops", type=Path, help="a folder in PubTables-1M's format")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    found = tables(given.folder, given.most) if given.folder else {}
    found |= crops(given.crops) if given.crops else {}
    print(json.dumps(found) if given.json else "\n".join(shown(found)))


if __name__ == "__main__":
    main()
