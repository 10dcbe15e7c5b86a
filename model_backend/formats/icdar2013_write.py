"""Pages to ICDAR-2013: NAME.pdf with NAME-str.xml (cells) and NAME-reg.xml (outlines).

Pages of one PDF that follow one another leave together; where the PDF cannot leave as it is (a
scan, a page that was turned, a password), a PDF of the pages' pictures is made. Blank cells are
absent, as in the original; headers and rows without text at the end cannot be told.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree

from model_backend import table_grid
from model_backend.document import Affine, Page, Region, Table, union_of
from model_backend.formats.icdar2013_regions import (
    Corners,
    RegionCell,
    TableRegion,
    corners_of,
    from_json,
    pdf_to_page,
)
from model_backend.formats.losses import losses
from model_backend.formats.pictures import PdfSource, export_scale
from model_backend.formats.pubtables_write import grid_digest
from model_backend.formats.safe_path import SafeNames
from model_backend.formats.source_data import unpack
from model_backend.formats.table_files import FORBIDDEN
from model_backend.formats.values import ExportPage, WriteOptions, Written
from model_backend.quality import read_back_icdar
from model_backend.translation import _

FORMAT = "icdar2013"
_TABLE = "table"


def mark_of(table: Table, page: Page) -> str:
    """A short mark of a table's grid and texts, by which a change of either is known."""
    words = table_grid.words_of_cells(table, page.words)
    texts = [table_grid.cell_text(found) for found in words.values()]
    return hashlib.sha256(json.dumps([grid_digest(table), texts]).encode()).hexdigest()[:16]


@dataclass
class _Document:
    """The pages that leave with one PDF, and the PDF where it leaves as it is."""

    name: str
    pdf: Path | None
    pages: list[ExportPage] = field(default_factory=list)


class Writer:
    """Writes a PDF and its two files for each document, when the next one begins."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = SafeNames()
        self._document: _Document | None = None

    def write(self, item: ExportPage) -> None:
        """Add a page; pages without tables are left out and counted."""
        page = item.page
        outlines = sum(region.label == _TABLE for region in page.regions)
        has_tables = bool(page.tables or outlines)
        keeps_pdf = isinstance(item.picture, PdfSource) and item.picture.pdf is not None
        self.written.lost.update(losses(page, FORMAT, keeps_pdf=keeps_pdf))
        if not has_tables:
            return
        if item.picture is None:
            text = _("{name} has no picture and was left out.")
            self.written.problems.append(text.format(name=item.name))
            return
        self._join(item)
        self.written.counts.update(pages=1, tables=len(page.tables), regions=outlines)

    def _join(self, item: ExportPage) -> None:
        """To the document of the page before, or a new one."""
        pdf = item.picture.pdf if isinstance(item.picture, PdfSource) else None
        name = item.name if pdf is None else _name_of(item, pdf)
        is_new = self._document is None or pdf is None
        if is_new or (self._document and (self._document.name, self._document.pdf) != (name, pdf)):
            self._flush()
            self._document = _Document(name, pdf)
        if self._document:
            self._document.pages.append(item)

    def _flush(self) -> None:
        document, self._document = self._document, None
        if document is None:
            return
        stem = self._names.stem(document.name)
        if stem != document.name:
            self.written.renamed.append((document.name, stem))
        target = self.folder / f"{stem}.pdf"
        if document.pdf is not None:
            shutil.copyfile(document.pdf, target)
        else:
            self._draw(document.pages[0], target)
        numbers = [item.page.number if document.pdf else 0 for item in document.pages]
        by_page = [
            _regions(item.page, target, number)
            for item, number in zip(document.pages, numbers, strict=True)
        ]
        regions = linked(_numbered([one for found in by_page for one in found]), document.pages)
        for ending in ("str", "reg"):
            tree = _tree(regions, f"{stem}-{ending}.xml", has_cells=ending == "str")
            ElementTree.indent(tree, "   ")
            (self.folder / f"{stem}-{ending}.xml").write_bytes(
                ElementTree.tostring(tree, "utf-8", xml_declaration=True)
            )
        self.written.counts["cells"] += sum(len(region.cells) for region in regions)
        read_back_icdar.check_document(self.folder, stem, regions)

    def _draw(self, item: ExportPage, target: Path) -> None:
        """A PDF of one page with the page's picture: a point is a unit of the page."""
        import pymupdf

        assert item.picture is not None  # pages without one were left out
        picture = item.picture.render(export_scale(item, item.picture, self.options))
        data = io.BytesIO()
        picture.save(data, "PNG")
        with pymupdf.open() as made:
            page = made.new_page(width=item.page.width, height=item.page.height)
            page.insert_image(page.rect, stream=data.getvalue())
            content = made.tobytes(no_new_id=True)
        target.write_bytes(content)  # by us: what the disk refuses is an error of the system then

    def close(self) -> None:
        """Write the last document."""
        self._flush()

    def abandon(self) -> None:
        """Nothing is open between pages."""
        self._document = None


def _name_of(item: ExportPage, pdf: Path) -> str:
    """The document's name in its project; that of the data set's files where there is none."""
    if item.document.media_type:
        return Path(item.document.name).stem
    return str(unpack(item.page.source_data, FORMAT).get("file") or pdf.stem)


def _regions(page: Page, pdf: Path, number: int) -> list[TableRegion]:
    """The tables of a page, then the outlines without a grid, in the frame of the PDF."""
    to_page = pdf_to_page(pdf, number)
    outlines = (region for region in page.regions if region.label == _TABLE)
    return [
        *(replace(_table(table, page, to_page), page=number) for table in page.tables),
        *(replace(_outline(region, to_page), page=number) for region in outlines),
    ]


def _table(table: Table, page: Page, to_page: Affine) -> TableRegion:
    """The table as it was read while it is unchanged, else from its grid and words."""
    source = unpack(table.source_data, FORMAT)
    if source.get("mark") == mark_of(table, page):
        return from_json(source["region"])
    known = from_json(source["region"]) if source else TableRegion("", "", 0)
    corners = corners_of(table_grid.box_to_page(table, table.box), to_page)
    return replace(known, cells=_cells(table, page, to_page), outline=corners)


def _cells(table: Table, page: Page, to_page: Affine) -> tuple[RegionCell, ...]:
    found: list[RegionCell] = []
    for span, words in table_grid.words_of_cells(table, page.words).items():
        if text := FORBIDDEN.sub("\ufffd", " ".join(table_grid.cell_text(words).split())):
            corners = corners_of(union_of(word.box for word in words), to_page)
            found.append(RegionCell(str(len(found) + 1), span, text, corners))
    return tuple(found)


def _outline(region: Region, to_page: Affine) -> TableRegion:
    """A region as it was read while its box is unchanged, else its box."""
    source = unpack(region.source_data, FORMAT)
    known = from_json(source["region"]) if source else TableRegion("", "", 0)
    corners = corners_of(region.box, to_page)
    if known.outline is not None and sorted(known.outline[::2]) == [corners[0], corners[2]]:
        return known
    return replace(known, outline=corners)


def _numbered(regions: Sequence[TableRegion]) -> list[TableRegion]:
    """Regions with ids: new tables are counted on above those that were there, none is double."""
    taken = {region.table for region in regions if region.table}
    used: set[tuple[str, str, int]] = set()
    result = []
    for region in regions:
        if not region.table or region.key in used:
            free = next(
                str(n) for n in range(1, len(regions) + len(taken) + 1) if str(n) not in taken
            )
            taken.add(free)
            region = replace(region, table=free, region="1")
        used.add(region.key)
        result.append(region)
    return result


def linked(regions: Sequence[TableRegion], pages: Sequence[ExportPage]) -> list[TableRegion]:
    """Regions of which those of a continued table are one table: its rows count on from part to
    part. Parts that came as one table from a file stay as they were.
    """
    result = list(regions)
    places: dict[tuple[int, int], int] = {}
    rows: dict[int, int] = {}
    at = 0
    for item in pages:
        for place, table in enumerate(item.page.tables, at):
            places[(item.page.number, table.id)], rows[place] = place, len(table.rows)
            before = places.get((item.page.number - 1, table.continues))
            if before is not None and result[before].table != result[place].table:
                result[place] = _next_part(result, before, result[place], rows[before])
        at += len(item.page.tables) + sum(r.label == _TABLE for r in item.page.regions)
    return result


def _next_part(
    regions: Sequence[TableRegion], before: int, part: TableRegion, rows: int
) -> TableRegion:
    whole = regions[before]
    count = sum(region.table == whole.table for region in regions)
    return replace(
        part,
        table=whole.table,
        region=str(count + 1),
        row_increment=whole.row_increment + rows,
        column_increment=whole.column_increment,
    )


def _tree(regions: Sequence[TableRegion], name: str, *, has_cells: bool) -> ElementTree.Element:
    root = ElementTree.Element("document", filename=name)
    tables: dict[str, ElementTree.Element] = {}
    for region in regions:
        if not (region.cells if has_cells else region.outline):
            continue
        if region.table not in tables:
            tables[region.table] = ElementTree.SubElement(root, "table", id=region.table)
        element = ElementTree.SubElement(tables[region.table], "region", id=region.region)
        if has_cells:
            element.set("col-increment", str(region.column_increment))
            element.set("row-increment", str(region.row_increment))
        element.set("page", str(region.page + 1))
        if has_cells:
            for cell in region.cells:
                _add_cell(element, cell)
        else:
            _add_box(element, region.outline)
    return root


def _add_cell(region: ElementTree.Element, cell: RegionCell) -> None:
    span = cell.span
    element = ElementTree.SubElement(region, "cell", id=cell.id)
    element.set("start-row", str(span.row0))
    if span.row1 > span.row0 + 1:
        element.set("end-row", str(span.row1 - 1))
    element.set("start-col", str(span.column0))
    if span.column1 > span.column0 + 1:
        element.set("end-col", str(span.column1 - 1))
    _add_box(element, cell.corners)
    ElementTree.SubElement(element, "content").text = cell.text


def _add_box(element: ElementTree.Element, corners: Corners | None) -> None:
    if corners is not None:
        names = ("x1", "y1", "x2", "y2")
        sides = {name: str(side) for name, side in zip(names, corners, strict=True)}
        ElementTree.SubElement(element, "bounding-box", sides)
