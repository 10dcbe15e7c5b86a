"""The whole job on files with odd names, for a test that watches what is opened on the way.

`python tests/faults/whole_job.py PROJECT FOLDER FORMS OUT`: import, import a data set, pre-label,
edit, export in every format that is written.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from desktop.document import edits
from desktop.jobs.work import (
    ImportFiles,
    Prelabel,
    StoreTarget,
    export_project,
    import_dataset,
    run,
)
from desktop.store.records import PageChange
from desktop.store.store import Store
from model_backend import formats
from model_backend.document import Band, Box, Page, PageStatus, Region, Table, Word
from model_backend.errors import UserError
from model_backend.service import Workers


def _fill(store: Store, workers: Workers, folder: Path, forms: Path) -> None:
    target = StoreTarget(store)
    run(ImportFiles(target, sorted(folder.iterdir()), ocr="never"), workers)
    run(import_dataset(target, "funsd", forms), workers)
    run(Prelabel(target, ["rules"]), workers)
    for page_id in store.page_ids():
        page = store.page(page_id)
        region = Region(page.next_id, "../../figure", page.box.scaled(0.5, 0.5))
        word = Word(page.next_id + 1, "=cmd()", page.box.scaled(0.1, 0.1))
        accepted = edits.accept_rest(page)
        changed = replace(
            accepted,
            regions=(*accepted.regions, region),
            words=(*accepted.words, word),
            tables=(*accepted.tables, _table(page.next_id + 2, page)),
            next_id=page.next_id + 3,
            status=PageStatus.DONE,
        )
        store.apply("Edit", [PageChange(page, changed)])


def _table(number: int, page: Page) -> Table:
    """A grid of two by two over the lower half of the page."""
    x, y = page.width, page.height
    rows = (Band(y / 2, y * 0.7), Band(y * 0.7, y * 0.9))
    columns = (Band(0.0, x / 2), Band(x / 2, x))
    return Table(number, Box(0.0, y / 2, x, y * 0.9), rows, columns, header_rows=1)


def main(project: Path, folder: Path, forms: Path, out: Path) -> int:
    """Do it all; what each export said is written beside them."""
    workers, said = Workers(), {}
    try:
        with Store.create(project) as store:
            _fill(store, workers, folder, forms)
            said["in all"] = str(store.page_count())
        for name in formats.writable():
            try:
                exported = export_project(project, name, out / name, workers=workers)
            except UserError as error:
                said[name] = str(error)
            else:
                said[name] = f"{exported.report.pages} pages"
    finally:
        workers.close()
    (out / "said.json").write_text(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:5])))
