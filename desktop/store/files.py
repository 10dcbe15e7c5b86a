"""The project's own copies of documents, named by their SHA-256."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from desktop.errors import UserError, known_error

log = logging.getLogger(__name__)

PARTIAL = ".partial"
"""How the name of a file ends that is still being made."""
COPYING = ".copy-"
"""How the name of a document begins that a worker process is still copying."""
_PIECE = 1 << 20


def keep_copy(path: Path, folder: Path, sha256: str) -> tuple[str, str]:
    """Copy a file to `folder` under its SHA-256 and ending; the copy's name, and the SHA-256."""
    if sha256 and path.parent == folder and path.stem == sha256:
        return path.name, sha256  # a worker process has put it here already
    partial = folder / f".{os.getpid()}{PARTIAL}"
    try:
        folder.mkdir(exist_ok=True)
        with removed_after(partial):
            digest = _copied(path, partial)
            if sha256 and digest != sha256:
                raise UserError("{file} was changed while it was read. Import it again.", file=path)
            name = digest + _ending(path)
            os.replace(partial, folder / name)
        sync_folder(folder)
    except OSError as error:
        # A write that finds the disk full names no file: that is the project's, not the person's.
        raise known_error(error, "" if error.filename else folder) or error from error
    return name, digest


def _copied(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while piece := reader.read(_PIECE):
            digest.update(piece)
            writer.write(piece)
        writer.flush()
        os.fsync(writer.fileno())
    return digest.hexdigest()


@contextlib.contextmanager
def removed_after(partial: Path) -> Iterator[None]:
    """What is being made goes in the end, unless it was given its name; a link that waits for it
    there, to have another file written over, goes before.
    """
    partial.unlink(missing_ok=True)
    try:
        yield
    finally:
        partial.unlink(missing_ok=True)


def is_unfinished(name: str) -> bool:
    """Whether a file in the project's folders is one that is still being made."""
    return name.endswith(PARTIAL) or name.startswith(COPYING)


def remove_unfinished(folder: Path) -> None:
    """Take away what was being made when a process ended; only who has the lock may."""
    for entry in os.scandir(folder) if folder.is_dir() else ():
        if is_unfinished(entry.name):
            try:
                os.unlink(entry)
            except OSError as error:
                log.warning("%s stays: %s", entry.name, error)


def _ending(path: Path) -> str:
    """The file's own ending where it is a plain one: it is only there for people."""
    ending = path.suffix.lower()
    return ending if ending[1:].isascii() and ending[1:].isalnum() and len(ending) <= 8 else ""


def sync_folder(folder: Path) -> None:
    """Put a folder's names on the disk; Windows does so by itself and has no call for it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
