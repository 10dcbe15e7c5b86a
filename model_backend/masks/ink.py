"""Connected ink around a point of a grey picture: what a magic wand takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    counts as connected, but the space between stays open. None where there is only paper.
    """
    height, width = grey.shape
    if not (0 <= x < width and 0 <= y < height):
        return None
    at_x, at_y, limit = _start(grey, x, y, tolerance, reach)
    if limit < 0:
        return None
    for left, top, right, bottom in _windows(at_x, at_y, width, height):
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


def _windows(x: int, y: int, width: int, height: int) -> Iterator[tuple[int, int, int, int]]:
    """Ever larger windows around a pixel, the last one the whole picture."""
    reach = FIRST_PX
    while True:
        left, top = max(0, x - reach), max(0, y - reach)
        right, bottom = min(width, x + reach), min(height, y + reach)
        if (right - left) * (bottom - top) * 3 >= width * height:
            yield 0, 0, width, height
            return
        yield left, top, right, bottom
        reach *= GROWTH


def _part(ink: Bitmap, x: int, y: int, gap: int) -> Bitmap:
    """The connected part of the ink, grown by half the gap, that holds the pixel."""
    import numpy as np
    from scipy import ndimage

    near: Any = ink
    if gap:
        size = gap + 1
        grown = ndimage.maximum_filter1d(ink.view(np.uint8), size, axis=0)
        near = ndimage.maximum_filter1d(grown, size, axis=1)
    labelled = ndimage.label(near, structure=np.ones((3, 3), dtype=bool))[0]
    number = labelled[y, x]
    part: Bitmap = (labelled == number) & bool(number)
    return part


def _leaves(part: Bitmap, left: int, top: int, *, right: int, bottom: int) -> bool:
    """Whether the part reaches a border of the window beyond which there is more picture."""
    return bool(
        (left and part[:, 0].any())
        or (top and part[0].any())
        or (right and part[:, -1].any())
        or (bottom and part[-1].any())
    )
