"""Undo and redo over a project's append-only record: unlimited, across pages and restarts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.document import edits
from desktop.document.edits.parts import Item, put, with_changed_words
from desktop.errors import UserError
from desktop.store.difference import Difference, FieldChange, ItemChange, difference
from desktop.store.records import (
    Change,
    Edit,
    PageChange,
    Revision,
    RevisionKind,
    SchemaChange,
)
from model_backend.document import COLLECTIONS, Entity, Page, PageStatus, Relation, Status, Word
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
        changes = self._changes(self._steps(revision), page, schema, is_back=True)
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
            changes = self._changes([undo], page, schema, is_back=True)
        except UserError:
            steps = self._steps(revision)[::-1]
            changes = self._changes(steps, page, schema, is_back=False)
        return Edit(revision.text, changes), revision

    def _steps(self, revision: Revision) -> list[Revision]:
        """An edit and those that it goes on with, the newest first."""
        steps = [revision]
        while steps[-1].kind == RevisionKind.EDIT and steps[-1].of:
            steps.append(self._store.revision(steps[-1].of))
        return steps

    def _changes(
        self,
        revisions: Iterable[Revision],
        page: Callable[[int], Page],
        schema: LabelSchema,
        *,
        is_back: bool,
    ) -> tuple[Change, ...]:
        schemas: list[LabelSchema] = []
        pages: dict[int, Page] = {}
        for change in (one for step in revisions for one in self._store.changes_of(step.id)):
            if isinstance(change, SchemaChange):
                turned = SchemaChange(change.after, change.before) if is_back else change
                schemas.append(applied_schema(turned, schemas[-1] if schemas else schema))
            else:
                current = pages.get(change.page_id) or page(change.page_id)
                turned_change = change.inverted() if is_back else change
                pages[change.page_id] = applied(turned_change, current)
        changes: list[Change] = [SchemaChange(schema, after) for after in schemas[-1:]]
        return (*changes, *(PageChange(page(page_id), after) for page_id, after in pages.items()))


def applied(change: Difference, page: Page) -> Page:
    """The page with the difference made; one clear line where what it changes was changed since.

    Values that the difference does not name, such as proposals that arrived since, stay; they turn
    along where the page is turned, their text follows their words, and they lose what is gone.
    """
    change = _without_outdated(change, page)
    fields = {item.name: _field(item, page) for item in change.fields}
    _require_unneeded(change, page)
    rest = _without_gone(change, _with_text_following(change, _with_rest_turned(change, page)))
    for name in {item.collection for item in change.items}:
        changes = [item for item in change.items if item.collection == name]
        _require_unchanged(changes, getattr(page, name), page)
        fields[name] = _collection(changes, getattr(rest, name))
    next_id = max(page.next_id, *(item.id + 1 for item in change.items), 1)
    after = replace(rest, **fields, next_id=next_id)
    _require_parts(change, page, after)
    if after.status == PageStatus.NEW and any(
        item.status == Status.PROPOSED for item in after.annotations
    ):
        return replace(after, status=PageStatus.PROPOSED)
    return after


def _without_outdated(change: Difference, page: Page) -> Difference:
    """The difference without open proposals that it only touched in passing, and that a model has
    changed or withdrawn since: its newer word stays.
    """
    touched = {item.id for item in change.items if _is_open(item.before) and _is_open(item.after)}
    if not touched:
        return change
    now = {item.id: item for item in page.annotations if item.id in touched}
    kept = tuple(
        item
        for item in change.items
        if item.id not in touched
        or now.get(item.id) == item.before
        or not (_is_open(item.before) and _is_open(item.after))
        or not (item.id not in now or _is_open(now[item.id]))
    )
    return replace(change, items=kept)


def _is_open(item: Item | None) -> bool:
    return getattr(item, "status", None) == Status.PROPOSED


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


def _with_text_following(change: Difference, page: Page) -> Page:
    words = [item.after for item in change.items if item.before and isinstance(item.after, Word)]
    return with_changed_words(page, words) if words else page


def _require_unchanged(changes: Sequence[ItemChange], items: tuple[Item, ...], page: Page) -> None:
    named = {change.id for change in changes}
    by_id = {item.id: item for item in items if item.id in named}
    if any(by_id.get(change.id) != change.before for change in changes):
        raise _conflict(page)


def _collection(changes: Iterable[ItemChange], items: tuple[Item, ...]) -> tuple[Item, ...]:
    after = {change.id: change.after for change in changes}
    kept = [now for item in items if (now := after.pop(item.id, item)) is not None]
    new = [item for item in after.values() if item is not None]
    return tuple(sorted((*kept, *new), key=lambda item: item.id)) if new else tuple(kept)


def _without_gone(change: Difference, page: Page) -> Page:
    """What the difference does not name loses what goes; what it names is as it will be already,
    else links would go with an entity that only gets other words.
    """
    gone = {item.id for item in change.items if item.after is None}
    if not gone:
        return page
    kept = [item.after for item in change.items if item.before and item.after]
    return replace(edits.delete(put(page, *kept), gone), status=page.status)


def _require_unneeded(change: Difference, page: Page) -> None:
    """Nothing that is decided may be made of what goes."""
    named = {item.id for item in change.items}
    gone = {item.id for item in change.items if item.after is None}
    if not gone:
        return
    items: tuple[Item, ...] = (*page.entities, *page.relations)
    for item in items:
        if item.id not in named and not _is_open(item) and gone & _parts(item):
            raise _conflict(page)


def _require_parts(change: Difference, before: Page, after: Page) -> None:
    """What comes needs all that it is made of."""
    needed = {part for item in change.items if item.after for part in _parts(item.after)}
    if not needed:
        return
    items: tuple[Item, ...] = (*after.words, *after.entities)
    if needed.difference(item.id for item in items):
        raise _conflict(before)


def _parts(item: Item) -> set[int]:
    """The words of an entity, the ends of a relation."""
    if isinstance(item, Relation):
        return {item.from_id, item.to_id}
    return set(item.word_ids) if isinstance(item, Entity) else set()


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
