"""The measures of whole pages: entities, words, links, tables, and regions as boxes and masks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from model_backend import masks, table_grid
from model_backend.document import Box, Entity, Page, Region, Table
from model_backend.formats.source_data import is_number, unpack
from model_backend.metrics.adjacency import Adjacency
from model_backend.metrics.calibration import Calibration
from model_backend.metrics.confusion import Confusion
from model_backend.metrics.dice import Dice
from model_backend.metrics.entity_f1 import EntityF1
from model_backend.metrics.grits import GridCell, Grits, grid_cells
from model_backend.metrics.html_tree import TableTree, tree_of_cells
from model_backend.metrics.mean_average_precision import Detection, MeanAveragePrecision
from model_backend.metrics.relation_f1 import RelationF1
from model_backend.metrics.same_words import LEAST_IOU, numbers_of_words
from model_backend.metrics.tag_f1 import OUTSIDE_TAG
from model_backend.metrics.tally import Tally
from model_backend.metrics.teds import Teds

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Placed = TypeVar("Placed", Entity, Table, Region, Detection)
Ratios = dict[str, tuple[float, float]]
"""Figures by name, each as a sum and what it is divided by."""


def ratio(total: float, count: float) -> float | None:
    """The figure itself; None where there is nothing to divide by."""
    return total / count if count else None


class PageMeasure(Protocol):
    """A metric that takes pages."""

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page."""
        ...

    def ratios(self) -> Ratios:
        """Its figures that add up over pages, each as a sum and what it is divided by."""
        ...

    def summary(self) -> dict[str, Any]:
        """The figures so far."""
        ...

    def reset(self) -> None:
        """Forget all pages."""
        ...


class TableStructure:
    """Mean GriTS, Acc_Con and TEDS over tables; a table without a partner scores 0. Adjacency is a
    mean over pages with a table.

    A page's tables are paired by the greatest IoU of their boxes. Where the predicted objects
    contradict one another there is no table (they were read as regions): that scores 0 too.
    `is_reference` counts GriTS, and gives words to cells, as its released code does. TEDS takes
    seconds for a table of hundreds of cells: `has_teds` leaves it away.
    """

    def __init__(self, *, is_reference: bool = False, has_teds: bool = True) -> None:
        self._grits = Grits(is_reference=is_reference)
        self._teds = Teds() if has_teds else None
        self._adjacency = Adjacency()

    def reset(self) -> None:
        """Forget all tables."""
        self._grits.reset()
        self._adjacency.reset()
        if self._teds is not None:
            self._teds.reset()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count the tables of one page."""
        wanted = {table.id: self._cells(table, truth) for table in truth.tables}
        said = {table.id: self._cells(table, predicted) for table in predicted.tables}
        for one, other in pairs(truth.tables, predicted.tables):
            cells, found = wanted[one.id] if one else (), said[other.id] if other else ()
            self._grits.update(cells, found)
            if self._teds is not None:
                self._teds.update(_tree(one, cells), _tree(other, found))
        if wanted or said:
            self._adjacency.update(list(wanted.values()), list(said.values()))

    def ratios(self) -> Ratios:
        """GriTS, Acc_Con, TEDS and adjacency."""
        teds = self._teds.ratios() if self._teds is not None else {}
        return {**self._grits.ratios(), **teds, **self._adjacency.ratios()}

    def summary(self) -> dict[str, Any]:
        """Topology, content and location (F-scores), the share of tables without a fault, TEDS,
        and precision, recall and F-score of adjacency relations."""
        ratios = {name: ratio(*parts) for name, parts in self.ratios().items()}
        return {**ratios, "adjacency": self._adjacency.summary() or None}

    def _cells(self, table: Table, page: Page) -> tuple[GridCell, ...]:
        outline = _outline(table) if self._grits.is_reference else None
        return grid_cells(table, page.words, reference_outline=outline)


def _tree(table: Table | None, cells: Sequence[GridCell]) -> TableTree | None:
    return None if table is None else tree_of_cells(cells, header_rows=table.header_rows)


def _outline(table: Table) -> Box:
    """The box of the table itself, as its file or its grid has it."""
    for name, *corners, _attributes in unpack(table.source_data, "pubtables").get("objects", ()):
        if name == "table":
            return Box(*map(float, corners)).normalized()
    return table.box


class WordLabels:
    """Accuracy, confusion and Cohen's kappa of the labels of words; a word of no entity is O.

    Words are matched by place; those on one side only are left out.
    """

    def __init__(self) -> None:
        self._confusion = Confusion()

    def reset(self) -> None:
        """Forget all pages."""
        self._confusion.reset()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count the words of one page."""
        numbers, other_numbers = numbers_of_words(truth, predicted)
        wanted, said = _word_labels(truth, numbers), _word_labels(predicted, other_numbers)
        for number in wanted.keys() & said.keys():
            self._confusion.update(wanted[number], said[number])

    def ratios(self) -> Ratios:
        """Accuracy."""
        return self._confusion.ratios()

    def summary(self) -> dict[str, Any]:
        """Accuracy, kappa, count and the table of confusion."""
        return self._confusion.summary()


def _word_labels(page: Page, numbers: dict[int, int]) -> dict[int, str]:
    labels = dict.fromkeys(numbers.values(), OUTSIDE_TAG)
    for entity in page.entities:
        for word_id in entity.word_ids:
            if word_id in numbers:
                labels[numbers[word_id]] = entity.label
    return labels


class ObjectDetection:
    """AP and AR of boxes: regions by label, and the six classes of objects that each table stands
    for. Also F1 = 2 hits / (truth + predicted): a hit has the same label and an IoU of 0.5.

    Groups (`iscrowd`) are left out of F1. Boxes without an area overlap nothing, themselves
    included: they are left out on both sides.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pages."""
        self._precision = MeanAveragePrecision()
        self._found = Tally()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page."""
        wanted, said = ([o for o in _objects(page) if o.box.area] for page in (truth, predicted))
        self._precision.update(wanted, said)
        for label in {item.label for item in (*wanted, *said)}:
            ones = [item for item in wanted if item.label == label and not item.is_crowd]
            others = [item for item in said if item.label == label and not item.is_crowd]
            self._found.truth += len(ones)
            self._found.predicted += len(others)
            self._found.hits += sum(
                one is not None and other is not None and one.box.iou(other.box) >= LEAST_IOU
                for one, other in pairs(ones, others)
            )

    def ratios(self) -> Ratios:
        """F1 at IoU 0.5: AP is of all pages together and does not add up."""
        return {"f1_at_50": self._found.ratio}

    def ap_interval(self, documents: Sequence[Sequence[int]], *, seed: int) -> list[float] | None:
        """The bootstrap interval of AP; documents are lists of pages in the order of `update`."""
        return self._precision.interval(documents, seed=seed)

    def summary(self) -> dict[str, Any]:
        """AP over all IoU, at 0.50 and at 0.75, by size and by label; AR; F1 at IoU 0.5."""
        return {**self._precision.summary(), "f1_at_50": self._found.summary()["f1"]}


class MaskOverlap:
    """AP, Dice and IoU of regions as pixels; regions without a mask are their outline, filled.

    For Dice and IoU a page's regions of one label are paired by the greatest IoU of their boxes; a
    region without a partner scores 0. Masks without a pixel on the page are left out of AP on both
    sides: they overlap nothing, themselves included.
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
            *([m for m in _masks_of(page, size) if m.own_area] for page in (truth, predicted))
        )
        for label in {region.label for region in (*truth.regions, *predicted.regions)}:
            wanted = [region for region in truth.regions if region.label == label]
            said = [region for region in predicted.regions if region.label == label]
            for one, other in pairs(wanted, said):
                self._dice.update(_bitmap(one, size), _bitmap(other, size))

    def ratios(self) -> Ratios:
        """Mean Dice and IoU."""
        return self._dice.ratios()

    def ap_interval(self, documents: Sequence[Sequence[int]], *, seed: int) -> list[float] | None:
        """The bootstrap interval of AP; documents are lists of pages in the order of `update`."""
        return self._precision.interval(documents, seed=seed)

    def summary(self) -> dict[str, Any]:
        """AP and AR of masks, and mean Dice and IoU."""
        return {**self._precision.summary(), **self._dice.summary()}


MEASURES: dict[str, type[PageMeasure]] = {
    "entities": EntityF1,
    "word_labels": WordLabels,
    "relations": RelationF1,
    "tables": TableStructure,
    "objects": ObjectDetection,
    "masks": MaskOverlap,
    "calibration": Calibration,
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


def _masks_of(page: Page, size: tuple[int, int]) -> Iterator[Detection]:
    return (_mask_of(region, size) for region in page.regions)


def _mask_of(region: Region, size: tuple[int, int]) -> Detection:
    height, width = size
    mask = region.mask
    counts = masks.counts_on(mask, width, height) if mask else masks.encode(_bitmap(region, size))
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
