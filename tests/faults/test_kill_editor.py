"""An editor killed with signal 9 at any moment loses nothing that was on the screen."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from killed_editor import LONGEST, Editor

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")


@pytest.mark.timeout(300)
def test_killed_editor_keeps_every_acknowledged_edit(tmp_path: Path) -> None:
    chance, editor = random.Random(7), Editor(tmp_path)
    kills = 20
    assert [editor.kill(chance.uniform(0, LONGEST)) for _kill in range(kills)] == [""] * kills
    assert editor.edits > kills


@pytest.mark.long
@pytest.mark.timeout(7200)
def test_editor_killed_many_times_keeps_every_acknowledged_edit(tmp_path: Path) -> None:
    chance = random.Random(8)
    for project in range(40):
        folder = tmp_path / str(project)
        folder.mkdir()
        editor = Editor(folder)
        for _kill in range(50):
            assert editor.kill(chance.uniform(0, LONGEST)) == ""
