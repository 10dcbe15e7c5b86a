"""The power goes: an editor's writes are recorded, then replayed up to a cut, some unsynced lost.

strace records every write and sync of the project's files. What was written before a file's last
sync is on the disk; of what came after it, any part may be missing, or written in part.
`python tests/faults/lost_power.py --count 500 --resume 0`
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import scripted_editor
from edit_scripts import document_of, full_page
from long_driver import drive

from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Page

TESTS = Path(__file__).resolve().parent.parent
EDITS = 150
"""Enough for a checkpoint."""
SECTOR = 512
CALLS = "pwrite64,write,fsync,fdatasync,ftruncate"
_LINE = re.compile(r"(\w+)\((\d+)<([^>]*)>(.*)\) = (\d+)$")
_WRITE = re.compile(r', "((?:\\x[0-9a-f]{2})*)", \d+(?:, (\d+))?$')


@dataclass(frozen=True)
class Step:
    """One call that reached the disk's cache: a write, a new length, a sync, or an edit said."""

    kind: str
    file: str = ""
    data: bytes = b""
    at: int = 0


class Recording:
    """A project before, what an editor wrote, and the pages after each edit."""

    def __init__(self, base: Path) -> None:
        self._base = base
        with Store.create(base / "project.proofdesk") as store:
            store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
            pages = {page_id: store.page(page_id) for page_id in store.page_ids()}
        self._before = base / "before.proofdesk"
        shutil.copytree(base / "project.proofdesk", self._before)
        self.steps = self._recorded(base / "project.proofdesk", base / "trace")
        self._states = [pages]
        for number in range(EDITS):
            self._states.append(_after(self._states[-1], number))

    def _recorded(self, folder: Path, trace: Path) -> list[Step]:
        path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
        script = str(TESTS / "faults" / "scripted_editor.py")
        subprocess.run(
            ["strace", "-y", "-xx", "-s", "1000000", "-e", f"trace={CALLS}", "-o", str(trace),
             sys.executable, script, str(folder), "0", str(EDITS - 1)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
            check=True,
        )  # fmt: skip
        with trace.open() as lines:
            return [step for line in lines if (step := _step(line)) is not None]

    def cut(self, number: int) -> str:
        """Lose the power at a random step; what is wrong then, or nothing."""
        random = Random(number)
        end = random.randrange(len(self.steps) + 1)
        folder = self._base / "cut.proofdesk"
        shutil.copytree(self._before, folder)
        try:
            kept = _kept(self.steps[:end], random)
            _replay(kept, folder)
            said = sum(step.kind == "said" for step in self.steps[:end])
            return self._problem(folder, said)
        finally:
            shutil.rmtree(folder)

    def _problem(self, folder: Path, said: int) -> str:
        with Store.open(folder) as store:
            found = {page_id: store.page(page_id) for page_id in store.page_ids()}
            edits = store.head.id if store.head else 0
        if edits not in (said, said + 1):
            return f"{said} edits were said to be saved, {edits} are there"
        if found != self._states[edits]:
            return f"the pages are not those of edit {edits}"
        return problem_of(folder / FILE)


def _after(pages: dict[int, Page], number: int) -> dict[int, Page]:
    _text, page = scripted_editor.edit(number, pages.__getitem__, tuple(pages))
    return {**pages, page.id: page}


def _step(line: str) -> Step | None:
    match = _LINE.search(line.strip())
    if match is None:
        return None
    call, handle, path, rest, _result = match.groups()
    name = _plain(path).rpartition("/")[2]
    if call == "write" and handle == "1":
        written = _WRITE.search(rest)
        return Step("said") if written and _bytes(written[1]).strip().isdigit() else None
    if not name.startswith(FILE) or name.endswith("-shm"):
        return None
    if call in ("fsync", "fdatasync"):
        return Step("sync", name)
    if call == "ftruncate":
        return Step("length", name, at=int(rest.strip(", ")))
    written = _WRITE.search(rest)
    assert written is not None, line[:200]
    assert written[2] is not None, "SQLite writes at places, not on and on"
    return Step("write", name, _bytes(written[1]), int(written[2]))


def _plain(path: str) -> str:
    return _bytes(path).decode() if path.startswith("\\x") else path


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _kept(steps: list[Step], random: Random) -> list[Step]:
    """What is on the disk: all that was synced, and a random part of the rest."""
    last = {step.file: place for place, step in enumerate(steps) if step.kind == "sync"}
    share = random.choice((0.0, 0.5, 0.9, 1.0))
    kept = []
    for place, step in enumerate(steps):
        if step.kind not in ("write", "length"):
            continue
        if place < last.get(step.file, -1):
            kept.append(step)
        elif random.random() < share:
            kept.append(_torn(step, random) if random.random() < 0.1 else step)
    return kept


def _torn(step: Step, random: Random) -> Step:
    """A write of which only the first sectors came to the disk."""
    return replace(step, data=step.data[: SECTOR * random.randrange(len(step.data) // SECTOR + 1)])


def _replay(steps: list[Step], folder: Path) -> None:
    for step in steps:
        path = folder / step.file
        with path.open("r+b" if path.exists() else "w+b") as file:
            if step.kind == "length":
                file.truncate(step.at)
            else:
                file.seek(step.at)
                file.write(step.data)


def main() -> int:
    """All cuts of one recording."""
    with tempfile.TemporaryDirectory() as base:
        recording = Recording(Path(base))

        def one(number: int) -> str:
            problem = recording.cut(number)
            return f"cut {number}: {problem}" if problem else ""

        return drive("lost power", 500, one)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
