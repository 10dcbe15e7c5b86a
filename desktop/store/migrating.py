"""Bringing a project's tables up to date: backed up, then migrated as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, exc

from desktop.errors import UserError, known_error
from desktop.store.database import APPLICATION_ID, raw_connection, sqlite_engine
from desktop.store.files import PARTIAL, removed_after, sync_folder
from desktop.store.migrations import HEAD, REVISIONS

SCRIPTS = Path(__file__).parent / "migrations"


def version_of(path: Path) -> str:
    """The version of a project file, or one clear line that it is none; nothing is touched."""
    if not path.is_file():
        raise UserError(
            "{folder} is not a Proofdesk project: it has no {file}. Choose another folder.",
            folder=path.parent,
            file=path,
        )
    try:
        with contextlib.closing(raw_connection(path, read_only=True)) as connection:
            return _version(connection, path)
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise known_error(error, path.parent) or error from error


def _version(connection: sqlite3.Connection, path: Path) -> str:
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    if application_id != APPLICATION_ID:
        raise UserError(
            "{folder} is not a Proofdesk project: {file} belongs to another program, or is empty."
            " Nothing was changed. Choose another folder.",
            folder=path.parent,
            file=path,
        )
    _require_plain_tables(connection, path)
    (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if version not in REVISIONS:
        raise UserError(
            "{folder} was made by a newer Proofdesk. Nothing was changed. Update Proofdesk, then"
            " open it again.",
            folder=path.parent,
        )
    return str(version)


_STRANGE = (
    "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index')"
    " OR (type = 'table' AND rootpage = 0)"
)
"""Triggers, views and virtual tables: a project has none, and they do things when it is read."""


def _require_plain_tables(connection: sqlite3.Connection, path: Path) -> None:
    strange = connection.execute(_STRANGE).fetchone()
    if strange is not None:
        kind, name = strange
        raise UserError(
            "{file} was changed by another program: it has a {kind} {name}, which no project has"
            " and which could change your data unseen. Nothing was changed. Put back a copy from"
            " the project's folder backups.",
            file=path,
            kind="virtual table" if kind == "table" else kind,
            name=name,
        )


def bring_up_to_date(path: Path, version: str) -> None:
    """Migrate a project file of an earlier version, after a verified backup."""
    if version == HEAD:
        return
    back_up(path, version)
    try:
        upgrade(sqlite_engine(path, foreign_keys=False), path)
    except (exc.DBAPIError, sqlite3.Error, OSError) as error:
        raise known_error(error, path.parent) or error from error


def back_up(path: Path, version: str) -> Path:
    """A verified copy of the project file in backups/, made through SQLite, never by hand."""
    folder = path.parent / "backups"
    target = folder / f"project-{version}-{datetime.now(UTC):%Y%m%dT%H%M%S%f}.sqlite"
    partial = target.with_suffix(PARTIAL)
    try:
        folder.mkdir(exist_ok=True)
        with removed_after(partial):
            copy_database(path, partial)
            partial.rename(target)
        sync_folder(folder)
    except (OSError, sqlite3.Error) as error:
        raise known_error(error, target) or error from error
    return target


def copy_database(path: Path, target: Path) -> None:
    """A verified copy of a project file, also while others write to it."""
    with (
        contextlib.closing(raw_connection(path, read_only=True)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        (verdict,) = copy.execute("PRAGMA integrity_check(1)").fetchone()
    if verdict != "ok":
        raise UserError(
            "The project file {file} is damaged: {problem}. Nothing was changed. Put back a copy"
            " from the project's folder backups.",
            file=path,
            problem=verdict,
        )
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def upgrade(engine: Engine, path: Path | str) -> None:
    """Run every migration that is missing in one transaction, and check foreign keys."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    script = ScriptDirectory(str(SCRIPTS))

    def steps(revision: object, _context: object) -> object:
        return script._upgrade_revs("head", revision)  # type: ignore[arg-type]

    try:
        with engine.begin() as connection:
            options = {"fn": steps, "transactional_ddl": True}
            context = MigrationContext.configure(connection, opts=options)
            with Operations.context(context):
                context.run_migrations()
            if connection.dialect.name == "sqlite":
                _check_references(
                    connection.exec_driver_sql("PRAGMA foreign_key_check").all(), path
                )
    finally:
        engine.dispose()


def _check_references(faults: object, path: Path | str) -> None:
    if faults:
        raise UserError(
            "The project {file} has parts that refer to nothing: it was left as it is. Put back a"
            " copy from the project's folder backups.",
            file=path,
        )
