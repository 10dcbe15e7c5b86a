"""The story of a scan through the real application, in a real window."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

STORY = Path(__file__).with_name("story.py")


@pytest.mark.window
@pytest.mark.timeout(240)
def test_story_in_a_real_window(display: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(STORY), "-q", "-x", "-p", "no:cacheprovider"],
        env={**os.environ, "QT_QPA_PLATFORM": "xcb", "DISPLAY": display},
        cwd=STORY.parents[2],
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "1 passed" in done.stdout
