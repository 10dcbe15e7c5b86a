"""Tables as HTML, OTSL, CSV and workbooks: merged cells, hostile texts, and what other programs
read."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model_backend import table_grid
from model_backend.document import (
    Band,
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Span,
    Table,
    Word,
)
from model_backend.errors import UserError
from model_backend.formats import ExportPage, read
from model_backend.formats.export import convert, export
from model_backend.formats.table_files import is_like_a_formula, text_table
from model_backend.quality import read_back_tables

KINDS = ("html", "otsl", "csv", "xlsx")
RISKY = ("=1+1", "+1", "-5", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''-", "'90s", "5-3", "")


def page_of(texts: list[list[str]], **changes: object) -> Page:
    """A page with one table of cells of 10 x 10 and one word in each."""
    rows, columns = len(texts), len(texts[0])
    table = Table(
        1,
        Box(0, 0, 10.0 * columns, 10.0 * rows),
        tuple(Band(10.0 * n, 10.0 * n + 10) for n in range(rows)),
        tuple(Band(10.0 * n, 10.0 * n + 10) for n in range(columns)),
    )
    places = [(row, column) for row in range(rows) for column in range(columns)]
    words = tuple(
        Word(n, texts[y][x], Box(10.0 * x + 2, 10.0 * y + 2, 10.0 * x + 8, 10.0 * y + 8))
        for n, (y, x) in enumerate(places, 2)
    )
    return Page(
        0, 0, 0, 200.0, 200.0, "px", PageGeometry("test", 200, 200), status=PageStatus.DONE,
        words=words, tables=(replace(table, **changes),), next_id=1000,
    )  # fmt: skip


def item_of(page: Page, name: str = "a") -> ExportPage:
    return ExportPage(name, page, Document(0, name, "", "image/png", 1), None)


def written(kind: str, page: Page, folder: Path) -> Path:
    export(kind, [item_of(page)], folder / kind)
    return folder / kind / "tables" / f"a_table_0.{kind}"


def merged_page() -> Page:
    texts = [["", "a", "", "b"], ["c", "d", "e", "f"], ["g", "", "", ""], ["h", "i", "j", "k"]]
    spans = (Span(0, 1, 1, 3), Span(0, 2, 0, 1))
    return page_of(texts, spans=tuple(sorted(spans)), header_rows=2, projected_rows=(2,))


def test_html_has_header_spans_and_is_well_formed(tmp_path: Path) -> None:
    text = written("html", merged_page(), tmp_path).read_text("utf-8")
    root = fromstring(text.removeprefix("<!DOCTYPE html>\n"))
    head, body = root.findall("./body/table/thead/tr"), root.findall("./body/table/tbody/tr")
    assert [[(cell.tag, cell.text) for cell in row] for row in head] == [
        [("th", "c"), ("th", "a"), ("th", "b")],
        [("th", "d"), ("th", "e"), ("th", "f")],
    ]
    assert [cell.attrib for cell in head[0]] == [{"rowspan": "2"}, {"colspan": "2"}, {}]
    assert [cell.attrib for cell in body[0]] == [{"colspan": "4"}]
    assert [cell.text for cell in body[1]] == ["h", "i", "j", "k"]


def test_html_escapes_texts(tmp_path: Path) -> None:
    page = page_of([["<script>&", "</td>"], ['"x"', "한글"]])
    text = written("html", page, tmp_path).read_text("utf-8")
    assert "<script>" not in text
    root = fromstring(text.removeprefix("<!DOCTYPE html>\n"))
    assert [cell.text for cell in root.iter("td")] == ["<script>&", "</td>", '"x"', "한글"]


def test_otsl_has_a_token_for_every_place(tmp_path: Path) -> None:
    lines = written("otsl", merged_page(), tmp_path).read_text("utf-8").splitlines()
    assert lines == [
        "<otsl>",
        "<ched>c<ched>a<lcel><ched>b<nl>",
        "<ucel><ched>d<ched>e<ched>f<nl>",
        "<srow>g<lcel><lcel><lcel><nl>",
        "<fcel>h<fcel>i<fcel>j<fcel>k<nl>",
        "</otsl>",
    ]


def test_otsl_marks_empty_cells_and_inner_places_of_large_ones(tmp_path: Path) -> None:
    page = page_of([["<fcel>", "", ""], ["", "x", ""], ["", "", ""]], spans=(Span(1, 3, 1, 3),))
    lines = written("otsl", page, tmp_path).read_text("utf-8").splitlines()
    assert lines[1:4] == [
        "<fcel>&lt;fcel&gt;<ecel><ecel><nl>",
        "<ecel><fcel>x<lcel><nl>",
        "<ecel><ucel><xcel><nl>",
    ]


@pytest.mark.parametrize("text", RISKY)
def test_csv_texts_stay_texts(tmp_path: Path, text: str) -> None:
    file = written("csv", page_of([["x", text], ["y", "z"]]), tmp_path)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        found = next(csv.reader(opened))[1]
    assert found[:1] not in {"=", "+", "-", "@", "\t", "\r", "\n"}
    assert (found[1:] if is_like_a_formula(text) else found) == text


def test_csv_says_what_it_cannot_hold(tmp_path: Path) -> None:
    report = export("csv", [item_of(merged_page())], tmp_path / "out")
    assert report.lost == {
        "table_places": 1,
        "merged_cells": 3,
        "header_rows": 2,
        "projected_rows": 1,
    }
    assert report.counts["tables"] == 1
    lines = (tmp_path / "out/tables/a_table_0.csv").read_text("utf-8-sig").splitlines()
    assert lines == ['"c","a","","b"', '"","d","e","f"', '"g","","",""', '"h","i","j","k"']


def test_other_programs_read_the_workbook_as_texts_with_merged_cells(tmp_path: Path) -> None:
    page = page_of([["=1+1", "-5"], ["2020-01-01", "https://example.org"], ["", "_x0041_"]])
    page = replace(page, tables=(table_grid.merge_cells(page.tables[0], Span(1, 3, 1, 2)),))
    sheet = openpyxl.load_workbook(written("xlsx", page, tmp_path)).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["=1+1", "-5"],
        ["2020-01-01", "https://example.org _x0041_"],
        [None, None],
    ]
    kinds = {cell.data_type for row in sheet.iter_rows(max_row=2) for cell in row}
    assert kinds == {"s"}
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B2:B3"]
    assert sheet["A1"].quotePrefix


def test_workbooks_do_not_depend_on_the_day(tmp_path: Path) -> None:
    first = written("xlsx", merged_page(), tmp_path / "one").read_bytes()
    assert written("xlsx", merged_page(), tmp_path / "two").read_bytes() == first


def test_too_long_texts_are_cut_in_workbooks_only_and_named(tmp_path: Path) -> None:
    page = page_of([["x" * 40_000, "b"]])
    report = export("xlsx", [item_of(page)], tmp_path / "xlsx")
    assert report.problems == ("a_table_0: 1 cell has more text than a sheet can hold",)
    export("csv", [item_of(page)], tmp_path / "csv")
    assert "x" * 40_000 in (tmp_path / "csv/tables/a_table_0.csv").read_text("utf-8-sig")


@pytest.mark.parametrize("kind", KINDS)
def test_losses_are_counted_and_names_are_safe(tmp_path: Path, kind: str) -> None:
    page = merged_page()
    outside = Word(500, "far", Box(150, 150, 160, 160))
    entity = Entity(501, "other", (500,), "far", outside.box)
    page = replace(page, words=(*page.words, outside), entities=(entity,))
    blank = replace(page, tables=())
    items = [item_of(page, "../x"), item_of(page, "../X"), item_of(blank, "blank")]
    report = export(kind, items, tmp_path / "out")
    assert (report.pages, report.counts["tables"]) == (2, 2)
    assert report.lost["words_outside_tables"] == 2 + len(blank.words)
    assert report.lost["entities"] == 3
    assert report.lost["pages_without_tables"] == 1
    files = sorted(path.relative_to(tmp_path / "out") for path in tmp_path.rglob(f"*.{kind}"))
    assert len(files) == 2
    assert {path.parent for path in files} == {Path("tables")}
    assert len(report.renamed) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_table_files_cannot_be_imported(tmp_path: Path, kind: str) -> None:
    with pytest.raises(UserError, match="only be exported"):
        list(read(kind, tmp_path))


@pytest.mark.parametrize("kind", KINDS)
def test_real_tables_leave(shared_data: Path, tmp_path: Path, kind: str) -> None:
    source = shared_data / "pubtables_format_icdar2013c"
    report = convert("pubtables", source, kind, tmp_path / "out")
    files = list((tmp_path / "out" / "tables").iterdir())
    assert report.counts["tables"] == len(files) >= 50
    assert report.counts["words"] > 5000


texts = st.text(max_size=9) | st.sampled_from(RISKY) | st.sampled_from(["<nl>", "_x000D_", "&#13;"])


@st.composite
def tables(draw: st.DrawFn) -> Page:
    """A table with any texts, merged cells, header and projected rows."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    page = page_of([[draw(texts) for _ in range(columns)] for _ in range(rows)])
    table = page.tables[0]
    for _ in range(draw(st.integers(0, 2))):
        y, x = draw(st.integers(0, rows - 1)), draw(st.integers(0, columns - 1))
        span = Span(y, draw(st.integers(y + 1, rows)), x, draw(st.integers(x + 1, columns)))
        is_larger = (span.row1 - span.row0) * (span.column1 - span.column0) > 1
        if is_larger and not any(span.row0 <= row < span.row1 for row in table.projected_rows):
            table = table_grid.merge_cells(table, span)
    table = table_grid.set_header_rows(table, draw(st.integers(0, rows)))
    return replace(page, tables=(table,))


@pytest.mark.parametrize("kind", KINDS)
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(page=tables())
def test_any_table_leaves_and_reads_back(
    tmp_path_factory: pytest.TempPathFactory, kind: str, page: Page
) -> None:
    report = export(kind, [item_of(page)], tmp_path_factory.mktemp("out") / "x")
    assert report.counts["tables"] == 1


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("html", ">h<", ">H<"),
        ("html", ' colspan="4"', ""),
        ("html", "<thead>", ""),
        ("otsl", "<lcel>", "<ecel>"),
        ("otsl", "<ched>c", "<fcel>c"),
        ("otsl", "<nl>\n<srow>", "<srow>"),
        ("csv", '"h"', '"=h"'),
        ("csv", '"g"', '"G"'),
    ],
)
def test_damaged_files_do_not_pass_the_check(tmp_path: Path, kind: str, old: str, new: str) -> None:
    page = merged_page()
    file = written(kind, page, tmp_path)
    text = file.read_bytes().decode()
    assert old in text
    file.write_bytes(text.replace(old, new, 1).encode())
    check = getattr(read_back_tables, f"check_{kind}")
    with pytest.raises(UserError, match="does not read back"):
        check(file, text_table(page.tables[0], page)[0])


def test_workbook_of_another_table_does_not_pass_the_check(tmp_path: Path) -> None:
    page = merged_page()
    file = written("xlsx", page, tmp_path)
    other = replace(page.tables[0], spans=page.tables[0].spans[:1])
    with pytest.raises(UserError, match="does not read back"):
        read_back_tables.check_xlsx(file, text_table(other, page)[0], longest=100)


def test_tokens_are_those_of_the_published_vocabulary() -> None:
    names = {"fcel", "ecel", "lcel", "ucel", "xcel", "nl", "ched", "srow"}
    assert set(re.findall("[a-z]{2,}", read_back_tables._TOKEN.pattern)) == names
