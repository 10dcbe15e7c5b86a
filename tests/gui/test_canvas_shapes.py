"""The wand, rotated boxes, corners, simplifying, bursts of arrows, drags that scroll: by real
events.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, CONTROL, NONE, SHIFT, Picture, Stand, WhiteImages
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.canvas.grey import GreyPicture
from desktop.canvas.shape_view import BURST_SECONDS, FASTEST
from desktop.document import edits
from desktop.document.rotated_box import RotatedBox, rotated_box_of
from model_backend import masks
from model_backend.document import Box, Mask, Page, Point, Region, Status

SQUARE = ((300.0, 230.0), (400.0, 230.0), (400.0, 330.0), (300.0, 330.0))
HOLE = ((330.0, 260.0), (370.0, 260.0), (370.0, 300.0), (330.0, 300.0))


class InkImages(WhiteImages):
    """Paper with a round dark ring, a lighter smudge beside it, and three dots."""

    def picture(self, page: Page, scale: float) -> Picture | None:
        image = QImage(int(page.width), int(page.height), QImage.Format.Format_RGB32)
        image.fill(QColor("white"))
        painter = QPainter(image)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(60, 60, 60))
        painter.drawEllipse(200, 250, 80, 80)
        painter.setBrush(QColor(140, 140, 140))
        painter.drawRect(280, 280, 30, 20)
        painter.setBrush(QColor("white"))
        painter.drawEllipse(220, 270, 40, 40)
        painter.setBrush(QColor(60, 60, 60))
        for x in (400, 408, 416):
            painter.drawRect(x, 300, 4, 4)
        painter.end()
        return Picture(image, 1.0)


@pytest.fixture
def inked(stand: Stand) -> Stand:
    stand.images = InkImages()
    stand.view.set_document(stand.document, stand.selection, stand.images)
    stand.view.set_tool("wand")
    return stand


def region(stand: Stand, index: int = -1) -> Region:
    return stand.page.regions[index]


def mask_of(stand: Stand) -> Mask:
    mask = region(stand).mask
    assert mask is not None
    return mask


def pixels(stand: Stand) -> int:
    return masks.pixel_count(mask_of(stand).counts)


def box_of(stand: Stand) -> RotatedBox:
    found = rotated_box_of(region(stand))
    assert found is not None
    return found


def add_polygon(stand: Stand, *polygons: tuple[tuple[float, float], ...]) -> None:
    whole = edits.with_polygons(Region(1, "stamp", Box(0, 0, 1, 1)), polygons)
    stand.put(edits.add_region(stand.page, "stamp", whole.box, polygons=polygons))
    stand.selection.select((region(stand).id,))


def test_a_click_takes_connected_ink_with_its_hole(inked: Stand) -> None:
    inked.click((205, 290))
    assert region(inked).label == "stamp"
    assert pixels(inked) == pytest.approx(3.1416 * (40**2 - 20**2), rel=0.04)
    (part,) = masks.parts_of_mask(mask_of(inked))
    assert len(part) == 2  # the ring and its hole
    assert inked.selection.ids == (region(inked).id,)
    assert len(inked.applied) == 1


def test_brackets_and_the_wheel_take_more_of_the_same_ink_in_one_step(inked: Stand) -> None:
    inked.click((205, 290))
    small = pixels(inked)
    for _press in range(8):
        inked.key(Qt.Key.Key_BracketRight)
    assert pixels(inked) > small + 400  # the smudge too
    place = QPointF(inked.place((230, 260)))
    for _notch in range(8):
        wheel = QWheelEvent(
            place, inked.view.viewport().mapToGlobal(place), QPoint(), QPoint(0, -120),
            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(inked.view.viewport(), wheel)
    assert pixels(inked) == small
    assert len(inked.page.regions) == 1
    assert inked.document.undo() == "Take ink"
    assert inked.page.regions == ()
    inked.document.redo()
    assert pixels(inked) == small


def test_a_drag_to_the_right_takes_lighter_ink(inked: Stand) -> None:
    inked.press((205, 290))
    inked.move((210, 290))
    for x in range(210, 310, 10):
        inked.move((float(x), 290))
    inked.release((310, 290))
    assert region(inked).box.x1 > 300
    assert len(inked.applied) == 1


def test_a_quick_drag_looks_for_ink_when_it_ends_not_at_every_movement(
    inked: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    ink = GreyPicture.ink

    def counted(
        self: GreyPicture, point: Point, reach: float, tolerance: int, gap: int
    ) -> Mask | None:
        looks.append(tolerance)
        return ink(self, point, reach, tolerance, gap)

    monkeypatch.setattr(GreyPicture, "ink", counted)
    inked.press((205, 290))
    for x in range(210, 310, 10):  # nothing is painted in between: the window is busy
        inked.move((float(x), 290))
    inked.release((310, 290))
    assert region(inked).box.x1 > 300
    assert len(looks) == 1


def test_gaps_join_dots_shift_adds_and_alt_takes_away(inked: Stand) -> None:
    inked.click((402, 302))
    assert pixels(inked) == 16
    for _press in range(5):
        inked.key(Qt.Key.Key_Period)
    assert pixels(inked) == 48
    assert inked.document.undo() == "Take ink"
    assert inked.page.regions == ()
    for _press in range(5):
        inked.key(Qt.Key.Key_Comma)
    inked.click((402, 302))
    inked.click((418, 302), SHIFT)
    assert len(inked.page.regions) == 1
    assert pixels(inked) == 32
    inked.click((402, 302), ALT)
    assert pixels(inked) == 16
    assert region(inked).box.x0 == 416
    inked.click((418, 302), ALT)
    assert inked.page.regions == ()


def test_the_wand_says_where_there_is_no_ink_or_no_picture(inked: Stand) -> None:
    inked.said.clear()
    inked.click((500, 350))
    assert inked.said == ["There is no ink here."]
    inked.images.trouble = "gone"
    inked.view.set_document(inked.document, inked.selection, WhiteImages())
    inked.view.canvas.picture.images = None
    inked.click((205, 290))
    assert "still being drawn" in inked.said[-1]
    assert inked.applied == []


def test_a_rotated_box_is_a_side_by_a_drag_and_a_width_by_a_click(stand: Stand) -> None:
    stand.view.set_tool("rotated")
    stand.drag((200, 300), (280, 240))
    assert stand.page.regions == ()
    stand.hover((310, 280))
    stand.click((310, 280))
    box = box_of(stand)
    assert (box.width, box.height) == pytest.approx((100, 50), abs=3)
    assert box.degrees == pytest.approx(323.13, abs=1.5)
    assert stand.selection.ids == (region(stand).id,)


def test_a_rotated_box_is_made_by_three_clicks_and_shift_keeps_to_steps(stand: Stand) -> None:
    stand.view.set_tool("rotated")
    stand.click((200, 300))
    stand.hover((300, 305))
    stand.click((300, 305), SHIFT)
    stand.hover((300, 340))
    stand.click((300, 340))
    box = box_of(stand)
    assert box.degrees == pytest.approx(0, abs=1e-6)
    assert (box.width, box.height) == pytest.approx((100, 40), abs=2)


def test_grips_of_a_rotated_box_keep_its_rectangle_and_what_is_across(stand: Stand) -> None:
    corners = RotatedBox((300, 300), 100, 40, 30).corners
    add_polygon(stand, corners)
    middle = ((corners[1][0] + corners[2][0]) / 2, (corners[1][1] + corners[2][1]) / 2)
    stand.drag(middle, (middle[0] + 26, middle[1] + 15))
    box = box_of(stand)
    assert (box.width, box.height) == pytest.approx((130, 40), abs=1.5)
    assert box.degrees == pytest.approx(30, abs=1e-6)
    assert region(stand).polygons[0][0] == pytest.approx(corners[0], abs=1e-6)
    assert region(stand).polygons[0][3] == pytest.approx(corners[3], abs=1e-6)


def test_the_knob_turns_a_region_and_shift_keeps_to_steps(stand: Stand) -> None:
    stand.put(edits.add_region(stand.page, "stamp", Box(250, 250, 350, 290)))
    stand.selection.select((region(stand).id,))
    stand.view.set_tool("rotated")
    knob = (300, 250 - 26 * stand.view.work.pixel)
    stand.drag(knob, (350, 230), (370, 268), keys=SHIFT)
    box = box_of(stand)
    assert box.degrees == pytest.approx(90, abs=1e-6)
    assert (box.width, box.height) == pytest.approx((100, 40))
    assert box.center == pytest.approx((300, 270))
    assert stand.document.undo() == "Turn region"
    assert region(stand).polygons == ()


def test_alt_makes_a_free_polygon_of_a_rotated_box(stand: Stand) -> None:
    add_polygon(stand, SQUARE)
    stand.drag(SQUARE[0], (280, 200), keys=ALT)
    assert rotated_box_of(region(stand)) is None
    assert region(stand).polygons[0][0] == pytest.approx((280, 200), abs=1.5)
    stand.click((280, 200), ALT)
    assert region(stand).polygons[0] == SQUARE[1:]


def test_backspace_deletes_the_corner_under_the_pointer(stand: Stand) -> None:
    add_polygon(stand, (*SQUARE, (280.0, 280.0)))
    stand.hover((280, 280))
    stand.key(Qt.Key.Key_Backspace)
    assert region(stand).polygons[0] == SQUARE
    stand.hover((500, 350))
    stand.key(Qt.Key.Key_Backspace)
    assert region(stand).polygons[0] == SQUARE


def test_corners_of_a_hole_move_and_nothing_is_filled(stand: Stand) -> None:
    add_polygon(stand, masks.bridged((SQUARE, HOLE)))
    white = stand.color((500, 350))
    stand.selection.clear()
    assert stand.color((350, 280)) == white
    assert stand.color((315, 245)) != white
    stand.click((350, 280))
    assert stand.selection.ids == ()  # a click in the hole hits nothing
    stand.selection.select((region(stand).id,))
    stand.drag(HOLE[2], (385, 315))
    (polygon,) = region(stand).polygons
    assert len(masks.rings_of(polygon)) == 2
    stand.click(HOLE[1], ALT)
    (polygon,) = region(stand).polygons
    rings = masks.rings_of(polygon)
    assert sorted(map(len, rings)) == [3, 4]
    stand.click((HOLE[0]), ALT)  # three are the least, also of a hole
    assert sorted(map(len, masks.rings_of(region(stand).polygons[0]))) == [3, 4]


@pytest.mark.parametrize("polygons", [(), (SQUARE,), (masks.bridged((SQUARE, HOLE)),)])
def test_the_eraser_makes_a_mask_of_an_outline_only_where_it_takes_something(
    stand: Stand, polygons: tuple[tuple[tuple[float, float], ...], ...]
) -> None:
    box = Box(300, 230, 400, 330)
    stand.put(edits.add_region(stand.page, "stamp", box, polygons=polygons))
    before = region(stand)
    stand.selection.select((before.id,))
    stand.view.set_tool("eraser")
    stand.view.set_brush_size(10 * stand.view.scale_now)
    stand.said.clear()
    stand.drag((500, 350), (520, 350))
    assert region(stand) == before
    assert stand.said == []
    stand.drag((290, 240), (410, 240))
    assert "mask of pixels" in stand.said[-1]
    size = 100 * 100 - (40 * 40 if polygons and len(polygons[0]) > 4 else 0)
    assert pixels(stand) == pytest.approx(size - 100 * 10, abs=120)
    stand.document.undo()
    assert region(stand) == before


def test_the_eraser_corrects_a_proposal(stand: Stand) -> None:
    stand.put(edits.add_region(stand.page, "stamp", Box(300, 230, 400, 330)))
    proposed = replace(region(stand), status=Status.PROPOSED, source="rules", score=0.5)
    stand.put(replace(stand.page, regions=(proposed,)))
    stand.view.set_tool("eraser")
    stand.drag((320, 280), (380, 280))
    assert region(stand).status is Status.CORRECTED
    assert region(stand).source == "rules"


def test_simplifying_is_seen_first_and_taken_with_enter(inked: Stand) -> None:
    inked.click((205, 290))
    before = region(inked)
    inked.applied.clear()
    inked.view.simplify()
    bar = inked.view.simplify_bar
    assert bar is not None
    assert inked.applied == []
    assert inked.view.tool.previews()[before.id] != before
    bar.slider.setValue(40)
    text = bar.note.text()
    bar.slider.setValue(20)
    assert bar.note.text() != text
    QTest.keyClick(bar.slider, Qt.Key.Key_Return)
    assert inked.view.simplify_bar is None
    (polygon,) = region(inked).polygons
    assert region(inked).mask is None
    assert len(masks.rings_of(polygon)) == 2
    assert len(inked.applied) == 1
    assert inked.document.undo() == "Simplify outline"
    assert region(inked) == before


def test_simplifying_is_left_with_escape_another_selection_or_another_page(inked: Stand) -> None:
    inked.click((205, 290))
    before = region(inked)
    for leave in ("escape", "selection", "page"):
        inked.selection.select((before.id,))
        inked.view.simplify()
        bar = inked.view.simplify_bar
        assert bar is not None
        if leave == "escape":
            QTest.keyClick(bar.slider, Qt.Key.Key_Escape)
        elif leave == "selection":
            inked.selection.clear()
        else:
            inked.selection.set_page(inked.page_ids[1])
        assert inked.view.simplify_bar is None
        inked.selection.set_page(inked.page_ids[0])
        assert region(inked) == before


def test_presses_of_an_arrow_in_quick_succession_are_one_step(stand: Stand, qtbot: QtBot) -> None:
    add_polygon(stand, SQUARE)
    for _press in range(5):
        stand.key(Qt.Key.Key_Right)
    stand.key(Qt.Key.Key_Down)
    stand.key(Qt.Key.Key_Left, ALT)
    moved = region(stand).box
    assert moved.x0 == pytest.approx(300 + 5 - 1, abs=0.1)
    assert stand.document.undo() == "Resize"
    assert stand.document.undo() == "Move"
    assert region(stand).box == Box(300, 230, 400, 330)
    stand.key(Qt.Key.Key_Right)
    qtbot.wait(int(BURST_SECONDS * 1000) + 60)
    stand.key(Qt.Key.Key_Right)
    assert stand.document.undo() == "Move"
    assert region(stand).box.x0 == pytest.approx(301)


def test_a_held_arrow_becomes_faster(stand: Stand) -> None:
    add_polygon(stand, SQUARE)
    for _press in range(60):
        stand.key(Qt.Key.Key_Right)
    way = region(stand).box.x0 - 300
    assert 60 < way < 60 * FASTEST
    stand.document.undo()
    assert region(stand).box.x0 == 300


def test_selected_regions_are_aligned_and_words_are_not(stand: Stand) -> None:
    page = edits.add_region(stand.page, "stamp", Box(100, 250, 140, 280))
    stand.put(edits.add_region(page, "stamp", Box(300, 300, 340, 320)))
    ids = [item.id for item in stand.page.regions]
    stand.selection.select(ids)
    stand.view.align("left")
    assert [item.box.x0 for item in stand.page.regions] == [100, 100]
    stand.said.clear()
    stand.view.distribute("down")
    assert stand.said == ["Select three or more regions or tables first."]
    stand.selection.select((1, 2))
    stand.view.align("left")
    assert "two or more" in stand.said[-1]


def test_a_drag_at_the_border_scrolls_for_every_tool(stand: Stand, qtbot: QtBot) -> None:
    stand.view.zoom_at(6.0, QPointF(100, 100))
    for name in ("box", "brush", "select"):
        stand.view.set_tool(name)
        stand.view.horizontalScrollBar().setValue(stand.view.horizontalScrollBar().minimum())
        before = stand.view.horizontalScrollBar().value()
        size = stand.view.viewport().size()
        start = stand.view.page_point(QPointF(size.width() / 2, size.height() / 2))
        edge = stand.view.page_point(QPointF(size.width() - 2, size.height() / 2))
        stand.press(start)
        stand.move(((start[0] + edge[0]) / 2, start[1]))
        assert not stand.view.edge_scroll.is_on
        stand.move(edge)
        assert stand.view.edge_scroll.is_on
        qtbot.waitUntil(lambda at=before: stand.view.horizontalScrollBar().value() > at + 40)
        gesture = stand.view.tool.gesture
        assert gesture is not None
        assert gesture.last.point[0] > edge[0]  # what is dragged goes along
        stand.key(Qt.Key.Key_Escape)
        stand.release(edge)
        assert not stand.view.edge_scroll.is_on


def test_control_and_arrows_are_left_to_the_window(stand: Stand) -> None:
    add_polygon(stand, SQUARE)
    stand.key(Qt.Key.Key_Left, CONTROL | ALT)
    assert region(stand).box == Box(300, 230, 400, 330)
