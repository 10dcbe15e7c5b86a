"""The files of ICDAR-2013 as they are: regions of tables, their cells and outlines, in whole PDF
points with the origin at the bottom left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

from model_backend.document import Affine, Box, Span, inverse, transform_point
from model_backend.formats import safe_xml
from model_backend.translation import _

MOST_CELLS = 10_000
"""Higher numbers of rows and columns are a mistake of the file."""
Corners = tuple[int, int, int, int]


@dataclass(frozen=True)
class RegionCell:
    """A cell with its half-open ranges of rows and columns; `corners` are x1, y1, x2, y2 as the
    file has them, None where they cannot be read."""

    id: str
    span: Span
    text: str
    corners: Corners | None


@dataclass(frozen=True)
class TableRegion:
    """The part of a table on one page (counted from 0); the increments place its rows and columns
    in the whole table."""

    table: str
    region: str
    page: int
    column_increment: int = 0
    row_increment: int = 0
    cells: tuple[RegionCell, ...] = ()
    outline: Corners | None = None
    problems: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str, int]:
        """By which structure and outline of a region are known to belong together."""
        return self.table, self.region, self.page


def read_regions(structure: Path, outlines: Path) -> tuple[TableRegion, ...]:
    """The regions of a document: cells from `structure` (-str.xml), outlines from `outlines`
    (-reg.xml); either file may be missing. UserError for a broken one."""
    drawn = _regions(outlines) if outlines.is_file() else ()
    by_key = {region.key: region for region in reversed(drawn)}
    found = []
    for region in _regions(structure) if structure.is_file() else ():
        other = by_key.get(region.key)
        if other is not None:
            region = replace(region, outline=region.outline or other.outline)
        found.append(region)
    known = {region.key for region in found}
    return (*found, *(region for region in drawn if region.key not in known))


def _regions(path: Path) -> tuple[TableRegion, ...]:
    return tuple(
        _region(region, table.get("id") or "1")
        for table in safe_xml.load(path).findall("./table")
        for region in table.findall("region")
    )


def _region(element: Element, table: str) -> TableRegion:
    problems: list[str] = []
    cells = (_cell(item, problems) for item in element.findall("cell"))
    page = number(element.get("page")) or 1
    return TableRegion(
        table=table,
        region=element.get("id") or "1",
        page=page - 1,
        column_increment=number(element.get("col-increment")) or 0,
        row_increment=number(element.get("row-increment")) or 0,
        cells=tuple(cell for cell in cells if cell is not None),
        outline=_corners(element.find("bounding-box")),
        problems=tuple(problems),
    )


def _cell(element: Element, problems: list[str]) -> RegionCell | None:
    name = element.get("id") or "?"
    row, column = (number(element.get(key)) for key in ("start-row", "start-col"))
    if row is None or column is None:
        problems.append(_("the cell {id} has no row or column and was left out").format(id=name))
        return None
    row1, column1 = (
        start if (end := number(element.get(key))) is None else end
        for key, start in (("end-row", row), ("end-col", column))
    )
    if not (row <= row1 < row + MOST_CELLS and column <= column1 < column + MOST_CELLS):
        text = _("the cell {id} ends before it begins, or far away, and was left out")
        problems.append(text.format(id=name))
        return None
    corners = _corners(element.find("bounding-box"))
    if corners is None:
        problems.append(_("the cell {id} has no readable box").format(id=name))
    elif is_swapped(corners):
        problems.append(_("the box of the cell {id} has its corners swapped").format(id=name))
    if min(row, column) < 0:
        problems.append(_("the cell {id} lies before the first row or column").format(id=name))
    span = Span(row, row1 + 1, column, column1 + 1)
    text = (element.findtext("content") or "").replace("\r", "\n")
    return RegionCell(name, span, text, corners)


def _corners(element: Element | None) -> Corners | None:
    if element is None:
        return None
    x1, y1, x2, y2 = (number(element.get(key)) for key in ("x1", "y1", "x2", "y2"))
    return None if x1 is None or y1 is None or x2 is None or y2 is None else (x1, y1, x2, y2)


def number(text: str | None) -> int | None:
    """A whole number of a sensible size; None for anything else."""
    try:
        value = None if text is None or len(text) > 9 else int(text)
    except ValueError:
        return None
    return value if value is None or abs(value) < 10**7 else None


def is_swapped(corners: Corners) -> bool:
    """Whether right or top come first."""
    return corners[0] > corners[2] or corners[1] > corners[3]


def box_on_page(corners: Corners, to_page: Affine) -> Box:
    """The box in the page's own frame."""
    x1, y1, x2, y2 = corners
    first, last = (transform_point(to_page, point) for point in ((x1, y1), (x2, y2)))
    return Box(*first, *last).normalized()


def corners_of(box: Box, to_page: Affine) -> Corners:
    """The box in whole points of the PDF, never without extent."""
    back = inverse(to_page)
    first, last = (transform_point(back, point) for point in ((box.x0, box.y0), (box.x1, box.y1)))
    turned = Box(*first, *last).normalized()
    x1, y1 = round(turned.x0), round(turned.y0)
    return x1, y1, max(round(turned.x1), x1 + 1), max(round(turned.y1), y1 + 1)


def to_json(region: TableRegion) -> dict[str, Any]:
    """The region as plain values."""
    return {key: value for key, value in asdict(region).items() if key != "problems"}


def from_json(data: dict[str, Any]) -> TableRegion:
    """The region that `to_json` kept."""
    cells = (
        RegionCell(cell["id"], Span(**cell["span"]), cell["text"], _kept(cell["corners"]))
        for cell in data["cells"]
    )
    return TableRegion(**{**data, "cells": tuple(cells), "outline": _kept(data["outline"])})


def _kept(values: Sequence[int] | None) -> Corners | None:
    if values is None:
        return None
    x1, y1, x2, y2 = values
    return x1, y1, x2, y2


def pdf_to_page(path: Path, page: int) -> Affine:
    """From the PDF's own frame (y up, from its media box) to the page as it is shown."""
    from model_backend.sources import pdf

    with pdf.damaged(path, page):
        opened = pdf.open_pdf(path).page(page)
        crop, media, turn = opened.cropbox, opened.mediabox, opened.rotation
    left, top = float(crop.x0), float(media.y1 - crop.y0)
    right, down = left + float(crop.width), float(crop.height) - top
    turns: dict[int, Affine] = {
        0: (1.0, 0.0, 0.0, -1.0, -left, top),
        90: (0.0, 1.0, 1.0, 0.0, down, -left),
        180: (-1.0, 0.0, 0.0, 1.0, right, down),
        270: (0.0, -1.0, -1.0, 0.0, top, right),
    }
    return turns[int(turn)]
