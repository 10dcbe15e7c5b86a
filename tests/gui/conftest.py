"""A display of its own for tests that need a real window, and the real application."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from canvas_stand import stand
from PIL import Image
from PySide6.QtWidgets import QApplication

from desktop.appearance.theme import apply_theme
from desktop.application import Application
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from desktop.store.store import Store
from desktop.window.workbench import Workbench
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

__all__ = ["display", "stand"]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X server without a screen, started for these tests alone."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.fail("Xvfb is not installed; `make test` installs it (package xvfb)")
    reading, writing = os.pipe()
    command = [
        server,
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ]
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, pass_fds=[writing], stderr=nowhere)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    try:
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def application(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Application]:
    """The real application with its window, shared by the tests of a module."""
    folder = tmp_path_factory.mktemp("settings")
    apply_theme(qapp, "light")
    application = Application(Settings(SettingsFile(folder / "settings.json")))
    application.window.show()
    yield application
    application.window.close()
    application.window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def bench(application: Application, tmp_path: Path) -> Iterator[Workbench]:
    """A project of three pages, just opened: proposals, a table and a region on the first."""
    folder = make_project(tmp_path / "Test.proofdesk")
    application.open_project(str(folder))
    assert application.bench is not None
    yield application.bench
    application.leave_project()


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
