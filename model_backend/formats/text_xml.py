"""Small parts of reading and writing PAGE and ALTO: names without prefix, numbers, points, texts
that XML can hold."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from model_backend.document import Box, Polygon, bounding_box, union_of
from model_backend.formats.source_data import LARGEST_COORDINATE
from model_backend.formats.text_layout import Piece

_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MOST_POINTS = 20_000


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def find(parent: Element, name: str) -> Element | None:
    """The first child of that name, in whatever namespace."""
    return next((child for child in parent if local(child) == name), None)


def number(text: str | None) -> float | None:
    """The number, None for anything that cannot be a coordinate or a share."""
    try:
        value = float(text) if text is not None and len(text) < 40 else math.nan
    except ValueError:
        return None
    return value if abs(value) <= LARGEST_COORDINATE else None


def pairs(text: str) -> Polygon:
    """The points of "x,y x,y", "x,y,x,y" or "x y x y"; empty where one of them is no number."""
    values = [number(part) for part in re.split(r"[\s,]+", text.strip()) if part]
    known = [value for value in values if value is not None]
    if len(known) != len(values) or len(values) % 2 or len(values) > 2 * MOST_POINTS:
        return ()
    return tuple(zip(known[0::2], known[1::2], strict=True))


def boxed(polygon: Polygon, parts: Sequence[Piece]) -> tuple[Box, Polygon]:
    """The box of an outline, else that around the parts; the outline is empty where it is just
    the box."""
    if not polygon:
        return union_of(part.box for part in parts), ()
    box = bounding_box(polygon)
    return box, () if polygon == box.corners else polygon


def points_text(points: Polygon, *, least: float = -LARGEST_COORDINATE) -> str:
    """The points as PAGE and ALTO write them."""
    return " ".join(f"{plain(max(x, least))},{plain(max(y, least))}" for x, y in points)


def plain(value: float) -> str:
    """A number without needless digits."""
    return f"{value:.12g}" if value else "0"


def whole(box: Box) -> Box:
    """The box in whole pixels."""
    box = box.normalized()
    return Box(*(float(round(side)) for side in (box.x0, box.y0, box.x1, box.y1)))


def set_text(text: str) -> str:
    """The text without what XML cannot hold."""
    return _FORBIDDEN.sub("", text)


def attributes_of(element: Element, *known: str) -> dict[str, str]:
    """The attributes without a namespace that are not among the known ones."""
    return {
        key: value for key, value in element.items() if key not in known and not key.startswith("{")
    }
