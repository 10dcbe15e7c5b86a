"""Background work for the window: a Future goes in, a call on the window's thread comes out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QMetaMethod, QObject, Signal

from desktop.errors import explain
from desktop.jobs.course import Course, Outcome, Work
from desktop.jobs.hub import Hub
from model_backend.errors import Cancelled

if TYPE_CHECKING:
    from model_backend.service import Workers

Result = TypeVar("Result")


class Job(QObject):
    """One job under way, for lists and progress bars."""

    progressed = Signal(int, int)
    finished = Signal(object)

    def __init__(self, title: str, on_cancel: Callable[[Job], None]) -> None:
        super().__init__()
        self.title = title
        self.done, self.total = 0, 0
        self.outcome: Outcome | None = None
        self._on_cancel = on_cancel

    def cancel(self) -> None:
        """Stop it; `finished` follows. Nothing happens when it has ended already."""
        if self.outcome is None:
            self._on_cancel(self)

    def report(self, done: int, total: int) -> None:
        """Tell how far it has come."""
        if self.outcome is None and (done, total) != (self.done, self.total):
            self.done, self.total = done, total
            self.progressed.emit(done, total)

    def end(self, outcome: Outcome) -> None:
        """Tell how it ended, once, and let go of who listened: one that knows the job would keep
        it, and its project, for good.
        """
        if self.outcome is None:
            self.outcome = outcome
            self.finished.emit(outcome)
            for signal in (self.finished, self.progressed):
                if self.isSignalConnected(QMetaMethod.fromSignal(signal)):
                    signal.disconnect()


def _failure(title: str, error: BaseException) -> Outcome:
    if isinstance(error, Cancelled):
        return Outcome(is_cancelled=True)
    return Outcome(failed=((title, explain(error)),))


class Runner(QObject):
    """Starts jobs and brings what they make to the window's thread."""

    job_started = Signal(object)

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.workers = workers
        self._hub = Hub(self)
        self._courses: dict[Job, Course] = {}
        self._threaded: dict[Job, tuple[Event, Future[Any]]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="io")
        self._aside = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._is_closed = False

    @property
    def is_closed(self) -> bool:
        """Whether the project is being left: jobs that end now were not stopped by a person."""
        return self._is_closed

    @property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs under way."""
        return (*self._courses, *self._threaded)

    def start(self, work: Work, after: Future[Any] | None = None) -> Job:
        """Do the work's steps in the worker processes, twice as many at once as there are cores;
        `after`: as soon as that is done, however it ends.
        """
        job = Job(work.title, self._cancel)
        if self._is_closed:
            job.end(Outcome(is_cancelled=True))
            return job
        self._courses[job] = Course(work, self.workers)
        self.job_started.emit(job)
        if after is None:
            self._hub.post(lambda: self._go_on(job))
        else:
            after.add_done_callback(lambda _future: self._hub.post(lambda: self._go_on(job)))
        return job

    def _go_on(self, job: Job) -> None:
        course = self._courses.get(job)
        if course is None:
            return
        try:
            new = course.advance()
        except Exception as error:
            course.give_up(error)
            self._finish(job)
            raise
        for future in new:
            future.add_done_callback(
                lambda future: self._hub.post(lambda: self._settle(job, future))
            )
        job.report(*course.progress)
        if course.is_finished:
            self._finish(job)

    def _finish(self, job: Job) -> None:
        """The job ends, whatever becomes of its result."""
        course = self._courses.pop(job)
        outcome = course.outcome_without_result()
        try:
            outcome = replace(outcome, result=course.work.result())
        except Exception as error:
            failed = (*outcome.failed, (job.title, explain(error)))
            outcome = replace(outcome, failed=failed)
            raise
        finally:
            job.end(outcome)

    def _settle(self, job: Job, future: Future[Any]) -> None:
        course = self._courses.get(job)
        if course is None:
            return
        try:
            course.settle(future)
        finally:
            self._go_on(job)

    def _cancel(self, job: Job) -> None:
        if job in self._threaded:
            stop, future = self._threaded[job]
            stop.set()
            if future.cancel():
                self._end(job, Outcome(is_cancelled=True))
            return
        self._courses[job].cancel()
        self._finish(job)

    def call(
        self,
        future: Future[Any],
        on_done: Callable[[Any], None],
        on_failed: Callable[[BaseException], None],
    ) -> None:
        """Have one of the two called on the window's thread; neither when it was cancelled."""
        self._hub.when_done(future, on_done, on_failed)

    def aside(self, function: Callable[..., Result], *arguments: Any) -> Future[Result]:  # noqa: ANN401 - its own
        """Call a short function in a thread, to keep milliseconds from the window's."""
        return self._aside.submit(function, *arguments)

    def in_thread(
        self,
        title: str,
        function: Callable[..., Any],
        *arguments: Any,  # noqa: ANN401 - the function's own
        is_lasting: bool = False,
    ) -> Job:
        """Call function(*arguments, on_progress=, is_cancelled=) in the io thread.

        For work that only reads the store by a connection of its own: exports and statistics.
        `Outcome.result` is what the function returns; on cancelling it raises `Cancelled`. What it
        returns nevertheless counts only where it leaves something that lasts, as exports do.
        """
        job, stop = Job(title, self._cancel), Event()
        if self._is_closed:
            job.end(Outcome(is_cancelled=True))
            return job
        future = self._thread.submit(
            function,
            *arguments,
            on_progress=lambda done, total: self._hub.post(lambda: job.report(done, total)),
            is_cancelled=stop.is_set,
        )
        self._threaded[job] = (stop, future)
        self.job_started.emit(job)

        def done(result: Any) -> None:  # noqa: ANN401 - the function's own
            is_late = stop.is_set() and not is_lasting
            self._end(job, Outcome(is_cancelled=True) if is_late else Outcome(1, result=result))

        self.call(future, done, lambda error: self._end(job, _failure(title, error)))
        return job

    def _end(self, job: Job, outcome: Outcome) -> None:
        self._threaded.pop(job, None)
        job.end(outcome)

    def close(self) -> None:
        """Stop everything and wait for the io thread; whoever made the workers closes them."""
        self._is_closed = True
        for job in self.jobs:
            job.cancel()
        for pool in (self._thread, self._aside):
            pool.shutdown(wait=True, cancel_futures=True)
        for job in tuple(self._threaded):
            self._end(job, Outcome(is_cancelled=True))
        self._hub.close()
