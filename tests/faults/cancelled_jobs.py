"""Jobs of all kinds that are stopped at random moments: the window is idle at once, the processes
go, nothing arrives afterwards, and what was done is kept or absent as it should be.

`python tests/faults/cancelled_jobs.py --count 500 --resume 0`
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import bad_workers
import psutil
from killed_imports import make_sources
from killed_jobs import Steps
from long_driver import drive
from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from desktop.document.open_document import OpenDocument
from desktop.document.searching import Wanted, search_project
from desktop.jobs import comparing, work
from desktop.jobs.course import Step
from desktop.jobs.export_preview import preview_export
from desktop.jobs.runner import Job, Runner
from desktop.store.store import Store
from desktop.window.workbench import _keep_copy
from model_backend import sources
from model_backend.service import Workers

KINDS = (
    "import",
    "data set",
    "copy",
    "read again",
    "pre-label",
    "export",
    "copy out",
    "keep a copy",
    "compare",
    "search",
    "preview",
    "model",
)
LONGEST = 1.0
"""Seconds after which a job is stopped at the latest; most are under way until then."""
LATER = 0.3
"""Seconds in which something that was on its way would arrive."""
LIMIT = 30.0


class Cancels:
    """A project to work on, sources to import, and the figures."""

    def __init__(self, base: Path) -> None:
        self._base, self._numbers = base, itertools.count()
        self._qt = QCoreApplication.instance() or QCoreApplication([])
        self.workers = Workers(batch=2)
        self.sources = make_sources(base, self.workers)
        self._scan = base / "scan.png"
        pdf = self.sources["files"] / "0.pdf"
        sources.render_image(pdf, 0, scale=200 / 72).save(self._scan, dpi=(200, 200))
        store = Store.create(base / "project.proofdesk")
        importing = work.ImportFiles(
            work.StoreTarget(store), [self.sources["files"], self._scan], ocr="never"
        )
        work.run(importing, self.workers)
        self.document = OpenDocument(store)
        self._runner = Runner(self.workers)
        self.idle: list[float] = []
        self.gone: dict[str, list[float]] = defaultdict(list)
        self.too_late = 0

    def cancel(self, kind: str, delay: float) -> str:
        """Start a job of this kind, stop it after so many seconds; what is wrong, or nothing."""
        document, into = self.document, None
        if kind in ("import", "data set", "copy"):
            folder = self._base / f"{next(self._numbers)}.proofdesk"
            document = into = OpenDocument(Store.create(folder))
        out = self._base / f"out {next(self._numbers)}"
        job = self._start(kind, document, out)
        try:
            return self._stopped(kind, job, document, out, delay)
        finally:
            if into is not None:
                into.close()

    def _start(self, kind: str, document: OpenDocument, out: Path) -> Job:
        folder, pages = document.store.folder, document.store.page_ids()
        start, in_thread = self._runner.start, self._runner.in_thread
        exporting = partial(work.export_project, include_proposed=True)
        wanted = Wanted("Invoice", "Bill")
        lasting = {"is_lasting": True}
        jobs: dict[str, Callable[[], Job]] = {
            "import": lambda: start(
                work.ImportFiles(document, [self.sources["files"], self._scan], languages="eng")
            ),
            "data set": lambda: start(
                work.import_dataset(document, "coco", self.sources["data set"])
            ),
            "copy": lambda: start(work.import_dataset(document, "pages", self.sources["copy"])),
            "read again": lambda: start(
                work.RecognizeRegion(document, pages[-1], None, languages="eng")
            ),
            "pre-label": lambda: start(work.Prelabel(document, ["rules"], pages)),
            "model": lambda: start(
                Steps([Step("model", bad_workers.sleeps, (0.2, n)) for n in range(8)])
            ),
            "export": lambda: in_thread(
                kind, exporting, folder, "coco", out, None, self.workers, **lasting
            ),
            "copy out": lambda: in_thread(
                kind, exporting, folder, "pages", out, None, self.workers, **lasting
            ),
            "keep a copy": lambda: in_thread(kind, _keep_copy, folder, **lasting),
            "compare": lambda: in_thread(kind, comparing.compare, folder, self.sources["copy"]),
            "search": lambda: in_thread(kind, search_project, folder, wanted, lambda _found: None),
            "preview": lambda: in_thread(kind, preview_export, folder),
        }
        return jobs[kind]()

    def _stopped(self, kind: str, job: Job, document: OpenDocument, out: Path, delay: float) -> str:
        self._run(delay, lambda: job.outcome is not None)
        if job.outcome is not None:
            self.too_late += 1
            return f"failed: {job.outcome}" if job.outcome.failed else ""
        busy = self._busy()
        start = time.perf_counter()
        job.cancel()
        self._become_idle()
        self.idle.append(time.perf_counter() - start)
        before = _state(document)
        if kind != "model":  # ends its piece: loading its models again would take longer
            self._wait_until_gone(kind, busy, start)
        self._run(LIMIT, lambda: job.outcome is not None)
        self._run(LATER, lambda: False)
        return self._problem(kind, job, out) or (
            "" if _state(document) == before else "something came afterwards"
        )

    def _busy(self) -> list[psutil.Process]:
        """The processes that work, and their children."""
        found = []
        for worker in self.workers._workers.get("batch", ()):
            if worker._work is not None and worker.pid is not None:
                process = psutil.Process(worker.pid)
                found += [process, *process.children(recursive=True)]
        return found

    def _become_idle(self) -> None:
        done: list[bool] = []
        QTimer.singleShot(0, lambda: done.append(True))
        while not done:
            self._qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)

    def _wait_until_gone(self, kind: str, busy: list[psutil.Process], start: float) -> None:
        deadline = time.perf_counter() + LIMIT
        while time.perf_counter() < deadline:
            working = [worker._work for worker in self.workers._workers.get("batch", ())]
            if not any(map(_is_running, busy)) or not any(working):
                break
            self._run(0.005, lambda: False)
        self.gone[kind].append(time.perf_counter() - start)

    def _run(self, seconds: float, until: Callable[[], bool]) -> None:
        deadline = time.perf_counter() + seconds
        while time.perf_counter() < deadline and not until():
            self._qt.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
            time.sleep(0.001)

    def _problem(self, kind: str, job: Job, out: Path) -> str:
        outcome = job.outcome
        if outcome is None:
            return "it never ended"
        if outcome.failed:
            return f"it failed: {outcome.failed}"
        is_written = out.exists()
        if kind in ("export", "copy out") and is_written == outcome.is_cancelled:
            return f"{outcome}, and {out.name} is there: {is_written}"
        left = [item.name for item in self._base.iterdir() if item.name.startswith(".")]
        if left:
            return f"left: {left}"
        is_lasting = kind in ("export", "copy out", "keep a copy")
        return "" if outcome.is_cancelled or is_lasting else f"delivered: {outcome}"

    def close(self) -> None:
        self._runner.close()
        self.document.close()
        self.workers.close()

    def figures(self) -> str:
        """How long it took, in milliseconds."""
        gone = sorted(itertools.chain.from_iterable(self.gone.values()))
        worst = {kind: round(max(values) * 1000) for kind, values in self.gone.items()}
        return (
            f"{len(self.idle)} stopped, {self.too_late} had ended before; idle after"
            f" {_share(self.idle, 0.5)} / {_share(self.idle, 0.99)} / {_share(self.idle, 1)} ms,"
            f" processes gone after {_share(gone, 0.5)} / {_share(gone, 0.99)} / {_share(gone, 1)}"
            f" ms (median, 99 %, most); most by kind {worst}"
        )


def _share(values: list[float], share: float) -> int:
    ordered = sorted(values) or [0.0]
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))])


def _is_running(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _state(document: OpenDocument) -> tuple[Any, ...]:
    """What would differ if anything arrived."""
    store = document.store
    pages = tuple(store.page(page_id) for page_id in store.page_ids())
    return pages, store.pending(), store.head, tuple(store.unread_pages(1000))


def main() -> int:
    """Stop jobs of all kinds in turn."""
    with tempfile.TemporaryDirectory() as folder:
        cancels = Cancels(Path(folder))

        def one(number: int) -> str:
            kind = KINDS[number % len(KINDS)]
            delay = Random(number).uniform(0, LONGEST)
            problem = cancels.cancel(kind, delay)
            return f"cancel {number}, {kind} after {delay:.2f} s: {problem}" if problem else ""

        failed = drive("cancelled jobs", 500, one)
        cancels.close()
    print(cancels.figures())  # noqa: T201
    return failed


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
