"""What the U-Net learns: the class of each pixel of tiles, by cross-entropy and Dice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import convert_conv2d_weight_memory_format

from model_backend.models.folded_unet import WIDTHS, FoldedUNet
from model_backend.synthesis.mask_page import LABELS
from model_backend.training.mask_loss import weighted_cross_entropy
from model_backend.training.mask_tiles import Tiles
from model_backend.training.trainer import fast_arithmetic

if TYPE_CHECKING:
    from model_backend.training.trainer import Batch

SIDE, TILES = 256, 4
CLASS_WEIGHTS = (0.5, 1.7, 3.0, 2.3, 7.0, 1.4, 4.0, 1.2)
"""Of the background and each label: about the inverse root of their share of tiles."""


def new_network(labels: int = len(LABELS), widths: tuple[int, ...] = WIDTHS) -> FoldedUNet:
    """The network that is trained, with its first weights (torch's random state)."""
    network = FoldedUNet(labels + 1, widths)
    convert_conv2d_weight_memory_format(network, torch.channels_last)  # a third faster on CPUs
    return network


@dataclass
class MaskTask:
    """The task: `count` tiles a batch."""

    network: FoldedUNet
    tiles: Tiles
    count: int = TILES
    class_weights: Tensor = field(default_factory=lambda: torch.tensor(CLASS_WEIGHTS))

    def batch(self, step: int) -> Batch:
        """Pictures (B, 3, S, S), classes (B, S, S) and weights of borders (B, S, S)."""
        cut = [self.tiles.tile(step * self.count + index) for index in range(self.count)]
        return {
            "picture": torch.from_numpy(np.stack([tile.picture for tile in cut]))
            .permute(0, 3, 1, 2)
            .contiguous(memory_format=torch.channels_last),
            "classes": torch.from_numpy(np.stack([tile.classes for tile in cut])),
            "borders": torch.from_numpy(np.stack([tile.borders for tile in cut])),
        }

    def loss(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Weighted cross-entropy and one less the Dice of the classes there are."""
        picture, classes = batch["picture"], batch["classes"]
        with fast_arithmetic(picture.device):
            logits = self.network(picture)  # (B, classes, S, S)
        logits = logits.float()
        weights = self.class_weights.to(classes.device)[classes] + batch["borders"]  # (B, S, S)
        return weighted_cross_entropy(logits, classes, weights) + dice_loss(logits, classes)


def dice_loss(logits: Tensor, classes: Tensor) -> Tensor:
    """1 - the mean Dice of the probabilities of those labels that the batch has, without the
    background (class 0); 0 where it has none. logits (B, C, H, W), classes (B, H, W).
    """
    chances = logits.softmax(dim=1)  # (B, C, H, W)
    truth = functional.one_hot(classes, logits.shape[1]).permute(0, 3, 1, 2)  # (B, C, H, W)
    both = (chances * truth).sum(dim=(0, 2, 3))[1:]  # (C - 1,)
    sizes = truth.sum(dim=(0, 2, 3))[1:]  # (C - 1,)
    all_ = chances.sum(dim=(0, 2, 3))[1:] + sizes  # (C - 1,)
    there = sizes > 0
    dice = 2 * both[there] / all_[there]
    return 1 - dice.mean() if len(dice) else logits.sum() * 0
