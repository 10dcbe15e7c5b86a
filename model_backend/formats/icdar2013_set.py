"""ICDAR-2013 as a data set: the tables of a PDF from its `-str.xml` and `-reg.xml`.

A page with tables is one member, with the PDF's own words. A cell's text and box are kept as the
file has them and written back while the table is unchanged. Left out in a round trip: instruction
numbers, the name in the root element, cells without a place, and boxes that cannot be read.
Headers are not in the files, so no table has any. A file whose name ends in b is another version of
the PDF that ends in a.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from model_backend.document import (
    IMPORTED,
    Affine,
    Box,
    Page,
    PageStatus,
    Region,
    Table,
    union_of,
)
from model_backend.errors import UserError
from model_backend.formats.cell_grid import GivenCell, grid_of_cells
from model_backend.formats.icdar2013_regions import (
    TableRegion,
    box_on_page,
    is_swapped,
    pdf_to_page,
    read_regions,
    to_json,
)
from model_backend.formats.icdar2013_write import FORMAT, Writer, mark_of
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import boxes_outside, pack
from model_backend.formats.values import ReadPage
from model_backend.labels import REGION
from model_backend.translation import _, counted, mark

__all__ = ["Writer", "members", "read_member"]

_ENDS = ("-str.xml", "-reg.xml")
_TABLE = "table"
_MEMBER = re.compile(r"(.+)#([0-9]{1,6})")


def members(path: Path) -> tuple[str, ...]:
    """STEM#PAGE for every page with tables (pages from 1), of one file or all below a folder."""
    root, stems = _stems(path)
    found = [name for stem in stems for name in _pages_of(root, stem)]
    if not found:
        raise UserError(
            "{folder} holds no tables of ICDAR-2013 (files that end in -str.xml or -reg.xml)."
            " Choose another folder or file.",
            folder=path,
        )
    return tuple(found)


def _stems(path: Path) -> tuple[Path, tuple[str, ...]]:
    """The data set's folder and the stems below it."""
    root = path.parent if path.is_file() else path
    files = [path] if path.is_file() else [f for end in _ENDS for f in path.rglob(f"*{end}")]
    names = (file.relative_to(root).as_posix() for file in files if not file.is_symlink())
    stems = {name.removesuffix(end) for name in names for end in _ENDS if name.endswith(end)}
    return root, tuple(sorted(stems))


def _pages_of(root: Path, stem: str) -> list[str]:
    """The members of one document; a broken one is a member, whose error says why."""
    try:
        pages = {region.page for region in _regions_of(root, stem)}
    except UserError:
        return [f"{stem}#1"]
    return [f"{stem}#{page + 1}" for page in sorted(pages)]


def _regions_of(root: Path, stem: str) -> tuple[TableRegion, ...]:
    files = [resolve_inside(root, stem + end) for end in _ENDS]
    stamps = tuple(file.stat().st_mtime_ns if file.is_file() else 0 for file in files)
    return _regions(files[0], files[1], stamps)


@lru_cache(maxsize=8)
def _regions(
    structure: Path, outlines: Path, _modified: tuple[int, ...]
) -> tuple[TableRegion, ...]:
    return read_regions(structure, outlines)


def read_member(path: Path, member: str) -> ReadPage:
    """The page of a PDF with its tables; UserError where one of the files cannot be used."""
    from model_backend import sources

    root = path.parent if path.is_file() else path
    match = _MEMBER.fullmatch(member)
    stem, number = (match[1], int(match[2]) - 1) if match else (member, 0)
    pdf = _pdf(root, stem)
    regions = [region for region in _regions_of(root, stem) if region.page == number]
    read = sources.read_page(pdf, number, ocr="never")
    page = Page(
        id=0,
        document_id=0,
        number=number,
        width=read.width,
        height=read.height,
        unit=read.unit,
        geometry=read.geometry,
        status=PageStatus.DONE,
        words=read.words,
        next_id=len(read.words) + 1,
        is_scan=read.is_scan,
        source_data=pack(FORMAT, file=Path(stem).name),
    )
    page, problems = _with_tables(page, regions, pdf_to_page(pdf, number))
    page = _with_parts(page, regions, _regions_of(root, stem), pdf)
    labels = tuple({(region.label, REGION) for region in page.regions})
    name = f"{Path(stem).name}_{number + 1}"
    return ReadPage(name, page, pdf, labels, (*read.problems, *problems))


def _pdf(root: Path, stem: str) -> Path:
    """The PDF of that name, else the one that a second version belongs to."""
    for name in (stem, re.sub("b$", "a", stem)):
        pdf = resolve_inside(root, f"{name}.pdf")
        if pdf.is_file():
            return pdf
    raise UserError(
        "There is no {pdf} beside {file}. Add the PDF and retry.",
        pdf=f"{Path(stem).name}.pdf",
        file=f"{Path(stem).name}{_ENDS[0]}",
    )


def _with_tables(
    page: Page, regions: Sequence[TableRegion], to_page: Affine
) -> tuple[Page, tuple[str, ...]]:
    """The page with a table for each region, or its outline where the cells make no grid."""
    tables: list[Table] = []
    outlines: list[Region] = []
    problems = [problem for region in regions for problem in region.problems]
    for item_id, region in enumerate(regions, page.next_id):
        item = _Region(region, to_page)
        table = item.table(item_id)
        if table is not None:
            data = pack(FORMAT, region=to_json(region), mark=mark_of(table, page))
            tables.append(replace(table, source_data=data))
        elif item.outline is not None:
            data = pack(FORMAT, region=to_json(region))
            outline = Region(item_id, _TABLE, item.outline, source=IMPORTED, source_data=data)
            outlines.append(outline)
        if table is None and (region.cells or item.outline is None):
            problems.append(_("the cells of the table {id} make no grid").format(id=region.table))
    page = replace(
        page,
        tables=tuple(tables),
        regions=tuple(outlines),
        next_id=page.next_id + len(regions),
    )
    if outside := boxes_outside(page):
        problems.append(counted(mark("{count} boxes reach out of the page"), outside))
    return page, tuple(problems)


def _with_parts(
    page: Page, regions: Sequence[TableRegion], every: Sequence[TableRegion], pdf: Path
) -> Page:
    """The page whose tables go on with those parts of them that are on the page before."""
    from model_backend import sources

    before = [region.table for region in every if region.page == page.number - 1]
    ids = {page.next_id - len(regions) + place: one.table for place, one in enumerate(regions)}
    if not any(ids[table.id] in before for table in page.tables):
        return page
    first = len(sources.read_page(pdf, page.number - 1, ocr="never").words) + 1
    last = {name: first + place for place, name in enumerate(before)}
    taken: set[int] = set()
    tables = []
    for table in page.tables:
        part = last.get(ids[table.id], 0)
        tables.append(replace(table, continues=0 if part in taken else part))
        taken.add(part)
    return replace(page, tables=tuple(tables))


@dataclass(frozen=True)
class _Region:
    """A region on its page."""

    region: TableRegion
    to_page: Affine

    @property
    def outline(self) -> Box | None:
        """The outline that was drawn, else the box around all cells."""
        if self.region.outline is not None:
            return box_on_page(self.region.outline, self.to_page)
        boxes = [cell.box for cell in self._cells() if cell.box is not None]
        return union_of(boxes) if boxes else None

    def table(self, table_id: int) -> Table | None:
        """The grid of the cells; without the drawn outline where that contradicts them."""
        if not self.region.cells:
            return None
        cells = self._cells()
        drawn = self.region.outline
        outline = None if drawn is None or is_swapped(drawn) else box_on_page(drawn, self.to_page)
        return grid_of_cells(table_id, cells, outline) or grid_of_cells(table_id, cells)

    def _cells(self) -> list[GivenCell]:
        """The cells counted from the first row and column that are there; a box with swapped
        corners says nothing."""
        row = min((cell.span.row0 for cell in self.region.cells), default=0)
        column = min((cell.span.column0 for cell in self.region.cells), default=0)
        return [
            GivenCell(
                replace(
                    cell.span,
                    row0=cell.span.row0 - row,
                    row1=cell.span.row1 - row,
                    column0=cell.span.column0 - column,
                    column1=cell.span.column1 - column,
                ),
                box_on_page(cell.corners, self.to_page)
                if cell.corners is not None and not is_swapped(cell.corners)
                else None,
            )
            for cell in self.region.cells
        ]
