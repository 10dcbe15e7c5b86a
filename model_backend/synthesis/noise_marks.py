"""Marks that scanning leaves and nobody drew: specks, lines, folds, holes, black edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model_backend.synthesis.families import between, happens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Chance = np.random.Generator


def patches(chance: Chance, shape: tuple[int, ...]) -> Values:
    """Slow changes over the page (H, W), -1..1."""
    coarse = Image.fromarray(chance.uniform(-1.0, 1.0, (9, 7)).astype(np.float32))
    return np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BILINEAR))


def specked(values: Values, chance: Chance, amount: float) -> Values:
    """Dust: dark specks of a few pixels, and bright ones in the ink."""
    height, width = values.shape[:2]
    result = values.copy()
    for dark in (True, False):
        count = int(chance.integers(0, int(20 + 600 * amount**2)))
        ys, xs = chance.integers(0, height - 3, count), chance.integers(0, width - 3, count)
        sizes = chance.choice([1, 1, 1, 2, 2, 3], count)
        for size in (1, 2, 3):
            for dy in range(size):
                for dx in range(size):
                    own = sizes == size
                    result[ys[own] + dy, xs[own] + dx] = between(chance, 0.0, 0.5) if dark else 1.0
    return result


def lined(values: Values, chance: Chance, amount: float) -> Values:
    """Lines of a fax machine or a dirty glass: across (or down), dark or bright, all the way."""
    result = values.copy()
    is_down = happens(chance, 0.4)
    turned = result.swapaxes(0, 1) if is_down else result
    for _line in range(int(chance.integers(1, int(2 + 6 * amount)))):
        place = int(chance.integers(0, turned.shape[0] - 2))
        thick = int(chance.integers(1, 3))
        start, end = (
            sorted(chance.integers(0, turned.shape[1], 2))
            if happens(chance, 0.4)
            else (0, turned.shape[1])
        )
        strength = between(chance, 0.2, 0.9)
        shade = 0.1 if happens(chance, 0.6) else 1.0
        part = turned[place : place + thick, start:end]
        part += strength * (shade - part)
    return result


def folded(values: Values, chance: Chance, amount: float) -> Values:
    """A fold: a line that is a little darker on one side and brighter on the other."""
    height, width = values.shape[:2]
    across = happens(chance, 0.6)
    length, other = (height, width) if across else (width, height)
    middle = between(chance, 0.2, 0.8) * length
    slope = chance.normal(0.0, 0.01)
    place = np.arange(length, dtype=np.float32)[:, None] - middle
    off = place - slope * np.arange(other, dtype=np.float32)[None, :]
    change = -np.exp(-np.abs(off) / 1.2) * between(chance, 0.1, 0.15 + 0.25 * amount)
    change += np.exp(-np.abs(off - 4) / 3) * 0.06
    plane: Values = (change if across else change.T).astype(np.float32)
    found: Values = values + (plane[..., None] if values.ndim == 3 else plane)
    return found


def holed(values: Values, chance: Chance, _amount: float) -> Values:
    """Holes that a punch made at one side, dark or only their rims."""
    height, width = values.shape[:2]
    result = values.copy()
    radius = max(4, int(width * between(chance, 0.010, 0.016)))
    x = int(width * between(chance, 0.025, 0.06))
    x = x if happens(chance, 0.7) else width - x
    grid_y, grid_x = np.mgrid[-radius - 2 : radius + 3, -radius - 2 : radius + 3]
    distance = np.hypot(grid_y, grid_x)
    is_rim = happens(chance, 0.35)
    hole = np.abs(distance - radius) < 1.0 if is_rim else distance < radius
    shade = between(chance, 0.0, 0.4)
    for place in (0.5 - 0.12, 0.5 + 0.12) if happens(chance, 0.6) else (0.12, 0.5, 0.88):
        top, left = int(height * place) - radius - 2, x - radius - 2
        part = result[max(0, top) : top + hole.shape[0], max(0, left) : left + hole.shape[1]]
        part[hole[: part.shape[0], : part.shape[1]]] = shade
    return result


def edged(values: Values, chance: Chance, amount: float) -> Values:
    """A black band where the paper ended before the glass did, ragged."""
    result = values.copy()
    turned = np.rot90(result, int(chance.integers(4)))
    width = turned.shape[1]
    edge = between(chance, 0.002, 0.01 + 0.03 * amount) * turned.shape[0]
    ragged = edge + np.interp(
        np.arange(width), np.linspace(0, width, 6), chance.uniform(-0.4, 0.4, 6) * edge
    )
    is_band = np.arange(turned.shape[0])[:, None] < ragged[None, :]
    turned[is_band] = between(chance, 0.0, 0.25)
    return result
