"""What is marked in a project: counted, and found page after page, without reading the pages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select, text

from desktop.store import tables
from desktop.store.database import Database

_PAGES = tables.pages
_NOTHING = text("0")
"""Spelt out, not a parameter: only so are the indexes of the marked pages used."""


class Marks:
    """Counts by the names of `tables.MARK_COUNTS`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def totals(self) -> dict[str, int]:
        """How much is marked in the whole project."""
        with self._database.reading() as connection:
            return {
                name: int(
                    connection.scalar(
                        select(func.sum(_PAGES.c[name])).where(_PAGES.c[name] > _NOTHING)
                    )
                    or 0
                )
                for name in tables.MARK_COUNTS
            }

    def pages(
        self, names: Sequence[str], *, after: int, step: int = 1, limit: int = 1
    ) -> tuple[int, ...]:
        """The next pages (step 1) or those before (-1) that have any of these marks."""
        column = _PAGES.c.id
        beyond = column > bindparam("page") if step > 0 else column < bindparam("page")
        order = column if step > 0 else column.desc()
        found: set[int] = set()
        with self._database.reading() as connection:
            for name in names:
                question = select(column).where(beyond, _PAGES.c[name] > _NOTHING)
                question = question.order_by(order).limit(limit)
                found.update(connection.scalars(question, {"page": after}))
        return tuple(sorted(found, reverse=step < 0)[:limit])
