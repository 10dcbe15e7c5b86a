"""An independent reader of exported ICDAR-2013 files: cells with their places as its evaluation
takes them, and a PDF that has their pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from model_backend.quality.read_back import fail

if TYPE_CHECKING:
    from model_backend.formats.icdar2013_regions import TableRegion

Row = tuple[object, ...]


def check_document(folder: Path, stem: str, regions: Sequence[TableRegion]) -> None:
    """Read both files and the PDF and compare them with what was to be written."""
    structure, outlines = (folder / f"{stem}-{kind}.xml" for kind in ("str", "reg"))
    wanted = [
        (region.table, region.region, region.page + 1, cell.id, *_place(cell.span), cell.text)
        + (cell.corners,)
        for region in regions
        for cell in region.cells
    ]
    if sorted(_cells(structure), key=repr) != sorted(wanted, key=repr):
        fail(structure, "cells")
    boxes = [
        (item.table, item.region, item.page + 1, item.outline) for item in regions if item.outline
    ]
    if sorted(_outlines(outlines), key=repr) != sorted(boxes, key=repr):
        fail(outlines, "outlines")
    if regions and max(region.page for region in regions) >= _page_count(folder / f"{stem}.pdf"):
        fail(folder / f"{stem}.pdf", "number of pages")


def _place(span: object) -> tuple[int, int, int, int]:
    """First and last row, first and last column, as the files count them."""
    row0, row1, column0, column1 = (
        getattr(span, name) for name in ("row0", "row1", "column0", "column1")
    )
    return row0, row1 - 1, column0, column1 - 1


def _cells(file: Path) -> list[Row]:
    found: list[Row] = []
    for table in ElementTree.parse(file).getroot().findall("table"):
        for region in table.findall("region"):
            for cell in region.findall("cell"):
                start = [int(cell.attrib[key]) for key in ("start-row", "start-col")]
                row1, column1 = (
                    int(cell.get(key, first))
                    for key, first in zip(("end-row", "end-col"), start, strict=True)
                )
                place = (start[0], row1, start[1], column1)
                content = cell.findtext("content") or ""
                page = int(region.attrib["page"])
                ids = (table.get("id"), region.get("id"), page, cell.get("id"))
                found.append((*ids, *place, content, _box(cell)))
    return found


def _outlines(file: Path) -> list[Row]:
    return [
        (table.get("id"), region.get("id"), int(region.attrib["page"]), _box(region))
        for table in ElementTree.parse(file).getroot().findall("table")
        for region in table.findall("region")
    ]


def _box(element: ElementTree.Element) -> tuple[int, ...] | None:
    box = element.find("bounding-box")
    return None if box is None else tuple(int(box.attrib[key]) for key in ("x1", "y1", "x2", "y2"))


def _page_count(file: Path) -> int:
    import pymupdf

    with pymupdf.open(file) as document:
        return int(document.page_count)
