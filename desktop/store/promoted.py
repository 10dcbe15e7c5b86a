"""Which predictors a project uses, and used before: a file beside its database, only added to."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from desktop.errors import UserError, known_error
from desktop.store.files import PARTIAL, sync_folder
from desktop.store.lock import user_name
from model_backend import registry

FILE, FORMAT = "predictors.json", 1


@dataclass(frozen=True)
class Promotion:
    """A predictor that became the project's for a task; `at` is in milliseconds since 1970.

    `old` and `new` are the main figure of the one before and of this one on the version that they
    were compared on, where they were.
    """

    task: str
    name: str
    at: int
    who: str
    version: str = ""
    verdict: str = ""
    old: float | None = None
    new: float | None = None


def promotions(folder: Path) -> tuple[Promotion, ...]:
    """All of a project, the newest last; UserError where the file cannot be read."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Promotion(**one) for one in told["promotions"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            "{file} cannot be read: it says which predictors the project uses. Bring it back from"
            " a copy, or delete it.",
            file=str(path),
        ) from error


def in_use(folder: Path) -> dict[str, str]:
    """The predictor of each task that the project has chosen for itself."""
    return {one.task: one.name for one in promotions(folder)}


def chosen(folder: Path, task: str, otherwise: str = "") -> str:
    """The predictor that the project uses for a task, where it is on this machine; else the other
    one, or that which comes with Proofdesk.
    """
    name = in_use(folder).get(task, "")
    try:
        return registry.checked(task, name) if name else otherwise or registry.default(task)
    except UserError:  # it was added on another machine
        return otherwise or registry.default(task)


def promote(
    folder: Path, task: str, name: str, comparison: Mapping[str, Any] | None = None
) -> Promotion:
    """Make a predictor the project's for a task; with what comparing it showed."""
    told = comparison or {}
    main = told.get("figures", {}).get(told.get("main"), {})
    made = Promotion(
        task,
        name,
        time.time_ns() // 1_000_000,
        user_name(),
        told.get("version", ""),
        told.get("verdict", ""),
        main.get("old"),
        main.get("new"),
    )
    data = {"format": FORMAT, "promotions": [asdict(one) for one in (*promotions(folder), made)]}
    try:
        _write(folder, json.dumps(data, ensure_ascii=False, indent=1))
    except OSError as error:
        raise known_error(error, folder) or error from error
    return made


def _write(folder: Path, text: str) -> None:
    """Whole or not at all."""
    beside = folder / f".{FILE}{PARTIAL}"
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, folder / FILE)
    sync_folder(folder)
