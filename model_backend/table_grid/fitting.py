"""A grid copied to another page and fitted to the words there.

The columns keep their number and order and slide into that page's white: first together (the shift
and scale under which most words lie in one column each), then one by one, by dynamic programming
over the white gaps. The rows are proposed from that page's words; where the header's text stands
there again, its rows and merged cells are taken over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from model_backend.document import Box, Table, Word, union_of
from model_backend.table_grid.again import bare, structured
from model_backend.table_grid.cells import is_inside
from model_backend.table_grid.frame import bands_of, box_to_frame, column_edges, row_edges
from model_backend.table_grid.proposal import with_rows
from model_backend.table_grid.row_groups import (
    NARROW,
    Layout,
    header_lines,
    layout_of,
    runs_of,
)
from model_backend.table_grid.runs import (
    Line,
    Rule,
    Run,
    lines_of_words,
    space_width,
    text_height,
)
from model_backend.table_grid.transforms import in_frame_of

SCALES = (1.0, 0.97, 1.03)
FARTHEST = 0.3
"""The columns may be shifted by this share of the table's width."""
CUT = 1.0
"""Page units by which a word reaches over an edge before it counts as cut."""
ALIKE = 0.7
"""Headers are the same when so many of their words are."""
MORE_LINES = 2
"""A header may be wrapped into so many more lines."""
ROOM = 1.5
"""The table may be so many text heights wider on each side than on its own page."""
APART = 3.5
"""A gap of so many usual line distances ends a table."""


@dataclass(frozen=True)
class _Columns:
    """Where the edges of the columns are on the other page."""

    edges: tuple[float, ...]
    height: float
    space: float

    def held(self, line: Line) -> list[int | None]:
        """For each text of a line the column that it lies in; words of prose are one text."""
        runs = runs_of(line, self.height, self.edges, self.space)
        return [self.column(run) for run in runs]

    def column(self, run: Run) -> int | None:
        """The column that a run lies in; None where an edge cuts it or it is outside."""
        inner, (start, end) = self.edges[1:-1], self.reach
        index = bisect_right(inner, run.box.center[0])
        low = inner[index - 1] if index else start
        high = inner[index] if index < len(inner) else end
        return index if low - CUT <= run.box.x0 and run.box.x1 <= high + CUT else None

    @property
    def reach(self) -> tuple[float, float]:
        """Where words of the table may lie: it may be a little wider than on its own page."""
        return self.edges[0] - ROOM * self.height, self.edges[-1] + ROOM * self.height


def fit_grid(
    table: Table,
    words: Sequence[Word],
    other_words: Sequence[Word],
    *,
    across: Sequence[Rule] = (),
) -> Table | None:
    """The table as it stands on another page; None where that page has no words that fit it.

    `words` are those of the table's own page, `other_words` and the horizontal rulings `across`
    (in the table's frame) those of the other one. Turn and shear stay; the outline follows the
    words there.
    """
    here = _lines(table, words, inside=True)
    there = _lines(table, other_words, inside=False)
    if not there:
        return None
    height = text_height(_runs(there))
    space = NARROW * space_width(there, height)
    columns = _slid(_Columns(column_edges(table), height, space), here, there)
    header = _header_lines(table, here)
    repeated = _repeated(header, there)
    block = _block(columns, there, repeated)
    if all(columns.column(run) is None for run in _runs(block)):
        return None
    columns = replace(columns, edges=_settled(columns.edges, block, height))
    box = _outline(table, here, block, columns)
    separators = columns.edges[1:-1]
    near = [rule for rule in across if box.y0 < rule.at < box.y1]
    outline = replace(bare(table), box=box)
    layout = layout_of(box, block, height, separators, near)
    if repeated is not None:
        own = there[repeated[0] : repeated[1]]
        made = with_rows(outline, layout, _lines_above(layout, own))
        if len(own) == len(header):
            made = _with_header(table, made, header, block[0])
    else:
        made = with_rows(outline, layout, _other_header(layout, len(header)))
    return in_frame_of(table, made)


def _lines_above(layout: Layout, header: Sequence[Line]) -> int:
    """How many lines of a layout, where lines beside one another are joined, are the header."""
    end = max(map(_middle, header))
    middles = (median(item.run.box.center[1] for item in line) for line in layout.lines)
    return sum(middle <= end for middle in middles)


def _other_header(layout: Layout, most: int) -> int:
    """The lines of a header that says something else, where there is one as high as the table's."""
    count = header_lines(layout)
    return count if count <= most else 0


def _lines(table: Table, words: Sequence[Word], *, inside: bool) -> list[Line]:
    """The words of a page, or of the table alone, in the table's frame, line by line."""
    placed = [
        Run(box, word.text.strip())
        for word in words
        if word.text.strip() and (not inside or is_inside(box_to_frame(table, word.box), table.box))
        for box in [box_to_frame(table, word.box)]
    ]
    return lines_of_words(placed) if placed else []


def _slid(columns: _Columns, here: Sequence[Line], there: Sequence[Line]) -> _Columns:
    """The edges under the shift and scale that suit the other page's words best.

    Shifts are those that bring a word's side there to where one is here: the left and right sides
    that many words share.
    """
    edges = columns.edges
    width, middle = edges[-1] - edges[0], (edges[0] + edges[-1]) / 2
    shifts = _shifts(here, there, FARTHEST * width)
    tries = [
        replace(columns, edges=tuple(middle + scale * (e - middle) + shift for e in edges))
        for scale in SCALES
        for shift in shifts
    ]
    return max(tries, key=lambda tried: _suits(tried, there))


def _shifts(here: Sequence[Line], there: Sequence[Line], farthest: float) -> list[float]:
    shifts = {0.0}
    for side in (lambda run: run.box.x0, lambda run: run.box.x1):
        ours, theirs = _common(map(side, _runs(here))), _common(map(side, _runs(there)))
        shifts |= {round(b - a, 1) for a in ours for b in theirs if abs(b - a) <= farthest}
    return sorted(shifts, key=abs)


def _runs(lines: Sequence[Line]) -> list[Run]:
    return [run for line in lines for run in line]


def _common(values: Iterable[float]) -> list[float]:
    """The places that most values share, to a point; at most eight."""
    counts: dict[int, int] = {}
    for value in values:
        counts[round(value)] = counts.get(round(value), 0) + 1
    return [float(place) for place in sorted(counts, key=lambda n: -counts[n])[:8]]


def _suits(columns: _Columns, lines: Sequence[Line]) -> float:
    """How well columns suit lines: words in one column count for it, cut ones against it; lines
    with words in several columns count most.
    """
    score = 0.0
    for line in lines:
        held = columns.held(line)
        found = {column for column in held if column is not None}
        gain = len(found) * len(found) / len(columns.edges) if len(found) > 1 else 0.0
        score += gain - held.count(None) / len(held)
    return score


def _header_lines(table: Table, here: Sequence[Line]) -> list[Line]:
    """The lines of the header."""
    end = row_edges(table)[table.header_rows]
    return [line for line in here if _middle(line) < end] if table.header_rows else []


def _middle(line: Line) -> float:
    return median(run.box.center[1] for run in line)


def _repeated(header: Sequence[Line], lines: Sequence[Line]) -> tuple[int, int] | None:
    """The lines (half-open) in which the header's words stand again on the other page, perhaps
    wrapped in another way; None where they do not.
    """
    wanted = _words(header)
    best, found = ALIKE, None
    for count in range(len(header), len(header) + MORE_LINES + 1 if header else 0):
        for start in range(len(lines) - count + 1):
            other = _words(lines[start : start + count])
            alike = 2 * (wanted & other).total() / (wanted.total() + other.total())
            if alike > best:
                best, found = alike, (start, start + count)
    return found


def _words(lines: Sequence[Line]) -> Counter[str]:
    return Counter(word for line in lines for run in line for word in run.text.casefold().split())


def _block(
    columns: _Columns, lines: Sequence[Line], repeated: tuple[int, int] | None
) -> list[Line]:
    """The lines of the other page that are the table: those after a repeated header, else the run
    of lines that suits the columns best.
    """
    first, start = repeated or (0, 0)
    rest = lines[start:]
    values = [_value(columns, line) for line in rest]
    distances = [_middle(below) - _middle(above) for above, below in pairwise(rest)]
    usual = median(distances) if distances else 1.0
    begin, end = _best_run(values, [d > APART * usual for d in distances], repeated is not None)
    while 0 < begin < end and values[begin - 1] == 0.0 and distances[begin - 1] < 1.5 * usual:
        begin -= 1  # a label alone above the first full line heads it
    found = list(rest[begin:end])
    return [*lines[first:start], *found]


def _value(columns: _Columns, line: Line) -> float:
    """How much a line looks like one of the table's."""
    held = columns.held(line)
    found = {column for column in held if column is not None}
    wrong = held.count(None)
    if 2 * wrong > len(held):
        return -1.0
    if len(found) > 1:
        return 1.0 - 0.5 * (wrong > 0)
    return 0.0 if found == {0} and not wrong else -0.2


def _best_run(values: Sequence[float], apart: Sequence[bool], is_fixed: bool) -> tuple[int, int]:
    """The half-open run of largest sum, from the first line on where that is fixed; a wide gap
    costs as much as two lines that do not fit.
    """
    best, result, total, begin = 0.0, (0, 0), 0.0, 0
    for index, value in enumerate(values):
        if index and apart[index - 1]:
            total -= 2.0
        if total <= 0 and not is_fixed:
            total, begin = 0.0, index
        total += value
        if total > best:
            best, result = total, (begin, index + 1)
    return result


def _settled(edges: Sequence[float], lines: Sequence[Line], height: float) -> tuple[float, ...]:
    """The edges in the white between the words of the lines, in order, each as near to where it was
    expected as the white allows (dynamic programming over edges and white gaps).
    """
    inner = edges[1:-1]
    if not inner:
        return tuple(edges)
    places = _places(edges, lines)
    costs = [_cost(inner[0], place, height) for place in places]
    back: list[list[int]] = []
    for edge in inner[1:]:
        best, best_at, row, ways = float("inf"), 0, [], []
        for index, place in enumerate(places):
            row.append(best + _cost(edge, place, height))
            ways.append(best_at)
            if costs[index] < best:
                best, best_at = costs[index], index
        costs = row
        back.append(ways)
    at = min(range(len(places)), key=lambda n: costs[n])
    if costs[at] == float("inf"):
        return tuple(edges)
    chosen = [at]
    for ways in reversed(back):
        chosen.append(ways[chosen[-1]])
    return (edges[0], *(places[n].at for n in reversed(chosen)), edges[-1])


@dataclass(frozen=True)
class _Place:
    """Where an edge may go: the middle of a white gap (or, at a price, where it was expected)."""

    at: float
    start: float
    end: float
    price: float


def _places(edges: Sequence[float], lines: Sequence[Line]) -> list[_Place]:
    """The white gaps between the words, and the expected places with the words they cut."""
    telling = [line for line in lines if len(line) > 1] or list(lines)
    parts = sorted((run.box.x0, run.box.x1) for line in telling for run in line)
    places = [
        _Place((low + high) / 2, low, high, 0.0)
        for low, high in _whites(parts, edges[0], edges[-1], int(0.06 * len(telling)))
        if high - low > CUT
    ]
    for edge in edges[1:-1]:
        cut = sum(start + CUT < edge < end - CUT for start, end in parts)
        places.append(_Place(edge, edge, edge, 1.0 + cut))
    return sorted(places, key=lambda place: place.at)


def _whites(
    parts: Sequence[tuple[float, float]], first: float, last: float, allowed: int
) -> list[tuple[float, float]]:
    """The intervals between first and last that at most `allowed` parts cover."""
    events = sorted([(low, 1) for low, _ in parts] + [(high, -1) for _, high in parts])
    found: list[tuple[float, float]] = []
    depth, at = 0, first
    for place, change in events:
        if depth <= allowed and place > at and first < (at + place) / 2 < last:
            if found and found[-1][1] == at:
                found[-1] = (found[-1][0], place)
            else:
                found.append((max(at, first), min(place, last)))
        depth, at = depth + change, place
    return found


def _cost(edge: float, place: _Place, height: float) -> float:
    """How far an edge has to go, in text heights, and what it cuts there."""
    outside = max(place.start - edge, edge - place.end, 0.0)
    return outside / height + 0.02 * abs(place.at - edge) / height + place.price


def _outline(table: Table, here: Sequence[Line], block: Sequence[Line], columns: _Columns) -> Box:
    """The outline around the words of the block, as far from them as the table's is from its."""
    text = _around(columns, _runs(block))
    own = union_of(run.box for run in _runs(here)) if here else table.box
    height = text_height(_runs(block))
    above = min(max(own.y0 - table.box.y0, 0.5), height)
    below = min(max(table.box.y1 - own.y1, 0.5), height)
    first, last = columns.edges[0], columns.edges[-1]
    return Box(min(first, text.x0 - 1), text.y0 - above, max(last, text.x1 + 1), text.y1 + below)


def _around(columns: _Columns, runs: Sequence[Run]) -> Box:
    """The box around the words in columns, and around those that follow at a space's distance."""
    text = union_of(run.box for run in runs if columns.column(run) is not None)
    near = True
    while near:
        reach = text.grown(columns.space)
        found = union_of([text, *(run.box for run in runs if run.box.intersects(reach))])
        near, text = found != text, found
    return text


def _with_header(table: Table, made: Table, header: Sequence[Line], line: Line) -> Table:
    """The new grid with the header's rows and merged cells as they are on the table's own page."""
    shift = min(run.box.y0 for run in line) - min(run.box.y0 for run in header[0])
    edges = [edge + shift for edge in row_edges(table)[1 : table.header_rows + 1]]
    body = row_edges(made)[made.header_rows :]
    rest = [edge for edge in body[1:] if edge > edges[-1] + 1]
    ends = [made.box.y0, *edges, *rest]
    if any(low + 1 > high for low, high in pairwise(ends)) or not rest:
        return made
    dropped = len(body) - 1 - len(rest)
    by = table.header_rows - made.header_rows - dropped
    spans = [span for span in table.spans if span.row1 <= table.header_rows]
    plain = replace(made, rows=bands_of(ends), spans=(), projected_rows=(), header_rows=0)
    projected = [row + by for row in made.projected_rows]
    return structured(plain, table.header_rows, projected, spans)
