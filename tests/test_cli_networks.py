"""Masks and kinds of pages by added models, ONNX and calibration: the commands, in processes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small_models import small_bert
from small_pictures import small_unet, small_vgg16
from test_cli import answer, proofdesk

from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.installed import installed_model
from model_backend.predictors.device_report import trial


def added(path: Path, name: str, *labels: str) -> None:
    found = recognize(path)
    install(record_of(found, Answers(name=name, labels=labels)), found.files)


def test_pages_get_masks_and_kinds_by_added_models(tmp_path: Path, samples: Path) -> None:
    small_unet(tmp_path / "unet")
    small_vgg16(tmp_path / "vgg16")
    added(tmp_path / "unet", "stamps", "stamp", "signature")
    added(tmp_path / "vgg16", "kinds")
    project = tmp_path / "p.proofdesk"
    answer("import", project, samples / "letter.jpg", "--ocr", "never")
    asked = ("--entities", "none", "--tables", "none", "--masks", "stamps", "--page-class", "kinds")
    said = answer("prelabel", project, *asked, "--device", "cpu")
    assert said["predictors"] == ["none", "none", "stamps", "kinds"]
    assert said["page_classes"] == 1


def test_model_is_written_as_onnx(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "vgg16")
    added(tmp_path / "vgg16", "kinds")
    written = answer("models", "export", "kinds", "--onnx", "--out", tmp_path / "onnx")
    (file,) = written["files"]
    said = proofdesk("models", "export", "kinds", "--onnx", "--int8", "--out", tmp_path / "both")
    assert said.returncode == 0, said.stderr
    assert "model.onnx: " in said.stdout
    assert "allowed 1e-04" in said.stdout
    assert "on the sample page outputs moved by up to" in said.stdout
    assert proofdesk("models", "export", "kinds", "--onnx", "--format", "coco").returncode == 2
    assert file["difference"] <= file["tolerance"]
    assert (tmp_path / "onnx" / "model.onnx").stat().st_size == file["bytes"]
    assert proofdesk("models", "export", "kinds").returncode == 2


def test_model_is_tried_for_the_doctor(tmp_path: Path) -> None:
    small_vgg16(tmp_path / "vgg16")
    added(tmp_path / "vgg16", "kinds")
    found = trial("kinds", "cpu")
    assert (found["name"], found["device"], found["error"]) == ("kinds", "cpu", "")
    assert "%" in found["said"]
    assert found["seconds"] > 0
    weights = installed_model("kinds").files_folder / "vgg16.pth"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert "is not the one that was added" in trial("kinds", "cpu")["error"]
    with pytest.raises(UserError, match="no model nothing"):
        installed_model("nothing")


def test_calibration_is_kept_with_the_model(tmp_path: Path, shared_data: Path) -> None:
    small_bert(tmp_path / "bert")
    added(tmp_path / "bert", "labeller")
    for kind in ("annotations", "images"):
        (tmp_path / "truth" / kind).mkdir(parents=True)
        for path in sorted((shared_data / "funsd" / "training_data" / kind).iterdir())[:2]:
            shutil.copy(path, tmp_path / "truth" / kind)
    asked = ("--truth", tmp_path / "truth", "--format", "funsd")
    found = answer("models", "calibrate", "labeller", *asked)
    assert found["after"] < found["before"]
    assert installed_model("labeller").temperature == found["temperature"] != 1
