"""What the doctor says about models: in words, with commands that help."""

from __future__ import annotations

import subprocess

import pytest

from desktop import doctor_models
from desktop.doctor import Verdict
from model_backend import runtime
from model_backend.predictors import device_report

CPU_TORCH = {"version": "2.13.0", "devices": {"cpu": "2 threads"}, "error": ""}
CPU_ONNX = {
    "version": "1.31",
    "builds": ["onnxruntime"],
    "providers": {"CPUExecutionProvider": ""},
    "error": "",
}


def test_card_that_torch_and_onnxruntime_cannot_use_has_commands() -> None:
    (fine,) = doctor_models.torch_findings(CPU_TORCH, has_card=False)
    assert fine.verdict is Verdict.OK
    assert "models use the CPU" in fine.text
    _fine, note = doctor_models.torch_findings(CPU_TORCH, has_card=True)
    assert note.verdict is Verdict.NOTE
    assert "download.pytorch.org" in note.remedy
    _fine, note = doctor_models.onnx_findings(CPU_ONNX, has_card=True)
    assert note.remedy.startswith("pip uninstall -y onnxruntime && pip install onnxruntime-gpu")
    devices = {"cuda": "H200, 140 GB", "cpu": "16 threads"}
    (fine,) = doctor_models.torch_findings({**CPU_TORCH, "devices": devices}, has_card=True)
    assert "models use the NVIDIA card" in fine.text


def test_broken_and_doubled_builds_are_told() -> None:
    broken = {
        **CPU_ONNX,
        "builds": ["onnxruntime", "onnxruntime-gpu"],
        "providers": {"CUDAExecutionProvider": "no driver", "CPUExecutionProvider": ""},
    }
    fine, driver, doubled = doctor_models.onnx_findings(broken, has_card=True)
    assert fine.text.endswith("on CPUExecutionProvider")
    assert "CUDAExecutionProvider is there, but does not work: no driver" in driver.text
    assert "pip uninstall -y onnxruntime onnxruntime-gpu" in doubled.remedy
    (gone,) = doctor_models.onnx_findings({"error": "libcudart is missing"}, has_card=False)
    assert gone.verdict is Verdict.NOTE
    (gone,) = doctor_models.torch_findings({"error": "not installed"}, has_card=True)
    assert gone.remedy == "pip install -e '.[torch]'"


def test_each_model_is_told_on_each_device() -> None:
    found = {"name": "funsd", "device": "cpu", "said": "entities: 3", "seconds": 1.25, "error": ""}
    fine, broken = doctor_models.model_findings([found, {**found, "error": "it was changed"}])
    assert fine.text == "funsd on the CPU: the sample page in 1.25 s (entities: 3)"
    assert broken.verdict is Verdict.NOTE
    assert "it was changed" in broken.text
    (none,) = doctor_models.model_findings([])
    assert none.verdict is Verdict.OK


def test_libraries_that_crash_do_not_end_the_doctor(monkeypatch: pytest.MonkeyPatch) -> None:
    crashed = subprocess.CompletedProcess((), -11, "", "Fatal Python error: Segmentation fault")
    monkeypatch.setattr(doctor_models, "run", lambda *_command, **_options: crashed)
    (note,) = doctor_models.models()
    assert note.verdict is Verdict.NOTE
    assert "Segmentation fault" in note.text


def test_provider_of_this_machine_calculates(monkeypatch: pytest.MonkeyPatch) -> None:
    found = device_report.onnx_providers()
    assert found["providers"]["CPUExecutionProvider"] == ""
    monkeypatch.setattr(device_report, "PROGRAM", device_report.PROGRAM[:40])
    assert "onnxruntime refuses" in device_report.provider_trial(runtime.CPU)
