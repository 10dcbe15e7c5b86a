"""COCO instances: boxes, polygons and run-length masks, one JSON file for a whole data set.

Everything in a COCO file becomes a Region. Out go Regions as they are, Entities as boxes of their
label (with `text`), Tables as their outline ("table", or "table rotated" when turned by about a
quarter). Words, links and grids have no place in COCO and are counted as lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from model_backend.document import PageGeometry, Region
from model_backend.errors import UserError
from model_backend.formats.coco_index import CocoIndex, files_of, index_of, part_of, picture_of
from model_backend.formats.coco_region import FORMAT, Record, Refused, read_region
from model_backend.formats.coco_write import Writer
from model_backend.formats.pictures import check_same_size, check_size, finished_page
from model_backend.formats.safe_path import shown
from model_backend.formats.source_data import boxes_outside, numbers, pack
from model_backend.formats.values import ReadPage
from model_backend.labels import REGION
from model_backend.translation import _, counted, mark

__all__ = ["Writer", "members", "read_member"]

_MANY_PROBLEMS = 20
_SHORT_CATEGORIES = 200
"""Up to so many categories each page remembers all of them, else only those it uses."""


def members(path: Path) -> tuple[str, ...]:
    """The ids of all images, as texts, in the order of the file; FILE#ID where there are several
    files."""
    files = files_of(path)
    if len(files) == 1:
        return index_of(files[0]).members
    return tuple(f"{file.name}#{member}" for file in files for member in index_of(file).members)


def _file_and_id(path: Path, member: str) -> tuple[Path, str]:
    files = files_of(path)
    if len(files) == 1:
        return files[0], member
    file = next((item for item in files if member.startswith(f"{item.name}#")), files[0])
    return file, member.removeprefix(f"{file.name}#")


def read_member(path: Path, member: str) -> ReadPage:
    """One image with its annotations; what cannot be used of them is among the problems."""
    file, member = _file_and_id(path, member)
    index = index_of(file)
    record = index.image(member)
    if record is None:
        raise UserError("The file {file} has no image {member}.", file=file, member=member)
    name, width, height = _checked(record, file)
    picture, problems = _picture(file, name)
    geometry = _geometry(file, picture, width, height)
    regions, refused = _regions(index, member, round(geometry.width), round(geometry.height))
    page = replace(
        finished_page(geometry),
        regions=regions,
        next_id=len(regions) + 1,
        source_data=_page_source(index, record, regions),
    )
    if geometry.exif_orientation != 1:
        problems.append(_("its picture is shown turned (EXIF): check that the boxes fit"))
    outside = boxes_outside(page)
    if outside:
        problems.append(counted(mark("{count} boxes reach out of the page"), outside))
    shared = index.problems if index.is_first(member) else []
    document = record.get("doc_name")
    return ReadPage(
        name=index.page_name(record),
        page=page,
        image=picture,
        labels=tuple((label, REGION) for label in sorted({region.label for region in regions})),
        problems=(*problems, *refused, *shared),
        split=part_of(file),
        group=document if isinstance(document, str) else "",
    )


def _checked(record: Record, file: Path) -> tuple[str, int, int]:
    name, size = record.get("file_name"), numbers([record.get("width"), record.get("height")], 2)
    is_sized = size is not None and all(side == int(side) > 0 for side in size)
    if not isinstance(name, str) or not name or size is None or not is_sized:
        raise UserError(
            "The file {file} has an image without name or size (id {id}). Correct it.",
            file=file,
            id=str(record["id"])[:80],
        )
    width, height = map(int, size)
    check_size(width, height, file)
    return name, width, height


def _picture(file: Path, name: str) -> tuple[Path | None, list[str]]:
    """The picture, or why there is none: the annotations are worth having without it."""
    try:
        picture = picture_of(file, name)
    except UserError as error:
        return None, [str(error)]
    missing = _("its picture {name} is missing").format(name=shown(name))
    return picture, [] if picture else [missing]


def _geometry(file: Path, picture: Path | None, width: int, height: int) -> PageGeometry:
    if picture is None:
        return PageGeometry(FORMAT, float(width), float(height))
    return check_same_size(picture, (width, height), file, room=0)


def _page_source(index: CocoIndex, record: Record, regions: Iterable[Region]) -> str:
    categories = index.categories
    if len(categories) > _SHORT_CATEGORIES:
        used = {region.label for region in regions}
        categories = [item for item in categories if item["name"] in used]
    return pack(FORMAT, image=record, categories=categories, top=index.top)


def _regions(
    index: CocoIndex, member: str, width: int, height: int
) -> tuple[tuple[Region, ...], list[str]]:
    names = {item["id"]: item["name"] for item in index.categories}
    regions: list[Region] = []
    problems: list[str] = []
    for raw in index.annotations(member):
        try:
            region, flaw = read_region(raw, len(regions) + 1, names, width, height)
        except Refused as error:
            problems.append(_("annotation {id}: {reason}").format(id=_id(raw), reason=error))
            continue
        regions.append(region)
        if flaw:
            problems.append(_("annotation {id}: {reason}").format(id=_id(raw), reason=flaw))
    if len(problems) > _MANY_PROBLEMS:
        more = counted(mark("{count} more problems"), len(problems) - _MANY_PROBLEMS)
        problems[_MANY_PROBLEMS:] = [more]
    return tuple(regions), problems


def _id(raw: Record) -> str:
    return str(raw.get("id"))[:40]
