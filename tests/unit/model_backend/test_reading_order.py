"""Reading order of columns, forms, tables and skewed scans."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend.document import (
    Box,
    Entity,
    Page,
    PageGeometry,
    Region,
    Relation,
    Word,
    rotation_about,
    transform_point,
    with_words,
)
from model_backend.reading_order import (
    annotations_in_order,
    lines_of,
    order_of_boxes,
    reading_order,
    slope_of,
)
from model_backend.table_grid import empty_table

PAGE = Page(1, 1, 0, 600.0, 800.0, "px", PageGeometry("pillow", 600.0, 800.0))


def line(text: str, x: float, y: float, *, height: float = 10.0) -> list[Word]:
    """A line of words with letters half as wide as high."""
    words = []
    for part in text.split(" "):
        width = len(part) * height / 2
        if part:
            words.append(Word(len(words) + 1, part, Box(x, y, x + width, y + height)))
        x += width + height / 2
    return words


def shuffled(words: list[Word]) -> list[Word]:
    mixed = list(words)
    random.Random(3).shuffle(mixed)
    return [replace(word, id=number) for number, word in enumerate(mixed, 1)]


def skewed(words: list[Word], degrees: float) -> list[Word]:
    """The words as a scanner that is not straight would see them."""
    turn = rotation_about(PAGE.box.center, degrees)

    def placed(word: Word) -> Word:
        x, y = transform_point(turn, word.box.center)
        width, height = word.box.width / 2, word.box.height / 2
        return replace(word, box=Box(x - width, y - height, x + width, y + height))

    return [placed(word) for word in words]


def text_of(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words)


def two_columns() -> tuple[list[Word], str]:
    """A title over two columns of prose, and what a person reads."""
    left = [f"l{n}a lorem ipsum dolor sit amet l{n}z" for n in range(8)]
    right = [f"r{n}a consetetur sadipscing elitr sed r{n}z" for n in range(8)]
    words = line("A title that reaches over both of the columns on the page", 60, 20)
    for number in range(8):
        words += line(left[number], 40, 60 + 14 * number)
        words += line(right[number], 310, 60 + 14 * number)
    title = "A title that reaches over both of the columns on the page"
    return words, " ".join([title, *left, *right])


@pytest.mark.parametrize("degrees", [0.0, 2.0, -3.0])
def test_columns_of_prose_are_read_one_after_the_other(degrees: float) -> None:
    words, expected = two_columns()
    assert text_of(reading_order(shuffled(skewed(words, degrees)))) == expected


@pytest.mark.parametrize("degrees", [0.0, 2.5, -4.0])
def test_labels_of_a_form_are_read_with_their_values(degrees: float) -> None:
    rows = [("Name:", "Jane Doe"), ("Date:", "1 May 2026"), ("Amount:", "12.50"), ("To:", "Bob")]
    words = []
    for number, (label, value) in enumerate(rows):
        words += line(label, 50, 50 + 30 * number) + line(value, 250, 50 + 30 * number)
    expected = " ".join(f"{label} {value}" for label, value in rows)
    assert text_of(reading_order(shuffled(skewed(words, degrees)))) == expected


def test_cells_of_a_table_are_read_row_by_row() -> None:
    words = [
        word
        for row in range(5)
        for column in range(4)
        for word in line(f"c{row}{column}", 40 + 120 * column, 100 + 15 * row)
    ]
    expected = " ".join(f"c{row}{column}" for row in range(5) for column in range(4))
    assert text_of(reading_order(shuffled(words))) == expected


def test_words_a_little_higher_or_smaller_stay_on_their_line() -> None:
    boxes = [Box(0, 10, 40, 20), Box(45, 12, 80, 22), Box(82, 9, 86, 14), Box(0, 24, 40, 34)]
    assert lines_of(boxes) == [[0, 1, 2], [3]]


@given(st.floats(-5, 5))
def test_slope_of_a_skewed_page_is_found(degrees: float) -> None:
    words, _ = two_columns()
    slope = slope_of([word.box for word in skewed(words, degrees)])
    turned = transform_point(rotation_about((0.0, 0.0), degrees), (1.0, 0.0))
    assert slope == pytest.approx(turned[1] / turned[0], abs=0.006)


@given(
    st.lists(
        st.builds(
            lambda x, y, w, h: Box(x, y, x + w, y + h),
            st.floats(0, 500),
            st.floats(0, 500),
            st.floats(0, 200),
            st.floats(0, 50),
        ),
        max_size=30,
    )
)
def test_order_is_a_permutation_of_any_boxes(boxes: list[Box]) -> None:
    assert sorted(order_of_boxes(boxes)) == list(range(len(boxes)))


def test_no_words_have_no_order() -> None:
    assert reading_order(()) == ()
    assert lines_of([]) == []
    assert slope_of([]) == 0.0


def test_annotations_follow_their_words_and_relations_their_entity() -> None:
    words = line("Name Jane", 50, 50) + line("Date May", 50, 100)
    words = [replace(word, id=number) for number, word in enumerate(words, 1)]
    entities = tuple(
        Entity(10 + index, "other", (word.id,), word.text, word.box)
        for index, word in enumerate(reversed(words))
    )
    table = empty_table(30, Box(40, 70, 200, 90))
    region = Region(31, "stamp", Box(300, 10, 380, 40))
    page = replace(
        with_words(PAGE, words),
        entities=entities,
        relations=(Relation(20, 13, 12),),
        tables=(table,),
        regions=(region,),
    )
    assert [item.id for item in annotations_in_order(page)] == [31, 13, 20, 12, 30, 11, 10]


def test_twenty_thousand_words_are_ordered_in_seconds() -> None:
    import time

    words = [Box(5 * x, 12 * y, 5 * x + 4, 12 * y + 10) for x in range(100) for y in range(200)]
    start = time.process_time()
    order = order_of_boxes(words)
    assert time.process_time() - start < 5
    assert [words[index].y0 for index in order] == sorted(word.y0 for word in words)
