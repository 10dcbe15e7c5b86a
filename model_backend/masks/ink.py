"""Connected ink around a point of a grey picture: what a magic wand takes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]
    Grey = NDArray[np.uint8]

PAPER_PX = 96
"""How far around the point the paper's brightness is looked for."""
LEAST_CONTRAST = 24
"""Ink is darker than the paper around it by this many grey levels (of 255)."""
COARSE = 8
"""Pixels of a square: where ink may be connected at all is found by squares first."""


@dataclass(frozen=True, eq=False)
class Ink:
    """A bitmap (height, width) and the picture's pixel that its first one is."""

    bitmap: Bitmap
    left: int
    top: int


def connected_ink(
    grey: Grey, x: int, y: int, *, tolerance: int, gap: int = 0, reach: int = 3
) -> Ink | None:
    """The ink (8 neighbours) connected with the darkest pixel within `reach` of (x, y).

    `grey` is (height, width), 0 black to 255 white. Pixels up to `tolerance` levels brighter than
    that pixel are ink, as long as they are darker than the paper. Ink nearer than `gap` pixels
    (or up to twice as far) counts as connected, but the space between stays open. None where there
    is only paper.
    """
    height, width = grey.shape
    if not (0 <= x < width and 0 <= y < height):
        return None
    at_x, at_y, limit = _start(grey, x, y, tolerance, reach)
    if limit < 0:
        return None
    ink = grey <= limit
    if gap > 1:
        left, top, part = _of_blocks(ink, at_x, at_y, gap)
        return Ink(part & ink[top : top + part.shape[0], left : left + part.shape[1]], left, top)
    left, top, near = _of_blocks(ink, at_x, at_y, COARSE)
    window = ink[top : top + near.shape[0], left : left + near.shape[1]]
    return Ink(_connected(window, at_x - left, at_y - top), left, top)


def _start(grey: Grey, x: int, y: int, tolerance: int, reach: int) -> tuple[int, int, int]:
    """The darkest pixel near the point and the brightest level that is ink; -1 on bare paper."""
    import numpy as np

    top, left = max(0, y - reach), max(0, x - reach)
    near = grey[top : y + reach + 1, left : x + reach + 1]
    row, column = divmod(int(near.argmin()), near.shape[1])
    darkest = int(near[row, column])
    around = grey[max(0, y - PAPER_PX) : y + PAPER_PX, max(0, x - PAPER_PX) : x + PAPER_PX]
    paper = int(np.percentile(around[::2, ::2], 90))
    if darkest > paper - LEAST_CONTRAST:
        return x, y, (-1 if paper > 96 else max(darkest, paper))
    return left + column, top + row, min(darkest + tolerance, paper - LEAST_CONTRAST // 2)


def warm_up() -> None:
    """Import what looking for ink needs: a third of a second that no click need wait for."""
    import_module("scipy.ndimage")


def _of_blocks(ink: Bitmap, x: int, y: int, size: int) -> tuple[int, int, Bitmap]:
    """Left, top and bitmap of the connected squares of `size` x `size` pixels that have ink, with
    that of the pixel. Squares touch where their ink is nearer than that, and for some ways beyond;
    there are few of them, so that a whole page takes as long as a letter.
    """
    import numpy as np

    height, width = ink.shape
    part = _connected(_blocks(ink, size), x // size, y // size)
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    top, left = int(rows[0]), int(columns[0])
    part = part[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    top, left = top * size, left * size
    wide = np.repeat(np.repeat(part, size, axis=0), size, axis=1)
    return left, top, wide[: height - top, : width - left]


def _connected(bitmap: Bitmap, x: int, y: int) -> Bitmap:
    """What is connected (8 neighbours) with a place that is set."""
    import numpy as np
    from scipy import ndimage

    labelled = ndimage.label(bitmap, structure=np.ones((3, 3), dtype=bool))[0]
    part: Bitmap = labelled == labelled[y, x]
    return part


def _blocks(ink: Bitmap, size: int) -> Bitmap:
    """Which squares of `size` x `size` have ink: whole rows and columns are put together, which is
    twenty times as fast as asking the squares.
    """
    import numpy as np

    height, width = ink.shape
    padded = np.pad(ink, ((0, -height % size), (0, -width % size)))
    rows = np.logical_or.reduce([padded[at::size] for at in range(size)])
    blocks: Bitmap = np.logical_or.reduce([rows[:, at::size] for at in range(size)])
    return blocks
