"""Ink that no word explains: drawn pages with known ink, the samples, real scans."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model_backend import masks, sources
from model_backend.document import Box, Page, PageGeometry, Proposals, Status, Word
from model_backend.metrics.dice import dice
from model_backend.predictors import masks_ink
from model_backend.predictors.predicting import predict_page
from model_backend.predictors.predictor import PredictorInput

SIZE = (1240, 1754)
SCRAWL = [(120 + 3 * t, int(1300 + 60 * np.sin(t / 5) + 0.4 * t)) for t in range(110)]


class Sheet:
    """An A4 page at 150 dpi to draw on, with the words that a reader would find."""

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path / "sheet.png"
        self.image = Image.new("RGB", SIZE, (244, 243, 240))
        self.pen = ImageDraw.Draw(self.image)
        self.words: list[Word] = []

    def write(self, x: int, y: int, text: str, *, confidence: float = 0.95) -> None:
        self.pen.text((x, y), text, fill=(20, 20, 20), font_size=24)
        box = Box(*self.pen.textbbox((x, y), text, font_size=24))
        self.words.append(Word(len(self.words) + 1, text, box, confidence))

    def given(self) -> PredictorInput:
        self.image.save(self.path, dpi=(150, 150))
        page = Page(
            id=1,
            document_id=1,
            number=0,
            width=SIZE[0],
            height=SIZE[1],
            unit="px",
            geometry=PageGeometry("test", SIZE[0], SIZE[1], dpi=150.0),
            words=tuple(self.words),
        )
        return PredictorInput(self.path, page)

    def found(self) -> Proposals:
        return masks_ink.create()([self.given()])[0]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    page = Sheet(tmp_path)
    for line in range(12):
        page.write(120, 150 + 40 * line, "The board has met and grants the permit for a year")
    return page


def test_printed_page_has_no_regions(sheet: Sheet) -> None:
    sheet.pen.rectangle((100, 700, 1100, 1000), outline="black", width=3)
    for x in (300, 500, 800):
        sheet.pen.line((x, 700, x, 1000), fill="black", width=3)
    sheet.pen.line((100, 1200, 1100, 1206), fill="black", width=4)
    sheet.pen.rectangle((0, 0, 30, 1754), fill="black")
    for x, y in np.random.default_rng(1).integers(60, 1150, (60, 2)):
        sheet.pen.point((int(x), int(y)), fill="black")
    assert sheet.found().regions == ()


def test_round_stamp_is_found_with_its_words(sheet: Sheet) -> None:
    clean = np.asarray(sheet.image).min(axis=2)
    sheet.pen.ellipse((700, 1200, 920, 1420), outline=(190, 40, 50), width=5)
    sheet.pen.text((760, 1290), "PAID", fill=(190, 40, 50), font_size=40)
    sheet.words.append(Word(99, "PAID", Box(755, 1290, 870, 1335), 0.9))
    (region,) = sheet.found().regions
    assert region.label == "stamp"
    assert region.score is not None
    assert region.score > 0.8
    assert (region.status, region.source) == (Status.PROPOSED, "ink")
    assert region.mask is not None
    drawn = np.abs(np.asarray(sheet.image).min(axis=2).astype(int) - clean) > 60
    assert dice(drawn, masks.bitmap_on(region.mask, *SIZE)) > 0.97
    assert region.box == masks.bounding_box_of(region.mask)


def test_signature_on_a_line_is_found(sheet: Sheet) -> None:
    sheet.pen.line((100, 1340, 700, 1340), fill="black", width=2)
    sheet.pen.line(SCRAWL, fill=(20, 30, 90), width=4)
    (region,) = sheet.found().regions
    assert region.label == "signature"
    assert region.box.iou(Box(120, 1238, 450, 1405)) > 0.8


def test_signature_that_a_recogniser_took_for_words_is_found(sheet: Sheet) -> None:
    sheet.pen.line(SCRAWL, fill=(20, 30, 90), width=4)
    sheet.words.append(Word(99, "sMwwv", Box(115, 1230, 460, 1410), 0.21))
    assert [region.label for region in sheet.found().regions] == ["signature"]
    sheet.words[-1] = Word(99, "summer", Box(115, 1230, 460, 1410), 0.96)
    assert sheet.found().regions == ()


def test_letters_that_no_one_read_are_no_region(sheet: Sheet) -> None:
    sheet.pen.text((120, 1500), "Printed text that was not recognised", fill="black", font_size=24)
    assert sheet.found().regions == ()


def test_blank_and_black_pages_have_no_regions(tmp_path: Path) -> None:
    blank = Sheet(tmp_path)
    assert blank.found().regions == ()
    black = Sheet(tmp_path)
    black.pen.rectangle((0, 0, *SIZE), fill="black")
    assert black.found().regions == ()


def test_tiny_pictures_are_no_trouble(tmp_path: Path) -> None:
    path = tmp_path / "dot.png"
    Image.new("L", (1, 1), 0).save(path)
    geometry = PageGeometry("test", 1, 1)
    page = Page(1, 1, 0, width=1, height=1, unit="px", geometry=geometry)
    assert predict_page(path, page, ["ink", "none"])[0].regions == ()


def read(path: Path) -> Page:
    """The page with the words that tesseract finds."""
    seen = sources.read_page(path, 0, ocr="auto", languages="eng")
    return Page(
        id=1,
        document_id=1,
        number=0,
        width=seen.width,
        height=seen.height,
        unit=seen.unit,
        geometry=seen.geometry,
        words=seen.words,
    )


def test_sample_letter_has_its_stamp_and_signature(samples: Path) -> None:
    path = samples / "letter.jpg"
    page = read(path)
    start = time.process_time()
    (found,) = predict_page(path, page, ["ink"])
    assert time.process_time() - start < 1.5  # imports included; under a second without them
    assert [region.label for region in found.regions] == ["stamp", "signature"]
    stamp, signature = found.regions
    assert stamp.box.contains((892, 1277))
    assert signature.box.contains((290, 1265))


def test_turned_page_has_the_regions_where_they_are_seen(samples: Path) -> None:
    path = samples / "letter.jpg"
    upright = read(path)
    words = tuple(
        Word(
            word.id,
            word.text,
            Box(
                upright.height - word.box.y1, word.box.x0, upright.height - word.box.y0, word.box.x1
            ),
            word.confidence,
        )
        for word in upright.words
    )
    turned = Page(
        id=1,
        document_id=1,
        number=0,
        width=upright.height,
        height=upright.width,
        unit="px",
        geometry=upright.geometry,
        rotation=90,
        words=words,
    )
    found = predict_page(path, turned, ["ink"])[0].regions
    stamp = next(region for region in found if region.label == "stamp")
    assert stamp.box.contains((upright.height - 1277, 892))


def test_real_scan_has_its_signature(shared_data: Path) -> None:
    path = shared_data / "funsd" / "training_data" / "images" / "0011856542.png"
    regions = predict_page(path, read(path), ["ink"])[0].regions
    best = max(regions, key=lambda region: region.score or 0)
    assert best.label == "signature"
    assert len(regions) <= 2
