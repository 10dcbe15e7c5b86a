"""Folders that are made beside their place: whole when they get there, gone when they do not.

Whoever makes one holds a lock in it, so that what a process that was killed has left is known from
what another process is making now.
"""

from __future__ import annotations

import contextlib
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from model_backend.file_lock import hold

log = logging.getLogger(__name__)

ENDING = ".part"
LOCK = "making.lock"
NEW_LOCK = "making.new"
DATA = "data"
NEW_SECONDS = 60
_LONGEST_NAME = 40


@contextlib.contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A new folder on the disk of `target`, which is gone afterwards unless it was moved away."""
    remove_abandoned(target.parent)
    prefix = f".{target.name[:_LONGEST_NAME]}."
    beside = Path(tempfile.mkdtemp(prefix=prefix, suffix=ENDING, dir=target.parent))
    try:
        with _held(beside):
            folder = beside / DATA
            folder.mkdir()
            yield folder
    finally:
        _remove(beside)


def _remove(beside: Path) -> None:
    """The lock goes last: what cannot be removed now is known by it at the next start."""
    shutil.rmtree(beside / DATA, ignore_errors=True)
    if not (beside / DATA).exists():
        shutil.rmtree(beside, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """Take away the folders that nobody is making any more."""
    for folder in parent.glob(f".*{ENDING}"):
        if _is_abandoned(folder / LOCK):
            log.warning("removed what an earlier start did not finish: %s", folder.name)
            _remove(folder)
        elif not (folder / LOCK).exists():
            _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    """A folder that was just made, or whose making or removal was cut short."""
    with contextlib.suppress(OSError):
        if time.time() - folder.stat().st_mtime > NEW_SECONDS:
            (folder / NEW_LOCK).unlink(missing_ok=True)
            folder.rmdir()


def _held(beside: Path) -> IO[str]:
    """The lock gets its name when it is held already: nobody ever finds it free."""
    if sys.platform == "win32":  # where a file that is open cannot be deleted
        return (beside / LOCK).open("w")
    lock = (beside / NEW_LOCK).open("w")
    try:
        with contextlib.suppress(OSError):  # a disk without locks: what is left there stays
            hold(lock)
        (beside / NEW_LOCK).rename(beside / LOCK)
    except BaseException:
        lock.close()
        raise
    return lock


def _is_abandoned(lock: Path) -> bool:
    try:
        if sys.platform == "win32":
            lock.unlink()
            return True
        with lock.open("r+") as held:
            hold(held)
    except OSError:
        return False
    return True
