"""PAGE XML: regions, lines, words, tables and relations of a page (2010 to 2019, any prefix).

`read_member` and `Writer` are inverses in what is meant. Left out of that: glyphs, text styles,
base lines, borders, derived pictures, metadata, and how regions and reading orders are nested
(the order itself stays, as one list). Where texts contradict each other, words have their own
text, regions theirs, and lines keep theirs until one of their words changes.
Labels that PAGE has no type for stand in `custom` as `structure {type:...;}`; regions that it has
no element for are CustomRegions; tables are TableRegions with one TextRegion for each cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from model_backend.document import Page, Span
from model_backend.errors import UserError
from model_backend.formats import safe_xml
from model_backend.formats.text_files import (
    count_in,
    file_of,
    members_of,
)
from model_backend.formats.text_layout import (
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
    points_text,
    set_text,
    whole,
)
from model_backend.formats.values import ReadPage
from model_backend.quality import read_back_text

FORMAT = "page_xml"
NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
TYPES = (
    "paragraph", "heading", "caption", "header", "footer", "page-number", "drop-capital", "credit",
    "floating", "signature-mark", "catch-word", "marginalia", "footnote", "footnote-continued",
    "endnote", "TOC-entry", "list-label", "other",
)  # fmt: skip
"""The types of text regions that the schema knows."""
REGIONS = {
    "image": "ImageRegion",
    "line drawing": "LineDrawingRegion",
    "graphic": "GraphicRegion",
    "chart": "ChartRegion",
    "separator": "SeparatorRegion",
    "maths": "MathsRegion",
    "chem": "ChemRegion",
    "music": "MusicRegion",
    "advert": "AdvertRegion",
    "noise": "NoiseRegion",
    "map": "MapRegion",
    "unknown": "UnknownRegion",
    "table": "TableRegion",
}
"""Labels of other regions and their elements."""
_LABELS = {element: label for label, element in REGIONS.items()}
_STRUCTURE = re.compile(r"structure\s*\{\s*type\s*:([^;}]*);?[^}]*\}")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_SIGN = r"<(?:[\w.-]+:)?PcGts[\s>]"
_IMAGE = ("imageFilename", "imageWidth", "imageHeight")


def members(path: Path) -> tuple[str, ...]:
    """Names of the PAGE files below a folder, or of the one file."""
    return members_of(path, (".xml",), lambda file: min(1, count_in(file, _SIGN, 2**16)), "PAGE")


def read_member(path: Path, member: str) -> ReadPage:
    """One page; UserError where the file cannot be used."""
    file, _number = file_of(path, member)
    layout = _layout(safe_xml.load(file), file)
    return read_page(layout, FORMAT, file, 0, picture_for(path, file, layout.image))


def _layout(root: Element, file: Path) -> Layout:
    page = find(root, "Page")
    if page is None:
        raise UserError("The file {file} has no Page element. It is not a PAGE file.", file=file)
    skipped: list[str] = []
    pieces = tuple(_regions(page, skipped))
    width, height = (number(page.get(key)) for key in ("imageWidth", "imageHeight"))
    extra: dict[str, Any] = {"attributes": attributes_of(page, *_IMAGE)}
    if order := _order(page):
        extra["order"] = order
    return Layout(
        size=(width, height) if width and height and min(width, height) > 0 else None,
        image=page.get("imageFilename", ""),
        pieces=pieces,
        links=tuple(_links(page)),
        extra=extra,
        problems=left_out(skipped),
    )


def _regions(parent: Element, skipped: list[str]) -> Iterator[Piece]:
    """The regions in an element, those within others after these."""
    for element in parent:
        name = local(element)
        if not name.endswith("Region"):
            continue
        if name == "TableRegion" and (table := _table(element, skipped)):
            yield table
            continue
        piece = _piece(Kind.BLOCK if name == "TextRegion" else Kind.REGION, element, skipped)
        if piece is not None:
            yield replace(piece, label=_label(element, name))
        yield from _regions(element, skipped)


def _label(element: Element, name: str) -> str:
    if name == "CustomRegion":
        return element.get("type") or "custom"
    if name != "TextRegion":
        return _LABELS.get(name, name.removesuffix("Region").lower())
    if element.get("type") in TYPES:
        return element.get("type", "")
    found = _STRUCTURE.search(element.get("custom", ""))
    said = element.get("type", "") if found is None else found[1].strip()
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), said) or PLAIN


def _piece(kind: Kind, element: Element, skipped: list[str]) -> Piece | None:
    """A region, line or word with its parts; None where neither it nor a part has an outline."""
    below = {Kind.BLOCK: "TextLine", Kind.LINE: "Word"}.get(kind, "")
    next_kind = Kind.LINE if kind is Kind.BLOCK else Kind.WORD
    inner = (_piece(next_kind, part, skipped) for part in element if local(part) == below)
    parts = tuple(part for part in inner if part is not None)
    polygon = _outline(element)
    if not polygon and not parts:
        skipped.append(element.get("id") or local(element))
        return None
    text, confidence, others = _text(element)
    if text is None and kind is Kind.WORD:
        text = _text_of_glyphs(element)
    extra = attributes_of(element, "id", "type" if local(element) == "TextRegion" else "")
    box, polygon = boxed(polygon, parts)
    return Piece(
        kind, box, text, polygon, "", confidence, element.get("id", ""),
        {**({"attributes": extra} if extra else {}), **({"others": others} if others else {})},
        parts,
    )  # fmt: skip


def _outline(element: Element) -> tuple[tuple[float, float], ...]:
    """The points of an element's Coords, in the newer form or the one of 2010."""
    coords = find(element, "Coords")
    if coords is None:
        return ()
    if coords.get("points") is not None:
        return pairs(coords.get("points", ""))
    points = [(number(part.get("x")), number(part.get("y"))) for part in coords]
    return tuple((x, y) for x, y in points if x is not None and y is not None)


def _text(element: Element) -> tuple[str | None, float | None, list[list[Any]]]:
    """The text with the lowest index, its confidence, and all other texts."""
    found: list[tuple[float, str, float | None]] = []
    for part in element:
        if local(part) == "TextEquiv":
            unicode = find(part, "Unicode")
            unicode = find(part, "PlainText") if unicode is None else unicode
            if unicode is not None:
                place = number(part.get("index"))
                said = "".join(unicode.itertext())
                found.append((0.0 if place is None else place, said, number(part.get("conf"))))
    if not found:
        return None, None, []
    (_place, text, confidence), *others = sorted(found, key=lambda item: item[0])
    return text, confidence, [[other, share] for _, other, share in others]


def _text_of_glyphs(element: Element) -> str | None:
    texts = [_text(part)[0] for part in element if local(part) == "Glyph"]
    return "".join(text or "" for text in texts) if any(texts) else None


def _table(element: Element, skipped: list[str]) -> Piece | None:
    """A table whose cells say their rows and columns; None where there are none."""
    cells: list[Piece] = []
    for region in element:
        role = next((item for item in region.iter() if local(item) == "TableCellRole"), None)
        span = None if role is None else _span(role)
        if local(region) != "TextRegion" or role is None or span is None:
            continue
        cell = _piece(Kind.BLOCK, region, skipped)
        if cell is not None:
            is_projected = _label(region, "TextRegion") == "projected row header"
            is_header = role.get("header") in ("true", "1")
            cells.append(
                replace(
                    cell, kind=Kind.CELL, span=span, is_header=is_header,
                    is_projected=is_projected, label=_label(region, "TextRegion"),
                )
            )  # fmt: skip
    polygon = _outline(element)
    texts = sum(local(region) == "TextRegion" for region in element)
    if not cells or len(cells) < texts:
        return None
    box, polygon = boxed(polygon, tuple(cells))
    return Piece(
        Kind.TABLE, box, None, polygon, "table", key=element.get("id", ""),
        extra={"attributes": attributes_of(element, "id")}, parts=tuple(cells),
    )  # fmt: skip


def _span(role: Element) -> Span | None:
    row, column = (number(role.get(key)) for key in ("rowIndex", "columnIndex"))
    rows, columns = (number(role.get(key, "1")) for key in ("rowSpan", "colSpan"))
    if row is None or column is None or not rows or not columns:
        return None
    if min(row, column) < 0 or min(rows, columns) < 1 or max(row, column, rows, columns) > 2000:
        return None
    return Span(int(row), int(row) + int(rows), int(column), int(column) + int(columns))


def _order(page: Element) -> list[str]:
    """The regions' ids in reading order, groups opened; where members are numbered, by number."""
    order = find(page, "ReadingOrder")
    return [] if order is None else list(dict.fromkeys(_ordered(order)))


def _ordered(group: Element) -> Iterator[str]:
    def place(member: Element) -> float:
        index = number(member.get("index"))
        return 0.0 if index is None else index

    for member in sorted(group, key=place):
        if reference := member.get("regionRef"):
            yield reference
        yield from _ordered(member)


def _links(page: Element) -> Iterator[tuple[str, str]]:
    for relation in page.iter():
        if local(relation) == "Relation":
            ends = [part.get("regionRef") for part in relation]
            if len(ends) == 2 and ends[0] and ends[1]:
                yield ends[0], ends[1]


class Writer(TextWriter):
    """Writes page/NAME.xml and images/NAME.*, a page at a time, each read back at once."""

    format_name, folder_name, suffix = FORMAT, "page", ".xml"

    def element(self, layout: Layout, image: str, page: Page) -> Element:
        """The whole file."""
        root = Element("PcGts", xmlns=NAMESPACE)
        metadata = SubElement(root, "Metadata")
        SubElement(metadata, "Creator").text = "Proofdesk"
        for name in ("Created", "LastChange"):
            SubElement(metadata, name).text = self.time
        attributes = dict(layout.extra.get("attributes", {}))
        if page.rotation or page.skew:
            attributes.pop("orientation", None)
        size = {"imageWidth": f"{page.width:.0f}", "imageHeight": f"{page.height:.0f}"}
        top = SubElement(root, "Page", {"imageFilename": image, **size, **attributes})
        _add_order(top, layout)
        _add_links(top, layout)
        for piece in layout.pieces:
            _add(top, piece)
        return root

    def check(self, file: Path, page: Page) -> None:
        """Read it back."""
        read_back_text.check_page_xml(file, page)


def _add_order(top: Element, layout: Layout) -> None:
    keys = {piece.key for piece in layout.pieces}
    order = [key for key in layout.extra.get("order", ()) if key in keys]
    if order:
        group = SubElement(SubElement(top, "ReadingOrder"), "OrderedGroup", id="reading_order")
        for index, key in enumerate(order):
            SubElement(group, "RegionRefIndexed", index=str(index), regionRef=key)


def _add_links(top: Element, layout: Layout) -> None:
    if not layout.links:
        return
    relations = SubElement(top, "Relations")
    for index, (start, end) in enumerate(layout.links):
        link = SubElement(relations, "Relation", id=f"relation_{index}", type="link")
        SubElement(link, "SourceRegionRef", regionRef=start)
        SubElement(link, "TargetRegionRef", regionRef=end)


def _add(parent: Element, piece: Piece) -> None:
    """One region, line, word, table or cell with its parts."""
    element = SubElement(parent, _name(piece), {"id": piece.key, **_attributes(piece)})
    points = piece.polygon or tuple(whole(piece.box).corners)
    SubElement(element, "Coords", points=points_text(points, least=0.0))
    if piece.kind is Kind.CELL:
        _add_role(element, piece)
    for part in piece.parts:
        _add(element, part)
    if piece.text is not None:
        _add_text(element, piece.text, piece.confidence, None)
    for index, (text, confidence) in enumerate(piece.extra.get("others", ()), 1):
        _add_text(element, text, confidence, index)


def _name(piece: Piece) -> str:
    names = {Kind.LINE: "TextLine", Kind.WORD: "Word", Kind.TABLE: "TableRegion"}
    if piece.kind is Kind.REGION:
        return REGIONS.get(piece.label, "CustomRegion")
    return names.get(piece.kind, "TextRegion")


def _attributes(piece: Piece) -> dict[str, str]:
    given = dict(piece.extra.get("attributes", {}))
    if piece.kind is Kind.REGION and piece.label not in REGIONS:
        return {**given, "type": set_text(piece.label)}
    label = "projected row header" if piece.is_projected else piece.label
    if piece.kind not in (Kind.BLOCK, Kind.CELL) or not (label or given.get("custom")):
        return given
    custom = _STRUCTURE.sub("", given.pop("custom", "")).strip()
    if label in TYPES:
        given["type"] = label
    elif label not in ("", PLAIN):
        escaped = re.sub(r"[;:{}\\\s]", lambda match: f"\\u{ord(match[0]):04x}", set_text(label))
        custom = f"{custom} structure {{type:{escaped};}}".strip()
    return {**given, **({"custom": custom} if custom else {})}


def _add_role(element: Element, cell: Piece) -> None:
    span = cell.span
    assert span is not None  # cells of tables always have a place
    SubElement(
        SubElement(element, "Roles"),
        "TableCellRole",
        rowIndex=str(span.row0),
        columnIndex=str(span.column0),
        rowSpan=str(span.row1 - span.row0),
        colSpan=str(span.column1 - span.column0),
        header="true" if cell.is_header else "false",
    )


def _add_text(parent: Element, text: str, confidence: float | None, index: int | None) -> None:
    attributes = {} if index is None else {"index": str(index)}
    if confidence is not None:
        attributes["conf"] = f"{confidence:.12g}"
    element = SubElement(SubElement(parent, "TextEquiv", attributes), "Unicode")
    element.text = set_text(text)
