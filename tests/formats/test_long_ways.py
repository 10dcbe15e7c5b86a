"""Whole real sets through other formats and back: nothing that a file says is lost.

Left out of what must be equal: the layout of JSON and XML files that is of no meaning (white space,
the order of COCO's records) and, from ICDAR-2013 to PubTables-1M, where rows and columns part
between the texts, which the one format does not say and the other needs.
"""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from model_backend import table_grid
from model_backend.document import Page, Table
from model_backend.formats import ReadPage, read
from model_backend.formats.export import convert

Grid = tuple[Any, ...]


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_all_forms_go_through_pages_and_come_back_byte_for_byte(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "funsd/training_data"
    assert convert("funsd", source, "pages", tmp_path / "pages").pages == 149
    convert("pages", tmp_path / "pages", "funsd", tmp_path / "back")
    assert files_in(tmp_path / "back") == files_in(source)


@pytest.mark.parametrize(
    "name",
    [
        "publaynet/examples/samples.json",
        "masks_coco_derived/instances_rle_compressed.json",
        "masks_coco_derived/instances_rle_uncompressed_iscrowd1.json",
        pytest.param("masks_coco_derived/instances_polygon_lossy.json", marks=pytest.mark.long),
    ],
)
def test_all_coco_annotations_go_through_pages_and_come_back(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    convert("coco", shared_data / name, "pages", tmp_path / "pages")
    convert("pages", tmp_path / "pages", "coco", tmp_path / "back")
    before = json.loads((shared_data / name).read_bytes())
    after = json.loads((tmp_path / "back/annotations/instances.json").read_bytes())
    for part in ("annotations", "categories"):
        assert _by_id(after[part]) == _by_id(before[part])
    images = [{**_by_id(found[part])} for found in (after, before) for part in ("images",)]
    assert _without_names(images[0]) == _without_names(images[1])
    inside = {
        key: image["file_name"] for key, image in images[1].items()
        if not image["file_name"].startswith("../")
    }  # fmt: skip
    assert {key: images[0][key]["file_name"] for key in inside} == inside


def _by_id(records: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {record["id"]: record for record in records}


def _without_names(images: dict[Any, dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {key: {**image, "file_name": ""} for key, image in images.items()}


def _through_pubtables(source: Path, folder: Path) -> int:
    report = convert("icdar2013", source, "pubtables", folder / "tables")
    grids = _grids("icdar2013", source)
    assert report.counts["tables"] == grids.total()
    convert("pubtables", folder / "tables", "pages", folder / "pages")
    convert("pages", folder / "pages", "pubtables", folder / "again")
    assert files_in(folder / "again") == files_in(folder / "tables")
    assert _grids("pubtables", folder / "tables") == grids
    return report.pages


def test_real_tables_go_to_pubtables_and_through_pages_byte_for_byte(
    shared_data: Path, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    for stem in ("us-017", "us-018"):
        for file in (shared_data / "icdar2013/competition-dataset-us").glob(f"{stem}[.-]*"):
            shutil.copy(file, tmp_path / "in")
    assert _through_pubtables(tmp_path / "in", tmp_path) > 4


@pytest.mark.long
@pytest.mark.timeout(600)
def test_all_real_tables_go_to_pubtables_and_through_pages_byte_for_byte(
    shared_data: Path, tmp_path: Path
) -> None:
    assert _through_pubtables(shared_data / "icdar2013/competition-dataset-us", tmp_path) == 79


def _grids(name: str, path: Path) -> Counter[Grid]:
    """Every table as its cells: places and texts, and what is above the body."""
    found: Counter[Grid] = Counter()
    for item in read(name, path):
        if isinstance(item, ReadPage):
            found.update(_grid(table, item.page) for table in item.page.tables)
    return found


def _grid(table: Table, page: Page) -> Grid:
    words = table_grid.words_of_cells(table, page.words)
    cells = tuple(
        (cell.span, table_grid.cell_text(words[cell.span])) for cell in table_grid.cells(table)
    )
    return (len(table.rows), len(table.columns), table.header_rows, cells)


def test_tables_of_the_reference_go_through_pages_and_come_back(
    shared_data: Path, tmp_path: Path
) -> None:
    source = shared_data / "pubtables_format_icdar2013c"
    convert("pubtables", source, "pubtables", tmp_path / "tables")
    convert("pubtables", tmp_path / "tables", "pages", tmp_path / "pages")
    convert("pages", tmp_path / "pages", "pubtables", tmp_path / "again")
    assert files_in(tmp_path / "again") == files_in(tmp_path / "tables")
    for file in source.rglob("*_words.json"):
        (found,) = (tmp_path / "again").rglob(file.name)
        assert json.loads(found.read_bytes()) == json.loads(file.read_bytes())
