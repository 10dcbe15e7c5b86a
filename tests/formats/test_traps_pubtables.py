"""What goes wrong with PubTables-1M elsewhere: each hazard of its particulars, tried here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

from model_backend.document import Band, Box, Document, Page, PageGeometry, Span, Table, Word
from model_backend.formats import ExportPage, ReadPage, read
from model_backend.formats.export import export, export_page
from model_backend.formats.pictures import FilePicture

STRUCTURE = "PubTables1M-Structure-PASCAL-VOC"
DETECTION = "PubTables1M-Detection-PASCAL-VOC"
STRUCTURE_CLASSES = {
    "table": 0, "table column": 1, "table row": 2, "table column header": 3,
    "table projected row header": 4, "table spanning cell": 5, "no object": 6,
}  # fmt: skip
DETECTION_CLASSES = {"table": 0, "table rotated": 1, "no object": 2}
Object = tuple[int, float, float, float, float]


def loaded(root: Path, classes: dict[str, int]) -> dict[str, list[Object]]:
    """What the reference's data set finds, class map, list files, sorted stems and all."""
    found = {}
    for split in ("train", "val", "test"):
        lines = (root / f"{split}_filelist.txt").read_text().splitlines()
        names = [line.split("/")[-1] for line in lines]
        images = [
            line.split("/")[-1] for line in (root / "images/filelist.txt").read_text().splitlines()
        ]
        stems = {name.replace(".xml", "") for name in names}
        for stem in sorted(stems & {name.replace(".jpg", "") for name in images}):
            assert (root / "images" / f"{stem}.jpg").is_file()
            found[stem] = _objects(root / split / f"{stem}.xml", classes)
    return found


def _objects(file: Path, classes: dict[str, int]) -> list[Object]:
    found = []
    for item in ElementTree.parse(file).getroot().iter("object"):
        name, box = item.findtext("name") or "", item.findall("bndbox")[-1]
        label = int(name) if name.isdigit() else classes[name]
        sides = [float(box.findtext(side) or "nan") for side in ("xmin", "ymin", "xmax", "ymax")]
        assert sides[0] < sides[2]
        assert sides[1] < sides[3]
        found.append((label, sides[0], sides[1], sides[2], sides[3]))
    return found


def table_of(number: int = 50, **changes: Any) -> Table:  # noqa: ANN401 - fields of a table
    rows = tuple(Band(100 + 20 * n, 120 + 20 * n) for n in range(4))
    columns = tuple(Band(100 + 60 * n, 160 + 60 * n) for n in range(3))
    return replace(Table(number, Box(100, 100, 280, 180), rows, columns), **changes)


def page_of(*tables: Table, words: tuple[Word, ...] = ()) -> Page:
    return Page(
        0, 0, 0, 400.0, 500.0, "px", PageGeometry("test", 400, 500), words=words, tables=tables,
        next_id=100,
    )  # fmt: skip


def item_of(page: Page, folder: Path, name: str = "page") -> ExportPage:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (400, 500), "white").save(folder / "page.png")
    picture = FilePicture(folder / "page.png")
    return ExportPage(name, page, Document(0, "x", "", "image/png", 1), picture)


def words_in(page: Page) -> tuple[Word, ...]:
    return tuple(
        Word(1 + row * 3 + column, f"w{row}{column}",
             Box(105 + 60 * column, 105 + 20 * row, 140 + 60 * column, 115 + 20 * row))
        for row in range(4) for column in range(3)
    )  # fmt: skip


@pytest.mark.parametrize("name", ["a.xml.b", "a.jpg", "x.xml", "a b", "PMC1_table_0", "a\\b"])
def test_every_sample_is_found_by_the_loader_whatever_its_page_is_called(
    tmp_path: Path, name: str
) -> None:
    page = page_of(table_of())
    export("pubtables", [item_of(replace(page, words=words_in(page)), tmp_path, name)],
           tmp_path / "out")  # fmt: skip
    (detection,) = loaded(tmp_path / "out" / DETECTION, DETECTION_CLASSES)
    (structure,) = loaded(tmp_path / "out" / STRUCTURE, STRUCTURE_CLASSES)
    assert structure == f"{detection}_table_0"
    for kind, stem in (("Table", structure), ("Page", detection)):
        file = tmp_path / f"out/PubTables1M-{kind}-Words-JSON/{stem}_words.json"
        assert isinstance(json.loads(file.read_text("utf-8")), list)
    for folder in (STRUCTURE, DETECTION):
        for text in (tmp_path / "out" / folder).rglob("*filelist.txt"):
            assert "\\" not in text.read_text()
            assert b"\r" not in text.read_bytes()
        pictures = list((tmp_path / "out" / folder).rglob("*.jpg"))
        assert {file.parent.name for file in pictures} == {"images"}


def test_all_pictures_are_jpeg_also_of_pages_in_png(tmp_path: Path) -> None:
    export("pubtables", [item_of(page_of(table_of()), tmp_path)], tmp_path / "out")
    pictures = [
        file
        for file in (tmp_path / "out").rglob("*.*")
        if file.suffix not in (".xml", ".txt", ".json")
    ]
    assert len(pictures) == 2
    for file in pictures:
        with Image.open(file) as image:
            assert (file.suffix, image.format, image.mode) == (".jpg", "JPEG", "RGB")


def test_projected_row_is_no_spanning_cell_too(tmp_path: Path) -> None:
    table = table_of(header_rows=1, projected_rows=(2,), spans=(Span(0, 1, 0, 2),))
    export("pubtables", [item_of(page_of(table), tmp_path)], tmp_path / "out")
    (objects,) = loaded(tmp_path / "out" / STRUCTURE, STRUCTURE_CLASSES).values()
    labels = [label for label, *_ in objects]
    assert (labels.count(4), labels.count(5), labels.count(3)) == (1, 1, 1)


def test_header_covers_whole_rows_and_no_half_ones(tmp_path: Path) -> None:
    table = table_of(header_rows=2)
    export("pubtables", [item_of(page_of(table), tmp_path)], tmp_path / "out")
    (objects,) = loaded(tmp_path / "out" / STRUCTURE, STRUCTURE_CLASSES).values()
    (header,) = [box for label, *box in objects if label == 3]
    rows = sorted([box for label, *box in objects if label == 2], key=lambda box: box[1])
    assert (header[1], header[3]) == (rows[0][1], rows[1][3])
    assert all(row[3] == following[1] for row, following in zip(rows, rows[1:], strict=False))


def test_boxes_that_reach_out_by_a_pixel_are_not_cut(tmp_path: Path) -> None:
    page = page_of(table_of())
    export("pubtables", [item_of(page, tmp_path)], tmp_path / "set")
    file = next((tmp_path / "set" / STRUCTURE).glob("*/page_table_0.xml"))
    text = file.read_text()
    root = ElementTree.fromstring(text)
    for box in root.iter("bndbox"):
        side = box.find("xmin")
        assert side is not None
        side.text = str(float(side.text or 0) - 39.7376)
    file.write_text(ElementTree.tostring(root, "unicode"))
    before = _objects(file, STRUCTURE_CLASSES)
    assert min(box[1] for box in before) < 0
    pages = list(read("pubtables", tmp_path / "set"))
    good = [export_page(found) for found in pages if isinstance(found, ReadPage)]
    export("pubtables", good, tmp_path / "out")
    after = next((tmp_path / "out" / STRUCTURE).glob("*/page_table_0.xml"))
    assert _objects(after, STRUCTURE_CLASSES) == before


def test_words_in_the_padding_leave_with_the_crop_and_keep_the_order_of_the_page(
    tmp_path: Path,
) -> None:
    words = (
        Word(9, "caption", Box(100, 84, 150, 94)),
        Word(3, "inside", Box(105, 105, 140, 115)),
        Word(5, "far", Box(300, 400, 340, 420)),
    )
    export("pubtables", [item_of(page_of(table_of(), words=words), tmp_path)], tmp_path / "out")
    (file,) = (tmp_path / "out/PubTables1M-Table-Words-JSON").iterdir()
    found = json.loads(file.read_text())
    assert [word["text"] for word in found] == ["caption", "inside"]
    (page_file,) = (tmp_path / "out/PubTables1M-Page-Words-JSON").iterdir()
    on_page = {word["text"]: word["span_num"] for word in json.loads(page_file.read_text())}
    assert {word["text"]: word["span_num"] for word in found} == {
        text: on_page[text] for text in ("caption", "inside")
    }
    for word in found:
        assert (word["flags"], word["line_num"], word["block_num"]) == (0, 0, 0)
        assert all(isinstance(side, float) for side in word["bbox"])


def test_second_table_of_a_structure_picture_is_told(tmp_path: Path) -> None:
    export("pubtables", [item_of(page_of(table_of()), tmp_path)], tmp_path / "set")
    file = next((tmp_path / "set" / STRUCTURE).glob("*/page_table_0.xml"))
    text = file.read_text()
    second = text[text.index("<object>") : text.index("</object>") + 9]
    file.write_text(text.replace("</annotation>", second + "</annotation>"))
    (found,) = [
        page for page in read("pubtables", tmp_path / "set")
        if isinstance(page, ReadPage) and page.name == "page_table_0"
    ]  # fmt: skip
    assert not found.page.tables
    assert any("contradict" in problem for problem in found.problems)


def test_more_objects_than_the_model_can_name_are_told(tmp_path: Path) -> None:
    rows = tuple(Band(100 + n, 101 + n) for n in range(140))
    table = table_of(rows=rows, box=Box(100, 100, 280, 240))
    report = export("pubtables", [item_of(page_of(table), tmp_path)], tmp_path / "out")
    assert any("more than the reference model's 125" in problem for problem in report.problems)
