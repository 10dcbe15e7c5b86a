"""Checks of regions, and of a COCO file as a whole: ids, categories, pictures, areas."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model_backend import masks
from model_backend.document import Page, Polygon, Region
from model_backend.errors import UserError
from model_backend.formats.coco_index import CocoIndex, files_of, index_of, picture_of
from model_backend.formats.coco_region import FORMAT, Record, Refused, digest, read_region
from model_backend.formats.coco_write import area_of
from model_backend.formats.pictures import geometry_of
from model_backend.formats.source_data import is_id, is_number, unpack
from model_backend.quality.findings import Finding, finding, shown

MASK_ROOM = 1.0
"""Pixels by which the area of a mask may differ: it is a count."""
MOST_PIXELS = 50_000_000
"""Larger pages are not filled in to measure an outline."""


def check(page: Page, name: str) -> Iterator[Finding]:
    """Areas of a page's regions that disagree with their outlines."""
    for region in page.regions:
        source = unpack(region.source_data, FORMAT)
        raw: Record = source.get("raw", {})
        if not is_number(raw.get("area")) or source.get("outline") != digest(region):
            continue
        found = _measured(region)
        if found is not None and not _agrees(float(raw["area"]), region, found, page):
            values = {"id": raw.get("id"), "said": f"{raw['area']:.0f}", "found": f"{found:.0f}"}
            yield finding("area-differs", name, region.id, **values)


def _measured(region: Region) -> float | None:
    if region.mask is not None:
        return float(masks.pixel_count(region.mask.counts))
    return area_of(region.polygons) if region.polygons else None


def _agrees(said: float, region: Region, found: float, page: Page) -> bool:
    """Whether an area is that of the outline, by geometry or by pixels.

    Filling a polygon in may add or take about half a pixel along its outline.
    """
    if region.mask is not None:
        return abs(said - found) <= MASK_ROOM
    room = MASK_ROOM + sum(map(_length, region.polygons)) / 2
    if abs(said - found) <= room:
        return True
    if len(region.polygons) == 1 or page.box.area > MOST_PIXELS:
        return False
    size = (math.ceil(page.width), math.ceil(page.height))  # parts that overlap count once
    bitmap = masks.polygons_to_bitmap(region.polygons, *size)
    return abs(said - float(bitmap.sum())) <= room


def _length(polygon: Polygon) -> float:
    return sum(map(math.dist, polygon, (*polygon[1:], polygon[0])))


def check_file(path: Path) -> Iterator[Finding]:
    """What concerns COCO files as a whole, or annotations that no page can hold."""
    for file in files_of(path):
        yield from _checked_file(file)


def _checked_file(file: Path) -> Iterator[Finding]:
    index = index_of(file)
    ids: Counter[Any] = Counter()
    used: set[Any] = set()
    for member in index.members:
        yield from _image_findings(file, index, member)
        for raw in index.annotations(member):
            if isinstance(raw, dict):
                ids[str(raw.get("id")) if is_id(raw.get("id")) else None] += 1
                used.add(str(raw.get("category_id")))
    yield from _file_findings(file.stem, index, ids, used)


def _file_findings(
    name: str, index: CocoIndex, ids: Counter[Any], used: set[Any]
) -> Iterator[Finding]:
    if without := ids.pop(None, 0):
        yield finding("id-missing", name, count=without)
    for key, count in ids.items():
        if count > 1:
            yield finding("id-doubled", name, id=key, count=count)
    if index.orphans:
        yield finding("annotation-without-image", name, count=index.orphans)
    for category in index.categories:
        if str(category["id"]) not in used:
            label = shown(category["name"])
            yield finding("category-unused", name, id=category["id"], name=label)
    for problem in index.problems[: -1 if index.orphans else None]:  # the last one tells of orphans
        yield finding("record-unusable", name, reason=problem)


def _image_findings(file: Path, index: CocoIndex, member: str) -> Iterator[Finding]:
    record = index.image(member) or {}
    name = index.page_name(record)
    width, height = record.get("width"), record.get("height")
    yield from _picture_findings(file, record, name)
    names = {item["id"]: item["name"] for item in index.categories}
    if not (is_number(width) and is_number(height)):
        return
    for raw in index.annotations(member):
        if not isinstance(raw, dict) or not is_id(raw.get("id")):
            continue  # counted with those of the whole file
        own = shown(str(raw["id"]))
        try:
            flaw = read_region(raw, 1, names, round(width), round(height))[1]  # type: ignore[arg-type]
        except Refused as error:
            yield finding("annotation-unusable", name, id=own, reason=error)
        else:
            if flaw:
                yield finding("annotation-flawed", name, id=own, reason=flaw)


def _picture_findings(file: Path, record: Record, name: str) -> Iterator[Finding]:
    """A picture that is missing, or that has another size than the file says."""
    said = str(record.get("file_name"))
    try:
        picture = picture_of(file, said)
        geometry = None if picture is None else geometry_of(picture)
    except UserError as error:
        yield finding("unreadable", name, reason=error)
        return
    if geometry is None:
        yield finding("image-missing", name, name=shown(said))
        return
    size = (record.get("width"), record.get("height"))
    if (geometry.width, geometry.height) != size:
        found = f"{geometry.width:.0f} x {geometry.height:.0f}"
        values = {"name": shown(said), "found": found, "said": f"{size[0]} x {size[1]}"}
        yield finding("image-size-differs", name, **values)
