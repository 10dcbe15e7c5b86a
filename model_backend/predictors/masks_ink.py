"""Ink that no word explains, as bitmap regions: stamps, signatures, handwriting, figures.

Paper, ruling lines, frames, scanner borders, specks and whatever lies in a recognised word are
taken away; what is left is gathered to groups, and each is named by its shape: a coloured or round
framed one is a stamp, long thin connected strokes a signature, much ink a figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model_backend import masks
from model_backend.document import Box, Page, Proposals, Region, Status, Word, compose
from model_backend.predictors import ink
from model_backend.predictors.predictor import PredictorInput

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]

DPI = 150.0
LEAST_CONFIDENCE = 0.5
"""A recogniser makes words of signatures too, but is not sure of them: those explain nothing."""
TALL, WIDE = 1.7, 4.0
"""A part is more than a letter when it is this tall or wide, in heights of the page's text."""
REACH = 0.1
"""Parts belong together when they are this near, in inches (from each)."""
GROWTH = 2
"""How many times what is near joins what is more than letters."""
STAMP, SIGNATURE, FIGURE, HANDWRITING = "stamp", "signature", "figure", "handwriting"


@dataclass(frozen=True)
class Group:
    """Ink that belongs together, cut out of the page's picture. Lengths are in inches."""

    bitmap: Bitmap
    left: int
    top: int
    width: float
    height: float
    fill: float
    """Ink's share of the box."""
    colored: float
    """The share of coloured ink."""
    framed: float
    """The share of the box that the outline of the largest part encloses."""
    stroke: float
    """Width of the strokes."""
    straight: float
    """The share of ink in straight runs: high in frames and dark bars."""
    parts: int
    largest: float
    """The largest part's share of the ink."""
    tallest: float
    """Height of the tallest part in heights of the page's text."""
    widest: float
    """Width of the widest part in heights of the page's text."""


@dataclass(frozen=True)
class MasksInk:
    """Proposes regions with masks from the picture of a page and its words."""

    name: str = "ink"
    task: str = "masks"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self._read(given) for given in pages]

    def _read(self, given: PredictorInput) -> Proposals:
        to_page = given.to_page(DPI)
        groups = groups_of(given.color_picture(DPI), given.page, given.true_dpi(DPI))
        regions: list[Region] = []
        for group in groups:
            label, score = name_of(group)
            if label:
                place = compose((1.0, 0.0, 0.0, 1.0, group.left, group.top), to_page)
                mask = masks.mask_from_bitmap(group.bitmap, place)
                regions.append(
                    Region(
                        id=len(regions) + 1,
                        label=label,
                        box=masks.bounding_box_of(mask),
                        mask=mask,
                        score=round(score, 4),
                        status=Status.PROPOSED,
                        source=self.name,
                    )
                )
        return Proposals(self.name, regions=tuple(regions))


def create() -> MasksInk:
    """The predictor, for the registry."""
    return MasksInk()


def groups_of(picture: NDArray[np.uint8], page: Page, dpi: float) -> list[Group]:
    """The groups of unexplained ink in a picture (height, width, 3) of the page."""
    import numpy as np
    from scipy import ndimage

    scale = picture.shape[1] / page.width
    boxes = [word.box.scaled(scale, scale) for word in page.words if _explains(word)]
    text_height = float(np.median([box.height for box in boxes])) if boxes else 0.13 * dpi
    every, colored = ink.ink_of(picture)
    parts = _parts(every, colored, boxes, dpi)
    seeds = parts.is_seed(text_height, dpi)
    reach = max(2, round(REACH * dpi))
    chosen = seeds
    for _step in range(GROWTH):
        near = ndimage.maximum_filter(parts.pixels(chosen), 2 * reach + 1)
        share = ink.share_in(parts.numbers, len(parts.boxes), near)
        chosen = chosen | (parts.is_kept & (share > 0.5))
    own, frames = parts.pixels(chosen), parts.pixels(seeds)
    numbers, _count = ndimage.label(ndimage.maximum_filter(own, 2 * reach + 1))
    groups = []
    for number, (rows, columns) in enumerate(ndimage.find_objects(numbers), start=1):
        area = numbers[rows, columns] == number
        inked = _with_enclosed(
            own[rows, columns] & area, every[rows, columns], frames[rows, columns] & area
        )
        groups.append(
            _measured(inked, colored[rows, columns], columns.start, rows.start, dpi, text_height)
        )
    return groups


def _explains(word: Word) -> bool:
    is_sure = word.confidence is None or word.confidence >= LEAST_CONFIDENCE
    return bool(word.text.strip()) and is_sure and not word.is_illegible


@dataclass(frozen=True)
class Parts:
    """Connected parts of the ink that neither lines, borders, specks nor words explain."""

    numbers: NDArray[np.int32]
    """Which part each pixel belongs to, 0 for none."""
    boxes: list[Box]
    colored: NDArray[np.float64]
    """The share of coloured ink of each part."""
    is_kept: NDArray[np.bool_]

    def is_seed(self, text_height: float, dpi: float) -> NDArray[np.bool_]:
        """Which parts are more than letters: tall, wide or coloured, underlines not counted."""
        import numpy as np

        free = self.pixels(self.is_kept)
        bare, _sizes, boxes = ink.components(free & ~ink.short_lines_of(free, dpi))
        tall = np.array([box.height / text_height for box in boxes])
        wide = np.array([box.width / text_height for box in boxes])
        is_word = (tall < TALL) & ((wide < WIDE) | (tall < 1.3))  # letters may touch
        is_large = np.concatenate([[False], ~is_word])
        result = np.zeros(len(self.boxes) + 1, dtype=bool)
        result[self.numbers[is_large[bare]]] = True
        is_letter = np.array([box.height >= 0.5 * text_height for box in self.boxes], dtype=bool)
        seeds: NDArray[np.bool_] = result[1:] | ((self.colored > 0.6) & is_letter)
        return seeds & self.is_kept

    def pixels(self, chosen: NDArray[np.bool_]) -> Bitmap:
        """The pixels of the chosen parts."""
        import numpy as np

        result: Bitmap = np.concatenate([[False], chosen])[self.numbers]
        return result


def _parts(every: Bitmap, colored: Bitmap, words: Sequence[Box], dpi: float) -> Parts:
    """The parts of the ink, with those kept that nothing explains."""
    import numpy as np

    height, width = every.shape
    free = every & ~ink.rulings_of(every, dpi)
    numbers, sizes, boxes = ink.components(free)
    in_words = ink.painted([box.grown(0.1 * box.height) for box in words], height, width)
    explained = ink.share_in(numbers, len(boxes), in_words)
    margin = 0.06 * dpi
    inside = Box(margin, margin, width - margin, height - margin)
    is_place = np.array(
        [inside.contains((box.x0, box.y0)) and inside.contains((box.x1, box.y1)) for box in boxes],
        dtype=bool,
    )
    is_bar = np.array([_is_bar(box, dpi) for box in boxes], dtype=bool)
    is_kept = (explained < 0.5) & (sizes >= (0.025 * dpi) ** 2) & is_place & ~is_bar
    share = ink.share_in(numbers, len(boxes), colored)
    return Parts(numbers, boxes, share, is_kept)


def _is_bar(box: Box, dpi: float) -> bool:
    """A short straight line: a rest of a frame, a dash, an underscore."""
    thin, long = sorted((box.width, box.height))
    return thin <= max(2.0, 0.04 * dpi) and long >= 3 * thin


def _with_enclosed(own: Bitmap, every: Bitmap, seeds: Bitmap) -> Bitmap:
    """The group's ink, and all ink inside the outline of a seed: the words of a stamp."""
    from scipy import ndimage

    enclosed = ndimage.binary_fill_holes(seeds) & ~seeds
    result: Bitmap = own | (every & enclosed)
    return result


def _measured(
    own: Bitmap, colored: Bitmap, left: int, top: int, dpi: float, text_height: float
) -> Group:
    import numpy as np
    from scipy import ndimage

    rows, columns = np.flatnonzero(own.any(axis=1)), np.flatnonzero(own.any(axis=0))
    y0, y1, x0, x1 = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    own, colored = own[y0:y1, x0:x1], colored[y0:y1, x0:x1]
    # strokes that cross a ruling line were cut by taking it out: mend them
    mended = ndimage.maximum_filter1d(own.view(np.uint8), max(3, round(0.04 * dpi)), axis=0) > 0
    numbers, _sizes, boxes = ink.components(mended)
    sizes = np.bincount(numbers[own], minlength=len(boxes) + 1)[1:]
    enclosed = ndimage.binary_fill_holes((numbers == int(sizes.argmax()) + 1) & own)
    return Group(
        bitmap=own,
        left=left + int(x0),
        top=top + int(y0),
        width=own.shape[1] / dpi,
        height=own.shape[0] / dpi,
        fill=float(own.mean()),
        colored=float((colored & own).sum() / own.sum()),
        framed=float(enclosed.mean()),
        stroke=ink.stroke_width(own) / dpi,
        straight=ink.straight_share(own, dpi),
        parts=len(boxes),
        largest=float(sizes.max() / sizes.sum()),
        tallest=max(box.height for box in boxes) / text_height,
        widest=max(box.width for box in boxes) / text_height,
    )


def name_of(group: Group) -> tuple[str, float]:
    """What the group is and how sure that is; an empty name for what is no region."""
    if _is_nothing(group):
        return "", 0.0
    aspect = group.width / group.height
    is_thin = group.stroke <= 0.045 and group.fill < 0.35
    if group.framed > 0.9 and group.colored < 0.4:  # a rectangle: a logo when small, else a form's
        is_logo = max(group.width, group.height) < 0.8 and group.straight < 0.75
        return (FIGURE, 0.5) if is_logo else ("", 0.0)
    is_frame = group.framed > 0.55 and group.fill < 0.5 and 0.5 < aspect < 2.0
    is_pen = is_thin and group.largest > 0.3 and group.framed < 0.55 and 1.1 < aspect < 7
    if max(group.width, group.height) <= 3.0 and min(group.width, group.height) >= 0.35:
        if is_frame:
            return STAMP, 0.75 + 0.2 * group.colored
        if group.colored > 0.4 and not is_pen:
            return STAMP, 0.5 + 0.4 * group.colored
    is_written = group.tallest >= TALL and group.widest >= WIDE
    if is_pen and is_written and group.width <= 4.5 and group.height <= 1.6:
        return SIGNATURE, min(0.9, 0.4 + 0.3 * group.largest + 0.02 * group.widest)
    if is_thin:
        doubt = 0.5 if group.parts > 30 else 1.0  # so many parts are rather print that no one read
        return HANDWRITING, doubt * min(0.6, 0.2 + 0.1 * group.tallest)
    if min(group.width, group.height) >= 0.4:
        return FIGURE, 0.3 + 0.3 * min(1.0, group.fill)
    return "", 0.0


def _is_nothing(group: Group) -> bool:
    """Too small, a punched hole, a scanner's dark band, a thick frame, lines of unread text."""
    is_small = max(group.width, group.height) < 0.3 or min(group.width, group.height) < 0.12
    is_hole = group.framed > 0.65 and group.fill > 0.65 and group.width < 0.45
    is_band = group.stroke > 0.1 and (group.width > 4 or group.height > 4)
    is_text = group.parts > 25 and group.largest < 0.12 and group.colored < 0.4
    is_frame = group.straight > 0.6 and group.colored < 0.4 and group.framed < 0.9
    return is_small or is_hole or is_band or is_text or is_frame
