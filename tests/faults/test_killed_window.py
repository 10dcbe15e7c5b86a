"""A window killed while idle, in a drag or in a text keeps what was saved, and no half edit."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page
from PIL import Image

from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of

TESTS = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal 9")
@pytest.mark.parametrize("moment", ["idle", "drag", "text"])
def test_killed_window_keeps_what_was_saved_and_no_half_edit(tmp_path: Path, moment: str) -> None:
    picture = tmp_path / "scan.png"
    Image.new("RGB", (600, 800), "white").save(picture)
    with Store.create(tmp_path / "p.proofdesk") as store:
        store.add_document(picture, document_of(1), [full_page()], read=True)
        before = store.page(1)
    path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
    command = [
        sys.executable,
        str(TESTS / "faults" / "killed_window.py"),
        str(store.folder),
        moment,
    ]
    environment = {**os.environ, "PYTHONPATH": path, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as window:
        assert window.stdout is not None
        assert window.stdout.readline() == f"{moment}\n"
        window.kill()
    with Store.open(store.folder) as again:
        assert again.page(1) == replace(before, note="saved")
        assert len(again.revisions()) == 1
        assert again.damaged == set()
    assert problem_of(store.folder / FILE) == ""
