"""A copy of a project through the window: out with all its pages, in again with its undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.dialogs.export_dialog import ExportDialog
from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.jobs import work
from desktop.store.store import Store
from desktop.window.workbench import Workbench
from model_backend.formats.splits import Split

WAIT = 60_000


def when_modal(answer: Callable[[QDialog], None]) -> None:
    """Answer the next dialog as soon as it is there."""

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            answer(dialog)
        else:
            QTimer.singleShot(20, look)

    QTimer.singleShot(20, look)


def test_a_copy_leaves_whole_and_its_record_comes_back(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    page = bench.document.page(1)
    bench.document.apply("Note", edits.set_note(page, "look again"))
    out, seen = tmp_path / "out", list[str]()

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, ExportDialog)
        dialog.format.setCurrentIndex(dialog.format.findData("pages"))
        assert not dialog.include_proposed.isVisibleTo(dialog)
        qtbot.waitUntil(lambda: "Offered to the format: 3 pages" in dialog.counts.text())
        seen.append(dialog.counts.text())
        dialog.folder.setText(str(out))
        dialog.accept()

    when_modal(answer)
    application.window.actions_table.by_id["export"].trigger()
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    assert "all pages, done or not" in seen[0]
    assert len(list((out / "pages").iterdir())) == 3

    document = OpenDocument(Store.create(tmp_path / "again.proofdesk"))
    added = list[None]()
    document.pages_added.connect(lambda: added.append(None))
    job = bench.runner.start(work.import_dataset(document, "pages", out))
    with qtbot.waitSignal(job.finished, timeout=WAIT):
        pass
    assert added
    assert document.schema == bench.document.schema
    assert document.page(1).note == "look again"
    assert document.undo_text == "Note"
    document.undo()
    assert document.page(1).note == ""
    document.close()


def test_the_export_dialog_gives_documents_out(
    application: Application, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    choices: list[Split | None] = []

    def answer(dialog: QDialog) -> None:
        assert isinstance(dialog, ExportDialog)
        assert not dialog.split.train.isEnabled()
        dialog.include_proposed.setChecked(True)
        dialog.format.setCurrentIndex(dialog.format.findData("funsd"))
        dialog.folder.setText(str(tmp_path / "out"))
        dialog.split.is_split.setChecked(True)
        dialog.split.train.setValue(0)
        dialog.split.val.setValue(0)
        dialog.split.seed.setValue(4)
        assert dialog.split.test.text() == "test 100 %"
        choices.append(dialog.choice.split)
        qtbot.waitUntil(lambda: "Offered to the format: 3 pages" in dialog.counts.text())
        dialog.accept()

    when_modal(answer)
    application.window.actions_table.by_id["export"].trigger()
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    assert choices == [Split(0.0, 0.0, 1.0, 4)]
    assert [folder.name for folder in (tmp_path / "out").iterdir()] == ["testing_data"]
