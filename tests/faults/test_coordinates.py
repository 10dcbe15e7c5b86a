"""A mark on a page has the same place at every resolution, however the page is turned or cut.

P24 of RELIABILITY.md: within half a pixel at 300 dpi.
"""

from __future__ import annotations

from pathlib import Path

import hostile_pdfs
import numpy as np
import pytest
from PIL import Image

from model_backend import sources
from model_backend.document import Box

WIDTH, HEIGHT = 200.0, 120.0
MARK = Box(140.0, 15.0, 150.0, 35.0)
"""A black rectangle on the page as its file draws it, from the upper left corner, in points."""
DPI = (72, 150, 300, 600)
ROOM = 0.5 / 300 * 72
"""Half a pixel at 300 dpi, in points."""
CROP = Box(20.0, 10.0, 190.0, 100.0)


def _page(path: Path, rotation: int, crop: Box | None, unit: float) -> Path:
    entries = f"/MediaBox [0 0 {WIDTH:g} {HEIGHT:g}] /Rotate {rotation} /UserUnit {unit:g}"
    if crop is not None:
        sides = f"{crop.x0:g} {HEIGHT - crop.y1:g} {crop.x1:g} {HEIGHT - crop.y0:g}"
        entries += f" /CropBox [{sides}]"
    low = HEIGHT - MARK.y1
    drawn = f"0 g {MARK.x0:g} {low:g} {MARK.width:g} {MARK.height:g} re f"
    content = hostile_pdfs.stream(drawn.encode())
    path.write_bytes(hostile_pdfs.document(page=entries.encode(), content=content))
    return path


def _expected(rotation: int, crop: Box | None, unit: float) -> Box:
    """Where the mark must be on the page as it is shown."""
    area = crop or Box(0.0, 0.0, WIDTH, HEIGHT)
    mark = MARK.moved(-area.x0, -area.y0)
    for _turn in range(rotation // 90):  # clockwise: the lower edge becomes the left one
        mark = Box(area.height - mark.y1, mark.x0, area.height - mark.y0, mark.x1)
        area = Box(0.0, 0.0, area.height, area.width)
    return mark.scaled(unit, unit)


def _found(image: Image.Image, width: float, height: float) -> Box:
    """The dark part of a picture in page units: by its weight, so to parts of a pixel."""
    ink = 1.0 - np.asarray(image.convert("L"), dtype=np.float64) / 255
    sides = []
    for axis, length in ((0, width), (1, height)):
        profile = ink.sum(axis=axis)
        profile = profile / profile.max()
        first = int(np.argmax(profile > 0.02))
        last = len(profile) - int(np.argmax(profile[::-1] > 0.02))
        scale = length / len(profile)
        # a pixel that is covered in part belongs to the mark in that part
        sides.append(((first + 1 - profile[first]) * scale, (last - 1 + profile[last - 1]) * scale))
    (x0, x1), (y0, y1) = sides
    return Box(x0, y0, x1, y1)


def _differs(found: Box, expected: Box) -> float:
    pairs = zip(
        (found.x0, found.y0, found.x1, found.y1),
        (expected.x0, expected.y0, expected.x1, expected.y1),
        strict=True,
    )
    return max(abs(a - b) for a, b in pairs)


@pytest.mark.parametrize("unit", [1.0, 2.5])
@pytest.mark.parametrize("crop", [None, CROP], ids=["whole", "cropped"])
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_mark_of_a_pdf_is_where_it_is_at_every_resolution(
    tmp_path: Path, rotation: int, crop: Box | None, unit: float
) -> None:
    path = _page(tmp_path / "mark.pdf", rotation, crop, unit)
    geometry = sources.inspect(path).page_sizes[0]
    expected = _expected(rotation, crop, unit)
    for dpi in DPI:
        image = sources.render_image(path, 0, scale=dpi / 72)
        found = _found(image, geometry.width, geometry.height)
        room = max(ROOM, 72 / dpi / 2)  # at 72 dpi a pixel is a point
        assert _differs(found, expected) <= room, (dpi, found, expected)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_page_turned_by_a_person_keeps_its_mark(tmp_path: Path, turn: int) -> None:
    path = _page(tmp_path / "mark.pdf", 0, None, 1.0)
    expected = _expected(turn, None, 1.0)
    width, height = sources.shown_size(WIDTH, HEIGHT, turn)
    image = sources.render_image(path, 0, scale=300 / 72, rotation=turn)
    assert _differs(_found(image, width, height), expected) <= ROOM


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_mark_of_a_picture_keeps_its_pixels_in_every_orientation(
    tmp_path: Path, orientation: int, suffix: str
) -> None:
    stored = Image.new("L", (120, 80), 255)
    stored.paste(0, (80, 16, 96, 48))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"mark{suffix}"
    stored.save(path, exif=exif, **({"quality": 100} if suffix == ".jpg" else {}))
    places = {  # where the stored rectangle is shown, by the meaning of each orientation
        1: (80, 16, 96, 48), 2: (24, 16, 40, 48), 3: (24, 32, 40, 64), 4: (80, 32, 96, 64),
        5: (16, 80, 48, 96), 6: (32, 80, 64, 96), 7: (32, 24, 64, 40), 8: (16, 24, 48, 40),
    }  # fmt: skip
    geometry = sources.inspect(path).page_sizes[0]
    assert (geometry.width, geometry.height) == ((120, 80) if orientation < 5 else (80, 120))
    assert geometry.exif_orientation == orientation
    for scale in (0.5, 1.0, 2.0):
        image = sources.render_image(path, 0, scale=scale)
        found = _found(image, geometry.width, geometry.height)
        assert _differs(found, Box(*map(float, places[orientation]))) <= 0.5
