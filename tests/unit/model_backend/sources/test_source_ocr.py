"""Tesseract on the samples: words, regions, Korean; what happens without it."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import pytest

from model_backend.document import Box, Page
from model_backend.errors import SetupIncomplete, UserError
from model_backend.sources import inspect, ocr, read_page, recognize
from model_backend.sources.values import NO_TEXT, TURNED


def page_of(path: Path, *, rotation: int = 0) -> Page:
    size = inspect(path).page_sizes[0]
    width, height = (size.height, size.width) if rotation % 180 else (size.width, size.height)
    return Page(0, 0, 0, width, height, "px", size, rotation=rotation)


def truth_of(path: Path) -> list[tuple[str, Box]]:
    page = json.loads(path.with_suffix(".json").read_bytes())["pages"][0]
    return [(word["text"], Box(*word["box"].values())) for word in page["words"]]


def test_form_words_are_found_where_they_are(samples: Path) -> None:
    path = samples / "form.png"
    page = read_page(path, 0, languages="eng")
    assert page.is_scan
    assert [word.id for word in page.words] == list(range(1, len(page.words) + 1))
    assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in page.words)
    truth = truth_of(path)
    found = [
        any(word.text == text and word.box.iou(box) > 0.3 for word in page.words)
        for text, box in truth
    ]
    assert sum(found) / len(truth) > 0.85


def test_korean_form_is_read(samples: Path) -> None:
    page = read_page(samples / "korean_form.jpg", 0, languages="kor+eng")
    expected = "".join(text for text, _box in truth_of(samples / "korean_form.jpg"))
    got = "".join(word.text for word in page.words)
    blocks = difflib.SequenceMatcher(None, expected, got).get_matching_blocks()
    assert sum(block.size for block in blocks) / len(expected) > 0.9


def test_region_words_have_page_coordinates(samples: Path) -> None:
    path = samples / "form.png"
    text, box = next(item for item in truth_of(path) if item[0] == "Holloway")
    words = recognize(path, page_of(path), box.grown(12), languages="eng", psm=7)
    assert [word.text for word in words] == [text]
    assert words[0].box.iou(box) > 0.4


def test_region_of_a_turned_page_is_read_upright(samples: Path, tmp_path: Path) -> None:
    from PIL import Image

    with Image.open(samples / "form.png") as image:
        image.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.png")
    path = tmp_path / "turned.png"
    _text, box = next(item for item in truth_of(samples / "form.png") if item[0] == "Holloway")
    words = recognize(path, page_of(path, rotation=90), box.grown(12), languages="eng", psm=7)
    assert [word.text for word in words] == ["Holloway"]
    assert words[0].box.iou(box) > 0.4


def test_region_outside_the_page_has_no_words(samples: Path) -> None:
    path = samples / "form.png"
    assert recognize(path, page_of(path), Box(-50, -50, -10, -10)) == ()


@pytest.mark.parametrize("turn", [0, 90, 180])
def test_scan_that_lies_on_its_side_says_so(samples: Path, tmp_path: Path, turn: int) -> None:
    from PIL import Image

    with Image.open(samples / "letter.jpg") as letter:
        letter.rotate(turn, expand=True).save(tmp_path / "turned.jpg")
    page = read_page(tmp_path / "turned.jpg", 0, languages="eng")
    assert page.problems == ((TURNED,) if turn else ())


def test_blank_picture_has_no_words_and_says_so(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("L", (400, 300), 255).save(tmp_path / "a.png")
    page = read_page(tmp_path / "a.png", 0, languages="eng")
    assert page.words == ()
    assert page.problems == (NO_TEXT,)


def test_missing_language_is_named(samples: Path) -> None:
    page = read_page(samples / "form.png", 0, languages="eng+xyz")
    assert page.words == ()
    assert page.problems == ()
    assert "xyz" in page.missing
    with pytest.raises(SetupIncomplete, match="tesseract-ocr-xyz"):
        ocr.checked_languages("xyz")


def test_language_from_outside_cannot_name_a_path() -> None:
    with pytest.raises(UserError, match="no data"):
        ocr.checked_languages("../../etc/passwd")


def test_missing_tesseract_leaves_the_page_with_one_remedy(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "no-such-tesseract")
    ocr.installed_languages.cache_clear()
    try:
        page = read_page(samples / "form.png", 0)
    finally:
        ocr.installed_languages.cache_clear()
    assert page.words == ()
    assert (page.problems, page.missing) == ((), ocr.NO_TESSERACT)


def test_time_limit_is_a_problem_of_the_page(
    samples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "recognized", _too_slow)
    page = read_page(samples / "form.png", 0)
    assert page.words == ()
    assert "too long" in page.problems[0]


def _too_slow(*_arguments: object, **_options: object) -> None:
    raise ocr.OcrTimeout


def test_tesseract_is_stopped_at_its_limit(samples: Path) -> None:
    from PIL import Image

    with Image.open(samples / "form.png") as image, pytest.raises(ocr.OcrTimeout):
        ocr.recognized(image, languages="eng", seconds=0.02)


def test_never_reads_nothing(samples: Path) -> None:
    assert read_page(samples / "form.png", 0, ocr="never").words == ()


def test_unknown_choice_is_a_bug(samples: Path) -> None:
    with pytest.raises(ValueError, match="sometimes"):
        read_page(samples / "form.png", 0, ocr="sometimes")


@pytest.mark.parametrize(
    ("size", "stated", "scale"),
    [
        ((762.0, 1000.0), None, 2.0),
        ((762.0, 1000.0), 72.0, 2.0),
        ((1654.0, 2339.0), 200.0, 1.0),
        ((2480.0, 3508.0), 300.0, 1.0),
        ((20000.0, 30000.0), 1200.0, 0.316),
    ],
)
def test_scans_are_enlarged_as_far_as_it_helps(
    size: tuple[float, float], stated: float | None, scale: float
) -> None:
    dpi = ocr.estimated_dpi(*size, stated)
    assert ocr.reading_scale(*size, dpi) == pytest.approx(scale, abs=0.01)
