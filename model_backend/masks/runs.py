"""COCO's run lengths: compressed counts of bitmaps in and out, masks cropped to their ink.

Source: the run-length code of the COCO API (`maskApi.c`: rleEncode, rleDecode, rleToString,
rleFrString), here in numpy, for whole arrays at a time. Runs go down the columns, the first one
counts background pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from model_backend.document import (
    IDENTITY,
    Affine,
    Box,
    Mask,
    bounding_box,
    compose,
    transform_point,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    Bitmap = NDArray[np.bool_]
    Integers = NDArray[np.int64]

MAX_PIXELS = 1 << 28
"""Larger bitmaps are refused before memory is taken: 268 megapixels, an A0 sheet at 360 dpi."""
_FIRST_CHARACTER = 48
_LONGEST_NUMBER = 12  # five bits a character: 60 bits, far above any pixel count


def encode(bitmap: ArrayLike) -> bytes:
    """COCO's compressed counts of a bitmap (height, width); what is not zero is foreground."""
    return counts_of(_runs_of_bitmap(_as_bitmap(bitmap)))


def decode(counts: bytes, width: int, height: int) -> Bitmap:
    """The bitmap (height, width), Fortran-ordered; ValueError when the counts do not fill it."""
    import numpy as np

    runs = _checked_runs(counts, width, height)
    values = np.arange(len(runs)) % 2 == 1
    bitmap: Bitmap = np.repeat(values, runs).reshape(width, height).T
    return bitmap


def runs_of(counts: bytes) -> list[int]:
    """The run lengths in compressed counts; ValueError when they are none or negative."""
    result: list[int] = _runs(counts).tolist()
    return result


def counts_of(runs: Sequence[int] | Integers) -> bytes:
    """COCO's compressed counts of run lengths; ValueError for a negative run."""
    import numpy as np

    values = np.asarray(runs, dtype=np.int64)
    if values.size and values.min() < 0:
        raise ValueError("a run length is negative")
    numbers = values.copy()
    numbers[3:] -= values[1:-2]  # from the fourth on, the difference to the run before the last
    return _characters(numbers)


def area(mask: Mask) -> float:
    """The foreground's area in square page units (pixels times the area of one)."""
    a, b, c, d, _e, _f = mask.to_page
    return pixel_count(mask.counts) * abs(a * d - b * c)


def pixel_count(counts: bytes) -> int:
    """How many pixels are foreground."""
    return int(_runs(counts)[1::2].sum())


def bounding_box_of(mask: Mask) -> Box:
    """The smallest box around the ink in page units, turned masks too; ValueError when empty."""
    rectangles = _rectangles(mask)
    if not len(rectangles):
        raise ValueError("the mask is empty")
    x0, y0, x1, y1 = rectangles.T
    if mask.to_page[1] == 0 == mask.to_page[2]:
        near = transform_point(mask.to_page, (float(x0.min()), float(y0.min())))
        return bounding_box(
            [near, transform_point(mask.to_page, (float(x1.max()), float(y1.max())))]
        )
    return _box_of_corners(mask.to_page, ((x0, y0), (x1, y0), (x0, y1), (x1, y1)))


def mask_from_bitmap(bitmap: ArrayLike, to_page: Affine = IDENTITY) -> Mask:
    """A mask cropped to its ink, placed where the bitmap (height, width) was.

    ValueError when the bitmap is empty.
    """
    import numpy as np

    array = _as_bitmap(bitmap)
    rows, columns = np.flatnonzero(array.any(axis=1)), np.flatnonzero(array.any(axis=0))
    if not len(rows):
        raise ValueError("the bitmap has no foreground")
    top, left = int(rows[0]), int(columns[0])
    ink = array[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    shifted = compose((1.0, 0.0, 0.0, 1.0, float(left), float(top)), to_page)
    return Mask(width=ink.shape[1], height=ink.shape[0], counts=encode(ink), to_page=shifted)


def _as_bitmap(bitmap: ArrayLike) -> Bitmap:
    import numpy as np

    array: Bitmap = np.asarray(bitmap) != 0
    if array.ndim != 2:
        raise ValueError("a bitmap has two dimensions")
    return array


def check_size(width: int, height: int) -> None:
    """ValueError for a raster that is too large, or less than empty."""
    if width < 0 or height < 0 or width * height > MAX_PIXELS:
        raise ValueError(f"a bitmap of {width} x {height} pixels is not possible")


def _runs_of_bitmap(bitmap: Bitmap) -> Integers:
    import numpy as np

    pixels = bitmap.ravel(order="F")
    changes = np.flatnonzero(pixels[1:] != pixels[:-1]) + 1
    starts_with_ink = bool(pixels.size and pixels[0])
    borders = np.concatenate([[0, 0] if starts_with_ink else [0], changes, [pixels.size]])
    return np.diff(borders).astype(np.int64)


def _runs(counts: bytes) -> Integers:
    import numpy as np

    numbers = _numbers(counts)
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    if numbers.size and numbers.min() < 0:
        raise ValueError("a run length is negative")
    return numbers


def _checked_runs(counts: bytes, width: int, height: int) -> Integers:
    check_size(width, height)
    runs = _runs(counts)
    if runs.size and runs.max() > width * height or int(runs.sum()) != width * height:
        raise ValueError(f"the run lengths do not add up to {width} x {height} pixels")
    return runs


def _numbers(counts: bytes) -> Integers:
    """The signed numbers in five-bit groups (bit 6: another follows; bit 5 of the last: sign)."""
    import numpy as np

    groups = np.frombuffer(counts, dtype=np.uint8).astype(np.int64) - _FIRST_CHARACTER
    if groups.size and (groups.min() < 0 or groups.max() > 63 or groups[-1] & 32):
        raise ValueError("the run lengths are not COCO's compressed counts")
    ends = np.flatnonzero(groups & 32 == 0)
    starts = np.concatenate([[0], ends[:-1] + 1])[: len(ends)]
    lengths = ends - starts + 1
    if lengths.size and lengths.max() > _LONGEST_NUMBER:
        raise ValueError("a run length is too large")
    if not lengths.size:
        return np.zeros(0, dtype=np.int64)
    places = np.arange(len(groups)) - np.repeat(starts, lengths)
    values = np.add.reduceat((groups & 31) << (5 * places), starts)
    is_negative = groups[ends] & 16 != 0
    values[is_negative] -= np.int64(1) << (5 * lengths[is_negative])
    return values


def _characters(numbers: Integers) -> bytes:
    import numpy as np

    groups, is_used = [], []
    rest, is_open = numbers.copy(), np.ones(len(numbers), dtype=bool)
    while is_open.any():
        group = rest & 31
        rest >>= 5
        is_last = np.where(group & 16, rest == -1, rest == 0)
        groups.append(np.where(is_last, group, group | 32))
        is_used.append(is_open)
        is_open = is_open & ~is_last
    if not groups:
        return b""
    table, used = np.stack(groups, axis=1), np.stack(is_used, axis=1)
    result: bytes = (table[used] + _FIRST_CHARACTER).astype(np.uint8).tobytes()
    return result


def _rectangles(mask: Mask) -> Integers:
    """Rectangles (n, 4: x0, y0, x1, y1) in pixels that together are the foreground."""
    import numpy as np

    runs = _checked_runs(mask.counts, mask.width, mask.height)
    ends = np.cumsum(runs)[1::2]
    starts = ends - runs[1::2]
    starts, ends = starts[ends > starts], ends[ends > starts]
    x0, y0 = np.divmod(starts, max(1, mask.height))
    x1, y1 = np.divmod(ends - 1, max(1, mask.height))
    is_long, is_wide = x1 > x0, x1 > x0 + 1
    full = np.full_like(x0, mask.height)
    parts = [
        np.stack([x0, y0, x0 + 1, np.where(is_long, full, y1 + 1)], axis=1),
        np.stack([x0 + 1, 0 * x0, x1, full], axis=1)[is_wide],
        np.stack([x1, 0 * x0, x1 + 1, y1 + 1], axis=1)[is_long],
    ]
    return np.concatenate(parts)


def _box_of_corners(affine: Affine, corners: Sequence[tuple[Integers, Integers]]) -> Box:
    a, b, c, d, e, f = affine
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return Box(
        float(min(x.min() for x in xs)),
        float(min(y.min() for y in ys)),
        float(max(x.max() for x in xs)),
        float(max(y.max() for y in ys)),
    )
