"""A small project on the disk for the tests of the window."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from PIL import Image

from desktop.store.store import Store
from model_backend import table_grid
from model_backend.document import (
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Status,
    Word,
)


def make_project(folder: Path) -> Path:
    """A project on the disk with one picture of three pages' worth of values."""
    picture = folder.with_name("picture.tif")
    images = [Image.new("L", (600, 800), 255) for _number in range(3)]
    images[0].save(picture, save_all=True, append_images=images[1:])
    sha256 = hashlib.sha256(picture.read_bytes()).hexdigest()
    with Store.create(folder) as store:
        document = Document(0, "picture.tif", sha256, "image/tiff", 3)
        pages = [make_page(number) for number in range(3)]
        store.add_document(picture, document, pages, read=True)
    return folder


def make_page(number: int) -> Page:
    """Six words in two columns; the first page has proposals, a table and a region, too."""
    texts = ("Name:", "Kim", "Date:", "2026", "Sum:", "12")
    words = tuple(
        Word(1 + index, text, Box(50, 50, 150, 80).moved(200 * (index % 2), 60 * (index // 2)))
        for index, text in enumerate(texts)
    )
    geometry = PageGeometry("test", 600.0, 800.0)
    page = Page(0, 0, number, 600.0, 800.0, "px", geometry, words=words, next_id=7)
    if number:
        return page
    proposed = {"status": Status.PROPOSED, "source": "rules"}
    entities = (
        Entity(7, "question", (1,), "Name:", words[0].box, score=0.9, **proposed),
        Entity(8, "answer", (2,), "Kim", words[1].box, score=0.3, **proposed),
        Entity(9, "question", (3,), "Date:", words[2].box, score=0.6, **proposed),
    )
    table = table_grid.propose_grid(11, Box(40, 300, 400, 500), ())
    table = table_grid.add_column_edge(table_grid.add_row_edge(table, 400.0), 200.0)
    return replace(
        page,
        status=PageStatus.PROPOSED,
        entities=entities,
        relations=(Relation(10, 7, 8, score=0.5, **proposed),),
        tables=(table,),
        regions=(Region(12, "stamp", Box(420, 600, 560, 700)),),
        next_id=13,
    )
