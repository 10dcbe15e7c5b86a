"""How good a proposed grid is, told from what is known without the truth; learnt from generated
tables (`training.grid_choice`).

The score is the chance that neighbouring cells are neighbours in the truth, too (the adjacency F1
that is to be expected), a logistic function of a few features.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Box, Table, Word
from model_backend.predictors.ruling_lines import Rulings
from model_backend.predictors.table_choice import crowded_share, cut_share, row_fills
from model_backend.reading_order import lines_of
from model_backend.table_grid import column_edges, row_edges

if TYPE_CHECKING:
    from model_backend.predictors.grid_program import GridSaid
    from model_backend.predictors.grid_raster import Raster

READ, DRAWN, FINDER, NETWORK = "read", "drawn", "finder", "network"
ROWS, COLUMNS = "rows of network", "columns of network"
MAKERS = (READ, DRAWN, FINDER, NETWORK, ROWS, COLUMNS)
"""Who proposes grids: white gaps and rulings, rulings alone, PyMuPDF, the network; the network's
rows or columns with the others from white gaps and rulings."""
OF_NETWORK = (NETWORK, ROWS, COLUMNS)
FEATURES = (
    *("one", "cut", "crowded", "lonely", "filled", "held", "lines"),
    *("rows like network", "columns like network", "rows like others", "columns like others"),
    *("rows", "weakest row", "columns", "weakest column", "ruled"),
    *MAKERS[1:],
)
"""What is looked at: shares of words cut by edges, of cells with several numbers, of rows with one
cell, of cells with words, of the area's words in the table, of lines that are rows; how far edges
are those of the network's grid and of the likest other one; how sure the network is of them; the
share of rulings that are edges; who made it."""
AGREED = 1
"""Words that may lie between two edges that are the same."""


@dataclass(frozen=True)
class Candidate:
    """A grid that was proposed for an area, and by whom."""

    table: Table
    maker: str


@dataclass(frozen=True)
class Evidence:
    """What is known of an outline: the words in it and around it, rulings, and what the network
    said of it.
    """

    words: tuple[Word, ...]
    around: tuple[Word, ...]
    rulings: Rulings
    raster: Raster
    said: GridSaid


def ranked(
    candidates: Sequence[Candidate], known: Evidence, weights: Mapping[str, float]
) -> list[Table]:
    """The grids from the best to the worst, each with its score; one of several alike."""
    scored = []
    for candidate in candidates:
        told = features(candidate, candidates, known)
        score = logistic(sum(weights.get(name, 0.0) * value for name, value in told.items()))
        scored.append(replace(candidate.table, score=round(score, 3)))
    scored.sort(key=lambda table: -(table.score or 0.0))
    kept: list[Table] = []
    for table in scored:
        if not any(_is_like(table, other, known.words) for other in kept):
            kept.append(table)
    return kept


def logistic(value: float) -> float:
    """0..1."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, value))))


def weights_of(text: str) -> dict[str, float]:
    """Weights as a program's file holds them."""
    return {name: float(value) for name, value in json.loads(text).items()} if text else {}


def features(
    candidate: Candidate, others: Sequence[Candidate], known: Evidence
) -> dict[str, float]:
    """The features of a grid by name, each about 0..1."""
    table, words = candidate.table, known.words
    fills = row_fills(table, words)
    found = {
        "one": 1.0,
        "cut": cut_share(table, words),
        "crowded": crowded_share(table, words),
        "lonely": fmean(fill * len(table.columns) <= 1 for fill in fills) if fills else 1.0,
        "filled": fmean(fills) if fills else 0.0,
        "held": _held(table.box, words),
        "lines": _lines(table, words),
        "ruled": _ruled(table, known.rulings),
    }
    network = next((other for other in others if other.maker == NETWORK), None)
    rest = [other for other in others if other is not candidate and other.maker not in OF_NETWORK]
    for name, is_row in (("rows", True), ("columns", False)):
        own = _cuts(table, words, is_row=is_row)
        told = [_cuts(other.table, words, is_row=is_row) for other in rest]
        found[f"{name} like others"] = max((_likeness(own, other) for other in told), default=0.5)
        found[f"{name} like network"] = (
            _likeness(own, _cuts(network.table, words, is_row=is_row)) if network else 0.5
        )
        sure = _sureness(table, known, is_row=is_row)
        found[name] = fmean(sure) if sure else 0.5
        found[f"weakest {name.removesuffix('s')}"] = min(sure, default=0.5)
    return found | {maker: float(candidate.maker == maker) for maker in MAKERS if maker != READ}


def _held(box: Box, words: Sequence[Word]) -> float:
    return sum(box.contains(word.box.center) for word in words) / max(1, len(words))


def _lines(table: Table, words: Sequence[Word]) -> float:
    """Rows as a share of the lines of text."""
    inside = [word.box for word in words if table.box.contains(word.box.center)]
    return min(2.0, len(table.rows) / max(1, len(lines_of(inside)) if inside else 1))


def _ruled(table: Table, rulings: Rulings) -> float:
    """The share of rulings over most of the table that are edges of it; 1 where there is none."""
    box, near = table.box, rulings.near(table.box, 0.0)
    reach = 0.02 * box.height + 2 if len(table.rows) < 3 else 0.4 * box.height / len(table.rows)
    rows = [rule.at for rule in near.across if rule.covers(box.x0, box.x1, 0.8)]
    columns = [rule.at for rule in near.down if rule.covers(box.y0, box.y1, 0.8)]
    hits = [min(abs(at - edge) for edge in row_edges(table)) <= reach for at in rows]
    hits += [min(abs(at - edge) for edge in column_edges(table)) <= 4.0 for at in columns]
    return fmean(hits) if hits else 1.0


def _cuts(table: Table, words: Sequence[Word], *, is_row: bool) -> list[int]:
    """How many words lie before each inner edge: where words are parted, whatever the white."""
    edges = (row_edges(table) if is_row else column_edges(table))[1:-1]
    places = np.sort([word.box.center[1 if is_row else 0] for word in words])
    return [int(place) for place in np.searchsorted(places, edges)]


def _likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """F1 of two lists of cuts."""
    if not one and not other:
        return 1.0
    common = sum(any(abs(a - b) <= AGREED for b in other) for a in one)
    back = sum(any(abs(a - b) <= AGREED for b in one) for a in other)
    return (common + back) / (len(one) + len(other))


def _is_like(one: Table, other: Table, words: Sequence[Word]) -> bool:
    """Whether two grids cut words alike and merge as many cells."""
    return one.spans == other.spans and all(
        _likeness(_cuts(one, words, is_row=is_row), _cuts(other, words, is_row=is_row)) == 1.0
        for is_row in (True, False)
    )


def _sureness(table: Table, known: Evidence, *, is_row: bool) -> list[float]:
    """How likely the network finds each inner edge."""
    edges = (row_edges(table) if is_row else column_edges(table))[1:-1]
    profile = known.said.rows[0] if is_row else known.said.columns[0]
    found = []
    for place in known.raster.places(edges, is_row=is_row):
        low = int(place) - 1
        part = profile[max(0, low) : max(0, low + 3)]
        found.append(float(part.max()) if part.size else 0.0)
    return found
