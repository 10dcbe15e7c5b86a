"""A bug of ours is seen, not swallowed: from wherever it comes, it is logged and told once."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType

from model_backend.traces import Harmless, lines_of

log = logging.getLogger(__name__)
ID_LENGTH = 6
_REPORTED = "_is_reported_bug"


@dataclass(frozen=True)
class Bug:
    """One mistake in the program: its id is the same each time it happens, on every computer."""

    id: str
    name: str
    lines: tuple[str, ...]
    """Kinds and places of the error and its causes; not a word of a document."""
    count: int = 1


Tell = Callable[[Bug], None]


class Bugs:
    """Counts them; whoever is told hears of each kind at its 1st, 2nd, 4th, 8th ... time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._tell: Tell | None = None

    def watch(self, tell: Tell) -> None:
        """Tell of each from now on; from any thread."""
        self._tell = tell

    def unwatch(self, tell: Tell) -> None:
        """Whoever this was is not there to be told any more."""
        if self._tell == tell:
            self._tell = None

    @property
    def counts(self) -> Counter[str]:
        """How often each has happened."""
        with self._lock:
            return self._counts.copy()

    def report(self, error: BaseException) -> None:
        """Take one error that nobody expected; once, where whoever took it raises it on."""
        if getattr(error, _REPORTED, False):
            return
        setattr(error, _REPORTED, True)
        lines = tuple(lines_of(error))
        number = _id_of(lines)
        with self._lock:
            self._counts[number] += 1
            count = self._counts[number]
        if count & (count - 1):
            return  # a paint that fails at every frame is no news
        if count == 1:
            log.error("bug %s", Harmless(number), exc_info=error)
        else:
            log.error("bug %s, %d times", Harmless(number), count)
        if self._tell is not None:
            self._tell(Bug(number, lines[0], lines, count))


def _id_of(lines: tuple[str, ...]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:ID_LENGTH]


_bugs = Bugs()
report, watch, unwatch = _bugs.report, _bugs.watch, _bugs.unwatch


def counts() -> Counter[str]:
    """How often each bug has happened in this process, by its id."""
    return _bugs.counts


def catch_all(stop: Callable[[], None]) -> None:
    """Have Python and Qt bring here what nobody caught, in slots, virtual methods, threads and
    while things are freed; Ctrl+C is `stop`.
    """

    def uncaught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            stop()
        else:
            report(error.with_traceback(trace))

    def uncaught_in_a_thread(said: threading.ExceptHookArgs) -> None:
        if said.exc_value is not None and not isinstance(said.exc_value, SystemExit):
            report(said.exc_value)  # SystemExit only ends the thread, as without us

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_a_thread
    sys.unraisablehook = lambda said: said.exc_value and report(said.exc_value)
