"""Writing a page: only what differs, and the digest over what is then there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isfinite
from typing import Any

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.store import digests, rows, values
from desktop.store.difference import Difference
from model_backend.document import Annotation, Page, Region, Relation, Table, Word


def require_places(page: Page, items: Iterable[Word | Annotation | None]) -> None:
    """Refuse what lies nowhere: JSON has no word for infinite and undefined numbers."""
    for item in items:
        if item is not None and not _has_place(item):
            raise UserError(
                "Page {number} has a box whose coordinates are no numbers. Correct it in the"
                " file that it comes from, and import that again.",
                number=page.number + 1,
            )


def _has_place(item: Word | Annotation) -> bool:
    """Whether every number of it is one: a sum with one that is none is none either."""
    total = (item.confidence if isinstance(item, Word) else item.score) or 0.0
    if not isinstance(item, Relation):
        box = item.box
        total += box.x0 + box.y0 + box.x1 + box.y1
    if isinstance(item, Table):
        total += item.rotation + item.shear
        total += sum(band.start + band.end for band in (*item.rows, *item.columns))
    if isinstance(item, Region):
        total += sum(x + y for polygon in item.polygons for x, y in polygon)
        total += sum(item.mask.to_page) if item.mask else 0.0
    return isfinite(total)


def write_difference(connection: Connection, change: Difference, after: Page) -> None:
    """Bring the rows of a page to its new value: only what differs is written."""
    require_places(after, (item.after for item in change.items))
    sealing = digests.Sealing(connection, after.id)
    _write_annotations(connection, change, sealing)
    names, key = {item.name for item in change.fields}, {"page": after.id}
    row = rows.page_counts(after)
    if names & set(rows.PAGE_FIELDS):
        row |= rows.page_fields(after)
        connection.execute(rows.UPDATE_PAGE, {**key, **row})
    else:
        connection.execute(rows.UPDATE_COUNTS, {**key, **row})
    has_new_words = any(item.collection == "words" for item in change.items)
    if has_new_words:
        counts = rows.word_counts(after)
        row |= counts
        connection.execute(rows.UPDATE_WORD_COUNTS, {**key, **counts})
    if "source_data" in names or has_new_words:
        large = rows.contents(after)
        sealing.put_contents(large)
        connection.execute(rows.UPDATE_CONTENTS, {**key, **large})
    sealing.finish(**row)


def write_anew(connection: Connection, page: Page) -> None:
    """Write everything of a page that is there, whatever its rows hold now."""
    require_places(page, (*page.words, *page.annotations))
    key = {"page": page.id}
    connection.execute(rows.DELETE_ANNOTATIONS, key)
    connection.execute(
        rows.UPDATE_PAGE, {**key, **rows.page_counts(page), **rows.page_fields(page)}
    )
    connection.execute(rows.UPDATE_WORD_COUNTS, {**key, **rows.word_counts(page)})
    connection.execute(rows.UPDATE_CONTENTS, {**key, **rows.contents(page)})
    annotations = rows.annotation_rows(page)
    if annotations:
        connection.execute(rows.INSERT_ANNOTATION, annotations)
    digests.seal(connection, page.id)


def write_read(connection: Connection, page_id: int, *, is_read: bool, problem: str) -> None:
    """Keep whether a page was read, and why it could not be."""
    sealing = digests.Sealing(connection, page_id)
    row = {"is_read": is_read, "problem": values.clean(problem)}
    connection.execute(rows.UPDATE_READ, {"page": page_id, **row})
    sealing.finish(**row)


def _write_annotations(
    connection: Connection, change: Difference, sealing: digests.Sealing
) -> None:
    new, changed, gone = [], [], []
    for item in change.items:
        if isinstance(item.after or item.before, Word):
            continue
        if item.after is None or isinstance(item.after, Word):
            gone.append({"on_page": change.page_id, "with_id": item.id})
            continue
        row = rows.annotation_row(item.after)
        if item.before is None:
            new.append({"page_id": change.page_id, "annotation_id": item.id, **row})
        else:
            changed.append({"on_page": change.page_id, "with_id": item.id, **row})
    sealing.take_out([row["with_id"] for row in (*gone, *changed)])
    sealing.put_in({"annotation_id": row["with_id"], **row} for row in changed)
    sealing.put_in(new)
    _execute(connection, rows.DELETE_ANNOTATION, gone)
    _execute(connection, rows.UPDATE_ANNOTATION, changed)
    _execute(connection, rows.INSERT_ANNOTATION, new)


def _execute(connection: Connection, statement: Any, found: Sequence[rows.Values]) -> None:  # noqa: ANN401
    """Run a statement for each row; every one of them must find exactly its own."""
    if not found:
        return
    result = connection.execute(statement, found[0] if len(found) == 1 else list(found))
    if result.rowcount not in (-1, len(found)):
        raise RuntimeError(f"{result.rowcount} of {len(found)} rows were there to be written")
