"""The predictors there are: one table of those that come with Proofdesk, and the models that were
added; nothing is imported before one is used.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from model_backend import networks
from model_backend.errors import UserError
from model_backend.installed import InstalledModel, installed_models
from model_backend.networks import DETECTION, STRUCTURE, network
from model_backend.translation import _, mark

ENTITIES, TABLES, MASKS = networks.ENTITIES, networks.TABLES, networks.MASKS
PAGE_CLASS = networks.PAGE_CLASS
TASKS = (ENTITIES, TABLES, MASKS, PAGE_CLASS)
"""The tasks, in the order in which they are asked for."""
PAIR = ","
"""Between the names of a detection and a structure model that are used together."""
NONE = "none"
"""Chooses no predictor; every task accepts it."""


@dataclass(frozen=True)
class Registered:
    """A predictor: `process` is the kind of worker it runs in, `factory` is `module:function`,
    called with the `models` that it is made of.
    """

    name: str
    task: str
    process: str
    factory: str
    description: str
    models: tuple[InstalledModel, ...] = ()
    is_default: bool = True
    """Whether it is used where nobody has chosen: not before it is more right than wrong."""


_FOLDER = "model_backend.predictors"
PREDICTORS = (
    Registered(
        "forms",
        ENTITIES,
        "model",
        f"{_FOLDER}.entities_forms:create",
        mark("A small network that reads words, their places and what the rules say"),
    ),
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
        "pixels",
        MASKS,
        "model",
        f"{_FOLDER}.masks_pixels:create",
        mark("A small network: stamps, signatures, handwriting, check boxes, figures, logos"),
    ),
    Registered(
        "ink",
        MASKS,
        "batch",
        f"{_FOLDER}.masks_ink:create",
        mark("Ink that no word explains: stamps, signatures, drawings"),
    ),
    Registered(
        "sorter",
        PAGE_CLASS,
        "model",
        f"{_FOLDER}.page_class_words:create",
        mark("A small network that reads words and how they lie"),
        is_default=False,
    ),
)
"""The predictors that come with Proofdesk; the first of a task that may be is its default."""


def names(task: str) -> tuple[str, ...]:
    """What can be chosen for a task: its predictors, the default first, and `none`.

    A detection and a structure model are used together as `DETECTION,STRUCTURE`.
    """
    return (
        *(item.name for item in PREDICTORS if item.task == task),
        *(item.name for item in installed_models() if task_of(item) == task),
        NONE,
    )


def choices(task: str) -> tuple[tuple[str, str], ...]:
    """What can be chosen for a task as (name, description), pairs of models for tables too."""
    single = [name for name in names(task) if name != NONE]
    pairs = _pairs() if task == TABLES else []
    return (*((name, description(name)) for name in (*single, *pairs)), (NONE, _("Nothing")))


def _pairs() -> list[str]:
    models = installed_models()
    return [
        f"{first.name}{PAIR}{second.name}"
        for first in models
        if first.task == DETECTION
        for second in models
        if second.task == STRUCTURE
    ]


def task_of(model: InstalledModel) -> str:
    """The task that the model is chosen for."""
    return TABLES if model.task in (DETECTION, STRUCTURE) else model.task


def default(task: str) -> str:
    """The predictor of a task that is used when none is named; no model that was added."""
    known = (item for item in PREDICTORS if item.task == task and item.is_default)
    return next((item.name for item in known), NONE)


def registered(name: str) -> Registered:
    """The predictor of that name; UserError when there is none."""
    found = next((item for item in PREDICTORS if item.name == name), None)
    return found or _of_models(name)


def _of_models(name: str) -> Registered:
    """The predictor of an added model, or of a pair of them."""
    there = {item.name: item for item in installed_models()}
    parts = [part.strip() for part in name.split(PAIR)]
    if any(part not in there for part in parts):
        known = ", ".join((*(item.name for item in PREDICTORS), *there))
        raise UserError(
            "There is no predictor {name}. Choose one of: {known}.", name=name, known=known
        )
    models = tuple(there[part] for part in parts)
    if len(models) > 1 and tuple(item.task for item in models) != (DETECTION, STRUCTURE):
        raise UserError(
            "{name} is no pair of a model that finds tables and one that finds their structure."
            " Name them in this order, with a comma between them.",
            name=name,
        )
    first = network(models[0].network)
    title = " + ".join(dict.fromkeys(network(item.network).title for item in models))
    return Registered(PAIR.join(parts), task_of(models[0]), "model", first.predictor, title, models)


def checked(task: str, name: str) -> str:
    """The name, when it can be chosen for this task; UserError otherwise."""
    known = names(task)
    if name in known or (PAIR in name and registered(name).task == task):
        return name
    raise UserError(
        "There is no predictor {name} for {task}. Choose one of: {known}.",
        name=name,
        task=task,
        known=", ".join(known),
    )


def description(name: str) -> str:
    """What the predictor goes by, in the language in use."""
    return _(registered(name).description)


def create(name: str) -> Any:  # noqa: ANN401 - a Predictor, whose module stands above this one
    """The predictor of that name; UserError when there is none."""
    found = registered(name)
    module, _colon, function = found.factory.partition(":")
    return getattr(importlib.import_module(module), function)(*found.models)
