"""What an export would leave behind: losses by format, counted page by page before it is begun."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from desktop.jobs.exporting import IsCancelled, OnProgress, StoredPicture
from desktop.store.store import Store
from model_backend.document import Document, Page
from model_backend.errors import Cancelled
from model_backend.formats.export import leaving
from model_backend.formats.losses import all_losses

EVERY = 0.2
"""Seconds between two reports."""
Losses = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Preview:
    """Losses by format and kind: of what people settled, and of everything."""

    done: int = 0
    total: int = 0
    settled: Losses = field(default_factory=dict)
    everything: Losses = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether all pages were counted."""
        return self.done == self.total

    def lost(self, format_name: str, *, include_proposed: bool) -> Mapping[str, int]:
        """The losses of an export with these choices."""
        losses = self.everything if include_proposed else self.settled
        return losses.get(format_name, {})


class _Counts:
    """Losses by format, added up."""

    def __init__(self) -> None:
        self._found: dict[str, Counter[str]] = {}

    def add(self, page: Page, *, keeps_pdf: bool) -> None:
        for name, found in all_losses(page, keeps_pdf=keeps_pdf).items():
            self._found.setdefault(name, Counter()).update(found)

    def copy(self) -> Losses:
        return {name: dict(found) for name, found in self._found.items()}


def preview_export(
    folder: Path,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    is_cancelled: IsCancelled = lambda: False,
    on_preview: Callable[[Preview], None] = lambda _preview: None,
) -> Preview:
    """Count over all pages of a project, one in memory at a time, by a connection of its own.

    `on_preview` hears, before `on_progress` does, what was counted so far. Pages of protected
    documents count as the others: whether a password is missing shows when they are drawn.
    Raises Cancelled.
    """
    settled, everything, heard = _Counts(), _Counts(), monotonic()
    with Store.open(folder, read_only=True) as store:
        total, keeps_pdf = store.page_count(), _PdfPages(store)
        for done, page_id in enumerate(store.page_ids(), 1):
            if is_cancelled():
                raise Cancelled
            page = store.page(page_id)
            everything.add(page, keeps_pdf=keeps_pdf(page))
            kept, _counts = leaving(page, include_proposed=False)
            if kept is not None:
                settled.add(kept, keeps_pdf=keeps_pdf(page))
            if monotonic() - heard > EVERY:
                heard = monotonic()
                on_preview(Preview(done, total, settled.copy(), everything.copy()))
                on_progress(done, total)
    found = Preview(total, total, settled.copy(), everything.copy())
    on_preview(found)
    on_progress(total, total)
    return found


class _PdfPages:
    """Which pages leave with the PDF they are of; documents are asked for once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[int, Document] = {}

    def __call__(self, page: Page) -> bool:
        key = page.document_id
        if key not in self._known:
            self._known[key] = self._store.document(key)
        document = self._known[key]
        return StoredPicture(Path(document.name), page, document).pdf is not None
