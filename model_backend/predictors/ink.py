"""Ink on a page: where it is, which of it is coloured, which of it is straight lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from model_backend.document import Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]
    Pixels = NDArray[np.uint8]
    Numbers = NDArray[np.int64]

CONTRAST = 0.22
"""Ink is darker than the paper around it by this share."""
COLOR = 60
"""Coloured ink differs between its strongest and weakest channel by more than this (of 255)."""


def ink_of(red_green_blue: Pixels) -> tuple[Bitmap, Bitmap]:
    """Ink and coloured ink (height, width), against a paper that may be grey or unevenly lit.

    The weakest channel is looked at: red and blue ink are dark there.
    """
    import numpy as np

    weakest = red_green_blue.min(axis=2)
    paper = _paper(weakest)
    ink: Bitmap = weakest < (1 - CONTRAST) * paper
    strength = red_green_blue.max(axis=2).astype(np.int16) - weakest
    colored: Bitmap = ink & (strength > COLOR)
    return ink, colored


def _paper(values: Pixels) -> NDArray[np.float32]:
    """The paper's brightness everywhere: the bright part of blocks of 32 pixels, smoothed."""
    import numpy as np
    from scipy import ndimage

    block = 32
    height, width = values.shape
    padded = np.pad(values, ((0, -height % block), (0, -width % block)), mode="edge")
    rows, columns = padded.shape[0] // block, padded.shape[1] // block
    tiles = padded.reshape(rows, block, columns, block).swapaxes(1, 2).reshape(rows, columns, -1)
    bright = np.percentile(tiles[:, :, ::7], 80, axis=2)
    bright = ndimage.maximum_filter(bright, 5)  # a filled block takes the paper beside it
    smooth = ndimage.uniform_filter(bright, 3).astype(np.float32)
    return np.repeat(np.repeat(smooth, block, axis=0), block, axis=1)[:height, :width]


def rulings_of(ink: Bitmap, dpi: float) -> Bitmap:
    """Straight horizontal and vertical lines of at least 0.75 inch that are thin.

    A shorter length would take the flat top off a round stamp.
    """
    length, thick = max(8, round(0.75 * dpi)), max(3, round(0.05 * dpi))
    across, down = _lines(ink, length, thick), _lines(ink.T, length, thick).T
    return across | down


def short_lines_of(ink: Bitmap, dpi: float) -> Bitmap:
    """Horizontal lines of at least 0.25 inch that are thin: underlines, also of single words."""
    return _lines(ink, max(8, round(0.25 * dpi)), max(3, round(0.03 * dpi)))


def _lines(ink: Bitmap, length: int, thick: int) -> Bitmap:
    """Horizontal lines; runs may wander by a pixel up and down, as skewed ones do."""
    import numpy as np
    from scipy import ndimage

    bytes_ = ndimage.maximum_filter1d(ink.astype(np.uint8), 3, axis=0)
    kept = ndimage.maximum_filter1d(
        ndimage.minimum_filter1d(bytes_, length, axis=1), length, axis=1
    )
    solid = ndimage.maximum_filter1d(
        ndimage.minimum_filter1d(kept, thick + 2, axis=0), thick + 2, axis=0
    )
    result: Bitmap = (kept > solid) & ink
    return result


def straight_share(ink: Bitmap, dpi: float) -> float:
    """The share of the ink that lies in straight runs, across or down, of at least 0.25 inch."""
    length = max(8, round(0.25 * dpi))
    return float((_runs(ink, length) | _runs(ink.T, length).T).sum() / max(1, ink.sum()))


def _runs(ink: Bitmap, length: int) -> Bitmap:
    from scipy import ndimage

    if ink.shape[1] < length:
        return ink & False
    kept = ndimage.minimum_filter1d(ink.view("uint8"), length, axis=1, mode="constant")
    result: Bitmap = ndimage.maximum_filter1d(kept, length, axis=1, origin=-1 + length % 2) > 0
    return result & ink


def components(bitmap: Bitmap) -> tuple[NDArray[np.int32], Numbers, list[Box]]:
    """Connected parts (8 neighbours): a number for each pixel (0: none), their sizes and boxes.

    Sizes and boxes belong to the numbers 1, 2, ...; boxes are in pixels, half-open.
    """
    import numpy as np
    from scipy import ndimage

    labelled, count = ndimage.label(bitmap, structure=np.ones((3, 3), dtype=bool))
    numbers = np.asarray(labelled, dtype=np.int32)
    sizes = np.bincount(numbers.ravel(), minlength=count + 1)[1:].astype(np.int64)
    boxes = [
        Box(columns.start, rows.start, columns.stop, rows.stop)
        for rows, columns in ndimage.find_objects(numbers)
    ]
    return numbers, sizes, boxes


def painted(boxes: Sequence[Box], height: int, width: int) -> Bitmap:
    """A bitmap of filled boxes (pixels)."""
    import numpy as np

    result = np.zeros((height, width), dtype=bool)
    for box in boxes:
        x0, y0 = max(0, int(box.x0)), max(0, int(box.y0))
        result[y0 : max(y0, int(box.y1) + 1), x0 : max(x0, int(box.x1) + 1)] = True
    return result


def share_in(numbers: NDArray[np.int32], count: int, area: Bitmap) -> NDArray[np.float64]:
    """For each part the share of its pixels that lies in the area."""
    import numpy as np

    inside = np.bincount(numbers[area], minlength=count + 1)[1:]
    whole = np.bincount(numbers.ravel(), minlength=count + 1)[1:]
    return inside / np.maximum(1, whole)


def stroke_width(bitmap: Bitmap) -> float:
    """The usual width of the strokes in pixels: twice the mean depth along their middle."""
    import numpy as np
    from scipy import ndimage

    depth = ndimage.distance_transform_edt(np.pad(bitmap, 1))
    ridge = depth >= ndimage.maximum_filter(depth, 3)
    values = depth[ridge & (depth > 0)]
    return float(2 * values.mean() - 1) if values.size else 0.0
