"""Grids fitted to another page and to the slant of words, on the tables of ICDAR-2013.

    python tests/benchmarks/fitting.py [FOLDER] [--json]

`next page`: tables on pages that follow one another and have as many columns: the first is fitted
to the second's page, whose own table is the truth. `same page, moved`: every table is fitted to its
own page, whose words were shifted by up to 15 % of its width and scaled by up to 2 %. `slanted
page`: every page is turned by a few degrees, every table fitted to the slant. Words right: the
share of the truth's words that lie in the right columns (of slanted pages: in the right cells).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import fmean
from time import process_time

from model_backend import table_grid
from model_backend.document import Box, Page, Table, Word, rotation_about, transform_point
from model_backend.errors import UserError
from model_backend.formats import members, read_member
from model_backend.table_grid.again import with_old_structure
from model_backend.table_grid.fitting import fit_grid
from model_backend.table_grid.slant import fit_slant

FOLDER = Path(__file__).parents[3] / "shared/data/icdar2013/competition-dataset-us"
Places = dict[int, tuple[int, ...]]
Row = tuple[float, float]


def pages_of(folder: Path) -> dict[str, Page]:
    """The pages with tables by their names; broken ones are left out."""
    found = {}
    for name in members("icdar2013", folder):
        try:
            found[name] = read_member("icdar2013", folder, name).page
        except UserError:
            continue
    return found


def headed(table: Table, words: tuple[Word, ...]) -> Table:
    """The truth with the header that is proposed for it: the set has none."""
    proposed = table_grid.propose_grid(1, table.box, words)
    count = with_old_structure(proposed, replace(table, spans=()), words).header_rows
    try:
        return table_grid.set_header_rows(table, count)
    except ValueError:
        return table


def columns_of(table: Table, words: tuple[Word, ...]) -> Places:
    """The columns of each word."""
    return {key: place[2:] for key, place in cells_of(table, words).items()}


def cells_of(table: Table, words: tuple[Word, ...]) -> Places:
    """The cell of each word."""
    return {
        word.id: (span.row0, span.row1, span.column0, span.column1)
        for span, found in table_grid.words_of_cells(table, words).items()
        for word in found
    }


def right(truth: Places, found: Places) -> float:
    """The share of the words of either that are in the same place in both."""
    every = truth.keys() | found.keys()
    return sum(truth.get(key) == found.get(key) for key in every) / max(len(every), 1)


def next_page(pages: dict[str, Page]) -> Iterator[Row]:
    """Share of words right and seconds, for tables on pages that follow one another."""
    for name, page in pages.items():
        stem, number = name.rsplit("#", 1)
        other = pages.get(f"{stem}#{int(number) + 1}")
        if other is None or not page.tables or not other.tables:
            continue
        table, truth = headed(page.tables[-1], page.words), other.tables[0]
        if len(table.columns) == len(truth.columns):
            start = process_time()
            made = fit_grid(table, page.words, other.words)
            found = columns_of(made, other.words) if made else {}
            yield right(columns_of(truth, other.words), found), process_time() - start


def moved_page(pages: dict[str, Page], random: Random) -> Iterator[Row]:
    """The same for tables on their own pages, whose words were shifted and scaled."""
    for page in pages.values():
        for truth in page.tables:
            table = headed(truth, page.words)
            scale = random.choice((1.0, 1.0, 0.98, 1.02))
            dx, dy = random.uniform(-0.15, 0.15) * table.box.width, random.uniform(-60, 60)
            x = table.box.center[0]

            def placed(box: Box, x: float = x, s: float = scale, by: Row = (dx, dy)) -> Box:
                left, width = x + (box.x0 - x) * s + by[0], box.width * s
                return Box(left, box.y0 + by[1], left + width, box.y1 + by[1])

            words = tuple(replace(word, box=placed(word.box)) for word in page.words)
            start = process_time()
            made = fit_grid(table, page.words, words)
            found = columns_of(made, words) if made else {}
            yield right(columns_of(table, page.words), found), process_time() - start


def slanted_page(pages: dict[str, Page], random: Random) -> Iterator[Row]:
    """Share of words in the right cells after the page was turned by a few degrees."""
    for page in pages.values():
        for table in page.tables:
            affine = rotation_about((page.width / 2, page.height / 2), random.uniform(-3, 3))
            words = tuple(_turned(word, affine) for word in page.words)
            x, y = transform_point(affine, table.box.center)
            there = table_grid.moved(table, x - table.box.center[0], y - table.box.center[1])
            start = process_time()
            made = fit_slant(there, words)
            share = right(cells_of(table, page.words), cells_of(made, words))
            yield share, process_time() - start


def _turned(word: Word, affine: tuple[float, float, float, float, float, float]) -> Word:
    x, y = transform_point(affine, word.box.center)
    return replace(word, box=word.box.moved(x - word.box.center[0], y - word.box.center[1]))


def figures(rows: Iterator[Row]) -> dict[str, float]:
    """Count, words right on average, tables that are wholly right, seconds of CPU time each."""
    shares, seconds = zip(*rows, strict=True)
    return {
        "tables": len(shares),
        "words right": fmean(shares),
        "wholly right": fmean(share == 1 for share in shares),
        "seconds": fmean(seconds),
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    pages, random = pages_of(chosen.folder), Random(1)
    report = {
        "next page": figures(next_page(pages)),
        "same page, moved": figures(moved_page(pages, random)),
        "slanted page": figures(slanted_page(pages, random)),
    }
    if chosen.json:
        print(json.dumps(report))
        return
    for name, found in report.items():
        print(f"{name:18s}" + "  ".join(f"{key} {value:.3f}" for key, value in found.items()))


if __name__ == "__main__":
    main()
