"""What is marked in a project is counted with every edit, and found without reading pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.store.store import Store
from model_backend.document import Page


@pytest.fixture
def document(tmp_path: Path) -> Iterator[OpenDocument]:
    store = Store.create(tmp_path / "marks.proofdesk")
    pages = [replace(full_page(), number=number) for number in range(4)]
    store.add_document(None, document_of(4), pages, read=True)
    opened = OpenDocument(store)
    yield opened
    opened.close()


def counted(page: Page) -> dict[str, int]:
    return {
        "unsure_count": sum(item.is_unsure for item in page.annotations),
        "noted_count": sum(bool(item.note) for item in page.annotations) + bool(page.note),
        "doubtful_count": sum(word.needs_look for word in page.words),
        "illegible_count": sum(word.is_illegible for word in page.words),
    }


def total(document: OpenDocument) -> dict[str, int]:
    found = [counted(document.page(number)) for number in range(1, 5)]
    return {name: sum(one[name] for one in found) for name in found[0]}


def test_counts_follow_every_edit_and_its_undoing(document: OpenDocument) -> None:
    before = document.store.marks.totals()
    assert before == total(document)
    page = document.page(2)
    ids = [item.id for item in page.annotations]
    words = [word.id for word in page.words]
    document.apply("unsure", edits.set_unsure(page, ids, is_unsure=True))
    document.apply("doubtful", edits.set_doubtful(document.page(2), words[:1], is_doubtful=True))
    document.apply("illegible", edits.set_illegible(document.page(3), words, is_illegible=True))
    document.apply("note", edits.set_annotation_note(document.page(3), ids[0], "torn off"))
    document.apply("page", edits.set_note(document.page(4), "second half missing"))
    after = document.store.marks.totals()
    assert after == total(document)
    assert after["unsure_count"] == before["unsure_count"] + len(ids)
    assert after["noted_count"] == before["noted_count"] + 2
    while document.undo_text:
        document.undo()
    assert document.store.marks.totals() == before == total(document)


def test_marked_pages_are_found_both_ways(document: OpenDocument) -> None:
    names = ("unsure_count", "noted_count")
    marks = document.store.marks
    assert marks.pages(names, after=0, limit=9) == ()
    document.apply("note", edits.set_note(document.page(3), "look"))
    page = document.page(1)
    document.apply("unsure", edits.set_unsure(page, [page.annotations[0].id], is_unsure=True))
    assert marks.pages(names, after=0, limit=9) == (1, 3)
    assert marks.pages(names, after=1) == (3,)
    assert marks.pages(names, after=3, step=-1) == (1,)
    assert marks.pages(("unsure_count",), after=1, limit=9) == ()


def test_marks_survive_the_store(document: OpenDocument) -> None:
    page = document.page(1)
    ids = [item.id for item in page.annotations]
    marked = edits.set_unsure(page, ids, is_unsure=True)
    for item_id in ids:
        marked = edits.set_annotation_note(marked, item_id, f"note {item_id}\nline")
    document.apply("marks", marked)
    assert document.store.page(1) == marked
