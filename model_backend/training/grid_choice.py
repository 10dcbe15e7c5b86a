"""How the choice among proposed grids is learnt: generated PDFs, all that is proposed for their
tables, and how like the truth each proposal is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model_backend import sources
from model_backend.document import Page, Table, with_words
from model_backend.metrics.adjacency import adjacency
from model_backend.metrics.grits import grid_cells
from model_backend.predictors import tables_layout
from model_backend.predictors.grid_program import GridProgram
from model_backend.predictors.predictor import PredictorInput
from model_backend.predictors.table_scoring import FEATURES, features
from model_backend.predictors.tables_grids import area_candidates
from model_backend.synthesis import tables
from model_backend.synthesis.families import Family
from model_backend.training.grid_lessons import told

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

FOUND = 0.5
"""An area whose box overlaps a true table by this is that table."""
RIDGE = 1e-3
"""How strongly weights are kept small, for each example."""
ROUNDS = 30


@dataclass(frozen=True)
class Example:
    """The features of a proposed grid, and how like the truth it is (0..1)."""

    told: dict[str, float]
    likeness: float


def pages_of(
    seed: int, numbers: Sequence[int], family: Family = Family.TRAINING
) -> Iterator[tuple[PredictorInput, Page]]:
    """Generated pages as PDFs, and the same pages with their true tables."""
    with tempfile.TemporaryDirectory(prefix="proofdesk-") as folder:
        for number in numbers:
            paper = tables.filled(family, np.random.default_rng((seed, number, 2)))
            path = Path(folder) / f"{number}.pdf"
            path.write_bytes(paper.document())
            read = sources.read_page(path, 0, ocr="never")
            page = Page(
                1, 1, 0, read.width, read.height, read.unit, read.geometry, is_scan=read.is_scan
            )
            page = with_words(page, read.words)
            own = paper.truth()
            true = tuple(told(table, own.words) for table in own.tables)
            yield PredictorInput(path, page), replace(page, tables=true)
            path.unlink()


def examples(
    program: GridProgram,
    seed: int,
    count: int,
    *,
    on_page: Callable[[int], None] = lambda done: None,
) -> list[Example]:
    """What is proposed for the areas of so many generated pages."""
    found: list[Example] = []
    for done, (given, truth) in enumerate(pages_of(seed, range(count)), 1):
        said = tables_layout.findings(given)
        for area in said.areas:
            candidates, known = area_candidates(given, area, said, program)
            for candidate in candidates:
                likeness = _likeness(candidate.table, truth)
                found.append(Example(features(candidate, candidates, known), likeness))
        on_page(done)
    return found


def _likeness(table: Table, truth: Page) -> float:
    """The adjacency F1 of a table and the true one where it is; 0 where there is none."""
    true = max(truth.tables, key=lambda other: other.box.iou(table.box))
    if true.box.iou(table.box) < FOUND:
        return 0.0
    cells = [grid_cells(one, truth.words) for one in (true, table)]
    return adjacency([cells[0]], [cells[1]]).f


def weights(found: Sequence[Example]) -> dict[str, float]:
    """The weights of features that fit the examples best: logistic regression to shares, by
    Newton's method. Examples that are all right are the rule; those that are not count more.
    """
    given = np.array([[example.told[name] for name in FEATURES] for example in found], np.float64)
    wanted = np.array([example.likeness for example in found], np.float64)
    weight = np.zeros(len(FEATURES))
    keep = RIDGE * len(found) * np.eye(len(FEATURES))
    keep[0, 0] = 1e-6
    for _round in range(ROUNDS):
        chance = 1 / (1 + np.exp(-(given @ weight).clip(-30, 30)))
        slope = given.T @ (wanted - chance) - keep @ weight
        curve = (given * (chance * (1 - chance) + 1e-6)[:, None]).T @ given + keep
        step = np.linalg.solve(curve, slope)
        weight = weight + step * min(1.0, 2.0 / max(1e-9, float(np.abs(step).max())))
    return {name: round(float(value), 4) for name, value in zip(FEATURES, weight, strict=True)}


def as_text(found: dict[str, float]) -> str:
    """Weights as a program's file holds them."""
    return json.dumps(found)
