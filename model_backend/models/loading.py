"""Weights into networks: every key used, none missing, every shape as the network has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

import torch
from torch import Tensor, nn

from model_backend.checkpoints.recognizing import refuse_code
from model_backend.errors import UserError
from model_backend.translation import mark

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from model_backend.installed import InstalledModel

    Config = TypeVar("Config", bound=DataclassInstance)
Module = TypeVar("Module", bound=nn.Module)
Sizes = TypeVar("Sizes")

MOST_LAYERS, MOST_NUMBER = 128, 1_000_000
"""Larger numbers in a config are no network's, and making it would take all memory."""
_SHOWN_KEYS = 3


def config_from(kind: type[Config], data: Mapping[str, Any]) -> Config:
    """The network's config from that of its folder: only the fields we know, each of its type.

    What is missing has its default; UserError for wrong types and absurd numbers.
    """
    refuse_code(data)
    values = {}
    for item in fields(kind):
        value = data.get(item.name, item.default)
        if value is MISSING:
            raise UserError("The file config.json lacks {key}. Download it again.", key=item.name)
        wanted = type(item.default)
        if isinstance(value, int) and wanted is float:
            value = float(value)
        most = MOST_LAYERS if "layers" in item.name or "heads" in item.name else MOST_NUMBER
        is_right = type(value) is wanted and not (
            isinstance(value, int | float) and not 0 <= value <= most
        )
        if not is_right:
            raise impossible(item.name)
        values[item.name] = value
    return kind(**values)


def impossible(key: str, file: str = "config.json") -> UserError:
    """The error for a value in a config that no network can have."""
    return UserError(
        "The file {file} has an impossible value of {key}. Download it again.", file=file, key=key
    )


def check_labels(model: InstalledModel, count: int) -> None:
    """UserError unless the model's record names as many labels as the weights tell apart."""
    if len(model.labels) != count:
        raise UserError(
            "The weights of the model {name} tell {count} labels apart, but {given} are named."
            " Remove the model, and add it again.",
            name=model.name,
            count=count,
            given=len(model.labels),
        )


def at_least(key: str, value: int, least: int) -> None:
    """UserError where a network is too small for what it is to read."""
    if value < least:
        raise impossible(key)


def fitted(
    make: Callable[[], Module],
    weights: Mapping[str, Tensor],
    *,
    title: str,
    ignored: Iterable[str] = (),
) -> Module:
    """The network with exactly these weights, ready to predict, on the CPU in 32 bits.

    `make` builds it; it is built without memory first, so that nothing large is made of numbers
    that the weights do not bear out. Keys that match one of the expressions `ignored` may be
    there (buffers of older versions). UserError names what does not fit.
    """
    used = {
        key: value
        for key, value in weights.items()
        if not any(re.search(pattern, key) for pattern in ignored)
    }
    try:
        with torch.device("meta"):
            expected = make().state_dict()
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise UserError(
            "The numbers in config.json do not make a network ({network}). Download the model"
            " again.",
            network=title,
        ) from error
    check_keys(expected, used, title)
    check_types(expected, used, title)
    check_numbers(used, title)
    network = make()
    network.load_state_dict({key: value.to(expected[key].dtype) for key, value in used.items()})
    return network.eval().requires_grad_(False)


def counted(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights with a counter of batches for each normalisation: published ones may lack it."""
    mean, counter = "running_mean", "num_batches_tracked"
    counters = {key.replace(mean, counter): torch.tensor(0) for key in weights if mean in key}
    return {**counters, **weights}


def sized(read: Callable[[], Sizes], title: str) -> Sizes:
    """The sizes that are read from weights; UserError where those that tell them are missing."""
    try:
        return read()
    except KeyError as error:
        lacking = mark("The weights lack what {network} needs: {keys}. Download the model again.")
        raise UserError(lacking, network=title, keys=str(error.args[0])[:80]) from error
    except (IndexError, ValueError) as error:
        raise UserError(
            "The weights are of no network that is known here ({network}). Download the model"
            " again.",
            network=title,
        ) from error


def check_keys(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], title: str) -> None:
    """UserError unless both have the same keys, with the same shapes."""
    for keys, template in (
        (
            expected.keys() - given.keys(),
            mark("The weights lack what {network} needs: {keys}. Download the model again."),
        ),
        (
            given.keys() - expected.keys(),
            mark(
                "The weights have what {network} does not know: {keys}. Choose another version"
                " of it."
            ),
        ),
    ):
        if keys:
            raise _does_not_fit(template, title, keys)
    if wrong := [key for key in expected if expected[key].shape != given[key].shape]:
        raise _does_not_fit(
            mark(
                "The weights of {network} have the wrong shape: {keys}. Download the model again."
            ),
            title,
            wrong,
        )


def check_types(expected: Mapping[str, Tensor], given: Mapping[str, Tensor], title: str) -> None:
    """UserError where weights were made smaller than torch calculates with: they would be read as
    other numbers.
    """
    fine = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
    if wrong := [
        key
        for key, value in expected.items()
        if value.is_floating_point() and given[key].dtype not in fine
    ]:
        raise _does_not_fit(
            mark(
                "The weights of {network} are quantised: {keys}. Choose the weights as they were"
                " trained."
            ),
            title,
            wrong,
        )


def check_numbers(weights: Mapping[str, Tensor], title: str) -> None:
    """UserError where a weight is infinite or no number: the network would say nothing."""
    if wrong := [key for key, value in weights.items() if not value.isfinite().all()]:
        raise _does_not_fit(
            mark("The weights of {network} are not all numbers: {keys}. Download the model again."),
            title,
            wrong,
        )


def _does_not_fit(template: str, title: str, keys: Iterable[str]) -> UserError:
    first = sorted(keys)
    shown = ", ".join(key[:80] for key in first[:_SHOWN_KEYS])
    more = len(first) - _SHOWN_KEYS
    return UserError(
        template,
        network=title,
        keys=f"{shown}, ... ({len(first)})" if more > 0 else shown,
    )
