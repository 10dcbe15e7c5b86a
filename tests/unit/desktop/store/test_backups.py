"""Backups: whole and verified, of one moment, thinned, looked into, restored."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store import backups, database
from desktop.store.backups import Backup, Moment, backups_of, looked_into, restore_whole
from desktop.store.store import FILE, Store
from desktop.store.verifying import file_problem, problem_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Store.create(tmp_path / "project.proofdesk") as store:
        store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
        return store.folder


def _note(folder: Path, text: str) -> None:
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), text))
    document.close()


def _damage(folder: Path) -> None:
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE pages SET skew = 3 WHERE id = 1")


@pytest.mark.parametrize("look", [problem_of, file_problem])
def test_file_that_is_locked_just_now_is_not_called_damaged(
    folder: Path, look: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0.0)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UserError, match="another program"):
            look(folder / FILE)
    assert look(folder / FILE) == ""


def test_moment_of_a_project_that_is_gone_says_what_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be opened"):
        Moment(tmp_path / "gone.proofdesk" / FILE)


def test_copy_is_of_the_moment_whatever_is_written_meanwhile(folder: Path) -> None:
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), "before"))
    moment = Moment(folder / FILE)
    document.apply("Note", edits.set_note(document.page(1), "after"))
    target = moment.keep(backups.TIME)
    assert document.store.page(1).note == "after"
    document.close()
    assert problem_of(target) == ""
    with looked_into(target, folder) as backup:
        assert backup.page(1).note == "before"
    (found,) = backups_of(folder)
    assert (found.path, found.reason, found.size) == (target, "time", target.stat().st_size)
    assert {entry.name for entry in target.parent.iterdir()} == {target.name}


def test_damaged_project_makes_no_backup_and_thins_none(folder: Path) -> None:
    good = Moment(folder / FILE).keep(backups.TIME)
    _damage(folder)
    with pytest.raises(UserError, match="the project is damaged: page 1 is not what was saved"):
        Moment(folder / FILE).keep(backups.TIME)
    assert list(good.parent.iterdir()) == [good]


def test_whole_project_goes_back_and_what_was_there_is_kept(folder: Path) -> None:
    _note(folder, "first")
    target = Moment(folder / FILE).keep(backups.ASKED)
    _note(folder, "second")
    restore_whole(folder, target)
    with Store.open(folder) as store:
        assert store.page(1).note == "first"
    newest, oldest = backups_of(folder)
    assert (newest.reason, oldest.path) == ("restore", target)
    restore_whole(folder, newest.path)
    with Store.open(folder) as store:
        assert store.page(1).note == "second"


def test_open_project_is_not_replaced(folder: Path) -> None:
    target = Moment(folder / FILE).keep(backups.ASKED)
    with Store.open(folder), pytest.raises(UserError, match="is open already"):
        restore_whole(folder, target)


@pytest.mark.parametrize("damage", [b"", b"rubbish" * 1000])
def test_file_that_is_no_project_any_more_is_kept_and_replaced(folder: Path, damage: bytes) -> None:
    _note(folder, "first")
    target = Moment(folder / FILE).keep(backups.ASKED)
    (folder / FILE).write_bytes(damage)
    restore_whole(folder, target)
    with Store.open(folder) as store:
        assert store.page(1).note == "first"
    (kept,) = (folder / "backups").glob("damaged-*")
    assert kept.read_bytes() == damage


def test_damaged_backup_replaces_nothing(folder: Path) -> None:
    target = Moment(folder / FILE).keep(backups.ASKED)
    with closing(sqlite3.connect(target)) as connection, connection:
        connection.execute("UPDATE pages SET skew = 3 WHERE id = 1")
    before = (folder / FILE).read_bytes()
    with pytest.raises(UserError, match="is damaged itself"):
        restore_whole(folder, target)
    assert (folder / FILE).read_bytes() == before


def test_restored_page_is_an_edit_that_can_be_undone(folder: Path) -> None:
    target = Moment(folder / FILE).keep(backups.ASKED)
    document = OpenDocument(Store.open(folder))
    document.apply("Note", edits.set_note(document.page(1), "later"))
    with looked_into(target, folder) as backup:
        document.restore_page(backup.page(1))
    assert document.store.page(1).note == ""
    document.undo()
    assert document.store.page(1).note == "later"
    document.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE pages SET skew = 3 WHERE id = 1",
        "UPDATE annotations SET value = 'x' WHERE page_id = 1",
        "UPDATE page_contents SET words = x'00' WHERE page_id = 1",
    ],
)
def test_damaged_page_is_written_anew_from_a_backup(folder: Path, damage: str) -> None:
    _note(folder, "mine")
    target = Moment(folder / FILE).keep(backups.ASKED)
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute(damage)
    document = OpenDocument(Store.open(folder))
    with looked_into(target, folder) as backup:
        wanted = backup.page(1)
        document.restore_page(wanted)
    assert document.page(1) == document.store.page(1) == wanted
    document.apply("Note", edits.set_note(document.page(1), "goes on"))
    document.close()
    assert problem_of(folder / FILE) == ""


def test_thinning_keeps_two_days_then_one_a_day_then_one_a_week() -> None:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    made = [
        Backup(Path(str(hour)), "0007", now - timedelta(hours=hour), "time", 1)
        for hour in range(24 * 120)
    ]
    asked = Backup(Path("asked"), "0007", now - timedelta(days=100, minutes=1), "asked", 1)
    kept = backups.worth_keeping([*made, asked], now)
    ages = [now - item.at for item in kept if item.reason == "time"]
    assert sum(age < timedelta(days=2) for age in ages) == 48
    assert 27 <= sum(timedelta(days=2) <= age < timedelta(days=30) for age in ages) <= 30
    assert 12 <= sum(age >= timedelta(days=30) for age in ages) <= 14
    assert asked in kept
    assert set(backups.worth_keeping(kept, now)) == set(kept)
