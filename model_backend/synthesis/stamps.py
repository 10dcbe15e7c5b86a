"""Rubber stamps and seals: rings with text along them, framed words, dates, square seals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import Family, between, chosen, faces_of, happens
from model_backend.synthesis.mask_ink import Ink, turned
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import Colour

STAMP = "stamp"
COLOURS: tuple[Colour, ...] = (
    (0.80, 0.10, 0.14),
    (0.70, 0.05, 0.10),
    (0.85, 0.25, 0.20),
    (0.10, 0.16, 0.55),
    (0.15, 0.25, 0.75),
    (0.20, 0.10, 0.45),
    (0.0, 0.0, 0.0),
    (0.12, 0.12, 0.15),
    (0.25, 0.25, 0.3),
    (0.10, 0.45, 0.25),
)
HANGUL = "김이박최정강조윤장임한오서신권황안송류홍인장대표이사"


@dataclass
class Plate:
    """What a stamp is cut into, about (0, 0), in points; `half` is half its width and height."""

    paper: Paper
    pen: Pen
    random: np.random.Generator
    half: tuple[float, float]

    def centred(self, text: str, y: float, size: float, room: float = 0.0) -> None:
        """A line of text with its middle at x = 0, made smaller where it has not enough room."""
        pen = replace(self.pen, size=size)
        width = pen.width(text)
        if room and width > room:
            pen = replace(pen, size=size * room / width)
        self.paper.ink((-pen.width(text) / 2, y), text, pen)

    def frame(self, grow: float, width: float) -> None:
        """A rectangle about (0, 0), `grow` points inside the plate's edge."""
        x, y = self.half[0] - grow, self.half[1] - grow
        corners = ((-x, -y), (x, -y), (x, y), (-x, y), (-x, -y))
        self.paper.curve(corners, width=width, color=self.pen.color)

    def ring(self, radius: tuple[float, float], width: float, *, dotted: bool = False) -> None:
        """An ellipse about (0, 0)."""
        t = np.linspace(0, 2 * math.pi, 73)
        points = [(radius[0] * math.cos(a), radius[1] * math.sin(a)) for a in t]
        parts = [points[i : i + 2] for i in range(0, 72, 2)] if dotted else [points]
        for part in parts:
            self.paper.curve(part, width=width, color=self.pen.color)

    def around(
        self, text: str, radius: tuple[float, float], size: float, *, below: bool = False
    ) -> None:
        """Letters along an ellipse, in the middle of its upper half or, upright too, its lower."""
        pen = replace(self.pen, size=size, spacing=0.12)
        mean = (radius[0] + radius[1]) / 2
        whole = pen.width(text) / mean
        if whole > 2.9:
            pen = replace(pen, size=size * 2.9 / whole)
            whole = 2.9
        angle = math.pi / 2 + whole / 2 if below else -math.pi / 2 - whole / 2
        for letter in text:
            half = pen.width(letter) / mean / 2
            angle += -half if below else half
            at = (radius[0] * math.cos(angle), radius[1] * math.sin(angle))
            letters = Paper()
            if not letter.isspace():
                letters.ink((-pen.width(letter) / 2, size * (0.7 if below else 0.0)), letter, pen)
            turn = math.degrees(angle) + (-90 if below else 90)
            self.paper.operators.append(turned("\n".join(letters.operators), at, turn))
            angle += -half if below else half


def stamp(at: Point, family: Family, random: np.random.Generator) -> Ink:
    """A stamp with its middle at a point of the page."""
    colour = chosen(random, COLOURS)
    face = chosen(random, faces_of(family))
    pen = Pen(
        face, color=colour, weight=between(random, 0.0, 0.5), stretch=between(random, 0.8, 1.15)
    )
    plate = Plate(Paper(), pen, random, (0.0, 0.0))
    chosen(random, DESIGNS[family])(plate)
    turn = random.normal(0, 12) if happens(random, 0.7) else between(random, -45, 45)
    operators = turned("\n".join(plate.paper.operators), at, turn)
    reach = math.hypot(*plate.half) + 4
    box = Box(at[0] - reach, at[1] - reach, at[0] + reach, at[1] + reach)
    return Ink(STAMP, operators, box, between(random, 0.0, 0.75))


def _round(plate: Plate) -> None:
    """A round seal: rings, letters between them, and something in the middle."""
    radius = between(plate.random, 28, 62)
    flat = 1.0 if happens(plate.random, 0.7) else between(plate.random, 0.55, 0.8)
    _rings(plate, (radius, radius * flat))
    _middle(plate, 0.55 * radius, 0.55 * radius * flat)


def _rings(plate: Plate, outer: tuple[float, float], *, dotted: bool = False) -> None:
    random = plate.random
    plate.half = outer
    size = between(random, 0.14, 0.22) * min(outer)
    plate.ring(outer, between(random, 0.8, 3.0), dotted=dotted)
    if happens(random, 0.3):
        plate.ring((outer[0] - 3, outer[1] - 3), 0.6)
    inner = (outer[0] - 1.9 * size, outer[1] - 1.9 * size)
    if happens(random, 0.75):
        plate.ring(inner, between(random, 0.5, 1.4))
    letters = (outer[0] - 1.4 * size, outer[1] - 1.4 * size)
    plate.around(chosen(random, mask_words.FIRMS).upper(), letters, size)
    if happens(random, 0.7):
        plate.around(chosen(random, mask_words.PLACES).upper(), letters, size, below=True)


def _middle(plate: Plate, half_width: float, half_height: float) -> None:
    """What stands within the rings: a date, a word, a star, two lines, nothing."""
    random, style = plate.random, plate.random.random()
    room = 2 * half_width
    if style < 0.35:
        plate.centred(mask_words.date(random).upper(), half_height * 0.15, half_height * 0.5, room)
        if happens(random, 0.5):
            plate.centred(
                chosen(random, mask_words.STAMPED), -half_height * 0.4, half_height * 0.35, room
            )
    elif style < 0.6:
        plate.centred(
            chosen(random, mask_words.STAMPED), half_height * 0.2, half_height * 0.6, room
        )
    elif style < 0.75:
        _star(plate, half_height * 0.7, int(random.integers(4, 9)))
    elif style < 0.9:
        for line in (-0.25, 0.15, 0.55):
            text = mask_words.words(random, 1).upper()
            plate.centred(text, line * half_height, half_height * 0.32, room)
    if happens(random, 0.2):
        y = half_height * 0.3
        plate.paper.curve([(-half_width, y), (half_width, y)], width=0.8, color=plate.pen.color)


def _star(plate: Plate, radius: float, points: int) -> None:
    t = np.arange(2 * points + 1) * math.pi / points - math.pi / 2
    r = np.where(np.arange(2 * points + 1) % 2, 0.45 * radius, radius)
    corners = [(float(x), float(y)) for x, y in zip(r * np.cos(t), r * np.sin(t), strict=True)]
    path = " ".join(f"{x:.2f} {y:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(corners))
    color = " ".join(f"{v:.3g}" for v in plate.pen.color)
    plate.paper.operators.append(f"q {color} rg {path} f Q")


def _dotted(plate: Plate) -> None:
    """A round seal whose outer ring is broken."""
    radius = between(plate.random, 26, 55)
    _rings(plate, (radius, radius), dotted=True)
    _middle(plate, 0.5 * radius, 0.5 * radius)


def _word(plate: Plate) -> None:
    """One large word in a frame, or without one."""
    random = plate.random
    text = chosen(random, mask_words.STAMPED)
    size = between(random, 13, 34)
    pen = replace(plate.pen, size=size)
    plate.half = (pen.width(text) / 2 + size * 0.4, size * 0.75)
    plate.centred(text, size * 0.36, size)
    if happens(random, 0.75):
        plate.frame(0, between(random, 0.8, 3))
        if happens(random, 0.3):
            plate.frame(3, 0.7)


def _dated(plate: Plate) -> None:
    """A framed stamp of an office: its name, a word, a date, lines to fill."""
    random = plate.random
    width, lines = between(random, 70, 150), int(random.integers(2, 6))
    size = between(random, 7.5, 13)
    plate.half = (width / 2, lines * size * 0.75 + 3)
    for index in range(lines):
        y = (index - lines / 2 + 0.75) * size * 1.4
        style = random.random()
        text = (
            chosen(random, mask_words.STAMPED)
            if style < 0.3
            else mask_words.date(random).upper()
            if style < 0.6
            else chosen(random, mask_words.FIRMS).upper()
            if style < 0.8
            else f"{chosen(random, mask_words.LABELS)} ......."
        )
        plate.centred(text, y, size * between(random, 0.8, 1.3), width - 8)
    if happens(random, 0.7):
        plate.frame(0, between(random, 0.6, 2))


def _seal(plate: Plate) -> None:
    """A small square or round seal with two to four letters, cut out or raised."""
    random = plate.random
    half = between(random, 12, 26)
    plate.half = (half, half)
    letters = "".join(chosen(random, HANGUL) for _ in range(4))
    is_round, is_solid = happens(random, 0.4), happens(random, 0.25)
    color = plate.pen.color
    if is_solid:
        plate.paper.rule(Box(-half, -half, half, half), width=0, fill=color)
        plate.pen = replace(plate.pen, color=(1.0, 1.0, 1.0))
    elif is_round:
        plate.ring((half, half), between(random, 1, 2.2))
    else:
        plate.frame(0, between(random, 1.2, 3))
    plate.pen = replace(plate.pen, face="korea", weight=0.5)
    reach = half * (0.62 if is_round else 0.8)
    for index, letter in enumerate(letters):
        x, y = (index // 2 - 1) * reach, (index % 2) * reach
        plate.paper.ink(
            (x + 0.02 * reach, y - 0.12 * reach), letter, replace(plate.pen, size=reach)
        )


def _postmark(plate: Plate) -> None:
    """A round date stamp with waves beside it."""
    radius = between(plate.random, 20, 32)
    plate.half = (radius * 2.6, radius)
    middle = Plate(Paper(), plate.pen, plate.random, (0.0, 0.0))
    _rings(middle, (radius, radius))
    middle.centred(mask_words.date(plate.random).upper(), 2, radius * 0.3, radius)
    moved = turned("\n".join(middle.paper.operators), (-radius * 1.5, 0.0), 0.0)
    plate.paper.operators.append(moved)
    x = np.linspace(-radius * 0.3, radius * 2.5, 50)
    for line in range(int(plate.random.integers(4, 8))):
        y = (line - 3) * radius * 0.25 + 2 * np.sin(x / radius * 5)
        points = [(float(u), float(v)) for u, v in zip(x, y, strict=True)]
        plate.paper.curve(points, width=1.1, color=plate.pen.color)


def _scalloped(plate: Plate) -> None:
    """A seal with a wavy edge."""
    radius = between(plate.random, 28, 50)
    t = np.linspace(0, 2 * math.pi, 181)
    r = radius + 1.6 * np.cos(t * int(plate.random.integers(14, 30)))
    points = [(float(x), float(y)) for x, y in zip(r * np.cos(t), r * np.sin(t), strict=True)]
    plate.paper.curve(points, width=1.5, color=plate.pen.color)
    _rings(plate, (radius - 4, radius - 4))
    plate.half = (radius + 2, radius + 2)
    _middle(plate, 0.45 * radius, 0.45 * radius)


def _cornered(plate: Plate) -> None:
    """Three, six or eight corners around lines of words."""
    random = plate.random
    corners, radius = int(chosen(random, (3, 5, 6, 8))), between(random, 30, 52)
    plate.half = (radius, radius)
    t = np.arange(corners + 1) * 2 * math.pi / corners - math.pi / 2
    for r, width in ((radius, between(random, 1, 2.5)), (radius * 0.88, 0.7)):
        points = [(r * math.cos(a), r * math.sin(a)) for a in t]
        plate.paper.curve(points, width=width, color=plate.pen.color)
    _middle(plate, 0.5 * radius, 0.5 * radius)
    plate.centred(chosen(random, mask_words.FIRMS).upper(), 0.45 * radius, 7, radius)


def _banded(plate: Plate) -> None:
    """An oval with a band across that holds the date."""
    random = plate.random
    outer = (between(random, 45, 70), between(random, 26, 38))
    _rings(plate, outer)
    band = outer[1] * 0.3
    plate.paper.rule(
        Box(-outer[0], -band, outer[0], band),
        width=1.2,
        fill=(1.0, 1.0, 1.0),
        color=plate.pen.color,
    )
    plate.centred(mask_words.date(random).upper(), band * 0.6, band * 1.5, 1.8 * outer[0])


def _ticket(plate: Plate) -> None:
    """Lines of words in a frame with cut corners, a box for a date below."""
    random = plate.random
    width, size = between(random, 70, 140), between(random, 8, 15)
    lines = int(random.integers(1, 4))
    x, y = width / 2, (lines + 1) * size * 0.8 + 2
    plate.half = (x, y)
    cut = size * 0.6
    corners = [(-x + cut, -y), (x - cut, -y), (x, -y + cut), (x, y - cut), (x - cut, y)]
    corners += [(-x + cut, y), (-x, y - cut), (-x, -y + cut), (-x + cut, -y)]
    plate.paper.curve(corners, width=between(random, 0.8, 2.4), color=plate.pen.color)
    for line in range(lines):
        text = chosen(random, (mask_words.STAMPED, mask_words.PLACES)[line % 2]).upper()
        plate.centred(text, -y + (line + 1) * size * 1.4, size, width - 8)
    plate.centred(mask_words.date(random).upper(), y - size * 0.6, size, width - 16)


def _underlined(plate: Plate) -> None:
    """A word with a heavy line above and below."""
    random = plate.random
    text, size = chosen(random, mask_words.STAMPED), between(random, 14, 30)
    pen = replace(plate.pen, size=size)
    x = pen.width(text) / 2
    plate.half = (x + 2, size)
    plate.centred(text, size * 0.36, size)
    for y in (-size * 0.7, size * 0.7):
        plate.paper.curve([(-x, y), (x, y)], width=size * 0.12, color=plate.pen.color)


Design = Callable[[Plate], None]
DESIGNS: dict[Family, tuple[Design, ...]] = {
    Family.TRAINING: (_round, _round, _dotted, _word, _word, _dated, _dated, _seal, _postmark),
    Family.HELD_OUT: (_scalloped, _cornered, _banded, _ticket, _underlined),
}
