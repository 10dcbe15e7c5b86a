"""Prints drawings through PyMuPDF: one document a process, its one page written anew each time.

Embedding faces and making pages takes longer than all else on a page; so the page stays.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pymupdf
from PIL import Image

from model_backend.synthesis.faces import face

POINTS_PER_INCH = 72.0


def picture(
    operators: str, size: tuple[float, float], dpi: float, *, is_colour: bool = False
) -> Image.Image:
    """The picture ("L" or "RGB") of PDF operators on white paper of a size in points.

    The operators' frame is the page's: points, origin top left, y down.
    """
    press = _press()
    press.load(operators, size)
    space = pymupdf.csRGB if is_colour else pymupdf.csGRAY
    scale = dpi / POINTS_PER_INCH
    pixmap = press.page().get_pixmap(matrix=pymupdf.Matrix(scale, scale), colorspace=space)
    mode = "RGB" if is_colour else "L"
    return Image.frombytes(mode, (pixmap.width, pixmap.height), bytes(pixmap.samples_mv))


def document(operators: str, size: tuple[float, float]) -> bytes:
    """A PDF of one page with what the operators draw, text and lines as such."""
    press = _press()
    press.load(operators, size)
    return press.bytes()


def use(name: str) -> str:
    """The name under which operators use a face; it is embedded when first needed."""
    return _press().embedded(name)


class _Press:
    """The document, its page, and the faces that are embedded in it."""

    def __init__(self) -> None:
        self._document: Any = pymupdf.open()
        page = self._document.new_page()
        page.insert_text((0, 0), " ")
        self._page, self._stream = page.xref, page.get_contents()[0]
        self._embedded: dict[str, str] = {}

    def embedded(self, name: str) -> str:
        if name not in self._embedded:
            short = f"P{len(self._embedded)}"
            self.page().insert_font(short, fontbuffer=face(name).data)
            self._embedded[name] = short
        return self._embedded[name]

    def load(self, operators: str, size: tuple[float, float]) -> None:
        width, height = size
        self._document.xref_set_key(self._page, "MediaBox", f"[0 0 {width:g} {height:g}]")
        upright = f"1 0 0 -1 0 {height:g} cm\n"
        self._document.update_stream(self._stream, (upright + operators).encode(), compress=0)

    def page(self) -> pymupdf.Page:
        return self._document.load_page(0)

    def bytes(self) -> bytes:
        made: bytes = self._document.tobytes()
        return made


@cache
def _press() -> _Press:
    return _Press()
