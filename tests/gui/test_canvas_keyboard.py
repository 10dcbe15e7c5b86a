"""A form labelled without the mouse: words walked and chosen, digits, letters that link."""

from __future__ import annotations

import pytest
from canvas_stand import ALT, SHIFT, Stand
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from desktop.canvas.tools.link_hints import LETTERS, codes
from desktop.canvas.tools.relation import RelationTool
from desktop.document import edits
from model_backend.document import Page

LEFT, RIGHT = Qt.Key.Key_Left, Qt.Key.Key_Right
UP, DOWN, ESCAPE = Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Escape


def pairs(page: Page) -> set[tuple[str, str]]:
    texts = {entity.id: entity.text for entity in page.entities}
    return {(texts[link.from_id], texts[link.to_id]) for link in page.relations}


def link_tool(stand: Stand) -> RelationTool:
    assert isinstance(stand.view.tool, RelationTool)
    return stand.view.tool


def letters_of(stand: Stand, text: str) -> str:
    return next(h.code for h in link_tool(stand).hints() if h.entity.text == text)


def type_letters(stand: Stand, text: str) -> None:
    for letter in letters_of(stand, text):
        stand.key(Qt.Key(ord(letter.upper())))


def make_four(stand: Stand) -> None:
    page = stand.page
    for label, word in (("question", 1), ("answer", 2), ("question", 4), ("answer", 5)):
        page = edits.add_entity(page, label, [word])
    stand.put(page)


def test_arrows_walk_the_words(stand: Stand) -> None:
    walked = []
    for key in (RIGHT, RIGHT, DOWN, LEFT, UP, UP):
        stand.key(key)
        walked.append(stand.selection.ids)
    assert walked == [(1,), (2,), (5,), (4,), (1,), (1,)]


def test_shift_lengthens_and_shortens_the_run(stand: Stand) -> None:
    stand.key(RIGHT)
    runs = []
    for key in (RIGHT, RIGHT, LEFT, DOWN, UP, LEFT, LEFT):
        stand.key(key, SHIFT)
        runs.append(stand.selection.ids)
    assert runs == [(1, 2), (1, 2, 3), (1, 2), (1, 2, 4, 5), (1, 2), (1,), (1,)]


def test_a_run_grows_upwards_and_back(stand: Stand) -> None:
    stand.selection.select((8,))
    runs = []
    for key in (UP, LEFT, RIGHT, DOWN):
        stand.key(key, SHIFT)
        runs.append(stand.selection.ids)
    assert runs == [(8, 5), (8, 5, 4), (8, 5), (8,)]


def test_tab_and_digits_label_a_whole_form(stand: Stand) -> None:
    labels = ["header", "question", "answer"]
    for number in range(4):
        for label in labels:
            stand.view.select_next()
            stand.view.set_label(label)
        assert len(stand.page.entities) == 3 * (number + 1)
    assert [entity.label for entity in stand.page.entities] == labels * 4
    assert [entity.word_ids for entity in stand.page.entities] == [(n,) for n in range(1, 13)]
    stand.view.select_next()
    assert stand.selection.ids == (stand.page.entities[0].id,)


def test_a_label_for_the_words_of_an_entity_relabels_it(stand: Stand) -> None:
    stand.selection.select((2, 1))
    stand.view.set_label("question")
    made = stand.page.entities[0]
    assert made.word_ids == (1, 2)
    stand.selection.select((1, 2))
    stand.view.set_label("answer")
    assert [(item.id, item.label) for item in stand.page.entities] == [(made.id, "answer")]


def test_arrows_walk_on_from_the_entity_just_made(stand: Stand) -> None:
    stand.key(RIGHT)
    stand.key(RIGHT, SHIFT)
    stand.view.set_label("question")
    box = stand.page.entities[0].box
    stand.key(RIGHT)
    assert stand.selection.ids == (3,)
    assert stand.page.entities[0].box == box


def test_arrows_move_an_entity_that_was_clicked(stand: Stand) -> None:
    stand.key(RIGHT)
    stand.view.set_label("question")
    box = stand.page.entities[0].box
    stand.click((580, 390))
    stand.click((80, 60))
    stand.key(RIGHT)
    assert stand.page.entities[0].box == box.moved(1, 0)


def test_shift_and_arrows_change_the_words_of_an_entity(stand: Stand) -> None:
    stand.put(edits.add_entity(stand.page, "answer", [2]))
    entity = stand.page.entities[0]
    stand.selection.select((entity.id,))
    words = []
    for key in (DOWN, LEFT, UP, RIGHT):
        stand.key(key, SHIFT)
        words.append(stand.page.entities[0].word_ids)
    assert words == [(2, 5), (2,), (2,), (2, 3)]
    assert stand.selection.ids == (entity.id,)


def test_alt_and_arrows_still_move_an_edge(stand: Stand) -> None:
    stand.put(edits.add_entity(stand.page, "answer", [2]))
    box = stand.page.entities[0].box
    stand.selection.select((stand.page.entities[0].id,))
    stand.key(RIGHT, ALT)
    assert stand.page.entities[0].box.x1 == box.x1 + 1


def test_letters_link_and_take_links_away(stand: Stand) -> None:
    make_four(stand)
    stand.selection.select((stand.page.entities[0].id,))
    stand.view.set_tool("relation")
    type_letters(stand, "R0c1")
    assert pairs(stand.page) == {("R0c0", "R0c1")}
    type_letters(stand, "R1c1")
    assert pairs(stand.page) == {("R0c0", "R0c1"), ("R0c0", "R1c1")}
    assert {h.entity.text for h in link_tool(stand).hints() if h.is_linked} == {"R0c1", "R1c1"}
    type_letters(stand, "R0c1")
    assert pairs(stand.page) == {("R0c0", "R1c1")}
    stand.key(Qt.Key.Key_L)
    assert stand.view.tool_name == "select"
    assert stand.selection.ids == (stand.page.entities[0].id,)


def test_several_questions_take_several_answers(stand: Stand) -> None:
    make_four(stand)
    one, _two, three, _four = stand.page.entities
    stand.selection.select((one.id, three.id))
    stand.view.set_tool("relation")
    for answer in ("R0c1", "R1c1"):
        type_letters(stand, answer)
    assert len(pairs(stand.page)) == 4
    assert len(stand.applied) == 2
    type_letters(stand, "R1c1")
    assert pairs(stand.page) == {("R0c0", "R0c1"), ("R1c0", "R0c1")}


def test_the_nearest_entity_has_the_first_letter(stand: Stand) -> None:
    make_four(stand)
    stand.selection.select((stand.page.entities[0].id,))
    stand.view.set_tool("relation")
    order = [hint.entity.text for hint in link_tool(stand).hints()]
    assert order == ["R1c0", "R0c1", "R1c1"]
    assert letters_of(stand, "R1c0") == LETTERS[0]


def test_with_nothing_selected_letters_choose_where_to_begin(stand: Stand) -> None:
    make_four(stand)
    stand.view.set_tool("relation")
    type_letters(stand, "R1c0")
    type_letters(stand, "R1c1")
    assert pairs(stand.page) == {("R1c0", "R1c1")}


def test_escape_takes_letters_back_then_leaves(stand: Stand) -> None:
    page = stand.page
    for word in page.words:
        page = edits.add_entity(page, "other", [word.id])
    for place in range(30):
        page = edits.add_entity_box(page, "other", stand.page.words[0].box.moved(0, place))
    stand.put(page)
    stand.selection.select((page.entities[0].id,))
    stand.view.set_tool("relation")
    long = next(hint for hint in link_tool(stand).hints() if len(hint.code) == 2)
    stand.key(Qt.Key(ord(long.code[0].upper())))
    assert stand.page.relations == ()
    stand.key(ESCAPE)
    assert stand.view.tool_name == "relation"
    stand.key(ESCAPE)
    assert stand.view.tool_name == "select"


def test_letters_are_no_shortcuts_while_they_are_shown(stand: Stand) -> None:
    make_four(stand)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(stand.view, event)
    assert not event.isAccepted()
    stand.view.set_tool("relation")
    QApplication.sendEvent(stand.view, event)
    assert event.isAccepted()
    stand.click((80, 60))
    event.ignore()
    QApplication.sendEvent(stand.view, event)
    assert not event.isAccepted()


@pytest.mark.parametrize("count", [0, 1, 25, 26, 50, 300, 600, 2000])
def test_no_code_begins_another(count: int) -> None:
    made = codes(count)
    assert len(made) == min(count, len(LETTERS) ** 2)
    assert len(set(made)) == len(made)
    firsts = {code for code in made if len(code) == 1}
    assert not any(code[0] in firsts for code in made if len(code) > 1)
    assert sorted(made, key=len) == made
