"""Average precision of labelled boxes or masks, as COCO counts it (pycocotools)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from model_backend.document import Box

if TYPE_CHECKING:
    import numpy as np

MOST_DETECTIONS = 1000
"""Of one label on one page; COCO's own 100 is too few for the cells of a table."""


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


class MeanAveragePrecision:
    """AP: precision averaged over 101 recalls, over IoU 0.50, 0.55 .. 0.95, and over labels.

    A label counts when it occurs in the truth. `ap` is -1 where no truth was given at all (COCO's
    convention). With `masks` the IoU is that of pixels, otherwise of boxes.
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

    def update(self, truth: Iterable[Detection], predicted: Iterable[Detection]) -> None:
        """Count one page."""
        self._pages += 1
        self._truth += [self._record(item, is_truth=True) for item in truth]
        self._predicted += [self._record(item, is_truth=False) for item in predicted]

    def summary(self) -> dict[str, Any]:
        """AP over all IoU, at 0.50 and at 0.75, and AP by label."""
        precision = self._precision()
        names = sorted(self._labels, key=lambda name: self._labels[name])
        by_label = {
            name: _mean(precision[:, :, number] if precision is not None else None)
            for number, name in enumerate(names)
        }
        return {
            "ap": _mean(precision),
            "ap50": _mean(precision[0] if precision is not None else None),
            "ap75": _mean(precision[5] if precision is not None else None),
            "labels": {name: value for name, value in sorted(by_label.items()) if value >= 0},
        }

    def _record(self, item: Detection, *, is_truth: bool) -> dict[str, Any]:
        category = self._labels.setdefault(item.label, len(self._labels) + 1)
        box = [item.box.x0, item.box.y0, item.box.width, item.box.height]
        record = {"image_id": self._pages, "category_id": category, "bbox": box}
        record["area"] = item.box.area
        if item.counts is not None:
            record["segmentation"] = {"size": list(item.size), "counts": item.counts}
        return record | ({"iscrowd": int(item.is_crowd)} if is_truth else {"score": item.score})

    def _precision(self) -> np.ndarray[Any, Any] | None:
        """Precisions (10 IoU, 101 recalls, labels); None where there is nothing to measure."""
        if not self._truth:
            return None
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval

        with contextlib.redirect_stdout(io.StringIO()):  # pycocotools reports by printing
            truth, predicted = COCO(), COCO()
            for data, records in ((truth, self._truth), (predicted, self._predicted)):
                data.dataset = self._dataset(records)
                data.createIndex()
            measure = COCOeval(truth, predicted, self.kind)
            measure.params.areaRng, measure.params.areaRngLbl = [[0, 1e10]], ["all"]
            measure.params.maxDets = [MOST_DETECTIONS]
            measure.evaluate()
            measure.accumulate()
        result: np.ndarray[Any, Any] = measure.eval["precision"][:, :, :, 0, 0]
        return result

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


def _mean(precision: np.ndarray[Any, Any] | None) -> float:
    if precision is None or not (precision > -1).any():
        return -1.0
    return float(precision[precision > -1].mean())
