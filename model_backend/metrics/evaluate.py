"""One data set measured against another of the same format."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import nsmallest
from pathlib import Path
from typing import Any

from model_backend import formats
from model_backend.errors import UserError
from model_backend.formats import ReadPage
from model_backend.metrics.bootstrap import LEVEL, RESAMPLES, SEED, intervals
from model_backend.metrics.mean_average_precision import AP_RESAMPLES
from model_backend.metrics.page_measures import (
    MEASURES,
    MaskOverlap,
    ObjectDetection,
    PageMeasure,
    Ratios,
    TableStructure,
    ratio,
)

MEASURES_OF_FORMATS = {
    "funsd": ("entities", "word_labels", "relations"),
    "xfund": ("entities", "word_labels", "relations"),
    "ppkie": ("entities", "word_labels", "relations"),
    "coco": ("objects", "masks", "calibration"),
    "pubtables": ("tables", "objects"),
    "icdar2013": ("tables",),
}
"""Which measures fit a format; the others get all."""
WORST_PAGES = 12
HAIR = 1e-9
"""So much less than 1 is the rounding of a page that is all right."""
TABLE_NUMBER = re.compile(r"(_table)?_\d+$")

Key = tuple[str, int]
"""Name of a page, and which of that name it is."""


@dataclass(frozen=True)
class Choices:
    """How to measure: GriTS as its released code, with or without TEDS, the draws of intervals."""

    is_reference: bool = False
    has_teds: bool = True
    seed: int = SEED
    resamples: int = RESAMPLES


@dataclass(frozen=True)
class WorstPage:
    """A page that is not all right: its name, its members (`predicted` is empty where nothing was
    said of it), and its figures' mean."""

    name: str
    score: float
    truth: str
    predicted: str


@dataclass(frozen=True)
class Evaluation:
    """The figures, ready for JSON, and the pages to look at first."""

    figures: dict[str, Any]
    worst: tuple[WorstPage, ...]


@dataclass
class _Documents:
    """Sums of each document, and the pages that are not all right."""

    sums: dict[str, Ratios] = field(default_factory=dict)
    pages: Counter[str] = field(default_factory=Counter)
    places: dict[str, list[int]] = field(default_factory=dict)
    faulty: list[WorstPage] = field(default_factory=list)

    def add(self, document: str, parts: Ratios, page: WorstPage) -> None:
        """Count one page of a document."""
        before = self.sums.get(document, {})
        self.sums[document] = {
            name: (before.get(name, (0, 0))[0] + total, before.get(name, (0, 0))[1] + count)
            for name, (total, count) in parts.items()
        }
        self.places.setdefault(document, []).append(self.pages.total())
        self.pages[document] += 1
        if page.score < 1 - HAIR:
            self.faulty = nsmallest(WORST_PAGES, [*self.faulty, page], key=lambda p: p.score)


def evaluate(
    format_name: str,
    truth: Path,
    predicted: Path,
    choices: Choices | None = None,
    on_page: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """The figures that fit the format, over the pages of the truth.

    Pages are paired by name. One that only the truth has counts as one on which nothing was found:
    a set of tables, say, has no page without any. Pages of one side only, and those that cannot be
    read, are listed. One pair of pages is held at a time; AP alone keeps the boxes and masks of all
    pages. UserError where a data set is not there or the two have no page in common.
    """
    choices = choices or Choices()
    broken: list[str] = []
    wanted = _members(format_name, truth, broken)
    said = _members(format_name, predicted, broken)
    if not any(key in said for key in wanted):
        raise UserError(
            "{predicted} has no page of the same name as {truth}: there is nothing to compare."
            " Choose two data sets of the same pages.",
            predicted=predicted,
            truth=truth,
        )
    measures = _measures(format_name, choices)
    documents = _Documents()
    for done, key in enumerate(wanted, 1):
        right = formats.read_member(format_name, truth, wanted[key])
        found = said_of(right, format_name, predicted, said.get(key, ""))
        parts = dict(_measured(measures, right, found))
        page = WorstPage(_shown(key), _score(parts), wanted[key], said.get(key, ""))
        documents.add(document_of(format_name, right), parts, page)
        on_page(done, len(wanted))
    figures = {
        "format": format_name,
        "pages": len(wanted),
        **{name: measure.summary() for name, measure in measures.items()},
        **_by_document(documents, choices, _ap_intervals(measures, documents, choices)),
        "worst": [{"page": page.name, "score": page.score} for page in documents.faulty],
        "settings": _settings(choices),
        "only_in_truth": [_shown(key) for key in wanted if key not in said],
        "only_in_predicted": [_shown(key) for key in said if key not in wanted],
        "unreadable": broken,
    }
    return Evaluation(figures, tuple(documents.faulty))


def said_of(truth: ReadPage, format_name: str, predicted: Path, member: str) -> ReadPage:
    """What the other set says of a page: its own member, or (without one) the page with nothing
    found on it."""
    if member:
        return formats.read_member(format_name, predicted, member)
    nothing = replace(truth.page, entities=(), relations=(), tables=(), regions=())
    return replace(truth, page=nothing, image=None)


def defined_figures(figures: Mapping[str, Any]) -> list[str]:
    """The names of the figures by document that any document has."""
    return [name for name, value in figures["total"].items() if value is not None]


def document_of(format_name: str, page: ReadPage) -> str:
    """The document a page belongs to; PubTables-1M says it in the name, most formats not at all."""
    if page.document is not None:
        return page.document.name
    return TABLE_NUMBER.sub("", page.name) if format_name == "pubtables" else page.name


def _measures(format_name: str, choices: Choices) -> dict[str, PageMeasure]:
    names = MEASURES_OF_FORMATS.get(format_name, tuple(MEASURES))
    tables = TableStructure(is_reference=choices.is_reference, has_teds=choices.has_teds)
    return {name: tables if name == "tables" else MEASURES[name]() for name in names}


def _measured(
    measures: dict[str, PageMeasure], truth: ReadPage, predicted: ReadPage
) -> Iterator[tuple[str, tuple[float, float]]]:
    """What one page adds to each figure."""
    for measure_name, measure in measures.items():
        before = measure.ratios()
        measure.update(truth.page, predicted.page)
        for name, (total, count) in measure.ratios().items():
            part = (total - before[name][0], count - before[name][1])
            yield f"{measure_name}.{name}", part


def _score(parts: Ratios) -> float:
    """The mean of a page's figures; 1 where none is defined."""
    defined = [total / count for total, count in parts.values() if count]
    return sum(defined) / len(defined) if defined else 1.0


def _ap_intervals(
    measures: dict[str, PageMeasure], documents: _Documents, choices: Choices
) -> dict[str, list[float] | None]:
    places = list(documents.places.values())
    return {
        f"{name}.ap": measure.ap_interval(places, seed=choices.seed)
        for name, measure in measures.items()
        if isinstance(measure, ObjectDetection | MaskOverlap)
    }


def _by_document(
    documents: _Documents, choices: Choices, ap_intervals: dict[str, list[float] | None]
) -> dict[str, Any]:
    """Figures of each document, of all, and the intervals of these; what none has is left out.

    AP is not among them (it does not add up over documents), but its interval is.
    """
    names = list(next(iter(documents.sums.values())))
    drawn = intervals(
        [[sums[name] for name in names] for sums in documents.sums.values()],
        seed=choices.seed,
        resamples=choices.resamples,
    )
    total = {
        name: ratio(*(sum(sums[name][i] for sums in documents.sums.values()) for i in (0, 1)))
        for name in names
    }
    named = {
        document: {
            "pages": documents.pages[document],
            **{name: ratio(*sums[name]) for name in names if total[name] is not None},
        }
        for document, sums in sorted(documents.sums.items())
    }
    return {
        "documents": named,
        "total": total,
        "intervals": {**dict(zip(names, drawn, strict=True)), **ap_intervals},
    }


def _settings(choices: Choices) -> dict[str, Any]:
    return {
        "grits": "reference" if choices.is_reference else "paper",
        "interval": f"bootstrap over documents, {LEVEL:.0%}",
        "resamples": choices.resamples,
        "resamples_of_ap": AP_RESAMPLES,
        "seed": choices.seed,
    }


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
