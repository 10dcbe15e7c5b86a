"""What is learnt of one table: its raster, worn as real pages are, and where its grid is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from model_backend.document import Box, Table, Word
from model_backend.predictors.grid_raster import CORE, Raster, letter_size, raster_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.quality.canonical import canonical
from model_backend.synthesis import tables
from model_backend.synthesis.families import Family, between, chosen, happens
from model_backend.synthesis.paper import Paper
from model_backend.table_grid.cells import cell_spans, words_of_cells
from model_backend.table_grid.frame import column_edges, row_edges
from model_backend.table_grid.runs import Rule

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.float32]
    Places = NDArray[np.float64]

ROWS = ("between", "inside", "header", "projected")
COLUMNS = ("between", "inside")
MERGES = ("across", "down")
"""What profiles of rows and columns tell at each place, and how cells are merged."""
ABOVE, BELOW = 0.95, 0.28
"""How far the boxes of PDFs' words reach from the base line, in sizes, in the usual face."""


SMALL = 6
"""Tables with fewer rows are drawn most often, and teach least."""


@dataclass(frozen=True)
class Lesson:
    """A raster and its truth: rows (4, H), columns (2, W), merges (2, H / 2, W / 2), 0 or 1."""

    raster: Raster
    rows: Numbers
    columns: Numbers
    merges: Numbers


def told(table: Table, words: Sequence[Word]) -> Table:
    """The canonical table, but without names of rows that run on over blank cells: where nothing
    is written nothing tells so.
    """
    made = canonical(table, words)
    own = set(table.spans)
    kept = [s for s in made.spans if s in own or s.row1 <= made.header_rows or s.column0 > 0]
    return replace(made, spans=tuple(kept))


def rulings_of(paper: Paper) -> Rulings:
    """The straight lines that were drawn."""
    across, down = [], []
    for (x0, y0), (x1, y1) in paper.lines:
        if y0 == y1:
            across.append(Rule(y0, min(x0, x1), max(x0, x1)))
        elif x0 == x1:
            down.append(Rule(x0, min(y0, y1), max(y0, y1)))
    return Rulings(tuple(across), tuple(down))


def generated_lessons(seed: int, number: int) -> list[Lesson]:
    """The lessons of a sheet of a seed, drawn without its picture; of small tables every other."""
    random = np.random.default_rng((seed, number, 1))
    paper = tables.filled(Family.TRAINING, random)
    page = paper.truth()
    words = _worn(_boxed(paper, page.words, random), random)
    rulings = _worn_rulings(rulings_of(paper), random)
    true = [
        told(table, page.words)
        for table in page.tables
        if len(table.rows) >= SMALL or happens(random, 0.5)
    ]
    return [lesson_of(table, page.words, words, rulings, random) for table in true]


def _boxed(paper: Paper, words: Sequence[Word], random: np.random.Generator) -> list[Word]:
    """The words in the boxes that a PDF gives them, or tight as a recogniser's."""
    if happens(random, 0.4):
        return list(words)
    above, below = ABOVE * between(random, 0.8, 1.2), BELOW * between(random, 0.6, 1.3)
    boxed = []
    for word in words:
        base, size = paper.bases.get(word.id, (word.box.y1, word.box.height))
        box = Box(word.box.x0 - 0.04 * size, base - above * size, word.box.x1 + 0.04 * size,
                  base + below * size)  # fmt: skip
        boxed.append(replace(word, box=box))
    return boxed


def _worn(words: Sequence[Word], random: np.random.Generator) -> list[Word]:
    """The words a little moved; on bad pages some are lost, and some run together."""
    is_bad = happens(random, 0.3)
    stretch = between(random, 0.97, 1.03) if happens(random, 0.3) else 1.0
    jitter = between(random, 0.0, 0.06)
    lost = between(random, 0.0, 0.04) if is_bad else 0.0
    kept: list[Word] = []
    for word in words:
        if happens(random, lost):
            continue
        dx, dy = random.normal(0, jitter, 2) * word.box.height
        box = word.box.moved(dx, dy)
        box = Box(box.x0, box.y0, box.x0 + box.width * stretch, box.y1)
        before = kept[-1] if kept else None
        if is_bad and before and _touches(before.box, box) and happens(random, 0.08):
            kept[-1] = replace(before, text=before.text + word.text, box=before.box.union(box))
        else:
            kept.append(replace(word, box=box))
    return kept


def _touches(before: Box, box: Box) -> bool:
    is_beside = abs(before.center[1] - box.center[1]) < 0.3 * box.height
    return is_beside and 0 <= box.x0 - before.x1 < 0.5 * box.height


def _worn_rulings(rulings: Rulings, random: np.random.Generator) -> Rulings:
    """The rulings, of which some tables show none, and bad scans only parts."""
    lost = chosen(random, (0.0, 0.0, 0.0, 0.1, 0.3))
    jitter = between(random, 0.0, 0.6)

    def worn(rules: Sequence[Rule]) -> tuple[Rule, ...]:
        kept = (rule for rule in rules if not happens(random, lost))
        return tuple(
            Rule(rule.at + random.normal(0, jitter), rule.start, rule.end) for rule in kept
        )

    return Rulings(worn(rulings.across), worn(rulings.down))


def lesson_of(
    table: Table,
    own_words: Sequence[Word],
    words: Sequence[Word],
    rulings: Rulings,
    random: np.random.Generator,
) -> Lesson:
    """The lesson of one table (upright); `own_words` are as drawn, `words` as they are read."""
    size = letter_size(own_words)
    outline = _outline(table.box, size, random)
    raster = raster_of(outline, words, rulings)
    return Lesson(raster, *truth_of(table, own_words, raster))


def _outline(box: Box, size: float, random: np.random.Generator) -> Box:
    """The box as a finder of tables gives it: too small or too large by up to a line or two."""
    if happens(random, 0.3):
        return box
    aside = random.uniform(-0.3, 1.0, 2) * size
    down = random.uniform(-0.5, 2.0, 2) * size
    down = np.where(random.random(2) < 0.5, down * 0.2, down)
    return Box(
        box.x0 - min(aside[0], 0.2 * box.width),
        box.y0 - min(down[0], 0.2 * box.height),
        box.x1 + min(aside[1], 0.2 * box.width),
        box.y1 + min(down[1], 0.2 * box.height),
    )


def truth_of(
    table: Table, words: Sequence[Word], raster: Raster
) -> tuple[Numbers, Numbers, Numbers]:
    """What the network is to say of a raster about the table in it."""
    height, width = raster.channels.shape[1:]
    rows, columns = row_edges(table), column_edges(table)
    row_places, column_places = (
        raster.places(edges, is_row=is_row) for edges, is_row in ((rows, True), (columns, False))
    )
    row_truth = np.zeros((len(ROWS), height), np.float32)
    column_truth = np.zeros((len(COLUMNS), width), np.float32)
    bands = _whites(table, words)
    for truth, places, whites, is_row in (
        (row_truth, row_places, bands[0], True),
        (column_truth, column_places, bands[1], False),
    ):
        for start, end in whites:
            _fill(truth[0], *raster.places((start, end), is_row=is_row))
        _fill(truth[1], places[0], places[-1])
    _fill(row_truth[2], row_places[0], row_places[table.header_rows])
    for row in table.projected_rows:
        _fill(row_truth[3], row_places[row], row_places[row + 1])
    return row_truth, column_truth, _merges(table, row_places / 2, column_places / 2, height, width)


def _merges(table: Table, rows: Places, columns: Places, height: int, width: int) -> Numbers:
    """Where merged cells go on over edges: from the middle of their first to that of their last
    column (and row), so that neighbouring ones stay apart.
    """
    merges = np.zeros((len(MERGES), height // 2, width // 2), np.float32)
    for span in table.spans:
        down, across = (
            _range(rows, span.row0, span.row1),
            _range(columns, span.column0, span.column1),
        )
        if span.column1 - span.column0 > 1:
            inner = _range((columns[:-1] + columns[1:]) / 2, span.column0, span.column1 - 1)
            merges[0, down, inner] = 1.0
        if span.row1 - span.row0 > 1:
            inner = _range((rows[:-1] + rows[1:]) / 2, span.row0, span.row1 - 1)
            merges[1, inner, across] = 1.0
    return merges


def _range(places: Places, start: int, end: int) -> slice:
    first, last = (max(0, round(float(places[number]))) for number in (start, end))
    return slice(first, max(first + 1, last))


def _fill(profile: Numbers, start: float, end: float) -> None:
    """Set the cells whose middles lie in an interval, or the one in its middle."""
    first, last = int(np.ceil(start - 0.5)), int(np.floor(end - 0.5))
    if last < first:
        first = last = int((start + end) / 2)
    profile[max(0, first) : max(0, last + 1)] = 1.0


def _whites(
    table: Table, words: Sequence[Word]
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The white between neighbouring rows and between columns, from the words of the cells that
    end and begin there; a little around the edge where they leave none.
    """
    inside = words_of_cells(table, words)
    ends: dict[tuple[str, int], list[tuple[float, float]]] = {}
    for span in cell_spans(table):
        for word in inside.get(span, ()):
            box = word.box
            core = CORE * box.height
            ends.setdefault(("above", span.row1), []).append((box.y0, box.y1 - core))
            ends.setdefault(("below", span.row0), []).append((box.y0 + core, box.y1))
            ends.setdefault(("left", span.column1), []).append((box.x0, box.x1))
            ends.setdefault(("right", span.column0), []).append((box.x0, box.x1))

    def white(first: str, second: str, number: int, edge: float) -> tuple[float, float]:
        start = max((end for _start, end in ends.get((first, number), ())), default=edge - 1.0)
        end = min((start for start, _end in ends.get((second, number), ())), default=edge + 1.0)
        return (start, end) if start < end else (edge - 0.5, edge + 0.5)

    rows, columns = row_edges(table), column_edges(table)
    return (
        [white("above", "below", n, rows[n]) for n in range(1, len(rows) - 1)],
        [white("left", "right", n, columns[n]) for n in range(1, len(columns) - 1)],
    )
