"""Pictures of exported pages: copied byte for byte where the file may leave as it is, else
rendered."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from model_backend.document import Box, Document, Page, PageGeometry, PageStatus
from model_backend.errors import UserError
from model_backend.formats.values import ExportPage, PictureSource, WriteOptions
from model_backend.sources.values import EXPORT_PIXELS

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp")
"""Pictures a data set may come with, in the order of preference."""
POINTS_PER_INCH = 72.0
MOST_PIXELS = 200_000_000
NO_PICTURE = "image/png; stand-in"
"""Media type of the white page that stands in where a data set has no picture."""
_SAME_KIND = {".jpeg": ".jpg", ".tiff": ".tif"}


def geometry_of(path: Path) -> PageGeometry:
    """Size, resolution and orientation of a picture, from its header."""
    from model_backend.sources import images

    return images.geometry(path, 0)


def finished_page(geometry: PageGeometry) -> Page:
    """A page in the pixels of its picture, with nothing on it yet: what data sets bring is done."""
    return Page(
        id=0,
        document_id=0,
        number=0,
        width=geometry.width,
        height=geometry.height,
        unit="px",
        geometry=geometry,
        status=PageStatus.DONE,
    )


def check_size(width: int, height: int, file: Path) -> None:
    """UserError for a page size that no picture we open can have."""
    if width * height > MOST_PIXELS:
        raise UserError(
            "The file {file} speaks of a picture of {width} x {height} pixels, which is too large."
            " Correct the size.",
            file=file,
            width=width,
            height=height,
        )


def check_same_size(
    picture: Path, said: tuple[int, int], file: Path, *, room: int = 1
) -> PageGeometry:
    """The picture's geometry; UserError where it differs from what the file says by more than
    `room` pixels."""
    geometry = geometry_of(picture)
    if max(abs(geometry.width - said[0]), abs(geometry.height - said[1])) > room:
        raise UserError(
            "The picture {picture} has {found} pixels, but {file} says {said}. Correct the size or"
            " scale the picture.",
            picture=picture,
            found=f"{geometry.width:g} x {geometry.height:g}",
            file=file,
            said=f"{said[0]} x {said[1]}",
        )
    return geometry


@dataclass(frozen=True)
class FilePicture:
    """A picture file as the picture of a page; `scale` is its number of pixels to a page unit."""

    path: Path
    scale: float = 1.0

    @property
    def original(self) -> Path | None:
        """The file itself where a page unit is a pixel."""
        return self.path if self.scale == 1.0 else None

    @property
    def native_scale(self) -> float | None:
        """Its own resolution."""
        return self.scale

    def render(self, scale: float, box: Box | None = None) -> Image:
        """The picture at that scale, upright."""
        from model_backend import sources

        factor = scale / self.scale
        clip = None if box is None else box.scaled(self.scale, self.scale)
        return sources.render_image(self.path, 0, scale=factor, clip=clip)


@runtime_checkable
class PdfSource(Protocol):
    """A picture source that can say which PDF it is a page of."""

    @property
    def pdf(self) -> Path | None:
        """The PDF whose page this is just as it is shown, or None."""


@dataclass(frozen=True)
class PdfPicture:
    """A page of a PDF as its own picture."""

    path: Path
    number: int

    @property
    def pdf(self) -> Path | None:
        """The file itself."""
        return self.path

    @property
    def original(self) -> Path | None:
        """A page of a PDF is no picture file."""
        return None

    @property
    def native_scale(self) -> float | None:
        """It can be rendered at any scale."""
        return None

    def render(self, scale: float, box: Box | None = None) -> Image:
        """The page at that scale."""
        from model_backend import sources

        return sources.render_image(self.path, self.number, scale=scale, clip=box)


@dataclass(frozen=True)
class DocumentPicture:
    """The picture of a page of a document, rendered from the document's own file."""

    path: Path
    page: Page
    document: Document
    password: str = ""

    @property
    def original(self) -> Path | None:
        """The file itself, where it is a picture of just this page as it is shown."""
        is_turned = self.page.rotation or self.page.skew or self.page.geometry.exif_orientation != 1
        is_alone = self.document.page_count == 1 and self.page.unit == "px"
        return self.path if is_alone and not is_turned else None

    @property
    def pdf(self) -> Path | None:
        """The PDF whose page this is just as it is shown."""
        is_turned = self.page.rotation or self.page.skew or self.password
        is_pdf = self.document.media_type == "application/pdf"
        return self.path if is_pdf and not is_turned else None

    @property
    def native_scale(self) -> float | None:
        """A scan's own pixels; nothing for pages that can be rendered at any scale."""
        return 1.0 if self.page.unit == "px" else None

    def render(self, scale: float, box: Box | None = None) -> Image:
        """The page as it is shown."""
        from model_backend import sources

        return sources.render_image(self.path, self.page.number, **self.options(scale, box))

    def options(self, scale: float, box: Box | None) -> dict[str, Any]:
        """What `sources.render_image` is to do."""
        return {
            "scale": scale,
            "rotation": self.page.rotation,
            "skew": self.page.skew,
            "clip": box,
            "password": self.password,
        }


def export_scale(item: ExportPage, picture: PictureSource, options: WriteOptions) -> float:
    """Pixels to a page unit for formats that keep the native size: scans as they are, the rest
    at `options.dpi`."""
    scale = picture.native_scale
    if scale is None:
        scale = options.dpi / POINTS_PER_INCH if item.page.unit == "pt" else 1.0
    return limited(item.page, scale)


def limited(page: Page, scale: float) -> float:
    """The scale, lowered where the picture would have more pixels than an export may."""
    return min(scale, math.sqrt(EXPORT_PIXELS / (page.width * page.height)))


def may_copy(page: Page, picture: PictureSource, suffixes: Sequence[str]) -> Path | None:
    """The original file where it may leave as it is: right kind, upright, exactly as large as
    the page."""
    path = picture.original
    if path is None or path.suffix.lower() not in suffixes or page.unit != "px":
        return None
    geometry = geometry_of(path)
    is_same = (geometry.width, geometry.height) == (page.width, page.height)
    return path if is_same and geometry.exif_orientation == 1 and not page.rotation else None


@dataclass(frozen=True)
class Saved:
    """A picture of the export: its file and its size in pixels."""

    path: Path
    width: int
    height: int

    def factors(self, page: Page) -> tuple[float, float]:
        """Pixels to a page unit, across and down: sizes are whole, so the two may differ a
        little."""
        return self.width / page.width, self.height / page.height


def save_picture(
    item: ExportPage,
    picture: PictureSource,
    target: Path,
    *,
    scale: float,
    copied: Sequence[str] = (),
    rendered: str = ".png",
) -> Saved:
    """Save the page's picture at `target`; its suffix changes where the kind of file is another.

    An original with a suffix in `copied` is copied byte for byte; all others become `rendered`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    original = may_copy(item.page, picture, copied) if scale == 1.0 else None
    kind = rendered if original is None else _kind(original)
    if _kind(target) != kind:
        target = target.with_suffix(kind)
    if original is not None:
        shutil.copyfile(original, target)
        return Saved(target, round(item.page.width), round(item.page.height))
    image = picture.render(scale)
    save_image(image, target)
    return Saved(target, image.width, image.height)


def _kind(path: Path) -> str:
    suffix = path.suffix.lower()
    return _SAME_KIND.get(suffix, suffix)


def save_image(image: Image, target: Path) -> None:
    """Save as the suffix says; JPEG always in colour, as its readers expect."""
    is_jpeg = target.suffix.lower() in (".jpg", ".jpeg")
    (image.convert("RGB") if is_jpeg else image).save(target)
