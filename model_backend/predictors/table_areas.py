"""Where the tables of a page are: ruled boxes and blocks of aligned lines; and their trimming."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from model_backend.document import Box, Word, union_of
from model_backend.predictors.ruling_lines import Rulings
from model_backend.table_grid.runs import (
    SPACE,
    Line,
    Rule,
    Run,
    is_number,
    joined,
    lines_of_words,
    text_height,
    white_columns,
)

_NOTE = re.compile(r"(notes?|sources?|exhibit reads)\b|[*†‡]|\d ?[A-Z]|see\b|\(?[a-z1-9]\)? ", re.I)
_CAPTION = re.compile(r"(table|exhibit|figure|tabelle|tableau|표)\s*[\dA-Z<]", re.I)  # noqa: RUF001

WIDER = 0.15
"""Rulings reach beyond the text of a table by no more than this share of its width."""
TITLE = 1.35
"""A line whose letters are so many times as tall as usual is a title."""
FIELDS = 0.3
"""Where this share of the lines has labels with colons and values, it is a form."""
MOST_WORDS = 4.0
"""Cells have fewer words on a line; running text in columns has more."""


def runs_in(words: Iterable[Word], box: Box) -> list[Run]:
    """The words of which at least half lies in a box."""
    return [
        Run(word.box, word.text.strip())
        for word in words
        if word.text.strip() and word.box.overlap(box) >= 0.5
    ]


def trimmed(area: Box, words: Sequence[Word], rulings: Rulings) -> Box:
    """The area without a caption above the topmost full ruling and notes below the table."""
    inside = runs_in(words, area)
    lines, height = lines_of_words(inside), text_height(inside)
    if len(lines) < 3:
        return area
    runs = [joined(line, height) for line in lines]
    full = sorted(
        rule.at
        for rule in rulings.near(area, 1.5 * height).across
        if rule.covers(area.x0, area.x1, 0.9)
    )
    top, bottom = _top(area, runs, full), _bottom(area, runs, full)
    return Box(area.x0, top, area.x1, bottom) if bottom - top > height else area


def _top(area: Box, lines: Sequence[Line], full: Sequence[float]) -> float:
    """Below the caption: lines of one run, with the first full ruling under them."""
    single = _leading_single(lines)
    if not 0 < single < len(lines):
        return area.y0
    first, body = _middle(lines[0]), _middle(lines[single])
    between = [at for at in full if first < at < body]
    if between and not any(at <= first for at in full):
        return between[0] - 1
    last_caption = max(
        (index for index in range(single) if _CAPTION.match(lines[index][0].text)), default=None
    )
    if last_caption is None or between or full:
        return area.y0
    return max(run.box.y1 for run in lines[last_caption])


def _bottom(area: Box, lines: Sequence[Line], full: Sequence[float]) -> float:
    """Above the notes: lines of one run under the last full ruling, or that begin like notes."""
    single = _leading_single(lines[::-1])
    if not 0 < single < len(lines):
        return area.y1
    body, last = _middle(lines[-1 - single]), _middle(lines[-1])
    between = [at for at in full if body < at < last]
    if between and not any(at >= last for at in full):
        return between[-1] + 1
    for line in lines[len(lines) - single :]:
        if _NOTE.match(line[0].text) and line[0].box.width > 0.3 * area.width:
            return line[0].box.y0 - 0.5
    return area.y1


def _leading_single(lines: Sequence[Line]) -> int:
    count = 0
    while count < len(lines) and len(lines[count]) == 1:
        count += 1
    return count


def _middle(line: Line) -> float:
    return sum(run.box.center[1] for run in line) / len(line)


def snapped(area: Box, rulings: Rulings, reach: float) -> Box:
    """The area with its sides moved out to the table's outer rulings, where those are near.

    Rulings over the full width that end alike show where the table's left and right sides are.
    """
    near = rulings.near(area, reach)
    across = [rule for rule in near.across if rule.covers(area.x0, area.x1, 0.9)]
    down = [rule.at for rule in near.down if rule.covers(area.y0, area.y1, 0.9)]
    least, most = area.x0 - WIDER * area.width, area.x1 + WIDER * area.width
    starts = _alike([rule.start for rule in across if least <= rule.start], reach)
    ends = _alike([rule.end for rule in across if rule.end <= most], reach)
    return Box(
        min([area.x0, *down, *starts]),
        min([area.y0, *(rule.at for rule in across)]),
        max([area.x1, *down, *ends]),
        max([area.y1, *(rule.at for rule in across)]),
    )


def _alike(places: Sequence[float], reach: float) -> list[float]:
    """The places, where there are several and all are near one another."""
    return list(places) if len(places) > 1 and max(places) - min(places) <= reach else []


def free_areas(
    words: Sequence[Word], taken: Sequence[Box], rulings: Rulings, text_height: float
) -> list[Box]:
    """The areas of tables outside of those taken, about which nothing is known but the words."""
    free = [word for word in words if not any(word.box.overlap(area) > 0.5 for area in taken)]
    runs = [Run(word.box, word.text.strip()) for word in free if word.text.strip()]
    areas = []
    for block in _parted(lines_of_words(runs), taken, text_height):
        block = _without_title(_trimmed_block(block, text_height))
        if len(block) >= 3 and _is_tabular(block, text_height) and not is_form(block, rulings):
            area = union_of(run.box for line in block for run in line)
            areas.append(area.grown(0.2 * text_height))
    return areas


def _parted(lines: Sequence[Line], taken: Sequence[Box], height: float) -> list[list[Line]]:
    """The blocks of lines, ended at every bar or table over most of their width."""
    parts: list[list[Line]] = []
    for block in _blocks(lines, height):
        outline = union_of(run.box for line in block for run in line)
        bars = [box.center[1] for box in taken if _reaches_over(box, outline)]
        parts.append([])
        for line in block:
            last = parts[-1][-1] if parts[-1] else line
            if any(_middle(last) < bar < _middle(line) for bar in bars):
                parts.append([])
            parts[-1].append(line)
    return parts


def _reaches_over(box: Box, outline: Box) -> bool:
    return min(box.x1, outline.x1) - max(box.x0, outline.x0) > 0.5 * outline.width


def _without_title(block: Sequence[Line]) -> list[Line]:
    """Without first lines in far larger letters than the others have: titles."""
    heights = [text_height(line) for line in block]
    usual = sorted(heights)[len(heights) // 2] if heights else 0.0
    first = next((index for index, tall in enumerate(heights) if tall < TITLE * usual), 0)
    return list(block[first:])


def is_form(block: Sequence[Line], rulings: Rulings) -> bool:
    """Whether lines are fields: labels with colons and values, or values on lines of their own."""
    outline = union_of(run.box for line in block for run in line)
    short = [rule for rule in rulings.across if rule.end - rule.start < 0.6 * outline.width]
    labelled = sum(_has_label(line) for line in block)
    underlined = sum(any(_is_under(rule, line) for rule in short) for line in block)
    return labelled >= FIELDS * len(block) or underlined >= 0.5 * len(block)


def _has_label(line: Line) -> bool:
    """Whether a line has a word with a colon at its end that is no heading alone on its line."""
    colons = [index for index, run in enumerate(line) if re.search(r"\w[:：]$", run.text)]  # noqa: RUF001 - Korean forms have the wide colon
    return len(colons) > 1 or any(index + 1 < len(line) for index in colons)


def _is_under(rule: Rule, line: Line) -> bool:
    """Whether a ruling lies right below a word, or in the white of its line."""
    top, bottom = _middle(line), _bottom_of(line) + 0.5 * text_height(line)
    return top < rule.at < bottom and rule.start < line[-1].box.x1 + 10 * text_height(line)


def is_single(words: Sequence[Word], box: Box, height: float) -> bool:
    """Whether a box has text, and one run of it on each line: a title or a note."""
    lines = lines_of_words(runs_in(words, box))
    return bool(lines) and all(len(joined(line, 1.5 * height)) == 1 for line in lines)


def _blocks(lines: Sequence[Line], height: float) -> list[list[Line]]:
    """Runs of lines without wide gaps, parted where prose stands between them."""
    blocks: list[list[Line]] = [[]]
    for line in lines:
        above = blocks[-1][-1] if blocks[-1] else None
        if above and _top_of(line) - _bottom_of(above) > 2.2 * height:
            blocks.append([])
        blocks[-1].append(line)
    return [part for block in blocks for part in _without_prose(block, height)]


def _without_prose(block: Sequence[Line], height: float) -> list[list[Line]]:
    """The parts of a block between two or more successive lines of running text."""
    is_prose = [_is_prose(line, height) for line in block]
    parts: list[list[Line]] = [[]]
    for index, line in enumerate(block):
        beside = is_prose[max(0, index - 1) : index] + is_prose[index + 1 : index + 2]
        if is_prose[index] and any(beside):
            parts.append([])
        else:
            parts[-1].append(line)
    return [part for part in parts if part]


def _is_prose(line: Line, height: float) -> bool:
    """Whether a line is one long run of words."""
    found = joined(line, SPACE * height)
    return len(found) == 1 and len(line) >= 7 and not is_number(found[0].text)


def _trimmed_block(block: Sequence[Line], height: float) -> list[Line]:
    """Without single runs at the top and at the bottom."""
    counts = [len(joined(line, 1.5 * height)) for line in block]
    many = [index for index, count in enumerate(counts) if count > 1]
    return list(block[many[0] : many[-1] + 1]) if many else []


def _is_tabular(block: Sequence[Line], height: float) -> bool:
    """Whether most lines have runs in the same columns: three of them, or two with numbers."""
    whites = [white for white in white_columns(block, height) if white[1] - white[0] > 0.8 * height]
    if not whites or _is_set_in_columns(block, height):
        return False
    rows = [joined(line, 0.8 * height) for line in block]
    shared = sum(
        any(any(a.box.x1 <= mid <= b.box.x0 for a, b in pairwise(row)) for mid in _middles(whites))
        for row in rows
    )
    numbers = sum(any(is_number(run.text) for run in row[1:]) for row in rows)
    return shared >= 0.6 * len(rows) and (numbers >= 0.4 * len(rows) or len(whites) >= 2)


def _is_set_in_columns(block: Sequence[Line], height: float) -> bool:
    """Whether the runs are long: prose in columns beside one another."""
    runs = sum(len(joined(line, SPACE * height)) for line in block)
    return sum(len(run.text.split()) for line in block for run in line) > MOST_WORDS * runs


def _middles(whites: Sequence[tuple[float, float]]) -> list[float]:
    return [(left + right) / 2 for left, right in whites]


def _top_of(line: Line) -> float:
    return min(run.box.y0 for run in line)


def _bottom_of(line: Line) -> float:
    return max(run.box.y1 for run in line)
