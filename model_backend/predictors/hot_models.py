"""Loaded models of the model process: kept within a budget of memory, the longest unused goes
first.
"""

from __future__ import annotations

import gc
from collections import OrderedDict
from dataclasses import replace
from typing import Protocol

from model_backend import registry
from model_backend.checkpoints.resources import require_memory, require_torch
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


Key = tuple[object, ...]


class HotModels:
    """Predictors by name; one whose model or a file of it changed meanwhile is made again."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._kept: OrderedDict[Key, ModelPredictor] = OrderedDict()

    def predictor(self, name: str) -> Predictor:
        """The predictor of that name, from memory or loaded now (each file is compared with its
        recorded sum); UserError when there is none.
        """
        models = registry.registered(name).models
        if not models:
            built_in: Predictor = registry.create(name)
            return built_in
        key = tuple(_state_of(model) for model in models)
        if key not in self._kept:
            require_torch()
            needed = sum(model.size for model in models)
            self._make_room(needed)
            require_memory(needed)
            self._kept[key] = registry.create(name)
        self._kept.move_to_end(key)
        return self._kept[key]

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


def _state_of(model: InstalledModel) -> Key:
    """The model as it lies on the disk: any file that was written anew makes it another."""
    paths = [model.files_folder / file.name for file in model.files]
    stamps = [path.stat() if path.is_file() else None for path in paths]
    changed = [(s.st_size, s.st_mtime_ns, s.st_ino) if s else () for s in stamps]
    return (replace(model, tested=""), *changed)


HOT = HotModels()
"""Those of this process."""
