"""Pictures of masks, and pages in levels of grey: pixel by pixel what they stand for."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QImage

from desktop.canvas.grey import ROWS, weakest_channel
from desktop.canvas.layers.regions import region_bounds, tinted
from model_backend import masks
from model_backend.document import Box, Region

BITMAP = np.array([[1, 1, 0, 0, 1], [1, 1, 0, 0, 0], [0, 1, 1, 0, 0]], dtype=bool)


def pixels_of(image: QImage) -> list[list[QColor]]:
    return [
        [image.pixelColor(column, row) for column in range(image.width())]
        for row in range(image.height())
    ]


def test_each_pixel_of_a_mask_has_its_colour_or_none() -> None:
    mask = masks.mask_from_bitmap(BITMAP)
    image = tinted(mask, "#ff0000", 255)
    assert image is not None
    red = [[pixel == QColor("#ff0000") for pixel in row] for row in pixels_of(image)]
    clear = [[pixel.alpha() == 0 for pixel in row] for row in pixels_of(image)]
    assert red == BITMAP.tolist()
    assert clear == (~BITMAP).tolist()


def test_a_coarser_picture_is_as_strong_as_the_share_of_its_pixels() -> None:
    image = tinted(masks.mask_from_bitmap(BITMAP), "#ff0000", 255, step=2)
    assert image is not None
    alphas = [[pixel.alpha() for pixel in row] for row in pixels_of(image)]
    assert alphas == [[255, 0, 64], [64, 64, 0]]


def test_the_weakest_channel_is_that_of_each_pixel() -> None:
    chance = np.random.default_rng(1)
    colours = chance.integers(0, 256, (ROWS + 7, 5, 3), dtype=np.uint8)
    image = QImage(5, ROWS + 7, QImage.Format.Format_RGB32)
    for row, line in enumerate(colours.tolist()):
        for column, (red, green, blue) in enumerate(line):
            image.setPixelColor(column, row, QColor(red, green, blue))
    assert (weakest_channel(image) == colours.min(axis=2)).all()


def test_a_region_reaches_as_far_as_its_polygons_do() -> None:
    corners = ((5.0, 5.0), (40.0, 8.0), (9.0, 50.0))
    inside, outside = Box(0, 0, 60, 60), Box(10, 10, 20, 20)
    assert region_bounds(Region(1, "figure", inside, (corners,))) == inside
    assert region_bounds(Region(1, "figure", outside, (corners[:1], corners))) == Box(5, 5, 40, 50)
    assert region_bounds(Region(1, "figure", Box(20, 10, 10, 20))) == outside
