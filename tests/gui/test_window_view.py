"""Layers, locks, filter and the overlay of changes in the window, by their keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copy2

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from window_project import make_project

from desktop.application import Application
from desktop.canvas.hits import hits
from desktop.document import edits
from desktop.document.changes import ChangeKind
from desktop.document.visibility import Filter, Showing, Visibility
from desktop.settings.settings import Settings
from desktop.settings.settings_file import SettingsFile
from desktop.store.store import Store
from desktop.window.parts import is_seen
from desktop.window.project_view import ProjectView
from desktop.window.workbench import Workbench
from model_backend.document import Page, Proposals, Status
from model_backend.translation import use_language

SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, NONE = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def view(application: Application, bench: Workbench, qtbot: QtBot) -> ProjectView:
    found = application.window.project_view
    assert found is not None
    bench.selection.set_visibility(Visibility())
    found.canvas.window().activateWindow()
    found.canvas.setFocus()
    qtbot.waitUntil(found.canvas.hasFocus, timeout=5000)
    return found


def press(view: ProjectView, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(view.canvas, key, modifiers)


def page_of(bench: Workbench) -> Page:
    page = bench.editor.page
    assert page is not None
    return page


def test_locked_things_are_not_hit_selected_or_changed(view: ProjectView, bench: Workbench) -> None:
    bench.selection.select((7,))
    press(view, Qt.Key.Key_L, SHIFT)
    assert bench.selection.ids == ()
    with_sign = view.canvas.viewport().grab().toImage()
    assert 7 not in [item.id for item in hits(view.canvas.canvas, (60.0, 60.0))]
    view.canvas.select_all()
    assert 7 not in bench.selection.ids
    model = view.annotation_list.model
    state = model.index_of(7).siblingAtColumn(1)
    assert not state.data(Qt.ItemDataRole.DecorationRole).isNull()  # many fonts have no lock
    assert state.data().isascii()
    view.annotation_list.view.selectAll()
    assert 7 not in bench.selection.ids
    before = page_of(bench)
    assert view.canvas.work.apply("Move", lambda page: edits.move(page, [7], 5, 5)) is None
    assert page_of(bench) == before
    bench.selection.clear()
    press(view, Qt.Key.Key_L, SHIFT)
    assert view.canvas.viewport().grab().toImage() != with_sign
    assert not bench.selection.visibility.locked_ids
    assert state.data(Qt.ItemDataRole.DecorationRole) is None


def test_layers_panel_locks_and_dims_by_keyboard(view: ProjectView, bench: Workbench) -> None:
    row = view.layers.rows["entities"]
    view._window.parts.turn_to("layers")
    row.lock.setFocus()
    QTest.keyClick(row.lock, Qt.Key.Key_Space)
    assert bench.selection.visibility.locked == {"entities"}
    row.showing.setFocus()
    QTest.keyClick(row.showing, Qt.Key.Key_Down)
    row.showing.activated.emit(row.showing.currentIndex())
    assert bench.selection.visibility.showing("entities") is Showing.DIMMED
    assert "3" in row.name.text()
    view.canvas.select_all()
    assert set(bench.selection.ids) == {11, 12}
    bench.selection.set_visibility(Visibility())


def test_a_filter_narrows_canvas_list_and_walk_and_is_seen(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    bar = application.window.filter_bar
    assert not bar.isVisible()
    question = Filter(labels=frozenset({"question"}))
    bench.selection.set_visibility(replace(bench.selection.visibility, filter=question))
    assert bar.isVisible()
    assert "question" in bar.text.text()
    assert "3 of 6" in bar.text.text()  # two questions and the link from one of them
    assert not view.annotation_list.model.index_of(8).isValid()
    assert view.annotation_list.model.index_of(7).isValid()
    walked = []
    for _step in range(3):
        press(view, Qt.Key.Key_Tab)
        walked += bench.selection.ids
    assert set(walked) == {7, 9}
    assert [item.id for item in hits(view.canvas.canvas, (260.0, 60.0))] == [2]
    press(view, Qt.Key.Key_K, ALT | SHIFT)
    assert not bar.isVisible()
    assert view.annotation_list.model.index_of(8).isValid()


def test_review_passes_over_what_the_filter_leaves_out(view: ProjectView, bench: Workbench) -> None:
    question = Filter(labels=frozenset({"question"}))
    bench.selection.set_visibility(replace(bench.selection.visibility, filter=question))
    press(view, Qt.Key.Key_N)
    assert bench.selection.ids == (10,)  # the link of a question; the answer, in more doubt, is not
    press(view, Qt.Key.Key_N)
    assert bench.selection.ids == (9,)
    press(view, Qt.Key.Key_Return, SHIFT)
    statuses = {item.id: item.status for item in page_of(bench).annotations}
    assert statuses[8] is Status.PROPOSED
    assert statuses[7] is statuses[9] is statuses[10] is Status.ACCEPTED
    bench.selection.set_visibility(Visibility())


def test_the_filter_is_reached_and_set_by_keyboard(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    press(view, Qt.Key.Key_K, CONTROL | SHIFT)
    form = view.layers.filter_form
    assert application.window.focusWidget() is form.labels
    QTest.keyClick(form.labels, Qt.Key.Key_Down)
    QTest.keyClick(form.labels, Qt.Key.Key_Space)
    assert bench.selection.visibility.filter.labels
    form.statuses[Status.ACCEPTED].setChecked(True)
    form.lowest.setValue(40)
    chosen = bench.selection.visibility.filter
    assert (chosen.statuses, chosen.lowest) == (frozenset({Status.ACCEPTED}), 0.4)
    form.clear_button.click()
    assert not bench.selection.visibility.filter.is_on


def test_layers_are_as_they_were_in_the_next_project(
    application: Application, bench: Workbench, tmp_path: Path
) -> None:
    locked = Visibility(frozenset({"words"}), locked=frozenset({"tables"}))
    bench.selection.set_visibility(replace(locked, filter=Filter(lowest=0.5)))
    application.open_project(str(make_project(tmp_path / "Other.proofdesk")))
    assert application.bench is not None
    assert application.bench.selection.visibility == locked  # but for the filter
    application.bench.selection.set_visibility(Visibility())


def changed_page(bench: Workbench) -> Page:
    """The first page after a model proposed something and a person changed some of it."""
    said = Proposals("model", regions=page_of(bench).regions[:0], entities=page_of(bench).entities)
    page_id = bench.selection.page_id
    bench.document.apply("Empty", edits.delete(page_of(bench), [7, 8, 9]))
    bench.document.bring_proposals(page_id, [said])
    first, second, third = page_of(bench).entities
    bench.editor.change("x", lambda page: edits.set_label(page, [first.id], "header"))
    bench.editor.change("x", lambda page: edits.move(page, [second.id], 30, 4))
    bench.editor.change("x", lambda page: edits.delete(page, [third.id]))
    return page_of(bench)


def test_changes_are_walked_and_taken_back_by_keys(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    changed_page(bench)
    press(view, Qt.Key.Key_C, SHIFT)
    comparison = view.changes.comparison
    kinds = {change.kind for change in comparison.changes}
    assert {ChangeKind.LABEL, ChangeKind.MOVED, ChangeKind.REMOVED} <= kinds
    assert is_seen(application.window.docks["changes"])
    assert "≠ Other label: 1" in view.changes_panel.summary.text()
    count = len(comparison.changes)
    press(view, Qt.Key.Key_V, SHIFT)
    current = comparison.current
    assert current is not None
    assert view.changes_panel.view.currentRow() == 0
    press(view, Qt.Key.Key_X, SHIFT)
    assert len(comparison.changes) == count - 1
    assert comparison.current is not None  # on to the next
    assert bench.document.undo_text == "Take back a change"
    bench.document.undo()
    assert len(comparison.changes) == count
    for _step in range(count):
        comparison.choose_place(0)
        press(view, Qt.Key.Key_X, SHIFT)
    drawn = [change for change in comparison.changes if change.kind is not ChangeKind.ADDED]
    assert drawn == []
    press(view, Qt.Key.Key_C, SHIFT)
    assert not comparison.is_on
    assert view.canvas.canvas.changes.changes == ()


def test_the_overlay_paints_what_changed(view: ProjectView, bench: Workbench) -> None:
    changed_page(bench)
    view.canvas.fit_page()
    before = view.canvas.viewport().grab().toImage()
    view.changes.toggle()
    after = view.canvas.viewport().grab().toImage()
    assert before != after
    view.changes.toggle()
    assert view.canvas.viewport().grab().toImage() == before


def test_two_versions_are_compared_and_taken_over(
    application: Application, view: ProjectView, bench: Workbench, tmp_path: Path, qtbot: QtBot
) -> None:
    other = make_project(tmp_path / "Second.proofdesk")
    with Store.open(other) as store:
        page = store.page(store.next_page(0) or 0)
        from desktop.store.records import PageChange, RevisionKind

        after = edits.set_label(page, [7], "header")
        store.apply("x", [PageChange(page, after)], kind=RevisionKind.EDIT)
    view.changes.compare(other)
    qtbot.waitUntil(lambda: view.changes.comparison.is_on, timeout=20000)
    comparison = view.changes.comparison
    assert [change.kind for change in comparison.changes] == [ChangeKind.LABEL]
    assert "Second" in view.changes_panel.summary.text()
    assert "3 pages in both" in view.changes_panel.figures.text()
    assert "Entities, F1: 0.667" in view.changes_panel.figures.text()
    view.changes.next()
    view.changes.take_back()
    assert page_of(bench).entities[0].label == "header"
    assert comparison.changes == ()
    bench.selection.set_page(2)
    assert comparison.has_page
    view.changes.toggle()


def test_comparing_with_itself_is_refused(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    from desktop.errors import UserError

    with pytest.raises(UserError, match="project itself"):
        view.changes.compare(bench.document.store.folder)


def test_parts_are_reached_by_keyboard(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    window = application.window
    seen = []
    for _step in range(8):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_F6)
        focus = window.focusWidget()
        seen.append(
            next((n for n, dock in window.docks.items() if dock.isAncestorOf(focus)), "page")
        )
    assert {"page", "pages"} < set(seen)
    assert set(seen) == {"page", *(dock.objectName() for dock in window.parts.seen())}
    assert len(set(seen)) >= 4
    menu = next(menu for name, menu in window.menus.items() if name == "View")
    next(action for action in menu.actions() if action.text() == "History").trigger()
    assert window.docks["history"].isAncestorOf(window.focusWidget())
    window.parts.turn_to("history")
    assert not window.docks["history"].isVisible()
    window.parts.turn_to("history")


def test_the_language_counts_at_once_before_a_project_is_open(qtbot: QtBot, tmp_path: Path) -> None:
    application = Application(Settings(SettingsFile(tmp_path / "settings.json")))
    application.window.show()
    application.window.show_start()
    first = application.window
    box = application.window.start_page.choices["language"]
    try:
        box.setCurrentIndex(box.findData("ko"))
        box.activated.emit(box.currentIndex())
        qtbot.waitUntil(lambda: application.window is not first, timeout=5000)
        assert application.window.start_page.buttons[0].text() == "파일 열기..."
        assert application.window.isVisible()
        keys = application.window.start_page.choices["key_map"]
        keys.setCurrentIndex(keys.findData("cvat"))
        keys.activated.emit(keys.currentIndex())
        assert application.window.key_book.keys("next_page")[0] == "F"
    finally:
        use_language("en")
        application.window.close()
        application.window.deleteLater()


def test_three_actions_lead_to_a_labelled_page(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Start; press "Open the sample", which has the keyboard after two Tabs; press I. (Of the
    sample only what needs no tesseract.)
    """
    from desktop.application import SAMPLES

    (tmp_path / "samples").mkdir()
    copy2(SAMPLES / "report.pdf", tmp_path / "samples")
    monkeypatch.setattr("desktop.application.SAMPLES", tmp_path / "samples")
    monkeypatch.setattr("desktop.application.projects_folder", lambda: tmp_path / "projects")
    application = Application(Settings(SettingsFile(tmp_path / "settings.json")))
    window = application.window
    window.show()
    window.show_start()
    window.activateWindow()
    try:
        buttons = window.start_page.buttons
        qtbot.waitUntil(buttons[0].hasFocus, timeout=5000)
        for _step in range(2):
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert buttons[2].hasFocus()
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Space)

        def page() -> Page | None:
            return application.bench.editor.page if application.bench is not None else None

        qtbot.waitUntil(lambda: bool(page() and page().words), timeout=60000)
        canvas = window.project_view.canvas
        qtbot.waitUntil(canvas.hasFocus, timeout=5000)
        QTest.keyClick(canvas, Qt.Key.Key_I)
        qtbot.waitUntil(lambda: bool(page().annotations), timeout=60000)
    finally:
        window.close()
        window.deleteLater()
