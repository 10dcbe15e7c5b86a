"""The predictors there are: one table, nothing is imported before one is used."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from model_backend.errors import UserError
from model_backend.translation import _, mark

ENTITIES, TABLES, MASKS = "entities", "tables", "masks"
"""The tasks."""
NONE = "none"
"""Chooses no predictor; every task accepts it."""


@dataclass(frozen=True)
class Registered:
    """A predictor: `process` is the kind of worker it runs in, `factory` is `module:function`."""

    name: str
    task: str
    process: str
    factory: str
    description: str


_FOLDER = "model_backend.predictors"
PREDICTORS = (
    Registered(
        "rules",
        ENTITIES,
        "batch",
        f"{_FOLDER}.entities_rules:create",
        mark("Questions, answers and headers by punctuation, position and alignment"),
    ),
    Registered(
        "auto",
        TABLES,
        "batch",
        f"{_FOLDER}.tables_auto:create",
        mark("Layout on digital pages, rulings on scans"),
    ),
    Registered(
        "layout",
        TABLES,
        "batch",
        f"{_FOLDER}.tables_layout:create",
        mark("The layout of a digital page, as PyMuPDF finds it"),
    ),
    Registered(
        "rulings",
        TABLES,
        "batch",
        f"{_FOLDER}.tables_rulings:create",
        mark("Ruling lines and white gaps between words"),
    ),
    Registered(
        "ink",
        MASKS,
        "batch",
        f"{_FOLDER}.masks_ink:create",
        mark("Ink that no word explains: stamps, signatures, drawings"),
    ),
)
"""Every predictor; the first of a task is its default."""
TASKS = tuple(dict.fromkeys(item.task for item in PREDICTORS))


def names(task: str) -> tuple[str, ...]:
    """What can be chosen for a task: its predictors, the default first, and `none`."""
    return (*(item.name for item in PREDICTORS if item.task == task), NONE)


def default(task: str) -> str:
    """The predictor of a task that is used when none is named."""
    return names(task)[0]


def registered(name: str) -> Registered:
    """The table's row of that name; UserError when there is none."""
    found = next((item for item in PREDICTORS if item.name == name), None)
    if found is None:
        known = ", ".join(item.name for item in PREDICTORS)
        raise UserError(
            "There is no predictor {name}. Choose one of: {known}.", name=name, known=known
        )
    return found


def checked(task: str, name: str) -> str:
    """The name, when it can be chosen for this task; UserError otherwise."""
    if name not in names(task):
        raise UserError(
            "There is no predictor {name} for {task}. Choose one of: {known}.",
            name=name,
            task=task,
            known=", ".join(names(task)),
        )
    return name


def description(name: str) -> str:
    """What the predictor goes by, in the language in use."""
    return _(registered(name).description)


def create(name: str) -> Any:  # noqa: ANN401 - a Predictor, whose module stands above this one
    """The predictor of that name; UserError when there is none."""
    module, _colon, function = registered(name).factory.partition(":")
    return getattr(importlib.import_module(module), function)()
