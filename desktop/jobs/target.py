"""Where the results of jobs go: the open document in the window, or a store on the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from model_backend.document import Document, Page, Proposals
from model_backend.labels import LabelSchema
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

    @property
    def schema(self) -> LabelSchema:
        """The project's labels."""

    def page(self, page_id: int) -> Page:
        """The current page."""

    def add_document(
        self, path: Path, document: Document, pages: Sequence[Page], *, is_read: bool = False
    ) -> tuple[Document, Sequence[int]]:
        """Take a file and its pages in; what is already there is returned instead."""

    def bring(self, text: str, page_id: int, change: Callable[[Page], Page]) -> None:
        """Apply a job's result to the current page."""

    def bring_proposals(self, page_id: int, proposals: Iterable[Proposals]) -> None:
        """Merge what models say into the current page."""

    def bring_labels(self, labels: Iterable[tuple[str, str]]) -> None:
        """Add the labels (name, kind) that the schema lacks."""

    def page_read(self, page_id: int, change: Callable[[Page], Page], problem: str) -> None:
        """The page's words have arrived (or why not): it is read no more."""


WHO = "proofdesk"


class StoreTarget:
    """A store without a window."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def schema(self) -> LabelSchema:
        """The project's labels."""
        return self.store.schema()

    def page(self, page_id: int) -> Page:
        """The current page."""
        return self.store.page(page_id)
