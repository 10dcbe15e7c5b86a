"""Where a picture lands on a page."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import Box, transform_point
from model_backend.sources.values import frame, shown_from_file, shown_size

SIZES = st.floats(1.0, 5000.0)
TURNS = st.sampled_from([0, 90, 180, 270])


@given(SIZES, SIZES, TURNS)
def test_shown_from_file_corners_stay_corners(width: float, height: float, turn: int) -> None:
    shown = shown_size(width, height, turn)
    affine = shown_from_file(width, height, turn, 0.0)
    corners = [transform_point(affine, corner) for corner in Box(0, 0, width, height).corners]
    expected = Box(0, 0, *shown).corners
    turned = [expected[(index + turn // 90) % 4] for index in range(4)]
    for got, want in zip(corners, turned, strict=True):
        assert got == pytest.approx(want, abs=1e-6)


@given(SIZES, SIZES, TURNS, st.floats(-10.0, 10.0))
def test_shown_from_file_centre_stays_centre(
    width: float, height: float, turn: int, skew: float
) -> None:
    shown = shown_size(width, height, turn)
    centre = transform_point(shown_from_file(width, height, turn, skew), (width / 2, height / 2))
    assert centre == pytest.approx((shown[0] / 2, shown[1] / 2), abs=1e-6)


def test_skew_turns_clockwise() -> None:
    right_of_centre = transform_point(shown_from_file(100.0, 100.0, 0, 10.0), (90.0, 50.0))
    assert right_of_centre[1] > 55  # down the page


@given(SIZES, SIZES, st.floats(0.001, 1000.0))
def test_frame_never_exceeds_its_limits(width: float, height: float, scale: float) -> None:
    view = frame(width, height, scale=scale, clip=None, most_pixels=1_000_000)
    assert view.scale <= scale
    assert (view.width - 0.5) * (view.height - 0.5) <= 1_000_001  # rounded to whole pixels
    assert max(view.width, view.height) <= 32_767


def test_frame_clip_maps_its_corners_to_the_picture() -> None:
    view = frame(600.0, 800.0, scale=2.0, clip=Box(10.0, 20.0, 110.0, 70.0))
    assert (view.width, view.height) == (200, 100)
    assert transform_point(view.pixels_from_page, (110.0, 70.0)) == pytest.approx((200.0, 100.0))


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan"), float("inf")])
def test_frame_senseless_scale_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale"):
        frame(100.0, 100.0, scale=scale, clip=None)


def test_frame_empty_clip_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to render"):
        frame(100.0, 100.0, scale=1.0, clip=Box(5.0, 5.0, 5.0, 9.0))
