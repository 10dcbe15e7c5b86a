"""A small network that tells the kind of a page from its words and their layout."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class PageClassConfig:
    """The sizes: hashed words, numbers of the layout, kinds."""

    buckets: int
    layout: int
    kinds: int
    hidden: int = 48
    dropout: float = 0.4


class PageClassNetwork(nn.Module):
    """Words as a bag of hashes and the layout as numbers, each through a layer, to the kinds."""

    def __init__(self, config: PageClassConfig) -> None:
        super().__init__()
        self.config = config
        self.words = nn.Linear(config.buckets, config.hidden)
        self.layout = nn.Linear(config.layout, config.hidden // 2)
        self.dropout = nn.Dropout(config.dropout)
        self.kinds = nn.Linear(config.hidden + config.hidden // 2, config.kinds)

    def forward(self, words: Tensor, layout: Tensor) -> Tensor:
        """Logits (B, kinds) of words (B, buckets) and layout (B, layout)."""
        said = functional.relu(self.words(words))  # (B, hidden)
        seen = functional.relu(self.layout(layout))  # (B, hidden / 2)
        logits: Tensor = self.kinds(self.dropout(torch.cat([said, seen], dim=-1)))  # (B, kinds)
        return logits
