"""The course of a job: every step is settled once, in order where that matters."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from desktop.errors import DiskFullError
from desktop.jobs.course import Course, Step
from model_backend.errors import UserError


class Pool:
    """Workers whose work ends when the test says so."""

    def __init__(self) -> None:
        self.futures: dict[int, Future[Any]] = {}

    def submit(self, _kind: str, _function: object, number: int, **_more: object) -> Future[Any]:
        self.futures[number] = Future()
        return self.futures[number]


class Numbers:
    title = "Numbers"

    def __init__(self, count: int, refuse: Callable[[int], None] = lambda _number: None) -> None:
        self.total = count
        self._next, self._refuse = 0, refuse
        self.received: list[int] = []
        self.failed: list[tuple[int, str]] = []

    def next_step(self) -> Step | None:
        if self._next == self.total:
            return None
        self._next += 1
        number = self._next - 1
        return Step("batch", abs, (number,), {}, None, f"{number}", number, in_order=number % 5 < 4)

    def receive(self, step: Step, result: int) -> None:
        self._refuse(step.subject)
        self.received.append(result)

    def fail(self, step: Step, error: BaseException) -> None:
        self.failed.append((step.subject, str(error)))

    def result(self) -> list[int]:
        return self.received


def course_of(work: Numbers) -> tuple[Course, Pool]:
    pool = Pool()
    return Course(work, pool, in_flight=20), pool  # type: ignore[arg-type]


def settle(course: Course, pool: Pool, *numbers: int) -> None:
    for number in numbers:
        pool.futures[number].set_result(number)
        course.settle(pool.futures[number])


def test_steps_in_order_wait_for_those_before_them_and_hold_no_place() -> None:
    work = Numbers(30)
    course, pool = course_of(work)
    course.advance()
    settle(course, pool, 3, 2, 4, 1)
    assert work.received == [4]
    assert len(course.waiting) == 16
    course.advance()
    assert len(course.waiting) == 20
    settle(course, pool, 0)
    assert work.received == [4, 0, 1, 2, 3]


def test_what_one_step_in_order_lacks_costs_no_other() -> None:
    def refuse(number: int) -> None:
        if number in (0, 2):
            raise UserError("No room for {number}.", number=number)

    work = Numbers(4, refuse)
    course, pool = course_of(work)
    course.advance()
    settle(course, pool, 3, 2, 1, 0)
    assert work.received == [1, 3]
    assert [number for number, _why in work.failed] == [0, 2]
    outcome = course.outcome()
    assert course.is_finished
    assert (outcome.done, [label for label, _why in outcome.failed]) == (2, ["0", "2"])


@pytest.mark.usefixtures("wanted_bugs")
def test_a_bug_in_one_step_in_order_surfaces_and_the_others_are_settled() -> None:
    def refuse(number: int) -> None:
        if number == 0:
            raise ZeroDivisionError

    work = Numbers(4, refuse)
    course, pool = course_of(work)
    course.advance()
    settle(course, pool, 3, 2, 1)
    with pytest.raises(ZeroDivisionError):
        settle(course, pool, 0)
    assert work.received == [1, 2, 3]
    assert course.is_finished
    assert (course.outcome().done, len(course.outcome().failed)) == (3, 1)


def test_what_stops_a_job_leaves_a_rest() -> None:
    def refuse(number: int) -> None:
        raise DiskFullError("The disk is full: {file}.", file=str(number))

    course, pool = course_of(Numbers(30, refuse))
    course.advance()
    settle(course, pool, 0)
    outcome = course.outcome()
    assert (outcome.has_rest, outcome.is_cancelled, len(outcome.failed)) == (True, False, 1)
    assert course.advance() == ()


def test_full_disk_stops_a_job_that_cannot_even_begin_its_steps() -> None:
    class Full(Numbers):
        def next_step(self) -> Step | None:
            if super().next_step() is None:
                return None
            raise DiskFullError("The disk is full: {file}.", file=f"{self._next}")

    work = Full(30)
    course, _pool = course_of(work)
    assert course.advance() == ()
    outcome = course.outcome()
    assert course.is_finished
    assert outcome.failed == (("", "The disk is full: 1."),)
    assert (outcome.has_rest, outcome.is_cancelled) == (True, False)


def test_full_disk_stops_a_job_that_cannot_note_what_failed() -> None:
    class Full(Numbers):
        def fail(self, step: Step, error: BaseException) -> None:
            super().fail(step, error)
            raise DiskFullError("The disk is full.")

    work = Full(30)
    course, pool = course_of(work)
    course.advance()
    pool.futures[0].set_exception(UserError("Damaged."))
    course.settle(pool.futures[0])
    assert course.advance() == ()
    outcome = course.outcome()
    assert outcome.failed == (("0", "Damaged."), ("0", "The disk is full."))
    assert (outcome.has_rest, course.is_finished) == (True, True)
