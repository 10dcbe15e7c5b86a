"""Pictures through Pillow: sizes from the header, upright and on white, pixels. Only in workers."""

from __future__ import annotations

import struct
import warnings
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageFile
from PIL.TiffImagePlugin import TiffImageFile

from model_backend.document import (
    Box,
    PageGeometry,
    bounding_box,
    compose,
    inverse,
    transform_point,
)
from model_backend.errors import UserError
from model_backend.sources.values import (
    FIRST_FRAME,
    INCOMPLETE,
    MANY_FRAMES,
    NOT_SQUARE,
    Frame,
    frame,
    shown_from_file,
    shown_size,
)

ENGINE = f"pillow {PIL.__version__}"
FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
"""All that Pillow may open: its other readers start programs or are little tested."""
MOST_PIXELS = 200_000_000
"""Most pixels of a picture that we decode: 600 MB in colour."""
MOST_FRAMES = 2_000
KEPT = 2
"""Decoded pictures that a process keeps, so that the levels of a pyramid cost one decoding."""
EXIF_ORIENTATION = 0x0112
ORIENTATIONS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture of that EXIF orientation upright."""
DPI_RANGE = (50.0, 2400.0)
WHITE = (255, 255, 255)
FULL_RANGES = (1.0, 255.0, 4095.0, 65535.0)
FAINT = 0.25
"""Deep gray that uses less of a full range than this is stretched: it would be all but black."""

Image.MAX_IMAGE_PIXELS = None  # our own limit is checked from the header, before any decoding

TURNS = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
"""Pillow turns counter-clockwise, pages turn clockwise."""


@dataclass(frozen=True)
class Decoded:
    """A picture upright on white, gray ("L") or colour ("RGB"), and what is amiss with it."""

    image: Image.Image
    problems: tuple[str, ...] = ()


PILLOW_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError),
    *(TypeError, LookupError, ArithmeticError, AssertionError, AttributeError, struct.error),
)
"""What Pillow's readers raise for broken files: the second line where a byte was changed."""

Key = tuple[str, int, int]
"""A file as it is now: its path, when it was changed, its size."""

_decoded: OrderedDict[tuple[Key, int], Decoded] = OrderedDict()
_pages: dict[Key, Image.Image] = {}
"""The TIFF that was read last stays open: its pages are found by walking from the first one."""


def geometries(path: Path) -> tuple[tuple[PageGeometry, ...], tuple[str, ...]]:
    """Geometry of every page of a TIFF, of the one page of any other picture; and its problems."""
    with opened(path) as image:
        if image.format != "TIFF":
            return (_geometry(image, path, 0),), _frame_problems(image)
        sizes = [_geometry(image, path, 0)]
        while len(sizes) < MOST_FRAMES and _has_page(image, len(sizes)):
            sizes.append(_geometry(image, path, len(sizes)))
        has_more = len(sizes) == MOST_FRAMES and _has_page(image, MOST_FRAMES)
    return tuple(sizes), (MANY_FRAMES,) if has_more else ()


def geometry(path: Path, number: int) -> PageGeometry:
    """Geometry of one page."""
    with opened(path) as image:
        return _geometry(image, path, number)


def decoded(path: Path, number: int) -> Decoded:
    """The picture, decoded once while it is among the last few of this process."""
    key = (_key(path), number)
    if key not in _decoded:
        _decoded[key] = _decode(path, number)
        if len(_decoded) > KEPT:
            _decoded.popitem(last=False)
    _decoded.move_to_end(key)
    return _decoded[key]


def render(
    path: Path,
    number: int,
    *,
    scale: float,
    rotation: int = 0,
    skew: float = 0.0,
    clip: Box | None = None,
    most_pixels: int,
) -> tuple[Image.Image, float]:
    """The page or a part of it as shown, gray or colour, and the scale that was used."""
    source = decoded(path, number).image
    width, height = shown_size(*source.size, rotation)
    view = frame(width, height, scale=scale, clip=clip, most_pixels=most_pixels)
    draw = _skewed if skew else _upright
    return draw(source, view, rotation, skew), view.scale


@contextmanager
def opened(path: Path) -> Iterator[Image.Image]:
    """The picture's header, no pixels yet; UserError when it cannot be read or is far too large."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd metadata that we do not read
            with _kept_or_new(path) as image:
                yield image
    except PILLOW_ERRORS as error:
        raise _unreadable(path) from error


@contextmanager
def _kept_or_new(path: Path) -> Iterator[Image.Image]:
    key = _key(path)
    image = _pages.pop(key, None) or _header(path)
    try:
        yield image
    except BaseException:
        image.close()
        raise
    for other in _pages.values():
        other.close()
    _pages.clear()
    if image.format == "TIFF" and getattr(image, "is_animated", False):
        _pages[key] = image
    else:
        image.close()


def _header(path: Path) -> Image.Image:
    """The opened picture; one whose comments are a bomb without its comments."""
    try:
        return Image.open(path, formats=FORMATS)
    except ValueError as error:
        if not _is_text_bomb(error):
            raise
    with _lenient():
        return Image.open(path, formats=FORMATS)


@contextmanager
def _lenient() -> Iterator[None]:
    """Let Pillow go on where data are missing or a PNG's comments are too long."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False


def _is_text_bomb(error: BaseException | None) -> bool:
    return isinstance(error, ValueError) and "MAX_TEXT_CHUNK" in str(error)


def _key(path: Path) -> Key:
    status = path.stat()
    return (str(path), status.st_mtime_ns, status.st_size)


def on_white(image: Image.Image) -> Image.Image:
    """The picture as "L" or "RGB": deep gray scaled to eight bits, transparency on white."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;16"):
        return _eight_bits(image)
    if image.mode in {"L", "RGB"} and "transparency" not in image.info:
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.has_transparency_data:
        colour = image.convert("RGBA")
        paper = Image.new("RGBA", colour.size, (*WHITE, 255))
        return Image.alpha_composite(paper, colour).convert("RGB")
    return image.convert("RGB")


def _unreadable(path: Path) -> UserError:
    return UserError(
        "The picture {file} is damaged and cannot be opened. Save or scan it again and retry.",
        file=path,
    )


def _frame_problems(image: Image.Image) -> tuple[str, ...]:
    """What a picture with a single page hides: animations, further sizes."""
    is_animated = image.format != "TIFF" and getattr(image, "is_animated", False)
    return (FIRST_FRAME,) if is_animated else ()


def _has_page(image: Image.Image, number: int) -> bool:
    """Whether a TIFF has that page and its entry can be read; the ones before it are read first."""
    try:
        image.seek(number)
    except PILLOW_ERRORS:
        return False
    return True


def _geometry(image: Image.Image, path: Path, number: int) -> PageGeometry:
    _seek(image, path, number)
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise UserError(
            "The picture {file} is too large ({megapixels} million pixels, at most {limit}). "
            "Make it smaller and retry.",
            file=path,
            megapixels=round(width * height / 1e6),
            limit=MOST_PIXELS // 1_000_000,
        )
    orientation = _orientation(image)
    if orientation >= 5 and image.format != "TIFF":  # Pillow turns TIFF itself
        width, height = height, width
    return PageGeometry(
        ENGINE, float(width), float(height), exif_orientation=orientation, dpi=_dpi(image)
    )


def _seek(image: Image.Image, path: Path, number: int) -> None:
    try:
        image.seek(number)
    except EOFError as error:
        raise UserError("{file} has no page {number}.", file=path, number=number + 1) from error


def _orientation(image: Image.Image) -> int:
    exif = Image.Image.getexif(image)  # PNG's own version decodes the whole picture first
    value = exif.get(EXIF_ORIENTATION, 1)
    return int(value) if value in range(1, 9) else 1


def _dpi(image: Image.Image) -> float | None:
    """The stated resolution when it is one that a scanner or camera program would write."""
    stated = _stated(image)
    return stated[0] if stated and _is_square(stated) else None


def _stated(image: Image.Image) -> tuple[float, float] | None:
    """Dots an inch across and down, where both can be true."""
    stated = image.info.get("dpi")
    if not isinstance(stated, tuple) or len(stated) != 2:
        return None
    horizontal, vertical = (float(value) for value in stated)
    is_likely = all(DPI_RANGE[0] <= value <= DPI_RANGE[1] for value in (horizontal, vertical))
    return (horizontal, vertical) if is_likely else None


def _is_square(stated: tuple[float, float]) -> bool:
    return abs(stated[0] - stated[1]) <= 0.05 * stated[0]


def _decode(path: Path, number: int) -> Decoded:
    """The picture; what can be had of it, when the end of its data is missing or broken."""
    try:
        return _loaded(path, number)
    except UserError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError) and not _is_text_bomb(cause):
            raise
    with _lenient():
        found = _loaded(path, number)
    lost = () if _is_text_bomb(cause) else (INCOMPLETE,)
    return Decoded(found.image, (*found.problems, *lost))


def _loaded(path: Path, number: int) -> Decoded:
    with opened(path) as image:
        geometry = _geometry(image, path, number)
        if geometry.exif_orientation >= 5 and isinstance(image, TiffImageFile):
            image.filename = ""  # else Pillow maps uncompressed ones with their sides swapped
        image.load()
        stated = _stated(image)
        found = () if stated is None or _is_square(stated) else (NOT_SQUARE,)
        upright = on_white(image)
        if geometry.exif_orientation == 1 or image.format == "TIFF":
            upright = upright if upright is not image else image.copy()
        else:
            upright = upright.transpose(ORIENTATIONS[geometry.exif_orientation])
        return Decoded(upright, (*found, *_frame_problems(image)))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Gray of any depth in 0..255: by a usual full range where it fits, else by what is there."""
    values = np.asarray(image).astype(np.float32)
    values = np.where(np.isfinite(values), values, 0.0)
    low, high = float(values.min()), float(values.max())
    fitting = (full for full in FULL_RANGES if low >= 0 and FAINT * full < high <= full)
    full = next(fitting, None)
    if full is not None:
        low, high = 0.0, full
    scaled = (values - low) * (255.0 / max(high - low, 1e-12))
    return Image.fromarray(np.rint(scaled).clip(0, 255).astype(np.uint8))


def _upright(source: Image.Image, view: Frame, rotation: int, skew: float) -> Image.Image:
    """Cut out and scale in the file's own frame, then turn: exact for whole pixels."""
    back = inverse(shown_from_file(*source.size, rotation, skew))
    cut = bounding_box(
        (round(x, 6), round(y, 6))  # a turn about the centre is exact only to the last bits
        for x, y in (transform_point(back, corner) for corner in view.box.corners)
    )
    size = (view.width, view.height) if rotation % 180 == 0 else (view.height, view.width)
    part = _cut(source, cut, size)
    return part.transpose(TURNS[rotation]) if rotation else part


def _cut(source: Image.Image, cut: Box, size: tuple[int, int]) -> Image.Image:
    page = Box(0.0, 0.0, *map(float, source.size))
    if cut == page and size == source.size:
        return source
    inside = cut.intersection(page)
    if inside == cut:
        return _resized(source, cut, size)
    paper = Image.new(source.mode, size, _white(source))
    if inside.width > 0 and inside.height > 0:
        sx, sy = size[0] / cut.width, size[1] / cut.height
        part = (max(1, round(inside.width * sx)), max(1, round(inside.height * sy)))
        place = (round((inside.x0 - cut.x0) * sx), round((inside.y0 - cut.y0) * sy))
        paper.paste(_resized(source, inside, part), place)
    return paper


def _resized(source: Image.Image, cut: Box, size: tuple[int, int]) -> Image.Image:
    larger = size[0] > cut.width
    method = Image.Resampling.BICUBIC if larger else Image.Resampling.BOX
    corners = (cut.x0, cut.y0, cut.x1, cut.y1)
    return source.resize(size, method, box=corners, reducing_gap=None if larger else 2.0)


def _skewed(source: Image.Image, view: Frame, rotation: int, skew: float) -> Image.Image:
    """Deskew with one resampling; sources much larger than the result are halved first."""
    level = max(1, int(1 / view.scale)) if view.scale < 1 else 1
    small = source.reduce(level) if level > 1 else source
    shown = shown_from_file(*source.size, rotation, skew)
    # the last pixel of `small` stands for what is left, also where that is less than a whole level
    from_small = compose((float(level), 0.0, 0.0, float(level), 0.0, 0.0), shown)
    a, b, c, d, e, f = inverse(compose(from_small, view.pixels_from_page))
    return small.transform(
        (view.width, view.height),
        Image.Transform.AFFINE,
        (a, c, e, b, d, f),
        Image.Resampling.BICUBIC,
        fillcolor=_white(source),
    )


def _white(image: Image.Image) -> int | tuple[int, int, int]:
    return 255 if image.mode == "L" else WHITE
