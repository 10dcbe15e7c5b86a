"""Whatever call of the system fails, once: the file that was there, or the new one, and no rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model_backend.formats import writable

TESTS = Path(__file__).resolve().parent.parent
EXPORTS = tuple(f"export {name}" for name in writable())
STEPS = (
    "settings",
    "edit",
    "edit without a log",
    "backup",
    "backup without a log",
    "restore",
    "document",
    "copy of the project",
    "record of a model",
    "upgrade",
)

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which makes calls fail, is not installed"
)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which can be forked: it has no threads and no window."""
    path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
    return subprocess.run(
        [sys.executable, str(TESTS / "faults" / "failing_calls.py"), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("steps", [STEPS, EXPORTS], ids=["project", "exports"])
def test_call_that_fails_leaves_the_old_or_the_new(steps: tuple[str, ...]) -> None:
    ended = _run("few", *steps)
    lines = ended.stdout.strip().splitlines()
    assert [line.split(" calls of ")[1] for line in lines[: len(steps)]] == list(steps)
    assert lines[len(steps) :] == []
    assert ended.returncode == 0


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_every_call_that_fails_leaves_the_old_or_the_new() -> None:
    ended = _run()
    assert ended.returncode == 0, ended.stdout[-4000:]
