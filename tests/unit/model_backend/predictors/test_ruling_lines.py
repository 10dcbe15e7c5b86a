"""Ruling lines from drawings and pictures, areas of tables, and the choice between grids."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pymupdf
import pytest
from PIL import Image

from model_backend import table_grid
from model_backend.document import IDENTITY, Box, Span, Word
from model_backend.predictors.ruling_lines import (
    Rulings,
    drawn_rulings,
    joined_rules,
    pictured_rulings,
    slope_of_rulings,
)
from model_backend.predictors.table_areas import free_areas, snapped, trimmed
from model_backend.predictors.table_choice import best_of, quality
from model_backend.table_grid.runs import Rule

PAGE = Box(0, 0, 600, 800)


def drawn(*, is_outlined: bool) -> Rulings:
    page = pymupdf.open().new_page(width=300, height=300)
    page.draw_line((20, 50), (150, 50))
    page.draw_line((152, 50.5), (280, 50.5))
    page.draw_rect((20, 100, 280, 101), fill=(0, 0, 0), color=None)
    page.draw_rect((40, 120, 140, 180), color=(0, 0, 0) if is_outlined else None, fill=(1, 1, 0))
    page.draw_line((30, 200), (33, 200))
    return drawn_rulings(page.get_drawings(), IDENTITY)


def test_drawn_lines_thin_boxes_and_outlines_are_rulings() -> None:
    rulings = drawn(is_outlined=True)
    assert [round(rule.at) for rule in rulings.across] == [50, 100, 120, 180]
    assert (rulings.across[0].start, rulings.across[0].end) == (20, 280)
    assert [round(rule.at) for rule in rulings.down] == [40, 140]


def test_sides_of_shaded_boxes_are_no_rulings() -> None:
    rulings = drawn(is_outlined=False)
    assert [round(rule.at) for rule in rulings.across] == [50, 100]
    assert rulings.down == ()


def test_pieces_of_one_line_are_joined_and_others_are_not() -> None:
    pieces = [
        Rule(10, 0, 20),
        Rule(10.5, 22, 40),
        Rule(10, 80, 95),
        Rule(14, 0, 40),
        Rule(30, 0, 2),
    ]
    assert joined_rules(pieces, 1.5, 6) == (Rule(10, 0, 40), Rule(10, 80, 95), Rule(14, 0, 40))


def sheet(*, skew: float = 0.0, gray: int = 0) -> np.ndarray:
    picture = np.full((400, 600), 255, dtype=np.uint8)
    for at in (100, 200, 300):
        picture[at : at + 2, 50:550] = gray
    for at in (50, 300, 548):
        picture[100:302, at : at + 2] = gray
    picture[140:160, 80:240:6] = 30
    picture[150:153, 80:240] = 30
    turned = Image.fromarray(picture).rotate(-skew, Image.Resampling.BILINEAR, fillcolor=255)
    return np.array(turned)


@pytest.mark.parametrize(("skew", "gray"), [(0.0, 0), (0.0, 150), (0.6, 0)])
def test_lines_of_a_picture_are_found_and_words_are_not(skew: float, gray: int) -> None:
    words = [Box(80, 140, 160, 160), Box(160, 140, 240, 160)]
    rulings = pictured_rulings(sheet(skew=skew, gray=gray), IDENTITY, words)
    assert [rule.at for rule in rulings.across] == pytest.approx([101, 201, 301], abs=4)
    assert [rule.at for rule in rulings.down] == pytest.approx([51, 301, 549], abs=4)
    assert all(rule.end - rule.start > 400 for rule in rulings.across)


@pytest.mark.parametrize("skew", [0.0, 0.4, -0.6])
def test_rulings_tell_the_skew_that_is_left(skew: float) -> None:
    picture = sheet(skew=skew)
    words = [Box(80, 140, 160, 160), Box(160, 140, 240, 160)]
    rulings = pictured_rulings(picture, IDENTITY, words)
    slope = slope_of_rulings(picture, IDENTITY, rulings)
    assert math.degrees(math.atan(slope)) == pytest.approx(skew, abs=0.1)
    few = replace(rulings, across=rulings.across[:2])
    assert slope_of_rulings(picture, IDENTITY, few) == 0.0


def test_shaded_cells_neither_hide_nor_move_the_lines_beside_them() -> None:
    picture = sheet()
    picture[102:200, 302:420] = 90
    words = [Box(80, 140, 160, 160), Box(160, 140, 240, 160)]
    rulings = pictured_rulings(picture, IDENTITY, words)
    assert {rule.at for rule in rulings.across} == {100.5, 200.5, 300.5}
    assert {rule.at for rule in rulings.down} == {50.5, 300.5, 548.5}
    for line in (100.5, 200.5):
        pieces = [rule for rule in rulings.across if rule.at == line]
        assert any(rule.covers(60, 290, 1) for rule in pieces)
        assert any(rule.covers(430, 540, 1) for rule in pieces)


def test_solid_bar_is_no_ruling() -> None:
    picture = np.full((400, 600), 255, dtype=np.uint8)
    picture[100:130, 50:550] = 0
    assert pictured_rulings(picture, IDENTITY, [Box(80, 200, 160, 220)]).across == ()


def test_blank_and_tiny_pictures_have_no_lines() -> None:
    for shape in ((50, 50), (1, 1), (300, 2)):
        blank = np.full(shape, 255, dtype=np.uint8)
        assert pictured_rulings(blank, IDENTITY, []) == Rulings()


def words_at(rows: list[tuple[float, list[tuple[float, str]]]]) -> list[Word]:
    words: list[Word] = []
    for y, texts in rows:
        for x, text in texts:
            for part in text.split(" "):
                words.append(Word(len(words) + 1, part, Box(x, y, x + 6 * len(part), y + 10)))
                x += 6 * len(part) + 4
    return words


def numbers(first: float, count: int) -> list[tuple[float, list[tuple[float, str]]]]:
    return [
        (first + 16 * row, [(60, f"label {row}"), (250, f"{row}.5"), (400, f"{row}00")])
        for row in range(count)
    ]


def test_aligned_lines_between_prose_are_an_area() -> None:
    prose = "this is a line of running text that fills the page from side to side"
    words = words_at([(40, [(50, prose)]), (54, [(50, prose)]), *numbers(90, 5)])
    words += words_at([(190, [(50, prose)]), (204, [(50, prose)])])
    (area,) = free_areas(words, [], Rulings(), 10)
    assert 80 < area.y0 <= 90
    assert 164 <= area.y1 < 180


def test_words_taken_by_a_table_make_no_area_and_a_bar_ends_one() -> None:
    words = words_at(numbers(90, 8))
    assert free_areas(words, [Box(50, 80, 450, 230)], Rulings(), 10) == []
    bar = Box(50, 136, 450, 138)
    first, second = free_areas(words, [bar], Rulings(), 10)
    assert first.y1 <= 137 <= second.y0 + 1
    assert len(free_areas(words, [], Rulings(), 10)) == 1


def fields(first: float, count: int, mark: str) -> list[tuple[float, list[tuple[float, str]]]]:
    return [
        (first + 16 * row, [(60, f"Label{row}{mark}"), (150, f"{row}.5"), (300, f"{row}00")])
        for row in range(count)
    ]


def test_labels_with_colons_before_values_are_a_form() -> None:
    assert len(free_areas(words_at(fields(90, 6, "")), [], Rulings(), 10)) == 1
    assert free_areas(words_at(fields(90, 6, ":")), [], Rulings(), 10) == []


def test_values_on_lines_of_their_own_are_a_form() -> None:
    words = words_at(fields(90, 6, ""))
    short = tuple(Rule(101.0 + 16 * row, 150, 180) for row in range(6))
    full = tuple(Rule(101.0 + 16 * row, 60, 320) for row in range(6))
    assert free_areas(words, [], Rulings(across=short), 10) == []
    assert len(free_areas(words, [], Rulings(across=full), 10)) == 1


def test_line_in_large_letters_above_is_no_part_of_the_table() -> None:
    title = [Word(90, "TITLE", Box(60, 60, 200, 80)), Word(91, "2026", Box(250, 60, 300, 80))]
    (area,) = free_areas([*title, *words_at(numbers(94, 6))], [], Rulings(), 10)
    assert area.y0 > 85


def test_prose_in_columns_is_no_area() -> None:
    left, right = "some words in a line 4", "more of the text as 7"
    rows = [(90.0 + 14 * row, [(60.0, left), (260.0, right), (460.0, left)]) for row in range(8)]
    assert free_areas(words_at(rows), [], Rulings(), 10) == []


def test_rulings_that_end_alike_give_the_sides_of_a_table() -> None:
    rulings = Rulings(tuple(Rule(at, 40, 470) for at in (80, 104, 172)))
    assert snapped(Box(60, 84, 440, 170), rulings, 6) == Box(40, 80, 470, 172)
    uneven = Rulings((Rule(80, 40, 470), Rule(172, 55, 450)))
    assert snapped(Box(60, 84, 440, 170), uneven, 6) == Box(60, 80, 440, 172)
    across_page = Rulings(tuple(Rule(at, 0, 600) for at in (80, 172)))
    assert snapped(Box(260, 84, 400, 170), across_page, 6) == Box(260, 80, 400, 172)


def test_sides_of_two_boxes_stay_apart_and_broken_lines_do_not() -> None:
    pieces = [Rule(10, 0, 50), Rule(10, 60, 120)]
    corners = [Rule(50, 5, 90), Rule(60, 5, 90)]
    assert joined_rules(pieces, 2, 12) == (Rule(10, 0, 120),)
    assert joined_rules(pieces, 2, 12, corners) == tuple(pieces)
    assert joined_rules(pieces, 2, 12, corners[:1]) == (Rule(10, 0, 120),)


def test_caption_above_and_note_below_the_rulings_are_cut_off() -> None:
    words = words_at(
        [
            (60, [(60, "Table 3 Things that were bought")]),
            *numbers(90, 5),
            (180, [(60, "Source: us")]),
        ]
    )
    rulings = Rulings(tuple(Rule(at, 55, 430) for at in (80, 104, 172)))
    area = trimmed(Box(55, 55, 430, 195), words, rulings)
    assert (area.y0, area.y1) == (79, 173)
    assert snapped(Box(60, 84, 420, 170), rulings, 6) == Box(55, 80, 430, 172)


def test_words_over_drawn_merged_cells_are_not_cut() -> None:
    words = [*words_at(numbers(90, 3)), Word(90, "across", Box(200, 138, 330, 148))]
    grid = table_grid.propose_grid(
        1, Box(55, 85, 440, 155), words, row_lines=(101, 117, 133), column_lines=(240, 390)
    )
    merged = table_grid.merge_cells(grid, Span(3, 4, 0, 2))
    assert quality(merged, words, is_drawn=True) > quality(merged, words)


def test_better_grid_is_chosen_and_poor_ones_are_none() -> None:
    words = words_at(numbers(90, 5))
    outline = Box(55, 85, 440, 170)
    good = table_grid.propose_grid(1, outline, words)
    cutting = table_grid.move_column_edge(good, 1, 265)
    crowded = good
    for _ in range(3):
        crowded = table_grid.delete_row_edge(crowded, 1)
    assert quality(good, words) > 0.9
    assert quality(good, words) > max(quality(cutting, words), quality(crowded, words))
    best = best_of([crowded, good, cutting], words)
    assert best is not None
    assert replace(best, score=None, status=good.status) == good
    assert best_of([table_grid.empty_table(1, outline)], words) is None
    assert best_of([], words) is None
