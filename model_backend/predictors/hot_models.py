"""Loaded models of the model process: kept within a budget of memory, the longest unused goes
first.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from typing import Protocol

from model_backend import registry
from model_backend.installed import InstalledModel
from model_backend.predictors.predictor import Predictor

BUDGET = 4 * 2**30
"""Bytes of weights that are kept; one model is kept however large it is."""


class ModelPredictor(Predictor, Protocol):
    """A predictor with networks in memory; `models` are what it was made of."""

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        ...


class HotModels:
    """Predictors by name; one whose model was removed or replaced meanwhile is made again."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._kept: OrderedDict[tuple[InstalledModel, ...], ModelPredictor] = OrderedDict()

    def predictor(self, name: str) -> Predictor:
        """The predictor of that name, from memory or loaded now (each file is compared with its
        recorded sum); UserError when there is none.
        """
        models = registry.registered(name).models
        if not models:
            built_in: Predictor = registry.create(name)
            return built_in
        if models not in self._kept:
            self._make_room(sum(model.size for model in models))
            self._kept[models] = registry.create(name)
        self._kept.move_to_end(models)
        return self._kept[models]

    def _make_room(self, needed: int) -> None:
        while self._kept and needed + self.size > self._budget:
            self._kept.popitem(last=False)
        gc.collect()

    def free(self) -> None:
        """Let go of all models: memory is short."""
        self._kept.clear()
        gc.collect()

    @property
    def size(self) -> int:
        """Bytes of the weights that are kept."""
        return sum(predictor.size for predictor in self._kept.values())


HOT = HotModels()
"""Those of this process."""
