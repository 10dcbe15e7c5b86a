"""Counts over a whole project."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from desktop.store import tables

Question = Select[*tuple[Any, ...]]

_PAGES = tables.pages
_ANNOTATIONS = tables.page_annotations
_PROPOSALS = tables.proposals


def statistics(connection: Connection) -> dict[str, Any]:
    """Counts by kind, status and label, and what became of each model's proposals."""
    totals = connection.execute(_totals()).one()._asdict()
    return {
        "documents": connection.execute(_count(tables.documents)).scalar_one(),
        **{name: int(value or 0) for name, value in totals.items()},
        "pages_by_status": _pages_by_status(connection),
        "annotations": _nested(connection, _ANNOTATIONS.c.kind, _ANNOTATIONS.c.status),
        "labels": _nested(connection, _ANNOTATIONS.c.kind, _ANNOTATIONS.c.label, named=True),
        "proposals": _fates(connection),
        "revisions": connection.execute(_count(tables.revisions)).scalar_one(),
    }


def _count(table: Any) -> Question:  # noqa: ANN401 - a table
    return select(func.count()).select_from(table)


def _totals() -> Question:
    return select(
        func.count().label("pages"),
        func.sum(case((_PAGES.c.is_read.is_(False), 1), else_=0)).label("unread"),
        func.sum(case((_PAGES.c.problem != "", 1), else_=0)).label("problems"),
        func.sum(_PAGES.c.word_count).label("words"),
    )


def _pages_by_status(connection: Connection) -> dict[str, int]:
    column = _PAGES.c.status
    found = connection.execute(select(column, func.count()).group_by(column).order_by(column))
    return {status: int(count) for status, count in found}


def _nested(
    connection: Connection,
    outer: Any,  # noqa: ANN401 - a column
    inner: Any,  # noqa: ANN401 - a column
    *,
    named: bool = False,
) -> dict[str, dict[str, int]]:
    statement = select(outer, inner, func.count()).group_by(outer, inner).order_by(outer, inner)
    if named:
        statement = statement.where(inner != "")
    result: dict[str, dict[str, int]] = {}
    for first, second, count in connection.execute(statement):
        result.setdefault(first, {})[second] = count
    return result


def _fates(connection: Connection) -> dict[str, dict[str, int]]:
    """For each model: its proposals by what became of them (a deleted one was rejected)."""
    said = (
        select(
            _PROPOSALS.c.model,
            _PROPOSALS.c.page_id,
            _PROPOSALS.c.annotation_id,
            func.max(case((_PROPOSALS.c.is_withdrawn, 1), else_=0)).label("withdrawn"),
        )
        .group_by(_PROPOSALS.c.model, _PROPOSALS.c.page_id, _PROPOSALS.c.annotation_id)
        .subquery()
    )
    fate = case(
        (_ANNOTATIONS.c.status.is_not(None), _ANNOTATIONS.c.status),
        (said.c.withdrawn == 1, "withdrawn"),
        else_="rejected",
    )
    joined = said.outerjoin(
        _ANNOTATIONS,
        (said.c.page_id == _ANNOTATIONS.c.page_id)
        & (said.c.annotation_id == _ANNOTATIONS.c.annotation_id),
    )
    statement = select(said.c.model, fate, func.count()).select_from(joined)
    result: dict[str, dict[str, int]] = {}
    for model, name, count in connection.execute(statement.group_by(said.c.model, fate)):
        result.setdefault(model, {})[name] = count
    return result
