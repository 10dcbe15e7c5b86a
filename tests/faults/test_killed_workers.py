"""Processes that are killed, hang, or outlive their parent."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from model_backend import sources
from model_backend.service import TookTooLong, WorkerDied, Workers

ROOT = Path(__file__).resolve().parents[2]
HANGING = (re.compile(r"(a+)+$").match, "a" * 60 + "b")
"""A C function that never returns and never lets another thread of its process run."""


@pytest.fixture
def workers() -> Iterator[Workers]:
    made = Workers(batch=1)
    yield made
    made.close()


def gone(pid: int, seconds: float = 5.0) -> bool:
    """Whether the process ends within that time (a zombie has ended)."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def child_of(pid: int) -> int:
    """Process id of the one child that a process starts."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if children := psutil.Process(pid).children():
            return children[0].pid
        time.sleep(0.02)
    raise AssertionError("no child was started")


@pytest.mark.parametrize("kind", ["view", "batch", "model"])
def test_killed_process_fails_one_future_and_the_next_works(workers: Workers, kind: str) -> None:
    pid = workers.submit(kind, os.getpid).result(60)  # type: ignore[arg-type]
    running = workers.submit(kind, time.sleep, 60)  # type: ignore[arg-type]
    waiting = workers.submit(kind, abs, -4)  # type: ignore[arg-type]
    time.sleep(0.2)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerDied):
        running.result(10)
    assert waiting.result(60) == 4


def test_process_killed_while_idle_is_not_noticed(workers: Workers, samples: Path) -> None:
    workers.warm_up(["view"])
    pid = workers.submit("view", os.getpid).result(60)
    os.kill(pid, signal.SIGKILL)
    assert gone(pid)
    time.sleep(0.05)
    start = time.monotonic()
    picture = workers.submit_picture("view", samples / "report.pdf", 0, scale=1.0).result(60)
    assert time.monotonic() - start < 5.0
    picture.discard()


def test_process_that_hangs_in_c_is_stopped_in_time(workers: Workers) -> None:
    workers.submit("view", abs, 1).result(60)
    start = time.monotonic()
    with pytest.raises(TookTooLong):
        workers.submit("view", re.fullmatch, r"(a+)+$", HANGING[1], timeout=0.5).result(60)
    assert time.monotonic() - start < 2.0
    assert workers.submit("view", abs, -6).result(60) == 6


def test_children_die_with_a_killed_process(workers: Workers) -> None:
    pid = workers.submit("model", os.getpid).result(60)
    running = workers.submit("model", subprocess.run, ["sleep", "60"])
    child = child_of(pid)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(WorkerDied):
        running.result(10)
    assert gone(child)


@pytest.mark.parametrize("ending", ["cancel", "limit"])
def test_children_die_with_their_work(workers: Workers, ending: str) -> None:
    pid = workers.submit("model", os.getpid).result(60)
    running = workers.submit("model", subprocess.run, ["sleep", "60"], timeout=1.0)
    child = child_of(pid)
    if ending == "cancel":
        running.cancel()
    assert gone(child)
    assert workers.submit("model", abs, -5).result(60) == 5


ORPHAN = """
import re, subprocess, sys, time
from model_backend.service import Workers
workers = Workers()
import os
print(workers.submit("model", os.getpid).result(60), flush=True)
if sys.argv[1] == "child":
    workers.submit("model", subprocess.run, ["sleep", "60"])
time.sleep(60)
"""


@pytest.mark.parametrize("what", ["idle", "child"])
def test_processes_die_with_a_killed_parent(what: str, tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, what],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    watched = [pid, child_of(pid)] if what == "child" else [pid]
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert all(gone(each) for each in watched)
    assert list(tmp_path.iterdir()) == []


def test_every_future_ends_once_under_random_kills(workers: Workers) -> None:
    pid = workers.submit("model", os.getpid).result(60)
    ended: list[str] = []
    futures = [workers.submit("model", time.sleep, 0.01) for _ in range(60)]
    for future in futures:
        future.add_done_callback(lambda done: ended.append(type(done.exception()).__name__))
    for _ in range(3):
        time.sleep(0.05)
        for pid in workers.pids("model"):
            os.kill(pid, signal.SIGKILL)
        workers.submit("model", abs, 1).exception(60)
    for future in futures:
        future.exception(60)
    assert len(ended) == 60
    assert set(ended) <= {"NoneType", "WorkerDied"}
    assert 1 <= ended.count("WorkerDied") <= 3


def test_page_that_kills_its_process_leaves_the_others(workers: Workers, samples: Path) -> None:
    good = [workers.submit("batch", sources.read_page, samples / "report.pdf", n) for n in (0, 1)]
    bad = workers.submit("batch", os._exit, 3)
    more = workers.submit("batch", sources.read_page, samples / "report.pdf", 2)
    assert all(future.result(60).words for future in good)
    with pytest.raises(WorkerDied):
        bad.result(60)
    assert more.result(60).words
