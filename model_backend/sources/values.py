"""What the sources give back, the limits they keep, and where a picture lands on a page."""

from __future__ import annotations

import math
from dataclasses import dataclass

from model_backend.document import (
    Affine,
    Box,
    PageGeometry,
    Word,
    compose,
    rotation_about,
)
from model_backend.translation import mark

VIEW_PIXELS = 50_000_000
"""Most pixels of one rendered picture on the screen."""
EXPORT_PIXELS = 150_000_000
"""Most pixels of one rendered picture that leaves in an export."""
LONGEST_SIDE = 32_767
"""Longest side of a rendered picture in pixels: Qt's raster engine and tesseract end there."""

NO_TESSERACT = mark(
    "Tesseract is not installed, so the text of scans cannot be read. "
    "Install tesseract-ocr and read the page again."
)
OCR_TOO_LONG = mark(
    "Reading the text of this page took too long and was stopped. Read a part of it instead."
)
NO_TEXT = mark("No text was found in this scan.")
TURNED = mark("This scan seems to lie on its side or upside down: turn the page and read it again.")
INCOMPLETE = mark("Incomplete: the picture's file was cut off. Get the file again if you can.")
FIRST_FRAME = mark("The file holds several pictures or an animation: only the first is shown.")
REPAIRED = mark("Damaged: the PDF was repaired while reading, parts may be missing.")
BROKEN_PAGE = mark("Damaged: this page of the PDF may not be shown whole.")
HUGE_PAGE = mark("This page is far larger than paper: it is shown with less detail.")
MANY_FRAMES = mark("The file has more pages than can be opened: the rest was left out.")
MANY_WORDS = mark("The page has more words than can be kept: the rest was left out.")
ODD_GEOMETRY = mark(
    "The PDF states the size or turn of this page wrongly: other programs may show it differently."
)
NOT_SQUARE = mark(
    "The picture was scanned with different resolutions across and down: it is shown as its pixels"
    " are."
)
NO_COPYING = mark(
    "The owner of the PDF does not allow copying its text. Ask before you pass it on."
)
OF_DOCUMENT = frozenset({FIRST_FRAME, REPAIRED, MANY_FRAMES, NO_COPYING})
"""What concerns a whole document: its pages are marked, but it is told only once."""


@dataclass(frozen=True)
class SourceInfo:
    """What a file is, without rendering: one geometry and one unit ("pt" or "px") for each page."""

    media_type: str
    sha256: str
    page_sizes: tuple[PageGeometry, ...]
    units: tuple[str, ...]
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class PageRead:
    """Words (ids from 1, in reading order) and size of one page as the file has it.

    `missing` says what this computer lacks for reading such pages.
    """

    words: tuple[Word, ...]
    geometry: PageGeometry
    width: float
    height: float
    unit: str
    is_scan: bool
    problems: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Picture:
    """Pixels in Qt's Format_RGB32 (blue, green, red, 255; no padding) and the scale really used."""

    width: int
    height: int
    data: bytes
    scale: float


def shown_size(width: float, height: float, rotation: int) -> tuple[float, float]:
    """Width and height of a page of the file after a person turned it by `rotation` degrees."""
    return (height, width) if rotation % 180 else (width, height)


def shown_from_file(width: float, height: float, rotation: int, skew: float) -> Affine:
    """Transform from the page as the file has it to the page as shown: turned, then deskewed."""
    shown_width, shown_height = shown_size(width, height, rotation)
    turn = rotation_about((width / 2, height / 2), rotation)
    shift = ((shown_width - width) / 2, (shown_height - height) / 2)
    turned = compose(turn, (1.0, 0.0, 0.0, 1.0, *shift))
    if not skew:
        return turned
    return compose(turned, rotation_about((shown_width / 2, shown_height / 2), skew))


@dataclass(frozen=True)
class Frame:
    """The part of a page that a picture shows: its box in page units and its size in pixels."""

    box: Box
    width: int
    height: int
    scale: float

    @property
    def pixels_from_page(self) -> Affine:
        """Transform from page units to pixels of the picture."""
        sx, sy = self.width / self.box.width, self.height / self.box.height
        return (sx, 0.0, 0.0, sy, -self.box.x0 * sx, -self.box.y0 * sy)


def frame(
    width: float,
    height: float,
    *,
    scale: float,
    clip: Box | None,
    most_pixels: int = VIEW_PIXELS,
) -> Frame:
    """The frame for a page of that size; a scale that would make too many pixels is lowered.

    The picture's size is rounded to whole pixels, so the box is filled exactly by them.
    """
    if not (scale > 0 and math.isfinite(scale)):
        raise ValueError(f"a scale must be positive and finite, not {scale}")
    box = Box(0.0, 0.0, width, height) if clip is None else clip
    if not (box.width > 0 and box.height > 0):
        raise ValueError(f"nothing to render in {box}")
    fitting = math.sqrt(most_pixels / (box.width * box.height))
    longest = LONGEST_SIDE / max(box.width, box.height)
    used = min(scale, fitting, longest)
    return Frame(box, max(1, round(box.width * used)), max(1, round(box.height * used)), used)
