"""Adjacency relations of cells, the measure of the ICDAR-2013 table competition (Goebel et al.).

Every cell with text is related to the nearest cell with text to its right and below, in each row
and column it covers: (text, other text, direction, blank cells between). Relations of truth and
prediction are compared as multisets: precision = common / predicted, recall = common / true,
F = 2 P R / (P + R). Texts are compared without white space, in Unicode's compatibility form.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from model_backend.metrics.grits import GridCell, Score

Relation = tuple[str, str, str, int]
"""Text, other text, "right" or "below", number of blank cells between."""


def comparable(text: str) -> str:
    """A text without white space, in compatibility form (ligatures undone), one kind of dash."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        "-" if unicodedata.category(character) == "Pd" or character == "\u2212" else character
        for character in folded
        if not character.isspace() and character not in "\u00ad\u200b"
    )


def relations(cells: Sequence[GridCell]) -> Counter[Relation]:
    """The adjacency relations of one table."""
    texts = {cell.span: comparable(cell.text) for cell in cells}
    filled = [cell for cell in cells if texts[cell.span]]
    places = {
        (row, column): cell
        for cell in filled
        for row in range(cell.span.row0, cell.span.row1)
        for column in range(cell.span.column0, cell.span.column1)
    }
    last_row = max((row for row, _ in places), default=0)
    last_column = max((column for _, column in places), default=0)
    found: Counter[Relation] = Counter()
    for cell in filled:
        span = cell.span
        right = _nearest(
            places,
            (
                [(row, column) for column in range(span.column1, last_column + 1)]
                for row in range(span.row0, span.row1)
            ),
        )
        below = _nearest(
            places,
            (
                [(row, column) for row in range(span.row1, last_row + 1)]
                for column in range(span.column0, span.column1)
            ),
        )
        for direction, others in (("right", right), ("below", below)):
            for other, blanks in others:
                found[(texts[span], texts[other.span], direction, blanks)] += 1
    return found


def _nearest(
    places: Mapping[tuple[int, int], GridCell], paths: Iterable[Sequence[tuple[int, int]]]
) -> Iterator[tuple[GridCell, int]]:
    """The first cell with text on each path and the blanks before it; each cell once."""
    seen = set()
    for path in paths:
        for blanks, place in enumerate(path):
            if place in places:
                cell = places[place]
                if cell.span not in seen:
                    seen.add(cell.span)
                    yield cell, blanks
                break


def adjacency(
    truth: Sequence[Sequence[GridCell]], predicted: Sequence[Sequence[GridCell]]
) -> Score:
    """Precision, recall and F over all tables of a page (or of a document).

    No true relation: recall 1; no predicted one: precision 1, so two empty pages agree fully.
    """
    true, found = _all(truth), _all(predicted)
    common = (true & found).total()
    precision = common / found.total() if found else 1.0
    recall = common / true.total() if true else 1.0
    f = 2 * precision * recall / (precision + recall) if common or not (true or found) else 0.0
    return Score(f, precision, recall)


def _all(tables: Sequence[Sequence[GridCell]]) -> Counter[Relation]:
    total: Counter[Relation] = Counter()
    for cells in tables:
        total.update(relations(cells))
    return total


class Adjacency:
    """Mean of the pages' scores."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget all pages."""
        self._sums = (0.0, 0.0, 0.0)
        self._count = 0

    def update(
        self, truth: Sequence[Sequence[GridCell]], predicted: Sequence[Sequence[GridCell]]
    ) -> None:
        """Count one page: the tables that are there and those that were found."""
        score = adjacency(truth, predicted)
        f, precision, recall = self._sums
        self._sums = (f + score.f, precision + score.precision, recall + score.recall)
        self._count += 1

    def ratios(self) -> dict[str, tuple[float, float]]:
        """The F-score as a sum over pages and their count."""
        return {"adjacency": (self._sums[0], self._count)}

    def summary(self) -> dict[str, float]:
        """Mean F-score, precision and recall; nothing before the first page."""
        names = ("f", "precision", "recall") if self._count else ()
        return {name: total / self._count for name, total in zip(names, self._sums, strict=False)}
