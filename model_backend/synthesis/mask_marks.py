"""Check boxes, and printed things that are none of the classes: bar codes, rules, combs."""

from __future__ import annotations

import math

import numpy as np

from model_backend.document import Box, Point
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.hands import Hand
from model_backend.synthesis.paper import Paper, Pen
from model_backend.synthesis.sheet import BLACK, Colour


def check_box(
    paper: Paper, at: Point, size: float, family: Family, random: np.random.Generator, hand: Hand
) -> Box:
    """Draw a check box whose left lower corner is the point, marked or not; its box."""
    box = Box(at[0], at[1] - size, at[0] + size, at[1])
    width = between(random, 0.4, 1.2)
    if happens(random, 0.25):
        _ring(paper, box, width, is_full=False)
        if happens(random, 0.4):
            _ring(paper, box.grown(-size * 0.25), width, is_full=True)
        return box
    paper.rule(box, width=width)
    if happens(random, 0.12):
        paper.line((box.x0 + 1, box.y1 + 0.8), (box.x1 + 0.8, box.y1 + 0.8), width=1.2)
        paper.line((box.x1 + 0.8, box.y0 + 1), (box.x1 + 0.8, box.y1 + 0.8), width=1.2)
    _mark(paper, box, family, random, hand)
    return box


def _ring(paper: Paper, box: Box, width: float, *, is_full: bool) -> None:
    x, y = box.center
    t = np.linspace(0, 2 * math.pi, 24)
    points = [(x + box.width / 2 * math.cos(a), y + box.height / 2 * math.sin(a)) for a in t]
    if is_full:
        path = " ".join(f"{u:.2f} {v:.2f} {'l' if i else 'm'}" for i, (u, v) in enumerate(points))
        paper.operators.append(f"q 0 g {path} f Q")
    else:
        paper.curve(points, width=width)


def _mark(paper: Paper, box: Box, family: Family, random: np.random.Generator, hand: Hand) -> None:
    style = random.random()
    if style < 0.45:
        return
    colour: Colour = hand.colour if happens(random, 0.6) else BLACK
    over = between(random, -0.15, 0.35 if family is Family.TRAINING else 0.25) * box.width
    big, width = box.grown(over), between(random, 0.7, 1.8)

    def near(x: float, y: float) -> Point:
        return (x + random.normal(0, 0.05) * box.width, y + random.normal(0, 0.05) * box.width)

    if style < 0.7:
        paper.curve([near(big.x0, big.y0), near(big.x1, big.y1)], width=width, color=colour)
        paper.curve([near(big.x0, big.y1), near(big.x1, big.y0)], width=width, color=colour)
    elif style < 0.88:
        low = near(box.x0 + 0.4 * box.width, box.y1)
        far = near(big.x1 + over, big.y0 - over)
        paper.curve([near(box.x0, box.center[1]), low, far], width=width, color=colour)
    elif style < 0.94:
        paper.rule(box.grown(-0.18 * box.width), width=0, fill=colour)
    else:
        size = box.height * 0.95
        paper.ink((box.x0 + 0.12 * size, box.y1 - 0.14 * size), "X", Pen("helv", size))


def bar_code(paper: Paper, box: Box, random: np.random.Generator) -> None:
    """Bars, or the squares of a two-dimensional code."""
    if box.width > 1.6 * box.height:
        x = box.x0
        while x < box.x1:
            width = chosen(random, (0.7, 0.7, 1.4, 2.1))
            paper.rule(Box(x, box.y0, x + width, box.y1), width=0, fill=BLACK)
            x += width + chosen(random, (0.7, 1.4, 2.1))
        return
    cells = 21
    side = box.height / cells
    for row, column in np.argwhere(random.random((cells, cells)) < 0.5):
        x, y = box.x0 + column * side, box.y0 + row * side
        paper.rule(Box(x, y, x + side, y + side), width=0, fill=BLACK)


def comb(paper: Paper, at: Point, cells: int, side: float) -> None:
    """Boxes for single letters, side by side: a field, no check boxes."""
    x, y = at
    paper.rule(Box(x, y - side, x + cells * side, y), width=0.5)
    for index in range(1, cells):
        paper.line((x + index * side, y - side), (x + index * side, y), width=0.4)


def leader(paper: Paper, start: Point, end: float, random: np.random.Generator) -> None:
    """What a value is written on: a line, dots, or nothing."""
    style = int(random.integers(4))
    if style < 2:
        paper.line(start, (end, start[1]), width=between(random, 0.3, 0.8))
    elif style == 2:
        paper.line(start, (end, start[1]), width=0.8, dash="1 2")
