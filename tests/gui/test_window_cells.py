"""The grid of cells beside the page: keys, ranges, spans and texts, in step with the canvas."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.application import Application
from desktop.document import edits
from desktop.panels.cell_grid import CellGrid
from desktop.window.workbench import Workbench
from model_backend import table_grid
from model_backend.document import Box, Page, Span, Table, Word, with_words


@pytest.fixture
def cells(application: Application, bench: Workbench, qtbot: QtBot) -> CellGrid:
    qtbot.waitUntil(lambda: bench.selection.page_id == 1, timeout=5000)
    words = tuple(
        Word(100 + 3 * row + column, f"r{row}c{column}", Box(x, y, x + 60, y + 16))
        for row in range(4)
        for column in range(3)
        for x, y in [(60 + 110 * column, 310 + 45 * row)]
    )
    page = with_words(page_of(bench), words)
    page = replace(page, entities=(), relations=(), next_id=200)
    table = table_grid.empty_table(11, Box(40, 300, 400, 490))
    table = table_grid.split_rows(table, [340, 385, 430])
    table = table_grid.split_columns(table, [150, 260])
    bench.document.apply("Set up", edits.replace(page, table))
    bench.selection.select((11,))
    view = application.window.project_view
    assert view is not None
    application.window.docks["cells"].raise_()
    application.window.activateWindow()
    view.cells.view.setFocus()
    QApplication.processEvents()
    return view.cells


def page_of(bench: Workbench) -> Page:
    assert bench.editor.page is not None
    return bench.editor.page


def table_of(bench: Workbench) -> Table:
    return page_of(bench).tables[0]


def text(cells: CellGrid, row: int, column: int) -> object:
    return cells.model.data(cells.model.index(row, column))


def field_of(cells: CellGrid) -> QLineEdit:
    (field,) = [one for one in cells.view.findChildren(QLineEdit) if one.isVisible()]
    return field


def test_arrows_and_shift_choose_cells_on_both_sides(cells: CellGrid, bench: Workbench) -> None:
    cells.view.setCurrentIndex(cells.model.index(1, 1))
    assert bench.selection.cells == Span(1, 2, 1, 2)
    QTest.keyClick(cells.view, Qt.Key.Key_Right)
    QTest.keyClick(cells.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert bench.selection.cells == Span(1, 3, 2, 3)
    bench.selection.select((11,), Span(0, 2, 0, 2))
    assert len(cells.view.selectionModel().selectedIndexes()) == 4
    assert cells.view.currentIndex().row() == 0


def test_enter_edits_and_goes_down_tab_goes_on(cells: CellGrid, bench: Workbench) -> None:
    cells.view.setCurrentIndex(cells.model.index(0, 1))
    QTest.keyClick(cells.view, Qt.Key.Key_Return)
    field = field_of(cells)
    field.selectAll()
    QTest.keyClicks(field, "total")
    QTest.keyClick(field, Qt.Key.Key_Return)
    QApplication.processEvents()  # Qt takes the text over a moment later
    assert text(cells, 0, 1) == "total"
    assert bench.document.undo_text == "Edit the text of a cell"
    assert bench.selection.cells == Span(1, 2, 1, 2)
    QTest.keyClick(cells.view, Qt.Key.Key_Tab)
    assert bench.selection.cells == Span(1, 2, 2, 3)
    QTest.keyClick(cells.view, Qt.Key.Key_F2)
    QTest.keyClicks(field_of(cells), "x")
    QTest.keyClick(field_of(cells), Qt.Key.Key_Escape)
    assert text(cells, 1, 2) == "r1c2"


def test_escape_goes_back_to_the_page(
    application: Application, cells: CellGrid, bench: Workbench
) -> None:
    cells.view.setCurrentIndex(cells.model.index(0, 1))
    QTest.keyClick(cells.view, Qt.Key.Key_Escape)
    view = application.window.project_view
    assert view is not None
    assert view.canvas.hasFocus()
    assert bench.selection.cells == Span(0, 1, 1, 2)


def test_an_empty_cell_is_filled_with_a_word_inside_it(cells: CellGrid, bench: Workbench) -> None:
    bench.document.apply("x", edits.delete(page_of(bench), [104]))
    assert text(cells, 1, 1) == ""
    assert cells.model.setData(cells.model.index(1, 1), "new text")
    assert text(cells, 1, 1) == "new text"
    cell = table_grid.cell_at(table_of(bench), 1, 1)
    assert cell.box.contains(page_of(bench).words[-1].box.center)


def test_cells_are_merged_and_split_from_the_grid(
    application: Application, cells: CellGrid, bench: Workbench
) -> None:
    bench.selection.select((11,), Span(1, 3, 0, 2))
    application.window.actions_table.by_id["merge_cells"].trigger()
    assert (cells.view.rowSpan(1, 0), cells.view.columnSpan(1, 0)) == (2, 2)
    assert text(cells, 1, 0) == "r1c0 r1c1 r2c0 r2c1"
    assert cells.view.currentIndex() == cells.model.index(1, 0)
    QTest.keyClick(cells.view, Qt.Key.Key_Up)
    QTest.keyClick(cells.view, Qt.Key.Key_Down)
    assert bench.selection.cells == Span(1, 3, 0, 2)
    application.window.actions_table.by_id["split_cell"].trigger()
    assert (cells.view.rowSpan(1, 0), cells.view.columnSpan(1, 0)) == (1, 1)


def test_header_and_projected_rows_look_different(cells: CellGrid, bench: Workbench) -> None:
    table = table_grid.toggle_projected(table_grid.set_header_rows(table_of(bench), 2), 3)
    bench.document.apply("x", edits.replace(page_of(bench), table))
    model, role = cells.model, Qt.ItemDataRole
    looks = [
        (model.data(index, role.FontRole), model.data(index, role.BackgroundRole))
        for index in (model.index(row, 0) for row in range(4))
    ]
    assert looks[2] == (None, None)
    assert looks[0] == looks[1] != looks[3]
    assert looks[0][0].bold()
    assert looks[3][0].italic()
    signs = [model.headerData(row, Qt.Orientation.Vertical) for row in range(4)]
    assert signs == ["1 H", "2 H", "3", "4 P"]


def test_delete_takes_chosen_rows_only(cells: CellGrid, bench: Workbench) -> None:
    cells.view.selectRow(1)
    assert bench.selection.cells == Span(1, 2, 0, 3)
    QTest.keyClick(cells.view, Qt.Key.Key_Delete)
    assert len(table_of(bench).rows) == 3
    bench.selection.select((11,), Span(0, 1, 0, 1))
    QTest.keyClick(cells.view, Qt.Key.Key_Delete)
    assert len(table_of(bench).rows) == 3


def test_moving_an_edge_keeps_the_place_in_the_grid(cells: CellGrid, bench: Workbench) -> None:
    cells.view.setCurrentIndex(cells.model.index(2, 1))
    cells.view.setColumnWidth(1, 133)
    moved = table_grid.move_row_edge(table_of(bench), 1, 345.0)
    bench.document.apply("x", edits.replace(page_of(bench), moved))
    assert cells.view.currentIndex() == cells.model.index(2, 1)
    assert cells.view.columnWidth(1) == 133


def test_the_menu_of_the_grid_is_that_of_the_page(cells: CellGrid) -> None:
    asked: list[QPoint] = []
    cells.menu_wanted.disconnect()
    cells.menu_wanted.connect(asked.append)
    cells.view.customContextMenuRequested.emit(QPoint(5, 5))
    assert len(asked) == 1
