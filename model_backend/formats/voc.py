"""PASCAL VOC annotation files as PubTables-1M has them: named boxes of one picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from model_backend.document import Box
from model_backend.errors import UserError
from model_backend.formats import safe_xml
from model_backend.formats.source_data import LARGEST_COORDINATE

SIDES = ("xmin", "ymin", "xmax", "ymax")
ATTRIBUTES = {"pose": "Frontal", "truncated": "0", "difficult": "0", "occluded": "0"}
"""What every object also says, and nobody reads."""


@dataclass(frozen=True)
class VocObject:
    """A named box; `attributes` are those that differ from the usual ones."""

    name: str
    box: Box
    attributes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Voc:
    """One annotation file: its picture's size (0: not said), its database, its objects."""

    filename: str
    width: int
    height: int
    database: str
    objects: tuple[VocObject, ...]
    header: dict[str, str] = field(default_factory=dict)


def load(path: Path) -> Voc:
    """Read a file; UserError for one that is not VOC or has a box that is not four numbers."""
    root = safe_xml.load(path)
    if root.tag != "annotation":
        raise UserError("The file {file} is not a VOC annotation. Choose another one.", file=path)
    return Voc(
        filename=_text(root, "filename"),
        width=_whole(root, "size/width"),
        height=_whole(root, "size/height"),
        database=_text(root, "source/database"),
        objects=tuple(_object(item, path) for item in root.iter("object")),
        header={key: _text(root, key) for key in ("folder", "path", "segmented")}
        | {"depth": _text(root, "size/depth")},
    )


def _text(element: Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _whole(element: Element, path: str) -> int:
    text = _text(element, path)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 0


def _object(element: Element, path: Path) -> VocObject:
    name, boxes = _text(element, "name"), element.findall("bndbox")
    if not name or not boxes:
        raise UserError("The file {file} has an object without name or box. Correct it.", file=path)
    sides = [_side(boxes[-1], side, path) for side in SIDES]  # the reference takes the last box
    attributes = {key: _text(element, key) for key in ATTRIBUTES}
    return VocObject(name, Box(*sides), {k: v for k, v in attributes.items() if v != ATTRIBUTES[k]})


def _side(box: Element, side: str, path: Path) -> float:
    text = _text(box, side)
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST_COORDINATE or "_" in text:
        raise UserError(
            "The file {file} has a box whose {side} is not a number ({text}). Correct it.",
            file=path,
            side=side,
            text=repr(text[:40]),
        )
    return value


def text_of(voc: Voc) -> str:
    """The file as the reference's script writes it: three blanks a level, no encoding named."""
    header = {"folder": "", "path": voc.filename, "segmented": "0", "depth": "3", **voc.header}
    lines = [
        '<?xml version="1.0" ?>',
        "<annotation>",
        *_elements(1, folder=header["folder"], filename=voc.filename, path=header["path"]),
        *_nested(1, "source", database=voc.database),
        *_nested(1, "size", width=voc.width, height=voc.height, depth=header["depth"]),
        *_elements(1, segmented=header["segmented"]),
    ]
    for item in voc.objects:
        lines.extend(_object_lines(item))
    return "\n".join([*lines, "</annotation>", ""])


def _object_lines(item: VocObject) -> Iterable[str]:
    sides = (item.box.x0, item.box.y0, item.box.x1, item.box.y1)
    yield "   <object>"
    yield from _elements(2, name=item.name, **{**ATTRIBUTES, **item.attributes})
    yield from _nested(2, "bndbox", **dict(zip(SIDES, map(_number, sides), strict=True)))
    yield "   </object>"


def _number(value: float) -> str:
    """The shortest decimal text that reads as the same number; no exponents, no needless zeros."""
    text = repr(float(value))
    if "e" in text:
        text = f"{value:.12f}".rstrip("0") or "0"
    return text.removesuffix(".0").removesuffix(".")


def _elements(level: int, **values: Any) -> Iterable[str]:  # noqa: ANN401 - texts and numbers
    for key, value in values.items():
        text = escape("".join(c for c in str(value) if c >= " "))
        yield "   " * level + (f"<{key}>{text}</{key}>" if text else f"<{key}/>")


def _nested(level: int, name: str, **values: Any) -> Sequence[str]:  # noqa: ANN401 - as above
    blank = "   " * level
    return [f"{blank}<{name}>", *_elements(level + 1, **values), f"{blank}</{name}>"]
