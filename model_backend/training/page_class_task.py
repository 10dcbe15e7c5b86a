"""What the network of page classes learns: the kind of pages of which words are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from model_backend.models.page_class_network import PageClassNetwork
from model_backend.networks import PAGE_KINDS
from model_backend.training.page_class_pages import Pages

if TYPE_CHECKING:
    from model_backend.training.trainer import Batch

PAGES = 64
"""Of a batch; kinds are as frequent as one another."""
UNREAD = 0.6
"""The largest share of a page's words that are not read: real pages have others."""
SMOOTHING = 0.05


@dataclass
class PageClassTask:
    """The task; what a step learns from depends on its number alone."""

    network: PageClassNetwork
    pages: Pages
    seed: int = 0

    def batch(self, step: int) -> Batch:
        """Pages of all kinds, each with some of its words."""
        chance = np.random.default_rng((self.seed, step))
        there = [np.flatnonzero(self.pages.kinds == kind) for kind in range(len(PAGE_KINDS))]
        known = [members for members in there if len(members)]
        chosen = [int(chance.choice(known[int(chance.integers(len(known)))])) for _ in range(PAGES)]
        words = self.pages.words[chosen]
        share = chance.uniform(0.0, UNREAD, (PAGES, 1))
        words = words * (chance.random(words.shape) >= share)
        length = np.linalg.norm(words, axis=1, keepdims=True)
        return {
            "words": torch.from_numpy((words / np.maximum(length, 1e-6)).astype(np.float32)),
            "layout": torch.from_numpy(self.pages.layout[chosen]),
            "kinds": torch.from_numpy(self.pages.kinds[chosen]),
        }

    def loss(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The mean cross-entropy."""
        logits = self.network(batch["words"], batch["layout"])
        return functional.cross_entropy(logits, batch["kinds"], label_smoothing=SMOOTHING)
