"""Formats among one another, PDF pages in them, and whatever a page may hold through each."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL.Image import Image

from model_backend import masks, sources
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Span,
    Table,
    Word,
    union_of,
)
from model_backend.errors import UserError
from model_backend.formats import (
    ExportPage,
    ReadPage,
    WriteOptions,
    page_json,
    read,
    read_member,
    voc,
)
from model_backend.formats.export import convert, export, export_page
from model_backend.formats.funsd_form import form_of
from model_backend.formats.pictures import FilePicture

FORMATS = ("funsd", "coco", "pubtables", "pages")


def all_pages(format_name: str, path: Path) -> list[ReadPage]:
    pages = list(read(format_name, path))
    assert all(isinstance(page, ReadPage) for page in pages), [str(page) for page in pages]
    return [page for page in pages if isinstance(page, ReadPage)]


@dataclass(frozen=True)
class PdfPicture:
    """A page of a PDF as its own picture source."""

    path: Path
    number: int
    rotation: int = 0
    original: Path | None = None
    native_scale: float | None = None

    def render(self, scale: float, box: Box | None = None) -> Image:
        return sources.render_image(
            self.path, self.number, scale=scale, clip=box, rotation=self.rotation
        )


@pytest.fixture(scope="module")
def pdf_page(shared_data: Path) -> ExportPage:
    """A digital page with its words, an entity, a link, a region and a table on real lines."""
    path = shared_data / "icdar2013" / "competition-dataset-us" / "us-004.pdf"
    if not path.is_file():
        path = next((shared_data / "icdar2013").rglob("us-004.pdf"))
    found = sources.read_page(path, 0, ocr="never")
    first = len(found.words) + 1
    box = union_of(word.box for word in found.words[20:60])
    across, down = box.width / 3, box.height / 4
    table = Table(
        first,
        box,
        tuple(Band(box.y0 + n * down, box.y0 + (n + 1) * down) for n in range(4)),
        tuple(Band(box.x0 + n * across, box.x0 + (n + 1) * across) for n in range(3)),
    )
    page = Page(
        1, 1, 0, found.width, found.height, found.unit, found.geometry,
        status=PageStatus.DONE, words=found.words, tables=(table,), is_scan=False,
        entities=(
            Entity(first + 1, "header", (1, 2), "x", found.words[0].box.union(found.words[1].box)),
            Entity(first + 2, "other", (3,), found.words[2].text, found.words[2].box),
        ),
        relations=(Relation(first + 3, first + 1, first + 2),),
        regions=(Region(first + 4, "stamp", Box(10, 10, 30, 40)),),
        next_id=first + 5,
    )  # fmt: skip
    document = Document(1, path.name, sources.inspect(path).sha256, "application/pdf", 3)
    return ExportPage("us-004_1", page, document, PdfPicture(path, 0))


def test_pdf_page_leaves_for_forms_at_150_dpi(pdf_page: ExportPage, tmp_path: Path) -> None:
    export("funsd", [pdf_page], tmp_path / "out")
    (back,) = all_pages("funsd", tmp_path / "out")
    scale = 150 / 72
    assert back.page.width == round(pdf_page.page.width * scale)
    box = pdf_page.page.entities[1].box
    found = back.page.entities[1].box
    assert (found.x0, found.y1) == pytest.approx((box.x0 * scale, box.y1 * scale), abs=1)
    assert found.x0 == int(found.x0)


def test_dots_to_an_inch_can_be_chosen(pdf_page: ExportPage, tmp_path: Path) -> None:
    export("coco", [pdf_page], tmp_path / "out", WriteOptions(dpi=72))
    (back,) = all_pages("coco", tmp_path / "out")
    assert back.page.width == round(pdf_page.page.width)
    stamp = next(region for region in back.page.regions if region.label == "stamp")
    assert (stamp.box.x0, stamp.box.y1) == pytest.approx((10, 40), abs=0.05)


def test_pdf_table_has_its_words_and_thirty_points_of_padding(
    pdf_page: ExportPage, tmp_path: Path
) -> None:
    export("pubtables", [pdf_page], tmp_path / "out")
    detection, structure = all_pages("pubtables", tmp_path / "out")
    zoom = 1000 / max(pdf_page.page.width, pdf_page.page.height)
    assert max(detection.page.width, detection.page.height) == 1000
    (table,) = structure.page.tables
    (drawn,) = pdf_page.page.tables
    assert (len(table.rows), len(table.columns)) == (len(drawn.rows), len(drawn.columns))
    left = min(30.0, drawn.box.x0) * zoom
    assert table.box.x0 == pytest.approx(left, abs=1)
    inside = [word for word in pdf_page.page.words if word.box.overlap(drawn.box) > 0.9]
    texts = [word.text for word in structure.page.words]
    assert set(texts) >= {word.text for word in inside}
    assert structure.image
    picture = np.asarray(sources.render_image(structure.image, 0, scale=1.0).convert("L"))
    dark = [
        picture[int(w.box.y0) : int(w.box.y1) + 1, int(w.box.x0) : int(w.box.x1) + 1].min() < 140
        for w in structure.page.words
    ]
    assert sum(dark) > 0.9 * len(dark)


def test_pdf_page_comes_back_whole_and_as_a_picture(pdf_page: ExportPage, tmp_path: Path) -> None:
    export("pages", [pdf_page], tmp_path / "out")
    (back,) = all_pages("pages", tmp_path / "out")
    assert replace(back.page, id=1, document_id=1) == pdf_page.page
    assert back.document == replace(pdf_page.document, id=0)
    as_picture = page_json.in_picture(back)
    assert as_picture.page.unit == "px"
    assert as_picture.page.width == round(pdf_page.page.width * 150 / 72)
    convert("pages", tmp_path / "out", "pubtables", tmp_path / "tables")
    assert len(all_pages("pubtables", tmp_path / "tables")) == 2


def test_page_file_whose_picture_is_gone_keeps_the_rest(
    pdf_page: ExportPage, tmp_path: Path
) -> None:
    export("pages", [pdf_page, replace(pdf_page, name="b")], tmp_path / "in")
    files = sorted((tmp_path / "in/images").iterdir())
    files[0].unlink()
    first, second = all_pages("pages", tmp_path / "in")
    assert (first.image, second.image) == (None, files[1])
    assert files[0].name in first.problems[0]
    report = convert("pages", tmp_path / "in", "coco", tmp_path / "out")
    assert report.pages == 2
    files[1].write_bytes(b"\x89PNG broken")
    report = convert("pages", tmp_path / "in", "coco", tmp_path / "again")
    assert report.pages == 1
    assert any(files[1].name in problem for problem in report.failed)


def test_page_file_with_another_picture_is_refused(pdf_page: ExportPage, tmp_path: Path) -> None:
    export("pages", [pdf_page], tmp_path / "in")
    (file,) = (tmp_path / "in/images").iterdir()
    with PIL.Image.open(file) as picture:
        picture.resize((picture.width // 2, picture.height)).save(file)
    (found,) = read("pages", tmp_path / "in")
    assert isinstance(found, UserError)
    assert file.name in str(found)


def test_boxes_with_swapped_corners_leave_in_order(white: FilePicture, tmp_path: Path) -> None:
    swapped = Box(30, 25, 10, 5)
    page = Page(
        1, 1, 0, 90.0, 100.0, "px", PageGeometry("test", 90.0, 100.0),
        entities=(Entity(1, "question", (), "a", swapped),),
        regions=(Region(2, "table", swapped),),
        next_id=3,
    )  # fmt: skip
    item = export_page(ReadPage("a", page, white.path))
    for name in ("funsd", "coco", "pubtables"):
        export(name, [item], tmp_path / name)
    (entity,) = json.loads((tmp_path / "funsd/annotations/a.json").read_bytes())["form"]
    assert entity["box"] == [10, 5, 30, 25]
    (region, entity) = json.loads((tmp_path / "coco/annotations/instances.json").read_bytes())[
        "annotations"
    ]
    assert region["bbox"] == entity["bbox"] == [10, 5, 20, 20]
    assert region["area"] == entity["area"] == 400
    (file,) = (tmp_path / "pubtables").rglob("a.xml")
    (table,) = voc.load(file).objects
    assert table.box == Box(100, 50, 300, 250)


def test_page_file_with_a_mask_without_extent_is_refused(
    white: FilePicture, tmp_path: Path
) -> None:
    mask = masks.mask_from_bitmap(np.ones((2, 4)), (1.0, 1.0, 1.0, 1.0, 0.0, 0.0))
    page = replace(
        Page(1, 1, 0, 40.0, 30.0, "px", PageGeometry("test", 40.0, 30.0)),
        regions=(Region(1, "stamp", Box(0, 0, 4, 4), mask=mask),),
        next_id=2,
    )
    export("pages", [export_page(ReadPage("a", page, white.path))], tmp_path / "out")
    (found,) = read("pages", tmp_path / "out")
    assert isinstance(found, UserError)
    assert "masks" in str(found)


@pytest.mark.parametrize("to_format", FORMATS)
@pytest.mark.parametrize(
    ("from_format", "name"),
    [
        ("coco", "publaynet/examples"),
        ("pubtables", "pubtables_format_icdar2013c"),
    ],
)
def test_every_format_leaves_as_every_other(
    shared_data: Path, tmp_path: Path, from_format: str, name: str, to_format: str
) -> None:
    pages = all_pages(from_format, shared_data / name)[:3]
    report = export(to_format, map(export_page, pages), tmp_path / "out")
    assert report.pages + report.lost.get("pages_without_tables", 0) == 3
    assert len(all_pages(to_format, tmp_path / "out")) == report.pages


def test_forms_leave_as_coco_with_text(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "funsd/training_data"
    pages = [read_member("funsd", source, name) for name in ("00040534", "0011906503")]
    export("coco", map(export_page, pages), tmp_path / "out")
    data = json.loads((tmp_path / "out/annotations/instances.json").read_bytes())
    assert [item["text"] for item in data["annotations"]] == [
        entity.text for page in pages for entity in page.page.entities
    ]
    assert {item["supercategory"] for item in data["categories"]} == {"entity"}


coordinates = st.floats(0, 90, allow_nan=False).map(lambda value: round(value, 3))
boxes = st.tuples(*[coordinates] * 4).map(
    lambda sides: Box(sides[0], sides[1], sides[0] + sides[2] + 1, sides[1] + sides[3] + 1)
)
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
polygons = st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=6).map(tuple)
bitmaps = st.integers(1, 2**30).map(
    lambda seed: np.random.default_rng(seed).random((100, 90)) < seed % 10 / 10 + 0.05
)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """A page with anything on it."""
    words = tuple(Word(n, draw(texts), draw(boxes)) for n in range(1, draw(st.integers(1, 6))))
    ids = iter(range(10, 100))
    known = [word.id for word in words]
    word_ids = st.lists(st.sampled_from(known), max_size=4) if known else st.just([])
    entities = tuple(
        Entity(next(ids), draw(texts), tuple(draw(word_ids)), draw(texts), draw(boxes))
        for _ in range(draw(st.integers(0, 4)))
    )
    ends = st.sampled_from([entity.id for entity in entities]) if entities else st.just(0)
    pairs = draw(st.sets(st.tuples(ends, ends), max_size=4)) if entities else set()
    relations = tuple(Relation(next(ids), start, end) for start, end in sorted(pairs))
    spans, header_rows = draw(
        st.sampled_from([((), 0), ((), 1), ((Span(0, 1, 0, 2),), 1), ((Span(0, 2, 1, 2),), 0)])
    )
    table = Table(
        next(ids), Box(10, 10, 60, 50), (Band(10, 20), Band(20, 50)), (Band(10, 30), Band(30, 60)),
        spans=spans, header_rows=header_rows, rotation=draw(st.sampled_from([0.0, 90.0, 12.5])),
    )  # fmt: skip
    tables = (table,) if draw(st.booleans()) else ()
    outlines = st.lists(polygons, min_size=1, max_size=2).map(tuple)
    kinds = (
        st.builds(Region, st.just(1), texts, boxes)
        | st.builds(Region, st.just(1), texts, boxes, outlines)
        | st.builds(Region, st.just(1), texts, boxes, mask=bitmaps.map(masks.mask_from_bitmap))
    )
    regions = tuple(replace(region, id=next(ids)) for region in draw(st.lists(kinds, max_size=3)))
    return Page(
        0, 0, 0, 90.0, 100.0, "px", PageGeometry("test", 90, 100), status=PageStatus.DONE,
        words=words, entities=entities, relations=relations, tables=tables, regions=regions,
        next_id=100,
    )  # fmt: skip


@pytest.fixture(scope="module")
def white(tmp_path_factory: pytest.TempPathFactory) -> FilePicture:
    """A white picture of the size of the pages."""
    from PIL import Image as images

    path = tmp_path_factory.mktemp("white") / "white.png"
    images.new("L", (90, 100), 255).save(path)
    return FilePicture(path)


def item_of(page: Page, picture: FilePicture) -> ExportPage:
    return ExportPage("page", page, Document(0, "x", "", "image/png", 1), picture)


many = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@many
@given(page=pages())
def test_any_page_comes_back_from_page_files(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    out = tmp_path_factory.mktemp("pages") / "out"
    export("pages", [item_of(page, white)], out)
    assert all_pages("pages", out)[0].page == page


@many
@given(page=pages())
def test_any_page_comes_back_from_forms(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    out = tmp_path_factory.mktemp("funsd") / "out"
    export("funsd", [item_of(page, white)], out)
    (back,) = all_pages("funsd", out)
    assert [(item.label, item.text) for item in back.page.entities] == [
        (item.label, item.text) for item in page.entities
    ]
    order = {entity.id: place for place, entity in enumerate(page.entities)}
    order_back = {entity.id: place for place, entity in enumerate(back.page.entities)}
    assert {(order_back[link.from_id], order_back[link.to_id]) for link in back.page.relations} == {
        (order[link.from_id], order[link.to_id]) for link in page.relations
    }
    form = form_of(back.page)
    assert [item["id"] for item in form] == list(range(len(form)))
    for item in form:
        assert all(pair in form[pair[0]]["linking"] for pair in item["linking"])
        assert all(pair in form[pair[1]]["linking"] for pair in item["linking"])


@many
@given(page=pages())
def test_any_page_comes_back_from_coco(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    out = tmp_path_factory.mktemp("coco") / "out"
    export("coco", [item_of(page, white)], out)
    (back,) = all_pages("coco", out)
    assert not any("annotation" in problem for problem in back.problems)
    for region, found in zip(page.regions, back.page.regions, strict=False):
        assert found.label == region.label
        assert (found.box.x0, found.box.y1) == pytest.approx((region.box.x0, region.box.y1))
        assert region.mask or not region.polygons or found.polygons == region.polygons
        if region.mask:
            assert found.mask
            wanted = masks.bitmap_on(region.mask, 90, 100)
            assert np.array_equal(masks.decode(found.mask.counts, 90, 100), wanted)
    assert len(back.page.regions) == len(page.regions) + len(page.entities) + len(page.tables)


@many
@given(page=pages().filter(lambda page: page.tables))
def test_any_table_comes_back_from_pubtables(
    tmp_path_factory: pytest.TempPathFactory, white: FilePicture, page: Page
) -> None:
    page = replace(page, words=())
    out = tmp_path_factory.mktemp("tables") / "out"
    export("pubtables", [item_of(page, white)], out)
    found = [item.page.tables[0] for item in all_pages("pubtables", out) if item.page.tables]
    assert [(t.spans, t.header_rows, len(t.rows), len(t.columns)) for t in found] == [
        (t.spans, t.header_rows, 2, 2) for t in page.tables
    ]
