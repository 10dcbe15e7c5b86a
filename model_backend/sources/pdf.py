"""PDF through PyMuPDF: page sizes, words of the text layer, pixels. Only in worker processes."""

from __future__ import annotations

import stringprep
import unicodedata
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pymupdf
from pymupdf import mupdf

from model_backend.document import Affine, Box, PageGeometry, Word, compose
from model_backend.errors import PasswordNeeded, UserError
from model_backend.reading_order import reading_order
from model_backend.sources import pdf_faults
from model_backend.sources.values import (
    BROKEN_PAGE,
    HUGE_PAGE,
    MANY_FRAMES,
    MANY_WORDS,
    NO_COPYING,
    ODD_GEOMETRY,
    REPAIRED,
    Frame,
    PageRead,
    Picture,
    frame,
    shown_from_file,
    shown_size,
)

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)

ENGINE = f"pymupdf {pymupdf.VersionBind}"
OPEN_DOCUMENTS = 4
DISPLAY_LISTS = 12
"""How many documents, and pages of each, a process keeps open for quick tiles and page turns."""
MOST_PAGES = 100_000
MOST_WORDS = 100_000
"""Of one page: fifty times what a page of a newspaper has."""
HUGE_POINTS = 14_400.0
"""200 inches, PDF's own limit: such a side is a fault of the file or a drawing of a ship."""

PICTURE_COVERS = 0.8
"""A page whose pictures cover this share of it is a photograph or a scan of a page."""
FEW_WORDS = 10
"""With a picture over the whole page, fewer words than this are a header or stamp, not its text."""
MOST_UNREADABLE = 0.3
"""Share of characters without a meaning above which a text layer is of no use."""
WORD_FLAGS = (
    pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_PRESERVE_IMAGES | pymupdf.TEXT_MEDIABOX_CLIP
)
"""Ligatures are written out and unknown glyphs become U+FFFD: people label letters, not glyphs."""
INVISIBLE = 3
"""PDF's text rendering mode of an OCR layer."""

SIGNS_OF_LOSS = (
    "treating as end of file",
    "may not be correct",
    "syntax error",
    "padding truncated image",
    "cannot load content stream",
)
"""The few of MuPDF's many warnings after which something of the page is missing."""
LOOKED_AT = 200.0
"""Longest side in pixels at which a page's pictures are decoded to see whether they are whole."""
MUPDF_ERRORS = (mupdf.FzErrorBase, RuntimeError)
"""What PyMuPDF raises for broken files."""


@dataclass
class OpenPdf:
    """A document that this process keeps open, with the display lists of its last pages."""

    path: Path
    document: pymupdf.Document
    lists: OrderedDict[int, pymupdf.DisplayList] = field(default_factory=OrderedDict)
    is_miscounted: bool = False

    def display_list(self, number: int) -> pymupdf.DisplayList:
        """The page's drawing instructions, interpreted once for every tile and scale."""
        if number not in self.lists:
            self.lists[number] = self.page(number).get_displaylist()
            if len(self.lists) > DISPLAY_LISTS:
                self.lists.popitem(last=False)
        self.lists.move_to_end(number)
        return self.lists[number]

    def page(self, number: int) -> pymupdf.Page:
        """PyMuPDF's page; it must not outlive the call that asked for it."""
        if not 0 <= number < self.document.page_count:
            raise UserError("{file} has no page {number}.", file=self.path, number=number + 1)
        return self.document.load_page(number)


_open: OrderedDict[tuple[str, int, int, str], OpenPdf] = OrderedDict()


def open_pdf(path: Path, password: str = "") -> OpenPdf:
    """The opened document: one of the few kept open, when the file has not changed since."""
    status = path.stat()
    key = (str(path), status.st_mtime_ns, status.st_size, password)
    if key not in _open:
        _open[key] = _opened(path, password)
        if len(_open) > OPEN_DOCUMENTS:
            _open.popitem(last=False)[1].document.close()
    _open.move_to_end(key)
    return _open[key]


def geometries(path: Path, password: str = "") -> tuple[tuple[PageGeometry, ...], tuple[str, ...]]:
    """Geometry of every page and the document's problems; UserError when there is no page."""
    opened = open_pdf(path, password)
    with damaged(path):
        count = opened.document.page_count
    if count < 1:
        raise UserError(
            "The PDF {file} has no readable pages. Export it again and retry.", file=path
        )
    sizes = tuple(_geometry_or_letter(opened, number) for number in range(min(count, MOST_PAGES)))
    may_copy = opened.document.permissions & pymupdf.PDF_PERM_COPY
    found = {
        REPAIRED: _is_repaired(opened),
        NO_COPYING: not may_copy,
        MANY_FRAMES: count > MOST_PAGES,
    }
    return sizes, tuple(problem for problem, is_so in found.items() if is_so)


def read_page(path: Path, number: int, password: str = "") -> PageRead:
    """Words of the text layer (none when it is useless), in points of the page as shown."""
    opened = open_pdf(path, password)
    pymupdf.TOOLS.reset_mupdf_warnings()
    with damaged(path, number):
        geometry = _geometry(opened.page(number))
        raw_words, pictures = _contents(opened, number)
        if pictures:
            _decode_pictures(opened, number)
        problems = _page_problems(opened, number, geometry)
        cover = _cover(pictures, geometry.width, geometry.height)
        is_usable = _is_usable(raw_words, cover)
        is_scan = not is_usable or (cover >= PICTURE_COVERS and _is_invisible(opened, number))
    words = _words(raw_words[:MOST_WORDS]) if is_usable else ()
    if len(raw_words) > MOST_WORDS:
        problems += (MANY_WORDS,)
    return PageRead(words, geometry, geometry.width, geometry.height, "pt", is_scan, problems)


def render(
    path: Path,
    number: int,
    *,
    scale: float,
    rotation: int = 0,
    skew: float = 0.0,
    clip: Box | None = None,
    password: str = "",
    most_pixels: int,
) -> Picture:
    """Pixels of the page as shown, or of a part of it."""
    opened = open_pdf(path, password)
    with damaged(path, number):
        display_list = opened.display_list(number)
        bounds = display_list.rect
        width, height = shown_size(bounds.width, bounds.height, rotation)
        view = frame(width, height, scale=scale, clip=clip, most_pixels=most_pixels)
        upright = (1.0, 0.0, 0.0, 1.0, -bounds.x0, -bounds.y0)
        shown = shown_from_file(bounds.width, bounds.height, rotation, skew)
        to_pixels = compose(compose(upright, shown), view.pixels_from_page)
        data = _draw(display_list, to_pixels, view)
    return Picture(view.width, view.height, data, view.scale)


@contextmanager
def damaged(path: Path, number: int | None = None) -> Iterator[None]:
    """Turn what PyMuPDF raises for a broken file into a sentence about that file."""
    try:
        yield
    except MUPDF_ERRORS as error:
        if "malloc" in str(error) or "alloc" in str(error):
            raise MemoryError(str(error)) from error
        if number is None:
            raise UserError(
                "The PDF {file} is damaged and cannot be opened. Export it again and retry.",
                file=path,
            ) from error
        raise UserError(
            "Damaged: page {number} of {file} cannot be read. Export the file again and retry.",
            file=path,
            number=number + 1,
        ) from error


def prepared_password(password: str) -> str:
    """The password after SASLprep (RFC 4013), which PDF 2.0 asks for and MuPDF leaves to us."""
    mapped = (
        " " if stringprep.in_table_c12(character) else character
        for character in password
        if not stringprep.in_table_b1(character)
    )
    return unicodedata.normalize("NFKC", "".join(mapped))


def _opened(path: Path, password: str) -> OpenPdf:
    with damaged(path):
        document = _document(path)
    if document.needs_pass and not _unlock(document, password):
        if password:
            raise PasswordNeeded(
                "That password does not open {file}. Check capital letters and try again.",
                file=path,
            )
        raise PasswordNeeded("The file {file} is protected. Enter its password.", file=path)
    if _has_pages(document):
        return OpenPdf(path, document)
    with damaged(path):
        is_mended = pdf_faults.mend_count(document, MOST_PAGES)
        document.page_count  # noqa: B018  # raises again where that did not help
    return OpenPdf(path, document, is_miscounted=is_mended)


def _document(path: Path) -> pymupdf.Document:
    try:
        return pymupdf.open(path, filetype="pdf")
    except pymupdf.FileDataError as error:
        if "encryption" not in str(error.__cause__ or error.__context__):
            raise
        raise UserError(
            "The PDF {file} is locked in a way that is not supported. Open it in the program it"
            " was locked with, save it without protection and retry.",
            file=path,
        ) from error


def _has_pages(document: pymupdf.Document) -> bool:
    """Whether the page tree counts any; this is where it is read for the first time."""
    try:
        return bool(document.page_count > 0)
    except MUPDF_ERRORS:
        return False


def _unlock(document: pymupdf.Document, password: str) -> bool:
    with damaged(Path(document.name)):
        return any(
            document.authenticate(attempt) for attempt in (password, prepared_password(password))
        )


def _geometry_or_letter(opened: OpenPdf, number: int) -> PageGeometry:
    """The page's geometry; letter paper for a page so broken that it has none."""
    try:
        return _geometry(opened.page(number))
    except MUPDF_ERRORS:
        return PageGeometry(ENGINE, 612.0, 792.0)


def _geometry(page: pymupdf.Page) -> PageGeometry:
    rect = page.rect
    crop = page.cropbox
    return PageGeometry(
        engine=ENGINE,
        width=float(rect.width),
        height=float(rect.height),
        file_rotation=int(page.rotation),
        crop_box=(float(crop.x0), float(crop.y0), float(crop.x1), float(crop.y1)),
        user_unit=_user_unit(page),
    )


def _user_unit(page: pymupdf.Page) -> float:
    if not pdf_faults.is_there(page):
        return 1.0
    kind, unit = page.parent.xref_get_key(page.xref, "UserUnit")
    return float(unit) if kind in {"int", "real", "float"} else 1.0


def _contents(opened: OpenPdf, number: int) -> tuple[list[Any], list[Any]]:
    """Raw words and pictures from one pass over the display list, so in the page's shown frame."""
    display_list = opened.display_list(number)
    text = pymupdf.TextPage(display_list.get_textpage(flags=WORD_FLAGS))
    return text.extractWORDS(), text.extractIMGINFO()


def _cover(pictures: list[Any], width: float, height: float) -> float:
    """Largest share of the page that one picture, or the strips of one, covers."""
    page = Box(0.0, 0.0, width, height)
    boxes = [Box(*picture["bbox"]).intersection(page) for picture in pictures]
    shown = [box for box in boxes if box.width > 0 and box.height > 0]
    if not shown or not page.area:
        return 0.0
    return min(1.0, sum(box.area for box in shown) / page.area)


def _is_usable(raw_words: list[Any], cover: float) -> bool:
    text = "".join(word[4] for word in raw_words)
    unreadable = sum(1 for character in text if _is_unreadable(character))
    if len(text) == unreadable or unreadable > MOST_UNREADABLE * len(text):
        return False
    return cover < PICTURE_COVERS or len(raw_words) >= FEW_WORDS


def _is_unreadable(character: str) -> bool:
    return character == "\ufffd" or unicodedata.category(character) in {"Co", "Cn", "Cc", "Cs"}


def _is_invisible(opened: OpenPdf, number: int) -> bool:
    """Whether most of the text is never painted: a recogniser's layer over the scan of a page."""
    spans = opened.page(number).get_texttrace()
    hidden = sum(1 for span in spans if span["type"] == INVISIBLE)
    return 2 * hidden > len(spans)


def _words(raw_words: list[Any]) -> tuple[Word, ...]:
    found = tuple(
        Word(number, word[4], Box(*(round(value, 3) for value in word[:4])))
        for number, word in enumerate(raw_words, 1)
        if word[4].strip() and word[2] > word[0] and word[3] > word[1]
    )
    return numbered(reading_order(found))


def numbered(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words with ids 1, 2, 3 ... in the order given."""
    return tuple(
        Word(number, word.text, word.box, word.confidence) for number, word in enumerate(words, 1)
    )


def _decode_pictures(opened: OpenPdf, number: int) -> None:
    """Draw the page in small: MuPDF says only while drawing that data of a picture are missing."""
    display_list = opened.display_list(number)
    bounds = display_list.rect
    scale = LOOKED_AT / max(bounds.width, bounds.height)
    view = frame(bounds.width, bounds.height, scale=scale, clip=None)
    to_pixels = compose((1.0, 0.0, 0.0, 1.0, -bounds.x0, -bounds.y0), view.pixels_from_page)
    _draw(display_list, to_pixels, view)


def _is_repaired(opened: OpenPdf) -> bool:
    return bool(opened.document.is_repaired or opened.is_miscounted)


def _page_problems(opened: OpenPdf, number: int, geometry: PageGeometry) -> tuple[str, ...]:
    """What a person should know of the page, after it was read."""
    page = opened.page(number)
    is_there = pdf_faults.is_there(page)
    warnings = pymupdf.TOOLS.mupdf_warnings()
    found = {
        HUGE_PAGE: max(geometry.width, geometry.height) >= HUGE_POINTS,
        ODD_GEOMETRY: is_there and pdf_faults.has_odd_geometry(opened.document, page.xref),
        BROKEN_PAGE: not is_there or any(sign in warnings for sign in SIGNS_OF_LOSS),
        REPAIRED: _is_repaired(opened),
    }
    return tuple(problem for problem, is_so in found.items() if is_so)


def _draw(display_list: pymupdf.DisplayList, to_pixels: Affine, view: Frame) -> bytes:
    blue_first = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_BGR)
    bounds = mupdf.fz_make_irect(0, 0, view.width, view.height)
    pixmap = mupdf.fz_new_pixmap_with_bbox(blue_first, bounds, mupdf.FzSeparations(), 1)
    mupdf.fz_clear_pixmap_with_value(pixmap, 0xFF)  # alpha too: opaque white
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(*to_pixels), pixmap)
    everything = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    mupdf.fz_run_display_list(
        display_list.this, device, mupdf.FzMatrix(), everything, mupdf.FzCookie()
    )
    mupdf.fz_close_device(device)
    pixels = pymupdf.Pixmap("raw", pixmap)  # must outlive its view
    return bytes(pixels.samples_mv)
