"""All that a training needs to go on exactly: weights, optimizer, step, plan and random state."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

import torch

from model_backend.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Progress:
    """How far a training is; `random` and `card_random` are the states of torch's generators."""

    step: int
    plan: dict[str, Any]
    weights: Mapping[str, Tensor]
    optimizer: dict[str, Any]
    random: Tensor
    card_random: list[Tensor]

    @classmethod
    def of(
        cls, network: nn.Module, optimizer: torch.optim.Optimizer, step: int, plan: dict[str, Any]
    ) -> Progress:
        """The progress of a network after so many steps of a plan."""
        return cls(
            step,
            dict(plan),
            network.state_dict(),
            optimizer.state_dict(),
            torch.get_rng_state(),
            torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        )

    def restore(self, network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
        """Bring a network and its optimizer here; UserError where the weights are of another."""
        try:
            network.load_state_dict(self.weights)
            optimizer.load_state_dict(self.optimizer)
        except (RuntimeError, ValueError) as error:
            raise UserError(
                "The training that was saved is of another network: {error}",
                error=str(error)[:200],
            ) from error
        torch.set_rng_state(self.random)
        if self.card_random and torch.cuda.is_available():
            torch.cuda.set_rng_state_all(self.card_random)


def save_progress(progress: Progress, path: Path) -> None:
    """Write it; an older file is replaced only by a whole one. UserError where that fails."""
    beside = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with beside.open("wb") as file:
            torch.save(vars(progress), file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    except (OSError, RuntimeError) as error:  # RuntimeError: torch's own writer
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise UserError(
            "What was learnt cannot be saved in {file} ({error}). Free some space there and go on"
            " with --resume from what was saved before.",
            file=str(path),
            error=str(error)[:200],
        ) from error


def load_progress(path: Path) -> Progress:
    """Read it; UserError where there is none or it is damaged. No code of the file runs."""
    try:
        data = torch.load(path, map_location="cpu", weights_only=True)
        return Progress(**data)
    except FileNotFoundError as error:
        raise UserError(
            "There is no training to go on with in {file}. Begin it without --resume.",
            file=str(path),
        ) from error
    except (OSError, RuntimeError, EOFError, UnpicklingError, TypeError, ValueError) as error:
        raise UserError(
            "The saved training {file} is damaged: {error}", file=str(path), error=str(error)[:200]
        ) from error
