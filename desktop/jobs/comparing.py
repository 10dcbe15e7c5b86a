"""Another version of a project's pages: found by document and page number, measured, read. No Qt.

A version is a project, or a folder of Proofdesk pages. Pages belong together when their documents
have the same SHA-256 and they the same number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from desktop.document import baselines, changes
from model_backend.errors import Cancelled, UserError

if TYPE_CHECKING:
    from desktop.store.store import Store
    from model_backend.document import Document, Page

ENDING = ".proofdesk"
PAGES = "pages"
SLICE = 500

PageKey = tuple[str, int]
"""SHA-256 of the document, number of the page in it."""


class Version(Protocol):
    """One version of pages, whoever made it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def keys(self) -> Mapping[PageKey, Any]:
        """The pages it has."""

    def page(self, key: PageKey) -> Page | None:
        """One of its pages; None where it has none."""

    def close(self) -> None:
        """Let go of its files."""


class ProjectVersion:
    """A project, read with a connection of its own; used by one thread at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.name = folder, folder.stem
        self._store: Store | None = None
        with _opened(folder) as store:
            self.keys = keys_of(store)

    def page(self, key: PageKey) -> Page | None:
        """One of its pages, as it is on the disk now."""
        page_id = self.keys.get(key)
        if page_id is None:
            return None
        if self._store is None:
            self._store = _opened(self.folder)
        return self._store.page(page_id)

    def close(self) -> None:
        """Close the connection; `page` opens it again, also in another thread."""
        store, self._store = self._store, None
        if store is not None:
            store.close()


class FolderVersion:
    """A folder of Proofdesk pages."""

    def __init__(self, folder: Path, is_cancelled: Callable[[], bool] = lambda: False) -> None:
        from model_backend import formats

        self.folder, self.name = folder, folder.name
        self.keys: dict[PageKey, str] = {}
        for member in formats.members(PAGES, folder):
            if is_cancelled():
                raise Cancelled
            found = formats.read_member(PAGES, folder, member)
            if found.document is not None:
                self.keys[found.document.sha256, found.page.number] = member

    def page(self, key: PageKey) -> Page | None:
        """One of its pages."""
        from model_backend import formats

        member = self.keys.get(key)
        return None if member is None else formats.read_member(PAGES, self.folder, member).page

    def close(self) -> None:
        """Files are closed already."""


def open_version(path: Path, is_cancelled: Callable[[], bool] = lambda: False) -> Version:
    """The version in a folder; UserError where there is neither a project nor a page."""
    if not path.is_dir():
        raise UserError("{file} cannot be found. Check that it is still there.", file=path)
    if path.suffix == ENDING:
        return ProjectVersion(path)
    return FolderVersion(path, is_cancelled)


def _opened(folder: Path) -> Store:
    from desktop.store.store import Store

    return Store.open(folder, read_only=True)


def keys_of(store: Store) -> dict[PageKey, int]:
    """The pages of a project by document and number; of a file imported twice, the first."""
    documents: dict[int, Document] = {item.id: item for item in store.documents()}
    found: dict[PageKey, int] = {}
    after = 0
    while summaries := store.summaries(after_id=after, limit=SLICE):
        for summary in summaries:
            key = (documents[summary.document_id].sha256, summary.number)
            found.setdefault(key, summary.id)
        after = summaries[-1].id
    return found


@dataclass
class Compared:
    """How far two versions agree: figures over the pages both have, and differences by kind."""

    pages: int = 0
    only_first: int = 0
    only_second: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, int] = field(default_factory=dict)


def agreement(
    first: Version,
    second: Version,
    *,
    has_teds: bool = False,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Compared:
    """Figures and counts of differences over all common pages; one pair is held at a time.

    Raises Cancelled: figures over a part of the pages would look like those over all.
    """
    from model_backend.metrics.agreement import Agreement

    common = [key for key in first.keys if key in second.keys]
    if not common:
        raise UserError(
            "{second} has no page of the documents of {first}. Choose another version of the"
            " same documents.",
            first=first.name,
            second=second.name,
        )
    counted, measured = Counter[str](), Agreement(has_teds=has_teds)
    for done, key in enumerate(common, 1):
        if is_cancelled():
            raise Cancelled
        one, other = first.page(key), second.page(key)
        if one is not None and other is not None:
            measured.update(one, baselines.aligned(other, one))
            baseline = baselines.of_version(one, other)
            found = changes.changes(one, baseline, is_whole=True)
            counted.update(change.kind.value for change in found)
        on_progress(done, len(common))
    return Compared(
        len(common),
        len(first.keys) - len(common),
        len(second.keys) - len(common),
        measured.summary(),
        dict(counted),
    )


def compare(
    folder: Path,
    path: Path,
    *,
    on_progress: Callable[[int, int], None],
    is_cancelled: Callable[[], bool],
) -> tuple[Version, Compared]:
    """The version at `path` and how far the project in `folder` agrees with it; for the io thread:
    what it returns has no file open.
    """
    second = open_version(path, is_cancelled)
    first = ProjectVersion(folder)
    try:
        found = agreement(first, second, on_progress=on_progress, is_cancelled=is_cancelled)
    finally:
        first.close()
        second.close()
    return second, found
