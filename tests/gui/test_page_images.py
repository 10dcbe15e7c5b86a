"""Pictures of pages in the window: the right pixels, sharp at any zoom, within the memory."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop.document.edits import rotate
from desktop.document.open_document import OpenDocument
from desktop.jobs import page_images, work
from desktop.jobs.page_images import PageImages
from desktop.jobs.passwords import Passwords
from desktop.jobs.runner import Runner
from desktop.store.store import Store
from model_backend.document import Box, Page
from model_backend.service import Workers

PAGES = 4
COLORS = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0)]


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(batch=1)
    pool.warm_up(["view"])
    yield pool
    pool.close()


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "colors.pdf"
    with pymupdf.open() as document:
        for color in COLORS:
            page = document.new_page(width=200, height=100)
            page.draw_rect((0, 0, 100, 100), color=color, fill=color)
        document.save(path)
    return path


@pytest.fixture
def document(tmp_path: Path, pdf: Path, workers: Workers, qtbot: QtBot) -> Iterator[OpenDocument]:
    document = OpenDocument(Store.create(tmp_path / "images.proofdesk"))
    work.run(work.ImportFiles(document, [pdf]), workers)
    yield document
    document.close()


@pytest.fixture
def images(document: OpenDocument, workers: Workers) -> Iterator[PageImages]:
    runner = Runner(workers)
    yield PageImages(document, runner)
    runner.close()


def pages(document: OpenDocument) -> list[Page]:
    return [document.page(page_id) for page_id in document.store.page_ids()]


def shown(images: PageImages, page: Page, scale: float, qtbot: QtBot) -> QImage:
    """The picture once the right one is there."""
    qtbot.waitUntil(
        lambda: (found := images.picture(page, scale)) is not None and found.scale >= scale,
        timeout=20_000,
    )
    found = images.picture(page, scale)
    assert found is not None
    return found.image


def rgb(image: QImage, x: int, y: int) -> tuple[int, int, int]:
    color: QColor = image.pixelColor(x, y)
    return color.red(), color.green(), color.blue()


def test_pictures_have_the_pages_own_pixels(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    for page, (red, green, blue) in zip(pages(document), COLORS, strict=True):
        image = shown(images, page, 1.0, qtbot)
        assert abs(image.width() - 2 * image.height()) <= 1
        assert rgb(image, 10, 10) == (255 * red, 255 * green, 255 * blue)
        assert rgb(image, image.width() - 10, 10) == (255, 255, 255)
        assert image.format() == QImage.Format.Format_RGB32


def test_a_coarser_picture_is_shown_until_the_right_one_arrives(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    page = pages(document)[0]
    assert images.picture(page, 0.5) is None
    coarse = shown(images, page, 0.5, qtbot)
    first = images.picture(page, 4.0)
    assert first is not None
    assert first.image.cacheKey() == coarse.cacheKey()
    assert shown(images, page, 4.0, qtbot).width() > coarse.width()


def test_turned_pages_get_turned_pictures(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    page = pages(document)[0]
    upright = shown(images, page, 1.0, qtbot)
    turned = rotate(page, 90)
    document.apply("Rotate", turned)
    image = shown(images, turned, 1.0, qtbot)
    assert (image.width(), image.height()) == (upright.height(), upright.width())
    assert rgb(image, 10, 10) == (255, 0, 0)
    assert rgb(image, 10, image.height() - 10) == (255, 255, 255)


def test_tiles_cover_what_is_shown_beyond_the_finest_picture(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    page = pages(document)[0]
    assert images.tiles(page, 1.0, page.box) == []
    part = Box(90, 40, 130, 60)
    qtbot.waitUntil(
        lambda: (
            sum(box.intersection(part).area for box, _ in images.tiles(page, 30.0, part))
            > 0.999 * part.area
        ),
        timeout=20_000,
    )
    for box, image in images.tiles(page, 30.0, part):
        assert image.width() / box.width >= 30.0
        middle = rgb(image, image.width() // 2, image.height() // 2)
        assert middle == ((255, 0, 0) if box.center[0] < 100 else (255, 255, 255))


def test_thumbnails_are_made_once_and_kept_in_the_project(
    images: PageImages, document: OpenDocument, qtbot: QtBot, workers: Workers
) -> None:
    ids = document.store.page_ids()
    for page_id in ids:
        assert images.thumbnail(page_id) is None
    qtbot.waitUntil(lambda: all(images.thumbnail(page_id) for page_id in ids), timeout=20_000)
    thumbnail = images.thumbnail(ids[0])
    assert thumbnail is not None
    assert max(thumbnail.width(), thumbnail.height()) == 160
    other = PageImages(document, images._runner)
    with qtbot.waitSignal(other.thumbnail_ready):
        other.thumbnail(ids[0])
    assert other._in_flight == {}


def test_memory_stays_within_its_limit(
    images: PageImages, document: OpenDocument, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = 3 * 836 * 418 * 4
    monkeypatch.setattr(images, "_kept", page_images._Kept(room))
    for page in pages(document):
        shown(images, page, 4.0, qtbot)
        assert images._kept._bytes <= room
    assert images._kept.whole(pages(document)[0]) == []
    assert images._kept.whole(pages(document)[-1]) != []


def test_neighbours_are_there_before_they_are_asked_for(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    first, second = pages(document)[:2]
    shown(images, first, 2.0, qtbot)
    with qtbot.waitSignal(images.image_ready, check_params_cb=lambda ready: ready == second.id):
        images.prefetch([second.id])
    found = images.picture(second, 2.0)
    assert found is not None
    assert found.scale >= 2.0


def test_a_killed_process_is_told_once_and_the_next_page_is_shown(
    images: PageImages, document: OpenDocument, qtbot: QtBot, workers: Workers
) -> None:
    first, second = pages(document)[:2]
    shown(images, first, 1.0, qtbot)
    (pid,) = workers.pids("view")
    os.kill(pid, signal.SIGSTOP)
    images.picture(second, 1.0)
    qtbot.wait(100)
    with qtbot.waitSignal(images.image_ready, timeout=20_000):
        os.kill(pid, signal.SIGKILL)
    assert "ended unexpectedly" in images.problem(second.id)
    assert shown(images, second, 1.0, qtbot).width() > 0
    assert images.problem(second.id) == ""


def test_a_missing_file_is_a_problem_of_its_pages_until_it_is_back(
    images: PageImages, document: OpenDocument, qtbot: QtBot
) -> None:
    page = pages(document)[0]
    path = document.store.document_path(document.store.document(page.document_id))
    data = path.read_bytes()
    path.unlink()
    with qtbot.waitSignal(images.image_ready, timeout=20_000):
        images.picture(page, 1.0)
    assert "missing" in images.problem(page.id)
    path.write_bytes(data)
    assert images.picture(page, 1.0) is None
    qtbot.wait(50)
    assert images._in_flight == {}
    images.forget(page.id)
    assert shown(images, page, 1.0, qtbot).width() > 0
    assert images.problem(page.id) == ""


def test_a_protected_document_asks_for_its_password_once_it_is_shown(
    tmp_path: Path, workers: Workers, qtbot: QtBot
) -> None:
    path = tmp_path / "secret.pdf"
    with pymupdf.open() as pdf:
        pdf.new_page()
        pdf.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open sesame")
    document = OpenDocument(Store.create(tmp_path / "secret.proofdesk"))
    importing = work.ImportFiles(document, [path], password="open sesame")
    assert work.run(importing, workers).failed == ()
    runner, passwords = Runner(workers), Passwords()
    images = PageImages(document, runner, passwords)
    (page,) = pages(document)
    with qtbot.waitSignal(images.password_needed, timeout=20_000):
        images.picture(page, 1.0)
    passwords.keep(document.store.documents()[0].sha256, "open sesame")
    images.forget(page.id)
    assert shown(images, page, 1.0, qtbot).width() > 0
    runner.close()
    document.close()
