"""What goes wrong with PAGE, ALTO and hOCR elsewhere: each hazard not tried with their readers."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from model_backend.document import Box
from model_backend.formats import ReadPage, read
from model_backend.formats.export import convert

PAGE = 'xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"'
ALTO = 'xmlns="http://www.loc.gov/standards/alto/ns-v4#"'
COORDS = '<Coords points="{}"/>'


def page_file(folder: Path, body: str, attributes: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("L", (200, 100), "white").save(folder / "scan.png")
    (folder / "a.xml").write_text(
        f'<PcGts {PAGE}><Page imageFilename="scan.png" imageWidth="200" imageHeight="100"'
        f" {attributes}>{body}</Page></PcGts>",
        "utf-8",
    )
    return folder


def alto_file(folder: Path, body: str, tags: str = "", page: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("L", (200, 100), "white").save(folder / "scan.png")
    (folder / "a.xml").write_text(
        f"<alto {ALTO}><Description><MeasurementUnit>pixel</MeasurementUnit>"
        "<sourceImageInformation><fileName>scan</fileName></sourceImageInformation></Description>"
        f'{tags}<Layout><Page ID="p" WIDTH="200" HEIGHT="100" {page}><PrintSpace>{body}'
        "</PrintSpace></Page></Layout></alto>",
        "utf-8",
    )
    return folder


def only(name: str, path: Path) -> ReadPage:
    (page,) = read(name, path)
    assert isinstance(page, ReadPage), page
    return page


def again(name: str, folder: Path, out: Path) -> ElementTree.Element:
    """The file after it came in and left, unchanged."""
    convert(name, folder, name, out)
    (file,) = [path for path in out.rglob("*.*") if path.suffix in (".xml", ".hocr")]
    return ElementTree.parse(file).getroot()


def named(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in root.iter() if element.tag.rpartition("}")[2] == name]


REGION = (
    '<TextRegion id="r{n}" {more}>' + COORDS.format("10.5,10 90,10 90,40.25 10.5,40.25")
    + "<TextEquiv><Unicode>{text}</Unicode></TextEquiv></TextRegion>"
)  # fmt: skip


def test_custom_attributes_of_page_stay_as_they_are(tmp_path: Path) -> None:
    custom = 'custom="readingOrder {index:0;} structure {type:heading;}"'
    as_json = 'custom="{&quot;a&quot;: [1]}"'
    body = REGION.format(n=1, more=custom, text="a") + REGION.format(n=2, more=as_json, text="b")
    root = again("page_xml", page_file(tmp_path / "in", body), tmp_path / "out")
    first, second = named(root, "TextRegion")
    assert (first.get("custom"), first.get("type")) == ("readingOrder {index:0;}", "heading")
    assert second.get("custom") == '{"a": [1]}'


def test_reading_order_in_groups_orders_what_leaves(tmp_path: Path) -> None:
    order = (
        '<ReadingOrder><OrderedGroup id="g"><RegionRefIndexed index="1" regionRef="r1"/>'
        '<OrderedGroupIndexed id="h" index="0"><RegionRefIndexed index="0" regionRef="r2"/>'
        "</OrderedGroupIndexed></OrderedGroup></ReadingOrder>"
    )
    body = order + "".join(REGION.format(n=n, more="", text=n) for n in (1, 2))
    root = again("page_xml", page_file(tmp_path / "in", body), tmp_path / "out")
    assert [item.get("regionRef") for item in named(root, "RegionRefIndexed")] == ["r2", "r1"]


def test_relations_of_page_are_links_and_leave_as_relations(tmp_path: Path) -> None:
    links = (
        '<Relations><Relation type="link"><SourceRegionRef regionRef="r1"/>'
        '<TargetRegionRef regionRef="r2"/></Relation></Relations>'
    )
    body = links + "".join(REGION.format(n=n, more="", text=n) for n in (1, 2))
    folder = page_file(tmp_path / "in", body)
    page = only("page_xml", folder).page
    assert [(link.from_id, link.to_id) for link in page.relations] == [
        (page.entities[0].id, page.entities[1].id)
    ]
    root = again("page_xml", folder, tmp_path / "out")
    assert [item.get("regionRef") for item in named(root, "SourceRegionRef")] == ["r1"]


def test_outlines_between_pixels_are_not_rounded_and_boxes_are_as_the_schema_wants(
    tmp_path: Path,
) -> None:
    corner = REGION.replace("90,40.25 10.5,40.25", "90,40.25")
    body = REGION.format(n=1, more="", text="a") + corner.format(n=2, more="", text="b")
    folder = page_file(tmp_path / "in", body)
    assert only("page_xml", folder).page.entities[0].box == Box(10.5, 10, 90, 40.25)
    root = again("page_xml", folder, tmp_path / "out")
    box, outline = (item.get("points") for item in named(root, "Coords"))
    assert outline == "10.5,10 90,10 90,40.25"
    assert box == "10,10 90,10 90,40 10,40"  # the schema knows whole pixels only


def test_border_and_pictures_made_from_the_scan_change_no_coordinates(tmp_path: Path) -> None:
    parts = (
        '<AlternativeImage filename="cropped.png" comments="cropped,binarized"/>'
        '<Border><Coords points="5,5 195,5 195,95 5,95"/></Border>'
    )
    folder = page_file(tmp_path / "in", parts + REGION.format(n=1, more="", text="a"))
    Image.new("L", (190, 90)).save(folder / "cropped.png")
    page = only("page_xml", folder)
    assert (page.page.width, page.page.height) == (200, 100)
    assert page.image == folder / "scan.png"
    assert page.page.entities[0].box == Box(10.5, 10, 90, 40.25)


def test_turn_of_a_region_stays_with_it(tmp_path: Path) -> None:
    folder = page_file(tmp_path / "in", REGION.format(n=1, more='orientation="-1.5"', text="a"))
    root = again("page_xml", folder, tmp_path / "out")
    assert named(root, "TextRegion")[0].get("orientation") == "-1.5"


BLOCK = (
    '<TextBlock ID="b{n}" HPOS="{x}" VPOS="10" WIDTH="40.5" HEIGHT="20" {more}>'
    '<TextLine ID="l{n}" HPOS="{x}" VPOS="10" WIDTH="40.5" HEIGHT="20">{strings}</TextLine>'
    "</TextBlock>"
)


def test_tags_and_styles_of_alto_stay(tmp_path: Path) -> None:
    tags = '<Tags><StructureTag ID="t1" LABEL="heading"/></Tags>'
    string = '<String ID="s" CONTENT="a" HPOS="10" VPOS="10" WIDTH="9" HEIGHT="9" STYLE="bold"/>'
    block = BLOCK.format(n=1, x=10, more='TAGREFS="t1"', strings=string)
    root = again("alto", alto_file(tmp_path / "in", block, tags), tmp_path / "out")
    assert named(root, "String")[0].get("STYLE") == "bold"
    (tag,) = [item for item in root.iter() if item.get("LABEL") == "heading"]
    assert named(root, "TextBlock")[0].get("TAGREFS") == tag.get("ID")


def test_strings_keep_the_order_of_the_file_also_from_right_to_left(tmp_path: Path) -> None:
    strings = "".join(
        f'<String ID="s{n}" CONTENT="{n}" HPOS="{40 - 10 * n}" VPOS="10" WIDTH="9" HEIGHT="9"/>'
        for n in range(3)
    )
    folder = alto_file(tmp_path / "in", BLOCK.format(n=1, x=10, more="", strings=strings))
    assert only("alto", folder).page.entities[0].text == "0 1 2"
    root = again("alto", folder, tmp_path / "out")
    assert [item.get("CONTENT") for item in named(root, "String")] == ["0", "1", "2"]


def test_decimal_places_of_alto_stay_and_whole_numbers_have_none(tmp_path: Path) -> None:
    folder = alto_file(tmp_path / "in", BLOCK.format(n=1, x=10, more="", strings=""))
    block = named(again("alto", folder, tmp_path / "out"), "TextBlock")[0]
    assert (block.get("WIDTH"), block.get("HPOS")) == ("40.5", "10")


def test_picture_without_an_ending_is_found(tmp_path: Path) -> None:
    folder = alto_file(tmp_path / "in", BLOCK.format(n=1, x=10, more="", strings=""))
    assert only("alto", folder).image == folder / "scan.png"


def test_words_of_hocr_without_confidence_have_none_and_all_kinds_of_lines_hold_words(
    tmp_path: Path,
) -> None:
    lines = "".join(
        f'<span class="{kind}" title="bbox 0 {20 * n} 90 {20 * n + 15}">'
        f'<span class="ocrx_word" title="bbox 1 {20 * n} 30 {20 * n + 15}">{kind}</span></span>'
        for n, kind in enumerate(["ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"])
    )
    (tmp_path / "a.hocr").write_text(
        '<html><body><div class="ocr_page" title="image &quot;a; b.png&quot;; bbox 0 0 200 100;'
        f' ppageno 0"><div class="ocr_carea" title="bbox 0 0 90 90">{lines}</div></div></body>'
        "</html>"
    )
    page = only("hocr", tmp_path).page
    assert [word.text for word in page.words] == [
        "ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"
    ]  # fmt: skip
    assert {word.confidence for word in page.words} == {None}


@pytest.mark.parametrize("name", ["page_xml", "alto", "hocr"])
def test_a_document_type_is_neither_fetched_nor_expanded(tmp_path: Path, name: str) -> None:
    kind = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY b "{}">]>'.format("x" * 99)
    endings = {"hocr": "hocr"}
    body = {
        "page_xml": f"<PcGts {PAGE}>&b;</PcGts>",
        "alto": f"<alto {ALTO}>&b;</alto>",
        "hocr": '<html><body><div class="ocr_page" title="bbox 0 0 9 9">&b;</div></body></html>',
    }
    (tmp_path / f"a.{endings.get(name, 'xml')}").write_text(kind + body[name])
    for found in read(name, tmp_path):
        assert "xxx" not in (str(found) if not isinstance(found, ReadPage) else str(found.page))
