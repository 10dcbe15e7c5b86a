"""What is on the screen equals what a fresh painting would show, whatever happened before."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from canvas_stand import CONTROL, Stand
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QNativeGestureEvent, QPalette, QPointingDevice
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desktop.document import edits
from model_backend.document import Box, Page, Region, Span, Status, Table
from model_backend.table_grid import empty_table


def screen(stand: Stand) -> QImage:
    QApplication.processEvents()
    return stand.view.viewport().grab().toImage()


def differing(first: QImage, second: QImage) -> int:
    """How many of a raster of sampled pixels differ clearly."""
    count = 0
    for y in range(0, first.height(), 3):
        for x in range(0, first.width(), 3):
            a, b = first.pixelColor(x, y), second.pixelColor(x, y)
            count += abs(a.lightness() - b.lightness()) > 24
    return count


def filled(page: Page) -> Page:
    for word in (1, 2, 4, 8):
        page = edits.add_entity(page, label="question", word_ids=[word])
    first, second = page.entities[0].id, page.entities[3].id
    page = edits.link(page, from_id=first, to_id=second)
    page = edits.add_table(page, empty_table(page.next_id, Box(300, 200, 550, 300)))
    return edits.add_region(page, label="figure", box=Box(40, 250, 200, 350))


def change_something(stand: Stand, dice: random.Random) -> None:
    page = stand.page
    act = dice.choice(["move", "delete", "undo", "zoom", "scroll", "select", "hide", "turn"])
    items = [item for item in page.annotations if not hasattr(item, "from_id")]
    if act == "move" and items:
        stand.view.work.select([dice.choice(items).id])
        stand.view.nudge(dice.uniform(-40, 40), dice.uniform(-30, 30))
    elif act == "delete" and len(items) > 2:
        stand.view.work.select([dice.choice(items).id])
        stand.view.delete_selection()
    elif act == "undo":
        stand.document.undo()
    elif act == "zoom":
        stand.view.zoom_at(dice.choice([0.8, 1.3]), QPointF(200, 150))
    elif act == "scroll":
        bar = stand.view.horizontalScrollBar()
        bar.setValue(bar.value() + dice.randint(-60, 60))
    elif act == "select" and items:
        stand.view.work.select([dice.choice(items).id])
    elif act == "hide" and items:
        stand.view.set_hidden(ids=[dice.choice(items).id])
    elif act == "turn":
        stand.selection.set_page(stand.page_ids[1])
        stand.selection.set_page(stand.page_ids[0])


@pytest.mark.parametrize("seed", range(4))
def test_the_screen_is_never_stale(stand: Stand, seed: int) -> None:
    dice = random.Random(seed)
    stand.put(filled(stand.page))
    for _step in range(12):
        change_something(stand, dice)
        shown = screen(stand)
        stand.view.resetCachedContent()
        stand.view.viewport().update()
        assert differing(shown, screen(stand)) == 0


def test_a_drag_shows_the_thing_once(stand: Stand) -> None:
    page = edits.add_region(stand.page, label="figure", box=Box(40, 250, 140, 350))
    stand.put(page)
    white = stand.color((60, 340))
    stand.selection.clear()
    empty = stand.color((400, 340))
    stand.press((90, 300))
    stand.move((290, 300))
    assert stand.color((60, 340)) == empty  # lifted off its old place
    assert stand.color((260, 340)) == white  # and shown at the new one
    stand.key(Qt.Key.Key_Escape)
    assert stand.color((60, 340)) == white
    stand.release((290, 300))


def test_the_reach_of_a_cut_is_shown_while_the_key_is_held(stand: Stand) -> None:
    page = stand.page
    stand.put(edits.add_table(page, empty_table(page.next_id, Box(20, 40, 460, 200))))
    stand.selection.select([stand.page.tables[0].id])
    QTest.keyPress(stand.view, Qt.Key.Key_H)
    stand.hover((150, 81))
    cut = stand.view.canvas.live.grips.cut
    assert cut is not None
    assert cut.is_row
    assert cut.at == pytest.approx(80, abs=0.5)
    QTest.keyRelease(stand.view, Qt.Key.Key_H)
    stand.hover((150, 84))
    assert stand.view.canvas.live.grips.cut is None


def test_cells_that_an_undo_took_away_are_no_longer_chosen(stand: Stand) -> None:
    page = stand.page
    stand.put(edits.add_table(page, empty_table(page.next_id, Box(20, 40, 460, 200))))
    table_id = stand.page.tables[0].id
    stand.selection.select([table_id])
    stand.view.add_row()
    stand.selection.select([table_id], Span(1, 2, 0, 1))
    stand.document.undo()
    assert stand.view.work.cells is None
    stand.view.edit_text()
    stand.view.merge_cells()
    screen(stand)
    (table,) = stand.page.tables
    assert len(table.rows) == 1


def test_a_right_press_selects_what_the_menu_is_about(stand: Stand) -> None:
    stand.put(filled(stand.page))
    right = Qt.MouseButton.RightButton
    stand.press((80, 60), button=right)
    stand.release((80, 60), button=right)
    assert stand.selection.ids == (stand.page.entities[0].id,)
    both = (stand.page.entities[0].id, stand.page.entities[1].id)
    stand.selection.select(both)
    stand.press((80, 60), button=right)
    assert stand.selection.ids == both


def test_a_pinch_zooms_to_the_fingers(stand: Stand) -> None:
    stand.view.zoom_to(Box(100, 100, 400, 300))
    before, scale = stand.place((200, 150)), stand.view.scale_now
    place = QPointF(before)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        place,
        place,
        QPointF(stand.view.viewport().mapToGlobal(before)),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(stand.view.viewport(), event)
    assert stand.view.scale_now == pytest.approx(scale * 1.25)
    assert (stand.place((200, 150)) - before).manhattanLength() <= 2


def test_odd_values_are_shown_and_hit_without_harm(stand: Stand) -> None:
    page = stand.page
    inverted = Region(page.next_id, "nobody knows this label", Box(300, 350, 250, 300))
    beyond = Region(page.next_id + 1, "figure", Box(-500, -500, 5000, 5000))
    point = replace(beyond, id=page.next_id + 2, box=Box(100, 300, 100, 300))
    proposed = Table(
        page.next_id + 3,
        Box(20, 40, 460, 200),
        *_bands(),
        rotation=33.0,
        shear=0.2,
        status=Status.PROPOSED,
        source="auto",
    )
    stand.put(
        replace(
            page,
            regions=(inverted, beyond, point),
            tables=(proposed,),
            next_id=page.next_id + 4,
        )
    )
    for place in ((275, 325), (100, 300), (240, 120), (-20, -20)):
        stand.click(place)
        stand.hover(place)
        stand.click(place, CONTROL)
    stand.view.select_all()
    screen(stand)
    assert stand.said == []
    leave = QEvent(QEvent.Type.Leave)
    QApplication.sendEvent(stand.view, leave)


def _bands() -> tuple[tuple[object, ...], tuple[object, ...]]:
    table = empty_table(1, Box(20, 40, 460, 200))
    return table.rows, table.columns


def test_a_name_wider_than_its_region_leaves_nothing_behind(stand: Stand) -> None:
    region = Region(900, "figure", Box(300, 250, 332, 350), status=Status.PROPOSED, source="ink")
    stand.put(replace(stand.page, regions=(region,), next_id=901))
    screen(stand)
    stand.document.apply("Accept", edits.set_label(stand.page, [900], "logo"))
    stand.document.apply("Delete", edits.delete(stand.page, [900]))
    shown = screen(stand)
    stand.view.resetCachedContent()
    stand.view.viewport().update()
    assert shown == screen(stand)


def test_dark_reaches_every_edge_of_the_canvas(stand: Stand) -> None:
    screen(stand)
    dark = QPalette(QColor("#202020"))
    stand.view.setPalette(dark)
    stand.view.restyle()
    shown = screen(stand)
    edge = shown.width() - 1
    middle = shown.height() // 2
    wanted = QColor(stand.view.canvas.look.theme.canvas)
    assert wanted.lightness() < 60
    for x, y in ((edge, 0), (edge, middle), (0, 0), (edge // 2, 0), (0, shown.height() - 1)):
        assert shown.pixelColor(x, y) == wanted
