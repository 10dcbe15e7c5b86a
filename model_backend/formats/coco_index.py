"""What a COCO file holds and where: made once by streaming, so that a page is read without the
rest."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from model_backend.errors import UserError
from model_backend.formats.coco_region import Record
from model_backend.formats.safe_json import ElementReader, Place, Places
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import is_id
from model_backend.formats.text_files import head_of
from model_backend.translation import _, counted, mark

_PART = re.compile(r"(?:^|[_.-])(train|val|test)(?:\d{4})?$")
_FOLDERS = {"annotations": "images", "COCO": "PNG"}
"""Folders that hold a set's files, and those beside them with its pictures (DocLayNet's: COCO,
PNG)."""
_TOP = ("info", "licenses")
_LISTS = ("images", "annotations", "categories")


class CocoIndex:
    """Where images and their annotations lie in the file, and what all pages share.

    Of an image only its id is kept, and of either where it lies: files may have millions.
    """

    def __init__(self, path: Path) -> None:
        self.reader = ElementReader(path)
        self.categories: list[Record] = []
        self.top: Record = {}
        self.problems: list[str] = []
        self.orphans = 0
        """Annotations of images that are not in the file."""
        self._rows: dict[str, int] = {}
        self._images = Places()
        self._order, self._owners = array("I"), array("I")
        self._annotations = Places()
        self._firsts = self._sorted = np.zeros(0, dtype=np.uint32)
        self._stems = array("q")
        self._shared_stems: frozenset[int] = frozenset()

    def add_image(self, value: Record, place: Place) -> bool:
        """Note an image; False where its id is missing or was there already."""
        if not is_id(value.get("id")):
            return False
        row = self._row(value["id"])
        if self._images[row][1]:
            return False
        self._images[row] = place
        self._order.append(row)
        self._stems.append(hash(_path_of(value).stem))
        return True

    def add_annotation(self, value: Record, place: Place) -> None:
        """Note an annotation, whether its image comes before or after it."""
        self._owners.append(self._row(value.get("image_id")))
        self._annotations.append(place)

    def _row(self, image_id: object) -> int:
        row = self._rows.setdefault(str(image_id), len(self._rows))
        if row == len(self._images):
            self._images.append((0, 0))
        return row

    def finish(self) -> None:
        """Sort the annotations by their images."""
        owners = np.asarray(self._owners)
        counts = np.bincount(owners, minlength=len(self._rows))
        self._firsts = np.concatenate(([0], np.cumsum(counts))).astype(np.uint32)
        self._sorted = np.argsort(owners, kind="stable").astype(np.uint32)
        self._owners = array("I")
        missing = [row for row in range(len(self._rows)) if not self._images[row][1]]
        self.orphans = int(counts[missing].sum())
        stems, times = np.unique(np.asarray(self._stems, dtype=np.int64), return_counts=True)
        self._shared_stems = frozenset(stems[times > 1].tolist())
        self._stems = array("q")

    @property
    def members(self) -> tuple[str, ...]:
        """The ids of all images, as texts, in the order of the file."""
        names = list(self._rows)
        return tuple(names[row] for row in self._order)

    def is_first(self, member: str) -> bool:
        """Whether this is the first image of the file."""
        return self._rows[member] == self._order[0]

    def image(self, member: str) -> Record | None:
        """The record of an image as the file has it; None where there is none."""
        row = self._rows.get(member, -1)
        if row < 0 or not self._images[row][1]:
            return None
        with self.reader.path.open("rb") as file:
            record: Record = self.reader.read(file, self._images[row])
        return record

    def page_name(self, record: Record) -> str:
        """The stem of the image's file; with its folders, and then its id, where others share
        it."""
        path = _path_of(record)
        if hash(path.stem) not in self._shared_stems:
            return path.stem
        folders = [part for part in path.parts[:-1] if part.strip("./")]
        return "_".join([*folders, path.stem, str(record["id"])])

    def annotations(self, member: str) -> Iterator[Any]:
        """The annotations of one image, as the file has them."""
        row = self._rows[member]
        with self.reader.path.open("rb") as file:
            for place in self._sorted[self._firsts[row] : self._firsts[row + 1]]:
                yield self.reader.read(file, self._annotations[int(place)])


def _path_of(record: Record) -> PurePosixPath:
    return PurePosixPath(str(record.get("file_name")).replace("\\", "/"))


def index_of(path: Path) -> CocoIndex:
    """The index of a file, kept while the file stays as it is."""
    status = path.stat()
    return _index(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _index(path: Path, _modified: int, _size: int) -> CocoIndex:
    index = CocoIndex(path)
    for key, value, place in index.reader.elements():
        if key in _LISTS and not isinstance(value, dict):
            if value != []:
                index.problems.append(_("{key}: an entry is not an object").format(key=key))
        elif key == "images":
            if not index.add_image(value, place):
                text = _("images: the id {id} is missing, there twice or not a number")
                index.problems.append(text.format(id=str(value.get("id"))[:80]))
        elif key == "annotations":
            index.add_annotation(value, place)
        elif key == "categories":
            _add_category(index, value)
        elif key in _TOP and value:
            _add_top(index, key, value)
    index.finish()
    if not index.members:
        raise UserError('The file {file} has no "images". It is not a COCO data set.', file=path)
    if index.orphans:
        text = mark("{count} annotations belong to images that are not in the file")
        index.problems.append(counted(text, index.orphans))
    return index


def _add_category(index: CocoIndex, value: Record) -> None:
    known = {item["id"] for item in index.categories}
    is_good = is_id(value.get("id")) and isinstance(value.get("name"), str)
    if not is_good or value["id"] in known:
        text = _("categories: the id {id} is there twice, or has no name")
        index.problems.append(text.format(id=str(value.get("id"))[:80]))
        return
    index.categories.append(value)


def _add_top(index: CocoIndex, key: str, value: Any) -> None:  # noqa: ANN401 - any JSON value
    if key == "licenses":
        index.top.setdefault(key, []).append(value)
    else:
        index.top[key] = value


def files_of(path: Path) -> tuple[Path, ...]:
    """The COCO files that are meant: the path itself, the only one in the folder, or those of the
    parts of one set (instances_train.json and instances_val.json, train.json and val.json)."""
    if path.is_file():
        return (path,)
    below = (path / name for name in _FOLDERS)
    folders = tuple(folder for folder in (path, *below) if folder.is_dir())
    candidates = _coco_files(folders, tuple(folder.stat().st_mtime_ns for folder in folders))
    if len(candidates) == 1 or (candidates and _are_parts(candidates)):
        return candidates
    if not candidates:
        raise UserError(
            "The folder {folder} holds no COCO file (.json with images). Choose another one.",
            folder=path,
        )
    raise UserError(
        "The folder {folder} holds several COCO files ({names}). Choose one of the files.",
        folder=path,
        names=", ".join(file.name for file in candidates[:5]),
    )


@lru_cache(maxsize=4)
def _coco_files(folders: tuple[Path, ...], _modified: tuple[int, ...]) -> tuple[Path, ...]:
    """The files in these folders, looked for once while the folders stay as they are."""
    files = (file for folder in folders for file in sorted(folder.glob("*.json")))
    return tuple(file for file in files if file.is_file() and _is_coco(file))


def _are_parts(files: tuple[Path, ...]) -> bool:
    """Whether the files have one name but for the part of the set that they hold."""
    names = {(file.parent, _PART.sub("", file.stem)) for file in files}
    return len(names) == 1


def part_of(file: Path) -> str:
    """The part of the set that a file's name speaks of; empty where it speaks of none."""
    found = _PART.search(file.stem)
    return found[1] if found else ""


def _is_coco(file: Path) -> bool:
    """A look at the start: an object whose first list has entries like images or annotations."""
    head = head_of(file, 65536)
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")[:1] == b"{" and any(
        f'"{key}"'.encode() in head for key in (*_LISTS, *_TOP)
    )


def picture_of(file: Path, name: str) -> Path | None:
    """The picture of that name near a COCO file: beside it, in images, or where COCO, PubLayNet
    and DocLayNet keep them."""
    own = _FOLDERS.get(file.parent.name, "")
    roots = (file.parent, file.parent.parent) if own else (file.parent,)
    part = file.stem.rpartition("_")[2]  # instances_train2017.json belongs to train2017/
    for root in roots:
        for folder in dict.fromkeys(("", "images", part, own)):
            candidate = resolve_inside(root, f"{folder}/{name}" if folder else name)
            if candidate.is_file():
                return candidate
    return None
