"""Every edit that was said to be saved is there after a power cut, whatever was not synced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lost_power import EDITS, Recording

from desktop.store.store import FILE

pytestmark = pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace, which records what is written, is not installed"
)


@pytest.mark.parametrize("cuts", [25, pytest.param(500, marks=pytest.mark.long)])
@pytest.mark.timeout(1200)
def test_lost_power_takes_no_edit_that_was_saved(tmp_path: Path, cuts: int) -> None:
    recording = Recording(tmp_path)
    kinds = [step.kind for step in recording.steps]
    assert kinds.count("said") == EDITS
    assert kinds.count("sync") >= EDITS
    assert any(step.kind == "write" and step.file == FILE for step in recording.steps)
    assert [recording.cut(number) for number in range(cuts)] == [""] * cuts


def test_edits_that_were_not_synced_would_be_missed(tmp_path: Path) -> None:
    """The cuts find what they are for: without its syncs the same recording loses edits."""
    recording = Recording(tmp_path)
    recording.steps = [step for step in recording.steps if step.kind != "sync"]
    assert any(recording.cut(number) for number in range(25))
