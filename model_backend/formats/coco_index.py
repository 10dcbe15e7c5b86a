"""What a COCO file holds and where: made once by streaming, so that a page is read without the
rest."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from model_backend.errors import UserError
from model_backend.formats.coco_region import Record
from model_backend.formats.safe_json import ElementReader
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import is_id
from model_backend.translation import _

_TOP = ("info", "licenses")
_LISTS = ("images", "annotations", "categories")


@dataclass
class CocoIndex:
    """Images by member name, the places of their annotations in the file, and what all pages
    share."""

    reader: ElementReader
    images: dict[str, Record] = field(default_factory=dict)
    places: dict[str, array[int]] = field(default_factory=dict)
    categories: list[Record] = field(default_factory=list)
    top: Record = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    stems: Counter[str] = field(default_factory=Counter)

    def page_name(self, member: str) -> str:
        """The stem of the image's file; with its folders, and then its id, where others share
        it."""
        path = PurePosixPath(str(self.images[member].get("file_name")).replace("\\", "/"))
        if self.stems[path.stem] == 1:
            return path.stem
        folders = [part for part in path.parts[:-1] if part.strip("./")]
        return "_".join([*folders, path.stem, member])

    def annotations(self, member: str) -> Iterator[Any]:
        """The annotations of one image, as the file has them."""
        places = self.places.get(member, array("Q"))
        with self.reader.path.open("rb") as file:
            for place in zip(places[0::2], places[1::2], strict=True):
                yield self.reader.read(file, place)


def index_of(path: Path) -> CocoIndex:
    """The index of a file, kept while the file stays as it is."""
    status = path.stat()
    return _index(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _index(path: Path, _modified: int, _size: int) -> CocoIndex:
    index = CocoIndex(ElementReader(path))
    for key, value, place in index.reader.elements():
        if key in _LISTS and not isinstance(value, dict):
            if value != []:
                index.problems.append(_("{key}: an entry is not an object").format(key=key))
        elif key == "images":
            _add_image(index, value)
        elif key == "annotations":
            member = str(value.get("image_id"))
            index.places.setdefault(member, array("Q")).extend(place)
        elif key == "categories":
            _add_category(index, value)
        elif key in _TOP and value:
            _add_top(index, key, value)
    if not index.images:
        raise UserError('The file {file} has no "images". It is not a COCO data set.', file=path)
    _count_orphans(index)
    return index


def _add_image(index: CocoIndex, value: Record) -> None:
    member = str(value.get("id"))
    if not is_id(value.get("id")) or member in index.images:
        text = _("images: the id {id} is missing, there twice or not a number")
        index.problems.append(text.format(id=member[:80]))
        return
    index.images[member] = value
    index.stems[PurePosixPath(str(value.get("file_name")).replace("\\", "/")).stem] += 1


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


def _count_orphans(index: CocoIndex) -> None:
    orphans = sum(len(p) // 2 for member, p in index.places.items() if member not in index.images)
    if orphans:
        text = _("{count} annotations belong to images that are not in the file")
        index.problems.append(text.format(count=orphans))


def file_of(path: Path) -> Path:
    """The COCO file that is meant: the path itself, or the only one in the folder."""
    if path.is_file():
        return path
    candidates = [
        file
        for folder in (path, path / "annotations")
        if folder.is_dir()
        for file in sorted(folder.glob("*.json"))
        if _is_coco(file)
    ]
    if len(candidates) == 1:
        return candidates[0]
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


def _is_coco(file: Path) -> bool:
    """A look at the start: an object whose first list has entries like images or annotations."""
    with file.open("rb") as opened:
        head = opened.read(65536)
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{" and any(
        f'"{key}"'.encode() in head for key in (*_LISTS, *_TOP)
    )


def picture_of(file: Path, name: str) -> Path | None:
    """The picture of that name near a COCO file: beside it, in images, or where COCO keeps them."""
    roots = [file.parent]
    if file.parent.name == "annotations":
        roots.append(file.parent.parent)
    part = file.stem.rpartition("_")[2]  # instances_train2017.json belongs to train2017/
    for root in roots:
        for folder in ("", "images", part):
            candidate = resolve_inside(root, f"{folder}/{name}" if folder else name)
            if candidate.is_file():
                return candidate
    return None
