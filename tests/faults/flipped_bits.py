"""Damages a project's file, a bit, a cut or a zeroed piece at a time, and looks who notices.

`python tests/faults/flipped_bits.py --count 2000 --resume 0`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from random import Random

from edit_scripts import document_of, full_page, random_edit
from long_driver import drive

from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Page

PAGES = 6


class Victim:
    """A project that is damaged again and again."""

    def __init__(self, base: Path) -> None:
        with Store.create(base / "victim.proofdesk") as store:
            pages = [full_page(number) for number in range(PAGES)]
            store.add_document(None, document_of(PAGES), pages, read=True)
            self.folder = store.folder
        document, random = OpenDocument(Store.open(self.folder)), Random(1)
        for _edit in range(40):
            text, page = random_edit(document.page(random.randint(1, PAGES)), random)
            document.apply(text, page)
        document.close()
        self.whole = (self.folder / FILE).read_bytes()
        self.pages = self._pages()

    def _pages(self) -> list[Page]:
        with Store.open(self.folder, read_only=True) as store:
            return [store.page(page_id) for page_id in store.page_ids()]

    def damage(self, number: int) -> str:
        """Damage number `number`; "detected", "equal", or else what went wrong."""
        path = self.folder / FILE
        damaged = _damaged(self.whole, Random(number))
        path.write_bytes(damaged)
        verdict = self._verdict(path)
        return verdict if path.read_bytes() == damaged else f"the file was changed ({verdict})"

    def _verdict(self, path: Path) -> str:
        if problem_of(path):
            return "detected"
        try:
            return "equal" if self._pages() == self.pages else "changed without a word"
        except UserError:
            return "detected"


def _damaged(whole: bytes, random: Random) -> bytes:
    kind, place = random.random(), random.randrange(len(whole))
    if kind < 0.9:
        changed = bytearray(whole)
        changed[place] ^= 1 << random.randrange(8)
        return bytes(changed)
    if kind < 0.95:
        return whole[:place]
    start = place // 4096 * 4096
    return whole[:start] + b"\0" * min(4096, len(whole) - start) + whole[start + 4096 :]


def main() -> int:
    """All runs on one project."""
    with tempfile.TemporaryDirectory() as base:
        victim = Victim(Path(base))

        def one(number: int) -> str:
            verdict = victim.damage(number)
            return "" if verdict in ("detected", "equal") else f"{number}: {verdict}"

        return drive("flipped bits", 2000, one)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
