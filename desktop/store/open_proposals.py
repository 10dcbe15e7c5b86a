"""Proposals that are still open, counted and found by their score without reading pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, func, select, text

from desktop.store import tables
from desktop.store.database import Database

_ITEMS = tables.page_annotations
_IS_OPEN = text("status = 'proposed'")
"""Spelt out, not a parameter: only so is the index of open proposals used."""


@dataclass(frozen=True)
class OpenCount:
    """How many proposals, on how many pages."""

    proposals: int
    pages: int


class OpenProposals:
    """Questions about all pages, or one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, kinds: Sequence[str], least: float, page_id: int = 0) -> OpenCount:
        """How many open proposals of these kinds have at least this score."""
        question = select(func.count(), func.count(_ITEMS.c.page_id.distinct()))
        statement = question.select_from(_ITEMS).where(_IS_OPEN, _condition(page_id))
        with self._database.reading() as connection:
            row = connection.execute(statement, _values(kinds, least, page_id)).one()
        return OpenCount(*map(int, row))

    def pages(self, kinds: Sequence[str], least: float, page_id: int = 0) -> tuple[int, ...]:
        """The pages that have any, in their order."""
        question = select(_ITEMS.c.page_id).distinct()
        statement = question.where(_IS_OPEN, _condition(page_id)).order_by(_ITEMS.c.page_id)
        with self._database.reading() as connection:
            return tuple(connection.scalars(statement, _values(kinds, least, page_id)))


def _condition(page_id: int) -> ColumnElement[bool]:
    wanted = and_(
        _ITEMS.c.kind.in_(bindparam("kinds", expanding=True)),
        _ITEMS.c.score >= bindparam("least"),
    )
    return and_(wanted, _ITEMS.c.page_id == bindparam("page")) if page_id else wanted


def _values(kinds: Sequence[str], least: float, page_id: int) -> dict[str, object]:
    found: dict[str, object] = {"kinds": list(kinds), "least": least}
    return {**found, "page": page_id} if page_id else found
