"""Projects that other programs changed, copied in part or doubled: told, and never written on."""

from __future__ import annotations

import os
import shutil
import sqlite3
import struct
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.backups import ASKED, Moment, backups_of, looked_into, restore_whole
from desktop.store.files import PARTIAL, keep_copy
from desktop.store.lock import NAME
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        return store.folder


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (
            "CREATE TRIGGER quiet AFTER INSERT ON revisions BEGIN DELETE FROM annotations; END",
            "trigger quiet",
        ),
        ("CREATE VIEW notes AS SELECT note FROM pages", "view notes"),
        ("CREATE VIRTUAL TABLE words USING fts5(text)", "virtual table words"),
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_project_that_would_do_things_by_itself_is_refused(
    folder: Path, statement: str, kind: str, *, read_only: bool
) -> None:
    kept = Moment(folder / FILE).keep(ASKED)
    _execute(folder / FILE, statement)
    before = (folder / FILE).read_bytes()
    with pytest.raises(UserError, match=f"it has a {kind}, which no project has"):
        Store.open(folder, read_only=read_only)
    assert (folder / FILE).read_bytes() == before
    restore_whole(folder, kept)
    with Store.open(folder) as store:
        assert store.page_count() == 2


def _journal_that_deletes(path: Path, victim: Path) -> None:
    """What SQLite takes for a write that was cut short, together with one in `victim`: it puts the
    first page back as it is, and deletes the victim."""
    name, first, magic = os.fsencode(victim), path.read_bytes()[:4096], "d9d505f920a163d7"
    pages, check = path.stat().st_size // 4096, sum(first[4096 - 200 : 0 : -200])
    head = bytes.fromhex(magic) + struct.pack(">5I", 1, 0, pages, 512, 4096)
    record = struct.pack(">I", 1) + first + struct.pack(">I", check)
    end = struct.pack(">I", (1 << 30) // 4096 + 1) + name + struct.pack(">2I", len(name), sum(name))
    journal = path.with_name(f"{path.name}-journal")
    journal.write_bytes(head.ljust(512, b"\0") + record + end + bytes.fromhex(magic))


@pytest.mark.parametrize("read_only", [False, True])
def test_project_that_would_delete_another_file_is_refused(
    folder: Path, tmp_path: Path, *, read_only: bool
) -> None:
    kept = Moment(folder / FILE).keep(ASKED)
    victim = tmp_path / "letter.txt"
    victim.write_text("Dear all")
    _journal_that_deletes(folder / FILE, victim)
    with pytest.raises(UserError, match="would delete another file"):
        Store.open(folder, read_only=read_only)
    assert victim.read_text() == "Dear all"
    restore_whole(folder, kept)
    with Store.open(folder) as store:
        assert store.page_count() == 2
    assert victim.read_text() == "Dear all"


@pytest.mark.parametrize("name", [NAME, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal"])
@pytest.mark.parametrize("read_only", [False, True])
def test_project_that_would_write_into_another_file_is_refused(
    folder: Path, tmp_path: Path, name: str, *, read_only: bool
) -> None:
    """The files beside the project's own are links to what it would overwrite."""
    victim = tmp_path / "letter.txt"
    victim.write_text("Dear all")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(victim)
    is_not_opened = read_only and name == NAME
    with nullcontext() if is_not_opened else pytest.raises(UserError, match="cannot be opened"):
        Store.open(folder, read_only=read_only).close()
    assert victim.read_text() == "Dear all"


def test_copies_are_not_written_through_links_that_wait_for_them(
    folder: Path, tmp_path: Path
) -> None:
    victim, document = tmp_path / "letter.txt", tmp_path / "document.pdf"
    victim.write_text("Dear all")
    document.write_bytes(b"%PDF-1.4")
    kept = Moment(folder / FILE).keep(ASKED)
    (folder / "documents" / f".{os.getpid()}{PARTIAL}").symlink_to(victim)
    keep_copy(document, folder / "documents", "")
    (folder / f"{FILE}{PARTIAL}").symlink_to(victim)
    restore_whole(folder, kept)
    assert victim.read_text() == "Dear all"


def test_thumbnails_that_would_delete_another_file_are_made_again(
    folder: Path, tmp_path: Path
) -> None:
    path, victim = folder / "thumbnails.sqlite", tmp_path / "letter.txt"
    with Store.open(folder) as store:
        store.thumbnails.put(1, "a", b"picture")
    victim.write_text("Dear all")
    _journal_that_deletes(path, victim)
    with Store.open(folder) as store:
        assert store.thumbnails.get(1, "a") is None
        store.thumbnails.put(1, "a", b"another")
    with Store.open(folder) as store:
        assert store.thumbnails.get(1, "a") == b"another"
    assert victim.read_text() == "Dear all"


def test_document_that_is_a_link_to_another_file_is_not_read(tmp_path: Path) -> None:
    """Else a project that goes back to whoever made it would take that file along."""
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.4")
    with Store.create(tmp_path / "project.proofdesk") as store:
        document, _pages = store.add_document(secret, document_of(1), [full_page(0)], read=True)
        path = store.document_path(document)
        path.unlink()
        path.symlink_to(secret)
        with pytest.raises(UserError, match="is missing from the project's folder documents"):
            store.document_path(document)


def test_thumbnails_that_are_another_file_are_made_again(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "others.sqlite"
    _execute(other, "CREATE TABLE mine (text)")
    before = other.read_bytes()
    (folder / "thumbnails.sqlite").symlink_to(other)
    with Store.open(folder) as store:
        store.thumbnails.put(1, "a", b"picture")
    assert other.read_bytes() == before


def test_view_in_the_place_of_a_table_is_refused(folder: Path) -> None:
    """Even what says the version could be a view that answers anything."""
    _execute(
        folder / FILE,
        "DROP TABLE alembic_version",
        "CREATE VIEW alembic_version AS SELECT '0007' AS version_num",
    )
    with pytest.raises(UserError, match="it has a view alembic_version"):
        Store.open(folder)


@pytest.mark.parametrize(
    "statement", ["CREATE TRIGGER t AFTER INSERT ON pages BEGIN SELECT 1; END"]
)
def test_backup_that_would_do_things_by_itself_is_not_put_back(
    folder: Path, statement: str
) -> None:
    kept = Moment(folder / FILE).keep(ASKED)
    _execute(kept, statement)
    before = (folder / FILE).read_bytes()
    with pytest.raises(UserError, match="it has a trigger t"):
        restore_whole(folder, kept)
    with pytest.raises(UserError, match="it has a trigger t"), looked_into(kept, folder):
        pass
    assert (folder / FILE).read_bytes() == before


def test_functions_of_the_file_are_not_trusted(folder: Path) -> None:
    with Store.open(folder) as store, store.database.reading() as connection:
        for name, wanted in (("trusted_schema", 0), ("cell_size_check", 1), ("mmap_size", 0)):
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar_one_or_none() in (
                wanted,
                None,
            )


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE annotations SET page_id = 77 WHERE page_id = 2",
        "UPDATE pages SET document_id = 5 WHERE id = 2",
        "DELETE FROM documents",
        "UPDATE project SET page_count = 7",
    ],
)
def test_parts_that_belong_to_nothing_are_found(folder: Path, damage: str) -> None:
    _execute(folder / FILE, "PRAGMA foreign_keys = OFF", damage)
    assert problem_of(folder / FILE)
    before = (folder / FILE).read_bytes()
    with pytest.raises(UserError, match="the project is damaged"):
        Moment(folder / FILE).keep(ASKED)
    assert backups_of(folder) == ()
    assert (folder / FILE).read_bytes() == before


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("pages", "note"),
        ("documents", "name"),
        ("annotations", "value"),
        ("annotations", "label"),
        ("project", "labels"),
        ("revisions", "text"),
        ("alembic_version", "version_num"),
    ],
)
def test_text_that_is_none_is_one_clear_line(folder: Path, table: str, column: str) -> None:
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), "x"))
    document.close()
    _execute(folder / FILE, f"UPDATE {table} SET {column} = CAST(x'FFFE41' AS TEXT)")
    before = (folder / FILE).read_bytes()
    assert problem_of(folder / FILE)
    with pytest.raises(UserError, match="damaged|newer"):
        _look_at_everything(folder)
    assert (folder / FILE).read_bytes() == before


def _look_at_everything(folder: Path) -> None:
    with Store.open(folder) as store:
        store.documents()
        store.revisions()
        store.schema()
        for page_id in store.page_ids():
            store.page(page_id)


def test_log_of_an_earlier_state_beside_a_copy_is_found_out(folder: Path, tmp_path: Path) -> None:
    """Somebody put a copy of the file back by hand, and left the log beside it."""
    document = OpenDocument(Store.open(folder))
    for number in range(30):
        page = document.page(1 + number % 2)
        document.apply("Note", edits.set_note(page, f"{number} " * 500))
    old, log = tmp_path / "old.sqlite", tmp_path / "old-wal"
    kept = Moment(folder / FILE).keep(ASKED)
    for number in range(30):
        page = document.page(1 + number % 2)
        document.apply("Note", edits.set_note(page, f"later {number} " * 700))
    shutil.copyfile(folder / f"{FILE}-wal", log)
    document.close()
    shutil.copyfile(kept, old)
    shutil.copyfile(old, folder / FILE)
    shutil.copyfile(log, folder / f"{FILE}-wal")
    with Store.open(kept.parent.parent, read_only=True) as store:
        notes = [store.page(page_id).note for page_id in (1, 2)]
        damaged = set(store.damaged)
    is_mixed = not all(note.startswith(("28 ", "29 ", "later 28", "later 29")) for note in notes)
    assert problem_of(folder / FILE) or damaged or not is_mixed
    restore_whole(folder, kept)
    assert not (folder / f"{FILE}-wal").exists()
    with Store.open(folder) as store:
        assert store.page(2).note.startswith("29 ")
    assert problem_of(folder / FILE) == ""


def test_project_whose_file_is_gone_comes_back_from_its_backup(folder: Path) -> None:
    kept = Moment(folder / FILE).keep(ASKED)
    (folder / FILE).unlink()
    with pytest.raises(UserError, match="it has no project.sqlite"):
        Store.open(folder)
    assert not (folder / FILE).exists()
    restore_whole(folder, kept)
    with Store.open(folder) as store:
        assert store.page_count() == 2


def test_log_without_its_file_is_never_an_empty_project(folder: Path) -> None:
    (folder / FILE).unlink()
    (folder / f"{FILE}-wal").write_bytes(b"x" * 40_000)
    with pytest.raises(UserError, match="it has no project.sqlite"):
        Store.open(folder)
    assert not (folder / FILE).exists()
    (folder / FILE).touch()
    with pytest.raises(UserError, match="belongs to another program, or is empty"):
        Store.open(folder)
    assert (folder / FILE).read_bytes() == b""
