"""What predictors of masks reach: Dice of generated pages of the held-out family at three noises
and of PubLayNet's examples, and how much of FUNSD's words is taken for something else.

    python tests/benchmarks/quality_masks.py [--pages N] [--most N] [--predictor NAME] [--json]

Part of `quality.py --masks`. Both explain ink by words; they are given the true words of generated
pages and of FUNSD, and tesseract's of PubLayNet.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from forms import DATA, recognized

from model_backend import formats, registry
from model_backend.document import Page, Proposals, Region
from model_backend.masks import decode, mask_from_bitmap
from model_backend.predictors import masks_ink
from model_backend.predictors.masks_pixels import LABELS, MasksPixels
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.synthesis.mask_ink import covered
from model_backend.training.mask_figures import Tally, dice_by_label, share_of_words

FUNSD, PUBLAYNET = DATA / "funsd" / "training_data", DATA / "publaynet" / "examples"
UNLIKE = ("stamp", "logo", "figure")
"""What no word of a form is."""


class Timed:
    """A predictor that keeps the CPU seconds of each page. The rules' masks are the ink itself:
    they are measured as the shape that it covers, as the truth is.
    """

    def __init__(self, predictor: Predictor) -> None:
        self.name, self.task = predictor.name, predictor.task
        self.predictor = predictor
        self.seconds: list[float] = []

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        start = time.process_time()
        said = self.predictor(pages)
        self.seconds.append((time.process_time() - start) / max(1, len(pages)))
        return [as_shapes(one) for one in said] if self.name == "ink" else said


def as_shapes(said: Proposals) -> Proposals:
    """The same with each mask grown to the shape that its ink covers."""
    return replace(said, regions=tuple(map(_as_shape, said.regions)))


def _as_shape(region: Region) -> Region:
    mask = region.mask
    if mask is None:
        return region
    shape = covered(decode(mask.counts, mask.width, mask.height), masks_ink.DPI)
    return replace(region, mask=mask_from_bitmap(shape, mask.to_page)) if shape.any() else region


def masks(count: int, most: int, names: Sequence[str] = ()) -> dict[str, Any]:
    """The figures of the named predictors, or of all that come with Proofdesk."""
    known = [name for name in registry.names(registry.MASKS) if name != registry.NONE]
    found: dict[str, Any] = {}
    for name in names or known:
        predictor = Timed(created(name))
        for noise, dice in dice_by_label(predictor, count).items() if count else ():
            found[f"{name}, generated, {noise} noise"] = {"pages": count, **dice}
        if FUNSD.is_dir():
            found[f"{name}, FUNSD, share of the words' area"] = funsd(predictor, most)
        if PUBLAYNET.is_dir():
            found[f"{name}, PubLayNet, Dice"] = publaynet(predictor)
        found[f"{name}, CPU"] = {
            "pages": len(predictor.seconds),
            "seconds_a_page": statistics.median(predictor.seconds),
        }
    return found


def created(name: str) -> Predictor:
    """A predictor that says all it can: the network also says where tables are."""
    predictor = registry.create(name)
    is_network = isinstance(predictor, MasksPixels)
    return replace(predictor, labels=LABELS) if is_network else predictor


def funsd(predictor: Predictor, most: int) -> dict[str, Any]:
    """The share of the area of words that each label covers, and that nothing should cover."""
    covered = dict.fromkeys((*LABELS, "stamp, logo or figure"), 0.0)
    every, pages = 0.0, 0
    for page, image in list(pages_of("funsd", FUNSD))[:most]:
        said = predictor([PredictorInput(image, replace(page, entities=(), relations=()))])[0]
        for label in covered:
            wanted = (label,) if label in LABELS else UNLIKE
            covered[label] += share_of_words(page, said, wanted)[0]
        every += sum(word.box.area for word in page.words)
        pages += 1
    return {"pages": pages, **{label: value / every for label, value in covered.items()}}


def publaynet(predictor: Predictor) -> dict[str, Any]:
    """Dice of all pixels of figures and of tables."""
    tally, pages = Tally(("figure", "table")), 0
    for page, image in pages_of("coco", PUBLAYNET):
        words = recognized(image)
        said = predictor([PredictorInput(image, replace(page, regions=(), words=tuple(words)))])[0]
        tally.add(page, said)
        pages += 1
    return {"pages": pages, **tally.dice()}


def pages_of(format_name: str, folder: Path) -> Iterator[tuple[Page, Path]]:
    """Pages of a data set that have pictures."""
    for member in formats.members(format_name, folder):
        read = formats.read_member(format_name, folder, member)
        if read.image is not None:
            yield read.page, read.image


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=30, help="generated pages at each noise")
    parser.add_argument("--most", type=int, default=149, help="forms of FUNSD")
    parser.add_argument("--predictor", action="append", default=[], help="only this one")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    given = parser.parse_args()
    found = masks(given.pages, given.most, given.predictor)
    if given.json:
        print(json.dumps(found))
        return
    for name, told in found.items():
        figures = ", ".join(f"{k} {v:.3f}" for k, v in told.items() if isinstance(v, float))
        print(f"{name} ({told['pages']} pages): {figures}")


if __name__ == "__main__":
    main()
