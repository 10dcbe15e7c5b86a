"""PDF: pages, words, pixels; passwords, turned pages, broken files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pymupdf
import pytest

from model_backend.document import Box
from model_backend.errors import PasswordNeeded, UserError
from model_backend.sources import inspect, read_page, render, render_image
from model_backend.sources.pdf import prepared_password


def made_pdf(path: Path, *, rotation: int = 0, crop: pymupdf.Rect | None = None) -> Path:
    with pymupdf.open() as document:
        page = document.new_page(width=200, height=100)
        page.insert_text((20, 30), "hello world", fontsize=10)
        page.draw_rect(pymupdf.Rect(120, 60, 180, 90), fill=(1, 0, 0), color=None)
        if crop is not None:
            page.set_cropbox(crop)
        page.set_rotation(rotation)
        document.save(path)
    return path


def red_box(path: Path, **shown: object) -> Box:
    """Where the red rectangle is on the rendered page, in page units."""
    image = np.asarray(render_image(path, 0, scale=4.0, **shown).convert("RGB")).astype(int)  # type: ignore[arg-type]
    ys, xs = np.nonzero((image[..., 0] > 200) & (image[..., 1] < 60))
    return Box(xs.min() / 4, ys.min() / 4, (xs.max() + 1) / 4, (ys.max() + 1) / 4)


def pixels(box: Box) -> tuple[slice, slice]:
    """The box on a picture at scale 4."""
    return (
        slice(round(4 * box.y0), round(4 * box.y1)),
        slice(round(4 * box.x0), round(4 * box.x1)),
    )


def assert_close(got: Box, want: Box, within: float = 0.3) -> None:
    for left, right in zip(
        (got.x0, got.y0, got.x1, got.y1), (want.x0, want.y0, want.x1, want.y1), strict=True
    ):
        assert left == pytest.approx(right, abs=within)


def test_inspect_report_gives_three_letter_pages(samples: Path) -> None:
    info = inspect(samples / "report.pdf")
    assert info.media_type == "application/pdf"
    assert [(size.width, size.height) for size in info.page_sizes] == [(612.0, 792.0)] * 3
    assert info.units == ("pt",) * 3
    assert info.problems == ()


def test_read_page_words_in_reading_order(samples: Path) -> None:
    page = read_page(samples / "report.pdf", 0)
    assert not page.is_scan
    assert [word.id for word in page.words] == list(range(1, len(page.words) + 1))
    text = " ".join(word.text for word in page.words)
    assert "River Gauging in the Wene District" in text
    assert "Carrow Bridge Wene 1991 24 2.08" in text
    assert all(word.confidence is None for word in page.words)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_turned_page_words_lie_where_they_are_seen(tmp_path: Path, rotation: int) -> None:
    path = made_pdf(tmp_path / "a.pdf", rotation=rotation)
    page = read_page(path, 0)
    assert (page.width, page.height) == ((200, 100) if rotation % 180 == 0 else (100, 200))
    assert page.geometry.file_rotation == rotation
    picture = np.asarray(render_image(path, 0, scale=4.0).convert("L"))
    for word in page.words:
        inside = (picture[pixels(word.box)] < 128).sum()
        assert inside > 100, word
    ink = sum((picture < 60).ravel())
    boxes = np.zeros_like(picture, dtype=bool)
    for word in page.words:
        boxes[pixels(word.box)] = True
    assert (picture[boxes] < 60).sum() >= 0.98 * ink  # red is lighter than 60


def test_cropped_page_words_are_relative_to_the_crop(tmp_path: Path) -> None:
    plain = read_page(made_pdf(tmp_path / "a.pdf"), 0).words
    cropped = read_page(made_pdf(tmp_path / "b.pdf", crop=pymupdf.Rect(10, 10, 190, 95)), 0)
    assert (cropped.width, cropped.height) == (180.0, 85.0)
    assert cropped.words[0].box.x0 == pytest.approx(plain[0].box.x0 - 10, abs=0.01)
    assert cropped.words[0].box.y0 == pytest.approx(plain[0].box.y0 - 10, abs=0.01)


def test_user_unit_scales_size_and_words(tmp_path: Path) -> None:
    path = made_pdf(tmp_path / "a.pdf")
    with pymupdf.open(path) as document:
        document.xref_set_key(document[0].xref, "UserUnit", "2.0")
        document.save(tmp_path / "b.pdf")
    page = read_page(tmp_path / "b.pdf", 0)
    assert page.geometry.user_unit == 2.0
    assert (page.width, page.height) == (400.0, 200.0)
    assert page.words[0].box.x0 == pytest.approx(40.0, abs=0.5)


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, Box(120, 60, 180, 90)),
        (90, Box(10, 120, 40, 180)),
        (180, Box(20, 10, 80, 40)),
        (270, Box(60, 20, 90, 80)),
    ],
)
def test_render_rotation_is_clockwise(tmp_path: Path, rotation: int, expected: Box) -> None:
    path = made_pdf(tmp_path / "a.pdf")
    assert_close(red_box(path, rotation=rotation), expected)


def test_render_skew_turns_about_the_centre_and_keeps_the_size(tmp_path: Path) -> None:
    path = made_pdf(tmp_path / "a.pdf")
    picture = render(path, 0, scale=2.0, skew=10.0)
    assert (picture.width, picture.height) == (400, 200)
    plain, turned = red_box(path), red_box(path, skew=5.0)
    assert turned.center[1] > plain.center[1]  # right of the centre goes down


def test_render_clip_is_the_same_pixels_as_the_whole(tmp_path: Path) -> None:
    path = made_pdf(tmp_path / "a.pdf")
    whole = render_image(path, 0, scale=3.0)
    part = render_image(path, 0, scale=3.0, clip=Box(100, 50, 200, 100))
    np.testing.assert_array_equal(np.asarray(whole.crop((300, 150, 600, 300))), np.asarray(part))


def test_render_pixels_are_blue_green_red_opaque(tmp_path: Path) -> None:
    picture = render(made_pdf(tmp_path / "a.pdf"), 0, scale=1.0)
    assert len(picture.data) == 200 * 100 * 4
    at = (75 * 200 + 150) * 4
    assert picture.data[at : at + 4] == bytes((0, 0, 255, 255))
    assert picture.data[:4] == b"\xff\xff\xff\xff"


def test_render_huge_scale_is_lowered_to_the_cap(tmp_path: Path) -> None:
    picture = render(made_pdf(tmp_path / "a.pdf"), 0, scale=1e6, most_pixels=500_000)
    assert picture.width * picture.height <= 505_000
    assert picture.scale == pytest.approx(5.0, rel=0.01)


def test_page_that_is_not_there_is_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no page 2"):
        read_page(made_pdf(tmp_path / "a.pdf"), 1)


def test_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = made_pdf(tmp_path / "a.pdf")
    assert read_page(path, 0).words[0].text == "hello"
    with pymupdf.open() as document:
        document.new_page().insert_text((20, 30), "other")
        document.save(tmp_path / "b.pdf")
    (tmp_path / "b.pdf").replace(path)
    assert read_page(path, 0).words[0].text == "other"


def protected(path: Path, password: str) -> Path:
    with pymupdf.open() as document:
        document.new_page().insert_text((20, 30), "secret")
        document.save(
            path, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw=password, owner_pw="boss"
        )
    return path


def test_protected_without_password_asks_for_it(tmp_path: Path) -> None:
    with pytest.raises(PasswordNeeded, match="is protected"):
        inspect(protected(tmp_path / "a.pdf", "open"))


def test_protected_with_wrong_password_says_so(tmp_path: Path) -> None:
    with pytest.raises(PasswordNeeded, match="does not open"):
        inspect(protected(tmp_path / "a.pdf", "open"), password="shut")


def test_protected_with_password_opens(tmp_path: Path) -> None:
    path = protected(tmp_path / "a.pdf", "open")
    assert len(inspect(path, password="open").page_sizes) == 1
    assert read_page(path, 0, password="open").words[0].text == "secret"


def test_password_is_prepared_as_pdf_asks() -> None:
    assert prepared_password("S\u00aaSL\u00adprep") == "SaSLprep"
    assert prepared_password("a\u00a0b") == "a b"


def scanned_page(path: Path, words: int, *, mode: int) -> Path:
    """A picture over the whole page with some words on it (3: never painted)."""
    with pymupdf.open() as document:
        page = document.new_page(width=300, height=300)
        pixmap = pymupdf.Pixmap(pymupdf.csGRAY, pymupdf.IRect(0, 0, 30, 30), False)
        pixmap.clear_with(200)
        page.insert_image(page.rect, pixmap=pixmap)
        for index in range(words):
            page.insert_text((20, 20 + 12 * index), f"word{index}", render_mode=mode)
        document.save(path)
    return path


def test_picture_with_a_stamp_only_is_a_scan_without_words(tmp_path: Path) -> None:
    page = read_page(scanned_page(tmp_path / "a.pdf", 2, mode=0), 0, ocr="never")
    assert page.is_scan
    assert page.words == ()


def test_recogniser_layer_over_a_scan_is_used(tmp_path: Path) -> None:
    page = read_page(scanned_page(tmp_path / "a.pdf", 15, mode=3), 0)
    assert page.is_scan
    assert len(page.words) == 15


def test_text_over_a_background_picture_is_digital(tmp_path: Path) -> None:
    page = read_page(scanned_page(tmp_path / "a.pdf", 15, mode=0), 0)
    assert not page.is_scan
    assert len(page.words) == 15


def test_text_without_meaning_is_no_text_layer(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        page = document.new_page()
        writer = pymupdf.TextWriter(page.rect)
        writer.append((50, 50), "".join(chr(0xE000 + i) for i in range(40)))
        writer.write_text(page)
        document.save(tmp_path / "a.pdf")
    page = read_page(tmp_path / "a.pdf", 0, ocr="never")
    assert page.is_scan
    assert page.words == ()


def test_cut_pdf_is_repaired_and_says_so(samples: Path, tmp_path: Path) -> None:
    data = (samples / "report.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(data[: len(data) - 200])
    info = inspect(tmp_path / "cut.pdf")
    assert "repaired" in info.problems[0]


def test_header_without_a_document_is_a_user_error(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n%%EOF\n")
    with pytest.raises(UserError, match=r"a\.pdf"):
        inspect(tmp_path / "a.pdf")


def test_ten_thousand_pages_are_listed_quickly(tmp_path: Path) -> None:
    with pymupdf.open() as document:
        for _ in range(2000):
            document.new_page(width=200, height=100)
        document.save(tmp_path / "long.pdf")
    assert len(inspect(tmp_path / "long.pdf").page_sizes) == 2000
