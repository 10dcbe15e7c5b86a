"""Pages for masks: exact shapes, the same page for the same seed, families that share nothing."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from PIL import Image

from model_backend import masks
from model_backend.document import Box, Mask, Page, PageGeometry, Region, transform_point
from model_backend.synthesis import noise
from model_backend.synthesis.families import FACES, Family
from model_backend.synthesis.generator import GeneratedPage, Order, make
from model_backend.synthesis.hands import SIGNATURES, hand_of
from model_backend.synthesis.letterforms import FORMS, strokes_of
from model_backend.synthesis.mask_charts import CHARTS
from model_backend.synthesis.mask_ink import Ink, covered, laid_over, printed
from model_backend.synthesis.mask_layouts import LAYOUTS
from model_backend.synthesis.mask_logos import EMBLEMS
from model_backend.synthesis.mask_marks import check_box
from model_backend.synthesis.mask_page import CHECK_BOX, LABELS, new_collage
from model_backend.synthesis.mask_photos import PHOTOS
from model_backend.synthesis.masks import draw
from model_backend.synthesis.paper import Paper
from model_backend.synthesis.stamps import DESIGNS, stamp

CLEAN = Order("masks", seed=4, noise="none")


def _random() -> np.random.Generator:
    return np.random.default_rng(5)


def _pages(family: Family, count: int = 14) -> list[GeneratedPage]:
    order = Order("masks", seed=4, noise="none", family=family)
    return [make(order, number) for number in range(count)]


def test_same_number_gives_same_page_and_another_gives_another() -> None:
    first, again, other = (make(Order("masks", seed=9), number) for number in (3, 3, 4))
    assert first.picture.tobytes() == again.picture.tobytes()
    assert first.page == again.page
    assert first.page != other.page
    held = make(Order("masks", seed=9, family=Family.HELD_OUT), 3)
    assert held.page != first.page


@pytest.mark.parametrize("family", list(Family))
def test_pages_have_every_class(family: Family) -> None:
    regions = [region for made in _pages(family) for region in made.page.regions]
    assert {region.label for region in regions} == set(LABELS)
    for made in _pages(family, 3):
        page = Box(0, 0, made.page.width, made.page.height)
        assert all(page.intersection(region.box) == region.box for region in made.page.regions)
        assert [region.id for region in made.page.regions] == list(
            range(1, len(made.page.regions) + 1)
        )


@pytest.mark.parametrize("chosen", [FACES, DESIGNS, SIGNATURES, LAYOUTS, CHARTS, PHOTOS, EMBLEMS])
def test_families_share_nothing(chosen: dict[Family, tuple[object, ...]]) -> None:
    for one in chosen[Family.TRAINING]:
        assert one not in chosen[Family.HELD_OUT]


def test_families_have_other_hands() -> None:
    random = _random()
    hands = {family: {hand_of(family, random).number for _ in range(60)} for family in Family}
    assert len(hands[Family.TRAINING]) > 20
    assert not hands[Family.TRAINING] & hands[Family.HELD_OUT]


@pytest.mark.parametrize("family", list(Family))
def test_shape_of_a_stamp_is_what_its_ink_covers(family: Family) -> None:
    random = _random()
    for _stamp in range(12):
        ink = stamp((150.0, 150.0), family, random)
        made = printed(ink, 100.0, random)
        page = np.full((420, 420, 3), 255, np.uint8)
        laid_over(page, made)
        dark = page.min(axis=2) < 170
        shape = np.zeros(dark.shape, bool)
        rows, columns = made.shape.shape
        shape[made.top : made.top + rows, made.left : made.left + columns] = made.shape
        assert dark.any()
        assert not (dark & ~shape).any()
        assert _distance(shape, dark) <= 6


def _distance(shape: np.ndarray, ink: np.ndarray) -> int:
    """By how much the box of the shape is larger than that of its ink, pixels."""
    sides = []
    for bitmap in (shape, ink):
        rows, columns = np.flatnonzero(bitmap.any(1)), np.flatnonzero(bitmap.any(0))
        sides.append((rows[0], columns[0], -rows[-1], -columns[-1]))
    return int(max(there - here for here, there in zip(*sides, strict=True)))


def test_gaps_are_closed_and_holes_filled() -> None:
    ink = np.zeros((60, 60), bool)
    ink[10, 10:50] = ink[50, 10:50] = True
    ink[10:51, 10] = ink[10:51, 49] = True
    ink[55, 5] = True
    shape = covered(ink, 100.0)
    assert shape[11:50, 11:49].all()
    assert shape[30, 30]
    assert not shape[30, 55]
    assert shape[55, 5]
    assert not covered(np.zeros((9, 9), bool), 100.0).any()


def test_ink_beyond_the_page_is_cut_off() -> None:
    paper = Paper()
    paper.rule(Box(-20, -20, 20, 20), width=0, fill=(0, 0, 0))
    made = printed(Ink("stamp", "\n".join(paper.operators), Box(-20, -20, 20, 20)), 72.0, _random())
    page = np.full((30, 30, 3), 255, np.uint8)
    laid_over(page, made)
    assert (page[:20, :20] == 0).all()
    assert (page[21:, 21:] == 255).all()


def test_boxes_of_printed_things_are_those_of_their_ink() -> None:
    for made in _pages(Family.TRAINING):
        pixels = np.asarray(made.picture).min(axis=2)
        for region in made.page.regions:
            if region.label == CHECK_BOX:
                x0, y0, x1, y1 = _sides(region.box)
                inside = pixels[y0:y1, x0:x1] < 235
                assert inside[0].any()
                assert inside[-1].any()
                assert inside[:, 0].any()
                assert inside[:, -1].any()


def _sides(box: Box) -> tuple[int, int, int, int]:
    return int(box.x0), int(box.y0), int(box.x1), int(box.y1)


def test_check_box_is_where_it_says() -> None:
    page = new_collage((200.0, 200.0), Family.TRAINING, _random())
    box = check_box(page.paper, (50.0, 80.0), 10.0, Family.TRAINING, page.random, page.hand)
    assert box == Box(50, 70, 60, 80)


@pytest.mark.parametrize("level", noise.LEVELS)
def test_masks_and_boxes_follow_the_paper(level: str) -> None:
    picture = Image.new("RGB", (500, 700), "white")
    picture.paste((0, 0, 0), (100, 150, 300, 260))
    bitmap = np.ones((110, 200), bool)
    mask = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, 100.0, 150.0))
    box = Box(100, 150, 300, 260)
    regions = (
        Region(1, "stamp", box, mask=mask),
        Region(2, "table", box, polygons=(box.corners,)),
    )
    page = Page(1, 1, 0, 500, 700, "px", PageGeometry("x", 500, 700), regions=regions)
    for seed in range(6):
        scan, moved = noise.scanned(picture, page, level, Random(seed))
        grey = np.asarray(scan.convert("L"), float)
        inked, outlined = moved.regions
        assert isinstance(inked.mask, Mask)
        shape = masks.bitmap_on(inked.mask, 500, 700)
        area = masks.polygons_to_bitmap(outlined.polygons, 500, 700)
        assert (shape != area).mean() < 0.002
        assert grey[shape].mean() + 60 < grey[~shape].mean()
        corner = transform_point(inked.mask.to_page, (0.0, 0.0))
        x, y = round(corner[0]), round(corner[1])
        assert grey[y + 4 : y + 12, x + 4 : x + 12].mean() + 40 < grey[y - 12 : y - 4].mean()
    assert level != "none" or np.array_equal(np.asarray(scan), np.asarray(picture))


def test_words_lie_on_their_ink() -> None:
    picture, page = draw(CLEAN, Random(1))
    dark = np.asarray(picture).min(axis=2) < 128
    assert len(page.words) > 5
    for word in page.words[:40]:
        x0, y0, x1, y1 = _sides(word.box)
        assert dark[max(0, y0) : y1 + 1, max(0, x0) : x1 + 1].any() or word.text in "-.,"


def test_every_letter_has_strokes() -> None:
    assert all(strokes_of(letter) for letter in FORMS)
    assert strokes_of("€") == ()
    assert all(len(form.replace(" ", "")) % 2 == 0 for form in FORMS.values())
