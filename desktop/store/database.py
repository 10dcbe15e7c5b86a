"""One connection to a project's database: how it is opened, and what a transaction is."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event, exc
from sqlalchemy.pool import StaticPool

from desktop.errors import UserError, known_error
from desktop.store.places import place_of

APPLICATION_ID = 0x50524F46
"""Written into the file's header: this SQLite file is a Proofdesk project."""

_WAIT_SECONDS = 5.0
PAGES_A_SHORT_STEP = 250
"""A megabyte: so much is read at a time where nobody can write meanwhile."""
PAUSE_SECONDS = 0.05
"""After so long a copy that met a write goes on."""


class Database:
    """One connection, used by one thread; only the writing one writes and checkpoints."""

    def __init__(self, engine: Engine, *, name: Path | str, read_only: bool = False) -> None:
        self.name = name
        self.is_read_only = read_only
        self._engine = engine
        with self._known_errors():
            self._connection = engine.connect()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The connection in a transaction that changes nothing."""
        with self._known_errors():
            if self._connection.in_transaction():  # a snapshot
                yield self._connection
                return
            with self._connection.begin():
                yield self._connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever others write meanwhile."""
        with self._known_errors(), self._beside_the_writer(), self._connection.begin():
            yield

    @contextmanager
    def _beside_the_writer(self) -> Iterator[None]:
        """Where readers keep the writer out, read a copy: no edit must wait for an export."""
        live = self._connection.connection.driver_connection
        if not isinstance(live, sqlite3.Connection) or has_log(live):
            yield
            return
        own, engine = self._connection, _engine(lambda: still(live), "BEGIN")
        try:
            self._connection = engine.connect()
            yield
        finally:
            self._connection.close()
            self._connection = own
            engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The connection in a transaction: all of it is on the disk afterwards, or nothing."""
        if self.is_read_only:
            raise UserError(
                "{project} is open for reading only. Open it for writing and retry.",
                project=self.name,
            )
        with self._known_errors(), self._connection.begin():
            yield self._connection

    def _known_errors(self) -> contextlib.AbstractContextManager[None]:
        return known_errors(self.name)

    @property
    def is_closed(self) -> bool:
        """Whether the file was let go of."""
        return self._connection.closed

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._engine.dispose()


@contextmanager
def known_errors(name: Path | str) -> Iterator[None]:
    """What the database or its disk refuses, as something a person can act on."""
    try:
        yield
    except (exc.DBAPIError, sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise known_error(error, name) or error from error


def sqlite_engine(path: Path, *, read_only: bool = False, foreign_keys: bool = True) -> Engine:
    """The engine of a project file: one connection; we begin transactions; commits are on disk."""

    def connect() -> sqlite3.Connection:
        return _connect(path, read_only=read_only, foreign_keys=foreign_keys)

    return _engine(connect, "BEGIN" if read_only else "BEGIN IMMEDIATE")


def _engine(connect: Callable[[], sqlite3.Connection], statement: str) -> Engine:
    engine = create_engine("sqlite://", creator=connect, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(statement)

    return engine


def _connect(path: Path, *, read_only: bool, foreign_keys: bool) -> sqlite3.Connection:
    connection = raw_connection(path, read_only=read_only)
    try:
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        else:
            _prepare_writing(connection, path)
        connection.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
    except (sqlite3.Error, OSError):
        connection.close()
        raise
    return connection


def _prepare_writing(connection: sqlite3.Connection, path: Path) -> None:
    is_plain = place_of(path.parent).is_plain
    for pragma in (*(_LOG if is_plain else _NO_LOG), *_ON_DISK):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    if not is_plain:  # of a log that is no more
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)


def raw_connection(path: Path, *, read_only: bool, any_thread: bool = False) -> sqlite3.Connection:
    """A connection that trusts nothing in the file; it never makes a new one."""
    if not read_only:
        _require_own_journal(path)
        return _raw(path, "mode=rw", any_thread=any_thread)
    if _is_closed_for_good(path):
        return _raw(path, "mode=ro&immutable=1", any_thread=any_thread)
    connection = _raw(path, "mode=ro", any_thread=any_thread)
    if _has_room_to_track(connection) or _has_log_file(path):
        return connection
    connection.close()
    return _raw(path, "mode=ro&immutable=1", any_thread=any_thread)


def _require_own_journal(path: Path) -> None:
    """Refuse what was left of a write that names another file: SQLite would delete that one."""
    journal = Path(f"{os.path.realpath(path)}-journal")
    if journal.is_file() and _end_of(journal, len(_NAMES_ANOTHER)) == _NAMES_ANOTHER:
        raise UserError(
            "{file} is none of Proofdesk's: it would delete another file of this computer. Nothing"
            " was changed. Do not open this project, and ask whoever gave it to you for a copy.",
            file=journal,
        )


def _end_of(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - count))
        return file.read(count)


def _raw(path: Path, how: str, *, any_thread: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{how}",
        uri=True,
        timeout=_WAIT_SECONDS,
        isolation_level=None,
        check_same_thread=not any_thread,
    )
    for pragma in _DISTRUST:
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _has_room_to_track(connection: sqlite3.Connection) -> bool:
    """Whether SQLite can make the file by which readers and writers see each other."""
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:  # whatever else is wrong comes up when it is read
        return error.sqlite_errorname not in ("SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN")
    return True


def _has_log_file(path: Path) -> bool:
    log = path.with_name(f"{path.name}-wal")
    return log.is_file() and log.stat().st_size > 0


def _is_closed_for_good(path: Path) -> bool:
    """Whether nobody can write beside the file and all is in order: SQLite cannot track writers."""
    wal = path.with_name(path.name + "-wal")
    return not os.access(path.parent, os.W_OK) and not wal.exists()


def was_cut_short(path: Path) -> bool:
    """Whether a write without a log is under way, or was when its process ended."""
    journal = path.with_name(f"{path.name}-journal")
    return journal.is_file() and journal.stat().st_size > 0


def take_back(path: Path) -> None:
    """Take back the write that was cut short; who only reads cannot, and could not read on."""
    if was_cut_short(path):
        with contextlib.closing(raw_connection(path, read_only=False)) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()


def has_log(connection: sqlite3.Connection) -> bool:
    """Whether the file has a write-ahead log, so that who reads keeps nobody from writing."""
    (mode,) = connection.execute("PRAGMA journal_mode").fetchone()
    return bool(mode == "wal")


def still(source: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of one moment, which SQLite deletes when it is closed; edits go on between its short
    steps, and it begins anew after each.
    """
    copy = sqlite3.connect("", isolation_level=None, check_same_thread=False)
    try:
        source.backup(copy, pages=PAGES_A_SHORT_STEP, sleep=PAUSE_SECONDS)
    except BaseException:
        copy.close()
        raise
    return copy


_NAMES_ANOTHER = bytes.fromhex("d9d505f920a163d7")
"""So a journal ends that shares its write with other databases, which no write of ours does."""
_DISTRUST = ("trusted_schema = OFF", "cell_size_check = ON")
"""A project may come from anybody."""
_LOG = ("journal_mode = WAL",)
_NO_LOG = (
    "locking_mode = EXCLUSIVE",  # a log that came with the file is taken in without shared memory
    "journal_mode = TRUNCATE",
    "locking_mode = NORMAL",
    "user_version",  # the lock is let go with the next look at the file
)
_ON_DISK = ("synchronous = FULL", "fullfsync = ON")
