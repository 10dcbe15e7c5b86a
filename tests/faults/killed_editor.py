"""Kills an editor with signal 9 at a random moment, again and again, and looks what is left.

`python tests/faults/killed_editor.py --count 2000 --resume 0`
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from random import Random

import scripted_editor
from edit_scripts import document_of, full_page
from long_driver import drive

from desktop.store.backups import backups_of
from desktop.store.store import FILE, Store
from desktop.store.verifying import problem_of
from model_backend.document import Page

TESTS = Path(__file__).resolve().parent.parent
LONGEST = {"edit": 0.12, "checkpoint": 0.12, "close": 0.4, "backup": 0.4, "restore": 0.8}
"""Seconds until the kill, at most: some edits are done by then."""
RUNS_A_PROJECT = 50
"""After so many a new project begins: the record grows with every edit."""


class Editor:
    """A project, what must be in it, and the process that edits it until it is killed."""

    def __init__(self, base: Path) -> None:
        with Store.create(base / "project.proofdesk") as store:
            store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
            self.folder = store.folder
            self.pages = {page_id: store.page(page_id) for page_id in store.page_ids()}
        self.edits = 0

    def kill(self, delay: float, phase: str = "edit") -> str:
        """Have it killed after so many seconds of work; what is wrong then, or nothing."""
        for number in self._run(delay, phase):
            if number != self.edits:
                return f"edit {number} was said where {self.edits} was expected"
            self._follow()
        return self._problem()

    def _run(self, delay: float, phase: str) -> list[int]:
        """Numbers of the edits that were said to be saved before the end."""
        path = os.pathsep.join([str(TESTS), str(TESTS / "faults"), str(TESTS.parent)])
        script = str(TESTS / "faults" / "scripted_editor.py")
        with subprocess.Popen(
            [sys.executable, script, str(self.folder), str(self.edits), "", phase],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": path},
        ) as editor:
            assert editor.stdout is not None
            assert editor.stdout.readline() == "ready\n"
            killer = threading.Timer(delay, editor.send_signal, [signal.SIGKILL])
            killer.start()
            lines = editor.stdout.readlines()
            killer.join()
        assert editor.returncode == -signal.SIGKILL
        return [int(line) for line in lines if line.endswith("\n")]

    def _follow(self) -> None:
        _text, page = scripted_editor.edit(self.edits, self.pages.__getitem__, tuple(self.pages))
        self.pages = {**self.pages, page.id: page}
        self.edits += 1

    def _problem(self) -> str:
        """The state must be that of the last edit that was said, or of the one after it."""
        start = time.monotonic()
        with Store.open(self.folder) as store:
            seconds = time.monotonic() - start
            found = {page_id: store.page(page_id) for page_id in store.page_ids()}
            head, damaged = store.head, store.damaged
        if found != self.pages:
            self._follow()
        return next(filter(None, self._complaints(found, head.id if head else 0, seconds)), "") or (
            f"pages {damaged} are damaged" if damaged else self._file_problem()
        )

    def _file_problem(self) -> str:
        """Of the project, of every backup, and what is left of one that was not finished."""
        files = [self.folder / FILE, *(item.path for item in backups_of(self.folder)[:3])]
        rest = [path.name for path in self.folder.rglob("*.partial")]
        problem = next(filter(None, map(problem_of, files)), "")
        return problem or (f"left behind: {rest}" if rest else "")

    def _complaints(self, found: dict[int, Page], head: int, seconds: float) -> tuple[str, ...]:
        return (
            "the pages are of no edit" if found != self.pages else "",
            f"{head} edits in the record, not {self.edits}" if head != self.edits else "",
            f"taking over took {seconds:.1f} s" if seconds > 5 else "",
        )


def main() -> int:
    """All runs, on a new project now and then."""
    editors: list[Editor] = []
    with tempfile.TemporaryDirectory() as base:

        def one(number: int) -> str:
            if not editors or number % RUNS_A_PROJECT == 0:
                folder = Path(base) / str(number)
                folder.mkdir()
                editors[:] = [Editor(folder)]
            chance = Random(number)
            phase = chance.choice(("edit", *scripted_editor.PHASES))
            problem = editors[0].kill(chance.uniform(0, LONGEST[phase]), phase)
            if problem:
                editors.clear()
            return f"kill {number}: {problem}" if problem else ""

        return drive("killed editor", 2000, one)


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
