"""What photographs look like to one who does not know what is on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from model_backend.synthesis.families import Family, between, chosen, happens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Pixels = NDArray[np.uint8]


def photo(height: int, width: int, family: Family, random: np.random.Generator) -> Pixels:
    """A photograph (H, W, 3), in colour or grey, some screened as in print."""
    values = chosen(random, PHOTOS[family])(height, width, random)
    low, high = between(random, 0.0, 0.35), between(random, 0.65, 1.0)
    if happens(random, 0.15):
        low, high = high, low
    values = np.clip(low + (high - low) * values, 0.0, 1.0)
    if happens(random, 0.15):
        values = _screened(values, random)
    if happens(random, 0.55):
        grey: Pixels = (values * 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    ends = random.uniform(0.0, 1.0, (2, 3)) * ([0.45], [1.0]) + ([0.0], [0.3])
    colours = ends[0] + values[..., None] * (np.minimum(ends[1], 1.0) - ends[0])
    found: Pixels = (np.clip(colours, 0.0, 1.0) * 255).astype(np.uint8)
    return found


def clouds(height: int, width: int, random: np.random.Generator, finest: int = 6) -> Values:
    """Smooth changes of all sizes, 0..1."""
    total = np.zeros((height, width), np.float32)
    for level in range(1, finest):
        cells = 2**level + 1
        coarse = Image.fromarray(random.random((cells, cells), dtype=np.float32))
        total += np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)) * 0.6**level
    found: Values = (total - total.min()) / (np.ptp(total) + 1e-6)
    return found


def _scene(height: int, width: int, random: np.random.Generator) -> Values:
    """Ground, sky and things in front of them."""
    values = clouds(height, width, random) * 0.4
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    horizon = between(random, 0.3, 0.7) * height
    values += np.where(y < horizon, 0.6, 0.2)
    for _thing in range(int(random.integers(1, 8))):
        cx, cy = random.uniform(0, width), random.uniform(0, height)
        rx, ry = random.uniform(0.04, 0.25) * width, random.uniform(0.04, 0.3) * height
        if happens(random, 0.5):
            inside = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 < 1
        else:
            inside = (np.abs(x - cx) < rx) & (np.abs(y - cy) < ry)
        values[inside] = random.random() + 0.3 * (values[inside] - 0.5)
    return values


def _cells(height: int, width: int, random: np.random.Generator) -> Values:
    """Bright spots on a dark ground, as under a microscope."""
    values = clouds(height, width, random) * 0.3
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _cell in range(int(random.integers(8, 50))):
        cx, cy, r = random.uniform(0, width), random.uniform(0, height), random.uniform(2, 9)
        x0, x1 = max(0, int(cx - 3 * r)), int(cx + 3 * r) + 1
        y0, y1 = max(0, int(cy - 3 * r)), int(cy + 3 * r) + 1
        part = np.s_[y0:y1, x0:x1]
        distance = ((x[part] - cx) ** 2 + (y[part] - cy) ** 2) / r**2
        values[part] += np.exp(-distance) * random.uniform(0.3, 1.0)
    return values


def _gel(height: int, width: int, random: np.random.Generator) -> Values:
    """Lanes with bands."""
    values = 0.85 + 0.1 * clouds(height, width, random)
    lanes = int(random.integers(3, 14))
    for lane in range(lanes):
        x0, x1 = int((lane + 0.12) * width / lanes), int((lane + 0.88) * width / lanes)
        for _band in range(int(random.integers(1, 6))):
            y = np.arange(height, dtype=np.float32) - random.uniform(0, height)
            dark = np.exp(-((y / random.uniform(1.0, 4.0)) ** 2)) * random.uniform(0.2, 0.9)
            values[:, x0:x1] -= dark[:, None]
    found: Values = np.clip(values, 0.0, 1.0)
    return found


def _grain(height: int, width: int, random: np.random.Generator) -> Values:
    """Something rough, seen near."""
    grain = random.random((height, width), dtype=np.float32)
    found: Values = 0.6 * clouds(height, width, random, 8) + 0.4 * grain
    return found


def _face(height: int, width: int, random: np.random.Generator) -> Values:
    """A head and shoulders before a wall."""
    values = 0.75 + 0.2 * clouds(height, width, random)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (x - width / 2) / width, (y - height * 0.42) / height
    values[((u / 0.38) ** 2 + ((v - 0.6) / 0.38) ** 2) < 1] = random.uniform(0.1, 0.5)
    values[((u / 0.24) ** 2 + ((v + 0.05) / 0.33) ** 2) < 1] = random.uniform(0.05, 0.4)
    face = ((u / 0.19) ** 2 + (v / 0.27) ** 2) < 1
    values[face] = random.uniform(0.5, 0.8) + 0.6 * u[face]
    for side in (-0.07, 0.07):
        values[(((u - side) / 0.03) ** 2 + ((v + 0.04) / 0.02) ** 2) < 1] = 0.1
    values[((u / 0.06) ** 2 + ((v - 0.14) / 0.015) ** 2) < 1] = 0.25
    return values


def _city(height: int, width: int, random: np.random.Generator) -> Values:
    """Walls with windows."""
    values = 0.8 + 0.2 * clouds(height, width, random)
    left = 0
    while left < width:
        wide = int(random.integers(8, max(10, width // 3)))
        top = int(random.uniform(0.1, 0.7) * height)
        values[top:, left : left + wide] = random.uniform(0.2, 0.6)
        values[top + 3 :: 7, left + 2 : left + wide : 6] = random.uniform(0.0, 1.0)
        left += wide
    return values


def _ripples(height: int, width: int, random: np.random.Generator) -> Values:
    """Waves that meet."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    total = np.zeros((height, width), np.float32)
    for _wave in range(3):
        length, angle = random.uniform(6, 40), random.uniform(0, 6.3)
        total += np.sin((x * np.cos(angle) + y * np.sin(angle)) / length * 6.3)
    return ((total + 3) / 6 + 0.2 * clouds(height, width, random)).astype(np.float32)


def _stones(height: int, width: int, random: np.random.Generator) -> Values:
    """Stones side by side, each of its own shade."""
    from scipy.spatial import cKDTree

    seeds = random.uniform(0, 1, (int(random.integers(6, 60)), 2)) * (height, width)
    places = np.indices((height, width)).reshape(2, -1).T
    distances, nearest = (np.asarray(part) for part in cKDTree(seeds).query(places, k=2))
    shades = random.uniform(0.3, 0.9, len(seeds))[nearest[:, 0]]
    gaps = np.clip((distances[:, 1] - distances[:, 0]) / 2, 0.0, 1.0)
    found: Values = (shades * gaps).reshape(height, width).astype(np.float32)
    return found


def _blurred(height: int, width: int, random: np.random.Generator) -> Values:
    """Lights out of focus."""
    values = 0.15 + 0.3 * clouds(height, width, random, 4)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _light in range(int(random.integers(6, 30))):
        radius = random.uniform(0.02, 0.12) * width
        inside = np.hypot(x - random.uniform(0, width), y - random.uniform(0, height)) < radius
        values[inside] += random.uniform(0.1, 0.4)
    return values


def _screened(values: Values, random: np.random.Generator) -> Values:
    """Dots of a printer's screen in place of greys."""
    height, width = values.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    pitch = between(random, 2.2, 4.5)
    u, v = (x + y) * 2.2 / pitch, (x - y) * 2.2 / pitch
    level = 0.5 + 0.25 * (np.sin(u) + np.sin(v))
    found: Values = np.clip(0.5 + (values - level) * 6, 0.0, 1.0).astype(np.float32)
    return found


Photo = Callable[[int, int, np.random.Generator], "Values"]
PHOTOS: dict[Family, tuple[Photo, ...]] = {
    Family.TRAINING: (_scene, _scene, _cells, _gel, _grain, _face),
    Family.HELD_OUT: (_city, _ripples, _stones, _blurred),
}
