"""Which lines of text make one row of a table: by rulings, numbers, indentation and leading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from model_backend.document import Box
from model_backend.table_grid.runs import Line, Rule, Run, is_number, joined, space_width

NARROW = 1.35
"""A gap of so many usual spaces between words of prose is a space even where a separator is."""
TOUCHING = 0.85
"""Lines whose middles are nearer than so many text heights touch or overlap."""
OPEN_WORDS = frozenset(
    ("of", "and", "or", "the", "a", "for", "in", "with", "to", "by", "from", "per")
)
"""A label that ends with one of these goes on in the next line."""
MOST_HEADER_SHARE = 0.6
"""A header does not take more than this share of a table's lines."""


@dataclass(frozen=True)
class Placed:
    """A run of words and the columns (half-open range) that it lies in."""

    run: Run
    first: int
    last: int


PlacedLine = list[Placed]


@dataclass(frozen=True)
class Layout:
    """A table's lines with their columns, and the rulings between them.

    `full[i]` says where a ruling over most of the table's width lies between line i and the next,
    None without; `whole[i]` whether one reaches over all of it.
    """

    box: Box
    height: float
    columns: tuple[tuple[float, float], ...]
    lines: tuple[PlacedLine, ...]
    across: tuple[Rule, ...]
    full: tuple[float | None, ...]
    whole: tuple[bool, ...]

    @property
    def is_cased(self) -> bool:
        """Whether labels begin with capitals or digits, so that a small letter tells of a wrap."""
        labels = [item.run.text for line in self.lines for item in line if item.first == 0]
        return 2 * sum(label[:1].islower() for label in labels) < len(labels)


def layout_of(
    box: Box,
    lines: Sequence[Line],
    height: float,
    separators: Sequence[float],
    across: Sequence[Rule],
) -> Layout:
    """The lines of a table whose columns are known, as runs placed in columns."""
    columns = tuple(pairwise([box.x0, *separators, box.x1]))
    space = NARROW * space_width(lines, height)
    placed = _interleaved(
        [
            [_placed(run, columns) for run in runs_of(line, height, separators, space)]
            for line in lines
        ],
        height,
        across,
    )
    full = tuple(_rule_between(above, below, box, across, 0.6) for above, below in pairwise(placed))
    ends = (columns[0], columns[-1])
    whole = [rule for rule in across if all(rule.covers(start, end, 0.5) for start, end in ends)]
    is_whole = tuple(
        _rule_between(above, below, box, whole, 0.9) is not None
        for above, below in pairwise(placed)
    )
    return Layout(box, height, columns, tuple(placed), tuple(across), full, is_whole)


def _interleaved(
    lines: Sequence[PlacedLine], height: float, across: Sequence[Rule]
) -> list[PlacedLine]:
    """Lines so near that they cannot be rows of their own joined, where their columns differ.

    So a label of two lines meets its values, which stand at half its height; but a heading at half
    the height of two others does not join these over the ruling between them.
    """
    result: list[PlacedLine] = []
    last: PlacedLine = []
    for line in lines:
        is_near = bool(last) and _middle(line) - _middle(last) < TOUCHING * height
        is_beside = is_near and not covered_columns(line) & covered_columns(last)
        if is_beside and not _is_ruled_apart(result[-1], line, across):
            result[-1] = sorted(result[-1] + line, key=lambda item: item.first)
        else:
            result.append(line)
        last = line
    return result


def _is_ruled_apart(above: PlacedLine, below: PlacedLine, across: Sequence[Rule]) -> bool:
    """Whether a ruling lies between runs that stand in the same column."""
    return any(
        one.run.box.center[1] < rule.at < other.run.box.center[1]
        and rule.start <= other.run.box.center[0] <= rule.end
        for one in above
        for other in below
        if one.first < other.last and other.first < one.last
        for rule in across
    )


def runs_of(line: Line, height: float, separators: Sequence[float], space: float) -> Line:
    """The runs of a line, ended at separators unless mere spaces of prose lie there."""
    walls = []
    for before, after in pairwise(line):
        gap = after.box.x0 - before.box.x1
        is_prose = not is_number(before.text) and not is_number(after.text)
        if gap > space and is_number(before.text) and is_number(after.text):
            walls.append((before.box.x1 + after.box.x0) / 2)
        elif gap > space or not is_prose:
            middle = (before.box.x1, after.box.x0)
            walls += [at for at in separators if middle[0] - 1 <= at <= middle[1] + 1]
    return joined(line, 1.2 * height, walls)


def _placed(run: Run, columns: Sequence[tuple[float, float]]) -> Placed:
    """The run in the columns that hold a good part of it; at least in the one of its middle."""
    width = max(run.box.width, 0.001)
    shares = [max(0.0, min(run.box.x1, end) - max(run.box.x0, start)) for start, end in columns]
    most = max(range(len(columns)), key=lambda index: shares[index])
    held = [
        index
        for index, (start, end) in enumerate(columns)
        if index == most or shares[index] >= 0.4 * min(width, end - start)
    ]
    return Placed(run, min(held), max(held) + 1)


def _rule_between(
    above: PlacedLine, below: PlacedLine, box: Box, across: Sequence[Rule], share: float
) -> float | None:
    """Where a ruling over that share of the table's width lies between two lines."""
    top = min(item.run.box.center[1] for item in above)
    bottom = max(item.run.box.center[1] for item in below)
    found = [
        rule.at for rule in across if rule.covers(box.x0, box.x1, share) and top < rule.at < bottom
    ]
    return found[-1] if found else None


def numeric_columns(line: PlacedLine) -> set[int]:
    """The columns after the first in which a line has a number."""
    return {item.first for item in line if item.first > 0 and is_number(item.run.text)}


def covered_columns(line: PlacedLine) -> set[int]:
    """The columns in which a line has words."""
    return {column for item in line for column in range(item.first, item.last)}


def header_lines(layout: Layout) -> int:
    """How many lines from the top are the column header."""
    most = int(MOST_HEADER_SHARE * len(layout.lines))
    body = _first_number_line(layout)
    rules = [index + 1 for index, rule in enumerate(layout.full) if rule is not None]
    if body is None:
        if rules and rules[0] <= most:
            return rules[0]
        is_titled = len(layout.lines) > 1 and len(covered_columns(layout.lines[0])) > 1
        return 1 if is_titled else 0
    before = [index for index in rules if index <= body]
    if not before and len(rules) < 0.3 * len(layout.lines) and rules and rules[0] <= min(4, most):
        return rules[0]
    if before:
        end = _header_end(layout, before)
        return end if end <= max(most, 1) else 0
    while body > 0 and covered_columns(layout.lines[body - 1]) == {0}:
        body -= 1
    return body if body <= most else 0


def _header_end(layout: Layout, rules: Sequence[int]) -> int:
    """The first ruling over the whole width that has headings of most columns above it, else the
    last.
    """
    for index in rules:
        columns = covered_columns([item for line in layout.lines[:index] for item in line])
        if layout.whole[index - 1] and len(columns) >= 0.6 * len(layout.columns):
            return index
    return rules[-1]


def _first_number_line(layout: Layout) -> int | None:
    """The first line of which half of what stands beside its label is numbers.

    Where no line has both a label and numbers, the first with numbers in most columns.
    """
    wide = None
    for index, line in enumerate(layout.lines):
        beside = [item for item in line if item.first > 0]
        numbers = [item for item in beside if is_number(item.run.text)]
        if not numbers or 2 * len(numbers) < len(beside):
            continue
        if index < 3 and len(layout.lines) > 3 and _are_headings(numbers):
            continue
        if any(item.first == 0 for item in line):
            return index
        if wide is None and 2 * len(covered_columns(line)) > len(layout.columns):
            wide = index
    return wide


def _are_headings(numbers: Sequence[Placed]) -> bool:
    """Whether numbers may well be headings: years, or counted one by one."""
    texts = [item.run.text for item in numbers]
    counted = [int(text) for text in texts if text.isdecimal() and len(text) < 5]
    is_counted = len(counted) == len(texts) > 2 and all(b - a == 1 for a, b in pairwise(counted))
    return is_counted or all(_is_year(text) for text in texts)


def _is_year(text: str) -> bool:
    return len(text) >= 4 and text[:4].isdigit() and text[:2] in ("18", "19", "20")


def body_breaks(layout: Layout, first: int) -> list[bool]:
    """For each line from `first` on but the last: whether a new row begins after it."""
    lines = layout.lines[first:]
    full = layout.full[first:]
    leading = _Leading.of(lines)
    is_ruled = sum(rule is not None for rule in full) >= max(2, 0.3 * len(lines))
    breaks: list[bool] = []
    start = 0
    for index, (above, below) in enumerate(pairwise(lines)):
        row = [item for line in lines[start : index + 1] for item in line]
        if _middle(below) - _middle(above) < 0.5 * layout.height:
            is_break = False
        elif full[index] is not None or numeric_columns(row) & numeric_columns(below):
            is_break = True
        elif is_ruled:
            is_break = False
        else:
            is_break = _begins_row(layout, row, above, below, leading.at(index))
        breaks.append(is_break)
        if is_break:
            start = index + 1
    return breaks


@dataclass(frozen=True)
class _Leading:
    """The distances between lines; `threshold` parts those inside a row from those between rows."""

    distances: tuple[float, ...]
    threshold: float | None

    @classmethod
    def of(cls, lines: Sequence[PlacedLine]) -> _Leading:
        """The smallest usual distance is the leading inside a row, when a good part are larger."""
        distances = tuple(_middle(below) - _middle(above) for above, below in pairwise(lines))
        usual = [
            small
            for small in sorted(distances)
            if small > 0
            and sum(small <= other <= 1.1 * small for other in distances) >= 0.2 * len(distances)
        ]
        if not usual:
            return cls(distances, None)
        threshold = 1.2 * usual[0]
        large = sum(distance > threshold for distance in distances)
        is_mixed = 0.1 * len(distances) <= large < len(distances)
        return cls(distances, threshold if is_mixed else None)

    def at(self, index: int) -> int:
        """-1 for a small distance, 1 for a large one, 0 where there is one kind only."""
        if self.threshold is None:
            return 0
        return -1 if self.distances[index] < self.threshold else 1


def _middle(line: PlacedLine) -> float:
    return median(item.run.box.center[1] for item in line)


def _begins_row(
    layout: Layout, row: PlacedLine, above: PlacedLine, below: PlacedLine, leading: int
) -> bool:
    """Whether a line without a ruling above it, and without numbers under numbers, begins a row."""
    before, after = covered_columns(row), covered_columns(below)
    if 0 not in after:
        return bool(leading > 0 and after & before)
    if after == {0}:
        return _begins_label(layout, row, below, leading)
    if before == {0}:
        return not _is_wrapped(above[-1], below[0], leading)
    is_small = [layout.is_cased and item.run.text[:1].islower() for item in below]
    return leading > 0 or not (any(is_small) if leading < 0 else is_small[0])


def _begins_label(layout: Layout, row: PlacedLine, below: PlacedLine, leading: int) -> bool:
    """Whether a line with nothing but a label is a row of its own, not a wrapped label's end."""
    text = below[0].run.text
    if text[:1].islower() or text[:1] in "(&/,":
        return False
    labels = [item for item in row if item.first == 0]
    return not (labels and leading < 0 and _is_full(layout, labels[-1], below[0]))


def _is_wrapped(label: Placed, following: Placed, leading: int) -> bool:
    """Whether a label without values goes on in the next line, which has them."""
    if leading > 0 or not label.run.text:
        return False
    is_open = label.run.text.split()[-1].lower() in OPEN_WORDS or label.run.text[-1] in ",-/&("
    return following.run.text[:1].islower() or is_open


def _is_full(layout: Layout, label: Placed, following: Placed) -> bool:
    """Whether the next line's first word would not have found room behind the label."""
    words = following.run.text.split()
    letter = following.run.box.width / max(len(following.run.text), 1)
    room = layout.columns[0][1] - label.run.box.x1
    return room < (len(words[0]) + 1) * letter if words else False
