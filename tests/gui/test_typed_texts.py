"""A field that nobody typed in changes nothing, whatever letters its text has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.appearance.plain import tip, title, visible
from desktop.application import Application
from desktop.window.workbench import Workbench

ODD = "12\u00a0500,00\u00a0€ one\r\ntwo\u2028three\ufdd0four\x0b"


@pytest.fixture
def odd(application: Application, bench: Workbench) -> Workbench:
    page = bench.editor.page
    assert page is not None
    words = (replace(page.words[0], text=ODD), *page.words[1:])
    entities = (replace(page.entities[0], text=ODD), *page.entities[1:])
    bench.document.apply("Odd", replace(page, words=words, entities=entities))
    application.window.activateWindow()
    return bench


@pytest.mark.parametrize("chosen", [1, 7])
def test_leaving_a_field_that_was_only_looked_at_changes_nothing(
    qtbot: QtBot, application: Application, odd: Workbench, chosen: int
) -> None:
    view = application.window.project_view
    assert view is not None
    before = odd.editor.page
    odd.selection.select((chosen,))
    field = view.inspector.selection_form.text
    field.setFocus()
    field.commit()
    odd.selection.clear()
    assert odd.editor.page == before


def test_enter_in_the_field_over_the_page_keeps_every_letter(
    qtbot: QtBot, application: Application, odd: Workbench
) -> None:
    view = application.window.project_view
    assert view is not None
    odd.selection.select((7,))
    view.canvas.setFocus()
    view.canvas.edit_text()
    editor = QApplication.focusWidget()
    assert editor is not None
    before = odd.editor.page
    QTest.keyClick(editor, Qt.Key.Key_Return)
    after = odd.editor.page
    assert before is not None
    assert after is not None
    assert after.entities[0].text == before.entities[0].text
    assert after == before


def test_typing_keeps_the_letters_beside_it(
    qtbot: QtBot, application: Application, odd: Workbench
) -> None:
    view = application.window.project_view
    assert view is not None
    odd.selection.select((7,))
    field = view.inspector.selection_form.text
    field.setFocus()
    field.moveCursor(field.textCursor().MoveOperation.End)
    QTest.keyClicks(field, "!")
    field.commit()
    page = odd.editor.page
    assert page is not None
    assert page.entities[0].text.startswith("12\u00a0500,00\u00a0€ one\n")
    assert page.entities[0].text.endswith("!")


def test_text_that_is_too_long_is_shown_and_not_changed(
    qtbot: QtBot, application: Application, bench: Workbench
) -> None:
    view = application.window.project_view
    page = bench.editor.page
    assert view is not None
    assert page is not None
    entities = (replace(page.entities[0], text="W" * 100_000), *page.entities[1:])
    bench.document.apply("Long", replace(page, entities=entities))
    before = bench.editor.page
    bench.selection.select((7,))
    field = view.inspector.selection_form.text
    field.setFocus()
    QTest.keyClicks(field, "abc")
    field.commit()
    view.canvas.setFocus()
    view.canvas.edit_text()
    bench.selection.select((8,))
    assert bench.editor.page == before
    assert "too long" in application.window.status.message.text()
    assert not field.isReadOnly()


def test_names_are_shown_with_what_they_hide() -> None:
    assert visible("a\u202egpj.exe") == "a\\u202egpj.exe"
    assert visible("x" * 5000).endswith("…")
    assert title("one\ntwo\x07") == "one two\\x07"
    assert tip("<b>x</b> & y &lt;") == "<\u200bb>x<\u200b/b> & y &\u200blt;"
    assert visible("한국어 שלום") == "한국어 שלום"
