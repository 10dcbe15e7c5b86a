"""The real import of odd files into a project, and what a person would see of each afterwards.

`python tests/faults/hostile_import.py PROJECT TABLES FOLDER=never ...` runs it in a process of its
own, which a test can watch and cut off from the network.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from desktop.jobs.imported import EMPTY_FOLDER
from desktop.jobs.work import (
    Imported,
    ImportFiles,
    Outcome,
    StoreTarget,
    import_dataset,
    run,
)
from desktop.store.store import Store
from model_backend.document import Document
from model_backend.errors import UserError
from model_backend.quality.checks import check_set
from model_backend.service import Workers

PICTURE_SECONDS = 60.0
"""What is tried here is what comes of a file, not how long a busy machine takes for it."""
MOST_PAGES_SHOWN = 2
LONGEST_SIDE = 300


@dataclass(frozen=True)
class Seen:
    """What became of a file: its pages, what the report says, the badges, the picture."""

    file: str
    pages: str
    report: str
    badges: str
    picture: str


def import_files(
    store: Store, workers: Workers, paths: Sequence[Path], *, ocr: str = "never"
) -> Outcome:
    """Import as the command line does."""
    return run(ImportFiles(StoreTarget(store), paths, ocr=ocr), workers)


def seen(store: Store, workers: Workers, paths: Sequence[Path], outcome: Outcome) -> list[Seen]:
    """What is to be seen of each of the files after their import."""
    by_name = {document.name: document for document in store.documents()}
    return [
        _seen(store, workers, path.name, by_name.get(path.name), _said(outcome, path.name))
        for path in paths
    ]


def _said(outcome: Outcome, name: str) -> str:
    imported: Imported = outcome.result
    empty = [(path.name, EMPTY_FOLDER) for path in imported.empty]
    lines = [*outcome.failed, *imported.notes, *empty]
    return _joined(text for label, text in lines if label.partition(", page ")[0] == name)


def _seen(
    store: Store, workers: Workers, name: str, document: Document | None, report: str
) -> Seen:
    if document is None:
        return Seen(name, "", report, "", "")
    ids = store.page_ids_of(document.id)
    badges = [store.summary(page_id).problem for page_id in ids]
    marked = [f"{number}: {badge}" for number, badge in enumerate(badges, 1) if badge]
    if len(set(badges)) == 1 and badges[0]:
        marked = [f"all: {badges[0]}"]
    pictures = (_picture(store, workers, document, page) for page in ids[:MOST_PAGES_SHOWN])
    return Seen(name, str(len(ids)), report, _joined(marked), _joined(pictures))


def _picture(store: Store, workers: Workers, document: Document, page_id: int) -> str:
    """ "drawn", or why the page cannot be drawn."""
    page = store.page(page_id)
    scale = LONGEST_SIDE / max(page.width, page.height)
    path = store.document_path(document)
    try:
        workers.submit_picture(
            "view", path, page.number, scale=scale, timeout=PICTURE_SECONDS
        ).result().discard()
    except UserError as error:
        return str(error).replace(path.name, document.name)
    return "drawn"


def _joined(texts: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(text for text in texts if text))


def write_table(rows: Sequence[Any], path: Path) -> None:
    """The rows as CSV, which is what the snapshots are."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(rows[0])])
        writer.writerows(astuple(row) for row in rows)


def read_table(path: Path) -> dict[str, dict[str, str]]:
    """The rows of a table by the name of their file."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


@dataclass(frozen=True)
class SeenSet:
    """What became of a data set: its pages and what is on them, what the report says, and the
    rules that the doctor finds broken in the set itself."""

    file: str
    format: str
    pages: str
    annotations: str
    report: str
    findings: str


def import_set(
    store: Store, workers: Workers, folder: Path, name: str, format_name: str
) -> SeenSet:
    """Import a data set as the command line does."""
    outcome = run(import_dataset(StoreTarget(store), format_name, folder), workers)
    found: Imported = outcome.result
    said = _joined(text for _label, text in (*outcome.failed, *found.notes))
    counts = (str(found.pages), str(found.annotations))
    return SeenSet(name, format_name, *counts, said, _findings(format_name, folder))


def _findings(format_name: str, folder: Path) -> str:
    try:
        checked = [found for _page, found in check_set(format_name, folder)]
    except UserError:
        return "refused"
    return ", ".join(sorted({found.rule for every in checked for found in every}))


def _set_table(store: Store, workers: Workers, folder: Path) -> list[SeenSet]:
    listed = json.loads((folder / "sets.json").read_text())
    return [
        import_set(store, workers, folder / place, name, format_name)
        for place, (name, format_name) in listed.items()
    ]


def _file_table(store: Store, workers: Workers, folder: Path, ocr: str) -> list[Seen]:
    paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    return seen(store, workers, paths, import_files(store, workers, paths, ocr=ocr))


def main() -> int:
    """Import the files of all folders; a table of what became of them for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("tables", type=Path, help="the folder for the tables")
    parser.add_argument(
        "folders", nargs="+", help="of files, each followed by =never, =auto, =sets"
    )
    options = parser.parse_args()
    workers = Workers()
    try:
        with Store.create(options.project) as store:
            for given in options.folders:
                folder, _, how = given.rpartition("=")
                place = Path(folder)
                is_set = how == "sets"
                rows: list[Any] = (
                    _set_table(store, workers, place)
                    if is_set
                    else list(_file_table(store, workers, place, how))
                )
                write_table(rows, options.tables / f"{place.name}.csv")
    finally:
        workers.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
