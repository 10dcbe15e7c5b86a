"""Backups through the window: by the clock, before imports and changes of many pages, restored."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot
from test_window_copies import when_modal
from window_project import make_project

from desktop.application import Application
from desktop.dialogs.backups_dialog import BackupsDialog
from desktop.document import edits
from desktop.document.many_pages import ManyPages
from desktop.errors import Cancelled, UserError
from desktop.jobs import backups as backup_jobs
from desktop.jobs.exporting import export_project
from desktop.store import database
from desktop.store.backups import Moment, backups_of, looked_into
from desktop.store.store import FILE
from desktop.store.verifying import problem_of
from desktop.window.workbench import Workbench


def _note(bench: Workbench, text: str) -> None:
    bench.document.apply("Note", edits.set_note(bench.document.page(1), text))


def _reasons(bench: Workbench) -> list[str]:
    return [item.reason for item in reversed(backups_of(bench.document.store.folder))]


def test_clock_runs_only_after_edits_and_keeps_what_was_edited(
    bench: Workbench, qtbot: QtBot
) -> None:
    backups = bench.backups
    assert backup_jobs.EVERY_MS == 15 * 60 * 1000
    assert not backups.timer.isActive()
    _note(bench, "one")
    assert backups.timer.isActive()
    with qtbot.waitSignal(backups.kept, timeout=20_000):
        backups.timer.timeout.emit()
    assert not backups.timer.isActive()
    backups.make("time")  # nothing has changed since
    assert not backups.is_busy
    assert _reasons(bench) == ["time"]


def test_many_pages_and_imports_are_kept_as_they_were_before(
    bench: Workbench, qtbot: QtBot, tmp_path: Path
) -> None:
    document = bench.document
    ids = document.store.page_ids()
    many = ManyPages(document, "Note", ids, lambda page: edits.set_note(page, "all"))
    with qtbot.waitSignal(bench.backups.kept, timeout=20_000):
        while many.go_on():
            pass
    with qtbot.waitSignal(bench.backups.kept, timeout=20_000):
        bench.import_files([tmp_path / "nothing.pdf"])
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=20_000)
    assert _reasons(bench) == ["many", "import"]


def test_backup_that_fails_is_told_and_made_later(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    folder = bench.document.store.folder / "backups"
    folder.rmdir()
    folder.write_text("in the way")
    _note(bench, "one")
    with qtbot.waitSignal(bench.backups.failed, timeout=20_000):
        bench.backups.make("time")
    assert "No backup could be made" in application.window.status.message.text()
    folder.unlink()
    with qtbot.waitSignal(bench.backups.kept, timeout=20_000):
        bench.backups.make("time")


def test_nothing_of_a_change_of_many_pages_is_in_the_copy_made_before_it_on_a_network_drive(
    application: Application, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There the moment cannot be held: the copy is made in the thread, and the change waits."""
    (tmp_path / "Dropbox").mkdir()
    folder = make_project(tmp_path / "Dropbox" / "Forms.proofdesk")
    application.open_project(str(folder))
    bench, threads, go_on = application.bench, set[str](), threading.Event()
    assert bench is not None
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=20_000)
    keep = Moment.keep

    def slow(moment: Moment, reason: str, is_cancelled: Callable[[], bool]) -> Path:
        threads.add(threading.current_thread().name)
        assert go_on.wait(60)
        return keep(moment, reason, is_cancelled)

    monkeypatch.setattr(Moment, "keep", slow)
    document = bench.document
    ids = document.store.page_ids()
    many = ManyPages(document, "Note", ids, lambda page: edits.set_note(page, "all"))
    assert many.go_on()
    assert many.done == 0
    document.apply("Note", edits.set_note(document.page(1), "mine"))  # an edit does not wait
    job = bench.import_files([tmp_path / "nothing.pdf"])
    go_on.set()
    with qtbot.waitSignal(job.finished, timeout=20_000):
        while many.go_on():
            qtbot.wait(1)
    assert [document.page(page_id).note for page_id in ids] == ["all"] * 3
    first, *_more = reversed(backups_of(folder))
    with looked_into(first.path, folder) as backup:
        assert "all" not in [backup.page(page_id).note for page_id in ids]
    assert all(name.startswith("backup") for name in threads)
    application.leave_project()


def test_closing_ends_the_look_through_a_big_project(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "Big.proofdesk")
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("CREATE TABLE ballast (value BLOB)")
        many = ((b"x" * 200,) for _row in range(1_500_000))
        connection.executemany("INSERT INTO ballast VALUES (?)", many)
    is_begun = threading.Event()

    def late(path: Path, *, most: int, is_cancelled: Callable[[], bool]) -> str:
        while not is_cancelled():
            is_begun.set()
            time.sleep(0.001)
        return problem_of(path, most=most, is_cancelled=is_cancelled)

    monkeypatch.setattr(backup_jobs, "problem_of", late)
    application.open_project(str(folder))
    assert application.bench is not None
    check = application.bench.document.store.check
    assert check is not None
    assert is_begun.wait(60)
    application.leave_project()
    with pytest.raises(Cancelled):
        check()


def test_page_and_project_come_back_through_the_window(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    folder = bench.document.store.folder
    with qtbot.waitSignal(bench.backups.kept, timeout=20_000):
        bench.backups.make("asked")
    _note(bench, "later")

    def restore_page(dialog: QDialog) -> None:
        assert isinstance(dialog, BackupsDialog)
        assert not dialog.page_button.isEnabled()
        dialog.pages.setCurrentItem(dialog.pages.topLevelItem(0))
        dialog.page_button.click()
        assert "Page 1 is as it was then" in dialog.state.text()
        dialog.accept_button.click()

    when_modal(restore_page)
    application.window.actions_table.by_id["backups"].trigger()
    assert bench.document.page(1).note == ""
    bench.document.undo()
    assert bench.document.page(1).note == "later"

    def restore_whole(dialog: QDialog) -> None:
        assert isinstance(dialog, BackupsDialog)
        dialog.whole_button.click()

    when_modal(restore_whole)
    application.window.actions_table.by_id["backups"].trigger()
    assert application.bench is not None
    assert application.bench is not bench
    assert application.bench.document.store.folder == folder
    assert application.bench.document.page(1).note == ""
    assert "restore" in [item.reason for item in backups_of(folder)]


@pytest.mark.parametrize("damage", [b"", b"rubbish" * 5000])
def test_project_that_cannot_be_opened_offers_its_backups(
    application: Application, tmp_path: Path, damage: bytes, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Broken.proofdesk")
    Moment(folder / FILE).keep("asked")
    (folder / FILE).write_bytes(damage)

    left = list[QDialog]()

    def leave(dialog: QDialog) -> None:
        assert isinstance(dialog, BackupsDialog)
        left.append(dialog)
        dialog.accept_button.click()

    when_modal(leave)
    application.open_project(str(folder))
    assert not left  # the window lives on while the file is looked at
    qtbot.waitUntil(lambda: bool(left), timeout=20_000)
    assert application.bench is None
    assert (folder / FILE).read_bytes() == damage
    when_modal(lambda dialog: cast(BackupsDialog, dialog).whole_button.click())
    application.open_project(str(folder))
    qtbot.waitUntil(lambda: application.bench is not None, timeout=20_000)
    assert application.bench is not None
    assert application.bench.document.store.page_count() == 3
    application.leave_project()


def test_project_that_is_in_use_is_not_offered_to_be_replaced(
    application: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Forms.proofdesk")
    Moment(folder / FILE).keep("asked")
    monkeypatch.setattr(database, "_WAIT_SECONDS", 0.0)
    offered: list[Path] = []
    monkeypatch.setattr(application.window.files, "show_backups", offered.append)
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        application.open_project(str(folder))
        application._aside.submit(int).result(20)
        qtbot.wait(50)
    assert "is in use by another program" in application.window.status.message.text()
    assert offered == []


def test_file_that_a_check_finds_damaged_is_shown_and_not_written(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Odd.proofdesk")
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE project SET page_count = 3")
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE pages SET document_id = 77 WHERE id = 3")
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    qtbot.waitUntil(lambda: bench.document.store.is_read_only, timeout=20_000)
    assert "The project is damaged" in application.window.status.message.text()
    with pytest.raises(UserError, match="is damaged: foreign key"):
        _note(bench, "refused")
    application.leave_project()


def test_damaged_page_is_shown_said_restored_and_told_at_export(
    application: Application, tmp_path: Path
) -> None:
    folder = make_project(tmp_path / "Page.proofdesk")
    Moment(folder / FILE).keep("asked")
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE pages SET note = 'not mine' WHERE id = 1")
    application.open_project(str(folder))
    bench = application.bench
    assert bench is not None
    assert bench.editor.page is not None
    assert bench.editor.page.note == "not mine"
    assert "Page 1 is damaged" in application.window.status.message.text()
    with pytest.raises(UserError, match="Page 1 is damaged"):
        _note(bench, "refused")
    exported = export_project(folder, "pages", tmp_path / "out")
    assert any("1 damaged pages are in it" in item for item in exported.report.problems)

    def restore_page(dialog: QDialog) -> None:
        assert isinstance(dialog, BackupsDialog)
        dialog.pages.setCurrentItem(dialog.pages.topLevelItem(0))
        dialog.page_button.click()
        dialog.accept_button.click()

    when_modal(restore_page)
    application.window.actions_table.by_id["backups"].trigger()
    assert bench.document.page(1).note == ""
    _note(bench, "goes on")
    application.leave_project()


def test_second_window_reads_says_who_writes_and_takes_over(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Held.proofdesk")
    script = (
        "import sys, time\nfrom pathlib import Path\nfrom desktop.store.store import Store\n"
        "store = Store.open(Path(sys.argv[1]))\nprint('held', flush=True)\ntime.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        application.open_project(str(folder))
        bench = application.bench
        assert bench is not None
        assert bench.document.store.is_read_only
        said = application.window.status.message.text()
        assert "Only for reading" in said
        assert f"process {holder.pid}" in said
        assert application.window.status.saved.text() == "Only for reading"
        with pytest.raises(UserError, match="open for reading only"):
            _note(bench, "refused")
        application.leave_project()
        holder.kill()
    start = time.monotonic()
    application.open_project(str(folder))
    assert time.monotonic() - start < 5
    assert application.bench is not None
    _note(application.bench, "taken over")
    application.leave_project()
