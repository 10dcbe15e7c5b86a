"""How long an event loop is held up: the window's own, and a bare Qt process's beside it.

`python tests/faults/heartbeat.py` is the bare one: it does nothing else, so its gaps are the
machine's noise. It prints them once a second until it is ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, thread_time
from types import FrameType
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot

BEAT_MS = 5
LOOK_EVERY = 0.05
OWN = Path(__file__).resolve().parents[2]
WHOLE = ("apply_theme", "open_project", "new_project", "leave_project", "search_everything")
"""What makes the whole window anew at a person's word, and then frees what was there before: such
gaps are counted apart.
"""
SLOW_MS, MOST_SLOW, TOLD_MS = 100.0, 30, 200.0
"""Longer gaps are told one by one, with what was being done."""


class Watch:
    """Looks where the window's thread is while a beat is late.

    By a signal to that thread: what frames hold must not be freed in another one.
    """

    def __init__(self) -> None:
        self._window = threading.get_ident()
        self._since, self._places, self._whole = perf_counter(), list[str](), ""
        self._over = threading.Event()
        signal.signal(signal.SIGUSR1, self._see)
        signal.siginterrupt(signal.SIGUSR1, False)  # noqa: FBT003
        self._thread = threading.Thread(target=self._wait, name="watch", daemon=True)
        self._thread.start()

    def _wait(self) -> None:
        while not self._over.wait(LOOK_EVERY):
            if perf_counter() - self._since > LOOK_EVERY:
                signal.pthread_kill(self._window, signal.SIGUSR1)

    def _see(self, _number: int, frame: FrameType | None) -> None:
        own: list[str] = []
        last = frame
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if frame.f_code.co_name in WHOLE:
                self._whole = frame.f_code.co_name
            if len(own) < 4 and path.is_relative_to(OWN) and not path.is_relative_to(OWN / ".venv"):
                own.append(f"{path.relative_to(OWN)}:{frame.f_lineno}")
            frame = frame.f_back
        inmost = Path(last.f_code.co_filename).name if last else ""
        self._places.append(f"{' < '.join(own)} ({inmost}:{last.f_lineno if last else 0})")

    def beat(self) -> tuple[list[str], str]:
        """The last beat was now; where the thread was until then, and in which of WHOLE."""
        seen = self._places, self._whole
        self._places, self._whole, self._since = [], "", perf_counter()
        return seen

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        self._thread.join()


class Clock:
    """Milliseconds that have passed, that the thread used, and that it had to wait for a core."""

    def __init__(self) -> None:
        place = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._scheduler = os.open(place, os.O_RDONLY) if place.exists() else -1

    def now(self) -> tuple[float, float, float]:
        delay = 0.0
        if self._scheduler >= 0:
            delay = int(os.pread(self._scheduler, 100, 0).split()[1]) / 1e6
        return 1000 * perf_counter(), 1000 * thread_time(), delay


class Heartbeat(QObject):
    """A timer in the window's thread; what lies between two of its beats is a gap.

    Of a gap, what the thread waited for a core is the machine's doing; `own` leaves it out.
    """

    def __init__(
        self,
        doing: Callable[[], str] = str,
        parent: QObject | None = None,
        watch: Watch | None = None,
    ) -> None:
        super().__init__(parent)
        self._doing, self._watch = doing, watch
        self._gaps: Counter[int] = Counter()
        self._own: dict[str, Counter[int]] = {"": Counter()}
        self._clock = Clock()
        self.slow: list[dict[str, Any]] = []
        self._last = self._clock.now()
        self._timer = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    @Slot()
    def _beat(self) -> None:
        now = self._clock.now()
        gap, cpu, delay = (new - old for new, old in zip(now, self._last, strict=True))
        self._last = now
        self._gaps[round(gap)] += 1
        places, whole = self._watch.beat() if self._watch else ([], "")
        own = self._own.setdefault(whole, Counter())
        own[round(gap - delay)] += 1
        if gap - delay > SLOW_MS and not whole:
            told = {"ms": round(gap), "own": round(gap - delay), "cpu": round(cpu)}
            self.slow.append({**told, "doing": self._doing(), "places": places})
            if gap - delay > TOLD_MS:  # at once: an hour's run may be stopped before its end
                print(json.dumps(self.slow[-1]), file=sys.stderr, flush=True)  # noqa: T201
            self.slow.sort(key=lambda one: -one["own"])
            del self.slow[MOST_SLOW:]

    def skip(self) -> None:
        """What was just done belongs to the test, not to the window."""
        self._last = self._clock.now()
        if self._watch:
            self._watch.beat()

    def summary(self) -> dict[str, Any]:
        """Beats, the gap that one in a thousand exceeds, and the longest, in milliseconds; the same
        without what the machine made of it, and the longest in each of WHOLE.
        """
        return {
            "beats": sum(self._gaps.values()),
            "p999": _exceeded(self._gaps, 0.001),
            "max": max(self._gaps, default=0),
            "own_p999": _exceeded(self._own[""], 0.001),
            "own_max": max(self._own[""], default=0),
            "whole": {name: max(own) for name, own in self._own.items() if name},
        }


def _exceeded(gaps: Counter[int], share: float) -> int:
    """The gap that this share of all is longer than."""
    left = sum(gaps.values()) * share
    for gap in sorted(gaps, reverse=True):
        left -= gaps[gap]
        if left < 0:
            return gap
    return 0


def main() -> int:
    """A Qt process that only beats."""
    application = QCoreApplication([])
    heart = Heartbeat()
    clock = QTimer(interval=1000)
    clock.timeout.connect(lambda: _tell(heart, application))
    clock.start()
    return application.exec()


def _tell(heart: Heartbeat, application: QCoreApplication) -> None:
    try:
        print(json.dumps(heart.summary()), flush=True)  # noqa: T201
    except BrokenPipeError:  # whoever compares itself with this one was killed
        application.quit()


if __name__ == "__main__":
    sys.exit(main())
