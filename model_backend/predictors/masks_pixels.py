"""Masks by the network that comes with Proofdesk (resources/models/masks.onnx): stamps, signatures
and handwriting as the shape that their ink covers, printed things as boxes. What words explain is
left out: it is text.

Runs in onnxruntime, without torch; `training.mask_task` makes the network.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_backend import masks
from model_backend.document import (
    Affine,
    Box,
    Proposals,
    Region,
    Status,
    Word,
    bounding_box,
    compose,
    inverse,
    transform_point,
)
from model_backend.installed import InstalledModel
from model_backend.models.tiles import Tiling, whole
from model_backend.predictors.masks_model import as_seen, label_chances
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.programs import program_of, session_of
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]
    Numbers = NDArray[np.float32]

PROGRAM = Path(__file__).resolve().parents[2] / "resources" / "models" / "masks.onnx"
LABELS = ("stamp", "signature", "handwriting", "check box", "figure", "logo", "table")
"""Of the program's outputs, after the background."""
UNTABLED = tuple(label for label in LABELS if label != "table")
KINDS = (("stamp", "signature", "handwriting"), ("check box",), ("figure",), ("logo",), ("table",))
"""What touches is one thing where it is of one kind: a signature is not part stamp, part hand."""
BOXED = ("check box", "figure", "logo", "table")
"""Printed things are boxes."""
DPI = 100.0
COARSEST, SEEN = 32, 192
"""Pixels: sides are multiples of the first; what is further than the second is not looked at."""
STEP = 1024
MOST_PIXELS = 2 * STEP**2
"""That are looked at together: a sheet is one piece, a plan several."""
TILING = Tiling(STEP, SEEN, STEP + 2 * SEEN, SEEN)
LEAST_INCH = {"check box": 0.05, "figure": 0.4, "table": 0.4, "logo": 0.15, "stamp": 0.2}
LEAST_SIDE = 0.1
"""Less than a square of this side (inches) is a speck."""
LEAST_SCORE = 0.5
LEAST_SCORES = {"stamp": 0.6, "figure": 0.62, "logo": 0.62}
"""Of what is large and rare: wrong ones cost a person more than missed ones."""
MOST_TEXT = 0.4
"""Of a shape may lie in boxes of words, but of a table."""
LONGER = 1.7
"""Times the width of a check box: a word of which it is a part."""
NO_BOX = re.compile(r"[1-9$€£¥₩%]")
"""What no recogniser makes of an empty or crossed box."""
HIGHEST_WORD = 0.4
"""Inches."""
DARK, LEAST_INK = 160, 0.03
"""What is printed, and its least share of a shape: less are specks."""
NEAR_INCH = {"figure": 0.06, "table": 0.06, "stamp": 0.03}
"""Half the gap between parts that are one thing."""


@dataclass(frozen=True)
class MasksPixels:
    """Proposes regions of seven classes."""

    program: Path
    sha256: str = ""
    labels: tuple[str, ...] = LABELS
    name: str = "pixels"
    task: str = "masks"

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        return [self._read(given) for given in pages]

    def chances(self, given: PredictorInput) -> Numbers:
        """Probabilities (labels + 1, H, W) of the pixels of a page's picture."""
        picture = as_seen(given.color_picture(DPI), 3)  # (3, H, W)
        height, width = picture.shape[1:]
        if height * width > MOST_PIXELS:
            return label_chances(whole(picture, TILING, self._said), 1.0)
        lacks = ((0, 0), (0, -height % COARSEST), (0, -width % COARSEST))
        logits = self._said([np.pad(picture, lacks, mode="edge")])[0]
        return label_chances(logits[:, :height, :width], 1.0)

    def _said(self, tiles: Sequence[Numbers]) -> list[Numbers]:
        session = session_of(self.program, self.sha256)
        return [session.run(None, {"pictures": tile[None]})[0][0] for tile in tiles]

    def _read(self, given: PredictorInput) -> Proposals:
        chances = self.chances(given)
        if not np.isfinite(chances).all():
            return Proposals(self.name, notes=(_(NO_NUMBERS),))
        to_page, dpi = given.to_page(DPI), given.true_dpi(DPI)
        words = words_of(given.page.words, inverse(to_page), dpi)
        ink = given.picture(DPI) < DARK
        found = (
            shape
            for shape in shapes_of(chances, dpi)
            if shape.label in self.labels
            and not is_blank(shape, ink)
            and (shape.label == "table" or not is_text(shape, words))
        )
        regions = (
            region_of(number, shape, to_page, self.name)
            for number, shape in enumerate(found, start=1)
        )
        return Proposals(self.name, regions=tuple(regions))


@dataclass(frozen=True, eq=False)
class Shape:
    """Something that was found: its bitmap, left and top in pixels, and how sure that is."""

    label: str
    bitmap: Bitmap
    left: int
    top: int
    score: float


def create() -> MasksPixels:
    """The predictor, for the registry. Tables are left to the predictors of tables, whose grids
    say more than a box.
    """
    return MasksPixels(PROGRAM, labels=UNTABLED)


def of_model(model: InstalledModel) -> MasksPixels:
    """The predictor of a program that `proofdesk train masks` made."""
    program, sha256 = program_of(model)
    return MasksPixels(program, sha256, UNTABLED, model.name)


def shapes_of(chances: Numbers, dpi: float) -> Iterator[Shape]:
    """What probabilities (labels + 1, H, W) show: connected pixels of one kind, gaps closed, with
    the label that is most likely over all of them.
    """
    from scipy import ndimage

    best = chances.argmax(axis=0)  # (H, W)
    for labels in KINDS:
        numbers = [1 + LABELS.index(label) for label in labels]
        near = max(NEAR_INCH.get(label, 0.0) for label in labels)
        own = closed(np.isin(best, numbers), round(near * dpi))
        parts, _count = ndimage.label(own, structure=np.ones((3, 3)))
        for part, (rows, columns) in enumerate(ndimage.find_objects(parts), start=1):
            bitmap = ndimage.binary_fill_holes(parts[rows, columns] == part)
            shares = [float(chances[number][rows, columns][bitmap].mean()) for number in numbers]
            label, score = labels[int(np.argmax(shares))], sum(shares)
            least = (LEAST_INCH.get(label, LEAST_SIDE) * dpi) ** 2
            if score >= LEAST_SCORES.get(label, LEAST_SCORE) and np.count_nonzero(bitmap) >= least:
                yield Shape(label, bitmap, columns.start, rows.start, score)


def words_of(words: Sequence[Word], to_pixels: Affine, dpi: float) -> list[Word]:
    """The words with boxes in pixels; one that is too high for text is what a recogniser made of a
    drawing.
    """
    placed = (
        replace(word, box=bounding_box(transform_point(to_pixels, at) for at in word.box.corners))
        for word in words
    )
    return [word for word in placed if word.box.height <= HIGHEST_WORD * dpi]


def is_text(shape: Shape, words: Sequence[Word]) -> bool:
    """Whether words that were read explain it: it is printed text, whatever it looks like. A check
    box may be read as a letter; it is text where it is a part of a longer word, or a figure.
    """
    height, width = shape.bitmap.shape
    around = Box(shape.left, shape.top, shape.left + width, shape.top + height)
    inside = np.zeros(shape.bitmap.shape, bool)
    for word in words:
        part = word.box.intersection(around)
        is_read = word.box.width > LONGER * width or NO_BOX.search(word.text)
        if part.width > 0 and part.height > 0 and (is_read or shape.label != "check box"):
            top, left = int(part.y0) - shape.top, int(part.x0) - shape.left
            bottom, right = math.ceil(part.y1) - shape.top, math.ceil(part.x1) - shape.left
            inside[top:bottom, left:right] = True
    return float(inside[shape.bitmap].mean()) > MOST_TEXT


def is_blank(shape: Shape, ink: Bitmap) -> bool:
    """Whether next to nothing is printed there but specks."""
    height, width = shape.bitmap.shape
    part = ink[shape.top : shape.top + height, shape.left : shape.left + width]
    return float(part[shape.bitmap].mean()) < LEAST_INK


def closed(bitmap: Bitmap, reach: int) -> Bitmap:
    """The bitmap with gaps of twice the reach closed."""
    from scipy import ndimage

    if not reach or not bitmap.any():
        return bitmap
    size = 2 * reach + 1
    wide = ndimage.maximum_filter(np.pad(bitmap.view(np.uint8), reach), size)
    result: Bitmap = ndimage.minimum_filter(wide, size)[reach:-reach, reach:-reach] > 0
    return result


def region_of(number: int, shape: Shape, to_page: Affine, source: str) -> Region:
    """The region of a page: a box, or a mask where it is ink."""
    height, width = shape.bitmap.shape
    place = compose((1.0, 0.0, 0.0, 1.0, float(shape.left), float(shape.top)), to_page)
    mask = None if shape.label in BOXED else masks.mask_from_bitmap(shape.bitmap, place)
    corners = [transform_point(place, corner) for corner in ((0.0, 0.0), (width, height))]
    box = masks.bounding_box_of(mask) if mask else Box(*corners[0], *corners[1])
    return Region(
        id=number,
        label=shape.label,
        box=box,
        mask=mask,
        score=round(shape.score, 4),
        status=Status.PROPOSED,
        source=source,
    )
