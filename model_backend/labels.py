"""Label schemas: the classes a project allows, with their colours and keys; BIO encoding and
decoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ENTITY, REGION, TABLE = "entity", "region", "table"
"""What a label is for."""

DETECTION_CLASSES = ("table", "table rotated")
"""PubTables-1M's classes of whole tables on a page: upright, and turned."""
TABLE_CLASSES = (
    "table",
    "table column",
    "table row",
    "table column header",
    "table projected row header",
    "table spanning cell",
)
"""PubTables-1M's structure classes, in the order of the reference's class map."""


@dataclass(frozen=True)
class Label:
    """A class name with how it is shown; `key` is a digit 1..9 or empty, `color` is '#rrggbb'."""

    name: str
    color: str
    key: str = ""
    kind: str = ENTITY


@dataclass(frozen=True)
class LabelSchema:
    """The labels of a project, in the order of the list."""

    labels: tuple[Label, ...]

    def of_kind(self, kind: str) -> tuple[Label, ...]:
        """The labels for entities, regions or tables."""
        return tuple(label for label in self.labels if label.kind == kind)

    def label(self, name: str, kind: str | None = None) -> Label | None:
        """The label with that name (of that kind, where one is given)."""
        return next(
            (item for item in self.labels if item.name == name and kind in (None, item.kind)), None
        )

    def with_missing(self, names: Iterable[tuple[str, str]]) -> LabelSchema:
        """The schema with every (name, kind) it lacks added, in spare colours and keys."""
        labels = list(self.labels)
        for name, kind in names:
            if not any(item.name == name and item.kind == kind for item in labels):
                labels.append(
                    Label(name, _spare_color(len(labels)), _spare_key(labels, kind), kind)
                )
        return LabelSchema(tuple(labels))


_PALETTE = (
    "#4e79a7", "#f28e2b", "#59a14f", "#b07aa1", "#e15759",
    "#76b7b2", "#edc948", "#ff9da7", "#9c755f", "#7f7f7f",
)  # fmt: skip


def _spare_color(index: int) -> str:
    return _PALETTE[index % len(_PALETTE)]


def _spare_key(labels: Sequence[Label], kind: str) -> str:
    taken = {label.key for label in labels if label.kind == kind}
    return next((key for key in "123456789" if key not in taken), "")


DEFAULT_SCHEMA = LabelSchema(
    (
        Label("question", "#2f6fde", "1"),
        Label("answer", "#1f9d55", "2"),
        Label("header", "#d9822b", "3"),
        Label("other", "#7b8794", "4"),
        Label("stamp", "#c026d3", "1", REGION),
        Label("signature", "#0e9aa7", "2", REGION),
        Label("figure", "#8b5e34", "3", REGION),
        Label("handwriting", "#b45309", "4", REGION),
        Label("table", "#5b5bd6", "5", REGION),
        Label("table rotated", "#8e4ec6", "6", REGION),
        Label("logo", "#12805c", "7", REGION),
        Label("check box", "#a16207", "8", REGION),
        Label("table column", "#3e9bdc", "", REGION),
        Label("table row", "#46a758", "", REGION),
        Label("table column header", "#e5484d", "", REGION),
        Label("table projected row header", "#f76b15", "", REGION),
        Label("table spanning cell", "#d6409f", "", REGION),
    )
)
"""FUNSD's four labels and PubTables-1M's classes, with the regions the mask predictor proposes."""


def encode_bio(labels: Sequence[str | None], starts: Sequence[bool]) -> list[str]:
    """BIO tags of words: `labels[i]` is the entity label of word i (None: outside), `starts[i]` its
    first word.
    """
    return [
        "O" if label is None else f"{'B' if start else 'I'}-{label.upper()}"
        for label, start in zip(labels, starts, strict=True)
    ]


def decode_bio(tags: Sequence[str]) -> list[tuple[str, int, int]]:
    """Entities (LABEL, start, end) of BIO tags, half-open; an I- without its B- begins an entity
    (seqeval's default).
    """
    entities: list[tuple[str, int, int]] = []
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if entities and entities[-1][2] == -1 and not (prefix == "I" and entities[-1][0] == label):
            entities[-1] = (entities[-1][0], entities[-1][1], index)
        open_now = bool(entities) and entities[-1][2] == -1
        if prefix in ("B", "I") and not open_now:
            entities.append((label, index, -1))
    return entities
