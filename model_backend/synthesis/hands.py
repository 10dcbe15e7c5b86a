"""Handwriting and signatures: strokes of a pen whose habits are a hand's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.letterforms import Stroke, smooth, strokes_of
from model_backend.synthesis.paper import Paper
from model_backend.synthesis.sheet import Colour

HANDS = 400
"""Of each family; a hand is a number."""
HEIGHT = 6.0
"""Of a capital, in the units of letterforms."""
BLUES: tuple[Colour, ...] = (
    (0.10, 0.16, 0.50),
    (0.05, 0.10, 0.35),
    (0.2, 0.3, 0.7),
    (0.1, 0.1, 0.6),
)
DARK: tuple[Colour, ...] = (
    (0.0, 0.0, 0.0),
    (0.12, 0.12, 0.14),
    (0.25, 0.25, 0.27),
    (0.05, 0.05, 0.1),
)
REDS: tuple[Colour, ...] = ((0.7, 0.1, 0.12), (0.8, 0.2, 0.2))


@dataclass(frozen=True)
class Hand:
    """How somebody writes; lengths in units of letterforms, `width` in points."""

    number: int
    slant: float
    stretch: float
    spacing: float
    wobble: float
    lift: float
    is_joined: bool
    is_upper: bool
    width: float
    pressure: float
    colour: Colour
    shapes: int
    """Seeds this hand's own forms of letters."""


def hand_of(family: Family, random: np.random.Generator) -> Hand:
    """One of the family's hands."""
    number = int(random.integers(HANDS)) * 2 + (family is Family.HELD_OUT)
    own = np.random.default_rng(7_000_000 + number)
    inks = BLUES if happens(own, 0.5) else DARK if happens(own, 0.9) else REDS
    return Hand(
        number=number,
        slant=between(own, -0.15, 0.6),
        stretch=between(own, 0.6, 1.25),
        spacing=between(own, -0.2, 1.0),
        wobble=between(own, 0.05, 0.28),
        lift=between(own, 0.0, 0.35),
        is_joined=happens(own, 0.55),
        is_upper=happens(own, 0.3),
        width=between(own, 0.5, 1.5),
        pressure=between(own, 0.0, 0.5),
        colour=chosen(own, inks),
        shapes=int(own.integers(1 << 30)),
    )


def write(
    paper: Paper, at: Point, text: str, size: float, hand: Hand, random: np.random.Generator
) -> Box:
    """Write a line by hand from a point of its base line, capitals `size` points tall; its box."""
    shown = text.upper() if hand.is_upper else text
    strokes = list(_written(shown, hand, random))
    return _draw(paper, at, strokes, size / HEIGHT, hand, random)


def sign(
    paper: Paper,
    at: Point,
    size: float,
    hand: Hand,
    random: np.random.Generator,
    family: Family,
    text: str,
) -> Box:
    """Sign at a point of the base line, about `size` points tall; the signature's box."""
    style = chosen(random, SIGNATURES[family])
    return _draw(paper, at, style(text, hand, random), size / HEIGHT, hand, random)


def _draw(
    paper: Paper,
    at: Point,
    strokes: list[Stroke],
    scale: float,
    hand: Hand,
    random: np.random.Generator,
) -> Box:
    """Draw strokes, pressed unevenly; the box around them."""
    turn = random.normal(0.0, 0.03)
    every = []
    for stroke in strokes:
        x, y = stroke[:, 0] + hand.slant * (stroke[:, 1] - 3), stroke[:, 1] - 3
        places = np.stack(
            [x * math.cos(turn) - y * math.sin(turn), -x * math.sin(turn) - y * math.cos(turn)],
            axis=1,
        )
        places = places * scale + at
        every.append(places)
        for part, width in _pressed(places, hand, random):
            paper.curve([(float(u), float(v)) for u, v in part], width=width, color=hand.colour)
    found = np.concatenate(every)
    low, high = found.min(axis=0), found.max(axis=0)
    return Box(float(low[0]), float(low[1]), float(high[0]), float(high[1])).grown(hand.width)


def _pressed(
    places: Stroke, hand: Hand, random: np.random.Generator
) -> Iterator[tuple[Stroke, float]]:
    """Pieces of a stroke with their widths: quick ones are thin."""
    if len(places) == 1:
        places = np.repeat(places, 2, axis=0)
    piece = 4 if hand.pressure > 0.1 else len(places)
    level = random.normal(0.0, 0.15)
    for start in range(0, max(1, len(places) - 1), piece):
        level = 0.7 * level + random.normal(0.0, 0.25)
        yield (
            places[start : start + piece + 1],
            max(0.3, hand.width * (1 + hand.pressure * float(np.clip(level, -1.0, 1.2)))),
        )


def _written(text: str, hand: Hand, random: np.random.Generator) -> Iterator[Stroke]:
    """Strokes of a line of text, in units of letterforms."""
    x, base, joined = 0.0, 0.0, None
    for letter in text:
        base += random.normal(0.0, 0.1) - 0.1 * base
        parts = strokes_of(letter)
        if not parts:
            x += 3.2 * hand.stretch + hand.spacing + abs(random.normal(0.0, 0.4))
            joined = None
            continue
        own = np.random.default_rng(hand.shapes + ord(letter))
        forms = [_shaped(part, hand, own, random, x, base) for part in parts]
        if joined is not None and hand.is_joined and letter.islower():
            forms[0] = np.concatenate([joined[-1:], forms[0]])
        joined = forms[-1] if len(parts) == 1 or letter in "hkmnpbr" else None
        for form in forms:
            yield smooth(form)
        x = max(float(form[:, 0].max()) for form in forms) + 0.6 + hand.spacing
        x += abs(random.normal(0.0, 0.2))


def _shaped(
    part: tuple[tuple[int, int], ...],
    hand: Hand,
    own: np.random.Generator,
    random: np.random.Generator,
    x: float,
    base: float,
) -> Stroke:
    """One stroke as this hand forms it, and as it came out this time."""
    points = np.array(part, dtype=np.float64)
    points += own.normal(0.0, 0.28, points.shape) + random.normal(0.0, hand.wobble, points.shape)
    points[:, 1] += base + hand.lift * own.normal()
    points[:, 0] = x + (points[:, 0] - 1) * hand.stretch
    return points


def _named(text: str, hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """A name that can nearly be read: a large first letter, flattened small ones, a last stroke."""
    strokes = []
    end = 0.0
    for word in text.split()[:2]:
        for index, stroke in enumerate(_written(word, hand, random)):
            moved = stroke.copy()
            tall = 1.7 if moved[:, 1].max() > 8 and index < 3 else between(random, 0.5, 0.9)
            moved[:, 1] = 3 + (moved[:, 1] - 3) * tall
            moved[:, 0] += end
            strokes.append(moved)
        end = max(float(stroke[:, 0].max()) for stroke in strokes) + 0.5
    if happens(random, 0.6):
        strokes.append(_flourish(end, random))
    return strokes


def _looped(_text: str, _hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Loops that wander to the right and shrink."""
    turns = int(random.integers(4, 11))
    t = np.linspace(0.0, 2 * math.pi * turns, turns * 14)
    fade = np.exp(-t / t[-1] * between(random, 0.0, 1.6))
    knots = np.linspace(0, t[-1], turns + 2)
    tall = np.interp(t, knots, random.uniform(0.6, 4.5, turns + 2)) * fade
    wide = np.interp(t, knots, random.uniform(0.3, 2.0, turns + 2))
    x = t * between(random, 0.25, 0.6) - wide * np.cos(t + random.uniform(0, 3))
    y = 4.5 + tall * np.sin(t) + np.interp(t, knots, random.normal(0, 0.6, turns + 2))
    strokes = [np.stack([x, y], axis=1)]
    if happens(random, 0.5):
        strokes.append(_flourish(float(x.max()), random))
    return strokes


def _initials(text: str, hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Two or three large letters written into each other, and a wave."""
    strokes = []
    for index, word in enumerate((text + " M K").split()[: int(random.integers(2, 4))]):
        for stroke in _written(word[0].upper(), hand, random):
            strokes.append(stroke * (1.3, 1.5) + (index * between(random, 2.5, 5), -1.5))
    x = max(float(stroke[:, 0].max()) for stroke in strokes)
    strokes.append(_wave(x - 1, between(random, 5, 22), random))
    return strokes


def _waved(_text: str, _hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Some tall strokes and a line that hardly moves."""
    count = int(random.integers(2, 6))
    points = []
    for index in range(count):
        x = index * between(random, 0.9, 2.2)
        points += [
            (x, between(random, 2, 4)),
            (x + between(random, 0.3, 1.4), between(random, 7, 11)),
        ]
    first = smooth(np.array(points), 8)
    return [first, _wave(float(first[-1, 0]), between(random, 8, 30), random)]


def _circled(text: str, hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Letters within one wide loop."""
    strokes = list(_written(text.split()[0][:5], hand, random))
    right = max(float(stroke[:, 0].max()) for stroke in strokes)
    t = np.linspace(between(random, 0, 3), between(random, 7, 10), 60)
    loop = np.stack([right / 2 + (right / 2 + 2) * np.cos(t), 5 + 4.5 * np.sin(t)], axis=1)
    return [*strokes, loop + np.cumsum(random.normal(0, 0.06, loop.shape), axis=0)]


def _jagged(_text: str, _hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Sharp strokes up and down, ever shorter, and one through them."""
    count = int(random.integers(6, 16))
    steps = np.cumsum(random.uniform(0.4, 1.6, count))
    tall = random.uniform(0.5, 5.0, count) * np.linspace(1.2, 0.3, count)
    up = np.where(np.arange(count) % 2, 1.0, -0.5)
    strokes = [np.stack([steps, 4.5 + up * tall], axis=1)]
    strokes.append(
        np.array([(-1.0, between(random, 2, 5)), (steps[-1] + 3, between(random, 4, 7))])
    )
    return strokes


def _rising(text: str, hand: Hand, random: np.random.Generator) -> list[Stroke]:
    """Letters that climb and shrink, and a line through the last of them."""
    strokes = []
    climb, shrink = between(random, 0.05, 0.3), between(random, 0.5, 0.9)
    for stroke in _written(text.split()[-1], hand, random):
        size = 1.5 * np.exp(-shrink * stroke[:, :1] / 20)
        places = stroke * (0.8, 1.0) + (0.0, -3.0)
        strokes.append(places * size + (0.0, 3.0) + stroke[:, :1] * (0.0, climb))
    ends = strokes[-1]
    tail = [ends[-1], ends[-1] + (3, 1), ends[-1] + (-2, 2), ends[-1] + (6, 0.5)]
    return [*strokes, smooth(np.array(tail), 8)]


def _flourish(end: float, random: np.random.Generator) -> Stroke:
    """A line back under the name."""
    y = between(random, 0.5, 2.5)
    points = [
        (end, 4.0),
        (end + between(random, 1, 5), y + 1),
        (end * 0.5, y),
        (between(random, 0, end * 0.4), y + random.normal(0, 0.7)),
        (end * between(random, 0.6, 1.3), y - 0.6),
    ]
    return smooth(np.array(points), 10)


def _wave(start: float, length: float, random: np.random.Generator) -> Stroke:
    x = np.linspace(0.0, length, max(8, int(length * 3)))
    tall = np.interp(x, np.linspace(0, length, 4), random.uniform(0.1, 1.6, 4))
    y = 4.5 + tall * np.sin(x * between(random, 1.5, 4.0)) + x * random.normal(0, 0.05)
    return np.stack([start + x, y], axis=1)


Signing = Callable[[str, Hand, np.random.Generator], list[Stroke]]
SIGNATURES: dict[Family, tuple[Signing, ...]] = {
    Family.TRAINING: (_named, _named, _looped, _initials, _waved),
    Family.HELD_OUT: (_rising, _circled, _jagged),
}
