"""Parts of a data set (train, val, test): by document, by a seeded hash, so that no document moves
when others come or go."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from model_backend.errors import UserError

PARTS = ("train", "val", "test")


@dataclass(frozen=True)
class Split:
    """The share of each part, 0..1 and 1 together, and the seed that decides who goes where."""

    train: float = 0.8
    val: float = 0.1
    test: float = 0.1
    seed: int = 0

    def part_of(self, document: str) -> str:
        """The part of a document, named by its SHA-256 or by what else is its own."""
        digest = hashlib.sha256(f"{self.seed}:{document}".encode(errors="replace")).digest()
        place = int.from_bytes(digest[:8]) / 2**64
        parts = [part for part in PARTS if getattr(self, part) > 0]
        for part in parts:
            place -= getattr(self, part)
            if place < 0:
                return part
        return parts[-1]  # the shares add up to a hair less than 1


def parsed(text: str, seed: int = 0) -> Split:
    """The split that is written as "train=0.8,val=0.1,test=0.1"; UserError for any other text.

    Parts may be missing; shares need not add up to 1 (8, 1 and 1 are the same).
    """
    shares: dict[str, float] = {}
    for item in text.split(","):
        part, _sign, share = item.strip().partition("=")
        number = _share(share)
        if part not in PARTS or part in shares or number is None:
            raise _wrong(text)
        shares[part] = number
    total = sum(shares.values())
    if not total:
        raise _wrong(text)
    train, val, test = (shares.get(part, 0.0) / total for part in PARTS)
    return Split(train, val, test, seed)


def _share(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number >= 0 and math.isfinite(number) else None


def _wrong(text: str) -> UserError:
    return UserError(
        "{text} is no split. Write the share of each part, such as train=0.8,val=0.1,test=0.1.",
        text=text[:80],
    )
