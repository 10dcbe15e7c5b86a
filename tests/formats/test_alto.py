"""ALTO: the real files come back as they were, and every known trap of the format."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import PIL.Image
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from text_pages import item_of, or_refused, rounded, seen, text_pages

from model_backend.document import Box, Page
from model_backend.errors import UserError
from model_backend.formats import ReadPage, alto
from model_backend.formats.export import convert, export, export_page

many = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
REAL = ("ocrd_assets", "textbite")
NAMESPACES = (
    "",
    'xmlns="http://www.loc.gov/standards/alto/ns-v2#"',
    'xmlns="http://www.loc.gov/standards/alto/ns-v3#"',
    'xmlns="http://www.loc.gov/standards/alto/ns-v4#"',
)
STRINGS = (
    '<String ID="s1" CONTENT="Ge" HPOS="10" VPOS="20" WIDTH="30" HEIGHT="8" WC="0.5" '
    'SUBS_TYPE="HypPart1" SUBS_CONTENT="Gemeinde"/><HYP CONTENT="-" WIDTH="3"/>'
)


def put(
    folder: Path, strings: str = STRINGS, *, unit: str = "pixel", space: str = "", top: str = ""
) -> Path:
    """An ALTO file with a line of these strings."""
    file = folder / "a.xml"
    file.write_text(
        f"<alto {space}><Description><MeasurementUnit>{unit}</MeasurementUnit>"
        f"<sourceImageInformation><fileName>pic</fileName></sourceImageInformation></Description>"
        f'<Layout><Page ID="p" WIDTH="300" HEIGHT="400"><PrintSpace>{top}'
        f'<TextBlock ID="b" HPOS="0" VPOS="0" WIDTH="50" HEIGHT="40">'
        f'<TextLine ID="l" HPOS="0" VPOS="0" WIDTH="50" HEIGHT="40"'
        f' BASELINE="30">{strings}</TextLine></TextBlock></PrintSpace></Page></Layout></alto>',
        "utf-8",
    )
    return file


def read(path: Path) -> ReadPage:
    """The one page at that place."""
    (member,) = alto.members(path)
    return alto.read_member(path, member)


def said(file: Path) -> list[tuple[Any, ...]]:
    """What a file says, in its order, with spaces and hyphens."""
    found: list[tuple[Any, ...]] = []
    for element in ElementTree.parse(file).getroot().iter():
        name = element.tag.rpartition("}")[2]
        sides = tuple(float(element.get(key, "nan")) for key in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        if name in ("TextBlock", "TextLine", "Illustration", "GraphicalElement"):
            found.append((name, sides, element.get("BASELINE"), element.get("ID")))
        elif name == "String":
            share = None if element.get("WC") is None else float(element.get("WC", ""))
            found.append((name, sides, element.get("CONTENT"), share, element.get("SUBS_CONTENT")))
        elif name in ("SP", "HYP"):
            found.append((name,))
        elif name == "Polygon":
            found.append((name, element.get("POINTS")))
    return found


@pytest.mark.parametrize("name", REAL)
def test_real_files_come_back_as_they_were(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / name
    for member in alto.members(path):
        given_page = alto.read_member(path, member)
        out = tmp_path / member.replace("/", "_")
        report = export("alto", [replace(export_page(given_page), picture=None)], out)
        (written,) = out.rglob("*.xml")
        wanted, found = said(path / member), said(written)
        keyless = [item[:3] if item[0] == "TextLine" else item for item in wanted]
        keyless_found = [item[:3] if item[0] == "TextLine" else item for item in found]
        assert keyless_found == keyless
        assert report.lost == {}
        assert seen(read(out).page, 6) == seen(given_page.page, 6)


@many
@given(page=text_pages())
def test_any_page_comes_back(tmp_path_factory: pytest.TempPathFactory, page: Page) -> None:
    out = tmp_path_factory.mktemp("alto") / "out"
    report = export("alto", [item_of(page, None)], out)
    assert set(report.lost) <= {"relations", "tables", "texts"}
    assert report.lost.get("relations", 0) == len(page.relations)
    back, wanted = seen(read(out).page, 6), seen(page, 6)
    assert (back["words"], back["regions"]) == (wanted["words"], wanted["regions"])
    words = {word.id: word for word in page.words}
    assert sorted((e.label, rounded(e.box, 6), e.text) for e in read(out).page.entities) == sorted(
        (e.label, rounded(e.box, 6), " ".join(filter(None, (words[n].text for n in e.word_ids))))
        for e in page.entities
    )


@pytest.mark.parametrize("space", NAMESPACES)
def test_every_version_is_read(tmp_path: Path, space: str) -> None:
    page = read(put(tmp_path, space=space)).page
    assert [(w.text, w.box, w.confidence) for w in page.words] == [("Ge", Box(10, 20, 40, 28), 0.5)]
    assert [entity.label for entity in page.entities] == ["text"]


@pytest.mark.parametrize(("unit", "factor"), [("mm10", 300 / 254), ("inch1200", 0.25)])
def test_lengths_are_scaled(tmp_path: Path, unit: str, factor: float) -> None:
    page = read(put(tmp_path, unit=unit)).page
    assert rounded(page.words[0].box, 6) == rounded(Box(10, 20, 40, 28).scaled(factor, factor), 6)
    assert page.width == pytest.approx(300 * factor)


def test_lengths_are_scaled_to_the_picture(tmp_path: Path) -> None:
    PIL.Image.new("L", (600, 800)).save(tmp_path / "pic.png")
    found = read(put(tmp_path, unit="mm10"))
    assert found.image
    assert (found.page.width, found.page.words[0].box) == (600, Box(20, 40, 80, 56))


def test_hyphens_stay_until_the_word_changes(tmp_path: Path) -> None:
    found = read(put(tmp_path))
    export("alto", [export_page(found)], tmp_path / "out")
    (file,) = (tmp_path / "out").rglob("*.xml")
    assert 'SUBS_CONTENT="Gemeinde"' in file.read_text("utf-8")
    assert '<HYP CONTENT="-"' in file.read_text("utf-8")
    page = replace(found.page, words=(replace(found.page.words[0], text="Be"),))
    export("alto", [item_of(page, None)], tmp_path / "new")
    (file,) = (tmp_path / "new").rglob("*.xml")
    assert "SUBS_CONTENT" not in file.read_text("utf-8")
    assert '<HYP CONTENT="-"' in file.read_text("utf-8")


@pytest.mark.parametrize("points", ["1,2 30,2 30,9", "1 2 30 2 30 9", "1,2,30,2,30,9"])
def test_both_forms_of_polygons_are_read(tmp_path: Path, points: str) -> None:
    shape = f'<Illustration ID="i" TYPE="stamp"><Shape><Polygon POINTS="{points}"/></Shape>'
    page = read(put(tmp_path, top=shape + "</Illustration>")).page
    (region,) = [region for region in page.regions if region.label == "stamp"]
    assert region.polygons == (((1, 2), (30, 2), (30, 9)),)


def test_strings_without_a_place_are_told(tmp_path: Path) -> None:
    found = read(put(tmp_path, '<String ID="lost" CONTENT="a"/><String CONTENT="b" HPOS="x"/>'))
    assert found.page.words == ()
    assert any("2 parts" in problem and "lost" in problem for problem in found.problems)


def test_file_with_several_pages_has_several_members(tmp_path: Path) -> None:
    page = '<Page WIDTH="9" HEIGHT="9"/>'
    (tmp_path / "a.xml").write_text(f"<alto><Layout>{page}{page}</Layout></alto>")
    assert alto.members(tmp_path) == ("a.xml", "a.xml#2")
    assert alto.read_member(tmp_path, "a.xml#2").name == "a_2"
    with pytest.raises(UserError, match="has no page 3"):
        alto.read_member(tmp_path, "a.xml#3")


def test_page_xml_leaves_as_alto_and_back(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "ocrd_assets/kant_aufklaerung_1784-page-region-line-word_glyph"
    member = source / "data/OCR-D-GT-PAGE/PAGE_0020_PAGE.xml"
    report = convert("page_xml", member, "alto", tmp_path / "alto")
    assert report.counts["words"] == 258
    back = convert("alto", tmp_path / "alto", "page_xml", tmp_path / "page")
    assert (back.counts["words"], back.counts["regions"]) == (258, 33)


@many
@given(st.dictionaries(st.sampled_from(["HPOS", "VPOS", "WIDTH", "HEIGHT", "WC", "CONTENT"]),
                       st.text(max_size=6) | st.floats().map(str)))  # fmt: skip
def test_any_string_is_read_or_told(
    tmp_path_factory: pytest.TempPathFactory, attributes: dict[str, str]
) -> None:
    element = ElementTree.Element("String", attributes)
    file = put(tmp_path_factory.mktemp("any"), ElementTree.tostring(element, "unicode"))
    answer = or_refused(lambda: read(file))
    assert isinstance(answer, ReadPage) or "a.xml" in str(answer)
