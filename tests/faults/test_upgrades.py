"""Upgrades of full projects of every version: all of it or nothing, whatever fails when."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from killed_upgrade import Upgrade
from old_projects import columns_of, content_of, kept_of, make_current, make_old
from sqlalchemy import Engine, event
from sqlalchemy import exc as sqlalchemy_errors

from desktop.errors import UserError, explain
from desktop.store import migrating
from desktop.store.backups import backups_of, looked_into, restore_whole
from desktop.store.migrations import HEAD, REVISIONS
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of

OLD = REVISIONS[:-1]


@pytest.fixture(scope="module")
def current(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_current(tmp_path_factory.mktemp("current") / "current.proofdesk")


@pytest.fixture(scope="module")
def originals(current: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("originals")
    return {
        version: make_old(current, base / f"{version}.proofdesk", version) for version in REVISIONS
    }


@pytest.fixture(params=OLD)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def old(originals: dict[str, Path], version: str, tmp_path: Path) -> Path:
    """A project of an earlier version: thousands of boxes, their history, empty values."""
    return Path(shutil.copytree(originals[version], tmp_path / "old.proofdesk"))


def test_upgrade_keeps_every_row_and_value(old: Path, current: Path, version: str) -> None:
    columns = columns_of(old / FILE)
    before = kept_of(old / FILE, columns)
    assert len(before["annotations"]) > 1000
    assert len(before["revisions"]) > 150
    whole = content_of(old / FILE)
    with Store.open(old) as store, Store.open(current, read_only=True) as same:
        assert store.page_ids() == same.page_ids()
        for page_id in (1, 2, 100, 220):
            there, here = same.page(page_id), store.page(page_id)
            assert here.annotations == there.annotations
            assert [word.text for word in here.words] == [word.text for word in there.words]
        assert store.pending() == same.pending()
        assert store.revisions(limit=1000) == same.revisions(limit=1000)
    after = kept_of(old / FILE, columns)
    if version < "0003":  # words are counted anew there
        counted = {"doubtful_count", "illegible_count"}
        assert not counted & {name.strip('"') for name in columns["pages"]}
    assert after == before
    assert problem_of(old / FILE) == ""
    (backup,) = backups_of(old)
    assert (backup.version, backup.reason) == (version, "migration")
    assert content_of(backup.path) == whole
    restore_whole(old, backup.path)
    assert content_of(old / FILE) == whole
    with Store.open(old) as store:
        assert store.page_count() == 220


@pytest.mark.parametrize("version", ["0001"], indirect=True)
def test_history_goes_on_after_an_upgrade(old: Path) -> None:
    from desktop.document.open_document import OpenDocument

    document = OpenDocument(Store.open(old))
    while document.undo():
        pass
    first = {page_id: document.page(page_id) for page_id in document.store.page_ids()}
    while document.redo():
        pass
    document.close()
    assert problem_of(old / FILE) == ""
    assert len(first) == 220


def test_upgrade_that_fails_at_any_statement_changes_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, statements = content_of(old / FILE), list[int]()
    number = 0
    while _fails_at(number := number + 1, old, monkeypatch):
        statements.append(number)
        assert content_of(old / FILE) == before
        for backup in backups_of(old):
            backup.path.unlink()
    assert len(statements) >= 3
    assert content_of(old / FILE) != before
    assert problem_of(old / FILE) == ""


def _fails_at(number: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    left = [number]

    def make(path: Path, **options: bool) -> Engine:
        engine = ENGINE(path, **options)

        @event.listens_for(engine, "before_cursor_execute")
        def fail(*_arguments: object) -> None:
            left[0] -= 1
            if left[0] == 0:
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorname = "SQLITE_FULL"
                raise sqlalchemy_errors.OperationalError("", {}, error)

        return engine

    monkeypatch.setattr(migrating, "sqlite_engine", make)
    said = ""
    try:
        Store.open(folder).close()
    except UserError as error:
        said = explain(error)
    monkeypatch.setattr(migrating, "sqlite_engine", ENGINE)
    assert not said or said.startswith("The disk is full: old.proofdesk")
    return bool(said)


ENGINE = migrating.sqlite_engine


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")
@pytest.mark.parametrize(
    ("version", "kills"),
    [("0001", 2), ("0003", 2), *(pytest.param(name, 50, marks=pytest.mark.long) for name in OLD)],
    indirect=["version"],
)
@pytest.mark.timeout(1800)
def test_killed_upgrade_leaves_the_old_project_or_the_new(
    old: Path, tmp_path: Path, kills: int
) -> None:
    upgrade = Upgrade(old, tmp_path)
    assert [upgrade.kill(number, kills) for number in range(kills)] == [""] * kills


@pytest.mark.parametrize("version", ["0006"], indirect=True)
def test_backup_that_cannot_be_made_keeps_the_old_project(old: Path, tmp_path: Path) -> None:
    before = content_of(old / FILE)
    (old / "backups").rmdir()
    (old / "backups").write_text("in the way")
    with pytest.raises(UserError):
        Store.open(old)
    assert content_of(old / FILE) == before
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("version", ["0006"], indirect=True)
def test_damaged_old_project_is_not_upgraded(old: Path) -> None:
    path = old / FILE
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(UserError, match="is damaged"):
        Store.open(old)
    assert path.read_bytes() == content
    assert list((old / "backups").iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
def test_older_program_refuses_a_newer_project_and_does_not_touch_it(
    originals: dict[str, Path], old: Path, version: str, monkeypatch: pytest.MonkeyPatch,
    *, read_only: bool,
) -> None:  # fmt: skip
    """As the program of that version did: it knows the versions up to its own."""
    known = REVISIONS[: REVISIONS.index(version) + 1]
    monkeypatch.setattr(migrating, "REVISIONS", known)
    monkeypatch.setattr(migrating, "HEAD", version)
    monkeypatch.setattr("desktop.store.store.HEAD", version)
    for newer in REVISIONS[len(known) :]:
        folder = old.with_name(f"{newer}.proofdesk")
        shutil.copytree(originals[newer], folder)
        before = (folder / FILE).read_bytes()
        with pytest.raises(UserError, match="was made by a newer Proofdesk. Nothing was changed"):
            Store.open(folder, read_only=read_only)
        assert (folder / FILE).read_bytes() == before
        assert sorted(path.name for path in folder.iterdir() if path.is_file()) in (
            [FILE],
            [FILE, f"{FILE}-shm", f"{FILE}-wal"],
        )


def test_backups_of_every_version_can_be_looked_into(old: Path) -> None:
    with Store.open(old) as store:
        page = store.page(1)
    (backup,) = backups_of(old)
    with looked_into(backup.path, old) as reading:
        assert reading.page(1) == page


@pytest.mark.parametrize("version", ["0006"], indirect=True)
def test_damaged_backup_of_an_earlier_version_replaces_nothing(old: Path) -> None:
    Store.open(old).close()
    (backup,) = backups_of(old)
    content = bytearray(backup.path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    backup.path.write_bytes(content)
    before = (old / FILE).read_bytes()
    with pytest.raises(UserError, match="is damaged itself"):
        restore_whole(old, backup.path)
    assert (old / FILE).read_bytes() == before


def test_fixtures_are_of_their_versions(originals: dict[str, Path]) -> None:
    for version, folder in originals.items():
        with closing(sqlite3.connect(folder / FILE)) as connection:
            (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        assert found == version
    assert migrating.version_of(originals[HEAD] / FILE) == HEAD
