"""P27: retraining cannot harm the project.

It reads a frozen version in a process of its own: killed in the middle, or with a full disk, the
project is as it was, and training goes on from what was saved.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from small_disks import small_disk

from desktop.store.promoted import in_use
from model_backend.predictors.form_program import form_program

FORMS = 3


def proofdesk(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "desktop", *map(str, arguments)]


def run(*arguments: object, status: int = 0) -> str:
    done = subprocess.run(
        proofdesk(*arguments), capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def project(shared_data: Path, tmp_path: Path) -> Path:
    """A project with a frozen version of three of FUNSD's forms."""
    source, chosen = shared_data / "funsd" / "training_data", tmp_path / "set" / "training_data"
    for kind in ("annotations", "images"):
        (chosen / kind).mkdir(parents=True)
        for file in sorted((source / kind).iterdir())[:FORMS]:
            shutil.copy(file, chosen / kind)
    folder = tmp_path / "forms.proofdesk"
    run("import-dataset", folder, tmp_path / "set", "--format", "funsd")
    run("freeze", folder, "--name", "one", "--done", "--split", "train=1")
    return folder


def digest(folder: Path) -> str:
    """Of every file of a project."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.relative_to(folder).as_posix().encode())
            found.update(path.read_bytes())
    return found.hexdigest()


def training(project: Path, folder: Path) -> list[object]:
    return [
        *("train", "entities", "--project", project, "--data", "one", "--language", "ko"),
        *("--out", folder / "out", "--work", folder / "work", "--measured", 1, "--device", "cpu"),
    ]


@pytest.mark.long
@pytest.mark.timeout(600)
def test_killed_in_the_middle_it_goes_on_and_the_project_is_untouched(
    project: Path, tmp_path: Path
) -> None:
    before = digest(project)
    command = training(project, tmp_path)
    run(*command, "--minutes", 0)  # begins, saves, stops
    saved = tmp_path / "work" / "training.pt"
    first = saved.read_bytes()
    with subprocess.Popen(
        proofdesk(*command, "--resume"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as going:
        assert going.stdout is not None
        for line in going.stdout:
            if line.startswith("Step 20 "):
                break
        os.killpg(going.pid, signal.SIGKILL)
        going.wait()
    assert digest(project) == before
    assert saved.read_bytes() == first  # the last that was saved whole
    assert not (tmp_path / "out").exists()
    said = run(*command, "--resume")
    assert "entity F1" in said
    assert form_program(tmp_path / "out" / "entities_korean.onnx").pieces.are_characters
    assert digest(project) == before
    assert in_use(project) == {}  # nothing is used before somebody promotes it


def test_a_full_disk_is_told_and_leaves_project_and_disk_as_they_were(
    project: Path, tmp_path: Path
) -> None:
    before = digest(project)
    with small_disk(tmp_path / "disk", "12m") as disk:
        said = run(*training(project, disk), "--minutes", 0, status=1)
        assert "cannot be saved" in said
        assert "training.pt" in said
        assert list((disk / "work").iterdir()) == []
    assert digest(project) == before
