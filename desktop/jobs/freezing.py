"""Versions of a project's data set: what people settled, written once and never changed.

A version is the folder `versions/NAME` of the project: a data set for each task, in the format that
its training takes, all of one moment and with the same parts, and `version.json`, which names the
pages and the SHA-256 of every file. Pages of a gold version are measured with: later versions do
not have their documents.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.errors import known_error
from desktop.jobs.exporting import IsCancelled, Locked, OnProgress, export_page, never
from desktop.jobs.passwords import Passwords
from desktop.store.versions import (
    FOLDER,
    FORMATS,
    MANIFEST,
    NAME,
    FrozenPage,
    Version,
    digests_of,
    gold_documents,
)
from model_backend.document import PageStatus
from model_backend.errors import UserError
from model_backend.formats import ExportPage, WriteOptions
from model_backend.formats.export import export, leaving
from model_backend.formats.parts import part_of
from model_backend.formats.splits import Split
from model_backend.unfinished import folder_beside

if TYPE_CHECKING:
    from desktop.store.store import Store
    from model_backend.service import Workers

FORMAT = 1
"""Of the manifest."""
READ_ONLY = 0o444


@dataclass(frozen=True)
class Freezing:
    """What a version is made of. With `has_done` pages that are done are in it, too, not only those
    that were accepted. A gold version is one part, all of it for testing.
    """

    name: str
    split: Split = field(default_factory=Split)
    is_gold: bool = False
    has_done: bool = False

    @property
    def statuses(self) -> tuple[PageStatus, ...]:
        """Of the pages that it has."""
        done = (PageStatus.DONE,) if self.has_done else ()
        return (PageStatus.ACCEPTED, *done)

    @property
    def parts(self) -> Split:
        """How documents are given out."""
        return Split(0.0, 0.0, 1.0) if self.is_gold else self.split


def freeze(
    folder: Path,
    wish: Freezing,
    workers: Workers | None = None,
    passwords: Passwords | None = None,
    *,
    on_progress: OnProgress = lambda _done, _total: None,
    is_cancelled: IsCancelled = never,
) -> Version:
    """Write a version of the project in this folder; by a connection of its own.

    UserError where nothing is accepted, the name is taken or the disk does not take it; Cancelled
    on cancelling. Nothing is left then.
    """
    from desktop.store.store import Store

    target = _free_place(folder, wish.name)
    around = Locked(passwords or Passwords(), workers, is_cancelled)
    try:
        target.parent.mkdir(exist_ok=True)
        with (
            Store.open(folder, read_only=True) as store,
            store.database.snapshot(),
            folder_beside(target) as made,
        ):
            version = _written(store, wish, around, made, on_progress)
            _keep(made, version)
            made.rename(target)
    except OSError as error:
        raise known_error(error, target) or error from error
    return version


def _free_place(folder: Path, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UserError(
            "{name} is no name for a version. Use up to 64 letters, digits, points, - and _.",
            name=name[:80],
        )
    taken = {path.name.lower(): path for path in (folder / FOLDER).glob("*")}
    if name.lower() in taken:
        raise UserError(
            "There is a version {name} already, and versions never change. Choose another name.",
            name=name,
        )
    return folder / FOLDER / name


def _written(
    store: Store, wish: Freezing, around: Locked, made: Path, on_progress: OnProgress
) -> Version:
    """The data sets in a folder, and what the manifest says of them."""
    gold = gold_documents(store.folder)
    pages, found = list[FrozenPage](), Counter[str]()
    for item in _settled(store, wish, around, gold):
        pages.append(_frozen(item, wish.parts))
        found.update({kind: len(getattr(item.page, kind)) for kind in FORMATS})
    kinds = [kind for kind in FORMATS if found[kind]]
    if not pages:
        raise UserError(
            "No page is accepted that is not in a gold version. Accept pages first, or take those"
            " that are done, too."
        )
    if not kinds:
        raise UserError("The accepted pages have no annotations. There is nothing to learn from.")
    labels = tuple(label.name for label in store.schema().labels)
    options = WriteOptions(labels=labels, split=wish.parts)
    done = count(1)
    for kind in kinds:
        export(
            FORMATS[kind],
            _settled(store, wish, around, gold),
            made / kind,
            options,
            on_page=lambda _name: on_progress(next(done), len(kinds) * len(pages)),
            is_cancelled=around.is_cancelled,
        )
    return Version(
        wish.name,
        time.time_ns() // 1_000_000,
        wish.is_gold,
        store.head.id if store.head else 0,
        tuple(pages),
        {kind: found[kind] for kind in kinds},
        digests_of(made),
    )


def _settled(store: Store, wish: Freezing, around: Locked, gold: Set[str]) -> Iterator[ExportPage]:
    """Pages with what people settled, one in memory at a time, but those of gold documents;
    protected documents need their password.
    """
    for page_id in store.page_ids(wish.statuses):
        page, _counts = leaving(store.page(page_id), include_proposed=False)
        if page is not None and store.document(page.document_id).sha256 not in gold:
            around.require(store, page)
            yield export_page(store, page, around)


def _frozen(item: ExportPage, split: Split) -> FrozenPage:
    page = item.page
    return FrozenPage(page.id, item.document.sha256, page.number, part_of(split, item))


def _keep(folder: Path, version: Version) -> None:
    """Write the manifest; make every file one that is not written to by mistake."""
    data = {"format": FORMAT, **asdict(version)}
    with (folder / MANIFEST).open("w", encoding="utf-8") as file:
        json.dump(data, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(READ_ONLY)
