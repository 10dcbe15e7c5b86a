"""An editor that works by itself until it is killed: real document, real store, one line an edit.

Edit number n depends only on n and the page, so the parent can compute what the pages must be.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from random import Random

from edit_scripts import random_edit

from model_backend.document import Page

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


def main(folder: Path, first: int, last: int | None = None) -> None:
    """Edit without end, or up to the last; say each edit's number when it is in the store."""
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


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
    os._exit(0)  # as if the power went: nothing is closed
