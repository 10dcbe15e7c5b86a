"""PubTables-1M: real sets come back equal; what we draw loads in the reference's loader."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageDraw

from model_backend import table_grid
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    Region,
    Span,
    Table,
    Word,
)
from model_backend.document_json import from_json, to_json
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, WriteOptions, members, read, voc
from model_backend.formats.export import convert, export, export_page
from model_backend.formats.pictures import FilePicture

STRUCTURE = "PubTables1M-Structure-PASCAL-VOC"
DETECTION = "PubTables1M-Detection-PASCAL-VOC"
TABLE_WORDS = "PubTables1M-Table-Words-JSON"
PAGE_WORDS = "PubTables1M-Page-Words-JSON"
LabelledBox = tuple[str, float, float, float, float]


@pytest.fixture(scope="session")
def crops(shared_data: Path) -> list[ReadPage]:
    """The 50 tables that the reference's own script wrote."""
    pages = [*read("pubtables", shared_data / "pubtables_format_icdar2013c")]
    assert all(isinstance(page, ReadPage) for page in pages), pages
    return [page for page in pages if isinstance(page, ReadPage)]


def objects_in(file: Path) -> Counter[LabelledBox]:
    """Objects as the reference's loader reads them."""
    found: Counter[LabelledBox] = Counter()
    for item in ElementTree.parse(file).getroot().iter("object"):
        box = item.find("bndbox")
        assert box is not None
        x0, y0, x1, y1 = (
            float(box.findtext(side) or "nan") for side in ("xmin", "ymin", "xmax", "ymax")
        )
        found[(item.findtext("name") or "", x0, y0, x1, y1)] += 1
    return found


def labels_in(file: Path) -> Counter[str]:
    return Counter(name for name, *_ in objects_in(file).elements())


def samples(root: Path) -> list[str]:
    """Samples that PDFTablesDataset finds: sorted stems with annotation and .jpg picture."""
    found = []
    for split in ("train", "val", "test"):
        lines = (root / f"{split}_filelist.txt").read_text().splitlines()
        stems = {line.split("/")[-1].replace(".xml", "") for line in lines}
        assert stems == {file.stem for file in (root / split).iterdir()}
        images = (root / "images/filelist.txt").read_text().splitlines()
        pictures = {line.split("/")[-1].replace(".jpg", "") for line in images}
        found += sorted(stems & pictures)
    return found


def find(root: Path, stem: str) -> Path:
    (file,) = root.glob(f"*/{stem}.xml")
    return file


def test_unchanged_set_of_the_reference_comes_back_equal(
    shared_data: Path, crops: list[ReadPage], tmp_path: Path
) -> None:
    source = shared_data / "pubtables_format_icdar2013c"
    assert len(crops) == 50
    for page in crops[:5]:
        assert from_json(Page, json.loads(json.dumps(to_json(page.page)))) == page.page
    report = export("pubtables", map(export_page, crops), tmp_path / "out")
    assert report.pages == 50
    root = tmp_path / "out" / STRUCTURE
    assert len(samples(root)) == 50
    assert samples(tmp_path / "out" / DETECTION) == []
    for file in source.glob("*VOC/*/*.xml"):
        assert objects_in(root / "test" / file.name) == objects_in(file), file.name
        words = json.loads(next(source.glob(f"*/{file.stem}_words.json")).read_text())
        assert (
            json.loads((tmp_path / "out" / TABLE_WORDS / f"{file.stem}_words.json").read_text())
            == words
        )
        picture = next(source.glob(f"*VOC/images/{file.stem}.jpg"))
        assert (root / "images" / picture.name).read_bytes() == picture.read_bytes()


def test_headers_of_the_reference_are_kept(
    crops: list[ReadPage], shared_data: Path, tmp_path: Path
) -> None:
    page = crops[0]
    export("pubtables", [export_page(page)], tmp_path / "out")
    source = next(shared_data.glob(f"pubtables_format*/*VOC/test/{page.name}.xml"))
    (written,) = (tmp_path / "out" / STRUCTURE / "test").iterdir()
    assert (
        written.read_text("utf-8").splitlines()[:16] == source.read_text("utf-8").splitlines()[:16]
    )


def test_most_real_tables_become_grids(crops: list[ReadPage]) -> None:
    grids = [page for page in crops if page.page.tables]
    assert len(grids) >= 45
    for page in crops:
        if not page.page.tables:
            assert page.page.regions
            assert any("contradict" in problem for problem in page.problems)


def test_genuine_files_are_read_without_pictures(shared_data: Path) -> None:
    pages = [
        page
        for page in read("pubtables", shared_data / "deepdoctection/PubTables1M")
        if isinstance(page, ReadPage)
    ]
    structure, detection = sorted(pages, key=lambda page: page.page.width)
    (table,) = structure.page.tables
    assert (len(table.rows), len(table.columns), len(table.spans)) == (34, 5, 1)
    assert table.header_rows == 1
    (region,) = detection.page.regions
    assert region.box == Box(
        73.33950605548796, 141.87325371636285, 692.9898301421618, 258.37318343345567
    )
    assert (detection.page.width, detection.page.height, detection.split) == (771, 1000, "val")
    assert any("picture" in problem for problem in structure.problems)
    assert any("words file" in problem for problem in structure.problems)


def test_changed_table_is_written_from_its_grid(crops: list[ReadPage], tmp_path: Path) -> None:
    page = next(page for page in crops if page.page.tables and len(page.page.tables[0].rows) > 4)
    table = page.page.tables[0]
    fewer = table_grid.delete_row(table, len(table.rows) - 1)
    export(
        "pubtables",
        [export_page(replace(page, page=replace(page.page, tables=(fewer,))))],
        tmp_path / "out",
    )
    file = find(tmp_path / "out" / STRUCTURE, page.name)
    assert labels_in(file)["table row"] == len(table.rows) - 1
    assert labels_in(file)["table column"] == len(table.columns)
    for _, *sides in objects_in(file):
        assert [round(side, 4) for side in sides] == sides


WIDE = 24
TALL = 14


def draw(folder: Path, width: int, height: int, ink: Sequence[Box] = ()) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    image = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(image)
    for box in ink:
        pen.rectangle((box.x0, box.y0, box.x1 - 1, box.y1 - 1), fill=0)
    path = folder / "page.png"
    image.save(path)
    return path


def bands(start: float, size: float, count: int) -> tuple[Band, ...]:
    return tuple(Band(start + n * size, start + (n + 1) * size) for n in range(count))


def grid(**changes: object) -> Table:
    table = Table(
        1000, Box(200, 300, 200 + 50 * WIDE, 300 + 40 * TALL),
        bands(300, 40, TALL), bands(200, 50, WIDE),
        spans=(Span(0, 1, 0, 12), Span(0, 1, 12, WIDE), Span(2, 13, 0, 1), Span(2, 13, 1, 12)),
        header_rows=2, projected_rows=(13,),
    )  # fmt: skip
    return replace(table, **changes)  # type: ignore[arg-type]


def words_of(table: Table) -> tuple[Word, ...]:
    boxes = (cell.box.grown(-12) for cell in table_grid.cells(table))
    return tuple(Word(n, f"w{n}", box) for n, box in enumerate(boxes, 1))


def page_of(table: Table, words: tuple[Word, ...], **changes: object) -> Page:
    page = Page(
        1,
        1,
        0,
        2000.0,
        2500.0,
        "px",
        PageGeometry("test", 2000, 2500),
        words=words,
        tables=(table,),
        next_id=2000,
    )
    return replace(page, **changes)  # type: ignore[arg-type]


def item_of(page: Page, picture: Path, name: str = "report_0", sha: str = "a") -> ExportPage:
    return ExportPage(
        name, page, Document(1, "report.pdf", sha, "image/png", 1), FilePicture(picture)
    )


def test_drawn_table_with_wide_spans_leaves_for_both_tasks(tmp_path: Path) -> None:
    table = grid()
    page = page_of(table, words_of(table))
    picture = draw(tmp_path / "in", 2000, 2500, [word.box for word in page.words])
    report = export("pubtables", [item_of(page, picture)], tmp_path / "out")
    assert report.counts == {"pages": 1, "detection_pages": 1, "detected_tables": 1, "tables": 1}
    root = tmp_path / "out" / STRUCTURE
    assert samples(root) == ["report_0_table_0"]
    assert samples(tmp_path / "out" / DETECTION) == ["report_0"]
    labels = labels_in(find(root, "report_0_table_0"))
    assert labels == {
        "table": 1, "table row": TALL, "table column": WIDE, "table column header": 1,
        "table projected row header": 1, "table spanning cell": 4,
    }  # fmt: skip
    with Image.open(tmp_path / "out" / DETECTION / "images/report_0.jpg") as image:
        assert image.size == (800, 1000)
        assert image.mode == "RGB"
    (box,) = objects_in(find(tmp_path / "out" / DETECTION, "report_0"))
    assert box == ("table", 80, 120, 560, 344)


def test_structure_crop_has_the_padding_and_comes_back_as_the_same_grid(tmp_path: Path) -> None:
    table = grid()
    page = page_of(table, words_of(table))
    picture = draw(tmp_path / "in", 2000, 2500, [word.box for word in page.words])
    export("pubtables", [item_of(page, picture)], tmp_path / "out")
    crop = next(
        page
        for page in read("pubtables", tmp_path / "out")
        if isinstance(page, ReadPage) and page.page.tables
    )
    (back,) = crop.page.tables
    padding = 30 / 792 * 1000
    assert back.box.x0 == pytest.approx(padding, abs=1)
    assert crop.page.width == pytest.approx(480 + 2 * padding, abs=2)
    assert (back.spans, back.header_rows, back.projected_rows) == (table.spans, 2, (13,))
    assert [band.size for band in back.rows] == pytest.approx([16] * TALL)
    assert len(crop.page.words) == len(page.words)
    assert crop.image
    with Image.open(crop.image) as image:
        for word in crop.page.words:
            x, y = word.box.center
            assert image.getpixel((int(x), int(y))) < (60, 60, 60)
            assert image.getpixel((int(x), int(word.box.y0 - 3))) > (200, 200, 200)


def test_words_of_a_crop_are_those_inside_by_three_quarters(tmp_path: Path) -> None:
    table = grid()
    edge = 105  # where the crop begins on the page: 42 of its pixels
    words = (
        *words_of(table),
        Word(500, "inside", Box(edge + 20, 400, edge + 60, 420)),
        Word(501, "cut", Box(edge - 8, 450, edge + 32, 470)),
        Word(502, "out", Box(edge - 20, 500, edge + 20, 520)),
        Word(503, " ", Box(edge + 20, 550, edge + 60, 570)),
    )
    page = page_of(table, words)
    export("pubtables", [item_of(page, draw(tmp_path / "in", 2000, 2500))], tmp_path / "out")
    found = json.loads((tmp_path / "out" / TABLE_WORDS / "report_0_table_0_words.json").read_text())
    texts = {word["text"]: word for word in found}
    assert "inside" in texts
    assert "out" not in texts
    assert " " not in texts
    assert texts["cut"]["bbox"][0] == 0
    assert list(found[0]) == ["bbox", "text", "flags", "span_num", "line_num", "block_num"]
    numbers = [word["span_num"] for word in found]
    assert numbers == sorted(numbers)
    every = json.loads((tmp_path / "out" / PAGE_WORDS / "report_0_words.json").read_text())
    assert len(every) == len(words)
    assert {word["text"]: word["span_num"] for word in every}["cut"] == texts["cut"]["span_num"]


@pytest.mark.parametrize("rotation", [90.0, 180.0, 270.0, 3.0, 88.0])
def test_turned_table_leaves_upright(tmp_path: Path, rotation: float) -> None:
    small = grid(
        box=Box(500, 900, 1100, 1300), rows=bands(900, 100, 4), columns=bands(500, 200, 3),
        spans=(Span(0, 1, 0, 2),), header_rows=1, projected_rows=(), rotation=rotation,
    )  # fmt: skip
    upright = replace(small, rotation=0.0)
    first = table_grid.cells(upright)[0].box
    ink = Box(first.x0 + 20, first.y0 + 20, first.x0 + 120, first.y0 + 80)
    center = table_grid.to_page(small, ink.center)
    turned = round(rotation / 90) % 2
    size = (60, 100) if turned else (100, 60)
    on_page = Box(
        center[0] - size[0] / 2,
        center[1] - size[1] / 2,
        center[0] + size[0] / 2,
        center[1] + size[1] / 2,
    )
    page = page_of(small, (Word(1, "first", on_page),))
    picture = draw(tmp_path / "in", 2000, 2500, [on_page])
    export("pubtables", [item_of(page, picture)], tmp_path / "out")
    ((name, *_),) = objects_in(find(tmp_path / "out" / DETECTION, "report_0"))
    assert name == ("table" if rotation == 3.0 else "table rotated")
    (crop,) = [
        page
        for page in read("pubtables", tmp_path / "out")
        if isinstance(page, ReadPage) and page.page.tables
    ]
    (back,) = crop.page.tables
    assert (len(back.rows), len(back.columns), back.spans) == (4, 3, (Span(0, 1, 0, 2),))
    assert (back.box.width, back.box.height) == pytest.approx((240, 160), abs=0.01)
    (word,) = crop.page.words
    expected = ink.scaled(0.4, 0.4).moved(back.box.x0 - 200, back.box.y0 - 360)
    assert (word.box.x0, word.box.y0) == pytest.approx((expected.x0, expected.y0), abs=0.01)
    assert crop.image
    with Image.open(crop.image) as image:
        x, y = word.box.center
        assert image.getpixel((int(x), int(y))) < (80, 80, 80)
        assert image.getpixel((int(x), int(y + 20))) > (200, 200, 200)


def test_crop_at_the_border_stays_on_the_page(tmp_path: Path) -> None:
    small = grid(
        box=Box(0, 0, 400, 200),
        rows=bands(0, 100, 2),
        columns=bands(0, 200, 2),
        spans=(),
        header_rows=0,
        projected_rows=(),
    )
    page = page_of(small, ())
    export("pubtables", [item_of(page, draw(tmp_path / "in", 2000, 2500))], tmp_path / "out")
    (crop,) = [
        page
        for page in read("pubtables", tmp_path / "out")
        if isinstance(page, ReadPage) and page.page.tables
    ]
    assert (crop.page.tables[0].box.x0, crop.page.tables[0].box.y0) == (0, 0)
    assert crop.page.width == pytest.approx(160 + 37.9, abs=1)


@pytest.mark.parametrize("rotation", [0.0, 90.0])
def test_table_outside_its_page_stays_behind(tmp_path: Path, rotation: float) -> None:
    inside = grid()
    outside = replace(table_grid.moved(inside, 3000, 0), id=1001, rotation=rotation)
    page = page_of(inside, (), tables=(inside, outside))
    report = export(
        "pubtables", [item_of(page, draw(tmp_path / "in", 2000, 2500))], tmp_path / "out"
    )
    turned = {"table_turns": 1} if rotation else {}
    assert report.lost == {"tables_outside_the_page": 1, **turned}
    assert samples(tmp_path / "out" / STRUCTURE) == ["report_0_table_0"]


def test_tight_boxes_lie_on_the_text(tmp_path: Path) -> None:
    table = grid()
    page = page_of(table, words_of(table))
    picture = draw(tmp_path / "in", 2000, 2500)
    export("pubtables", [item_of(page, picture)], tmp_path / "out", WriteOptions(boxes="tight"))
    rows = [
        sides
        for name, *sides in objects_in(find(tmp_path / "out" / STRUCTURE, "report_0_table_0"))
        if name == "table row"
    ]
    assert max(y1 - y0 for _, y0, _, y1 in rows) == pytest.approx((40 - 24) * 0.4, abs=0.01)


def test_what_cannot_be_held_is_counted(tmp_path: Path) -> None:
    table = grid(columns=bands(200, 1200, 1), spans=(), projected_rows=())
    page = page_of(
        table, (), entities=(Entity(1, "question", (), "", Box(1, 1, 2, 2)),),
        regions=(
            Region(2, "stamp", Box(1, 1, 50, 50)),
            Region(3, "table rotated", Box(1500, 1, 1900, 900)),
        ),
    )  # fmt: skip
    picture = draw(tmp_path / "in", 2000, 2500)
    plain = page_of(table, (), tables=())
    report = export(
        "pubtables", [item_of(page, picture), item_of(plain, picture, "plain")], tmp_path / "out"
    )
    assert report.lost == {
        "entities": 1,
        "regions": 1,
        "tables_of_one_column": 1,
        "pages_without_tables": 1,
    }
    assert labels_in(find(tmp_path / "out" / DETECTION, "report_0")) == {
        "table": 1,
        "table rotated": 1,
    }
    assert samples(tmp_path / "out" / STRUCTURE) == []


def test_documents_are_split_by_a_stable_hash(tmp_path: Path) -> None:
    table = grid(
        box=Box(200, 300, 400, 400),
        rows=bands(300, 100, 1),
        columns=bands(200, 100, 2),
        spans=(),
        header_rows=0,
        projected_rows=(),
    )
    picture = draw(tmp_path / "in", 2000, 2500)
    pages = [
        item_of(page_of(table, ()), picture, f"{sha}_{number}", sha)
        for sha in ("a", "b", "c", "d", "e", "f", "g")
        for number in range(2)
    ]
    export("pubtables", pages, tmp_path / "out")
    for kind in (STRUCTURE, DETECTION):
        homes: dict[str, set[str]] = {}
        for file in (tmp_path / "out" / kind).glob("*/*.xml"):
            homes.setdefault(file.stem[0], set()).add(file.parent.name)
        assert len(homes) == 7
        assert all(len(home) == 1 for home in homes.values())
        assert len({home for found in homes.values() for home in found}) > 1


def test_detection_page_comes_back_and_takes_a_grid(tmp_path: Path) -> None:
    table = grid()
    page = page_of(table, words_of(table))
    picture = draw(tmp_path / "in", 2000, 2500)
    export("pubtables", [item_of(page, picture)], tmp_path / "one")
    convert("pubtables", tmp_path / "one" / DETECTION, "pubtables", tmp_path / "two")
    for name in ("report_0.xml", "report_0.jpg"):
        (before,), (after,) = (
            (tmp_path / folder / DETECTION).glob(f"*/{name}") for folder in ("one", "two")
        )
        assert before.read_bytes() == after.read_bytes()
    detection = next(
        item
        for item in read("pubtables", tmp_path / "one")
        if isinstance(item, ReadPage) and item.page.regions
    )
    drawn = table_grid.transformed(table, (0.4, 0, 0, 0.4, 0, 0))
    item = export_page(replace(detection, page=replace(detection.page, tables=(drawn,))))
    export("pubtables", [item], tmp_path / "three")
    assert labels_in(find(tmp_path / "three" / DETECTION, "report_0")) == {"table": 1}
    assert samples(tmp_path / "three" / STRUCTURE) == ["report_0_table_0"]


XML = """<?xml version="1.0" ?>
<annotation><filename>a.jpg</filename><source><database>PubTables1M-Structure</database></source>
<size><width>100</width><height>100</height><depth>3</depth></size>{objects}</annotation>"""
OBJECT = (
    "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax>"
    "</bndbox></object>"
)


def small_set(tmp_path: Path, text: str, words: object = None) -> Path:
    for part in ("train", "images", "words"):
        (tmp_path / "set" / part).mkdir(parents=True)
    (tmp_path / "set/train/a.xml").write_text(text, "utf-8")
    Image.new("RGB", (100, 100)).save(tmp_path / "set/images/a.jpg")
    if words is not None:
        (tmp_path / "set/words/a_words.json").write_text(json.dumps(words))
    return tmp_path / "set"


def sample(*objects: tuple[object, ...]) -> str:
    return XML.format(objects="".join(OBJECT.format(*item) for item in objects))


TABLE = (
    ("table", 0, 0, 90, 90),
    ("table row", 0, 0, 90, 45),
    ("table row", 0, 45, 90, 90),
    ("table column", 0, 0, 45, 90),
    ("table column", 45, 0, 90, 90),
)


@pytest.mark.parametrize(
    "text",
    [
        sample(("table", "12,5", 0, 5, 5)),
        sample(("table", "nan", 0, 5, 5)),
        sample(("table", "1e400", 0, 5, 5)),
        sample(("table", "1_0", 0, 5, 5)),
        sample(("", 1, 0, 5, 5)),
        XML.format(objects="<object><name>table</name></object>"),
        "<annotation>",
        "<html/>",
        "",
        '<!DOCTYPE a [<!ENTITY b "c">]>' + sample(*TABLE),
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + sample(*TABLE),
        "<a>" * 100 + "</a>" * 100,
        "<annotation>" + "<a/>" * 100_001 + "</annotation>",
        sample(*TABLE).replace("<width>100", "<width>300"),
    ],
)  # fmt: skip
def test_broken_annotation_is_refused_by_name(tmp_path: Path, text: str) -> None:
    text = text.replace('<?xml version="1.0" ?>\n', "") if "DOCTYPE" in text else text
    (error,) = read("pubtables", small_set(tmp_path, text))
    assert isinstance(error, UserError)
    assert "a.xml" in str(error)


@pytest.mark.parametrize(
    "words", [3, {"a": []}, [{"bbox": [1, 2, 3]}], [{"text": "a", "bbox": [1, 2, 3, None]}]]
)
def test_broken_words_are_refused_by_name(tmp_path: Path, words: object) -> None:
    (error,) = read("pubtables", small_set(tmp_path, sample(*TABLE), words))
    assert isinstance(error, UserError)
    assert "a_words.json" in str(error)


def test_oddities_of_other_writers_are_read(tmp_path: Path) -> None:
    text = sample(*TABLE[:3], ("3 ", 0, 0, 90, 45), *TABLE[3:]).replace("<name>3 <", "<name>\n3\n<")
    text = "\ufeff" + text.replace("<bndbox>", "<bndbox><xmin>9</xmin></bndbox><bndbox>", 1)
    words = {
        "words": [
            {
                "text": "a & b",
                "bbox": [1, 2, 30, 4.5],
                "flags": 1,
                "span_num": 7,
                "line_num": 2,
                "block_num": 3,
                "score": 1,
            }
        ]
    }
    (page,) = read("pubtables", small_set(tmp_path, text, words))
    assert isinstance(page, ReadPage)
    (table,) = page.page.tables
    assert (len(table.rows), len(table.columns), table.header_rows) == (2, 2, 1)
    export("pubtables", [export_page(page)], tmp_path / "out")
    assert (
        json.loads((tmp_path / "out" / TABLE_WORDS / "a_words.json").read_text()) == words["words"]
    )
    assert labels_in(find(tmp_path / "out" / STRUCTURE, "a"))["table column header"] == 1


def test_contradicting_objects_stay_regions_and_come_back(tmp_path: Path) -> None:
    objects = (*TABLE, ("table row", 0, 10, 90, 80), ("table spanning cell", 0, 0, 60, 60))
    (page,) = read("pubtables", small_set(tmp_path, sample(*objects), []))
    assert isinstance(page, ReadPage)
    assert len(page.page.regions) == 7
    assert any("contradict" in problem for problem in page.problems)
    export("pubtables", [export_page(page)], tmp_path / "out")
    before, after = tmp_path / "set/train/a.xml", find(tmp_path / "out" / STRUCTURE, "a")
    assert objects_in(before) == objects_in(after)


def test_unknown_class_is_flagged_and_not_written(tmp_path: Path) -> None:
    (page,) = read(
        "pubtables", small_set(tmp_path, sample(*TABLE, ("Table_Row &amp; &lt;x>", 0, 0, 9, 9)), [])
    )
    assert isinstance(page, ReadPage)
    assert any("Table_Row" in problem for problem in page.problems)
    report = export("pubtables", [export_page(page)], tmp_path / "out")
    assert report.lost == {"regions": 1}


def test_lonely_pictures_are_listed(tmp_path: Path) -> None:
    folder = small_set(tmp_path, sample(*TABLE), [])
    Image.new("RGB", (9, 9)).save(folder / "images/b.jpg")
    (page,) = read("pubtables", folder)
    assert isinstance(page, ReadPage)
    assert any("b.jpg" in problem for problem in page.problems)


def test_new_word_of_an_imported_crop_is_numbered_above(tmp_path: Path) -> None:
    words = [
        {
            "text": "a",
            "bbox": [1, 2, 30, 4.5],
            "flags": 0,
            "span_num": 7,
            "line_num": 0,
            "block_num": 0,
        }
    ]
    (page,) = read("pubtables", small_set(tmp_path, sample(*TABLE), words))
    assert isinstance(page, ReadPage)
    new = Word(99, "b", Box(5, 5, 9, 9))
    export(
        "pubtables",
        [export_page(replace(page, page=replace(page.page, words=(*page.page.words, new))))],
        tmp_path / "out",
    )
    found = json.loads((tmp_path / "out" / TABLE_WORDS / "a_words.json").read_text())
    assert found[0] == words[0]
    assert found[1]["span_num"] > 7


def test_folder_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no PubTables-1M"):
        members("pubtables", tmp_path)


def test_set_behind_a_link_has_its_pictures_too(
    crops: Sequence[ReadPage], shared_data: Path, tmp_path: Path
) -> None:
    link = tmp_path / "link"
    link.symlink_to(shared_data / "pubtables_format_icdar2013c", target_is_directory=True)
    found = [page for page in read("pubtables", link) if isinstance(page, ReadPage)]
    assert [page.image for page in found] == [page.image for page in crops]
    assert all(page.image for page in found)


@pytest.mark.parametrize("name", ["FinTabNet.c-Structure", ""])
def test_set_in_the_layout_of_fintabnet_is_read(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    root = tmp_path / "FinTabNet.c" / "FinTabNet.c-Structure"
    crops = sorted((shared_data / "pubtables_format_icdar2013c").rglob("*_table_1.xml"))[:3]
    for folder in ("train", "val", "test", "images", "words"):
        (root / folder).mkdir(parents=True)
    for split, xml in zip(("train", "val", "test"), crops, strict=True):
        stem = f"HAL_2011_page_{split}_table_0"
        text = xml.read_text("utf-8").replace("ICDAR-2013-C-Structure", "FinTabNet.c-Structure")
        (root / split / f"{stem}.xml").write_text(text, "utf-8")
        (root / f"{split}_filelist.txt").write_text(f"{split}/{stem}.xml\n")
        around = shared_data / "pubtables_format_icdar2013c"
        shutil.copy(next(around.rglob(f"{xml.stem}.jpg")), root / "images" / f"{stem}.jpg")
        shutil.copy(
            next(around.rglob(f"{xml.stem}_words.json")), root / "words" / f"{stem}_words.json"
        )
    found = list(read("pubtables", tmp_path / "FinTabNet.c" / name))
    assert [page.split for page in found if isinstance(page, ReadPage)] == ["test", "train", "val"]
    for page in found:
        assert isinstance(page, ReadPage)
        assert page.image is not None
        assert page.page.tables or page.page.regions
        assert page.page.words
    report = convert("pubtables", tmp_path / "FinTabNet.c" / name, "pubtables", tmp_path / "out")
    assert report.pages == 3
    for xml in root.rglob("*.xml"):
        (written,) = (tmp_path / "out").rglob(xml.name)
        assert written.parent.name == xml.parent.name
        assert voc.load(written).objects == voc.load(xml).objects
        assert voc.load(written).database == "FinTabNet.c-Structure"
