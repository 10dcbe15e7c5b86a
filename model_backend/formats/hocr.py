"""hOCR: blocks, lines and words in HTML, as tesseract and others write it.

`read_member` and `Writer` are inverses in what is meant. Left out of that: paragraphs (their
lines belong to the block), inline markup of words (its text stays), other title properties of
blocks and lines, white space within words, fractions of pixels, and a page origin other than
zero (boxes are moved). The HTML is read as it is: no document type is fetched, no entity but
HTML's own is expanded. Labels other than the known classes leave as `x_label`. hOCR has no links,
no grids of tables, no outlines but boxes, and no text of a block but that of its words.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from model_backend.document import Box, Page, union_of
from model_backend.errors import UserError
from model_backend.formats.html_tree import Node, Tree
from model_backend.formats.safe_json import check_file
from model_backend.formats.text_files import (
    count_in,
    file_of,
    members_of,
)
from model_backend.formats.text_layout import (
    MADE,
    PLAIN,
    Kind,
    Layout,
    Piece,
)
from model_backend.formats.text_reader import left_out, picture_for, read_page
from model_backend.formats.text_writer import TextWriter
from model_backend.formats.text_xml import number, set_text, whole
from model_backend.formats.values import ReadPage
from model_backend.quality import read_back_text

FORMAT = "hocr"
MAXIMUM_BYTES = 20 * 2**20
BLOCKS = {"ocr_carea": PLAIN, "ocrx_block": PLAIN}
LINES = ("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat")
"""Classes of lines; tesseract says with them what kind of text a line is."""
WORDS = ("ocrx_word", "ocr_word")
REGIONS = {
    "ocr_photo": "photo",
    "ocr_image": "image",
    "ocr_separator": "separator",
    "ocr_table": "table",
    "ocr_float": "float",
    "ocr_linedrawing": "line drawing",
}
_CLASSES = {label: name for name, label in REGIONS.items()}
_SIGN = r"""class\s*=\s*["'][^"']*\bocr_page\b"""
_PROPERTY = re.compile(r"""\s*([A-Za-z_][\w-]*)((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^;])*);?""")
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([\w-]{1,40})""")
_ENCODINGS = ("iso-8859-1", "iso-8859-15", "windows-1252", "latin-1", "latin1", "us-ascii")


def members(path: Path) -> tuple[str, ...]:
    """Names of the pages of all hOCR files below a folder, or of the one file."""
    suffixes = (".hocr", ".html", ".htm", ".xhtml", ".xml")
    return members_of(path, suffixes, lambda file: count_in(file, _SIGN, MAXIMUM_BYTES), "hOCR")


def read_member(path: Path, member: str) -> ReadPage:
    """One page; UserError where the file cannot be used."""
    file, place = file_of(path, member)
    check_file(file, MAXIMUM_BYTES)
    tree = Tree(file, (*LINES, *WORDS))
    tree.feed(_text(file))
    tree.close()
    pages = [node for node in tree.root.all() if "ocr_page" in node.classes]
    if place >= len(pages):
        raise UserError("The file {file} has no page {number}.", file=file, number=place + 1)
    layout = _Reader(pages[place]).layout()
    return read_page(layout, FORMAT, file, place, picture_for(path, file, layout.image))


def _text(file: Path) -> str:
    """The file's text in the encoding it says, UTF-8 unless it says another."""
    data = file.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        said = _CHARSET.search(data[:2000])
        name = said[1].decode("ascii").lower() if said else ""
        encoding = name if name in _ENCODINGS else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UserError(
            "The file {file} is not text that can be read ({reason}). Save it as UTF-8 and retry.",
            file=file,
            reason=error.reason,
        ) from error


def properties(title: str) -> dict[str, str]:
    """The properties of a title; names of files may have quotes, semicolons and blanks."""
    found: dict[str, str] = {}
    for match in _PROPERTY.finditer(title[:10_000]):
        found.setdefault(match[1], match[2].strip())
    return found


def unquoted(text: str) -> str:
    """The value without its quotes."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text.strip("'") if text.startswith("'") else text


class _Reader:
    """One page; boxes are moved to an origin of zero."""

    def __init__(self, page: Node) -> None:
        self.page = page
        self.title = properties(page.attributes.get("title", ""))
        self.left = self.top = 0.0
        self.skipped: list[str] = []
        self.outline = self._box(self.title)
        if self.outline is not None:
            self.left, self.top = self.outline.x0, self.outline.y0

    def layout(self) -> Layout:
        """The whole page."""
        pieces = self._blocks(self.page)
        box = self.outline
        is_sized = box is not None and box.width > 0 and box.height > 0
        return Layout(
            size=(box.width, box.height) if box is not None and is_sized else None,
            image=unquoted(self.title.get("image", "")),
            pieces=tuple(pieces),
            problems=left_out(self.skipped),
        )

    def _box(self, title: dict[str, str]) -> Box | None:
        sides = [number(part) for part in title.get("bbox", "").split()]
        known = [side for side in sides if side is not None]
        if len(sides) != 4 or len(known) != 4:
            return None
        return Box(*known).normalized().moved(-self.left, -self.top)

    def _blocks(self, parent: Node) -> list[Piece]:
        """Blocks, other regions, and lines or words that are in no block."""
        found: list[Piece] = []
        loose: list[Piece] = []
        for node in parent.parts:
            if node.of(BLOCKS) or (node.of(REGIONS) and self._has_text(node)):
                found += self._block(node)
            elif node.of(REGIONS):
                found += self._region(node)
            elif node.of(LINES) or node.of(WORDS):
                loose += self._lines(node)
            else:
                found += self._blocks(node)
        return [*found, *self._around(loose)]

    def _around(self, lines: list[Piece]) -> list[Piece]:
        """A block that the file does not have, so that its lines have a place."""
        if not lines:
            return []
        box = union_of(line.box for line in lines)
        return [Piece(Kind.BLOCK, box, key=f"{MADE}loose", parts=tuple(lines))]

    def _has_text(self, node: Node) -> bool:
        return any(part.of(LINES) or part.of(WORDS) for part in node.all())

    def _block(self, node: Node) -> list[Piece]:
        lines = [line for part in node.parts for line in self._lines(part)]
        title = properties(node.attributes.get("title", ""))
        box = self._box(title) or (union_of(line.box for line in lines) if lines else None)
        if box is None:
            self.skipped.append(node.attributes.get("id") or node.name)
            return []
        key = node.attributes.get("id", "")
        region = node.of(REGIONS)
        label = unquoted(title.get("x_label", "")) or REGIONS.get(region, PLAIN)
        block = Piece(Kind.BLOCK, box, None, label=label, key=key, parts=tuple(lines))
        if not region or key.startswith(MADE):
            return [block]
        outline = Piece(Kind.REGION, box, label=label, key=key)
        return [outline, replace(block, key=f"{MADE}{key}")]

    def _region(self, node: Node) -> list[Piece]:
        title = properties(node.attributes.get("title", ""))
        box = self._box(title)
        if box is None:
            self.skipped.append(node.attributes.get("id") or node.name)
            return []
        key = node.attributes.get("id", "")
        label = unquoted(title.get("x_label", "")) or REGIONS[node.of(REGIONS)]
        return [] if key.startswith(MADE) else [Piece(Kind.REGION, box, label=label, key=key)]

    def _lines(self, node: Node) -> list[Piece]:
        """The lines in an element; a word outside of any line is given."""
        if node.of(WORDS):
            return self._words(node)
        if not node.of(LINES):
            return [line for part in node.parts for line in self._lines(part)]
        title = properties(node.attributes.get("title", ""))
        words = tuple(word for part in node.all() for word in self._words(part))
        box = self._box(title) or (union_of(word.box for word in words) if words else None)
        if box is None:
            self.skipped.append(node.attributes.get("id") or node.name)
            return []
        extra: dict[str, Any] = {"class": node.of(LINES)}
        if "baseline" in title:
            extra["attributes"] = {"BASELINE": title["baseline"]}
        text = None if words else " ".join("".join(node.texts).split())
        key = node.attributes.get("id", "")
        return [Piece(Kind.LINE, box, text, key=key, extra=extra, parts=words)]

    def _words(self, node: Node) -> list[Piece]:
        if not node.of(WORDS):
            return []
        title = properties(node.attributes.get("title", ""))
        box = self._box(title)
        if box is None:
            self.skipped.append(node.attributes.get("id") or node.name)
            return []
        share = number(title.get("x_wconf"))
        text = " ".join("".join(node.texts).split())
        kept = {key: node.attributes[key] for key in ("lang", "dir") if key in node.attributes}
        return [
            Piece(
                Kind.WORD, box, text, key=node.attributes.get("id", ""),
                confidence=None if share is None else share / 100,
                extra={"attributes": kept} if kept else {},
            )
        ]  # fmt: skip


class Writer(TextWriter):
    """Writes hocr/NAME.hocr and images/NAME.*, a page at a time, each read back at once."""

    format_name, folder_name, suffix = FORMAT, "hocr", ".hocr"

    def element(self, layout: Layout, image: str, page: Page) -> Element:
        """The whole file."""
        root = Element("html", xmlns="http://www.w3.org/1999/xhtml")
        head = SubElement(root, "head")
        SubElement(head, "title").text = set_text(image)
        SubElement(head, "meta", {"http-equiv": "Content-Type", "content": _CONTENT_TYPE})
        SubElement(head, "meta", {"name": "ocr-system", "content": "Proofdesk"})
        size = f"bbox 0 0 {round(page.width)} {round(page.height)}; ppageno 0"
        title = f"image {quoted(image)}; {size}"
        attributes = {"class": "ocr_page", "id": f"{MADE}page", "title": title}
        top = SubElement(SubElement(root, "body"), "div", attributes)
        for piece in layout.pieces:
            _add(top, piece)
        return root

    def text(self, root: Element) -> bytes:
        """As XHTML that HTML parsers read too: no element closes itself."""
        ElementTree.indent(root)
        data: bytes = ElementTree.tostring(root, "utf-8", short_empty_elements=False)
        return _HEAD + data + b"\n"

    def check(self, file: Path, page: Page) -> None:
        """Read it back."""
        read_back_text.check_hocr(file, page)


_CONTENT_TYPE = "text/html; charset=utf-8"
_HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
    "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
"""


def quoted(text: str) -> str:
    """The text as a property of a title."""
    return '"' + re.sub(r'(["\\])', r"\\\1", " ".join(set_text(text).split())) + '"'


def _add(parent: Element, piece: Piece) -> None:
    """One block, line, word, table or other region with its parts."""
    if piece.kind is Kind.CELL and not piece.parts:
        return
    is_grid = piece.kind in (Kind.TABLE, Kind.CELL)
    name = "span" if piece.kind in (Kind.LINE, Kind.WORD) else "div"
    given = piece.extra.get("attributes", {}) if piece.kind is Kind.WORD else {}
    attributes = {
        "class": _class(piece),
        "id": f"{MADE}{piece.key}" if is_grid else piece.key,
        "title": _title(piece),
        **given,
    }
    element = SubElement(parent, name, attributes)
    if piece.kind is Kind.WORD or (piece.kind is Kind.LINE and not piece.parts):
        element.text = set_text(piece.text or "")
    for part in piece.parts:
        _add(element, part)


def _class(piece: Piece) -> str:
    if piece.kind is Kind.REGION:
        return _CLASSES.get(piece.label, "ocr_float")
    if piece.kind is Kind.LINE:
        return str(piece.extra.get("class", "ocr_line"))
    return {Kind.WORD: "ocrx_word", Kind.TABLE: "ocr_table"}.get(piece.kind, "ocr_carea")


def _title(piece: Piece) -> str:
    box = whole(piece.box)
    title = f"bbox {box.x0:.0f} {box.y0:.0f} {box.x1:.0f} {box.y1:.0f}"
    baseline = piece.extra.get("attributes", {}).get("BASELINE", "")
    if piece.kind is Kind.LINE and baseline:
        title += f"; baseline {baseline}"
    if piece.kind is Kind.WORD and piece.confidence is not None:
        title += f"; x_wconf {piece.confidence * 100:.12g}"
    is_known = piece.label in ("", PLAIN) or (piece.kind is Kind.REGION and piece.label in _CLASSES)
    return title if is_known else f"{title}; x_label {quoted(piece.label)}"
