"""The keyboard's way through a page: accept, walk, doubt, done; undo shows where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.canvas.view import CanvasView
from desktop.window.workbench import Workbench
from model_backend.document import Page, PageStatus, Status

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def canvas(application: Application, bench: Workbench, qtbot: QtBot) -> CanvasView:
    view = application.window.project_view
    assert view is not None
    application.window.activateWindow()
    view.canvas.setFocus()
    qtbot.waitUntil(view.canvas.hasFocus, timeout=5000)
    return view.canvas


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


def statuses(bench: Workbench) -> dict[int, Status]:
    return {item.id: item.status for item in page_of(bench).annotations}


def test_enter_accepts_and_goes_on(bench: Workbench, canvas: CanvasView) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    first = bench.selection.ids
    assert len(first) == 1
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert statuses(bench)[first[0]] is Status.ACCEPTED
    assert bench.selection.ids != first
    assert statuses(bench)[bench.selection.ids[0]] is Status.PROPOSED
    assert page_of(bench).status is PageStatus.IN_PROGRESS


def test_enter_on_accepted_edits_its_text(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    bench.selection.select((7,))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    bench.selection.select((7,))
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    field = application.window.focusWidget()
    assert field is not canvas
    QTest.keyClicks(field, "Surname:")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert page_of(bench).entities[0].text == "Surname:"


def test_tab_walks_in_reading_order_and_back(bench: Workbench, canvas: CanvasView) -> None:
    walked = []
    for _step in range(5):
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        walked += bench.selection.ids
    assert walked == [7, 8, 9, 11, 12]
    QTest.keyClick(canvas, Qt.Key.Key_Backtab, SHIFT)
    assert bench.selection.ids == (11,)


def test_delete_rejects_and_undo_brings_back(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.select((8,))
    QTest.keyClick(canvas, Qt.Key.Key_Delete)
    assert {7, 9} == {entity.id for entity in page_of(bench).entities}
    assert page_of(bench).relations == ()
    assert bench.selection.ids == (9,)
    QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL)
    assert len(page_of(bench).entities) == 3
    assert len(page_of(bench).relations) == 1


def test_shift_enter_accepts_the_rest(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return, SHIFT)
    assert set(statuses(bench).values()) == {Status.ACCEPTED}
    assert application.window.status.message.text() == "4 accepted"


def test_next_doubtful_begins_with_the_lowest_score(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.set_page(2)
    found = []
    for _step in range(5):
        QTest.keyClick(canvas, Qt.Key.Key_N)
        found += bench.selection.ids
    assert found == [8, 10, 9, 7, 8]
    assert bench.selection.page_id == 1


def test_done_goes_to_the_next_page(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return, CONTROL)
    said = application.window.status.message.text()
    assert said == "Done. 4 proposals were not accepted and will not be exported."
    assert bench.document.page(1).status is PageStatus.DONE
    assert bench.selection.page_id == 2
    QTest.keyClick(canvas, Qt.Key.Key_End)
    assert bench.document.page(2).status is PageStatus.DONE
    assert bench.selection.page_id == 3


def test_page_keys_turn_pages(bench: Workbench, canvas: CanvasView) -> None:
    keys = (Qt.Key.Key_D, Qt.Key.Key_PageDown, Qt.Key.Key_D, Qt.Key.Key_A, Qt.Key.Key_PageUp)
    turned = []
    for key in keys:
        QTest.keyClick(canvas, key)
        turned.append(bench.selection.page_id)
    assert turned == [2, 3, 3, 2, 1]
    QTest.keyClick(canvas, Qt.Key.Key_End, CONTROL)
    assert bench.selection.page_id == 3


def test_unchecked_keys_pass_pages_that_are_done(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.set_page(2)
    QTest.keyClick(canvas, Qt.Key.Key_Return, CONTROL)
    bench.selection.set_page(1)
    QTest.keyClick(canvas, Qt.Key.Key_D, CONTROL | SHIFT)
    assert bench.selection.page_id == 3
    QTest.keyClick(canvas, Qt.Key.Key_A, CONTROL | SHIFT)
    assert bench.selection.page_id == 1


def test_undo_shows_the_page_it_changes(bench: Workbench, canvas: CanvasView) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_Return, SHIFT)
    QTest.keyClick(canvas, Qt.Key.Key_D)
    QTest.keyClick(canvas, Qt.Key.Key_Z, CONTROL)
    assert bench.selection.page_id == 1
    assert statuses(bench)[7] is Status.PROPOSED
    QTest.keyClick(canvas, Qt.Key.Key_Y, CONTROL)
    assert statuses(bench)[7] is Status.ACCEPTED


def test_group_joins_and_splits_entities(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.select((7, 8))
    QTest.keyClick(canvas, Qt.Key.Key_G)
    joined = page_of(bench).entities[0]
    assert (joined.id, joined.word_ids, joined.text) == (7, (1, 2), "Name: Kim")
    bench.selection.select((7,))
    QTest.keyClick(canvas, Qt.Key.Key_G, SHIFT)
    assert sorted(entity.word_ids for entity in page_of(bench).entities) == [(1,), (2,), (3,)]


def test_rotate_turns_the_page_and_back(bench: Workbench, canvas: CanvasView) -> None:
    before = page_of(bench)
    QTest.keyClick(canvas, Qt.Key.Key_BracketRight, CONTROL)
    assert (page_of(bench).width, page_of(bench).rotation) == (before.height, 90)
    QTest.keyClick(canvas, Qt.Key.Key_BracketLeft, CONTROL)
    assert page_of(bench).rotation == 0
    assert page_of(bench).words == before.words


def test_illegible_marks_the_words_of_an_entity(bench: Workbench, canvas: CanvasView) -> None:
    bench.selection.select((7,))
    QTest.keyClick(canvas, Qt.Key.Key_I, SHIFT)
    assert [word.id for word in page_of(bench).words if word.is_illegible] == [1]
    QTest.keyClick(canvas, Qt.Key.Key_I, SHIFT)
    assert not any(word.is_illegible for word in page_of(bench).words)


def test_page_has_the_keys_from_the_start(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    assert application.window.focusWidget() is view.canvas


def test_edit_key_without_a_selection_walks_the_words_of_the_page(
    application: Application, bench: Workbench, canvas: CanvasView
) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_F2)
    assert canvas.editor is not None
    assert canvas.editor.toPlainText() == "Name:"
    QTest.keyClick(canvas.editor, Qt.Key.Key_Escape)
    application.window.actions_table.by_id["edit_text"].trigger()
    assert bench.selection.ids == (1,)
    QTest.keyClick(canvas.editor, Qt.Key.Key_Escape)
