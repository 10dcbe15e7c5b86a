"""What changed between an earlier version of a page and now: each difference can be taken back.

The earlier version is what models proposed, or another person's page. No Qt.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.document.edits import placing
from desktop.document.edits.parts import is_joined, words_by_id
from model_backend import table_grid
from model_backend.document import (
    HUMAN,
    Annotation,
    Box,
    Entity,
    Page,
    Point,
    Polygon,
    Region,
    Relation,
    Table,
)

NEAR = 0.51
"""Coordinates that differ by less, in page units, are the same: geometry is rounded on the way."""
TURN = 0.001
"""Degrees of rotation, and shear, that are the same."""


class ChangeKind(StrEnum):
    """In what a thing differs from what it was."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    LABEL = "label"
    TEXT = "text"
    WORDS = "words"
    ENDS = "ends"
    OUTLINE = "outline"
    EDGES = "edges"
    SPANS = "spans"
    HEADER = "header"


SIGNS = {
    ChangeKind.ADDED: "+",
    ChangeKind.REMOVED: "−",
    ChangeKind.MOVED: "↔",
    ChangeKind.LABEL: "≠",
    ChangeKind.TEXT: "T",
    ChangeKind.WORDS: "W",
    ChangeKind.ENDS: "→",
    ChangeKind.OUTLINE: "◇",
    ChangeKind.EDGES: "#",
    ChangeKind.SPANS: "⊞",
    ChangeKind.HEADER: "H",
}
"""What stands for a kind on the page and in the list: colour is never the only sign."""


@dataclass(frozen=True)
class Change:
    """One difference: the thing as it was (None: it was not there) and as it is (None: gone)."""

    kind: ChangeKind
    before: Annotation | None
    now: Annotation | None

    @property
    def item(self) -> Annotation:
        """The thing as it is, or as it was where it is gone."""
        item = self.now or self.before
        assert item is not None
        return item


def changes(
    page: Page, baseline: Mapping[int, Annotation], *, is_whole: bool
) -> tuple[Change, ...]:
    """All differences from the baseline (values by their id on the page), from top to bottom.

    A baseline that is a whole version knows everything that was there; else, beside what models
    proposed, only what a person drew was added.
    """
    now = {item.id: item for item in page.annotations}
    found = [
        Change(ChangeKind.REMOVED, before, None)
        for own, before in baseline.items()
        if own not in now
    ]
    for item in page.annotations:
        before = baseline.get(item.id)
        if before is not None:
            found += [Change(kind, before, item) for kind in _kinds(before, item, page)]
        elif is_whole or item.source == HUMAN:
            found.append(Change(ChangeKind.ADDED, None, item))
    places = {own: box.center for own, box in _boxes(page, baseline.values())}
    return tuple(sorted(found, key=lambda change: _place(change.item, places)))


def counts(found: Iterable[Change]) -> dict[ChangeKind, int]:
    """How many differences of each kind there are, in the order of the kinds."""
    kinds = [change.kind for change in found]
    return {kind: kinds.count(kind) for kind in ChangeKind if kind in kinds}


def _boxes(page: Page, before: Iterable[Annotation]) -> Iterator[tuple[int, Box]]:
    for item in (*before, *page.annotations):
        if not isinstance(item, Relation):
            yield item.id, item.box


def _place(item: Annotation, places: Mapping[int, Point]) -> tuple[float, float, int]:
    """From top to bottom; a link stands where it begins."""
    at = item.from_id if isinstance(item, Relation) else item.id
    x, y = places.get(at, (0.0, 0.0))
    return y, x, item.id


def _kinds(before: Annotation, now: Annotation, page: Page) -> Iterator[ChangeKind]:
    """In what a thing differs."""
    if isinstance(before, Entity) and isinstance(now, Entity):
        yield from _entity_kinds(before, now, page)
    elif isinstance(before, Region) and isinstance(now, Region):
        yield from _region_kinds(before, now)
    elif isinstance(before, Table) and isinstance(now, Table):
        yield from _table_kinds(before, now)
    elif _ends(before) != _ends(now):
        yield ChangeKind.ENDS


def _ends(item: Annotation) -> tuple[int, int] | None:
    return (item.from_id, item.to_id) if isinstance(item, Relation) else None


def _entity_kinds(before: Entity, now: Entity, page: Page) -> Iterator[ChangeKind]:
    if before.label != now.label:
        yield ChangeKind.LABEL
    has_other_words = set(before.word_ids) != set(now.word_ids)
    if has_other_words:
        yield ChangeKind.WORDS
    elif not is_near(before.box, now.box):
        yield ChangeKind.MOVED
    follows = has_other_words and is_joined(now.text, words_by_id(page, now.word_ids))
    if before.text != now.text and not follows:
        yield ChangeKind.TEXT


def _region_kinds(before: Region, now: Region) -> Iterator[ChangeKind]:
    if before.label != now.label:
        yield ChangeKind.LABEL
    if _has_same_outline(before, now):
        return
    dx, dy = now.box.x0 - before.box.x0, now.box.y0 - before.box.y0
    is_plain = not (before.polygons or before.mask or now.polygons or now.mask)
    moved = placing.moved(before, dx, dy)
    is_moved = is_plain or (isinstance(moved, Region) and _has_same_outline(moved, now))
    yield ChangeKind.MOVED if is_moved else ChangeKind.OUTLINE


def _has_same_outline(one: Region, other: Region) -> bool:
    if not is_near(one.box, other.box) or len(one.polygons) != len(other.polygons):
        return False
    pairs = zip(one.polygons, other.polygons, strict=True)
    return all(_are_near(first, second) for first, second in pairs) and _is_same_mask(one, other)


def _are_near(one: Polygon, other: Polygon) -> bool:
    return len(one) == len(other) and all(
        abs(a - c) < NEAR and abs(b - d) < NEAR for (a, b), (c, d) in zip(one, other, strict=True)
    )


def _is_same_mask(one: Region, other: Region) -> bool:
    if one.mask is None or other.mask is None:
        return one.mask is other.mask
    places = zip(one.mask.to_page, other.mask.to_page, strict=True)
    return one.mask.counts == other.mask.counts and all(abs(a - b) < NEAR for a, b in places)


def _table_kinds(before: Table, now: Table) -> Iterator[ChangeKind]:
    """A grid with other counts is other as a whole: its spans do not speak for themselves."""
    has_same_counts = has_same_grid_size(before, now)
    dx, dy = now.box.x0 - before.box.x0, now.box.y0 - before.box.y0
    if not _has_same_edges(before, now):
        is_moved = has_same_counts and _has_same_edges(table_grid.moved(before, dx, dy), now)
        yield ChangeKind.MOVED if is_moved else ChangeKind.EDGES
    if has_same_counts and before.spans != now.spans:
        yield ChangeKind.SPANS
    header, other = (
        (table.header_rows, table.projected_rows if has_same_counts else ())
        for table in (before, now)
    )
    if header != other:
        yield ChangeKind.HEADER


def has_same_grid_size(one: Table, other: Table) -> bool:
    """Whether two tables have as many rows and as many columns."""
    sizes = ((len(table.rows), len(table.columns)) for table in (one, other))
    return len(set(sizes)) == 1


def _has_same_edges(one: Table, other: Table) -> bool:
    has_same_frame = (
        is_near(one.box, other.box)
        and abs(one.rotation - other.rotation) < TURN
        and abs(one.shear - other.shear) < TURN
    )
    bands = ((one.rows, other.rows), (one.columns, other.columns))
    return (
        has_same_frame
        and has_same_grid_size(one, other)
        and all(
            abs(a.start - b.start) < NEAR and abs(a.end - b.end) < NEAR
            for mine, theirs in bands
            for a, b in zip(mine, theirs, strict=True)
        )
    )


def is_near(one: Box, other: Box) -> bool:
    """Whether two boxes are the same but for rounding."""
    return all(
        abs(getattr(one, edge) - getattr(other, edge)) < NEAR for edge in ("x0", "y0", "x1", "y1")
    )
