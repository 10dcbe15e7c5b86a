"""Tables over several pages leave as one table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model_backend import table_grid
from model_backend.document import Box, Document, Page, PageGeometry, PageStatus, Table, Word
from model_backend.formats import ExportPage, WriteOptions
from model_backend.formats.export import export
from model_backend.formats.html_tables import Writer
from model_backend.formats.icdar2013_set import members, read_member
from model_backend.formats.pictures import PdfPicture
from model_backend.formats.whole_tables import matched

DOCUMENT = Document(7, "report.pdf", "ab" * 32, "application/pdf", 9)
HEADER = ("Name", "Sum")


def table_page(
    number: int, texts: list[tuple[str, ...]], continues: int = 0, header: int = 1
) -> Page:
    """A page with one table: a row of words for each tuple."""
    columns = len(texts[0])
    box = Box(50, 50, 50 + 100 * columns, 50 + 20 * len(texts))
    words = tuple(
        Word(1 + row * columns + column, text, Box(x + 5, y + 4, x + 60, y + 16))
        for row, line in enumerate(texts)
        for column, text in enumerate(line)
        for x, y in [(50 + 100 * column, 50 + 20 * row)]
        if text
    )
    table = table_grid.empty_table(100, box)
    for row in range(1, len(texts)):
        table = table_grid.add_row_edge(table, 50 + 20 * row)
    for column in range(1, columns):
        table = table_grid.add_column_edge(table, 50 + 100 * column)
    table = replace(table_grid.set_header_rows(table, header), continues=continues)
    geometry = PageGeometry("test", 600, 800)
    return Page(
        number + 1, 7, number, 600, 800, "pt", geometry, status=PageStatus.DONE,
        words=words, tables=(table,), next_id=101, is_scan=False,
    )  # fmt: skip


def written(tmp_path: Path, *pages: Page) -> tuple[Writer, dict[str, str]]:
    writer = Writer(tmp_path, WriteOptions())
    for page in pages:
        writer.write(ExportPage(f"report_{page.number + 1}", page, DOCUMENT, None))
    writer.close()
    files = sorted((tmp_path / "tables").iterdir())
    return writer, {file.name: file.read_text("utf-8") for file in files}


def rows_of(html: str) -> list[list[str]]:
    root = ElementTree.fromstring(html[html.index("<table>") : html.index("</table>") + 8])
    return [[cell.text or "" for cell in row] for row in root.iter("tr")]


def test_parts_are_one_table_with_the_header_once(tmp_path: Path) -> None:
    pages = (
        table_page(0, [HEADER, ("a", "1"), ("b", "2")]),
        table_page(1, [HEADER, ("c", "3")], continues=100),
        table_page(2, [("d", "4")], continues=100, header=0),
    )
    writer, files = written(tmp_path, *pages)
    assert list(files) == ["report_1_table_0.html"]
    html = files["report_1_table_0.html"]
    assert rows_of(html) == [list(HEADER), ["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"]]
    assert html.count("<th>") == 2
    assert writer.written.counts["tables"] == writer.written.counts["whole_tables"] == 1
    assert writer.written.problems == []


def test_header_that_differs_stays_as_rows_and_is_told(tmp_path: Path) -> None:
    pages = (
        table_page(0, [HEADER, ("a", "1")]),
        table_page(1, [("Name", "Count"), ("c", "3")], continues=100),
    )
    writer, files = written(tmp_path, *pages)
    html = files["report_1_table_0.html"]
    assert rows_of(html) == [list(HEADER), ["a", "1"], ["Name", "Count"], ["c", "3"]]
    assert html.count("<th>") == 2
    assert writer.written.problems == [
        "report_1_table_0: the header on page 2 differs and stays as ordinary rows"
    ]


def test_parts_with_fewer_columns_lie_under_those_they_lie_at(tmp_path: Path) -> None:
    part = table_page(1, [("c", "9")], continues=100, header=0)
    wide = table_grid.resize(part.tables[0], Box(50, 50, 350, 70))
    words = tuple(replace(word, box=word.box.moved(90 * number, 0)) for number, word in
                  enumerate(part.words))  # fmt: skip
    part = replace(part, tables=(wide,), words=words)
    first = table_page(0, [("Name", "Note", "Sum"), ("a", "x", "1")])
    writer, files = written(tmp_path, first, part)
    assert rows_of(files["report_1_table_0.html"])[2] == ["c", "", "9"]
    assert "the part on page 2 has 2 columns, not 3" in writer.written.problems[0]


def test_part_without_the_one_before_begins_anew_and_is_told(tmp_path: Path) -> None:
    writer, files = written(tmp_path, table_page(3, [("c", "3")], continues=100, header=0))
    assert list(files) == ["report_4_table_0.html"]
    assert "the part on the page before was not exported" in writer.written.problems[0]


def test_only_the_parts_of_the_last_page_are_held(tmp_path: Path) -> None:
    writer = Writer(tmp_path, WriteOptions())
    for number in range(5):
        page = table_page(number, [HEADER, ("a", "1")])
        writer.write(ExportPage(f"report_{number}", page, DOCUMENT, None))
        assert len(list((tmp_path / "tables").iterdir()) if number else []) == number


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.data())
def test_columns_are_matched_in_order_and_none_twice(few: list[float], data: st.DataObject) -> None:
    more = data.draw(st.lists(st.floats(0, 1), max_size=4))
    many = sorted([*few, *more])
    found = matched(sorted(few), many)
    assert list(found) == sorted(set(found))
    assert all(0 <= place < len(many) for place in found)
    assert not more or len(found) == len(few)
    if not more:
        assert found == tuple(range(len(few)))


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    import pymupdf

    with pymupdf.open() as document:
        for _number in range(2):
            page = document.new_page(width=600, height=800)
            page.insert_text((60, 62), "a")
        document.save(tmp_path / "report.pdf")
    return tmp_path / "report.pdf"


def test_icdar_has_one_table_of_two_regions_whose_rows_count_on(pdf: Path, tmp_path: Path) -> None:
    pages = (
        table_page(0, [("x", "y"), ("a", "1"), ("b", "2")], header=0),
        table_page(1, [("c", "3"), ("d", "4")], continues=100, header=0),
    )
    items = [
        ExportPage(f"report_{page.number + 1}", page, DOCUMENT, PdfPicture(pdf, page.number))
        for page in pages
    ]
    report = export("icdar2013", items, tmp_path / "set")
    assert "continued_tables" not in report.lost
    tree = ElementTree.parse(tmp_path / "set" / "report-str.xml").getroot()
    (table,) = tree.findall("table")
    regions = [(r.get("id"), r.get("page"), r.get("row-increment")) for r in table]
    assert regions == [("1", "1", "0"), ("2", "2", "3")]
    names = members(tmp_path / "set")
    read = [read_member(tmp_path / "set", name).page for name in names]
    assert read[1].tables[0].continues == read[0].tables[0].id
    again = export(
        "html",
        [
            ExportPage(f"r{page.number}", page, DOCUMENT, PdfPicture(pdf, page.number))
            for page in read
        ],
        tmp_path / "html",
    )
    assert again.counts["whole_tables"] == 1


def test_links_stay_in_page_json(tmp_path: Path) -> None:
    page = table_page(1, [("c", "3")], continues=100, header=0)
    export("pages", [ExportPage("p", page, DOCUMENT, None)], tmp_path / "out")
    from model_backend.formats import read_member as read_any

    table: Table = read_any("pages", tmp_path / "out", "p").page.tables[0]
    assert table.continues == 100
