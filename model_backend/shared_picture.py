"""A rendered picture in shared memory, on the side of the one who asked for it."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Iterator
from multiprocessing.shared_memory import SharedMemory

BYTES_PER_PIXEL = 4


class SharedPicture:
    """A rendered picture in shared memory: open it once; it is gone afterwards, or when dropped."""

    def __init__(self, width: int, height: int, scale: float, memory: SharedMemory) -> None:
        self.width = width
        self.height = height
        self.scale = scale
        self.name = memory.name
        self._memory = memory
        self._release = weakref.finalize(self, _release, memory)

    @contextlib.contextmanager
    def open(self) -> Iterator[memoryview]:
        """The pixels (Format_RGB32, no padding); make a copy of them before the block ends."""
        assert self._memory.buf is not None
        size = self.width * self.height * BYTES_PER_PIXEL
        try:
            with self._memory.buf[:size] as pixels, pixels.toreadonly() as view:
                yield view
        finally:
            self.discard()

    def discard(self) -> None:
        """Free the memory without looking at it."""
        self._release()


def forget(name: str) -> None:
    """Free a picture whose maker was killed before it could say that it is there."""
    with contextlib.suppress(FileNotFoundError):
        _release(SharedMemory(name))


def _release(memory: SharedMemory) -> None:
    memory.close()
    with contextlib.suppress(FileNotFoundError):
        memory.unlink()
