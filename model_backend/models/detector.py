"""What every network that finds boxes in a picture is: pictures in, scored boxes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from model_backend.models.loading import impossible

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]

MEANS, DEVIATIONS = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of red, green and blue in 0..1: ImageNet's, with which both networks' backbones were trained."""
LEAST_SIDE, MOST_SIDE = 32, 4096
MOST_FOUND = 1000
"""Boxes of one picture that are looked at, the surest: no page has more tables, no table more
parts.
"""


@dataclass(frozen=True)
class Detected:
    """A box that a network found: x0, y0, x1, y1 in pixels of the picture that was given, the
    number of its label, its score.
    """

    box_px: tuple[float, float, float, float]
    label: int
    score: float


Found = list[Detected] | None
"""What is found in one picture; None where the network gave no numbers."""


class Detector(Protocol):
    """A loaded network with what comes before and after it."""

    @property
    def module(self) -> nn.Module:
        """The network."""
        ...

    def __call__(self, pictures: Sequence[Pixels]) -> list[Found]:
        """What it finds in pictures (height, width, 3: red, green, blue), the surest first."""
        ...


@dataclass(frozen=True)
class PictureSize:
    """The shorter side is scaled to `shortest` pixels, unless the longer one would then exceed
    `longest`.
    """

    shortest: int
    longest: int

    def of(self, height: int, width: int) -> tuple[int, int]:
        """Height and width of a picture after scaling.

        As DETR's image processor does it: of the two sides the longer one is rounded down. Where
        the longer one alone is given, as PubTables-1M's `MaxResize`: both are rounded.
        """
        small, large = min(height, width), max(height, width)
        is_bound = large / small * self.shortest > self.longest
        size = self.longest * small / large if is_bound else float(self.shortest)
        other = self.longest if is_bound else int(size * large / small)
        sides = (max(1, round(size)), max(1, other))
        return sides if height <= width else (sides[1], sides[0])


def picture_size(published: Mapping[str, Any], usual: PictureSize) -> PictureSize:
    """The size that a preprocessor_config.json asks for; the usual one where it is silent.

    Published in three ways: `size` and `max_size` as numbers (v1.0), `size` with `shortest_edge`
    and `longest_edge`, or with `longest_edge` alone (v1.1). UserError for absurd numbers.
    """
    size = published.get("size")
    if isinstance(size, Mapping):
        longest = size.get("longest_edge", size.get("shortest_edge"))
        sides = (size.get("shortest_edge", longest), longest)
    elif size is not None:
        sides = (size, published.get("max_size", usual.longest))
    else:
        return usual
    if not all(type(side) is int and LEAST_SIDE <= side <= MOST_SIDE for side in sides):
        raise impossible("size", "preprocessor_config.json")
    return PictureSize(*sides)


def in_groups(
    pictures: Sequence[Pixels],
    size_of: Callable[[Pixels], tuple[int, int]],
    look: Callable[[Sequence[Pixels]], list[Found]],
) -> list[Found]:
    """What `look` finds in pictures, those of one scaled size at a time: beside a larger one a
    picture would be padded, and what is found in it would depend on its neighbours.
    """
    groups: dict[tuple[int, int], list[int]] = {}
    for number, picture in enumerate(pictures):
        groups.setdefault(size_of(picture), []).append(number)
    found: list[Found] = [None] * len(pictures)
    for numbers in groups.values():
        said = look([pictures[number] for number in numbers])
        for number, parts in zip(numbers, said, strict=True):
            found[number] = parts
    return found


def normalized(picture: Pixels, size: tuple[int, int]) -> Tensor:
    """A picture scaled to (height, width), bilinear with antialiasing, normalised: (3, H, W)."""
    from PIL import Image

    height, width = size
    scaled = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
    return with_usual_colors(torch.tensor(np.asarray(scaled)))  # (3, H, W)


def with_usual_colors(pixels: Tensor) -> Tensor:
    """(H, W, 3) in 0..255 to (3, H, W) of mean 0 and deviation 1."""
    colors = pixels.permute(2, 0, 1).float() / 255  # (3, H, W)
    means = torch.tensor(MEANS)[:, None, None]  # (3, 1, 1)
    return (colors - means) / torch.tensor(DEVIATIONS)[:, None, None]  # (3, H, W)


def padded(pictures: Sequence[Tensor], *, multiple: int = 1) -> tuple[Tensor, Tensor]:
    """Pictures (3, H, W) in one batch (B, 3, H', W'), zeros beyond each; and where they are
    (B, H', W').
    """
    height, width = (
        -(-max(picture.shape[side] for picture in pictures) // multiple) * multiple
        for side in (1, 2)
    )
    batch = torch.zeros(len(pictures), 3, height, width)  # (B, 3, H', W')
    mask = torch.zeros(len(pictures), height, width, dtype=torch.long)  # (B, H', W')
    for number, picture in enumerate(pictures):
        batch[number, :, : picture.shape[1], : picture.shape[2]] = picture
        mask[number, : picture.shape[1], : picture.shape[2]] = 1
    return batch, mask
