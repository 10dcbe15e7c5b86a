"""Where the results of jobs go: the open document in the window, or a store on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desktop.document import edits
from desktop.store.records import PageChange, Proposal, RevisionKind, SchemaChange
from model_backend.document import Document, Page, Proposals
from model_backend.translation import mark

if TYPE_CHECKING:
    from desktop.store.store import Store

NEW_LABELS = mark("New labels")
NEW_PROPOSALS = mark("New proposals")


class ProjectTarget(Protocol):
    """A project that takes what jobs bring; all of it in the owner's thread."""

    @property
    def store(self) -> Store:
        """The project's store, for reading."""

    def page(self, page_id: int) -> Page:
        """The current page."""

    def add_document(
        self, path: Path | None, document: Document, pages: Sequence[Page], *, read: bool = False
    ) -> tuple[Document, tuple[int, ...]]:
        """Take a file and its pages in; what is already there is returned instead."""

    def bring_proposals(self, page_id: int, proposals: Sequence[Proposals]) -> None:
        """Merge what models say into the current page."""

    def bring_labels(self, labels: Iterable[tuple[str, str]]) -> None:
        """Add the labels (name, kind) that the project's schema lacks."""

    def set_read(self, page_id: int, change: Callable[[Page], Page], problem: str = "") -> None:
        """The page's words have arrived, or the reason why there are none."""

    def take_restored(self) -> None:
        """Take notice that part of a project's copy is in the store now."""


def documents_folder(target: ProjectTarget) -> Path:
    """Where the project keeps its copies of files."""
    return target.store.folder / "documents"


class StoreTarget:
    """A project without a window: what jobs bring is written at once."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def page(self, page_id: int) -> Page:
        """The current page."""
        return self.store.page(page_id)

    def add_document(
        self, path: Path | None, document: Document, pages: Sequence[Page], *, read: bool = False
    ) -> tuple[Document, tuple[int, ...]]:
        """Take a file and its pages in; what is already there is returned instead."""
        return self.store.add_document(path, document, pages, read=read)

    def bring_proposals(self, page_id: int, proposals: Sequence[Proposals]) -> None:
        """Merge what models say into the current page, in one revision."""
        before = page = self.store.page(page_id)
        earlier = self.store.proposals(page_id)
        said: tuple[Proposal, ...] = ()
        for proposal in proposals:
            page, new = edits.merge_proposals(page, proposal, (*earlier, *said))
            said += new
        self.store.apply(
            NEW_PROPOSALS,
            [PageChange(before, page)],
            kind=RevisionKind.JOB,
            proposals={page_id: said},
        )

    def bring_labels(self, labels: Iterable[tuple[str, str]]) -> None:
        """Add the labels (name, kind) that the project's schema lacks."""
        before = self.store.schema()
        change = SchemaChange(before, before.with_missing(labels))
        self.store.apply(NEW_LABELS, [change], kind=RevisionKind.JOB)

    def set_read(self, page_id: int, change: Callable[[Page], Page], problem: str = "") -> None:
        """The page's words have arrived, or the reason why there are none."""
        self.store.set_read(change(self.store.page(page_id)), problem)

    def take_restored(self) -> None:
        """Nothing is in memory that could have grown old."""
