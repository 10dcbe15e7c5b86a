"""What a call to a worker process costs; prints milliseconds (medians, and the worst of them).

python tests/benchmarks/workers.py
"""

from __future__ import annotations

import os
import signal
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from model_backend import sources
from model_backend.document import Box
from model_backend.service import SharedPicture, WorkerDied, Workers

SAMPLES = Path(__file__).resolve().parent.parent.parent / "resources" / "samples"


def show(name: str, work: Callable[[], object], times: int) -> None:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    print(f"{name:58} {statistics.median(taken):9.2f} {max(taken):9.2f}")


def look(future: Future[SharedPicture]) -> None:
    with future.result().open() as pixels:
        bytes(pixels)


def long_pdf(path: Path, pages: int) -> Path:
    import pymupdf

    with pymupdf.open(SAMPLES / "report.pdf") as source, pymupdf.open() as document:
        for _ in range(pages // len(source) + 1):
            document.insert_pdf(source)
        document.delete_pages(range(pages, len(document)))
        document.save(path)
    return path


def measure(workers: Workers, folder: Path) -> None:
    report, form = SAMPLES / "report.pdf", SAMPLES / "form.png"
    start = time.perf_counter()
    workers.submit("view", abs, -1).result()
    print(f"{'start of the view process':58} {(time.perf_counter() - start) * 1000:9.2f}")
    show("a small call", lambda: workers.submit("view", abs, -1).result(), 300)
    long = long_pdf(folder / "long.pdf", 1000)
    show("1,000 pages: sizes and digest", lambda: sources_of(workers, long), 1)
    show("1,000 pages: first page at 150 dpi", lambda: page(workers, long, 0, 150 / 72), 1)
    show(
        "digital page, 1240 x 1604, display list known", lambda: page(workers, report, 0, 2.026), 20
    )
    show("scan 1653 x 2339, first", lambda: page(workers, form, 0, 1.0), 1)
    show("scan 1653 x 2339, decoded", lambda: page(workers, form, 0, 1.0), 20)
    show("scan, half size", lambda: page(workers, form, 0, 0.5), 20)
    show("scan, thumbnail", lambda: page(workers, form, 0, 0.1), 20)
    show("scan, half size, deskewed", lambda: page(workers, form, 0, 0.5, skew=0.8), 10)
    tile = Box(100.0, 300.0, 115.36, 315.36)
    show("tile of 512 px at 2,400 dpi", lambda: page(workers, report, 0, 2400 / 72, clip=tile), 20)
    show("after a kill, until the next page is here", lambda: kill(workers, report), 5)


def sources_of(workers: Workers, path: Path) -> object:
    return workers.submit("view", sources.inspect, path).result()


def page(workers: Workers, path: Path, number: int, scale: float, **shown: object) -> None:
    look(workers.submit_picture("view", path, number, scale=scale, **shown))  # type: ignore[arg-type]


def kill(workers: Workers, path: Path) -> None:
    running = workers.submit("view", time.sleep, 60)
    time.sleep(0.05)
    os.kill(workers.pids("view")[0], signal.SIGKILL)
    assert isinstance(running.exception(), WorkerDied)
    page(workers, path, 0, 2.0)


def main() -> None:
    workers = Workers(batch=1)
    print(f"{'':58} {'median':>9} {'worst':>9}   (ms)")
    with tempfile.TemporaryDirectory() as folder:
        measure(workers, Path(folder))
    workers.close()


if __name__ == "__main__":
    main()
