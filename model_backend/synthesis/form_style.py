"""The habits of one form: its faces and sizes, how labels end, what values stand on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

import numpy as np

from model_backend.synthesis.faces import available
from model_backend.synthesis.families import Family
from model_backend.synthesis.hands import Hand, hand_of
from model_backend.synthesis.paper import Pen

SANS = (("helv", "hebo"), ("dejavu", "dejavu-bold"), ("dejavu-condensed", "dejavu-bold"))
SERIF = (("tiro", "tibo"), ("dejavu-serif", "dejavu-serif-bold"))
TYPED = (("cour", "cobo"), ("cour", "cobo"), ("cour", "cobo"), ("dejavu-mono", "cobo"))
KOREAN = (
    *(("korea", "korea"), ("noto-korean", "noto-korean-bold"), ("nanum", "nanum")),
    *(("noto-korean-serif", "noto-korean-bold"), ("nanum-serif", "nanum")),
)


@dataclass(frozen=True)
class Style:
    """How one form is set; lengths in points."""

    label: Pen
    value: Pen
    header: Pen
    title: Pen
    small: Pen
    hand: Hand | None
    """Who fills the form in by hand; None where it is typed or printed."""
    signer: Hand
    case: str
    """Of labels: "upper", "title" or "sentence"."""
    shouts: bool
    """Whether values are in capitals."""
    colon: float
    """Chance that a label ends in a colon."""
    is_colon_apart: bool
    leading: float
    """From one row to the next."""
    spread: float
    """Room between blocks: more than 1 in forms with little on them."""
    gap: float
    """From a label to its value on the same line."""
    rule: str
    """Under values: "line", "dash", "box" or "" for nothing."""
    rule_width: float
    lift: float
    """How far typed values stand above the labels' base line."""
    numbering: str
    """Before labels: "", "1.", "(1)", "1)", "A."."""
    shade: float
    """Grey of shaded cells, 1 for none."""
    answered: float
    """Share of questions with an answer."""
    links_headers: bool
    """Whether section headers are linked to their questions."""
    has_boxes: bool
    """Whether check boxes are words of their own, too (as some sets have them)."""


def style(language: str, random: Random, density: float = 1.0) -> Style:
    """A style of a language; a form of double density has twice as much on its page."""
    plain, bold = _pair(language, random, (SANS, SERIF, TYPED), (5, 3, 4))
    is_typed = plain in {face for face, _ in TYPED}
    size = random.triangular(7.0, 12.0, 9.6) if not is_typed else random.triangular(8.5, 12, 10.6)
    size = max(6.0, size / density**0.3)
    label = Pen(plain if random.random() < 0.72 else bold, size, stretch=_stretch(random))
    by_hand = language == "en" and random.random() < 0.2
    seeds = np.random.default_rng(random.getrandbits(64))
    value = _value(language, label, random)
    leading = size * random.triangular(1.3, 2.9, 1.7) / density**0.4
    header = replace(label, face=bold, size=size * random.choice((1.0, 1.0, 1.1, 1.25)))
    return Style(
        label=label,
        value=value,
        header=header,
        title=_title(language, header, random),
        small=replace(label, face=plain, size=max(5.5, size * random.uniform(0.65, 0.85))),
        hand=hand_of(Family.TRAINING, seeds) if by_hand else None,
        signer=hand_of(Family.TRAINING, seeds),
        case=random.choices(("upper", "title", "sentence"), (45, 42, 13))[0],
        shouts=random.random() < 0.13,
        colon=random.choices((1.0, 0.0, 0.5, 0.9), (26, 55, 10, 9))[0],
        is_colon_apart=random.random() < 0.06,
        leading=max(leading, size * 1.25, value.size * (1.6 if by_hand else 1.3)),
        spread=1 / density**1.3,
        gap=size * random.choice((0.5, 0.8, 1.2, 2.0, 3.0)),
        rule=random.choices(("line", "dash", "box", ""), (45, 8, 6, 41))[0],
        rule_width=random.uniform(0.3, 1.1),
        lift=random.choice((0.0, 0.0, random.uniform(-1.0, 2.0))),
        numbering=random.choices(("", "1.", "(1)", "1)", "A."), (82, 9, 3, 3, 3))[0],
        shade=random.choice((1.0, 1.0, random.uniform(0.75, 0.92))),
        answered=random.choices((0.95, 0.78, 0.45, 0.1), (42, 40, 13, 5))[0],
        links_headers=random.random() < 0.75,
        has_boxes=random.random() < 0.2,
    )


def _pair(
    language: str,
    random: Random,
    groups: tuple[tuple[tuple[str, str], ...], ...],
    weights: tuple[int, ...],
) -> tuple[str, str]:
    """A face and its bold."""
    group = KOREAN if language == "ko" else random.choices(groups, weights)[0]
    return random.choice([pair for pair in group if available(*pair) == pair])


def _value(language: str, label: Pen, random: Random) -> Pen:
    """What fills the form in: the same face, or a typewriter."""
    if language == "ko" or random.random() < 0.3:
        same = replace(label, face=label.face.replace("hebo", "helv").replace("tibo", "tiro"))
        return replace(same, size=label.size * random.uniform(1.0, 1.15))
    face = _pair(language, random, (TYPED, SANS, SERIF), (7, 2, 2))[0]
    return Pen(face, max(label.size, random.uniform(9.0, 11.5)), stretch=_stretch(random))


def _title(language: str, header: Pen, random: Random) -> Pen:
    other = _pair(language, random, (SANS, SERIF, TYPED), (5, 4, 2))[1]
    face = header.face if random.random() < 0.5 else other
    return replace(header, face=face, size=header.size * random.triangular(1.0, 2.0, 1.25))


def _stretch(random: Random) -> float:
    return random.choice((1.0, 1.0, 1.0, random.uniform(0.85, 1.1)))
