"""Pages, annotations and documents to rows and back, and the statements that write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from math import isfinite
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from desktop.errors import UserError
from desktop.store import tables, values
from desktop.store.difference import Difference
from desktop.store.records import PageSummary, Proposal, Revision, RevisionKind
from model_backend.document import (
    COLLECTIONS,
    Annotation,
    Document,
    Page,
    PageClass,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Status,
    Table,
    Word,
    collection_of,
)
from model_backend.document_json import from_json

Values = dict[str, Any]
AnyRow = Row[*tuple[Any, ...]]

_PAGE = tables.pages
_CONTENTS = tables.page_contents
_ANNOTATIONS = tables.page_annotations

SELECT_PAGE = (
    select(_PAGE, _CONTENTS.c.words, _CONTENTS.c.source_data)
    .join_from(_PAGE, _CONTENTS)
    .where(_PAGE.c.id == bindparam("page"))
)
SELECT_ANNOTATIONS = (
    select(_ANNOTATIONS.c.kind, _ANNOTATIONS.c.value)
    .where(_ANNOTATIONS.c.page_id == bindparam("page"))
    .order_by(_ANNOTATIONS.c.annotation_id)
)
SELECT_SUMMARIES = select(
    _PAGE.c.id,
    _PAGE.c.document_id,
    tables.documents.c.name,
    _PAGE.c.number,
    _PAGE.c.status,
    _PAGE.c.is_read,
    _PAGE.c.problem,
    _PAGE.c.width,
    _PAGE.c.height,
    _PAGE.c.word_count,
    _PAGE.c.annotation_count,
    _PAGE.c.proposed_count,
).join_from(_PAGE, tables.documents)

INSERT_PAGE = insert(_PAGE)
INSERT_CONTENTS = insert(_CONTENTS)
INSERT_ANNOTATION = insert(_ANNOTATIONS)
INSERT_REVISION = insert(tables.revisions)
INSERT_CHANGE = insert(tables.revision_changes)
INSERT_PROPOSAL = insert(tables.proposals)
_OF_ANNOTATION = (
    _ANNOTATIONS.c.page_id == bindparam("on_page"),
    _ANNOTATIONS.c.annotation_id == bindparam("with_id"),
)


def _updating(table: Any, *columns: str) -> Any:  # noqa: ANN401 - SQLAlchemy's own types
    return {table.c[name]: bindparam(name) for name in columns}


UPDATE_ANNOTATION = (
    update(_ANNOTATIONS)
    .where(*_OF_ANNOTATION)
    .values(_updating(_ANNOTATIONS, "kind", "label", "status", "source", "score", "value"))
)
DELETE_ANNOTATION = delete(_ANNOTATIONS).where(*_OF_ANNOTATION)
_COUNTS = (
    "next_id",
    "word_count",
    "annotation_count",
    "proposed_count",
    "unsure_count",
    "noted_count",
    "status",
)
_WORD_COUNTS = ("doubtful_count", "illegible_count")
_FIELDS = ("width", "height", "unit", "geometry", "rotation", "skew", "is_scan", "note",
           "accepted_warnings", "page_class")  # fmt: skip
UPDATE_COUNTS = (
    update(_PAGE).where(_PAGE.c.id == bindparam("page")).values(_updating(_PAGE, *_COUNTS))
)
UPDATE_PAGE = (
    update(_PAGE)
    .where(_PAGE.c.id == bindparam("page"))
    .values(_updating(_PAGE, *_COUNTS, *_FIELDS))
)
UPDATE_WORD_COUNTS = (
    update(_PAGE).where(_PAGE.c.id == bindparam("page")).values(_updating(_PAGE, *_WORD_COUNTS))
)
UPDATE_READ = (
    update(_PAGE)
    .where(_PAGE.c.id == bindparam("page"))
    .values(_updating(_PAGE, "is_read", "problem"))
)
UPDATE_CONTENTS = (
    update(_CONTENTS)
    .where(_CONTENTS.c.page_id == bindparam("page"))
    .values(_updating(_CONTENTS, "words", "source_data"))
)
WITHDRAW = (
    update(tables.proposals)
    .where(
        tables.proposals.c.page_id == bindparam("on_page"),
        tables.proposals.c.annotation_id == bindparam("with_id"),
    )
    .values(is_withdrawn=True)
)


def page_counts(page: Page) -> Values:
    """What lists show of a page, and what every edit may change."""
    annotations = page.annotations
    return {
        "next_id": page.next_id,
        "word_count": len(page.words),
        "annotation_count": len(annotations),
        "proposed_count": sum(item.status == Status.PROPOSED for item in annotations),
        "unsure_count": sum(item.is_unsure for item in annotations),
        "noted_count": sum(item.note != "" for item in annotations) + (page.note != ""),
        "status": page.status.value,
    }


def word_counts(page: Page) -> Values:
    """What lists show of a page's words."""
    return {
        "doubtful_count": sum(word.needs_look for word in page.words),
        "illegible_count": sum(word.is_illegible for word in page.words),
    }


def page_fields(page: Page) -> Values:
    """The columns of a page that few edits change."""
    return {
        "width": page.width,
        "height": page.height,
        "unit": page.unit,
        "geometry": values.to_text(page.geometry),
        "rotation": page.rotation,
        "skew": page.skew,
        "is_scan": page.is_scan,
        "note": values.clean(page.note),
        "accepted_warnings": values.to_text(page.accepted_warnings),
        "page_class": values.clean(values.to_text(page.page_class)),
    }


def page_row(page: Page, *, is_read: bool, problem: str = "") -> Values:
    """A new row of pages."""
    return {
        "id": page.id,
        "document_id": page.document_id,
        "number": page.number,
        "is_read": is_read,
        "problem": values.clean(problem),
        **page_counts(page),
        **word_counts(page),
        **page_fields(page),
    }


def contents(page: Page) -> Values:
    """The large columns of a page."""
    return {"words": values.pack(page.words), "source_data": values.pack(page.source_data)}


def annotation_row(item: Annotation) -> Values:
    """The columns of an annotation, without its ids."""
    return {
        "kind": collection_of(item),
        "label": values.clean(getattr(item, "label", "")),
        "status": item.status.value,
        "source": values.clean(item.source),
        "score": item.score,
        "value": values.to_text(item),
    }


def annotation_rows(page: Page) -> list[Values]:
    """All annotations of a page as new rows."""
    return [
        {"page_id": page.id, "annotation_id": item.id, **annotation_row(item)}
        for item in page.annotations
    ]


def read_page(row: AnyRow, annotations: Iterable[AnyRow]) -> Page:
    """The page that these rows hold."""
    found: dict[str, list[Any]] = {name: [] for name in COLLECTIONS if name != "words"}
    for kind, value in annotations:
        found[kind].append(annotation_of(kind, value))
    return Page(
        id=row.id,
        document_id=row.document_id,
        number=row.number,
        width=row.width,
        height=row.height,
        unit=row.unit,
        geometry=from_json(PageGeometry, values.from_text(row.geometry)),
        rotation=row.rotation,
        skew=row.skew,
        status=PageStatus(row.status),
        words=from_json(tuple[Word, ...], values.unpack(row.words)),
        next_id=row.next_id,
        is_scan=row.is_scan,
        note=row.note,
        source_data=values.unpack(row.source_data),
        accepted_warnings=tuple(values.from_text(row.accepted_warnings)),
        page_class=page_class_of(row.page_class),
        **{name: tuple(items) for name, items in found.items()},
    )


def page_class_of(value: str) -> PageClass | None:
    """The class of a page from its column."""
    found = values.from_text(value)
    return None if found is None else from_json(PageClass, found)


def annotation_of(kind: str, value: str) -> Annotation:
    """The annotation of a row."""
    return from_json(COLLECTIONS[kind], values.from_text(value))


def read_summary(row: AnyRow) -> PageSummary:
    """The summary of a row of `SELECT_SUMMARIES`."""
    return PageSummary(*row)


def read_document(row: AnyRow) -> Document:
    """The document of a row."""
    return Document(
        row.id,
        row.name,
        row.sha256,
        row.media_type,
        row.page_count,
        values.from_text(row.source_data),
    )


def document_row(document: Document, file_name: str) -> Values:
    """A new row of documents."""
    return {
        "id": document.id,
        "name": document.name,
        "sha256": document.sha256,
        "media_type": document.media_type,
        "page_count": document.page_count,
        "file_name": file_name,
        "source_data": values.to_text(document.source_data),
    }


def read_revision(row: AnyRow) -> Revision:
    """The revision of a row."""
    data = row._asdict()
    return Revision(**{**data, "kind": RevisionKind(data["kind"])})


def revision_row(revision: Revision) -> Values:
    """A new row of revisions."""
    return {**asdict(revision), "kind": revision.kind.value}


def read_proposal(row: AnyRow) -> Proposal:
    """The proposal of a row."""
    annotation = annotation_of(row.kind, row.value)
    return Proposal(
        row.model, row.annotation_id, annotation, row.is_withdrawn, row.rotation, row.skew
    )


def proposal_row(page_id: int, proposal: Proposal) -> Values:
    """A new row of proposals."""
    return {
        "page_id": page_id,
        "annotation_id": proposal.annotation_id,
        "model": values.clean(proposal.model),
        "kind": collection_of(proposal.annotation),
        "is_withdrawn": proposal.is_withdrawn,
        "value": values.to_text(proposal.annotation),
        "rotation": proposal.rotation,
        "skew": proposal.skew,
    }


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
    _write_annotations(connection, change)
    names = {item.name for item in change.fields}
    counts = {"page": after.id, **page_counts(after)}
    if names & set(_FIELDS):
        connection.execute(UPDATE_PAGE, {**counts, **page_fields(after)})
    else:
        connection.execute(UPDATE_COUNTS, counts)
    has_new_words = any(item.collection == "words" for item in change.items)
    if has_new_words:
        connection.execute(UPDATE_WORD_COUNTS, {"page": after.id, **word_counts(after)})
    if "source_data" in names or has_new_words:
        connection.execute(UPDATE_CONTENTS, {"page": after.id, **contents(after)})


def _write_annotations(connection: Connection, change: Difference) -> None:
    new, changed, gone = [], [], []
    for item in change.items:
        if isinstance(item.after or item.before, Word):
            continue
        if item.after is None or isinstance(item.after, Word):
            gone.append({"on_page": change.page_id, "with_id": item.id})
            continue
        row = annotation_row(item.after)
        if item.before is None:
            new.append({"page_id": change.page_id, "annotation_id": item.id, **row})
        else:
            changed.append({"on_page": change.page_id, "with_id": item.id, **row})
    _execute(connection, DELETE_ANNOTATION, gone)
    _execute(connection, UPDATE_ANNOTATION, changed)
    _execute(connection, INSERT_ANNOTATION, new)


def _execute(connection: Connection, statement: Any, rows: Sequence[Values]) -> None:  # noqa: ANN401
    """Run a statement for each row; every one of them must find exactly its own."""
    if not rows:
        return
    result = connection.execute(statement, rows[0] if len(rows) == 1 else list(rows))
    if result.rowcount not in (-1, len(rows)):
        raise RuntimeError(f"{result.rowcount} of {len(rows)} rows were there to be written")
