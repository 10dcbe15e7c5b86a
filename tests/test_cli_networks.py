"""Masks and kinds of pages by added models, ONNX and calibration: the commands, in processes."""

from __future__ import annotations

import shutil
from pathlib import Path

from small_pictures import small_unet, small_vgg16
from test_cli import answer, proofdesk


def test_pages_get_masks_and_kinds_and_models_are_written(tmp_path: Path, samples: Path) -> None:
    small_unet(tmp_path / "stamps")
    small_vgg16(tmp_path / "kinds")
    added = answer(
        "models", "add", tmp_path / "stamps", "--labels", "stamp,signature", "--name", "stamps"
    )
    assert (added["network"], added["task"]) == ("unet", "masks")
    added = answer("models", "add", tmp_path / "kinds", "--name", "kinds")
    assert (added["network"], added["task"]) == ("vgg16", "page class")
    project = tmp_path / "p.proofdesk"
    answer("import", project, samples / "letter.jpg")
    asked = ("--entities", "none", "--tables", "none", "--masks", "stamps", "--page-class", "kinds")
    said = answer("prelabel", project, *asked, "--device", "cpu")
    assert said["predictors"] == ["none", "none", "stamps", "kinds"]
    assert said["page_classes"] == 1
    assert "There is no device gpu" in proofdesk("prelabel", project, "--device", "gpu").stderr
    written = answer("models", "export", "kinds", "--onnx", "--out", tmp_path / "onnx")
    (file,) = written["files"]
    assert file["difference"] <= file["tolerance"]
    assert (tmp_path / "onnx" / "model.onnx").stat().st_size == file["bytes"]
    assert proofdesk("models", "export", "kinds").returncode == 2
    checks = answer("doctor")["checks"]
    tried = [item["text"] for item in checks if item["name"] == "Models"]
    assert [text.split(":")[0] for text in tried] == ["kinds on the CPU", "stamps on the CPU"]


def test_calibration_is_kept_with_the_model(tmp_path: Path, shared_data: Path) -> None:
    from small_models import small_bert

    small_bert(tmp_path / "forms")
    answer("models", "add", tmp_path / "forms", "--licence", "mit")
    for kind in ("annotations", "images"):
        (tmp_path / "truth" / kind).mkdir(parents=True)
        for path in sorted((shared_data / "funsd" / "training_data" / kind).iterdir())[:2]:
            shutil.copy(path, tmp_path / "truth" / kind)
    asked = ("--truth", tmp_path / "truth", "--format", "funsd")
    found = answer("models", "calibrate", "forms", *asked)
    assert found["after"] < found["before"]
    (model,) = answer("models", "list")["models"]
    assert model["temperature"] == found["temperature"] != 1
