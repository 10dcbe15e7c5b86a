"""Files in and data sets out through the window: drops, bad files, passwords, restarts."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QRect, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from desktop.application import Application, language_of
from desktop.dialogs.export_dialog import ExportDialog
from desktop.dialogs.labels_dialog import LabelsDialog
from desktop.dialogs.password_dialog import PasswordDialog
from desktop.document import edits
from desktop.jobs import waiting
from desktop.settings.settings_file import projects_folder
from desktop.store.store import Store
from desktop.window.workbench import Workbench
from model_backend.document import Entity, PageStatus

WAIT = 60_000


def drop(application: Application, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(400, 300),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    application.window.dropEvent(event)


def finish(application: Application, qtbot: QtBot) -> Workbench:
    bench = application.bench
    assert bench is not None
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    return bench


def when_modal(answer: Callable[[QDialog], None]) -> None:
    """Answer the next dialog as soon as it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            answer(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(0, look)


@pytest.fixture
def closed(application: Application) -> Application:
    application.leave_project()
    return application


def test_drop_without_project_makes_one(closed: Application, samples: Path, qtbot: QtBot) -> None:
    drop(closed, samples / "report.pdf")
    bench = finish(closed, qtbot)
    assert bench.document.store.folder == projects_folder() / "report.proofdesk"
    assert bench.document.store.page_count() == 3
    assert bench.selection.page_id == 1
    assert bench.editor.page is not None
    assert bench.editor.page.words
    closed.leave_project()


def test_bad_files_are_one_line_each_and_the_rest_goes_on(
    application: Application, bench: Workbench, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "empty.pdf").touch()
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    (folder / "good.pdf").write_bytes((samples / "report.pdf").read_bytes())
    drop(application, folder)
    finish(application, qtbot)
    lines = application.window.messages.texts
    assert bench.document.store.page_count() == 6
    assert sum("empty.pdf" in line for line in lines) == 1
    assert sum("broken.png" in line for line in lines) == 1
    assert lines[-1] == "Import: 1 done, 2 failed"
    status = application.window.status
    assert status.message.text() == "⚠ Import: 1 done, 2 failed"
    assert status.list_button.text() == str(status.unseen)
    assert bench.selection.page_id == 4
    application.window.view_actions.toggle_messages()
    assert (status.unseen, status.list_button.text()) == (0, "")
    application.window.view_actions.toggle_messages()
    assert QApplication.activeModalWidget() is None


def test_password_is_asked_three_times_and_not_stored(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    path = make_protected(tmp_path / "secret.pdf", "correct horse")
    asked: list[str] = []

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, PasswordDialog)
        asked.append(dialog.problem.text())
        dialog.field.setText("correct horse" if len(asked) == 3 else "wrong")
        dialog.accept()
        if len(asked) < 3:
            when_modal(answer)

    when_modal(answer)
    drop(application, path)
    qtbot.waitUntil(lambda: bench.document.store.page_count() == 4, timeout=WAIT)
    finish(application, qtbot)
    assert asked == ["", "That was not it. Try 2 of 3.", "That was not it. Try 3 of 3."]
    for file in bench.document.store.folder.rglob("*"):
        if file.is_file():
            assert b"correct horse" not in file.read_bytes()


def test_password_not_given_leaves_the_file_closed(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    when_modal(lambda dialog: dialog.reject())
    drop(application, make_protected(tmp_path / "secret.pdf", "x"))
    qtbot.waitUntil(
        lambda: any("stays closed" in line for line in application.window.messages.texts),
        timeout=WAIT,
    )
    assert bench.document.store.page_count() == 3


def make_protected(path: Path, password: str) -> Path:
    import pymupdf

    document = pymupdf.open()
    document.new_page().insert_text((72, 72), "secret words")
    document.save(path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw="o")
    return path


def test_stopped_import_goes_on_after_a_restart(
    application: Application, bench: Workbench, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = bench.document.store.folder
    options = {"ocr": "auto", "languages": ""}
    waiting.remember(bench.document.store, [samples / "report.pdf"], options)
    application.leave_project()
    application.open_project(str(folder))
    again = finish(application, qtbot)
    assert again.document.store.page_count() == 6
    assert again.document.store.pending() == ()
    assert again.document.store.unread_pages(10) == ()


def test_import_that_somebody_else_let_wait_is_told_and_reads_nothing(
    application: Application, bench: Workbench, samples: Path, qtbot: QtBot
) -> None:
    store, options = bench.document.store, {"ocr": "auto", "languages": ""}
    folder, pages = store.folder, store.page_count()
    store.add_pending([(samples / "report.pdf", options)])
    copies = sorted((folder / "documents").iterdir())
    application.leave_project()
    application.open_project(str(folder))
    again = finish(application, qtbot)
    qtbot.waitUntil(
        lambda: any("1 file still waits" in line for line in application.window.messages.texts),
        timeout=WAIT,
    )
    assert again.document.store.page_count() == pages
    assert sorted((folder / "documents").iterdir()) == copies


def test_killed_process_is_one_message_and_the_next_page_works(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    def has_picture(page_id: int) -> bool:
        return bench.images.picture(bench.document.page(page_id), 1.0) is not None

    qtbot.waitUntil(lambda: has_picture(1) and has_picture(2), timeout=WAIT)
    (pid,) = bench.runner.workers.pids("view")
    os.kill(pid, signal.SIGSTOP)
    bench.selection.set_page(3)
    qtbot.wait(300)
    os.kill(pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: has_picture(3), timeout=WAIT)
    lines = application.window.messages.texts
    assert sum("ended unexpectedly" in line for line in lines) == 1
    bench.editor.change("x", lambda page: edits.set_page_status(page, PageStatus.DONE))
    assert bench.document.page(3).status is PageStatus.DONE


def test_export_dialog_counts_and_writes(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    page = edits.set_page_status(edits.accept_rest(bench.document.page(1)), PageStatus.DONE)
    bench.document.apply("x", page)
    out = tmp_path / "out"
    seen: list[str] = []

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, ExportDialog)
        qtbot.waitUntil(
            lambda: "Stays in the project: 2 pages" in dialog.counts.text(), timeout=5000
        )
        seen.append(dialog.counts.text())
        qtbot.waitUntil(lambda: "leaves out" in dialog.losses.text(), timeout=5000)
        seen.append(dialog.losses.text())
        dialog.format.setCurrentIndex(dialog.format.findData("pages"))
        assert dialog.losses.text() == "This format holds everything that leaves."
        dialog.format.setCurrentIndex(dialog.format.findData("funsd"))
        dialog.folder.setText(str(out))
        dialog.format.setFocus()
        QTest.keyClick(dialog.format, Qt.Key.Key_Return)

    when_modal(answer)
    application.window.actions_table.by_id["export"].trigger()
    finish(application, qtbot)
    assert seen == [
        "Offered to the format: 1 page, 6 annotations\n"
        "Stays in the project: 2 pages, 0 annotations\n"
        "This format holds words, entities and links; no tables and no regions.",
        "This format cannot hold, and the export leaves out:\n\u2022 1 table\n\u2022 1 region"
        "\n\u2022 3 words outside entities\n\u2022 the scores of 4 annotations",
    ]
    (form,) = out.rglob("*.json")
    assert [entry["text"] for entry in json.loads(form.read_text())["form"]][:2] == ["Name:", "Kim"]
    written = next(line for line in application.window.messages.texts if "Exported to" in line)
    assert "1 page, 3 entities, 1 link, 3 words." in written
    assert "The format cannot hold: 1 table, 1 region" in written
    assert "Stays in the project: 2 pages." in written


def test_labels_dialog_changes_the_schema_as_one_step(
    application: Application, bench: Workbench
) -> None:
    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, LabelsDialog)
        dialog.add()
        dialog.accept()
        assert "no name" in dialog.problem.text()
        row = dialog.table.rowCount() - 1
        dialog.table.cellWidget(row, 1).setText("question")  # type: ignore[union-attr]
        dialog.table.selectRow(0)
        dialog.accept()
        dialog.table.cellWidget(row, 1).setText("seal")  # type: ignore[union-attr]
        dialog.accept()

    before = bench.document.schema
    when_modal(answer)
    application.window.actions_table.by_id["edit_labels"].trigger()
    assert bench.document.schema.label("seal") is not None
    assert len(bench.document.schema.labels) == len(before.labels) + 1
    bench.document.undo()
    assert bench.document.schema == before


def test_second_window_is_told_who_has_the_project(
    application: Application, bench: Workbench, tmp_path: Path
) -> None:
    other = tmp_path / "Other.proofdesk"
    with Store.create(other):
        application.open_project(str(other))
        assert "Other.proofdesk is open already" in application.window.messages.texts[-1]
        assert application.bench is not None
        assert application.bench is not bench
        assert application.bench.document.store.is_read_only
    application.open_project(str(other))
    assert application.bench is not None
    assert application.bench.document.store.folder == other


def test_folder_that_is_no_project_is_one_line(
    application: Application, bench: Workbench, tmp_path: Path
) -> None:
    (tmp_path / "x.proofdesk").mkdir()
    application.open_project(str(tmp_path / "x.proofdesk"))
    assert "is not a Proofdesk project" in application.window.messages.texts[-1]
    assert application.bench is bench


def test_edits_and_place_are_there_after_a_restart(
    application: Application, bench: Workbench
) -> None:
    folder = str(bench.document.store.folder)
    bench.selection.set_page(2)
    bench.editor.change("x", lambda page: edits.add_entity(page, "question", (1, 2)))
    application.leave_project()
    application.open_last()
    assert application.bench is not None
    assert application.bench.selection.page_id == 2
    page = application.bench.editor.page
    assert page is not None
    assert isinstance(page.entities[0], Entity)
    assert application.settings.value("last_project") == folder


def test_theme_changes_at_once_and_is_remembered(
    application: Application, bench: Workbench, qapp: QApplication
) -> None:
    application.settings.set("theme", "dark")
    application.window.use_theme()
    assert qapp.palette().window().color().lightness() < 90
    application.settings.set("theme", "light")
    application.window.use_theme()
    assert qapp.palette().window().color().lightness() > 200


def test_copy_of_the_project_is_kept(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    application.window.actions_table.by_id["snapshot"].trigger()
    finish(application, qtbot)
    (copy,) = (bench.document.store.folder / "backups").iterdir()
    assert copy.stat().st_size > 10_000
    assert any(copy.name in line for line in application.window.messages.texts)


@pytest.mark.parametrize(("setting", "language"), [("ko", "ko"), ("en", "en")])
def test_language_is_the_chosen_one(setting: str, language: str) -> None:
    assert language_of(setting) == language


def test_empty_project_shows_the_ways_in(application: Application, tmp_path: Path) -> None:
    application.new_project(str(tmp_path / "Empty.proofdesk"))
    assert application.window.center.currentWidget() is application.window.start_page
    assert application.window.actions_table.by_id["export"].isEnabled()
    application.leave_project()


def test_locked_page_asks_for_nothing_until_it_is_told_to(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = bench.document.store.folder
    when_modal(lambda dialog: _type_in(dialog, "x"))
    drop(application, make_protected(tmp_path / "secret.pdf", "x"))
    qtbot.waitUntil(lambda: bench.document.store.page_count() == 4, timeout=WAIT)
    finish(application, qtbot)
    application.leave_project()
    application.open_project(str(folder))
    again = finish(application, qtbot)
    again.selection.set_page(4)
    qtbot.waitUntil(lambda: again.images.is_locked(4), timeout=WAIT)
    assert QApplication.activeModalWidget() is None
    assert again.images.problem(4).startswith("secret.pdf is locked.")
    when_modal(lambda dialog: _type_in(dialog, "x"))
    application.window.actions_table.by_id["unlock"].trigger()
    qtbot.waitUntil(lambda: not again.images.is_locked(4), timeout=WAIT)


def _type_in(dialog: QDialog, password: str) -> None:
    assert isinstance(dialog, PasswordDialog)
    dialog.field.setText(password)
    dialog.accept()


def test_what_cannot_be_opened_is_said_on_the_start_page(
    closed: Application, tmp_path: Path
) -> None:
    other = tmp_path / f"{'Other ' * 12}.proofdesk"
    other.mkdir()
    closed.open_project(str(other))
    problem = closed.window.start_page.problem
    assert ".proofdesk is not a Proofdesk project" in problem.text()
    room, flag = QRect(0, 0, problem.width(), 9999), Qt.TextFlag.TextWordWrap
    needed = problem.fontMetrics().boundingRect(room, flag, problem.text()).height()
    assert problem.height() >= needed >= 2 * problem.fontMetrics().height()  # both of its lines
