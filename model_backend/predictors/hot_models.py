"""Loaded models of the model process: kept within a budget of memory, the longest unused goes
first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from model_backend import registry, runtime
from model_backend.checkpoints.resources import is_short_of, require_memory, require_torch
from model_backend.document import Proposals
from model_backend.errors import UserError
from model_backend.installed import InstalledModel
from model_backend.networks import network
from model_backend.predictors.batches import free_memory, is_out_of_memory
from model_backend.predictors.predictor import Predictor, PredictorInput
from model_backend.runtime import Device
from model_backend.translation import _

if TYPE_CHECKING:
    from torch import nn

BUDGET = 4 * 2**30
"""Bytes of weights that are kept; one model is kept however large it is."""
SPARE = 400 * 10**6
"""Bytes that work on pages takes beside the weights, times `resources.TIMES`."""


class ModelPredictor(Predictor, Protocol):
    """A predictor with networks in memory."""

    @property
    def modules(self) -> tuple[nn.Module, ...]:
        """Its networks; inputs go to where their weights are."""
        ...

    @property
    def loaded(self) -> tuple[object, ...]:
        """What the loaders of its networks gave."""
        ...

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        ...


@dataclass(frozen=True)
class OnDevice:
    """A predictor whose networks are on a device; `note` is what there is to say about that."""

    predictor: ModelPredictor
    device: Device
    note: str = ""

    @property
    def name(self) -> str:
        """The predictor's name."""
        return self.predictor.name

    @property
    def task(self) -> str:
        """What it proposes."""
        return self.predictor.task

    @property
    def size(self) -> int:
        """Bytes of its weights."""
        return self.predictor.size

    def __call__(self, pages: Sequence[PredictorInput]) -> list[Proposals]:
        """Proposals for each page."""
        with runtime.calculating(self.device):
            found = self.predictor(pages)
        if self.note and found:
            found[0] = replace(found[0], notes=(self.note, *found[0].notes))
        return found


Key = tuple[object, ...]


class HotModels:
    """Predictors by name; one whose model or a file of it changed meanwhile is made again."""

    def __init__(self, budget: int = BUDGET) -> None:
        self._budget = budget
        self._kept: OrderedDict[Key, OnDevice] = OrderedDict()

    def predictor(self, name: str, device: str = runtime.AUTO) -> Predictor:
        """The predictor of that name, of models on the device; UserError when there is none."""
        models = registry.registered(name).models
        if models and not is_program(models):
            return self.on_device(name, device)
        built_in: Predictor = registry.create(name)
        return built_in

    def on_device(self, name: str, device: str = runtime.AUTO) -> OnDevice:
        """The predictor of added models, from memory or loaded now onto the device: each file is
        compared with its recorded sum.
        """
        models = registry.registered(name).models
        if is_program(models):
            raise UserError(
                "The model {name} is an ONNX program already, calibrated when it was trained.",
                name=name,
            )
        require_torch()
        chosen = runtime.torch_device(device)
        key = (chosen.name, *(_state_of(model) for model in models))
        if key not in self._kept:
            needed = sum(model.size for model in models)
            self._make_room(needed)
            require_memory(name, needed)
            self._kept[key] = self._placed(registry.create(name), chosen)
        self._kept.move_to_end(key)
        return self._kept[key]

    def _placed(self, predictor: ModelPredictor, device: Device) -> OnDevice:
        """The predictor with its networks on the device, others let go where its memory is short;
        on the CPU, which is said, where it does not do for this one alone.
        """
        try:
            for module in predictor.modules:
                module.to(device.name)
        except (RuntimeError, MemoryError) as error:
            if device.name == runtime.CPU or not is_out_of_memory(error):
                raise
        else:
            return OnDevice(predictor, device)
        if self._kept:
            self.free()
            return self._placed(predictor, device)
        free_memory()
        placed = self._placed(predictor, runtime.torch_device(runtime.CPU))
        note = _("The memory of {device} does not do for this model: it ran on the CPU.")
        return replace(placed, note=note.format(device=device.name))

    def _make_room(self, needed: int) -> None:
        """Let go of what was not used the longest, until the budget and the memory do."""
        while self._kept and (needed + self.size > self._budget or is_short_of(needed)):
            self._kept.popitem(last=False)
            free_memory()

    def keep_room(self) -> None:
        """Let go of all models but the last used one where little memory is left to others."""
        while len(self._kept) > 1 and is_short_of(SPARE):
            self._kept.popitem(last=False)
            free_memory()

    def free(self) -> None:
        """Let go of all models: memory is short."""
        self._kept.clear()
        free_memory()

    @property
    def size(self) -> int:
        """Bytes of the weights that are kept."""
        return sum(predictor.size for predictor in self._kept.values())


def is_program(models: Sequence[InstalledModel]) -> bool:
    """Whether the model is an ONNX program of our own training: it needs no torch."""
    return bool(models) and bool(network(models[0].network).outputs)


def _state_of(model: InstalledModel) -> Key:
    """The model as it lies on the disk: any file that was written anew makes it another."""
    paths = [model.files_folder / file.name for file in model.files]
    stamps = [path.stat() if path.is_file() else None for path in paths]
    changed = [(s.st_size, s.st_mtime_ns, s.st_ino) if s else () for s in stamps]
    return (replace(model, tested=""), *changed)


HOT = HotModels()
"""Those of this process."""
