"""Adding a model: its files are copied or linked, their sums recorded; whole, or nothing of it."""

from __future__ import annotations

import datetime
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from model_backend import registry
from model_backend.checkpoints.checkpoint import (
    CHUNK,
    MOST_WEIGHTS,
    SNAPSHOTS,
    open_file,
    sum_of,
)
from model_backend.checkpoints.recognizing import LONGEST_LABEL, Found
from model_backend.errors import UserError
from model_backend.installed import (
    FILES,
    InstalledModel,
    ModelFile,
    checked_name,
    folder_of,
    installed_models,
    models_folder,
    write_record,
)

UNFINISHED = ".part"


@dataclass(frozen=True)
class Answers:
    """What a person says about a model; empty where the model itself is to be believed."""

    name: str = ""
    labels: tuple[str, ...] = ()
    task: str = ""
    licence: str = ""
    is_linked: bool = False


@dataclass(frozen=True)
class Missing:
    """What only a person can say before a model can be added."""

    labels: bool
    task: bool


def missing(found: Found, answers: Answers) -> Missing:
    """What neither the model nor the person has said."""
    return Missing(
        labels=not (answers.labels or found.labels),
        task=not (answers.task or found.task),
    )


def record_of(found: Found, answers: Answers) -> InstalledModel:
    """The record of a model that is about to be added, still without files; UserError where an
    answer is missing or wrong.
    """
    lacking, called = missing(found, answers), answers.name or default_name(found)
    if lacking.labels:
        raise UserError(
            "The model {name} does not name its {count} labels. Name them in the order of its"
            " outputs.",
            name=called,
            count=found.classes,
        )
    labels = answers.labels or found.labels
    if len(labels) != found.classes or not all(labels) or len(set(labels)) != len(labels):
        raise UserError(
            "The model {name} has {count} labels, but {given} different ones were named.",
            name=called,
            count=found.classes,
            given=len(set(labels)),
        )
    if lacking.task or (answers.task and answers.task not in found.tasks):
        raise UserError(
            "Say what the model {name} does: one of {tasks}.",
            name=called,
            tasks=", ".join(found.tasks),
        )
    return InstalledModel(
        name=free_name(called),
        network=found.network,
        task=answers.task or found.task,
        labels=tuple(label[:LONGEST_LABEL] for label in labels),
        files=(),
        source=str(found.folder),
        licence=answers.licence or found.licence,
        is_linked=answers.is_linked,
        added=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )


def default_name(found: Found) -> str:
    """A name made from that of the folder, or of the file, free still."""
    folder = found.folder
    if folder.parent.name == SNAPSHOTS:  # models--AUTHOR--NAME/snapshots/VERSION
        named = folder.parent.parent.name.rpartition("--")[2]
    else:
        named = found.called or folder.name
    clean = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in named)
    base = "-".join(part for part in clean.lower().split("-") if part)[:40] or found.network
    name, number = base, 2
    while _is_taken(name):
        name, number = f"{base}-{number}", number + 1
    return name


def free_name(name: str) -> str:
    """The name, when no predictor goes by it yet; UserError otherwise."""
    if _is_taken(checked_name(name)):
        raise UserError(
            "There is a model {name} already. Choose another name, or remove that one first.",
            name=name,
        )
    return name


def _is_taken(name: str) -> bool:
    own = {item.name for item in registry.PREDICTORS} | {registry.NONE}
    return name in own or folder_of(name).exists()


def install(model: InstalledModel, names: tuple[str, ...]) -> InstalledModel:
    """Copy the files (or only sum up those that stay where they are) and write the record.

    Runs in a worker process; when it is killed, what it left is removed by the next one.
    """
    source, folder = Path(model.source), folder_of(model.name)
    part = folder.with_name(f".{model.name}{UNFINISHED}")
    shutil.rmtree(part, ignore_errors=True)
    total = sum((source / name).stat().st_size for name in names)
    _check_space(model.name, total, is_linked=model.is_linked)
    (part / FILES).mkdir(parents=True)
    try:
        files = []
        for name in names:
            copy = None if model.is_linked else part / FILES / name
            files.append(_taken(source / name, name, copy))
        added = replace(model, files=tuple(files))
        write_record(added, part)
        os.replace(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return added


def _taken(path: Path, name: str, copy: Path | None) -> ModelFile:
    """The sum of a file; with a `copy`, of the copy as it was written."""
    with open_file(path, MOST_WEIGHTS) as file:
        if copy is not None:
            with copy.open("wb") as target:
                shutil.copyfileobj(file, target, CHUNK)
                target.flush()
                os.fsync(target.fileno())
        with open_file(copy or path, MOST_WEIGHTS) as again:
            size, digest = sum_of(again)
    return ModelFile(name, size, digest)


def _check_space(name: str, needed: int, *, is_linked: bool) -> None:
    folder = models_folder()
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if not is_linked and free < needed * 1.1:
        raise UserError(
            "The model {name} has {size} MB, but the disk of {folder} has only {free} MB left. Free"
            " some space, or link the model where it lies.",
            name=name,
            size=needed // 10**6,
            folder=str(folder),
            free=free // 10**6,
        )


def same_files(model: InstalledModel) -> str:
    """The name of another model that was added from the very same files; empty without one."""
    sums = {file.sha256 for file in model.files}
    others = (item for item in installed_models() if item.name != model.name)
    return next((item.name for item in others if {file.sha256 for file in item.files} == sums), "")


def discard(name: str) -> None:
    """Remove what an addition that was stopped has left."""
    with suppress(UserError):
        shutil.rmtree(folder_of(name).with_name(f".{name}{UNFINISHED}"), ignore_errors=True)
