"""Scales and tiles of page pictures, for pages of any size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.jobs.picture_sizes import (
    MOST_PIXELS,
    TILE,
    finest_scale,
    needs_tiles,
    step_scale,
    tile_boxes,
    tile_scale,
)
from model_backend.document import Box, Page, PageGeometry

sides = st.floats(1, 20_000)
pages = st.builds(
    lambda width, height, unit: Page(
        1, 1, 0, width, height, unit, PageGeometry("test", width, height)
    ),
    sides,
    sides,
    st.sampled_from(["pt", "px"]),
)
scales = st.floats(0.001, 64)


@given(pages, scales)
def test_step_is_fine_enough_or_the_finest_and_never_too_large(page: Page, scale: float) -> None:
    step, finest = step_scale(page, scale), finest_scale(page)
    assert step >= min(scale, finest) * 0.999
    assert step <= finest
    assert step * step * page.width * page.height <= MOST_PIXELS * 1.001
    assert step in {finest / 2**power for power in range(40)}


@given(pages, scales)
def test_step_is_at_most_twice_as_fine_as_shown(page: Page, scale: float) -> None:
    step = step_scale(page, scale)
    is_smallest = step / 2 * max(page.width, page.height) < 64
    assert is_smallest or step / 2 < scale


@given(pages, scales)
def test_scans_are_never_enlarged(page: Page, scale: float) -> None:
    if page.unit == "px":
        assert finest_scale(page) <= 1.0
        assert tile_scale(page, scale) <= 1.0


@given(pages, st.floats(0, 1), st.floats(0, 1), st.floats(0.001, 0.2), st.floats(1, 8))
def test_tiles_cover_what_is_shown_without_overlap(
    page: Page, x: float, y: float, size: float, times: float
) -> None:
    scale = tile_scale(page, finest_scale(page) * times)
    side = size * 8 * TILE / scale
    shown = Box(x * page.width, y * page.height, x * page.width + side, y * page.height + side)
    tiles = [box for _column, _row, box in tile_boxes(page, scale, shown)]
    visible = shown.intersection(page.box)
    covered = sum(
        max(0.0, common.width) * max(0.0, common.height)
        for common in (box.intersection(visible) for box in tiles)
    )
    assert covered == pytest.approx(visible.area, rel=1e-6, abs=1e-6)
    for box in tiles:
        assert max(box.width, box.height) * scale <= TILE * 1.001
        assert min(box.width, box.height) > -1e-9


def test_tiles_are_asked_for_only_beyond_the_finest_picture() -> None:
    letter = Page(1, 1, 0, 612, 792, "pt", PageGeometry("test", 612, 792))
    assert not needs_tiles(letter, 300 / 72)
    assert needs_tiles(letter, 600 / 72)
    scan = Page(1, 1, 0, 2550, 3300, "px", PageGeometry("test", 2550, 3300))
    assert not needs_tiles(scan, 4.0)
    huge = Page(1, 1, 0, 20_000, 20_000, "px", PageGeometry("test", 20_000, 20_000))
    assert needs_tiles(huge, 1.0)
