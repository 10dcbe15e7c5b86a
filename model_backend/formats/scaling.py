"""A page in the pixels of its exported picture."""

from __future__ import annotations

from dataclasses import replace

from model_backend import table_grid
from model_backend.document import Box, Page, Polygon, Region, compose


def scaled_page(page: Page, sx: float, sy: float) -> Page:
    """The page with all coordinates multiplied; the very same page when both factors are 1."""
    if sx == sy == 1.0:
        return page
    by = (sx, 0.0, 0.0, sy, 0.0, 0.0)
    return replace(
        page,
        width=page.width * sx,
        height=page.height * sy,
        unit="px",
        words=tuple(replace(word, box=word.box.scaled(sx, sy)) for word in page.words),
        entities=tuple(replace(item, box=item.box.scaled(sx, sy)) for item in page.entities),
        tables=tuple(table_grid.transformed(item, by) for item in page.tables),
        regions=tuple(scaled_region(item, sx, sy) for item in page.regions),
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
