"""Undo and redo over a project's append-only record: unlimited, across pages and restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.document import edits
from desktop.document.edits.parts import Item, put
from desktop.errors import UserError
from desktop.store.difference import Difference, FieldChange, ItemChange, difference
from desktop.store.records import (
    Change,
    Edit,
    PageChange,
    Revision,
    SchemaChange,
)
from model_backend.document import COLLECTIONS, Page, PageStatus, Status
from model_backend.labels import LabelSchema

if TYPE_CHECKING:
    from desktop.store.store import Store

__all__ = [
    "Difference",
    "Edit",
    "History",
    "PageChange",
    "SchemaChange",
    "applied",
    "applied_schema",
    "difference",
]


class History:
    """Where undo and redo stand, and what they would do to the current values.

    The store's newest revision says which edit is undone next and which is redone next, so opening
    costs the same however long the record is. Nothing here changes a value: `undone` and `redone`
    tell what to write.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._texts: tuple[Revision | None, str, str] | None = None

    @property
    def undo_text(self) -> str:
        """What the edit is called that would be undone; empty when there is none."""
        return self._looked_up()[1]

    @property
    def redo_text(self) -> str:
        """What the edit is called that would be redone; empty when there is none."""
        return self._looked_up()[2]

    def _looked_up(self) -> tuple[Revision | None, str, str]:
        """Both texts, read when they are asked for: a write is done when it is on the disk."""
        if self._texts is None or self._texts[0] is not self._store.head:
            undo, redo = self._next_undo(), self._next_redo()
            self._texts = (
                self._store.head,
                undo.text if undo else "",
                redo.text if redo else "",
            )
        return self._texts

    def _next_undo(self) -> Revision | None:
        head = self._store.head
        return self._store.revision(head.undo_top) if head and head.undo_top else None

    def _last_undo(self) -> Revision | None:
        """The undo that would be taken back by redoing what it undid."""
        head = self._store.head
        return self._store.revision(head.redo_top) if head and head.redo_top else None

    def _next_redo(self) -> Revision | None:
        """The edit that would be redone."""
        undo = self._last_undo()
        return self._store.revision(undo.of) if undo and undo.of else None

    def undone(
        self, page: Callable[[int], Page], schema: LabelSchema
    ) -> tuple[Edit, Revision] | None:
        """The edit that leads back from the current values, and the one it undoes, if any."""
        revision = self._next_undo()
        if revision is None:
            return None
        changes = self._changes(revision, page, schema, is_back=True)
        return Edit(revision.text, changes), revision

    def redone(
        self, page: Callable[[int], Page], schema: LabelSchema
    ) -> tuple[Edit, Revision] | None:
        """The edit that was undone last, made again on the current values; None at the end.

        Taking back its undo is exact, also for what arrived before the undo and was turned with it;
        where something was changed since, the edit itself is made again.
        """
        undo, revision = self._last_undo(), self._next_redo()
        if undo is None or revision is None:
            return None
        try:
            changes = self._changes(undo, page, schema, is_back=True)
        except UserError:
            changes = self._changes(revision, page, schema, is_back=False)
        return Edit(revision.text, changes), revision

    def _changes(
        self,
        revision: Revision,
        page: Callable[[int], Page],
        schema: LabelSchema,
        *,
        is_back: bool,
    ) -> tuple[Change, ...]:
        changes: list[Change] = []
        for change in self._store.changes_of(revision.id):
            if isinstance(change, SchemaChange):
                turned = SchemaChange(change.after, change.before) if is_back else change
                changes.append(SchemaChange(schema, applied_schema(turned, schema)))
            else:
                current = page(change.page_id)
                turned_change = change.inverted() if is_back else change
                changes.append(PageChange(current, applied(turned_change, current)))
        return tuple(changes)


def applied(change: Difference, page: Page) -> Page:
    """The page with the difference made; one clear line where what it changes was changed since.

    Values that the difference does not name, such as proposals that arrived since, stay, and turn
    along where the page is turned.
    """
    fields = {item.name: _field(item, page) for item in change.fields}
    rest = _with_rest_turned(change, page)
    for name in {item.collection for item in change.items}:
        changes = [item for item in change.items if item.collection == name]
        fields[name] = _collection(changes, getattr(rest, name), page)
    next_id = max(page.next_id, *(item.id + 1 for item in change.items), 1)
    after = replace(rest, **fields, next_id=next_id)
    _require_references(change, page, after)
    if after.status == PageStatus.NEW and any(
        item.status == Status.PROPOSED for item in after.annotations
    ):
        return replace(after, status=PageStatus.PROPOSED)
    return after


def _field(change: FieldChange, page: Page) -> Any:  # noqa: ANN401 - any field of a page
    """The new value; a page's status may have moved on with proposals and is set all the same."""
    if change.name != "status" and getattr(page, change.name) != change.before:
        raise _conflict(page)
    return change.after


def _with_rest_turned(change: Difference, page: Page) -> Page:
    """Where the page is turned: what arrived since, and so is not named, turned as the page is."""
    turns = {item.name: item for item in change.fields if item.name in ("rotation", "skew")}
    if not turns:
        return page
    named = {item.id for item in change.items}
    fields: dict[str, Any] = {
        name: tuple(item for item in getattr(page, name) if item.id not in named)
        for name in COLLECTIONS
    }
    rest = replace(page, **fields)
    if "rotation" in turns:
        rest = edits.rotate(rest, turns["rotation"].after - turns["rotation"].before)
    if "skew" in turns:
        rest = edits.deskew(rest, turns["skew"].after)
    return put(page, *rest.words, *rest.annotations)


def _collection(
    changes: Iterable[ItemChange], items: tuple[Item, ...], page: Page
) -> tuple[Item, ...]:
    by_id = {item.id: item for item in items}
    for change in changes:
        if by_id.get(change.id) != change.before:
            raise _conflict(page)
        if change.after is None:
            del by_id[change.id]
        else:
            by_id[change.id] = change.after
    return tuple(sorted(by_id.values(), key=lambda item: item.id))


def _require_references(change: Difference, before: Page, after: Page) -> None:
    """Nothing may refer to what is gone."""
    changed = {item.id for item in change.items}
    gone = {item.id for item in change.items if item.after is None}
    words = {word.id for word in after.words}
    entities = {entity.id for entity in after.entities}
    for entity in after.entities:
        missing = set(entity.word_ids) - words
        if missing and (entity.id in changed or missing & gone):
            raise _conflict(before)
    for relation in after.relations:
        missing = {relation.from_id, relation.to_id} - entities
        if missing and (relation.id in changed or missing & gone):
            raise _conflict(before)


def _conflict(page: Page) -> UserError:
    return UserError(
        "This step cannot be undone or redone: a model or a new recognition has changed the same"
        " things on page {number} since. Correct them by hand instead.",
        number=page.number + 1,
    )


def applied_schema(change: SchemaChange, current: LabelSchema) -> LabelSchema:
    """The schema with the change made; labels that an import added since stay, at the end."""
    if current == change.before:
        return change.after
    if any(label not in current.labels for label in change.before.labels):
        raise UserError(
            "This step cannot be undone or redone: the labels were changed since. Correct them in"
            " the label editor."
        )
    names = {(label.name, label.kind) for label in change.after.labels}
    since = [
        label
        for label in current.labels
        if label not in change.before.labels and (label.name, label.kind) not in names
    ]
    return LabelSchema((*change.after.labels, *since))
