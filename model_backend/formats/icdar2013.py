"""Tables of the ICDAR-2013 competition: reads `-str.xml` files (cells with place and text).

Boxes are whole PDF points with the origin at the bottom left: they are turned over with the page's
height. A table's region on another page is a table of its own here, its rows and columns counted
from its own first ones (`row-increment` and `col-increment` place it in the whole table).
Blank cells are absent; `end-row` and `end-col` are left out where they equal the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from xml.etree.ElementTree import Element

from model_backend.document import Box, Span, union_of
from model_backend.errors import UserError
from model_backend.formats import safe_xml
from model_backend.metrics.grits import GridCell

MOST_CELLS = 10_000
"""More rows or columns than this are a mistake of the file."""


@dataclass(frozen=True)
class TrueTable:
    """The true cells of one region on one page (counted from 0), and what its file has wrong."""

    page: int
    cells: tuple[GridCell, ...]
    problems: tuple[str, ...] = ()

    @property
    def box(self) -> Box:
        """The box around all cells' boxes; ValueError when no cell has one."""
        return union_of(cell.box for cell in self.cells if cell.box is not None)


def read_tables(path: Path, page_heights: Sequence[float]) -> tuple[TrueTable, ...]:
    """The regions of a `-str.xml` file in its order.

    Faulty cells are left out or kept without a box, and named in `problems`. UserError
    where the file is not such a file at all.
    """
    regions = safe_xml.load(path).findall("./table/region")
    if not regions:
        raise UserError(
            "The file {file} has no tables of ICDAR-2013. Choose a file that ends in -str.xml.",
            file=path,
        )
    return tuple(_region(region, page_heights) for region in regions)


def _region(region: Element, page_heights: Sequence[float]) -> TrueTable:
    problems: list[str] = []
    page = (_number(region.get("page", "1")) or 1) - 1
    height = page_heights[page] if 0 <= page < len(page_heights) else None
    if height is None:
        problems.append(f"page {page + 1} is not in the document")
    cells = [_cell(element, height, problems) for element in region.findall("cell")]
    kept = _from_first([cell for cell in cells if cell is not None])
    return TrueTable(page, kept, tuple(problems))


def _cell(element: Element, height: float | None, problems: list[str]) -> GridCell | None:
    name = f"cell {element.get('id')}"
    row, column = (_number(element.get(key)) for key in ("start-row", "start-col"))
    if row is None or column is None:
        problems.append(f"{name} has no row or column")
        return None
    row1, column1 = (
        start if (end := _number(element.get(key))) is None else end
        for key, start in (("end-row", row), ("end-col", column))
    )
    if not (row <= row1 < row + MOST_CELLS and column <= column1 < column + MOST_CELLS):
        problems.append(f"{name} ends before it begins, or far away")
        return None
    text = " ".join((element.findtext("content") or "").split())
    box = None if height is None else _box(element.find("bounding-box"), height, name, problems)
    return GridCell(Span(row, row1 + 1, column, column1 + 1), text, box)


def _box(element: Element | None, height: float, name: str, problems: list[str]) -> Box | None:
    keys = ("x1", "y1", "x2", "y2")
    values = [None if element is None else _number(element.get(key)) for key in keys]
    x0, y0, x1, y1 = values
    if x0 is None or y0 is None or x1 is None or y1 is None:
        problems.append(f"{name} has no readable box")
        return None
    if x0 > x1 or y0 > y1:
        problems.append(f"{name} has a box with exchanged corners")
    return Box(x0, height - y1, x1, height - y0).normalized()


def _number(text: str | None) -> int | None:
    try:
        return None if text is None else int(text)
    except ValueError:
        return None


def _from_first(cells: Sequence[GridCell]) -> tuple[GridCell, ...]:
    """The cells with rows and columns counted from the first that is there."""
    if not cells:
        return ()
    row = min(cell.span.row0 for cell in cells)
    column = min(cell.span.column0 for cell in cells)
    return tuple(
        replace(
            cell,
            span=Span(
                cell.span.row0 - row,
                cell.span.row1 - row,
                cell.span.column0 - column,
                cell.span.column1 - column,
            ),
        )
        for cell in cells
    )
