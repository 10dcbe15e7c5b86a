"""Tables by networks that were added: one that finds them, one that finds their structure.

A pair finds and reads tables; a structure model alone reads those that rules find (and those that
a person drew), a detection model alone has rules propose the grid. Each table is cut out upright,
with a margin, as the published models expect it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from model_backend.checkpoints.checkpoint import checkpoint_of
from model_backend.document import (
    Box,
    Page,
    Proposals,
    Status,
    Table,
    Word,
    compose,
    inverse,
)
from model_backend.installed import InstalledModel
from model_backend.networks import DETECTION, network
from model_backend.predictors import tables_auto
from model_backend.predictors.batches import in_batches, weight_bytes
from model_backend.predictors.detected_grid import Part, grid_of_parts, least_scores
from model_backend.predictors.predictor import NO_NUMBERS, PredictorInput
from model_backend.predictors.ruling_lines import pictured_rulings
from model_backend.registry import PAIR
from model_backend.table_grid import box_to_frame, box_to_page, empty_table, frame_to_page
from model_backend.table_grid.proposal import grid_of
from model_backend.table_grid.slant import reading_turn, rules_in_frame
from model_backend.table_grid.transforms import in_frame_of
from model_backend.translation import _, counted, mark

if TYPE_CHECKING:
    from torch import nn

    from model_backend.models.detector import Detected, Detector
    from model_backend.predictors.predictor import Pixels

DPI = 150.0
"""Of the pictures, before each network scales them to its own size."""
MARGIN_INCHES = 0.1
"""Around a table that is cut out (the reference pads by 10 pixels at about 100 dpi)."""
BATCH = 4
MOST_TABLES = 100
"""Of a page: each is cut out and looked at by itself."""
SAME = 0.5
"""Of two areas that overlap so much of the smaller one, the surer is kept."""
ROTATED = "table rotated"
NO_GRID = mark("{count} tables have no rows and columns: only their places were found")
SIDEWAYS = 270.0
"""The turn of a rotated table whose words do not tell it: the reference's (read upwards)."""


Notes = list[list[str]]
"""What there is to say about each page."""


@dataclass(frozen=True)
class Model:
    """An added model with its network loaded."""

    model: InstalledModel
    detector: Detector


@dataclass(frozen=True)
class Crop:
    """A table cut out upright: the outline that was cut, the page's number, the pixels, and how
    many page units each has.
    """

    page: int
    outline: Table
    picture: Pixels
    corner: tuple[float, float]
    unit: float

    def box(self, found: Detected) -> Box:
        """A box of the picture in the outline's frame."""
        x, y = self.corner
        x0, y0, x1, y1 = (value * self.unit for value in found.box_px)
        return Box(x0 + x, y0 + y, x1 + x, y1 + y)


@dataclass(frozen=True)
class TablesModel:
    """Proposes tables, with networks for their places, for their structure, or for both."""

    detection: Model | None
    structure: Model | None
    task: str = "tables"

    @property
    def name(self) -> str:
        """The names of the models."""
        return PAIR.join(part.model.name for part in self._models)

    @property
    def loaded(self) -> tuple[Detector, ...]:
        """What the loaders of its networks gave."""
        return tuple(part.detector for part in self._models)

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Its networks."""
        return tuple(detector.module for detector in self.loaded)

    @property
    def size(self) -> int:
        """Bytes of the weights."""
        return sum(weight_bytes(module) for module in self.modules)

    @property
    def _models(self) -> tuple[Model, ...]:
        return tuple(part for part in (self.detection, self.structure) if part is not None)

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page; ids count from 1 in each."""
        notes: Notes = [[] for _page in pages]
        outlines = self._outlines(pages, notes)
        if self.structure is None:
            tables = [ruled_grids(given, own) for given, own in zip(pages, outlines, strict=True)]
        else:
            tables = self._read(self.structure, pages, outlines, notes)
        return [self._proposals(own, told) for own, told in zip(tables, notes, strict=True)]

    def _outlines(self, pages: Sequence[PredictorInput], notes: Notes) -> list[list[Table]]:
        """Where the tables of each page are, as tables of one cell, scored where a network said."""
        if self.detection is None:
            return [areas_by_rules(given) for given in pages]
        model = self.detection
        pictures = [given.color_picture(DPI) for given in pages]
        said, told = in_batches(pictures, BATCH, model.detector)
        notes[0] += told
        for own, parts in zip(notes, said, strict=True):
            own += [_(NO_NUMBERS)] if parts is None else []
        return [
            areas_of(given, parts or (), model.model)
            for given, parts in zip(pages, said, strict=True)
        ]

    def _read(
        self,
        model: Model,
        pages: Sequence[PredictorInput],
        outlines: Sequence[Sequence[Table]],
        notes: Notes,
    ) -> list[list[Table]]:
        """The tables in the outlines; none where the network gave no numbers."""
        crops = [
            crop_of(number, given, outline)
            for number, given in enumerate(pages)
            for outline in outlines[number]
        ]
        said, told = in_batches([crop.picture for crop in crops], BATCH, model.detector)
        tables: list[list[Table]] = [[] for _page in pages]
        for crop, parts in zip(crops, said, strict=True):
            if parts is not None:
                tables[crop.page].append(table_of(crop, parts, pages[crop.page].page, model.model))
            elif _(NO_NUMBERS) not in notes[crop.page]:
                notes[crop.page].append(_(NO_NUMBERS))
        if crops:
            notes[crops[0].page] += told
        return tables

    def _proposals(self, tables: Sequence[Table], notes: Sequence[str]) -> Proposals:
        own = tuple(
            replace(table, id=number, source=self.name, status=Status.PROPOSED)
            for number, table in enumerate(tables, 1)
        )
        unread = sum(len(table.rows) == len(table.columns) == 1 for table in own)
        if unread:
            notes = [*notes, counted(NO_GRID, unread)]
        return Proposals(self.name, tables=own, notes=tuple(notes))


def areas_of(
    given: PredictorInput, found: Iterable[Detected], model: InstalledModel
) -> list[Table]:
    """The outlines of the tables that a detection model found, in the order of the page."""
    across, _b, _c, down, *_rest = given.to_page(DPI)
    kept: list[Table] = []
    for part in sorted(found, key=lambda part: -part.score):
        label = model.labels[part.label].lower()
        x0, y0, x1, y1 = part.box_px
        box = Box(x0 * across, y0 * down, x1 * across, y1 * down).intersection(given.page.box)
        if len(kept) == MOST_TABLES:
            break
        is_wanted = part.score >= model.threshold(label) and min(box.width, box.height) > 1
        if is_wanted and not any(_is_same(box, box_to_page(other, other.box)) for other in kept):
            turn = _turn(box, given.page.words) if label == ROTATED else 0.0
            kept.append(_outline(box, turn, round(part.score, 4)))
    return sorted(kept, key=lambda table: (table.box.y0, table.box.x0))


def _is_same(one: Box, other: Box) -> bool:
    return max(one.overlap(other), other.overlap(one)) >= SAME


def _turn(box: Box, words: Sequence[Word]) -> float:
    inside = [word for word in words if box.contains(word.box.center)]
    return reading_turn(inside) or SIDEWAYS


def _outline(box: Box, turn: float, score: float | None) -> Table:
    """A table of one cell that covers a box of the page, turned by quarters."""
    if turn:
        x, y = box.center
        box = Box(x - box.height / 2, y - box.width / 2, x + box.height / 2, y + box.width / 2)
    return replace(empty_table(1, box), rotation=turn, score=score)


def areas_by_rules(given: PredictorInput) -> list[Table]:
    """The outlines of the tables that a person has settled and of others that rules find."""
    known = [table for table in given.page.tables if table.status is not Status.PROPOSED]
    places = [box_to_page(table, table.box) for table in known]
    ruled = [
        table
        for table in tables_auto.create()([given])[0].tables
        if not any(_is_same(box_to_page(table, table.box), place) for place in places)
    ]
    return [
        replace(empty_table(1, table.box), rotation=table.rotation) for table in (*known, *ruled)
    ]


def crop_of(number: int, given: PredictorInput, outline: Table) -> Crop:
    """An outline with its margin, cut out of the page's picture upright, white beyond the page."""
    import numpy as np
    from PIL import Image

    to_page = given.to_page(DPI)
    unit = (to_page[0] + to_page[3]) / 2
    box = outline.box.grown(MARGIN_INCHES * given.true_dpi(DPI) * unit)
    size = (max(1, round(box.width / unit)), max(1, round(box.height / unit)))
    to_frame = (unit, 0.0, 0.0, unit, box.x0, box.y0)
    a, b, c, d, e, f = compose(compose(to_frame, frame_to_page(outline)), inverse(to_page))
    picture = Image.fromarray(given.color_picture(DPI)).transform(
        size,
        Image.Transform.AFFINE,
        (a, c, e, b, d, f),
        Image.Resampling.BILINEAR,
        fillcolor=(255, 255, 255),
    )
    return Crop(number, outline, np.array(picture), (box.x0, box.y0), unit)


def table_of(crop: Crop, found: Iterable[Detected], page: Page, model: InstalledModel) -> Table:
    """The table that a structure model saw in a crop; its outline of one cell where it saw none."""
    parts = [
        Part(model.labels[part.label].lower(), crop.box(part), round(part.score, 4))
        for part in found
    ]
    words = [box_to_frame(crop.outline, word.box) for word in page.words if word.text.strip()]
    inside = [word for word in words if crop.outline.box.grown(1.0).intersects(word)]
    table = grid_of_parts(parts, inside, least_scores(model.thresholds))
    if table is None:
        return crop.outline
    score = min(table.score or 0.0, 1.0 if crop.outline.score is None else crop.outline.score)
    turned = replace(table, rotation=crop.outline.rotation, score=score)
    return in_frame_of(crop.outline, turned)


def ruled_grids(given: PredictorInput, outlines: Sequence[Table]) -> list[Table]:
    """The grids inside outlines, from the picture's rulings and the page's words."""
    if not outlines:
        return []
    words = given.page.words
    rulings = pictured_rulings(given.picture(DPI), given.to_page(DPI), [word.box for word in words])
    grids = []
    for outline in outlines:
        near = rulings.near(box_to_page(outline, outline.box), 3.0)
        across, down = rules_in_frame(outline, near.across, near.down)
        grids.append(grid_of(outline, words, across=across, down=down))
    return grids


def create(first: InstalledModel, second: InstalledModel | None = None) -> TablesModel:
    """The predictor of one added model or of a pair, weights loaded; UserError where they do not
    fit.
    """
    if second is not None:
        return TablesModel(_loaded(first), _loaded(second))
    if first.task == DETECTION:
        return TablesModel(_loaded(first), None)
    return TablesModel(None, _loaded(first))


def _loaded(model: InstalledModel) -> Model:
    import importlib

    module, _colon, function = network(model.network).loader.partition(":")
    loader = getattr(importlib.import_module(module), function)
    detector: Detector = loader(checkpoint_of(model), model)
    return Model(model, detector)
