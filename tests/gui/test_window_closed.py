"""The window is closed while jobs run: each ends, no process stays, the import goes on later."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.dialogs.export_dialog import ExportChoice
from desktop.dialogs.read_again_dialog import ReadSettings
from desktop.jobs import work
from desktop.jobs.runner import Job
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from desktop.store.store import Store
from desktop.store.verifying import problem_of
from model_backend.document import Box
from model_backend.service import Workers

WAIT = 60_000


@pytest.fixture
def own(qapp: QApplication, tmp_path: Path) -> Iterator[Application]:
    """An application of its own, as it is closed here."""
    application = Application(Settings(SettingsFile(tmp_path / "settings.json")))
    application.window.show()
    yield application
    application.window.close()
    application.window.deleteLater()
    qapp.processEvents()


@pytest.mark.timeout(300)
def test_window_closed_while_sixteen_jobs_run(
    own: Application, tmp_path: Path, samples: Path, qtbot: QtBot
) -> None:
    folder = make_project(tmp_path / "Test.proofdesk")
    own.open_project(str(folder))
    bench = own.bench
    assert bench is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=WAIT)
    files = tmp_path / "files"
    files.mkdir()
    for number in range(6):
        name = shutil.copy(samples / "report.pdf", files / f"{number}.pdf")
        with open(name, "ab") as file:
            file.write(b"%" + str(number).encode())
    jobs: list[Job] = []
    bench.runner.job_started.connect(jobs.append)
    bench.import_files([files])
    for number in range(6):
        bench.prelabel([1 + number % 3])
        bench.recognize(2, Box(10, 10, 200, 200), ReadSettings("eng", 0, 1.0))
    for number in range(2):
        choice = ExportChoice("coco", tmp_path / f"out {number}", True, "stretched", 72, None)
        bench.export(choice)
    bench.keep_copy()
    assert len(jobs) >= 16
    qtbot.waitUntil(lambda: bool(bench.runner.workers.pids("batch")), timeout=WAIT)
    qtbot.wait(200)
    pids = [pid for kind in ("view", "batch", "model") for pid in bench.runner.workers.pids(kind)]
    own.window.close()
    assert own.bench is None
    assert [job.outcome for job in jobs if job.outcome is None] == []
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert problem_of(folder / "project.sqlite", most=0) == ""
    assert not [item.name for item in tmp_path.iterdir() if item.name.endswith(".part")]
    workers = Workers(batch=1)
    with Store.open(folder) as store:
        rest = work.ImportFiles.rest(work.StoreTarget(store))
        if rest is not None:
            work.run(rest, workers)
        names = {document.name for document in store.documents()}
        assert store.pending() == ()
        assert names in ({"picture.tif"}, {"picture.tif", *(f"{n}.pdf" for n in range(6))})
    workers.close()
