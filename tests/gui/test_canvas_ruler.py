"""The ruler of a selected table: rows and columns are chosen, edges dragged, however turned."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, CONTROL, SHIFT, Stand
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.canvas.ruler import RULER_PX, ruler_of
from desktop.document import edits
from model_backend import table_grid
from model_backend.document import Band, Box, Point, Span, Table

GRID = Table(
    0,
    Box(20, 40, 460, 200),
    (Band(40, 75), Band(75, 115), Band(115, 155), Band(155, 200)),
    (Band(20, 140), Band(140, 300), Band(300, 460)),
)
LEFT, TOP = 13.0, 33.0
"""Places on the ruler, in the table's frame, at a scale of about one."""


def put_table(stand: Stand, table: Table) -> Table:
    page = stand.page
    stand.put(edits.add_table(page, replace(table, id=page.next_id)))
    stand.selection.select((stand.page.tables[0].id,))
    QApplication.processEvents()
    return stand.page.tables[0]


@pytest.fixture
def table(stand: Stand) -> Stand:
    put_table(stand, GRID)
    return stand


def now(stand: Stand) -> Table:
    return stand.page.tables[0]


def on_page(stand: Stand, x: float, y: float) -> Point:
    return table_grid.to_page(now(stand), (x, y))


def test_a_drag_from_the_left_ruler_adds_a_column_edge_in_the_white(table: Stand) -> None:
    table.drag((LEFT, 95), (60, 95), (165, 95))
    assert table_grid.column_edges(now(table)) == (20, 140, 160, 300, 460)
    assert table.document.undo() == "Add column"


def test_a_drag_from_the_upper_ruler_adds_a_row_edge(table: Stand) -> None:
    table.drag((380, TOP), (380, 60), (380, 101), keys=ALT)
    assert len(now(table).rows) == 5
    assert table_grid.row_edges(now(table))[2] == pytest.approx(101, abs=1)


def test_a_drag_back_onto_the_ruler_adds_nothing(table: Stand) -> None:
    table.drag((LEFT, 95), (90, 95), (LEFT, 96))
    assert now(table).columns == GRID.columns
    assert table.applied == []
    assert table.selection.cells == Span(1, 2, 0, 3)


def test_escape_gives_up_an_edge_from_the_ruler(table: Stand) -> None:
    table.press((LEFT, 95))
    table.move((90, 95))
    table.key(Qt.Key.Key_Escape)
    table.release((90, 95))
    assert table.applied == []


def test_rows_and_columns_are_chosen_and_more_with_shift_or_control(table: Stand) -> None:
    table.click((LEFT, 60))
    assert table.selection.cells == Span(0, 1, 0, 3)
    table.click((LEFT, 135), SHIFT)
    assert table.selection.cells == Span(0, 3, 0, 3)
    table.click((80, TOP))
    table.click((380, TOP), CONTROL)
    assert table.selection.cells == Span(0, 4, 0, 3)
    table.drag((80, TOP), (210, TOP))
    assert table.selection.cells == Span(0, 4, 0, 2)
    assert table.applied == []


def test_the_corner_chooses_all_cells_and_moves_the_table(table: Stand) -> None:
    table.click((LEFT, TOP))
    assert table.selection.cells == Span(0, 4, 0, 3)
    table.drag((LEFT, TOP), (LEFT + 40, TOP + 20))
    assert now(table).box.x0 == pytest.approx(60, abs=1)


def test_a_tick_of_the_ruler_moves_its_edge_also_beside_a_merged_cell(table: Stand) -> None:
    table.put(edits.replace(table.page, table_grid.merge_cells(now(table), Span(0, 2, 0, 1))))
    table.drag((LEFT, 75), (LEFT, 85), keys=ALT)
    assert table_grid.row_edges(now(table))[1] == pytest.approx(85, abs=1)


def test_chosen_rows_are_deleted_with_delete_but_never_single_cells(table: Stand) -> None:
    table.click((LEFT, 60))
    table.view.delete_selection()
    assert len(now(table).rows) == 3
    table.click((80, now(table).box.y0 - 7))
    table.view.delete_selection()
    assert len(now(table).columns) == 2
    table.selection.select((now(table).id,), Span(0, 1, 0, 1))
    table.said.clear()
    table.view.delete_selection()
    assert len(table.said) == 1
    assert len(now(table).rows) == 3
    table.key(Qt.Key.Key_Escape)
    table.view.delete_selection()
    assert table.page.tables == ()


@pytest.mark.parametrize("rotation", [0.0, 90.0, 180.0, 270.0, 3.0])
@pytest.mark.parametrize("shear", [0.0, 0.06])
def test_turned_and_sheared_tables_have_the_same_ruler(
    stand: Stand, rotation: float, shear: float
) -> None:
    moved = table_grid.moved(GRID, 60, 60)
    put_table(stand, replace(moved, rotation=rotation, shear=shear))
    stand.view.zoom_at(0.7, QPointF(350, 250))
    QApplication.processEvents()
    pixel = 1.0 / stand.view.scale_now
    ruler = ruler_of(now(stand), stand.view.canvas.live.grips.seen, pixel)
    left, top = sum(ruler.left) / 2, sum(ruler.top) / 2
    stand.click(on_page(stand, left, 155))
    assert stand.selection.cells == Span(1, 2, 0, 3)
    start, end = on_page(stand, 340, top), on_page(stand, 340, 195)
    stand.drag(start, end, keys=ALT)
    assert table_grid.row_edges(now(stand))[3] == pytest.approx(195, abs=2)
    stand.drag(on_page(stand, left, 155), on_page(stand, 100, 155), keys=ALT)
    assert len(now(stand).columns) == 4
    assert table_grid.problems(now(stand)) == ()


def test_the_ruler_stays_in_view_when_the_side_of_the_table_is_not(table: Stand) -> None:
    table.view.zoom_to(Box(200, 80, 300, 140))
    QApplication.processEvents()
    grips, pixel = table.view.canvas.live.grips, 1.0 / table.view.scale_now
    ruler = ruler_of(now(table), grips.seen, pixel)
    assert ruler.left[0] >= grips.seen.x0 - pixel
    assert ruler.left[1] - ruler.left[0] == pytest.approx(RULER_PX * pixel)
    table.click((sum(ruler.left) / 2, 130))
    assert table.selection.cells == Span(2, 3, 0, 3)


def test_an_edge_through_words_is_told_while_it_is_dragged(table: Stand) -> None:
    table.said.clear()
    table.press((140, 95))
    for x in (130, 110, 100):
        table.move((x, 95), ALT)
    assert table.said[-1] == "words in two cells: 4"
    table.move((130, 95), ALT)
    assert table.said[-1] == "Every word lies in one cell."
    table.move((100, 95), ALT)
    table.release((100, 95), ALT)
    assert len(table.view.canvas.live.grips.wrong.in_two) == 4
    plain = table.color((70, 60))
    table.document.undo()
    assert table.view.canvas.live.grips.wrong.words == ()
    assert table.color((70, 60)) != plain


def test_a_snapped_edge_shows_its_gap(table: Stand) -> None:
    before = table.color((145, 90))
    table.press((140, 95))
    table.move((150, 95))
    table.move((158, 95))
    assert table.color((145, 90)) != before
    table.move((158, 95), ALT)
    assert table.color((145, 90)) == before
    table.release((158, 95), ALT)


def test_a_held_key_beside_the_table_adds_a_row_or_column_there(table: Stand) -> None:
    QTest.keyPress(table.view, Qt.Key.Key_H)
    table.hover((300, 230))
    assert table.view.canvas.live.grips.cut is not None
    table.click((300, 230))
    QTest.keyRelease(table.view, Qt.Key.Key_H)
    assert table.view.canvas.live.grips.cut is None
    assert now(table).box.y1 == pytest.approx(230, abs=1)
    QTest.keyPress(table.view, Qt.Key.Key_V)
    table.click((500, 100))
    QTest.keyRelease(table.view, Qt.Key.Key_V)
    assert (len(now(table).rows), len(now(table).columns)) == (5, 4)


def test_arrows_walk_cells_and_choose_more(table: Stand) -> None:
    table.put(edits.replace(table.page, table_grid.merge_cells(now(table), Span(0, 2, 1, 2))))
    table.selection.select((now(table).id,), Span(1, 2, 0, 1))
    table.key(Qt.Key.Key_Right)
    assert table.selection.cells == Span(0, 2, 1, 2)
    table.key(Qt.Key.Key_Right)
    assert table.selection.cells == Span(1, 2, 2, 3)
    table.key(Qt.Key.Key_Down, SHIFT)
    table.key(Qt.Key.Key_Left, SHIFT)
    assert table.selection.cells == Span(0, 3, 1, 3)
    table.key(Qt.Key.Key_Right, SHIFT)
    assert table.selection.cells == Span(1, 3, 2, 3)
    table.key(Qt.Key.Key_Left, CONTROL)
    assert table.selection.cells.column0 == 0
    assert table.applied == []
    assert now(table).box == GRID.box


def test_arrows_go_as_they_point_in_a_turned_table(stand: Stand) -> None:
    table = put_table(stand, replace(GRID, rotation=90.0))
    stand.selection.select((table.id,), Span(1, 2, 1, 2))
    before = span_center(stand)
    stand.key(Qt.Key.Key_Right)
    assert stand.selection.cells == Span(0, 1, 1, 2)
    assert span_center(stand)[0] > before[0]
    before = span_center(stand)
    stand.key(Qt.Key.Key_Down)
    assert stand.selection.cells == Span(0, 1, 2, 3)
    assert span_center(stand)[1] > before[1]


def span_center(stand: Stand) -> Point:
    cells = stand.selection.cells
    cell = table_grid.cell_at(now(stand), cells.row0, cells.column0)
    return table_grid.to_page(now(stand), cell.box.center)


def test_rows_and_columns_are_joined_and_split_again(table: Stand) -> None:
    table.selection.select((now(table).id,), Span(1, 4, 0, 3))
    table.view.join_rows()
    assert table_grid.row_edges(now(table)) == (40, 75, 200)
    assert table.selection.cells == Span(1, 2, 0, 3)
    table.view.split_rows()
    assert table_grid.row_edges(now(table)) == (40, 75, 120, 160, 200)
    assert table.selection.cells == Span(1, 4, 0, 3)
    table.selection.select((now(table).id,), Span(0, 4, 0, 2))
    table.view.join_columns()
    table.view.split_columns()
    assert table_grid.column_edges(now(table)) == (20, 160, 300, 460)
    undone = [table.document.undo() for _step in range(4)]
    assert undone == ["Split columns", "Join columns", "Split rows", "Join rows"]


def test_what_the_menu_offers_fits_what_is_under_the_pointer(table: Stand) -> None:
    right = Qt.MouseButton.RightButton
    table.press((210, 95), button=right)
    assert table.selection.cells == Span(1, 2, 1, 2)
    assert "several cells" not in table.view.fitting()
    table.press((LEFT, 95), button=right)
    assert table.selection.cells == Span(1, 2, 0, 3)
    assert {"several cells", "several columns"} <= table.view.fitting()
    table.press((210, 95), button=right)
    assert table.selection.cells == Span(1, 2, 0, 3)  # it is among what is chosen
    table.press((210, 115), button=right)
    assert "edge" in table.view.fitting()
    table.view.delete_edge()
    assert len(now(table).rows) == 3
    table.selection.clear()
    assert table.view.fitting() == frozenset()


def test_the_ruler_is_faint_until_the_pointer_is_near(table: Stand) -> None:
    table.hover((380, 120))
    paper = table.color((250, 110))
    assert table.color((LEFT, 50)) == paper
    table.hover((60, 50))
    assert table.color((LEFT, TOP)).red() < 120
    near = table.color((LEFT, TOP))
    table.hover((380, TOP))
    assert table.color((LEFT, TOP)) == near
    table.hover((380, 120))
    assert table.color((LEFT, TOP)).red() > near.red() + 60


def test_a_step_of_an_edge_paints_only_what_is_beside_it(table: Stand) -> None:
    table.press((200, 115))
    table.move((200, 122), ALT)
    table.move((200, 124), ALT)
    changed = table.view.tool.changed_box()
    assert changed is not None
    assert changed.contains((20, 75))
    assert changed.contains((460, 155))
    assert changed.height < 180
    table.move((200, 158), ALT)  # over the next edge: rows get other numbers
    assert table.view.tool.changed_box() is None
    table.release((200, 118), ALT)


@pytest.mark.parametrize("rotation", [0.0, 90.0, 3.0])
@pytest.mark.parametrize(
    "way",
    [
        [(200, 115), (200, 122), (210, 131), (205, 99)],
        [(LEFT, 95), (180, 95), (170, 95), (220, 97)],
    ],
)
def test_painting_parts_leaves_the_view_as_painting_all_would(
    stand: Stand, rotation: float, way: list[tuple[float, float]]
) -> None:
    put_table(stand, replace(GRID, rotation=rotation))
    points = [on_page(stand, *point) for point in way]
    stand.press(points[0])
    stand.move(points[1])
    for point in points[2:]:
        stand.move(point)
        QApplication.processEvents()
        in_parts = _on_screen(stand)
        stand.view.canvas.repaint_page()
        QApplication.processEvents()
        assert _on_screen(stand) == in_parts
    stand.key(Qt.Key.Key_Escape)


def _on_screen(stand: Stand) -> QImage:
    """What the window shows: a widget's own picture is painted anew as a whole."""
    window = stand.view.window()
    return window.screen().grabWindow(window.winId()).toImage()
