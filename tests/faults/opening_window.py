"""One of many that open a project in the same moment: says what it got, and keeps it."""

from __future__ import annotations

import sys
from pathlib import Path

from desktop.errors import UserError
from desktop.store.store import Store
from model_backend.document import Page


def main(folder: Path, number: int) -> None:
    """Wait for the word, open for writing; say "writes" or why not; end when asked to."""
    from desktop.document import edits
    from desktop.document.open_document import OpenDocument

    _say("ready")
    sys.stdin.readline()
    try:
        store = Store.open(folder)
    except UserError as error:
        with Store.open(folder, read_only=True) as reader:
            page: Page = reader.page(1)
        _say(f"reads {len(page.words)} words: {error}")
    else:
        document = OpenDocument(store)
        document.apply("Note", edits.set_note(document.page(1), f"number {number}"))
        _say("writes")
        sys.stdin.readline()
        document.close()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
