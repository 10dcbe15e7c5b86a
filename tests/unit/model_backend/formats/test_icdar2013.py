"""ICDAR-2013's structure files: the real ones with their faults, and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from model_backend.document import Box, Span
from model_backend.errors import UserError
from model_backend.formats.icdar2013 import read_tables

HEAD = "<?xml version='1.0' encoding='UTF-8'?><document filename='x'><table id='1'>"
TAIL = "</table></document>"


def written(folder: Path, cells: str, *, page: str = "1") -> Path:
    path = folder / "x-str.xml"
    region = f"<region id='1' row-increment='0' col-increment='0' page='{page}'>{cells}</region>"
    path.write_text(HEAD + region + TAIL, encoding="utf-8")
    return path


def test_boxes_are_turned_over_and_missing_ends_are_the_starts(tmp_path: Path) -> None:
    cells = (
        "<cell id='1' start-row='2' start-col='1' end-row='3'>"
        "<bounding-box x1='91' y1='504' x2='124' y2='512'/><content>Some\n text</content></cell>"
        "<cell id='2' start-row='2' start-col='2'>"
        "<bounding-box x1='130' y1='504' x2='140' y2='512'/><content>b</content></cell>"
    )
    (table,) = read_tables(written(tmp_path, cells), [792.0])
    first, second = table.cells
    assert (first.span, first.text) == (Span(0, 2, 0, 1), "Some text")
    assert first.box == Box(91, 280, 124, 288)
    assert second.span == Span(0, 1, 1, 2)
    assert table.box == Box(91, 280, 140, 288)
    assert (table.page, table.problems) == (0, ())


def test_faulty_cells_are_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    cells = (
        "<cell id='1' start-row='0' start-col='0'>"
        "<bounding-box x1='26\u00df' y1='1' x2='3' y2='4'/><content>kept</content></cell>"
        "<cell id='2' start-col='0'><content>lost</content></cell>"
        "<cell id='3' start-row='5' start-col='0' end-row='4'><content>lost</content></cell>"
        "<cell id='4' start-row='0' start-col='1'>"
        "<bounding-box x1='1' y1='9' x2='3' y2='4'/><content>turned</content></cell>"
        "<cell id='5' start-row='0' start-col='2' end-col='999999999'><content>x</content></cell>"
    )
    (table,) = read_tables(written(tmp_path, cells), [100.0])
    assert [cell.text for cell in table.cells] == ["kept", "turned"]
    assert table.cells[0].box is None
    assert table.cells[1].box == Box(1, 91, 3, 96)
    assert [problem.split()[1] for problem in table.problems] == ["1", "2", "3", "4", "5"]


def test_page_that_is_not_in_the_document_leaves_cells_without_boxes(tmp_path: Path) -> None:
    cells = "<cell id='1' start-row='0' start-col='0'><content>a</content></cell>"
    (table,) = read_tables(written(tmp_path, cells, page="7"), [100.0])
    assert table.page == 6
    assert table.cells[0].box is None
    assert table.problems == ("page 7 is not in the document",)


def test_other_files_are_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.xml"
    path.write_text("<annotation/>", encoding="utf-8")
    with pytest.raises(UserError, match=r"other\.xml"):
        read_tables(path, [])


def test_real_files_are_read_with_their_known_faults(shared_data: Path) -> None:
    folder = shared_data / "icdar2013" / "competition-dataset-us"
    faulty = {}
    regions = cells = 0
    for path in sorted(folder.glob("us-0[0-3]*-str.xml")):
        tables = read_tables(path, [792.0] * 50)
        regions, cells = regions + len(tables), cells + sum(len(table.cells) for table in tables)
        problems = [problem for table in tables for problem in table.problems]
        if problems:
            faulty[path.name] = problems
        assert all(min(cell.span.row0 for cell in table.cells) == 0 for table in tables)
    assert set(faulty) == {"us-018-str.xml", "us-035a-str.xml", "us-035b-str.xml"}
    assert regions >= 82
    assert cells > 10_000
