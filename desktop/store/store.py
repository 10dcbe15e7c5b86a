"""A project on the disk: one folder, one writer; what is written is there at once."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from desktop.errors import UserError, known_error, remedy
from desktop.store import digests, page_writing, rows, tables, values
from desktop.store.adding import add_document
from desktop.store.database import (
    Database,
    known_errors,
    sqlite_engine,
    take_back,
    was_cut_short,
)
from desktop.store.difference import Difference, difference, to_data
from desktop.store.files import keep_copy, remove_unfinished
from desktop.store.lock import ProjectHeldError, ProjectLock, require_one_name, user_name
from desktop.store.making import make, remove
from desktop.store.migrating import bring_up_to_date, version_of
from desktop.store.migrations import HEAD
from desktop.store.reading import Reading
from desktop.store.records import (
    Change,
    Proposal,
    Revision,
    RevisionKind,
    SchemaChange,
)
from desktop.store.thumbnails import Thumbnails
from model_backend.document import Document, Page, Status

FILE = "project.sqlite"
ENDING = ".proofdesk"


class Store(Reading):
    """A project that is open."""

    def __init__(self, folder: Path, database: Database, lock: ProjectLock | None) -> None:
        super().__init__(folder, database)
        self._lock = lock
        self.user = user_name()
        """Who is written beside each revision."""
        self.head = self.last_revision()
        """The newest revision, as it is on the disk."""
        self.damage = ""
        """What a check found wrong with the file; nothing is written any more then."""
        self.check: Callable[[], str] | None = None
        """A check under way: the first write waits for what it finds."""

    @classmethod
    def create(cls, folder: Path) -> Self:
        """A new, empty project in a folder that is not there yet (or is empty)."""
        folder = Path(folder)
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise UserError(
                "{folder} is there already. Choose another name, or open it.", folder=folder
            )
        is_new = not folder.exists()
        try:
            make(folder, FILE)
        except BaseException as error:
            remove(folder, is_new=is_new)
            raise known_error(error, folder) or error from error
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Self:
        """The project in a folder; one at a time for writing, any number beside it for reading.

        One of an earlier version is brought up to date first, after a backup, for reading too.
        """
        folder = Path(folder)
        if not read_only:
            return cls._opened_to_write(folder)
        if was_cut_short(folder / FILE):
            with suppress(ProjectHeldError):  # then it is the holder's, and under way
                cls._opened_to_write(folder).close()
        if _checked_version(folder / FILE) != HEAD:
            cls._opened_to_write(folder).close()
        return cls._opened(folder, None)

    @classmethod
    def _opened_to_write(cls, folder: Path) -> Self:
        path = folder / FILE
        with ExitStack() as on_failure:
            lock = None
            if was_cut_short(path):
                lock = on_failure.enter_context(ProjectLock(folder))
                with known_errors(folder):
                    take_back(path)
            version = _checked_version(path)
            lock = lock or on_failure.enter_context(ProjectLock(folder))
            if lock.was_left:
                for place in (folder, folder / "documents", folder / "backups"):
                    remove_unfinished(place)
            if version != HEAD:
                bring_up_to_date(path, version_of(path))
            store = cls._opened(folder, lock)
            on_failure.pop_all()
            return store

    @classmethod
    def _opened(cls, folder: Path, lock: ProjectLock | None) -> Self:
        read_only = lock is None
        engine = sqlite_engine(folder / FILE, read_only=read_only)
        database = Database(engine, name=folder, read_only=read_only)
        try:
            return cls(folder, database, lock)
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Let go of the project."""
        if "thumbnails" in self.__dict__:
            self.thumbnails.close()
        self._database.close()
        if self._lock is not None:
            self._lock.close()

    @property
    def is_closed(self) -> bool:
        """Whether the project was let go of: nothing can be read any more."""
        return self._database.is_closed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written."""
        return self._database.is_read_only or bool(self.damage)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction on a project that is still there: SQLite writes into deleted files too."""
        if self.check is not None:
            check, self.check = self.check, None
            with suppress(UserError):  # that it could not look is told by who had it look
                self.damage = self.damage or check()
        if self.damage:
            raise UserError(
                "{project} is damaged: {problem}. It can be looked at, but not changed. {remedy}",
                project=self.folder,
                problem=self.damage,
                remedy=remedy(self.folder),
            )
        if self._lock is not None:
            self._lock.require_place()
        with self._database.writing() as connection:
            yield connection

    @property
    def left_open(self) -> str:
        """What to say where another computer did not close the project; empty where all is well."""
        return self._lock.left_open if self._lock is not None else ""

    @cached_property
    def thumbnails(self) -> Thumbnails:
        """Small pictures of pages, kept beside the project; they can be made again."""
        return Thumbnails(self.folder / "thumbnails.sqlite", read_only=self.is_read_only)

    def apply(
        self,
        text: str,
        changes: Sequence[Change],
        *,
        kind: RevisionKind = RevisionKind.EDIT,
        who: str = "",
        of: Revision | None = None,
        proposals: Mapping[int, Sequence[Proposal]] | None = None,
    ) -> Revision | None:
        """Write one revision with all its changes, or nothing; None where nothing differs.

        `of` is the edit that is undone or redone: that is a step also where nothing is left to
        change. For an edit it is the one that this one goes on with, to be undone together.
        `proposals` are kept with the pages they are about.
        """
        written = [change for change in changes if change.before != change.after]
        is_step = of is not None and kind != RevisionKind.EDIT
        if not written and not is_step and not any((proposals or {}).values()):
            return None
        self._require_whole(change.after for change in written)
        revision = self._next_revision(text, kind, who, of)
        with self.writing() as connection:
            connection.execute(rows.INSERT_REVISION, rows.revision_row(revision))
            for change in written:
                _write_change(connection, revision, change)
            for page_id, said in (proposals or {}).items():
                _write_proposals(connection, page_id, said)
        self.head = revision
        return revision

    def _require_whole(self, values: Iterable[object]) -> None:
        for page in values:
            if isinstance(page, Page) and page.id in self.damaged:
                raise digests.damaged_page(page.number, self.folder)

    def _next_revision(
        self, text: str, kind: RevisionKind, who: str, of: Revision | None
    ) -> Revision:
        head = self.head or Revision(0, RevisionKind.JOB, "", "", 0)
        new = Revision(head.id + 1, kind, text, who or self.user, time.time_ns() // 1_000_000)
        if kind == RevisionKind.EDIT:
            below = head.undo_top if of is None else of.below
            return replace(new, of=of.id if of else None, below=below, undo_top=new.id)
        if kind == RevisionKind.UNDO and of is not None:
            return replace(new, of=of.id, below=head.redo_top, undo_top=of.below, redo_top=new.id)
        if kind == RevisionKind.REDO and of is not None and head.redo_top is not None:
            rest = self.revision(head.redo_top).below
            return replace(new, of=of.id, undo_top=of.id, redo_top=rest)
        return replace(new, undo_top=head.undo_top, redo_top=head.redo_top)

    def add_document(
        self,
        path: Path | None,
        document: Document,
        pages: Sequence[Page],
        *,
        read: bool = False,
    ) -> tuple[Document, tuple[int, ...]]:
        """Copy a file into the project and add its pages; one that is there is returned.

        A document is the same when its bytes and its `source_data` are: a data set may hold one
        picture under two names, each with annotations of its own.
        `read`: the pages come with their words and annotations (a data set), and need no reading.
        """
        known = self.document_like(document)
        if known is not None:
            return known, self.page_ids_of(known.id)
        name, sha256 = self._kept(path, document.sha256)
        with self.writing() as connection:
            return add_document(connection, replace(document, sha256=sha256), name, pages, read)

    def _kept(self, path: Path | None, sha256: str) -> tuple[str, str]:
        """The name and SHA-256 of the project's copy, which a worker may have made already."""
        folder = self.folder / "documents"
        if path is None:
            return "", sha256
        if sha256 and path.parent == folder and path.name.startswith(sha256):
            return path.name, sha256
        return keep_copy(path, folder, sha256)

    def document_like(self, document: Document) -> Document | None:
        """The document with the same bytes and `source_data`; None where there is none."""
        if not document.sha256:
            return None
        columns = tables.documents.c
        statement = select(tables.documents).where(columns.sha256 == document.sha256)
        found = map(rows.read_document, self._all(statement.order_by(columns.id)))
        return next((item for item in found if item.source_data == document.source_data), None)

    def set_read(self, page: Page, problem: str = "") -> None:
        """Keep what reading a page found: its words, its size, or why it could not be read."""
        before = self.page(page.id)
        self._require_whole([before])
        with self.writing() as connection:
            page_writing.write_difference(connection, difference(before, page), page)
            page_writing.write_read(connection, page.id, is_read=True, problem=problem)

    def put_back(self, text: str, page: Page) -> None:
        """Write a page of a backup over one that is damaged: a revision, but no undo step."""
        revision = self._next_revision(text, RevisionKind.JOB, "", None)
        with self.writing() as connection:
            page_writing.write_anew(connection, page)
            connection.execute(rows.INSERT_REVISION, rows.revision_row(revision))
        self.head = revision
        self.damaged.discard(page.id)

    def add_pending(self, files: Iterable[tuple[Path, Mapping[str, Any]]]) -> None:
        """Remember files that are to be imported, so that it goes on after a restart."""
        new = dict(files)
        for path, _ in self.pending():
            new.pop(path, None)
        if not new:
            return
        entries = [
            {"path": os.fsencode(path), "options": values.to_text(dict(options))}
            for path, options in new.items()
        ]
        with self.writing() as connection:
            connection.execute(insert(tables.pending_imports), entries)

    def drop_pending(self, *paths: Path) -> None:
        """Forget files that were to be imported: they are done, or cannot be."""
        if not paths:
            return
        column = tables.pending_imports.c.path
        statement = delete(tables.pending_imports).where(column == bindparam("file"))
        with self.writing() as connection:
            connection.execute(statement, [{"file": os.fsencode(path)} for path in paths])

    def change_pending(self, path: Path, options: Mapping[str, Any]) -> None:
        """Something else is to be remembered of a file that waits."""
        table = tables.pending_imports
        statement = update(table).where(table.c.path == os.fsencode(path))
        with self.writing() as connection:
            connection.execute(statement.values(options=values.to_text(dict(options))))


def _checked_version(path: Path) -> str:
    version = version_of(path)
    require_one_name(path)
    return version


def _write_change(connection: Connection, revision: Revision, change: Change) -> None:
    if isinstance(change, SchemaChange):
        labels = values.to_text(change.after)
        connection.execute(update(tables.project).values(labels=labels))
        _record(connection, revision, None, [change.before, change.after])
        return
    changed = difference(change.before, change.after)
    page_writing.write_difference(connection, changed, change.after)
    _record(connection, revision, change.after.id, to_data(changed))
    if revision.kind == RevisionKind.JOB:
        _withdraw(connection, changed)


def _record(connection: Connection, revision: Revision, page_id: int | None, data: object) -> None:
    row = {"revision_id": revision.id, "page_id": page_id, "difference": values.pack(data)}
    connection.execute(rows.INSERT_CHANGE, row)


def _withdraw(connection: Connection, change: Difference) -> None:
    """Open proposals that a job took off the page were withdrawn, not rejected by a person."""
    for item in change.items:
        if item.after is None and getattr(item.before, "status", None) == Status.PROPOSED:
            connection.execute(rows.WITHDRAW, {"on_page": change.page_id, "with_id": item.id})


def _write_proposals(connection: Connection, page_id: int, said: Sequence[Proposal]) -> None:
    if said:
        connection.execute(
            rows.INSERT_PROPOSAL, [rows.proposal_row(page_id, proposal) for proposal in said]
        )
