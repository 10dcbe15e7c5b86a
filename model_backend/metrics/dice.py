"""How well masks cover each other: Dice (1945; Sorensen, 1948) and IoU (Jaccard, 1912)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def overlap(truth: ArrayLike, predicted: ArrayLike) -> tuple[int, int, int]:
    """Pixels in both masks, in the first, in the second.

    The masks have one shape and hold only 0 and 1 (or booleans): ValueError otherwise, so that raw
    network outputs are never taken for masks.
    """
    import numpy as np

    one, other = np.asarray(truth), np.asarray(predicted)
    if one.shape != other.shape:
        raise ValueError(f"masks of different shapes: {one.shape} and {other.shape}")
    for mask in (one, other):
        if mask.dtype != bool and not np.isin(mask, (0, 1)).all():
            raise ValueError("a mask holds values other than 0 and 1: threshold it first")
    one, other = one.astype(bool), other.astype(bool)
    return int((one & other).sum()), int(one.sum()), int(other.sum())


def thresholded(values: ArrayLike, threshold: float = 0.5) -> NDArray[np.bool_]:
    """A network's probabilities as a mask: what is at least `threshold`."""
    import numpy as np

    return np.asarray(values) >= threshold


def dice(truth: ArrayLike, predicted: ArrayLike, *, smooth: float = 1.0) -> float:
    """(2 |X and Y| + s) / (|X| + |Y| + s), 0..1; 1 for two empty masks."""
    return _dice(overlap(truth, predicted), smooth)


class Dice:
    """Dice = (2 |X and Y| + s) / (|X| + |Y| + s) and IoU = |X and Y| / |X or Y| of pairs of masks.

    `dice` and `iou` are means over the pairs, `dice_of_pixels` takes all pixels as one mask.
    Two empty masks agree fully: 1. Without any pair there is no figure: None.
    """

    def __init__(self, *, smooth: float = 1.0) -> None:
        self.smooth = smooth
        self.reset()

    def reset(self) -> None:
        """Forget all pairs."""
        self._overlaps: list[tuple[int, int, int]] = []

    def update(self, truth: ArrayLike, predicted: ArrayLike) -> None:
        """Count one pair of masks of the same shape."""
        self._overlaps.append(overlap(truth, predicted))

    def ratios(self) -> dict[str, tuple[float, float]]:
        """Mean Dice and IoU as sums over the pairs and their count."""
        count = len(self._overlaps)
        both = (sum(_dice(o, self.smooth) for o in self._overlaps), sum(map(_iou, self._overlaps)))
        return {"dice": (both[0], count), "iou": (both[1], count)}

    def summary(self) -> dict[str, float | None]:
        """Mean Dice, mean IoU, Dice of all pixels, and how many pairs there were."""
        count = len(self._overlaps)
        common, first, second = (sum(item[i] for item in self._overlaps) for i in range(3))
        if not self._overlaps:
            return {"dice": None, "iou": None, "dice_of_pixels": None, "masks": 0}
        return {
            "dice": sum(_dice(o, self.smooth) for o in self._overlaps) / count,
            "iou": sum(map(_iou, self._overlaps)) / count,
            "dice_of_pixels": _dice((common, first, second), self.smooth),
            "masks": len(self._overlaps),
        }


def _dice(counts: tuple[int, int, int], smooth: float) -> float:
    common, first, second = counts
    below = first + second + smooth
    return (2 * common + smooth) / below if below else 1.0


def _iou(counts: tuple[int, int, int]) -> float:
    common, first, second = counts
    union = first + second - common
    return common / union if union else 1.0
