"""PubTables-1M: pages with the places of tables (detection), tables with their structure.

A structure sample is read as one page, the crop, with one Table; objects that contradict one
another stay Regions of the six classes. A detection sample is a page with Regions "table" and
"table rotated". What an unchanged table said is written back as it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_backend import table_grid
from model_backend.document import (
    IMPORTED,
    Box,
    Page,
    PageGeometry,
    Region,
    Table,
    Word,
)
from model_backend.errors import UserError
from model_backend.formats import safe_json, voc
from model_backend.formats.pictures import (
    SUFFIXES,
    check_same_size,
    check_size,
    finished_page,
    geometry_of,
)
from model_backend.formats.pubtables_write import (
    DETECTION_KIND,
    FORMAT,
    STRUCTURE_KIND,
    Writer,
    grid_digest,
)
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import boxes_outside, numbers, pack
from model_backend.formats.splits import PARTS
from model_backend.formats.values import ReadPage
from model_backend.labels import DETECTION_CLASSES, REGION, TABLE_CLASSES
from model_backend.translation import _, counted, mark

__all__ = ["Writer", "members", "read_member"]

_SHOWN_NAMES = 5
_PAPER, _TABLE = re.compile(r"PMC\d+(?=_)"), re.compile(r"(_\d+)?_table_\d+$")
"""What names of one paper share, and what names of the tables of one document differ in."""


@dataclass(frozen=True)
class _Listing:
    """What lies in a data set's folder: members, folders of words, pictures without annotation."""

    members: tuple[str, ...]
    word_folders: tuple[Path, ...]
    lonely: tuple[str, ...]


def members(path: Path) -> tuple[str, ...]:
    """Annotation files below a folder, by their path without ".xml"."""
    if not path.is_dir():
        raise UserError("{file} is not a folder. Choose the data set's folder.", file=path)
    found = _listing_of(path).members
    if not found:
        raise UserError(
            "The folder {folder} holds no PubTables-1M annotations (train, val or test with .xml"
            " files). Choose another one.",
            folder=path,
        )
    return found


def _listing_of(path: Path) -> _Listing:
    """The listing, kept while the folders stay as they are: a set has a million files."""
    roots = _roots(path, path.stat().st_mtime_ns)
    folders = (root / part for root in roots for part in ("", *PARTS, "images"))
    return _listing(path, roots, tuple(f.stat().st_mtime_ns for f in folders if f.is_dir()))


@lru_cache(maxsize=2)
def _roots(path: Path, _modified: int) -> tuple[Path, ...]:
    """The path itself and the folders in it that can be sets."""
    below = (item for item in sorted(path.iterdir()) if item.is_dir())
    return (path, *(item for item in below if item.name not in (*PARTS, "images")))


@lru_cache(maxsize=2)
def _listing(path: Path, roots: tuple[Path, ...], _modified: tuple[int, ...]) -> _Listing:
    files = sorted(file for root in roots for file in _files(root))
    known = {file.stem for file in files}
    below = (item for root in roots for item in root.iterdir() if item.is_dir())
    return _Listing(
        members=tuple(file.relative_to(path).with_suffix("").as_posix() for file in files),
        word_folders=tuple(dict.fromkeys(item for item in below if "words" in item.name.lower())),
        lonely=tuple(picture.name for picture in _pictures(roots) if picture.stem not in known),
    )


def _files(root: Path) -> Iterator[Path]:
    """The .xml files of a set: in its parts, else in its own folder."""
    parts = [root / split for split in PARTS if (root / split).is_dir()]
    for folder in parts or [root]:
        yield from folder.glob("*.xml")


def _pictures(roots: Iterable[Path]) -> Iterator[Path]:
    for root in roots:
        if (root / "images").is_dir():
            for file in sorted((root / "images").iterdir()):
                if file.suffix.lower() in SUFFIXES:
                    yield file


def read_member(path: Path, member: str) -> ReadPage:
    """One sample; UserError where its annotation cannot be used."""
    path = path.resolve()  # below, files are looked for beside the annotation's real place
    file = resolve_inside(path, f"{member}.xml")
    annotation = voc.load(file)
    split = file.parent.name if file.parent.name in PARTS else ""
    root = file.parent.parent if split else file.parent
    image = _image(path, root, file.stem)
    sample = _Sample(file, annotation, _words(path, root, file.stem))
    page = sample.page(_geometry(file, annotation, image), split)
    problems = sample.problems(page, image)
    listing = _listing_of(path)
    if listing.lonely and member == listing.members[0]:
        text = mark("{count} pictures have no annotation: {names}")
        names = ", ".join(listing.lonely[:_SHOWN_NAMES])
        problems.append(counted(text, len(listing.lonely), names=names))
    labels = tuple((name, REGION) for name in sorted({region.label for region in page.regions}))
    paper = _PAPER.match(file.stem)
    group = paper[0] if paper else _TABLE.sub("", file.stem)
    return ReadPage(file.stem, page, image, labels, tuple(problems), split=split, group=group)


def _image(path: Path, root: Path, stem: str) -> Path | None:
    """The picture: in `images` beside the parts, else beside the annotation itself."""
    for folder in (root / "images", root, root.parent / "images"):
        for suffix in SUFFIXES:
            candidate = folder / f"{stem}{suffix}"
            if folder.is_relative_to(path) and candidate.is_file():
                return resolve_inside(path, candidate.relative_to(path).as_posix())
    return None


def _words(path: Path, root: Path, stem: str) -> list[Any] | None:
    """The words of a sample: a list, or the list in an object; None where there is no file."""
    for folder in (*_listing_of(path).word_folders, root):
        candidate = folder / f"{stem}_words.json"
        if candidate.is_file():
            file = resolve_inside(path, candidate.relative_to(path).as_posix())
            data = safe_json.load(file)
            words = data.get("words") if isinstance(data, dict) else data
            if not isinstance(words, list) or not all(map(_is_word, words)):
                raise UserError(
                    "The file {file} is not a list of words with text and box. Correct it.",
                    file=file,
                )
            return words
    return None


def _is_word(value: object) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("text"), str)
        and numbers(value.get("bbox"), 4) is not None
    )


def _geometry(file: Path, annotation: voc.Voc, image: Path | None) -> PageGeometry:
    """The picture's size, which must be what the annotation says to within a pixel."""
    said = (annotation.width, annotation.height)
    if image is None:
        if 0 in said:
            raise UserError(
                "The file {file} has neither a picture nor a size. Add the picture.", file=file
            )
        check_size(*said, file)
        return PageGeometry(FORMAT, float(said[0]), float(said[1]))
    return geometry_of(image) if 0 in said else check_same_size(image, said, file)


@dataclass(frozen=True)
class _Sample:
    """One annotation file with its words."""

    file: Path
    annotation: voc.Voc
    raw_words: list[Any] | None

    @property
    def kind(self) -> str:
        """Structure where any object is a part of a table, or the database says so."""
        parts = set(TABLE_CLASSES) - set(DETECTION_CLASSES)
        has_parts = any(self.name(item) in parts for item in self.annotation.objects)
        is_structure = has_parts or "structure" in self.annotation.database.lower()
        return STRUCTURE_KIND if is_structure else DETECTION_KIND

    def name(self, item: voc.VocObject) -> str:
        """The class; a number is a place in the reference's class map."""
        is_detection = "detection" in self.annotation.database.lower()
        names = DETECTION_CLASSES if is_detection else TABLE_CLASSES
        is_place = item.name.isascii() and item.name.isdigit() and int(item.name) < len(names)
        return names[int(item.name)] if is_place else item.name

    def page(self, geometry: PageGeometry, split: str) -> Page:
        """The page of the sample."""
        words = tuple(_word(raw, number) for number, raw in enumerate(self.raw_words or (), 1))
        first = len(words) + 1
        table = self._table(first, words) if self.kind == STRUCTURE_KIND else None
        regions = () if table else self._regions(first)
        return replace(
            finished_page(geometry),
            words=words,
            tables=(table,) if table else (),
            regions=regions,
            next_id=first + (1 if table else len(regions)),
            source_data=self._page_source(split),
        )

    def _table(self, table_id: int, words: tuple[Word, ...]) -> Table | None:
        objects = [(self.name(item), item.box.normalized()) for item in self.annotation.objects]
        if any(name not in TABLE_CLASSES for name, _ in objects):
            return None
        table = table_grid.from_objects(table_id, objects, words)
        if table is None:
            return None
        raw = [
            [self.name(item), item.box.x0, item.box.y0, item.box.x1, item.box.y1, item.attributes]
            for item in self.annotation.objects
        ]
        data = pack(FORMAT, objects=raw, grid=grid_digest(table))
        return replace(table, source=IMPORTED, source_data=data)

    def _regions(self, first: int) -> tuple[Region, ...]:
        return tuple(
            Region(
                id=first + number,
                label=self.name(item),
                box=item.box.normalized(),
                source=IMPORTED,
                source_data=pack(FORMAT, attributes=item.attributes) if item.attributes else "",
            )
            for number, item in enumerate(self.annotation.objects)
        )

    def _page_source(self, split: str) -> str:
        return pack(
            FORMAT,
            kind=self.kind,
            split=split,
            database=self.annotation.database,
            header=self.annotation.header,
            has_words=self.raw_words is not None,
        )

    def _outside_their_table(self, page: Page) -> int:
        """How many rows, columns and cells lie with more than half of them outside the table."""
        boxes = [item.box.normalized() for item in self.annotation.objects]
        insides = [box.intersection(table.box).area for table in page.tables for box in boxes]
        areas = [box.area for _table in page.tables for box in boxes]
        return sum(inside < area / 2 for inside, area in zip(insides, areas, strict=True))

    def problems(self, page: Page, image: Path | None) -> list[str]:
        """What is kept but looks wrong, and what is missing."""
        found = []
        if image is None:
            found.append(_("its picture {name} is missing").format(name=f"{self.file.stem}.jpg"))
        elif image.suffix != ".jpg":
            found.append(
                _("its picture is not a .jpg file, which the reference loader passes over")
            )
        if self.raw_words is None:
            found.append(
                _("its words file {name} is missing").format(name=f"{self.file.stem}_words.json")
            )
        if 0 in (self.annotation.width, self.annotation.height) and image is not None:
            found.append(_("its file does not say how large the picture is; the picture does"))
        if self.kind == STRUCTURE_KIND and (lost := self._outside_their_table(page)):
            found.append(counted(mark("{count} parts lie outside their table"), lost))
        if self.kind == STRUCTURE_KIND and not page.tables:
            found.append(_("its rows and columns contradict one another; they are kept as regions"))
        swapped = sum(item.box != item.box.normalized() for item in self.annotation.objects)
        if swapped:
            found.append(counted(mark("{count} boxes have their corners swapped"), swapped))
        outside = boxes_outside(page)
        if outside:
            found.append(counted(mark("{count} boxes reach out of the page"), outside))
        names = {self.name(item) for item in self.annotation.objects}
        unknown = names - {*TABLE_CLASSES, *DETECTION_CLASSES}
        if unknown:
            text = _("the reference loader knows no class {names}")
            found.append(text.format(names=", ".join(sorted(map(repr, unknown)))))
        return found


def _word(raw: dict[str, Any], word_id: int) -> Word:
    box = Box(*(numbers(raw["bbox"], 4) or ()))
    rest = {key: None if key in ("bbox", "text") else value for key, value in raw.items()}
    return Word(word_id, raw["text"], box, source_data=pack(FORMAT, raw=rest))
