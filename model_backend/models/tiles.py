"""Overlapping tiles: a picture of any size through a U-Net, as if it were seen whole.

Ronneberger et al. 2015, figure 2: what a tile's border lacks is seen of its neighbours, and
mirrored where the picture ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from model_backend.models.unet import UNetConfig, margin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]

STEP = 384
"""Pixels of a tile that are kept, of each side: with valid convolutions the paper's 572 go in."""


@dataclass(frozen=True)
class Tiling:
    """How a picture is cut, in pixels of each side.

    A tile shows `before` pixels before the `step` that are kept, `side` in all; in what the network
    says of it those that are kept begin at `first`. Steps are multiples of the network's coarsest
    pixel: so all tiles are pooled as the whole picture would be, and say the same.
    """

    step: int
    before: int
    side: int
    first: int

    def corners(self, height: int, width: int) -> Iterator[tuple[int, int]]:
        """Top and left of what is kept of each tile, row by row."""
        for top in range(0, height, self.step):
            yield from ((top, left) for left in range(0, width, self.step))

    def tiles(self, picture: Numbers) -> list[Numbers]:
        """The tiles (channels, side, side) of a picture (channels, H, W), row by row."""
        height, width = picture.shape[1:]
        after = self.side - self.before
        wide = np.pad(
            picture,
            ((0, 0), (self.before, after + self.step), (self.before, after + self.step)),
            mode="reflect",
        )
        return [
            wide[:, top : top + self.side, left : left + self.side]
            for top, left in self.corners(height, width)
        ]

    def joined(self, said: Sequence[Numbers], height: int, width: int) -> Numbers:
        """(classes, H, W) of what the network says (classes, S, S) of each tile."""
        found = np.empty((said[0].shape[0], height, width), np.float32)
        for (top, left), part in zip(self.corners(height, width), said, strict=True):
            own = part[:, self.first : self.first + self.step, self.first : self.first + self.step]
            kept = own[:, : height - top, : width - left]
            found[:, top : top + kept.shape[1], left : left + kept.shape[2]] = kept
        return found


def tiling_of(config: UNetConfig, step: int = STEP) -> Tiling:
    """The tiles for a network; `step` is rounded up to a multiple of 2 ** levels.

    Valid convolutions want sides that leave a rest of -4, so that every pooling sees even ones;
    padded ones a multiple, and a border as wide as they see, from any pixel of the coarsest.
    """
    coarsest, sees = 2**config.levels, margin(config.levels)
    step = _up(step, coarsest)
    if not config.is_padded:
        return Tiling(step, sees, _up(step + 2 * sees + 4, coarsest) - 4, 0)
    before = _up(sees + coarsest - 1, coarsest)
    return Tiling(step, before, step + 2 * before, before)


def _up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def whole(
    picture: Numbers, tiling: Tiling, run: Callable[[Sequence[Numbers]], Sequence[Numbers]]
) -> Numbers:
    """What the network says (classes, H, W) of a picture (channels, H, W), tile by tile; `run`
    gives what it says of tiles.
    """
    return tiling.joined(run(tiling.tiles(picture)), *picture.shape[1:])
