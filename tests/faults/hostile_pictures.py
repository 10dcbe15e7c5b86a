"""Hostile and odd pictures, made as rows B37 to B55 of the catalogue of bad inputs say."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

Make = Callable[[Path], None]
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def written(data: bytes) -> Make:
    """Just these bytes."""

    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def saved(image: Image.Image, **options: object) -> Make:
    """The picture as its name says."""

    def make(path: Path) -> None:
        image.save(path, **options)

    return make


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(
    width: int, height: int, *, rows: int = 0, before: bytes = b"", after: bytes = b""
) -> bytes:
    """A PNG of gray rows, each compressed to almost nothing, with chunks before and after them."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    squeeze = zlib.compressobj(9)
    row = b"\0" + b"\x80" * width if rows else b""
    data = b"".join(squeeze.compress(row) for _ in range(rows)) + squeeze.flush()
    end = chunk(b"IEND", b"")
    return SIGNATURE + head + before + chunk(b"IDAT", data) + after + end


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def letter(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    """A white sheet with a black corner at the top left and words."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, size[0] // 4, size[1] // 4), fill=0)
    draw.text((size[0] // 3, size[1] // 2), "hello", fill=0)
    return image.convert(mode)


def _gradient() -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    row = np.linspace(0.0, 1.0, 120, dtype=np.float32)
    return np.repeat(row[None, :], 80, axis=0)


def _oriented(orientation: int) -> Make:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(letter(size=(80, 60)), exif=exif)


def _pages(count: int) -> Make:
    def make(path: Path) -> None:
        pages = [Image.new("1", (8, 8), number % 2) for number in range(count)]
        pages[0].save(path, save_all=True, append_images=pages[1:])

    return make


def _looping_tiff() -> bytes:
    """Its only directory says that it is followed by itself."""
    data = bytearray(_encoded(letter("L", (16, 16)), "TIFF"))
    (first,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * entries, first)
    return bytes(data)


def _text_bomb(megabytes: int) -> bytes:
    text = zlib.compress(b"A" * (megabytes * 2**20), 9)
    return chunk(b"zTXt", b"Comment\0\0" + text)


def _animated(kind: str) -> Make:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]

    def make(path: Path) -> None:
        frames[0].save(path, kind, save_all=True, append_images=frames[1:], duration=100)

    return make


def _flipped(data: bytes, seed: int) -> bytes:
    chance = random.Random(seed)  # noqa: S311 - a fixed seed is the point
    changed = bytearray(data)
    for _ in range(12):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _commented(path: Path) -> None:
    info = PngInfo()
    info.add_text("Comment", "<img src='http://127.0.0.1:9/x'>", zip=True)
    letter().save(path, pnginfo=info)


def files(samples: Path, canary: str, address: str) -> dict[str, Make]:
    """What to make, by the name of the file; `canary` must never come to be."""
    photo = (samples / "letter.jpg").read_bytes()
    eps = (
        f"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%touch {canary}) (w) file\n"
        f"({canary}) (w) file closefile\n%%EOF\n"
    ).encode()
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg"><!DOCTYPE s [<!ENTITY x SYSTEM "{address}">]>'
        f'<image href="{address}"/>&x;</svg>'
    ).encode()
    web = f'<!DOCTYPE html><html><img src="{address}"></html>'.encode()
    mpo = [letter(), letter("L").convert("RGB")]
    flipped = {f"B55 flipped {seed:02}.jpg": written(_flipped(photo, seed)) for seed in range(20)}
    return {
        "B37 2.5 gigapixels.png": written(png(50_000, 50_000, rows=40)),
        "B38 144 megapixels.png": written(png(12_000, 12_000, rows=12_000)),
        "B39 endless header.png": written(png(2**31 - 1, 2**31 - 1)),
        "B40 nothing wide.png": written(png(0, 0)),
        "B41 cut.jpg": written(photo[: len(photo) // 2]),
        "B41 cut.png": written(_encoded(_photo_like(), "PNG")[:20_000]),
        "B41 header only.jpg": written(photo[:700]),
        "B42 cmyk.jpg": saved(letter("CMYK")),
        "B43 16 bits.png": saved(Image.fromarray((_gradient() * 65535).astype(np.uint16))),
        "B43 float.tif": saved(Image.fromarray(_gradient())),
        "B44 500 pages.tif": _pages(500),
        "B45 loop.tif": written(_looping_tiff()),
        **{f"B46 orientation {number}.jpg": _oriented(number) for number in (*range(1, 9), 99)},
        "B47 text bomb.png": written(png(20, 20, rows=20, before=_text_bomb(200))),
        "B47 text bomb behind.png": written(png(20, 20, rows=20, after=_text_bomb(200))),
        "B47 text.png": _commented,
        "B48 eps.png": written(eps),
        "B48 eps.eps": written(eps),
        "B49 drawing.svg": written(svg),
        "B49 drawing.png": written(svg),
        "B50 corrupt profile.jpg": saved(letter(), icc_profile=b"\0" * 200),
        "B50 corrupt profile.png": written(
            png(20, 20, rows=20, before=chunk(b"iCCP", b"x\0\0" + b"\x01\x02\x03" * 20))
        ),
        "B51 1 x 40000.png": written(png(1, 40_000, rows=40_000)),
        "B51 40000 x 1.png": written(png(40_000, 1, rows=1)),
        "B51 1 x 1.png": written(png(1, 1, rows=1)),
        "B52 broken JPEG 2000.jp2": written(b"\x00\x00\x00\x0cjP  \r\n\x87\n" + b"\x33" * 500),
        "B52 really a web page.jpg": written(web),
        "B53 dpi 0.jpg": saved(letter(), dpi=(0, 0)),
        "B53 dpi a million.png": saved(letter(), dpi=(1_000_000, 1_000_000)),
        "B53 dpi 300 x 72.jpg": saved(letter(), dpi=(300, 72)),
        "B54 animation.gif": _animated("GIF"),
        "B54 animation.webp": _animated("WEBP"),
        "B54 animation.png": _animated("PNG"),
        "B54 two pictures.mpo": saved(mpo[0], format="MPO", save_all=True, append_images=mpo[1:]),
        "B54 heic.heic": written(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\0" * 400),
        "B54 metafile.wmf": written(b"\xd7\xcd\xc6\x9a" + b"\0" * 400),
        **flipped,
    }  # fmt: skip


def _photo_like() -> Image.Image:
    noise = np.random.default_rng(1).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    return Image.fromarray(noise)
