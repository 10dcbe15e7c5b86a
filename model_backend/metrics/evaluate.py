"""One data set measured against another of the same format."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from model_backend import formats
from model_backend.errors import UserError
from model_backend.metrics.page_measures import MEASURES

MEASURES_OF_FORMATS = {
    "funsd": ("entities", "relations"),
    "xfund": ("entities", "relations"),
    "coco": ("objects", "masks"),
    "pubtables": ("tables", "objects"),
    "pages": tuple(MEASURES),
}
"""Which measures fit a format."""

Key = tuple[str, int]
"""Name of a page, and which of that name it is."""


def evaluate(format_name: str, truth: Path, predicted: Path) -> dict[str, Any]:
    """The figures that fit the format, over the pages that both data sets have.

    Pages are paired by name; those of one side only, and those that cannot be read, are listed.
    UserError where a data set is not there or the two have no page in common.
    """
    broken: list[str] = []
    wanted = _members(format_name, truth, broken)
    said = _members(format_name, predicted, broken)
    common = [key for key in wanted if key in said]
    if not common:
        raise UserError(
            "{predicted} has no page of the same name as {truth}: there is nothing to compare."
            " Choose two data sets of the same pages.",
            predicted=predicted,
            truth=truth,
        )
    measures = {name: MEASURES[name]() for name in _measures_of(format_name)}
    for key in common:
        right = formats.read_member(format_name, truth, wanted[key]).page
        found = formats.read_member(format_name, predicted, said[key]).page
        for measure in measures.values():
            measure.update(right, found)
    return {
        "format": format_name,
        "pages": len(common),
        **{name: measure.summary() for name, measure in measures.items()},
        "only_in_truth": [_shown(key) for key in wanted if key not in said],
        "only_in_predicted": [_shown(key) for key in said if key not in wanted],
        "unreadable": broken,
    }


def _measures_of(format_name: str) -> tuple[str, ...]:
    """The measures that fit; all where none is named."""
    return MEASURES_OF_FORMATS.get(format_name, tuple(MEASURES))


def _members(format_name: str, path: Path, broken: list[str]) -> dict[Key, str]:
    """The members that can be read, by name; messages about the others go to `broken`."""
    found: dict[Key, str] = {}
    seen: Counter[str] = Counter()
    for member in formats.members(format_name, path):
        try:
            name = formats.read_member(format_name, path, member).name
        except UserError as error:
            broken.append(str(error))
            continue
        seen[name] += 1
        found[name, seen[name]] = member
    return found


def _shown(key: Key) -> str:
    name, number = key
    return name if number == 1 else f"{name} ({number})"
