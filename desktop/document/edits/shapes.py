"""Edits that add tables and regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.document.edits.parts import begun, put
from model_backend.document import HUMAN, Box, Mask, Page, Polygon, Region, Status, Table


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
