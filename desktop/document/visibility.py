"""What of a page is seen and can be touched: layers, single things and a filter. No Qt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from model_backend.document import (
    Annotation,
    Entity,
    Page,
    Region,
    Status,
    Table,
    Word,
    collection_of,
)

WORDS = "words"
ANNOTATION_LAYERS = ("entities", "relations", "tables", "regions")
LAYERS = (WORDS, *ANNOTATION_LAYERS)
"""Each collection of a page is one layer."""
TABLE_LABEL = "table"
"""What a filter by label calls a table."""


class Showing(StrEnum):
    """How a layer is painted."""

    SHOWN = "shown"
    DIMMED = "dimmed"
    HIDDEN = "hidden"


@dataclass(frozen=True)
class Filter:
    """Which annotations are looked at; no labels or statuses chosen: all of them."""

    labels: frozenset[str] = frozenset()
    statuses: frozenset[Status] = frozenset()
    lowest: float = 0.0
    highest: float = 1.0

    @property
    def is_on(self) -> bool:
        """Whether anything is left out."""
        return self != Filter()

    def passes(self, item: Annotation, labels: Iterable[str]) -> bool:
        """Whether an annotation with these labels is looked at; what has no score, only where any
        score is.
        """
        if self.statuses and item.status not in self.statuses:
            return False
        if self.labels and self.labels.isdisjoint(labels):
            return False
        if (self.lowest, self.highest) == (0.0, 1.0):
            return True
        return item.score is not None and self.lowest <= item.score <= self.highest


@dataclass(frozen=True)
class Visibility:
    """The layers that are dimmed, hidden or locked, single things of the page in view, the filter.

    What is hidden or locked is not hit and not selected, and no gesture changes it.
    """

    dimmed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    hidden_ids: frozenset[int] = frozenset()
    locked_ids: frozenset[int] = frozenset()
    filter: Filter = field(default_factory=Filter)

    def showing(self, layer: str) -> Showing:
        """How this layer is painted."""
        if layer in self.hidden:
            return Showing.HIDDEN
        return Showing.DIMMED if layer in self.dimmed else Showing.SHOWN

    def with_showing(self, layer: str, showing: Showing) -> Visibility:
        """This layer painted like that."""
        hidden, dimmed = self.hidden - {layer}, self.dimmed - {layer}
        if showing is Showing.HIDDEN:
            hidden |= {layer}
        elif showing is Showing.DIMMED:
            dimmed |= {layer}
        return replace(self, hidden=hidden, dimmed=dimmed)

    def with_lock(self, layer: str, *, is_locked: bool) -> Visibility:
        """This layer locked, or free again."""
        locked = self.locked | {layer} if is_locked else self.locked - {layer}
        return replace(self, locked=locked)

    def is_locked(self, item: Word | Annotation) -> bool:
        """Whether the thing or its layer is locked."""
        return item.id in self.locked_ids or collection_of(item) in self.locked

    def left_out(self, page: Page) -> frozenset[int]:
        """The ids that are not shown though their layer is: hidden by hand or by the filter."""
        if not self.filter.is_on:
            return self.hidden_ids
        labels = {item.id: labels_of(item) for item in page.annotations}
        for link in page.relations:
            ends = (labels.get(link.from_id, ()), labels.get(link.to_id, ()))
            labels[link.id] = (*ends[0], *ends[1])
        return self.hidden_ids.union(
            item.id for item in page.annotations if not self.filter.passes(item, labels[item.id])
        )

    def selectable(self, page: Page) -> tuple[Annotation, ...]:
        """The annotations that can be selected: shown, and not locked."""
        left_out = self.left_out(page)
        return tuple(
            item
            for item in page.annotations
            if item.id not in left_out
            and collection_of(item) not in self.hidden
            and not self.is_locked(item)
        )

    def kept(self, page: Page, ids: Iterable[int]) -> tuple[int, ...]:
        """Those of these ids that can be selected on the page."""
        can_be = {item.id for item in self.selectable(page)}
        if not {WORDS} & (self.hidden | self.locked):
            can_be.update(word.id for word in page.words)
            can_be -= self.hidden_ids | self.locked_ids
        return tuple(item_id for item_id in ids if item_id in can_be)

    def locked_change(self, before: Page, after: Page) -> str:
        """The first layer on which an edit would change what is locked; empty where it may be."""
        if not self.locked and not self.locked_ids:
            return ""
        for layer in LAYERS:
            old, new = getattr(before, layer), getattr(after, layer)
            if old == new:
                continue
            if layer in self.locked:
                return layer
            kept = {item.id: item for item in new if item.id in self.locked_ids}
            if any(kept.get(item.id) != item for item in old if item.id in self.locked_ids):
                return layer
        return ""


def labels_of(item: Annotation) -> tuple[str, ...]:
    """The labels by which a filter knows an annotation; a link goes by those of its ends."""
    if isinstance(item, Entity | Region):
        return (item.label,)
    return (TABLE_LABEL,) if isinstance(item, Table) else ()


def labels_on(page: Page) -> tuple[str, ...]:
    """The labels there are on a page, each once, in order of the alphabet."""
    labels = {entity.label for entity in page.entities}
    labels.update(region.label for region in page.regions)
    return tuple(sorted(labels | {TABLE_LABEL} if page.tables else labels))
