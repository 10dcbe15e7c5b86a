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
    starts, ends = _foreground(mask)
    if not len(starts):
        raise ValueError("the mask is empty")
    if mask.to_page[1] == 0 == mask.to_page[2]:
        x0, x1 = int(starts[0]) // mask.height, int(ends[-1] - 1) // mask.height + 1
        y0, y1 = _rows_of(starts, ends, mask.height)
        near = transform_point(mask.to_page, (float(x0), float(y0)))
        return bounding_box([near, transform_point(mask.to_page, (float(x1), float(y1)))])
    left, top, right, bottom = _rectangles(starts, ends, mask.height).T
    corners = ((left, top), (right, top), (left, bottom), (right, bottom))
    return _box_of_corners(mask.to_page, corners)


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
    values: Integers = groups[starts] & 31
    for place in range(1, int(lengths.max())):
        longer = np.flatnonzero(lengths > place)
        values[longer] |= (groups[starts[longer] + place] & 31) << (5 * place)
    is_negative = groups[ends] & 16 != 0
    values[is_negative] -= np.int64(1) << (5 * lengths[is_negative])
    return values


def _characters(numbers: Integers) -> bytes:
    import numpy as np

    lengths = _lengths_of(numbers)
    ends = np.cumsum(lengths)
    groups = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    places, rest, left = ends - lengths, numbers, lengths
    while len(rest):
        is_open = left > 1  # another group follows
        groups[places] = (rest & 31) + 32 * is_open + _FIRST_CHARACTER
        places, rest, left = places[is_open] + 1, rest[is_open] >> 5, left[is_open] - 1
    result: bytes = groups.tobytes()
    return result


def _lengths_of(numbers: Integers) -> Integers:
    """How many groups of five bits each number needs, the highest of them for its sign."""
    import numpy as np

    sizes = np.where(numbers < 0, ~numbers, numbers)
    lengths, size = np.ones(len(numbers), dtype=np.int64), 16
    while (is_longer := sizes >= size).any():
        lengths += is_longer
        size <<= 5
    return lengths


def _foreground(mask: Mask) -> tuple[Integers, Integers]:
    """Where the runs of foreground begin and end, counted down the columns."""
    import numpy as np

    runs = _checked_runs(mask.counts, mask.width, mask.height)
    ends = np.cumsum(runs)[1::2]
    starts = ends - runs[1::2]
    return starts[ends > starts], ends[ends > starts]


def _rows_of(starts: Integers, ends: Integers, height: int) -> tuple[int, int]:
    """The first row that runs reach and the one after the last: all where one goes on into the
    next column.
    """
    first = starts % height
    last = first + ends - starts
    if last.max() > height:
        return 0, height
    return int(first.min()), int(last.max())


def _rectangles(starts: Integers, ends: Integers, height: int) -> Integers:
    """Rectangles (n, 4: x0, y0, x1, y1) in pixels that together are these runs."""
    import numpy as np

    x0, y0 = np.divmod(starts, height)
    x1, y1 = np.divmod(ends - 1, height)
    is_long, is_wide = x1 > x0, x1 > x0 + 1
    full = np.full_like(x0, height)
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
