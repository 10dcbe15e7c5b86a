"""Calibration: whether a shown score of 0.9 is right nine times in ten, and making it so.

Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks": the expected
calibration error is their equation 3, temperature scaling their section 4.2.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from model_backend.document import Entity, Page, Region, Table
from model_backend.metrics.same_words import LEAST_IOU, numbers_of_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Integers = NDArray[np.int64]

Thing = TypeVar("Thing", Entity, Table, Region)
BINS = 10
COLDEST, HOTTEST = 0.05, 20.0
"""Temperatures that are looked at: beyond them a model says nothing that can be mended."""
Judged = tuple[float, bool]
"""A score, and whether what it was given to is right."""


class Calibration:
    """The expected calibration error of scored proposals: sum over bins of |B| / n times
    |accuracy(B) - mean score(B)|.

    A proposal is right when the truth has the same label on the same words (a Jaccard overlap of at
    least 0.5) or, of tables and regions, in the same place (an IoU of at least 0.5); what is found
    twice is right once. Things without a score are left out.
    """

    def __init__(self) -> None:
        self._judged: list[Judged] = []

    def reset(self) -> None:
        """Forget all pages."""
        self._judged.clear()

    def update(self, truth: Page, predicted: Page) -> None:
        """Count one page."""
        self._judged += judged(truth, predicted)

    def ratios(self) -> dict[str, tuple[float, float]]:
        """None: the error does not add up over pages."""
        return {}

    def summary(self) -> dict[str, Any]:
        """The error, the count of scored proposals, their mean score, how many are right, and the
        same for each tenth of scores; empty where nothing has a score.
        """
        if not self._judged:
            return {}
        scores, right = zip(*self._judged, strict=True)
        return {
            "ece": calibration_error(scores, right),
            "proposals": len(scores),
            "mean_score": sum(scores) / len(scores),
            "right": sum(right) / len(right),
            "bins": {
                f"{low / BINS:.1f}": {"count": count, "mean_score": score, "right": share}
                for low, count, score, share in _bins(scores, right)
            },
        }


def calibration_error(scores: Sequence[float], right: Sequence[bool]) -> float:
    """The expected calibration error over ten bins; 0 of nothing."""
    return sum(
        count / len(scores) * abs(share - score)
        for _low, count, score, share in _bins(scores, right)
    )


def _bins(
    scores: Sequence[float], right: Sequence[bool]
) -> Iterator[tuple[int, int, float, float]]:
    """Number, count, mean score and share of right ones of each bin that is not empty; 1.0 belongs
    to the last.
    """
    members: dict[int, list[Judged]] = {}
    for score, is_right in zip(scores, right, strict=True):
        members.setdefault(min(BINS - 1, int(score * BINS)), []).append((score, is_right))
    for low, own in sorted(members.items()):
        count = len(own)
        yield low, count, sum(s for s, _ in own) / count, sum(r for _, r in own) / count


def judged(truth: Page, predicted: Page) -> list[Judged]:
    """Each scored proposal of a page with whether it is right, the surest first of each kind."""
    found = _judged_entities(truth, predicted)
    found += _matched(lambda _: truth.tables, predicted.tables, _is_same_place)
    found += _matched(lambda _: truth.regions, predicted.regions, _is_same_region)
    kind, said = truth.page_class, predicted.page_class
    if kind is not None and said is not None and said.score is not None:
        found.append((said.score, said.label == kind.label))
    return found


def _judged_entities(truth: Page, predicted: Page) -> list[Judged]:
    numbers, others = numbers_of_words(truth, predicted)
    wanted = {one.id: _words(one, numbers) for one in truth.entities}
    said = {one.id: _words(one, others) for one in predicted.entities}
    holders: dict[int, list[Entity]] = {}
    for one in truth.entities:
        for word in wanted[one.id]:
            holders.setdefault(word, []).append(one)

    def is_same(one: Entity, other: Entity) -> bool:
        both = wanted[one.id] | said[other.id]
        overlap = len(wanted[one.id] & said[other.id]) / len(both)
        return one.label.lower() == other.label.lower() and overlap >= LEAST_IOU

    def near(other: Entity) -> Iterable[Entity]:
        return (one for word in said[other.id] for one in holders.get(word, ()))

    return _matched(near, predicted.entities, is_same)


def _words(entity: Entity, numbers: dict[int, int]) -> frozenset[int]:
    return frozenset(numbers[word] for word in entity.word_ids if word in numbers)


def _matched(
    near: Callable[[Thing], Iterable[Thing]],
    predicted: Sequence[Thing],
    is_same: Callable[[Thing, Thing], bool],
) -> list[Judged]:
    """The scored ones of `predicted`, each right when one of those `near` it, which no surer one
    took, is the same.
    """
    taken: set[int] = set()
    found = []
    scored = [(item.score, item) for item in predicted if item.score is not None]
    for score, item in sorted(scored, key=lambda pair: -pair[0]):
        free = (one for one in near(item) if one.id not in taken and is_same(one, item))
        partner = next(free, None)
        if partner is not None:
            taken.add(partner.id)
        found.append((score, partner is not None))
    return found


def _is_same_place(one: Table, other: Table) -> bool:
    return one.box.iou(other.box) >= LEAST_IOU


def _is_same_region(one: Region, other: Region) -> bool:
    return one.label == other.label and one.box.iou(other.box) >= LEAST_IOU


def fitted_temperature(logits: Numbers, classes: Integers) -> float:
    """The temperature T that makes the right classes (N,) likeliest: the least mean of
    -log softmax(logits / T)[class], for logits (N, C). Between 0.05 and 20.
    """
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        return negative_log_likelihood(logits, classes, math.exp(logarithm))

    limits = (math.log(COLDEST), math.log(HOTTEST))
    found = minimize_scalar(loss, bounds=limits, method="bounded", options={"xatol": 1e-4})
    return float(math.exp(found.x))


def negative_log_likelihood(logits: Numbers, classes: Integers, temperature: float) -> float:
    """The mean of -log softmax(logits / T)[class]."""
    import numpy as np
    from scipy.special import logsumexp

    scaled = logits / temperature
    chosen = scaled[np.arange(len(classes)), classes]
    return float((logsumexp(scaled, axis=1) - chosen).mean())
