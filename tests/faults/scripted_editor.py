"""An editor that works by itself until it is killed: real document, real store, one line an edit.

Edit number n depends only on n and the page, so the parent can compute what the pages must be.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from edit_scripts import random_edit

from model_backend.document import Page

if TYPE_CHECKING:
    from desktop.document.open_document import OpenDocument

NAMES = (
    "Add word",
    "Word text",
    "Add entity",
    "Add entity box",
    "Link",
    "Table",
    "Add region",
    "Label",
    "Move",
    "Delete",
    "Rotate",
)


def edit(number: int, page: Callable[[int], Page], ids: tuple[int, ...]) -> tuple[str, Page]:
    """Edit number `number`: its text and the page after it."""
    random = Random(number)
    before = page(random.choice(ids))
    text, after = random_edit(before, random, NAMES)
    return (text, after) if after != before else ("Add word", _with_word(before, number))


def _with_word(page: Page, number: int) -> Page:
    from desktop.document import edits
    from model_backend.document import Box

    return edits.add_word(page, f"word {number}", Box(1, 2, 3, 4))


PHASES = ("edit", "backup", "checkpoint", "close", "restore")


def main(folder: Path, first: int, last: int | None = None, phase: str = "edit") -> None:
    """Edit without end, or up to the last; say each edit's number when it is in the store.

    `phase`: what happens between the edits, so that most of the time is spent in it.
    """
    from desktop.document.open_document import OpenDocument
    from desktop.store.store import Store

    document = OpenDocument(Store.open(folder))
    ids = document.store.page_ids()
    number = first
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while last is None or number <= last:
        text, page = edit(number, document.page, ids)
        document.apply(text, page)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
        number += 1
        document = _between(document, phase)


def _between(document: OpenDocument, phase: str) -> OpenDocument:
    """What else is done with a project; the document to go on with."""
    from desktop.document.open_document import OpenDocument
    from desktop.store.backups import TIME, Moment, restore_whole
    from desktop.store.store import FILE, Store

    folder = document.store.folder
    if phase in ("backup", "restore"):
        kept = Moment(folder / FILE).keep(TIME)
    if phase == "checkpoint":
        with document.store.database.reading() as connection:
            connection.connection.driver_connection.execute("PRAGMA wal_autocheckpoint = 1")
    if phase in ("close", "restore"):
        document.close()
        if phase == "restore":
            restore_whole(folder, kept)
        document = OpenDocument(Store.open(folder))
    return document


if __name__ == "__main__":
    _script, project, start, until, phase = (*sys.argv, "edit")[:5]
    main(Path(project), int(start), int(until) if until else None, phase)
    os._exit(0)  # as if the power went: nothing is closed
