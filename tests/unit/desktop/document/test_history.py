"""Undo and redo: exact over random sequences of all edits, across restarts and beside jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from edit_scripts import EDITS, document_of, full_page, page_of_words, random_edit, random_proposals
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.document import edits
from desktop.document.history import (
    Difference,
    SchemaChange,
    applied,
    applied_schema,
    difference,
)
from desktop.document.open_document import OpenDocument
from desktop.errors import UserError
from desktop.store.difference import from_data, to_data
from desktop.store.store import Store
from desktop.store.values import pack, unpack
from model_backend.document import Box, Page, PageStatus, Proposals, Region, Status, Word
from model_backend.labels import DEFAULT_SCHEMA, Label, LabelSchema


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A project of three pages, copied for every example: making one takes long."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.proofdesk"
        with Store.create(path) as store:
            pages = [page_of_words(0), full_page(1), full_page(2)]
            store.add_document(None, document_of(3), pages, read=True)
        yield path


@pytest.fixture
def document(template: Path, tmp_path: Path) -> Iterator[OpenDocument]:
    document = OpenDocument(Store.open(_copied(template, tmp_path)))
    yield document
    document.close()


def _copied(template: Path, folder: Path) -> Path:
    target = folder / "project.proofdesk"
    target.mkdir()
    (target / "project.sqlite").write_bytes((template / "project.sqlite").read_bytes())
    return target


def _values(document: OpenDocument) -> list[Page]:
    """All pages without the id sequence, which never goes back: ids are never used twice."""
    ids = document.store.page_ids()
    return [replace(document.page(page_id), next_id=0) for page_id in ids]


def _reopened(document: OpenDocument) -> OpenDocument:
    folder = document.store.folder
    document.close()
    return OpenDocument(Store.open(folder))


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 14))
@settings(max_examples=40, deadline=None)
def test_undo_all_and_redo_all_give_first_and_last_values_across_restarts(
    template: Path, seed: int, steps: int
) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        values = [_values(document)]
        for _step in range(steps):
            page = document.page(random.choice(document.store.page_ids()))
            text, after = random_edit(page, random)
            if after != page:
                document.apply(text, after)
                values.append(_values(document))
        document = _reopened(document)
        assert _values(document) == values[-1]
        for expected in values[-2::-1]:
            assert document.undo()
            assert _values(document) == expected
        assert document.undo() == ""
        document = _reopened(document)
        assert _values(document) == values[0]
        for expected in values[1:]:
            assert document.redo()
            assert _values(document) == expected
        assert document.redo() == ""
        document.close()


@given(seed=st.integers(0, 2**32), steps=st.integers(5, 30))
@settings(max_examples=25, deadline=None)
def test_edits_undo_redo_and_restarts_in_any_order_follow_the_model(
    template: Path, seed: int, steps: int
) -> None:
    """The model is a list of states and where we are in it."""
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        states, place = [_state(document)], 0
        for _step in range(steps):
            action = random.choices(("edit", "undo", "redo", "reopen"), (5, 4, 3, 1))[0]
            if action == "undo":
                assert bool(document.undo()) == (place > 0)
                place = max(place - 1, 0)
            elif action == "redo":
                assert bool(document.redo()) == (place < len(states) - 1)
                place = min(place + 1, len(states) - 1)
            elif action == "reopen":
                document = _reopened(document)
            elif _edited(document, random) != states[place]:
                place += 1
                states[place:] = [_state(document)]
            assert _state(document) == states[place]
            assert bool(document.undo_text) == (place > 0)
            assert bool(document.redo_text) == (place < len(states) - 1)
        document.close()


def _edited(document: OpenDocument, random: Random) -> object:
    """The state after an edit of one page, of two pages, or of the labels with a page."""
    ids = random.sample(document.store.page_ids(), random.randint(1, 2))
    pages = [random_edit(document.page(page_id), random)[1] for page_id in ids]
    if random.random() < 0.2:
        labels = document.schema.labels
        kept = random.sample(labels, len(labels) - 1) if len(labels) > 3 else DEFAULT_SCHEMA.labels
        document.apply_schema("Labels", LabelSchema(tuple(kept)), pages[0])
    else:
        document.apply("Edit", *pages)
    return _state(document)


def _state(document: OpenDocument) -> object:
    return _values(document), document.schema


def test_every_edit_is_among_the_random_ones() -> None:
    made = set()
    for seed in range(400):
        random, page = Random(seed), full_page()
        for _step in range(8):
            text, page = random_edit(page, random)
            made.add(text)
    assert made == set(EDITS)


@given(seed=st.integers(0, 2**32), steps=st.integers(1, 8))
@settings(max_examples=60, deadline=None)
def test_difference_leads_there_and_back_also_through_the_store(seed: int, steps: int) -> None:
    random = Random(seed)
    before = after = full_page()
    for _step in range(steps):
        after = random_edit(after, random)[1]
    found = difference(before, after)
    kept = from_data(before.id, unpack(pack(to_data(found))))
    assert kept == found
    assert replace(applied(kept, before), next_id=0) == replace(after, next_id=0)
    assert replace(applied(kept.inverted(), after), next_id=0) == replace(before, next_id=0)


@given(seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_undo_beside_jobs_keeps_proposals_or_says_why_it_cannot(template: Path, seed: int) -> None:
    random = Random(seed)
    with TemporaryDirectory() as folder:
        document = OpenDocument(Store.open(_copied(template, Path(folder))))
        page_id = document.store.page_ids()[1]
        for _step in range(8):
            page = document.page(page_id)
            if random.random() < 0.5:
                text, after = random_edit(page, random)
                document.apply(text, after)
            else:
                document.bring_proposals(page_id, [random_proposals(page, random)])
        _undo_while_possible(document, page_id)
        assert document.store.page(page_id) == document.page(page_id)
        document.close()


def _undo_while_possible(document: OpenDocument, page_id: int) -> None:
    """Each undo succeeds, or is refused and changes nothing at all."""
    while document.undo_text:
        before, count = document.page(page_id), len(document.store.revisions())
        try:
            document.undo()
        except UserError:
            assert document.page(page_id) == before
            assert len(document.store.revisions()) == count
            return


def test_undo_of_an_edit_keeps_proposals_that_arrived_since(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Add entity", edits.add_entity(document.page(page_id), "header", [1, 2]))
    region = Region(1, "stamp", Box(400, 500, 450, 550), score=0.9)
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    assert document.undo() == "Add entity"
    page = document.page(page_id)
    assert page.entities == ()
    assert [item.label for item in page.regions] == ["stamp"]
    assert page.status == PageStatus.PROPOSED
    assert document.redo() == "Add entity"
    assert document.page(page_id).entities[0].word_ids == (1, 2)
    assert document.page(page_id).status == PageStatus.IN_PROGRESS


def test_undo_of_a_turn_with_something_new_on_the_page_is_refused(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Rotate", edits.rotate(document.page(page_id), 90))
    region = Region(1, "stamp", Box(400, 500, 450, 550), score=0.9)
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    before = document.page(page_id)
    with pytest.raises(UserError, match="cannot be undone or redone"):
        document.undo()
    assert document.page(page_id) == before
    assert document.undo_text == "Rotate"


def test_undo_of_a_turn_of_something_in_the_middle_is_exact(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    middle = edits.add_region(document.page(page_id), "stamp", Box(290, 390, 310, 410))
    document.apply("Add region", middle)
    document.apply("Rotate", edits.rotate(middle, 180))
    assert document.page(page_id).regions == middle.regions
    document.undo()
    assert document.page(page_id) == middle


def test_undo_of_what_a_job_changed_since_is_refused(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Word text", edits.set_word_text(document.page(page_id), 1, "mine"))
    new = (Word(1, "read again", document.page(page_id).words[0].box),)
    document.bring(
        "Recognize", page_id, lambda page: edits.replace_words(page, new, new[0].box.grown(1))
    )
    with pytest.raises(UserError, match="cannot be undone"):
        document.undo()


def test_redo_of_an_entity_whose_words_are_gone_is_refused(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Add entity", edits.add_entity(document.page(page_id), "header", [1]))
    document.undo()
    document.bring("Recognize", page_id, lambda page: edits.replace_words(page, (), page.box))
    with pytest.raises(UserError, match="cannot be undone or redone"):
        document.redo()
    assert document.page(page_id).entities == ()


def test_a_job_is_no_undo_step_and_leaves_redo(document: OpenDocument) -> None:
    first, second, _third = document.store.page_ids()
    document.apply("Note", edits.set_note(document.page(first), "hello"))
    document.undo()
    document.bring("Job", second, lambda page: edits.set_note(page, "from a job"))
    assert (document.undo_text, document.redo_text) == ("", "Note")
    assert document.redo() == "Note"
    assert document.page(first).note == "hello"


def test_a_new_edit_forgets_what_could_be_redone(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    document.apply("Note", edits.set_note(document.page(page_id), "one"))
    document.undo()
    document.apply("Note", edits.set_note(document.page(page_id), "two"))
    assert document.redo() == ""
    assert document.undo() == "Note"
    assert document.page(page_id).note == ""


def test_one_step_over_two_pages_is_undone_as_one(document: OpenDocument) -> None:
    first, second, _third = document.store.page_ids()
    pages = [edits.set_note(document.page(page_id), "both") for page_id in (first, second)]
    document.apply("Note", *pages)
    assert document.undo() == "Note"
    assert [document.page(page_id).note for page_id in (first, second)] == ["", ""]


def test_undo_of_labels_keeps_what_an_import_added_since(document: OpenDocument) -> None:
    before = document.schema
    document.apply_schema("Labels", LabelSchema((*before.labels, Label("date", "#112233"))))
    document.bring_labels([("amount", "entity")])
    document.undo()
    assert [label.name for label in document.schema.labels] == [
        *(label.name for label in before.labels),
        "amount",
    ]
    document.redo()
    assert {"date", "amount"} <= {label.name for label in document.schema.labels}


def test_undo_of_labels_that_were_changed_since_is_refused() -> None:
    old, new = LabelSchema((Label("a", "#000000"),)), LabelSchema((Label("a", "#ffffff"),))
    assert applied_schema(SchemaChange(new, old), new) == old
    with pytest.raises(UserError, match="labels were changed since"):
        applied_schema(SchemaChange(new, old), LabelSchema((Label("a", "#123456"),)))


def test_difference_of_equal_pages_is_empty() -> None:
    page = page_of_words()
    assert not difference(page, replace(page))
    assert difference(page, edits.set_note(page, "x"))
    assert applied(Difference(page.id), page) == page


def test_difference_between_two_pages_is_a_bug() -> None:
    with pytest.raises(ValueError, match="cannot become"):
        difference(page_of_words(), replace(page_of_words(), id=7))


def test_proposed_status_survives_undo_of_acceptance(document: OpenDocument) -> None:
    page_id = document.store.page_ids()[0]
    region = Region(1, "stamp", Box(400, 500, 450, 550), score=0.9)
    document.bring_proposals(page_id, [Proposals("ink", regions=(region,))])
    document.apply("Accept", edits.accept_rest(document.page(page_id)))
    assert document.page(page_id).regions[0].status == Status.ACCEPTED
    document.undo()
    assert document.page(page_id).regions[0].status == Status.PROPOSED
    assert document.page(page_id).status == PageStatus.PROPOSED
