"""What a job is: steps for the worker processes, and what becomes of their results; no Qt."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from desktop.errors import DiskFullError, UserError, explain, known_error
from desktop.jobs.pages import own_name
from model_backend.worker import NoWorker

if TYPE_CHECKING:
    from model_backend.service import Workers
    from model_backend.worker_process import Kind


OnProgress = Callable[[int, int], None]
"""Called with how many steps are done and how many there are, as far as is known."""


@dataclass(frozen=True)
class Step:
    """One piece of work for one worker process; `label` names it to people, `file` its file where
    the label says more than that. Those that are `in_order` are settled in the order in which they
    were handed out, whichever is done first."""

    kind: Kind
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    label: str = ""
    subject: Any = None
    file: str = ""
    in_order: bool = False


@dataclass(frozen=True)
class Outcome:
    """How a job ended: what was done, what failed and why; `result` is what the whole job made.

    `has_rest`: it was stopped by what failed, so that there is more that was not even tried.
    """

    done: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    is_cancelled: bool = False
    result: Any = None
    has_rest: bool = False


class Work(Protocol):
    """A job: hands out steps, takes their results. Everything here runs in the owner's thread."""

    @property
    def title(self) -> str:
        """What people see, in their language."""

    @property
    def total(self) -> int:
        """How many steps there are, as far as is known."""

    def next_step(self) -> Step | None:
        """The next step that can be taken now; None when there is none before a result arrives."""

    def receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - each work knows its own
        """Put the result of a step where it belongs."""

    def fail(self, step: Step, error: BaseException) -> None:
        """Take notice that a step failed."""

    def result(self) -> Any:  # noqa: ANN401 - each work knows its own
        """What the whole job made, for its outcome."""


class Course:
    """One work under way: keeps steps in flight, settles each exactly once, counts."""

    def __init__(self, work: Work, workers: Workers, *, in_flight: int | None = None) -> None:
        self.work = work
        self._workers = workers
        self._limit = in_flight or 2 * (os.cpu_count() or 1)
        self._steps: dict[Future[Any], Step] = {}
        self._held: set[Future[Any]] = set()
        """Finished, but in order after one that is not."""
        self._done = 0
        self._failed: list[tuple[str, str]] = []
        self._is_cancelled = self._is_stopped = False

    def advance(self) -> tuple[Future[Any], ...]:
        """Submit steps until enough are in flight; the new futures."""
        new = []
        while not self._is_stopped and len(self.waiting) < self._limit:
            try:
                step = self.work.next_step()
            except (UserError, OSError) as error:
                # The project's copy of a file is gone, say: that step fails, the next one goes on.
                self._failed.append(("", explain(error)))
                self._stop_if_full(error)
                continue
            if step is None:
                break
            future = self._workers.submit(
                step.kind, step.function, *step.arguments, timeout=step.timeout, **step.options
            )
            self._steps[future] = step
            new.append(future)
        return tuple(new)

    def settle(self, future: Future[Any]) -> None:
        """Take one finished future: its result to the work, its failure to the list."""
        step = self._steps.get(future)
        if step is None:
            return
        if future.cancelled():
            # Not by us: the workers are closing, so nothing more can be done.
            self.cancel()
        elif step.in_order:
            self._held.add(future)
            self._settle_in_order()
        else:
            self._settle(future)

    def _settle_in_order(self) -> None:
        bugs = []
        while (first := self._first_in_order()) in self._held:
            try:
                self._settle(first)
            except Exception as bug:  # those after it have their turn all the same
                bugs.append(bug)
        if bugs:
            raise bugs[0]

    def _first_in_order(self) -> Future[Any]:
        return next((future for future, step in self._steps.items() if step.in_order), Future())

    def _settle(self, future: Future[Any]) -> None:
        step = self._steps.pop(future)
        self._held.discard(future)
        error = future.exception()
        if isinstance(error, NoWorker):
            self.give_up(error)
        elif error is None:
            self._receive(step, future.result())
        else:
            self._fail(step, error)

    def _receive(self, step: Step, result: Any) -> None:  # noqa: ANN401 - see Work
        try:
            self.work.receive(step, result)
        except Exception as error:
            self._fail(step, error)
            if not isinstance(error, (UserError, OSError)):
                raise
        else:
            self._done += 1

    def _fail(self, step: Step, error: BaseException) -> None:
        self._note(step, error)
        self._stop_if_full(error)

    def _stop_if_full(self, error: BaseException) -> None:
        """It is said once: all further steps would fail for the same reason."""
        if isinstance(known_error(error) or error, DiskFullError):
            self._stop()

    def _note(self, step: Step, error: BaseException) -> None:
        self._failed.append((step.label, own_name(explain(error), step.file or step.label)))
        try:
            self.work.fail(step, error)
        except UserError as further:  # what failed could not even be noted: the disk is full, say
            if not isinstance(known_error(error) or error, type(further)):
                self._failed.append((step.label, str(further)))
                self._stop_if_full(further)

    def cancel(self) -> None:
        """Stop: nothing new is submitted, what runs is killed, what arrives is ignored."""
        self._is_cancelled = True
        self._stop()

    def give_up(self, error: BaseException) -> None:
        """Stop since nothing more can be done: one failure, that of the whole work."""
        self._failed.append((self.work.title, explain(error)))
        self._stop()

    def _stop(self) -> None:
        self._is_stopped = True
        for future in tuple(self._steps):
            future.cancel()
        self._steps.clear()
        self._held.clear()

    @property
    def waiting(self) -> tuple[Future[Any], ...]:
        """The futures in flight."""
        return tuple(future for future in self._steps if future not in self._held)

    @property
    def is_finished(self) -> bool:
        """Whether nothing is in flight (ask after `advance`)."""
        return not self._steps

    @property
    def progress(self) -> tuple[int, int]:
        """Steps settled, and steps in all as far as is known."""
        settled = self._done + len(self._failed)
        return settled, max(self.work.total, settled + len(self._steps))

    def outcome(self) -> Outcome:
        """How it ended."""
        return replace(self.outcome_without_result(), result=self.work.result())

    def outcome_without_result(self) -> Outcome:
        """How it ended, whatever it made."""
        has_rest = self._is_stopped and not self._is_cancelled
        return Outcome(self._done, tuple(self._failed), self._is_cancelled, has_rest=has_rest)


def run(work: Work, workers: Workers, on_progress: OnProgress | None = None) -> Outcome:
    """Do all of it and wait: the command line's driver. Ctrl+C cancels and is raised again."""
    course = Course(work, workers)
    try:
        course.advance()
        while not course.is_finished:
            for future in wait(course.waiting, return_when=FIRST_COMPLETED).done:
                course.settle(future)
                if on_progress:
                    on_progress(*course.progress)
            course.advance()
    except BaseException:
        course.cancel()
        raise
    return course.outcome()
