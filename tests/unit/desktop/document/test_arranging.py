"""Rotated boxes, one edge at a time, aligned and distributed: what must stay stays."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from edit_scripts import blank_page, page_of_words
from hypothesis import given
from hypothesis import strategies as st

from desktop.document import edits
from desktop.document.edits.arranging import Side, outline_box
from desktop.document.edits.placing import fitted, region_turned
from desktop.document.rotated_box import (
    RotatedBox,
    box_on_side,
    rotated_box_of,
    with_rotated_box,
)
from desktop.errors import UserError
from model_backend import masks, table_grid
from model_backend.document import Box, Page, Region, Table

SIZES = st.floats(4, 200)
PLACES = st.floats(50, 500)
ANGLES = st.floats(0, 359.99)
BOXES = st.builds(RotatedBox, st.tuples(PLACES, PLACES), SIZES, SIZES, ANGLES)


def region_of(box: RotatedBox) -> Region:
    return with_rotated_box(Region(1, "stamp", Box(0, 0, 1, 1)), box)


def as_box(region: Region) -> RotatedBox:
    found = rotated_box_of(region)
    assert found is not None
    return found


@given(BOXES)
def test_a_rotated_box_is_known_by_its_polygon_whichever_way_round(box: RotatedBox) -> None:
    region = region_of(box)
    found = as_box(region)
    assert found.center == pytest.approx(box.center)
    assert (found.width, found.height) == pytest.approx((box.width, box.height))
    assert math.cos(math.radians(found.degrees - box.degrees)) == pytest.approx(1.0)
    backwards = as_box(replace(region, polygons=(region.polygons[0][::-1],)))
    assert backwards.width * backwards.height == pytest.approx(box.width * box.height)


@given(BOXES, st.sampled_from("nesw"), st.floats(1, 40))
def test_one_edge_moves_and_the_three_others_stay(box: RotatedBox, way: str, by: float) -> None:
    dx, dy = {"n": (0, -by), "s": (0, by), "e": (by, 0), "w": (-by, 0)}[way]
    page = edits.add_region(blank_page(), "stamp", Box(0, 0, 1, 1))
    page = edits.replace(page, region_of(box))
    after = edits.move_edge(page, 1, dx, dy)
    found = as_box(after.regions[0])
    assert found.width * found.height > box.width * box.height
    assert found.width + found.height == pytest.approx(box.width + box.height + by)
    old, new = region_of(box).polygons[0], after.regions[0].polygons[0]
    moved = [math.dist(one, two) for one, two in zip(old, new, strict=True)]
    assert sorted(moved) == pytest.approx([0, 0, by, by], abs=1e-6)
    back = edits.move_edge(after, 1, -dx, -dy, is_far=True)
    assert as_box(back.regions[0]).width + as_box(back.regions[0]).height == pytest.approx(
        box.width + box.height
    )


@given(BOXES, SIZES, SIZES)
def test_a_rotated_box_stays_one_when_it_is_fitted_or_turned(
    box: RotatedBox, width: float, height: float
) -> None:
    region = region_of(box)
    after = fitted(region, Box(10, 20, 10 + width, 20 + height))
    assert isinstance(after, Region)
    turned = as_box(region_turned(region, box.center, 30))
    assert (turned.width, turned.height) == pytest.approx((box.width, box.height))
    assert turned.center == pytest.approx(box.center)
    if box.degrees % 90 > 2 and box.degrees % 90 < 88:
        assert math.cos(math.radians(as_box(after).degrees - box.degrees)) == pytest.approx(1.0)


def test_other_quadrilaterals_and_masks_are_no_rotated_boxes() -> None:
    region = region_of(RotatedBox((50, 50), 40, 20, 30))
    a, b, c, d = region.polygons[0]
    assert rotated_box_of(replace(region, polygons=((a, b, (c[0] + 9, c[1]), d),))) is None
    assert rotated_box_of(replace(region, polygons=((a, b, c),))) is None
    assert rotated_box_of(replace(region, polygons=((a, a, a, a),))) is None
    mask = masks.mask_from_bitmap([[True]])
    assert rotated_box_of(replace(region, mask=mask)) is None


def test_a_box_is_drawn_from_one_side_to_either_hand() -> None:
    box = box_on_side((0, 0), (30, 40), (0, 40))
    assert (box.width, box.height) == pytest.approx((50, 24))
    assert box.degrees == pytest.approx(math.degrees(math.atan2(4, 3)))
    other = box_on_side((0, 0), (30, 40), (40, 0))
    assert other.height == pytest.approx(32)


def test_an_edge_of_a_turned_table_is_the_one_that_faces_the_arrow() -> None:
    page = blank_page()
    table = replace(table_grid.empty_table(1, Box(100, 100, 300, 200)), rotation=90.0)
    page = edits.add_table(page, table)
    before = outline_box(page.tables[0])
    after = edits.move_edge(page, 1, -10, 0)
    box = outline_box(after.tables[0])
    assert box.x0 == pytest.approx(before.x0 - 10)
    assert (box.x1, box.y0, box.y1) == pytest.approx((before.x1, before.y0, before.y1))


def test_an_edge_does_not_pass_the_one_across() -> None:
    page = edits.add_region(blank_page(), "stamp", Box(10, 10, 14, 30))
    assert edits.move_edge(page, 1, 10, 0, is_far=True) == page


def several() -> Page:
    """Two boxes, a turned table and a tilted box."""
    page = edits.add_region(page_of_words(), "stamp", Box(50, 400, 90, 440))
    page = edits.add_region(page, "figure", Box(300, 500, 420, 520))
    table = replace(table_grid.empty_table(0, Box(200, 600, 300, 640)), rotation=30.0)
    page = edits.add_table(page, table)
    tilted = region_of(RotatedBox((450, 700), 60, 20, 40))
    return edits.add_region(page, "stamp", tilted.box, polygons=tilted.polygons)


@pytest.mark.parametrize(
    ("side", "value"),
    [
        (Side.LEFT, lambda box: box.x0),
        (Side.RIGHT, lambda box: box.x1),
        (Side.CENTER, lambda box: box.center[0]),
        (Side.TOP, lambda box: box.y0),
        (Side.BOTTOM, lambda box: box.y1),
        (Side.MIDDLE, lambda box: box.center[1]),
    ],
)
def test_aligned_things_lie_on_one_line_and_keep_their_sizes(side: Side, value: object) -> None:
    page = several()
    ids = [item.id for item in (*page.regions, *page.tables)]
    after = edits.align(page, ids, side)
    boxes = [outline_box(item) for item in (*after.regions, *after.tables)]
    old = [outline_box(item) for item in (*page.regions, *page.tables)]
    assert {round(value(box), 6) for box in boxes} == {round(value(boxes[0]), 6)}  # type: ignore[operator]
    assert [(b.width, b.height) for b in boxes] == [
        (pytest.approx(b.width), pytest.approx(b.height)) for b in old
    ]
    assert edits.align(after, ids, side) == after
    assert after.words == page.words


def test_distributed_things_have_equal_gaps_and_the_outer_two_stay() -> None:
    page = several()
    ids = [item.id for item in (*page.regions, *page.tables)]
    after = edits.distribute(page, ids, is_across=False)
    items = sorted((*after.regions, *after.tables), key=lambda item: outline_box(item).y0)
    boxes = [outline_box(item) for item in items]
    gaps = [low.y0 - high.y1 for high, low in zip(boxes, boxes[1:], strict=False)]
    assert gaps == pytest.approx([gaps[0]] * 3)
    assert boxes[0] == outline_box(page.regions[0])
    assert boxes[-1] == outline_box(page.regions[2])


def test_too_few_things_and_words_cannot_be_aligned() -> None:
    page = several()
    with pytest.raises(UserError, match="two or more"):
        edits.align(page, [1, 2, page.regions[0].id], Side.LEFT)
    with pytest.raises(UserError, match="three or more"):
        edits.distribute(page, [page.regions[0].id, page.regions[1].id], is_across=True)


def test_one_table_among_several_is_still_a_valid_table() -> None:
    after = edits.align(several(), [item.id for item in several().annotations], Side.TOP)
    assert isinstance(after.tables[0], Table)
    assert after.tables[0].rotation == 30.0
