"""Pages, annotations and documents to rows and back, and the statements that write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from desktop.store import digests, tables, values
from desktop.store.records import PageSummary, Proposal, Revision, RevisionKind
from model_backend.document import (
    COLLECTIONS,
    Annotation,
    Document,
    Page,
    PageClass,
    PageGeometry,
    PageStatus,
    Status,
    Word,
    collection_of,
)
from model_backend.lookup import Tally

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
    select(_ANNOTATIONS)
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
DELETE_ANNOTATIONS = delete(_ANNOTATIONS).where(_ANNOTATIONS.c.page_id == bindparam("page"))
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
PAGE_FIELDS = ("width", "height", "unit", "geometry", "rotation", "skew", "is_scan", "note",
           "accepted_warnings", "page_class")  # fmt: skip
UPDATE_COUNTS = (
    update(_PAGE).where(_PAGE.c.id == bindparam("page")).values(_updating(_PAGE, *_COUNTS))
)
UPDATE_PAGE = (
    update(_PAGE)
    .where(_PAGE.c.id == bindparam("page"))
    .values(_updating(_PAGE, *_COUNTS, *PAGE_FIELDS))
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


_ANNOTATED = tuple(name for name in COLLECTIONS if name != "words")


def _tallies(
    count: Callable[[Sequence[Annotation]], int],
) -> tuple[Tally[Annotation], ...]:
    """One for each kind of annotation."""
    return tuple(Tally(count) for _name in _ANNOTATED)


_PROPOSED = _tallies(lambda items: [item.status for item in items].count(Status.PROPOSED))
_UNSURE = _tallies(lambda items: [item.is_unsure for item in items].count(True))
_NOTED = _tallies(lambda items: len(items) - [item.note for item in items].count(""))
_WORD_TALLIES: dict[str, Tally[Word]] = {
    "doubtful_count": Tally(lambda words: [word.needs_look for word in words].count(True)),
    "illegible_count": Tally(lambda words: [word.is_illegible for word in words].count(True)),
}


def page_counts(page: Page) -> Values:
    """What lists show of a page, and what every edit may change."""
    kinds: tuple[Sequence[Annotation], ...] = tuple(getattr(page, name) for name in _ANNOTATED)
    return {
        "next_id": page.next_id,
        "word_count": len(page.words),
        "annotation_count": sum(map(len, kinds)),
        "proposed_count": sum(map(Tally.of, _PROPOSED, kinds)),
        "unsure_count": sum(map(Tally.of, _UNSURE, kinds)),
        "noted_count": sum(map(Tally.of, _NOTED, kinds)) + (page.note != ""),
        "status": page.status.value,
    }


def word_counts(page: Page) -> Values:
    """What lists show of a page's words."""
    return {name: tally.of(page.words) for name, tally in _WORD_TALLIES.items()}


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


def new_page_rows(page: Page, *, is_read: bool) -> tuple[Values, Values, list[Values]]:
    """The row of a new page, its contents and its annotations."""
    annotations, large = annotation_rows(page), contents(page)
    row = page_row(page, is_read=is_read)
    row["digest"] = digests.new_digest(row, large, annotations)
    return row, {"page_id": page.id, **large}, annotations


def read_page(row: AnyRow, annotations: Iterable[AnyRow]) -> Page:
    """The page that these rows hold; `values.Unreadable` where that is none."""
    found: dict[str, list[Any]] = {name: [] for name in COLLECTIONS if name != "words"}
    for item in annotations:
        if item.kind not in found:
            raise values.Unreadable
        found[item.kind].append(annotation_of(item.kind, item.value))
    return Page(
        id=row.id,
        document_id=row.document_id,
        number=row.number,
        width=row.width,
        height=row.height,
        unit=row.unit,
        geometry=values.decoded(PageGeometry, row.geometry),
        rotation=row.rotation,
        skew=row.skew,
        status=values.understood(PageStatus, row.status),
        words=values.decoded(tuple[Word, ...], row.words),
        next_id=row.next_id,
        is_scan=row.is_scan,
        note=row.note,
        source_data=values.decoded(str, row.source_data),
        accepted_warnings=values.decoded(tuple[str, ...], row.accepted_warnings),
        page_class=page_class_of(row.page_class),
        **{name: tuple(items) for name, items in found.items()},
    )


def page_class_of(value: str) -> PageClass | None:
    """The class of a page from its column."""
    found: PageClass | None = values.decoded(PageClass | None, value)  # type: ignore[arg-type]
    return found


def annotation_of(kind: str, value: str) -> Annotation:
    """The annotation of a row."""
    return values.decoded(COLLECTIONS[kind], value)


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
        values.decoded(str, row.source_data),
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
    return Revision(**{**data, "kind": values.understood(RevisionKind, data["kind"])})


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
