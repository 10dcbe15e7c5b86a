"""Connected ink around a point of a grey picture: what a magic wand takes."""

from __future__ import annotations

from collections.abc import Iterator
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
FIRST_PX, GROWTH = 96, 3


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
    for left, top, right, bottom in _windows(at_x, at_y, width, height, max(1, gap)):
        ink = grey[top:bottom, left:right] <= limit
        part = _part(ink, at_x - left, at_y - top, gap)
        if not _leaves(part, left, top, right=width - right, bottom=height - bottom):
            return Ink(part & ink, left, top)
    return None


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


def _windows(
    x: int, y: int, width: int, height: int, step: int
) -> Iterator[tuple[int, int, int, int]]:
    """Ever larger windows around a pixel, the last one the whole picture; their left and top are
    multiples of the step, so that blocks lie the same in all of them.
    """
    reach = FIRST_PX
    while True:
        left, top = (max(0, place - reach) // step * step for place in (x, y))
        right, bottom = min(width, x + reach), min(height, y + reach)
        if (right - left) * (bottom - top) * 3 >= width * height:
            yield 0, 0, width, height
            return
        yield left, top, right, bottom
        reach *= GROWTH


def warm_up() -> None:
    """Import what looking for ink needs: a third of a second that no click need wait for."""
    import_module("scipy.ndimage")


def _part(ink: Bitmap, x: int, y: int, gap: int) -> Bitmap:
    """The connected part of a window around the pixel: of its ink, or of blocks that have ink.

    Blocks as wide as the gap touch where their ink is nearer than that, and for some ways beyond;
    there are few of them, so that a whole page takes as long as a letter.
    """
    import numpy as np
    from scipy import ndimage

    size = max(1, gap)
    height, width = ink.shape
    blocks = _blocks(ink, size) if size > 1 else ink
    labelled = ndimage.label(blocks, structure=np.ones((3, 3), dtype=bool))[0]
    number = labelled[y // size, x // size]
    part: Bitmap = (labelled == number) & bool(number)
    if size > 1:
        part = np.repeat(np.repeat(part, size, axis=0), size, axis=1)[:height, :width]
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


def _leaves(part: Bitmap, left: int, top: int, *, right: int, bottom: int) -> bool:
    """Whether the part reaches a border of the window beyond which there is more picture."""
    return bool(
        (left and part[:, 0].any())
        or (top and part[0].any())
        or (right and part[:, -1].any())
        or (bottom and part[-1].any())
    )
