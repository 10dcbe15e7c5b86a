"""A disk that is really full: what was saved stays, one line says so, with room work goes on."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page, page_of_words
from small_disks import fill, small_disk

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import DiskFullError, explain
from desktop.jobs.course import Course, Step
from desktop.jobs.exporting import export_project
from desktop.settings.settings_file import SettingsFile
from desktop.store.backups import ASKED, Moment, backups_of, restore_whole
from desktop.store.copying import copy_project
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Box, Proposals, Region
from model_backend.formats import WriteOptions
from model_backend.service import Workers


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "12m") as folder:
        yield folder


@pytest.fixture
def document(disk: Path) -> Iterator[OpenDocument]:
    with Store.create(disk / "p.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
    document = OpenDocument(Store.open(disk / "p.proofdesk"))
    document.apply("Note", edits.set_note(document.page(1), "saved"))
    document.apply("Note", edits.set_note(document.page(2), "saved, too"))
    yield document
    document.close()


def _large(number: int) -> str:
    return f"{number} {os.urandom(60_000).hex()}"


def _propose(document: OpenDocument) -> None:
    many = tuple(Region(n, "x" * 300, Box(n, 0, n + 5, 9)) for n in range(1, 400))
    document.bring_proposals(1, [Proposals("ink", regions=many)])


def _add(document: OpenDocument) -> None:
    pages = [page_of_words(number) for number in range(300)]
    document.add_document(None, document_of(300, name="n" * 90_000), pages, read=True)


def _add_file(document: OpenDocument) -> None:
    scan = document.store.folder.parent.parent / "scan.png"
    scan.write_bytes(os.urandom(300_000))
    document.add_document(scan, document_of(1), [page_of_words()])


def _read(document: OpenDocument) -> None:
    document.set_read(2, lambda page: edits.set_note(page, _large(1)))


WRITES: dict[str, Callable[[OpenDocument], object]] = {
    "edit": lambda document: document.apply("N", edits.set_note(document.page(1), _large(1))),
    "labels": lambda document: document.bring_labels((f"l{n}" * 40, "entity") for n in range(900)),
    "proposals": _propose,
    "document": _add,
    "file": _add_file,
    "reading": _read,
    "waiting files": lambda document: document.store.add_pending(
        (Path(f"/{'x' * 200}/{n}"), {}) for n in range(600)
    ),
    "backup": lambda document: Moment(document.store.folder / FILE).keep(ASKED),
    "copy": lambda document: copy_project(
        document.store.folder, document.store.folder.with_name("copy.proofdesk")
    ),
    "export": lambda document: export_project(
        document.store.folder, "page_xml", document.store.folder.with_name("out"),
        WriteOptions(), include_proposed=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_what_finds_no_room_changes_nothing_and_works_with_room(
    document: OpenDocument, disk: Path, name: str
) -> None:
    folder = document.store.folder
    before = [document.page(page_id) for page_id in (1, 2)]
    ballast = fill(disk)
    entries = sorted(str(path) for path in disk.rglob("*"))
    for _attempt in range(2):
        with pytest.raises(DiskFullError):
            WRITES[name](document)
        assert [document.page(page_id) for page_id in (1, 2)] == before
        assert [document.store.page(page_id) for page_id in (1, 2)] == before
        assert sorted(str(path) for path in disk.rglob("*")) == entries
    ballast.unlink()
    if name != "export":  # its pages have no pictures, which is told then
        WRITES[name](document)
    document.apply("Note", edits.set_note(document.page(1), "goes on"))
    document.close()
    with Store.open(folder) as store:
        assert store.page(1).note == "goes on"
        assert store.page(2).note == "saved, too" or name == "reading"
    assert problem_of(folder / FILE) == ""


def _has_room(document: OpenDocument, page_id: int, note: str) -> bool:
    try:
        document.apply("Note", edits.set_note(document.page(page_id), note))
    except DiskFullError:
        return False
    return True


def test_edits_up_to_the_last_byte_are_all_there(document: OpenDocument, disk: Path) -> None:
    fill(disk, leave=1_500_000)
    saved = 0
    while _has_room(document, 1, _large(saved)):
        saved += 1
    assert saved > 3
    assert document.store.page(1).note.startswith(f"{saved - 1} ")
    assert not _has_room(document, 2, _large(0))
    (disk / "ballast").unlink()
    kept = document.store.page(1)
    while document.undo():
        pass
    assert document.page(1).note == ""
    while document.redo():
        pass
    document.close()
    assert kept.note.split()[0] <= str(saved)
    with Store.open(disk / "p.proofdesk") as store:
        assert store.page(1).note.startswith(f"{saved - 1} ")
    assert problem_of(disk / "p.proofdesk" / FILE) == ""


@pytest.mark.parametrize("was_killed", [False, True])
def test_project_on_a_full_disk_can_be_looked_at(
    document: OpenDocument, disk: Path, *, was_killed: bool
) -> None:
    folder = document.store.folder
    if was_killed:
        copy = folder.with_name("killed.proofdesk")
        shutil.copytree(folder, copy)
        folder = copy
    else:
        document.close()
    fill(disk)
    with Store.open(folder, read_only=True) as store:
        assert store.page(1).note == "saved"
    with nullcontext() if was_killed else pytest.raises(DiskFullError):
        Store.open(folder).close()  # what was killed has left all the files that are needed
    (disk / "ballast").unlink()
    with Store.open(folder) as store:
        assert store.page(2).note == "saved, too"


def test_restore_on_a_full_disk_keeps_what_is_there(document: OpenDocument, disk: Path) -> None:
    folder = document.store.folder
    kept = Moment(folder / FILE).keep(ASKED)
    document.apply("Note", edits.set_note(document.page(1), "now"))
    document.close()
    fill(disk)
    with pytest.raises(DiskFullError):
        restore_whole(folder, kept)
    (disk / "ballast").unlink()
    with Store.open(folder) as store:
        assert store.page(1).note == "now"
    assert [item.path for item in backups_of(folder)] == [kept]
    restore_whole(folder, kept)


def test_thumbnails_and_settings_never_stop_the_work(document: OpenDocument, disk: Path) -> None:
    settings = SettingsFile(disk / "settings.json")
    settings.write({"theme": "dark"})
    document.store.thumbnails.put(1, "a", b"small")
    fill(disk)
    document.store.thumbnails.put(2, "a", os.urandom(900_000))
    settings.write({"theme": "light", "keys": {"x": "y" * 200_000}})
    assert settings.read() == {"theme": "dark"}
    assert [path.name for path in disk.glob("settings*")] == ["settings.json"]
    (disk / "ballast").unlink()
    settings.write({"theme": "light"})
    assert settings.read() == {"theme": "light"}
    document.store.thumbnails.put(2, "a", b"again")
    assert document.store.thumbnails.get(2, "a") == b"again"


class _ManyPages:
    """A job whose every result finds the disk full."""

    title, total = "Many", 200

    def __init__(self, document: OpenDocument) -> None:
        self._document, self._next = document, 0
        self.received = 0

    def next_step(self) -> Step | None:
        self._next += 1
        return (
            Step("batch", abs, (-self._next,), label=f"p{self._next}") if self._next < 200 else None
        )

    def receive(self, _step: Step, _result: object) -> None:
        self.received += 1
        WRITES["edit"](self._document)

    def fail(self, _step: Step, _error: BaseException) -> None:
        WRITES["waiting files"](self._document)

    def result(self) -> None:
        return None


def test_job_that_finds_no_room_says_it_once(document: OpenDocument, disk: Path) -> None:
    fill(disk)
    workers, work = Workers(batch=1), _ManyPages(document)
    try:
        course = Course(work, workers)
        while course.advance() or not course.is_finished:
            for future in course.waiting[:1]:
                future.exception()
                course.settle(future)
    finally:
        workers.close()
    outcome = course.outcome()
    assert len(outcome.failed) == 1
    assert "The disk is full: p.proofdesk" in outcome.failed[0][1]
    assert work.received == 1
    assert not outcome.is_cancelled


def test_export_that_would_not_fit_is_refused_before_it_begins(tmp_path: Path, disk: Path) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(os.urandom(13_000_000))
    with Store.create(tmp_path / "p.proofdesk") as store:
        store.add_document(scan, document_of(1), [full_page()], read=True)
        folder = store.folder
    heard: list[int] = []
    with pytest.raises(DiskFullError, match="The export needs about 13 MB, but only 11 MB can be"):
        export_project(
            folder,
            "pages",
            disk / "deep" / "out",
            on_progress=lambda done, _all: heard.append(done),
        )
    assert heard == []
    assert list(disk.iterdir()) == []
    assert "of out" in explain(_refused(folder, disk))


def _refused(folder: Path, disk: Path) -> BaseException:
    with pytest.raises(DiskFullError) as refused:
        export_project(folder, "funsd", disk / "out", include_proposed=True)
    return refused.value
