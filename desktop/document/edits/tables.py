"""Edits of whole tables: proposed again, put on the next page, linked into one over pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from desktop.document.edits.common import replace as replace_annotation
from desktop.document.edits.parts import begun, known, put, take_out, touched
from desktop.document.edits.shapes import add_table
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import Box, Page, Status, Table

SAME_PLACE = 0.3
"""Tables whose outlines overlap by this share of the smaller one lie in the same place."""


def put_table(page: Page, table: Table) -> Page:
    """A table that was fitted to this page: a person's, in place of proposals that lie there.

    What a person has drawn or accepted there is never overwritten.
    """
    there = tables_at(page, table)
    if any(other.status is not Status.PROPOSED for other in there):
        raise UserError(
            "Page {number} has a table there already. Delete it first, or correct it.",
            number=page.number + 1,
        )
    return add_table(take_out(page, {other.id for other in there}), table)


def tables_at(page: Page, table: Table) -> tuple[Table, ...]:
    """The tables of a page that lie where this one does."""
    box = bounds(table)
    return tuple(
        other
        for other in page.tables
        if max(bounds(other).overlap(box), box.overlap(bounds(other))) > SAME_PLACE
    )


def bounds(table: Table) -> Box:
    """The box of a table on its page."""
    return table_grid.box_to_page(table, table.box)


def continue_table(page: Page, table_id: int, part_id: int) -> Page:
    """The table goes on with the one of this id on the page before, and no other table does; with
    0 it begins a table of its own.
    """
    table = known(page, table_id)
    if not isinstance(table, Table):
        raise UserError("Only a table can be used here. Select a table and retry.")
    others = [
        touched(replace(other, continues=0))
        for other in page.tables
        if part_id and other.continues == part_id and other.id != table_id
    ]
    after = begun(put(page, *others)) if others else page
    return replace_annotation(after, replace(table, continues=part_id))


def without_lost_parts(page: Page, gone: Collection[int]) -> Page:
    """The page after tables of the page before were deleted: what went on with one begins anew."""
    changed = [replace(table, continues=0) for table in page.tables if table.continues in gone]
    return put(page, *changed) if changed else page
