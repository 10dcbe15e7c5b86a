"""Cycles of Qt objects are freed on the window's thread only: Python would free them on any."""

from __future__ import annotations

import ctypes
import gc
import sys
from math import inf
from time import monotonic

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication

LOOK_EVERY = 100
"""Milliseconds between two looks; Python itself looks at every allocation."""
DEEP_EVERY = 300.0
"""Seconds between two searches through everything, while nobody uses the window."""
SETTLED = 1.0
"""Seconds after a project was closed: the next one is open by then, or the window waits."""
OLDEST = 2
MMAP_THRESHOLD = -3
"""The number of that setting in glibc's `malloc.h`."""
LARGE = 4 << 20
"""Bytes from which memory is the system's own piece, which goes back to it as a whole."""


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collection as long as it lives.

    That one runs in whichever thread happens to allocate. When it was one of ours, the widgets of
    a closed window were destroyed there, while the window's thread painted: a crash. It also
    searches through all pages in memory again and again, 100 ms each time; here, what has survived
    once is left alone until nobody is using the window.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        keep_apart()
        self._last_deep = monotonic()
        self._wanted_from = inf
        """When everything is to be searched."""
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Collect the oldest generation whose turn it is, by Python's own thresholds."""
        limits = zip(gc.get_count(), gc.get_threshold(), strict=True)
        due = [index for index, (count, limit) in enumerate(limits) if limit and count > limit]
        if due:
            gc.collect(due[-1])
        if monotonic() > self._wanted_from and not _is_pressed():
            self.search_everything()
        elif OLDEST in due:
            gc.freeze()
        elif monotonic() - self._last_deep > DEEP_EVERY and not _is_used():
            self.search_everything()

    def search_soon(self) -> None:
        """Much has become garbage just now: a project was closed. Not at once: opening the next
        one holds up the window long enough.
        """
        self._wanted_from = monotonic() + SETTLED

    def search_everything(self) -> None:
        """Free also what became garbage after it had survived a search."""
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        give_back()
        self._last_deep, self._wanted_from = monotonic(), inf

    def close(self) -> None:
        """Leave the rest to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.collect()
        gc.enable()


def give_back() -> None:
    """Return what is free to the system: pictures that are gone leave holes of megabytes between
    small things, which the C library (glibc) keeps otherwise.
    """
    _call("malloc_trim", 0)


def keep_apart() -> None:
    """Have large pieces stay apart from small ones: glibc by itself puts up to 32 MB among them
    once one was freed, and cannot give it back while something small lies behind it.
    """
    _call("mallopt", MMAP_THRESHOLD, LARGE)


def _call(name: str, *numbers: int) -> None:
    """Call a function of glibc, where that is the C library."""
    function = getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
    if function is not None:
        function(*numbers)


def _is_used() -> bool:
    return QGuiApplication.applicationState() == Qt.ApplicationState.ApplicationActive


def _is_pressed() -> bool:
    return QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
