"""ICDAR-2013 as a data set: the real files in and out, their faults, edits, scans, projects."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pymupdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from desktop.document import edits
from desktop.jobs import steps, work
from desktop.store.store import Store
from model_backend import sources, table_grid
from model_backend.document import Box, Document, Page, Span, Word
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, read, read_member
from model_backend.formats.export import convert, export, export_page
from model_backend.formats.icdar2013_regions import pdf_to_page, read_regions
from model_backend.formats.pictures import FilePicture
from model_backend.quality import read_back_icdar
from model_backend.service import Workers


def folder_of(shared_data: Path) -> Path:
    return shared_data / "icdar2013" / "competition-dataset-us"


def copied(shared_data: Path, target: Path, stem: str) -> Path:
    target.mkdir(exist_ok=True)
    for ending in ("-str.xml", "-reg.xml", ".pdf"):
        shutil.copy(folder_of(shared_data) / f"{stem}{ending}", target)
    return target


def pages_of(path: Path) -> list[ReadPage]:
    found = list(read("icdar2013", path))
    assert all(isinstance(item, ReadPage) for item in found), [str(item) for item in found]
    return [item for item in found if isinstance(item, ReadPage)]


def number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def box_of(element: ElementTree.Element) -> tuple[int | None, ...] | None:
    box = element.find("bounding-box")
    sides = () if box is None else tuple(number(box.get(key)) for key in ("x1", "y1", "x2", "y2"))
    return sides if sides and None not in sides else None


def meaning(file: Path) -> Iterator[tuple[object, ...]]:
    """All that the files say but instruction numbers: read plainly, without our reader."""
    for table in ElementTree.parse(file).getroot().iter("table"):
        for region in table.iter("region"):
            keys = ("page", "col-increment", "row-increment")
            ids = (table.get("id"), region.get("id"), *(number(region.get(key)) for key in keys))
            yield (*ids, box_of(region))
            for cell in region.iter("cell"):
                starts = [number(cell.get(key)) for key in ("start-row", "start-col")]
                ends = [number(cell.get(key)) for key in ("end-row", "end-col")]
                ends = [
                    end if end is not None else first
                    for end, first in zip(ends, starts, strict=True)
                ]
                text = cell.findtext("content") or ""
                yield (*ids, cell.get("id"), *starts, *ends, text, box_of(cell))


def test_all_real_tables_come_back_with_their_meaning(shared_data: Path, tmp_path: Path) -> None:
    source = folder_of(shared_data)
    report = convert("icdar2013", source, "icdar2013", tmp_path / "out")
    files = sorted(source.glob("*-str.xml")) + sorted(source.glob("*-reg.xml"))
    assert report.counts["tables"] == 90
    assert report.counts["cells"] > 10_000
    assert "regions" not in report.counts
    for file in files:
        assert list(meaning(tmp_path / "out" / file.name)) == list(meaning(file)), file.name
    for pdf in source.glob("*.pdf"):
        assert (tmp_path / "out" / pdf.name).read_bytes() == pdf.read_bytes()
    assert any("us-018" in problem and "cell 5" in problem for problem in report.problems)
    assert sum("us-019" in problem for problem in report.problems) == 2
    assert sum("us-035" in problem and "swapped" in problem for problem in report.problems) == 2


def test_words_lie_in_the_cells_that_name_them(shared_data: Path, tmp_path: Path) -> None:
    (page,) = pages_of(copied(shared_data, tmp_path, "us-004"))[:1]
    (table, *_) = page.page.tables
    words = table_grid.words_of_cells(table, page.page.words)
    regions = read_regions(tmp_path / "us-004-str.xml", tmp_path / "us-004-reg.xml")
    row = min(cell.span.row0 for cell in regions[0].cells)
    told = {(cell.span.row0 - row, cell.span.column0): cell.text for cell in regions[0].cells}
    same = [
        "".join(table_grid.cell_text(found).split()) == "".join(told.get(place, "").split())
        for place, found in (((s.row0, s.column0), w) for s, w in words.items())
    ]
    assert sum(same) > 0.9 * len(same)


def test_edited_table_leaves_with_its_new_cells_and_the_others_as_they_were(
    shared_data: Path, tmp_path: Path
) -> None:
    items = pages_of(copied(shared_data, tmp_path / "in", "us-017"))
    item = next(item for item in items if item.page.tables)
    table = item.page.tables[0]
    changed = edits.replace(item.page, table_grid.delete_row(table, len(table.rows) - 1))
    others = [other for other in items if other is not item]
    pages = sorted([*others, replace(item, page=changed)], key=lambda one: one.page.number)
    export("icdar2013", map(export_page, pages), tmp_path / "out")
    found = {page.name: page.page for page in pages_of(tmp_path / "out")}
    assert len(found[item.name].tables[0].rows) == len(table.rows) - 1
    for other in others:
        assert found[other.name].tables == other.page.tables


def test_corrected_word_changes_the_text_of_its_cell(shared_data: Path, tmp_path: Path) -> None:
    (item,) = pages_of(copied(shared_data, tmp_path / "in", "us-004"))[:1]
    words = table_grid.words_of_cells(item.page.tables[0], item.page.words)
    word = next(found[0] for found in words.values() if found)
    page = edits.set_word_text(item.page, word.id, "Corrected")
    export("icdar2013", [export_page(replace(item, page=page))], tmp_path / "out")
    assert "Corrected" in (tmp_path / "out/us-004-str.xml").read_text("utf-8")


def table_page(**changes: object) -> Page:
    """A scan with a table of words, a merged cell, a header and a blank place."""
    geometry = sources.inspect(Path(changes.pop("picture"))).page_sizes[0]  # type: ignore[arg-type]
    texts = [("Both", 0, 0), ("a", 0, 1), ("b", 1, 1), ("c", 0, 2)]
    words = tuple(
        Word(n, text, Box(20.0 + 40 * x, 10.0 + 20 * y, 40.0 + 40 * x, 20.0 + 20 * y))
        for n, (text, x, y) in enumerate(texts, 1)
    )
    table = table_grid.empty_table(9, Box(10, 5, 90, 65))
    for edge in (25.0, 45.0):
        table = table_grid.add_row_edge(table, edge)
    table = table_grid.add_column_edge(table, 50.0)
    table = table_grid.set_header_rows(table_grid.merge_cells(table, Span(0, 1, 0, 2)), 1)
    return Page(0, 0, 0, 100.0, 80.0, "px", geometry, words=words, tables=(table,), next_id=10)


def test_scans_leave_with_a_pdf_of_their_picture(tmp_path: Path) -> None:
    Image.new("L", (100, 80), "white").save(tmp_path / "a.png")
    page = table_page(picture=tmp_path / "a.png")
    item = ExportPage(
        "a", page, Document(0, "a", "", "image/png", 1), FilePicture(tmp_path / "a.png")
    )
    report = export("icdar2013", [item], tmp_path / "out")
    assert report.lost == {"header_rows": 1, "table_edges": 1, "words": 4}
    root = ElementTree.parse(tmp_path / "out/a-str.xml").getroot()
    cells = [
        (dict(sorted(cell.attrib.items())), cell.findtext("content")) for cell in root.iter("cell")
    ]
    assert cells == [
        ({"end-col": "1", "id": "1", "start-col": "0", "start-row": "0"}, "Both"),
        ({"id": "2", "start-col": "0", "start-row": "1"}, "a"),
        ({"id": "3", "start-col": "1", "start-row": "1"}, "b"),
        ({"id": "4", "start-col": "0", "start-row": "2"}, "c"),
    ]
    box = root.find("./table/region/cell/bounding-box")
    assert box is not None
    assert box.attrib == {"x1": "20", "y1": "60", "x2": "40", "y2": "70"}
    outline = ElementTree.parse(tmp_path / "out/a-reg.xml").getroot().find(".//bounding-box")
    assert outline is not None
    assert outline.attrib == {"x1": "10", "y1": "15", "x2": "90", "y2": "75"}
    (back,) = pages_of(tmp_path / "out")
    assert (len(back.page.tables[0].rows), len(back.page.tables[0].columns)) == (3, 2)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_pdf_points_land_on_their_words_on_turned_and_cropped_pages(
    tmp_path: Path, rotation: int
) -> None:
    file = tmp_path / "x.pdf"
    with pymupdf.open() as document:
        page = document.new_page(width=600, height=800)
        page.insert_text((100, 200), "hello", fontsize=20)
        page.set_mediabox(pymupdf.Rect(-10, -20, 590, 780))
        page.set_cropbox(pymupdf.Rect(20, 30, 500, 700))
        page.set_rotation(rotation)
        document.save(file)
    (word,) = sources.read_page(file, 0, ocr="never").words
    a, b, c, d, e, f = pdf_to_page(file, 0)
    x, y = 110, 605  # inside the text, which begins at 100 and stands at 600 of the PDF's own frame
    assert word.box.contains((a * x + c * y + e, b * x + d * y + f))


def test_formats_of_tables_take_pages_of_pdfs(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path / "in", "us-017")
    first = convert("icdar2013", source, "pubtables", tmp_path / "tables")
    assert first.counts["tables"] == sum(len(item.page.tables) for item in pages_of(source)) > 3
    report = convert("pubtables", tmp_path / "tables", "pages", tmp_path / "pages")
    convert("pages", tmp_path / "pages", "pubtables", tmp_path / "again")
    for file in (tmp_path / "tables").rglob("*.xml"):
        name = file.relative_to(tmp_path / "tables")
        assert (tmp_path / "again" / name).read_bytes() == file.read_bytes()
    assert report.counts["pages"] == first.counts["tables"] + first.counts["pages"]


def test_page_of_a_pdf_becomes_a_document_of_its_own(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path / "in", "us-017")
    (tmp_path / "documents").mkdir()
    found = [
        steps.read_member("icdar2013", source, f"us-017#{page}", tmp_path / "documents")
        for page in (2, 2, 3)
    ]
    first, again, second = (inspected.info.sha256 for _page, inspected in found)
    assert first == again != second
    page, inspected = found[2]
    assert (page.page.number, len(inspected.info.page_sizes)) == (0, 1)
    words = sources.read_page(inspected.copy, 0, ocr="never").words
    assert [word.text for word in words] == [word.text for word in page.page.words]


def test_missing_pdf_and_missing_page_are_named(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path, "us-004")
    with pytest.raises(UserError, match="page 9"):
        read_member("icdar2013", source, "us-004#9")
    (source / "us-004.pdf").unlink()
    (found,) = read("icdar2013", source)
    assert isinstance(found, UserError)
    assert "us-004.pdf" in str(found)


def test_outlines_without_cells_are_regions_and_leave_again(
    shared_data: Path, tmp_path: Path
) -> None:
    source = copied(shared_data, tmp_path / "in", "us-004")
    (source / "us-004-str.xml").unlink()
    (item,) = pages_of(source)
    assert {region.label for region in item.page.regions} == {"table"}
    convert("icdar2013", source, "icdar2013", tmp_path / "out")
    first, again = (list(meaning(path / "us-004-reg.xml")) for path in (source, tmp_path / "out"))
    assert first == again


def test_names_and_entities_lead_nowhere(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path / "in", "us-004")
    with pytest.raises(UserError):
        read_member("icdar2013", source, "../in/us-004#1")
    text = (source / "us-004-str.xml").read_text("utf-8")
    head, _, rest = text.partition("?>")
    hostile = f'{head}?><!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]>{rest}'
    (source / "us-004-str.xml").write_text(hostile, "utf-8")
    (found,) = read("icdar2013", source)
    assert isinstance(found, UserError)


def test_damaged_files_do_not_pass_the_check(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path, "us-004")
    regions = read_regions(source / "us-004-str.xml", source / "us-004-reg.xml")
    read_back_icdar.check_document(source, "us-004", regions)
    for ending, old, new in (("str", "start-row='", "start-row='1"), ("reg", "y1='", "y1='1")):
        file = source / f"us-004-{ending}.xml"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(UserError, match="does not read back"):
            read_back_icdar.check_document(source, "us-004", regions)
        file.write_text(text, "utf-8")


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, cut out or replaced by what breaks readers."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(changed))
        new = chance.choice((b"", b"9", b"-", b"'", b"<", b"\xff", b"999999999999", b"&#13;", b"0"))
        changed[place : place + chance.choice((1, 1, 2, 30))] = new
    return bytes(changed)


def test_damaged_pdfs_give_pages_or_messages(shared_data: Path, tmp_path: Path) -> None:
    chance = random.Random(7)
    source = copied(shared_data, tmp_path / "in", "us-004")
    (tmp_path / "documents").mkdir()
    original = (source / "us-004.pdf").read_bytes()
    messages = 0
    for number_of in range(25):
        data = mutated(original[: chance.randrange(len(original) // 2, len(original))], chance)
        (source / "us-004.pdf").write_bytes(data)
        try:
            steps.read_member("icdar2013", source, "us-004#1", tmp_path / "documents")
            items = [export_page(item) for item in pages_of(source)]
            export("icdar2013", items, tmp_path / f"out{number_of}")
        except UserError:
            messages += 1
    assert 0 < messages < 25


values = st.sampled_from(["0", "1", "2", "-1", "7", "26\u00df", "", "99999999999", "700", " 3"])
sides = st.fixed_dictionaries(dict.fromkeys(("x1", "y1", "x2", "y2"), values))
places = st.dictionaries(
    st.sampled_from(["start-row", "end-row", "start-col", "end-col", "id"]), values
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cells=st.lists(st.tuples(places, sides), max_size=6), page=values)
def test_any_values_give_pages_or_messages(
    tmp_path_factory: pytest.TempPathFactory, cells: list[tuple[dict[str, str], ...]], page: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    with pymupdf.open() as document:
        document.new_page()
        document.save(folder / "x.pdf")
    root = ElementTree.Element("document")
    region = ElementTree.SubElement(ElementTree.SubElement(root, "table"), "region", page=page)
    for place, box in cells:
        cell = ElementTree.SubElement(region, "cell", place)
        ElementTree.SubElement(cell, "bounding-box", box)
    (folder / "x-str.xml").write_bytes(ElementTree.tostring(root))
    found = list(read("icdar2013", folder))
    good = [export_page(item) for item in found if isinstance(item, ReadPage)]
    good = [item for item in good if item.page.tables or item.page.regions]
    if good:
        export("icdar2013", good, folder / "out")


def test_pages_of_a_project_leave_under_their_own_names(shared_data: Path, tmp_path: Path) -> None:
    source = copied(shared_data, tmp_path / "in", "us-017")
    workers = Workers(batch=1)
    try:
        with Store.create(tmp_path / "a.proofdesk") as store:
            importing = work.ImportDataset(work.StoreTarget(store), "icdar2013", source)
            assert work.run(importing, workers).failed == ()
    finally:
        workers.close()
    report = work.export_project(tmp_path / "a.proofdesk", "icdar2013", tmp_path / "out").report
    names = [f"us-017_{number}" for number in range(2, 8)]
    assert sorted(path.stem for path in (tmp_path / "out").glob("*.pdf")) == names
    assert report.renamed == ()
    first = [row[6:] for row in meaning(source / "us-017-str.xml") if len(row) > 6]
    files = sorted((tmp_path / "out").glob("*-str.xml"))
    assert [row[6:] for file in files for row in meaning(file) if len(row) > 6] == first
