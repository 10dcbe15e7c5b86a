"""The table of actions: every key means one thing, handlers are there, letters stay in fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.appearance.icons import ICONS
from desktop.application import Application
from desktop.panels.forms import PlainLabel
from desktop.window.actions import ACTIONS, MAIN_TOOLBAR, TOOL_BAR
from desktop.window.workbench import Workbench

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def focus(widget: QWidget, qtbot: QtBot) -> None:
    widget.window().activateWindow()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus, timeout=5000)


def test_no_key_is_given_twice() -> None:
    keys = [key for action in ACTIONS for key in (*action.keys, *action.page_keys)]
    assert sorted(keys) == sorted(set(keys))
    assert all(QKeySequence(key)[0].key() != Qt.Key.Key_unknown for key in keys)


def test_actions_have_handlers_and_icons(application: Application, bench: Workbench) -> None:
    view = application.window.project_view
    assert view is not None
    files, views = application.window.files, application.window.view_actions
    targets = {**view.targets, "files": files, "view": views}
    for action in ACTIONS:
        target, _dot, method = action.handler.partition(".")
        assert callable(getattr(targets[target], method)), action.id
        assert not action.icon or (ICONS / f"{action.icon}.svg").is_file(), action.id


def test_toolbars_name_actions_with_icons_and_keys_in_tips(application: Application) -> None:
    by_id = application.window.actions_table.by_id
    for action_id in filter(None, (*MAIN_TOOLBAR, *TOOL_BAR)):
        if action_id != "stretch":
            made = by_id[action_id]
            assert not made.icon().isNull()
            assert made.toolTip()
            assert not made.spec.keys or "(" in made.toolTip()


def test_letters_choose_tools_only_outside_text_fields(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    focus(view.canvas, qtbot)
    QTest.keyClick(view.canvas, Qt.Key.Key_B)
    assert view.canvas.tool_name == "brush"
    QTest.keyClick(view.canvas, Qt.Key.Key_E)
    assert view.canvas.tool_name == "entity"
    bench.selection.select((7,))
    field = view.inspector.selection_form.text
    focus(field, qtbot)
    QTest.keyClicks(field, "rba19td")
    assert view.canvas.tool_name == "entity"
    assert "rba19td" in field.toPlainText()
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.toPlainText() == "Name:"
    assert bench.document.undo_text == ""


def test_repeat_takes_the_last_tool(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    focus(view.canvas, qtbot)
    for key, tool in ((Qt.Key.Key_P, "polygon"), (Qt.Key.Key_Escape, "select")):
        QTest.keyClick(view.canvas, key)
        assert view.canvas.tool_name == tool
    QTest.keyClick(view.canvas, Qt.Key.Key_N, SHIFT)
    assert view.canvas.tool_name == "polygon"
    QTest.keyPress(view.canvas, Qt.Key.Key_V)
    QTest.keyRelease(view.canvas, Qt.Key.Key_V)
    assert view.canvas.tool_name == "select"
    assert application.window.actions_table.by_id["tool_select"].isChecked()


def test_digits_label_the_selection_or_what_comes(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    focus(view.canvas, qtbot)
    bench.selection.select((7, 9))
    QTest.keyClick(view.canvas, Qt.Key.Key_3)
    assert bench.editor.page is not None
    assert [entity.label for entity in bench.editor.page.entities] == ["header", "answer", "header"]
    bench.selection.clear()
    QTest.keyClick(view.canvas, Qt.Key.Key_2)
    assert view.canvas.current_label("entity") == "answer"
    assert view.tools.current == "answer"
    assert [entity.label for entity in bench.editor.page.entities] == ["header", "answer", "header"]


def test_keys_overlay_finds_actions(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    focus(view.canvas, qtbot)
    QTest.keyClick(view.canvas, Qt.Key.Key_F1)
    overlay = application.window.keys_overlay()
    assert overlay.isVisible()
    everything = overlay.shown
    assert len(overlay.findChildren(PlainLabel)) > len(everything)
    overlay.search.setText("merge")
    assert {"M"} == {keys for _menu, keys, _text in overlay.shown}
    assert len(everything) > 70
    QTest.keyClick(overlay.search, Qt.Key.Key_Escape)
    assert not overlay.isVisible()
    assert len(overlay.findChildren(PlainLabel)) == 1  # the title: no theme need reach the lines
    assert application.window.focusWidget() is view.canvas  # Enter and Tab go on where they were


def test_choosing_in_a_list_gives_the_keys_back_to_the_page(
    application: Application, bench: Workbench, qtbot: QtBot
) -> None:
    view = application.window.project_view
    assert view is not None
    choices = view.page_list.filter
    focus(choices, qtbot)
    choices.activated.emit(0)
    assert application.window.focusWidget() is view.canvas
