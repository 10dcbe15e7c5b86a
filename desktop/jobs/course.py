"""What a job is: steps for the worker processes, and what becomes of their results; no Qt."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from desktop.errors import UserError, explain, known_error
from desktop.jobs.pages import own_name

if TYPE_CHECKING:
    from model_backend.service import Workers
    from model_backend.worker_process import Kind

log = logging.getLogger(__name__)

OnProgress = Callable[[int, int], None]
"""Called with how many steps are done and how many there are, as far as is known."""


@dataclass(frozen=True)
class Step:
    """One piece of work for one worker process; `label` names it to people."""

    kind: Kind
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    timeout: float | None = None
    label: str = ""
    subject: Any = None


@dataclass(frozen=True)
class Outcome:
    """How a job ended: what was done, what failed and why; `result` is what the whole job made."""

    done: int = 0
    failed: tuple[tuple[str, str], ...] = ()
    is_cancelled: bool = False
    result: Any = None


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
        self._done = 0
        self._failed: list[tuple[str, str]] = []
        self._is_cancelled = False
        self._has_bug = False

    def advance(self) -> tuple[Future[Any], ...]:
        """Submit steps until enough are in flight; the new futures."""
        new = []
        while not self._is_cancelled and len(self._steps) < self._limit:
            try:
                step = self.work.next_step()
            except UserError as error:
                # The project's copy of a file is gone, say: that step fails, the next one goes on.
                self._failed.append(("", str(error)))
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
        step = self._steps.pop(future, None)
        if step is None or self._is_cancelled:
            return
        if future.cancelled():
            # Not by us: the workers are closing, so nothing more can be done.
            self.cancel()
            return
        error = future.exception()
        if error is None:
            error = self._receive(step, future.result())
        if error is None:
            self._done += 1
        else:
            self._note(step, error)

    def _receive(self, step: Step, result: Any) -> Exception | None:  # noqa: ANN401 - see Work
        try:
            self.work.receive(step, result)
        except UserError as error:
            return error
        except OSError as error:
            return error
        return None

    def _note(self, step: Step, error: BaseException) -> None:
        is_bug = known_error(error) is None and not isinstance(error, UserError)
        if is_bug and not self._has_bug:
            log.error("%s: %s", self.work.title, step.label, exc_info=error)
            self._has_bug = True
        self._failed.append((step.label, own_name(explain(error), step.label)))
        try:
            self.work.fail(step, error)
        except UserError as further:  # what failed could not even be noted: the disk is full, say
            self._failed.append((step.label, str(further)))

    def cancel(self) -> None:
        """Stop: nothing new is submitted, what runs is killed, what arrives is ignored."""
        self._is_cancelled = True
        for future in tuple(self._steps):
            future.cancel()
        self._steps.clear()

    @property
    def waiting(self) -> tuple[Future[Any], ...]:
        """The futures in flight."""
        return tuple(self._steps)

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
        return Outcome(self._done, tuple(self._failed), self._is_cancelled, self.work.result())


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
