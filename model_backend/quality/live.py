"""Checks of a page while somebody works on it: what stands open, and what a person let stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from model_backend.document import Box, Page, Span, Word, union_of
from model_backend.document_json import to_json
from model_backend.quality.checks import check, outline_of
from model_backend.quality.findings import Finding, Severity
from model_backend.table_grid import box_to_page, column_edges, row_edges

ONLY_IN_SETS = frozenset({"words-covered-badly"})
"""Figures of a data set's quality: nothing on the page can be pointed at."""
MAY_STAND = frozenset({"entity-without-words"})
"""Errors of a format that a page may have all the same: a signature has no words."""
MUST_BE_MENDED = frozenset({"header-over-segmented", "projected-row-filled"})
"""Warnings of a data set made elsewhere that are errors on a page in work: a key repairs them, and
PubTables-1M has no such tables.
"""
AROUND = 0.4
"""So much of the page is shown around a small thing."""
_WORK = ("status", "score", "source", "source_data", "is_unsure", "note")
"""What may change of a thing without its being another thing to check."""


@dataclass(frozen=True)
class Look:
    """What checks find on a page: `errors` and `warnings` stand open, `accepted` warnings were let
    stand by a person.
    """

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    accepted: tuple[Finding, ...] = ()

    @property
    def open(self) -> tuple[Finding, ...]:
        """What stands open, errors first."""
        return self.errors + self.warnings


def look(page: Page) -> Look:
    """The findings of all rules on a page; a warning that was let stand is open again as soon as
    what it warns of changes.
    """
    found = [one for one in check(page, "") if one.rule not in ONLY_IN_SETS]
    open_ones = standing(page, found)
    kept = {id(one) for one in open_ones}
    return Look(
        tuple(one for one in open_ones if is_error(one)),
        tuple(one for one in open_ones if not is_error(one)),
        tuple(one for one in found if id(one) not in kept),
    )


def standing(page: Page, findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings without the warnings that a person let stand."""
    known = set(page.accepted_warnings)
    if not known:
        return tuple(findings)
    return tuple(one for one in findings if is_error(one) or mark_of(page, one) not in known)


def is_error(found: Finding) -> bool:
    """Whether a page with this finding cannot be called done."""
    if found.rule in MUST_BE_MENDED:
        return True
    return found.severity is Severity.ERROR and found.rule not in MAY_STAND


def mark_of(page: Page, found: Finding) -> str:
    """A short mark of a finding and of the things it is about, as they are now."""
    values = [found.rule, found.ids, [[name, str(value)] for name, value in found.values]]
    data = json.dumps([*values, list(_things(page, found))], default=list)  # half characters, too
    return hashlib.sha256(data.encode("ascii")).hexdigest()[:16]


def _things(page: Page, found: Finding) -> Iterator[dict[str, Any]]:
    """The words and annotations that a finding is about, without what people note on them."""
    wanted = set(found.ids)
    for item in (*page.words, *page.annotations):
        if item.id in wanted:
            data: dict[str, Any] = to_json(item)
            dropped = ("source_data",) if isinstance(item, Word) else _WORK
            yield {name: value for name, value in data.items() if name not in dropped}


def cells_of(page: Page, found: Finding) -> Span | None:
    """The cells of its table that a finding is about; None where it names none."""
    table = next((table for table in page.tables if table.id in found.ids[:1]), None)
    number = dict(found.values).get("number")
    if table is None:
        return None
    rows, columns = len(table.rows), len(table.columns)
    if found.rule.startswith("column-") and isinstance(number, int):
        return Span(0, rows, number - 1, number)
    if isinstance(number, int):
        return Span(number - 1, number, 0, columns)
    if found.rule.startswith("header-") and table.header_rows:
        return Span(0, table.header_rows, 0, columns)
    return Span(rows - 1, rows, 0, columns) if found.rule == "projected-row-last" else None


def area_of(page: Page, found: Finding) -> Box | None:
    """The part of the page to look at for a finding, with something of what is around it: its
    words, else its cells, else its annotations.
    """
    wanted = set(found.ids)
    boxes = [word.box.normalized() for word in page.words if word.id in wanted]
    cells = cells_of(page, found)
    table = next((item for item in page.tables if item.id in found.ids[:1]), None)
    if not boxes and cells is not None and table is not None:
        rows, columns = row_edges(table), column_edges(table)
        box = Box(
            columns[cells.column0], rows[cells.row0], columns[cells.column1], rows[cells.row1]
        )
        boxes = [box_to_page(table, box)]
    if not boxes:
        items = (item for item in page.annotations if item.id in wanted)
        outlines = (outline_of(item) for item in items)
        boxes = [outline for outline in outlines if outline is not None]
    if not boxes:
        return None
    around = union_of(boxes)
    room = max((AROUND * max(page.width, page.height) - max(around.width, around.height)) / 2, 0.0)
    return around.grown(room)
