"""Edges moved into the white between the words, and outlines made to hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model_backend.document import Box, Table, Word, union_of
from model_backend.table_grid.cells import cell_spans, is_inside
from model_backend.table_grid.edits import move_column_edge, move_row_edge
from model_backend.table_grid.frame import bands_of, box_to_frame, column_edges, row_edges
from model_backend.table_grid.placement import core_of
from model_backend.table_grid.transforms import in_frame_of

Interval = tuple[float, float]


def edges_in_white(table: Table, words: Sequence[Word]) -> Table:
    """The table with every inner edge that cuts words in the nearest white between its neighbours;
    an edge without white beside it stays. Words in page units.
    """
    cores = (core_of(table, word) for word in words if word.text.strip())
    inside = [core for core in cores if is_inside(core, table.box)]
    for index in range(1, len(table.rows)):
        table = _with_row_edge(table, index, inside)
    for index in range(1, len(table.columns)):
        table = _with_column_edge(table, index, inside)
    return table


def _with_row_edge(table: Table, index: int, boxes: Sequence[Box]) -> Table:
    edges, columns = row_edges(table), column_edges(table)
    open_at = [
        (columns[span.column0], columns[span.column1])
        for span in cell_spans(table)
        if span.row0 < index < span.row1
    ]
    parts = [(box.y0, box.y1) for box in boxes if not _is_in(box.center[0], open_at)]
    value = _nearest_white(parts, edges[index], edges[index - 1], edges[index + 1])
    return table if value is None else move_row_edge(table, index, value)


def _with_column_edge(table: Table, index: int, boxes: Sequence[Box]) -> Table:
    edges, rows = column_edges(table), row_edges(table)
    open_at = [
        (rows[span.row0], rows[span.row1])
        for span in cell_spans(table)
        if span.column0 < index < span.column1
    ]
    parts = [(box.x0, box.x1) for box in boxes if not _is_in(box.center[1], open_at)]
    value = _nearest_white(parts, edges[index], edges[index - 1], edges[index + 1])
    return table if value is None else move_column_edge(table, index, value)


def _is_in(value: float, intervals: Sequence[Interval]) -> bool:
    return any(start <= value <= end for start, end in intervals)


def _nearest_white(
    parts: Sequence[Interval], edge: float, first: float, last: float
) -> float | None:
    """The middle of the white nearest to an edge that cuts a part; None where it cuts none, or
    there is no white before its neighbours.
    """
    if not any(start < edge < end for start, end in parts):
        return None
    whites, at = [], first
    for start, end in sorted(part for part in parts if part[1] > first and part[0] < last):
        if start > at:
            whites.append((at, start))
        at = max(at, end)
    if at < last:
        whites.append((at, last))
    inner = [white for white in whites if first < (white[0] + white[1]) / 2 < last]
    nearest = min(inner, key=lambda white: min(abs(white[0] - edge), abs(white[1] - edge)),
                  default=None)  # fmt: skip
    return None if nearest is None else (nearest[0] + nearest[1]) / 2


def around_words(table: Table, words: Sequence[Word]) -> Table:
    """The table with its outline moved out so that it holds these words; inner edges stay."""
    boxes = [box_to_frame(table, word.box.normalized()) for word in words]
    return with_outline(table, union_of([table.box, *boxes])) if boxes else table


def with_outline(table: Table, box: Box) -> Table:
    """The table with another outline (of its frame), from which only the outer rows and columns
    take their new size; ValueError where an inner edge is not inside.
    """
    rows = bands_of((box.y0, *row_edges(table)[1:-1], box.y1), table.rows)
    columns = bands_of((box.x0, *column_edges(table)[1:-1], box.x1), table.columns)
    if any(band.size <= 0 for band in (*rows, *columns)):
        raise ValueError(f"the outline {box} is too small for the rows and columns")
    return in_frame_of(table, replace(table, box=box, rows=rows, columns=columns))
