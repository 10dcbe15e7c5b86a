"""A grid for an outline that a person drew: from the words inside, and ruling lines where known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_backend.document import Box, Table, Word
from model_backend.reading_order import lines_of
from model_backend.table_grid.cells import is_inside
from model_backend.table_grid.edits import empty_table
from model_backend.table_grid.frame import bands_of, box_to_frame


def propose_grid(
    table_id: int,
    box: Box,
    words: Sequence[Word],
    *,
    rotation: float = 0.0,
    row_lines: Sequence[float] = (),
    column_lines: Sequence[float] = (),
) -> Table:
    """The grid that white gaps between the words suggest; given ruling lines are edges.

    `box` and the lines are in the table's frame, words in page units; the ids of words do not
    matter.
    """
    table = replace(empty_table(table_id, box), rotation=rotation % 360)
    inside = [
        item for item in (box_to_frame(table, word.box) for word in words) if is_inside(item, box)
    ]
    lines = [[inside[index] for index in line] for line in lines_of(inside)]
    rows = [
        (max(item.y1 for item in above) + min(item.y0 for item in below)) / 2
        for above, below in zip(lines, lines[1:], strict=False)
    ]
    columns = _white_middles(inside, lines)
    return replace(
        table,
        rows=bands_of(_edges(box.y0, box.y1, row_lines or rows)),
        columns=bands_of(_edges(box.x0, box.x1, column_lines or columns)),
    )


def _edges(first: float, last: float, inner: Sequence[float]) -> list[float]:
    edges = [first]
    for value in sorted(inner):
        if value - edges[-1] > 1 and last - value > 1:
            edges.append(value)
    return [*edges, last]


def _white_middles(words: Sequence[Box], lines: Sequence[Sequence[Box]]) -> list[float]:
    """The middles of the x-intervals that no word enters."""
    middles: list[float] = []
    right: float | None = None
    for word in sorted(words, key=lambda item: item.x0):
        if right is not None and word.x0 - right > 0.4 * word.height:
            middles.append((right + word.x0) / 2)
        right = word.x1 if right is None else max(right, word.x1)
    return middles
