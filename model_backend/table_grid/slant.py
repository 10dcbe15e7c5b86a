"""How a table lies on its page: the way its words run, its slant, and its frame turned to fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from model_backend.document import Band, Box, Span, Table, Word, union_of
from model_backend.table_grid.again import structured
from model_backend.table_grid.cells import is_inside, words_of_cells
from model_backend.table_grid.edits import empty_table
from model_backend.table_grid.frame import box_to_frame, to_frame
from model_backend.table_grid.placement import core_of
from model_backend.table_grid.runs import Line, Rule, Run, is_number, lines_of_words
from model_backend.table_grid.whites import around_words, edges_in_white

STEEPEST = 5.0
"""Degrees of slant that are looked for."""
MOST_SHEAR = 0.09
GAIN = 0.04
"""So much more white there must be for a slant to be believed."""
TALL = 1.3
"""A word of three letters or more that is so much higher than wide is read sideways."""


def turned_frame(table: Table, turns: int) -> Table:
    """The table with its frame turned by quarter turns (clockwise); all lines stay on the page.

    Rows become columns, so no row is a header or a projected row any more; merged cells stay.
    """
    for _turn in range(turns % 4):
        table = _turned_once(table)
    return table


def _turned_once(table: Table) -> Table:
    (x, y), box = table.box.center, table.box

    def across(value: float) -> float:
        return round(x + value - y, 9)

    def down(value: float) -> float:
        return round(y + x - value, 9)

    turned = replace(
        table,
        box=Box(across(box.y0), down(box.x1), across(box.y1), down(box.x0)),
        rows=tuple(
            Band(down(band.end), down(band.start), band.score) for band in reversed(table.columns)
        ),
        columns=tuple(
            Band(across(band.start), across(band.end), band.score) for band in table.rows
        ),
        spans=(),
        header_rows=0,
        projected_rows=(),
        rotation=(table.rotation + 90) % 360,
        shear=0.0,
    )
    width = len(table.columns)
    whole = [Span(row, row + 1, 0, width) for row in table.projected_rows]
    spans = [
        Span(width - span.column1, width - span.column0, span.row0, span.row1, span.score)
        for span in (*table.spans, *whole)
    ]
    return structured(turned, 0, (), spans)


def reading_turn(words: Sequence[Word]) -> float:
    """The turn (0, 90 or 270 degrees, clockwise) of a table whose words these are.

    Words that are read sideways are higher than wide; which of their ends comes first is told by
    where the numbers are not: in headings and in the labels of rows.
    """
    long = [word.box for word in words if len(word.text.strip()) > 2]
    if len(long) < 2 or 2 * sum(box.height > TALL * box.width for box in long) <= len(long):
        return 0.0
    return max((270.0, 90.0), key=lambda turn: _headed(words, turn))


def _headed(words: Sequence[Word], turn: float) -> float:
    """How much more text without numbers the first line and column have than the last ones."""
    outline = replace(empty_table(1, union_of(word.box for word in words).grown(1)), rotation=turn)
    runs = [Run(box_to_frame(outline, word.box), word.text.strip()) for word in words]
    lines = lines_of_words(runs)
    firsts, lasts = [line[0] for line in lines], [line[-1] for line in lines]
    return _wordy(lines[0]) - _wordy(lines[-1]) + _wordy(firsts) - _wordy(lasts)


def _wordy(line: Line) -> float:
    return sum(not is_number(run.text) for run in line) / len(line)


def rules_in_frame(
    table: Table, across: Sequence[Rule], down: Sequence[Rule]
) -> tuple[tuple[Rule, ...], tuple[Rule, ...]]:
    """Horizontal and vertical rulings of the page in a table's frame, each by its middle: a ruling
    is slanted as its table is. None in a frame that is turned by anything but quarters and a few
    degrees.
    """
    quarters = round(table.rotation / 90)
    if abs(table.rotation - 90 * quarters) > STEEPEST:
        return (), ()
    flat = [_rule_in_frame(table, (rule.start + rule.end) / 2, rule.at, rule) for rule in across]
    tall = [_rule_in_frame(table, rule.at, (rule.start + rule.end) / 2, rule) for rule in down]
    if quarters % 2:
        flat, tall = tall, flat
    return tuple(rules[0] for rules in flat), tuple(rules[1] for rules in tall)


def _rule_in_frame(table: Table, x: float, y: float, rule: Rule) -> tuple[Rule, Rule]:
    """The ruling through a point of the page, as a horizontal and as a vertical one there."""
    u, v = to_frame(table, (x, y))
    half = (rule.end - rule.start) / 2
    return Rule(v, u - half, u + half), Rule(u, v - half, v + half)


def fit_slant(table: Table, words: Sequence[Word]) -> Table:
    """The table turned by a few degrees and sheared so that its rows and columns run as its words
    do, its edges in the white between them; as it is where the words are not slanted.
    """
    inside = [word for found in words_of_cells(table, words).values() for word in found]
    if len(inside) < 4:
        return table
    turn = _best(lambda value: _covered_rows(table, inside, value), STEEPEST, 0.25)
    slanted = replace(table, rotation=round(table.rotation + turn, 9) % 360)
    shear = _best(lambda value: _covered_columns(slanted, inside, value), MOST_SHEAR, 0.005)
    slanted = replace(slanted, shear=round(table.shear + shear, 9))
    if (turn, shear) == (0.0, 0.0):
        return table
    return edges_in_white(around_words(slanted, inside), words)


def _best(covered: Callable[[float], float], most: float, step: float) -> float:
    """The value within +-most under which the least is covered; 0 where that gains little."""
    count = int(most / step)
    tries = {n * step: covered(n * step) for n in range(-count, count + 1)}
    coarse = min(tries, key=lambda value: (tries[value], abs(value)))
    fine = {coarse + n * step / 5: covered(coarse + n * step / 5) for n in range(-4, 5)}
    best = min(fine, key=lambda value: (fine[value], abs(value)))
    return round(best, 6) if fine[best] < (1 - GAIN) * tries[0.0] else 0.0


def _covered_rows(table: Table, words: Sequence[Word], turn: float) -> float:
    tried = replace(table, rotation=table.rotation + turn)
    cores = [core_of(tried, word) for word in words]
    return _union([(core.y0, core.y1) for core in cores])


def _covered_columns(table: Table, words: Sequence[Word], shear: float) -> float:
    tried = replace(table, shear=table.shear + shear)
    boxes = [box_to_frame(tried, word.box) for word in words]
    return _union([(box.x0, box.x1) for box in boxes])


def _union(parts: Sequence[tuple[float, float]]) -> float:
    """The length of what the intervals cover."""
    total, at = 0.0, float("-inf")
    for start, end in sorted(parts):
        total += max(0.0, end - max(start, at))
        at = max(at, end)
    return total


def words_inside(outline: Table, words: Sequence[Word]) -> list[Word]:
    """The words that lie in an outline."""
    return [word for word in words if is_inside(box_to_frame(outline, word.box), outline.box)]
