"""Data sets of any size hold one page in memory: on the way out, and in again."""

from __future__ import annotations

import gc
import tracemalloc
import weakref
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from model_backend import formats
from model_backend.document import Box, Document, Entity, Page, PageGeometry, PageStatus, Word
from model_backend.formats import ExportPage, ReadPage
from model_backend.formats.export import export
from model_backend.formats.pictures import FilePicture

PAGES, LOOKED_AT = 120, (40, 80, 119)
MOST_FOR_A_PAGE = 700
"""Bytes that a page may leave behind: its name, and where it lies. The page itself has 20,000."""


def page_of(number: int) -> Page:
    words = tuple(Word(n, f"word {n} of {number}", Box(n, 1, n + 1, 3)) for n in range(1, 31))
    entity = Entity(31, "question", tuple(range(1, 31)), "some text", Box(1, 1, 7, 3))
    return Page(
        1, 1, 0, 16.0, 16.0, "px", PageGeometry("test", 16, 16), status=PageStatus.DONE,
        words=words, entities=(entity,), next_id=32,
    )  # fmt: skip


class Watch:
    """What is held while pages go by: how many of them are alive, and how many bytes."""

    def __init__(self) -> None:
        self.alive: weakref.WeakSet[Page] = weakref.WeakSet()
        self.bytes: list[int] = []

    def look(self, number: int, page: Page) -> None:
        """A page goes by: of those before it one may be left."""
        if number in LOOKED_AT and tracemalloc.is_tracing():
            gc.collect()
            self.bytes.append(tracemalloc.get_traced_memory()[0])
        assert len(self.alive) <= 1
        self.alive.add(page)

    def growth(self) -> float:
        """Bytes that a page leaves behind, by the better of two stretches: tables grow in leaps."""
        held = zip(pairwise(LOOKED_AT), pairwise(self.bytes), strict=True)
        return min((after - before) / (last - first) for (first, last), (before, after) in held)


@pytest.fixture
def watch() -> Iterator[Watch]:
    gc.enable()  # as everywhere but in tests
    tracemalloc.start()
    yield Watch()
    tracemalloc.stop()
    gc.disable()


def pages(folder: Path, watch: Watch) -> Iterator[ExportPage]:
    """Pages made when they are asked for."""
    Image.new("L", (16, 16), 255).save(folder / "picture.png")
    picture = FilePicture(folder / "picture.png")
    for number in range(PAGES):
        page = page_of(number)
        watch.look(number, page)
        document = Document(number, f"{number}", f"{number:064x}", "image/png", 1)
        yield ExportPage(f"{number:05}", page, document, picture)
        del page


@pytest.mark.parametrize("name", ["coco", "funsd", "xfund", "pages"])
def test_pages_leave_one_at_a_time(tmp_path: Path, watch: Watch, name: str) -> None:
    export(name, pages(tmp_path, watch), tmp_path / "out")
    assert watch.growth() < MOST_FOR_A_PAGE


@pytest.mark.parametrize("name", ["coco", "funsd", "xfund", "pages"])
def test_pages_come_in_one_at_a_time(tmp_path: Path, name: str) -> None:
    export(name, pages(tmp_path, Watch()), tmp_path / "out")
    watch = Watch()
    tracemalloc.start()
    count = 0
    for item in formats.read(name, tmp_path / "out"):
        assert isinstance(item, ReadPage)
        watch.look(count, item.page)
        count += 1
    tracemalloc.stop()
    assert count == PAGES
    assert watch.growth() < MOST_FOR_A_PAGE
