"""Masks and polygons on a raster: resampled, filled."""

from __future__ import annotations

import math
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
from model_backend.masks.runs import check_size, decode, encode, mask_from_bitmap

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]


def bitmap_on(mask: Mask, width: int, height: int, from_page: Affine = IDENTITY) -> Bitmap:
    """The mask on another raster: each pixel of (height, width) takes the value at its centre.

    `from_page` maps page units to the raster's pixels. What lies outside the raster is cut off.
    """
    import numpy as np

    check_size(width, height)
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
    a, b, c, d, x, y = to_raster
    if (a, b, c, d) == (1, 0, 0, 1) and x == int(x) and y == int(y):  # pixel on pixel
        moved = source[top - int(y) : bottom - int(y), left - int(x) : right - int(x)]
        result[top : top + moved.shape[0], left : left + moved.shape[1]] = moved
        return result
    step = max(1, 4_000_000 // (right - left))  # strips: two indices are kept for each pixel
    for start in range(top, bottom, step):
        stop = min(bottom, start + step)
        result[start:stop, left:right] = _sampled(
            source, inverse(to_raster), left=left, top=start, right=right, bottom=stop
        )
    return result


def counts_on(mask: Mask, width: int, height: int) -> bytes:
    """COCO's compressed run lengths of the mask on the page's own pixels; a mask that lies on just
    these is taken as it is."""
    if mask.to_page == IDENTITY and (mask.width, mask.height) == (width, height):
        return mask.counts
    return encode(bitmap_on(mask, width, height))


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
    parts = [list(polygons)] if even_odd else [[polygon] for polygon in polygons]
    return parts_to_bitmap(parts, width, height, from_page)


def parts_to_bitmap(
    parts: Sequence[Sequence[Polygon]], width: int, height: int, from_page: Affine = IDENTITY
) -> Bitmap:
    """The union of parts on a raster (height, width), each an outer ring with its holes."""
    import numpy as np

    check_size(width, height)
    result = np.zeros((height, width), dtype=bool)
    for part in parts:
        _fill(result, [_crossings(ring, from_page, height) for ring in part])
    return result


def mask_of_polygons(polygons: Sequence[Polygon], to_page: Affine) -> Mask:
    """The union of polygons as a mask whose pixels lie on a raster of the page.

    `to_page` maps the raster's pixels to page units. ValueError when no pixel's centre is inside.
    """
    from_page = inverse(to_page)
    around = bounding_box(
        transform_point(from_page, point) for polygon in polygons for point in polygon
    )
    left, top = math.floor(around.x0), math.floor(around.y0)
    to_raster = compose(from_page, (1.0, 0.0, 0.0, 1.0, -left, -top))
    width, height = math.ceil(around.x1) - left, math.ceil(around.y1) - top
    bitmap = polygons_to_bitmap(polygons, width, height, to_raster)
    return mask_from_bitmap(bitmap, inverse(to_raster))


def combined(mask: Mask, other: Mask, *, is_away: bool = False) -> Mask | None:
    """The mask with another one's foreground added, or taken away; on its own raster, grown where
    needed. None when nothing is left.
    """
    import numpy as np

    to_raster = compose(other.to_page, inverse(mask.to_page))
    corners = ((0, 0), (other.width, 0), (other.width, other.height), (0, other.height))
    around = bounding_box(transform_point(to_raster, corner) for corner in corners)
    x0, y0, x1, y1 = 0, 0, mask.width, mask.height
    if not is_away:
        x0, y0 = min(0, math.floor(around.x0 + 1e-6)), min(0, math.floor(around.y0 + 1e-6))
        x1 = max(x1, math.ceil(around.x1 - 1e-6))
        y1 = max(y1, math.ceil(around.y1 - 1e-6))
    check_size(x1 - x0, y1 - y0)
    bitmap = np.zeros((y1 - y0, x1 - x0), dtype=bool)
    own = decode(mask.counts, mask.width, mask.height)
    bitmap[-y0 : mask.height - y0, -x0 : mask.width - x0] = own
    placed = compose((1.0, 0.0, 0.0, 1.0, float(x0), float(y0)), mask.to_page)
    change = bitmap_on(other, x1 - x0, y1 - y0, inverse(placed))
    bitmap = bitmap & ~change if is_away else bitmap | change
    return mask_from_bitmap(bitmap, placed) if bitmap.any() else None


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
    ends = np.stack([points, np.roll(points, -1, axis=0)], axis=1)
    # from top to bottom, whichever way a side is walked: a bridge to a hole cancels exactly
    is_up = ends[:, 0, 1] > ends[:, 1, 1]
    ends[is_up] = ends[is_up, ::-1]
    x0, y0, x1, y1 = ends.reshape(-1, 4).T
    first = np.clip(np.ceil(y0 - 0.5), 0, height).astype(np.int64)
    last = np.clip(np.ceil(y1 - 0.5), 0, height).astype(np.int64)
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
