"""Panels and canvas agree: lists, inspector, cells, history and bars follow, and are followed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from window_project import make_page, make_project

from desktop.application import Application
from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.document.selection import Selection
from desktop.panels.annotation_list import AnnotationList
from desktop.panels.cell_grid import CellGrid
from desktop.panels.editor import Editor
from desktop.panels.history_list import HistoryList, HistoryModel
from desktop.panels.inspector import Inspector
from desktop.panels.page_list import PageList
from desktop.panels.page_model import PLACE
from desktop.store.store import Store
from desktop.window.project_view import ProjectView
from desktop.window.workbench import Workbench
from model_backend.document import Document, Page, PageStatus, Span, Status
from model_backend.labels import DEFAULT_SCHEMA

FLAGS = QItemSelectionModel.SelectionFlag


@pytest.fixture
def view(application: Application, bench: Workbench, qtbot: QtBot) -> ProjectView:
    view = application.window.project_view
    assert view is not None
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    return view


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


def texts(panel: AnnotationList) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    members: list[str] = []
    for row in range(panel.model.rowCount()):
        index = panel.model.index(row, 0)
        if panel.model.group(index):
            members = found.setdefault(str(panel.model.data(index)), [])
        else:
            members.append(str(panel.model.data(index)))
    return found


def test_annotations_are_grouped_in_reading_order(view: ProjectView) -> None:
    assert texts(view.annotation_list) == {
        "Entities  3": ["Name:", "Kim", "Date:"],
        "Links  1": ["Name: → Kim"],
        "Tables  1": ["2 rows, 2 columns"],
        "Regions  1": ["stamp"],
    }


def test_annotation_list_can_show_only_proposals(view: ProjectView) -> None:
    view.annotation_list.proposed_only.setChecked(True)
    assert set(texts(view.annotation_list)) == {"Entities  3", "Links  1"}


def test_groups_of_the_annotation_list_close_and_open(view: ProjectView, bench: Workbench) -> None:
    listed = view.annotation_list
    listed.view.clicked.emit(listed.model.index(0, 0))
    assert texts(listed)["Entities  3"] == []
    assert texts(listed)["Tables  1"] == ["2 rows, 2 columns"]
    bench.selection.select((8,))
    assert listed.view.selectionModel().selectedRows() == []
    listed.view.setCurrentIndex(listed.model.index(0, 0))
    QTest.keyClick(listed.view, Qt.Key.Key_Right)
    bench.selection.select((8,))
    assert listed.model.data(listed.view.currentIndex()) == "Kim"
    QTest.keyClick(listed.view, Qt.Key.Key_Left)
    assert listed.view.currentIndex().row() == 0


def test_an_edit_draws_only_what_changed_in_the_annotation_list(
    view: ProjectView, bench: Workbench
) -> None:
    model = view.annotation_list.model
    changed: list[tuple[int, int]] = []
    resets: list[str] = []
    model.dataChanged.connect(lambda first, last: changed.append((first.row(), last.row())))
    model.modelReset.connect(lambda: resets.append("reset"))
    row = model.index_of(9).row()
    bench.document.apply("x", edits.set_label(page_of(bench), [9], "other"))
    assert changed == [(row, row)]
    bench.document.apply("x", edits.delete(page_of(bench), [9]))
    assert "Entities  2" in texts(view.annotation_list)
    bench.document.undo()
    assert texts(view.annotation_list)["Entities  3"] == ["Name:", "Kim", "Date:"]
    assert not resets


def test_selection_is_one_in_list_and_canvas(view: ProjectView, bench: Workbench) -> None:
    model, chosen = view.annotation_list.model, view.annotation_list.view.selectionModel()
    for annotation_id in (7, 12):
        index = model.index_of(annotation_id)
        chosen.select(index, FLAGS.Select | FLAGS.Rows)
    assert set(bench.selection.ids) == {7, 12}
    bench.selection.select((8, 9))
    rows = [model.annotation(index) for index in chosen.selectedRows()]
    assert {item.id for item in rows if item} == {8, 9}
    bench.selection.select((1,))
    assert chosen.selectedRows() == []


def test_page_list_follows_and_leads(view: ProjectView, bench: Workbench) -> None:
    pages = view.panels["pages"]
    assert isinstance(pages, PageList)
    bench.selection.set_page(3)
    assert pages.view.currentIndex().row() == 2
    pages.view.setCurrentIndex(pages.model.index(1))
    assert bench.selection.page_id == 2


def test_page_list_shows_status_and_filters(view: ProjectView, bench: Workbench) -> None:
    pages = view.panels["pages"]
    assert isinstance(pages, PageList)
    assert pages.model.data(pages.model.index(0)) == "picture.tif, page 1: Proposed"
    bench.document.apply("x", edits.set_page_status(bench.document.page(2), PageStatus.DONE))
    assert pages.model.data(pages.model.index(1)) == "picture.tif, page 2: Done"
    pages.filter.setCurrentIndex(pages.filter.findData(PageStatus.DONE))
    assert pages.model.rowCount() == 1
    assert pages.model.page_id(0) == 2


def test_inspector_shows_the_page_while_nothing_is_selected(
    view: ProjectView, bench: Workbench
) -> None:
    inspector = view.panels["inspector"]
    assert isinstance(inspector, Inspector)
    form = inspector.page_form
    assert form.isVisible()
    assert form.extent.text() == "600 × 800 pixels"
    form.status.setCurrentIndex(form.status.findData(PageStatus.RETURNED))
    form.status.activated.emit(form.status.currentIndex())
    assert page_of(bench).status is PageStatus.RETURNED


def test_inspector_changes_label_and_text(view: ProjectView, bench: Workbench) -> None:
    form = view.inspector.selection_form
    bench.selection.select((8,))
    form.label.setCurrentIndex(form.label.findData("other"))
    form.label.activated.emit(form.label.currentIndex())
    form.text.setPlainText("Kim Hana")
    QTest.keyClick(form.text, Qt.Key.Key_Return)
    entity = page_of(bench).entities[1]
    assert (entity.label, entity.text, entity.status) == ("other", "Kim Hana", Status.CORRECTED)


def test_typed_text_is_kept_when_another_thing_is_selected(
    view: ProjectView, bench: Workbench
) -> None:
    form = view.inspector.selection_form
    bench.selection.select((8,))
    form.text.setPlainText("Lee")
    bench.selection.select((9,))
    assert [entity.text for entity in page_of(bench).entities] == ["Name:", "Lee", "Date:"]


def test_inspector_accepts_and_rejects(view: ProjectView, bench: Workbench) -> None:
    form = view.inspector.selection_form
    bench.selection.select((7,))
    form.accept_button.click()
    assert not form.accept_button.isVisible()
    bench.selection.select((9,))
    form.reject_button.click()
    assert [(e.id, e.status) for e in page_of(bench).entities] == [
        (7, Status.ACCEPTED),
        (8, Status.PROPOSED),
    ]


def test_inspector_sets_header_rows(view: ProjectView, bench: Workbench) -> None:
    bench.selection.select((11,))
    view.inspector.selection_form.header_rows.setValue(1)
    assert page_of(bench).tables[0].header_rows == 1


def test_cells_and_canvas_select_the_same(view: ProjectView, bench: Workbench) -> None:
    cells = view.panels["cells"]
    assert isinstance(cells, CellGrid)
    assert cells.model.rowCount() == 0
    bench.selection.select((11,), cells=Span(0, 1, 0, 2))
    chosen = cells.view.selectionModel().selectedIndexes()
    assert {(index.row(), index.column()) for index in chosen} == {(0, 0), (0, 1)}
    for column in (0, 1):
        index = cells.model.index(1, column)
        flags = FLAGS.ClearAndSelect if column == 0 else FLAGS.Select
        cells.view.selectionModel().select(index, flags)
    assert bench.selection.cells == Span(1, 2, 0, 2)
    view.canvas.merge_cells()
    assert page_of(bench).tables[0].projected_rows == (1,)
    assert cells.view.columnSpan(1, 0) == 2
    bench.document.undo()
    bench.selection.select((11,), cells=Span(0, 2, 1, 2))
    view.canvas.merge_cells()
    assert page_of(bench).tables[0].spans == (Span(0, 2, 1, 2),)
    assert cells.view.rowSpan(0, 1) == 2


def test_cell_text_is_the_words_inside(view: ProjectView, bench: Workbench) -> None:
    cells = view.panels["cells"]
    assert isinstance(cells, CellGrid)
    table = edits.move(page_of(bench), (11,), dx=0.0, dy=-260.0)
    bench.document.apply("x", table)
    bench.selection.select((11,))
    assert cells.model.data(cells.model.index(0, 0)) == "Name: Date:"
    assert cells.model.setData(cells.model.index(0, 0), "Vorname: Datum:")
    assert [word.text for word in page_of(bench).words][:3] == ["Vorname:", "Kim", "Datum:"]
    assert cells.model.setData(cells.model.index(0, 0), "one two three")
    assert cells.model.data(cells.model.index(0, 0)) == "one two three"


def test_history_lists_what_was_done(view: ProjectView, bench: Workbench) -> None:
    history = view.panels["history"]
    assert isinstance(history, HistoryList)
    assert history.model.rowCount() == 0
    bench.editor.change("Accept", edits.accept_rest)
    bench.document.undo()
    rows = [history.model.data(history.model.index(row, 0)) for row in range(2)]
    assert rows == ["Undone: Accept", "Accept"]
    bench.selection.set_page(3)
    history.view.doubleClicked.emit(history.model.index(1, 0))
    assert bench.selection.page_id == 1


def test_record_asks_nothing_of_a_closed_project(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.panels.history_list.SLICE", 1)
    document = OpenDocument(Store.open(make_project(tmp_path / "Test.proofdesk")))
    document.apply("Accept", edits.accept_rest(document.page(1)))
    model = HistoryModel(Editor(document, Selection()))
    assert model.canFetchMore(QModelIndex())
    document.close()
    assert not model.canFetchMore(QModelIndex())


def test_enter_in_an_empty_grid_edits_nothing(view: ProjectView, bench: Workbench) -> None:
    cells = view.panels["cells"]
    assert isinstance(cells, CellGrid)
    bench.selection.select(())
    assert not cells.view.currentIndex().isValid()
    QTest.keyClick(cells.view, Qt.Key.Key_Return)  # Qt would warn, and fail the test


def test_bars_tell_page_counts_and_undo(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    status, actions = application.window.status, application.window.actions_table.by_id
    assert status.page.text() == "Page 1 of 3"
    assert status.counts.text().endswith("4 proposed, 2 accepted")
    assert not actions["undo"].isEnabled()
    bench.editor.change("Accept", edits.accept_rest)
    assert status.counts.text().endswith("0 proposed, 6 accepted")
    assert actions["undo"].text() == "Undo: Accept"
    assert actions["undo"].isEnabled()
    assert not actions["merge_cells"].isEnabled()
    bench.selection.select((11,))
    assert actions["merge_cells"].isEnabled()


def test_label_bar_follows_selection_tool_and_schema(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    names = [label.name for label in DEFAULT_SCHEMA.of_kind("entity")]
    assert list(application.window.label_bar._buttons) == names
    view.tools.choose("box")
    assert "stamp" in application.window.label_bar._buttons
    bench.document.apply_schema("x", DEFAULT_SCHEMA.with_missing([("seal", "region")]))
    assert "seal" in application.window.label_bar._buttons


def test_make_grid_turns_regions_into_a_table(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    from model_backend.document import Box, Table

    page = bench.document.page(2)
    for label, box in (
        ("table", Box(100, 100, 300, 200)),
        ("table row", Box(100, 100, 300, 150)),
        ("table row", Box(100, 150, 300, 200)),
        ("table column", Box(100, 100, 200, 200)),
        ("table column", Box(200, 100, 300, 200)),
    ):
        page = edits.add_region(page, label, box)
    bench.document.apply("x", page)
    bench.selection.set_page(2)
    bench.selection.select(region.id for region in page.regions)
    application.window.actions_table.by_id["make_grid"].trigger()
    (table,) = bench.editor.selected
    assert isinstance(table, Table)
    assert (len(table.rows), len(table.columns)) == (2, 2)
    assert page_of(bench).regions == ()


def test_hide_and_show(view: ProjectView, bench: Workbench) -> None:
    bench.selection.select((7,))
    view.sight.hide_selection()
    assert view.canvas.hidden[1] == {7}
    view.sight.toggle_annotations()
    assert "tables" in view.canvas.hidden[0]
    view.sight.toggle_annotations()
    assert view.canvas.hidden == (frozenset(), frozenset())


def test_context_menu_shows_what_can_be_done(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    bench.selection.select((11,), Span(0, 1, 0, 2))
    menu = application.window.context_menu()
    texts = [made.text() for made in menu.actions() if made.text()]
    assert "Merge the cells" in texts
    assert all(made.isEnabled() or made.isSeparator() for made in menu.actions())
    menu.close()
    bench.selection.clear()
    assert "Merge the cells" not in [a.text() for a in application.window.context_menu().actions()]


def test_wheel_setting_reaches_the_canvas(
    application: Application, view: ProjectView, bench: Workbench
) -> None:
    application.settings.set("wheel", "zoom")
    application.window.files.setting_changed.emit("wheel")
    assert view.canvas.wheel_zooms
    application.settings.set("wheel", "scroll")
    application.window.files.setting_changed.emit("wheel")
    assert not view.canvas.wheel_zooms


def test_large_project_opens_at_its_last_place(
    application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    folder = tmp_path / "Large.proofdesk"
    page = make_page(1)
    with Store.create(folder) as store:
        document = Document(0, "lost.tif", "", "image/tiff", 1000)
        store.add_document(
            None, document, [replace(page, number=n) for n in range(1000)], read=True
        )
    application.settings.set("last_pages", {str(folder): 900})
    application.open_project(str(folder))
    view = application.window.project_view
    assert view is not None
    pages = view.panels["pages"]
    assert isinstance(pages, PageList)
    assert pages.model.rowCount() == 200
    qtbot.waitUntil(lambda: pages.model.rowCount() == 1000, timeout=5000)
    assert pages.view.currentIndex().row() == 899
    assert application.window.status.page.text() == "Page 900 of 1000"
    view.pages.last_page()
    assert pages.view.currentIndex().row() == 999
    application.leave_project()


def test_page_list_says_what_was_not_accepted_on_a_page_that_is_done(
    view: ProjectView, bench: Workbench
) -> None:
    model = view.page_list.model
    assert model.data(model.index(0), PLACE) == "Page 1 of 3"
    view.review.mark_done()
    text = model.data(model.index(0))
    assert isinstance(text, str)
    assert text.endswith("Done, 4 not accepted")


def test_inspector_never_scrolls_sideways(
    view: ProjectView, bench: Workbench, qtbot: QtBot
) -> None:
    bench.editor.change("x", lambda page: edits.set_text(page, 7, "W" * 120))
    bench.selection.select((7,))
    qtbot.waitUntil(lambda: view.inspector.selection_form.isVisible(), timeout=5000)
    inspector = view.inspector
    qtbot.waitUntil(
        lambda: inspector.selection_form.width() <= inspector.viewport().width(), timeout=5000
    )
    assert inspector.horizontalScrollBar().maximum() == 0


def test_label_bar_takes_as_many_lines_as_it_needs(
    application: Application, view: ProjectView, bench: Workbench, qtbot: QtBot
) -> None:
    bar, schema = application.window.label_bar, bench.document.schema
    label = schema.labels[0]
    more = [replace(label, name=f"a rather long label {number}", key="") for number in range(12)]
    bench.document.apply_schema("x", replace(schema, labels=(*schema.labels, *more)))
    qtbot.waitUntil(lambda: len(bar.findChildren(QToolButton)) >= 16, timeout=5000)
    buttons = [button for button in bar.findChildren(QToolButton) if button.isVisible()]
    assert all(bar.rect().contains(button.geometry()) for button in buttons)
