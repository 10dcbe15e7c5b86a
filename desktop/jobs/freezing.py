"""Versions of a project's data set: what people settled, written once and never changed.

A version is the folder `versions/NAME` of the project: a data set for each task, in the format that
its training takes, all of one moment and with the same parts, and `version.json`, which names the
pages and the SHA-256 of every file. Pages of a gold version are measured with: later versions do
not have their documents.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.errors import known_error
from desktop.jobs.exporting import IsCancelled, Locked, OnProgress, export_page, never
from desktop.jobs.passwords import Passwords
from desktop.store.copying import VERSIONS
from model_backend.document import PageStatus
from model_backend.errors import UserError
from model_backend.formats import ExportPage, WriteOptions
from model_backend.formats.export import export, leaving
from model_backend.formats.parts import part_of
from model_backend.formats.splits import Split
from model_backend.unfinished import folder_beside

if TYPE_CHECKING:
    from desktop.store.store import Store
    from model_backend.service import Workers

FOLDER, MANIFEST, FORMAT = VERSIONS, "version.json", 1
FORMATS = {"entities": "funsd", "tables": "pubtables", "regions": "coco"}
"""The format of each collection's data set; its folder is called like the collection."""
TRAINING = {"funsd": "training_data", "pubtables": "", "coco": ""}
"""The part for training, where it is a folder of its own."""
NAME = re.compile(r"[^\W_][\w.-]{0,63}")
READ_ONLY = 0o444
CHUNK = 1 << 20


@dataclass(frozen=True)
class FrozenPage:
    """A page of a version: its id in the project, the SHA-256 of its document, its number in it
    (from 0), and its part.
    """

    id: int
    document: str
    number: int
    part: str


@dataclass(frozen=True)
class Version:
    """A version as its manifest says; `files` are SHA-256 by name, `created_at` milliseconds."""

    name: str
    created_at: int
    is_gold: bool
    revision: int
    pages: tuple[FrozenPage, ...]
    counts: Mapping[str, int]
    files: Mapping[str, str]

    @property
    def parts(self) -> dict[str, int]:
        """How many pages each part has."""
        return dict(Counter(page.part for page in self.pages))

    @property
    def digest(self) -> str:
        """The SHA-256 of all files and their names: equal only where the data are."""
        lines = "".join(f"{name} {sha256}\n" for name, sha256 in sorted(self.files.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True)
class Freezing:
    """What a version is made of. With `has_done` pages that are done are in it, too, not only those
    that were accepted. A gold version is one part, all of it for testing.
    """

    name: str
    split: Split = field(default_factory=Split)
    is_gold: bool = False
    has_done: bool = False

    @property
    def statuses(self) -> tuple[PageStatus, ...]:
        """Of the pages that it has."""
        done = (PageStatus.DONE,) if self.has_done else ()
        return (PageStatus.ACCEPTED, *done)

    @property
    def parts(self) -> Split:
        """How documents are given out."""
        return Split(0.0, 0.0, 1.0) if self.is_gold else self.split


def freeze(
    folder: Path,
    wish: Freezing,
    workers: Workers | None = None,
    passwords: Passwords | None = None,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    is_cancelled: IsCancelled = never,
) -> Version:
    """Write a version of the project in this folder; by a connection of its own.

    UserError where nothing is accepted, the name is taken or the disk does not take it; Cancelled
    on cancelling. Nothing is left then.
    """
    from desktop.store.store import Store

    target = _free_place(folder, wish.name)
    around = Locked(passwords or Passwords(), workers, is_cancelled)
    try:
        target.parent.mkdir(exist_ok=True)
        with (
            Store.open(folder, read_only=True) as store,
            store.database.snapshot(),
            folder_beside(target) as made,
        ):
            version = _written(store, wish, around, made, on_progress)
            _keep(made, version)
            made.rename(target)
    except OSError as error:
        raise known_error(error, target) or error from error
    return version


def _free_place(folder: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UserError(
            "{name} is no name for a version. Use up to 64 letters, digits, points, - and _.",
            name=name[:80],
        )
    taken = {path.name.lower(): path for path in (folder / FOLDER).glob("*")}
    if name.lower() in taken:
        raise UserError(
            "There is a version {name} already, and versions never change. Choose another name.",
            name=name,
        )
    return folder / FOLDER / name


def _written(
    store: Store, wish: Freezing, around: Locked, made: Path, on_progress: OnProgress
) -> Version:
    """The data sets in a folder, and what the manifest says of them."""
    gold = _documents_of_gold(store.folder)
    pages, found = list[FrozenPage](), Counter[str]()
    for item in _settled(store, wish, around, gold):
        pages.append(_frozen(item, wish.parts))
        found.update({kind: len(getattr(item.page, kind)) for kind in FORMATS})
    kinds = [kind for kind in FORMATS if found[kind]]
    if not pages:
        raise UserError(
            "No page is accepted that is not in a gold version. Accept pages first, or take those"
            " that are done, too."
        )
    if not kinds:
        raise UserError("The accepted pages have no annotations. There is nothing to learn from.")
    labels = tuple(label.name for label in store.schema().labels)
    options = WriteOptions(labels=labels, split=wish.parts)
    done = count(1)
    for kind in kinds:
        export(
            FORMATS[kind],
            _settled(store, wish, around, gold),
            made / kind,
            options,
            on_page=lambda _name: on_progress(next(done), len(kinds) * len(pages)),
            is_cancelled=around.is_cancelled,
        )
    return Version(
        wish.name,
        time.time_ns() // 1_000_000,
        wish.is_gold,
        store.head.id if store.head else 0,
        tuple(pages),
        {kind: found[kind] for kind in kinds},
        digests_of(made),
    )


def _settled(store: Store, wish: Freezing, around: Locked, gold: Set[str]) -> Iterator[ExportPage]:
    """Pages with what people settled, one in memory at a time, but those of gold documents;
    protected documents need their password.
    """
    for page_id in store.page_ids(wish.statuses):
        page, _counts = leaving(store.page(page_id), include_proposed=False)
        if page is not None and store.document(page.document_id).sha256 not in gold:
            around.require(store, page)
            yield export_page(store, page, around)


def _frozen(item: ExportPage, split: Split) -> FrozenPage:
    page = item.page
    return FrozenPage(page.id, item.document.sha256, page.number, part_of(split, item))


def digests_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by its name with slashes; not of the manifest."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return {
        name: _sha256(folder / name)
        for name in names
        if name != MANIFEST and (folder / name).is_file()
    }


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            digest.update(data)
    return digest.hexdigest()


def _keep(folder: Path, version: Version) -> None:
    """Write the manifest; make every file one that is not written to by mistake."""
    data = {"format": FORMAT, **asdict(version)}
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(READ_ONLY)


def versions(folder: Path) -> list[Version]:
    """The versions of a project, the newest first; UserError where a manifest cannot be read."""
    names = [path.parent.name for path in (folder / FOLDER).glob(f"*/{MANIFEST}")]
    return sorted((version(folder, name) for name in names), key=lambda one: -one.created_at)


def version(folder: Path, name: str) -> Version:
    """A version by its name; UserError where there is none or its manifest cannot be read."""
    path = folder / FOLDER / name / MANIFEST
    if not NAME.fullmatch(name) or not path.is_file():
        raise UserError("There is no version {name}. Freeze one first.", name=name[:80])
    try:
        found = _from_data(json.loads(path.read_text(encoding="utf-8")))
        if found.name != name:
            raise ValueError("the manifest of another version")
        return found
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            "{file} cannot be read. Bring it back from a copy, or freeze another version.",
            file=str(path),
        ) from error


def _from_data(data: Mapping[str, Any]) -> Version:
    return Version(
        name=str(data["name"]),
        created_at=int(data["created_at"]),
        is_gold=bool(data["is_gold"]),
        revision=int(data["revision"]),
        pages=tuple(FrozenPage(**page) for page in data["pages"]),
        counts={str(key): int(value) for key, value in data["counts"].items()},
        files={str(key): str(value) for key, value in data["files"].items()},
    )


def changed_files(folder: Path, known: Version) -> list[str]:
    """Files of a version that are gone, new or other than when it was frozen."""
    now = digests_of(folder / FOLDER / known.name)
    names = {*now, *known.files}
    return sorted(name for name in names if now.get(name) != known.files.get(name))


def data_set(folder: Path, name: str, kind: str, part: str = "") -> Path:
    """The folder of a version's data set for a collection, or of a part of one; UserError where it
    is not there or not what was frozen.
    """
    known = version(folder, name)
    if changed := changed_files(folder, known):
        raise UserError(
            "The version {name} is not as it was frozen ({file}). Bring it back from a copy, or"
            " freeze another one.",
            name=name,
            file=changed[0],
        )
    found = folder / FOLDER / name / kind / part
    if not found.is_dir():
        raise UserError(
            "The version {name} has no {what}. Freeze one of more pages.",
            name=name,
            what=f"{kind}/{part}".rstrip("/"),
        )
    return found


def training_set(folder: Path, name: str, kind: str) -> Path:
    """The folder of what a version has for training; UserError of a gold one too."""
    if version(folder, name).is_gold:
        raise UserError(
            "The version {name} is gold: models are measured with it, not trained on it. Choose"
            " another one.",
            name=name,
        )
    return data_set(folder, name, kind, TRAINING[FORMATS[kind]])


def _documents_of_gold(folder: Path) -> Set[str]:
    gold = (one for one in versions(folder) if one.is_gold)
    return {page.document for one in gold for page in one.pages}


def gold_pages(folder: Path) -> frozenset[int]:
    """The ids of the pages that models are measured with."""
    return frozenset(page.id for one in versions(folder) if one.is_gold for page in one.pages)
