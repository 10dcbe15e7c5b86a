"""The dataset doctor on projects: what is wrong with their pages, and a repaired copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from desktop.document.edits.parts import begun
from desktop.jobs.exporting import name_and_split
from desktop.store.copying import copy_project
from desktop.store.records import PageChange
from desktop.store.store import Store
from model_backend.document import Page
from model_backend.quality.checks import check
from model_backend.quality.live import standing
from model_backend.quality.repair_set import Checked, write_report
from model_backend.quality.repairs import repaired
from model_backend.translation import mark

OnPage = Callable[[str], None]
REVISION = mark("Repair what checks found")


def check_project(folder: Path, format_name: str = "", on_page: OnPage = lambda _: None) -> Checked:
    """All findings of a project: of all rules, or of those of a format."""
    checked = Checked()
    with Store.open(folder, read_only=True) as store:
        for name, page in _pages(store):
            checked.add(page, standing(page, check(page, name, format_name)))
            on_page(name)
    return checked


def repair_project(
    folder: Path, out: Path, format_name: str = "", on_page: OnPage = lambda _: None
) -> Checked:
    """Make a copy of a project and repair it there, page by page, so that it can be undone."""
    copy_project(folder, out)
    checked = Checked()
    with Store.open(out) as store:
        for name, page in _pages(store):
            found = standing(page, check(page, name, format_name))
            after, changes = repaired(page, name, found)
            if changes:
                store.apply(REVISION, [PageChange(page, begun(after))])
            checked.add(page, found)
            checked.changes.extend(changes)
            left = standing(after, check(after, name, format_name)) if changes else found
            checked.left.extend(left)
            on_page(name)
    write_report(checked, out, of=folder.name)
    return checked


def _pages(store: Store) -> Iterator[tuple[str, Page]]:
    """Name and value of every page, one in memory at a time."""
    for page_id in store.page_ids():
        page = store.page(page_id)
        yield name_and_split(store.document(page.document_id), page)[0], page
