"""Outlines of masks as polygons: holes and parts stay, whatever becomes of the corners; ink."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from model_backend import masks
from model_backend.document import Mask, Polygon, compose, rotation_about

BITMAPS = st.tuples(st.integers(1, 14), st.integers(1, 14)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
INKED = BITMAPS.filter(lambda bitmap: bitmap.any())


def ring(outside: int = 40, hole: int = 16) -> np.ndarray:
    """A disc with a round hole."""
    y, x = np.mgrid[:100, :100] - 50
    return (x * x + y * y < outside**2) & (x * x + y * y >= hole**2)


def filled(polygons: tuple[Polygon, ...], bitmap: np.ndarray) -> np.ndarray:
    return masks.polygons_to_bitmap(polygons, bitmap.shape[1], bitmap.shape[0])


@given(INKED)
def test_polygons_of_a_mask_are_filled_to_the_very_same_pixels(bitmap: np.ndarray) -> None:
    mask = masks.mask_from_bitmap(bitmap)
    polygons = masks.outline_polygons(mask)
    assert (filled(polygons, bitmap) == bitmap).all()
    assert len(polygons) == len(masks.parts_of_mask(mask))


@given(INKED, st.floats(-30, 30), st.booleans())
def test_polygons_and_masks_turn_into_each_other_without_loss(
    bitmap: np.ndarray, degrees: float, is_mirrored: bool
) -> None:
    side = -1.0 if is_mirrored else 1.0
    to_page = compose((side * 0.48, 0, 0, 0.48, 20, 30), rotation_about((20, 30), degrees))
    mask = masks.mask_from_bitmap(bitmap, to_page)
    again = masks.mask_of_polygons(masks.outline_polygons(mask), to_page)
    assert (again.width, again.height, again.counts) == (mask.width, mask.height, mask.counts)
    assert again.to_page == pytest.approx(mask.to_page)


@given(INKED)
def test_bridges_can_be_taken_off_and_put_on_again(bitmap: np.ndarray) -> None:
    polygons = masks.outline_polygons(masks.mask_from_bitmap(bitmap))
    again = tuple(masks.bridged(part) for part in masks.parts_of_polygons(polygons))
    assert (filled(again, bitmap) == filled(polygons, bitmap)).all()


@pytest.mark.timeout(60)  # by comparing every hole with all the others it would be an hour
def test_thousands_of_holes_hang_where_they_are_near() -> None:
    bitmap = np.ones((600, 600), bool)
    for row, column in np.ndindex(60, 60):
        bitmap[row * 10 + 3 : row * 10 + 6, column * 10 + 3 : column * 10 + 7] = False
    (outline,) = masks.outline_polygons(masks.mask_from_bitmap(bitmap))
    assert (masks.polygons_to_bitmap([outline], 600, 600) == bitmap).all()
    assert len(outline) == 4 + 3600 * (4 + 2)  # each hole, back to its first corner, and back


def test_a_hole_hangs_on_one_bridge_and_counts_in_no_area() -> None:
    outer = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    hole = ((2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 4.0))
    polygon = masks.bridged((outer, hole))
    assert len(polygon) == 4 + 4 + 2
    assert {frozenset(part) for part in masks.rings_of(polygon)} == {
        frozenset(outer),
        frozenset(hole),
    }
    assert masks.polygons_to_bitmap([polygon], 10, 10).sum() == 100 - 4
    assert masks.rings_of(outer) == (outer,)


@given(INKED, st.integers(0, 60))
def test_fewer_corners_fill_no_hole_and_lose_no_part(bitmap: np.ndarray, count: int) -> None:
    mask = masks.mask_from_bitmap(bitmap)
    simpler = masks.Simplification((), mask)
    parts = masks.parts_of_mask(mask)
    polygons = simpler.polygons(count)
    assert len(polygons) == len(parts)
    assert simpler.least == 3 * sum(len(part) for part in parts)
    wanted = min(max(count, simpler.least), simpler.most)
    rings = [ring for polygon in polygons for ring in masks.rings_of(polygon)]
    assert simpler.corners(count) == wanted
    assert sum(map(len, rings)) <= wanted
    assert simpler.iou(simpler.most) == 1.0


def test_other_readers_leave_the_holes_open() -> None:
    bitmap = ring()
    (polygon,) = masks.outline_polygons(masks.mask_from_bitmap(bitmap))
    flat = [side for point in polygon for side in point]
    runs = coco.merge(coco.frPyObjects([flat], 100, 100))  # the COCO API fills the polygon
    theirs = masks.decode(runs["counts"], 100, 100)
    assert not theirs[50, 50]
    assert (theirs & bitmap).sum() / (theirs | bitmap).sum() > 0.97


def test_a_simplified_ring_is_good_with_few_corners_and_keeps_its_hole() -> None:
    bitmap = ring()
    simpler = masks.Simplification((), masks.mask_from_bitmap(bitmap, (2, 0, 0, 2, 5, 5)))
    count = simpler.good_count(0.95)
    assert simpler.iou(count) >= 0.95
    assert count < simpler.most / 4
    (polygon,) = simpler.polygons(count)
    assert len(masks.rings_of(polygon)) == 2
    again = masks.Simplification((polygon,))
    assert again.most == simpler.corners(count)
    assert again.iou(again.most) == 1.0


def test_too_many_corners_and_none_at_all_are_refused() -> None:
    checkered = np.indices((400, 400)).sum(axis=0) % 2 == 0
    for bitmap in (checkered, np.zeros((3, 3), dtype=bool)):
        height, width = bitmap.shape
        with pytest.raises(ValueError, match="corners"):
            masks.Simplification((), Mask(width, height, masks.encode(bitmap)))


def test_twenty_thousand_corners_are_ranked_in_half_a_second() -> None:
    steps = [(i / 2, float(i % 2) + 100 * math.sin(i / 3000)) for i in range(20_000)]
    polygon = (*((float(x), y + 200) for x, y in steps), (10_000.0, 900.0), (0.0, 900.0))
    start = time.process_time()
    simpler = masks.Simplification((polygon,))
    assert simpler.most == 20_002
    assert time.process_time() - start < 1.5


@given(INKED, INKED, st.integers(-9, 9), st.integers(-9, 9), st.booleans())
def test_masks_are_added_and_taken_away_pixel_by_pixel(
    one: np.ndarray, two: np.ndarray, dx: int, dy: int, is_away: bool
) -> None:
    raster = (1.0, 0.0, 0.0, 1.0, 20.0, 20.0)
    first = masks.mask_from_bitmap(one, raster)
    second = masks.mask_from_bitmap(two, (1.0, 0.0, 0.0, 1.0, 20.0 + dx, 20.0 + dy))
    a, b = masks.bitmap_on(first, 60, 60), masks.bitmap_on(second, 60, 60)
    expected = a & ~b if is_away else a | b
    result = masks.combined(first, second, is_away=is_away)
    if result is None:
        assert not expected.any()
    else:
        assert (masks.bitmap_on(result, 60, 60) == expected).all()


def scan() -> np.ndarray:
    """A letter page at 300 dpi: grey paper, a stamp of dots, a frame round everything, text."""
    random = np.random.default_rng(1)
    page = random.integers(228, 240, (3300, 2550), dtype=np.uint8)
    page[200:204, 200:2350] = page[3100:3104, 200:2350] = 30
    page[200:3104, 200:204] = page[200:3104, 2346:2350] = 30
    for row in range(300, 1500, 50):
        for column in range(300, 2200, 30):
            page[row : row + 30, column : column + 12] = 60
    for angle in range(0, 360, 4):
        x = 1200 + int(200 * math.cos(math.radians(angle)))
        y = 2300 + int(200 * math.sin(math.radians(angle)))
        page[y : y + 6, x : x + 6] = 100
    return page


def test_the_wand_takes_one_letter_a_frame_or_a_dotted_circle() -> None:
    page = scan()
    letter = masks.connected_ink(page, 306, 315, tolerance=60)
    assert letter is not None
    assert letter.bitmap.sum() == 30 * 12
    assert letter.top + np.nonzero(letter.bitmap)[0].min() == 300
    dot = masks.connected_ink(page, 1402, 2302, tolerance=60)
    stamp = masks.connected_ink(page, 1402, 2302, tolerance=60, gap=12)
    assert dot is not None
    assert stamp is not None
    assert dot.bitmap.sum() == 36
    assert stamp.bitmap.sum() > 80 * 36
    frame = masks.connected_ink(page, 202, 1500, tolerance=60)
    assert frame is not None
    mask = masks.mask_from_bitmap(frame.bitmap)
    assert (mask.width, mask.height) == (2150, 2904)
    assert len(masks.contours(mask)) == 2  # the frame and what it surrounds


def test_the_wand_takes_nothing_on_paper_and_more_with_more_tolerance() -> None:
    page = scan()
    assert masks.connected_ink(page, 1200, 2300, tolerance=60) is None
    assert masks.connected_ink(page, -1, 0, tolerance=60) is None
    step = np.full((40, 60), 240, dtype=np.uint8)
    step[10:30, 10:50] = np.repeat(np.arange(40, 200, 4, dtype=np.uint8), 1)[None, :]
    sizes = []
    for tolerance in (10, 60, 120):
        ink = masks.connected_ink(step, 10, 20, tolerance=tolerance)
        assert ink is not None
        sizes.append(int(ink.bitmap.sum()))
    assert sizes == sorted(set(sizes))


def test_the_mask_of_an_empty_polygon_is_refused() -> None:
    sliver = ((0.1, 0.1), (0.2, 0.1), (0.2, 0.2))
    with pytest.raises(ValueError, match="no foreground"):
        masks.mask_of_polygons([sliver], (1, 0, 0, 1, 0, 0))
    assert masks.outline_polygons(Mask(2, 2, masks.encode(np.zeros((2, 2))))) == ()
