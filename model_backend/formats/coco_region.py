"""One COCO annotation as a Region, with what the file said beside it."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass, replace
from typing import Any

from model_backend import masks
from model_backend.document import (
    IDENTITY,
    IMPORTED,
    Box,
    Mask,
    Polygon,
    Region,
    bounding_box,
)
from model_backend.formats.source_data import is_id, is_number, numbers, pack
from model_backend.translation import _

FORMAT = "coco"
LONGEST_OUTLINE = 2_000_000
"""Pixels along a polygon: pycocotools takes 100 bytes for each of them to fill it in."""
Record = dict[str, Any]


class Refused(Exception):
    """Why an annotation cannot be used."""


@dataclass(frozen=True)
class Outline:
    """A segmentation: its kind as COCO writes it, and its value as a Region keeps it."""

    kind: str
    polygons: tuple[Polygon, ...] = ()
    mask: Mask | None = None


def read_region(
    raw: Record, region_id: int, names: dict[Any, str], width: int, height: int
) -> tuple[Region, str]:
    """The region, and what is wrong with it although it was kept."""
    if not is_id(raw.get("id")):
        raise Refused(_("its id is not a number"))
    if not is_id(raw.get("category_id")) or raw["category_id"] not in names:
        raise Refused(_("its category is not in the file"))
    flaw = ""
    try:
        outline = _outline(raw, width, height)
    except Refused as error:
        outline, flaw = Outline("broken"), str(error)
    box = _box(raw, outline)
    if box is None:
        raise Refused(flaw or _("its box is not four numbers"))
    if "bbox" in raw and min(raw["bbox"][2:]) <= 0:
        flaw = flaw or _("its box has no extent, or a negative one")
    if raw.get("id") == 0:
        flaw = flaw or _("the id 0 is never counted by pycocotools; it leaves with another one")
    score: Any = raw.get("score")
    region = Region(
        id=region_id,
        label=names[raw["category_id"]],
        box=box,
        polygons=outline.polygons,
        mask=outline.mask,
        score=float(score) if is_number(score) and 0 <= score <= 1 else None,
        source=IMPORTED,
    )
    kept = {key: None if key == "segmentation" else value for key, value in raw.items()}
    data = pack(FORMAT, raw=kept, kind=outline.kind, outline=digest(region))
    return replace(region, source_data=data), flaw


def _outline(raw: Record, width: int, height: int) -> Outline:
    value = raw.get("segmentation")
    if value is None or value == []:
        return Outline("none" if "segmentation" not in raw else "empty")
    if isinstance(value, list):
        return Outline("polygons", tuple(_polygon(part) for part in value))
    if isinstance(value, dict):
        return _run_lengths(value, width, height)
    raise Refused(_("its segmentation is neither polygons nor run lengths"))


def _polygon(value: object) -> Polygon:
    length = len(value) if isinstance(value, list) else 0
    flat = numbers(value, length) if length >= 6 and length % 2 == 0 else None
    if flat is None:
        raise Refused(_("a polygon is not three or more pairs of numbers; its box is kept"))
    polygon = tuple(zip(flat[0::2], flat[1::2], strict=True))
    if sum(map(math.dist, polygon, (*polygon[1:], polygon[0]))) > LONGEST_OUTLINE:
        raise Refused(_("a polygon is far too long to be filled in; its box is kept"))
    return polygon


def _run_lengths(value: Record, width: int, height: int) -> Outline:
    counts = value.get("counts")
    if value.get("size") != [height, width]:
        raise Refused(_("the size of its mask is not that of the image; its box is kept"))
    try:
        if isinstance(counts, str):
            kind, packed = "compressed", counts.encode("ascii")
            runs = masks.runs_of(packed)
        elif isinstance(counts, list) and all(isinstance(run, int) for run in counts):
            kind, runs = "uncompressed", counts
            packed = masks.counts_of(counts)
        else:
            raise ValueError("counts")
    except (ValueError, OverflowError) as error:
        raise Refused(_("the run lengths of its mask are damaged; its box is kept")) from error
    if sum(runs) != width * height:
        raise Refused(_("the run lengths of its mask do not fill the image; its box is kept"))
    return Outline(kind, mask=Mask(width, height, packed, IDENTITY))


def _box(raw: Record, outline: Outline) -> Box | None:
    if "bbox" in raw:
        return read_box(raw["bbox"])
    if outline.mask is not None and masks.pixel_count(outline.mask.counts):
        return masks.bounding_box_of(outline.mask)
    points = [point for polygon in outline.polygons for point in polygon]
    return bounding_box(points) if points else None


def read_box(value: object) -> Box | None:
    """The box of COCO's x, y, width, height; None for anything but four numbers."""
    raw = numbers(value, 4)
    if raw is None:
        return None
    return Box(raw[0], raw[1], raw[0] + raw[2], raw[1] + raw[3]).normalized()


def digest(region: Region) -> str:
    """A short mark of the region's outline, by which a changed one is known."""
    return hashlib.sha256(repr((region.polygons, region.mask)).encode()).hexdigest()[:16]
