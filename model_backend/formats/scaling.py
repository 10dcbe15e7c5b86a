"""A page in the pixels of its exported picture."""

from __future__ import annotations

from dataclasses import replace

from model_backend import table_grid
from model_backend.document import Band, Box, Page, Polygon, Region, Table, compose


def scaled_page(page: Page, sx: float, sy: float) -> Page:
    """The page with all coordinates multiplied; the very same page when both factors are 1."""
    if sx == sy == 1.0:
        return page
    return replace(
        page,
        width=page.width * sx,
        height=page.height * sy,
        unit="px",
        words=tuple(replace(word, box=word.box.scaled(sx, sy)) for word in page.words),
        entities=tuple(replace(item, box=item.box.scaled(sx, sy)) for item in page.entities),
        tables=tuple(scaled_table(item, sx, sy) for item in page.tables),
        regions=tuple(scaled_region(item, sx, sy) for item in page.regions),
    )


def scaled_table(table: Table, sx: float, sy: float) -> Table:
    """The table with its grid multiplied; exactly, where it is upright."""
    if table.rotation or table.shear:
        return table_grid.transformed(table, (sx, 0.0, 0.0, sy, 0.0, 0.0))
    return replace(
        table,
        box=table.box.scaled(sx, sy),
        rows=tuple(Band(band.start * sy, band.end * sy) for band in table.rows),
        columns=tuple(Band(band.start * sx, band.end * sx) for band in table.columns),
    )


def scaled_region(region: Region, sx: float, sy: float) -> Region:
    """The region with its outline multiplied; the bits of a mask stay as they are."""
    mask = region.mask
    if mask is not None:
        mask = replace(mask, to_page=compose(mask.to_page, (sx, 0.0, 0.0, sy, 0.0, 0.0)))
    polygons: tuple[Polygon, ...] = tuple(
        tuple((x * sx, y * sy) for x, y in polygon) for polygon in region.polygons
    )
    box: Box = region.box.scaled(sx, sy)
    return replace(region, box=box, polygons=polygons, mask=mask)
