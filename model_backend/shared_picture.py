"""A rendered picture in shared memory, on the side of the one who asked for it."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Iterator
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory

if os.name == "posix":
    from _posixshmem import shm_unlink  # type: ignore[import-not-found]

BYTES_PER_PIXEL = 4
KIND = "shared_memory"
"""What Python's resource tracker calls it."""


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


def opened(name: str, width: int, height: int, scale: float) -> SharedPicture:
    """The picture of that name; ValueError where its memory does not hold so many pixels."""
    memory = SharedMemory(name)
    if not (width > 0 < height and memory.size >= width * height * BYTES_PER_PIXEL):
        memory.close()
        raise ValueError(f"{memory.size} bytes are no picture of {width} x {height}")
    return SharedPicture(width, height, scale, memory)


def forget(name: str) -> None:
    """Free a picture of which its maker may have said nothing, or that was not whole.

    It is not opened: one of no size cannot be, nor any where no further file can be opened.
    """
    if os.name != "posix":
        return  # Windows frees what nobody holds
    name = f"/{name.lstrip('/')}"
    # As if it had been opened: a maker that was killed has told the tracker of it, or not.
    resource_tracker.register(name, KIND)
    with contextlib.suppress(FileNotFoundError):
        shm_unlink(name)
    resource_tracker.unregister(name, KIND)


def _release(memory: SharedMemory) -> None:
    memory.close()
    forget(memory.name)
