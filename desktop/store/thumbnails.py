"""Small pictures of pages in a file of their own, which can be thrown away and made again."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from desktop.store.database import was_cut_short

log = logging.getLogger(__name__)

_TABLE = (
    "CREATE TABLE IF NOT EXISTS thumbnails"
    " (page_id INTEGER PRIMARY KEY, key TEXT NOT NULL, data BLOB NOT NULL)"
)


class Thumbnails:
    """Pictures by page and key; a key says what the picture depends on. Losing one is no harm."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._connection = _open(path) if not read_only else _in_memory()

    def get(self, page_id: int, key: object) -> bytes | None:
        """The page's picture, if there is one made under this key."""
        try:
            row = self._connection.execute(
                "SELECT data FROM thumbnails WHERE page_id = ? AND key = ?", (page_id, str(key))
            ).fetchone()
        except sqlite3.Error as error:
            self._start_again(error)
            return None
        return row and bytes(row[0])

    def put(self, page_id: int, key: object, data: bytes) -> None:
        """Keep the page's picture in place of an earlier one."""
        try:
            self._connection.execute(
                "INSERT OR REPLACE INTO thumbnails VALUES (?, ?, ?)", (page_id, str(key), data)
            )
        except sqlite3.Error as error:
            self._start_again(error)

    def _start_again(self, error: sqlite3.Error) -> None:
        """Go on without the file: pictures are made again, and work must not stop for them."""
        log.warning("%s is given up for now: %s", self._path, error)
        self._connection.close()
        self._connection = _in_memory()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


def _open(path: Path) -> sqlite3.Connection:
    # A project may come from anybody, and what is left of a write can delete other files.
    if (path.is_symlink() or was_cut_short(path)) and not _discard(path):
        return _in_memory()
    for _attempt in range(2):
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = TRUNCATE")
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute(_TABLE)
            connection.execute("SELECT page_id, key, data FROM thumbnails LIMIT 1")
        except sqlite3.DatabaseError as error:
            connection.close()
            log.warning("%s is made again: %s", path, error)
            _discard(path)
        else:
            return connection
    return _in_memory()


def _discard(path: Path) -> bool:
    try:
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s cannot be removed: %s", path, error)
        return False
    return True


def _in_memory() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(_TABLE)
    return connection
