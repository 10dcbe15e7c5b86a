"""One writer a project: a lock that ends with its process, with the holder's name beside it."""

from __future__ import annotations

import contextlib
import errno
import getpass
import json
import os
import socket
import sys
from pathlib import Path
from typing import IO

from desktop.errors import UserError, known_error
from model_backend.translation import mark

NAME = "project.lock"


class ProjectHeldError(UserError):
    """Somebody else writes to the project; the line says who."""


class ProjectLock:
    """Held from its making until `close`, or until the process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _opened(folder / NAME)
        try:
            _lock(self._file)
        except OSError as error:
            holder = _holder(self._file)
            self._file.close()
            raise _held(folder, holder) if error.errno in _HELD else _no_locks(folder) from error
        try:
            self._write_holder()
        except OSError as error:
            self.close()
            raise known_error(error, folder) or error from error

    def _write_holder(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        json.dump(
            {"user": user_name(), "host": socket.gethostname(), "process": os.getpid()}, self._file
        )
        self._file.flush()

    def require_place(self) -> None:
        """Refuse to go on where the project was deleted, or its lock, while it was open."""
        if os.fstat(self._file.fileno()).st_nlink == 0:
            error = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
            raise known_error(error, self._folder) or error

    def close(self) -> None:
        """Let the next one in."""
        self._file.close()


def user_name() -> str:
    """Who is working, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(getattr(os, "getuid", int)())


def _opened(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+", encoding="utf-8")
    except OSError as error:
        raise known_error(error, path.parent) or error from error


def _lock(file: IO[str]) -> None:
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR_AWAY)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        # flock, not lockf: closing another handle of the same file would drop a lockf lock.
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


_FAR_AWAY = 1 << 30
"""Windows keeps others from reading a locked byte, and they must read the holder's name."""


def _holder(file: IO[str]) -> dict[str, object]:
    with contextlib.suppress(OSError, ValueError):
        file.seek(0)
        holder = json.load(file)
        if isinstance(holder, dict):
            return holder
    return {}


_HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
"""What the systems say when somebody else has the lock."""


def _no_locks(folder: Path) -> UserError:
    return UserError(
        "{project} lies on a disk that cannot keep a second writer out. Copy it to a disk of this"
        " computer.",
        project=folder,
    )


def _held(folder: Path, holder: dict[str, object]) -> ProjectHeldError:
    text = mark(
        "{project} is open already: by {user} on {host}, process {process}. Close it there first."
    )
    return ProjectHeldError(
        text,
        project=folder,
        user=holder.get("user", "?"),
        host=holder.get("host", "?"),
        process=holder.get("process", "?"),
    )
