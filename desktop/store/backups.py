"""Copies of a project's record in its folder backups: made, verified, thinned, looked into."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from desktop.errors import DiskFullError, UserError, known_error, remedy
from desktop.store.database import (
    PAGES_A_SHORT_STEP,
    PAUSE_SECONDS,
    Database,
    has_log,
    known_errors,
    raw_connection,
    sqlite_engine,
    take_back,
)
from desktop.store.files import PARTIAL, removed_after, sync_folder
from desktop.store.lock import ProjectLock
from desktop.store.migrating import upgrade, version_of
from desktop.store.migrations import HEAD
from desktop.store.reading import Reading
from desktop.store.verifying import file_problem, problem_of
from model_backend.errors import Cancelled
from model_backend.translation import mark

FOLDER = "backups"
ASKED, TIME, IMPORT, FIRST, MANY, RESTORE, MIGRATION = (
    "asked",
    "time",
    "import",
    "first",
    "many",
    "restore",
    "migration",
)
REASONS = {
    ASKED: mark("Asked for"),
    TIME: mark("While editing"),
    IMPORT: mark("Before an import"),
    FIRST: mark("After the first import"),
    MANY: mark("Before a change of many pages"),
    RESTORE: mark("Before a restore"),
    MIGRATION: mark("Before an update of Proofdesk"),
}
"""Why a backup was made; the names stand in the file's name."""

_NAME = re.compile(r"project-(\d+)-(\d{8}T\d{12})(?:-([a-z]+))?\.sqlite")
_TIME = "%Y%m%dT%H%M%S%f"
_PAGES_A_STEP = 4000
_ALWAYS = (ASKED, MIGRATION)
_RECENT, _MONTH = timedelta(days=2), timedelta(days=30)


@dataclass(frozen=True)
class Backup:
    """One copy, with what its name says of it."""

    path: Path
    version: str
    at: datetime
    reason: str
    size: int


class Moment:
    """The project as it is now, held for a copy that is made later, in another thread.

    Where readers keep the writer out (a network drive) nothing is held: the copy is made in short
    steps, between which edits go on, and is of a moment after that. What must not be in it waits.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with known_errors(path.parent):
            self._source = raw_connection(path, read_only=True, any_thread=True)
            try:
                self.is_held = self._hold()
            except BaseException:
                self._source.close()
                raise

    def _hold(self) -> bool:
        if not has_log(self._source):
            return False
        self._source.execute("BEGIN")
        self._source.execute("SELECT count(*) FROM alembic_version").fetchone()
        return True

    def close(self) -> None:
        """Let go of it, copied or not."""
        self._source.close()

    def keep(self, reason: str, is_cancelled: Callable[[], bool] = lambda: False) -> Path:
        """Copy it to the folder of backups and verify the copy; old ones are thinned after it,
        but not before a restore: it may be the one that is wanted.
        """
        folder = self._path.parent / FOLDER
        target = folder / f"project-{HEAD}-{datetime.now(UTC):{_TIME}}-{reason}.sqlite"
        partial = target.with_suffix(PARTIAL)
        try:
            folder.mkdir(exist_ok=True)
            with removed_after(partial):
                self._copy(partial, is_cancelled)
                partial.rename(target)
            sync_folder(folder)
            if reason != RESTORE:
                thin(folder, datetime.now(UTC))
        except (OSError, sqlite3.Error) as error:
            raise known_error(error, target) or error from error
        finally:
            self.close()
        return target

    def _copy(self, partial: Path, is_cancelled: Callable[[], bool]) -> None:
        def go_on(*_progress: int) -> None:
            if is_cancelled():
                raise Cancelled

        with contextlib.closing(sqlite3.connect(partial)) as copy:
            pages = _PAGES_A_STEP if self.is_held else PAGES_A_SHORT_STEP
            self._source.backup(copy, pages=pages, progress=go_on, sleep=PAUSE_SECONDS)
            copy.execute("PRAGMA journal_mode = DELETE")
        problem = problem_of(partial, is_cancelled=is_cancelled)
        if problem:
            raise UserError(
                "No backup was made, because the project is damaged: {problem}. {remedy}",
                problem=problem,
                remedy=remedy(self._path.parent),
            )
        with partial.open("rb+") as file:
            os.fsync(file.fileno())


def backups_of(folder: Path) -> tuple[Backup, ...]:
    """The backups of a project, newest first."""
    found = []
    for entry in os.scandir(folder / FOLDER) if (folder / FOLDER).is_dir() else ():
        match = _NAME.fullmatch(entry.name)
        if match:
            version, at, reason = match.groups()
            moment = datetime.strptime(at, _TIME).replace(tzinfo=UTC)
            size = entry.stat().st_size
            found.append(Backup(Path(entry.path), version, moment, reason or MIGRATION, size))
    return tuple(sorted(found, key=lambda item: item.at, reverse=True))


def keep_first(store: Reading) -> None:
    """A project that something came into has a backup from then on."""
    from desktop.store.store import FILE

    if store.page_count() and not backups_of(store.folder):
        Moment(store.folder / FILE).keep(FIRST)


def thin(folder: Path, now: datetime) -> None:
    """Delete backups that newer ones stand for."""
    backups = backups_of(folder.parent)
    for item in set(backups) - set(worth_keeping(backups, now)):
        item.path.unlink(missing_ok=True)


def worth_keeping(backups: Iterable[Backup], now: datetime) -> list[Backup]:
    """All of the last two days, then the newest of each day for 30 days, then of each week; what a
    person asked for and what was before an update stays.
    """
    kept, spans = [], set[object]()
    for item in sorted(backups, key=lambda item: item.at, reverse=True):
        age = now - item.at
        span = item.at.date() if age < _MONTH else item.at.isocalendar()[:2]
        if age < _RECENT or item.reason in _ALWAYS or span not in spans:
            kept.append(item)
        if item.reason not in _ALWAYS:
            spans.add(span)
    return kept


@contextlib.contextmanager
def looked_into(backup: Path, folder: Path) -> Iterator[Reading]:
    """A backup as a project to read; an earlier version through a copy brought up to date."""
    with tempfile.TemporaryDirectory(prefix="proofdesk-backup-") as beside:
        path = backup
        if version_of(backup) != HEAD:
            path = Path(beside) / backup.name
            shutil.copyfile(backup, path)
            upgrade(sqlite_engine(path, foreign_keys=False), path)
        database = Database(sqlite_engine(path, read_only=True), name=backup, read_only=True)
        try:
            yield Reading(folder, database)
        finally:
            database.close()


def backup_problem(backup: Path) -> str:
    """What is wrong with a backup, as far as its version tells; empty where all is well."""
    return problem_of(backup) if version_of(backup) == HEAD else file_problem(backup)


def restore_whole(folder: Path, backup: Path) -> None:
    """Put a backup in the place of a project that is closed; what is there now becomes one first.

    A damaged file, of which no backup can be made, is kept beside them as it is.
    """
    from desktop.store.store import FILE

    path, lock = folder / FILE, ProjectLock(folder)
    try:
        problem = backup_problem(backup)
        if problem:
            raise UserError(
                "{file} is damaged itself: {problem}. Choose another backup.",
                file=backup,
                problem=problem,
            )
        _keep_what_is_there(path)
        _copy_whole(backup, path, instead_of=_beside(path))
    except (OSError, sqlite3.Error) as error:
        raise known_error(error, folder) or error from error
    finally:
        lock.close()


def _keep_what_is_there(path: Path) -> None:
    try:
        take_back(path)
        Moment(path).keep(RESTORE)
    except DiskFullError:
        raise
    except (UserError, sqlite3.Error):
        stamp = f"{datetime.now(UTC):{_TIME}}"
        for part in (path, *_beside(path)):
            if part.name != f"{path.name}-shm" and part.is_file():
                _keep_as_it_is(part, path.parent / FOLDER / f"damaged-{stamp}-{part.name}")


def _keep_as_it_is(part: Path, target: Path) -> None:
    if part.stat().st_size or part.suffix == ".sqlite":
        target.parent.mkdir(exist_ok=True)
        _copy_whole(part, target)


def _copy_whole(source: Path, target: Path, *, instead_of: Sequence[Path] = ()) -> None:
    """A copy that is on the disk before it has its name; what else goes, goes just before that."""
    partial = target.with_name(target.name + PARTIAL)
    with removed_after(partial):
        shutil.copyfile(source, partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        for part in instead_of:
            part.unlink(missing_ok=True)
        os.replace(partial, target)
    sync_folder(target.parent)


def _beside(path: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside its file: of another file it would be damage."""
    return tuple(path.with_name(path.name + ending) for ending in ("-wal", "-shm", "-journal"))
