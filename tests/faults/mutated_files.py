"""Real files and data sets with bytes changed, through the window's own import, one after another.

`python tests/faults/mutated_files.py --count 1000 --resume 0`

Every other run takes a PDF or a picture, the others a data set. Each must end as done or failed in
one sentence, and the event loop must go on beating meanwhile.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(place) for place in (TESTS.parent, TESTS, TESTS / "formats", TESTS / "faults")]

from fuzzed_sets import SETS, SmallSet, changed  # noqa: E402
from heartbeat import Heartbeat  # noqa: E402
from long_driver import drive  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer  # noqa: E402
from text_pages import mutated  # noqa: E402

from desktop.document.open_document import OpenDocument  # noqa: E402
from desktop.jobs.runner import Job, Runner  # noqa: E402
from desktop.jobs.work import ImportFiles, Outcome, Work, import_dataset  # noqa: E402
from desktop.store.store import Store  # noqa: E402
from model_backend.errors import UserError  # noqa: E402
from model_backend.service import Workers  # noqa: E402

SHARED = Path(os.environ.get("PROOFDESK_TEST_DATA", TESTS.parents[1] / "shared" / "data"))
KINDS = (".pdf", ".png", ".jpg", ".tif", ".tiff", ".webp", ".gif", ".mpo")
LARGEST = 400_000
RUNS_A_PROJECT = 50
LONGEST_MS = 200_000
WORK_LIMIT = 250
"""Milliseconds that the event loop's thread may work between two beats: waiting for a core or for
the disk is the machine's part, which is printed beside it."""
BUG = "Something went wrong"


def real_files() -> list[Path]:
    """Documents of every kind that is opened."""
    places = ("hostile", "tabula_java", "icdar2013", "sroie", "labelme_samples")
    below = (file for place in places for file in sorted((SHARED / place).rglob("*")))
    samples = sorted((TESTS.parent / "resources/samples").iterdir())
    found = [file for file in (*samples, *below) if file.suffix.lower() in KINDS]
    return [file for file in found if 0 < file.stat().st_size < LARGEST]


class Trial:
    """A project, its workers and a beating event loop; what became of all runs."""

    def __init__(self, room: Path) -> None:
        self.application = QCoreApplication([])
        self.heart = Heartbeat()
        self._room, self._files = room, real_files()
        self._sets: dict[str, SmallSet] = {}
        self._workers = Workers()
        self._runner = Runner(self._workers)
        self._document: OpenDocument | None = None
        self.ends: Counter[str] = Counter()

    def close(self) -> None:
        """End the workers."""
        self._leave()
        self._runner.close()
        self._workers.close()

    def _leave(self) -> None:
        if self._document is not None:
            self._document.close()
        self._document = None

    def one(self, number: int) -> str:
        """One changed file or set; what went wrong, or nothing."""
        if self._document is None or number % RUNS_A_PROJECT == 0:
            self._leave()
            self._document = OpenDocument(Store.create(self._room / f"{number}.proofdesk"))
        run = self._file if number % 2 == 0 else self._set
        self.heart.skip()  # the making of projects is not the window's
        problem = run(number, self._document)
        return f"run {number}: {problem}" if problem else ""

    def _file(self, number: int, document: OpenDocument) -> str:
        original = self._files[number // 2 % len(self._files)]
        path = self._room / f"changed {number}{original.suffix.lower()}"
        path.write_bytes(mutated(original.read_bytes(), number))
        before = set(document.store.page_ids())
        outcome, problem = self._ended(ImportFiles(document, [path], ocr="never"))
        path.unlink()
        if problem or outcome is None:
            return f"{original.name}: {problem}"
        new = sorted(set(document.store.page_ids()) - before)
        if not new and not outcome.failed and not outcome.result.known:
            return f"{original.name}: nothing came of it, and nothing was said"
        return self._drawn(document, new[0]) if new else ""

    def _set(self, number: int, document: OpenDocument) -> str:
        name = sorted(SETS)[number // 2 % len(SETS)]
        if name not in self._sets:
            self._sets[name] = SETS[name](SHARED, self._room / f"of {name}" / "set")
            self.heart.skip()
        small = self._sets[name]
        file = small.files[number % len(small.files)]
        original = file.read_bytes()
        file.write_bytes(changed(original, file, number))
        _outcome, problem = self._ended(import_dataset(document, name, small.path))
        file.write_bytes(original)
        return f"{name}, {file.name}: {problem}" if problem else ""

    def _ended(self, work: Work) -> tuple[Outcome | None, str]:
        """How the job ended, and what is wrong with that."""
        outcome = self._waited(self._runner.start(work))
        if outcome is None:
            return None, "it did not end"
        self.ends["failed" if outcome.failed else "done"] += 1
        if outcome.done + len(outcome.failed) != work.total or outcome.is_cancelled:
            return outcome, f"{outcome.done} done, {len(outcome.failed)} failed, of {work.total}"
        notes = outcome.result.notes if outcome.result else []
        bugs = [text for _label, text in (*outcome.failed, *notes) if BUG in text]
        return outcome, bugs[0] if bugs else ""

    def _waited(self, job: Job) -> Outcome | None:
        loop = QEventLoop()
        stop = QTimer(singleShot=True, interval=LONGEST_MS)
        stop.timeout.connect(loop.quit)
        stop.start()
        job.finished.connect(loop.quit)
        if job.outcome is None:
            loop.exec()
        return job.outcome

    def _drawn(self, document: OpenDocument, page_id: int) -> str:
        """The first page must be drawn or say why not."""
        page = document.page(page_id)
        path = document.store.document_path(document.store.document(page.document_id))
        scale = 300 / max(page.width, page.height)
        future = self._workers.submit_picture("view", path, page.number, scale=scale)
        ended: list[object] = []
        loop = QEventLoop()

        def end(found: object) -> None:
            ended.append(found)
            loop.quit()

        self._runner.call(future, end, end)
        if not ended:
            loop.exec()
        if isinstance(ended[0], BaseException):
            self.ends["not drawn"] += 1
            return "" if isinstance(ended[0], UserError) else repr(ended[0])
        picture: Any = ended[0]
        picture.discard()
        return ""


def main() -> int:
    """All runs, then how the event loop beat."""
    room = Path(tempfile.mkdtemp())
    trial = Trial(room)
    try:
        failed = drive("mutated files", 1000, trial.one)
    finally:
        trial.close()
        shutil.rmtree(room)
    slow = list(trial.heart.slow)
    print(json.dumps({"ends": trial.ends, "beats": trial.heart.summary()}), flush=True)  # noqa: T201
    print(json.dumps(slow[-5:]), flush=True)  # noqa: T201
    return 1 if failed or any(gap["cpu"] > WORK_LIMIT for gap in slow) else 0


if __name__ == "__main__":
    sys.exit(main())
