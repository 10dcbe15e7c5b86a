"""What annotations are called in lists and forms."""

from __future__ import annotations

from desktop.document.lookup import by_id
from desktop.panels.counts import count_text
from model_backend.document import Annotation, Entity, Page, Region, Relation, Table, Word
from model_backend.table_grid.doubt import COLUMN, MERGED_CELL, ROW, doubtful_parts
from model_backend.translation import _, mark

KIND_TEXTS = {
    Word: mark("Word"),
    Entity: mark("Entity"),
    Relation: mark("Link"),
    Table: mark("Table"),
    Region: mark("Region"),
}
GROUP_TEXTS = {
    "entities": mark("Entities"),
    "relations": mark("Links"),
    "tables": mark("Tables"),
    "regions": mark("Regions"),
}
"""The groups of the list of annotations, in its order."""
PART_TEXTS = {
    ROW: mark("row {number} ({score})"),
    COLUMN: mark("column {number} ({score})"),
    MERGED_CELL: mark("merged cell in row {number} ({score})"),
}
MOST_PARTS = 8
"""Parts of a table by their kind, and how many of them are named at most."""


def one_line(text: str, limit: int = 80) -> str:
    """The text on one line, cut where it is too long for a list."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def name_of(item: Word | Annotation, page: Page) -> str:
    """What a list calls this thing: its text, its ends, its size or its label."""
    if isinstance(item, Relation):
        ends = (by_id(page.entities, item.from_id), by_id(page.entities, item.to_id))
        names = [one_line(end.text, 28) if isinstance(end, Entity) else "?" for end in ends]
        return " → ".join(name or "…" for name in names)
    if isinstance(item, Table):
        return size_text(item)
    if isinstance(item, Region):
        return item.label
    return one_line(item.text) or _("(no text)")


def size_text(table: Table) -> str:
    """How many rows and columns a table has."""
    rows, columns = count_text("rows", len(table.rows)), count_text("columns", len(table.columns))
    return f"{rows}, {columns}"


def score_text(score: float | None) -> str:
    """A model's confidence in per cent; empty where there is none."""
    return "" if score is None else f"{score:.0%}"


def doubts_text(table: Table) -> str:
    """The rows, columns and merged cells that a model was not sure of, the worst first."""
    parts = sorted(doubtful_parts(table), key=lambda part: part.score)
    texts = [
        _(PART_TEXTS[part.kind]).format(number=part.number, score=score_text(part.score))
        for part in parts[:MOST_PARTS]
    ]
    return ", ".join([*texts, "…"] if len(parts) > MOST_PARTS else texts)
