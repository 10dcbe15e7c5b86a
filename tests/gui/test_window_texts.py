"""Marks, notes, find and replace, and accepting above a score, in the real window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.application import Application
from desktop.canvas.view import CanvasView
from desktop.dialogs.accept_dialog import AcceptDialog
from desktop.dialogs.replace_dialog import ReplaceDialog
from desktop.document import edits
from desktop.document.many_pages import ManyPages
from desktop.panels.marked_list import MarkedList
from desktop.store.store import Store
from desktop.window.workbench import Workbench
from model_backend import table_grid
from model_backend.document import Box, Page, Proposals, Region, Span, Status

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT, ENTER = Qt.KeyboardModifier.AltModifier, Qt.Key.Key_Return


@pytest.fixture
def canvas(application: Application, bench: Workbench, qtbot: QtBot) -> CanvasView:
    view = application.window.project_view
    assert view is not None
    application.window.activateWindow()
    view.canvas.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus, timeout=5000)
    return view.canvas


def page_of(bench: Workbench) -> Page:
    page = bench.editor.page
    assert page is not None
    return page


def in_dialog(steps: Callable[[QDialog], None]) -> list[BaseException]:
    """Do this in the dialog that opens next; it is closed afterwards, whatever happens."""
    problems: list[BaseException] = []

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        try:
            steps(dialog)
        except BaseException as error:  # noqa: BLE001 - shown to the test, which waits outside
            problems.append(error)
        if isValid(dialog):
            dialog.reject()

    QTimer.singleShot(0, act)
    return problems


def test_y_marks_annotations_unsure_and_words_doubtful(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    bench.selection.select((7, 2))
    QTest.keyClick(canvas, Qt.Key.Key_Y)
    page = page_of(bench)
    assert page.entities[0].is_unsure
    assert page.words[1].is_doubtful
    assert page.entities[0].status == Status.PROPOSED
    view = application.window.project_view
    assert view is not None
    model = view.annotation_list.model
    assert model.data(model.index_of(7).siblingAtColumn(1)) == "! ? 90%"
    QTest.keyClick(canvas, Qt.Key.Key_Y)
    assert bench.document.store.marks.totals()["unsure_count"] == 0


def test_shift_y_walks_what_is_marked_over_pages(bench: Workbench, canvas: CanvasView) -> None:
    first = bench.selection.page_id
    bench.selection.select((9,))
    QTest.keyClick(canvas, Qt.Key.Key_Y)
    bench.selection.set_page(first + 2)
    bench.selection.select((3,))
    QTest.keyClick(canvas, Qt.Key.Key_Y)
    seen = []
    for _step in range(3):
        QTest.keyClick(canvas, Qt.Key.Key_Y, SHIFT)
        seen.append((bench.selection.page_id, bench.selection.ids))
    assert seen == [(first, (9,)), (first + 2, (3,)), (first, (9,))]


def test_a_note_is_written_and_listed(
    application: Application, bench: Workbench, canvas: CanvasView, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    bench.selection.select((8,))
    QTest.keyClick(canvas, Qt.Key.Key_N, CONTROL | SHIFT)
    note = view.inspector.selection_form.note
    qtbot.waitUntil(note.hasFocus, timeout=2000)
    QTest.keyClicks(note, "ask Kim")
    QTest.keyClick(note, ENTER)
    assert page_of(bench).entities[1].note == "ask Kim"
    assert canvas.hasFocus()
    bench.selection.clear()
    QTest.keyClick(canvas, Qt.Key.Key_N, CONTROL | SHIFT)
    QTest.keyClicks(view.inspector.page_form.note, "second page missing")
    QTest.keyClick(view.inspector.page_form.note, ENTER)
    assert page_of(bench).note == "second page missing"
    dock = application.window.docks["marked"]
    dock.raise_()
    marked = view.marked
    qtbot.waitUntil(lambda: marked.model.rowCount() == 2, timeout=2000)
    lines = [marked.model.data(marked.model.index(row)) for row in range(marked.model.rowCount())]
    assert [line.splitlines()[:2] for line in lines if line] == [
        ["Page – note", "second page missing"],
        ["Entity: Kim – note", "ask Kim"],
    ]
    told = "With a note: 2"
    qtbot.waitUntil(lambda: marked.filter.itemText(4) == told, timeout=2000)
    bench.selection.set_page(bench.selection.page_id + 1)
    marked.view.clicked.emit(marked.model.index(1))
    assert bench.selection.ids == (8,)
    application.window.docks["inspector"].raise_()


def test_marked_pages_are_read_after_the_window_has_breathed(
    bench: Workbench, qtbot: QtBot
) -> None:
    marked = MarkedList(bench.editor)
    qtbot.addWidget(marked)
    marked.show()
    assert marked.model.wanted == ()
    qtbot.waitUntil(lambda: marked.model.wanted == marked.wanted, timeout=2000)


def test_the_list_follows_edits_page_by_page(
    application: Application, bench: Workbench, canvas: CanvasView, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    application.window.docks["marked"].raise_()
    qtbot.waitUntil(lambda: bool(view.marked.model.wanted), timeout=2000)
    first = bench.selection.page_id
    for page_id, word in ((first + 1, 2), (first, 4), (first, 1)):
        bench.selection.set_page(page_id)
        bench.selection.select((word,))
        QTest.keyClick(canvas, Qt.Key.Key_Y)
    model = view.marked.model
    rows = [model.marked(model.index(row)) for row in range(model.rowCount())]
    assert [(one.page_id, one.item_id) for one in rows if one] == [
        (first, 1),
        (first, 4),
        (first + 1, 2),
    ]
    bench.document.undo()
    assert model.rowCount() == 2
    application.window.docks["inspector"].raise_()


def test_find_and_replace_over_the_project_is_one_step(
    application: Application, bench: Workbench, canvas: CanvasView, qtbot: QtBot
) -> None:
    def steps(dialog: QDialog) -> None:
        assert isinstance(dialog, ReplaceDialog)
        QTest.keyClicks(dialog.sought, "name")
        QTest.keyClicks(dialog.replacement, "Surname")
        QTest.keyClick(dialog.sought, ENTER)
        qtbot.waitUntil(lambda: not dialog.is_busy, timeout=10000)
        assert [(one.before, one.after) for one in dialog.model.rows] == [("Name:", "Surname:")] * 3
        dialog.model.toggle([1])
        assert "2 texts on 2 pages" in dialog.state.text()
        dialog.accept()
        qtbot.waitUntil(lambda: not (isValid(dialog) and dialog.isVisible()), timeout=10000)

    problems = in_dialog(steps)
    QTest.keyClick(canvas, Qt.Key.Key_R, CONTROL | SHIFT)
    assert problems == []
    first = bench.selection.page_id
    texts = [bench.document.page(first + n).words[0].text for n in range(3)]
    assert texts == ["Surname:", "Name:", "Surname:"]
    assert bench.document.page(first).entities[0].text == "Surname:"
    assert application.window.status.message.text() == "2 texts replaced on 2 pages."
    bench.document.undo()
    assert [bench.document.page(first + n).words[0].text for n in range(3)] == ["Name:"] * 3


def test_a_wrong_expression_is_told_in_the_dialog(
    bench: Workbench, canvas: CanvasView, qtbot: QtBot
) -> None:
    def steps(dialog: QDialog) -> None:
        assert isinstance(dialog, ReplaceDialog)
        dialog.expression.setChecked(True)
        QTest.keyClicks(dialog.sought, "(")
        QTest.keyClick(dialog.sought, ENTER)
        assert "no regular expression" in dialog.problem.text()
        assert not dialog.accept_button.isEnabled()

    problems = in_dialog(steps)
    QTest.keyClick(canvas, Qt.Key.Key_R, CONTROL | SHIFT)
    assert problems == []


def test_many_pages_are_a_step_each_so_many(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from desktop.document import edits

    monkeypatch.setattr("desktop.document.many_pages.PAGES_A_STEP", 2)
    monkeypatch.setattr("desktop.document.many_pages.PAGES_A_SLICE", 1)
    first = bench.selection.page_id
    ids = range(first, first + 3)
    many = ManyPages(bench.document, "Notes", ids, lambda page: edits.set_note(page, "x"))
    while many.go_on():
        pass
    assert (many.done, many.changed) == (3, 3)
    bench.document.undo()
    assert [bench.document.page(number).note for number in ids] == ["x", "x", ""]
    bench.document.undo()
    assert [bench.document.page(number).note for number in ids] == ["", "", ""]


def test_proposals_above_a_score_are_counted_then_accepted(
    bench: Workbench, canvas: CanvasView, qtbot: QtBot
) -> None:
    counted: list[str] = []

    def steps(dialog: QDialog) -> None:
        assert isinstance(dialog, AcceptDialog)
        for score in (95, 60, 0):
            dialog.score.setValue(score)
            counted.append(dialog.state.text())
        dialog.kind.setCurrentIndex(1)
        dialog.score.setValue(60)
        counted.append(dialog.state.text())
        dialog.accept()
        qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=5000)

    problems = in_dialog(steps)
    QTest.keyClick(canvas, ENTER, ALT)
    assert problems == []
    assert [text.split()[0] for text in counted] == ["0", "2", "4", "2"]
    page = page_of(bench)
    statuses = [entity.status for entity in page.entities]
    assert statuses == [Status.ACCEPTED, Status.PROPOSED, Status.ACCEPTED]
    assert page.relations[0].status == Status.PROPOSED


def test_group_keeps_links_and_selects_what_it_made(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.select((7, 9))
    QTest.keyClick(canvas, Qt.Key.Key_G)
    page = page_of(bench)
    assert [entity.word_ids for entity in page.entities] == [(1, 3), (2,)]
    assert [(link.from_id, link.to_id) for link in page.relations] == [(7, 8)]
    assert bench.selection.ids == (7,)
    QTest.keyClick(canvas, Qt.Key.Key_G, SHIFT)
    assert len(bench.selection.ids) == 2
    assert [entity.word_ids for entity in page_of(bench).entities] == [(1,), (2,), (3,)]


def test_enter_on_a_word_walks_on_from_it(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.select((5,))
    QTest.keyClick(canvas, ENTER)
    assert canvas.editor is not None
    assert canvas.editor.is_walk
    QTest.keyClick(canvas.editor, ENTER)
    assert bench.selection.ids == (6,)
    QTest.keyClick(canvas.editor, Qt.Key.Key_Escape)


def test_what_is_typed_for_one_page_does_not_come_to_the_next(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    view = application.window.project_view
    assert view is not None
    first = bench.selection.page_id
    second = bench.document.page(first + 1)
    application.window.docks["inspector"].raise_()
    form = view.inspector.selection_form
    bench.selection.select((1,))
    form.text.selectAll()
    QTest.keyClicks(form.text, "mine")
    bench.selection.set_page(first + 1)
    bench.selection.select((1,))
    assert form.text.toPlainText() == second.words[0].text
    bench.selection.set_page(first)
    bench.selection.select((7,))
    QTest.keyClicks(form.note, "whose?")
    bench.selection.set_page(first + 1)
    assert bench.document.page(first + 1) == second
    page = bench.document.page(first)
    assert (page.words[0].text, page.entities[0].note) == ("mine", "whose?")


def test_what_is_typed_stays_when_a_job_brings_something(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    view = application.window.project_view
    assert view is not None
    application.window.docks["inspector"].raise_()
    note = view.inspector.page_form.note
    QTest.keyClicks(note, "torn at the to")
    stamp = Region(1, "stamp", Box(1, 1, 9, 9), score=0.5)
    bench.document.bring_proposals(bench.selection.page_id, [Proposals("ink", regions=(stamp,))])
    QTest.keyClicks(note, "p")
    QTest.keyClick(note, ENTER)
    assert page_of(bench).note == "torn at the top"


@pytest.mark.parametrize("part", ["inspector", "canvas", "cells"])
def test_what_is_typed_is_kept_when_the_project_closes(
    application: Application, bench: Workbench, canvas: CanvasView, part: str, qtbot: QtBot
) -> None:
    window, view = application.window, application.window.project_view
    assert view is not None
    folder, page_id = bench.document.store.folder, bench.selection.page_id
    if part == "inspector":
        window.docks["inspector"].raise_()
        field: QWidget = view.inspector.page_form.note
        field.setFocus()
        qtbot.waitUntil(field.hasFocus, timeout=5000)
    elif part == "canvas":
        canvas.edit_text(1)
        assert canvas.editor is not None
        field = canvas.editor
    else:
        page = page_of(bench)
        table = table_grid.empty_table(page.next_id, page.words[0].box.grown(3))
        bench.document.apply("Table", edits.add_table(page, table))
        bench.selection.select((page.next_id,), Span(0, 1, 0, 1))
        window.docks["cells"].raise_()
        grid = view.cells.view
        qtbot.waitUntil(grid.isVisible, timeout=5000)
        grid.edit(view.cells.model.index(0, 0))
        found = grid.findChild(QLineEdit)
        assert found is not None
        field = found
    QTest.keyClicks(field, "kept")
    application.leave_project()
    with Store.open(folder, read_only=True) as store:
        kept = store.page(page_id)
    assert "kept" in (kept.note, kept.words[0].text)
