"""Taking one difference back: an edit like any other, from a page to a page. No Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from desktop.document import edits
from desktop.document.changes import Change, ChangeKind, has_same_grid_size, is_near
from desktop.document.edits.entities import without_words
from desktop.document.edits.parts import begun, known, put, words_by_id
from desktop.errors import UserError
from model_backend import table_grid
from model_backend.document import (
    HUMAN,
    Annotation,
    Entity,
    Page,
    Region,
    Relation,
    Status,
    Table,
)

OWN = ("id", "score", "status", "source", "source_data", "is_unsure", "note", "continues")
"""Fields that say nothing about what the thing is."""
GEOMETRY = ("box", "rows", "columns", "rotation", "shear")
GRID = (*GEOMETRY, "spans", "header_rows", "projected_rows")


def take_back(page: Page, change: Change) -> Page:
    """The page without this one difference; UserError where something else stands in the way."""
    before, now = change.before, change.now
    if before is None:
        return edits.delete(page, [change.item.id])
    if now is None:
        return _put_back(page, before)
    current = known(page, now.id)
    if isinstance(current, Entity) and isinstance(before, Entity):
        after = _entity_back(page, current, before, change.kind)
    elif isinstance(current, Region) and isinstance(before, Region):
        after = _region_back(page, current, before, change.kind)
    elif isinstance(current, Table) and isinstance(before, Table):
        after = edits.replace(page, _table_back(current, before, change.kind))
    elif isinstance(current, Relation) and isinstance(before, Relation):
        after = _link_back(page, current, before)
    else:
        return page
    return _settled(after, before)


def _put_back(page: Page, before: Annotation) -> Page:
    """What was taken away is there again; what a model said, as a proposal.

    What comes from another person's version (its id is none of this page) takes its words from
    the entities that have them; a proposal takes none from what people made.
    """
    status = Status.ACCEPTED if before.source == HUMAN else Status.PROPOSED
    is_ours = before.id > 0
    value: Annotation = replace(before, id=before.id if is_ours else page.next_id, status=status)
    if isinstance(value, Entity) and value.word_ids:
        if is_ours:
            value = replace(value, word_ids=_free_words(page, value))
        else:
            page = without_words(page, value.word_ids)
    if isinstance(value, Relation):
        _require_ends(page, value)
    return begun(put(page, value))


def _free_words(page: Page, entity: Entity) -> tuple[int, ...]:
    taken = {word_id for other in page.entities for word_id in other.word_ids}
    words = words_by_id(page, entity.word_ids)
    free = tuple(word.id for word in words if word.id not in taken)
    if not free:
        raise UserError(
            "The words of “{text}” belong to other entities now. Change those first.",
            text=entity.text,
        )
    return free


def _require_ends(page: Page, link: Relation) -> None:
    there = {entity.id for entity in page.entities}
    if not {link.from_id, link.to_id} <= there:
        raise UserError("An end of this link is gone. Take that difference back first.")


def _entity_back(page: Page, now: Entity, before: Entity, kind: ChangeKind) -> Page:
    if kind is ChangeKind.LABEL:
        return edits.set_label(page, [now.id], before.label)
    if kind is ChangeKind.TEXT:
        return edits.set_text(page, now.id, before.text)
    if kind is ChangeKind.WORDS:
        after = edits.set_entity_words(page, now.id, before.word_ids)
        entity = known(after, now.id)
        assert isinstance(entity, Entity)
        is_whole = set(entity.word_ids) == set(before.word_ids)
        return edits.replace(after, replace(entity, text=before.text)) if is_whole else after
    dx, dy = before.box.x0 - now.box.x0, before.box.y0 - now.box.y0
    if is_near(now.box.moved(dx, dy), before.box):
        return edits.move(page, [now.id], dx, dy)  # its words come along
    return edits.resize(page, now.id, before.box)


def _region_back(page: Page, now: Region, before: Region, kind: ChangeKind) -> Page:
    if kind is ChangeKind.LABEL:
        return edits.set_label(page, [now.id], before.label)
    outline = replace(now, box=before.box, polygons=before.polygons, mask=before.mask)
    return edits.replace(page, outline)


def _table_back(now: Table, before: Table, kind: ChangeKind) -> Table:
    """The grid as it was: as a whole where its rows or columns were others in number."""
    fields: tuple[str, ...] = {
        ChangeKind.SPANS: ("spans",),
        ChangeKind.HEADER: ("header_rows", "projected_rows"),
    }.get(kind, GEOMETRY)
    if not has_same_grid_size(now, before):
        fields = GRID
    values: dict[str, Any] = {name: getattr(before, name) for name in fields}
    after = replace(now, **values)
    if table_grid.problems(after):
        raise UserError(
            "The grid was changed further since. Take its other differences back first."
        )
    return after


def _link_back(page: Page, now: Relation, before: Relation) -> Page:
    _require_ends(page, before)
    return edits.replace(page, replace(now, from_id=before.from_id, to_id=before.to_id))


def _settled(page: Page, before: Annotation) -> Page:
    """What is again all that a model said was accepted after all."""
    now = page.annotation(before.id)
    if now is None or now.source == HUMAN:
        return page
    own: dict[str, Any] = {name: getattr(now, name) for name in OWN if hasattr(now, name)}
    is_same = replace(before, **own) == now
    return put(page, replace(now, status=Status.ACCEPTED)) if is_same else page
