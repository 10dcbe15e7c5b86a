"""Documents and pages that come into a project, with new ids or with those that they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from desktop.store import page_writing, rows, tables, values
from model_backend.document import Document, Page


def add_document(
    connection: Connection, document: Document, file_name: str, pages: Sequence[Page], read: bool
) -> tuple[Document, tuple[int, ...]]:
    """Add a document with new ids for it and its pages, and count them."""
    own = replace(
        document, id=_next_id(connection, tables.documents), name=values.clean(document.name)
    )
    first = _next_id(connection, tables.pages)
    placed = [
        replace(page, id=first + index, document_id=own.id) for index, page in enumerate(pages)
    ]
    connection.execute(insert(tables.documents), rows.document_row(own, file_name))
    insert_pages(connection, placed, is_read=read)
    return own, tuple(page.id for page in placed)


def insert_pages(connection: Connection, pages: Sequence[Page], *, is_read: bool) -> None:
    """Add pages that have their ids, with all that is on them, and count them."""
    if not pages:
        return
    for page in pages:
        page_writing.require_places(page, (*page.words, *page.annotations))
    made = [rows.new_page_rows(page, is_read=is_read) for page in pages]
    connection.execute(rows.INSERT_PAGE, [row for row, _large, _items in made])
    connection.execute(rows.INSERT_CONTENTS, [large for _row, large, _items in made])
    annotations = [item for _row, _large, items in made for item in items]
    if annotations:
        connection.execute(rows.INSERT_ANNOTATION, annotations)
    count = tables.project.c.page_count + bindparam("more")
    connection.execute(update(tables.project).values(page_count=count), {"more": len(pages)})


def _next_id(connection: Connection, table: Any) -> int:  # noqa: ANN401 - a table with an id
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1
