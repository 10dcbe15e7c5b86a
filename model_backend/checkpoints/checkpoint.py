"""A network's files: found in a folder as its authors published it, read as bytes that were
compared with what was added.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from model_backend.checkpoints.file_kind import kind_of
from model_backend.checkpoints.weights import read_weights
from model_backend.errors import UserError
from model_backend.formats.safe_path import shown
from model_backend.installed import InstalledModel, ModelFile
from model_backend.sources.files import readable

if TYPE_CHECKING:
    from torch import Tensor

CONFIG = "config.json"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
"""Names of weights in a folder, the safest first; else a folder holds one file of weights."""
INDEXES = tuple(f"{name}.index.json" for name in WEIGHTS)
"""Names of the lists of a folder whose weights are in several files."""
ENDINGS = (".safetensors", ".bin", ".pth", ".pt", ".ckpt")
BESIDE = (
    CONFIG,
    "vocab.txt",
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "preprocessor_config.json",
    "README.md",
    "LICENSE",
    "LICENSE.md",
    "LICENSE.txt",
)
"""Further files that are read from a model's folder; no others are."""
MOST_WEIGHTS = 8 * 2**30
MOST_BESIDE = 32 * 2**20
"""Bytes of a file of weights, and of any other: the largest networks here have 1.7 GB."""
CHUNK = 2**22
SNAPSHOTS = "snapshots"
"""In a folder of Hugging Face's cache (models--AUTHOR--NAME): a folder for each version."""


@dataclass(frozen=True)
class Checkpoint:
    """The files of one network. `expected` are the sums that were recorded when it was added; what
    differs from them is refused.
    """

    folder: Path
    names: tuple[str, ...]
    expected: dict[str, ModelFile] = field(default_factory=dict)
    model: str = ""

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return name in self.names

    def read(self, name: str) -> bytes:
        """The content of a file, all at once: the bytes that were compared are those that count."""
        limit = MOST_BESIDE if name in (*BESIDE, *INDEXES) else MOST_WEIGHTS
        with open_file(self.folder / name, limit) as file:
            data = file.read(limit + 1)
        recorded = self.expected.get(name)
        if recorded and (
            len(data) != recorded.size or hashlib.sha256(data).hexdigest() != recorded.sha256
        ):
            raise UserError(
                "The file {file} of the model {model} is not the one that was added. Remove the"
                " model, and add it again if you trust the new file.",
                file=name,
                model=self.model,
            )
        return data

    def text(self, name: str) -> str:
        """The text of a file."""
        try:
            return self.read(name).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise UserError(
                "The file {file} is not UTF-8 text. Download it again.", file=name
            ) from error

    def json(self, name: str) -> dict[str, Any]:
        """The JSON object of a file; empty where there is no such file."""
        if not self.has(name):
            return {}
        try:
            # Not as strict as data sets: published files hold numbers such as 1e30 for "no limit".
            found = json.loads(self.text(name))
        except (ValueError, RecursionError) as error:
            raise UserError("The file {file} is damaged. Download it again.", file=name) from error
        if not isinstance(found, dict):
            raise UserError("The file {file} holds no JSON object. Download it again.", file=name)
        return found

    @property
    def config(self) -> dict[str, Any]:
        """What the authors say about the network."""
        return self.json(CONFIG)

    @property
    def weight_files(self) -> tuple[str, ...]:
        """The files that hold the weights."""
        return tuple(name for name in self.names if name not in (*BESIDE, *INDEXES))

    def weights(self) -> dict[str, Tensor]:
        """All weights by key, on the CPU."""
        found: dict[str, Tensor] = {}
        for name in self.weight_files:
            found.update(read_weights(self.read(name), name))
        return found


def open_file(path: Path, limit: int) -> BinaryIO:
    """A regular, readable file of at most `limit` bytes, opened; UserError otherwise."""
    if not path.is_file():
        raise UserError("The file {file} is missing. Download the model again.", file=path)
    size = path.stat().st_size
    if size > limit:
        raise UserError(
            "The file {file} has {size} MB, more than the {limit} MB that are read. Choose a"
            " smaller model.",
            file=path,
            size=size // 2**20,
            limit=limit // 2**20,
        )
    readable(path)
    return path.open("rb")


def checkpoint_of(model: InstalledModel) -> Checkpoint:
    """The files of an added model, each to be compared with its recorded sum."""
    expected = {file.name: file for file in model.files}
    return Checkpoint(model.files_folder, tuple(expected), expected, model.name)


def checkpoint_at(path: Path) -> Checkpoint:
    """The files of a network in a folder, or a single file of weights; UserError where none are.

    Checks sizes and kinds of the weights from their first bytes; nothing is loaded.
    """
    beside = (*BESIDE, *INDEXES)
    is_published = path.is_file() and (path.parent / CONFIG).is_file()
    if is_published and path.name in (*WEIGHTS, *beside):
        path = path.parent  # a file of a published folder was chosen: the folder is meant
    if path.is_file() and path.name in beside:
        raise _no_weights(path.parent)
    path = _newest_snapshot(path)
    if path.is_file():
        others = _beside(path.parent) if is_published else ()
        found = Checkpoint(path.parent, (*others, path.name))
    elif path.is_dir():
        found = Checkpoint(path, tuple(_names_in(path)))
    else:
        raise UserError("{file} cannot be found. Check that it is still there.", file=str(path))
    for name in found.weight_files:
        file_path = found.folder / name
        with open_file(file_path, MOST_WEIGHTS) as file:
            kind_of(file, name, file_path.stat().st_size)
    return found


def _newest_snapshot(path: Path) -> Path:
    """The folder with the files where `path` is one of Hugging Face's cache, else `path`."""
    snapshots = [item for item in (path / SNAPSHOTS).glob("*") if item.is_dir()]
    return max(snapshots, key=lambda item: item.stat().st_mtime, default=path)


def _beside(folder: Path) -> tuple[str, ...]:
    return tuple(name for name in BESIDE if (folder / name).is_file())


def _names_in(folder: Path) -> Iterator[str]:
    """The files of a published folder that are read."""
    yield from _beside(folder)
    for single, index in zip(WEIGHTS, INDEXES, strict=True):
        if (folder / single).is_file():
            yield single
            return
        if (folder / index).is_file():
            yield from _parts(folder, index)
            return
    yield _only_weights(folder)


def _parts(folder: Path, index: str) -> Iterator[str]:
    with open_file(folder / index, MOST_BESIDE) as file:
        data = file.read()
    try:
        parts = json.loads(data)["weight_map"].values()
        names = sorted(set(map(str, parts)))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise UserError(
            "The file {file} does not name the files of the weights. Download it again.", file=index
        ) from error
    for name in names:
        if name != Path(name).name or "\\" in name or name in (".", ".."):
            raise UserError(
                "The file {file} names {name}, which is not in the model's folder. Download the"
                " model again.",
                file=index,
                name=shown(name),
            )
    yield index
    yield from names


def _only_weights(folder: Path) -> str:
    found = sorted(
        path.name for path in folder.iterdir() if path.suffix in ENDINGS and path.is_file()
    )
    if not found:
        raise _no_weights(folder)
    if len(found) > 1:
        raise UserError(
            "The folder {folder} holds several files of weights: {names}. Choose one of them.",
            folder=folder,
            names=", ".join(found[:10]),
        )
    return found[0]


def _no_weights(folder: Path) -> UserError:
    return UserError(
        "The folder {folder} holds no weights ({names}). Choose the folder that the model's files"
        " are in.",
        folder=folder,
        names=", ".join(WEIGHTS),
    )


def sum_of(file: BinaryIO) -> tuple[int, str]:
    """Size and SHA-256 of an open file's content."""
    total, digest = 0, hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
        total += len(chunk)
    return total, digest.hexdigest()
