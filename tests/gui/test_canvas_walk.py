"""Words corrected one after the other, with their picture; input methods keep what is composed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, NONE, Stand
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.canvas.word_crop import WordCrop
from desktop.document import edits

ENTER, TAB, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Escape
Y, I = Qt.Key.Key_Y, Qt.Key.Key_I  # noqa: E741 - the key's own name


def press(stand: Stand, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    assert stand.view.editor is not None
    QTest.keyClick(stand.view.editor, key, keys)


def shown(stand: Stand) -> str:
    assert stand.view.editor is not None
    return stand.view.editor.toPlainText()


def compose(stand: Stand, text: str, commit: str = "") -> None:
    event = QInputMethodEvent(text, [])
    event.setCommitString(commit)
    QApplication.sendEvent(stand.view.editor, event)


def caption(stand: Stand) -> str:
    return crop_of(stand).accessibleDescription()


def crop_of(stand: Stand) -> WordCrop:
    (crop,) = (item for item in stand.view.findChildren(WordCrop) if not item.isHidden())
    return crop


def doubtful(stand: Stand) -> None:
    scores = {2: 0.5, 5: 0.1, 9: 0.4}
    words = [replace(w, confidence=scores.get(w.id, 0.9)) for w in stand.page.words]
    words[6] = replace(words[6], is_doubtful=True)
    stand.put(replace(stand.page, words=tuple(words)))


def test_enter_says_right_and_goes_on(stand: Stand) -> None:
    stand.view.walk_words()
    for number in range(12):
        assert shown(stand) == stand.page.words[number].text
        assert caption(stand).startswith(f"{number + 1} of 12")
        press(stand, ENTER)
    assert stand.view.editor is None
    assert all(word.confidence == 0.9 for word in stand.page.words)
    assert stand.applied == []


def test_the_words_of_an_entity_are_walked_and_it_is_selected_again(stand: Stand) -> None:
    stand.put(edits.add_entity(stand.page, "answer", [5, 6]))
    entity = stand.page.entities[0]
    stand.selection.select((entity.id,))
    stand.view.walk_words()
    assert caption(stand).startswith("1 of 2")
    press(stand, ENTER)
    stand.type("won")
    press(stand, ENTER)
    assert stand.view.editor is None
    assert stand.selection.ids == (entity.id,)
    assert stand.page.entities[0].text == "R1c1 won"
    assert stand.page.word(6).confidence is None


def test_tab_goes_on_and_back_without_a_verdict(stand: Stand) -> None:
    doubtful(stand)
    stand.selection.select((2,))
    stand.view.walk_words()
    press(stand, TAB)
    assert shown(stand) == "R0c2"
    press(stand, Qt.Key.Key_Backtab)
    assert shown(stand) == "R0c1"
    press(stand, ESCAPE)
    assert stand.view.editor is None
    assert stand.applied == []


def test_what_the_recogniser_doubts_comes_first(stand: Stand) -> None:
    doubtful(stand)
    assert stand.view.walk_doubtful()
    seen = []
    while stand.view.editor is not None:
        seen.append(stand.selection.ids[0])
        press(stand, ENTER)
    assert seen == [7, 5, 9, 2]
    assert not any(word.needs_look for word in stand.page.words)
    assert not stand.view.walk_doubtful()


def test_words_are_marked_in_the_walk_with_one_step_each(stand: Stand) -> None:
    stand.view.walk_words()
    stand.type("torn")
    press(stand, I, ALT)
    press(stand, Y, ALT)
    press(stand, ESCAPE)
    first, second = stand.page.words[:2]
    assert (first.text, first.is_illegible) == ("torn", True)
    assert second.is_doubtful
    assert len(stand.applied) == 2
    stand.document.undo()
    assert not stand.page.words[1].is_doubtful


def test_enter_leaves_an_illegible_word_so_until_it_is_typed(stand: Stand) -> None:
    stand.put(edits.set_illegible(stand.page, [1, 2], is_illegible=True))
    stand.view.walk_words()
    press(stand, ENTER)
    stand.type("read")
    press(stand, ENTER)
    assert [word.is_illegible for word in stand.page.words[:2]] == [True, False]


def test_enter_while_composing_only_ends_the_composing(stand: Stand) -> None:
    stand.view.walk_words()
    compose(stand, "이르")
    press(stand, ENTER)
    assert shown(stand) == "이르"
    compose(stand, "", "ㅁ")
    press(stand, ENTER)
    assert stand.page.words[0].text == "이르ㅁ"
    assert shown(stand) == "R0c1"


@pytest.mark.parametrize("key", [TAB, Qt.Key.Key_Backtab])
def test_what_is_composed_is_kept_when_the_walk_goes_on(stand: Stand, key: Qt.Key) -> None:
    stand.selection.select((2,))
    stand.view.walk_words()
    compose(stand, "", "한")
    compose(stand, "글")
    press(stand, key)
    assert stand.page.words[1].text == "한글"
    assert shown(stand) in ("R0c0", "R0c2")


def test_escape_while_composing_changes_nothing(stand: Stand) -> None:
    before = stand.page
    stand.view.walk_words()
    compose(stand, "한")
    press(stand, ESCAPE)
    assert stand.page == before


def test_the_crop_lies_beside_the_field_at_every_zoom(stand: Stand) -> None:
    for zoom in (0.1, 1.0, 8.0):
        stand.view.zoom_at(zoom / stand.view.scale_now, stand.view.rect().center())
        for word in (1, 3, 12):
            stand.selection.select((word,))
            stand.view.walk_words()
            crop, editor = crop_of(stand), stand.view.editor
            assert editor is not None
            assert not crop.geometry().intersects(editor.geometry())
            assert crop.width() >= 200
            press(stand, ESCAPE)


def test_small_text_is_shown_large_wherever_it_is_edited(stand: Stand) -> None:
    stand.view.zoom_at(0.2 / stand.view.scale_now, stand.view.rect().center())
    stand.view.edit_text(1)
    assert crop_of(stand).height() > 50
    press(stand, ESCAPE)
