"""Models in the window: added with what only a person knows, chosen, used, tried, removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from small_models import LABELS, small_layoutlm

from desktop.application import Application
from desktop.dialogs import models_dialog
from desktop.dialogs.add_model_dialog import AddModelDialog
from desktop.dialogs.models_dialog import ModelsDialog
from desktop.dialogs.sample_view import SMALLEST, SampleView
from desktop.panels.page_form import PageForm
from desktop.panels.page_kind import PageKind
from desktop.store.promoted import in_use, promote
from desktop.window.workbench import Workbench
from model_backend import installed
from model_backend.document import PageClass, Proposals, Status

WAIT = 100_000


def test_model_is_added_chosen_used_and_removed(
    application: Application,
    bench: Workbench,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nameless = {number: f"LABEL_{number}" for number in range(5)}
    names = {text: number for number, text in nameless.items()}
    small_layoutlm(tmp_path / "small", id2label=nameless, label2id=names)
    dialog = ModelsDialog(bench.runner, application.settings, application.window)
    dialog.show()
    assert not dialog.remove_button.isEnabled()
    said: list[str] = []

    def answer() -> None:
        asked = QApplication.activeModalWidget()
        if not isinstance(asked, AddModelDialog):
            QTimer.singleShot(50, answer)
            return
        asked.accept()
        said.append(asked.problem.text())
        asked.labels.setPlainText("\n".join(LABELS))
        asked.licence.setText("mit")
        asked.accept()

    answer()
    places = [button.geometry() for button in (dialog.add_folder_button, dialog.remove_button)]
    dialog.look_at(tmp_path / "small")
    assert dialog.stop_button.isVisible()
    dialog.body.activate()
    assert [button.geometry() for button in (dialog.add_folder_button, dialog.remove_button)] == (
        places
    )
    assert not dialog.add_file_button.isEnabled()
    qtbot.waitUntil(lambda: dialog.list.count() == 1, timeout=WAIT)
    assert said == [
        "The model small does not name its 5 labels. Name them in the order of its outputs."
    ]
    assert installed.installed_model("small").licence == "mit"
    assert not dialog.picture.icon().isNull()
    assert looked_at_large(dialog, qtbot) == "small: the sample page"
    assert not dialog.stop_button.isVisible()

    box = dialog.choices["entities"]
    box.setCurrentIndex(box.findData("small"))
    box.activated.emit(box.currentIndex())
    assert application.settings.value("entities") == "small"
    page_id = bench.document.store.page_ids()[1]
    bench.prelabel([page_id])
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    sources = {item.source for item in bench.document.page(page_id).entities}
    assert sources <= {"small"}

    (installed.folder_of("small") / "files" / "vocab.txt").write_text("changed")
    dialog.try_again()
    qtbot.waitUntil(lambda: bool(dialog.problem.text()), timeout=WAIT)
    assert "vocab.txt of the model small is not the one" in dialog.problem.text()

    monkeypatch.setattr(models_dialog, "agreed", lambda *_arguments: True)
    dialog.remove()
    assert dialog.list.count() == 0
    assert installed.installed_models() == ()
    assert application.settings.value("entities") == "forms"
    dialog.look_at(tmp_path)
    qtbot.waitUntil(lambda: "holds no weights" in dialog.problem.text(), timeout=WAIT)
    dialog.close()


def looked_at_large(dialog: ModelsDialog, qtbot: QtBot) -> str:
    """The title of the window that the small picture opens by a key; there + and - work."""
    titles: list[str] = []
    small = dialog.picture.width()

    def look() -> None:
        view = QApplication.activeModalWidget()
        if not isinstance(view, SampleView):
            QTimer.singleShot(50, look)
            return
        titles.append(view.windowTitle())
        wide = view.label.width()
        assert abs(wide - view.area.viewport().width()) < 40
        assert wide > 2 * small
        qtbot.keyClick(view, Qt.Key.Key_Plus)
        assert view.label.width() == pytest.approx(wide * 1.25, abs=2)
        for _press in range(30):
            qtbot.keyClick(view, Qt.Key.Key_Minus)
        assert view.scale == SMALLEST
        assert not view.smaller_button.isEnabled()
        qtbot.keyClick(view, Qt.Key.Key_Return)

    look()
    dialog.picture.setFocus()
    qtbot.keyClick(dialog.picture, Qt.Key.Key_Space)
    return titles[0]


def test_kind_of_page_is_shown_accepted_and_typed(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    page_id = bench.document.store.page_ids()[1]
    bench.selection.set_page(page_id)
    proposed = PageClass("invoice", 0.93, Status.PROPOSED, "vgg")
    bench.document.bring_proposals(page_id, [Proposals("vgg", page_class=proposed)])
    kind = application.window.findChildren(PageForm)[-1].kind  # of the project opened last
    assert kind.field.currentText() == "invoice"
    assert kind.said.text() == "Proposed by vgg (93%). Choose it to accept it."
    kind.field.activated.emit(0)
    known = bench.document.page(page_id).page_class
    assert known is not None
    assert known.status == Status.ACCEPTED
    line = kind.field.lineEdit()
    assert line is not None
    line.setText("delivery note")
    line.editingFinished.emit()
    known = bench.document.page(page_id).page_class
    assert known is not None
    assert (known.label, known.status) == ("delivery note", Status.CORRECTED)
    assert kind.said.text() == "vgg proposed invoice (93%)."
    bench.document.undo()
    bench.document.undo()
    assert kind.field.currentText() == "invoice"
    assert "Choose it to accept it" in kind.said.text()


def test_long_name_of_a_model_makes_the_kind_no_wider(qtbot: QtBot) -> None:
    kind = PageKind()
    qtbot.addWidget(kind)
    kind.show()
    width = kind.minimumSizeHint().width()
    name = "a-classifier-of-pages-with-a-long-name"
    kind.show_class(PageClass("invoice", 0.53, Status.PROPOSED, name, "invoice"))
    assert kind.said.isVisible()
    assert kind.minimumSizeHint().width() == width


def test_what_a_project_was_given_counts_there_and_nowhere_else(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    folder = bench.document.store.folder
    promote(folder, "entities", "rules")
    dialog = ModelsDialog(bench.runner, application.settings, application.window, folder)
    dialog.show()
    box = dialog.choices["entities"]
    assert box.currentData() == "rules"
    assert dialog.own.isVisible()
    page_id = bench.document.store.page_ids()[0]
    bench.prelabel([page_id])
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=WAIT)
    found = bench.document.page(page_id).entities
    assert found
    assert {item.source for item in found} == {"rules"}
    assert application.settings.value("entities") == "forms"
    box.setCurrentIndex(box.findData("forms"))
    box.activated.emit(box.currentIndex())
    assert in_use(folder)["entities"] == "forms"
    other = dialog.choices["masks"]
    other.setCurrentIndex(other.findData("ink"))
    other.activated.emit(other.currentIndex())
    assert application.settings.value("masks") == "ink"  # the project has no choice of its own
    assert "masks" not in in_use(folder)
    dialog.close()
