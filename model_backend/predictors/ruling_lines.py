"""Ruling lines of a page: from a PDF's drawings, or as dark runs in a scan's picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from model_backend.document import Affine, Box, inverse, transform_point
from model_backend.table_grid.runs import Rule

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Pixels = NDArray[np.uint8]
    Bitmap = NDArray[np.bool_]

THICKEST = 3.0
"""A filled rectangle thinner than this (points) is a ruling; a thicker one is a bar or a cell."""
SHORTEST = 8.0
"""A shorter line (points) is a mark or a part of a letter, unless others carry it on."""
DEFAULT_HEIGHT = 20.0
"""Pixels; the height of words where there are none."""
STEEPEST = 0.06
"""A line may sink by this share of its length and still be a ruling."""
CONTRAST = 70
"""A pixel this much darker than the paper is ink; thin rulings are grey on coarse pictures."""

LONG = 0.3
"""Rulings over this share of the page's width tell its skew."""
ENOUGH = 3
"""So many rulings tell it."""


@dataclass(frozen=True)
class Rulings:
    """The horizontal and the vertical ruling lines of a page, in page units."""

    across: tuple[Rule, ...] = ()
    down: tuple[Rule, ...] = ()

    def near(self, box: Box, margin: float) -> Rulings:
        """Those that reach into a box or lie on its border."""
        area = box.grown(margin)
        across = (
            rule
            for rule in self.across
            if area.y0 <= rule.at <= area.y1 and rule.start < area.x1 and rule.end > area.x0
        )
        down = (
            rule
            for rule in self.down
            if area.x0 <= rule.at <= area.x1 and rule.start < area.y1 and rule.end > area.y0
        )
        return Rulings(tuple(across), tuple(down))


def drawn_rulings(drawings: Iterable[dict[str, Any]], to_page: Affine) -> Rulings:
    """The rulings among PyMuPDF's drawings: lines, thin rectangles, the sides of outlined ones."""
    across: list[Rule] = []
    down: list[Rule] = []
    for drawing in drawings:
        if drawing.get("type") not in ("s", "f", "fs"):
            continue
        for segment in _segments(drawing):
            _sort_in(_on_page(segment, to_page), across, down)
    return Rulings(joined_rules(across, 1.5, 6.0), joined_rules(down, 1.5, 6.0))


def _segments(drawing: dict[str, Any]) -> Iterable[Box]:
    """The thin boxes that a drawing's items are, or have as their sides."""
    is_outlined = "s" in drawing["type"]
    for item in drawing["items"]:
        if item[0] == "l":
            yield Box(item[1].x, item[1].y, item[2].x, item[2].y).normalized()
        elif item[0] in ("re", "qu"):
            rect = item[1] if item[0] == "re" else item[1].rect
            box = Box(rect.x0, rect.y0, rect.x1, rect.y1).normalized()
            if min(box.width, box.height) <= THICKEST:
                yield box
            elif is_outlined:
                yield from _sides(box)


def _sides(box: Box) -> Iterable[Box]:
    yield Box(box.x0, box.y0, box.x1, box.y0)
    yield Box(box.x0, box.y1, box.x1, box.y1)
    yield Box(box.x0, box.y0, box.x0, box.y1)
    yield Box(box.x1, box.y0, box.x1, box.y1)


def _on_page(box: Box, to_page: Affine) -> Box:
    (x0, y0), (x1, y1) = (transform_point(to_page, box.corners[index]) for index in (0, 2))
    return Box(x0, y0, x1, y1).normalized()


def _sort_in(box: Box, across: list[Rule], down: list[Rule]) -> None:
    x, y = box.center
    if box.height <= THICKEST < box.width:
        across.append(Rule(y, box.x0, box.x1))
    elif box.width <= THICKEST < box.height:
        down.append(Rule(x, box.y0, box.y1))


def joined_rules(
    rules: Iterable[Rule], apart: float, gap: float, crossing: Sequence[Rule] = ()
) -> tuple[Rule, ...]:
    """Pieces of one line joined: at most `apart` beside and `gap` behind one another.

    Pieces that end at lines of `crossing` on both sides of a gap are sides of two boxes: they stay
    apart.
    """
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][0].at <= apart:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    joined = [line for group in groups for line in _end_to_end(group, gap, crossing, 2 * apart)]
    return tuple(line for line in joined if line.end - line.start >= SHORTEST)


def _end_to_end(
    group: Sequence[Rule], gap: float, crossing: Sequence[Rule], reach: float
) -> list[Rule]:
    result: list[Rule] = []
    for rule in sorted(group, key=lambda rule: rule.start):
        if (
            result
            and rule.start <= result[-1].end + gap
            and not _are_corners(result[-1], rule, crossing, reach)
        ):
            last = result[-1]
            result[-1] = Rule(last.at, last.start, max(last.end, rule.end))
        else:
            result.append(rule)
    return result


def _are_corners(before: Rule, after: Rule, crossing: Sequence[Rule], reach: float) -> bool:
    """Whether a piece ends at one line, and the next begins at another with white between them."""
    if after.start - before.end <= reach:
        return False
    here = [rule.at for rule in crossing if rule.start - reach <= before.at <= rule.end + reach]
    return any(abs(at - before.end) <= reach / 2 for at in here) and any(
        abs(at - after.start) <= reach / 2 for at in here
    )


def pictured_rulings(picture: Pixels, to_page: Affine, words: Sequence[Box]) -> Rulings:
    """The rulings in a grey picture (height, width): long thin runs of dark pixels.

    The inside of words (boxes in page units) is blanked first: letters that touch make runs too. A
    skewed line is a staircase of shorter runs, which are joined. The words' height says how long a
    run must be to be no letter, and how thick it may be.
    """
    import numpy as np

    dark = _ink(picture)
    to_pixels = inverse(to_page)
    boxes = [_on_page(box, to_pixels) for box in words]
    height = float(np.median([box.height for box in boxes])) if boxes else DEFAULT_HEIGHT
    for box in boxes:
        margin = 0.2 * box.height
        top, bottom = max(0, round(box.y0 + margin)), max(0, round(box.y1 - margin))
        dark[top:bottom, max(0, round(box.x0)) : max(0, round(box.x1))] = False
    dark &= ~_shaded(dark, int(0.35 * height) + 4)
    across = _pieces(dark, to_page, height, is_across=True)
    down = _pieces(np.ascontiguousarray(dark.T), to_page, height, is_across=False)
    unit = abs(to_page[0]) * height
    apart, gap = 0.25 * unit, 1.5 * unit
    return Rulings(joined_rules(across, apart, gap, down), joined_rules(down, apart, gap, across))


def slope_of_rulings(picture: Pixels, to_page: Affine, rulings: Rulings) -> float:
    """How far the long horizontal rulings sink by their length; 0 where there are too few.

    Of each ruling's first and last eighths, the darkest rows of pixels nearby are compared.
    """
    dark = _ink(picture)
    to_pixels = inverse(to_page)
    slopes = []
    for rule in rulings.across:
        (x0, y), (x1, _) = (
            transform_point(to_pixels, (x, rule.at)) for x in (rule.start, rule.end)
        )
        eighth, top = int((x1 - x0) / 8), max(0, int(y - 0.01 * (x1 - x0)))
        bands = dark[top : int(y + 0.01 * (x1 - x0)) + 2, max(0, int(x0)) : int(x1)]
        if x1 - x0 >= LONG * picture.shape[1] and bands.size:
            left, right = _darkest(bands[:, :eighth]), _darkest(bands[:, -eighth:])
            slopes.append((right - left) / (7 * eighth))
    return median(slopes) if len(slopes) >= ENOUGH else 0.0


def _darkest(bitmap: Bitmap) -> float:
    """The middle of the rows with most ink."""
    import numpy as np

    ink = bitmap.sum(axis=1)
    return float(np.mean(np.flatnonzero(ink >= 0.7 * ink.max())))


def _ink(picture: Pixels) -> Bitmap:
    """The pixels far darker than the paper."""
    import numpy as np

    dark: Bitmap = picture < max(float(np.median(picture)) - CONTRAST, 60.0)
    return dark


def _shaded(dark: Bitmap, side: int) -> Bitmap:
    """The pixels in dark areas that squares of this side fit into; lines are thinner."""
    import numpy as np
    from scipy import ndimage

    inner = ndimage.minimum_filter(dark.view(np.uint8), side, mode="constant")
    shaded: Bitmap = ndimage.maximum_filter(inner, side + side % 2 + 1, mode="constant") > 0
    return shaded


def _pieces(dark: Bitmap, to_page: Affine, height: float, *, is_across: bool) -> list[Rule]:
    """The pieces of rulings along the rows of pixels; `height` is that of words, in pixels."""
    from scipy import ndimage

    length = max(20, int(1.5 * height))
    closed = ndimage.binary_closing(dark, structure=[[True] * max(2, int(0.15 * height))])
    long = ndimage.binary_dilation(_long_runs(closed, length), structure=[[1], [1], [1]])
    labels, _ = ndimage.label(long, structure=[[1] * 3] * 3)
    rules = []
    for label, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        across, down = columns.stop - columns.start, rows.stop - rows.start - 2
        if across >= 1.5 * length and down <= max(4.0, 0.35 * height) + STEEPEST * across:
            middle = rows.start + _middle_row(labels[rows, columns] == label) + 0.5
            place = Box(columns.start, middle, columns.stop, middle)
            rules.append(_placed_rule(place, to_page, is_across=is_across))
    return rules


def _middle_row(bitmap: Bitmap) -> int:
    """The row with half of the pixels above it: shading that clings to a line moves it little."""
    import numpy as np

    ink = np.cumsum(bitmap.sum(axis=1))
    return int(np.searchsorted(ink, ink[-1] / 2))


def _long_runs(bitmap: Bitmap, length: int) -> Bitmap:
    """The pixels that lie in horizontal runs of at least this length."""
    import numpy as np

    padded = np.zeros((bitmap.shape[0], bitmap.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = bitmap
    change = np.diff(padded, axis=1)
    starts, ends = np.argwhere(change == 1), np.argwhere(change == -1)
    is_long = ends[:, 1] - starts[:, 1] >= length
    marks = np.zeros_like(change)
    marks[starts[is_long, 0], starts[is_long, 1]] = 1
    marks[ends[is_long, 0], ends[is_long, 1]] = -1
    result: Bitmap = np.cumsum(marks, axis=1, dtype=np.int8)[:, : bitmap.shape[1]] > 0
    return result


def _placed_rule(place: Box, to_page: Affine, *, is_across: bool) -> Rule:
    """A line of pixels as a ruling of the page."""
    if not is_across:
        place = Box(place.y0, place.x0, place.y1, place.x1)
    box = _on_page(place, to_page)
    x, y = box.center
    return Rule(y, box.x0, box.x1) if is_across else Rule(x, box.y0, box.y1)
