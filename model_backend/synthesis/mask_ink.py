"""Ink that comes onto a page after it was printed, and the shape that it covers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image
from scipy import ndimage

from model_backend.document import Box, Point
from model_backend.synthesis import press
from model_backend.synthesis.noise_marks import patches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bitmap = NDArray[np.bool_]
    Pixels = NDArray[np.uint8]

FAINTEST = 0.12
"""Paper that is darker than this share is inked."""
GAP_INCH = 0.05
"""Half of the widest gap between strokes that a shape closes."""


@dataclass(frozen=True)
class Ink:
    """Operators that draw it and the box they keep to, in the page's points; an empty label for
    what is none of the classes. `wear` (0..1) is how unevenly it took.
    """

    label: str
    operators: str
    box: Box
    wear: float = 0.0


@dataclass(frozen=True, eq=False)
class Printed:
    """Ink in pixels: its colours on white, the shape that it covers, its left and top."""

    pixels: Pixels
    shape: Bitmap
    left: int
    top: int


def turned(operators: str, at: Point, degrees: float) -> str:
    """Operators drawn about (0, 0), turned clockwise and moved to a point."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (
        f"q {cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f} {at[0]:.2f} {at[1]:.2f} cm\n"
        f"{operators}\nQ"
    )


def printed(ink: Ink, dpi: float, random: np.random.Generator) -> Printed:
    """The ink alone, in the pixels of a page of that resolution."""
    scale = dpi / press.POINTS_PER_INCH
    left, top = math.floor(ink.box.x0 * scale) - 2, math.floor(ink.box.y0 * scale) - 2
    right, bottom = math.ceil(ink.box.x1 * scale) + 2, math.ceil(ink.box.y1 * scale) + 2
    moved = f"1 0 0 1 {-left / scale:.4f} {-top / scale:.4f} cm\n{ink.operators}"
    size = ((right - left) / scale, (bottom - top) / scale)
    pixels = np.asarray(press.picture(moved, size, dpi, is_colour=True))
    shape = covered(pixels.min(axis=2) < 255 * (1 - FAINTEST), dpi)
    return Printed(_worn(pixels, ink.wear, random), shape, left, top)


def _worn(pixels: Pixels, wear: float, random: np.random.Generator) -> Pixels:
    """Ink that took unevenly: in patches, and grain by grain."""
    if not wear:
        return pixels
    height, width = pixels.shape[:2]
    uneven = 0.5 + 0.5 * patches(random, (height, width))
    grains = random.random((height, width), dtype=np.float32)
    taken = 1 - wear * np.clip(uneven * 0.7 + grains * 0.6 - 0.2, 0.0, 1.0)
    return np.rint(255 - (255 - pixels) * taken[..., None]).astype(np.uint8)


def covered(ink: Bitmap, dpi: float) -> Bitmap:
    """The shape that ink covers: gaps between strokes closed, holes filled."""
    reach = max(2, round(GAP_INCH * dpi))
    wide = np.pad(ink, reach + 1)
    near = ndimage.distance_transform_edt(~wide) <= reach
    filled = ndimage.binary_fill_holes(near)
    inside = ndimage.distance_transform_edt(filled) > reach - 1
    result: Bitmap = inside[reach + 1 : -reach - 1, reach + 1 : -reach - 1]
    return result


def laid_over(page: Pixels, ink: Printed) -> None:
    """Put ink on the page (H, W, 3), as ink does: it darkens what is there."""
    height, width = page.shape[:2]
    y0, x0 = max(0, ink.top), max(0, ink.left)
    y1 = min(height, ink.top + ink.pixels.shape[0])
    x1 = min(width, ink.left + ink.pixels.shape[1])
    if y0 >= y1 or x0 >= x1:
        return
    own = ink.pixels[y0 - ink.top : y1 - ink.top, x0 - ink.left : x1 - ink.left]
    part = page[y0:y1, x0:x1]
    part[:] = (part.astype(np.uint16) * own // 255).astype(np.uint8)


def picture_of(page: Pixels) -> Image.Image:
    """The page as a picture."""
    return Image.fromarray(page)
