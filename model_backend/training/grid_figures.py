"""How good predictors of tables are on generated pages of faces that training never saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from model_backend.metrics.page_measures import TableStructure
from model_backend.predictors.predictor import Predictor
from model_backend.synthesis.families import Family
from model_backend.training.grid_choice import pages_of

SEED = 20_261
"""Of the pages that are measured with."""


def table_figures(
    predictors: Mapping[str, Predictor], count: int
) -> dict[str, dict[str, float | None]]:
    """Adjacency F1 (mean of pages), GriTS and the share of tables without a fault, on `count`
    digital pages of the held-out family, for each predictor.
    """
    measures = {name: TableStructure(has_teds=False) for name in predictors}
    for given, truth in pages_of(SEED, range(count), Family.HELD_OUT):
        for name, predictor in predictors.items():
            said = predictor([given])[0]
            measures[name].update(truth, replace(given.page, tables=said.tables))
    return {name: _figures(measure) for name, measure in measures.items()}


def _figures(measure: TableStructure) -> dict[str, float | None]:
    told = measure.summary()
    return {
        "adjacency F1": told["adjacency"]["f"] if told["adjacency"] else None,
        "GriTS Top": told["topology"],
        "GriTS Con": told["content"],
        "GriTS Loc": told["location"],
        "without a fault": told["accuracy"],
    }
