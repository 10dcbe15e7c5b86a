"""Imports of files, data sets and copies of projects that are killed, or that cannot write: after
reopening they go on, and in the end the project is what it would have been.

`python tests/faults/killed_imports.py --count 300 --resume 0`
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random
from unittest import mock

import pymupdf
from long_driver import drive
from PIL import Image

from desktop.document import edits
from desktop.jobs import work
from desktop.store.records import PageChange
from desktop.store.store import Store
from desktop.store.verifying import problem_of
from model_backend.document import Box, PageStatus
from model_backend.errors import UserError
from model_backend.service import Workers

KINDS = ("files", "data set", "copy")
PDFS, PAGES_OF_PDF, PICTURES, MEMBERS = 3, 3, 2, 8
ITEMS = {"files": PDFS + PICTURES, "data set": MEMBERS, "copy": PDFS * PAGES_OF_PDF}
"""What an import of each kind brings: files, pages of the data set, pages of the copy."""
State = Counter[str]


def make_sources(base: Path, workers: Workers) -> dict[str, Path]:
    """A folder of files, a data set without pictures, the copy of a project with its record."""
    files = base / "files"
    files.mkdir()
    for number in range(PDFS):
        with pymupdf.open() as document:
            for page in range(PAGES_OF_PDF):
                document.new_page().insert_text((72, 100), f"Invoice {number} page {page}")
            document.save(files / f"{number}.pdf")
    return {
        "files": files,
        "data set": _data_set(base),
        "copy": _copy(base, sorted(files.iterdir()), workers, files),
    }


def _data_set(base: Path) -> Path:
    numbers = range(1, MEMBERS + 1)
    size = {"width": 60, "height": 40}
    box = {"category_id": 1, "bbox": [5, 5, 20, 10], "area": 200, "iscrowd": 0}
    data = {
        "images": [{"id": n, "file_name": f"{n}.png", **size} for n in numbers],
        "annotations": [{"id": n, "image_id": n, **box} for n in numbers],
        "categories": [{"id": 1, "name": "stamp"}],
    }
    path = base / "set.json"
    path.write_text(json.dumps(data))
    return path


def _copy(base: Path, pdfs: list[Path], workers: Workers, files: Path) -> Path:
    with Store.create(base / "copied.proofdesk") as store:
        target = work.StoreTarget(store)
        work.run(work.ImportFiles(target, pdfs, ocr="never"), workers)
        for page_id in store.page_ids():
            page = store.page(page_id)
            drawn = edits.add_region(page, "stamp", Box(10, 10, 50, 30))
            store.apply("Draw", [PageChange(page, drawn)])
            done = edits.set_page_status(drawn, PageStatus.DONE)
            store.apply("Done", [PageChange(drawn, done)])
        work.export_project(store.folder, "pages", base / "copy", workers=workers)
    for number in range(PICTURES):  # later: pictures bring no words to a copy
        Image.new("L", (60 + number, 40), 255).save(files / f"picture {number}.png")
    return base / "copy"


def importing(store: Store, kind: str, source: Path) -> work.Work:
    """The import of that kind."""
    target = work.StoreTarget(store)
    if kind == "files":
        return work.ImportFiles(target, [source], ocr="never")
    return work.import_dataset(target, "coco" if kind == "data set" else "pages", source)


def rest(store: Store) -> Iterator[work.Work]:
    """What goes on by itself when the project is opened again."""
    target = work.StoreTarget(store)
    yield from work.unfinished_datasets(target)
    files = work.ImportFiles.rest(target)
    if files is not None:
        yield files


def state_of(store: Store) -> State:
    """All that was imported, whatever the ids; and the record of edits."""
    found: State = Counter()
    for page_id in store.page_ids():
        page, summary = store.page(page_id), store.summary(page_id)
        document = replace(store.document(page.document_id), id=0)
        page = replace(page, id=0, document_id=0)
        found[f"{document} {page} {summary.is_read} {summary.problem}"] += 1
    found[f"revisions {store.head.id if store.head else 0}"] += 1
    found[f"labels {store.schema()}"] += 1
    return found


class Imports:
    """Sources, the processes, and what undisturbed imports bring."""

    def __init__(self, base: Path) -> None:
        self._base, self.workers = base, Workers(batch=2)
        self.sources = make_sources(base, self.workers)
        self.whole: dict[str, State] = {}
        self.empty: dict[str, State] = {}
        self.writes: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        for kind in KINDS:
            with Store.create(base / f"whole {kind}.proofdesk") as store, failing(0) as count:
                self.empty[kind] = state_of(store)
                outcome = work.run(importing(store, kind, self.sources[kind]), self.workers)
                assert not outcome.failed, outcome
                self.whole[kind], self.writes[kind] = state_of(store), count[0]
                assert store.pending() == ()

    def close(self) -> None:
        self.workers.close()

    def fail(self, kind: str, place: int, project: Path) -> str:
        """Let the write of that number fail; what is wrong then, or nothing."""
        with Store.create(project) as store, failing(place):
            outcome = work.run(importing(store, kind, self.sources[kind]), self.workers)
            problem = self._is_honest(kind, store, outcome)
        return problem or self._goes_on(kind, project, may_lack=len(outcome.failed))

    def _is_honest(self, kind: str, store: Store, outcome: work.Outcome) -> str:
        """What the report counts must be there, and what is not must be among what failed."""
        imported = outcome.result
        if imported.pages != store.page_count():
            return f"{imported} but {store.page_count()} pages"
        brought = imported.documents if kind == "files" else imported.pages
        if not outcome.failed and (brought + imported.known != ITEMS[kind]):
            return f"no failure is told, but {imported} of {ITEMS[kind]}"
        if not outcome.failed and state_of(store) != self.whole[kind]:
            return "no failure is told, but it is not the whole"
        return ""

    def _goes_on(self, kind: str, project: Path, *, may_lack: int = 0) -> str:
        """Open it again, let it go on, import once more: no page twice, and all of it."""
        with Store.open(project) as store:
            is_begun = bool(store.pending() or store.unread_pages(1))
            if not is_begun and not may_lack:
                found = state_of(store)
                if found not in (self.empty[kind], self.whole[kind]):
                    return "a part is there, and it does not go on"
            for one in rest(store):
                outcome = work.run(one, self.workers)
                if outcome.failed:
                    return f"it cannot go on: {outcome.failed}"
            if is_begun and not may_lack and state_of(store) != self.whole[kind]:
                return f"it went on, but not to the end: {state_of(store) - self.whole[kind]}"
            if not may_lack or kind != "files":
                work.run(importing(store, kind, self.sources[kind]), self.workers)
                if not may_lack and state_of(store) != self.whole[kind]:
                    return "imported once more, it is not the whole"
            if store.page_count() > len(self.pages(kind)):
                return "pages are there twice"
            if any(path.is_absolute() for path, _options in store.pending()):
                return f"it never ends: {store.pending()}"
        return problem_of(project / "project.sqlite")

    def pages(self, kind: str) -> list[str]:
        return [text for text in self.whole[kind].elements() if text.startswith("Document(")]

    def kill(self, kind: str, share: float, project: Path) -> str:
        """Kill the import after this share of the time that it takes; what is wrong then."""
        if kind not in self.seconds:
            self.seconds[kind] = self._run(kind, self._base / f"timed {kind}.proofdesk", None)
        self._run(kind, project, self.seconds[kind] * share)
        return self._goes_on(kind, project)

    def _run(self, kind: str, project: Path, delay: float | None) -> float:
        """Import in a process of its own; the seconds from its first step to its end."""
        command = [sys.executable, __file__, "import", str(project), kind, str(self.sources[kind])]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            start = time.monotonic()
            if delay is not None:
                killer = threading.Timer(delay, process.send_signal, [signal.SIGKILL])
                killer.start()
            process.stdout.read()
            process.wait()
            seconds = time.monotonic() - start
            if delay is not None:
                killer.join()
        assert delay is not None or process.returncode == 0
        return seconds


@contextmanager
def failing(place: int) -> Iterator[list[int]]:
    """The write of this number fails, once (0: none); yields how many there were."""
    count = [0]
    write = Store.writing

    @contextmanager
    def writing(store: Store) -> Iterator[object]:
        count[0] += 1
        if count[0] == place:
            raise UserError("{file} cannot be read or written.", file="project.sqlite")
        with write(store) as connection:
            yield connection

    with mock.patch.object(Store, "writing", writing):
        yield count


def _import(project: Path, kind: str, source: Path) -> None:
    """What the process that is killed does."""
    with Store.create(project) as store:
        workers = Workers(batch=1)
        workers.submit("batch", abs, 1).result(120)
        print("ready", flush=True)  # noqa: T201
        work.run(importing(store, kind, source), workers)
        workers.close()


def main() -> int:
    """Kill imports of all kinds, each at moments spread over its time."""
    with tempfile.TemporaryDirectory() as folder:
        imports = Imports(Path(folder))

        def one(number: int) -> str:
            kind = KINDS[number % len(KINDS)]
            share = Random(number).uniform(0, 1.1)
            problem = imports.kill(kind, share, Path(folder) / f"{number}.proofdesk")
            return f"kill {number}, {kind} at {share:.2f}: {problem}" if problem else ""

        failed = drive("killed imports", 300, one)
        imports.close()
    return failed


if __name__ == "__main__":
    if sys.argv[1:2] == ["import"]:
        _import(Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4]))
        os._exit(0)
    sys.exit(1 if main() else 0)
