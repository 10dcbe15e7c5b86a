"""Charts and drawings: figures that are printed with lines and letters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis import mask_words
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import Colour

PALETTES: tuple[tuple[Colour, ...], ...] = (
    (
        (0.12, 0.47, 0.71),
        (1.0, 0.5, 0.05),
        (0.17, 0.63, 0.17),
        (0.84, 0.15, 0.16),
        (0.58, 0.4, 0.74),
    ),
    ((0.1, 0.1, 0.1), (0.45, 0.45, 0.45), (0.75, 0.75, 0.75), (0.25, 0.25, 0.25), (0.9, 0.9, 0.9)),
    ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), (0.3, 0.3, 0.3), (0.6, 0.6, 0.6), (0.0, 0.0, 0.0)),
    ((0.2, 0.3, 0.5), (0.4, 0.55, 0.75), (0.65, 0.75, 0.9), (0.85, 0.6, 0.3), (0.6, 0.2, 0.2)),
)


@dataclass
class Canvas:
    """Where a figure is drawn."""

    paper: Paper
    box: Box
    pen: Pen
    random: np.random.Generator
    colours: tuple[Colour, ...]

    def at(self, x: float, y: float) -> Point:
        """A point by shares of the box, from the left and from the bottom."""
        return (self.box.x0 + x * self.box.width, self.box.y1 - y * self.box.height)

    def path(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        """A line through points that are shares of the box."""
        self.paper.curve([self.at(*point) for point in points], width=width, color=colour)

    def area(self, points: Sequence[Point], fill: Colour, line: float = 0.4) -> None:
        """A filled outline of points that are shares of the box."""
        places = [self.at(*point) for point in points]
        path = " ".join(f"{x:.2f} {y:.2f} {'l' if i else 'm'}" for i, (x, y) in enumerate(places))
        inside = " ".join(f"{value:.3g}" for value in fill)
        self.paper.operators.append(f"q {inside} rg {line:.2f} w {path} b Q")

    def word(self, x: float, y: float, text: str) -> None:
        """Letters with their middle at a place (shares); no words of the page."""
        at = self.at(x, y)
        if text.strip():
            self.paper.ink((at[0] - self.pen.width(text) / 2, at[1]), text, self.pen)

    def inside(self, x0: float, y0: float, x1: float, y1: float) -> Canvas:
        """A part of it, by shares from the left and from the bottom."""
        left, bottom = self.at(x0, y0)
        right, top = self.at(x1, y1)
        return replace(self, box=Box(left, top, right, bottom))


def draw_chart(
    paper: Paper, box: Box, face: str, family: Family, random: np.random.Generator
) -> None:
    """Draw some figure that fills the box."""
    size = min(between(random, 4.5, 9.0), box.height / 12)
    canvas = Canvas(paper, box, Pen(face, size), random, chosen(random, PALETTES))
    if happens(random, 0.2):
        paper.rule(box, width=0.5)
        canvas = canvas.inside(0.03, 0.03, 0.97, 0.97)
    _chart(canvas, family, may_split=min(box.width, box.height) > 110)


def _chart(canvas: Canvas, family: Family, *, may_split: bool) -> None:
    random = canvas.random
    if may_split and happens(random, 0.25):
        across = int(random.integers(2, 4)) if canvas.box.width > 240 else 2
        down = 2 if canvas.box.height > 220 and happens(random, 0.5) else 1
        for index in range(across * down):
            column, row = index % across, index // across
            part = canvas.inside(
                column / across,
                1 - (row + 1) / down,
                (column + 0.93) / across,
                1 - (row + 0.07) / down,
            )
            _chart(part, family, may_split=False)
            part.word(0.02, 0.97, "ABCDEFG"[index])
        return
    chosen(random, CHARTS[family])(canvas)


def _axes(canvas: Canvas) -> Canvas:
    """Axes with ticks, numbers and names; the part of the canvas within them."""
    random = canvas.random
    left, low = between(random, 0.1, 0.2), between(random, 0.12, 0.22)
    plot = canvas.inside(left, low, 0.98, 0.94)
    corners = [(0.0, 1.0), (0.0, 0.0), (1.0, 0.0)]
    if happens(random, 0.4):
        corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]
    plot.path(corners, between(random, 0.4, 1.0), (0.0, 0.0, 0.0))
    count, step = int(random.integers(3, 7)), chosen(random, (1, 5, 10, 20, 100, 0.2))
    has_grid = happens(random, 0.3)
    for index in range(count):
        y = index / (count - 1)
        plot.path([(-0.02, y), (0.0, y)], 0.5, (0.0, 0.0, 0.0))
        plot.word(-0.07, y - 0.02, f"{index * step:g}")
        if has_grid:
            plot.path([(0.0, y), (1.0, y)], 0.3, (0.7, 0.7, 0.7))
    for index in range(int(random.integers(3, 8))):
        x = (index + 0.5) / 7
        plot.path([(x, 0.0), (x, -0.02)], 0.5, (0.0, 0.0, 0.0))
        plot.word(x, -0.09, str(int(random.integers(0, 99))))
    canvas.word(0.5, 0.01, mask_words.words(random, 2))
    if happens(random, 0.4):
        canvas.word(0.5, 0.96, mask_words.words(random, 3).capitalize())
    if happens(random, 0.4):
        _legend(plot)
    return plot


def _legend(plot: Canvas) -> None:
    random = plot.random
    x, y = chosen(random, (0.08, 0.65)), 0.9
    for colour in plot.colours[: int(random.integers(2, 5))]:
        plot.path([(x, y), (x + 0.06, y)], 1.5, colour)
        text = mask_words.words(random, 1)
        plot.paper.ink(plot.at(x + 0.08, y - 0.02), text, plot.pen)
        y -= 0.09


def _bars(canvas: Canvas) -> None:
    plot, random = _axes(canvas), canvas.random
    groups, each = int(random.integers(2, 9)), int(random.integers(1, 4))
    wide = 0.75 / groups / each
    for group in range(groups):
        for number in range(each):
            x, y = (group + 0.13) / groups + number * wide, between(random, 0.05, 0.9)
            colour = plot.colours[number]
            plot.area([(x, 0), (x, y), (x + wide * 0.9, y), (x + wide * 0.9, 0)], colour)
            if happens(random, 0.4):
                plot.path([(x + wide / 2, y), (x + wide / 2, min(0.98, y + 0.06))], 0.5, (0, 0, 0))


def _lines(canvas: Canvas) -> None:
    plot, random = _axes(canvas), canvas.random
    has_marks = happens(random, 0.5)
    for number in range(int(random.integers(1, 5))):
        count = int(random.integers(4, 40))
        walk = np.cumsum(random.normal(0, 1, count))
        walk = (walk - walk.min()) / (np.ptp(walk) + 0.1) * between(random, 0.3, 0.9) + 0.03
        points = list(zip(np.linspace(0.02, 0.98, count).tolist(), walk.tolist(), strict=True))
        plot.path(points, between(random, 0.5, 1.6), plot.colours[number])
        if has_marks and count < 16:
            for point in points:
                _dot(plot, point, 1.6, plot.colours[number])


def _scatter(canvas: Canvas) -> None:
    plot, random = _axes(canvas), canvas.random
    for number in range(int(random.integers(1, 4))):
        count = int(random.integers(15, 90))
        x = random.uniform(0.03, 0.97, count)
        y = np.clip(x * random.normal(0.3, 0.4) + random.normal(0.4, 0.15, count), 0.03, 0.97)
        for point in zip(x.tolist(), y.tolist(), strict=True):
            _dot(plot, point, between(random, 0.8, 2.0), plot.colours[number])


def _pie(canvas: Canvas) -> None:
    random, box = canvas.random, canvas.box
    radius = 0.4 * min(box.width, box.height)
    shares = np.cumsum(random.dirichlet(np.full(int(random.integers(2, 7)), 2.0)))
    start = 0.0
    for index, end in enumerate(shares):
        t = np.linspace(start * 2 * math.pi, end * 2 * math.pi, 20)
        rim = [
            (0.5 + radius * math.cos(a) / box.width, 0.5 + radius * math.sin(a) / box.height)
            for a in t
        ]
        canvas.area([(0.5, 0.5), *rim], canvas.colours[index % 5], 0.6)
        middle = (start + end) * math.pi
        x = 0.5 + 1.18 * radius * math.cos(middle) / box.width
        y = 0.5 + 1.18 * radius * math.sin(middle) / box.height
        canvas.word(x, y, f"{100 * (end - start):.0f}%")
        start = float(end)


def _flow(canvas: Canvas) -> None:
    """Boxes with words, and arrows between them."""
    random = canvas.random
    across, down = int(random.integers(1, 4)), int(random.integers(2, 5))
    wide, tall = 0.7 / across, 0.6 / down
    for column in range(across):
        for row in range(down):
            x, y = (column + 0.15) / across, (row + 0.2) / down
            corners = [(x, y), (x + wide, y), (x + wide, y + tall), (x, y + tall)]
            canvas.area(
                corners, chosen(random, ((1.0, 1.0, 1.0), (0.9, 0.9, 0.9), (0.8, 0.88, 1.0))), 0.8
            )
            canvas.word(x + wide / 2, y + tall / 2, mask_words.words(random, 1))
            if row:
                _arrow(canvas, (x + wide / 2, y), (x + wide / 2, y - 0.4 / down))
            if column and happens(random, 0.5):
                _arrow(canvas, (x - 0.3 / across, y + tall / 2), (x, y + tall / 2))


def _arrow(canvas: Canvas, start: Point, end: Point) -> None:
    canvas.path([start, end], 0.8, (0.0, 0.0, 0.0))
    (x0, y0), (x1, y1) = canvas.at(*start), canvas.at(*end)
    angle = math.atan2(y1 - y0, x1 - x0)
    tips = [(x1 - 4 * math.cos(angle + off), y1 - 4 * math.sin(angle + off)) for off in (0.5, -0.5)]
    canvas.paper.curve([tips[0], (x1, y1), tips[1]], width=0.8)


def _map(canvas: Canvas) -> None:
    """Land and borders, with dots and names."""
    random = canvas.random
    for _part in range(int(random.integers(2, 6))):
        t = np.linspace(0, 2 * math.pi, 60)
        r = between(random, 0.12, 0.4) * (
            1
            + sum(
                random.normal(0, 0.3 / k) * np.cos(k * t + random.uniform(0, 6))
                for k in range(1, 9)
            )
        )
        x = np.clip(between(random, 0.3, 0.7) + r * np.cos(t), 0.0, 1.0)
        y = np.clip(between(random, 0.3, 0.7) + r * np.sin(t), 0.0, 1.0)
        fill = tuple(1 - 0.5 * (1 - value) for value in chosen(random, canvas.colours))
        canvas.area(
            list(zip(x.tolist(), y.tolist(), strict=True)), (fill[0], fill[1], fill[2]), 0.6
        )
    for _place in range(int(random.integers(2, 9))):
        point = (between(random, 0.05, 0.95), between(random, 0.05, 0.95))
        _dot(canvas, point, 1.5, (0.0, 0.0, 0.0))
        canvas.word(point[0], point[1] + 0.02, chosen(random, mask_words.PLACES))
    canvas.path([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)], 0.6, (0.0, 0.0, 0.0))


def _machine(canvas: Canvas) -> None:
    """A technical drawing: plates, circles, middle lines, measures."""
    random = canvas.random
    for _part in range(int(random.integers(3, 8))):
        x, y = between(random, 0.05, 0.7), between(random, 0.05, 0.7)
        w, h = between(random, 0.1, 0.3), between(random, 0.1, 0.3)
        if happens(random, 0.5):
            canvas.path(
                [(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)],
                between(random, 0.5, 1.4),
                (0, 0, 0),
            )
        else:
            t = np.linspace(0, 2 * math.pi, 40)
            flat = canvas.box.width / canvas.box.height
            ring = [
                (x + w / 2 * (1 + math.cos(a)), y + w / 2 * flat * (1 + math.sin(a))) for a in t
            ]
            canvas.path(ring, between(random, 0.5, 1.4), (0, 0, 0))
        _arrow(canvas, (x, y - 0.03), (x + w, y - 0.03))
        canvas.word(x + w / 2, y - 0.02, mask_words.number(random, 2))
    canvas.path([(0.0, 0.5), (1.0, 0.5)], 0.3, (0.3, 0.3, 0.3))
    canvas.path([(0.5, 0.0), (0.5, 1.0)], 0.3, (0.3, 0.3, 0.3))


def _stacks(canvas: Canvas) -> None:
    """Areas on areas."""
    plot, random = _axes(canvas), canvas.random
    count = int(random.integers(5, 14))
    x, low = np.linspace(0, 1, count), np.zeros(count)
    for number in range(int(random.integers(2, 5))):
        high = low + random.uniform(0.04, 0.25, count)
        outline = [
            *zip(x.tolist(), low.tolist(), strict=True),
            *reversed(list(zip(x.tolist(), high.tolist(), strict=True))),
        ]
        plot.area(outline, plot.colours[number])
        low = high


def _heat(canvas: Canvas) -> None:
    """Squares whose shade is a value."""
    random = canvas.random
    across, down = int(random.integers(5, 16)), int(random.integers(4, 14))
    plot = canvas.inside(0.15, 0.12, 0.97, 0.95)
    hue = chosen(random, canvas.colours)
    for column in range(across):
        canvas.word(0.15 + (column + 0.5) * 0.82 / across, 0.05, str(column))
        for row in range(down):
            level = random.random()
            fill = (1 - level * (1 - hue[0]), 1 - level * (1 - hue[1]), 1 - level * (1 - hue[2]))
            x, y = column / across, row / down
            plot.area(
                [(x, y), (x + 1 / across, y), (x + 1 / across, y + 1 / down), (x, y + 1 / down)],
                fill,
                0.1,
            )


def _network(canvas: Canvas) -> None:
    """Dots with names and lines between them."""
    random = canvas.random
    places = random.uniform(0.06, 0.94, (int(random.integers(6, 22)), 2))
    for start in places:
        for end in places[random.integers(len(places), size=2)]:
            canvas.path(
                [tuple(start), tuple(end)],
                between(random, 0.3, 1.2),
                chosen(random, canvas.colours),
            )
    for place in places:
        _dot(canvas, tuple(place), between(random, 2, 6), chosen(random, canvas.colours))
        if happens(random, 0.6):
            canvas.word(place[0], place[1] + 0.04, chosen(random, mask_words.LAST))


def _radar(canvas: Canvas) -> None:
    """Values along rays, joined to rings."""
    random, flat = canvas.random, canvas.box.width / canvas.box.height
    rays = int(random.integers(3, 9))
    angles = np.arange(rays + 1) * 2 * math.pi / rays

    def ring(radius: np.ndarray) -> list[Point]:
        x = 0.5 + radius * np.cos(angles) / max(1.0, flat)
        y = 0.5 + radius * np.sin(angles) * min(1.0, flat)
        return list(zip(x.tolist(), y.tolist(), strict=True))

    for radius in (0.15, 0.3, 0.45):
        canvas.path(ring(np.full(rays + 1, radius)), 0.3, (0.6, 0.6, 0.6))
    for end in ring(np.full(rays + 1, 0.45))[:-1]:
        canvas.path([(0.5, 0.5), end], 0.3, (0.5, 0.5, 0.5))
        canvas.word(*end, chosen(random, mask_words.PLACES))
    for number in range(int(random.integers(1, 4))):
        values = random.uniform(0.1, 0.45, rays)
        canvas.path(ring(np.append(values, values[0])), 1.2, canvas.colours[number])


def _boxes(canvas: Canvas) -> None:
    """Boxes with whiskers."""
    plot, random = _axes(canvas), canvas.random
    count = int(random.integers(2, 9))
    for index in range(count):
        x, wide = (index + 0.5) / count, 0.25 / count
        low, first, middle, last, high = np.sort(random.uniform(0.05, 0.95, 5)).tolist()
        plot.path([(x, low), (x, high)], 0.5, (0.0, 0.0, 0.0))
        corners = [(x - wide, first), (x + wide, first), (x + wide, last), (x - wide, last)]
        plot.area(corners, plot.colours[index % 5], 0.6)
        plot.path([(x - wide, middle), (x + wide, middle)], 1.2, (0.0, 0.0, 0.0))


def _dot(canvas: Canvas, at: Point, radius: float, colour: Colour) -> None:
    x, y = canvas.at(*at)
    box = f"{x - radius:.2f} {y - radius:.2f} {2 * radius:.2f} {2 * radius:.2f} re"
    fill = " ".join(f"{value:.3g}" for value in colour)
    canvas.paper.operators.append(f"q {fill} rg {box} f Q")


Draw = Callable[[Canvas], None]
CHARTS: dict[Family, tuple[Draw, ...]] = {
    Family.TRAINING: (_bars, _bars, _lines, _lines, _scatter, _pie, _flow, _map, _machine),
    Family.HELD_OUT: (_stacks, _heat, _network, _radar, _boxes),
}
