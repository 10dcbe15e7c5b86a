"""Average precision and recall of labelled boxes or masks, as COCO counts them (Lin et al., 2014,
"Microsoft COCO: Common objects in context"; the definition is pycocotools' COCOeval, which is asked
here)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model_backend import masks
from model_backend.document import Box

if TYPE_CHECKING:
    import numpy as np

AREAS = {
    "all": (0.0, 1e10),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e10),
}
"""COCO's sizes of objects, in square pixels."""
AP_RESAMPLES = 100
"""Each adds up the matches of all pages again."""


@dataclass(frozen=True)
class Detection:
    """A labelled box, or a mask: compressed COCO counts of the whole page with their size."""

    label: str
    box: Box
    score: float = 1.0
    counts: bytes | None = None
    size: tuple[int, int] = (0, 0)
    """Height and width of the mask's page."""
    is_crowd: bool = False
    area: float | None = None
    """The area that a file gives an object of the truth, by which COCO calls it small or large."""

    @property
    def own_area(self) -> float:
        """The area of the mask, or of the box where there is none."""
        return self.box.area if self.counts is None else masks.pixel_count(self.counts)


class MeanAveragePrecision:
    """AP: precision averaged over 101 recalls, over IoU 0.50, 0.55 .. 0.95, and over labels; AR:
    the greatest recall, averaged likewise.

    A label counts when it occurs in the truth. Small, medium and large count the true objects of
    that size alone. Figures of what does not occur are None. COCO's limit on detections of one
    label on a page (100) is too few for the cells of a table: the limit is the number of
    detections on the fullest page, so that none is left out; it is stated as `detection_limit`.
    With `masks` the IoU is that of pixels, otherwise of boxes.
    """

    def __init__(self, *, masks: bool = False) -> None:
        self.kind = "segm" if masks else "bbox"
        self.reset()

    def reset(self) -> None:
        """Forget all pages."""
        self._truth: list[dict[str, Any]] = []
        self._predicted: list[dict[str, Any]] = []
        self._labels: dict[str, int] = {}
        self._pages = 0
        self._limit = 1

    def update(self, truth: Iterable[Detection], predicted: Iterable[Detection]) -> None:
        """Count one page."""
        self._pages += 1
        self._truth += [self._record(item, is_truth=True) for item in truth]
        found = [self._record(item, is_truth=False) for item in predicted]
        self._predicted += found
        self._limit = max(self._limit, len(found))

    def summary(self) -> dict[str, Any]:
        """AP over all IoU, at 0.50 and at 0.75, by size and by label; AR, also by size."""
        precision, recall = self._measured() or (None, None)

        def part(values: np.ndarray[Any, Any] | None, *index: Any) -> float | None:  # noqa: ANN401
            return None if values is None else _mean(values[index])

        every = slice(None)
        by_label = {
            name: part(precision, every, every, number - 1, 0)
            for name, number in self._labels.items()
        }
        return {
            "ap": part(precision, ..., 0),
            "ap50": part(precision, 0, ..., 0),
            "ap75": part(precision, 5, ..., 0),
            **{f"ap_{name}": part(precision, ..., i) for i, name in _sizes()},
            "ar": part(recall, ..., 0),
            **{f"ar_{name}": part(recall, ..., i) for i, name in _sizes()},
            "detection_limit": self._limit,
            "labels": {name: ap for name, ap in sorted(by_label.items()) if ap is not None},
        }

    def _record(self, item: Detection, *, is_truth: bool) -> dict[str, Any]:
        category = self._labels.setdefault(item.label, len(self._labels) + 1)
        box = [item.box.x0, item.box.y0, item.box.width, item.box.height]
        record = {"image_id": self._pages, "category_id": category, "bbox": box}
        record["area"] = item.area if is_truth and item.area is not None else item.own_area
        if item.counts is not None:
            record["segmentation"] = {"size": list(item.size), "counts": item.counts}
        return record | ({"iscrowd": int(item.is_crowd)} if is_truth else {"score": item.score})

    def interval(
        self, documents: Sequence[Sequence[int]], *, seed: int, resamples: int = AP_RESAMPLES
    ) -> list[float] | None:
        """The 95% bootstrap interval of AP over documents (each a list of its pages, counted from 0
        in the order of `update`); None for fewer than two documents or without truth.

        Matching is done once: a resample only adds up the matches of the pages it draws.
        """
        if len(documents) < 2 or not self._truth:
            return None
        import numpy as np

        measure = self._compared({"all": AREAS["all"]})
        found, pages = measure.evalImgs, self._pages
        draws = np.random.default_rng(seed)
        values = []
        for _ in range(resamples):
            drawn = draws.integers(0, len(documents), len(documents))
            picked = [page for document in drawn for page in documents[document]]
            measure.evalImgs = [
                found[label * pages + page] for label in range(len(self._labels)) for page in picked
            ]
            measure._paramsEval.imgIds = list(range(len(picked)))
            measure.params.imgIds = measure._paramsEval.imgIds
            with contextlib.redirect_stdout(io.StringIO()):
                measure.accumulate()
            values.append(_mean(measure.eval["precision"]))
        defined = [value for value in values if value is not None]
        return [float(edge) for edge in np.percentile(defined, (2.5, 97.5))] if defined else None

    def _measured(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]] | None:
        """Precisions (10 IoU, 101 recalls, labels, sizes) and recalls (10 IoU, labels, sizes), -1
        where undefined; None where there is nothing to measure."""
        if not self._truth:
            return None
        measure = self._compared(AREAS)
        with contextlib.redirect_stdout(io.StringIO()):
            measure.accumulate()
        return measure.eval["precision"][..., 0], measure.eval["recall"][..., 0]

    def _compared(self, areas: Mapping[str, tuple[float, float]]) -> Any:  # noqa: ANN401 - COCOeval
        """COCOeval with all pages matched."""
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):  # pycocotools reports by printing
            truth, predicted = COCO(), COCO()
            for data, records in ((truth, self._truth), (predicted, self._predicted)):
                data.dataset = self._dataset(records)
                data.createIndex()
            measure = COCOeval(truth, predicted, self.kind)
            measure.params.areaRng = [list(area) for area in areas.values()]
            measure.params.areaRngLbl = list(areas)
            measure.params.maxDets = [self._limit]
            measure.evaluate()
        return measure

    def _dataset(self, records: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "images": [
                {"id": number + 1, "height": 0, "width": 0}  # masks carry their own size
                for number in range(self._pages)
            ],
            "categories": [{"id": number, "name": name} for name, number in self._labels.items()],
            # an annotation with id 0 would count as never matched (cocoapi pull request 332)
            "annotations": [record | {"id": i} for i, record in enumerate(records, start=1)],
        }


def _sizes() -> list[tuple[int, str]]:
    return [(i, name) for i, name in enumerate(AREAS) if name != "all"]


def _mean(values: np.ndarray[Any, Any]) -> float | None:
    defined = values[values > -1]
    # pycocotools adds 2e-16 to what it divides by: all found would be a little less than 1
    return round(float(defined.mean()), 12) if defined.size else None
