"""Export: the pages of a project that leave, each with its picture, as a data set."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, wait
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from desktop.jobs import steps
from desktop.jobs.pages import with_own_name
from desktop.jobs.passwords import Passwords
from desktop.jobs.project_copy import record_of, write_project
from desktop.jobs.room import require_room
from desktop.jobs.waiting import REFUSED
from model_backend import sources
from model_backend.document import Box, Document, Page
from model_backend.errors import Cancelled, PasswordNeeded, UserError
from model_backend.formats import ExportPage, ExportReport, WriteOptions
from model_backend.formats.export import Left, export, leaving
from model_backend.formats.pictures import NO_PICTURE, DocumentPicture
from model_backend.translation import counted, mark

if TYPE_CHECKING:
    from PIL.Image import Image

    from desktop.store.store import Store
    from model_backend.service import Workers

RENDERING_LIMIT = 120.0
HEARING = 0.1
"""Seconds after which an export that waits for a worker looks whether it is wanted still."""
PAGES = "pages"
"""The format that copies a project."""
OnProgress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]
Result = TypeVar("Result")


def never() -> bool:
    """What cannot be cancelled."""
    return False


@dataclass(frozen=True)
class StoredPicture(DocumentPicture):
    """The picture of a page of the project, rendered by the workers or (without any) here."""

    workers: Workers | None = None
    is_cancelled: IsCancelled = never

    def render(self, scale: float, box: Box | None = None) -> Image:
        """The page as it is shown."""
        if self.workers is None:
            return super().render(scale, box)
        future = self.workers.submit(
            "batch",
            sources.render_image,
            self.path,
            self.page.number,
            timeout=RENDERING_LIMIT,
            **self.options(scale, box),
        )
        return awaited(future, self.is_cancelled)


def awaited(future: Future[Result], is_cancelled: IsCancelled) -> Result:
    """The result of a worker; on cancelling its process is killed, and Cancelled raised."""
    while not wait((future,), HEARING).done:
        if is_cancelled() and future.cancel():
            raise Cancelled
    try:
        return future.result()
    except CancelledError as error:  # the workers are closed
        raise Cancelled from error


@dataclass
class Exported:
    """What an export wrote, and the counts of what left and what stayed behind."""

    report: ExportReport
    left: Left = field(default_factory=Left)
    locked: tuple[str, ...] = ()
    """Protected documents without a password: their pages stayed behind."""


def export_project(
    folder: Path,
    format_name: str,
    out: Path,
    options: WriteOptions | None = None,
    workers: Workers | None = None,
    passwords: Passwords | None = None,
    *,
    include_proposed: bool = False,
    on_progress: OnProgress = lambda _done, _total: None,
    is_cancelled: IsCancelled = never,
) -> Exported:
    """Export what leaves of a project; by a connection of its own, so it may run in any thread.

    The format `pages` is a copy of the project: all pages leave, whatever their status.
    UserError where there is nothing to export or it cannot be written; Cancelled on cancelling.
    """
    from desktop.store.store import Store

    left, locked = Left(), Locked(passwords or Passwords(), workers, is_cancelled)
    with Store.open(folder, read_only=True) as store:
        labels = tuple(label.name for label in store.schema().labels)
        chosen = options or WriteOptions()
        if not chosen.labels:  # category ids follow the schema, not which labels happen to occur
            chosen = replace(chosen, labels=labels)
        require_room(store, format_name, out, chosen, copies_all=format_name == PAGES)
        pages, finish = _pages(store, left, locked, include_proposed, on_progress), None
        if format_name == PAGES:
            pages = _whole_pages(store, left, locked, chosen, on_progress)
            finish = partial(write_project, store)
        try:
            with store.database.snapshot():
                report = export(
                    format_name, pages, out, chosen, is_cancelled=is_cancelled, finish=finish
                )
                waiting = len(_waiting(store)) if format_name == PAGES else 0
                damaged = len(store.damaged)
        except UserError as error:
            raise _with_own_name(error, store) from error
    if damaged:
        text = mark("{count} damaged pages are in it, not as they were saved")
        report = replace(report, problems=(*report.problems, counted(text, damaged)))
    if waiting:
        text = mark("{count} files still wait to be imported; they are not in the copy")
        report = replace(report, problems=(*report.problems, counted(text, waiting)))
    return Exported(report, left, () if format_name == PAGES else locked.names)


def _with_own_name(error: UserError, store: Store) -> UserError:
    said = " ".join(map(str, error.values.values()))
    named = (document.name for document in store.documents() if document.sha256 in said)
    name = next((name for name in named if name not in said), "")  # else the copy itself is meant
    return with_own_name(error, name) if name else error


def _waiting(store: Store) -> list[Path]:
    """What is still to be imported."""
    return [
        path for path, options in store.pending() if path.is_absolute() and REFUSED not in options
    ]


class Locked:
    """Which documents are protected and cannot be opened; each is looked at once."""

    def __init__(
        self, passwords: Passwords, workers: Workers | None, is_cancelled: IsCancelled = never
    ) -> None:
        self.passwords, self.workers, self.is_cancelled = passwords, workers, is_cancelled
        self._found: dict[int, Document | None] = {}

    def holds(self, store: Store, page: Page) -> bool:
        """Whether the page's document cannot be opened."""
        key = page.document_id
        if key not in self._found:
            document = store.document(key)
            password = self.passwords.of(document.sha256)
            is_shut = is_locked(store, document, password, self.workers, self.is_cancelled)
            self._found[key] = document if is_shut else None
        return self._found[key] is not None

    def require(self, store: Store, page: Page) -> None:
        """PasswordNeeded where the page's document cannot be opened."""
        if self.holds(store, page):
            raise PasswordNeeded(
                "The file {file} is protected. Enter its password.", file=self.names[0]
            )

    @property
    def names(self) -> tuple[str, ...]:
        """What people call them."""
        return tuple(document.name for document in self._found.values() if document)


def is_locked(
    store: Store,
    document: Document,
    password: str,
    workers: Workers | None,
    is_cancelled: IsCancelled = never,
) -> bool:
    """Whether a document of the project is protected and the password does not open it."""
    if document.media_type != "application/pdf":
        return False
    path = store.document_path(document)
    if workers is None:
        return steps.needs_password(path, password)
    future = workers.submit("batch", steps.needs_password, path, password, timeout=RENDERING_LIMIT)
    return awaited(future, is_cancelled)


def _pages(
    store: Store, left: Left, locked: Locked, include_proposed: bool, on_progress: OnProgress
) -> Iterator[ExportPage]:
    """The pages that leave, one in memory at a time; counts the others on the way."""
    total, left_before = store.page_count(), 0
    for done, page_id in enumerate(store.page_ids()):
        on_progress(done, total)
        page, counts = leaving(store.page(page_id), include_proposed=include_proposed)
        if page is not None and locked.holds(store, page):
            left.add(Left(stayed=counts.left + counts.stayed))
            continue
        left.add(counts)
        if page is not None:
            left_before += 1
            yield export_page(store, page, locked)
    if locked.names and not left_before:
        raise PasswordNeeded(
            "The file {file} is protected. Enter its password.", file=locked.names[0]
        )
    on_progress(total, total)


def _whole_pages(
    store: Store, left: Left, locked: Locked, options: WriteOptions, on_progress: OnProgress
) -> Iterator[ExportPage]:
    """All pages with all that is kept of them, and the file of their document.

    Their pictures are looked at only for a split, which tells whether one is in two of its parts.
    """
    total = store.page_count()
    for done, page_id in enumerate(store.page_ids()):
        on_progress(done, total)
        page = store.page(page_id)
        left.add(leaving(page, include_proposed=True)[1])
        item = export_page(store, page, locked)
        is_seen = options.split is not None and not locked.holds(store, page)
        yield replace(
            item,
            picture=item.picture if is_seen else None,
            file=store.document_path(item.document),
            record=record_of(store, page),
        )
    on_progress(total, total)


def export_page(store: Store, page: Page, around: Locked) -> ExportPage:
    """The page with its picture and what its document came with."""
    document = store.document(page.document_id)
    name, split = name_and_split(document, page)
    group = json.loads(document.source_data or "{}").get("group", "")
    picture = None
    if document.media_type != NO_PICTURE:
        password = around.passwords.of(document.sha256)
        path, workers = store.document_path(document), around.workers
        picture = StoredPicture(path, page, document, password, workers, around.is_cancelled)
    return ExportPage(name, page, document, picture, split, group=group)


def name_and_split(document: Document, page: Page) -> tuple[str, str]:
    """The name and part a page of a data set came with; else its file's name and its number."""
    if document.source_data:
        kept = json.loads(document.source_data)
        return kept["name"], kept["split"]
    stem = Path(document.name).stem
    return (stem if document.page_count == 1 else f"{stem}_{page.number + 1}"), ""
