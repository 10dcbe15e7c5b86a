"""The HTML report of an evaluation: whole in itself, escaped, with pictures of what differs."""

from __future__ import annotations

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from model_backend.metrics.evaluate import Choices, Evaluation, WorstPage, evaluate
from model_backend.metrics.report import write_report

EVIL = "<script>alert('x')</script>&\""


class Tags(HTMLParser):
    """Collects elements and what they refer to."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def coco(folder: Path, label: str, *, has_picture: bool = True) -> Path:
    folder.mkdir()
    if has_picture:
        Image.new("RGB", (40, 20), "white").save(folder / "a.png")
    data = {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
        "categories": [{"id": 1, "name": label}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [2, 2, 20, 10], "area": 200}
        ],
    }
    (folder / "annotations.json").write_text(json.dumps(data))
    return folder


def written(out: Path, found: Evaluation, truth: Path, predicted: Path) -> tuple[str, Tags]:
    write_report(out, found, truth, predicted)
    assert [path.name for path in out.parent.glob(".*")] == []
    text, tags = out.read_text(encoding="utf-8"), Tags()
    tags.feed(text)
    return text, tags


def test_worst_page_is_shown_with_what_differs(tmp_path: Path) -> None:
    truth, said = coco(tmp_path / "truth", "stamp"), coco(tmp_path / "said", EVIL)
    found = evaluate("coco", truth, said)
    assert [page.score for page in found.worst] == [0]
    text, tags = written(tmp_path / "report.html", found, truth, said)
    assert tags.tags.count("img") == 1
    assert all(link.startswith("data:image/jpeg;base64,") for link in tags.links)
    data = re.findall(r"base64,([^\"]+)", text)[0]
    with Image.open(io.BytesIO(base64.b64decode(data))) as picture:
        assert picture.size == (40, 20)
        assert picture.convert("L").getextrema()[0] < 200  # something is drawn on white


def test_texts_of_data_sets_are_escaped(tmp_path: Path) -> None:
    truth, said = coco(tmp_path / "truth", "stamp"), coco(tmp_path / "said", "seal")
    found = evaluate("coco", truth, said)
    found.figures["unreadable"] = [EVIL]
    found.figures["documents"] = {EVIL: next(iter(found.figures["documents"].values()))}
    worst = tuple(WorstPage(EVIL, page.score, page.truth, page.predicted) for page in found.worst)
    evil = Evaluation(found.figures, worst)
    text, tags = written(tmp_path / "report.html", evil, truth, said)
    assert "script" not in tags.tags
    assert EVIL not in text
    assert "&lt;script&gt;" in text


def test_equal_sets_without_pictures_have_a_report_too(tmp_path: Path) -> None:
    truth = coco(tmp_path / "truth", "stamp", has_picture=False)
    found = evaluate("coco", truth, truth, Choices(resamples=10))
    text, tags = written(tmp_path / "report.html", found, truth, truth)
    assert "img" not in tags.tags
    assert "No page differs." in text
    other = coco(tmp_path / "said", "seal", has_picture=False)
    text, tags = written(tmp_path / "report.html", evaluate("coco", truth, other), truth, other)
    assert "img" not in tags.tags
    assert "no picture of this page" in text


def test_a_report_that_fails_leaves_the_earlier_one(tmp_path: Path) -> None:
    truth = coco(tmp_path / "truth", "stamp")
    out = tmp_path / "report.html"
    out.write_text("earlier")
    with pytest.raises(KeyError):
        write_report(out, Evaluation({"format": "coco"}, ()), truth, truth)
    assert out.read_text() == "earlier"
    assert list(tmp_path.glob(".*")) == []
