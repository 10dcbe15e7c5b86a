"""What `proofdesk doctor` says about models: what they run on, and how each does here."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from desktop.doctor import Finding, Verdict, last_line, run

SECONDS = 900
"""For loading and trying all models."""
NAMES = {"cuda": "the NVIDIA card", "mps": "Apple's graphics processor", "cpu": "the CPU"}
TORCH_GPU = "pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cu126"
ONNX_GPU = (
    "pip uninstall -y onnxruntime && pip install onnxruntime-gpu"
    " (the same module; Proofdesk works with either)"
)
ONNX_DIRECTML = (
    "pip uninstall -y onnxruntime && pip install onnxruntime-directml"
    " (the same module; Proofdesk works with either)"
)


def models() -> Iterator[Finding]:
    """Devices, providers and added models, tried in a process of their own."""
    said = run(sys.executable, "-m", "model_backend.predictors.device_report", seconds=SECONDS)
    if said.returncode:
        text = "their libraries end the process: " + last_line(said.stderr)
        remedy = "models do not run; everything else works. Install torch and onnxruntime again"
        yield Finding("Models", Verdict.NOTE, text, remedy)
        return
    found = json.loads(said.stdout)
    has_card = shutil.which("nvidia-smi") is not None and not run("nvidia-smi", "-L").returncode
    yield from torch_findings(found["torch"], has_card=has_card)
    yield from onnx_findings(found["onnxruntime"], has_card=has_card)
    yield from model_findings(found["models"])


def torch_findings(found: Mapping[str, Any], *, has_card: bool) -> Iterator[Finding]:
    """What torch runs on: models run in it."""
    if found["error"]:
        text = f"{found['error']}; only training and added models need it"
        yield Finding("torch", Verdict.NOTE, text, "pip install -e '.[torch]'")
        return
    devices = found["devices"]
    shown = ", ".join(f"{NAMES[name]} ({what})" for name, what in devices.items())
    best = next(iter(devices))
    text = f"{found['version']} runs on {shown}; models use {NAMES[best]}"
    yield Finding("torch", Verdict.OK, text)
    if has_card and "cuda" not in devices:
        text = "there is an NVIDIA card, but this build of torch cannot use it"
        yield Finding("torch", Verdict.NOTE, text, TORCH_GPU)


def onnx_findings(found: Mapping[str, Any], *, has_card: bool) -> Iterator[Finding]:
    """What onnxruntime runs on: programs that were exported, and layout on digital pages."""
    if found["error"]:
        text = f"cannot be loaded: {found['error']}"
        yield Finding(
            "onnxruntime", Verdict.NOTE, text, "pip install --force-reinstall onnxruntime"
        )
        return
    working = [name for name, wrong in found["providers"].items() if not wrong]
    text = f"{found['version']} runs programs on {', '.join(working) or 'nothing'}"
    yield Finding("onnxruntime", Verdict.OK, text)
    for name, wrong in found["providers"].items():
        if wrong:
            text = f"{name} is there, but does not work: {wrong}"
            yield Finding("onnxruntime", Verdict.NOTE, text, "install the driver that it asks for")
    if len(found["builds"]) > 1:
        text = f"several builds are installed over one another: {', '.join(found['builds'])}"
        remedy = f"pip uninstall -y {' '.join(found['builds'])}, then install one of them"
        yield Finding("onnxruntime", Verdict.NOTE, text, remedy)
    if has_card and "CUDAExecutionProvider" not in found["providers"]:
        text = "there is an NVIDIA card, but this build of onnxruntime cannot use it"
        yield Finding("onnxruntime", Verdict.NOTE, text, ONNX_GPU)
    elif sys.platform == "win32" and "DmlExecutionProvider" not in found["providers"]:
        text = "this build of onnxruntime uses no graphics card"
        yield Finding("onnxruntime", Verdict.NOTE, text, ONNX_DIRECTML)


def model_findings(found: list[Mapping[str, Any]]) -> Iterator[Finding]:
    """How each model did on its sample page, on each device; it uses the first."""
    if not found:
        text = "none was added; predictors that come with Proofdesk need none"
        yield Finding("Models", Verdict.OK, text)
    for item in found:
        where = NAMES[item["device"]]
        if item["error"]:
            text = f"{item['name']} does not run on {where}: {item['error']}"
            remedy = f"proofdesk models test {item['name']}"
            yield Finding("Models", Verdict.NOTE, text, remedy)
        else:
            text = f"{item['name']} on {where}: the sample page in {item['seconds']:.2f} s"
            yield Finding("Models", Verdict.OK, f"{text} ({item['said']})")
