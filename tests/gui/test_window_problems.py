"""Problems by the keyboard: next, repair, let stand; and pages that are not done while one is an
error.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.panels.checks import Checks
from desktop.window.project_view import ProjectView
from desktop.window.workbench import Workbench
from model_backend import table_grid
from model_backend.document import Box, Page, PageStatus, Relation, Span

NO = Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def view(application: Application, bench: Workbench, qtbot: QtBot) -> ProjectView:
    """The second page, with a table whose last row is empty."""
    view = application.window.project_view
    assert view is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    bench.selection.set_page(2)
    bench.editor.change("Add", with_table)
    view.canvas.setFocus()
    return view


def with_table(page: Page) -> Page:
    table = table_grid.empty_table(7, Box(40, 40, 440, 300))
    for edge in (95, 155, 240):
        table = table_grid.add_row_edge(table, edge)
    return replace(page, tables=(table_grid.add_column_edge(table, 200),), next_id=8)


def press(view: ProjectView, key: Qt.Key, modifier: Qt.KeyboardModifier = NO) -> None:
    QTest.keyClick(view.canvas, key, modifier)


def said(application: Application) -> str:
    return application.window.status.message.text()


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


def test_problem_is_shown_repaired_and_undone_by_keys(
    application: Application, bench: Workbench, view: ProjectView
) -> None:
    press(view, Qt.Key.Key_J)
    assert (bench.selection.ids, bench.selection.cells) == ((7,), Span(3, 4, 0, 2))
    assert said(application) == (
        "Warning: the row 4 has no words · Shift+J: Delete rows without words · Alt+J: let it stand"
    )
    press(view, Qt.Key.Key_J, SHIFT)
    assert len(page_of(bench).tables[0].rows) == 3
    assert said(application) == "Delete rows without words · nothing left"
    press(view, Qt.Key.Key_J)
    assert said(application) == "Nothing wrong was found on this page."
    assert bench.document.undo() == "Delete rows without words"


def test_warning_that_stands_is_listed_last_and_comes_back_with_a_change(
    application: Application, bench: Workbench, view: ProjectView, qtbot: QtBot
) -> None:
    press(view, Qt.Key.Key_J, ALT)
    assert said(application).endswith("nothing left")
    panel = view.panels["checks"]
    assert isinstance(panel, Checks)
    qtbot.waitUntil(lambda: panel.view.count() == 1, timeout=3000)
    assert panel.view.item(0).text() == "Stands: the row 4 has no words"
    assert bench.checks.counts(2) == (0, 0)
    panel.view.setCurrentRow(0)
    assert panel.accept_button.text() == "Ask again"
    moved = table_grid.move_row_edge(page_of(bench).tables[0], 3, 250)
    bench.editor.change("Move", lambda page: replace(page, tables=(moved,)))
    qtbot.waitUntil(lambda: bench.checks.counts(2) == (0, 1), timeout=3000)
    assert panel.view.item(0).text() == "Warning: the row 4 has no words"
    assert "1 warning" in application.window.status.counts.text()


def test_page_with_an_error_is_not_done_and_the_error_is_shown(
    application: Application, bench: Workbench, view: ProjectView
) -> None:
    link = Relation(8, 1, 2)
    bench.editor.change("Link", lambda page: replace(page, relations=(link,), next_id=9))
    press(view, Qt.Key.Key_Return, CONTROL)
    assert (bench.selection.page_id, bench.selection.ids) == (2, (8,))
    assert page_of(bench).status is not PageStatus.DONE
    assert said(application).startswith("The page is not done yet: Error: a link leads from 1 to 2")
    press(view, Qt.Key.Key_J, ALT)
    assert said(application).startswith("An error cannot be let stand")
    form = view.inspector.page_form
    bench.selection.clear()
    form.status.setCurrentIndex(form.status.findData(PageStatus.DONE))
    form.status.activated.emit(form.status.currentIndex())
    assert "cannot be marked done" in said(application)
    assert form.status.currentData() == page_of(bench).status
    press(view, Qt.Key.Key_J, SHIFT)
    assert page_of(bench).relations == ()
    press(view, Qt.Key.Key_Return, CONTROL)
    assert bench.document.page(2).status is PageStatus.DONE
    assert bench.selection.page_id == 3


def test_looking_waits_until_edits_pause(bench: Workbench, view: ProjectView, qtbot: QtBot) -> None:
    looks: list[int] = []
    bench.checks.changed.connect(looks.append)
    qtbot.waitUntil(lambda: bench.checks.counts(2) == (0, 1), timeout=3000)
    looks.clear()
    for number in range(5):
        moved = table_grid.move_row_edge(page_of(bench).tables[0], 3, 245 + number)
        bench.editor.change("Move", lambda page, new=moved: replace(page, tables=(new,)))
    assert looks == []
    qtbot.waitUntil(lambda: looks == [2], timeout=3000)
