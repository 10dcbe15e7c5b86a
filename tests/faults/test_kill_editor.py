"""An editor killed with signal 9 at any moment loses nothing that was on the screen."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from killed_editor import LONGEST, Editor
from scripted_editor import PHASES

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")


@pytest.mark.timeout(300)
def test_killed_editor_keeps_every_acknowledged_edit(tmp_path: Path) -> None:
    chance, editor = random.Random(7), Editor(tmp_path)
    phases = (*PHASES, "edit", "edit", "edit", *PHASES, "edit", "edit", "edit", "edit")
    found = [editor.kill(chance.uniform(0, LONGEST[phase]), phase) for phase in phases]
    assert found == [""] * len(phases)
    assert editor.edits > 2


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_editor_killed_many_times_keeps_every_acknowledged_edit(tmp_path: Path) -> None:
    chance = random.Random(8)
    for project in range(40):
        folder = tmp_path / str(project)
        folder.mkdir()
        editor = Editor(folder)
        for _kill in range(50):
            phase = chance.choice(PHASES)
            assert editor.kill(chance.uniform(0, LONGEST[phase]), phase) == ""
