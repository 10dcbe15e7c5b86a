"""Tables drawn and edited with the mouse."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, NONE, Stand
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.canvas.layers import live
from desktop.canvas.layers.tables import table_bounds
from desktop.document import edits
from model_backend import table_grid
from model_backend.document import Band, Box, Span, Table


def grid() -> Table:
    """Four rows and three columns around the words, the edges not in the middle of the gaps."""
    rows = (Band(40, 75), Band(75, 115), Band(115, 155), Band(155, 200))
    columns = (Band(20, 140), Band(140, 300), Band(300, 460))
    return Table(0, Box(20, 40, 460, 200), rows, columns)


@pytest.fixture
def table(stand: Stand) -> Stand:
    page = stand.page
    stand.put(edits.add_table(page, replace(grid(), id=page.next_id)))
    stand.selection.select((stand.page.tables[0].id,))
    return stand


def now(stand: Stand) -> Table:
    return stand.page.tables[0]


def test_an_outline_becomes_a_grid_of_the_words_inside(stand: Stand) -> None:
    stand.view.set_tool("table")
    stand.drag((25, 40), (460, 200))
    (drawn,) = stand.page.tables
    assert (len(drawn.rows), len(drawn.columns)) == (4, 3)
    assert stand.selection.ids == (drawn.id,)
    assert len(stand.applied) == 1


def test_an_outline_can_be_clicked_corner_by_corner(stand: Stand) -> None:
    stand.view.set_tool("table")
    stand.click((25, 40))
    stand.hover((300, 150))
    stand.click((460, 200))
    assert len(stand.page.tables) == 1


def test_an_edge_is_dragged_and_snaps_to_the_white_gap(table: Stand) -> None:
    table.drag((150, 75), (150, 82))
    assert table_grid.row_edges(now(table))[1] == pytest.approx(80, abs=0.01)
    table.drag((140, 60), (157, 60))
    assert table_grid.column_edges(now(table))[1] == pytest.approx(160, abs=0.01)
    assert len(table.applied) == 2


def test_alt_lets_an_edge_go_anywhere(table: Stand) -> None:
    table.drag((150, 75), (150, 83), keys=ALT)
    assert table_grid.row_edges(now(table))[1] == pytest.approx(83, abs=1)
    assert table_grid.row_edges(now(table))[1] != pytest.approx(80, abs=0.01)


def test_an_edge_dragged_over_its_neighbour_removes_it(table: Stand) -> None:
    table.drag((150, 75), (150, 130), keys=ALT)
    assert len(now(table).rows) == 3
    assert len(table.applied) == 1


def test_the_outline_is_dragged_like_an_edge(table: Stand) -> None:
    table.drag((460, 100), (500, 100), keys=ALT)
    assert now(table).box.x1 == pytest.approx(500, abs=1.5)


@pytest.mark.parametrize(("key", "rows", "columns"), [("H", 5, 3), ("V", 4, 4)])
def test_a_held_key_and_a_click_cut(table: Stand, key: str, rows: int, columns: int) -> None:
    code = Qt.Key[f"Key_{key}"]
    QTest.keyPress(table.view, code)
    table.click((90, 95))
    QTest.keyRelease(table.view, code)
    assert (len(now(table).rows), len(now(table).columns)) == (rows, columns)
    assert len(table.applied) == 1


def test_a_chosen_edge_is_deleted(table: Stand) -> None:
    table.click((150, 75))
    table.view.delete_selection()
    assert len(now(table).rows) == 3
    assert len(table.page.tables) == 1


def test_cells_are_chosen_by_dragging_and_merged_and_split(table: Stand) -> None:
    table.drag((80, 60), (250, 95))
    assert table.selection.cells == Span(0, 2, 0, 2)
    table.view.merge_cells()
    assert now(table).spans == (Span(0, 2, 0, 2),)
    table.click((400, 60))
    assert table.selection.cells == Span(0, 1, 2, 3)
    table.drag((400, 60), (250, 60))
    assert table.selection.cells == Span(0, 2, 0, 3)  # a merged cell is never cut
    table.click((80, 60))
    table.view.split_cell()
    assert now(table).spans == ()
    assert [table.document.undo(), table.document.undo()] == ["Split cell", "Merge cells"]


def test_tabs_choose_whole_rows_and_columns(table: Stand) -> None:
    table.click((12, 95))
    assert table.selection.cells == Span(1, 2, 0, 3)
    table.view.delete_rows()
    assert len(now(table).rows) == 3
    table.click((380, 33))
    assert table.selection.cells == Span(0, 3, 2, 3)
    table.view.delete_columns()
    assert len(now(table).columns) == 2


def test_header_and_projected_rows_are_marked_and_shown(table: Stand) -> None:
    # points between words and edges
    plain = table.color((150, 45))
    table.click((80, 60))
    table.view.toggle_header()
    assert now(table).header_rows == 1
    table.selection.clear()
    assert table.color((150, 45)) != plain
    table.selection.select((now(table).id,), Span(2, 3, 0, 1))
    table.view.toggle_projected()
    assert now(table).projected_rows == (2,)
    table.selection.select((now(table).id,), Span(0, 1, 0, 1))
    table.view.toggle_header()
    assert now(table).header_rows == 0


def test_rows_and_columns_are_added_in_the_chosen_ones(table: Stand) -> None:
    table.selection.select((now(table).id,), Span(1, 2, 1, 2))
    table.view.add_row()
    table.view.add_column()
    assert (len(now(table).rows), len(now(table).columns)) == (5, 4)
    assert table_grid.problems(now(table)) == ()


def test_actions_without_cells_say_what_to_do(table: Stand) -> None:
    table.said.clear()
    table.view.merge_cells()
    assert len(table.said) == 1
    table.selection.clear()
    table.view.add_row()
    assert len(table.said) == 2
    assert table.applied == []


def test_a_turned_table_is_edited_in_its_own_frame(stand: Stand) -> None:
    page = stand.page
    turned = replace(grid(), id=page.next_id, rotation=10.0)
    stand.put(edits.add_table(page, turned))
    stand.selection.select((turned.id,))
    start = table_grid.to_page(turned, (250, 115))
    end = table_grid.to_page(turned, (250, 122))
    stand.drag(start, end, keys=ALT)
    assert table_grid.row_edges(now(stand))[2] == pytest.approx(122, abs=1)
    stand.click(table_grid.to_page(turned, (400, 180)))
    assert stand.selection.cells == Span(3, 4, 2, 3)


def test_an_edge_of_a_merged_cell_cannot_be_gripped_inside_it(table: Stand) -> None:
    table.put(edits.replace(table.page, table_grid.merge_cells(now(table), Span(0, 2, 0, 1))))
    table.click((80, 75))
    assert table.view.work.edge is None
    assert table.selection.cells == Span(0, 2, 0, 1)


def test_arrows_move_the_chosen_edge(table: Stand) -> None:
    table.click((150, 75))
    table.key(Qt.Key.Key_Down, NONE)
    assert table_grid.row_edges(now(table))[1] == 76
    assert now(table).box == Box(20, 40, 460, 200)


def test_a_cell_is_typed_into_and_tab_goes_on(table: Stand) -> None:
    table.double_click((80, 60))
    assert table.view.editor.toPlainText() == "R0c0"
    QTest.keyClick(table.view.editor, Qt.Key.Key_Tab)
    assert table.view.editor.toPlainText() == "R0c1"
    QTest.keyClick(table.view.editor, Qt.Key.Key_Escape)
    assert table.selection.ids == (now(table).id,)


def test_an_empty_cell_gets_a_new_word(table: Stand) -> None:
    table.put(edits.delete(table.page, [5]))
    table.selection.select((now(table).id,), Span(1, 2, 1, 2))
    table.view.edit_text()
    table.type("new")
    QTest.keyClick(table.view.editor, Qt.Key.Key_Return)
    added = table.page.words[-1]
    assert added.text == "new"
    assert Box(140, 75, 300, 115).contains(added.box.center)


def test_an_edit_of_the_table_during_a_drag_cancels_it(table: Stand) -> None:
    table.press((150, 75))
    table.move((150, 85))
    table.document.apply("Elsewhere", edits.delete(table.page, [now(table).id]))
    table.move((150, 90))
    table.release((150, 90))
    assert table.page.tables == ()


def test_the_outline_of_a_turned_table_lies_around_it_and_needs_no_grid(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand.put(edits.add_table(edits.deskew(stand.page, 20.0), replace(grid(), rotation=20.0)))
    turned = now(stand)
    outline = live.outline(turned).boundingRect()
    bounds = table_bounds(turned)
    assert (outline.left(), outline.bottom()) == pytest.approx((bounds.x0, bounds.y1))
    stand.selection.select((turned.id,))
    made: list[Table] = []
    monkeypatch.setattr(live, "made_grid", made.append)
    stand.view.viewport().repaint()
    assert made == []


def two_words_in_the_first_cell(table: Stand) -> None:
    page = edits.set_word_text(table.page, 1, "Dunmere")
    table.put(edits.add_word(page, "Lock", Box(122, 50, 138, 70)))
    table.selection.select((now(table).id,), Span(0, 1, 0, 1))


def test_a_cell_of_several_words_is_edited_whole(table: Stand) -> None:
    two_words_in_the_first_cell(table)
    table.view.edit_text()
    assert table.view.editor.toPlainText() == "Dunmere Lock"
    table.type("Upper Lock")
    QTest.keyClick(table.view.editor, Qt.Key.Key_Return)
    assert [word.text for word in table.page.words if word.id in (1, 13 + 1)] == ["Upper", "Lock"]
    table.view.edit_text()
    table.view.editor.setPlainText("던미어 Lock X")
    QTest.keyClick(table.view.editor, Qt.Key.Key_Return)
    span = table_grid.cell_at(now(table), 0, 0).span
    words = table_grid.words_of_cells(now(table), table.page.words)[span]
    assert [word.text for word in words] == ["던미어", "Lock", "X"]
    assert all(Box(40, 50, 140, 70).contains(word.box.center) for word in words)


def test_tab_goes_from_cell_to_cell_not_from_word_to_word(table: Stand) -> None:
    two_words_in_the_first_cell(table)
    table.double_click((60, 60))
    assert table.view.editor.toPlainText() == "Dunmere Lock"
    QTest.keyClick(table.view.editor, Qt.Key.Key_Tab)
    assert table.view.editor.toPlainText() == "R0c1"
    assert table.selection.cells == Span(0, 1, 1, 2)
    QTest.keyClick(table.view.editor, Qt.Key.Key_Escape)


def test_a_key_used_for_a_cut_is_no_tap_even_when_x11_repeats_it(table: Stand) -> None:
    taps: list[str] = []
    table.view.tapped.connect(taps.append)
    QTest.keyPress(table.view, Qt.Key.Key_H)
    table.click((80, 60), NONE)
    for _repeat in range(3):  # a held key comes as pairs that Qt did not recognise
        QTest.keyRelease(table.view, Qt.Key.Key_H)
        QTest.keyPress(table.view, Qt.Key.Key_H)
    table.click((80, 40.5), NONE)  # refused: no room
    QTest.keyRelease(table.view, Qt.Key.Key_H)
    assert taps == []
    assert table.selection.ids == (now(table).id,)


def test_a_key_held_and_let_go_without_a_click_is_no_tap(
    table: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    taps: list[str] = []
    table.view.tapped.connect(taps.append)
    times = iter([10.0, 10.0, 11.0, 11.0, 11.0])
    monkeypatch.setattr("desktop.canvas.input_view.monotonic", lambda: next(times))
    QTest.keyPress(table.view, Qt.Key.Key_H)
    QTest.keyRelease(table.view, Qt.Key.Key_H)
    assert taps == []
