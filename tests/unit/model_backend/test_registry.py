"""The table of predictors and the choice of a device."""

from __future__ import annotations

import subprocess
import sys

import pytest

from model_backend import registry, runtime
from model_backend.errors import UserError


@pytest.mark.parametrize("name", [item.name for item in registry.PREDICTORS])
def test_every_registered_predictor_can_be_created(name: str) -> None:
    predictor = registry.create(name)
    assert predictor.name == name
    assert predictor.task == registry.registered(name).task
    assert callable(predictor)


def test_every_task_has_a_default_and_none() -> None:
    assert registry.TASKS == ("entities", "tables", "masks", "page class")
    assert registry.names("tables") == ("auto", "layout", "rulings", "none")
    assert [registry.default(task) for task in registry.TASKS] == [
        "forms",
        "auto",
        "pixels",
        "none",
    ]


def test_unknown_names_are_refused_with_the_choice() -> None:
    with pytest.raises(UserError, match="no predictor magic.*rules"):
        registry.create("magic")
    with pytest.raises(UserError, match="no predictor ink for tables.*rulings"):
        registry.checked("tables", "ink")
    assert registry.checked("tables", "none") == "none"


def test_table_imports_nothing_heavy() -> None:
    code = "import sys, model_backend.registry, model_backend.runtime, model_backend.masks;"
    code += "print([n for n in ('numpy', 'scipy', 'onnxruntime', 'PIL') if n in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_cpu_is_found_here() -> None:
    device = runtime.choose_device("cpu")
    assert (device.name, device.provider) == ("cpu", "CPUExecutionProvider")


def test_missing_device_falls_back_and_says_why() -> None:
    device = runtime.device_of("cuda", ("CPUExecutionProvider",))
    assert device.name == "cpu"
    assert "CUDAExecutionProvider" in device.reason


def test_auto_takes_the_fastest() -> None:
    both = ("CPUExecutionProvider", "CUDAExecutionProvider")
    assert runtime.device_of("auto", both).name == "cuda"
    assert runtime.device_of("auto", ()).provider == "CPUExecutionProvider"


def test_unknown_device_is_refused() -> None:
    with pytest.raises(UserError, match="no device gpu.*directml"):
        runtime.choose_device("gpu")
