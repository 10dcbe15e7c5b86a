"""What is left of a process that crashed: where each thread was, as faulthandler wrote it.

One file a running process; a clean end removes it. What is found of processes that are gone is kept
as a record with its time, and told once.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import IO

RUNNING, RECORD = "running-", "crash "
KEPT = 10
"""Records that stay; older ones go."""


class Crashes:
    """The record of this process, as long as it runs."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{RUNNING}{os.getpid()}.txt"
        self._file: IO[str] | None = None
        with contextlib.suppress(OSError):  # no log folder: it was said when the log was opened
            folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("w", encoding="utf-8")
            faulthandler.enable(self._file)

    def close(self) -> None:
        """A clean end leaves nothing."""
        if self._file is None:
            return
        faulthandler.disable()
        self._file.close()
        self._file = None
        with contextlib.suppress(OSError):
            self._path.unlink()


def collect(folder: Path) -> list[Path]:
    """Records of crashes that nobody was told of yet; they are kept under their time."""
    found = []
    for path in sorted(folder.glob(f"{RUNNING}*.txt")):
        with contextlib.suppress(OSError):  # on Windows that of a window that is open stays
            if not _is_alive(path.stem.removeprefix(RUNNING)) and (kept := _kept(path)):
                found.append(kept)
    for old in records(folder)[KEPT:]:
        with contextlib.suppress(OSError):
            old.unlink()
    return found


def records(folder: Path) -> list[Path]:
    """All records, the newest first."""
    return sorted(folder.glob(f"{RECORD}*.txt"), reverse=True)


def _kept(path: Path) -> Path | None:
    """The record under its time; none where the process was killed without a word."""
    if not path.stat().st_size:
        path.unlink()
        return None
    time = datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d %H.%M.%S")
    return path.replace(path.with_name(f"{RECORD}{time}.txt"))


def _is_alive(number: str) -> bool:
    if not number.isdecimal() or int(number) == os.getpid():
        return False  # our own has not begun: in a container each process may have this number
    if sys.platform == "win32":
        return False  # the file of one that runs cannot be moved there: it stays as it is
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
