"""What is written as ONNX of the networks that look at pictures."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from model_backend.models.faster_rcnn import BINS, FasterRcnn, FasterRcnnDetector
from model_backend.models.program import Inputs, Program
from model_backend.models.table_transformer import TableTransformerDetector
from model_backend.models.tiles import tiling_of
from model_backend.models.unet import UNet
from model_backend.models.vgg16 import SIDE, VGG16

TRIED = 64
"""Steps of the tiles that a U-Net is tried with."""
SMALL, LARGE = (160, 192), (224, 160)
"""Height and width of the pictures that detectors are tried with."""
FIXED = (800, 1024)
"""Height and width of the picture that Faster R-CNN's trunk is written for."""


def vgg16(network: VGG16) -> tuple[Program, ...]:
    """VGG16: logits of the whole page in 224 x 224 pixels."""
    free = {"picture": {0: "batch"}, "logits": {0: "batch"}}
    example, other = {"picture": _picture(2, SIDE, SIDE)}, {"picture": _picture(1, SIDE, SIDE)}
    return (Program("model", network, example, other, ("logits",), network, (0,), free),)


def unet(network: UNet) -> tuple[Program, ...]:
    """U-Net: logits of tiles of any side that its poolings allow."""
    sides = [tiling_of(network.config, step).side for step in (TRIED, 2 * TRIED)]
    example, other = (
        {"tiles": _picture(count, side, side, network.config.channels) / 255}
        for count, side in zip((2, 1), sides, strict=True)
    )
    free = {name: {0: "batch", 2: "height", 3: "width"} for name in ("tiles", "logits")}
    program = Program(
        "model", network, example, other, ("logits",), network, (0,), free, class_axis=1
    )
    return (program,)


def table_transformer(detector: TableTransformerDetector) -> tuple[Program, ...]:
    """Table Transformer: logits and boxes of its queries, from pixels and where they are."""
    module = detector.module
    free = {
        "pixels": {0: "batch", 2: "height", 3: "width"},
        "mask": {0: "batch", 1: "height", 2: "width"},
        "logits": {0: "batch"},
        "boxes": {0: "batch"},
    }
    outputs = ("logits", "boxes")
    example, other = _masked(2, *SMALL), _masked(3, *LARGE)
    return (Program("model", module, example, other, outputs, module, (0, 1), free),)


def _masked(count: int, height: int, width: int) -> Inputs:
    mask = torch.ones(count, height, width, dtype=torch.long)  # (B, H, W)
    mask[-1, :, width - 40 :] = 0
    pixels = _picture(count, height, width) / 64 - 2  # (B, 3, H, W)
    return {"pixels": pixels * mask[:, None], "mask": mask}


class Trunk(nn.Module):
    """Faster R-CNN's backbone, and what its region head says of each level."""

    def __init__(self, network: FasterRcnn) -> None:
        super().__init__()
        self.backbone, self.head = network.backbone, network.rpn.head

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """Levels, then logits, then codes of the levels; from pixels (1, 3, H, W)."""
        levels = self.backbone(pixels)  # each (1, C, h, w)
        said = [self.head(level) for level in levels]  # each (1, h w A), (1, h w A, 4)
        return (*levels, *(logits for logits, _ in said), *(codes for _, codes in said))


class Heads(nn.Module):
    """Faster R-CNN after a region's features were read."""

    def __init__(self, network: FasterRcnn) -> None:
        super().__init__()
        self.head, self.predictor = network.roi_heads.box_head, network.roi_heads.box_predictor

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor]:
        """Logits (N, L) and codes (N, L, 4) of features (N, C, 7, 7)."""
        found = self.predictor(self.head(features))  # (N, L), (N, L, 4)
        return cast("tuple[Tensor, Tensor]", found)


def faster_rcnn(detector: FasterRcnnDetector) -> tuple[Program, ...]:
    """Faster R-CNN in two programs of one shape: the trunk for one picture, and the heads for a
    number of regions. Anchors, suppression and reading regions stay outside.
    """
    module = detector.module
    fixed = {"pixels": _picture(1, *FIXED) / 64 - 2}
    count = len(module.backbone(fixed["pixels"][..., :64, :64]))
    outputs = [f"{what}{level}" for what in ("level", "logits", "codes") for level in range(count)]
    channels = module.roi_heads.box_head.fc6.in_features // BINS**2
    generator = torch.Generator().manual_seed(3)
    regions = [torch.rand(n, channels, BINS, BINS, generator=generator) for n in (5, 3)]
    trunk = Program(
        "trunk", Trunk(module), fixed, {}, tuple(outputs), module, (0,), class_axis=None
    )
    heads = Program(
        "heads",
        Heads(module),
        {"features": regions[0]},
        {"features": regions[1]},
        ("logits", "codes"),
        module.roi_heads.box_head,
        (0,),
        {name: {0: "regions"} for name in ("features", "logits", "codes")},
    )
    return trunk, heads


def _picture(count: int, height: int, width: int, channels: int = 3) -> Tensor:
    """Random pictures (B, channels, H, W) in 0..255."""
    generator = torch.Generator().manual_seed(count)
    shape = (count, channels, height, width)
    return torch.randint(0, 256, shape, generator=generator).float()
