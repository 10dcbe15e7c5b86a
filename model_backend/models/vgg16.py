"""VGG16 for naming the kind of a page.

Simonyan and Zisserman 2015, "Very Deep Convolutional Networks for Large-Scale Image Recognition",
table 1, column D; for pages: Harley, Ufkes and Derpanis 2015, "Evaluation of Deep Convolutional
Nets for Document Image Classification and Retrieval". The code is ours, the names of weights are
torchvision's (`vgg16`, `vgg16_bn`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from model_backend.checkpoints.checkpoint import Checkpoint
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.models.loading import counted, fitted

TITLE = "VGG16"
SIDE = 224
"""The whole page becomes 224 x 224 pixels."""
MEANS, DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue in 0..1, as the published weights were trained."""
BLOCKS = (2, 2, 3, 3, 3)
"""Convolutions before each of the five poolings."""
POOLED = 7


@dataclass(frozen=True)
class VGG16Config:
    """Channels of the thirteen convolutions, width of the hidden layers."""

    channels: tuple[int, ...] = (64,) * 2 + (128,) * 2 + (256,) * 3 + (512,) * 6
    hidden: int = 4096
    has_norm: bool = False


class VGG16(nn.Module):
    """The network; the numbers of its layers are torchvision's."""

    def __init__(self, config: VGG16Config, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(*_features(config))
        self.pooled = nn.AdaptiveAvgPool2d(POOLED)
        self.classifier = nn.Sequential(
            nn.Linear(config.channels[-1] * POOLED * POOLED, config.hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(),
            nn.Dropout(),
            nn.Linear(config.hidden, classes),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """Logits (B, classes) of picture (B, 3, 224, 224; red, green, blue in 0..255)."""
        means = picture.new_tensor(MEANS)[:, None, None]  # (3, 1, 1)
        deviations = picture.new_tensor(DEVIATIONS)[:, None, None]  # (3, 1, 1)
        seen = (picture / 255 - means) / deviations  # (B, 3, 224, 224)
        features = self.pooled(self.features(seen))  # (B, 512, 7, 7)
        logits: Tensor = self.classifier(features.flatten(1))  # (B, classes)
        return logits


def _features(config: VGG16Config) -> Iterator[nn.Module]:
    before, widths = 3, iter(config.channels)
    for count in BLOCKS:
        for _convolution in range(count):
            width = next(widths)
            yield nn.Conv2d(before, width, 3, padding=1)
            if config.has_norm:
                yield nn.BatchNorm2d(width)
            yield nn.ReLU()
            before = width
        yield nn.MaxPool2d(2)


def config_of(weights: Mapping[str, Tensor]) -> VGG16Config:
    """The sizes that these weights have; UserError where they are no VGG16's."""
    shapes = [
        value.shape
        for key, value in weights.items()
        if key.startswith("features.") and key.endswith(".weight") and value.ndim == 4
    ]
    hidden = weights.get("classifier.0.bias")
    if len(shapes) != sum(BLOCKS) or hidden is None or hidden.ndim != 1:
        raise UserError(
            "The weights are of a network like {network}, but with other layers. Choose the weights"
            " of {network}.",
            network=TITLE,
        )
    has_norm = any(key.endswith("running_mean") for key in weights)
    return VGG16Config(tuple(shape[0] for shape in shapes), hidden.shape[0], has_norm)


def load(checkpoint: Checkpoint, model: InstalledModel) -> VGG16:
    """The network of an added model; UserError where its files do not fit."""
    weights = counted(checkpoint.weights())
    config = config_of(weights)
    return fitted(lambda: VGG16(config, len(model.labels)), weights, title=TITLE)
