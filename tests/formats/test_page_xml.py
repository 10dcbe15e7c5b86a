"""PAGE XML: the real files come back as they were, and every known trap of the format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import PIL.Image
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from text_pages import item_of, or_refused, seen, text_pages

from model_backend.document import Box, Page, PageGeometry, Region, Word
from model_backend.errors import UserError
from model_backend.formats import ReadPage, page_xml
from model_backend.formats.export import export, export_page
from model_backend.formats.pictures import FilePicture

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
NEW = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
OLD = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2010-03-19"
REAL = ("ocrd_assets", "textbite")
LEFT_OUT = {
    *("Glyph", "Border", "Baseline", "TextStyle", "AlternativeImage", "Labels", "Label"),
    *("MetadataItem", "OrderedGroup", "OrderedGroupIndexed", "UnorderedGroupIndexed"),
    "UnorderedGroup",
}


def put(folder: Path, body: str, *, space: str = f'xmlns="{NEW}"', name: str = "a.xml") -> Path:
    """A PAGE file with this in its page."""
    prefix = "pc:" if "xmlns:pc" in space else ""
    file = folder / name
    file.write_text(f"<{prefix}PcGts {space}>{body}</{prefix}PcGts>", "utf-8")
    return file


def read(path: Path) -> ReadPage:
    """The one page at that place."""
    (member,) = page_xml.members(path)
    return page_xml.read_member(path, member)


def said(file: Path) -> dict[str, tuple[Any, ...]]:
    """What a file says under each id: element, type, outline, lowest text and its confidence."""
    found: dict[str, tuple[Any, ...]] = {}
    for element in ElementTree.parse(file).getroot().iter():
        name = element.tag.rpartition("}")[2]
        if element.get("id") is None or name in LEFT_OUT:
            continue
        below = {child.tag.rpartition("}")[2]: child for child in reversed(element)}
        coords, text = below.get("Coords"), below.get("TextEquiv")
        points = () if coords is None else tuple(
            tuple(map(float, point.split(","))) for point in coords.get("points", "").split()
        )  # fmt: skip
        words = None if text is None else "".join(text.itertext()).strip("\n\r\t ")
        share = None if text is None or text.get("conf") is None else float(text.get("conf", ""))
        if name != "Relation":
            found[element.get("id", "")] = (name, element.get("type"), points, words, share)
    return found


@pytest.mark.parametrize("name", REAL)
def test_real_files_come_back_as_they_were(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / name
    for member in page_xml.members(path):
        given_page = page_xml.read_member(path, member)
        out = tmp_path / member.replace("/", "_")
        report = export("page_xml", [replace(export_page(given_page), picture=None)], out)
        (written,) = out.rglob("*.xml")
        wanted, found = said(path / member), said(written)
        found = {key: value for key, value in found.items() if not key.startswith("proofdesk_")}
        found.pop("reading_order", None)
        assert found == wanted
        assert report.lost == {}
        back = read(out).page
        assert seen(back, 6) == seen(given_page.page, 6)
        assert len(back.relations) == len(given_page.page.relations)


@many
@given(page=text_pages())
def test_any_page_comes_back(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    out = tmp_path_factory.mktemp("page") / "out"
    report = export("page_xml", [item_of(page, None)], out)
    assert report.lost == {}
    assert seen(read(out).page, None) == seen(page, None)


def test_picture_without_ending_is_found(shared_data: Path) -> None:
    member = "xml/slovnik-francouzsko-cesky-1699213590-31.xml"
    page = page_xml.read_member(shared_data / "textbite", member)
    assert page.image
    assert page.image.name == "slovnik-francouzsko-cesky-1699213590-31.jpg"
    doubled = "xml/842c41f0-7488-11ec-aace-5ef3fc9bb22f.jpg.xml"
    assert page_xml.read_member(shared_data / "textbite", doubled).image


def test_missing_empty_and_clip_pictures_leave_the_page(shared_data: Path) -> None:
    for name in ("gutachten", "SBB0000F29300010000"):
        path = shared_data / "ocrd_assets" / name
        for member in page_xml.members(path):
            page = page_xml.read_member(path, member)
            assert page.image is None
            assert any("IMG" in problem for problem in page.problems)


def test_contradicting_texts_are_kept_and_told(shared_data: Path) -> None:
    path = shared_data / "ocrd_assets/glyph-consistency/data/OCR-D-GT-PAGE/FAULTY_GLYPHS.xml"
    page = read(path)
    assert any("5 lines have another text than their words" in text for text in page.problems)
    assert len(page.page.words) == 41


def test_old_points_and_prefix_are_read(tmp_path: Path) -> None:
    body = (
        '<pc:Page imageFilename="no.png" imageWidth="100" imageHeight="50">'
        '<pc:TextRegion id="r" type="heading"><pc:Coords><pc:Point x="1" y="2"/>'
        '<pc:Point x="30" y="2"/><pc:Point x="30" y="20"/></pc:Coords>'
        '<pc:TextLine id="l"><pc:Coords><pc:Point x="1" y="2"/><pc:Point x="9" y="8"/></pc:Coords>'
        '<pc:Word id="w"><pc:Coords><pc:Point x="1" y="2"/><pc:Point x="9" y="8"/></pc:Coords>'
        "<pc:TextEquiv><pc:Unicode>Ä</pc:Unicode></pc:TextEquiv></pc:Word></pc:TextLine>"
        "</pc:TextRegion></pc:Page>"
    )
    page = read(put(tmp_path, body, space=f'xmlns:pc="{OLD}"')).page
    assert [(w.text, w.box) for w in page.words] == [("Ä", Box(1, 2, 9, 8))]
    assert (page.entities[0].label, page.entities[0].box) == ("heading", Box(1, 2, 30, 20))
    assert page.entities[0].text == "Ä"


def page_with(inner: str) -> str:
    return f'<Page imageFilename="x.png" imageWidth="100" imageHeight="50">{inner}</Page>'


def test_lowest_index_is_the_text_and_others_stay(tmp_path: Path) -> None:
    word = (
        '<TextRegion id="r"><Coords points="0,0 9,0 9,9"/><TextLine id="l">'
        '<Coords points="0,0 9,0 9,9"/><Word id="w"><Coords points="0,0 9,0 9,9"/>'
        '<TextEquiv index="2" conf="0.2"><Unicode>b</Unicode></TextEquiv>'
        '<TextEquiv index="1" conf="0.7"><Unicode>a</Unicode></TextEquiv>'
        "</Word></TextLine></TextRegion>"
    )
    found = read(put(tmp_path, page_with(word)))
    assert [(w.text, w.confidence) for w in found.page.words] == [("a", 0.7)]
    export("page_xml", [export_page(found)], tmp_path / "out")
    (file,) = (tmp_path / "out").rglob("*.xml")
    texts = [element.text for element in ElementTree.parse(file).getroot().iter() if element.text]
    assert [text for text in texts if text in "ab"] == ["a", "b"]


def test_outline_outside_its_parent_stays_and_is_told(tmp_path: Path) -> None:
    inner = (
        '<TextRegion id="r"><Coords points="0,0 9,0 9,9"/><TextLine id="l">'
        '<Coords points="50,40 150,40 150,49"/><TextEquiv><Unicode>far</Unicode></TextEquiv>'
        "</TextLine></TextRegion>"
    )
    found = read(put(tmp_path, page_with(inner)))
    assert found.page.words[0].box == Box(50, 40, 150, 49)
    assert any("reach out of the page" in problem for problem in found.problems)


def test_parts_without_outline_are_left_out_and_told(tmp_path: Path) -> None:
    inner = (
        '<TextRegion id="good"><Coords points="0,0 9,0 9,9"/></TextRegion>'
        '<TextRegion id="bad"><Coords points="0,0 x,9"/></TextRegion>'
        '<ImageRegion id="none"/><ImageRegion id="nan"><Coords points="nan,1 2,3"/></ImageRegion>'
    )
    found = read(put(tmp_path, page_with(inner)))
    assert len(found.page.entities) == 1
    assert any("3 parts" in problem and "bad" in problem for problem in found.problems)


def test_table_with_cells_is_a_grid(tmp_path: Path) -> None:
    cells = "".join(
        f'<TextRegion id="c{row}{column}"><Coords points="{x},{y} {x + 20},{y} {x + 20},{y + 10} '
        f'{x},{y + 10}"/><Roles><TableCellRole rowIndex="{row}" columnIndex="{column}" '
        f'header="{"true" if row == 0 else "false"}"/></Roles><TextEquiv><Unicode>t{row}{column}'
        "</Unicode></TextEquiv></TextRegion>"
        for row, y in enumerate((0, 12))
        for column, x in enumerate((0, 24))
    )
    inner = f'<TableRegion id="t"><Coords points="0,0 44,0 44,22 0,22"/>{cells}</TableRegion>'
    page = read(put(tmp_path, page_with(inner))).page
    (table,) = page.tables
    assert (len(table.rows), len(table.columns), table.header_rows) == (2, 2, 1)
    assert (table.rows[0].end, table.columns[0].end) == (11, 22)
    assert [word.text for word in page.words] == ["t00", "t01", "t10", "t11"]


def test_words_of_cells_leave_in_their_table(tmp_path: Path) -> None:
    page = read_table_page()
    export("page_xml", [item_of(page, None)], tmp_path / "out")
    (file,) = (tmp_path / "out").rglob("*.xml")
    cells = (
        ElementTree.parse(file).getroot().findall(f".//{{{NEW}}}TableRegion/{{{NEW}}}TextRegion")
    )
    assert ["".join(cell.itertext()).split()[:1] for cell in cells] == [["a"], ["b"]]
    back = read(tmp_path / "out").page
    assert seen(back, None) == seen(page, None)


def read_table_page() -> Page:
    """A page with a table of two cells and a word in each."""
    from model_backend.document import Band, Table

    table = Table(3, Box(0, 0, 40, 10), (Band(0, 10),), (Band(0, 20), Band(20, 40)))
    words = (Word(1, "a", Box(2, 2, 8, 8)), Word(2, "b", Box(22, 2, 28, 8)))
    geometry = PageGeometry("test", 90, 100)
    return Page(0, 0, 0, 90, 100, "px", geometry, words=words, tables=(table,), next_id=4)


def test_changed_word_changes_its_line_and_nothing_else(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "ocrd_assets/kant_aufklaerung_1784-page-region-line-word_glyph"
    member = "data/OCR-D-GT-PAGE/PAGE_0017_PAGE.xml"
    given_page = page_xml.read_member(path, member)
    first, *rest = given_page.page.words
    page = replace(given_page.page, words=(replace(first, text="NEW"), *rest))
    export("page_xml", [item_of(page, None)], tmp_path / "out")
    (written,) = (tmp_path / "out").rglob("*.xml")
    wanted, found = said(path / member), said(written)
    changed = sorted(found[key][0] for key in wanted if found[key] != wanted[key])
    assert changed == ["TextLine", "Word"]


def test_masks_and_further_outlines_are_counted_as_lost(tmp_path: Path) -> None:
    outline = ((0.0, 0.0), (5.0, 0.0), (5.0, 5.0))
    region = Region(1, "stamp", Box(0, 0, 5, 5), (outline, outline))
    word = Word(2, "a\x01b", Box(0, 0, 5, 5), is_illegible=True)
    page = Page(
        0, 0, 0, 90, 100, "px", PageGeometry("test", 90, 100),
        words=(word,), regions=(region,), next_id=3,
    )  # fmt: skip
    report = export("page_xml", [item_of(page, None)], tmp_path / "out")
    assert report.lost == {"polygons": 1, "illegible_marks": 1, "characters": 1}
    assert read(tmp_path / "out").page.words[0].text == "ab"


def test_picture_leaves_with_the_page(tmp_path: Path) -> None:
    PIL.Image.new("L", (90, 100)).save(tmp_path / "white.png")
    page = replace(read_table_page(), status="done")
    item = item_of(page, FilePicture(tmp_path / "white.png"))
    export("page_xml", [item], tmp_path / "out")
    found = read(tmp_path / "out")
    assert found.image == (tmp_path / "out/images/page.png").resolve()


def test_names_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    PIL.Image.new("L", (100, 50)).save(tmp_path / "secret.png")
    (tmp_path / "set").mkdir()
    body = page_with("").replace("x.png", "../secret.png")
    put(tmp_path / "set", body)
    assert read(tmp_path / "set").image is None


@pytest.mark.parametrize(
    "body",
    ["", "<Page/>", '<Page imageWidth="0" imageHeight="9"/>',
     '<Page imageWidth="9e6" imageHeight="9e6"/>', '<Page imageWidth="x" imageHeight="9"/>'],
)  # fmt: skip
def test_page_without_usable_size_is_refused(tmp_path: Path, body: str) -> None:
    with pytest.raises(UserError, match=r"a\.xml"):
        read(put(tmp_path, body))


def test_folder_without_page_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mets.xml").write_text("<mets/>")
    with pytest.raises(UserError, match="holds no PAGE files"):
        page_xml.members(tmp_path)
    (tmp_path / "empty.xml").touch()
    with pytest.raises(UserError, match="is empty"):
        read(tmp_path)


points = st.text("0123456789,. -e", max_size=30)


@many
@given(points, st.text(max_size=5), st.text("0123456789.-e", max_size=6))
@example("1e308,1e308 -1e308,0", "", "nan")
def test_any_outline_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, outline: str, index: str, share: str
) -> None:
    root = ElementTree.Element("PcGts")
    page = ElementTree.SubElement(root, "Page", imageWidth="100", imageHeight="50")
    region = ElementTree.SubElement(page, "TextRegion", id="r")
    ElementTree.SubElement(region, "Coords", points=outline)
    text = ElementTree.SubElement(region, "TextEquiv", conf=share)
    text.set("index", share)
    ElementTree.SubElement(text, "Unicode").text = index
    file = tmp_path_factory.mktemp("any") / "a.xml"
    file.write_bytes(ElementTree.tostring(root, "utf-8", xml_declaration=True))
    found = or_refused(lambda: read(file))
    assert isinstance(found, ReadPage) or "a.xml" in str(found)
