"""Undo and redo over a project's append-only record: unlimited, across pages and restarts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from desktop.errors import UserError
from desktop.store.difference import Difference, applied, difference
from desktop.store.records import (
    Change,
    Edit,
    PageChange,
    Revision,
    SchemaChange,
)
from model_backend.document import Page
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

    def _next_redo(self) -> Revision | None:
        """The edit that would be redone."""
        head = self._store.head
        if head is None or head.redo_top is None:
            return None
        undo = self._store.revision(head.redo_top)
        return self._store.revision(undo.of) if undo.of else None

    def undone(
        self, page: Callable[[int], Page], schema: LabelSchema
    ) -> tuple[Edit, Revision] | None:
        """The edit that leads back from the current values, and the one it undoes, if any."""
        revision = self._next_undo()
        if revision is None:
            return None
        return self._edit(revision, page, schema, is_back=True), revision

    def redone(
        self, page: Callable[[int], Page], schema: LabelSchema
    ) -> tuple[Edit, Revision] | None:
        """The edit that was undone last, made again on the current values; None at the end."""
        revision = self._next_redo()
        if revision is None:
            return None
        return self._edit(revision, page, schema, is_back=False), revision

    def _edit(
        self,
        revision: Revision,
        page: Callable[[int], Page],
        schema: LabelSchema,
        *,
        is_back: bool,
    ) -> Edit:
        changes: list[Change] = []
        for change in self._store.changes_of(revision.id):
            if isinstance(change, SchemaChange):
                turned = SchemaChange(change.after, change.before) if is_back else change
                changes.append(SchemaChange(schema, applied_schema(turned, schema)))
            else:
                current = page(change.page_id)
                turned_change = change.inverted() if is_back else change
                changes.append(PageChange(current, applied(turned_change, current)))
        return Edit(revision.text, tuple(changes))


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
