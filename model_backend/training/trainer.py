"""The one training loop: a task learns step by step, stops where its loss is no number, and goes on
from a checkpoint as if it had never been interrupted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import torch
from torch import nn

from model_backend import runtime
from model_backend.errors import Cancelled, UserError
from model_backend.training.checkpoint import Progress, load_progress, save_progress

if TYPE_CHECKING:
    from torch import Tensor

Batch = Mapping[str, "Tensor"]
NOTE_STEPS = 20
"""Steps between two notes of the loss."""


class TrainingTask(Protocol):
    """What is learnt: a network, its loss, and the batches it learns from."""

    @property
    def network(self) -> nn.Module:
        """What learns."""
        ...

    def batch(self, step: int) -> Batch:
        """What step number `step` learns from; it depends on that number alone."""
        ...

    def loss(self, batch: Batch) -> Tensor:
        """How wrong the network is about a batch, a number that can be differentiated."""
        ...


Task = TypeVar("Task", bound=TrainingTask)


@dataclass(frozen=True)
class Plan:
    """How a task is learnt: `steps` of gradient descent (AdamW), the rate rising over `warmup`
    steps to `rate`, then falling along a cosine to `last_rate` of it; gradients are cut to a
    length.
    """

    steps: int
    rate: float = 1e-3
    last_rate: float = 0.01
    warmup: int = 100
    decay: float = 1e-2
    longest_gradient: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Note:
    """How far training has come: the mean loss since the last note, seconds of this run."""

    step: int
    steps: int
    loss: float
    seconds: float


class Trainer(Generic[Task]):
    """Trains a task by a plan on a device, and saves to a file from which it can go on."""

    def __init__(
        self,
        task: Task,
        plan: Plan,
        file: Path,
        *,
        device: str = runtime.CPU,
        save_seconds: float = 180.0,
    ) -> None:
        self.task, self.plan, self.file = task, plan, file
        self.device = torch.device(device)
        self.save_seconds = save_seconds
        torch.manual_seed(plan.seed)
        self.network = task.network.to(self.device)
        self.optimizer = torch.optim.AdamW(
            self.network.parameters(), lr=plan.rate, weight_decay=plan.decay
        )
        self.step = 0

    def resume(self) -> None:
        """Go on where the file says; UserError where it is of another plan or another network."""
        progress = load_progress(self.file)
        if progress.plan != vars(self.plan):
            raise UserError(
                "The training in {file} has another plan: it cannot go on with these options. Use"
                " those it began with, or begin anew without --resume.",
                file=str(self.file),
            )
        progress.restore(self.network, self.optimizer)
        self.step = progress.step

    def save(self) -> None:
        """Write all that going on needs."""
        save_progress(
            Progress.of(self.network, self.optimizer, self.step, vars(self.plan)), self.file
        )

    def run(
        self,
        *,
        on_note: Callable[[Note], None] = lambda note: None,
        is_cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        """Train to the plan's last step; saved every few minutes and at the end.

        Raises Cancelled when it was stopped before (what was learnt is saved), UserError where the
        loss is no number: then what was last saved is kept.
        """
        started = saved = time.monotonic()
        losses: list[float] = []
        while self.step < self.plan.steps:
            losses.append(self._learn())
            now = time.monotonic()
            if self.step % NOTE_STEPS == 0 or self.step == self.plan.steps:
                mean = sum(losses) / len(losses)
                on_note(Note(self.step, self.plan.steps, mean, now - started))
                losses = []
            if is_cancelled():
                self.save()
                raise Cancelled
            if now - saved > self.save_seconds:
                self.save()
                saved = now
        self.save()

    def _learn(self) -> float:
        """One step; the loss before it."""
        self.network.train()
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(self.plan, self.step)
        batch = {name: part.to(self.device) for name, part in self.task.batch(self.step).items()}
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(batch)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise UserError(
                "The loss of step {step} is no number. What was learnt before is in {file}; learn"
                " more slowly (--rate).",
                step=self.step,
                file=str(self.file),
            )
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.network.parameters(), self.plan.longest_gradient)
        self.optimizer.step()
        self.step += 1
        return value


def rate_at(plan: Plan, step: int) -> float:
    """The learning rate of a step."""
    if step < plan.warmup:
        return plan.rate * (step + 1) / plan.warmup
    share = (step - plan.warmup) / max(1, plan.steps - plan.warmup)
    low = plan.last_rate
    return plan.rate * (low + (1 - low) * 0.5 * (1 + math.cos(math.pi * share)))


def fast_arithmetic(device: torch.device) -> torch.autocast:
    """Half precision (bf16) where the device has units for it: cards, and processors with AMX."""
    is_fast = device.type != runtime.CPU or _has_tiles()
    return torch.autocast(device.type, torch.bfloat16, enabled=is_fast)


def _has_tiles() -> bool:
    return bool(torch.cpu._is_amx_tile_supported())
