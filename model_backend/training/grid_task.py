"""What the grid network learns: profiles of rows and columns and merged cells, by cross-entropy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model_backend.models.grid_network import GridNetwork
from model_backend.predictors.grid_raster import batch_of
from model_backend.training.grid_lessons import COLUMNS, MERGES, ROWS, Lesson, generated_lessons

if TYPE_CHECKING:
    from model_backend.training.trainer import Batch

TABLES = 4
"""Tables a batch."""
ALIKE = 6
"""Batches that are put together from one pool, tables of like sizes with one another."""
MOST_CELLS = 36_000
"""Of a raster to learn from; a larger one holds up all others."""
ROW_WEIGHTS, COLUMN_WEIGHTS, MERGE_WEIGHT = (1.0, 0.3, 0.4, 0.4), (1.0, 0.3), 0.6
WHITE = 2.0
"""How much more it counts to miss what is between rows and columns than to see too much."""


@dataclass
class GridTask:
    """The task: generated tables of a seed, each seen once."""

    network: GridNetwork
    seed: int
    count: int = TABLES
    _pool: Callable[[int], list[Lesson]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._pool = lru_cache(maxsize=1)(self._drawn)

    def batch(self, step: int) -> Batch:
        """Rasters (B, C, H, W) with the truth of each, -1 where a raster has an end."""
        lessons = self._pool(step // ALIKE)
        place = step % ALIKE
        return packed(lessons[place * self.count : (place + 1) * self.count])

    def _drawn(self, pool: int) -> list[Lesson]:
        """The lessons of a pool, those of like sizes next to one another."""
        wanted = self.count * ALIKE
        lessons: list[Lesson] = []
        number = pool * wanted  # a sheet has a lesson or more
        while len(lessons) < wanted:
            lessons += [
                lesson
                for lesson in generated_lessons(self.seed, number)
                if lesson.raster.channels[0].size <= MOST_CELLS
            ]
            number += 1
        lessons = lessons[:wanted]
        return sorted(lessons, key=lambda lesson: lesson.raster.channels[0].size)

    def loss(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Weighted cross-entropies of the three outputs."""
        rows, columns, merges = self.network(batch["raster"])
        return (
            _entropy(rows, batch["rows"], ROW_WEIGHTS)
            + _entropy(columns, batch["columns"], COLUMN_WEIGHTS)
            + _entropy(merges, batch["merges"], (MERGE_WEIGHT,) * len(MERGES))
        )


def _entropy(logits: Tensor, truth: Tensor, weights: Sequence[float]) -> Tensor:
    """The mean over valid places of the weighted cross-entropies of classes (B, K, ...)."""
    valid = (truth >= 0).float()
    wanted = truth.clamp(min=0)
    harder = wanted * (WHITE - 1) + 1
    each = functional.binary_cross_entropy_with_logits(logits, wanted, harder, reduction="none")
    axes = tuple(range(2, logits.ndim))
    mean = (each * valid).sum(dim=axes) / valid.sum(dim=axes).clamp(min=1)  # (B, K)
    return (mean * torch.tensor(weights, device=mean.device)).sum(dim=1).mean()


def packed(lessons: Sequence[Lesson]) -> dict[str, Tensor]:
    """Lessons as one batch."""
    raster = batch_of([lesson.raster for lesson in lessons])
    count, _, height, width = raster.shape
    rows = np.full((count, len(ROWS), height), -1, np.float32)
    columns = np.full((count, len(COLUMNS), width), -1, np.float32)
    merges = np.full((count, len(MERGES), height // 2, width // 2), -1, np.float32)
    for number, lesson in enumerate(lessons):
        own_height, own_width = lesson.raster.channels.shape[1:]
        rows[number, :, :own_height] = lesson.rows
        columns[number, :, :own_width] = lesson.columns
        merges[number, :, : own_height // 2, : own_width // 2] = lesson.merges
    named = {"raster": raster, "rows": rows, "columns": columns, "merges": merges}
    return {name: torch.from_numpy(part) for name, part in named.items()}
