"""The log of this computer: rotated, and without a word of a document.

What a log line was called with is not written as it is: texts and names of files become marks that
are the same throughout one run, so that lines can be compared; of other people's lines only the
place is written.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import logging
import secrets
import sys
from collections.abc import Callable, Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

import platformdirs

from model_backend.file_lock import HELD, hold
from model_backend.traces import Harmless, lines_of, name_of, place

NAME = "proofdesk"
OURS = ("desktop", "model_backend")
LARGEST, KEPT = 1_000_000, 3
"""Bytes of a file, and how many older ones stay."""
_SALT = secrets.token_bytes(16)

Tell = Callable[[OSError], None]


def folder() -> Path:
    """Where logs and the records of crashes are."""
    return platformdirs.user_log_path(NAME, appauthor=False)


def files() -> list[Path]:
    """The logs that are there, the one written last first."""
    found = [(at, path) for path in folder().glob("*.log*") if (at := _written_at(path))]
    return [path for _at, path in sorted(found, reverse=True)]


def _written_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another window has just begun a new one
        return 0.0


def start(name: str, tell: Tell) -> LogFile | None:
    """Write to NAME.log from now on, or to the first NAME-2.log, NAME-3.log ... that no other
    process writes to; None, after `tell`, where nothing can be written there.

    `tell` hears once, too, when it cannot be written any more: the work goes on without a log.
    """
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handler = LogFile(*_free(name), tell)
    except OSError as error:
        tell(error)
        return None
    logging.getLogger().addHandler(handler)
    for ours in OURS:
        logging.getLogger(ours).setLevel(logging.INFO)
    return handler


def _free(name: str) -> tuple[Path, IO[str]]:
    """A log of our own with its lock: who begins a new file would take the other's lines away."""
    for path in (folder() / f"{one}.log" for one in _names(name)):
        lock = path.with_suffix(".lock").open("w")
        try:
            hold(lock)
        except OSError as error:
            if error.errno in HELD:
                lock.close()
                continue
        return path, lock  # a disk without locks has one log for all
    raise AssertionError


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in itertools.count(2))


class LogFile(RotatingFileHandler):
    """A file that says no more than it may, and stops nobody's work."""

    def __init__(self, path: Path, lock: IO[str], tell: Tell) -> None:
        super().__init__(path, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")
        self._lock_file = lock
        self.setFormatter(_Formatter())
        self._tell, self._is_told = tell, False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """The disk is full, say: it is said once, not by each line."""
        error = sys.exc_info()[1]
        if not self._is_told and isinstance(error, OSError):
            self._is_told = True
            self._tell(error)

    def close(self) -> None:
        """Let go of the file; what it could not write was said when it was tried."""
        with contextlib.suppress(OSError):
            super().close()
        self._lock_file.close()

    def stop(self) -> None:
        """Write nothing more."""
        logging.getLogger().removeHandler(self)
        self.close()


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        head = f"{self.formatTime(record)} {record.levelname} {record.name}: {_text(record)}"
        error = record.exc_info[1] if record.exc_info else None
        return "\n".join([head, *(f"  {line}" for line in (lines_of(error) if error else ()))])


def _text(record: logging.LogRecord) -> str:
    if record.name.partition(".")[0] not in OURS:
        return f"{place(record.pathname)}:{record.lineno}"
    text, arguments = str(record.msg), record.args
    if not isinstance(arguments, tuple):
        return text
    try:
        return text % tuple(_harmless(one) for one in arguments)
    except (TypeError, ValueError):
        return text


def _harmless(value: object) -> object:
    if value is None or isinstance(value, int | float | Harmless):
        return value
    if isinstance(value, BaseException):
        return name_of(value)
    digest = hashlib.sha256(_SALT + str(value).encode("utf-8", "replace")).hexdigest()[:8]
    return f"<{type(value).__name__} {digest}>"
