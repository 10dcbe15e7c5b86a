"""The one training loop: it learns, stops at numbers that are none, and resumes to the bit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from model_backend.errors import Cancelled, UserError
from model_backend.training.checkpoint import load_progress
from model_backend.training.trainer import Batch, Note, Plan, Trainer, rate_at

PLAN = Plan(steps=12, rate=0.02, warmup=3, seed=5)


def _network() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 8), nn.BatchNorm1d(8), nn.Dropout(0.3), nn.Linear(8, 1))


@dataclass
class Sums:
    """Learns the sum of three numbers; in step `bad` it is given a number that is none."""

    network: nn.Module = field(default_factory=_network)
    bad: int = -1

    def batch(self, step: int) -> Batch:
        numbers = np.random.default_rng((1, step)).normal(size=(16, 3)).astype(np.float32)
        if step == self.bad:
            numbers[0, 0] = np.nan
        return {"numbers": torch.from_numpy(numbers)}

    def loss(self, batch: Batch) -> Tensor:
        numbers = batch["numbers"]
        loss: Tensor = ((self.network(numbers) - numbers.sum(1, keepdim=True)) ** 2).mean()
        return loss


def _trainer(file: Path, plan: Plan = PLAN, bad: int = -1) -> Trainer[Sums]:
    torch.manual_seed(3)
    return Trainer(Sums(bad=bad), plan, file)


def _stopping_after(steps: int, trainer: Trainer[Sums]) -> None:
    with pytest.raises(Cancelled):
        trainer.run(is_cancelled=lambda: trainer.step >= steps)


def test_interrupted_and_resumed_is_the_same_to_the_bit(tmp_path: Path) -> None:
    whole = _trainer(tmp_path / "whole.pt")
    whole.run()
    _stopping_after(5, _trainer(tmp_path / "parts.pt"))
    torch.rand(7)  # another random state in between
    second = Trainer(Sums(), PLAN, tmp_path / "parts.pt")
    second.resume()
    assert second.step == 5
    _stopping_after(9, second)
    third = Trainer(Sums(), PLAN, tmp_path / "parts.pt")
    third.resume()
    third.run()
    ours, theirs = third.network.state_dict(), whole.network.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)
    saved, other = (load_progress(tmp_path / f"{name}.pt") for name in ("whole", "parts"))
    assert saved.step == other.step == 12
    assert torch.equal(saved.random, other.random)


def test_another_seed_gives_other_weights(tmp_path: Path) -> None:
    one, other = _trainer(tmp_path / "1.pt"), _trainer(tmp_path / "2.pt", replace(PLAN, seed=6))
    one.run()
    other.run()
    pairs = zip(one.network.parameters(), other.network.parameters(), strict=True)
    assert not all(torch.equal(a, b) for a, b in pairs)  # dropout follows the seed


def test_it_learns(tmp_path: Path) -> None:
    notes: list[Note] = []
    plan = Plan(steps=400, rate=0.03, warmup=10)
    trainer = _trainer(tmp_path / "training.pt", plan)
    trainer.run(on_note=notes.append)
    assert [note.step for note in notes][:3] == [20, 40, 60]
    assert notes[-1].step == notes[-1].steps == 400
    assert notes[-1].loss < 0.3 * notes[0].loss


def test_loss_that_is_no_number_stops_it_and_keeps_what_was_saved(tmp_path: Path) -> None:
    file = tmp_path / "training.pt"
    trainer = _trainer(file, bad=8)
    trainer.save_seconds = 0.0
    with pytest.raises(UserError, match="step 8 is no number"):
        trainer.run()
    progress = load_progress(file)
    assert progress.step == 8
    assert all(torch.isfinite(part).all() for part in progress.weights.values())


def test_another_plan_or_network_does_not_go_on(tmp_path: Path) -> None:
    file = tmp_path / "training.pt"
    _stopping_after(2, _trainer(file))
    with pytest.raises(UserError, match="another plan"):
        _trainer(file, replace(PLAN, steps=13)).resume()
    wider = Trainer(Sums(nn.Linear(3, 1)), PLAN, file)
    with pytest.raises(UserError, match="another network"):
        wider.resume()


def test_missing_and_damaged_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.pt"):
        _trainer(tmp_path / "nothing.pt").resume()
    file = tmp_path / "training.pt"
    _stopping_after(2, _trainer(file))
    whole = file.read_bytes()
    for damaged in (b"", b"no file of torch", whole[: len(whole) // 2]):
        file.write_bytes(damaged)
        with pytest.raises(UserError, match="is damaged"):
            _trainer(file).resume()
    torch.save({"step": 1}, file)
    with pytest.raises(UserError, match="is damaged"):
        _trainer(file).resume()


def test_rate_rises_then_falls() -> None:
    plan = Plan(steps=110, rate=1.0, last_rate=0.1, warmup=10)
    assert rate_at(plan, 0) == pytest.approx(0.1)
    assert rate_at(plan, 9) == rate_at(plan, 10) == pytest.approx(1.0)
    assert rate_at(plan, 60) == pytest.approx(0.55)
    assert rate_at(plan, 110) == pytest.approx(0.1)
