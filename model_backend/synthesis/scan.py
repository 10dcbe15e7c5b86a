"""From a drawn page to what a scanner makes of it: turned a little, soft, grey, with dust."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

from model_backend.document import Affine, compose, rotation_about


@dataclass(frozen=True)
class Scanner:
    """A scanner's settings and habits; the same seed gives the same picture."""

    dpi: float = 200.0
    skew: float = 0.0
    seed: int = 1
    paper: float = 243.0
    ink: float = 38.0
    blur: float = 0.55
    grain: float = 2.2
    specks: int = 60
    shadow: float = 22.0
    is_colour: bool = False


def scanned(page: pymupdf.Page, scanner: Scanner) -> tuple[Image.Image, Affine]:
    """The picture ("L" or "RGB") and the transform from the page's points to its pixels."""
    scale = scanner.dpi / 72.0
    space = pymupdf.csRGB if scanner.is_colour else pymupdf.csGRAY
    pixmap = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=space)
    mode = "RGB" if scanner.is_colour else "L"
    flat = Image.frombytes(mode, (pixmap.width, pixmap.height), bytes(pixmap.samples_mv))
    turned = flat.rotate(
        -scanner.skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255) if mode == "RGB" else 255
    )
    soft = turned.filter(ImageFilter.GaussianBlur(scanner.blur))
    centre = (pixmap.width / 2, pixmap.height / 2)
    to_picture = compose((scale, 0.0, 0.0, scale, 0.0, 0.0), rotation_about(centre, scanner.skew))
    return _aged(soft, scanner), to_picture


def _aged(picture: Image.Image, scanner: Scanner) -> Image.Image:
    """Paper that is not white, ink that is not black, the lid's shadow, grain and dust."""
    random = np.random.default_rng(scanner.seed)
    values = np.asarray(picture, dtype=np.float32) / 255.0
    height, width = values.shape[:2]
    light = scanner.paper - scanner.shadow * np.exp(-np.arange(width) / (0.012 * width))
    light = light - np.linspace(0.0, 4.0, height)[:, None]
    ink = scanner.ink + _patches(random, height, width) * 14.0
    if values.ndim == 3:
        light, ink = light[..., None], ink[..., None]
    aged = ink + (light - ink) * values
    grain = random.normal(0.0, scanner.grain, (height, width)).astype(np.float32)
    aged += grain[..., None] if values.ndim == 3 else grain
    for x, y, size, dark in _dust(random, scanner.specks, width, height):
        aged[y : y + size, x : x + size] -= dark
    return Image.fromarray(np.rint(aged).clip(0, 255).astype(np.uint8))


def _patches(random: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Slow changes over the page, -1..1: uneven pressure and toner."""
    coarse = Image.fromarray(random.uniform(-1.0, 1.0, (9, 7)).astype(np.float32))
    return np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC))


def _dust(
    random: np.random.Generator, count: int, width: int, height: int
) -> list[tuple[int, int, int, float]]:
    xs = random.integers(0, width - 4, count)
    ys = random.integers(0, height - 4, count)
    sizes = random.integers(1, 4, count)
    darks = random.uniform(25.0, 120.0, count)
    return [
        (int(x), int(y), int(size), float(dark))
        for x, y, size, dark in zip(xs, ys, sizes, darks, strict=True)
    ]
