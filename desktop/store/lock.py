"""One writer a project: a lock that ends with its process, with the holder's name beside it."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self

from desktop.errors import OnlyReadableError, UserError, known_error
from desktop.store.places import place_of
from model_backend.file_lock import HELD, hold
from model_backend.translation import _, mark

NAME = "project.lock"


class ProjectHeldError(OnlyReadableError):
    """Somebody else writes to the project; the line says who."""


class ProjectLock:
    """Held from its making until `close`, or until the process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _opened(folder / NAME)
        try:
            hold(self._file)
        except OSError as error:
            is_held = error.errno in HELD
            holder = _present_holder(self._file) if is_held else {}
            self._file.close()
            raise _held(folder, holder) if is_held else _no_locks(folder) from error
        left = _holder(self._file)
        self.was_left = bool(left)
        """Whether whoever had it before did not come to close it."""
        self.left_open = _left_open(folder, left)
        """What to say where another computer did not close the project, or has it open still."""
        try:
            self._write_holder()
        except OSError as error:
            self.close()
            raise known_error(error, folder) or error from error

    def _write_holder(self) -> None:
        holder = {
            "user": user_name(),
            "host": socket.gethostname(),
            "process": os.getpid(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._file.seek(0)
        self._file.truncate()
        json.dump(holder, self._file)
        self._file.flush()

    def require_place(self) -> None:
        """Refuse to go on where the project was moved or deleted, or its lock, while it was open:
        SQLite would write into a file that nobody finds there.
        """
        try:
            is_here = os.path.samestat(os.stat(self._folder / NAME), os.fstat(self._file.fileno()))
        except FileNotFoundError:
            is_here = False
        except OSError as error:
            raise known_error(error, self._folder) or error from error
        if not is_here:
            raise UserError(
                "{project} was moved, renamed or deleted while it was open. Everything before this"
                " step is saved in it. Close it, and open it where it is now.",
                project=self._folder,
            )

    def close(self) -> None:
        """Let the next one in."""
        if self._file.closed:
            return
        with contextlib.suppress(OSError):  # a full disk; the name is not what locks
            self._file.seek(0)
            self._file.truncate()
        with contextlib.suppress(OSError):
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def require_one_name(path: Path) -> None:
    """Refuse a project file that has a second name, in another folder: there it has another lock,
    and SQLite has another log for it, so that two would write to it at once.
    """
    if path.is_symlink() or os.stat(path).st_nlink > 1:
        raise UserError(
            "{file} is one file under two names (a link), which two windows could write to at once."
            " Copy the project's folder, and open the copy.",
            file=path,
        )


def user_name() -> str:
    """Who is working, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return str(getattr(os, "getuid", int)())


def _opened(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, _FLAGS, 0o666), "r+", encoding="utf-8")
    except OSError as error:
        raise known_error(error, path.parent) or error from error


_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
"""A project may come from anybody: a lock that is a link would have another file written over."""


def _holder(file: IO[str]) -> dict[str, object]:
    with contextlib.suppress(OSError, ValueError):
        file.seek(0)
        holder = json.load(file)
        if isinstance(holder, dict):
            return holder
    return {}


def _present_holder(file: IO[str]) -> dict[str, object]:
    """Who holds it; the name follows the lock within a moment."""
    for _attempt in range(20):
        if holder := _holder(file):
            return holder
        time.sleep(0.01)
    return {}


def _no_locks(folder: Path) -> UserError:
    return UserError(
        "{project} lies on a disk that cannot keep a second writer out. Copy it to a disk of this"
        " computer.",
        project=folder,
    )


def _held(folder: Path, holder: dict[str, object]) -> ProjectHeldError:
    text = mark(
        "{project} is open already: by {user} on {host}, process {process}, since {time}. Close it"
        " there first."
    )
    return ProjectHeldError(text, project=folder, **_words(holder))


def _left_open(folder: Path, holder: dict[str, object]) -> str:
    """A lock that its process left is taken over; what another computer left may still be held,
    where locks do not reach from one to the other.
    """
    if not holder or holder.get("host") == socket.gethostname() or place_of(folder).is_plain:
        return ""
    return _(
        "{user} did not close this project on {host} (opened {time}). If it is still open there,"
        " close it before you work on: else one of you loses edits."
    ).format(**_words(holder))


def _words(holder: dict[str, object]) -> dict[str, object]:
    names = ("user", "host", "process")
    return {**{name: holder.get(name, "?") for name in names}, "time": _time(holder.get("at"))}


def _time(at: object) -> str:
    """When it was, in this computer's time."""
    try:
        return f"{datetime.fromisoformat(str(at)).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return "?"
