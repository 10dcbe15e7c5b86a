"""Entities by sweeping, links by dragging and clicking, text in place."""

from __future__ import annotations

import pytest
from canvas_stand import ALT, CONTROL, SHIFT, Stand
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.document import edits
from model_backend.document import Page


def linked(page: Page) -> list[tuple[int, int]]:
    return [(relation.from_id, relation.to_id) for relation in page.relations]


@pytest.fixture
def four(stand: Stand) -> Stand:
    """Four entities of one word each: words 1, 2, 4 and 5."""
    page = stand.page
    for word in (1, 2, 4, 5):
        page = edits.add_entity(page, label="question", word_ids=[word])
    stand.put(page)
    return stand


def test_a_sweep_makes_an_entity_of_the_words_in_reading_order(stand: Stand) -> None:
    stand.view.set_label("answer", "entity")
    stand.view.set_tool("entity")
    stand.drag((300, 105), (45, 55))
    (entity,) = stand.page.entities
    assert entity.word_ids == (1, 2, 4, 5)
    assert entity.label == "answer"
    assert entity.text == "R0c0 R0c1 R1c0 R1c1"
    assert stand.selection.ids == (entity.id,)
    assert len(stand.applied) == 1


def test_a_digit_after_the_sweep_changes_the_label(stand: Stand) -> None:
    stand.view.set_tool("entity")
    stand.drag((45, 55), (300, 62))
    stand.view.set_label("header")
    assert stand.page.entities[0].label == "header"
    stand.drag((45, 95), (100, 102))
    assert stand.page.entities[1].label == "header"


def test_a_click_takes_one_word_and_then_selects_its_entity(stand: Stand) -> None:
    stand.view.set_tool("entity")
    stand.click((80, 60))
    (entity,) = stand.page.entities
    assert entity.word_ids == (1,)
    stand.selection.clear()
    stand.click((80, 60))
    assert stand.selection.ids == (entity.id,)
    assert len(stand.page.entities) == 1


def test_shift_adds_words_and_alt_takes_them_out(stand: Stand) -> None:
    stand.view.set_tool("entity")
    stand.drag((45, 55), (300, 62))
    stand.drag((370, 55), (400, 62), keys=SHIFT)
    assert stand.page.entities[0].word_ids == (1, 2, 3)
    stand.drag((210, 55), (240, 62), keys=ALT)
    assert stand.page.entities[0].word_ids == (1, 3)


def test_a_frame_without_words_makes_a_box_entity(stand: Stand) -> None:
    stand.view.set_tool("entity")
    stand.drag((50, 300), (150, 330))
    (entity,) = stand.page.entities
    assert entity.word_ids == ()
    assert entity.box.x1 == pytest.approx(150, abs=1.5)


def test_the_sweep_is_shown_before_it_is_made(stand: Stand) -> None:
    stand.view.set_tool("entity")
    before = stand.color((110, 55))
    stand.press((45, 55))
    stand.move((300, 62))
    assert stand.color((110, 55)) != before
    assert stand.page.entities == ()
    stand.key(Qt.Key.Key_Escape)
    stand.release((300, 62))
    assert stand.page.entities == ()


def test_a_drag_links_two_entities(four: Stand) -> None:
    one, two, _three, _four = four.page.entities
    four.view.set_tool("relation")
    four.drag((80, 60), (240, 60))
    assert linked(four.page) == [(one.id, two.id)]
    assert len(four.applied) == 1


def test_two_clicks_link_and_shift_goes_on(four: Stand) -> None:
    one, two, three, _last = four.page.entities
    four.view.set_tool("relation")
    four.click((80, 60))
    four.hover((150, 80))
    four.click((240, 60), SHIFT)
    four.click((80, 100))
    assert linked(four.page) == [(one.id, two.id), (one.id, three.id)]
    four.click((240, 60))
    assert len(four.page.relations) == 2  # the last link ended it: this click begins another


def test_many_are_linked_to_one(four: Stand) -> None:
    one, two, _three, last = four.page.entities
    four.selection.select((one.id, two.id))
    four.view.set_tool("relation")
    four.click((240, 100))
    assert linked(four.page) == [(one.id, last.id), (two.id, last.id)]
    assert len(four.applied) == 1


def test_control_click_gathers_the_beginnings(four: Stand) -> None:
    one, _two, three, last = four.page.entities
    four.view.set_tool("relation")
    four.click((80, 60))
    four.click((80, 100), CONTROL)
    four.click((240, 100))
    assert linked(four.page) == [(one.id, last.id), (three.id, last.id)]


def test_escape_forgets_a_link_that_was_begun(four: Stand) -> None:
    four.view.set_tool("relation")
    four.click((80, 60))
    assert four.view.tool.is_busy
    four.key(Qt.Key.Key_Escape)
    assert not four.view.tool.is_busy
    assert four.view.tool_name == "relation"
    four.key(Qt.Key.Key_Escape)
    assert four.view.tool_name == "select"
    assert four.page.relations == ()


def test_an_entity_that_goes_takes_its_begun_link_along(four: Stand) -> None:
    one = four.page.entities[0]
    four.view.set_tool("relation")
    four.click((80, 60))
    four.document.apply("Elsewhere", edits.delete(four.page, [one.id]))
    four.click((240, 60))
    assert four.page.relations == ()


def test_links_of_the_selection_are_stronger_than_others(four: Stand) -> None:
    one, two, three, last = four.page.entities
    page = edits.link(four.page, from_id=one.id, to_id=two.id)
    four.put(edits.link(page, from_id=three.id, to_id=last.id))
    idle = four.color((160, 60))
    four.selection.select((one.id,))
    assert four.color((160, 60)).lightness() < idle.lightness()
    assert four.color((160, 100)).lightness() > four.color((160, 60)).lightness()


def test_a_link_can_be_clicked_and_deleted(four: Stand) -> None:
    one, two, _three, _last = four.page.entities
    four.put(edits.link(four.page, from_id=one.id, to_id=two.id))
    four.click((160, 60))
    assert four.selection.ids == (four.page.relations[0].id,)
    four.view.delete_selection()
    assert four.page.relations == ()


def test_text_is_edited_in_place_and_committed_with_enter(four: Stand) -> None:
    entity = four.page.entities[0]
    four.double_click((80, 60))
    assert four.view.editor is not None
    assert four.view.editor.toPlainText() == "R0c0"
    four.type("Name:")
    QTest.keyClick(four.view.editor, Qt.Key.Key_Return)
    assert four.view.editor is None
    assert four.page.annotation(entity.id).text == "Name:"
    assert four.page.word(1).text == "Name:"
    assert four.view.hasFocus()


def test_escape_leaves_the_text_as_it_was(four: Stand) -> None:
    before = four.page
    four.selection.select((1,))
    four.view.edit_text()
    four.type("other")
    QTest.keyClick(four.view.editor, Qt.Key.Key_Escape)
    assert four.view.editor is None
    assert four.page == before


def test_tab_commits_and_goes_on_to_the_next_word(stand: Stand) -> None:
    stand.view.edit_text(1)
    stand.type("one")
    QTest.keyClick(stand.view.editor, Qt.Key.Key_Tab)
    assert stand.page.word(1).text == "one"
    assert stand.view.editor.toPlainText() == "R0c1"
    assert stand.selection.ids == (2,)
    QTest.keyClick(stand.view.editor, Qt.Key.Key_Backtab)
    assert stand.view.editor.toPlainText() == "one"


def test_an_input_method_can_compose(stand: Stand) -> None:
    stand.view.edit_text(1)
    editor = stand.view.editor
    QApplication.sendEvent(editor, QInputMethodEvent("하", []))
    assert stand.page.word(1).text == "R0c0"
    commit = QInputMethodEvent("", [])
    commit.setCommitString("한글")
    QApplication.sendEvent(editor, commit)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert stand.page.word(1).text == "한글"


def test_what_is_still_being_composed_is_kept(stand: Stand) -> None:
    stand.view.edit_text(1)
    commit = QInputMethodEvent("", [])
    commit.setCommitString("\U0001f600한")
    QApplication.sendEvent(stand.view.editor, commit)
    QApplication.sendEvent(stand.view.editor, QInputMethodEvent("글", []))
    stand.view.set_tool("box")
    assert stand.page.word(1).text == "\U0001f600한글"


def test_letters_in_the_field_are_no_shortcuts(stand: Stand) -> None:
    stand.view.edit_text(1)
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, "d"
    )
    event.ignore()
    QApplication.sendEvent(stand.view.editor, event)
    assert event.isAccepted()


def test_what_is_typed_is_kept_when_the_page_is_turned(stand: Stand) -> None:
    stand.view.edit_text(1)
    stand.type("kept")
    stand.selection.set_page(stand.page_ids[1])
    assert stand.view.editor is None
    assert stand.document.page(stand.page_ids[0]).word(1).text == "kept"


def test_a_word_deleted_under_the_field_closes_it(stand: Stand) -> None:
    stand.view.edit_text(1)
    stand.type("lost")
    stand.document.apply("Elsewhere", edits.delete(stand.page, [1]))
    assert stand.view.editor is None
    assert stand.page.word(1) is None


def test_what_is_typed_is_kept_when_the_canvas_is_put_away(stand: Stand) -> None:
    stand.view.edit_text(1)
    stand.type("kept")
    stand.view.hide()
    assert stand.view.editor is None
    assert stand.page.word(1).text == "kept"
