"""What goes wrong with other formats elsewhere: ICDAR-2013, PubTabNet, OTSL, HTML, labelme, Label
Studio; each hazard not tried with their readers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

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
from model_backend.errors import UserError
from model_backend.formats import ExportPage, ReadPage, read
from model_backend.formats.export import export

ROWS = tuple(Band(10 * n, 10 * n + 10) for n in range(3))
COLUMNS = tuple(Band(20 * n, 20 * n + 20) for n in range(3))
GRID = Table(50, Box(0, 0, 60, 30), ROWS, COLUMNS)
DOCUMENT = Document(0, "x", "", "image/png", 1)


def page_of(table: Table, *texts: str) -> Page:
    words = tuple(
        Word(n + 1, text, Box(20 * (n % 3) + 2, 10 * (n // 3) + 2, 20 * (n % 3) + 15,
                              10 * (n // 3) + 8))
        for n, text in enumerate(texts) if text
    )  # fmt: skip
    return Page(
        0, 0, 0, 100.0, 80.0, "px", PageGeometry("test", 100, 80), words=words, tables=(table,),
        next_id=100,
    )  # fmt: skip


def file_of(name: str, page: Page, out: Path) -> str:
    export(name, [ExportPage("a", page, DOCUMENT, None)], out)
    (file,) = (out / "tables").iterdir()
    return file.read_text("utf-8")


@pytest.mark.parametrize(
    "spans",
    [(), (Span(0, 1, 0, 3),), (Span(0, 2, 0, 2),), (Span(0, 1, 0, 2), Span(1, 3, 2, 3))],
)
def test_every_row_of_otsl_has_as_many_tokens(tmp_path: Path, spans: tuple[Span, ...]) -> None:
    text = file_of("otsl", page_of(replace(GRID, spans=spans), "a", "", "c"), tmp_path / "out")
    rows = re.findall(r"(?:<\w+>[^<]*?)+?(?=<nl>)", text.replace("<otsl>\n", ""))
    counts = {len(re.findall(r"<(?:fcel|ecel|lcel|ucel|xcel|ched|srow)>", row)) for row in rows}
    assert counts == {3}
    assert len(rows) == 3


def test_touching_spans_of_otsl_stay_apart(tmp_path: Path) -> None:
    spans = (Span(0, 1, 0, 2), Span(1, 2, 0, 2))
    text = file_of("otsl", page_of(replace(GRID, spans=spans), "a", "", "c"), tmp_path / "out")
    lines = text.splitlines()[1:3]
    assert [line.count("<lcel>") for line in lines] == [1, 1]
    assert "<xcel>" not in text
    assert "<ucel>" not in text


def test_header_of_html_stands_in_thead_and_no_cell_reaches_out_of_it(tmp_path: Path) -> None:
    table = replace(GRID, header_rows=2, spans=(Span(0, 2, 0, 1),))
    text = file_of("html", page_of(table, "a", "<b>", "&nbsp;"), tmp_path / "out")
    head, body = text.split("</thead>")
    assert head.count("<tr>") == 2
    assert head.count("<th") - head.count("<thead") == 5
    assert body.count("<td") == 3
    assert 'rowspan="2"' in head
    assert "rowspan" not in body
    assert "&lt;b&gt;" in text
    assert "&amp;nbsp;" in text


LINES = ("<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>")


def pubtabnet(folder: Path, tokens: list[str], cells: list[dict[str, Any]]) -> ReadPage | UserError:
    folder.mkdir(parents=True, exist_ok=True)
    Image.new("L", (100, 80)).save(folder / "a.png")
    html = {"structure": {"tokens": tokens}, "cells": cells}
    line = {"filename": "a.png", "split": "train", "imgid": 1, "html": html}
    (folder / "set.jsonl").write_text(json.dumps(line) + "\n")
    (found,) = read("pubtabnet", folder)
    return found


@pytest.mark.parametrize(
    "tokens",
    [
        ["<tr>", "<td", ' rowspan="0"', ">", "</td>", "</tr>"],
        ["<tr>", "<td", ' colspan="-1"', ">", "</td>", "</tr>"],
        ["<tr>", "<td", ' rowspan="x"', ">", "</td>", "</tr>"],
        ["<tr>", "<td", ' rowspan="99999"', ">", "</td>", "</tr>"],
        ["<tr>", "<td>", "<table>", "<td>", "</td>", "</table>", "</td>", "</tr>"],
        ["<td>", "</td>", "</tr>", "</tr>"],
        ["<tr>", "<td>", "</td>", "</tr>", "<tr>", "</tr>"],
    ],
)
def test_odd_rows_of_html_are_read_or_told(tmp_path: Path, tokens: list[str]) -> None:
    cell = {"tokens": ["<b>", "a", "</b>"], "bbox": [1, 1, 30, 20]}
    found = pubtabnet(tmp_path, tokens, [cell] * tokens.count("</td>"))
    if isinstance(found, ReadPage):
        assert found.page.tables or found.problems
    else:
        assert "set.jsonl" in str(found)


def test_cells_without_text_have_no_box_and_take_their_place(tmp_path: Path) -> None:
    cells: list[dict[str, Any]] = [
        {"tokens": list("ab"), "bbox": [1, 1, 30, 20]},
        {"tokens": []},
        {"tokens": ["<i>", "c", "</i>"], "bbox": [1, 30, 30, 50]},
        {"tokens": ["d"], "bbox": [50, 30, 80, 50]},
    ]
    found = pubtabnet(
        tmp_path, ["<thead>", *LINES, "</thead>", "<tbody>", *LINES, "</tbody>"], cells
    )
    assert isinstance(found, ReadPage), found
    (table,) = found.page.tables
    assert (len(table.rows), len(table.columns), table.header_rows) == (2, 2, 1)
    assert [word.text for word in found.page.words] == ["ab", "c", "d"]


def labelme(folder: Path, shapes: list[dict[str, Any]], **top: Any) -> ReadPage:  # noqa: ANN401
    Image.new("L", (100, 80)).save(folder / "a.png")
    data = {"version": "5", "flags": {}, "shapes": shapes, "imagePath": "a.png",
            "imageData": None, "imageHeight": 80, "imageWidth": 100, **top}  # fmt: skip
    (folder / "a.json").write_text(json.dumps(data))
    (page,) = read("labelme", folder)
    assert isinstance(page, ReadPage), page
    return page


@pytest.mark.parametrize("picture", [None, ""])
def test_labelme_without_a_picture_inside_is_read(tmp_path: Path, picture: str | None) -> None:
    shape = {"label": "x", "points": [[30, 40], [10, 20]], "shape_type": "rectangle"}
    page = labelme(tmp_path, [shape], imageData=picture)
    assert page.page.regions[0].box == Box(10, 20, 30, 40)
    assert page.problems == ()


@pytest.mark.parametrize("group", ["a", 1.5, -1, [1]])
def test_groups_of_labelme_that_are_none_do_not_join(tmp_path: Path, group: object) -> None:
    points = [[[1, 1], [9, 1], [9, 9]], [[20, 20], [30, 20], [30, 30]]]
    shapes = [
        {"label": "x", "points": outline, "shape_type": "polygon", "group_id": group}
        for outline in points
    ]
    found = labelme(tmp_path, shapes)
    assert sum(len(region.polygons) for region in found.page.regions) == 2


def studio(folder: Path, results: list[dict[str, Any]]) -> ReadPage:
    task = {"id": 1, "data": {"image": "/data/local-files/?d=sets/a.png"},
            "annotations": [{"result": results}]}  # fmt: skip
    (folder / "a.json").write_text(json.dumps([task]))
    (page,) = read("labelstudio", folder)
    assert isinstance(page, ReadPage), page
    return page


def test_results_without_an_id_are_things_of_their_own(tmp_path: Path) -> None:
    value = {"x": 10, "y": 10, "width": 10, "height": 10, "rotation": 0}
    results = [
        {"type": "rectanglelabels", "from_name": "l", "to_name": "i", "original_width": 200,
         "original_height": 100, "image_rotation": 0, "value": {**value, "rectanglelabels": labels}}
        for labels in (["a"], ["b", "c"])
    ]  # fmt: skip
    page = studio(tmp_path, results)
    found: list[Region | Entity] = [*page.page.regions, *page.page.entities]
    assert len(found) == 2
    assert {item.box for item in found} == {Box(20, 10, 40, 20)}
    assert {item.label for item in found} >= {"a"}


def icdar(folder: Path, cells: str) -> ReadPage:
    import pymupdf

    folder.mkdir(parents=True, exist_ok=True)
    with pymupdf.open() as document:
        document.new_page(width=200, height=100)
        document.save(folder / "a.pdf")
    (folder / "a-str.xml").write_text(
        '<document filename="a.pdf"><table id="1"><region id="1" page="1" col-increment="0"'
        f' row-increment="0">{cells}</region></table></document>'
    )
    (page,) = read("icdar2013", folder)
    assert isinstance(page, ReadPage), page
    return page


def cell_of(row: int, column: int, box: str, text: str = "a", more: str = "") -> str:
    return (
        f'<cell id="{row}{column}" start-row="{row}" start-col="{column}" {more}>'
        f"<bounding-box {box}/><content>{text}</content></cell>"
    )


def test_points_of_icdar_are_counted_from_below_and_ends_may_be_left_out(tmp_path: Path) -> None:
    cells = cell_of(0, 0, 'x1="10" y1="80" x2="60" y2="90"', more='end-col="1"')
    cells += cell_of(1, 0, 'x1="10" y1="60" x2="30" y2="70"')
    cells += cell_of(1, 1, 'x1="40" y1="60" x2="60" y2="70"')
    (table,) = icdar(tmp_path, cells).page.tables
    assert table.box == Box(10, 10, 60, 40)
    assert table.projected_rows == (0,)  # a cell across the whole body is one
    assert table.rows[0].start < table.rows[1].start
    assert table.header_rows == 0  # the set says nothing of headers
