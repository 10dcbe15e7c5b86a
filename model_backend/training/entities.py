"""What the form network learns: the class of each word, the next word of its entity, its parent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model_backend.models.form_network import FormNetwork
from model_backend.predictors.form_pieces import FormPieces
from model_backend.predictors.form_reading import (
    INPUTS,
    FormReading,
    batch_of,
    without_rules,
    without_words,
)
from model_backend.training.form_lessons import Lesson, shortened, truth_of
from model_backend.training.trainer import fast_arithmetic

if TYPE_CHECKING:
    from model_backend.training.trainer import Batch

PAGES, BATCHES = 8, 8
"""Pages of a batch, and batches whose pages are sorted by length together."""
LONGEST = 480
"""Pieces of a page that are learnt from; the rest would hold up all others."""
PARENTS = 0.5
"""What links count beside classes and boundaries."""
WITHOUT_RULES = 0.1
"""The share of pages that are read without what the rules say, which is not always right."""
UNREAD = 0.3
"""The largest share of a page's words that are not read, but seen: real forms have others than
those that are drawn."""
IMPOSSIBLE = -1e4


@dataclass
class EntityTask:
    """The task: `lesson(number)` for numbers below `count`, in another sequence each time round.

    What a step learns from depends on its number alone; the lessons of a few steps are made
    together, batches are of like lengths.
    """

    network: FormNetwork
    lesson: Callable[[int], Lesson]
    count: int
    pieces: FormPieces
    seed: int = 0
    _round: int = -1
    _batches: list[list[Lesson]] = field(default_factory=list, repr=False)

    def batch(self, step: int) -> Batch:
        """The inputs of the network and the truth."""
        turn, place = divmod(step, BATCHES)
        if turn != self._round:
            self._round, self._batches = turn, self._made(turn)
        chance = np.random.default_rng((self.seed, step))
        chosen = [
            replace(item, reading=self._seen(item.reading, chance)) for item in self._batches[place]
        ]
        made = dict(batch_of([item.reading for item in chosen], self.pieces.padding))
        made |= truth_of(chosen, made["boxes"].shape[1])
        return {name: torch.from_numpy(part) for name, part in made.items()}

    def _seen(self, reading: FormReading, chance: np.random.Generator) -> FormReading:
        """The reading as it is learnt from this time: something of it is missing."""
        if chance.random() < WITHOUT_RULES:
            reading = without_rules(reading)
        share = max(0.0, chance.uniform(-UNREAD, UNREAD))
        return without_words(
            reading, chance.random(len(reading.words)) < share, self.pieces.unknown
        )

    def _made(self, turn: int) -> list[list[Lesson]]:
        """The batches of a round, in random sequence."""
        wanted = PAGES * BATCHES
        places = range(turn * wanted, (turn + 1) * wanted)
        lessons = [shortened(self.lesson(self._number(place)), LONGEST) for place in places]
        ordered = sorted(lessons, key=lambda item: len(item.reading.ids))
        cuts = np.linspace(0, len(ordered), BATCHES + 1).astype(int)
        order = np.random.default_rng((self.seed, turn)).permutation(BATCHES)
        return [ordered[cuts[number] : cuts[number + 1]] for number in order]

    def _number(self, place: int) -> int:
        """Which lesson comes at a place of the endless sequence of all."""
        turn, rest = divmod(place, self.count)
        return int(np.random.default_rng((self.seed, turn, 1)).permutation(self.count)[rest])

    def loss(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The mean cross-entropy of classes, of next words and, weighed, of parents."""
        with fast_arithmetic(batch["ids"].device):
            said = self.network(*(batch[name] for name in INPUTS))
        classes, following, parents = (part.float() for part in said)
        there = batch["classes"] >= 0  # (B, W)
        later = _later(following)  # (B, W, W + 1)
        return (
            functional.cross_entropy(classes[there], batch["classes"][there])
            + functional.cross_entropy(later[there], batch["following"][there])
            + PARENTS * parents_loss(parents, batch["begins"], batch["parents"])
        )


def _later(following: Tensor) -> Tensor:
    """Scores of next words (B, W, W + 1): they stand later, or there is none."""
    words = following.shape[1]
    is_later = torch.ones(words, words + 1, dtype=torch.bool, device=following.device).triu(1)
    return following.masked_fill(~is_later, IMPOSSIBLE)


def parents_loss(parents: Tensor, begins: Tensor, wanted: Tensor) -> Tensor:
    """The cross-entropy of parents (B, W, W + 1) among the words that begin an entity, or none."""
    some = functional.pad(begins, (0, 1), value=True)[:, None, :]  # (B, 1, W + 1)
    itself = torch.eye(begins.shape[1], parents.shape[2], dtype=torch.bool, device=begins.device)
    possible = parents.masked_fill(~some | itself, IMPOSSIBLE)  # (B, W, W + 1)
    losses = -(wanted * possible.log_softmax(-1)).sum(-1)  # (B, W)
    return losses[begins].mean() if bool(begins.any()) else losses.sum() * 0
