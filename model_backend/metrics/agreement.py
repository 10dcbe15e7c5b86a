"""Two versions of one page compared: two people, or a proposal and what became of it.

The figures are those of `page_measures` (each metric names its source there), with Cohen's kappa
for the labels of words. They are symmetric but for precision and recall, which change places.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from model_backend.document import Entity, Page, Region, Table
from model_backend.metrics.grits import grid_cells
from model_backend.metrics.page_measures import MEASURES, PageMeasure, TableStructure, pairs
from model_backend.metrics.same_words import key_of, numbers_of_words


class DifferenceKind(StrEnum):
    """In what two versions of a thing differ."""

    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"
    LABEL = "label"
    WORDS = "words"
    CELLS = "cells"
    OUTLINE = "outline"


@dataclass(frozen=True)
class Difference:
    """One thing that differs: its id in either version, None where it is not there."""

    kind: DifferenceKind
    first_id: int | None
    second_id: int | None


class Agreement:
    """Figures and differences of two versions of pages; the figures are None where nothing defines
    them, 1 (but for kappa where all words have one label: None) for a page against itself.
    """

    def __init__(self, *, has_teds: bool = True) -> None:
        self._measures: dict[str, PageMeasure] = {
            name: TableStructure(has_teds=has_teds) if name == "tables" else made()
            for name, made in MEASURES.items()
        }

    def reset(self) -> None:
        """Forget all pages."""
        for measure in self._measures.values():
            measure.reset()

    def update(self, first: Page, second: Page) -> None:
        """Count one page."""
        for measure in self._measures.values():
            measure.update(first, second)

    def summary(self) -> dict[str, Any]:
        """The figures of entities, labels of words, links, tables, boxes and masks."""
        return {name: measure.summary() for name, measure in self._measures.items()}


def differences(first: Page, second: Page) -> tuple[Difference, ...]:
    """What differs between two versions of a page; ids of annotations may differ, words are matched
    by place."""
    partners: dict[int, int] = {}
    found = list(_entities(first, second, partners))
    found += _relations(first, second, partners)
    for table, other in pairs(first.tables, second.tables):
        is_same = bool(table and other and _grid(table, first) == _grid(other, second))
        found += _unequal(table, other, None if is_same else DifferenceKind.CELLS)
    for region, other_region in pairs(first.regions, second.regions):
        found += _unequal(region, other_region, _region_difference(region, other_region))
    return tuple(found)


def partners(first: Page, second: Page) -> dict[int, int]:
    """The id in the second version of each annotation that is in both, as `differences` pairs them.

    Entities by their words, else by overlap; links by their ends; tables and regions by overlap.
    """
    found: dict[int, int] = {}
    list(_entities(first, second, found))
    found |= _linked(first, second, found)
    found |= {
        one.id: other.id for one, other in pairs(first.tables, second.tables) if one and other
    }
    for region, other_region in pairs(first.regions, second.regions):
        if region is not None and other_region is not None:
            found[region.id] = other_region.id
    return found


def _entities(first: Page, second: Page, partners: dict[int, int]) -> Iterator[Difference]:
    """Differing entities; `partners` gets the second id of each entity that is in both."""
    numbers, other_numbers = numbers_of_words(first, second)
    keys = {entity.id: key_of(entity, numbers) for entity in first.entities}
    other_keys = {entity.id: key_of(entity, other_numbers) for entity in second.entities}
    partners.update(_matched(keys, other_keys))
    words = {id_: key and key[1] for id_, key in keys.items() if id_ not in partners}
    taken = set(partners.values())
    other_words = {id_: key and key[1] for id_, key in other_keys.items() if id_ not in taken}
    relabelled = _matched(words, other_words)
    partners.update(relabelled)
    for one_id, other_id in relabelled.items():
        yield Difference(DifferenceKind.LABEL, one_id, other_id)
    taken = set(partners.values())
    rest = [entity for entity in first.entities if entity.id not in partners]
    free = [entity for entity in second.entities if entity.id not in taken]
    for one, other in pairs(rest, free):
        if one is not None and other is not None:
            partners[one.id] = other.id
        yield from _unequal(one, other, DifferenceKind.WORDS)


def _matched(keys: Mapping[int, Hashable], other_keys: Mapping[int, Hashable]) -> dict[int, int]:
    """The ids that have equal keys, each once, in order; None is equal to None."""
    places: dict[Hashable, list[int]] = {}
    for other_id, key in sorted(other_keys.items(), reverse=True):
        places.setdefault(key, []).append(other_id)
    return {id_: places[key].pop() for id_, key in keys.items() if places.get(key)}


def _relations(first: Page, second: Page, partners: dict[int, int]) -> Iterator[Difference]:
    matched = _linked(first, second, partners)
    taken = set(matched.values())
    for link in first.relations:
        if link.id not in matched:
            yield Difference(DifferenceKind.ONLY_FIRST, link.id, None)
    for link in second.relations:
        if link.id not in taken:
            yield Difference(DifferenceKind.ONLY_SECOND, None, link.id)


def _linked(first: Page, second: Page, partners: dict[int, int]) -> dict[int, int]:
    """The links that are in both: between the same entities."""
    links = {
        link.id: (partners.get(link.from_id), partners.get(link.to_id)) for link in first.relations
    }
    other_links = {link.id: (link.from_id, link.to_id) for link in second.relations}
    return _matched(links, other_links)


def _unequal(
    one: Entity | Table | Region | None,
    other: Entity | Table | Region | None,
    kind: DifferenceKind | None,
) -> Iterator[Difference]:
    if one is None or other is None:
        kind = DifferenceKind.ONLY_SECOND if one is None else DifferenceKind.ONLY_FIRST
    if kind is not None:
        yield Difference(kind, one.id if one else None, other.id if other else None)


def _grid(table: Table, page: Page) -> tuple[Any, ...]:
    cells = frozenset((cell.span, cell.text) for cell in grid_cells(table, page.words))
    return cells, table.header_rows, table.projected_rows


def _region_difference(one: Region | None, other: Region | None) -> DifferenceKind | None:
    if one is None or other is None:
        return None
    if one.label != other.label:
        return DifferenceKind.LABEL
    has_same = (one.box, one.polygons, one.mask) == (other.box, other.polygons, other.mask)
    return None if has_same else DifferenceKind.OUTLINE
