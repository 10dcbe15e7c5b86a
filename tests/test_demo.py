"""The main job on the samples, as a new user's machine does it without a display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from pycocotools.coco import COCO

from desktop.screenshot import without_screenshot


def _demo(out: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-m", "desktop", "demo", "--out", str(out), "--json"],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env=environment,
    )


@pytest.mark.window
@pytest.mark.timeout(300)
def test_demo_makes_a_project_data_sets_and_a_picture_of_the_window(tmp_path: Path) -> None:
    out = tmp_path / "demo"
    done = _demo(out)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["ok"]
    assert (out / "samples.proofdesk" / "project.sqlite").is_file()
    for form in (out / "funsd" / "annotations").iterdir():
        assert json.loads(form.read_text())["form"]
    files = list((out / "coco").rglob("*.json"))
    data = max((COCO(str(file)) for file in files), key=lambda data: len(data.anns))
    assert len(data.imgs) == 6
    assert len(data.anns) > 20
    assert list((out / "pubtables").rglob("*.xml"))
    with Image.open(out / "screenshot.png", formats=["PNG"]) as picture:
        assert min(picture.size) >= 600
        colors = picture.convert("RGB").getcolors(maxcolors=picture.width * picture.height)
    assert colors is not None
    assert len(colors) > 500


def test_demo_never_replaces_what_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("mine")
    done = _demo(tmp_path)
    assert done.returncode == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]
    assert "--out" in done.stderr


def test_screenshot_option_is_taken_out_of_the_arguments() -> None:
    assert without_screenshot(["a.proofdesk", "--screenshot", "b.png"]) == (
        ["a.proofdesk"],
        Path("b.png"),
    )
    assert without_screenshot(["a.proofdesk"]) == (["a.proofdesk"], None)
    assert without_screenshot(["--screenshot"]) == ([], None)
