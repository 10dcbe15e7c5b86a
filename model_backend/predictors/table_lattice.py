"""Lattices: ruling lines that cross one another and so draw the cells of a table themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

from model_backend.document import Box, Span
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid.runs import Rule

DRAWN = 0.7
"""A side of a cell is drawn where rulings run along this share of it: scans break lines."""
MOST_EDGES = 200
"""With more lines in one direction it is a hatching or squared paper."""
REGULAR = 0.55
"""A table's rows have the same columns; a form's boxes leave most edges undrawn in most rows."""

Side = tuple[int, int]


@dataclass(frozen=True)
class Lattice:
    """The edges of rows and columns, and which sides of the cells between them are drawn.

    `floors` are (row edge, column), `walls` (row, column edge); edges at the ends count too.
    """

    rows: tuple[float, ...]
    columns: tuple[float, ...]
    floors: frozenset[Side]
    walls: frozenset[Side]

    @property
    def box(self) -> Box:
        """From the first to the last edges."""
        return Box(self.columns[0], self.rows[0], self.columns[-1], self.rows[-1])

    @property
    def height(self) -> int:
        """The number of rows."""
        return len(self.rows) - 1

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.columns) - 1

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The cells, merged where no side is drawn between them and they make a rectangle."""
        left = set(product(range(self.height), range(self.width)))
        spans = []
        while left:
            group = self._open_group(min(left))
            left -= group
            rows, columns = [row for row, _ in group], [column for _, column in group]
            span = Span(min(rows), max(rows) + 1, min(columns), max(columns) + 1)
            if len(group) == (span.row1 - span.row0) * (span.column1 - span.column0):
                spans.append(span)
            else:
                spans += [Span(row, row + 1, column, column + 1) for row, column in group]
        return tuple(sorted(spans, key=lambda span: (span.row0, span.column0)))

    def _open_group(self, cell: Side) -> set[Side]:
        """The cells that can be reached from one without crossing a drawn side."""
        group, waiting = {cell}, [cell]
        while waiting:
            row, column = waiting.pop()
            ways = (
                ((row - 1, column), (row, column) in self.floors),
                ((row + 1, column), (row + 1, column) in self.floors),
                ((row, column - 1), (row, column) in self.walls),
                ((row, column + 1), (row, column + 1) in self.walls),
            )
            for (y, x), is_drawn in ways:
                is_cell = 0 <= y < self.height and 0 <= x < self.width
                if is_cell and not is_drawn and (y, x) not in group:
                    group.add((y, x))
                    waiting.append((y, x))
        return group

    @property
    def regularity(self) -> float:
        """1 where all rows have all columns; less, the more cells are merged."""
        return len(self.spans) / max(self.height * self.width, 1)

    @property
    def is_closed(self) -> bool:
        """Whether three sides are framed, or all row lines reach over the full width."""
        rows, columns = range(self.height), range(self.width)
        sides = (
            [(0, column) in self.floors for column in columns],
            [(self.height, column) in self.floors for column in columns],
            [(row, 0) in self.walls for row in rows],
            [(row, self.width) in self.walls for row in rows],
        )
        framed = [sum(side) >= 0.8 * len(side) for side in sides]
        full = [all((edge, c) in self.floors for c in columns) for edge in range(self.height + 1)]
        return sum(framed) >= 3 or (all(framed[:2]) and sum(full) >= 3)

    def columns_of(self, row: int) -> frozenset[int]:
        """The column edges drawn beside a row."""
        return frozenset(edge for y, edge in self.walls if y == row)

    def part(self, first: int, end: int, edges: Sequence[int]) -> Lattice:
        """The rows from `first` to before `end`, with these column edges only."""
        place = {edge: index for index, edge in enumerate(edges)}
        floors = {
            (edge - first, column)
            for edge in range(first, end + 1)
            for column, (left, right) in enumerate(pairwise(edges))
            if all((edge, between) in self.floors for between in range(left, right))
        }
        walls = {
            (row - first, place[edge])
            for row, edge in self.walls
            if first <= row < end and edge in place
        }
        return Lattice(
            self.rows[first : end + 1],
            tuple(self.columns[edge] for edge in edges),
            frozenset(floors),
            frozenset(walls),
        )


def lattices_of(rulings: Rulings, reach: float) -> list[Lattice]:
    """The lattices of a page; lines that miss each other by no more than `reach` cross."""
    found = (lattice_of(group, reach) for group in crossing_groups(rulings, reach))
    return [lattice for lattice in found if lattice is not None]


def crossing_groups(rulings: Rulings, reach: float) -> list[Rulings]:
    """The rulings that hang together by crossing or touching one another."""
    across, down = list(rulings.across), list(rulings.down)
    groups = []
    while across:
        chosen: tuple[list[Rule], list[Rule]] = ([across.pop()], [])
        new = chosen[0]
        for turn in range(len(rulings.across) + len(rulings.down) + 1):
            side, rest = (chosen[1], down) if turn % 2 == 0 else (chosen[0], across)
            found = [rule for rule in rest if any(_cross(rule, other, reach) for other in new)]
            if not found:
                break
            rest[:] = [rule for rule in rest if rule not in found]
            side += found
            new = found
        groups.append(Rulings(tuple(chosen[0]), tuple(chosen[1])))
    return [group for group in groups if group.down]


def _cross(one: Rule, other: Rule, reach: float) -> bool:
    return (
        one.start - reach <= other.at <= one.end + reach
        and other.start - reach <= one.at <= other.end + reach
    )


def lattice_of(group: Rulings, reach: float) -> Lattice | None:
    """The lattice that crossing rulings make; None without two lines in both directions."""
    across, down = _edges(group.across, reach), _edges(group.down, reach)
    _add_open_ends(across, down, reach)
    while 2 <= len(across) <= MOST_EDGES and 2 <= len(down) <= MOST_EDGES:
        rows, columns = sorted(across), sorted(down)
        floors = {(y, x) for y, row in enumerate(rows) for x in _drawn(across[row], columns)}
        walls = {(y, x) for x, column in enumerate(columns) for y in _drawn(down[column], rows)}
        idle_rows = set(range(len(rows))) - {y for y, _ in floors}
        open_ends = {x for x in (0, len(columns) - 1) if not down[columns[x]]}
        idle_columns = set(range(len(columns))) - {x for _, x in walls} - open_ends
        if not idle_rows and not idle_columns:
            return Lattice(tuple(rows), tuple(columns), frozenset(floors), frozenset(walls))
        across = {row: across[row] for y, row in enumerate(rows) if y not in idle_rows}
        down = {column: down[column] for x, column in enumerate(columns) if x not in idle_columns}
    return None


def _edges(rules: Iterable[Rule], reach: float) -> dict[float, list[Rule]]:
    """The lines on each edge: those nearer to one another than `reach` draw the same one."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if groups and rule.at - groups[-1][-1].at <= reach:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    return {_mean_place(group): group for group in groups}


def _mean_place(group: Sequence[Rule]) -> float:
    length = sum(rule.end - rule.start for rule in group)
    return sum(rule.at * (rule.end - rule.start) for rule in group) / length


def _add_open_ends(
    across: dict[float, list[Rule]], down: dict[float, list[Rule]], reach: float
) -> None:
    """Edges without a line where most row lines go on beyond the first or the last column line."""
    if not across or not down:
        return
    first, last = min(down), max(down)
    starts = sorted(min(rule.start for rule in group) for group in across.values())
    ends = sorted(max(rule.end for rule in group) for group in across.values())
    start, end = starts[len(starts) // 2], ends[len(ends) // 2]
    if start < first - 3 * reach:
        down[start] = []
    if end > last + 3 * reach:
        down[end] = []


def _drawn(rules: Sequence[Rule], edges: Sequence[float]) -> list[int]:
    """The intervals between edges along which the rules run."""
    return [
        index
        for index, (start, end) in enumerate(pairwise(edges))
        if sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules)
        >= DRAWN * (end - start)
    ]


def regular_parts(lattice: Lattice) -> list[Lattice]:
    """The lattice where it is a table as a whole, else the runs of rows that have like columns."""
    if lattice.height < 2 or lattice.width < 2:
        return []
    if lattice.is_closed and lattice.regularity >= REGULAR:
        return [lattice]
    parts = []
    first = 0
    while first < lattice.height:
        edges = lattice.columns_of(first)
        end = first + 1
        while end < lattice.height and lattice.columns_of(end) == edges:
            end += 1
        if end - first >= 3 and len(edges) >= 4:
            part = lattice.part(first, end, sorted(edges))
            parts += [part] if part.is_closed and part.regularity >= REGULAR else []
        first = end
    return parts


def without_titles(lattice: Lattice, is_title: Callable[[Box], bool]) -> Lattice:
    """The lattice without cells over the full width above the first and below the last row."""
    box = lattice.box
    whole = {
        row
        for row in range(lattice.height)
        if Span(row, row + 1, 0, lattice.width) in lattice.spans
        if is_title(Box(box.x0, lattice.rows[row], box.x1, lattice.rows[row + 1]))
    }
    inner = [row for row in range(lattice.height) if row not in whole]
    if len(inner) < 2:
        return lattice
    return lattice.part(inner[0], inner[-1] + 1, range(lattice.width + 1))
