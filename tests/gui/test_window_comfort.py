"""What makes hours at the window bearable: nothing waits without need, or is lost by one key."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from desktop.window.project_view import ProjectView
from desktop.window.workbench import Workbench
from model_backend import table_grid
from model_backend.document import Box, Page, Table


@pytest.fixture
def view(application: Application, bench: Workbench, qtbot: QtBot) -> ProjectView:
    view = application.window.project_view
    assert view is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    return view


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


def test_first_page_is_seen_while_it_is_read_and_is_prelabelled_then(
    application: Application, samples: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    application.leave_project()
    application.new_project(str(tmp_path / "forms.proofdesk"))
    bench = application.bench
    assert bench is not None
    job = bench.import_files([samples / "form.png", samples / "letter.jpg"])
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=10000)
    assert job.outcome is None
    assert not page_of(bench).words
    application.window.actions_table.by_id["prelabel"].trigger()
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=60000)
    assert page_of(bench).words
    assert len(page_of(bench).entities) > 20
    second = bench.document.page(2)
    assert second.words
    assert not second.annotations


def test_note_is_kept_when_its_field_is_left_by_escape(view: ProjectView, bench: Workbench) -> None:
    bench.selection.select((8,))
    form = view.inspector.selection_form
    form.note.setFocus()
    QTest.keyClicks(form.note, "which Kim?")
    QTest.keyClick(form.note, Qt.Key.Key_Escape)
    assert page_of(bench).entities[1].note == "which Kim?"
    form.text.setFocus()
    QTest.keyClicks(form.text, "Lee")
    QTest.keyClick(form.text, Qt.Key.Key_Escape)
    assert page_of(bench).entities[1].text == "Kim"


def test_arrows_after_tab_walk_words_and_move_nothing(view: ProjectView, bench: Workbench) -> None:
    before = page_of(bench)
    canvas = view.canvas
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    assert bench.selection.ids == (7,)
    QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert bench.selection.ids == (2,)
    assert page_of(bench) == before


def test_page_stays_where_it_is_when_another_kind_is_selected(
    application: Application, view: ProjectView, bench: Workbench, qtbot: QtBot
) -> None:
    application.window.resize(1000, 700)
    bench.selection.select((12,))
    qtbot.wait(50)
    height = application.window.label_bar.height()
    assert height > 40
    for chosen in ((7,), (11,), (12,), (8,)):
        bench.selection.select(chosen)
        qtbot.wait(20)
        assert application.window.label_bar.height() == height


def test_problem_of_a_table_selects_the_table_and_not_its_words(
    view: ProjectView, bench: Workbench, qtbot: QtBot
) -> None:
    bench.editor.change("Table", lambda page: replace(page, tables=(over_words(),)))
    qtbot.waitUntil(lambda: bool(bench.checks.look.open), timeout=5000)
    found = [one for one in bench.checks.look.open if one.ids[:1] == (11,) and len(one.ids) > 1]
    assert found
    view.problems.show_chosen()
    bench.checks.choose(found[0])
    view.problems.show_chosen()
    assert bench.selection.ids == (11,)


def over_words() -> Table:
    """A table whose edge goes through words."""
    table = table_grid.propose_grid(11, Box(40, 40, 400, 290), ())
    return table_grid.add_column_edge(table_grid.add_row_edge(table, 150.0), 100.0)


def test_page_stays_where_it_is_when_a_job_begins_and_ends(
    application: Application, view: ProjectView, bench: Workbench, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=10000)
    application.window.status.say("short")
    qtbot.wait(30)
    height = view.canvas.height()
    application.window.status.say("a message that is longer than the line " * 9)
    qtbot.wait(30)
    assert view.canvas.height() == height
    bench.prelabel([2])
    qtbot.waitUntil(application.window.status.progress.isVisible, timeout=2000)
    qtbot.wait(30)
    assert view.canvas.height() == height
    qtbot.waitUntil(lambda: not bench.is_busy, timeout=60000)


@pytest.mark.parametrize("held", ["Ctrl+Alt+", "Ctrl+Shift+"])
def test_alignment_has_keys_that_no_desktop_takes(application: Application, held: str) -> None:
    for side in ("left", "right", "up", "down"):
        name = {"up": "top", "down": "bottom"}.get(side, side)
        keys = application.window.actions_table.by_id[f"align_{name}"].shortcuts()
        assert f"{held}{side.title()}" in [key.toString() for key in keys]


def test_name_of_a_repair_does_not_widen_the_panel(view: ProjectView) -> None:
    width = view.checks.minimumSizeHint().width()
    view.checks.repair_button.setText("A repair with quite a long name, as they have " * 3)
    assert view.checks.minimumSizeHint().width() == width


def test_window_keeps_its_size_when_its_parts_come(qapp: QApplication, tmp_path: Path) -> None:
    application = Application(Settings(SettingsFile(tmp_path / "settings.json")))
    window = application.window
    try:
        window.resize(1100, 700)
        window.show()
        qapp.processEvents()
        application.open_project(str(make_project(tmp_path / "Test.proofdesk")))
        qapp.processEvents()
        assert (window.width(), window.height()) == (1100, 700)
        assert window.minimumSizeHint().height() < 600
    finally:
        window.close()
        window.deleteLater()
        qapp.processEvents()
