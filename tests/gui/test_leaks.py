"""What was closed is gone: dialogs, projects, their pictures and what they still waited for."""

from __future__ import annotations

import gc
import os
import weakref
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.jobs.hub import Hub
from desktop.window.actions import ACTIONS
from desktop.window.workbench import Workbench

DIALOGS = (
    "settings", "change_keys", "about", "backups", "models", "edit_labels", "find_replace",
    "accept_above", "deskew", "import_dataset", "recognize", "export",
)  # fmt: skip


def let_go() -> None:
    """What `deleteLater` was called for goes now."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QApplication.processEvents()


def widgets() -> Counter[str]:
    """How many of each kind there are; the start page has one more button for each project."""
    kinds = Counter(type(widget).__name__ for widget in QApplication.allWidgets())
    del kinds["_RecentButton"]
    return kinds


def leave_dialog() -> None:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    dialog.reject()


@pytest.mark.parametrize("name", DIALOGS)
def test_closed_dialog_leaves_no_widget(
    qtbot: QtBot, application: Application, bench: Workbench, name: str
) -> None:
    assert name in {action.id for action in ACTIONS}
    made = application.window.actions_table.by_id[name]
    counts = []
    for _time in range(3):
        QTimer.singleShot(0, leave_dialog)
        made.trigger()
        qtbot.waitUntil(lambda: not bench.is_busy, timeout=20_000)
        let_go()
        counts.append(widgets())
    assert counts[2] == counts[1]


def test_closed_project_leaves_no_widget_and_no_picture(
    qtbot: QtBot, application: Application, tmp_path: Path
) -> None:
    counts, benches, pictures = [], [], []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        folder = make_project(tmp_path / str(number) / "Test.proofdesk")
        application.open_project(str(folder))
        bench = application.bench
        assert bench is not None
        images = bench.images
        qtbot.waitUntil(lambda: application.is_calm(), timeout=30_000)
        page = bench.document.page(bench.selection.page_id)
        assert images.picture(page, 1.0) is not None
        benches.append(weakref.ref(bench))
        pictures.append(images)
        application.leave_project()
        assert images.picture(page, 1.0) is None
        del bench, images
        let_go()
        counts.append(widgets())
    pictures.clear()
    qtbot.waitUntil(lambda: all(bench() is None for bench in benches), timeout=5_000)
    assert counts[2] == counts[1]


def test_project_that_was_imported_into_goes_with_its_record(
    qtbot: QtBot, application: Application, samples: Path, tmp_path: Path
) -> None:
    application.open_project(str(make_project(tmp_path / "Test.proofdesk")))
    assert application.bench is not None
    importing = application.bench.import_files([samples / "form.png"])
    qtbot.waitUntil(lambda: importing.outcome is not None, timeout=60_000)
    gone = weakref.ref(application.bench.document.store)
    application.leave_project()

    def is_gone() -> bool:
        let_go()
        gc.collect()
        return gone() is None

    qtbot.waitUntil(is_gone, timeout=20_000)  # threads that looked at it come to an end


def test_call_that_comes_too_late_is_not_kept(qtbot: QtBot) -> None:
    class Result:
        """Something large."""

    parent = QObject()
    hub = Hub(parent)
    hub.close()
    result = Result()
    gone = weakref.ref(result)
    hub.post(lambda result=result: None)  # type: ignore[misc]
    del result
    assert gone() is None


def test_project_closed_while_pictures_come_leaves_no_shared_memory(
    qtbot: QtBot, application: Application, tmp_path: Path
) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir():
        pytest.skip("this system shows no shared memory as files")
    for number in range(4):
        (tmp_path / str(number)).mkdir()
        folder = make_project(tmp_path / str(number) / "Test.proofdesk")
        application.open_project(str(folder))
        bench = application.bench
        assert bench is not None
        images = bench.images
        page = bench.document.page(bench.selection.page_id)
        images.picture(page, 2.0)
        qtbot.wait(40 * number)
        application.leave_project()
        del bench, images
    qtbot.waitUntil(lambda: not list(shared.glob(f"pd{os.getpid():x}-*")), timeout=10_000)
