"""Logos: emblems of a few shapes and letters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import Family, between, chosen, faces_of, happens
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import Colour

COLOURS: tuple[Colour, ...] = (
    (0.0, 0.0, 0.0),
    (0.15, 0.15, 0.15),
    (0.0, 0.0, 0.0),
    (0.05, 0.2, 0.5),
    (0.75, 0.1, 0.1),
    (0.0, 0.4, 0.3),
    (0.9, 0.45, 0.0),
    (0.3, 0.1, 0.4),
    (0.4, 0.4, 0.4),
    (0.1, 0.5, 0.8),
)
WHITE: Colour = (1.0, 1.0, 1.0)


@dataclass
class Emblem:
    """A square to draw in: shapes are given in -1..1 from its middle, up is up."""

    paper: Paper
    middle: Point
    half: float
    colour: Colour
    second: Colour
    face: str
    random: np.random.Generator

    def area(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled outline."""
        places = [
            (self.middle[0] + x * self.half, self.middle[1] - y * self.half) for x, y in points
        ]
        path = " ".join(f"{x:.2f} {y:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(places))
        self.paper.operators.append(f"q {' '.join(f'{v:.3g}' for v in fill)} rg {path} f Q")

    def path(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line; its width in shares of the half."""
        places = [
            (self.middle[0] + x * self.half, self.middle[1] - y * self.half) for x, y in points
        ]
        self.paper.curve(places, width=width * self.half, color=colour)

    def letters(self, text: str, y: float, size: float, colour: Colour) -> None:
        """Heavy letters about the middle, at most as wide as the emblem."""
        pen = Pen(self.face, size * self.half, color=colour, weight=0.06 * size * self.half)
        width = pen.width(text)
        most = 1.7 * self.half
        if width > most:
            pen = Pen(self.face, size * self.half * most / width, color=colour, weight=pen.weight)
        at = (self.middle[0] - pen.width(text) / 2, self.middle[1] - y * self.half)
        self.paper.ink(at, text, pen)


def draw_logo(
    paper: Paper, at: Point, size: float, family: Family, random: np.random.Generator
) -> Box:
    """Draw an emblem whose left top is the point, so large; its box."""
    colours = chosen(random, COLOURS), chosen(random, COLOURS)
    half = size / 2
    middle = (at[0] + half, at[1] + half)
    face = chosen(random, faces_of(family))
    emblem = Emblem(paper, middle, half, *colours, face, random)
    chosen(random, EMBLEMS[family])(emblem)
    box = Box(at[0], at[1], at[0] + size, at[1] + size)
    if happens(random, 0.3):  # the firm's short name belongs to it
        text = chosen(random, mask_words.FIRMS).split()[0].upper()
        pen = Pen(
            face,
            size * between(random, 0.25, 0.45),
            color=colours[0],
            weight=0.7,
            slant=between(random, 0, 0.3),
        )
        start = (box.x1 + size * 0.12, middle[1] + pen.size * 0.35)
        paper.ink(start, text, pen)
        box = Box(box.x0, box.y0, start[0] + pen.width(text), box.y1)
    return box


def _circle(
    radius: float, x: float = 0.0, y: float = 0.0, start: float = 0.0, end: float = 360.0
) -> list[Point]:
    t = np.radians(np.linspace(start, end, 48))
    return [(x + radius * math.cos(a), y + radius * math.sin(a)) for a in t]


def _corners(count: int, radius: float, turn: float = 90.0) -> list[Point]:
    t = [math.radians(turn + 360 * index / count) for index in range(count + 1)]
    return [(radius * math.cos(a), radius * math.sin(a)) for a in t]


def _initials(random: np.random.Generator) -> str:
    return "".join(chosen(random, "ABCDEFGHKLMNPRSTUVW") for _ in range(int(random.integers(1, 4))))


def _disc(emblem: Emblem) -> None:
    emblem.area(_circle(1.0), emblem.colour)
    if happens(emblem.random, 0.5):
        emblem.area(_circle(0.85), WHITE)
        emblem.area(_circle(0.75), emblem.second)
    emblem.letters(_initials(emblem.random), -0.28, 0.85, WHITE)


def _block(emblem: Emblem) -> None:
    emblem.area([(-1, -1), (1, -1), (1, 1), (-1, 1)], emblem.colour)
    emblem.letters(_initials(emblem.random), -0.4, 1.15, WHITE)


def _stripes(emblem: Emblem) -> None:
    count = int(emblem.random.integers(3, 7))
    lean = between(emblem.random, -0.4, 0.4)
    for index in range(count):
        y = -1 + 2 * index / count
        far = between(emblem.random, 0.3, 1.0)
        colour = (emblem.colour, emblem.second)[index % 2]
        emblem.area(
            [
                (-1, y),
                (far, y),
                (far + lean / 4, y + 1.2 / count),
                (-1 + lean / 4, y + 1.2 / count),
            ],
            colour,
        )


def _mountain(emblem: Emblem) -> None:
    emblem.area([(-1, -0.9), (-0.2, 0.7), (0.5, -0.9)], emblem.colour)
    emblem.area([(-0.2, -0.9), (0.45, 0.35), (1, -0.9)], emblem.second)
    if happens(emblem.random, 0.5):
        emblem.area(_circle(0.25, 0.6, 0.7), emblem.second)


def _rings(emblem: Emblem) -> None:
    for _ring in range(int(emblem.random.integers(2, 5))):
        x, y = between(emblem.random, -0.4, 0.4), between(emblem.random, -0.4, 0.4)
        colour = (emblem.colour, emblem.second)[int(emblem.random.integers(2))]
        emblem.path(
            _circle(between(emblem.random, 0.3, 0.58), x, y),
            between(emblem.random, 0.06, 0.2),
            colour,
        )


def _leaf(emblem: Emblem) -> None:
    for turn in np.linspace(-60, 60, int(emblem.random.integers(1, 6))):
        angle = math.radians(90 + turn)
        t = np.linspace(0, 1, 20)
        wide = 0.28 * np.sin(math.pi * t)
        side = [(float(v * 1.8), float(w)) for v, w in zip(t, wide, strict=True)]
        whole = [*side, *[(v, -w) for v, w in reversed(side)]]
        placed = [
            (
                v * math.cos(angle) - w * math.sin(angle),
                -0.9 + v * math.sin(angle) + w * math.cos(angle),
            )
            for v, w in whole
        ]
        emblem.area(placed, chosen(emblem.random, (emblem.colour, emblem.second)))


def _gear(emblem: Emblem) -> None:
    teeth = int(emblem.random.integers(6, 14))
    t = np.linspace(0, 2 * math.pi, teeth * 8 + 1)
    r = np.where(np.sin(teeth * t) > 0, 1.0, 0.78)
    emblem.area(
        list(zip((r * np.cos(t)).tolist(), (r * np.sin(t)).tolist(), strict=True)), emblem.colour
    )
    emblem.area(_circle(between(emblem.random, 0.2, 0.5)), WHITE)


def _swoosh(emblem: Emblem) -> None:
    outer = _circle(1.0, 0, 0, 20, between(emblem.random, 200, 330))
    inner = _circle(
        between(emblem.random, 0.5, 0.8),
        between(emblem.random, 0.0, 0.2),
        0.05,
        20,
        between(emblem.random, 200, 330),
    )
    emblem.area([*outer, *reversed(inner)], emblem.colour)
    if happens(emblem.random, 0.5):
        emblem.letters(_initials(emblem.random), -0.25, 0.7, emblem.second)


def _shield(emblem: Emblem) -> None:
    outline = [(-0.8, 0.9), (0.8, 0.9), (0.8, 0.0), (0.5, -0.6), (0, -1), (-0.5, -0.6), (-0.8, 0.0)]
    emblem.area(outline, emblem.colour)
    emblem.area(
        [(x * 0.8, y * 0.8) for x, y in outline], chosen(emblem.random, (WHITE, emblem.second))
    )
    if happens(emblem.random, 0.5):
        emblem.area([(x * 0.5, y * 0.5) for x, y in _corners(5, 1.0)], emblem.colour)
    else:
        emblem.letters(_initials(emblem.random)[:2], -0.3, 0.7, emblem.colour)


def _crossed(emblem: Emblem) -> None:
    for turn in (0, 90):
        angle = math.radians(turn + between(emblem.random, -5, 5))
        bar = [(-1, -0.25), (1, -0.25), (1, 0.25), (-1, 0.25)]
        emblem.area(
            [
                (
                    x * math.cos(angle) - y * math.sin(angle),
                    x * math.sin(angle) + y * math.cos(angle),
                )
                for x, y in bar
            ],
            emblem.colour,
        )


def _hexagon(emblem: Emblem) -> None:
    emblem.area(_corners(6, 1.0), emblem.colour)
    emblem.area(_corners(6, between(emblem.random, 0.6, 0.85)), WHITE)
    emblem.letters(_initials(emblem.random), -0.25, 0.7, emblem.second)


def _pinwheel(emblem: Emblem) -> None:
    count = int(emblem.random.integers(3, 7))
    for index in range(count):
        turn = 360 * index / count
        piece = [(0.0, 0.0), *_circle(0.95, 0, 0, turn, turn + 200 / count)]
        emblem.area(piece, (emblem.colour, emblem.second)[index % 2])


def _waves(emblem: Emblem) -> None:
    x = np.linspace(-1, 1, 30)
    for index in range(int(emblem.random.integers(2, 5))):
        y = 0.6 - 0.45 * index + 0.15 * np.sin(5 * x + index)
        emblem.path(
            list(zip(x.tolist(), y.tolist(), strict=True)),
            0.16,
            (emblem.colour, emblem.second)[index % 2],
        )


Draw = Callable[[Emblem], None]
EMBLEMS: dict[Family, tuple[Draw, ...]] = {
    Family.TRAINING: (_disc, _block, _stripes, _mountain, _rings, _leaf, _gear, _swoosh, _shield),
    Family.HELD_OUT: (_hexagon, _pinwheel, _waves, _crossed),
}
