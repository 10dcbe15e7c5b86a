"""The models that were added on this machine: a folder with one record for each."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from model_backend.document_json import from_json, to_json
from model_backend.errors import UserError

RECORD, FILES, PICTURE = "model.json", "files", "self-test.png"
"""In the folder of a model: its record, the folder of copied files, what the self-test showed."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
_LONGEST_NAME = 64


@dataclass(frozen=True)
class ModelFile:
    """A file of a model: its name in the folder, its size in bytes, the SHA-256 of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class InstalledModel:
    """What is known of an added model.

    `labels` are the names of its classes in the order of its outputs, `source` is where it was
    added from (and still lies when `is_linked`). Logits are divided by `temperature` before they
    become scores; `thresholds` are the least scores of labels, 0.5 where none is given.
    """

    name: str
    network: str
    task: str
    labels: tuple[str, ...]
    files: tuple[ModelFile, ...]
    source: str
    licence: str = ""
    is_linked: bool = False
    temperature: float = 1.0
    thresholds: tuple[tuple[str, float], ...] = ()
    added: str = ""
    tested: str = ""

    @property
    def folder(self) -> Path:
        """Where its record and the picture of its self-test are."""
        return folder_of(self.name)

    @property
    def files_folder(self) -> Path:
        """Where its files are."""
        return Path(self.source) if self.is_linked else self.folder / FILES

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(file.size for file in self.files)

    def threshold(self, label: str) -> float:
        """The least score with which something of this label is proposed."""
        return dict(self.thresholds).get(label, 0.5)


def models_folder() -> Path:
    """Where this person's models are kept on this machine."""
    return platformdirs.user_data_path("proofdesk", appauthor=False) / "models"


def folder_of(name: str) -> Path:
    """The folder of the model of that name; UserError when it cannot be a model's name."""
    return models_folder() / checked_name(name)


def checked_name(name: str) -> str:
    """The name, when a model can be called so; UserError otherwise."""
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise UserError(
            "A model cannot be called {name}. Use letters, digits, hyphens and points.",
            name=repr(name[:_LONGEST_NAME]),
        )
    return name


def installed_models() -> tuple[InstalledModel, ...]:
    """All models whose record can be read, by name."""
    return tuple(item for item in _records() if isinstance(item, InstalledModel))


def broken_records() -> tuple[UserError, ...]:
    """What is wrong with the other records."""
    return tuple(item for item in _records() if isinstance(item, UserError))


def _records() -> Iterator[InstalledModel | UserError]:
    for path in sorted(models_folder().glob(f"*/{RECORD}")):
        try:
            yield installed_model(path.parent.name)
        except UserError as error:
            yield error


def installed_model(name: str) -> InstalledModel:
    """The model of that name; UserError when there is none or its record is damaged."""
    path = folder_of(name) / RECORD
    try:
        found = from_json(InstalledModel, json.loads(path.read_text(encoding="utf-8")))
        is_whole = found.name == name and bool(found.files)
    except FileNotFoundError as error:
        raise UserError("There is no model {name}.", name=name) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(name) from error
    if not is_whole:
        raise _damaged(name)
    return found


def _damaged(name: str) -> UserError:
    return UserError("The record of the model {name} is damaged. Remove it, and add it again.",
                     name=name)  # fmt: skip


def write_record(model: InstalledModel, folder: Path | None = None) -> None:
    """Write the model's record into its folder, or into another where it is still being made."""
    path = (folder or model.folder) / RECORD
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    text = json.dumps(to_json(model), ensure_ascii=False, indent=1)
    for left in path.parent.glob(f"{path.name}.*.new"):  # by a process that was killed
        left.unlink(missing_ok=True)
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def remove_model(name: str) -> None:
    """Forget the model and delete what was copied; files that were linked stay where they are."""
    folder = folder_of(name)
    if not folder.is_dir():
        raise UserError("There is no model {name}.", name=name)
    shutil.rmtree(folder)
