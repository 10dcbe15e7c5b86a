"""GriTS, the similarity of two tables' grids (Smock et al., 2023, "GriTS: Grid table similarity
metric for table structure recognition", sections 3 and 4).

The most similar substructures of two matrices (2D-MSS) are approximated as in the paper (factored,
section 4.2): rows are aligned by dynamic programming (the reward of two rows is the best alignment
of their cells), columns likewise, and the rewards of the aligned cells are summed:
F = 2 S / (|truth| + |predicted|), precision S / |predicted|, recall S / |truth|, sizes in grid
slots; a merged cell fills every slot it covers.

Rewards: topology and location the IoU of relative spans or of boxes, content
2 |longest common subsequence| / (|a| + |b|). The released code departs from the paper: it divides
overlaps by the enclosing rectangle instead of the union, and takes difflib's matching blocks for
the common subsequence; `is_reference=True` does the same, to compare with figures made by it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, TypeVar

import numpy as np
import numpy.typing as npt

from model_backend import table_grid
from model_backend.document import Box, Span, Table, Word
from model_backend.metrics.common_subsequence import Floats, similarities

Aspect = Literal["topology", "content", "location"]
ASPECTS: tuple[Aspect, ...] = ("topology", "content", "location")
Indices = npt.NDArray[np.intp]
Slot = TypeVar("Slot", bound=Hashable)
HALF = 0.5
LEAST_SLIVER = 0.001
"""The share of a word that the released code asks to be in a cell."""


@dataclass(frozen=True)
class GridCell:
    """A cell as the metrics see it: its place in the grid, its text, its box on the page."""

    span: Span
    text: str = ""
    box: Box | None = None


@dataclass(frozen=True)
class Score:
    """F-score, precision and recall, each 0..1."""

    f: float
    precision: float
    recall: float


def grits(
    truth: Sequence[GridCell],
    predicted: Sequence[GridCell],
    aspect: Aspect,
    *,
    is_reference: bool = False,
) -> Score:
    """GriTS of one predicted table; slots that no cell covers count as blank ones.

    Two empty tables agree fully; an empty prediction has precision 1, an empty truth recall 1.
    """
    (rows, columns), (other_rows, other_columns) = _size(truth), _size(predicted)
    if rows * columns == 0 or other_rows * other_columns == 0:
        return _score(0.0, rows * columns, other_rows * other_columns)
    if aspect == "content":
        compare = _matching_blocks if is_reference else similarities
        matrix, one, other = _matrix(_texts(truth), _texts(predicted), compare)
    else:
        slots = _relative_spans if aspect == "topology" else _boxes
        overlap = _enclosed_overlaps if is_reference else _true_overlaps
        matrix, one, other = _matrix(slots(truth), slots(predicted), overlap)
    row_pairs = _aligned(matrix, one, other)
    column_pairs = _aligned(matrix, one.T, other.T)
    total = sum(
        matrix[one[row, column], other[to_row, to_column]]
        for row, to_row in row_pairs
        for column, to_column in column_pairs
    )
    return _score(float(total), rows * columns, other_rows * other_columns)


def grid_cells(
    table: Table, words: Sequence[Word], *, reference_outline: Box | None = None
) -> tuple[GridCell, ...]:
    """A table's cells with their text and the boxes that the reference measures locations on.

    Its post-processing tightens each row and column to the words that begin or end in it; a cell is
    the meeting of its rows and columns. With `reference_outline` (the table's box as a model or a
    file gave it) words are given to cells as the released code does: those with half of them in
    that box, to the cell that has the most of them, be it a sliver.
    """
    if reference_outline is None:
        inside = table_grid.words_of_cells(table, words)
    else:
        words = [word for word in words if word.box.overlap(reference_outline) >= HALF]
        inside = table_grid.words_of_cells(table, words, least=LEAST_SLIVER)
    boxes = {
        span: [table_grid.box_to_frame(table, word.box) for word in found]
        for span, found in inside.items()
    }
    rows, columns = table_grid.row_edges(table), table_grid.column_edges(table)
    tops = _extremes(min, rows[:-1], [(s.row0, box.y0) for s, b in boxes.items() for box in b])
    bottoms = _extremes(
        max, rows[1:], [(s.row1 - 1, box.y1) for s, b in boxes.items() for box in b]
    )
    lefts = _extremes(
        min, columns[:-1], [(s.column0, box.x0) for s, b in boxes.items() for box in b]
    )
    rights = _extremes(
        max, columns[1:], [(s.column1 - 1, box.x1) for s, b in boxes.items() for box in b]
    )
    return tuple(
        GridCell(
            span,
            table_grid.cell_text(found),
            Box(
                lefts[span.column0],
                tops[span.row0],
                rights[span.column1 - 1],
                bottoms[span.row1 - 1],
            ),
        )
        for span, found in inside.items()
    )


def _extremes(
    choose: Callable[[Sequence[float]], float],
    edges: Sequence[float],
    values: Sequence[tuple[int, float]],
) -> list[float]:
    """The extreme value of each band's words, its edge where it has none."""
    found = defaultdict(list)
    for index, value in values:
        found[index].append(value)
    return [choose(found[index]) if index in found else edge for index, edge in enumerate(edges)]


class Grits:
    """Mean GriTS over tables, and the share of tables with every text in its place (Acc_Con: those
    whose GriTS of content is 1)."""

    def __init__(self, *, is_reference: bool = False) -> None:
        self.is_reference = is_reference
        self.reset()

    def reset(self) -> None:
        """Forget all tables."""
        self._sums: dict[Aspect, tuple[float, int]] = dict.fromkeys(ASPECTS, (0.0, 0))
        self._faultless = 0

    def update(self, truth: Sequence[GridCell], predicted: Sequence[GridCell]) -> None:
        """Count one table; location only where boxes are known on both sides."""
        for aspect in ASPECTS:
            cells = (*truth, *predicted)
            if aspect != "location" or all(cell.box is not None for cell in cells):
                score = grits(truth, predicted, aspect, is_reference=self.is_reference)
                total, count = self._sums[aspect]
                self._sums[aspect] = (total + score.f, count + 1)
                self._faultless += aspect == "content" and score.f == 1

    def ratios(self) -> dict[str, tuple[float, float]]:
        """Each figure of the summary as a sum and what it is divided by."""
        faultless = (self._faultless, self._sums["content"][1])
        return {**{aspect: self._sums[aspect] for aspect in ASPECTS}, "accuracy": faultless}

    def summary(self) -> dict[str, float]:
        """Mean F-score of each aspect, and accuracy; nothing of what was never measured."""
        return {name: total / count for name, (total, count) in self.ratios().items() if count}


def matching_blocks(truth: str, predicted: str) -> float:
    """2 |difflib's matching blocks| / (|a| + |b|), as the released code; 1 for two blanks."""
    if not truth and not predicted:
        return 1.0
    if set(truth).isdisjoint(predicted):
        return 0.0
    blocks = SequenceMatcher(None, truth, predicted).get_matching_blocks()
    return 2 * sum(block.size for block in blocks) / (len(truth) + len(predicted))


def _matching_blocks(ones: Sequence[str], others: Sequence[str]) -> Floats:
    return np.array([[matching_blocks(one, other) for other in others] for one in ones])


def _score(total: float, truth: int, predicted: int) -> Score:
    precision = total / predicted if predicted else 1.0
    recall = total / truth if truth else 1.0
    f = 2 * total / (truth + predicted) if truth + predicted else 1.0
    return Score(f, precision, recall)


def _size(cells: Sequence[GridCell]) -> tuple[int, int]:
    rows = max((cell.span.row1 for cell in cells), default=0)
    return rows, max((cell.span.column1 for cell in cells), default=0)


def _slots(
    cells: Sequence[GridCell],
    blank: Slot,
    value: Callable[[GridCell, int, int], Slot],
) -> list[list[Slot]]:
    """One value for each grid slot."""
    rows, columns = _size(cells)
    slots = [[blank] * columns for _ in range(rows)]
    for cell in cells:
        for row in range(cell.span.row0, cell.span.row1):
            for column in range(cell.span.column0, cell.span.column1):
                slots[row][column] = value(cell, row, column)
    return slots


def _texts(cells: Sequence[GridCell]) -> list[list[str]]:
    return _slots(cells, "", lambda cell, _row, _column: cell.text)


def _boxes(cells: Sequence[GridCell]) -> list[list[Box]]:
    blank = Box(0, 0, 0, 0)
    return _slots(cells, blank, lambda cell, _row, _column: cell.box or blank)


def _relative_spans(cells: Sequence[GridCell]) -> list[list[Box]]:
    """The extent of each slot's cell, seen from the slot."""

    def seen(cell: GridCell, row: int, column: int) -> Box:
        span = cell.span
        return Box(span.column0 - column, span.row0 - row, span.column1 - column, span.row1 - row)

    return _slots(cells, Box(0, 0, 1, 1), seen)


def _enclosed_overlaps(ones: Sequence[Box], others: Sequence[Box]) -> Floats:
    """Intersection over the area of the rectangle around both (the released code's "IoU")."""
    one, other = _corners(ones)[:, None], _corners(others)
    around = np.maximum(one[..., 2:], other[..., 2:]) - np.minimum(one[..., :2], other[..., :2])
    return _shares(_common(one, other), around.prod(-1))


def _true_overlaps(ones: Sequence[Box], others: Sequence[Box]) -> Floats:
    """Intersection over union."""
    one, other = _corners(ones)[:, None], _corners(others)
    areas = [np.maximum(boxes[..., 2:] - boxes[..., :2], 0).prod(-1) for boxes in (one, other)]
    common = _common(one, other)
    return _shares(common, areas[0] + areas[1] - common)


def _corners(boxes: Sequence[Box]) -> Floats:
    corners = [(box.x0, box.y0, box.x1, box.y1) for box in boxes]
    return np.array(corners, dtype=np.float64)


def _common(one: Floats, other: Floats) -> Floats:
    """Area of the intersection of each pair of boxes."""
    start, end = np.maximum(one[..., :2], other[..., :2]), np.minimum(one[..., 2:], other[..., 2:])
    return np.asarray(np.maximum(end - start, 0).prod(-1))


def _shares(common: Floats, whole: Floats) -> Floats:
    return np.divide(common, whole, out=np.zeros_like(common), where=(common > 0) & (whole > 0))


def _matrix(
    truth: list[list[Slot]],
    predicted: list[list[Slot]],
    rewards: Callable[[Sequence[Slot], Sequence[Slot]], Floats],
) -> tuple[Floats, Indices, Indices]:
    """Rewards of each pair of different values, and which value stands in each slot."""
    one, first = _numbered(truth)
    other, second = _numbered(predicted)
    return rewards(first, second), one, other


def _numbered(slots: list[list[Slot]]) -> tuple[Indices, list[Slot]]:
    numbers: dict[Slot, int] = {}
    indices = [[numbers.setdefault(value, len(numbers)) for value in row] for row in slots]
    return np.array(indices, dtype=np.intp), list(numbers)


def _aligned(matrix: Floats, one: Indices, other: Indices) -> list[tuple[int, int]]:
    """The pairs of rows that align best; a row pair's reward is their cells' best alignment.

    The inner alignments of all row pairs are made at once: best is (columns + 1) arrays of
    (rows, other rows).
    """
    rows, columns = one.shape
    other_rows, other_columns = other.shape
    previous = [np.zeros((rows, other_rows)) for _ in range(other_columns + 1)]
    for column in range(columns):
        best = [np.zeros((rows, other_rows))]
        for to_column in range(other_columns):
            reward = matrix[np.ix_(one[:, column], other[:, to_column])]
            across = np.maximum(best[to_column], previous[to_column + 1])
            best.append(np.maximum(previous[to_column] + reward, across))
        previous = best
    return _traced(previous[-1])


def _traced(rewards: Floats) -> list[tuple[int, int]]:
    """Alignment of two sequences; ties go to the pair, then to leaving out the truth's element."""
    rows, columns = rewards.shape
    best = np.zeros((rows + 1, columns + 1))
    for row in range(rows):
        for column in range(columns):
            pair = best[row, column] + rewards[row, column]
            best[row + 1, column + 1] = max(pair, best[row, column + 1], best[row + 1, column])
    pairs = []
    row, column = rows, columns
    while row and column:
        score = best[row, column]
        if score == best[row - 1, column - 1] + rewards[row - 1, column - 1]:
            row, column = row - 1, column - 1
            pairs.append((row, column))
        elif score == best[row - 1, column]:
            row -= 1
        else:
            column -= 1
    return pairs[::-1]
