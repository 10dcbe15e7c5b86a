"""Data sets in and out: time, and the memory that it takes however many pages there are.

A COCO file of 100,000 annotations against `json.dump` and `json.load` of the whole, in the same
run; then our exporters and importers with 1,000 pages and with many. Each figure is of a process of
its own; memory is the most it had above what it had at the start. Goals: the file in a seventh of
the time of `json.dump`, in 3 MB against 102; memory that does not grow with the pages.

Run: python tests/benchmarks/datasets.py [--annotations N] [--pages N] [--formats coco,...] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from PIL import Image

from model_backend import formats
from model_backend.document import (
    Box,
    Document,
    Entity,
    Page,
    PageGeometry,
    PageStatus,
    Region,
    Relation,
    Word,
)
from model_backend.formats import ExportPage, ReadPage
from model_backend.formats.coco_write import put_all
from model_backend.formats.export import export
from model_backend.formats.pictures import FilePicture

PER_IMAGE = 10
FEW = 1000
FORMATS = ("coco", "funsd", "xfund", "pages")
Record = dict[str, Any]


def polygon(number: int) -> tuple[tuple[float, float], ...]:
    """Twelve corners, with fractions as outlines have them."""
    return tuple((10 + number % 90 + 7.25 * n, 20.5 + n % 5 * 13.125) for n in range(12))


def annotations(count: int) -> Iterator[Record]:
    """What a COCO file lists."""
    for number in range(1, count + 1):
        flat = [side for point in polygon(number) for side in point]
        yield {
            "id": number,
            "image_id": (number - 1) // PER_IMAGE + 1,
            "category_id": number % 3 + 1,
            "bbox": [10.0, 20.5, 79.75, 52.5],
            "area": 2093.4375,
            "segmentation": [flat],
            "iscrowd": 0,
        }


def images(count: int) -> Iterator[Record]:
    for number in range(1, count + 1):
        yield {"id": number, "file_name": f"{number}.png", "width": 1000, "height": 1000}


def frame() -> Record:
    categories = [{"id": n, "name": f"label {n}", "supercategory": ""} for n in (1, 2, 3)]
    return {"info": {}, "licenses": [], "categories": categories}


def dumped(file: Path, count: int) -> None:
    """All of it in memory, then json.dump."""
    data = {**frame(), "images": list(images(count // PER_IMAGE))}
    with file.open("w") as out:
        json.dump({**data, "annotations": list(annotations(count))}, out)


def streamed(file: Path, count: int) -> None:
    """As our exporter writes: a record at a time."""
    with file.open("wb") as out:
        out.write(json.dumps(frame()).encode()[:-1] + b',"images":[\n')
        put_all(out, images(count // PER_IMAGE))
        out.write(b'],"annotations":[\n')
        put_all(out, annotations(count))
        out.write(b"]}\n")


def region_page(number: int) -> Page:
    """A page of ten outlines."""
    regions = tuple(
        Region(n + 1, f"label {n % 3}", Box(10, 20.5, 89.75, 73), (polygon(10 * number + n),))
        for n in range(PER_IMAGE)
    )
    return page_of(1000, regions=regions, next_id=PER_IMAGE + 1)


def page_of(side: int, **fields: Any) -> Page:  # noqa: ANN401 - what a page has
    geometry = PageGeometry("benchmark", side, side)
    size = float(side)
    return Page(1, 1, 0, size, size, "px", geometry, status=PageStatus.DONE, **fields)


def form_page() -> Page:
    """A small form: eight words, four entities, two links."""
    words = tuple(Word(n + 1, f"word {n}", Box(n, 1, n + 1, 3)) for n in range(8))
    entities = tuple(
        Entity(9 + n, "question", (2 * n + 1, 2 * n + 2), "text", Box(2 * n, 1, 2 * n + 2, 3))
        for n in range(4)
    )
    links = (Relation(13, 9, 10), Relation(14, 11, 12))
    return page_of(16, words=words, entities=entities, relations=links, next_id=15)


def pages(count: int, picture: Path | None) -> Iterator[ExportPage]:
    """Pages made when they are asked for: outlines without pictures, or forms with a small one."""
    for number in range(count):
        page = form_page() if picture else region_page(number)
        document = Document(number, f"{number:06}", f"{number:064x}", "image/png", 1)
        source = FilePicture(picture) if picture else None
        yield ExportPage(f"{number:06}", page, document, source)


def exported(format_name: str, folder: Path, count: int, picture: Path | None) -> None:
    export(format_name, pages(count, picture), folder)


def imported(format_name: str, folder: Path, count: int) -> None:
    found = sum(isinstance(item, ReadPage) for item in formats.read(format_name, folder))
    if found != count:
        raise SystemExit(f"{format_name}: {found} pages of {count}")


def loaded(file: Path) -> None:
    json.loads(file.read_bytes())


def _measured(step: Callable[[], None], results: Any) -> None:  # noqa: ANN401 - a queue
    """Run in a process of its own: seconds, and MB above those at the start."""
    gc.collect()
    import pycocotools.coco  # noqa: F401  # what a step loads is not what it holds

    process = psutil.Process()
    before, most, is_over = process.memory_info().rss, [0], [False]

    def watch() -> None:
        while not is_over[0]:
            most[0] = max(most[0], process.memory_info().rss)
            time.sleep(0.002)

    import threading

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.perf_counter()
    step()
    seconds = time.perf_counter() - started
    most[0] = max(most[0], process.memory_info().rss)
    is_over[0] = True
    watcher.join()
    results.put((seconds, (most[0] - before) / 1e6))


def measured(step: Callable[[], None]) -> tuple[float, float]:
    """Seconds and peak memory in MB."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_measured, args=(step, results))
    process.start()
    found: tuple[float, float] = results.get()
    process.join()
    return found


def coco_figures(folder: Path, count: int) -> Record:
    """The file of many annotations, by json and by us."""
    whole, stream, out = folder / "whole.json", folder / "stream.json", folder / "coco"
    steps: dict[str, Callable[[], None]] = {
        "json.dump of the whole": partial(dumped, whole, count),
        "the same file, streamed": partial(streamed, stream, count),
        "our export of its pages, read back": partial(
            exported, "coco", out, count // PER_IMAGE, None
        ),
        "json.load of the whole": partial(loaded, whole),
        "our import of its pages": partial(imported, "coco", out, count // PER_IMAGE),
    }
    figures = {name: measured(step) for name, step in steps.items()}
    if json.loads(whole.read_bytes()) != json.loads(stream.read_bytes()):
        raise SystemExit("the streamed file says something else than the whole one")
    return {name: {"seconds": s, "peak_mb": mb} for name, (s, mb) in figures.items()}


def page_figures(folder: Path, format_name: str, count: int) -> Record:
    """Export and import of so many pages."""
    picture = folder / "picture.png"
    Image.new("L", (16, 16), 255).save(picture)
    has_picture = picture if format_name in ("funsd", "xfund") else None
    out = folder / f"{format_name}-{count}"
    wrote = measured(partial(exported, format_name, out, count, has_picture))
    read = measured(partial(imported, format_name, out, count))
    return {
        "pages": count,
        "export": {"seconds": wrote[0], "peak_mb": wrote[1]},
        "import": {"seconds": read[0], "peak_mb": read[1]},
    }


def show_coco(figures: Record, count: int) -> None:
    print(f"COCO, {count:,} annotations:")
    for name, figure in figures.items():
        print(f"  {name:36} {figure['seconds']:7.2f} s {figure['peak_mb']:8.1f} MB")
    whole, ours = figures["json.dump of the whole"], figures["the same file, streamed"]
    share = whole["seconds"] / ours["seconds"]
    print(f"  streamed: 1/{share:.1f} of the time (goal 1/7)")


def show_pages(figures: list[Record], format_name: str) -> None:
    for figure in figures:
        out, back = figure["export"], figure["import"]
        print(
            f"{format_name:8} {figure['pages']:8,} pages:"
            f" export {out['seconds']:7.1f} s {out['peak_mb']:7.1f} MB,"
            f" import {back['seconds']:7.1f} s {back['peak_mb']:7.1f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--annotations", type=int, default=100_000)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--formats", default=",".join(FORMATS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result: Record = {}
    with tempfile.TemporaryDirectory() as temporary:
        if options.annotations:
            result["coco"] = coco_figures(Path(temporary), options.annotations)
            if not options.json:
                show_coco(result["coco"], options.annotations)
        for name in filter(None, options.formats.split(",")):
            counts = (FEW, options.pages)
            result[name + " pages"] = [page_figures(Path(temporary), name, n) for n in counts]
            if not options.json:
                show_pages(result[name + " pages"], name)
    if options.json:
        json.dump(result, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
