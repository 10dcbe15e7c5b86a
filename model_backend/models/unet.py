"""U-Net for masks: which pixels of a page belong to which class.

Ronneberger, Fischer and Brox 2015, "U-Net: Convolutional Networks for Biomedical Image
Segmentation": valid convolutions, up-convolutions, crop and concatenate. Names of weights are those
of github.com/milesial/Pytorch-UNet, which pads, normalises batches and may enlarge bilinearly
instead; sizes and these choices are read from the weights. A folder in our own format adds a
config.json (`model_type`: proofdesk-unet) that says whether convolutions pad.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.models.loading import check_labels, config_from, counted, fitted

TITLE = "U-Net"
MODEL_TYPE = "proofdesk-unet"
IGNORED = (r"^mask_values$",)
"""What the reference keeps beside the weights."""
CHANNELS = (1, 3)
"""Grey, or red, green and blue."""
_FIRST = "inc.double_conv.0.weight"


@dataclass(frozen=True)
class Published:
    """What the weights do not tell; the names of our config.json."""

    is_padded: bool = False
    dropout: float = 0.5


@dataclass(frozen=True)
class UNetConfig:
    """The sizes: `widths` are the channels of each level, from the finest.

    Without `is_padded` convolutions are valid, as in the paper: what comes out is smaller than what
    went in. `dropout` is that at the end of the contracting path.
    """

    channels: int = 3
    widths: tuple[int, ...] = (64, 128, 256, 512, 1024)
    is_padded: bool = False
    has_norm: bool = False
    has_bias: bool = True
    is_bilinear: bool = False
    dropout: float = 0.5

    @property
    def levels(self) -> int:
        """How often the picture is halved."""
        return len(self.widths) - 1


class DoubleConv(nn.Module):
    """Two 3 x 3 convolutions, each with ReLU."""

    def __init__(self, config: UNetConfig, before: int, width: int, middle: int = 0) -> None:
        super().__init__()
        self.double_conv = nn.Sequential(
            *_convolution(config, before, middle or width),
            *_convolution(config, middle or width, width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) to (B, width, H, W), less 4 pixels of each where valid."""
        found: Tensor = self.double_conv(x)  # (B, width, H', W')
        return found


def _convolution(config: UNetConfig, before: int, width: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(
        before, width, 3, padding=int(config.is_padded), bias=config.has_bias or not config.has_norm
    )
    norm = nn.BatchNorm2d(width) if config.has_norm else nn.Identity()
    return (convolution, norm, nn.ReLU())


class Down(nn.Module):
    """Half as large, then two convolutions."""

    def __init__(self, config: UNetConfig, before: int, width: int) -> None:
        super().__init__()
        self.maxpool_conv = nn.Sequential(nn.MaxPool2d(2), DoubleConv(config, before, width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) to (B, width, H / 2, W / 2), less the borders."""
        found: Tensor = self.maxpool_conv(x)  # (B, width, H', W')
        return found


class Up(nn.Module):
    """Twice as large, beside what the contracting path had of this size, then two convolutions."""

    up: nn.Module

    def __init__(self, config: UNetConfig, before: int, width: int, skipped: int) -> None:
        super().__init__()
        if config.is_bilinear:
            self.up = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True)
            joined = before + skipped
            self.conv = DoubleConv(config, joined, width, joined // 2)
        else:
            self.up = nn.ConvTranspose2d(before, before // 2, 2, stride=2)
            self.conv = DoubleConv(config, before // 2 + skipped, width)

    def forward(self, x: Tensor, skipped: Tensor) -> Tensor:
        """(B, before, H, W) and (B, skipped, H', W') to (B, width, 2 H, 2 W), less the borders."""
        large = self.up(x)  # (B, C, 2 H, 2 W)
        left = (skipped.shape[-1] - large.shape[-1]) // 2
        top = (skipped.shape[-2] - large.shape[-2]) // 2
        cut = skipped[..., top : top + large.shape[-2], left : left + large.shape[-1]]
        found: Tensor = self.conv(torch.cat([cut, large], dim=1))  # (B, width, H'', W'')
        return found


class LastConv(nn.Module):
    """The 1 x 1 convolution to classes."""

    def __init__(self, before: int, classes: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(before, classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(B, before, H, W) to (B, classes, H, W)."""
        found: Tensor = self.conv(x)  # (B, classes, H, W)
        return found


class UNet(nn.Module):
    """The network: logits of pixels."""

    def __init__(self, config: UNetConfig, classes: int) -> None:
        super().__init__()
        self.config = config
        widths = config.widths
        self.inc = DoubleConv(config, config.channels, widths[0])
        for number, (before, width) in enumerate(pairwise(widths), start=1):
            half = config.is_bilinear and number == config.levels
            setattr(self, f"down{number}", Down(config, before, width // 2 if half else width))
        self.dropout = nn.Dropout(config.dropout)
        for number, skipped in enumerate(reversed(widths[:-1]), start=1):
            is_half = config.is_bilinear
            before = skipped if is_half else 2 * skipped
            width = skipped // 2 if is_half and number < config.levels else skipped
            setattr(self, f"up{number}", Up(config, before, width, skipped))
        self.outc = LastConv(widths[0], classes)

    def forward(self, picture: Tensor) -> Tensor:
        """Logits (B, classes, H', W') of picture (B, channels, H, W; 0..1). H and W are multiples
        of 2 ** levels when convolutions pad, and H' and W' are the same; else they leave a rest of
        -4 to such a multiple, and H' and W' are smaller by twice `margin`.
        """
        found = [self.inc(picture)]  # (B, widths[0], H, W)
        for number in range(1, self.config.levels + 1):
            found.append(getattr(self, f"down{number}")(found[-1]))  # (B, widths[number], h, w)
        x = self.dropout(found.pop())  # (B, widths[-1], h, w)
        for number in range(1, self.config.levels + 1):
            x = getattr(self, f"up{number}")(x, found.pop())  # (B, width, h, w)
        logits: Tensor = self.outc(x)  # (B, classes, H', W')
        return logits


def initialised(network: UNet) -> UNet:
    """The same network with He's initialisation: deviations of sqrt(2 / N), N inputs of a node.

    In an up-convolution each pixel that comes out has one pixel that went in.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            inputs = module.in_channels * math.prod(module.kernel_size)
            if isinstance(module, nn.ConvTranspose2d):
                inputs //= math.prod(module.stride)
            nn.init.normal_(module.weight, std=math.sqrt(2 / inputs))
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    return network


def margin(levels: int) -> int:
    """Pixels that valid convolutions take from each side, which is as far as a pixel sees: with
    four levels 92.
    """
    lost = 4  # of the two convolutions of the lowest level, both sides together
    for _level in range(levels):
        lost = 2 * lost + 8  # twice as fine, and two convolutions on the way down and up
    return lost // 2


def config_of(weights: Mapping[str, Tensor], published: Published) -> UNetConfig:
    """The sizes that these weights have; UserError where they are no U-Net's."""
    levels = sum(bool(re.fullmatch(r"down\d+\.maxpool_conv\.1\.double_conv\.0\.weight", key))
                 for key in weights)  # fmt: skip
    first, last = weights.get(_FIRST), weights.get("outc.conv.weight")
    if first is None or last is None or not levels or first.ndim != 4:
        raise UserError(
            "The weights are of a network like {network}, but with other layers. Choose the weights"
            " of {network}.",
            network=TITLE,
        )
    width = first.shape[0]
    return UNetConfig(
        channels=first.shape[1],
        widths=tuple(width * 2**level for level in range(levels + 1)),
        is_padded=published.is_padded,
        has_norm="inc.double_conv.1.weight" in weights,
        has_bias="inc.double_conv.0.bias" in weights,
        is_bilinear="up1.up.weight" not in weights,
        dropout=published.dropout,
    )


def load(checkpoint: Checkpoint, model: InstalledModel) -> UNet:
    """The network of an added model; UserError where its files do not fit."""
    data = checkpoint.config
    weights = counted(checkpoint.weights())
    usual = Published(is_padded=True, dropout=0.0)
    is_own = data.get("model_type") == MODEL_TYPE
    config = config_of(weights, config_from(Published, data) if is_own else usual)
    classes = weights["outc.conv.weight"].shape[0]
    check_labels(model, max(1, classes - 1))  # one alone: yes or no
    if config.channels not in CHANNELS:
        raise UserError(
            "The network looks at pictures of {count} channels. Choose one for grey or coloured"
            " pictures (1 or 3).",
            count=config.channels,
        )
    return fitted(lambda: UNet(config, classes), weights, title=TITLE, ignored=IGNORED)
