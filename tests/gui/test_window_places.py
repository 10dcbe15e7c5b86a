"""Projects in odd places, through the window: read-only, synchronised, moved, without room."""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections import namedtuple
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.document import edits
from desktop.errors import DiskFullError, UserError
from desktop.jobs import surroundings
from desktop.store.backups import backups_of
from desktop.store.lock import NAME
from desktop.store.store import FILE
from desktop.window.workbench import Workbench
from model_backend import unfinished

sys.path.append(str(Path(__file__).resolve().parent.parent / "faults"))
from small_disks import fill, read_only_medium, small_disk  # noqa: E402 - of the other tests

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil's own


def _note(bench: Workbench, text: str) -> None:
    bench.document.apply("Note", edits.set_note(bench.document.page(1), text))


def _said(application: Application, part: str) -> list[str]:
    return [text for text in application.window.messages.texts if part in text]


def test_project_on_a_read_only_medium_is_shown_and_says_so(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Scans.proofdesk")
    with read_only_medium(folder.parent, tmp_path.with_name("medium")) as medium:
        application.open_project(str(medium / folder.name))
        bench = application.bench
        assert bench is not None
        assert _said(application, "Only for reading: Scans.proofdesk cannot be written")
        assert application.window.status.saved.text() == "Only for reading"
        with pytest.raises(UserError, match="open for reading only"):
            _note(bench, "refused")
        qtbot.waitUntil(lambda: bench.images.is_calm, timeout=20_000)
        application.leave_project()
    application.open_project(str(folder))
    assert application.bench is not None
    _note(application.bench, "written")
    application.leave_project()


def test_little_room_is_said_once_and_stays_on_the_line(
    application: Application, bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = [450_000_000]
    monkeypatch.setattr(
        surroundings.shutil, "disk_usage", lambda _folder: Usage(10**12, 10**12, free[0])
    )
    monkeypatch.setattr(surroundings, "EVERY_SECONDS", 0.0)
    _note(bench, "one")
    _note(bench, "two")
    assert len(_said(application, "MB are left on the disk")) == 1
    assert application.window.status.saved.text() == "Saved · 450 MB left"
    free[0] = 550_000_000
    _note(bench, "three")
    assert application.window.status.saved.text() == "Saved · 550 MB left"
    free[0] = 900_000_000
    _note(bench, "four")
    assert application.window.status.saved.text() == "Saved"
    free[0] = 400_000_000
    _note(bench, "five")
    assert len(_said(application, "MB are left on the disk")) == 2


def test_synchronised_folder_conflicts_and_another_computer_are_told(
    application: Application, tmp_path: Path
) -> None:
    made = make_project(tmp_path / "Forms.proofdesk")
    folder = tmp_path / "Dropbox" / made.name
    shutil.copytree(made, folder)
    twin = "project (ann's conflicted copy 2026-11-30).sqlite"
    shutil.copyfile(folder / FILE, folder / twin)
    holder = {"user": "ann", "host": "far", "process": 3, "at": "2026-11-30T10:00:00+00:00"}
    (folder / NAME).write_text(json.dumps(holder))
    application.open_project(str(folder))
    (warning,) = _said(application, "Dropbox synchronises this folder")
    line = application.window.status.message
    assert line.fontMetrics().horizontalAdvance(warning) < 690  # the line of a window of 1280
    assert len(_said(application, f"{twin} lies here as well")) == 1
    assert len(_said(application, "ann did not close this project on far")) == 1
    assert application.bench is not None
    _note(application.bench, "works")
    application.leave_project()


@pytest.mark.parametrize("name", ["Forms [1] a**b?", "2026.11"])
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_conflict_beside_a_folder_of_any_name_is_told(
    application: Application, tmp_path: Path, name: str
) -> None:
    folder = make_project(tmp_path / f"{name}.proofdesk")
    twin = tmp_path / f"{name} (ann's conflicted copy).proofdesk"
    twin.mkdir()
    application.open_project(str(folder))
    assert len(_said(application, f"{twin.name} lies here as well")) == 1
    application.leave_project()


def test_project_that_moved_is_told_and_opens_where_it_is(
    application: Application, tmp_path: Path
) -> None:
    folder = make_project(tmp_path / "Forms.proofdesk")
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    _note(bench, "before")
    folder.rename(tmp_path / "Renamed.proofdesk")
    with pytest.raises(UserError, match="was moved, renamed or deleted while it was open"):
        _note(bench, "after")
    assert bench.document.page(1).note == "before"
    application.leave_project()
    application.open_project(str(tmp_path / "Renamed.proofdesk"))
    assert application.bench is not None
    assert application.bench.document.page(1).note == "before"
    _note(application.bench, "after")
    application.leave_project()


def test_backup_without_room_is_a_visible_warning_and_made_later(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        folder = make_project(disk / "Forms.proofdesk")
        application.open_project(str(folder))
        bench = application.bench
        assert bench is not None
        _note(bench, "one")
        ballast = fill(disk, leave=60_000)
        with qtbot.waitSignal(bench.backups.failed, timeout=20_000):
            bench.backups.make("time")
        assert _said(application, "No backup could be made: The disk is full")
        assert application.window.status.message.text().startswith("⚠ No backup could be made")
        assert backups_of(folder) == ()
        with pytest.raises(DiskFullError):
            _note(bench, "x" * 200_000)
        ballast.unlink()
        _note(bench, "two")
        with qtbot.waitSignal(bench.backups.kept, timeout=20_000):
            bench.backups.make("time")
        application.leave_project()


def test_project_that_a_check_finds_damaged_is_found_before_the_first_write(
    application: Application, tmp_path: Path
) -> None:
    import sqlite3
    from contextlib import closing

    folder = make_project(tmp_path / "Odd.proofdesk")
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE pages SET document_id = 77 WHERE id = 3")
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    with pytest.raises(UserError, match="is damaged: foreign key"):
        _note(bench, "at once, before the check can have ended")
    with closing(sqlite3.connect(folder / FILE)) as connection:
        assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (0,)
    application.leave_project()


def test_what_an_export_left_is_taken_away_beside_the_window(
    application: Application, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / ".out.1.part"
    (left / unfinished.DATA).mkdir(parents=True)
    (left / unfinished.LOCK).touch()
    threads, remove = set[str](), unfinished.remove_abandoned

    def watched(parent: Path) -> None:
        threads.add(threading.current_thread().name)
        remove(parent)

    monkeypatch.setattr(unfinished, "remove_abandoned", watched)
    application.settings.set("last_export", {"base": str(tmp_path)})
    application._remove_unfinished()
    qtbot.waitUntil(lambda: not left.exists(), timeout=20_000)
    assert threading.main_thread().name not in threads
