"""Disks that are full or read-only, files that are damaged: one clear line, and nothing is lost."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page, page_of_words
from sqlalchemy import exc

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError, explain, known_error
from desktop.store import files
from desktop.store.store import Store
from model_backend.document import Box, Proposals, Region


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        return store.folder


@pytest.fixture
def document(folder: Path) -> Iterator[OpenDocument]:
    document = OpenDocument(Store.open(folder))
    yield document
    document.close()


def _fill(document: OpenDocument) -> None:
    """Allow the database file no more growth: what a full disk says, without filling one."""
    with document.store._database.reading() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def _grow(document: OpenDocument, page_id: int) -> None:
    text = os.urandom(200_000).hex()
    document.apply("Note", edits.set_note(document.page(page_id), text))


def test_full_disk_changes_nothing_anywhere(document: OpenDocument) -> None:
    first, second = document.store.page_ids()
    document.apply("Note", edits.set_note(document.page(second), "saved"))
    _fill(document)
    heard: list[object] = []
    document.page_changed.connect(heard.append)
    document.history_changed.connect(lambda: heard.append("history"))
    before = document.page(first)
    with pytest.raises(UserError, match="The disk is full"):
        _grow(document, first)
    assert heard == []
    assert document.page(first) == before == document.store.page(first)
    assert (document.undo_text, document.store.revisions()[0].id) == ("Note", 1)
    document.undo()
    assert document.page(second).note == ""
    document.apply("Status", edits.accept_rest(document.page(first)))


def test_full_disk_keeps_a_job_out_as_a_whole(document: OpenDocument) -> None:
    first, _second = document.store.page_ids()
    _fill(document)
    said = Proposals(
        "ink",
        regions=tuple(
            Region(index, "x" * 500, Box(9 * index, 0, 9 * index + 5, 9)) for index in range(1, 900)
        ),
    )
    before = document.page(first)
    with pytest.raises(UserError, match="The disk is full"):
        document.bring_proposals(first, [said])
    assert document.page(first) == before == document.store.page(first)
    assert document.store.proposals(first) == ()


def test_full_disk_keeps_a_document_out_as_a_whole(document: OpenDocument) -> None:
    _fill(document)
    pages = [page_of_words(number, 12) for number in range(900)]
    with pytest.raises(UserError, match="The disk is full"):
        document.add_document(None, document_of(900, name="n" * 90_000), pages, read=True)
    assert document.store.page_count() == len(document.store.page_ids()) == 2


def test_edits_on_a_really_full_disk_are_refused_and_kept_ones_stay(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not _mounted(disk):
        pytest.skip("no small disk can be made here (needs the right to mount)")
    try:
        _work_until_full(disk)
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _mounted(disk: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _work_until_full(disk: Path) -> None:
    with Store.create(disk / "p.proofdesk") as store:
        store.add_document(None, document_of(1), [full_page()], read=True)
    document = OpenDocument(Store.open(disk / "p.proofdesk"))
    with pytest.raises(UserError, match="The disk is full"):
        _write_notes(document)
    saved = len(document.store.revisions(limit=1000))
    assert saved > 5
    scan = disk.parent / "scan.png"
    scan.write_bytes(os.urandom(4_000_000))
    with pytest.raises(UserError, match="The disk is full"):
        document.add_document(scan, document_of(1), [page_of_words()])
    assert list((disk / "p.proofdesk" / "documents").iterdir()) == []
    note = document.page(1).note
    document.close()
    with Store.open(disk / "p.proofdesk") as store:
        assert store.page(1).note == note
        assert note.startswith(f"{saved - 1} ")
    _fill_disk(disk)
    with pytest.raises(UserError, match="The disk is full"):
        Store.create(disk / "q.proofdesk")
    assert not (disk / "q.proofdesk").exists()


def _write_notes(document: OpenDocument) -> None:
    for number in range(400):
        text = f"{number} {os.urandom(9_000).hex()}"
        document.apply("Note", edits.set_note(document.page(1), text))


def _fill_disk(disk: Path) -> None:
    with contextlib.suppress(OSError), (disk / "ballast").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def test_write_that_fails_at_any_statement_changes_nothing(
    document: OpenDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy import event

    first, _second = document.store.page_ids()
    engine = document.store._database._engine
    left = [0]

    @event.listens_for(engine, "before_cursor_execute")
    def fail(*_arguments: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = "SQLITE_IOERR_WRITE"
            raise error

    before, failures = document.page(first), 0
    after = edits.rotate(edits.add_region(before, "stamp", Box(0, 0, 9, 9)), 90)
    for statement in range(1, 20):
        left[0] = statement
        try:
            document.apply("Everything", after)
        except UserError:
            failures += 1
            left[0] = 0
            assert document.page(first) == before == document.store.page(first)
        else:
            break
    left[0] = 0
    assert failures >= 5
    assert document.page(first) == after == document.store.page(first)
    assert len(document.store.revisions()) == 1


def test_damage_met_in_use_is_one_clear_line(folder: Path) -> None:
    path = folder / "project.sqlite"
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(UserError, match="is damaged|is not a Proofdesk project"):
        OpenDocument(Store.open(folder)).page(1)
    with pytest.raises(UserError, match="is damaged|is not a Proofdesk project"):
        Store.open(folder)
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE page_contents SET words = x'00112233'",
        "UPDATE annotations SET value = substr(value, 3)",
        "UPDATE annotations SET kind = 'nothing'",
        "UPDATE pages SET geometry = '[]'",
        "UPDATE pages SET status = 'odd'",
    ],
)
def test_damaged_page_is_one_clear_line_and_others_open(folder: Path, damage: str) -> None:
    column = "id" if damage.startswith("UPDATE pages") else "page_id"
    with closing(sqlite3.connect(folder / "project.sqlite")) as connection, connection:
        connection.execute(f"{damage} WHERE {column} = 2")
    with Store.open(folder) as store:
        assert store.page(1).words
        with pytest.raises(UserError, match="Page 2 of the project project.proofdesk is damaged"):
            store.page(2)


def test_disk_without_locks_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", fail)
    with pytest.raises(UserError, match="cannot keep a second writer out"):
        Store.open(folder)


def test_log_of_another_time_beside_a_project_is_no_silent_loss(folder: Path) -> None:
    (folder / "project.sqlite-wal").write_bytes(os.urandom(40_000))
    with Store.open(folder) as store:
        assert store.page_count() == 2


def test_read_only_project_opens_for_reading_and_says_so_for_writing(
    folder: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "medium"
    disk.mkdir()
    command = ["mount", "--bind", str(folder), str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("nothing can be made read-only here (needs the right to mount)")
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", str(disk)], check=True)
        with pytest.raises(UserError, match="it is read-only. Copy it to a folder"):
            Store.open(disk)
        with pytest.raises(UserError, match="it is read-only. Copy it to a folder"):
            Store.create(disk / "new.proofdesk")
        with Store.open(disk, read_only=True) as store:
            assert store.page(1).words == full_page().words
            assert store.thumbnails.get(1, "0") is None
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_folder_without_permission_is_one_clear_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied", str(folder))

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(UserError, match="permission is missing"):
        Store.open(folder)


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no files that are open")
def test_edit_of_a_project_that_was_deleted_is_refused(document: OpenDocument) -> None:
    import shutil

    before, heard = document.page(1), []
    document.page_changed.connect(heard.append)
    shutil.rmtree(document.store.folder)
    with pytest.raises(UserError, match="project.proofdesk was moved, renamed or deleted"):
        document.apply("Note", edits.set_note(before, "lost"))
    assert document.page(1) == before
    assert heard == []


def test_copy_onto_a_full_disk_names_the_project_and_not_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "scan.png"
    source.write_bytes(b"picture")

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UserError, match="The disk is full: .*documents could not"):
        files.keep_copy(source, tmp_path / "documents", "")


def test_interrupted_copy_leaves_no_half_file(
    document: OpenDocument, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    scan = tmp_path / "scan.png"
    scan.write_bytes(b"a scan")
    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(UserError, match="the disk reports an error"):
        document.add_document(scan, document_of(1), [page_of_words()])
    assert list((document.store.folder / "documents").iterdir()) == []
    assert document.store.page_count() == 2


def test_failed_making_of_a_project_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("desktop.store.making.upgrade", fail)
    with pytest.raises(UserError, match="The disk is full"):
        Store.create(tmp_path / "new.proofdesk")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.ENOSPC, "The disk is full: scan.png"),
        (errno.EACCES, "permission is missing"),
        (errno.EROFS, "it is read-only"),
        (errno.EIO, "the disk reports an error"),
        (errno.EMFILE, "allows no more open files"),
        (errno.EEXIST, "cannot be opened"),
    ],
)
def test_system_errors_are_explained_with_the_file(number: int, text: str) -> None:
    assert text in explain(OSError(number, "x", "/somewhere/scan.png"))


def test_full_disk_whose_file_nobody_knows_leaves_no_gap() -> None:
    text = explain(OSError(errno.ENOSPC, "No space left on device"))
    assert text.startswith("The disk is full. Free some space")


def test_database_errors_are_explained() -> None:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorname = "SQLITE_BUSY"
    wrapped = exc.OperationalError("SELECT", {}, error)
    assert "in use by another program" in str(known_error(wrapped, Path("a.proofdesk")))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SQLITE_BUSY_SNAPSHOT", "in use by another program"),
        ("SQLITE_LOCKED_SHAREDCACHE", "in use by another program"),
        ("SQLITE_PROTOCOL", "in use by another program"),
        ("SQLITE_SCHEMA", "in use by another program"),
        ("SQLITE_FULL", "The disk is full"),
        ("SQLITE_IOERR_SHMSIZE", "The disk is full"),
        ("SQLITE_IOERR_FSYNC", "the disk reports an error"),
        ("SQLITE_CORRUPT_INDEX", "is damaged"),
        ("SQLITE_NOTADB", "is not a Proofdesk project"),
        ("SQLITE_READONLY_DBMOVED", "it is read-only"),
        ("SQLITE_CANTOPEN_ISDIR", "cannot be opened"),
        ("SQLITE_PERM", "permission is missing"),
    ],
)
def test_every_error_of_the_database_at_any_statement_is_one_line(
    document: OpenDocument, name: str, text: str
) -> None:
    """Reading and writing: the page stays as it was, and the next try goes through."""
    from sqlalchemy import event

    is_failing = [False]

    @event.listens_for(document.store._database._engine, "before_cursor_execute")
    def fail(*_arguments: object) -> None:
        if is_failing[0]:
            error = sqlite3.OperationalError("said by the test")
            error.sqlite_errorname = name
            raise error

    document.page(2)
    is_failing[0] = True
    with pytest.raises(UserError, match=text):
        document.page(1)
    with pytest.raises(UserError, match=text):
        document.apply("Note", edits.set_note(document.page(2), "x"))
    assert document.page(2).note == ""
    is_failing[0] = False
    document.apply("Note", edits.set_note(document.page(2), "x"))
    assert (document.page(1).note, document.store.page(2).note) == ("", "x")


@pytest.mark.usefixtures("wanted_bugs")
def test_bugs_are_called_bugs() -> None:
    assert known_error(ValueError("odd")) is None
    assert explain(ValueError("odd")) == (
        "Something went wrong inside Proofdesk (ValueError: odd). Please report it."
    )
    assert explain(UserError("The file {file} is empty.", file=Path("/a/b.pdf"))) == (
        "The file b.pdf is empty."
    )


def test_second_open_file_of_the_project_leaves_the_lock(folder: Path) -> None:
    """Closing any handle of a file drops some kinds of locks on POSIX; ours is another kind."""
    with Store.open(folder):
        (folder / "project.lock").read_text()
        with pytest.raises(UserError, match="open already"):
            Store.open(folder)
        with closing(sqlite3.connect(f"file:{folder}/project.sqlite?mode=ro", uri=True)) as other:
            assert other.execute("SELECT count(*) FROM pages").fetchone() == (2,)
