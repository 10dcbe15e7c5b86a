"""A lock on an open file, which ends with its process at the latest."""

from __future__ import annotations

import errno
import sys
from typing import IO, Any

HELD = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
"""What the systems say when somebody else has the lock."""
_FAR_AWAY = 1 << 30
"""Windows keeps others from reading a locked byte, and they must read what stands in the file."""


def hold(file: IO[Any]) -> None:
    """Hold the file until it is closed; OSError, one of `HELD` where somebody else holds it."""
    if sys.platform == "win32":
        import msvcrt

        file.seek(_FAR_AWAY)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        # flock, not lockf: closing another handle of the same file would drop a lockf lock.
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
