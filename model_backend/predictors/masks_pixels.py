"""Masks by the network that comes with Proofdesk (resources/models/masks.onnx): stamps, signatures
and handwriting as the shape that their ink covers, printed things as boxes.

Runs in onnxruntime, without torch; `training.mask_task` makes the network.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model_backend import masks, runtime
from model_backend.document import Affine, Box, Proposals, Region, Status, compose, transform_point
from model_backend.models.tiles import Tiling, whole
from model_backend.predictors.masks_model import as_seen, label_chances
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.translation import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]
    Numbers = NDArray[np.float32]

PROGRAM = Path(__file__).resolve().parents[2] / "resources" / "models" / "masks.onnx"
LABELS = ("stamp", "signature", "handwriting", "check box", "figure", "logo", "table")
"""Of the program's outputs, after the background."""
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
NEAR_INCH = {"figure": 0.06, "table": 0.06, "stamp": 0.03}
"""Half the gap between parts that are one thing."""


@dataclass(frozen=True)
class MasksPixels:
    """Proposes regions of seven classes."""

    program: Path
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
        session = session_of(self.program)
        return [session.run(None, {"pictures": tile[None]})[0][0] for tile in tiles]

    def _read(self, given: PredictorInput) -> Proposals:
        chances = self.chances(given)
        if not np.isfinite(chances).all():
            return Proposals(self.name, notes=(_(NO_NUMBERS),))
        found = shapes_of(chances, given.true_dpi(DPI))
        regions = (
            region_of(number, shape, given.to_page(DPI), self.name)
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
    """The predictor, for the registry."""
    return MasksPixels(PROGRAM)


@cache
def session_of(program: Path) -> Any:  # noqa: ANN401
    """The program, loaded once a process."""
    return runtime.session(program)


def shapes_of(chances: Numbers, dpi: float) -> Iterator[Shape]:
    """What probabilities (labels + 1, H, W) show: connected pixels of one label, gaps closed."""
    from scipy import ndimage

    best = chances.argmax(axis=0)  # (H, W)
    for number, label in enumerate(LABELS, start=1):
        own = closed(best == number, round(NEAR_INCH.get(label, 0.0) * dpi))
        parts, _count = ndimage.label(own, structure=np.ones((3, 3)))
        least = (LEAST_INCH.get(label, LEAST_SIDE) * dpi) ** 2
        is_large = np.bincount(parts.ravel()) >= least
        for part, (rows, columns) in enumerate(ndimage.find_objects(parts), start=1):
            if not is_large[part]:
                continue
            bitmap = ndimage.binary_fill_holes(parts[rows, columns] == part)
            score = float(chances[number][rows, columns][bitmap].mean())
            if score >= LEAST_SCORE:
                yield Shape(label, bitmap, columns.start, rows.start, score)


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
