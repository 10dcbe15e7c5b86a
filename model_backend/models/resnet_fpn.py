"""ResNet with a feature pyramid, with torchvision's names of weights: Faster R-CNN's backbone.

He et al. 2016, "Deep Residual Learning for Image Recognition"; Lin et al. 2017, "Feature Pyramid
Networks for Object Detection". Reference: torchvision's models/resnet.py,
ops/feature_pyramid_network.py and models/detection/backbone_utils.py (`resnet_fpn_backbone`).
Normalisation is frozen, as detection networks have it.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional

from model_backend.models.resnext_fpn import FrozenNorm


@dataclass(frozen=True)
class ResNetSizes:
    """Channels of the stem and of each stage's blocks, blocks in each stage, and whether these are
    of two convolutions (ResNet-18 and 34) or of three.
    """

    stem: int
    widths: tuple[int, ...]
    depths: tuple[int, ...]
    is_basic: bool = True

    @property
    def channels(self) -> tuple[int, ...]:
        """Channels of each stage's output."""
        return tuple(width * (1 if self.is_basic else 4) for width in self.widths)


class Block(nn.Module):
    """Two 3 x 3 convolutions, or 1 x 1, 3 x 3 (which carries the stride), 1 x 1; and the way past
    them.
    """

    def __init__(self, channels_in: int, width: int, *, stride: int, is_basic: bool) -> None:
        super().__init__()
        channels = width if is_basic else 4 * width
        kernels = (3, 3) if is_basic else (1, 3, 1)
        widths = (channels_in, width, width, channels)[: len(kernels)] + (channels,)
        strided = 0 if is_basic else 1
        self.count = len(kernels)
        for number, kernel in enumerate(kernels):
            step = stride if number == strided else 1
            convolution = nn.Conv2d(
                widths[number], widths[number + 1], kernel, step, kernel // 2, bias=False
            )
            setattr(self, f"conv{number + 1}", convolution)
            setattr(self, f"bn{number + 1}", FrozenNorm(widths[number + 1]))
        self.downsample: nn.Module | None = None
        if stride != 1 or channels_in != channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels_in, channels, 1, stride, bias=False), FrozenNorm(channels)
            )

    def forward(self, x: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', H / stride, W / stride)."""
        y = x
        for number in range(1, self.count + 1):
            y = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(y))
            if number < self.count:
                y = functional.relu(y)  # (B, width, H / stride, W / stride)
        past = x if self.downsample is None else self.downsample(x)  # as y
        return functional.relu(y + past)


class ResNet(nn.Module):
    """The stem and four stages, each of half the size of the last."""

    def __init__(self, sizes: ResNetSizes) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, sizes.stem, 7, 2, 3, bias=False)
        self.bn1 = FrozenNorm(sizes.stem)
        channels_in = sizes.stem
        for number, (width, depth) in enumerate(zip(sizes.widths, sizes.depths, strict=True)):
            blocks = []
            for block in range(depth):
                stride = 2 if number and not block else 1
                blocks.append(Block(channels_in, width, stride=stride, is_basic=sizes.is_basic))
                channels_in = sizes.channels[number]
            setattr(self, f"layer{number + 1}", nn.Sequential(*blocks))

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 3, H, W) to the stages' outputs (B, C_i, H / (4 2^i), W / (4 2^i)), i = 0..3."""
        y = functional.relu(self.bn1(self.conv1(x)))  # (B, stem, H / 2, W / 2)
        y = functional.max_pool2d(y, 3, stride=2, padding=1)  # (B, stem, H / 4, W / 4)
        found = []
        for number in range(1, 5):
            y = getattr(self, f"layer{number}")(y)  # (B, C_i, H / (4 2^i), W / (4 2^i))
            found.append(y)
        return found


class Pyramid(nn.Module):
    """Each stage joined with the enlarged level above it, and a fifth level of half the size."""

    def __init__(self, channels: tuple[int, ...], out: int) -> None:
        super().__init__()
        self.inner_blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(number, out, 1)) for number in channels
        )
        self.layer_blocks = nn.ModuleList(
            nn.Sequential(nn.Conv2d(out, out, 3, padding=1)) for _number in channels
        )

    def forward(self, stages: list[Tensor]) -> list[Tensor]:
        """The stages' outputs to five levels (B, out, H / (4 2^i), W / (4 2^i)), i = 0..4."""
        y = self.inner_blocks[-1](stages[-1])  # (B, out, H / 32, W / 32)
        levels = [self.layer_blocks[-1](y)]  # (B, out, H / 32, W / 32)
        for number in range(len(stages) - 2, -1, -1):
            lateral = self.inner_blocks[number](stages[number])  # (B, out, H / (4 2^i), ...)
            y = lateral + functional.interpolate(y, size=lateral.shape[-2:], mode="nearest")
            levels.insert(0, self.layer_blocks[number](y))  # as lateral
        return [*levels, functional.max_pool2d(levels[-1], 1, stride=2)]  # (B, out, H / 64, ...)


class ResNetPyramid(nn.Module):
    """The pyramid above the stages."""

    def __init__(self, sizes: ResNetSizes, out: int) -> None:
        super().__init__()
        self.body = ResNet(sizes)
        self.fpn = Pyramid(sizes.channels, out)

    def forward(self, x: Tensor) -> list[Tensor]:
        """(B, 3, H, W) to five levels (B, out, H / (4 2^i), W / (4 2^i)), i = 0..4."""
        levels: list[Tensor] = self.fpn(self.body(x))
        return levels
