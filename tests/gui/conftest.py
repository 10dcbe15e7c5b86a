"""A display of its own for tests that need a real window, and the real application."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from canvas_stand import stand

__all__ = ["display", "stand"]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """An X server without a screen, started for these tests alone."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.fail("Xvfb is not installed; `make test` installs it (package xvfb)")
    reading, writing = os.pipe()
    command = [
        server,
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
    ]
    with open(os.devnull, "wb") as nowhere:
        process = subprocess.Popen(command, pass_fds=[writing], stderr=nowhere)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    try:
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(10)
