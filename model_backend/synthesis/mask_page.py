"""A page being put together: what is printed, photographs, and the ink that comes onto it later."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import Family, between, chosen, faces_of, happens
from model_backend.synthesis.hands import Hand, hand_of, sign, write
from model_backend.synthesis.mask_ink import Ink
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.stamps import stamp

STAMP, SIGNATURE, HANDWRITING = "stamp", "signature", "handwriting"
CHECK_BOX, FIGURE, LOGO, TABLE = "check box", "figure", "logo", "table"
LABELS = (STAMP, SIGNATURE, HANDWRITING, CHECK_BOX, FIGURE, LOGO, TABLE)
"""The classes of masks, in the order of the model's outputs."""


@dataclass(frozen=True)
class Photo:
    """Where a photograph is, in points, and what it is made from."""

    box: Box
    seed: int


@dataclass
class Collage:
    """The page, in points; `places` are printed things with their labels, not yet trimmed."""

    paper: Paper
    family: Family
    random: np.random.Generator
    body: Pen
    head: Pen
    typed: Pen
    hand: Hand
    is_by_hand: bool
    inks: list[Ink] = field(default_factory=list)
    photos: list[Photo] = field(default_factory=list)
    places: list[tuple[str, Box]] = field(default_factory=list)

    def write(self, at: Point, text: str, size: float, hand: Hand | None = None) -> None:
        """Handwriting that starts at a point of its base line."""
        paper = Paper()
        box = write(paper, at, text, size, hand or self.hand, self.random)
        self.inks.append(Ink(HANDWRITING, "\n".join(paper.operators), box, self._wear()))

    def sign(self, at: Point, size: float) -> None:
        """A signature that starts at a point of its base line."""
        paper, hand = Paper(), hand_of(self.family, self.random)
        hand = replace(hand, width=hand.width * between(self.random, 0.8, 1.6))
        box = sign(paper, at, size, hand, self.random, self.family, mask_words.name(self.random))
        if box.width > 300:
            return
        self.inks.append(Ink(SIGNATURE, "\n".join(paper.operators), box, self._wear()))

    def stamp(self, at: Point) -> None:
        """A stamp with its middle at a point."""
        self.inks.append(stamp(at, self.family, self.random))

    def _wear(self) -> float:
        return between(self.random, 0.0, 0.5) if happens(self.random, 0.4) else 0.0


def new_collage(size: tuple[float, float], family: Family, random: np.random.Generator) -> Collage:
    """An empty page with its type faces and the hand that fills it in."""
    faces = faces_of(family)
    typewriters = [name for name in faces if name.startswith("cou") or "mono" in name] or faces
    body = Pen(
        chosen(random, faces),
        between(random, 7.0, 12.0),
        stretch=between(random, 0.85, 1.1) if happens(random, 0.4) else 1.0,
        weight=between(random, 0.05, 0.3) if happens(random, 0.15) else 0.0,
    )
    head = replace(body, face=chosen(random, faces), weight=between(random, 0.0, 0.6))
    typed = Pen(
        chosen(random, typewriters), between(random, 8.0, 11.5), weight=between(random, 0, 0.35)
    )
    if happens(random, 0.35):
        typed = replace(body, face=chosen(random, faces))
    if happens(random, 0.2):  # a form that was printed in colour
        tint = random.uniform(0.0, 0.5, 3)
        body = replace(body, color=(float(tint[0]), float(tint[1]), float(tint[2])))
    return Collage(
        paper=Paper(size=size),
        family=family,
        random=random,
        body=body,
        head=head,
        typed=typed,
        hand=hand_of(family, random),
        is_by_hand=happens(random, 0.45),
    )
