"""Bitmap masks as run lengths: COCO's counts in and out, areas, boxes, resampling, outlines.

Source: the run-length code of the COCO API (`maskApi.c`: rleEncode, rleDecode, rleToString,
rleFrString), here in numpy, for whole arrays at a time. Runs go down the columns, the first one
counts background pixels. numpy is imported inside the functions: the window's process opens
without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from model_backend.document import (
    IDENTITY,
    Affine,
    Box,
    Mask,
    Polygon,
    bounding_box,
    compose,
    inverse,
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


def bitmap_on(mask: Mask, width: int, height: int, from_page: Affine = IDENTITY) -> Bitmap:
    """The mask on another raster: each pixel of (height, width) takes the value at its centre.

    `from_page` maps page units to the raster's pixels. What lies outside the raster is cut off.
    """
    import numpy as np

    _check_size(width, height)
    result = np.zeros((height, width), dtype=bool)
    to_raster = compose(mask.to_page, from_page)
    corners = ((0, 0), (mask.width, 0), (mask.width, mask.height), (0, mask.height))
    window = _pixels_of(
        bounding_box(transform_point(to_raster, corner) for corner in corners), width, height
    )
    if window is None:
        return result
    source = decode(mask.counts, mask.width, mask.height)
    left, top, right, bottom = window
    step = max(1, 4_000_000 // (right - left))  # strips: two indices are kept for each pixel
    for start in range(top, bottom, step):
        stop = min(bottom, start + step)
        result[start:stop, left:right] = _sampled(
            source, inverse(to_raster), left=left, top=start, right=right, bottom=stop
        )
    return result


def polygons_to_bitmap(
    polygons: Sequence[Polygon],
    width: int,
    height: int,
    from_page: Affine = IDENTITY,
    *,
    even_odd: bool = False,
) -> Bitmap:
    """The union of polygons on a raster (height, width): pixels whose centre lies inside.

    One polygon fills by the even-odd rule; with `even_odd` all of them do together, so that
    outlines of holes (`contours`) come out as holes.
    """
    import numpy as np

    _check_size(width, height)
    groups = [list(polygons)] if even_odd else [[polygon] for polygon in polygons]
    result = np.zeros((height, width), dtype=bool)
    for group in groups:
        crossings = [_crossings(polygon, from_page, height) for polygon in group]
        _fill(result, crossings)
    return result


def contours(mask: Mask) -> tuple[Polygon, ...]:
    """Outlines on pixel edges in page units: outer ones clockwise, holes the other way round.

    Pixels that touch only at a corner belong to separate outlines. Filled with the even-odd (or
    winding) rule the outlines give the mask back.
    """
    bitmap = decode(mask.counts, mask.width, mask.height)
    xs, ys, across, along = _corners(bitmap)
    return tuple(
        tuple(transform_point(mask.to_page, (xs[index], ys[index])) for index in ring)
        for ring in _rings(bitmap, xs, ys, across, along)
    )


def _as_bitmap(bitmap: ArrayLike) -> Bitmap:
    import numpy as np

    array: Bitmap = np.asarray(bitmap) != 0
    if array.ndim != 2:
        raise ValueError("a bitmap has two dimensions")
    return array


def _check_size(width: int, height: int) -> None:
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
    _check_size(width, height)
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


def _pixels_of(box: Box, width: int, height: int) -> tuple[int, int, int, int] | None:
    """The pixels (left, top, right, bottom; half-open) of the raster that the box touches."""
    common = box.intersection(Box(0, 0, width, height))
    if common.width <= 0 or common.height <= 0:
        return None
    right, bottom = min(width, int(common.x1) + 1), min(height, int(common.y1) + 1)
    return int(common.x0), int(common.y0), right, bottom


def _sampled(
    source: Bitmap, to_source: Affine, *, left: int, top: int, right: int, bottom: int
) -> Bitmap:
    """The source at the centres of a window of pixels; background outside of it."""
    import numpy as np

    a, b, c, d, e, f = to_source
    x, y = np.arange(left, right) + 0.5, (np.arange(top, bottom) + 0.5)[:, None]
    # without a turn one index a column and one a row are enough: they meet by broadcasting
    columns = np.floor(a * x + (c * y if c else 0.0) + e).astype(np.int64)
    rows = np.floor((b * x if b else 0.0) + d * y + f).astype(np.int64)
    height, width = source.shape
    is_inside = (columns >= 0) & (columns < width) & (rows >= 0) & (rows < height)
    values: Bitmap = source[rows.clip(0, height - 1), columns.clip(0, width - 1)] & is_inside
    return values


def _crossings(polygon: Polygon, from_page: Affine, height: int) -> tuple[Any, Any]:
    """Where the outline crosses the middle of each row of pixels: row numbers and x."""
    import numpy as np

    points = np.array([transform_point(from_page, point) for point in polygon]).reshape(-1, 2)
    if not np.isfinite(points).all():
        raise ValueError("a polygon has a coordinate that is not a number")
    x0, y0 = points.T
    x1, y1 = np.roll(points, -1, axis=0).T
    first = np.clip(np.ceil(np.minimum(y0, y1) - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(np.maximum(y0, y1) - 0.5), 0, height).astype(np.int64)
    lengths = last - first
    edges = np.repeat(np.arange(len(points)), lengths)
    rows = np.arange(len(edges)) - np.repeat(np.cumsum(lengths) - lengths - first, lengths)
    share = (rows + 0.5 - y0[edges]) / (y1 - y0)[edges]
    return rows, x0[edges] + share * (x1 - x0)[edges]


def _fill(bitmap: Bitmap, crossings: Sequence[tuple[Any, Any]]) -> None:
    """Add the pixels between odd and even crossings to the bitmap, in place."""
    import numpy as np

    rows = np.concatenate([rows for rows, _xs in crossings] or [np.zeros(0, dtype=np.int64)])
    if not len(rows):
        return
    height, width = bitmap.shape
    columns = np.clip(np.ceil(np.concatenate([xs for _rows, xs in crossings]) - 0.5), 0, width)
    left, top = int(columns.min()), int(rows.min())
    toggles = np.zeros((int(rows.max()) - top + 1, int(columns.max()) - left + 1), dtype=bool)
    np.logical_xor.at(toggles, (rows - top, columns.astype(np.int64) - left), True)
    filled = np.logical_xor.accumulate(toggles, axis=1)[:, :-1]
    bitmap[top : top + filled.shape[0], left : left + filled.shape[1]] |= filled


def _corners(bitmap: Bitmap) -> tuple[list[int], list[int], list[int], list[int]]:
    """Corners of the outlines: x, y, and for each its partner along the row and along the column.

    In every row of the lattice the corners alternate between beginning and ending an edge, and so
    in every column. A point where two pixels touch diagonally is two corners; `order` says which
    of them each edge meets.
    """
    import numpy as np

    padded = np.pad(bitmap, 1)
    upper_left, upper_right = padded[:-1, :-1], padded[:-1, 1:]
    lower_left, lower_right = padded[1:, :-1], padded[1:, 1:]
    is_saddle = (upper_left == lower_right) & (upper_right == lower_left)
    is_saddle &= upper_left != upper_right
    is_corner = upper_left ^ upper_right ^ lower_left ^ lower_right
    ys, xs = np.nonzero(is_corner | is_saddle)
    repeats = 1 + is_saddle[ys, xs]
    second = np.arange(repeats.sum()) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    ys, xs = np.repeat(ys, repeats), np.repeat(xs, repeats)
    order = np.where(upper_left[ys, xs] | (np.repeat(repeats, repeats) == 1), second, 1 - second)
    by_column = np.lexsort((order, ys, xs))
    across = np.arange(len(xs)) ^ 1  # nonzero() is in row order already: partners are 2k, 2k + 1
    along = np.empty_like(across)
    along[by_column] = by_column[across]
    return xs.tolist(), ys.tolist(), across.tolist(), along.tolist()


def _rings(
    bitmap: Bitmap, xs: list[int], ys: list[int], across: list[int], along: list[int]
) -> list[list[int]]:
    """Closed chains of corners; each begins at its topmost, leftmost corner."""
    is_done = bytearray(len(xs))
    rings = []
    for start in range(len(xs)):
        if is_done[start]:
            continue
        ring, current = [], start
        while not is_done[current]:
            partner = across[current]
            is_done[current] = is_done[partner] = 1
            ring += [current, partner]
            current = along[partner]
        is_outer = ys[start] < bitmap.shape[0] and bitmap[ys[start], xs[start]]
        rings.append(ring if is_outer else [ring[0], *reversed(ring[1:])])
    return rings
