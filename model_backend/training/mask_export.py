"""The trained network of masks as an ONNX program that says what torch says."""

from __future__ import annotations

from pathlib import Path

import torch

from model_backend.models.folded_unet import COARSEST, FoldedUNet
from model_backend.models.program import Program
from model_backend.onnx_export import Exported, exported_program


def program_of(network: FoldedUNet) -> Program:
    """Logits of pictures whose sides are any multiples of 32."""
    generator = torch.Generator().manual_seed(0)
    sizes = ((2, 4, 6), (1, 7, 5))
    example, other = (
        torch.rand(count, 3, height * COARSEST, width * COARSEST, generator=generator)
        for count, height, width in sizes
    )
    free = {name: {0: "batch", 2: "height", 3: "width"} for name in ("pictures", "logits")}
    return Program(
        "masks",
        network.eval(),
        {"pictures": example},
        {"pictures": other},
        ("logits",),
        network,
        (0,),
        free,
        class_axis=1,
    )


def export(network: FoldedUNet, path: Path) -> Exported:
    """Write the program; UserError where it does not say what torch says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return exported_program(program_of(network), path)
