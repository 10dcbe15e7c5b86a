"""Labels against labels: accuracy, confusion and Cohen's kappa, for page classes and words."""

from __future__ import annotations

from collections import Counter
from typing import Any


class Confusion:
    """Accuracy = agreeing / all; kappa = (po - pe) / (1 - pe).

    po is the share that agrees, pe the share that would agree by chance: the sum over labels of the
    product of both sides' shares (Cohen, 1960, "A coefficient of agreement for nominal scales").
    Where both sides always say the same one label, kappa is not defined: None.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all labels."""
        self._counts: Counter[tuple[str, str]] = Counter()

    def update(self, truth: str, predicted: str) -> None:
        """Count one thing: what it is, and what was said."""
        self._counts[truth, predicted] += 1

    def ratios(self) -> dict[str, tuple[float, float]]:
        """Accuracy as the number that agrees and the number of all."""
        agreeing = sum(times for (one, other), times in self._counts.items() if one == other)
        return {"accuracy": (agreeing, self._counts.total())}

    def summary(self) -> dict[str, Any]:
        """Accuracy, kappa, the count, and the table: true label, said label, how often."""
        agreeing, count = self.ratios()["accuracy"]
        table: dict[str, dict[str, int]] = {}
        for (one, other), times in sorted(self._counts.items()):
            table.setdefault(one, {})[other] = times
        return {
            "accuracy": agreeing / count if count else None,
            "kappa": self._kappa(agreeing, count),
            "count": count,
            "confusion": table,
        }

    def _kappa(self, agreeing: float, count: float) -> float | None:
        true, said = Counter[str](), Counter[str]()
        for (one, other), times in self._counts.items():
            true[one] += times
            said[other] += times
        chance = sum(true[label] * said[label] for label in true)  # times the square of count
        return (agreeing * count - chance) / (count**2 - chance) if count**2 > chance else None
