"""The whole record of a project, read from its beginning, a slice at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, select

from desktop.store import rows, tables, values
from desktop.store.reading import Reading
from desktop.store.records import Revision

_SLICE = 200
_REVISIONS = (
    select(tables.revisions)
    .where(tables.revisions.c.id > bindparam("after"))
    .order_by(tables.revisions.c.id)
    .limit(_SLICE)
)
_CHANGES = (
    select(tables.revision_changes)
    .where(tables.revision_changes.c.id > bindparam("after"))
    .order_by(tables.revision_changes.c.id)
    .limit(_SLICE)
)


def revisions(store: Reading) -> Iterator[Revision]:
    """All revisions, oldest first."""
    return map(rows.read_revision, _sliced(store, _REVISIONS))


def changes(store: Reading) -> Iterator[tuple[int, int | None, Any]]:
    """All changes of all revisions, in their order: revision, page (None: the labels), and the
    difference as JSON."""
    for row in _sliced(store, _CHANGES):
        yield row.revision_id, row.page_id, values.unpack(row.difference)


def _sliced(store: Reading, statement: Any) -> Iterator[Any]:  # noqa: ANN401 - SQLAlchemy's own types
    after = 0
    while found := _after(store, statement, after):
        yield from found
        after = found[-1].id


def _after(store: Reading, statement: Any, after: int) -> list[Any]:  # noqa: ANN401 - as above
    with store.database.reading() as connection:
        return list(connection.execute(statement, {"after": after}).all())
