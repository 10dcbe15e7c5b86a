"""Type faces: those PyMuPDF carries, those found on the machine, and the ink of their letters."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pymupdf
from PIL import ImageFont

from model_backend.document import Box

FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("C:/Windows/Fonts"))
FILES = {
    "dejavu": "DejaVuSans.ttf",
    "dejavu-bold": "DejaVuSans-Bold.ttf",
    "dejavu-condensed": "DejaVuSansCondensed.ttf",
    "dejavu-serif": "DejaVuSerif.ttf",
    "dejavu-serif-bold": "DejaVuSerif-Bold.ttf",
    "dejavu-serif-condensed": "DejaVuSerifCondensed.ttf",
    "dejavu-mono": "DejaVuSansMono.ttf",
    "noto-korean": "NotoSansCJK-Regular.ttc",
    "noto-korean-bold": "NotoSansCJK-Bold.ttc",
    "noto-korean-serif": "NotoSerifCJK-Regular.ttc",
    "nanum": "NanumGothic.ttf",
    "nanum-serif": "NanumMyeongjo.ttf",
}
"""Files of faces that may be on the machine."""
BUILT_IN = (
    *("helv", "hebo", "heit", "hebi", "tiro", "tibo", "tiit", "tibi"),
    *("cour", "cobo", "coit", "cobi", "zadb", "korea"),
)
"""Faces that are always there, by PyMuPDF's names; "korea" has the letters of all languages."""
INK_SIZE = 240


@dataclass(frozen=True)
class Glyph:
    """One letter of a face: its number there, and its advance and ink as shares of the size.

    The ink is as on the page: x from the pen, y down from the base line; None where it has none.
    """

    number: int
    advance: float
    ink: Box | None


@dataclass(frozen=True, eq=False)
class Face:
    """One type face; letters are measured when first needed."""

    name: str
    data: bytes
    _font: pymupdf.Font
    _ruler: ImageFont.FreeTypeFont
    _glyphs: dict[str, Glyph] = field(default_factory=dict)

    def glyph(self, letter: str) -> Glyph:
        """The letter's glyph."""
        if letter not in self._glyphs:
            self._glyphs[letter] = self._measured(letter)
        return self._glyphs[letter]

    def has(self, text: str) -> bool:
        """Whether the face can write all of the text."""
        return all(self.glyph(letter).number for letter in text)

    def width(self, text: str, size: float) -> float:
        """How far the pen goes for this text."""
        return sum(self.glyph(letter).advance for letter in text) * size

    def _measured(self, letter: str) -> Glyph:
        code = ord(letter)
        mask, (dx, dy) = self._ruler.getmask2(letter, mode="L", anchor="ls")
        inked = mask.getbbox()  # `getbbox` of the face itself counts the advance in
        ink = None
        if inked is not None:
            ink = Box(*map(float, inked)).moved(dx, dy).scaled(1 / INK_SIZE, 1 / INK_SIZE)
        return Glyph(self._font.has_glyph(code), self._font.glyph_advance(code), ink)


@cache
def face(name: str) -> Face:
    """The face of that name; KeyError where the machine has none (`available` says)."""
    font = pymupdf.Font(name) if name in BUILT_IN else pymupdf.Font(fontfile=str(_files()[name]))
    data = font.buffer
    return Face(name, data, font, ImageFont.truetype(io.BytesIO(data), INK_SIZE))


@cache
def available(*names: str) -> tuple[str, ...]:
    """Those of the names that this machine has, in the same order."""
    return tuple(name for name in names if name in BUILT_IN or name in _files())


@cache
def _files() -> dict[str, Path]:
    """Where the files of the faces are."""
    wanted = {file: name for name, file in FILES.items()}
    there = [path for folder in FOLDERS if folder.is_dir() for path in folder.rglob("*.tt[fc]")]
    return {wanted[path.name]: path for path in sorted(there) if path.name in wanted}
