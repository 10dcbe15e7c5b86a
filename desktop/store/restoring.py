"""A copy of a project put into a project: with its ids and its record where that is empty."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import delete, func, select, update

from desktop.errors import UserError
from desktop.store import page_writing, rows, tables, values
from desktop.store.adding import insert_pages
from desktop.store.records import Proposal, Revision, RevisionKind
from desktop.store.store import Store
from model_backend.document import Document, Page
from model_backend.labels import LabelSchema

_PAGES = tables.pages.c
_DOCUMENTS = tables.documents.c


@dataclass(frozen=True)
class KeptPage:
    """All that a project keeps of one page; page and document have the ids they had there.

    `file_name` is that of the document's own copy, which is in the project already.
    """

    page: Page
    document: Document
    file_name: str
    is_read: bool
    problem: str
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class KeptChange:
    """What a revision changed on a page, or (without a page) in the labels, as JSON."""

    page_id: int | None
    data: Any


class Restoring:
    """Takes the copy in, a page at a time, in the owner's thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bases = (self._last(_DOCUMENTS.id), self._last(_PAGES.id))
        self._documents: dict[int, int] = {}
        self._is_begun = False
        self._stopped_at: Revision | None = None
        self.is_whole = self._bases == (0, 0) and store.head is None
        """Whether the project becomes what the copy was: it was empty, or holds, unchanged, what an
        import of the same copy brought before it was stopped."""

    @property
    def documents(self) -> int:
        """How many documents of the copy are in the project by now."""
        return len(self._documents)

    def _last(self, column: Any) -> int:  # noqa: ANN401 - a column
        with self._store.database.reading() as connection:
            return int(connection.execute(select(func.coalesce(func.max(column), 0))).scalar_one())

    def begin(self, schema: LabelSchema, *, created_at: int) -> None:
        """Put the labels and the date of the copy into a project that was empty; know by them an
        import that was stopped."""
        if self.is_whole:
            row = {"labels": values.to_text(schema), "created_at": created_at}
            with self._store.writing() as connection:
                connection.execute(update(tables.project).values(row))
        elif (self._store.schema(), self._store.created_at()) == (schema, created_at):
            self._is_begun = self.is_whole = True
            self._bases, self._stopped_at = (0, 0), self._store.head

    def _part_ways(self) -> None:
        """The project went on by itself: what else the copy has comes with new ids."""
        self._bases = (self._last(_DOCUMENTS.id), self._last(_PAGES.id))
        self._is_begun = self.is_whole = False

    def put_page(self, kept: KeptPage) -> bool:
        """Add a page, and its document with the first of its pages; False where it was there."""
        own = self._documents.get(kept.document.id)
        known = None if own else self._store.document_like(kept.document)
        if known is not None:
            own = known.id
        if own and self._has(_PAGES.document_id == own, _PAGES.number == kept.page.number):
            if self._is_begun and not self._is_unchanged(kept):
                self._part_ways()
            return False
        if self._is_begun and self._has(_PAGES.id == kept.page.id):
            self._part_ways()
        document_id = own or kept.document.id + self._bases[0]
        page = replace(kept.page, id=kept.page.id + self._bases[1], document_id=document_id)
        if not own and self._has(_DOCUMENTS.id == document_id):
            raise self._doubled(kept)
        if self._has(_PAGES.id == page.id):
            raise self._doubled(kept)
        with self._store.writing() as connection:
            if not own:
                document = replace(kept.document, id=document_id)
                row = rows.document_row(document, kept.file_name)
                connection.execute(tables.documents.insert(), row)
            insert_pages(connection, [page], is_read=kept.is_read)
            page_writing.write_read(connection, page.id, is_read=kept.is_read, problem=kept.problem)
            said = [rows.proposal_row(page.id, proposal) for proposal in kept.proposals]
            if said:
                connection.execute(rows.INSERT_PROPOSAL, said)
        self._documents[kept.document.id] = document_id
        return True

    def _is_unchanged(self, kept: KeptPage) -> bool:
        """Whether the page is in the project as the copy has it."""
        page = kept.page
        return (
            self._has(_PAGES.id == page.id)
            and self._store.page(page.id) == page
            and self._store.proposals(page.id) == kept.proposals
        )

    def _has(self, *conditions: Any) -> bool:  # noqa: ANN401 - SQLAlchemy's own types
        with self._store.database.reading() as connection:
            return connection.execute(select(1).where(*conditions).limit(1)).first() is not None

    def _doubled(self, kept: KeptPage) -> UserError:
        return UserError(
            "The copy has two pages or documents of one id ({name}). Export it again.",
            name=kept.document.name,
        )

    def put_record(self, entries: Sequence[Revision | KeptChange]) -> None:
        """Add the next slice of the record: each revision, and behind it what it changed."""
        entries = self._missing(entries)
        self._check_pages({item.page_id for item in entries if isinstance(item, KeptChange)})
        revision_id = self._store.head.id if self._store.head else 0
        with self._store.writing() as connection:
            for item in entries:
                if isinstance(item, Revision):
                    _check_revision(item, revision_id)
                    revision_id = item.id
                    connection.execute(rows.INSERT_REVISION, rows.revision_row(item))
                else:
                    row = {"revision_id": revision_id, "page_id": item.page_id}
                    difference = {"difference": values.pack(item.data)}
                    connection.execute(rows.INSERT_CHANGE, {**row, **difference})
        self._store.head = self._store.last_revision()

    def _missing(self, entries: Sequence[Revision | KeptChange]) -> Sequence[Revision | KeptChange]:
        """What of the slice an import that was stopped did not bring; the changes of its last
        revision, which may not be all, come once more."""
        last = self._stopped_at
        if last is None:
            return entries
        place = next((n for n, item in enumerate(entries) if item == last), None)
        if place is None:
            return ()
        changes = tables.revision_changes
        with self._store.writing() as connection:
            connection.execute(delete(changes).where(changes.c.revision_id == last.id))
        self._stopped_at = None
        return entries[place + 1 :]

    def _check_pages(self, page_ids: Iterable[int | None]) -> None:
        wanted = {page_id for page_id in page_ids if page_id is not None}
        statement = select(func.count()).where(_PAGES.id.in_(wanted))
        with self._store.database.reading() as connection:
            if connection.execute(statement).scalar_one() != len(wanted):
                raise damaged_record()


def _check_revision(revision: Revision, last: int) -> None:
    """One follows the other, and each names only what was before it."""
    earlier = (revision.of, revision.below)
    tops = (revision.undo_top, revision.redo_top)
    is_whole = revision.id == last + 1 and all(
        number is None or 0 < number < limit
        for numbers, limit in ((earlier, revision.id), (tops, revision.id + 1))
        for number in numbers
    )
    if not is_whole or not isinstance(revision.kind, RevisionKind):
        raise damaged_record()


def damaged_record() -> UserError:
    """The record of a copy cannot be taken over."""
    return UserError(
        "The copy's record of edits (history.jsonl) is damaged. The pages came without it, so that"
        " earlier edits cannot be undone. Export it again."
    )
