"""Two models on the same pages: the figures of both, how sure their difference is, the pages that
changed most.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from model_backend.document import Page
from model_backend.metrics.bootstrap import RESAMPLES, SEED, paired_intervals
from model_backend.metrics.page_measures import MEASURES, PageMeasure, Ratios, TableStructure, ratio
from model_backend.networks import ENTITIES, MASKS, TABLES

MEASURED = {ENTITIES: ("entities", "relations"), TABLES: ("tables",), MASKS: ("masks",)}
"""The measures of each task."""
MAIN = {ENTITIES: "entities.f1", TABLES: "tables.content", MASKS: "masks.dice"}
"""The figure that decides which model is better."""
LABELLED = {ENTITIES: "entities"}
"""The measure whose summary has F1 by label."""
SHOWN = 12
OLD, NEW = "old", "new"


@dataclass(frozen=True)
class ChangedPage:
    """A page on which the main figure differs; None where it is not defined."""

    name: str
    old: float | None
    new: float | None

    @property
    def change(self) -> float:
        """How much better the new model is on it."""
        return (self.new or 0.0) - (self.old or 0.0)


@dataclass
class _Side:
    """One model: its measures over all pages, and its sums by document."""

    measures: dict[str, PageMeasure]
    documents: dict[str, Ratios] = field(default_factory=dict)

    def add(self, document: str, truth: Page, said: Page) -> Ratios:
        """Count a page; what it adds to each figure."""
        parts: Ratios = {}
        for measure_name, measure in self.measures.items():
            before = measure.ratios()
            measure.update(truth, said)
            for name, (total, count) in measure.ratios().items():
                old_total, old_count = before.get(name, (0.0, 0.0))
                parts[f"{measure_name}.{name}"] = (total - old_total, count - old_count)
        sums = self.documents.setdefault(document, {})
        for name, (total, count) in parts.items():
            had_total, had_count = sums.get(name, (0.0, 0.0))
            sums[name] = (had_total + total, had_count + count)
        return parts

    def total(self, name: str) -> float | None:
        """A figure over all documents."""
        parts = [sums[name] for sums in self.documents.values()]
        return ratio(sum(total for total, _count in parts), sum(count for _total, count in parts))


class ModelComparison:
    """Takes a page at a time with what the old and the new model say of it."""

    def __init__(self, task: str, *, seed: int = SEED, resamples: int = RESAMPLES) -> None:
        self.task, self._seed, self._resamples = task, seed, resamples
        self._sides = {name: _Side(_measures(task)) for name in (OLD, NEW)}
        self._pages: list[ChangedPage] = []

    def add(self, document: str, name: str, truth: Page, old: Page, new: Page) -> None:
        """Count one page, by the name it is shown by, of a document."""
        main = MAIN[self.task]
        before = self._sides[OLD].add(document, truth, old)[main]
        after = self._sides[NEW].add(document, truth, new)[main]
        self._pages.append(ChangedPage(name, ratio(*before), ratio(*after)))

    def result(self) -> dict[str, Any]:
        """Figures by name (old, new, difference, its 95% interval), F1 by label, pages that changed
        most, the worst of the new model, and which is better.
        """
        names = list(next(iter(self._sides[OLD].documents.values()), {}))
        edges = dict(zip(names, self._intervals(names), strict=True))
        figures = {name: self._figure(name, edges[name]) for name in names}
        main = figures.get(MAIN[self.task], {})
        changed = sorted(self._pages, key=lambda page: -abs(page.change))
        worst = sorted(self._pages, key=lambda page: page.new if page.new is not None else 1.0)
        return {
            "task": self.task,
            "pages": len(self._pages),
            "documents": len(self._sides[OLD].documents),
            "main": MAIN[self.task],
            "verdict": verdict(main),
            "figures": figures,
            "labels": self._labels(),
            "changed": [vars(page) for page in changed[:SHOWN] if page.change],
            "worst": [vars(page) for page in worst[:SHOWN]],
        }

    def _figure(self, name: str, edges: list[float] | None) -> dict[str, Any]:
        old, new = (self._sides[side].total(name) for side in (OLD, NEW))
        difference = None if old is None or new is None else new - old
        return {"old": old, "new": new, "difference": difference, "interval": edges}

    def _intervals(self, names: list[str]) -> list[list[float] | None]:
        old, new = (
            [[sums[name] for name in names] for sums in self._sides[side].documents.values()]
            for side in (OLD, NEW)
        )
        return paired_intervals(old, new, seed=self._seed, resamples=self._resamples)

    def _labels(self) -> dict[str, dict[str, float | None]]:
        measure = LABELLED.get(self.task)
        if measure is None:
            return {}
        said = {
            side: self._sides[side].measures[measure].summary()["labels"] for side in self._sides
        }
        labels = sorted({label for told in said.values() for label in told})
        return {
            label: {side: told.get(label, {}).get("f1") for side, told in said.items()}
            for label in labels
        }


def _measures(task: str) -> dict[str, PageMeasure]:
    made = {name: MEASURES[name]() for name in MEASURED[task] if name != "tables"}
    return {"tables": TableStructure(has_teds=False)} if task == TABLES else made


def verdict(main: Mapping[str, Any]) -> str:
    """`better` or `worse` where the whole interval is on one side, else `alike`."""
    edges = main.get("interval")
    if edges is None:
        return "alike"
    low, high = edges
    return "better" if low > 0 else "worse" if high < 0 else "alike"
