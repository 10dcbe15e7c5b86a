"""ALTO: blocks, lines and words (versions 2 to 4, or without namespace), in pixels or in lengths.

`read_member` and `Writer` are inverses in what is meant. Left out of that: styles, margins, glyphs,
processing notes, the nesting of composed blocks, and the unit (pixels leave). Spaces and hyphens
(SP, HYP, SUBS_TYPE, SUBS_CONTENT) stay as they were. Labels leave as LayoutTags. ALTO has no
links, no grids of tables, and no text of a block but that of its words.
Lengths (mm10, inch1200) are scaled to the picture; without one to 300 dots per inch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from model_backend.document import Box, Page, Polygon
from model_backend.errors import UserError
from model_backend.formats import safe_xml
from model_backend.formats.pictures import geometry_of
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
from model_backend.formats.text_xml import (
    attributes_of,
    boxed,
    find,
    local,
    number,
    pairs,
    plain,
    points_text,
    set_text,
)
from model_backend.formats.values import ReadPage
from model_backend.quality import read_back_text

FORMAT = "alto"
NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
UNITS = {"mm10": 254.0, "inch1200": 1200.0}
"""Lengths other than pixels: how many of them are an inch."""
DEFAULT_DPI = 300.0
REGIONS = {"Illustration": "illustration", "GraphicalElement": "graphical element"}
COMPOSED = "ComposedBlock"
_SIGN, _PAGE = r"<(?:[\w.-]+:)?alto[\s>]", r"<(?:[\w.-]+:)?Page[\s>]"
_PLACE = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
_REFERENCES = ("ID", "STYLEREFS", "TAGREFS", "PROCESSINGREFS", "IDNEXT")


def members(path: Path) -> tuple[str, ...]:
    """Names of the pages of all ALTO files below a folder, or of the one file."""
    return members_of(path, (".xml", ".alto"), _pages_in, "ALTO")


def _pages_in(file: Path) -> int:
    if not count_in(file, _SIGN, 2**16):
        return 0
    return max(1, count_in(file, _PAGE, safe_xml.MAXIMUM_BYTES))


def read_member(path: Path, member: str) -> ReadPage:
    """One page; UserError where the file cannot be used."""
    file, place = file_of(path, member)
    root = safe_xml.load(file)
    pages = [element for element in root.iter() if local(element) == "Page"]
    if place >= len(pages):
        raise UserError("The file {file} has no page {number}.", file=file, number=place + 1)
    named = (element.text or "" for element in root.iter() if local(element) == "fileName")
    name = next(named, "").strip()
    picture = picture_for(path, file, name)
    layout = _Reader(root, pages[place], picture[0]).layout(name)
    return read_page(layout, FORMAT, file, place, picture)


class _Reader:
    """One page with the tags of its file and the scale of its unit."""

    def __init__(self, root: Element, page: Element, image: Path | None) -> None:
        self.root, self.page = root, page
        self.skipped: list[str] = []
        self.tags = {
            tag.get("ID", ""): tag.get("LABEL", "")
            for tag in root.iter()
            if local(tag).endswith("Tag")
        }
        units = (
            element.text or "" for element in root.iter() if local(element) == "MeasurementUnit"
        )
        self.across, self.down = self._scale(next(units, "pixel").strip().lower(), image)

    def _scale(self, unit: str, image: Path | None) -> tuple[float, float]:
        """Pixels to a unit."""
        if unit not in UNITS:
            return 1.0, 1.0
        width, height = (number(self.page.get(key)) for key in ("WIDTH", "HEIGHT"))
        dpi = DEFAULT_DPI
        try:
            if image is not None:
                geometry = geometry_of(image)
                if width and height and min(width, height) > 0:
                    return geometry.width / width, geometry.height / height
                dpi = geometry.dpi or dpi
        except UserError:  # told when the picture is measured
            pass
        return dpi / UNITS[unit], dpi / UNITS[unit]

    def layout(self, name: str) -> Layout:
        """The whole page."""
        width, height = (number(self.page.get(key)) for key in ("WIDTH", "HEIGHT"))
        pieces = tuple(self._blocks(self.page))
        extra: dict[str, Any] = {"attributes": attributes_of(self.page, "ID", "WIDTH", "HEIGHT")}
        for key in _REFERENCES:
            extra["attributes"].pop(key, None)
        if order := self._order():
            extra["order"] = order
        is_sized = bool(width and height and min(width, height) > 0)
        return Layout(
            size=((width or 0) * self.across, (height or 0) * self.down) if is_sized else None,
            image=name,
            pieces=pieces,
            extra=extra,
            problems=left_out(self.skipped),
        )

    def _order(self) -> list[str]:
        order = next((item for item in self.root.iter() if local(item) == "ReadingOrder"), None)
        found = () if order is None else (item.get("REF") for item in order.iter())
        return list(dict.fromkeys(key for key in found if key))

    def _blocks(self, parent: Element) -> Iterator[Piece]:
        """Blocks of print space and margins, those of composed blocks after these."""
        for element in parent:
            name = local(element)
            if name == "TextBlock":
                piece = self._piece(Kind.BLOCK, element)
                if piece is not None:
                    label = self._label(element) or PLAIN
                    yield replace(piece, label=label)
            elif name in REGIONS or (
                name == COMPOSED and not element.get("ID", "").startswith(MADE)
            ):
                yield from self._region(element, name)
            if name == COMPOSED or name == "PrintSpace" or name.endswith("Margin"):
                yield from self._blocks(element)

    def _label(self, element: Element) -> str:
        keys = element.get("TAGREFS", "").split()
        return next((self.tags[key] for key in keys if self.tags.get(key)), "")

    def _region(self, element: Element, name: str) -> Iterator[Piece]:
        piece = self._piece(Kind.REGION, element)
        if piece is not None:
            label = element.get("TYPE") or REGIONS.get(name, "composed block")
            extra = {**piece.extra, "element": name, "label": label}
            yield replace(piece, label=label, extra=extra)

    def _piece(self, kind: Kind, element: Element) -> Piece | None:
        """A block, line or word; None where neither it nor a part has a place."""
        below = {Kind.BLOCK: (Kind.LINE, "TextLine"), Kind.LINE: (Kind.WORD, "String")}
        next_kind, name = below.get(kind, (Kind.WORD, ""))
        extra: dict[str, Any] = {}
        parts: list[Piece] = []
        before = ""
        for child in element:
            if local(child) == name and (piece := self._piece(next_kind, child)):
                if next_kind is Kind.WORD and before == "String":
                    piece = replace(piece, extra={**piece.extra, "no_space": True})
                parts.append(piece)
            elif local(child) == "HYP" and kind is Kind.LINE:
                extra["hyphen"] = attributes_of(child)
            before = local(child)
        box, polygon = self._box(element), self._polygon(element)
        if box is None and not polygon and not parts:
            self.skipped.append(element.get("ID") or local(element))
            return None
        if attributes := attributes_of(element, *_PLACE, *_REFERENCES, "CONTENT", "WC"):
            extra["attributes"] = attributes
        around, polygon = boxed(polygon, parts) if box is None else (box, polygon)
        text = element.get("CONTENT", "") if kind is Kind.WORD else None
        return Piece(
            kind, around, text, polygon, "", number(element.get("WC")), element.get("ID", ""),
            extra, tuple(parts),
        )  # fmt: skip

    def _box(self, element: Element) -> Box | None:
        left, top, width, height = (number(element.get(key)) for key in _PLACE)
        if left is None or top is None or width is None or height is None:
            return None
        box = Box(left, top, left + width, top + height).normalized()
        return box.scaled(self.across, self.down)

    def _polygon(self, element: Element) -> Polygon:
        shape = find(element, "Shape")
        polygon = None if shape is None else find(shape, "Polygon")
        points = () if polygon is None else pairs(polygon.get("POINTS", ""))
        return tuple((x * self.across, y * self.down) for x, y in points)


class Writer(TextWriter):
    """Writes alto/NAME.xml and images/NAME.*, a page at a time, each read back at once."""

    format_name, folder_name, suffix = FORMAT, "alto", ".xml"

    def element(self, layout: Layout, image: str, page: Page) -> Element:
        """The whole file."""
        root = Element("alto", xmlns=NAMESPACE)
        description = SubElement(root, "Description")
        SubElement(description, "MeasurementUnit").text = "pixel"
        source = SubElement(description, "sourceImageInformation")
        SubElement(source, "fileName").text = set_text(image)
        labels = dict.fromkeys(
            set_text(piece.label) for piece in layout.pieces if piece.kind is Kind.BLOCK
        )
        tags = {
            label: f"tag_{place}"
            for place, label in enumerate(labels, 1)
            if label not in ("", PLAIN)
        }
        if tags:
            parent = SubElement(root, "Tags")
            for label, key in tags.items():
                SubElement(parent, "LayoutTag", ID=key, LABEL=label)
        _add_order(root, layout)
        size = {"WIDTH": plain(page.width), "HEIGHT": plain(page.height)}
        given = layout.extra.get("attributes", {})
        attributes = {"ID": "page_1", "PHYSICAL_IMG_NR": "1", **given, **size}
        top = SubElement(SubElement(root, "Layout"), "Page", attributes)
        space = SubElement(top, "PrintSpace", {"HPOS": "0", "VPOS": "0", **size})
        for piece in layout.pieces:
            _add(space, piece, tags)
        return root

    def check(self, file: Path, page: Page) -> None:
        """Read it back."""
        read_back_text.check_alto(file, page)


def _add_order(root: Element, layout: Layout) -> None:
    keys = {piece.key for piece in layout.pieces}
    order = [key for key in layout.extra.get("order", ()) if key in keys]
    if order:
        group = SubElement(SubElement(root, "ReadingOrder"), "OrderedGroup", ID="reading_order")
        for place, key in enumerate(order, 1):
            SubElement(group, "ElementRef", ID=f"reference_{place}", REF=key)


def _place(piece: Piece) -> dict[str, str]:
    box = piece.box.normalized()
    sides = (box.x0, box.y0, box.width, box.height)
    return dict(zip(_PLACE, map(plain, sides), strict=True))


def _add(parent: Element, piece: Piece, tags: dict[str, str]) -> None:
    """One block, line, word, table or other region with its parts."""
    if piece.kind is Kind.CELL and not piece.parts:
        return
    is_grid = piece.kind in (Kind.TABLE, Kind.CELL)
    key = f"{MADE}{piece.key}" if is_grid else piece.key
    attributes = {"ID": key, **piece.extra.get("attributes", {}), **_place(piece)}
    name = _name(piece, attributes)
    if piece.kind is Kind.BLOCK and (label := set_text(piece.label)) in tags:
        attributes["TAGREFS"] = tags[label]
    if piece.kind is Kind.WORD:
        _add_string(parent, piece, attributes)
        return
    element = SubElement(parent, name, attributes)
    if piece.polygon:
        shape = SubElement(element, "Shape")
        SubElement(shape, "Polygon", POINTS=points_text(piece.polygon))
    if piece.kind is Kind.LINE and not piece.parts and piece.text:
        key = f"{piece.key}_text"
        parts: tuple[Piece, ...] = (
            Piece(Kind.WORD, piece.box, piece.text, confidence=piece.confidence, key=key),
        )
    else:
        parts = piece.parts
    for place, part in enumerate(parts):
        if place and part.kind is Kind.WORD and not part.extra.get("no_space"):
            _add_space(element, parts[place - 1], part)
        _add(element, part, tags)
    if piece.kind is Kind.LINE and "hyphen" in piece.extra:
        SubElement(element, "HYP", piece.extra["hyphen"])


def _name(piece: Piece, attributes: dict[str, str]) -> str:
    names = {Kind.LINE: "TextLine", Kind.WORD: "String", Kind.TABLE: COMPOSED}
    if piece.kind is Kind.TABLE:
        attributes["TYPE"] = "table"
    if piece.kind is not Kind.REGION:
        return names.get(piece.kind, "TextBlock")
    known = {label: name for name, label in REGIONS.items()}
    if piece.extra.get("label") == piece.label:
        return str(piece.extra["element"])
    attributes.pop("TYPE", None)
    if piece.label not in known:
        attributes["TYPE"] = set_text(piece.label)
    return known.get(piece.label, "Illustration")


def _add_string(parent: Element, piece: Piece, attributes: dict[str, str]) -> None:
    attributes["CONTENT"] = set_text(piece.text or "")
    if piece.confidence is not None:
        attributes["WC"] = plain(piece.confidence)
    element = SubElement(parent, "String", attributes)
    if piece.polygon:
        shape = SubElement(element, "Shape")
        SubElement(shape, "Polygon", POINTS=points_text(piece.polygon))


def _add_space(parent: Element, before: Piece, after: Piece) -> None:
    left, right = before.box.normalized(), after.box.normalized()
    width = max(0.0, right.x0 - left.x1)
    SubElement(parent, "SP", WIDTH=plain(width), HPOS=plain(left.x1), VPOS=plain(left.y0))
