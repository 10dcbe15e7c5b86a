"""Imports through the window: stopped ones, the first backup, and damage that has none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pymupdf
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.panels.page_model import PROBLEM
from desktop.store.backups import backups_of
from desktop.store.store import FILE
from desktop.window.workbench import Workbench


def _make_pdfs(folder: Path, count: int) -> list[Path]:
    files = [folder / f"{number:03}.pdf" for number in range(count)]
    for number, file in enumerate(files):
        with pymupdf.open() as document:
            document.new_page().insert_text((72, 100), f"Invoice {number}")
            document.save(file)
    return files


def _opened(application: Application, folder: Path) -> Workbench:
    application.open_project(str(folder))
    assert application.bench is not None
    return application.bench


def _begun(application: Application, folder: Path, files: list[Path], qtbot: QtBot) -> Workbench:
    application.new_project(str(folder))
    bench = application.bench
    assert bench is not None
    job = bench.import_files(files)
    qtbot.waitUntil(lambda: bench.document.store.page_count() > 0, timeout=60_000)
    assert job.outcome is None
    return bench


def test_import_that_a_person_stops_does_not_go_on_by_itself(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    files = _make_pdfs(tmp_path, 150)
    bench = _begun(application, tmp_path / "a.proofdesk", files, qtbot)
    bench.runner.jobs[0].cancel()
    here = bench.document.store.page_count()
    assert 0 < here < len(files)
    (said,) = [text for text in application.window.messages.texts if "not taken in" in text]
    assert f"{len(files) - here} files or pages" in said
    application.leave_project()
    bench = _opened(application, tmp_path / "a.proofdesk")
    with qtbot.waitSignal(bench.backups.found_whole, timeout=20_000):
        pass
    assert bench.runner.jobs == ()
    assert bench.document.store.page_count() == here
    application.leave_project()


def test_import_that_closing_stops_goes_on(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    files = _make_pdfs(tmp_path, 60)
    _begun(application, tmp_path / "a.proofdesk", files, qtbot)
    application.leave_project()
    bench = _opened(application, tmp_path / "a.proofdesk")
    qtbot.waitUntil(
        lambda: bench.document.store.page_count() == len(files) and not bench.is_busy,
        timeout=120_000,
    )
    qtbot.waitUntil(lambda: not bench.backups.is_busy, timeout=20_000)
    assert [item.reason for item in backups_of(tmp_path / "a.proofdesk")] == ["first"]
    application.leave_project()


def test_damaged_project_without_a_backup_is_not_sent_to_the_backups(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Page.proofdesk")
    with closing(sqlite3.connect(folder / FILE)) as connection, connection:
        connection.execute("UPDATE pages SET note = 'not mine' WHERE id = 1")
    bench = _opened(application, folder)
    said = application.window.status.message.text()
    assert "Page 1 is damaged" in said
    assert f"There is no backup. Its documents are in {folder / 'documents'}" in said
    assert "File > Backups" not in said
    assert application.window.project_view is not None
    pages = application.window.project_view.page_list.model
    damaged = "Damaged: it is not what was saved"
    assert pages.data(pages.index(0), PROBLEM) == damaged
    assert damaged in str(pages.data(pages.index(0), Qt.ItemDataRole.ToolTipRole))
    assert pages.data(pages.index(1), PROBLEM) == ""
    form = application.window.project_view.inspector.page_form
    assert form.problem.text().replace("\u200b", "") == damaged
    assert form.problem.isVisible()
    bench.selection.set_page(2)
    assert not form.problem.isVisible()
    application.leave_project()
