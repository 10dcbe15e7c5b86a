"""How sure a figure is: percentile intervals by drawing documents again."""

from __future__ import annotations

from collections.abc import Sequence

Ratio = tuple[float, float]
RESAMPLES = 1000
LEVEL = 0.95
SEED = 1


def intervals(
    documents: Sequence[Sequence[Ratio]], *, seed: int = SEED, resamples: int = RESAMPLES
) -> list[list[float] | None]:
    """The interval of each figure, in which 95 of 100 resamples lie (Efron, 1979, "Bootstrap
    methods: another look at the jackknife"; percentile method).

    A document is a list of figures, each a sum and what it is divided by; a resample draws as many
    documents as there are, with putting back, and divides the added sums. None where fewer than
    two documents have the figure. The same seed gives the same intervals.
    """
    import numpy as np

    if not documents:
        return []
    parts = np.array(documents, dtype=np.float64)
    count = len(documents)
    draws = np.random.default_rng(seed)
    sums = np.empty((resamples, *parts.shape[1:]))
    for i in range(resamples):  # one at a time: all draws of many documents would fill the memory
        sums[i] = np.tensordot(draws.multinomial(count, np.full(count, 1 / count)), parts, 1)
    edges = (100 * (1 - LEVEL) / 2, 100 * (1 + LEVEL) / 2)
    result: list[list[float] | None] = []
    for k in range(parts.shape[1]):
        drawn = sums[sums[:, k, 1] > 0, k]
        if (parts[:, k, 1] > 0).sum() < 2:
            result.append(None)
            continue
        low, high = np.percentile(drawn[:, 0] / drawn[:, 1], edges)
        result.append([float(low), float(high)])
    return result
