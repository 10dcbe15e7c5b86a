"""Boxes, transforms and the page value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import (
    Box,
    Entity,
    Page,
    PageGeometry,
    Word,
    collection_of,
    compose,
    inverse,
    rotation_about,
    transform_point,
    union_of,
    with_words,
)

coordinate = st.floats(-1000, 1000, allow_nan=False)
PAGE = Page(1, 1, 0, 100.0, 200.0, "px", PageGeometry("pillow", 100.0, 200.0))


def test_iou_of_half_overlapping_boxes_is_a_third() -> None:
    assert Box(0, 0, 2, 1).iou(Box(1, 0, 3, 1)) == pytest.approx(1 / 3)


def test_overlap_of_disjoint_and_empty_boxes_is_zero() -> None:
    assert Box(0, 0, 1, 1).overlap(Box(5, 5, 6, 6)) == 0
    assert Box(0, 0, 0, 0).overlap(Box(0, 0, 6, 6)) == 0
    assert Box(0, 0, 0, 0).iou(Box(0, 0, 0, 0)) == 0


def test_union_of_no_boxes_is_an_error() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        union_of([])


@pytest.mark.parametrize(
    ("degrees", "expected"), [(0, (3, 1)), (90, (-1, 3)), (180, (-3, -1)), (270, (1, -3))]
)
def test_quarter_turns_are_exact_and_clockwise(degrees: int, expected: tuple[int, int]) -> None:
    assert transform_point(rotation_about((0, 0), degrees), (3, 1)) == expected


@given(coordinate, coordinate, st.floats(-360, 360), coordinate, coordinate)
def test_inverse_undoes_a_turn(x: float, y: float, degrees: float, cx: float, cy: float) -> None:
    turn = rotation_about((cx, cy), degrees)
    back = compose(turn, inverse(turn))
    assert transform_point(back, (x, y)) == pytest.approx((x, y), abs=1e-6)


def test_with_words_orders_them_and_moves_the_id_sequence_on() -> None:
    page = with_words(PAGE, [Word(7, "b", PAGE.box), Word(2, "a", PAGE.box)])
    assert [word.id for word in page.words] == [2, 7]
    assert page.next_id == 8


def test_collection_of_names_the_pages_field() -> None:
    assert collection_of(Entity(1, "question", (), "", PAGE.box)) == "entities"
    assert collection_of(Word(1, "a", PAGE.box)) == "words"
