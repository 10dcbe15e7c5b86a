"""The measures of whole pages: entities, links, tables, and regions as boxes and as masks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from model_backend import masks, table_grid
from model_backend.document import Entity, Page, Region, Table
from model_backend.formats.source_data import is_number, unpack
from model_backend.metrics.dice import Dice
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.grits import Grits, grid_cells
from model_backend.metrics.mean_average_precision import Detection, MeanAveragePrecision
from model_backend.metrics.relation_f1 import RelationF1

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Placed = TypeVar("Placed", Entity, Table, Region)


class PageMeasure(Protocol):
    """A metric that takes pages."""

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page."""
        ...

    def summary(self) -> dict[str, Any]:
        """The figures so far."""
        ...

    def reset(self) -> None:
        """Forget all pages."""
        ...


class TableStructure:
    """Mean GriTS over tables; a table without a partner scores 0.

    A page's tables are paired by the greatest IoU of their boxes. Where the predicted objects
    contradict one another there is no table (they were read as regions): that scores 0 too.
    """

    def __init__(self) -> None:
        self._grits = Grits()

    def reset(self) -> None:
        """Forget all tables."""
        self._grits.reset()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count the tables of one page."""
        for wanted, said in pairs(truth.tables, predicted.tables):
            self._grits.update(
                grid_cells(wanted, truth.words) if wanted else (),
                grid_cells(said, predicted.words) if said else (),
            )

    def summary(self) -> dict[str, Any]:
        """Topology, content and location (F-scores), and the share of tables without a fault."""
        return dict(self._grits.summary())


class ObjectDetection:
    """AP of boxes: regions by label, and the six classes of objects that each table stands for."""

    def __init__(self) -> None:
        self._precision = MeanAveragePrecision()

    def reset(self) -> None:
        """Forget all pages."""
        self._precision.reset()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page."""
        self._precision.update(_objects(truth), _objects(predicted))

    def summary(self) -> dict[str, Any]:
        """AP over all IoU, at 0.50 and at 0.75, by label."""
        return self._precision.summary()


class MaskOverlap:
    """AP, Dice and IoU of regions as pixels; regions without a mask are their outline, filled.

    For Dice and IoU a page's regions of one label are paired by the greatest IoU of their boxes; a
    region without a partner scores 0.
    """

    def __init__(self) -> None:
        self._precision = MeanAveragePrecision(masks=True)
        self._dice = Dice(smooth=0)

    def reset(self) -> None:
        """Forget all pages."""
        self._precision.reset()
        self._dice.reset()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page, on the pixels of the truth's."""
        size = (math.ceil(truth.height), math.ceil(truth.width))
        self._precision.update(
            [_mask_of(region, size) for region in truth.regions],
            [_mask_of(region, size) for region in predicted.regions],
        )
        for label in {region.label for region in (*truth.regions, *predicted.regions)}:
            wanted = [region for region in truth.regions if region.label == label]
            said = [region for region in predicted.regions if region.label == label]
            for one, other in pairs(wanted, said):
                self._dice.update(_bitmap(one, size), _bitmap(other, size))

    def summary(self) -> dict[str, Any]:
        """AP of masks, and mean Dice and IoU."""
        return {**self._precision.summary(), **self._dice.summary()}


MEASURES: dict[str, type[PageMeasure]] = {
    "entities": EntityF1,
    "relations": RelationF1,
    "tables": TableStructure,
    "objects": ObjectDetection,
    "masks": MaskOverlap,
}
"""Every measure of pages by its name in a report."""


def pairs(
    truth: Sequence[Placed], predicted: Sequence[Placed]
) -> list[tuple[Placed | None, Placed | None]]:
    """Things that overlap, the greatest IoU of boxes first; None stands for a missing partner."""
    ranked = sorted(
        (-one.box.iou(other.box), i, j)
        for i, one in enumerate(truth)
        for j, other in enumerate(predicted)
        if one.box.iou(other.box) > 0
    )
    partners: dict[int, int] = {}
    for _iou, i, j in ranked:
        if i not in partners and j not in partners.values():
            partners[i] = j
    found: list[tuple[Placed | None, Placed | None]] = [
        (one, predicted[partners[i]] if i in partners else None) for i, one in enumerate(truth)
    ]
    lonely = set(range(len(predicted))) - set(partners.values())
    return found + [(None, predicted[j]) for j in sorted(lonely)]


def _objects(page: Page) -> Iterable[Detection]:
    for region in page.regions:
        box = region.box.normalized()
        yield Detection(
            region.label, box, _score(region), is_crowd=_is_crowd(region), area=_area(region)
        )
    for table in page.tables:
        for label, box in table_grid.objects(table, page.words):
            yield Detection(label, box.normalized(), _score(table))


def _score(item: Region | Table) -> float:
    return 1.0 if item.score is None else item.score


def _mask_of(region: Region, size: tuple[int, int]) -> Detection:
    counts = masks.encode(_bitmap(region, size))
    box, is_crowd = region.box.normalized(), _is_crowd(region)
    return Detection(region.label, box, _score(region), counts, size, is_crowd, _area(region))


def _area(region: Region) -> float | None:
    """The area that a COCO file gives an object of the truth: COCO sorts by it."""
    area = unpack(region.source_data, "coco").get("raw", {}).get("area")
    return float(area) if is_number(area) else None


def _is_crowd(region: Region) -> bool:
    """Whether a COCO file says that this is a group: finding it is neither right nor wrong."""
    return bool(unpack(region.source_data, "coco").get("raw", {}).get("iscrowd") == 1)


def _bitmap(region: Region | None, size: tuple[int, int]) -> NDArray[np.bool_]:
    height, width = size
    if region is None:
        return masks.polygons_to_bitmap((), width, height)
    if region.mask is not None:
        return masks.bitmap_on(region.mask, width, height)
    outlines = region.polygons or (region.box.corners,)
    return masks.polygons_to_bitmap(outlines, width, height)
