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
from collections.abc import Iterator
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

ENDING = ".part"
LOCK = "making.lock"
_LONGEST_NAME = 40


@contextlib.contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """A new folder on the disk of `target`, which is gone afterwards unless it was moved away."""
    remove_abandoned(target.parent)
    prefix = f".{target.name[:_LONGEST_NAME]}."
    beside = Path(tempfile.mkdtemp(prefix=prefix, suffix=ENDING, dir=target.parent))
    try:
        with (beside / LOCK).open("w") as lock:
            _hold(lock)
            folder = beside / "data"
            folder.mkdir()
            yield folder
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def remove_abandoned(parent: Path) -> None:
    """Take away the folders that nobody is making any more."""
    for lock in parent.glob(f".*{ENDING}/{LOCK}"):
        if _is_abandoned(lock):
            log.warning("removed what an earlier start did not finish: %s", lock.parent.name)
            shutil.rmtree(lock.parent, ignore_errors=True)


def _hold(lock: IO[str]) -> None:
    if sys.platform != "win32":  # where a file that is open cannot be deleted
        import fcntl

        with contextlib.suppress(OSError):  # a disk without locks: what is left there stays
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_abandoned(lock: Path) -> bool:
    try:
        if sys.platform == "win32":
            lock.unlink()
            return True
        import fcntl

        with lock.open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
