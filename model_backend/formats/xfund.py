"""XFUND: one JSON for many forms, with FUNSD's entities, words and links.

Each document stands in its file with a picture of its own, and is read alone: the file may be
larger than the memory. Boxes may have four numbers or eight, ids need not equal the place in the
list, and keys we do not know are kept. PP-KIE's lists, which lines tell, are read as what they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, TypeGuard

from model_backend.document import Page, PageGeometry
from model_backend.errors import UserError
from model_backend.formats import ppkie, safe_json
from model_backend.formats.funsd import Form
from model_backend.formats.funsd_form import FORMAT as FORM
from model_backend.formats.pictures import SUFFIXES, check_same_size, check_size, geometry_of
from model_backend.formats.safe_path import resolve_inside, shown
from model_backend.formats.source_data import pack
from model_backend.formats.splits import PARTS
from model_backend.formats.values import ReadPage
from model_backend.formats.xfund_write import FORMAT, Writer, renamed
from model_backend.labels import ENTITY
from model_backend.translation import _

__all__ = ["Writer", "members", "read_member"]

_LISTS = (".json", ".txt")
_MOST_TOP = 10_000
"""Characters of a file's other keys that are kept with every page; of more of them, none."""
_DOCUMENTS = "documents"


@dataclass(frozen=True)
class _Index:
    """Where the documents of a file lie, and what else its object says."""

    places: safe_json.Places
    top: dict[str, Any]


def members(path: Path) -> tuple[str, ...]:
    """FILE#N for each document of a file, or of all files of a folder."""
    if path.is_file():
        found = _names(path, path, is_strict=True)
    else:
        files = (file for file in sorted(path.iterdir()) if file.suffix.lower() in _LISTS)
        found = [name for file in files if file.is_file() for name in _names(path, file)]
    if not found:
        raise UserError(
            "{folder} holds no XFUND documents (a JSON file with a list documents). Choose another"
            " folder or file.",
            folder=path,
        )
    return tuple(found)


def _names(path: Path, file: Path, *, is_strict: bool = False) -> list[str]:
    """The members of one file; of a folder, a broken file is one member, whose error says why."""
    if ppkie.is_list(file):
        return ppkie.names(path, file)
    try:
        return [f"{file.name}#{number}" for number in range(len(_index_of(file).places))]
    except UserError:
        if is_strict:
            raise
        return [f"{file.name}#0"]


def _index_of(file: Path) -> _Index:
    state = file.stat()
    return _index(file, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)
def _index(file: Path, _modified: int, _size: int) -> _Index:
    safe_json.check_file(file, safe_json.MAXIMUM_STREAM_BYTES)
    with file.open("rb") as opened:
        head = opened.read(64).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not head.startswith(b"{"):
        return _Index(safe_json.Places(), {})
    places, top = safe_json.Places(), dict[str, Any]()
    for key, value, place in safe_json.ElementReader(file).elements(_DOCUMENTS):
        top[key] = None if key == _DOCUMENTS else value
        if key == _DOCUMENTS:
            places.append(place)
    return _Index(places, top if places and len(json.dumps(top)) <= _MOST_TOP else {})


def read_member(path: Path, member: str) -> ReadPage:
    """The page of one document; UserError where it or its picture cannot be used."""
    root = path.parent if path.is_file() else path
    name, _sign, number = member.rpartition("#")
    file = resolve_inside(root, name)
    if not file.is_file() or not number.isdecimal():
        raise UserError("{file} cannot be found. Check that it is still there.", file=name)
    if ppkie.is_list(file):
        return ppkie.read_member(path, member)
    index = _index_of(file)
    document = _Document(file, int(number), _value(file, index, int(number)))
    page, image, problems = document.page(root, index)
    labels = tuple((label, ENTITY) for label in sorted({item.label for item in page.entities}))
    split = next((part for part in file.stem.split(".") if part in PARTS), "")
    return ReadPage(document.name, page, image, labels, problems, split=split)


def _value(file: Path, index: _Index, number: int) -> Any:  # noqa: ANN401 - any JSON value
    if number >= len(index.places):
        raise UserError(
            "The file {file} has no document {number}. Read the data set again.",
            file=file,
            number=number,
        )
    with file.open("rb") as opened:
        return safe_json.ElementReader(file).read(opened, index.places[number])


def _broken(file: Path, number: int, reason: str) -> UserError:
    return UserError(
        "The file {file} has a document that cannot be read (number {number}: {reason})."
        " Correct it.",
        file=file,
        number=number,
        reason=reason,
    )


class _Document:
    """One document of a file, checked."""

    def __init__(self, file: Path, number: int, value: object) -> None:
        self.file, self.number = file, number
        if not isinstance(value, dict) or not isinstance(value.get("document"), list):
            raise _broken(file, number, _('it has no list "document"'))
        self.value = value
        image = value.get("img")
        if not isinstance(image, dict) or not isinstance(image.get("fname"), str):
            raise _broken(file, number, _("it names no picture"))
        self.image: dict[str, Any] = image
        self.name = PurePosixPath(image["fname"].replace("\\", "/")).stem or f"{number}"

    def page(self, root: Path, index: _Index) -> tuple[Page, Path | None, tuple[str, ...]]:
        """The page, its picture and what looks wrong."""
        form = Form(Path(f"{self.file.name}#{self.number}"), self.name, self.value["document"])
        picture = self._picture(root)
        page = form.page(self._geometry(picture), source=self._source(form, index))
        problems = form.problems(page)
        if picture is None:
            missing = _("its picture {name} is missing")
            problems += (missing.format(name=shown(self.image["fname"])),)
        return renamed(page, FORM, FORMAT), picture, problems

    def _picture(self, root: Path) -> Path | None:
        """The picture: beside the file, in `images`, or in a folder of the file's name."""
        inside = self.file.parent.relative_to(root.resolve()).as_posix()
        for folder in ("", "images/", f"{self.file.stem}/"):
            found = resolve_inside(root, f"{inside}/{folder}{self.image['fname']}")
            if found.is_file() and found.suffix.lower() in SUFFIXES:
                return found
        return None

    def _geometry(self, picture: Path | None) -> PageGeometry:
        sizes = (self.image.get("width"), self.image.get("height"))
        width, height = (size if _is_size(size) else 0 for size in sizes)
        if picture is not None and width and height:
            return check_same_size(picture, (width, height), self.file)
        if picture is not None:
            return geometry_of(picture)
        if not (width and height):
            raise _broken(self.file, self.number, _("its picture is missing, and it has no size"))
        check_size(width, height, self.file)
        return PageGeometry(FORMAT, float(width), float(height))

    def _source(self, form: Form, index: _Index) -> str:
        ids = list(form.ids)
        return pack(
            FORM,
            name=self.name,
            file=self.file.stem,
            top=index.top,
            document={
                key: None if key in ("document", "img") else value
                for key, value in self.value.items()
            },
            img=self.image,
            ids=len(ids) if ids == list(range(len(ids))) else ids,
        )


def _is_size(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 10**6
