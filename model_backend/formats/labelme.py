"""labelme: one JSON file of shapes for each picture (read only, so that people can move in).

Every shape becomes a Region: rectangles are boxes, polygons outlines, masks bitmaps, circles
polygons of 64 corners, lines and points outlines without an area. Shapes of one `group_id` are one
object: where all of them are outlines of one label they become one Region with several polygons.
`group_id`, `flags`, `description` and the kind of shape stay in `source_data`. labelme turns
pictures by their EXIF orientation before it saves: so do we. A picture that is only inside the
file (`imageData`) cannot be used as a file; it is told.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model_backend import masks
from model_backend.document import (
    IMPORTED,
    Box,
    Mask,
    Page,
    PageStatus,
    Point,
    Polygon,
    Region,
    bounding_box,
)
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.safe_path import shown
from model_backend.formats.source_data import boxes_outside, is_number, numbers, pack
from model_backend.formats.text_files import (
    count_in,
    file_of,
    members_of,
    picture_of,
    root_of,
    sized,
)
from model_backend.formats.values import ReadPage
from model_backend.labels import REGION
from model_backend.translation import _, counted, mark

FORMAT = "labelme"
LINES = ("line", "linestrip", "point", "points")
CORNERS_OF_CIRCLES = 64
MOST_MASK_BYTES = 50_000_000
_SIGN = r'"shapes"\s*:'
_EARLY = 2**22
"""Bytes in which `shapes` is looked for: an embedded picture may come before it."""


class Refused(Exception):
    """Why a shape cannot be used."""


def members(path: Path) -> tuple[str, ...]:
    """Names of the labelme files below a folder, or of the one file."""
    return members_of(path, (".json",), lambda file: min(1, count_in(file, _SIGN, _EARLY)), FORMAT)


def read_member(path: Path, member: str) -> ReadPage:
    """One picture with its shapes; what cannot be used of them is among the problems."""
    file, _place = file_of(path, member)
    data = safe_json.load(file)
    shapes = data.get("shapes") if isinstance(data, dict) else None
    if not isinstance(shapes, list):
        raise UserError('The file {file} has no list "shapes". It is not from labelme.', file=file)
    name = data.get("imagePath")
    image, missing = picture_of(root_of(path), file, name if isinstance(name, str) else "")
    if missing and data.get("imageData"):
        text = _("its picture {name} is inside the file: save it beside the file")
        missing = (text.format(name=shown(str(name))),)
    size = numbers([data.get("imageWidth"), data.get("imageHeight")], 2)
    said = (size[0], size[1]) if size and min(size) >= 1 else None
    geometry, image, wrong = sized(file, image, said, FORMAT)
    regions, refused = _regions(shapes)
    page = Page(
        id=0,
        document_id=0,
        number=0,
        width=geometry.width,
        height=geometry.height,
        unit="px",
        geometry=geometry,
        status=PageStatus.DONE,
        regions=regions,
        next_id=len(regions) + 1,
        source_data=_page_source(data),
    )
    problems = [*missing, *wrong, *refused]
    if outside := boxes_outside(page):
        problems.append(counted(mark("{count} boxes reach out of the page"), outside))
    labels = tuple((label, REGION) for label in sorted({region.label for region in regions}))
    return ReadPage(file.stem, page, image, labels, tuple(problems))


def _page_source(data: dict[str, Any]) -> str:
    left = ("shapes", "imageData")
    return pack(FORMAT, top={key: value for key, value in data.items() if key not in left})


def _regions(shapes: list[Any]) -> tuple[tuple[Region, ...], list[str]]:
    regions: list[Region] = []
    problems: list[str] = []
    for place, group in _groups(shapes):
        try:
            regions.append(_region(group, len(regions) + 1))
        except Refused as error:
            text = _("shape {number} was left out: {reason}")
            problems.append(text.format(number=place, reason=error))
    return tuple(regions), problems


def _groups(shapes: list[Any]) -> Iterable[tuple[int, list[Any]]]:
    """Each shape, numbered from 1; outlines of one label and group together."""
    groups: dict[object, tuple[int, list[Any]]] = {}
    for place, shape in enumerate(shapes, 1):
        key: object = place
        if isinstance(shape, dict) and isinstance(shape.get("group_id"), int):
            is_outline = shape.get("shape_type", "polygon") == "polygon"
            name = shape.get("label") if isinstance(shape.get("label"), str) else None
            key = (shape["group_id"], name) if is_outline and name is not None else place
        groups.setdefault(key, (place, []))[1].append(shape)
    return groups.values()


def _region(shapes: list[Any], region_id: int) -> Region:
    parts = [_outline(shape) for shape in shapes]
    boxes = [box for box, _, _ in parts]
    polygons = tuple(polygon for _, polygon, _ in parts if polygon)
    box = bounding_box(
        point for part in boxes for point in ((part.x0, part.y0), (part.x1, part.y1))
    )
    kept = [
        {key: value for key, value in shape.items() if key not in ("points", "mask", "label")}
        for shape in shapes
    ]
    return Region(
        id=region_id,
        label=shapes[0]["label"],
        box=box,
        polygons=polygons,
        mask=parts[0][2],
        source=IMPORTED,
        source_data=pack(FORMAT, shapes=kept),
    )


def _outline(shape: object) -> tuple[Box, Polygon, Mask | None]:
    """Box, outline and bitmap of one shape."""
    if not isinstance(shape, dict):
        raise Refused(_("it is not an object"))
    if not isinstance(shape.get("label"), str):
        raise Refused(_("its label is not a text"))
    kind = shape.get("shape_type") or "polygon"
    points = _points(shape.get("points"))
    if kind == "mask":
        return _bitmap(shape.get("mask"), points)
    if kind == "rectangle" and len(points) == 2:
        return bounding_box(points), (), None
    if kind == "circle" and len(points) == 2:
        points = _circle(*points)
    elif kind not in ("polygon", "rectangle", "oriented_rectangle", *LINES):
        raise Refused(_("labelme has no such kind of shape"))
    elif kind not in LINES and len(points) < 3:
        raise Refused(_("it has too few points"))
    return bounding_box(points), points, None


def _points(value: object) -> Polygon:
    pairs = value if isinstance(value, list) else []
    is_right = all(
        isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair)) for pair in pairs
    )
    if not pairs or not is_right:
        raise Refused(_("its points are not pairs of numbers"))
    return tuple((float(x), float(y)) for x, y in pairs)


def _circle(center: Point, rim: Point) -> Polygon:
    radius = math.dist(center, rim)
    turns = (2 * math.pi * corner / CORNERS_OF_CIRCLES for corner in range(CORNERS_OF_CIRCLES))
    return tuple(
        (center[0] + radius * math.cos(turn), center[1] + radius * math.sin(turn)) for turn in turns
    )


def _bitmap(value: object, points: Polygon) -> tuple[Box, Polygon, Mask]:
    """A bitmap at the upper left of its two points."""
    import numpy as np
    import PIL.Image

    if not isinstance(value, str) or len(points) != 2:
        raise Refused(_("its mask cannot be read"))
    try:
        data = base64.b64decode(value, validate=True)
        with PIL.Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            if image.width * image.height > MOST_MASK_BYTES:
                raise Refused(_("its mask is too large"))
            bitmap = np.asarray(image.convert("L")) > 0
    except (binascii.Error, OSError, SyntaxError, ValueError) as error:
        raise Refused(_("its mask cannot be read")) from error
    if not bitmap.any():
        raise Refused(_("its mask is empty"))
    corner = bounding_box(points)
    mask = masks.mask_from_bitmap(bitmap, (1.0, 0.0, 0.0, 1.0, corner.x0, corner.y0))
    return masks.bounding_box_of(mask), (), mask
