"""Networks as ONNX: they say what torch says, and one that does not is refused."""

# ruff: noqa: ANN401 - makers of small checkpoints

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch
from small_detectors import small_faster_rcnn, small_table_transformer
from small_models import small_bert, small_layoutlm, small_layoutlmv2, small_tagger
from small_pictures import small_unet, small_vgg16

from model_backend import onnx_export, runtime
from model_backend.checkpoints.adding import Answers, install, record_of
from model_backend.checkpoints.recognizing import recognize
from model_backend.errors import UserError
from model_backend.models.program import Program
from model_backend.networks import NETWORKS


def added(folder: Path, *labels: str) -> str:
    found = recognize(folder)
    return install(record_of(found, Answers(labels=labels)), found.files).name


MAKERS: dict[str, tuple[Callable[[Path], Any], tuple[str, ...]]] = {
    "bert": (small_bert, ()),
    "layoutlm": (small_layoutlm, ()),
    "layoutlmv2": (small_layoutlmv2, ()),
    "tagger": (small_tagger, ()),
    "unet": (small_unet, ("stamp", "signature")),
    "vgg16": (small_vgg16, ()),
    "table-transformer": (partial(small_table_transformer, task="table structure"), ()),
}


@pytest.mark.parametrize("network", MAKERS)
def test_program_says_what_torch_says_whatever_its_sizes(tmp_path: Path, network: str) -> None:
    make, labels = MAKERS[network]
    make(tmp_path / "small")
    exported = onnx_export.export_model(added(tmp_path / "small", *labels), tmp_path / "onnx")
    assert [item.file for item in exported] == ["model.onnx"]
    assert 0 <= exported[0].difference <= (exported[0].tolerance or 0) <= 1e-4
    told = json.loads((tmp_path / "onnx" / "export.json").read_text(encoding="utf-8"))
    assert told["network"] == network
    assert {path.name for path in (tmp_path / "onnx").iterdir()} == {"model.onnx", "export.json"}
    shapes = [item.shape for item in runtime.session(tmp_path / "onnx" / "model.onnx").get_inputs()]
    assert all(shape[0] == "batch" for shape in shapes)


def test_every_network_can_be_written() -> None:
    assert all(item.program for item in NETWORKS)
    assert {*MAKERS, "faster-rcnn"} == {item.name for item in NETWORKS}


def test_faster_rcnn_is_written_in_two_parts(tmp_path: Path) -> None:
    small_faster_rcnn(tmp_path / "small.pth")
    trunk, heads = onnx_export.export_model(added(tmp_path / "small.pth"), tmp_path / "onnx")
    assert (trunk.file, heads.file) == ("trunk.onnx", "heads.onnx")
    assert trunk.outputs[:2] == ("level0", "level1")
    assert heads.outputs == ("logits", "codes")
    assert max(trunk.difference, heads.difference) <= 1e-4


def a_program(module: torch.nn.Module) -> Program:
    example, other = torch.ones(2, 3), torch.full((4, 3), 0.5)
    free = {"x": {0: "batch"}, "y": {0: "batch"}}
    return Program("model", module, {"x": example}, {"x": other}, ("y",), module, (0,), free)


class Fixed(torch.nn.Module):
    """Says something else as soon as another number of rows comes in."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * len(x)


class Random(torch.nn.Module):
    """Says something else each time."""

    calls = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.calls += 1
        return x + self.calls * 1e-3


@pytest.mark.parametrize("module", [Fixed(), Random()])
def test_program_that_says_something_else_is_not_kept(
    tmp_path: Path, module: torch.nn.Module
) -> None:
    with pytest.raises(UserError, match="says something else than the model"):
        onnx_export.exported_program(a_program(module), tmp_path / "model.onnx")
    assert list(tmp_path.iterdir()) == []


def test_program_that_says_no_number_is_not_kept(tmp_path: Path) -> None:
    program = a_program(torch.nn.Linear(3, 3))
    with torch.no_grad():
        program.module.weight.fill_(torch.nan)  # type: ignore[operator, union-attr]
    with pytest.raises(UserError, match="says something else"):
        onnx_export.exported_program(program, tmp_path / "model.onnx")


def test_tolerance_is_in_shares_of_the_largest_value(tmp_path: Path) -> None:
    program = a_program(torch.nn.Linear(3, 3))
    found = onnx_export.exported_program(program, tmp_path / "model.onnx")
    assert found.difference < 1e-6
    with pytest.raises(UserError, match="is allowed"):
        onnx_export.exported_program(replace(program, tolerance=-1.0), tmp_path / "model.onnx")


def test_cost_of_eight_bits_is_that_on_pages_of_a_data_set(
    tmp_path: Path, shared_data: Path
) -> None:
    pytest.importorskip("onnx")
    for kind in ("annotations", "images"):
        (tmp_path / "truth" / kind).mkdir(parents=True)
        for path in sorted((shared_data / "funsd" / "training_data" / kind).iterdir())[:3]:
            shutil.copy(path, tmp_path / "truth" / kind)
    small_layoutlm(tmp_path / "small", hidden_size=64)
    truth = ("funsd", tmp_path / "truth")
    options: Any = {"with_int8": True, "truth": truth}
    _full, small = onnx_export.export_model(added(tmp_path / "small"), tmp_path / "onnx", **options)
    assert small.cost.startswith("on truth outputs moved by up to")


def test_eight_bits_say_what_they_cost(tmp_path: Path) -> None:
    pytest.importorskip("onnx")
    small_layoutlm(tmp_path / "small", hidden_size=64)
    full, small = onnx_export.export_model(
        added(tmp_path / "small"), tmp_path / "onnx", with_int8=True
    )
    assert (full.file, small.file) == ("model.onnx", "model-int8.onnx")
    assert full.cost == ""
    assert small.tolerance is None
    assert small.cost.startswith("on the sample page outputs moved by up to")
    assert "decisions that became others: " in small.cost
    assert 0 < small.difference < 1
    assert small.bytes < full.bytes
