"""FUNSD: one JSON file of entities, words and links for each PNG of a form.

`read_member` and `Writer` are inverses. A field is written as the file had it as long as its value
is still what reading the file would give; what people changed is written anew by FUNSD's rules:
whole pixels, ids equal to the place in the list, and each link in both of its entities.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from model_backend.document import (
    IMPORTED,
    Entity,
    Page,
    PageGeometry,
    Relation,
    Word,
)
from model_backend.errors import UserError
from model_backend.formats import safe_json
from model_backend.formats.form_writer import FormWriter, Target
from model_backend.formats.funsd_form import (
    FORMAT,
    Pair,
    form_of,
    is_pair,
    is_swapped,
    is_word,
    read_box,
    read_word,
)
from model_backend.formats.pictures import (
    SUFFIXES,
    Saved,
    finished_page,
    geometry_of,
)
from model_backend.formats.safe_path import resolve_inside
from model_backend.formats.source_data import boxes_outside, is_id, pack
from model_backend.formats.values import ExportPage, ReadPage, WriteOptions
from model_backend.labels import ENTITY
from model_backend.quality import read_back
from model_backend.translation import _, counted, mark

SPLITS = {"training_data": "train", "validation_data": "val", "testing_data": "test"}
LABELS = ("question", "answer", "header", "other")
"""All that the loaders of LayoutLM and its kin know."""


def members(path: Path) -> tuple[str, ...]:
    """Names of the forms below a folder: their stems, after the folder of their part of the set."""
    found = _listing_of(path)[0]
    if not found:
        raise _no_data(path)
    return found


def _listing_of(path: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Members, and pictures without annotation; kept while the folders stay as they are."""
    folders = _folders(path)
    inner = (root / name for _, root in folders for name in ("annotations", "images"))
    stamps = tuple(folder.stat().st_mtime_ns for folder in inner if folder.is_dir())
    return _listing(tuple(folders), stamps)


@lru_cache(maxsize=2)
def _listing(
    folders: tuple[tuple[str, Path], ...], _modified: tuple[int, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    found: list[str] = []
    lonely: list[str] = []
    for prefix, root in folders:
        forms = {file.stem for file in (root / "annotations").glob("*.json")}
        found += (f"{prefix}{stem}" for stem in forms)
        pictures = sorted(file for file in (root / "images").glob("*") if file.suffix in SUFFIXES)
        lonely += (picture.name for picture in pictures if picture.stem not in forms)
    return tuple(sorted(found)), tuple(lonely)


def _folders(path: Path) -> list[tuple[str, Path]]:
    """The folders that hold `annotations`: the path itself, or the two parts of the whole set."""
    for root in (path, path / "dataset"):
        if (root / "annotations").is_dir():
            return [("", root)]
        parts = [
            (f"{name}/", root / name) for name in SPLITS if (root / name / "annotations").is_dir()
        ]
        if parts:
            return parts
    raise _no_data(path)


def _no_data(path: Path) -> UserError:
    return UserError(
        "The folder {folder} holds no FUNSD annotations (annotations/*.json). Choose another one.",
        folder=path,
    )


def read_member(path: Path, member: str) -> ReadPage:
    """The page of one form; UserError where the file or its picture cannot be used."""
    prefix, slash, stem = member.rpartition("/")
    root = next((folder for name, folder in _folders(path) if name == prefix + slash), path)
    file = resolve_inside(root, f"annotations/{stem}.json")
    data = safe_json.load(file)
    if not isinstance(data, dict) or not isinstance(data.get("form"), list):
        raise UserError('The file {file} has no list "form". It is not a FUNSD file.', file=file)
    form = Form(file, stem, data["form"])
    image = _image(root, stem, file)
    page = form.page(geometry_of(image), source=_page_source(data, form, prefix, stem, file))
    labels = tuple((name, ENTITY) for name in sorted({entity.label for entity in page.entities}))
    problems = form.problems(page)
    found, lonely = _listing_of(path)
    if lonely and member == found[0]:
        text = mark("{count} pictures have no annotation: {names}")
        problems += (counted(text, len(lonely), names=", ".join(lonely[:5])),)
    return ReadPage(stem, page, image, labels, problems, split=SPLITS.get(prefix, ""))


def _image(root: Path, stem: str, file: Path) -> Path:
    candidates = (resolve_inside(root, f"images/{stem}{suffix}") for suffix in SUFFIXES)
    image = next((candidate for candidate in candidates if candidate.is_file()), None)
    if image is None:
        raise UserError(
            "The file {file} has no picture {picture} in the folder images. Add it and retry.",
            file=file,
            picture=f"{stem}.png",
        )
    return image


def _page_source(data: dict[str, Any], form: Form, folder: str, stem: str, file: Path) -> str:
    ids = list(form.ids)
    with file.open("rb") as opened:
        opened.seek(-1, 2)
        ends_line = opened.read(1) == b"\n"
    return pack(
        FORMAT,
        name=stem,
        folder=folder,
        top={key: None if key == "form" else value for key, value in data.items()},
        ids=len(ids) if ids == list(range(len(ids))) else ids,
        ends_line=ends_line,
    )


class Form:
    """The list `form` of one file, turned into values."""

    def __init__(self, file: Path, name: str, items: list[Any]) -> None:
        self.file, self.name = file, name
        self.items = [self._checked(item, index) for index, item in enumerate(items)]
        self.ids: dict[Any, int] = {}
        for index, item in enumerate(self.items):
            if self.ids.setdefault(item.get("id", index), index) != index:
                raise self._error(index, _("its id is there twice"))

    def _error(self, index: int, reason: str) -> UserError:
        return UserError(
            "The file {file} has an entity that cannot be read (number {number}: {reason})."
            " Correct it.",
            file=self.file,
            number=index,
            reason=reason,
        )

    def _checked(self, item: object, index: int) -> dict[str, Any]:
        if not isinstance(item, dict):
            raise self._error(index, _("it is not an object"))
        words, links = item.get("words", []), item.get("linking", [])
        is_right = {
            "box": read_box(item.get("box")) is not None,
            "label": isinstance(item.get("label"), str),
            "text": isinstance(item.get("text", ""), str),
            "words": isinstance(words, list) and all(map(is_word, words)),
            "linking": isinstance(links, list) and all(map(is_pair, links)),
            "id": is_id(item.get("id", index)),
        }
        wrong = [key for key, right in is_right.items() if not right]
        if wrong:
            raise self._error(index, wrong[0])
        return item

    def page(self, geometry: PageGeometry, source: str) -> Page:
        """The page with words first, then entities, then links in the id sequence."""
        words: list[Word] = []
        word_ids: list[tuple[int, ...]] = []
        for item in self.items:
            new = [read_word(raw, len(words) + n) for n, raw in enumerate(item.get("words", []), 1)]
            words.extend(new)
            word_ids.append(tuple(word.id for word in new))
        first = len(words) + 1
        entities = tuple(
            self._entity(item, first + index, word_ids[index])
            for index, item in enumerate(self.items)
        )
        relations = self._relations(entities, first + len(entities))
        return replace(
            finished_page(geometry),
            words=tuple(words),
            entities=entities,
            relations=relations,
            next_id=first + len(entities) + len(relations),
            source_data=source,
        )

    def _entity(self, item: dict[str, Any], entity_id: int, word_ids: tuple[int, ...]) -> Entity:
        raw = {key: None if key == "words" else value for key, value in item.items()}
        box = read_box(item["box"])
        assert box is not None  # checked in the constructor
        return Entity(
            id=entity_id,
            label=item["label"],
            word_ids=word_ids,
            text=item.get("text", ""),
            box=box,
            source=IMPORTED,
            source_data=pack(FORMAT, of=f"{self.name}#{entity_id}", raw=raw),
        )

    def _relations(self, entities: tuple[Entity, ...], first: int) -> tuple[Relation, ...]:
        pairs = dict.fromkeys(self._known_pairs())
        return tuple(
            Relation(first + n, entities[start].id, entities[end].id, source=IMPORTED)
            for n, (start, end) in enumerate(pairs)
        )

    def _known_pairs(self) -> Iterable[Pair]:
        for start, end in self._pairs():
            if start in self.ids and end in self.ids:
                yield self.ids[start], self.ids[end]

    def _pairs(self) -> list[tuple[Any, Any]]:
        return [(start, end) for item in self.items for start, end in item.get("linking", [])]

    def problems(self, page: Page) -> tuple[str, ...]:
        """What is kept but looks wrong."""
        found: list[str] = []
        outside = boxes_outside(page)
        if outside:
            found.append(counted(mark("{count} boxes reach out of the page"), outside))
        swapped = sum(is_swapped(item["box"]) for item in self.items)
        if swapped:
            found.append(counted(mark("{count} boxes have their corners swapped"), swapped))
        loops = sum(relation.from_id == relation.to_id for relation in page.relations)
        if loops:
            found.append(counted(mark("{count} entities are linked to themselves"), loops))
        lost = sum(not (start in self.ids and end in self.ids) for start, end in self._pairs())
        if lost:
            found.append(counted(mark("{count} links lead to missing entities"), lost))
        return tuple(found)


class Writer(FormWriter[Target]):
    """Writes annotations/NAME.json and images/NAME.png, a page at a time, each checked as soon
    as it is written."""

    format_name, copied = FORMAT, (".png",)

    def __init__(self, folder: Path, options: WriteOptions) -> None:
        super().__init__(folder, options)
        self._labels: set[str] = set()
        self._has_parts: bool | None = None

    def target(self, item: ExportPage, source: dict[str, Any]) -> Target:
        """The folder of the page's part of the set."""
        part = self._part(item, source)
        return self.targets.setdefault(part, Target(self.folder / part / "images"))

    def _part(self, item: ExportPage, source: dict[str, Any]) -> str:
        """The name of that folder; without a split that was asked for, the first page decides
        whether there are parts."""
        part = next((key for key, of in SPLITS.items() if of == item.split), "")
        if self.options.split is not None:
            return part
        part = source.get("folder") or part
        if self._has_parts is None:
            self._has_parts = part in SPLITS
        if not self._has_parts:
            return ""
        return str(part) if part in SPLITS else next(iter(SPLITS))

    def add(
        self, target: Target, stem: str, page: Page, saved: Saved, source: dict[str, Any]
    ) -> None:
        """Write the form's file and read it back."""
        folder = saved.path.parent.parent
        path = folder / "annotations" / f"{stem}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = {**source.get("top", {}), "form": form_of(page)}
        text = json.dumps(data, indent=4, ensure_ascii=False)
        path.write_bytes((text + "\n" * bool(source.get("ends_line"))).encode())
        read_back.check_form(folder, stem, page)
        self._labels.update(entity.label for entity in page.entities)

    def close(self) -> None:
        """Check that a loader finds every page that was written."""
        pages = {part: target.pages for part, target in self.targets.items()}
        read_back.check_forms(self.folder, pages)
        if unknown := self._labels.difference(LABELS):
            text = _("LayoutLM's loaders know no label {names}")
            self.written.problems.append(text.format(names=", ".join(sorted(map(repr, unknown)))))

    def abandon(self) -> None:
        """Nothing is open between pages."""
