"""Files in; pages, words and pixels out. These functions run in worker processes (see `service`).

Nothing heavy is imported until a function is called, so the window may name them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from model_backend.document import Box, Page, Word
from model_backend.errors import SetupIncomplete, UserError
from model_backend.sources.files import PDF, media_type, sha256
from model_backend.sources.values import (
    EXPORT_PIXELS,
    NO_TEXT,
    OCR_TOO_LONG,
    TURNED,
    VIEW_PIXELS,
    PageRead,
    Picture,
    SourceInfo,
    shown_from_file,
    shown_size,
)

if TYPE_CHECKING:
    from PIL import Image

__all__ = [
    "EXPORT_PIXELS",
    "VIEW_PIXELS",
    "PageRead",
    "Picture",
    "SourceInfo",
    "inspect",
    "media_type",
    "read_page",
    "recognize",
    "render",
    "render_image",
    "sha256",
    "shown_from_file",
    "shown_size",
]

OCR_CHOICES = ("auto", "always", "never")
PDF_OCR_DPI = 300.0
POINTS_PER_INCH = 72.0
SPARSE_TEXT = 11


def inspect(path: Path, *, password: str = "") -> SourceInfo:
    """What the file is and how large its pages are, nothing rendered; UserError, PasswordNeeded."""
    kind = media_type(path)
    if kind == PDF:
        from model_backend.sources import pdf

        sizes, problems = pdf.geometries(path, password)
    else:
        from model_backend.sources import images

        sizes, problems = images.geometries(path)
    unit = "pt" if kind == PDF else "px"
    return SourceInfo(kind, sha256(path), sizes, (unit,) * len(sizes), problems)


def read_page(
    path: Path, number: int, *, password: str = "", ocr: str = "auto", languages: str = ""
) -> PageRead:
    """Words and size of a page: its text layer, or tesseract's words where that is missing.

    A missing tesseract or a time limit is a problem of the page, not an error: the page is there.
    """
    if ocr not in OCR_CHOICES:
        raise ValueError(f"ocr is one of {OCR_CHOICES}, not {ocr!r}")
    page = _page_as_stored(path, number, password)
    if ocr == "never" or (ocr == "auto" and (page.words or not page.is_scan)):
        return page
    whole = Page(0, 0, number, page.width, page.height, page.unit, page.geometry)
    try:
        words = recognize(path, whole, None, languages=languages, password=password)
    except SetupIncomplete as error:
        return replace(page, missing=str(error))
    except UserError as error:
        return replace(page, problems=(*page.problems, str(error)))
    problems = (*page.problems, *_scan_problems(path, whole, words, password))
    return replace(page, words=words, is_scan=True, problems=problems)


def _scan_problems(
    path: Path, page: Page, words: tuple[Word, ...], password: str
) -> tuple[str, ...]:
    """What a person should know of the text that was found: that there is none, or that the scan
    lies upside down."""
    from model_backend.sources import ocr

    if not words:
        return (NO_TEXT,)
    if sum(word.confidence or 0.0 for word in words) >= ocr.DOUBTFUL * len(words):
        return ()
    picture = render_image(
        path,
        page.number,
        scale=_reading_scale(page),
        password=password,
        most_pixels=ocr.MOST_PIXELS,
    )
    return (TURNED,) if ocr.is_turned(picture) else ()


def recognize(
    path: Path,
    page: Page,
    box: Box | None,
    *,
    languages: str = "",
    password: str = "",
    psm: int = SPARSE_TEXT,
    enlarge: float = 1.0,
) -> tuple[Word, ...]:
    """Words of the page or of a box on it by tesseract: ids from 1 in reading order, page units.

    `psm` is tesseract's page segmentation mode; `enlarge` multiplies the scale that is read at.
    """
    from model_backend.reading_order import reading_order
    from model_backend.sources import ocr

    region = page.box if box is None else box.normalized().intersection(page.box)
    if region.width <= 0 or region.height <= 0:
        return ()
    picture = render_image(
        path,
        page.number,
        scale=_reading_scale(page) * enlarge,
        rotation=page.rotation,
        skew=page.skew,
        clip=None if box is None else region,
        password=password,
        most_pixels=ocr.MOST_PIXELS,
    )
    try:
        found = ocr.recognized(picture, languages=languages, psm=psm)
    except ocr.OcrTimeout as error:
        raise UserError(OCR_TOO_LONG) from error
    sx, sy = region.width / picture.width, region.height / picture.height
    placed = (
        replace(word, id=number, box=word.box.scaled(sx, sy).moved(region.x0, region.y0))
        for number, word in enumerate(found, 1)
    )
    ordered = reading_order(tuple(placed))
    return tuple(replace(word, id=number) for number, word in enumerate(ordered, 1))


def render(
    path: Path,
    number: int,
    *,
    scale: float,
    rotation: int = 0,
    skew: float = 0.0,
    clip: Box | None = None,
    password: str = "",
    most_pixels: int = VIEW_PIXELS,
) -> Picture:
    """Pixels of the page as shown: turned by `rotation`, deskewed by `skew`, cut to `clip`.

    `scale` is pixels per page unit; it is lowered where the picture would exceed `most_pixels`.
    """
    if media_type(path) == PDF:
        from model_backend.sources import pdf

        return pdf.render(
            path,
            number,
            scale=scale,
            rotation=rotation,
            skew=skew,
            clip=clip,
            password=password,
            most_pixels=most_pixels,
        )
    image, used = _picture(path, number, scale, rotation, skew, clip, most_pixels)
    opaque = image.convert("RGBA")  # Qt asks for 255 in the fourth byte
    return Picture(image.width, image.height, opaque.tobytes("raw", "BGRA"), used)


def render_image(
    path: Path,
    number: int,
    *,
    scale: float,
    rotation: int = 0,
    skew: float = 0.0,
    clip: Box | None = None,
    password: str = "",
    most_pixels: int = EXPORT_PIXELS,
) -> Image.Image:
    """The same as a Pillow picture ("RGB", or "L" for gray scans), for exports and predictors."""
    if media_type(path) != PDF:
        return _picture(path, number, scale, rotation, skew, clip, most_pixels)[0]
    from PIL import Image

    picture = render(
        path,
        number,
        scale=scale,
        rotation=rotation,
        skew=skew,
        clip=clip,
        password=password,
        most_pixels=most_pixels,
    )
    size = (picture.width, picture.height)
    return Image.frombytes("RGB", size, picture.data, "raw", "BGRX")


def _picture(
    path: Path,
    number: int,
    scale: float,
    rotation: int,
    skew: float,
    clip: Box | None,
    most_pixels: int,
) -> tuple[Image.Image, float]:
    from model_backend.sources import images

    return images.render(
        path,
        number,
        scale=scale,
        rotation=rotation,
        skew=skew,
        clip=clip,
        most_pixels=most_pixels,
    )


def _page_as_stored(path: Path, number: int, password: str) -> PageRead:
    """The page with the words that the file itself holds."""
    if media_type(path) == PDF:
        from model_backend.sources import pdf

        return pdf.read_page(path, number, password)
    from model_backend.sources import images

    size = images.geometry(path, number)
    problems = images.decoded(path, number).problems
    return PageRead((), size, size.width, size.height, "px", True, problems)


def _reading_scale(page: Page) -> float:
    from model_backend.sources import ocr

    if page.unit == "pt":
        return PDF_OCR_DPI / POINTS_PER_INCH
    dpi = ocr.estimated_dpi(page.width, page.height, page.geometry.dpi)
    return ocr.reading_scale(page.width, page.height, dpi)
