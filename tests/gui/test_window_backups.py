"""Backups through the window: by the clock, before imports and changes of many pages, restored."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.document import edits
from desktop.document.many_pages import ManyPages
from desktop.jobs import backups as backup_jobs
from desktop.store.backups import backups_of
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
