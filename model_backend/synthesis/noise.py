"""What scanners, copiers and fax machines make of a clean page; the truth moves with the paper."""

from __future__ import annotations

import io
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageFilter

from model_backend.document import Page, rotation_about
from model_backend.synthesis import noise_marks
from model_backend.synthesis.families import between, happens
from model_backend.synthesis.sheet import scanned_truth

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Values = NDArray[np.float32]
    Chance = np.random.Generator

AMOUNTS = {"none": 0.0, "light": 0.25, "medium": 0.6, "heavy": 1.0}
LEVELS = tuple(AMOUNTS)
SKEW = 1.6
"""Degrees: the deviation at the heaviest level."""
GREY = 0.35
"""The share of scans in grey; where there is much noise, more."""


@dataclass(frozen=True)
class Effect:
    """Something that happens to a scan: how often, at the heaviest level, and what it does."""

    chance: float
    apply: Callable[[Values, Chance, float], Values]


def scanned(
    picture: Image.Image, page: Page, level: str, random: Random
) -> tuple[Image.Image, Page]:
    """The picture as a scan of that level, and the truth on it."""
    amount = AMOUNTS[level]
    if not amount:
        return picture, page
    chance = np.random.default_rng(random.getrandbits(64))
    if picture.mode == "RGB" and happens(chance, GREY + 0.4 * amount):
        picture = picture.convert("L")
    skew = float(np.clip(chance.normal(0.0, SKEW * amount), -4.0, 4.0))
    turned = _turned(picture, skew, chance, amount)
    centre = (picture.width / 2, picture.height / 2)
    moved = scanned_truth(page, rotation_about(centre, skew), skew, picture.size)
    return _seen(turned, chance, amount), moved


def _turned(picture: Image.Image, skew: float, chance: Chance, amount: float) -> Image.Image:
    """The paper turned; beyond its edges is the scanner's lid."""
    lid = int(chance.choice([0, 30, 90])) if happens(chance, 0.3 * amount) else 255
    fill = lid if picture.mode == "L" else (lid, lid, lid)
    how = Image.Resampling.BICUBIC if picture.mode == "L" else Image.Resampling.BILINEAR
    return picture.rotate(-skew, how, fillcolor=fill)


def _seen(picture: Image.Image, chance: Chance, amount: float) -> Image.Image:
    """What the scanner's eye, its settings and its file make of the paper."""
    picture = _coarse(picture, chance, amount)
    picture = _inked(picture, chance, amount)
    picture = picture.filter(_softness(between(chance, 0.2, 0.4 + 0.5 * amount)))
    values: Values = np.asarray(picture, dtype=np.float32)
    values *= np.float32(1 / 255)
    for effect in EFFECTS:
        if happens(chance, effect.chance * min(1.0, 0.3 + amount)):
            values = effect.apply(values, chance, amount)
    if values.ndim == 2 and happens(chance, 0.1 + 0.35 * amount):
        values = _two_tones(values, chance)
    return _filed(values, chance, amount)


def _coarse(picture: Image.Image, chance: Chance, amount: float) -> Image.Image:
    """Less resolution than the file claims, down or across as fax machines have."""
    if not happens(chance, 0.5 * amount):
        return picture
    width, height = picture.size
    across = between(chance, 1 - 0.4 * amount, 1.0)
    down = across * (between(chance, 0.7, 1.0) if happens(chance, 0.2) else 1.0)
    small = picture.resize((int(width * across), int(height * down)), Image.Resampling.BOX)
    return small.resize((width, height), Image.Resampling.BILINEAR)


def _inked(picture: Image.Image, chance: Chance, amount: float) -> Image.Image:
    """Letters that ran, or came out thin."""
    if not happens(chance, 0.3 * amount):
        return picture
    values = np.asarray(picture)
    is_thick, share = happens(chance, 0.65), between(chance, 0.3, 0.9)
    other = np.minimum if is_thick else np.maximum
    wide = other(other(values[:, 2:], values[:, 1:-1]), values[:, :-2])
    near = values.copy()
    near[1:-1, 1:-1] = other(other(wide[2:], wide[1:-1]), wide[:-2])
    return Image.blend(picture, Image.fromarray(near), share)


def _softness(sigma: float) -> ImageFilter.Kernel:
    """A Gaussian that is narrow enough for three pixels."""
    side = float(np.exp(-0.5 / sigma**2))
    line = np.array([side, 1.0, side]) / (1 + 2 * side)
    return ImageFilter.Kernel((3, 3), np.outer(line, line).ravel().tolist(), scale=1.0)


def _bleeding(values: Values, chance: Chance, amount: float) -> Values:
    """The other side of the sheet shows through: here, its own text mirrored."""
    grey = values if values.ndim == 2 else values.mean(axis=2)
    back = np.roll(grey[:, ::-1], int(chance.integers(-40, 40)), axis=0)
    small = Image.fromarray((back * 255).astype(np.uint8)).reduce(2)
    soft = small.resize((back.shape[1], back.shape[0]), Image.Resampling.BILINEAR)
    strength = between(chance, 0.05, 0.08 + 0.17 * amount)
    through: Values = 1 - np.asarray(soft, dtype=np.float32) / np.float32(255)
    shown: Values = (1 - strength * through).astype(np.float32)
    found: Values = values * _wide(shown, values)
    return found


def _toned(values: Values, chance: Chance, amount: float) -> Values:
    """Paper that is not white, ink that is not black, unevenly."""
    paper = between(chance, 1 - 0.18 * amount, 1.0)
    ink = between(chance, 0.0, 0.1 + 0.35 * amount)
    uneven = noise_marks.patches(chance, values.shape[:2]) * np.float32(0.08 * amount)
    if values.ndim == 3:
        tint = chance.uniform(1 - 0.12 * amount, 1.0, 3).astype(np.float32)
        found: Values = ((ink + uneven[..., None]) + np.float32(paper - ink) * values) * tint
        return found
    return (ink + uneven) + np.float32(paper - ink) * values


def _shaded(values: Values, chance: Chance, amount: float) -> Values:
    """The lid was open at one side, or a book's back was there."""
    height, width = values.shape[:2]
    across = happens(chance, 0.7)
    length = width if across else height
    place = np.arange(length, dtype=np.float32) / length
    if happens(chance, 0.5):
        place = place[::-1]
    strength, reach = between(chance, 0.1, 0.2 + 0.45 * amount), between(chance, 0.01, 0.12)
    dark: Values = (1 - strength * np.exp(-place / reach)).astype(np.float32)
    plane: Values = np.broadcast_to(dark[None, :] if across else dark[:, None], (height, width))
    found: Values = values * _wide(plane, values)
    return found


def _grained(values: Values, chance: Chance, amount: float) -> Values:
    height, width = values.shape[:2]
    part = chance.standard_normal((height // 2 + 1, width // 2 + 1), dtype=np.float32)
    grain = np.tile(part, (2, 2))[:height, :width]  # drawing numbers takes the longest
    return values + _wide(grain * np.float32(between(chance, 0.005, 0.02 + 0.06 * amount)), values)


def _two_tones(values: Values, chance: Chance) -> Values:
    """Black and white only, at a level that may break letters or fill them."""
    dark, bright = np.percentile(values[::5, ::5], (2, 90))
    level = dark + (bright - dark) * between(chance, 0.35, 0.75)
    sharp = between(chance, 6.0, 40.0)  # low: a scan of two tones that was made smaller
    found: Values = np.clip(0.5 + sharp * (values - level), 0.0, 1.0).astype(np.float32)
    return found


def _filed(values: Values, chance: Chance, amount: float) -> Image.Image:
    picture = Image.fromarray((values.clip(0.0, 1.0) * np.float32(255) + 0.5).astype(np.uint8))
    if not happens(chance, 0.6):
        return picture
    quality = int(between(chance, 85 - 55 * amount, 92))
    with io.BytesIO() as file:
        picture.save(file, "jpeg", quality=quality)
        again = Image.open(file, formats=("JPEG",))
        again.load()
    return again


def _wide(plane: Values, values: Values) -> Values:
    return plane[..., None] if values.ndim == 3 else plane


EFFECTS = (
    Effect(0.25, _bleeding),
    Effect(0.8, _toned),
    Effect(0.35, _shaded),
    Effect(0.2, noise_marks.folded),
    Effect(0.8, _grained),
    Effect(0.6, noise_marks.specked),
    Effect(0.25, noise_marks.lined),
    Effect(0.25, noise_marks.holed),
    Effect(0.25, noise_marks.edged),
)
