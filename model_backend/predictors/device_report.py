"""What models can run on here, tried: for `proofdesk doctor`, from a process of its own."""

from __future__ import annotations

import base64
import importlib.metadata
import importlib.util
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from model_backend import registry, runtime
from model_backend.errors import UserError
from model_backend.installed import installed_models
from model_backend.predictors.predicting import predict_pages
from model_backend.predictors.self_test import sample_page, summary_of

PROGRAM = base64.b64decode(
    "CAg6RAoRCgF4CgF4EgF5IgZNYXRNdWwSBXRyaWFsWhMKAXgSDgoM"
    "CAESCAoCCAIKAggCYhMKAXkSDgoMCAESCAoCCAIKAggCQgQKABAR"
)
"""An ONNX program: y = x x, for x of 2 x 2."""
BUILDS = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")
"""Packages that all bring the same module: of two, the one installed last is there."""


def report() -> dict[str, Any]:
    """What torch and onnxruntime find, and how each added model does on its sample page."""
    runtime.settle_threads()
    devices = torch_devices()
    return {
        "torch": devices,
        "onnxruntime": onnx_providers(),
        "models": [
            trial(model.name, device)
            for model in installed_models()
            for device in devices["devices"]
        ],
    }


def torch_devices() -> dict[str, Any]:
    """The version of torch and its devices by name, each in words; `error` where it is not to be
    had.
    """
    if importlib.util.find_spec("torch") is None:
        return {"devices": {}, "error": "not installed"}
    try:
        import torch
    except OSError as error:
        return {"devices": {}, "error": str(error)[:200]}
    found = {}
    if torch.cuda.is_available():
        gigabytes = torch.cuda.get_device_properties(0).total_memory / 1e9
        found[runtime.CUDA] = f"{torch.cuda.get_device_name(0)}, {gigabytes:.0f} GB"
    if torch.backends.mps.is_available():
        found[runtime.MPS] = "Apple's graphics processor"
    found[runtime.CPU] = f"{runtime.thread_count()} threads"
    return {"version": torch.__version__, "devices": found, "error": ""}


def onnx_providers() -> dict[str, Any]:
    """The version and builds of onnxruntime, and what is wrong with each of its providers."""
    builds = [name for name in BUILDS if _is_installed(name)]
    try:
        import onnxruntime
    except (ImportError, OSError) as error:
        return {"builds": builds, "providers": {}, "error": str(error)[:200]}
    there = onnxruntime.get_available_providers()
    known = {name: provider for name, provider in runtime.PROVIDERS.items() if provider in there}
    found = {provider: provider_trial(name) for name, provider in known.items()}
    return {
        "version": onnxruntime.__version__,
        "builds": builds,
        "providers": found,
        "error": "",
    }


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def provider_trial(device: str) -> str:
    """What is wrong with a device of onnxruntime; empty where a program runs on it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.onnx"
        path.write_bytes(PROGRAM)
        try:
            session = runtime.session(path, device=device)
        except UserError as error:
            return str(error)
        import numpy as np

        (said,) = session.run(None, {"x": np.array([[1, 2], [3, 4]], np.float32)})
        used = session.get_providers()
    if used[0] != runtime.PROVIDERS[device]:
        return f"{runtime.PROVIDERS[device]} cannot be started; {used[0]} is used instead"
    return "" if said.tolist() == [[7, 10], [15, 22]] else "it calculates wrongly"


def trial(name: str, device: str) -> dict[str, Any]:
    """An added model on the sample page of its task: seconds (loading left out) and what it says,
    or why it cannot.
    """
    found = {"name": name, "device": device, "said": "", "seconds": 0.0, "error": ""}
    try:
        path, page = sample_page(registry.registered(name).models[0].task)
        predict_pages([(path, page, "")], [name], device)
        before = time.perf_counter()
        said = predict_pages([(path, page, "")], [name], device)[0]
        found["seconds"] = time.perf_counter() - before
        found["said"] = "" if isinstance(said, UserError) else summary_of(said[0])
    except (UserError, RuntimeError) as error:  # RuntimeError: what drivers say
        found["error"] = str(error)[:300]
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(report()))
