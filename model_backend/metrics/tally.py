"""Counts of what was found, what was said and what should have been: precision, recall, F1."""

from __future__ import annotations

from collections.abc import Hashable, Set
from dataclasses import dataclass


@dataclass
class Tally:
    """precision = hits / predicted, recall = hits / truth, F1 = 2 hits / (predicted + truth).

    Where nothing should be found and nothing was, none of the three is defined: None. Where only
    one side is empty all are 0, as in seqeval and scikit-learn.
    """

    hits: int = 0
    predicted: int = 0
    truth: int = 0

    def add(self, truth: Set[Hashable], predicted: Set[Hashable]) -> None:
        """Count one page's things; those on both sides are hits."""
        self.hits += len(truth & predicted)
        self.truth += len(truth)
        self.predicted += len(predicted)

    @property
    def ratio(self) -> tuple[float, float]:
        """F1 as what is above and what is below its line."""
        return 2 * self.hits, self.predicted + self.truth

    def summary(self) -> dict[str, float | None]:
        """The three figures, each 0..1, and the counts behind them."""
        both = self.predicted + self.truth
        return {
            "precision": self.hits / max(self.predicted, 1) if both else None,
            "recall": self.hits / max(self.truth, 1) if both else None,
            "f1": 2 * self.hits / both if both else None,
            "truth": self.truth,
            "predicted": self.predicted,
        }
