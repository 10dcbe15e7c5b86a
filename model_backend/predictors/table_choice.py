"""How good a proposed grid looks by itself, and the best of several for one area."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_backend import table_grid
from model_backend.document import Span, Status, Table, Word
from model_backend.reading_order import lines_of
from model_backend.table_grid.runs import is_number

LEAST_SCORE = 0.2
"""A grid that looks worse than this is no table."""


def best_of(grids: Sequence[Table], words: Sequence[Word]) -> Table | None:
    """The grid that looks best (the first of equals), scored and proposed; None where none does."""
    scored = [(quality(grid, words), -index) for index, grid in enumerate(grids)]
    if not scored or max(scored)[0] < LEAST_SCORE:
        return None
    score, index = max(scored)
    return replace(grids[-index], score=round(score, 3), status=Status.PROPOSED)


def quality(table: Table, words: Sequence[Word], *, is_drawn: bool = False) -> float:
    """0..1: high where words lie in one cell each, cells are filled and hold one number at most.

    The product of the shares of words that no column edge cuts, of numbers that stand alone in
    their cell's line and column, and of rows that are filled, each weighed by how telling it is.
    Merged cells that are drawn are certain; those read from the text follow from words that an edge
    cuts, and so excuse none.
    """
    inside = table_grid.words_of_cells(table, words)
    filled = {span: found for span, found in inside.items() if found}
    if len(table.rows) < 2 or len(table.columns) < 2 or not filled:
        return 0.0
    whole = 1 - 3 * _cut_share(table, filled, is_drawn=is_drawn)
    single = 1 - 2 * _crowded_share(filled)
    return max(0.0, whole) * max(0.0, single) * _fill(table, words)


def cut_share(table: Table, words: Sequence[Word]) -> float:
    """The share of the words that a column edge cuts, be the cells there merged or not."""
    inside = table_grid.words_of_cells(table, words)
    filled = {span: found for span, found in inside.items() if found}
    return _cut_share(table, filled, is_drawn=False)


def _cut_share(
    table: Table, words_of_cells: dict[Span, tuple[Word, ...]], *, is_drawn: bool
) -> float:
    """The share of the words inside that an inner column edge runs through."""
    margin = 1.0
    edges = table_grid.column_edges(table)
    cut = count = 0
    for span, found in words_of_cells.items():
        merged = edges[span.column0 + 1 : span.column1] if is_drawn else ()
        inner = [edge for edge in edges[1:-1] if edge not in merged]
        boxes = [table_grid.box_to_frame(table, word.box) for word in found]
        cut += sum(any(b.x0 + margin < edge < b.x1 - margin for edge in inner) for b in boxes)
        count += len(found)
    return cut / count if count else 0.0


def _crowded_share(filled: dict[Span, tuple[Word, ...]]) -> float:
    """The share of cells that hold several numbers: side by side or under one another."""
    crowded = 0
    for found in filled.values():
        numbers = [word for word in found if any(c.isdigit() for c in word.text)]
        if (
            len(numbers) > 1
            and 2 * len(numbers) > len(found)
            and all(is_number(w.text) for w in numbers)
        ):
            lines = lines_of([word.box for word in numbers])
            crowded += len(lines) > 1 or _has_gap(numbers)
    return crowded / len(filled)


def _has_gap(words: Sequence[Word]) -> bool:
    ordered = sorted(words, key=lambda word: word.box.x0)
    return any(
        after.box.x0 - before.box.x1 > 0.6 * before.box.height
        for before, after in zip(ordered, ordered[1:], strict=False)
    )


def crowded_share(table: Table, words: Sequence[Word]) -> float:
    """The share of the filled cells that hold several numbers; 0 where none is filled."""
    inside = table_grid.words_of_cells(table, words)
    filled = {span: found for span, found in inside.items() if found}
    return _crowded_share(filled) if filled else 0.0


def row_fills(table: Table, words: Sequence[Word]) -> list[float]:
    """The share of the columns that each row has words in; projected rows are left out."""
    filled = [span for span, found in table_grid.words_of_cells(table, words).items() if found]
    rows = []
    for row in range(len(table.rows)):
        if row in table.projected_rows:
            continue
        covered = sum(
            span.column1 - span.column0 for span in filled if span.row0 <= row < span.row1
        )
        rows.append(covered / len(table.columns))
    return rows


def _fill(table: Table, words: Sequence[Word]) -> float:
    """How full the grid is: projected rows count as full, other rows by their cells."""
    rows = row_fills(table, words)
    if not rows:
        return 0.0
    mean = sum(rows) / len(rows)
    lonely = sum(share * len(table.columns) <= 1 for share in rows) / len(rows)
    return (0.4 + 0.6 * mean) * (1 - 0.6 * lonely)
