"""Edits that add tables and regions, and give regions another kind of outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.document.edits.common import replace as replace_annotation
from desktop.document.edits.parts import begun, known, put
from desktop.errors import UserError
from model_backend.document import (
    HUMAN,
    Affine,
    Box,
    Mask,
    Page,
    Polygon,
    Region,
    Status,
    Table,
    bounding_box,
)

PAINT_DPI = 150.0
"""Pixels a new mask has on pages that have none of their own."""


def add_table(page: Page, table: Table) -> Page:
    """A table that a person drew; it gets the page's next id."""
    own = replace(table, id=page.next_id, score=None, status=Status.ACCEPTED, source=HUMAN)
    return begun(put(page, own))


def add_region(
    page: Page,
    label: str,
    box: Box,
    polygons: Sequence[Polygon] = (),
    mask: Mask | None = None,
) -> Page:
    """A labelled box, polygon set or bitmap mask; it gets the page's next id."""
    region = Region(page.next_id, label, box.normalized(), tuple(map(tuple, polygons)), mask)
    return begun(put(page, region))


def new_raster(page: Page) -> Affine:
    """From pixels of a new mask to page units: the page's own pixels where it has some."""
    size = 1.0 if page.unit == "px" else 72.0 / PAINT_DPI
    return (size, 0.0, 0.0, size, 0.0, 0.0)


def mask_of(page: Page, region: Region) -> Mask:
    """The region's mask; of a box or polygons the pixels inside, what they leave open stays open.

    One clear line where the outline holds no pixel.
    """
    from model_backend import masks

    if region.mask is not None:
        return region.mask
    outline = region.polygons or (region.box.normalized().corners,)
    try:
        return masks.mask_of_polygons(outline, new_raster(page))
    except ValueError:
        raise UserError("This region is too small, or too large, to be painted on.") from None


def with_mask(region: Region, mask: Mask) -> Region:
    """The region as a bitmap, in the box around its ink."""
    from model_backend import masks

    return replace(region, mask=mask, polygons=(), box=masks.bounding_box_of(mask))


def with_polygons(region: Region, polygons: Sequence[Polygon]) -> Region:
    """The region with these outlines instead of what it had, in the box around them."""
    box = bounding_box(point for polygon in polygons for point in polygon)
    return replace(region, mask=None, polygons=tuple(polygons), box=box)


def make_mask(page: Page, region_id: int) -> Page:
    """A box or polygon region as a bitmap mask; one that is a mask already stays as it is."""
    region = known_region(page, region_id)
    if region.mask is not None:
        return page
    return replace_annotation(page, with_mask(region, mask_of(page, region)))


def known_region(page: Page, region_id: int) -> Region:
    """The region with that id, or one clear line that there is none."""
    item = known(page, region_id)
    if not isinstance(item, Region):
        raise UserError("Only a region can be used here. Select a region and retry.")
    return item
