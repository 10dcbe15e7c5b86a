"""How sure a figure is: percentile intervals by drawing documents again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Ratio = tuple[float, float]
RESAMPLES = 1000
LEVEL = 0.95
SEED = 1
LEAST = 2
"""Documents that must have a figure."""


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
    drawn = _drawn(parts, seed, resamples)
    return [
        _edges(drawn[:, k]) if (parts[:, k, 1] > 0).sum() >= LEAST else None
        for k in range(parts.shape[1])
    ]


def paired_intervals(
    documents: Sequence[Sequence[Ratio]],
    others: Sequence[Sequence[Ratio]],
    *,
    seed: int = SEED,
    resamples: int = RESAMPLES,
) -> list[list[float] | None]:
    """The interval of how much larger each figure of the others is: each resample draws the same
    documents of both, in the same order.
    """
    import numpy as np

    if not documents:
        return []
    old, new = (np.array(side, dtype=np.float64) for side in (documents, others))
    difference = _drawn(new, seed, resamples) - _drawn(old, seed, resamples)
    counts = np.minimum((old[..., 1] > 0).sum(axis=0), (new[..., 1] > 0).sum(axis=0))
    return [_edges(difference[:, k]) if counts[k] >= LEAST else None for k in range(old.shape[1])]


def _drawn(parts: Numbers, seed: int, resamples: int) -> Numbers:
    """Figures (resamples, figures) of (documents, figures, 2); not a number where none is drawn
    that has it.
    """
    import numpy as np

    count = len(parts)
    draws = np.random.default_rng(seed)
    sums = np.empty((resamples, *parts.shape[1:]))
    for i in range(resamples):  # one at a time: all draws of many documents would fill the memory
        sums[i] = np.tensordot(draws.multinomial(count, np.full(count, 1 / count)), parts, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)


def _edges(drawn: Numbers) -> list[float]:
    import numpy as np

    share = 100 * (1 - LEVEL) / 2
    low, high = np.nanpercentile(drawn, (share, 100 - share))
    return [float(low), float(high)]
