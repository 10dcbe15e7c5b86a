"""ResNeXt with a feature pyramid: the eyes of LayoutLMv2, with detectron2's names of weights.

Xie et al. 2017, "Aggregated Residual Transformations for Deep Neural Networks" (ResNeXt-101
32x8d); Lin et al. 2017, "Feature Pyramid Networks for Object Detection". Reference:
detectron2/modeling/backbone/{resnet,fpn}.py (`build_resnet_fpn_backbone`), of which only the finest
level, p2, is used. Normalisation is frozen: it uses the recorded mean and variance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from model_backend.models.loading import impossible

BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}
"""Blocks of the four stages, by the depth of the network."""
LARGEST = 4096
_ARGUMENTS = {
    "depth": "MODEL.RESNETS.DEPTH",
    "groups": "MODEL.RESNETS.NUM_GROUPS",
    "group_width": "MODEL.RESNETS.WIDTH_PER_GROUP",
    "stem_channels": "MODEL.RESNETS.STEM_OUT_CHANNELS",
    "res2_channels": "MODEL.RESNETS.RES2_OUT_CHANNELS",
    "pyramid_channels": "MODEL.FPN.OUT_CHANNELS",
}
"""detectron2's names of our fields."""


@dataclass(frozen=True)
class ResNeXtConfig:
    """The sizes; the defaults are those of the published LayoutLMv2."""

    depth: int = 101
    groups: int = 32
    group_width: int = 8
    stem_channels: int = 64
    res2_channels: int = 256
    pyramid_channels: int = 256


def resnext_config(arguments: Mapping[str, Any]) -> ResNeXtConfig:
    """The sizes that a config's `detectron2_config_args` name; UserError for impossible ones."""
    values = {ours: arguments[theirs] for ours, theirs in _ARGUMENTS.items() if theirs in arguments}
    config = ResNeXtConfig(**values)
    are_whole = all(type(value) is int and 0 < value <= LARGEST for value in values.values())
    if not are_whole or config.depth not in BLOCKS:
        raise impossible("detectron2_config_args")
    return config


class FrozenNorm(nn.Module):
    """Batch normalisation with fixed statistics: y = (x - mean) / sqrt(variance + eps) w + b."""

    weight: Tensor
    bias: Tensor
    running_mean: Tensor
    running_var: Tensor

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.ones(channels))
        self.register_buffer("bias", torch.zeros(channels))
        self.register_buffer("running_mean", torch.zeros(channels))
        self.register_buffer("running_var", torch.ones(channels))

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to the same."""
        scale = self.weight * (self.running_var + 1e-5).rsqrt()  # (C,)
        shift = self.bias - self.running_mean * scale  # (C,)
        return x * scale[None, :, None, None] + shift[None, :, None, None]  # (B, C, H, W)


class NormedConvolution(nn.Conv2d):
    """A convolution without bias, and its normalisation under the name `norm`."""

    def __init__(
        self, channels_in: int, channels_out: int, size: int, *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(
            channels_in,
            channels_out,
            size,
            stride=stride,
            padding=size // 2,
            groups=groups,
            bias=False,
        )
        self.norm = FrozenNorm(channels_out)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H / stride, W / stride)."""
        normed: Tensor = self.norm(super().forward(x))  # (B, C', H / stride, W / stride)
        return normed


class Bottleneck(nn.Module):
    """1 x 1, grouped 3 x 3 (which carries the stride), 1 x 1, and the way past them."""

    def __init__(
        self, channels_in: int, width: int, channels_out: int, *, stride: int, groups: int
    ) -> None:
        super().__init__()
        self.shortcut = (
            NormedConvolution(channels_in, channels_out, 1, stride=stride)
            if channels_in != channels_out
            else None
        )
        self.conv1 = NormedConvolution(channels_in, width, 1)
        self.conv2 = NormedConvolution(width, width, 3, stride=stride, groups=groups)
        self.conv3 = NormedConvolution(width, channels_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H / stride, W / stride)."""
        y = functional.relu(self.conv1(x))  # (B, width, H, W)
        y = functional.relu(self.conv2(y))  # (B, width, H / stride, W / stride)
        y = self.conv3(y)  # (B, C', H / stride, W / stride)
        past = x if self.shortcut is None else self.shortcut(x)  # as y
        return functional.relu(y + past)


class Stem(nn.Module):
    """The first convolution and pooling: a quarter of the size."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = NormedConvolution(3, channels, 7, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, C, H / 4, W / 4)."""
        y = functional.relu(self.conv1(x))  # (B, C, H / 2, W / 2)
        return functional.max_pool2d(y, 3, stride=2, padding=1)  # (B, C, H / 4, W / 4)


class ResNeXt(nn.Module):
    """The stem and four stages, each of half the size and twice the channels of the last."""

    res2: nn.Module
    res3: nn.Module
    res4: nn.Module
    res5: nn.Module

    def __init__(self, config: ResNeXtConfig) -> None:
        super().__init__()
        self.stem = Stem(config.stem_channels)
        channels_in = config.stem_channels
        for stage, count in enumerate(BLOCKS[config.depth]):
            width = config.groups * config.group_width * 2**stage
            channels = config.res2_channels * 2**stage
            blocks = []
            for block in range(count):
                stride = 2 if stage > 0 and block == 0 else 1
                blocks.append(
                    Bottleneck(channels_in, width, channels, stride=stride, groups=config.groups)
                )
                channels_in = channels
            setattr(self, f"res{stage + 2}", nn.Sequential(*blocks))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 3, H, W) to the stages' outputs (B, C 2^i, H / (4 2^i), W / (4 2^i)), i = 0..3."""
        y = self.stem(x)  # (B, stem, H / 4, W / 4)
        found = []
        for stage in (self.res2, self.res3, self.res4, self.res5):
            y = stage(y)  # (B, C 2^i, H / (4 2^i), W / (4 2^i))
            found.append(y)
        return found


class ResNeXtPyramid(nn.Module):
    """The pyramid above the stages; called, it gives its finest level."""

    fpn_lateral2: nn.Module
    fpn_lateral3: nn.Module
    fpn_lateral4: nn.Module
    fpn_lateral5: nn.Module
    fpn_output2: nn.Module

    def __init__(self, config: ResNeXtConfig) -> None:
        super().__init__()
        self.bottom_up = ResNeXt(config)
        out = config.pyramid_channels
        for stage in range(4):
            lateral = nn.Conv2d(config.res2_channels * 2**stage, out, 1)
            setattr(self, f"fpn_lateral{stage + 2}", lateral)
            # Only the finest level's is used; published weights have all four.
            setattr(self, f"fpn_output{stage + 2}", nn.Conv2d(out, out, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        """(B, 3, H, W) to p2 (B, out, H / 4, W / 4); H and W are multiples of 32."""
        stages = self.bottom_up(x)  # each (B, C 2^i, H / (4 2^i), W / (4 2^i))
        laterals = (self.fpn_lateral2, self.fpn_lateral3, self.fpn_lateral4, self.fpn_lateral5)
        y = laterals[3](stages[3])  # (B, out, H / 32, W / 32)
        for stage in (2, 1, 0):
            larger = functional.interpolate(y, scale_factor=2.0)  # (B, out, H / (4 2^stage), ...)
            y = laterals[stage](stages[stage]) + larger  # (B, out, H / (4 2^stage), ...)
        finest: Tensor = self.fpn_output2(y)  # (B, out, H / 4, W / 4)
        return finest
