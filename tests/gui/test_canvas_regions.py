"""Regions as boxes, polygons and painted masks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from canvas_stand import ALT, Stand
from PySide6.QtCore import Qt

from desktop.document import edits
from model_backend import masks
from model_backend.document import Box, Region, compose, rotation_about

TRIANGLE = ((300.0, 230.0), (450.0, 230.0), (450.0, 350.0))


def region(stand: Stand) -> Region:
    return stand.page.regions[-1]


def pixels(stand: Stand) -> int:
    mask = region(stand).mask
    assert mask is not None
    return masks.pixel_count(mask.counts)


@pytest.fixture
def triangle(stand: Stand) -> Stand:
    box = Box(300, 230, 450, 350)
    stand.put(edits.add_region(stand.page, label="figure", box=box, polygons=(TRIANGLE,)))
    stand.selection.select((region(stand).id,))
    return stand


def test_a_box_is_dragged(stand: Stand) -> None:
    stand.view.set_tool("box")
    stand.view.set_label("stamp")
    stand.drag((300, 350), (200, 250))
    assert region(stand).label == "stamp"
    assert region(stand).box.x0 == pytest.approx(200, abs=1.5)
    assert stand.selection.ids == (region(stand).id,)
    assert len(stand.applied) == 1


def test_a_box_is_clicked_corner_by_corner(stand: Stand) -> None:
    stand.view.set_tool("box")
    stand.click((200, 250))
    assert stand.page.regions == ()
    stand.hover((250, 300))
    stand.click((300, 350))
    assert region(stand).box.y1 == pytest.approx(350, abs=1.5)


def test_escape_drops_a_box_that_was_begun(stand: Stand) -> None:
    stand.view.set_tool("box")
    stand.click((200, 250))
    stand.key(Qt.Key.Key_Escape)
    stand.click((300, 350))
    assert stand.page.regions == ()
    assert stand.view.tool_name == "box"


@pytest.mark.parametrize("closing", ["enter", "double click", "first corner"])
def test_a_polygon_is_clicked_and_closed(stand: Stand, closing: str) -> None:
    stand.view.set_tool("polygon")
    for corner in TRIANGLE[:2]:
        stand.click(corner)
    if closing == "double click":
        stand.double_click(TRIANGLE[2])
    else:
        stand.click(TRIANGLE[2])
    assert closing == "double click" or stand.page.regions == ()
    if closing == "enter":
        stand.key(Qt.Key.Key_Return)
    elif closing == "first corner":
        stand.click(TRIANGLE[0])
    (polygon,) = region(stand).polygons
    assert len(polygon) == 3
    assert polygon[2] == pytest.approx(TRIANGLE[2], abs=1.5)
    assert not stand.view.tool.is_busy


def test_backspace_takes_a_corner_back_and_two_make_no_polygon(stand: Stand) -> None:
    stand.view.set_tool("polygon")
    for corner in TRIANGLE:
        stand.click(corner)
    stand.key(Qt.Key.Key_Backspace)
    stand.said.clear()
    stand.key(Qt.Key.Key_Return)
    assert stand.page.regions == ()
    assert len(stand.said) == 1


def test_a_vertex_is_dragged(triangle: Stand) -> None:
    triangle.drag(TRIANGLE[0], (280, 210))
    (polygon,) = region(triangle).polygons
    assert polygon[0] == pytest.approx((280, 210), abs=1.5)
    assert polygon[1:] == TRIANGLE[1:]
    assert region(triangle).box.x0 == polygon[0][0]


def test_a_dragged_side_gets_a_vertex_and_alt_click_drops_one(triangle: Stand) -> None:
    triangle.drag((375, 230), (375, 215))
    (polygon,) = region(triangle).polygons
    assert len(polygon) == 4
    assert polygon[1] == pytest.approx((375, 215), abs=1.5)
    triangle.click((375, 215), ALT)
    assert region(triangle).polygons[0] == TRIANGLE
    triangle.click(TRIANGLE[0], ALT)
    assert region(triangle).polygons[0] == TRIANGLE  # three corners are the least


def test_a_polygon_is_hit_inside_only(triangle: Stand) -> None:
    triangle.selection.clear()
    triangle.click((320, 330))
    assert triangle.selection.ids == ()
    triangle.click((430, 260))
    assert triangle.selection.ids == (region(triangle).id,)


def test_a_stroke_makes_a_mask_and_the_next_goes_on_with_it(stand: Stand) -> None:
    stand.view.set_tool("brush")
    stand.view.set_brush_size(20 * stand.view.scale_now)
    stand.drag((100, 300), (200, 300))
    first = pixels(stand)
    assert first == pytest.approx(100 * 20 + 314, rel=0.05)
    stand.drag((150, 260), (150, 340))
    assert len(stand.page.regions) == 1
    assert pixels(stand) == pytest.approx(first + 60 * 20 + 314, rel=0.08)
    assert region(stand).box.y0 == pytest.approx(250, abs=2)
    assert len(stand.applied) == 2


def test_alt_begins_another_mask(stand: Stand) -> None:
    stand.view.set_tool("brush")
    stand.drag((100, 300), (200, 300))
    stand.drag((300, 300), (400, 300), keys=ALT)
    assert len(stand.page.regions) == 2


def test_the_eraser_makes_holes_and_ends_by_deleting(stand: Stand) -> None:
    stand.view.set_tool("brush")
    stand.view.set_brush_size(60 * stand.view.scale_now)
    stand.drag((100, 300), (200, 300))
    before = pixels(stand)
    stand.view.set_tool("eraser")
    stand.view.set_brush_size(20 * stand.view.scale_now)
    stand.drag((140, 300), (160, 300))
    assert pixels(stand) < before
    outlines = masks.contours(region(stand).mask)
    assert len(outlines) == 2  # the outside and the hole
    stand.view.set_brush_size(200 * stand.view.scale_now)
    stand.drag((100, 300), (200, 300))
    assert stand.page.regions == ()
    assert stand.document.undo() == "Erase"
    assert len(stand.page.regions) == 1


def test_painting_keeps_old_pixels_exactly(stand: Stand) -> None:
    stand.view.set_tool("brush")
    stand.drag((100, 300), (200, 300))
    old = region(stand).mask
    stand.drag((300, 350), (350, 350))
    new = region(stand).mask
    assert old is not None
    assert new is not None
    x, y = round(old.to_page[4] - new.to_page[4]), round(old.to_page[5] - new.to_page[5])
    part = masks.decode(new.counts, new.width, new.height)[y : y + old.height, x : x + old.width]
    assert (part == masks.decode(old.counts, old.width, old.height)).all()


def test_brackets_change_the_brush(stand: Stand) -> None:
    stand.view.set_tool("brush")
    before = stand.view.brush_size
    stand.key(Qt.Key.Key_BracketRight)
    assert stand.view.brush_size > before
    stand.key(Qt.Key.Key_BracketLeft)
    assert stand.view.brush_size == pytest.approx(before)


def test_a_mask_is_shown_where_it_is_and_not_in_its_hole(stand: Stand) -> None:
    white = stand.color((500, 300))
    stand.view.set_tool("brush")
    stand.view.set_brush_size(60 * stand.view.scale_now)
    stand.drag((100, 300), (250, 300))
    stand.view.set_tool("eraser")
    stand.view.set_brush_size(30 * stand.view.scale_now)
    stand.click((175, 300))
    stand.view.set_tool("select")
    stand.selection.clear()
    assert stand.color((120, 300)) != white
    assert stand.color((175, 300)) == white


def test_the_eraser_without_a_mask_says_so(stand: Stand) -> None:
    stand.view.set_tool("eraser")
    stand.said.clear()
    stand.drag((100, 300), (200, 300))
    assert len(stand.said) == 1
    assert stand.applied == []


def test_a_stroke_is_cancelled_when_its_region_goes(stand: Stand) -> None:
    stand.view.set_tool("brush")
    stand.drag((100, 300), (200, 300))
    stand.press((150, 300))
    stand.move((300, 300))
    stand.document.apply("Elsewhere", edits.delete(stand.page, [region(stand).id]))
    stand.move((320, 300))
    stand.release((320, 300))
    assert stand.page.regions == ()


def test_a_page_in_points_gets_masks_of_150_dots_an_inch(stand: Stand) -> None:
    stand.put(replace(stand.page, unit="pt"))
    stand.view.set_tool("brush")
    stand.view.set_brush_size(20 * stand.view.scale_now)
    stand.drag((100, 300), (200, 300))
    mask = region(stand).mask
    assert mask is not None
    assert mask.to_page[0] == pytest.approx(72 / 150)
    assert masks.area(mask) == pytest.approx(100 * 20 + 314, rel=0.05)


def test_a_turned_mask_is_painted_on_in_its_own_pixels(stand: Stand) -> None:
    turn = rotation_about((150, 300), 30)
    bitmap = [[True] * 60 for _row in range(40)]
    old = masks.mask_from_bitmap(bitmap, compose((1, 0, 0, 1, 120, 280), turn))
    box = masks.bounding_box_of(old)
    stand.put(edits.add_region(stand.page, label="stamp", box=box, mask=old))
    stand.selection.select((region(stand).id,))
    stand.view.set_tool("brush")
    stand.view.set_brush_size(10 * stand.view.scale_now)
    stand.drag((150, 300), (260, 300))
    new = region(stand).mask
    assert new is not None
    assert new.to_page[:4] == pytest.approx(old.to_page[:4])
    assert masks.pixel_count(new.counts) > 60 * 40 + 500
    assert box.x1 < region(stand).box.x1 < 275
    assert region(stand).box == masks.bounding_box_of(new)
