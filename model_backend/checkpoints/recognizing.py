"""What a folder or a file of weights holds: which network, which task, which labels and licence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model_backend.checkpoints.checkpoint import CONFIG, Checkpoint, checkpoint_at
from model_backend.checkpoints.onnx_file import check_onnx, outputs_of
from model_backend.checkpoints.resources import require_memory, require_torch
from model_backend.errors import UserError
from model_backend.formats.safe_path import shown
from model_backend.networks import (
    DETECTION,
    ENTITIES,
    MASKS,
    NETWORKS,
    PROGRAMS,
    STRUCTURE,
    Network,
    network,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from torch import Tensor

PROGRAM_ENDING = ".onnx"
MOST_LABELS, LONGEST_LABEL = 1000, 80
_NAMELESS = re.compile(r"LABEL_\d+")
_CARD_LICENCE = re.compile(r"^licen[cs]e\s*:\s*[\"']?([\w .+-]{2,40})", re.MULTILINE)
_OTHER_HEADS = ("ForSequenceClassification", "ForMultipleChoice")
"""Networks for whole texts, whose last layer is called like that of one which labels words."""
_CODE_KEYS = ("auto_map", "trust_remote_code", "custom_pipelines")
_LICENCES = (
    ("Apache License", "apache-2.0"),
    ("MIT License", "mit"),
    ("Permission is hereby granted, free of charge", "mit"),
    ("Attribution-NonCommercial-ShareAlike 4.0", "cc-by-nc-sa-4.0"),
    ("Attribution-NonCommercial 4.0", "cc-by-nc-4.0"),
    ("Attribution-ShareAlike 4.0", "cc-by-sa-4.0"),
    ("Attribution 4.0", "cc-by-4.0"),
    ("GNU AFFERO GENERAL PUBLIC LICENSE", "agpl-3.0"),
    ("GNU GENERAL PUBLIC LICENSE", "gpl"),
    ("Redistribution and use in source and binary forms", "bsd"),
    ("CDLA-Permissive-2.0", "cdla-permissive-2.0"),
)
"""A sentence of the text of each licence."""


@dataclass(frozen=True)
class Found:
    """What a checkpoint holds. `labels` and `licence` are empty where it does not say; `classes`
    is how many labels there must be. `files` are the names of what belongs to it, and `size` its
    bytes; `called` is the name of a file that was chosen alone, without its ending.
    """

    network: str
    task: str
    classes: int
    labels: tuple[str, ...]
    licence: str
    files: tuple[str, ...]
    folder: Path
    size: int
    called: str = ""

    @property
    def tasks(self) -> tuple[str, ...]:
        """The tasks that the network is made for."""
        return network(self.network).tasks


def recognize(path: Path) -> Found:
    """What lies at this path; UserError where it is nothing that can be added.

    Loads the weights to see their keys: call it in a worker process.
    """
    checkpoint = checkpoint_at(Path(path))
    if checkpoint.weight_files[0].endswith(PROGRAM_ENDING):
        return recognize_program(checkpoint)
    config = checkpoint.config
    refuse_code(config)
    require_torch()
    size = sum((checkpoint.folder / name).stat().st_size for name in checkpoint.names)
    require_memory(Path(path).name, size)
    weights = checkpoint.weights()
    network = network_of(config, weights)
    if network.tasks == (ENTITIES,):
        check_labels_words(checkpoint)
    classes = class_count(network, weights)
    labels = labels_of(network, config, classes)
    return Found(
        network=network.name,
        task=task_of(network, labels),
        classes=classes,
        labels=labels,
        licence=licence_of(checkpoint),
        files=checkpoint.names,
        folder=checkpoint.folder.resolve(),
        size=size,
        called=Path(path).stem if Path(path).is_file() and len(checkpoint.names) == 1 else "",
    )


def recognize_program(checkpoint: Checkpoint) -> Found:
    """What an ONNX file holds; UserError where it is not one that `proofdesk train` made."""
    (name,) = checkpoint.weight_files
    path = checkpoint.folder / name
    if check_onnx(path):
        raise _no_program(name)  # it keeps weights in other files: ours do not
    given = outputs_of(path)
    found = next((item for item in PROGRAMS if item.outputs == given), None)
    if found is None:
        raise _no_program(name)
    (labels,) = found.usual_labels
    return Found(
        network=found.name,
        task=found.tasks[0],
        classes=len(labels),
        labels=labels,
        licence="",
        files=(name,),
        folder=checkpoint.folder.resolve(),
        size=path.stat().st_size,
        called=path.stem,
    )


def _no_program(name: str) -> UserError:
    return UserError(
        "The file {file} is an ONNX program that `proofdesk train` did not make. Choose the folder"
        " with the weights that it was made from.",
        file=name,
    )


def refuse_code(config: Mapping[str, Any]) -> None:
    """UserError where a config asks for code of its own."""
    if any(config.get(key) for key in _CODE_KEYS):
        raise UserError(
            "The file {file} asks for program code of the model's own, which is never run here."
            " Choose a model without it.",
            file=CONFIG,
        )


def network_of(config: Mapping[str, Any], keys: Collection[str]) -> Network:
    """The network of a checkpoint: by the keys of its weights, as configs are copied and wrong."""
    for item in NETWORKS:
        if all(any(re.search(pattern, key) for key in keys) for pattern in item.keys):
            return item
    named = config.get("model_type") or config.get("architectures") or ""
    known = ", ".join(item.title for item in NETWORKS)
    if named:
        raise UserError(
            "The network {name} is not one that can be used here. It must be one of: {known}.",
            name=str(named)[:80],
            known=known,
        )
    raise UserError(
        "The weights are of no network that is known here. It must be one of: {known}.", known=known
    )


def check_labels_words(checkpoint: Checkpoint) -> None:
    """UserError where a folder's config is missing, or says that the network labels whole texts."""
    if not checkpoint.has(CONFIG):
        raise UserError(
            "The model's folder lacks {file}, which says how the network is built. Copy it from"
            " where the model was published.",
            file=CONFIG,
        )
    named = str(checkpoint.config.get("architectures") or "")
    if any(head in named for head in _OTHER_HEADS):
        raise UserError(
            "This network labels whole texts ({name}), not words. Choose one that was trained to"
            " label words.",
            name=shown(named.strip("[]'")),
        )


def class_count(network: Network, weights: Mapping[str, Tensor]) -> int:
    """How many labels the last layer tells apart; UserError where it is missing."""
    found = next((key for key in weights if re.search(network.classes, key)), None)
    if found is None or weights[found].ndim != 1:
        raise UserError(
            "The weights of {network} lack the last layer: this is a model before it was trained"
            " for a task. Choose one that was.",
            network=network.title,
        )
    outputs = int(weights[found].shape[0])
    return outputs - network.background if outputs > 1 else 1  # one alone: yes or no


def labels_of(network: Network, config: Mapping[str, Any], classes: int) -> tuple[str, ...]:
    """The labels that the config names, or the usual ones of so many; empty where nobody knows."""
    named = config.get("id2label")
    if isinstance(named, dict) and classes <= MOST_LABELS:
        first = int(network.tasks == (MASKS,) and str(classes) in named)  # 0 names the background
        numbers = range(first, first + classes)
        labels = tuple(str(named.get(str(number), ""))[:LONGEST_LABEL] for number in numbers)
        if all(label and not _NAMELESS.fullmatch(label) for label in labels):
            return labels
    return next((usual for usual in network.usual_labels if len(usual) == classes), ())


def task_of(network: Network, labels: tuple[str, ...]) -> str:
    """The task: where a network does several, the labels tell; empty where they do not."""
    if len(network.tasks) == 1:
        return network.tasks[0]
    if {"table row", "table column"} <= {label.lower() for label in labels}:
        return STRUCTURE
    if labels and all("table" in label.lower() for label in labels):
        return DETECTION
    return ""


def licence_of(checkpoint: Checkpoint) -> str:
    """The licence that the model card or the file beside it names; empty where none does."""
    if checkpoint.has("README.md"):
        head = checkpoint.text("README.md").partition("\n---")[0]
        if found := _CARD_LICENCE.search(head):
            return found[1].strip()
    for name in ("LICENSE", "LICENSE.md", "LICENSE.txt"):
        if checkpoint.has(name):
            text = checkpoint.text(name)
            return next((short for sentence, short in _LICENCES if sentence in text), name)
    return ""
