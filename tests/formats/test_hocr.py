"""hOCR: what tesseract writes comes back as it was, and every known trap of the format."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from text_pages import item_of, or_refused, rounded, seen, text_pages

from model_backend.document import Box, Page
from model_backend.errors import UserError
from model_backend.formats import ReadPage, hocr
from model_backend.formats.export import convert, export, export_page

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORD = (
    '<span class="ocrx_word" id="w1" title="bbox 20 30 60 40; x_wconf 78" lang="deu">Sch&auml;'
    "<strong>ch<em>tel</em></strong>n</span>"
)


def put(folder: Path, body: str = WORD, title: str = "bbox 0 0 300 400", head: str = "") -> Path:
    """An hOCR file with this in a line of a block."""
    file = folder / "a.hocr"
    quoted = title.replace('"', "&quot;")
    file.write_text(
        f'{head}<html><body><div class="ocr_page" id="page_1" title="{quoted}">'
        '<div class="ocr_carea" id="b" title="bbox 10 20 100 60"><p class="ocr_par" id="p">'
        f'<span class="ocr_line" id="l" title="bbox 10 20 100 60; baseline 0.01 -5">{body}</span>'
        "</p></div></div></body></html>",
        "utf-8",
    )
    return file


def read(path: Path) -> ReadPage:
    """The one page at that place."""
    (member,) = hocr.members(path)
    return hocr.read_member(path, member)


@pytest.fixture(scope="module")
def recognised(tmp_path_factory: pytest.TempPathFactory, samples: Path) -> Path:
    """What tesseract itself writes about the samples' letter."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    folder = tmp_path_factory.mktemp("tesseract")
    picture = sorted(path for path in samples.rglob("*.png"))[0]
    with PIL.Image.open(picture) as image:
        image.convert("L").save(folder / "scan.png")
    command = ["tesseract", "scan.png", "scan", "-l", "eng", "--dpi", "200", "hocr"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return folder


def test_what_tesseract_writes_comes_back(recognised: Path, tmp_path: Path) -> None:
    given_page = read(recognised)
    text = (recognised / "scan.hocr").read_text("utf-8")
    assert len(given_page.page.words) == text.count("class='ocrx_word'") > 20
    assert given_page.image == (recognised / "scan.png").resolve()
    assert given_page.problems == ()
    report = export("hocr", [export_page(given_page)], tmp_path / "out")
    assert report.lost == {}
    back = read(tmp_path / "out")
    assert seen(back.page, 0) == seen(given_page.page, 0)
    (written,) = (tmp_path / "out").rglob("*.hocr")
    new = written.read_text("utf-8")
    for name in ("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"):
        assert new.count(f'class="{name}"') == text.count(f"class='{name}'")
    assert new.count("baseline") == text.count("baseline")


@many
@given(page=text_pages())
def test_any_page_comes_back(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    out = tmp_path_factory.mktemp("hocr") / "out"
    report = export("hocr", [item_of(page, None)], out)
    assert set(report.lost) <= {"relations", "tables", "texts", "outlines", "blanks"}
    back = read(out).page
    plain = [(" ".join(w.text.split()), rounded(w.box, None), w.confidence) for w in page.words]
    found = [(w.text, rounded(w.box, None), w.confidence) for w in back.words]
    assert sorted(found, key=str) == sorted(plain, key=str)
    assert sorted((e.label.split(), rounded(e.box, None)) for e in back.entities) == sorted(
        (e.label.split() or ["text"], rounded(e.box, None)) for e in page.entities
    )
    assert len(back.regions) == len(page.regions)


def test_markup_entities_and_confidence_of_words(tmp_path: Path) -> None:
    page = read(put(tmp_path)).page
    assert [(w.text, w.box, w.confidence) for w in page.words] == [
        ("Schächteln", Box(20, 30, 60, 40), 0.78)
    ]
    bare = '<span class="ocrx_word" title="bbox 1 2 3 4">a</span>'
    assert read(put(tmp_path, bare)).page.words[0].confidence is None


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('image "a;b.png"; bbox 0 0 300 400', "a;b.png"),
        ("image 'it is.png'; bbox 0 0 300 400", "it is.png"),
        ("bbox 0 0 300 400; image plain name.png; ppageno 0", "plain name.png"),
        ('image "say \\"x\\".png"; bbox 0 0 300 400', 'say "x".png'),
        ("image d'oh.png; bbox 0 0 300 400", "d'oh.png"),
    ],
)
def test_quoted_names_of_pictures(tmp_path: Path, title: str, name: str) -> None:
    PIL.Image.new("L", (300, 400)).save(tmp_path / name)
    found = read(put(tmp_path, title=title))
    assert found.image
    assert found.image.name == name
    assert found.page.width == 300


def test_page_origin_other_than_zero_is_moved(tmp_path: Path) -> None:
    found = read(put(tmp_path, title="bbox 5 10 305 410"))
    assert (found.page.width, found.page.height) == (300, 400)
    assert found.page.words[0].box == Box(15, 20, 55, 30)


def test_document_types_are_neither_fetched_nor_expanded(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    secret = '<!ENTITY x SYSTEM "file:///etc/passwd">'
    for inner in (f' [<!ENTITY a0 "ha">{bomb}]', f" [{secret}]", ' SYSTEM "http://127.0.0.1:9/x"'):
        word = '<span class="ocrx_word" title="bbox 1 2 3 4">&a9;&x;</span>'
        start = time.process_time()
        page = read(put(tmp_path, word, head=f"<!DOCTYPE html{inner}>")).page
        assert page.words[0].text == "&a9;&x;"
        assert time.process_time() - start < 2


def test_other_classes_of_lines_and_floats(tmp_path: Path) -> None:
    body = (
        '</span><span class="ocr_caption" id="c" title="bbox 0 0 50 9">'
        '<span class="ocrx_word" title="bbox 0 0 9 9">Fig.</span></span>'
        '<span class="ocr_photo" title="bbox 0 50 50 90"></span><span>'
    )
    found = read(put(tmp_path, body))
    assert [word.text for word in found.page.words] == ["Fig."]
    export("hocr", [export_page(found)], tmp_path / "out")
    (file,) = (tmp_path / "out").rglob("*.hocr")
    assert 'class="ocr_caption"' in file.read_text("utf-8")


def test_words_without_box_are_told(tmp_path: Path) -> None:
    found = read(put(tmp_path, '<span class="ocrx_word" id="bad" title="bbox 1 2 x">a</span>'))
    assert any("bad" in problem for problem in found.problems)


def test_several_pages_and_other_encodings(tmp_path: Path) -> None:
    page = '<div class="ocr_page" title="bbox 0 0 9 9">{}</div>'
    word = '<span class="ocrx_word" title="bbox 1 2 3 4">é</span>'
    text = f'<meta charset="iso-8859-1">{page.format("")}{page.format(word)}'
    (tmp_path / "a.html").write_bytes(text.encode("latin-1"))
    assert hocr.members(tmp_path) == ("a.html", "a.html#2")
    assert hocr.read_member(tmp_path, "a.html#2").page.words[0].text == "é"
    (tmp_path / "a.html").write_bytes(text.replace("iso-8859-1", "utf-8").encode("latin-1"))
    with pytest.raises(UserError, match="not text that can be read"):
        hocr.read_member(tmp_path, "a.html")


def test_deep_and_long_files_are_refused(tmp_path: Path) -> None:
    for body in ("<b>" * 100_000, "<b></b>" * 250_000):
        start = time.process_time()
        with pytest.raises(UserError, match="nested too deeply"):
            read(put(tmp_path, body))
        assert time.process_time() - start < 10


def test_forms_leave_as_hocr_and_alto(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "textbite/alto/slovnik-francouzsko-cesky-1699213590-31.xml"
    report = convert("alto", source, "hocr", tmp_path / "hocr")
    assert report.counts["words"] == 840
    back = convert("hocr", tmp_path / "hocr", "alto", tmp_path / "alto")
    assert (back.counts["words"], back.counts["regions"]) == (840, 137)


@many
@given(st.text(max_size=60), st.text("bbox 0123456789;\"'\\-.e", max_size=40))
def test_any_markup_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, body: str, title: str
) -> None:
    word = f'<span class="ocrx_word" title="{title}">{body}</span>'
    plain = replace(read(put(tmp_path_factory.mktemp("plain"))), name="b")
    file = put(tmp_path_factory.mktemp("any"), word.encode(errors="replace").decode())
    answer = or_refused(lambda: read(file))
    assert plain.page.words
    assert isinstance(answer, ReadPage) or "a.hocr" in str(answer)
