"""Proofdesk's own page files: everything a page holds, one JSON file a page, with its picture.

A project leaves with the documents' own files instead of pictures, with all that it keeps of each
page (proposals of models, what reading it met with) and with its labels and its record of edits,
so that it can be made again from the folder: `project.json` says that it is such a copy.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import orjson

from model_backend import masks, sources
from model_backend.document import Affine, Document, Page, PageGeometry, Region
from model_backend.document_json import Value, from_json, to_json
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.pictures import (
    SUFFIXES,
    check_same_size,
    export_scale,
    geometry_of,
    save_picture,
)
from model_backend.formats.safe_path import SafeNames, resolve_inside, shown
from model_backend.formats.scaling import scaled_page
from model_backend.formats.splits import PARTS
from model_backend.formats.values import ExportPage, Json, Labels, ReadPage, WriteOptions, Written
from model_backend.labels import ENTITY, REGION
from model_backend.quality import read_back
from model_backend.table_grid import problems as table_problems
from model_backend.translation import _

FORMAT = "proofdesk-page"
VERSION = 1
PROJECT = "project.json"
"""The file that makes a set the copy of a whole project."""
HISTORY = "history.jsonl"
DOCUMENTS = "documents"
_COPY = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_DIGITS = re.compile(r"(\d+)")


def members(path: Path) -> tuple[str, ...]:
    """Names of the page files below a folder; numbers in them count as numbers."""
    folder = path / "pages"
    names = (file.stem for file in folder.glob("*.json")) if folder.is_dir() else ()
    found = sorted(names, key=_natural)
    if not found:
        raise UserError(
            "The folder {folder} holds no page files (pages/*.json). Choose another one.",
            folder=path,
        )
    return tuple(found)


def _natural(name: str) -> list[tuple[int, str]]:
    """A key by which page 2 comes before page 10; equal numbers by their writing."""
    parts = _DIGITS.split(name)
    return [(int(part) if place % 2 else 0, part) for place, part in enumerate(parts)]


def read_member(path: Path, member: str) -> ReadPage:
    """The page exactly as it was written, with ids of page and document 0."""
    file = resolve_inside(path, f"pages/{member}.json")
    data = safe_json.load(file, halves=True)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise _broken(file, "format")
    if data.get("version") != VERSION:
        raise UserError(
            "The page file {file} was written by a newer Proofdesk. Update and retry.", file=file
        )
    page, document = _page(data, file), _document(data, file)
    record, ids = data.get("record", {}), (page.id, document.id if document else 0)
    if not isinstance(record, dict):
        raise _broken(file, "record")
    image, scale = data.get("image"), data.get("image_scale", 1.0)
    is_right = isinstance(image, str | None) and isinstance(scale, float | int) and scale > 0
    if not is_right or data.get("split", "") not in ("", *PARTS):
        raise _broken(file, "image")
    picture, problems = _picture(path, image)
    if picture is not None:
        said = (round(page.width * scale), round(page.height * scale))
        check_same_size(picture, said, file)
    return ReadPage(
        name=member,
        page=replace(page, id=0, document_id=0),
        image=picture,
        labels=labels_of(page),
        problems=problems,
        document=replace(document, id=0) if document else None,
        image_scale=float(scale),
        split=data.get("split", ""),
        file=_own_file(path, data, document, file),
        ids=ids,
        record=record,
    )


def _own_file(path: Path, data: Json, document: Document | None, file: Path) -> Path | None:
    """The document's own file, named by its SHA-256."""
    name = data.get("file")
    if name is None:
        return None
    is_copy = isinstance(name, str) and _COPY.fullmatch(name) and document is not None
    if not is_copy or not document.sha256 == name.partition(".")[0]:  # type: ignore[union-attr]
        raise _broken(file, "file")
    return resolve_inside(path, f"{DOCUMENTS}/{name}")


def _picture(path: Path, image: str | None) -> tuple[Path | None, tuple[str, ...]]:
    """The picture, None with a word about it where it is not there any more."""
    picture = None if image is None else resolve_inside(path, image)
    if picture is None or picture.is_file():
        return picture, ()
    return None, (_("its picture {name} is missing").format(name=shown(picture.name)),)


def labels_of(page: Page) -> Labels:
    """The (name, kind) pairs that a page uses."""
    found = {(item.label, ENTITY) for item in page.entities}
    return tuple(sorted(found | {(item.label, REGION) for item in page.regions}))


def in_picture(item: ReadPage) -> ReadPage:
    """The page with its picture as its document: in pixels, neither turned nor deskewed by
    anyone."""
    if item.image is not None and item.image.suffix.lower() == ".pdf":
        return item  # a page of a PDF is not in pixels
    is_turned = bool(item.page.rotation or item.page.skew)
    is_in_pixels = item.image_scale == 1.0 and item.page.unit == "px"
    if item.image is None or (is_in_pixels and not is_turned):
        return item
    geometry: PageGeometry = geometry_of(item.image)
    page = scaled_page(
        item.page, geometry.width / item.page.width, geometry.height / item.page.height
    )
    page = replace(page, geometry=geometry, rotation=0, skew=0.0, number=0, unit="px")
    return replace(item, page=page, image_scale=1.0, document=None)


def _broken(file: Path, part: str) -> UserError:
    return UserError(
        "The page file {file} is damaged ({part}). Export it again.", file=file, part=part
    )


def _page(data: Mapping[str, Any], file: Path) -> Page:
    page = value_of(Page, data.get("page"), file)
    wrong = next(iter(_contradictions(page)), "")
    if wrong:
        raise _broken(file, wrong)
    return page


def _document(data: Mapping[str, Any], file: Path) -> Document | None:
    if data.get("document") is None:
        return None
    return value_of(Document, data["document"], file)


def value_of(kind: type[Value], data: object, file: Path) -> Value:
    """The frozen value that foreign JSON says; UserError, naming the file, where it is none."""
    if not isinstance(data, dict):
        raise _broken(file, kind.__name__)
    try:
        value = from_json(kind, data)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _broken(file, str(error)[:80]) from error
    if not has_types(value, kind):
        raise _broken(file, kind.__name__)
    return value


def has_types(value: object, kind: Any) -> bool:  # noqa: ANN401 - a type expression
    """Whether a value built from foreign JSON really has the types that its fields declare."""
    arguments = get_args(kind)
    if get_origin(kind) is tuple and isinstance(value, tuple):
        kinds = arguments[:1] * len(value) if arguments[1:] == (...,) else arguments
        return len(kinds) == len(value) and all(map(has_types, value, kinds))
    if arguments:
        return any(
            value is None if part is type(None) else has_types(value, part) for part in arguments
        )
    if isinstance(kind, type) and is_dataclass(kind):
        return isinstance(value, kind) and all(
            has_types(getattr(value, name), part) for name, part in _parts_of(kind)
        )
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


@cache
def _parts_of(kind: Any) -> tuple[tuple[str, Any], ...]:  # noqa: ANN401 - a dataclass
    """The fields of a dataclass with their types."""
    hints = get_type_hints(kind)
    return tuple((item.name, hints[item.name]) for item in fields(kind))


def _contradictions(page: Page) -> Iterable[str]:
    """What in a page cannot be, in a word or two each."""
    ids = [item.id for item in (*page.words, *page.annotations)]
    if len(set(ids)) != len(ids) or any(not 0 < number < page.next_id for number in ids):
        yield "ids"
    words, entities = {word.id for word in page.words}, {entity.id for entity in page.entities}
    if any(not words.issuperset(entity.word_ids) for entity in page.entities):
        yield "words of entities"
    if any({link.from_id, link.to_id} - entities for link in page.relations):
        yield "relations"
    if any(table_problems(table) for table in page.tables):
        yield "tables"
    if any(not _is_mask_whole(region) for region in page.regions):
        yield "masks"
    if page.width <= 0 or page.height <= 0 or page.unit not in ("px", "pt"):
        yield "size"


def _is_mask_whole(region: Region) -> bool:
    mask = region.mask
    if mask is None:
        return True
    try:
        is_full = sum(masks.runs_of(mask.counts)) == mask.width * mask.height <= masks.MAX_PIXELS
        return is_full and _has_extent(mask.to_page)
    except ValueError:
        return False


def _has_extent(to_page: Affine) -> bool:
    """Whether the transform gives a picture an extent in both directions."""
    a, b, c, d, _e, _f = to_page
    return a * d != b * c


def bytes_of(data: Any, *, indent: bool = False) -> bytes:  # noqa: ANN401 - any JSON value
    """JSON that loses nothing: halves of surrogate pairs, as some texts have, leave as escapes."""
    try:
        return orjson.dumps(data, option=orjson.OPT_INDENT_2 if indent else 0)
    except orjson.JSONEncodeError:
        return json.dumps(data, ensure_ascii=True, indent=2 if indent else None).encode("ascii")


class Writer:
    """Writes pages/NAME.json and images/NAME.*, or the document's own file, a page at a time, each
    read back at once."""

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        self.folder, self.options = folder, options
        self.written = Written()
        self._names = SafeNames()

    def write(self, item: ExportPage) -> None:
        """Add a page with everything it holds."""
        stem = self._names.stem(item.name)
        if stem != item.name:
            self.written.renamed.append((item.name, stem))
        file = self.folder / "pages" / f"{stem}.json"
        file.parent.mkdir(exist_ok=True)
        data = {
            "format": FORMAT,
            "version": VERSION,
            "split": item.split,
            **self._picture(item, stem),
            "document": to_json(item.document),
            "page": to_json(item.page),
        }
        if item.record:
            data["record"] = item.record
        file.write_bytes(bytes_of(data, indent=True))
        read_back.check_page_file(self.folder, stem, item)
        page = item.page
        self.written.counts.update(
            pages=1,
            words=len(page.words),
            entities=len(page.entities),
            relations=len(page.relations),
            tables=len(page.tables),
            regions=len(page.regions),
        )

    def _picture(self, item: ExportPage, stem: str) -> Json:
        if item.file is not None:
            self._copy_document(item.file, item.document)
            return {"image": None, "file": item.file.name}
        if item.picture is None:
            return {"image": None}
        scale = export_scale(item, item.picture, self.options)
        target = self.folder / "images" / f"{stem}.png"
        saved = save_picture(item, item.picture, target, scale=scale, copied=SUFFIXES)
        return {"image": f"images/{saved.path.name}", "image_scale": saved.factors(item.page)[0]}

    def _copy_document(self, file: Path, document: Document) -> None:
        """The document's own file, once for all of its pages; what was copied must be it."""
        target = self.folder / DOCUMENTS / file.name
        if target.exists():
            return
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(file, target)
        if sources.sha256(target) != document.sha256:
            raise UserError(
                "The copy of {name} in the project's folder documents is damaged. Put the file back"
                " as {file}.",
                name=document.name,
                file=file.name,
            )

    def close(self) -> None:
        """Nothing belongs at the end."""

    def abandon(self) -> None:
        """Nothing is open between pages."""
