"""Masks: parity with pycocotools and golden figures, round trips, holes, parts, hostile counts."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco

from model_backend import masks
from model_backend.document import Box, Mask, Point, rotation_about

BITMAPS = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(
    lambda shape: arrays(np.bool_, shape)
)
INKED = BITMAPS.filter(lambda bitmap: bitmap.any())


def polygon_area(polygon: Sequence[Point]) -> float:
    """Shoelace formula; positive for clockwise on the screen."""
    pairs = zip(polygon, [*polygon[1:], *polygon[:1]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def coco_counts(bitmap: np.ndarray) -> bytes:
    return coco.encode(np.asfortranarray(bitmap, dtype=np.uint8))["counts"]


@given(BITMAPS)
def test_encode_equals_pycocotools_and_decode_gives_the_bitmap_back(bitmap: np.ndarray) -> None:
    counts = masks.encode(bitmap)
    height, width = bitmap.shape
    assert counts == coco_counts(bitmap)
    assert (masks.decode(counts, width, height) == bitmap).all()
    assert masks.pixel_count(counts) == bitmap.sum()


@given(st.lists(st.integers(0, 10**9), max_size=30))
def test_runs_round_trip(runs: list[int]) -> None:
    assert masks.runs_of(masks.counts_of(runs)) == runs


@given(INKED, st.integers(-5, 5), st.integers(-5, 5))
def test_bounding_box_equals_that_of_the_pixels(bitmap: np.ndarray, dx: int, dy: int) -> None:
    mask = masks.mask_from_bitmap(bitmap, (1, 0, 0, 1, dx, dy))
    rows, columns = np.nonzero(bitmap)
    expected = Box(columns.min() + dx, rows.min() + dy, columns.max() + 1 + dx, rows.max() + 1 + dy)
    assert masks.bounding_box_of(mask) == expected
    assert (mask.width, mask.height) == (expected.width, expected.height)


@given(INKED, st.floats(0, 360))
def test_bounding_box_of_a_turned_mask_is_tight(bitmap: np.ndarray, degrees: float) -> None:
    turn = rotation_about((3.0, 4.0), degrees)
    mask = masks.mask_from_bitmap(bitmap, turn)
    pixels = zip(*np.nonzero(bitmap), strict=True)
    corners = [(x + i, y + j) for y, x in pixels for i in (0, 1) for j in (0, 1)]
    xs = [turn[0] * x + turn[2] * y + turn[4] for x, y in corners]
    ys = [turn[1] * x + turn[3] * y + turn[5] for x, y in corners]
    box = masks.bounding_box_of(mask)
    assert np.allclose(
        [box.x0, box.y0, box.x1, box.y1], [min(xs), min(ys), max(xs), max(ys)], atol=1e-9
    )


@given(BITMAPS)
def test_contours_filled_give_the_mask_back(bitmap: np.ndarray) -> None:
    height, width = bitmap.shape
    outlines = masks.contours(Mask(width, height, masks.encode(bitmap)))
    assert (masks.polygons_to_bitmap(outlines, width, height, even_odd=True) == bitmap).all()
    assert sum(polygon_area(outline) for outline in outlines) == bitmap.sum()


@given(INKED)
def test_mask_on_a_larger_raster_keeps_every_pixel(bitmap: np.ndarray) -> None:
    mask = masks.mask_from_bitmap(bitmap, (1, 0, 0, 1, 2, 3))
    expected = np.zeros((20, 20), dtype=bool)
    expected[3 : 3 + bitmap.shape[0], 2 : 2 + bitmap.shape[1]] = bitmap
    assert (masks.bitmap_on(mask, 20, 20) == expected).all()


def test_ring_and_speck_keep_hole_and_parts() -> None:
    bitmap = np.zeros((9, 12), dtype=bool)
    bitmap[1:8, 1:8] = True
    bitmap[3:6, 3:6] = False
    bitmap[4, 10] = True
    mask = masks.mask_from_bitmap(bitmap)
    outlines = masks.contours(mask)
    assert sorted(polygon_area(outline) for outline in outlines) == [-9, 1, 49]
    assert masks.area(mask) == 41
    assert (masks.bitmap_on(mask, 12, 9) == bitmap).all()


def test_diagonal_pixels_are_separate_outlines() -> None:
    for bitmap in (np.eye(2, dtype=bool), np.eye(2, dtype=bool)[::-1]):
        outlines = masks.contours(Mask(2, 2, masks.encode(bitmap)))
        assert [len(outline) for outline in outlines] == [4, 4]
        assert [polygon_area(outline) for outline in outlines] == [1, 1]


def test_mask_doubled_and_turned_covers_the_right_pixels() -> None:
    bitmap = np.array([[1, 0], [1, 1]], dtype=bool)
    doubled = Mask(2, 2, masks.encode(bitmap), (2, 0, 0, 2, 0, 0))
    assert (masks.bitmap_on(doubled, 4, 4) == np.kron(bitmap, np.ones((2, 2), bool))).all()
    assert masks.area(doubled) == 12
    turned = Mask(2, 2, masks.encode(bitmap), rotation_about((1, 1), 90))
    assert (masks.bitmap_on(turned, 2, 2) == np.rot90(bitmap, -1)).all()
    assert masks.bounding_box_of(turned) == Box(0, 0, 2, 2)


def test_mask_outside_the_raster_gives_nothing() -> None:
    mask = Mask(2, 2, masks.encode(np.ones((2, 2))), (1, 0, 0, 1, 50, 50))
    assert not masks.bitmap_on(mask, 10, 10).any()
    assert masks.bitmap_on(mask, 51, 51).sum() == 1


def test_polygons_are_a_union_and_empty_ones_harmless() -> None:
    square = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
    inner = ((1.0, 1.0), (3.0, 1.0), (3.0, 3.0), (1.0, 3.0))
    assert masks.polygons_to_bitmap([square, inner], 5, 5).sum() == 16
    assert masks.polygons_to_bitmap([square, inner], 5, 5, even_odd=True).sum() == 12
    assert masks.polygons_to_bitmap([square], 5, 5, (0.5, 0, 0, 0.5, 0, 0)).sum() == 4
    assert masks.polygons_to_bitmap([(), ((1.0, 1.0),)], 5, 5).sum() == 0
    larger = ((-9.0, -9.0), (99.0, -9.0), (99.0, 99.0), (-9.0, 99.0))
    assert masks.polygons_to_bitmap([larger], 5, 4).all()


@pytest.mark.parametrize(
    ("counts", "width", "height"),
    [
        (b"", 2, 2),
        (b"4", 2, 3),
        (b"5", 2, 2),
        (b"N2", 1, 1),
        (b"P", 1, 1),
        (b"~", 1, 1),
        (b" ", 1, 1),
        (b"o" * 40 + b"0", 4, 4),
        (b"4", 10**6, 10**6),
        (b"4", -2, -2),
    ],
)
def test_counts_that_do_not_fit_are_refused(counts: bytes, width: int, height: int) -> None:
    with pytest.raises(ValueError, match="run length|bitmap"):
        masks.decode(counts, width, height)


def test_empty_bitmaps_have_counts_but_no_box() -> None:
    empty = masks.encode(np.zeros((3, 4)))
    assert empty == coco_counts(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="empty"):
        masks.bounding_box_of(Mask(4, 3, empty))
    with pytest.raises(ValueError, match="no foreground"):
        masks.mask_from_bitmap(np.zeros((3, 4)))
    assert masks.contours(Mask(4, 3, empty)) == ()
    assert masks.decode(masks.encode(np.zeros((0, 0))), 0, 0).shape == (0, 0)


def test_wrong_polygons_are_refused() -> None:
    with pytest.raises(ValueError, match="not a number"):
        masks.polygons_to_bitmap([((0.0, 0.0), (math.nan, 1.0), (1.0, 1.0))], 4, 4)


def segmentations(shared_data: Path) -> dict[int, dict[str, Any]]:
    folder = shared_data / "masks_coco_derived"
    data = json.loads((folder / "instances_rle_compressed.json").read_text())
    return {item["id"]: item["segmentation"] for item in data["annotations"]}


def test_real_masks_equal_the_golden_figures(shared_data: Path) -> None:
    found = segmentations(shared_data)
    golden = json.loads((shared_data / "masks_coco_derived" / "golden.json").read_text())
    assert len(golden) > 100
    for item in golden:
        height, width = found[item["id"]]["size"]
        counts = found[item["id"]]["counts"].encode()
        bitmap = masks.decode(counts, width, height)
        digest = hashlib.sha256(np.ascontiguousarray(bitmap, dtype=np.uint8).tobytes())
        box = masks.bounding_box_of(Mask(width, height, counts))
        assert digest.hexdigest() == item["mask_sha256_c_order_uint8"]
        assert masks.pixel_count(counts) == item["area"]
        assert [box.x0, box.y0, box.width, box.height] == item["bbox_xywh"]
        assert len(masks.runs_of(counts)) == item["n_runs"]
        assert bool(masks.runs_of(counts)[0] == 0) == item["starts_with_foreground"]


def test_largest_real_mask_takes_milliseconds(shared_data: Path) -> None:
    largest = max(segmentations(shared_data).values(), key=lambda item: len(item["counts"]))
    height, width = largest["size"]
    counts = largest["counts"].encode()
    start = time.process_time()
    runs = masks.runs_of(counts)
    again = masks.counts_of(runs)
    seconds = time.process_time() - start
    assert len(runs) == 145_197
    assert again == counts
    assert seconds < 0.25
    assert masks.encode(masks.decode(counts, width, height)) == counts


@given(INKED, st.integers(-9, 9), st.integers(-9, 9), st.integers(1, 9), st.integers(1, 9))
def test_whole_pixels_are_moved_as_they_are_sampled(
    bitmap: np.ndarray, x: int, y: int, width: int, height: int
) -> None:
    moved = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, float(x), float(y)))
    nearly = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, x + 0.25, y + 0.25))
    found = masks.bitmap_on(moved, width, height)
    assert (found == masks.bitmap_on(nearly, width, height)).all()


@given(INKED, st.integers(1, 9))
def test_run_lengths_on_a_page_are_those_of_the_bitmap_there(
    bitmap: np.ndarray, width: int
) -> None:
    mask = masks.mask_from_bitmap(bitmap)
    for page in ((mask.width, mask.height), (width, 5)):
        assert masks.counts_on(mask, *page) == masks.encode(masks.bitmap_on(mask, *page))
