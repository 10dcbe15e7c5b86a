"""What one saved edit costs: CPU time, and wall time beside that of a bare fsync in the same place.

    python tests/benchmarks/edits.py [FOLDER]

The figure to hold is at most 2 ms of CPU time an edit, on a page of 500 words.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.store.store import Store
from model_backend import table_grid
from model_backend.document import Box, Document, Page, PageGeometry, Word

WORDS, ROUNDS = 500, 300
LIMIT_MS = 2.0


def main(folder: Path | None) -> int:
    """Print the figures; 1 where an edit takes more than the limit."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        walls = sorted(_timed(lambda step: None, _fsync_in(Path(name))))
        print(
            f"bare fsync of 4 kB: wall p50 {_at(walls, 0.5):.2f} ms, p99 {_at(walls, 0.99):.2f} ms"
        )
        document, page_id = _document(Path(name))
        worst = max(_measure(document, page_id, *entry) for entry in _kinds(document, page_id))
        document.close()
    print(f"most CPU time an edit: {worst:.2f} ms (limit {LIMIT_MS} ms)")
    return int(worst > LIMIT_MS)


def _document(folder: Path) -> tuple[OpenDocument, int]:
    words = tuple(
        Word(
            index + 1,
            f"word{index}",
            Box(x := 20.0 + 61 * (index % 9), y := 10.0 * (index // 9), x + 50.5, y + 8.25),
            0.93,
        )
        for index in range(WORDS)
    )
    geometry = PageGeometry("test", 600, 800)
    page = Page(0, 0, 0, 600.0, 800.0, "px", geometry, words=words, next_id=WORDS + 1)
    for index in range(0, 120, 3):
        page = edits.add_entity(page, "question", [index + 1, index + 2])
    page = edits.add_table(page, table_grid.empty_table(0, Box(20, 600, 500, 780)))
    store = Store.create(folder / "bench.proofdesk")
    _document_value, ids = store.add_document(
        None, Document(0, "bench.png", "", "image/png", 1), [replace(page)], read=True
    )
    return OpenDocument(store), ids[0]


def _kinds(
    document: OpenDocument, page_id: int
) -> list[tuple[str, Callable[[int], Page], Callable[[int, Page], None]]]:
    def page() -> Page:
        return document.page(page_id)

    def save(_step: int, after: Page) -> None:
        document.apply("Edit", after)

    table_id, entity_id = page().tables[0].id, page().entities[0].id
    return [
        (
            "move an entity",
            lambda step: edits.resize(page(), entity_id, Box(9, 9, 50, 30 + step % 7)),
            save,
        ),
        (
            "draw a box",
            lambda step: edits.add_region(page(), "stamp", Box(1, 1, 9, 9 + step)),
            save,
        ),
        (
            "label",
            lambda step: edits.set_label(page(), [entity_id], ("answer", "header")[step % 2]),
            save,
        ),
        (
            "move a table",
            lambda step: edits.move(page(), [table_id], 1, -1 if step % 2 else 1),
            save,
        ),
        ("text of a word", lambda step: edits.set_word_text(page(), 5, f"text {step}"), save),
        ("undo", lambda step: page(), lambda step, after: _ignore(document.undo())),
        ("redo", lambda step: page(), lambda step, after: _ignore(document.redo())),
    ]


def _ignore(text: str) -> None:
    if not text:
        raise RuntimeError("nothing was left to undo or redo")


def _measure(
    document: OpenDocument,
    page_id: int,
    name: str,
    make: Callable[[int], Page],
    save: Callable[[int, Page], None],
) -> float:
    """CPU milliseconds of one edit of this kind, made and saved."""
    start = time.process_time()
    walls = sorted(_timed(make, save))
    cpu = (time.process_time() - start) / ROUNDS * 1000
    p50, p99 = _at(walls, 0.5), _at(walls, 0.99)
    print(f"{name:16} CPU {cpu:.2f} ms; wall p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    return cpu


def _timed(make: Callable[[int], Page | None], save: Callable[[int, Page], None]) -> list[float]:
    walls = []
    for step in range(ROUNDS):
        start = time.perf_counter()
        save(step, make(step))  # type: ignore[arg-type] - the bare fsync needs no page
        walls.append((time.perf_counter() - start) * 1000)
    return walls


def _fsync_in(folder: Path) -> Callable[[int, Page], None]:
    handle = os.open(folder / "fsync", os.O_CREAT | os.O_WRONLY)

    def write(_step: int, _page: Page) -> None:
        os.write(handle, b"x" * 4096)
        os.fsync(handle)

    return write


def _at(walls: list[float], share: float) -> float:
    return walls[min(len(walls) - 1, int(len(walls) * share))]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
