"""PubTabNet: grids from HTML and boxes of cells; and the COCO sets of layouts beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_pages import or_refused

from model_backend import table_grid
from model_backend.errors import UserError
from model_backend.formats import ReadPage, coco, pubtabnet, read
from model_backend.formats.export import convert

ROW = ["<tr>", "<td>", "</td>", "<td>", "</td>", "</tr>"]
TOKENS = ["<thead>", *ROW, "</thead>", "<tbody>", *ROW, "</tbody>"]
BOXES = ([0, 0, 9, 9], [20, 0, 29, 9], [0, 20, 9, 29], [20, 20, 29, 29])


def line(tokens: object = TOKENS, cells: object = None, **more: object) -> dict[str, Any]:
    """One table."""
    given_cells = [{"tokens": ["<b>", "x", "</b>"], "bbox": box} for box in BOXES]
    html = {"structure": {"tokens": tokens}, "cells": given_cells if cells is None else cells}
    return {"filename": "t.png", "split": "val", "imgid": 1, "html": html, **more}


def put(folder: Path, *lines: object) -> Path:
    """A file of these lines."""
    file = folder / "set.jsonl"
    file.write_text("\n".join(json.dumps(item, ensure_ascii=False) for item in lines), "utf-8")
    return file


def first(path: Path) -> ReadPage:
    """The first table of a file."""
    return pubtabnet.read_member(path, pubtabnet.members(path)[0])


def test_real_tables_have_the_grid_of_their_html(shared_data: Path) -> None:
    path = shared_data / "pubtabnet/examples"
    lines = (path / "PubTabNet_Examples.jsonl").read_text("utf-8").splitlines()
    wanted = {item["filename"]: item["html"] for item in map(json.loads, lines)}
    names = pubtabnet.members(path)
    assert list(names) == list(wanted)
    for name in names:
        found = pubtabnet.read_member(path, name)
        assert (found.problems, found.split) == ((), "train")
        assert found.image
        assert found.image.name == name
        (table,) = found.page.tables
        cells = table_grid.cells(table)
        described = wanted[name]["cells"]
        assert len(cells) == sum(t.startswith("<td") for t in wanted[name]["structure"]["tokens"])
        words = table_grid.words_of_cells(table, found.page.words)
        texts = [table_grid.cell_text(words[cell.span]) for cell in cells]
        plain = [
            "".join(t for t in cell["tokens"] if len(t) == 1).replace("\xa0", " ").split()
            for cell in described
        ]
        assert [text.split() for text in texts] == plain


def test_tables_leave_as_pubtables_and_html(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "pubtabnet/examples"
    assert convert("pubtabnet", source, "pubtables", tmp_path / "tables").counts["tables"] == 20
    assert convert("pubtabnet", source, "html", tmp_path / "html").pages == 20


def test_header_spans_and_inline_tags(tmp_path: Path) -> None:
    PIL.Image.new("L", (50, 40)).save(tmp_path / "t.png")
    tokens = ["<thead>", "<tr>", "<td", ' colspan="2"', ">", "</td>", "</tr>", "</thead>", *ROW]
    cells = [
        {"tokens": ["<b>", "A", " ", "<", "/", "b", "</b>"], "bbox": [0, 0, 29, 9]},
        {"tokens": ["c"], "bbox": [0, 20, 9, 29]},
        {"tokens": ["d"], "bbox": [20, 20, 29, 29]},
    ]
    found = first(put(tmp_path, line(tokens, cells)))
    (table,) = found.page.tables
    assert (len(table.rows), len(table.columns), table.header_rows) == (2, 2, 1)
    assert len(table.spans) == 1
    assert [word.text for word in found.page.words] == ["A </b", "c", "d"]
    assert (found.split, found.page.width) == ("val", 50)


def test_key_as_the_readme_writes_it(tmp_path: Path) -> None:
    table = line()
    table["html"]["cell"] = table["html"].pop("cells")
    assert first(put(tmp_path, table)).page.tables


def test_boxes_that_contradict_the_html_make_no_grid(tmp_path: Path) -> None:
    cells = [{"tokens": ["x"], "bbox": box} for box in reversed(BOXES)]
    found = first(put(tmp_path, line(cells=cells)))
    assert found.page.tables == ()
    assert len(found.page.regions) == 4
    assert any("make no grid" in problem for problem in found.problems)


def test_wrong_number_of_cells_is_told(tmp_path: Path) -> None:
    found = first(put(tmp_path, line(cells=[{"tokens": ["x"], "bbox": BOXES[0]}])))
    assert any("4 cells, but 1" in problem for problem in found.problems)


def test_broken_line_leaves_the_others(tmp_path: Path) -> None:
    file = put(tmp_path, line(), {"filename": "u.png"}, line(filename="v.png"), line())
    found = list(read("pubtabnet", file))
    assert [isinstance(item, ReadPage) for item in found] == [True, False, True, True]
    assert "u.png" in str(found[1])
    assert pubtabnet.members(file)[-1] == "t.png#2"


def test_lines_in_points_are_refused(shared_data: Path) -> None:
    path = shared_data / "deepdoctection/pubtabnet"
    assert all(isinstance(item, UserError) and "points" in str(item) for item in read(FORMAT, path))


FORMAT = "pubtabnet"


def test_folder_without_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no PubTabNet"):
        pubtabnet.members(tmp_path)


tags = st.sampled_from(["<tr>", "</tr>", "<td>", "<td", ">", "</td>", "<thead>", "</thead>"])
sizes = st.builds('{}="{}"'.format, st.sampled_from(["rowspan", "colspan"]), st.integers(0, 9999))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(tags | sizes, max_size=30),
    st.lists(st.fixed_dictionaries({}, optional={
        "bbox": st.lists(st.floats(-1e9, 1e9) | st.none(), min_size=3, max_size=4),
        "tokens": st.lists(st.text(max_size=3)) | st.none(),
    }), max_size=9),
)  # fmt: skip
def test_any_table_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, tokens: list[str], cells: list[dict[str, Any]]
) -> None:
    file = put(tmp_path_factory.mktemp("any"), line(tokens, cells))
    answer = or_refused(lambda: first(file))
    assert isinstance(answer, ReadPage) or "set.jsonl" in str(answer)


@pytest.mark.parametrize(
    ("name", "pages", "labels"),
    [
        ("publaynet/examples", 20, {"text", "title", "list", "table", "figure"}),
        ("deepdoctection/DocLayNet_core", 2, {"Text", "Section-header"}),
    ],
)
def test_layout_sets_are_coco(shared_data: Path, name: str, pages: int, labels: set[str]) -> None:
    (file,) = (shared_data / name).glob("*.json")
    given_data = json.loads(file.read_text("utf-8"))
    found = [coco.read_member(file, member) for member in coco.members(file)]
    assert len(found) == pages
    regions = [region for page in found for region in page.page.regions]
    assert len(regions) == len(given_data["annotations"])
    assert labels <= {region.label for region in regions}
    boxes = sorted((r.box.x0, r.box.y0, r.box.width, r.box.height) for r in regions)
    wanted = sorted(tuple(item["bbox"]) for item in given_data["annotations"])
    for box, other in zip(boxes, wanted, strict=True):
        assert box == pytest.approx(other)
    assert all("precedence" in page.page.source_data for page in found) == ("DocLay" in name)
