"""ANLS, average normalised Levenshtein similarity of answers (Biten et al., 2019, "Scene text
visual question answering", section 4.3).

ANLS = mean over questions of max over true answers a of s(a, o), with s = 1 - NL(a, o) where
NL < 0.5 and 0 elsewhere; NL is the Levenshtein distance over the longer length. Case does not
count, blanks within an answer do.
"""

from __future__ import annotations

from collections.abc import Iterable

from model_backend.metrics.teds import levenshtein

THRESHOLD = 0.5


def similarity(truth: str, predicted: str, *, threshold: float = THRESHOLD) -> float:
    """How alike two answers are, 0..1; 0 where they differ by the threshold or more."""
    one, other = truth.strip().lower(), predicted.strip().lower()
    longer = max(len(one), len(other))
    if longer == 0:
        return 1.0
    distance = levenshtein(one, other) / longer
    return 1.0 - distance if distance < threshold else 0.0


class Anls:
    """Mean similarity of predicted answers with the best of their true ones."""

    def __init__(self, *, threshold: float = THRESHOLD) -> None:
        self.threshold = threshold
        self.reset()

    def reset(self) -> None:
        """Forget all questions."""
        self._sum, self._count = 0.0, 0

    def update(self, truths: Iterable[str], predicted: str) -> None:
        """Count one question; without a true answer, only an empty one is right."""
        scores = [similarity(truth, predicted, threshold=self.threshold) for truth in truths]
        best = max(scores) if scores else float(not predicted.strip())
        self._sum, self._count = self._sum + best, self._count + 1

    def summary(self) -> dict[str, float | None]:
        """The mean, None before the first question."""
        return {"anls": self._sum / self._count if self._count else None}
