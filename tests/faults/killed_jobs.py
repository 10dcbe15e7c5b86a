"""Jobs of all kinds, as the window starts them, while processes are killed: none is lost, none
comes twice, and nothing is left of them.

`python tests/faults/killed_jobs.py --count 10000 --resume 0`
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any
from unittest import mock

import bad_workers
import psutil
from long_driver import drive
from PySide6.QtCore import QCoreApplication, QEventLoop

from desktop.jobs.course import Outcome, Step
from desktop.jobs.page_images import _copied
from desktop.jobs.runner import Runner
from model_backend import sources, worker_process
from model_backend.service import WorkerDied, Workers
from model_backend.worker_process import Kind

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "samples" / "report.pdf"
SHARED = Path("/dev/shm")
MOST_AT_ONCE = 16
ROUND = 100
"""Jobs after which all must have ended and everything is counted."""
LONGEST = 300.0
GROWTH = 5
"""Files, threads and the like that may be more than after the first round."""
KINDS: tuple[Kind, ...] = ("view", "batch", "model")


@dataclass
class Ended:
    """What was heard of one job."""

    what: str
    states: list[str] = field(default_factory=list)
    delivered: list[object] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Steps:
    """A job of some steps, each of which gives its number."""

    title = "Steps"

    def __init__(self, steps: list[Step]) -> None:
        self._steps, self.total = steps, len(steps)
        self.received: list[int] = []
        self.failed: list[BaseException] = []

    def next_step(self) -> Step | None:
        return self._steps.pop(0) if self._steps else None

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - of any step
        self.received.append(result)

    def fail(self, step: Step, error: BaseException) -> None:
        self.failed.append(error)

    def result(self) -> tuple[int, ...]:
        return tuple(self.received)


class Jobs:
    """The processes, the runner, and what became of every job."""

    def __init__(self, share: float = 0.05, cancelled: float = 0.05) -> None:
        self._qt = QCoreApplication.instance() or QCoreApplication([])
        self.workers = Workers(batch=2)
        self._runner = Runner(self.workers)
        self._share, self._cancelled = share, cancelled
        self.ended: dict[int, Ended] = {}
        self._under_way: set[int] = set()
        self.kills: Counter[str] = Counter()
        self._timers: list[threading.Timer] = []
        self._first: dict[str, int] = {}
        self._kills_counted = 0
        self._killed_at_start: set[Kind] = set()
        self.counts: Counter[str] = Counter()

    def start(self, number: int) -> None:
        """Start the job of this number; some are going to be killed, some cancelled."""
        chance = random.Random(number)
        what = chance.choices(("picture", "piece", "steps"), (35, 35, 30))[0]
        moment = ""
        if chance.random() < self._share:
            moment = chance.choice(("start", "middle", "new", "writing", "after"))
        self.ended[number] = Ended(what)
        self._under_way.add(number)
        cancel = getattr(self, f"_{what}")(number, chance, moment)
        if chance.random() < self._cancelled:
            self._later(chance.choice((0.0, chance.uniform(0, 0.05))), cancel)

    def _picture(self, number: int, chance: random.Random, moment: str) -> Callable[[], object]:
        paint = {
            "writing": bad_workers.paint_killed_while_writing,
            "after": bad_workers.paint_killed_later,
        }.get(moment, worker_process.paint)
        with mock.patch.object(worker_process, "paint", paint):
            future = self.workers.submit_picture(
                "view", SAMPLE, number % 3, scale=chance.uniform(0.05, 0.6)
            )
        self._kill("view", moment, chance, is_inside=paint is not worker_process.paint)
        ended = self.ended[number]
        self._watch(number, future)

        def arrived(picture: Any) -> None:  # noqa: ANN401 - of shared memory
            size = (picture.width, picture.height)
            copied = self._runner.aside(_copied, picture)
            self._runner.call(copied, partial(check, size), fail)

        def check(size: tuple[int, int], image: Any) -> None:  # noqa: ANN401 - of Qt
            self._deliver(number, "picture")
            if (image.width(), image.height()) != size or image.pixelColor(1, 1).red() < 200:
                ended.problems.append("not the picture of the page")

        fail = partial(self._deliver, number)
        self._runner.call(future, arrived, fail)
        return future.cancel

    def _piece(self, number: int, chance: random.Random, moment: str) -> Callable[[], object]:
        kind = chance.choice(KINDS)
        step = self._step(kind, number, chance, moment)
        future = self.workers.submit(step.kind, step.function, *step.arguments)
        self._kill(kind, moment, chance, is_inside=step.function is bad_workers.killed_later)
        ended = self.ended[number]
        self._watch(number, future)

        def arrived(value: object) -> None:
            self._deliver(number, "value")
            if value != number and not isinstance(value, sources.PageRead):
                ended.problems.append(f"{value} came for {number}")

        self._runner.call(future, arrived, partial(self._deliver, number))
        return future.cancel

    def _deliver(self, number: int, what: object) -> None:
        self.ended[number].delivered.append(what)
        self._under_way.discard(number)

    def _steps(self, number: int, chance: random.Random, moment: str) -> Callable[[], object]:
        kinds = [chance.choice(KINDS) for _step in range(chance.randint(1, 4))]
        steps = [
            self._step(kind, number * 10 + place, chance, "" if place else moment)
            for place, kind in enumerate(kinds)
        ]
        is_inside = steps[0].function is bad_workers.killed_later
        work = Steps([*steps])
        job = self._runner.start(work)
        job.finished.connect(lambda outcome: self._job_ended(number, work, len(kinds), outcome))
        self._kill(kinds[0], moment, chance, is_inside=is_inside)
        return job.cancel

    def _step(self, kind: Kind, value: int, chance: random.Random, moment: str) -> Step:
        if moment == "after":
            return Step(kind, bad_workers.killed_later, (chance.uniform(0, 0.004), value))
        if kind == "batch" and not moment and chance.random() < 0.2:
            return Step(kind, sources.read_page, (SAMPLE, value % 3))
        return Step(kind, bad_workers.sleeps, (chance.uniform(0, 0.02), value))

    def _job_ended(self, number: int, work: Steps, total: int, outcome: Outcome) -> None:
        ended = self.ended[number]
        self._deliver(number, outcome)
        state = "cancelled" if outcome.is_cancelled else "failed" if outcome.failed else "done"
        ended.states.append(state)
        if outcome.done != len(work.received) or len(outcome.failed) != len(work.failed):
            ended.problems.append(f"{outcome} of {work.received} and {work.failed}")
        if not outcome.is_cancelled and outcome.done + len(outcome.failed) != total:
            ended.problems.append(f"{outcome} of {total} steps")
        numbers = [value for value in work.received if isinstance(value, int)]
        if len(set(numbers)) != len(numbers) or any(value // 10 != number for value in numbers):
            ended.problems.append(f"{numbers} came for {number}")
        ended.problems += [repr(one) for one in work.failed if not isinstance(one, WorkerDied)]

    def _watch(self, number: int, future: Future[Any]) -> None:
        """Note how a future ends; in whatever thread that is."""

        def note(ended: Future[Any]) -> None:
            if ended.cancelled():
                self.ended[number].states.append("cancelled")
                self._under_way.discard(number)
            else:
                self.ended[number].states.append("failed" if ended.exception() else "done")

        future.add_done_callback(note)

    def _kill(self, kind: Kind, moment: str, chance: random.Random, *, is_inside: bool) -> None:
        """Have a process of that kind killed at that moment, unless the work does it itself."""
        if not moment:
            return
        if is_inside:
            self.kills[moment] += 1
            return
        kill = partial(self._kill_now, kind, moment)
        if moment in ("start", "new"):
            kill()
        if moment == "new":
            self._later(chance.uniform(0.05, 0.8), kill)
        if moment not in ("start", "new"):
            self._later(chance.uniform(0, 0.06), kill)

    def _later(self, seconds: float, call: Callable[[], object]) -> None:
        if not seconds:
            call()
            return
        self._timers = [timer for timer in self._timers if timer.is_alive()]
        in_window = threading.Timer(
            seconds, lambda: self._runner._hub.post(lambda: call() and None)
        )
        self._timers.append(in_window)
        in_window.start()

    def _kill_now(self, kind: Kind, moment: str) -> None:
        """Kill the first process; one that is starting not twice in a row, as after three times
        there is none, and all work fails as it should.
        """
        for worker in self.workers._workers[kind][:1]:
            if worker.pid is None or (not worker._served and kind in self._killed_at_start):
                continue
            change = self._killed_at_start.discard if worker._served else self._killed_at_start.add
            change(kind)
            self.kills[moment] += 1
            with suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)

    def settle(self, most: int = 0) -> str:
        """Let the window's thread run until no more than so many are under way."""
        deadline = time.monotonic() + LONGEST
        while len(self._under_way) > most:
            self._turn()
            if time.monotonic() > deadline:
                return f"never ended: {sorted(self._under_way)}"
        return ""

    def _turn(self) -> None:
        self._qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def check(self) -> str:
        """After a round: every job has one end, and nothing is left of it."""
        problem = self.settle()
        for timer in self._timers:
            timer.join()
        for _turn in range(20):  # what the threads have handed over arrives
            self._turn()
        problem = problem or next(filter(None, map(self._wrong, self.ended)), "")
        ended, self.ended = self.ended, {}
        if not problem:
            problem = self._uneven(ended) or self._left()
        self.counts = Counter(one.states[0] for one in ended.values() if one.states)
        return problem

    def _wrong(self, number: int) -> str:
        ended = self.ended[number]
        deliveries = 0 if ended.states == ["cancelled"] and ended.what != "steps" else 1
        is_right = (
            len(ended.states) == 1
            and len(ended.delivered) == deliveries
            and not ended.problems
            and all(
                isinstance(one, WorkerDied)
                for one in ended.delivered
                if isinstance(one, BaseException)
            )
        )
        return "" if is_right else f"job {number}: {ended}"

    def _uneven(self, ended: dict[int, Ended]) -> str:
        failed = sum("failed" in one.states for one in ended.values())
        killed = self.kills.total() - self._kills_counted
        self._kills_counted += killed
        return f"{failed} failed of {killed} killed" if failed > killed else ""

    def _left(self) -> str:
        """What is more than after the first round, or should not be there at all."""
        now = self._counts()
        self._first = self._first or now
        grown = {
            name: (self._first[name], count)
            for name, count in now.items()
            if count > self._first[name] + (GROWTH if self._first[name] else 0)
        }
        return f"left: {grown}" if grown else ""

    def _counts(self) -> dict[str, int]:
        process = psutil.Process()
        pids = {pid for kind in KINDS for pid in self.workers.pids(kind)}
        folder = self.workers._folder
        assert folder is not None
        folders = {int(entry.name) for entry in folder.iterdir()}
        return {
            "pictures": len(list(SHARED.glob(f"pd{os.getpid():x}-*"))),
            "folders of the dead": len(folders - pids),
            "processes of the dead": len(
                {child.pid for child in process.children(recursive=True)} - pids - self._tracker()
            ),
            "threads": process.num_threads(),
            "files": process.num_fds(),
        }

    def _tracker(self) -> set[int]:
        return {resource_tracker._resource_tracker._pid}  # type: ignore[attr-defined]

    def close(self) -> str:
        """End it all; what is left then."""
        problem = self.check()
        folder = self.workers._folder
        self._runner.close()
        self.workers.close()
        left = {child.pid for child in psutil.Process().children()} - self._tracker()
        if left or (folder is not None and folder.exists()):
            return problem or f"left at the end: {left} {folder}"
        return problem


def main() -> int:
    """All jobs; counted after each round and at the end."""
    begun = time.monotonic()
    sums: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as base:
        tempfile.tempdir = base
        jobs = Jobs()

        def one(number: int) -> str:
            jobs.start(number)
            sums["submitted"] += 1
            problem = jobs.settle(MOST_AT_ONCE)
            if not problem and (number + 1) % ROUND == 0:
                problem = jobs.check()
                sums.update(jobs.counts)
            return f"{problem} ({dict(sums)})" if problem else ""

        failed = drive("killed jobs", 10_000, one)
        problem = jobs.close()
        sums.update(jobs.counts)
        left = os.listdir(base)
        tempfile.tempdir = None
    states = sum(sums[state] for state in ("done", "failed", "cancelled"))
    seconds = time.monotonic() - begun
    said = f"{dict(sums)}, kills {dict(jobs.kills)}, {seconds:.0f} s"
    print(f"{said}; {problem or left or 'nothing is left'}")  # noqa: T201
    return failed + bool(problem) + bool(left) + (states != sums["submitted"])


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
