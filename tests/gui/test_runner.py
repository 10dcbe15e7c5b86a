"""Background work reaches the window's thread: every result once, nothing after cancelling."""

from __future__ import annotations

import os
import signal
import threading
import time
import weakref
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QThread, QTimer
from pytestqt.qtbot import QtBot

from desktop.jobs.course import Outcome, Step
from desktop.jobs.runner import Job, Runner
from model_backend.errors import Cancelled, UserError
from model_backend.service import Workers


class ListWork:
    """A work whose steps are given."""

    title = "Test"

    def __init__(self, steps: list[Step]) -> None:
        self.steps, self.total = steps, len(steps)
        self.received: list[Any] = []
        self.failed: list[BaseException] = []
        self.threads: set[int] = set()

    def next_step(self) -> Step | None:
        return self.steps.pop(0) if self.steps else None

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - a test
        self.threads.add(threading.get_ident())
        self.received.append(result)

    def fail(self, step: Step, error: BaseException) -> None:
        self.failed.append(error)

    def result(self) -> int:
        return len(self.received)


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    pool = Workers(batch=1)
    yield pool
    pool.close()


@pytest.fixture
def runner(workers: Workers, qtbot: QtBot) -> Iterator[Runner]:
    runner = Runner(workers)
    yield runner
    runner.close()


def _outcome(qtbot: QtBot, job: Job) -> Outcome:
    if job.outcome is None:
        with qtbot.waitSignal(job.finished, timeout=60_000):
            pass
    assert job.outcome is not None
    return job.outcome


def test_every_call_from_many_threads_arrives_once_on_the_windows_thread(
    runner: Runner, qtbot: QtBot
) -> None:
    arrived: list[int] = []
    window = QThread.currentThread()

    def note(value: int) -> None:
        assert QThread.currentThread() is window
        arrived.append(value)

    with ThreadPoolExecutor(8) as pool:
        for number in range(3000):
            runner.call(pool.submit(lambda number=number: number), note, pytest.fail)
    qtbot.waitUntil(lambda: len(arrived) == 3000)
    assert sorted(arrived) == list(range(3000))


def test_steps_run_in_processes_and_their_results_come_back(runner: Runner, qtbot: QtBot) -> None:
    work = ListWork([Step("batch", abs, (-number,)) for number in range(20)])
    seen: list[tuple[int, int]] = []
    job = runner.start(work)
    job.progressed.connect(lambda done, total: seen.append((done, total)))
    outcome = _outcome(qtbot, job)
    assert sorted(work.received) == list(range(20))
    assert work.threads == {threading.get_ident()}
    assert outcome == Outcome(20, (), False, 20)
    assert seen[-1] == (20, 20)
    assert runner.jobs == ()


def test_a_failed_step_is_one_line_and_the_rest_goes_on(runner: Runner, qtbot: QtBot) -> None:
    work = ListWork(
        [
            Step("batch", abs, (1,), label="first"),
            Step("batch", os.kill, (0, signal.SIGKILL), label="second"),
            Step("batch", abs, (3,), label="third"),
        ]
    )
    outcome = _outcome(qtbot, runner.start(work))
    assert sorted(work.received) == [1, 3]
    assert [label for label, _message in outcome.failed] == ["second"]
    assert "ended unexpectedly" in outcome.failed[0][1]


def test_a_refused_result_is_a_failure_of_its_step(runner: Runner, qtbot: QtBot) -> None:
    class Refusing(ListWork):
        def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - a test
            raise UserError("The disk is full: {file}.", file="project.sqlite")

    outcome = _outcome(qtbot, runner.start(Refusing([Step("batch", abs, (1,), label="page")])))
    assert outcome.failed == (("page", "The disk is full: project.sqlite."),)
    assert outcome.done == 0


def test_cancelling_ends_the_job_at_once_and_nothing_arrives_later(
    runner: Runner, qtbot: QtBot
) -> None:
    work = ListWork([Step("batch", time.sleep, (30,)) for _ in range(5)])
    job = runner.start(work)
    qtbot.waitUntil(lambda: bool(runner.workers.pids("batch")), timeout=20_000)
    qtbot.wait(300)
    started = time.perf_counter()
    job.cancel()
    assert time.perf_counter() - started < 0.2
    assert job.outcome is not None
    assert job.outcome.is_cancelled
    assert _outcome(qtbot, runner.start(ListWork([Step("batch", abs, (-7,))]))).done == 1
    assert work.received == []


@pytest.mark.usefixtures("wanted_bugs")
def test_a_bug_in_taking_a_result_surfaces_and_the_job_still_ends(
    runner: Runner, qtbot: QtBot
) -> None:
    class Broken(ListWork):
        def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - a test
            super().receive(step, result)
            if result == 2:
                raise ZeroDivisionError

    work = Broken([Step("batch", abs, (number,)) for number in (1, 2, 3)])
    with qtbot.captureExceptions() as bugs:
        _outcome(qtbot, runner.start(work))
    assert [kind for kind, _value, _trace in bugs] == [ZeroDivisionError]
    assert sorted(work.received) == [1, 2, 3]


def test_work_in_the_thread_reports_and_returns(runner: Runner, qtbot: QtBot) -> None:
    def count(limit: int, *, on_progress: Any, is_cancelled: Any) -> str:  # noqa: ANN401 - a test
        for number in range(limit):
            on_progress(number + 1, limit)
        return "counted"

    seen: list[int] = []
    job = runner.in_thread("Counting", count, 5)
    job.progressed.connect(lambda done, total: seen.append(done))
    assert _outcome(qtbot, job).result == "counted"
    assert seen == [1, 2, 3, 4, 5]


def test_work_in_the_thread_can_be_cancelled(runner: Runner, qtbot: QtBot) -> None:
    def wait(*, on_progress: Any, is_cancelled: Any) -> None:  # noqa: ANN401 - a test
        while not is_cancelled():
            time.sleep(0.01)
        raise Cancelled

    job = runner.in_thread("Waiting", wait)
    job.cancel()
    assert _outcome(qtbot, job) == Outcome(is_cancelled=True)


def test_closing_ends_every_job(workers: Workers, qtbot: QtBot) -> None:
    runner = Runner(workers)
    jobs = [runner.start(ListWork([Step("batch", time.sleep, (30,))])) for _ in range(3)]
    QTimer.singleShot(0, runner.close)
    qtbot.waitUntil(lambda: all(job.outcome is not None for job in jobs), timeout=20_000)
    late: Future[int] = Future()
    runner.call(late, pytest.fail, pytest.fail)
    late.set_result(1)
    qtbot.wait(50)
    assert all(job.outcome is not None and job.outcome.is_cancelled for job in jobs)


@pytest.mark.usefixtures("wanted_bugs")
def test_a_bug_in_taking_a_result_is_a_failure_of_its_step(runner: Runner, qtbot: QtBot) -> None:
    class Broken(ListWork):
        def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - a test
            raise ZeroDivisionError

    job = runner.start(Broken([Step("batch", abs, (1,), label="page")]))
    with qtbot.captureExceptions() as bugs:
        outcome = _outcome(qtbot, job)
    assert len(bugs) == 1
    assert (outcome.done, [label for label, _why in outcome.failed]) == (0, ["page"])


@pytest.mark.usefixtures("wanted_bugs")
@pytest.mark.parametrize("where", ["next_step", "result"])
def test_a_job_that_breaks_ends_as_failed_and_the_bug_surfaces(
    runner: Runner, qtbot: QtBot, where: str
) -> None:
    class Broken(ListWork):
        def next_step(self) -> Step | None:
            if where == "next_step" and not self.steps:
                raise ZeroDivisionError
            return super().next_step()

        def result(self) -> int:
            if where == "result":
                raise ZeroDivisionError
            return super().result()

    job = runner.start(Broken([Step("batch", abs, (1,))]))
    with qtbot.captureExceptions() as bugs:
        outcome = _outcome(qtbot, job)
    assert {kind for kind, _value, _trace in bugs} == {ZeroDivisionError}
    assert not outcome.is_cancelled
    assert len(outcome.failed) == 1
    assert runner.jobs == ()


def test_where_no_process_can_be_had_a_job_fails_once(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model_backend.worker_process.run", os.abort)
    pool = Workers(batch=1)
    runner = Runner(pool)
    work = ListWork([Step("batch", abs, (number,), label=str(number)) for number in range(40)])
    outcome = _outcome(qtbot, runner.start(work))
    runner.close()
    pool.close()
    assert len(outcome.failed) == 1
    assert "could be started" in outcome.failed[0][1]
    assert (outcome.done, outcome.is_cancelled, work.failed) == (0, False, [])


def test_a_job_of_the_thread_that_waits_is_cancelled_at_once(runner: Runner, qtbot: QtBot) -> None:
    go_on = threading.Event()
    ran: list[str] = []

    def wait(name: str, *, on_progress: Any, is_cancelled: Any) -> None:  # noqa: ANN401 - a test
        ran.append(name)
        go_on.wait(30)

    first, second = runner.in_thread("First", wait, "first"), runner.in_thread("Second", wait, "2")
    second.cancel()
    assert second.outcome == Outcome(is_cancelled=True)
    go_on.set()
    assert _outcome(qtbot, first).done == 1
    assert ran == ["first"]


@pytest.mark.parametrize("is_lasting", [False, True])
def test_what_the_thread_made_after_cancelling_is_told_only_where_it_lasts(
    runner: Runner, qtbot: QtBot, is_lasting: bool
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def make(*, on_progress: Any, is_cancelled: Any) -> str:  # noqa: ANN401 - a test
        begun.set()
        go_on.wait(30)
        return "made"

    job = runner.in_thread("Making", make, is_lasting=is_lasting)
    assert begun.wait(30)
    job.cancel()
    go_on.set()
    made = Outcome(1, (), False, "made")
    assert _outcome(qtbot, job) == (made if is_lasting else Outcome(is_cancelled=True))


def test_what_is_started_after_closing_ends_as_cancelled(workers: Workers, qtbot: QtBot) -> None:
    runner = Runner(workers)
    runner.close()
    jobs = (runner.start(ListWork([])), runner.in_thread("Late", pytest.fail))
    assert [job.outcome for job in jobs] == [Outcome(is_cancelled=True)] * 2
    assert runner.jobs == ()


def test_picture_that_comes_after_closing_is_freed(
    workers: Workers, samples: Path, qtbot: QtBot
) -> None:
    runner = Runner(workers)
    future = workers.submit_picture("view", samples / "report.pdf", 0, scale=1.0)
    runner.call(future, pytest.fail, pytest.fail)
    runner.close()
    picture = weakref.ref(future.result(60))
    del future
    workers.submit("view", abs, -1).result(60)  # the thread that feeds the process is done with it
    assert picture() is None
