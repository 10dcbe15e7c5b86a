"""Errors: what a person can act on, shown as one line, against bugs, which are reported."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Callable
from pathlib import Path

from desktop import bugs
from model_backend.errors import Cancelled, PasswordNeeded, UserError
from model_backend.translation import _

__all__ = [
    "Cancelled",
    "DiskFullError",
    "OnlyReadableError",
    "PasswordNeeded",
    "UserError",
    "explain",
    "known_error",
    "remedy",
]


class DiskFullError(UserError):
    """There is no room: whatever else is to be written now fails as well."""


class OnlyReadableError(UserError):
    """What lies there can be looked at, but not written, whatever is done in Proofdesk."""


def remedy(project: Path) -> str:
    """What can be done about a project that is damaged."""
    if any((project / "backups").glob("project-*.sqlite")):
        return _("Restore a backup in File > Backups.")
    text = _("There is no backup. Its documents are in {folder}: import them into a new project.")
    return text.format(folder=project / "documents")


def explain(error: BaseException) -> str:
    """One clear sentence for an error: its own, the one for its cause, or that it is a bug."""
    known = error if isinstance(error, UserError) else known_error(error)
    if known is not None:
        return str(known)
    bugs.report(error)
    text = _("Something went wrong inside Proofdesk ({name}: {message}). Please report it.")
    return text.format(name=type(error).__name__, message=str(error) or "-")


def known_error(error: BaseException, file: Path | str = "") -> UserError | None:
    """The same as something a person can act on, or None where it is none of the known causes."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, sqlite3.Error):
        return _known_database_error(cause, file)
    if isinstance(cause, UnicodeDecodeError) and file:
        return _damaged(file)
    if isinstance(cause, OSError):
        make = _SYSTEM_ERRORS.get(cause.errno or 0)
        return make(file or Path(str(cause.filename or ""))) if make else None
    return None


def _known_database_error(error: sqlite3.Error, file: Path | str) -> UserError | None:
    name = getattr(error, "sqlite_errorname", None) or ""
    if not name and "decode to UTF-8" in str(error):
        return _damaged(file)  # Python's own words: a text that is none any more
    for start, make in _DATABASE_ERRORS.items():
        if name.startswith(start):
            return make(file)
    return None


def _disk_full(file: Path | str) -> UserError:
    if not Path(file).name:  # a write to a file that is open already does not say which one
        return DiskFullError(
            "The disk is full. Free some space and repeat the step; everything before it is saved."
        )
    return DiskFullError(
        "The disk is full: {file} could not be written. Free some space and repeat the step;"
        " everything before it is saved.",
        file=file,
    )


def _no_permission(file: Path | str) -> UserError:
    return OnlyReadableError(
        "{file} cannot be written: permission is missing. Change the permission or use another"
        " folder.",
        file=file,
    )


def _read_only(file: Path | str) -> UserError:
    return OnlyReadableError(
        "{file} cannot be written: it is read-only. Copy it to a folder you can write to.",
        file=file,
    )


def _damaged(file: Path | str) -> UserError:
    return UserError(
        "The project file {file} is damaged. Nothing was changed. {remedy}",
        file=file,
        remedy=remedy(Path(file)),
    )


def _no_database(file: Path | str) -> UserError:
    return UserError(
        "{file} is not a Proofdesk project, or it is damaged. Nothing was changed. Choose another"
        " folder.",
        file=file,
    )


def _locked(file: Path | str) -> UserError:
    return UserError(
        "{file} is in use by another program. Wait until it is done and repeat the step.",
        file=file,
    )


def _unreadable(file: Path | str) -> UserError:
    return UserError(
        "{file} cannot be read or written: the disk reports an error. Check the disk, then open"
        " the project again.",
        file=file,
    )


def _too_many_open(file: Path | str) -> UserError:
    return UserError(
        "{file} cannot be opened: this computer allows no more open files. Close other programs"
        " and repeat the step.",
        file=file,
    )


def _cannot_open(file: Path | str) -> UserError:
    return UserError(
        "{file} cannot be opened. Check that it is there and that you may read it, or copy the"
        " whole folder to where you may write.",
        file=file,
    )


_Maker = Callable[[Path | str], UserError]

_SYSTEM_ERRORS: dict[int, _Maker] = {
    errno.ENOSPC: _disk_full,
    getattr(errno, "EDQUOT", errno.ENOSPC): _disk_full,
    errno.EACCES: _no_permission,
    errno.EPERM: _no_permission,
    errno.EROFS: _read_only,
    errno.EIO: _unreadable,
    errno.EMFILE: _too_many_open,
    errno.ENFILE: _too_many_open,
    errno.ENOENT: _cannot_open,
    errno.ENOTDIR: _cannot_open,
    errno.EEXIST: _cannot_open,
    errno.EISDIR: _cannot_open,
    errno.ENAMETOOLONG: _cannot_open,
    errno.ELOOP: _cannot_open,
}

_DATABASE_ERRORS: dict[str, _Maker] = {
    "SQLITE_FULL": _disk_full,
    "SQLITE_IOERR_SHMSIZE": _disk_full,
    "SQLITE_READONLY": _read_only,
    "SQLITE_PERM": _no_permission,
    "SQLITE_CORRUPT": _damaged,
    "SQLITE_NOTADB": _no_database,
    "SQLITE_BUSY": _locked,
    "SQLITE_LOCKED": _locked,
    "SQLITE_PROTOCOL": _locked,
    "SQLITE_SCHEMA": _locked,
    "SQLITE_CANTOPEN": _cannot_open,
    "SQLITE_IOERR": _unreadable,
}
"""The start of SQLite's own error names, and what to say."""
