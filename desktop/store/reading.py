"""Everything that is asked of a project: pages, summaries, proposals, history, counts."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Select, bindparam, select

from desktop.errors import UserError, remedy
from desktop.store import digests, rows, tables, values
from desktop.store.database import Database
from desktop.store.difference import Difference, from_data
from desktop.store.marks import Marks
from desktop.store.open_proposals import OpenProposals
from desktop.store.records import PageSummary, Proposal, Revision, SchemaChange
from desktop.store.texts import Texts
from model_backend.document import Document, Page, PageStatus
from model_backend.document_json import from_json
from model_backend.labels import LabelSchema

Question = Select[*tuple[Any, ...]]

_PAGES = tables.pages
_REVISIONS = tables.revisions
_DOCUMENT = select(tables.documents).where(tables.documents.c.id == bindparam("document"))
_PAGE_OF = select(_PAGES.c.id).where(_PAGES.c.document_id == bindparam("document"))


class Reading:
    """The questions a project answers; a `Store` is one that also writes."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self._database = database
        self.marks, self.texts = Marks(database), Texts(database)
        self.open_proposals = OpenProposals(database)
        self.damaged: set[int] = set()
        """Pages that were looked at and are not what was saved; they are shown, not changed."""

    @property
    def database(self) -> Database:
        """The connection, for what goes through the whole project."""
        return self._database

    def schema(self) -> LabelSchema:
        """The labels of the project."""
        return values.decoded(LabelSchema, self._one(select(tables.project.c.labels)))

    def created_at(self) -> int:
        """When the project was made, in milliseconds since 1970."""
        return int(self._one(select(tables.project.c.created_at)))

    def documents(self) -> tuple[Document, ...]:
        """All documents, in the order in which they came."""
        statement = select(tables.documents).order_by(tables.documents.c.id)
        return tuple(map(rows.read_document, self._all(statement)))

    def document(self, document_id: int) -> Document:
        """The document with that id; KeyError where there is none."""
        return rows.read_document(self._row(_DOCUMENT, document=document_id))

    def document_path(self, document: Document) -> Path:
        """The project's own copy of the document's file."""
        name = str(self._row(_DOCUMENT, document=document.id).file_name)
        path = self.folder / "documents" / name
        is_there = path.is_file() and not path.is_symlink()
        if not name or Path(name).name != name or not is_there:
            raise UserError(
                "{name} is missing from the project's folder documents. Put the file back as"
                " {file}.",
                name=document.name,
                file=name or document.sha256,
            )
        return path

    def page_ids_of(self, document_id: int) -> tuple[int, ...]:
        """The pages of a document, in their order."""
        statement = _PAGE_OF.order_by(_PAGES.c.number)
        return tuple(row.id for row in self._all(statement, document=document_id))

    def page(self, page_id: int) -> Page:
        """The page with that id, with all that is on it; KeyError where there is none."""
        with self._database.reading() as connection:
            row = connection.execute(rows.SELECT_PAGE, {"page": page_id}).one_or_none()
            if row is None:
                raise KeyError(page_id)
            found = connection.execute(rows.SELECT_ANNOTATIONS, {"page": page_id}).all()
        page = self._understood(row, found)
        if digests.is_whole(row._mapping, found):
            self.damaged.discard(page_id)
        else:
            self.damaged.add(page_id)
        return page

    def _understood(self, row: Any, found: Sequence[Any]) -> Page:  # noqa: ANN401 - rows
        try:
            return rows.read_page(row, found)
        except values.Unreadable as error:
            raise UserError(
                "Page {number} of the project {project} is damaged. Nothing was changed. {remedy}",
                number=row.number + 1,
                project=self.folder,
                remedy=remedy(self.folder),
            ) from error

    def page_ids(self, statuses: Iterable[PageStatus] | None = None) -> tuple[int, ...]:
        """The ids of all pages (of these statuses), in their order."""
        statement = select(_PAGES.c.id).order_by(_PAGES.c.id)
        if statuses is not None:
            statement = statement.where(_PAGES.c.status.in_([str(item) for item in statuses]))
        with self._database.reading() as connection:
            return tuple(connection.scalars(statement))

    def page_count(self) -> int:
        """How many pages there are."""
        return int(self._one(select(tables.project.c.page_count)))

    def summaries(self, after_id: int = 0, limit: int = 200) -> tuple[PageSummary, ...]:
        """The next pages of a list: those after an id."""
        statement = rows.SELECT_SUMMARIES.where(_PAGES.c.id > bindparam("after"))
        found = self._all(statement.order_by(_PAGES.c.id).limit(limit), after=after_id)
        return tuple(map(rows.read_summary, found))

    def summary(self, page_id: int) -> PageSummary:
        """The summary of one page; KeyError where there is none."""
        statement = rows.SELECT_SUMMARIES.where(_PAGES.c.id == bindparam("page"))
        return rows.read_summary(self._row(statement, page=page_id))

    def next_page(self, page_id: int, *, unchecked: bool = False, step: int = 1) -> int | None:
        """The next page (step 1) or the one before (-1); `unchecked`: neither done nor accepted."""
        statuses = _UNCHECKED if unchecked else (None,)
        found = (self._neighbour(page_id, step, status) for status in statuses)
        ids = [item for item in found if item is not None]
        return (min(ids) if step > 0 else max(ids)) if ids else None

    def _neighbour(self, page_id: int, step: int, status: PageStatus | None) -> int | None:
        column = _PAGES.c.id
        beyond = column > bindparam("page") if step > 0 else column < bindparam("page")
        statement = select(column).where(beyond)
        if status is not None:
            statement = statement.where(_PAGES.c.status == status.value)
        statement = statement.order_by(column if step > 0 else column.desc()).limit(1)
        found = self._all(statement, page=page_id)
        return found[0].id if found else None

    def unread_pages(self, limit: int = 200) -> tuple[int, ...]:
        """Pages whose words have not been read yet."""
        statement = select(_PAGES.c.id).where(_PAGES.c.is_read.is_(False))
        return tuple(row.id for row in self._all(statement.order_by(_PAGES.c.id).limit(limit)))

    def proposals(self, page_id: int) -> tuple[Proposal, ...]:
        """All that models ever said about a page, oldest first."""
        table = tables.proposals
        statement = select(table).where(table.c.page_id == bindparam("page")).order_by(table.c.id)
        return tuple(map(rows.read_proposal, self._all(statement, page=page_id)))

    def pending(self) -> tuple[tuple[Path, dict[str, Any]], ...]:
        """Files that wait for their import, with its options."""
        table = tables.pending_imports
        found = self._all(select(table).order_by(table.c.id))
        return tuple((Path(os.fsdecode(row.path)), values.from_text(row.options)) for row in found)

    def last_revision(self) -> Revision | None:
        """The newest revision: it says where undo and redo stand."""
        found = self.revisions(limit=1)
        return found[0] if found else None

    def revisions(self, below_id: int | None = None, limit: int = 200) -> tuple[Revision, ...]:
        """The record, newest first."""
        statement = select(_REVISIONS).order_by(_REVISIONS.c.id.desc()).limit(limit)
        if below_id is not None:
            statement = statement.where(_REVISIONS.c.id < below_id)
        return tuple(map(rows.read_revision, self._all(statement)))

    def revision(self, revision_id: int) -> Revision:
        """The revision with that id; KeyError where there is none."""
        statement = select(_REVISIONS).where(_REVISIONS.c.id == bindparam("revision"))
        return rows.read_revision(self._row(statement, revision=revision_id))

    def changes_of(self, revision_id: int) -> tuple[Difference | SchemaChange, ...]:
        """What a revision changed."""
        table = tables.revision_changes
        statement = select(table).where(table.c.revision_id == bindparam("revision"))
        found = self._all(statement.order_by(table.c.id), revision=revision_id)
        return tuple(_read_change(row) for row in found)

    def statistics(self) -> dict[str, Any]:
        """Counts of everything, by kind, label and status, and what became of proposals."""
        from desktop.store.statistics import statistics

        with self._database.reading() as connection:
            return statistics(connection)

    def _all(self, statement: Question, **parameters: object) -> Sequence[Any]:
        with self._database.reading() as connection:
            return connection.execute(statement, parameters).all()

    def _row(self, statement: Question, **parameters: object) -> Any:  # noqa: ANN401 - a row
        found = self._all(statement, **parameters)
        if not found:
            raise KeyError(*parameters.values())
        return found[0]

    def _one(self, statement: Question) -> Any:  # noqa: ANN401 - a column's value
        return self._row(statement)[0]


_UNCHECKED = tuple(
    status for status in PageStatus if status not in (PageStatus.DONE, PageStatus.ACCEPTED)
)


def _read_change(row: Any) -> Difference | SchemaChange:  # noqa: ANN401 - a row
    data = values.unpack(row.difference)
    if row.page_id is not None:
        return from_data(row.page_id, data)
    return SchemaChange(*(from_json(LabelSchema, part) for part in data))
