"""Versions of a project's data set as they lie in its folder: read, listed, compared with what was
frozen. `jobs.freezing` writes them.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.errors import UserError

log = logging.getLogger(__name__)

FOLDER, MANIFEST = "versions", "version.json"
FORMATS = {"entities": "funsd", "tables": "pubtables", "regions": "coco"}
"""The format of each collection's data set; its folder is called like the collection."""
TRAINING = {"funsd": "training_data", "pubtables": "", "coco": ""}
"""The part for training, where it is a folder of its own."""
NAME = re.compile(r"[^\W_][\w.-]{0,63}")
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


def gold_documents(folder: Path) -> Set[str]:
    """The SHA-256 of documents that no later version has."""
    gold = (one for one in versions(folder) if one.is_gold)
    return {page.document for one in gold for page in one.pages}


def gold_pages(folder: Path) -> frozenset[int]:
    """The ids of the pages that models are measured with. A manifest that cannot be read keeps no
    project shut: it is told where the version is used.
    """
    found: set[int] = set()
    for path in (folder / FOLDER).glob(f"*/{MANIFEST}"):
        try:
            one = version(folder, path.parent.name)
        except UserError as error:
            log.warning("a version was left out: %s", error)
            continue
        found.update(page.id for page in one.pages if one.is_gold)
    return frozenset(found)
