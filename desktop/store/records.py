"""What the store keeps besides pages: edits, revisions, proposals, summaries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from model_backend.document import Annotation, Page
from model_backend.labels import LabelSchema


class RevisionKind(StrEnum):
    """Who caused a revision: a person's edit, its undoing or redoing, or a job (no undo step)."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"
    JOB = "job"


@dataclass(frozen=True)
class PageChange:
    """One page before and after."""

    before: Page
    after: Page


@dataclass(frozen=True)
class SchemaChange:
    """The project's labels before and after."""

    before: LabelSchema
    after: LabelSchema


Change = PageChange | SchemaChange


@dataclass(frozen=True)
class Edit:
    """One undoable step: what it is called and everything it changes."""

    text: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Revision:
    """One row of the append-only record, and where undo and redo stand after it.

    `below` is the entry under this one on its stack: for an edit the edit under it, for an undo the
    undo under it. `of` is the edit that was undone or redone; for an edit, the one it goes on with:
    they are one step, and lie on the stack as one. `undo_top` is an edit, `redo_top` an undo; None:
    nothing left.
    """

    id: int
    kind: RevisionKind
    text: str
    who: str
    at: int
    of: int | None = None
    below: int | None = None
    undo_top: int | None = None
    redo_top: int | None = None


@dataclass(frozen=True)
class Proposal:
    """What a model said, unchanged, with the id of the annotation it became (its lineage).

    `is_withdrawn` is set when the same model, run again, no longer said it; a proposal that is
    neither withdrawn nor on the page any more was rejected by a person. `rotation` and `skew` are
    those of the page as the model saw it: coordinates are kept as they were said.
    """

    model: str
    annotation_id: int
    annotation: Annotation
    is_withdrawn: bool = False
    rotation: int = 0
    skew: float = 0.0


@dataclass(frozen=True)
class PageSummary:
    """What lists show of a page, kept on its row: no list joins annotations."""

    id: int
    document_id: int
    document_name: str
    number: int
    status: str
    is_read: bool
    problem: str
    width: float
    height: float
    words: int
    annotations: int
    proposed: int
