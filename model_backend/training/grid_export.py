"""The trained grid network as an ONNX program that says what torch says."""

from __future__ import annotations

from pathlib import Path

import torch

from model_backend.models.grid_network import GridNetwork
from model_backend.models.program import Program
from model_backend.onnx_export import Exported, exported_program
from model_backend.predictors.grid_program import CHOICE_KEY, INPUT, KIND, KIND_KEY, OUTPUTS

SIZES = ((2, 40, 64), (1, 56, 36))
"""Rasters, heights and widths that the program is written and tried with."""


def program_of(network: GridNetwork) -> Program:
    """Logits of rasters of any even height and width."""
    generator = torch.Generator().manual_seed(0)
    channels = network.config.channels
    example, other = (
        torch.cat(
            [torch.rand(n, channels - 1, h, w, generator=generator), torch.ones(n, 1, h, w)], 1
        )
        for n, h, w in SIZES
    )
    free = {
        INPUT: {0: "batch", 2: "height", 3: "width"},
        OUTPUTS[0]: {0: "batch", 2: "height"},
        OUTPUTS[1]: {0: "batch", 2: "width"},
        OUTPUTS[2]: {0: "batch", 2: "half_height", 3: "half_width"},
    }
    network = network.cpu().eval()
    return Program(
        "tables", network, {INPUT: example}, {INPUT: other}, OUTPUTS, network, (0,), free,
        class_axis=None,
    )  # fmt: skip


def export(network: GridNetwork, path: Path, choice: str = "") -> Exported:
    """Write the program and how to choose; UserError where it does not say what torch says."""
    import onnx

    path.parent.mkdir(parents=True, exist_ok=True)
    written = exported_program(program_of(network), path)
    model = onnx.load(path)
    onnx.helper.set_model_props(model, {KIND_KEY: KIND, CHOICE_KEY: choice})
    onnx.save(model, path)
    return written
