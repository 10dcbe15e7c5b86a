"""Whether a project file is whole: SQLite's own checks, and our digest of every page."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import bindparam, exc, func, select

from desktop.errors import UserError, known_error
from desktop.store import digests, rows, tables, values
from desktop.store.database import APPLICATION_ID, Database, raw_connection, sqlite_engine
from desktop.store.migrating import version_of
from model_backend.errors import Cancelled
from model_backend.labels import LabelSchema
from model_backend.translation import _

WHOLE = 2_000
"""Up to so many pages every digest is compared; of more, so many that are spread evenly."""
_PROBLEMS = (sqlite3.Error, exc.DBAPIError, UserError, UnicodeDecodeError)
_PASSING = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL", "SQLITE_NOMEM", "SQLITE_CANTOPEN")
_LOOK_SECONDS = 0.05
_IDS = select(tables.pages.c.id).order_by(tables.pages.c.id)
_AFTER = _IDS.where(tables.pages.c.id > bindparam("after")).limit(500)


def problem_of(
    path: Path, *, most: int = WHOLE, is_cancelled: Callable[[], bool] = lambda: False
) -> str:
    """What is wrong with the file, in one line; empty where all is well. Nothing is written.

    `most`: how many pages are compared with their digests. With none it is a first look, which
    leaves out what a big file needs long for: whether its indexes have every row.
    """
    try:
        if not most:
            return _file_problem(path, "quick_check", is_cancelled)
        problem = _file_problem(path, "integrity_check", is_cancelled)
        return problem or _page_problem(path, most, is_cancelled)
    except _PROBLEMS as error:
        _raise_passing(error, path)
        return str(getattr(error, "orig", None) or error)


def file_problem(path: Path) -> str:
    """What SQLite alone finds wrong with a file, of whatever version its tables are."""
    try:
        return _file_problem(path, "integrity_check")
    except _PROBLEMS as error:
        _raise_passing(error, path)
        return str(error)


def _raise_passing(error: Exception, path: Path) -> None:
    """What kept us from looking is not called damage: a project that is damaged is not written."""
    cause = error.__cause__ or error
    database_error = getattr(cause, "orig", None) or cause
    if getattr(database_error, "sqlite_errorname", "").startswith(_PASSING):
        raise known_error(error, path.parent) or error


def _file_problem(path: Path, check: str, is_cancelled: Callable[[], bool] = lambda: False) -> str:
    version_of(path)
    with (
        contextlib.closing(raw_connection(path, read_only=True)) as connection,
        _ended_when(is_cancelled, connection),
    ):
        (application_id,) = connection.execute("PRAGMA application_id").fetchone()
        if application_id != APPLICATION_ID:
            return _("it is no project file any more")
        (verdict,) = connection.execute(f"PRAGMA {check}(1)").fetchone()
        if verdict != "ok":
            return str(verdict)
        fault = connection.execute("PRAGMA foreign_key_check").fetchone()
    return f"foreign key {fault}" if fault else ""


@contextlib.contextmanager
def _ended_when(is_cancelled: Callable[[], bool], connection: sqlite3.Connection) -> Iterator[None]:
    """A check of a big file is one long call of SQLite's: another thread can end it."""
    is_over = Event()

    def watch() -> None:
        while not is_over.wait(_LOOK_SECONDS):
            if is_cancelled():
                connection.interrupt()

    watcher = Thread(target=watch, name="check", daemon=True)
    watcher.start()
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorname == "SQLITE_INTERRUPT":
            raise Cancelled from error
        raise
    finally:
        is_over.set()
        watcher.join()


def _page_problem(path: Path, most: int, is_cancelled: Callable[[], bool]) -> str:
    database = Database(sqlite_engine(path, read_only=True), name=path, read_only=True)
    try:
        with database.reading() as connection:
            kept = connection.scalar(select(tables.project.c.page_count))
            count = connection.scalar(select(func.count()).select_from(tables.pages)) or 0
        if kept != count:
            return _("{count} of {kept} pages are there").format(count=count, kept=kept)
        problem = _text_problem(database)
        return problem or _first_damaged(database, max(1, count // most), is_cancelled)
    finally:
        database.close()


def _text_problem(database: Database) -> str:
    """What belongs to no page has no digest, but must be readable at least."""
    with database.reading() as connection:
        labels = connection.execute(select(tables.project.c.labels)).scalar_one()
        try:
            values.decoded(LabelSchema, labels)
        except values.Unreadable:
            return _("its labels cannot be read")
        for table in (tables.documents, tables.revisions):
            for _row in connection.execution_options(yield_per=1000).execute(select(table)):
                pass
    return ""


def _first_damaged(database: Database, step: int, is_cancelled: Callable[[], bool]) -> str:
    after = 0
    while True:
        with database.reading() as connection:
            ids = tuple(connection.scalars(_AFTER, {"after": after}))
        if not ids:
            return ""
        for page_id in ids[::step]:
            if is_cancelled():
                raise Cancelled
            number = _damaged_number(database, page_id)
            if number is not None:
                return _("page {number} is not what was saved").format(number=number + 1)
        after = ids[-1]


def _damaged_number(database: Database, page_id: int) -> int | None:
    with database.reading() as connection:
        row = connection.execute(rows.SELECT_PAGE, {"page": page_id}).one_or_none()
        if row is None:
            return 0
        found = connection.execute(rows.SELECT_ANNOTATIONS, {"page": page_id}).all()
    if digests.is_whole(row._mapping, found):
        return None
    return row.number if isinstance(row.number, int) else 0
