"""Ruling lines from drawings and pictures, areas of tables, and the choice between grids."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pymupdf
import pytest
from PIL import Image

from model_backend import table_grid
from model_backend.document import IDENTITY, Box, Word
from model_backend.predictors.ruling_lines import (
    Rulings,
    drawn_rulings,
    joined_rules,
    pictured_rulings,
)
from model_backend.predictors.table_areas import found_areas, snapped, trimmed
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


def sheet(*, skew: float = 0.0, gray: int = 0) -> np.ndarray:  # type: ignore[type-arg]
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
    (area,) = found_areas(words, Rulings(), PAGE)
    assert 80 < area.y0 <= 90
    assert 164 <= area.y1 < 180


def test_ruled_box_is_an_area_and_a_page_frame_is_none() -> None:
    across = tuple(Rule(at, 50, 500) for at in (85, 105, 125, 175))
    down = tuple(Rule(at, 85, 175) for at in (50, 240, 500))
    words = words_at(numbers(90, 5))
    assert found_areas(words, Rulings(across, down), PAGE) == [Box(50, 85, 500, 175)]
    frame = Rulings((Rule(1, 0, 600), Rule(799, 0, 600)), (Rule(1, 0, 800), Rule(599, 0, 800)))
    (area,) = found_areas(words, frame, PAGE)
    assert area.height < 100


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
    assert snapped(Box(60, 84, 420, 170), rulings, 6) == Box(60, 80, 420, 172)


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
