"""The open document and the selection: one way of writing, and everybody hears of it once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from edit_scripts import document_of, full_page, page_of_words
from PySide6.QtCore import QObject

from desktop.document import edits
from desktop.document.open_document import OpenDocument
from desktop.document.selection import Selection
from desktop.store.store import Store
from model_backend.document import Box, PageStatus, Proposals, Region, Span, Status
from model_backend.labels import Label, LabelSchema


@pytest.fixture
def document(tmp_path: Path) -> Iterator[OpenDocument]:
    store = Store.create(tmp_path / "project.proofdesk")
    store.add_document(None, document_of(2), [full_page(0), full_page(1)], read=True)
    document = OpenDocument(store)
    yield document
    document.close()


def _heard(document: OpenDocument) -> list[object]:
    heard: list[object] = []
    document.page_changed.connect(heard.append)
    document.history_changed.connect(lambda: heard.append("history"))
    document.schema_changed.connect(lambda: heard.append("schema"))
    document.pages_added.connect(lambda: heard.append("pages"))
    return heard


def test_edit_is_stored_kept_and_told_once(document: OpenDocument) -> None:
    heard = _heard(document)
    page = edits.set_note(document.page(1), "x")
    document.apply("Note", page)
    assert heard == [1, "history"]
    assert document.page(1) is page
    assert document.store.page(1) == page
    assert (document.undo_text, document.redo_text) == ("Note", "")
    assert document.undo() == "Note"
    assert (document.undo_text, document.redo_text) == ("", "Note")


def test_edit_that_changes_nothing_is_no_step(document: OpenDocument) -> None:
    heard = _heard(document)
    document.apply("Nothing", document.page(1))
    assert heard == []
    assert document.undo_text == ""


def test_value_is_new_when_the_signal_arrives(document: OpenDocument) -> None:
    notes: list[str] = []
    document.page_changed.connect(lambda page_id: notes.append(document.page(page_id).note))
    document.history_changed.connect(lambda: notes.append(document.undo_text))
    document.apply("Note", edits.set_note(document.page(1), "new"))
    assert notes == ["new", "Note"]


def test_labels_and_pages_change_in_one_step(document: OpenDocument) -> None:
    heard = _heard(document)
    schema = LabelSchema((Label("key", "#000000"),))
    page = edits.set_label(document.page(1), [13, 14], "key")
    document.apply_schema("Rename label", schema, page)
    assert heard == ["schema", 1, "history"]
    assert document.schema == document.store.schema() == schema
    document.undo()
    assert len(document.schema.labels) > 1
    assert [item.label for item in document.page(1).entities[:2]] == ["question", "answer"]


def test_proposals_of_several_models_come_in_one_revision(document: OpenDocument) -> None:
    heard = _heard(document)
    said = [
        Proposals(model, regions=(Region(1, "stamp", Box(x, 600, x + 40, 640), score=0.5),))
        for model, x in (("ink", 100), ("other", 103))
    ]
    document.bring_proposals(2, said)
    assert heard == [2, "history"]
    assert len(document.store.revisions()) == 1
    new = [item for item in document.page(2).regions if item.status == Status.PROPOSED]
    assert [item.source for item in new] == ["other"]
    assert [item.model for item in document.store.proposals(2)] == ["ink", "other"]
    document.bring_proposals(2, said[1:])
    assert len(document.store.revisions()) == 1


def test_read_page_is_told_and_added_pages_too(document: OpenDocument) -> None:
    heard = _heard(document)
    _document, (page_id,) = document.add_document(None, document_of(1), [page_of_words(0, 0)])
    document.set_read(page_id, lambda page: edits.add_word(page, "w", Box(0, 0, 9, 9)), "blurred")
    assert heard == ["pages", page_id]
    assert document.store.summary(page_id).problem == "blurred"
    assert document.page(page_id).status == PageStatus.IN_PROGRESS


def test_only_some_pages_stay_in_memory(document: OpenDocument) -> None:
    pages = [page_of_words(number, 0) for number in range(100)]
    _document, ids = document.add_document(None, document_of(100), pages)
    first = document.page(ids[0])
    for page_id in ids:
        document.page(page_id)
    assert len(document._pages) < 100
    assert document.page(ids[0]) == first


@pytest.fixture
def selection(qapp: QObject) -> Selection:
    return Selection()


def _told(selection: Selection) -> list[object]:
    told: list[object] = []
    selection.changed.connect(lambda: told.append((selection.ids, selection.cells)))
    selection.page_changed.connect(told.append)
    return told


def test_selection_keeps_the_order_and_tells_changes_only(selection: Selection) -> None:
    told = _told(selection)
    selection.select([3, 1, 3])
    selection.select([3, 1])
    selection.toggle(2)
    selection.toggle(3)
    selection.clear()
    selection.clear()
    assert told == [((3, 1), None), ((3, 1, 2), None), ((1, 2), None), ((), None)]


def test_cells_are_selected_only_with_their_one_table(selection: Selection) -> None:
    span = Span(0, 1, 0, 2)
    selection.select([3], span)
    assert selection.cells == span
    selection.toggle(4)
    assert selection.cells is None
    selection.select([3, 4], span)
    assert selection.cells is None


def test_other_page_drops_the_selection(selection: Selection) -> None:
    selection.select([3])
    told = _told(selection)
    selection.set_page(2)
    selection.set_page(2)
    assert told == [2, ((), None)]
    assert (selection.page_id, selection.ids) == (2, ())
