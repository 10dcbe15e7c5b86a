"""Jobs of all kinds while their processes are killed, or are stopped at random moments."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from cancelled_jobs import KINDS, Cancels
from killed_jobs import MOST_AT_ONCE, Jobs

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    made = Jobs(share=0.1)
    yield made
    assert made.close() == ""


def run(jobs: Jobs, count: int, each_round: int) -> Counter[str]:
    """Start so many jobs, count after each round; the sums of all."""
    sums: Counter[str] = Counter()
    for number in range(count):
        jobs.start(number)
        assert jobs.settle(MOST_AT_ONCE) == ""
        if (number + 1) % each_round == 0:
            assert jobs.check() == ""
            sums += jobs.counts
    return sums


@pytest.mark.timeout(300)
def test_every_job_ends_once_and_nothing_is_left(jobs: Jobs) -> None:
    sums = run(jobs, 80, 40)
    assert sums.total() == sums["done"] + sums["failed"] + sums["cancelled"] == 80
    assert jobs.kills.total() > 4


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_each_of_many_jobs_ends_once_and_nothing_is_left(jobs: Jobs) -> None:
    assert run(jobs, 2000, 100).total() == 2000


@pytest.fixture
def cancels(tmp_path: Path) -> Iterator[Cancels]:
    made = Cancels(tmp_path)
    yield made
    made.close()


def stop(cancels: Cancels, count: int) -> dict[int, str]:
    """What was wrong, by the number of the stop."""
    said = {
        number: cancels.cancel(KINDS[number % len(KINDS)], Random(number).uniform(0, 0.8))
        for number in range(count)
    }
    return {number: problem for number, problem in said.items() if problem}


@pytest.mark.timeout(300)
def test_nothing_arrives_from_a_job_that_was_stopped(cancels: Cancels) -> None:
    assert stop(cancels, 2 * len(KINDS)) == {}
    assert len(cancels.idle) > 8


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_nothing_arrives_from_any_of_many_jobs_that_were_stopped(cancels: Cancels) -> None:
    assert stop(cancels, 500) == {}
