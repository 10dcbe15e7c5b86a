"""A project of 100,000 pages opens as fast as one of 100: the ratio is printed.

python tests/benchmarks/opens.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import median

from desktop.document.open_document import OpenDocument
from desktop.store.store import Store
from model_backend.document import Box, Document, Entity, Page, PageGeometry, Word

SIZES = (100, 100_000)
LIMIT = 1.5


def main() -> int:
    """Print CPU and wall time of opening, first list and first page for both sizes; 1 when slow."""
    with tempfile.TemporaryDirectory() as name:
        folders = [_built(Path(name), size) for size in SIZES]
        times = {folder: [] for folder in folders}
        for _round in range(9):
            for folder in folders:
                times[folder].append(_opened(folder))
        figures = [
            [median(part) for part in zip(*times[folder], strict=True)] for folder in folders
        ]
    for size, (cpu, wall) in zip(SIZES, figures, strict=True):
        print(f"{size:>7} pages: CPU {cpu * 1000:.2f} ms, wall {wall * 1000:.2f} ms")
    ratio = figures[1][0] / figures[0][0]
    print(f"ratio {ratio:.2f} (limit {LIMIT})")
    return int(ratio > LIMIT)


def _built(folder: Path, size: int) -> Path:
    start = time.perf_counter()
    words = tuple(
        Word(index, f"word{index}", Box(index, 1, index + 9, 9)) for index in range(1, 21)
    )
    entity = Entity(21, "question", (1, 2), "word1 word2", Box(1, 1, 11, 9))
    geometry = PageGeometry("test", 600, 800)
    page = Page(0, 0, 0, 600.0, 800.0, "px", geometry, words=words, entities=(entity,), next_id=22)
    store = Store.create(folder / f"{size}.proofdesk")
    for first in range(0, size, 1000):
        pages = [replace(page, number=number) for number in range(min(1000, size))]
        document = Document(0, f"{first}.pdf", "", "application/pdf", len(pages))
        store.add_document(None, document, pages, read=True)
    store.close()
    print(f"{size:>7} pages made in {time.perf_counter() - start:.1f} s")
    return folder / f"{size}.proofdesk"


def _opened(folder: Path) -> tuple[float, float]:
    """CPU and wall seconds until the first list of pages and the first page are there."""
    cpu, wall = time.process_time(), time.perf_counter()
    document = OpenDocument(Store.open(folder))
    summaries = document.store.summaries()
    document.page(summaries[0].id)
    document.store.page_count()
    document.store.next_page(summaries[0].id, unchecked=True)
    figures = (time.process_time() - cpu, time.perf_counter() - wall)
    document.close()
    return figures


if __name__ == "__main__":
    sys.exit(main())
