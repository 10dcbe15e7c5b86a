"""Key maps: no key twice in any of them, nothing without a key, a person's changes on top."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.dialogs.keys_dialog import KeysDialog
from desktop.panels.key_texts import key_text
from desktop.settings.settings import SETTINGS, Settings
from desktop.settings.settings_file import SettingsFile
from desktop.window.actions import ACTIONS, ON_PAGE, Action
from desktop.window.key_maps import (
    FIELD_KEYS,
    KEY_MAPS,
    OURS,
    KeyBook,
    is_for_page,
    keys_of,
    normal,
    spellings,
)
from desktop.window.workbench import Workbench

IDS = [action.id for action in ACTIONS]
SAMPLE_KEYS = ("A", "Shift+A", "Ctrl+G", "F5", "Tab", "Return", "Del", "Ctrl++", "Alt+1", "M")


@pytest.fixture
def book(tmp_path: Path) -> KeyBook:
    return KeyBook(Settings(SettingsFile(tmp_path / "settings.json")))


def all_spellings(keys: dict[str, tuple[str, ...]]) -> list[str]:
    return [text for had in keys.values() for key in had for text in spellings(key)]


@pytest.mark.parametrize("name", list(KEY_MAPS))
def test_no_key_means_two_things_in_a_map(name: str) -> None:
    used = all_spellings(keys_of(ACTIONS, name, {}))
    assert sorted(used) == sorted(set(used))


@pytest.mark.parametrize("name", list(KEY_MAPS))
def test_no_action_loses_its_last_key_to_a_map(name: str) -> None:
    ours, theirs = keys_of(ACTIONS, OURS, {}), keys_of(ACTIONS, name, {})
    assert [own for own in IDS if ours[own] and not theirs[own]] == []


@pytest.mark.parametrize("name", list(KEY_MAPS))
def test_maps_name_actions_and_keys_that_there_are(name: str) -> None:
    assert set(KEY_MAPS[name]) <= set(IDS)
    for key in itertools.chain.from_iterable(KEY_MAPS[name].values()):
        assert QKeySequence(key)[0].key() != Qt.Key.Key_unknown


def test_settings_offer_the_maps_there_are() -> None:
    setting = next(setting for setting in SETTINGS if setting.key == "key_map")
    assert [value for value, _text in setting.choices] == list(KEY_MAPS)
    assert setting.default == OURS


def test_hands_find_their_habits() -> None:
    cvat = keys_of(ACTIONS, "cvat", {})
    assert (cvat["next_page"][0], cvat["previous_page"][0]) == ("F", "D")
    assert cvat["lock"][0] == "L"
    labelme = keys_of(ACTIONS, "labelme", {})
    assert {"R", "Ctrl+R"} <= set(labelme["tool_box"])
    assert labelme["recognize"]  # it had Ctrl+R
    assert "W" in keys_of(ACTIONS, "ppocrlabel", {})["tool_box"]


@pytest.mark.parametrize("name", list(KEY_MAPS))
def test_keys_that_fields_need_are_heard_on_the_page_only(name: str) -> None:
    keys = keys_of(ACTIONS, name, {})
    for action in ACTIONS:
        for key in keys[action.id]:
            head, _plus, last = normal(key).rpartition("+")
            if head in ("", "Shift") and last in FIELD_KEYS - {"Ins"} and key not in action.keys:
                assert is_for_page(action, key), (action.id, key)


@given(
    st.lists(st.tuples(st.sampled_from(IDS), st.lists(st.sampled_from(SAMPLE_KEYS), max_size=3))),
    st.sampled_from(list(KEY_MAPS)),
)
def test_any_changes_leave_one_meaning_to_a_key(
    own: list[tuple[str, list[str]]], name: str
) -> None:
    used = all_spellings(keys_of(ACTIONS, name, dict(own)))
    assert sorted(used) == sorted(set(used))


def test_a_key_is_taken_from_whoever_had_it(book: KeyBook) -> None:
    assert book.owner("Ctrl+G") == "zoom_selection"
    book.assign("merge_cells", ("Ctrl+G",))
    assert book.owner("Ctrl+G") == "merge_cells"
    assert book.keys("zoom_selection") == ()
    assert book.owner("M") == ""
    book.reset("merge_cells")
    assert (book.keys("merge_cells"), book.keys("zoom_selection")) == (("M",), ("Ctrl+G",))


def test_swapping_exchanges_keys(book: KeyBook) -> None:
    book.swap("merge_cells", "Ctrl+G")
    assert book.keys("merge_cells") == ("Ctrl+G",)
    assert book.keys("zoom_selection") == ("M",)
    changed = [entry.id for entry in book.entries() if entry.is_changed]
    assert changed == ["zoom_selection", "merge_cells"]
    book.reset_all()
    assert book.keys("merge_cells") == ("M",)


def test_changes_are_kept_and_stay_when_the_map_changes(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    book = KeyBook(Settings(SettingsFile(file)))
    book.assign("tool_wand" if "tool_wand" in IDS else "tool_brush", ("F",))
    book.choose_map("cvat")
    again = KeyBook(Settings(SettingsFile(file)))
    assert again.map_name == "cvat"
    assert again.keys("next_page") == ("PgDown",)  # a person's change is stronger
    assert again.owner("D") == "previous_page"


def test_texts_name_the_keys_in_use(book: KeyBook) -> None:
    text = "Nothing is left. Ctrl+Enter: done; Ctrl+Z, F8 or F99."
    assert book.in_use(text) == text
    book.assign("mark_done", ("F12",))
    book.assign("undo", ())
    assert book.in_use(text) == "Nothing is left. F12: done; Ctrl+Z, F8 or F99."


def test_a_broken_setting_is_passed_over(tmp_path: Path) -> None:
    settings = Settings(SettingsFile(tmp_path / "settings.json"))
    settings.set("keys", {"undo": "Ctrl+Z", "gone": ["F9"], "redo": [3, "F9"]})
    settings.set("key_map", "of another time")
    book = KeyBook(settings)
    assert book.map_name == OURS
    assert (book.keys("undo"), book.keys("redo")) == (("Ctrl+Z",), ("F9",))


def test_machinery_takes_any_action(tmp_path: Path) -> None:
    plain = Action("plain", "Edit", "Plain", "edit.plain", ("G",))
    on_page = Action("field", "Edit", "Field", "edit.field", ("Space",), scope=ON_PAGE)
    settings = Settings(SettingsFile(tmp_path / "settings.json"))
    book = KeyBook(settings, (plain, on_page))
    book.assign("plain", ("Home", "F4"))
    assert is_for_page(plain, "Home")
    assert not is_for_page(plain, "F4")
    assert is_for_page(on_page, "Space")


def test_keys_are_shown_as_people_know_them() -> None:
    assert key_text(("Ctrl+Return", "Ctrl+Enter")) == "Ctrl+Enter"
    assert key_text(("PgDown", "Del", "Ctrl++")) == "PgDn, Delete, Ctrl++"


@pytest.mark.parametrize("name", list(KEY_MAPS))
def test_no_letter_fires_while_a_field_has_focus(
    name: str, application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    window = application.window
    assert window.project_view is not None
    fired: list[str] = []
    made = window.actions_table.by_id.values()
    spies = [(action, lambda own=action.spec.id: fired.append(own)) for action in made]
    for action, spy in spies:
        action.triggered.connect(spy)
    bench.selection.select((7,))
    window.key_book.choose_map(name)
    try:
        fields = [
            field
            for kind in (QLineEdit, QPlainTextEdit)
            for field in window.findChildren(kind)
            if field.isVisible() and field.isEnabled() and not field.isReadOnly()
        ]
        assert fields
        for field in fields:
            type_everything(field, qtbot)
        assert fired == []
    finally:
        window.key_book.choose_map(OURS)
        for action, spy in spies:
            action.triggered.disconnect(spy)


def type_everything(field: QWidget, qtbot: QtBot) -> None:
    """Every sign, and the keys that move about in a field."""
    field.window().activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus, timeout=5000)
    before = field.property("plainText") if isinstance(field, QPlainTextEdit) else field.text()  # type: ignore[attr-defined]
    QTest.keyClicks(field, "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 []")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Qt.Key.Key_X, Qt.KeyboardModifier.ControlModifier)
    if isinstance(field, QPlainTextEdit):
        field.setPlainText(before)
    else:
        field.setText(before)  # type: ignore[attr-defined]


def test_tool_tips_and_overlay_follow_the_keys(application: Application, bench: Workbench) -> None:
    window = application.window
    brush = window.actions_table.by_id["tool_brush"]
    window.key_book.assign("tool_brush", ("F7",))
    try:
        assert "(F7)" in brush.toolTip()
        assert brush.shortcut() == QKeySequence("F7")
        rows = [keys for _menu, keys, text in window.actions_table.key_rows() if text == "Brush"]
        assert rows == ["F7"]
    finally:
        window.key_book.reset_all()
    assert "(B)" in brush.toolTip()


def test_a_key_given_to_two_field_keys_works_on_the_page_only(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    window = application.window
    view = window.project_view
    assert view is not None
    window.key_book.assign("tool_brush", ("Home",))
    try:
        view.canvas.window().activateWindow()
        view.canvas.setFocus()
        qtbot.waitUntil(view.canvas.hasFocus, timeout=5000)
        QTest.keyClick(view.canvas, Qt.Key.Key_Home)
        assert view.canvas.tool_name == "brush"
        view.canvas.set_tool("select")
        note = view.inspector.page_form.note
        note.setFocus()
        QTest.keyClick(note, Qt.Key.Key_Home)
        assert view.canvas.tool_name == "select"
    finally:
        window.key_book.reset_all()


def test_dialog_records_a_key_names_the_conflict_and_swaps(
    application: Application, qtbot: QtBot
) -> None:
    book = application.window.key_book
    dialog = KeysDialog(book, application.settings.choices("key_map"), application.window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.search.setText("merge the")
    assert dialog.action_id == "merge_cells"
    QTest.keyClick(dialog.field, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert dialog.field.key == "Ctrl+G"
    assert "Zoom to the selection" in dialog.conflict.text()
    assert dialog.swap_button.isEnabled()
    assert not dialog.add_button.isEnabled()
    dialog.swap_button.click()
    assert book.keys("merge_cells") == ("Ctrl+G",)
    assert book.keys("zoom_selection") == ("M",)
    assert dialog.field.key == ""
    QTest.keyClick(dialog.field, Qt.Key.Key_F9)
    dialog.add_button.click()
    assert book.keys("merge_cells") == ("Ctrl+G", "F9")
    dialog.reset_all_button.click()
    assert book.keys("merge_cells") == ("M",)
    dialog.reject()


def test_rows_of_the_dialog_have_the_same_room_from_the_first(
    application: Application, qtbot: QtBot
) -> None:
    book = application.window.key_book
    dialog = KeysDialog(book, application.settings.choices("key_map"), application.window)
    qtbot.addWidget(dialog)
    dialog.show()
    first = dialog.view.visualItemRect(dialog.view.topLevelItem(0)).height()
    dialog.refresh()
    assert first == dialog.view.visualItemRect(dialog.view.topLevelItem(0)).height()


def test_dialog_is_left_by_keyboard(application: Application, qtbot: QtBot) -> None:
    book = application.window.key_book
    dialog = KeysDialog(book, application.settings.choices("key_map"), application.window)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.field.setFocus()
    QTest.keyClick(dialog.field, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_texts_of_the_window_name_keys_that_were_exchanged(application: Application) -> None:
    window, book = application.window, application.window.key_book
    book.swap("mark_done", "Ctrl+L")
    try:
        window.complain("Nothing is left. Ctrl+Enter: done.")
        assert window.status.message.text() == "⚠ Nothing is left. Ctrl+L: done."
        window.note("scan.pdf is locked. Press Ctrl+L.")
        assert window.status.message.text() == "scan.pdf is locked. Press Ctrl+Enter."
    finally:
        book.reset_all()


def test_hints_in_parts_name_the_keys_in_use(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    window = application.window
    view = window.project_view
    assert view is not None
    window.key_book.assign("note", ("F12",))
    try:
        window.docks["marked"].raise_()
        hint = view.marked.hint
        qtbot.waitUntil(lambda: hint.text().endswith("F12: note."), timeout=5000)
    finally:
        window.key_book.reset_all()
        window.docks["inspector"].raise_()
