"""Counts of what was found, what was said and what should have been: precision, recall, F1."""

from __future__ import annotations

from collections.abc import Hashable, Set
from dataclasses import dataclass


@dataclass
class Tally:
    """precision = hits / predicted, recall = hits / truth, F1 = 2 hits / (predicted + truth).

    Where nothing should be found and nothing was, all three are 1; where only one side is empty,
    the figure that would divide by zero is 1 and F1 is 0.
    """

    hits: int = 0
    predicted: int = 0
    truth: int = 0

    def add(self, truth: Set[Hashable], predicted: Set[Hashable]) -> None:
        """Count one page's things; those on both sides are hits."""
        self.hits += len(truth & predicted)
        self.truth += len(truth)
        self.predicted += len(predicted)

    def summary(self) -> dict[str, float]:
        """The three figures, each 0..1, and the counts behind them."""
        both = self.predicted + self.truth
        return {
            "precision": self.hits / self.predicted if self.predicted else 1.0,
            "recall": self.hits / self.truth if self.truth else 1.0,
            "f1": 2 * self.hits / both if both else 1.0,
            "truth": self.truth,
            "predicted": self.predicted,
        }
