"""Two families of faces, stamps, hands and layouts that share nothing: one to train with, one to
measure with.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from model_backend.synthesis.faces import available

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

Choice = TypeVar("Choice")


class Family(StrEnum):
    """What a page is for."""

    TRAINING = "training"
    HELD_OUT = "held out"


FACES = {
    Family.TRAINING: (
        *("helv", "hebo", "heit", "hebi", "tiro", "tibo", "tiit", "tibi"),
        *("cour", "cobo", "coit", "cobi"),
    ),
    Family.HELD_OUT: (
        *("dejavu", "dejavu-bold", "dejavu-condensed", "dejavu-serif", "dejavu-serif-bold"),
        *("dejavu-serif-condensed", "dejavu-mono"),
    ),
}
SPARE = ("korea",)
"""What a machine without the held-out faces measures with: no page for training is set in it."""


def faces_of(family: Family) -> tuple[str, ...]:
    """The faces of a family that this machine has."""
    return available(*FACES[family]) or SPARE


def is_typed(face: str) -> bool:
    """Whether all letters of a face are as wide."""
    return face.startswith("co") or face.endswith("-mono")


def chosen(random: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    """One of them, each as likely."""
    return choices[int(random.integers(len(choices)))]


def happens(random: np.random.Generator, chance: float) -> bool:
    """Whether something of this chance happens this time."""
    return bool(random.random() < chance)


def between(random: np.random.Generator, low: float, high: float) -> float:
    """A number between two, each as likely."""
    return float(random.uniform(low, high))
